"""The Telco table against statsmodels and R."""

import json
from pathlib import Path

import numpy as np
import pytest

from learn.telco import design
from tenure.learn import LogisticRegression

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "learn" / "telco_logistic.json").read_text())


@pytest.mark.parametrize("case", ["unweighted", "weighted"])
def test_logistic_regression(case):
    X, y, weight = design()
    expected = REFERENCE[case]
    model = LogisticRegression(penalty=None).fit(X, y, weight if case == "weighted" else None)
    summary = model.summary_
    # statsmodels' standard errors belong to the iterate before the last, 1.2e-8 away; the exact ones follow below
    for column, quantity, tolerance in [
        ("coefficient", "coef", 1e-8),
        ("std_error", "se", 2e-8),
        ("z", "z", 2e-8),
        ("p_value", "p", 1e-6),
        ("lower", "ci_low", 2e-8),
        ("upper", "ci_high", 2e-8),
        ("odds_ratio", "odds_ratio", 1e-10),
        ("odds_ratio_lower", "or_low", 2e-8),
        ("odds_ratio_upper", "or_high", 2e-8),
    ]:
        np.testing.assert_allclose(summary[column], expected[quantity], rtol=tolerance, err_msg=column)
    Z = np.column_stack([np.ones(len(y)), X])
    p = model.predict_proba(X)[:, 1]
    information = Z.T @ (Z * ((weight if case == "weighted" else 1) * p * (1 - p))[:, None])
    np.testing.assert_allclose(model.std_err_, np.sqrt(np.diag(np.linalg.inv(information))), rtol=1e-10)
    for quantity in ("deviance", "null_deviance", "aic"):
        np.testing.assert_allclose(getattr(model, quantity + "_"), expected[quantity], rtol=1e-10)
    np.testing.assert_allclose(model.bic_, expected["bic_llf"], rtol=1e-10)
    np.testing.assert_allclose(model.likelihood_ratio_test()["statistic"], expected["lr_chi2"], rtol=1e-9)
    if case == "unweighted":
        robust = LogisticRegression(penalty=None, variance="hc0").fit(X, y)
        np.testing.assert_allclose(robust.std_err_, expected["se_hc0"], rtol=1e-7)
