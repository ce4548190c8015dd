"""Elastic-net paths against glmnet (polished to machine precision) and scikit-learn."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression as Sklearn

from learn.telco import design
from tenure.learn import LogisticPath, LogisticRegression

CASES = json.loads((Path(__file__).parents[2] / "reference" / "learn" / "telco_penalised.json").read_text())["cases"]


@pytest.fixture(scope="module")
def telco():
    X, y, _ = design()
    X = X.to_numpy()
    return (X - X.mean(0)) / X.std(0), X, y


def objective(X, y, intercept, b, lam, ratio, weight=None):
    eta = intercept + X @ b
    loss = np.average(np.logaddexp(0, eta) - y * eta, weights=weight)
    return loss + lam * (ratio * np.abs(b).sum() + (1 - ratio) / 2 * b @ b)


@pytest.mark.parametrize("ratio", [1, 0.5, 0])
def test_equals_glmnet(telco, ratio):
    S, X, y = telco
    cases = [case for case in CASES if case["l1_ratio"] == ratio]
    path = LogisticPath(l1_ratio=ratio, lambdas=[case["lam"] for case in cases], cv=None, tol=1e-11).fit(S, y)
    raw = LogisticPath(l1_ratio=ratio, lambdas=[case["lam"] for case in cases], cv=None, tol=1e-11).fit(X, y)
    for k, case in enumerate(cases):
        b = path.coef_path_[k]
        np.testing.assert_allclose(b, case["coef"], atol=1e-9)
        np.testing.assert_array_equal(b != 0, np.asarray(case["coef"]) != 0)
        np.testing.assert_allclose(objective(S, y, path.intercept_path_[k], b, case["lam"], ratio), case["objective"], rtol=1e-12)
        np.testing.assert_allclose(raw.coef_path_[k] * X.std(0), b, atol=1e-9)


@pytest.mark.parametrize(("penalty", "ratio"), [("l1", None), ("elasticnet", 0.3), ("elasticnet", 0.0)])
def test_scikit_learns_penalties(telco, penalty, ratio):
    S, _, y = telco
    S, y = S[:1000], y[:1000]
    weight = np.random.default_rng(0).integers(0, 3, 1000).astype(float)
    ours = LogisticRegression(penalty=penalty, C=0.05, l1_ratio=ratio).fit(S, y, weight)
    share = 1.0 if ratio is None else ratio
    lam = 1 / (0.05 * weight.sum())
    theirs = Sklearn(l1_ratio=share, C=0.05, solver="saga", tol=1e-10, max_iter=10000).fit(S, y, weight)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-6)
    mine = objective(S, y, ours.intercept_[0], ours.coef_[0], lam, share, weight)
    assert mine <= objective(S, y, theirs.intercept_[0], theirs.coef_[0], lam, share, weight) + 1e-14


def test_optimality_conditions_hold_along_the_whole_path(telco):
    S, _, y = telco
    path = LogisticPath(cv=None).fit(S, y)
    for k, lam in enumerate(path.lambdas_):
        b = path.coef_path_[k]
        g = S.T @ (1 / (1 + np.exp(-path.intercept_path_[k] - S @ b)) - y) / len(y)
        assert np.all(np.where(b != 0, np.abs(g + lam * np.sign(b)), np.maximum(0, np.abs(g) - lam)) < 2e-7)
    assert path.nonzeros_[0] == 0
    assert np.all(np.diff(path.deviance_ratio_) >= -1e-9)


def test_weights_count_rows_and_threads_change_nothing(telco):
    S, _, y = telco
    S, y = S[:900], y[:900]
    weight = np.random.default_rng(1).integers(0, 3, 900)
    lambdas = [0.1, 0.03, 0.01]
    weighted = LogisticPath(lambdas=lambdas, cv=None, tol=1e-11).fit(S, y, weight)
    repeated = LogisticPath(lambdas=lambdas, cv=None, tol=1e-11).fit(np.repeat(S, weight, axis=0), np.repeat(y, weight))
    np.testing.assert_allclose(weighted.coef_path_, repeated.coef_path_, atol=1e-9)
    one, two = LogisticPath(n_lambdas=20, cv=None).fit(S, y), LogisticPath(n_lambdas=20, cv=None, n_jobs=2).fit(S, y)
    np.testing.assert_array_equal(one.coef_path_, two.coef_path_)


def test_cross_validation_chooses_by_held_out_deviance(telco):
    S, _, y = telco
    S, y = S[:800], y[:800]
    path = LogisticPath(n_lambdas=20, cv=4).fit(S, y)
    from sklearn.model_selection import StratifiedKFold

    expected = np.zeros(20)
    for train, test in StratifiedKFold(4).split(S, y):
        fold = LogisticPath(lambdas=path.lambdas_, cv=None).fit(S[train], y[train])
        for k in range(20):
            eta = fold.intercept_path_[k] + S[test] @ fold.coef_path_[k]
            expected[k] += 2 * np.sum(np.logaddexp(0, eta) - y[test] * eta) / len(y)
    np.testing.assert_allclose(path.cv_deviance_, expected, rtol=1e-6)
    assert path.lambda_ == path.lambda_min_ <= path.lambda_1se_
    assert path.path_table()["cv_deviance"].argmin() == path.index_


def test_more_columns_than_rows_and_separated_data():
    random = np.random.default_rng(2)
    X = random.normal(size=(60, 200))
    y = X[:, 0] > 0
    path = LogisticPath(cv=None).fit(X, y)
    assert path.coef_path_[-1][0] > 0
    assert path.model_.converged


def test_categorical_columns_and_named_terms():
    random = np.random.default_rng(3)
    X = pd.DataFrame({"plan": random.choice(list("abc"), 300), "x": random.normal(size=300)})
    path = LogisticPath(cv=None).fit(X, (X["plan"] == "b") & (X["x"] > 0))
    assert path.terms_.tolist() == ["plan[b]", "plan[c]", "x"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"lambdas": [0.1, 0.2]}, "lambdas"),
        ({"lambdas": [-1.0]}, "lambdas"),
        ({"l1_ratio": 2}, "l1_ratio"),
        ({"selection": "best"}, "selection"),
        ({"n_lambdas": 0}, "n_lambdas"),
    ],
)
def test_bad_input(parameters, message):
    with pytest.raises(ValueError, match=message):
        LogisticPath(**parameters).fit([[0.0], [1.0], [2.0], [1.0]], [0, 1, 0, 1])
    with pytest.raises(ValueError, match="l1_ratio"):
        LogisticRegression(penalty="elasticnet").fit([[0.0], [1.0], [2.0], [1.0]], [0, 1, 0, 1])
