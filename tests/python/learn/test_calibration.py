"""Calibration maps against scikit-learn, and the out-of-fold classifier."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression
from sklearn.naive_bayes import GaussianNB

import tenure
from evaluate.scores import cases
from tenure import _core
from tenure.learn import CalibratedClassifier, LogisticRegression, correct_prior

EXPECTED = {case["name"]: case for case in json.loads((Path(__file__).parents[2] / "reference" / "evaluate" / "metrics.json").read_text())["cases"]}


@pytest.mark.parametrize("name", list(EXPECTED))
def test_maps_equal_references(name):
    y, p, weight = cases()[name]
    expected = EXPECTED[name]
    isotonic = _core.learn.fit_calibration(p, y, "isotonic")
    np.testing.assert_allclose(_core.learn.apply_calibration(isotonic, np.asarray(expected["isotonic"]["at"])), expected["isotonic"]["value"], atol=1e-10)
    weighted = _core.learn.fit_calibration(p, y, "isotonic", weight)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(p, y, weight)
    np.testing.assert_allclose(_core.learn.apply_calibration(weighted, p), theirs.predict(p), atol=1e-10)
    platt = _core.learn.fit_calibration(p, y, "platt")
    np.testing.assert_allclose([-platt.log_slope, -platt.intercept], [expected["platt"]["a"], expected["platt"]["b"]], atol=1e-4)
    assert platt.log_slope == platt.log_complement_slope


def test_beta_and_temperature_are_the_likeliest():
    y, p, _ = cases()["skewed"]

    def loss(eta):
        return np.mean(np.logaddexp(0, eta) - y * eta)

    beta = _core.learn.fit_calibration(p, y, "beta")
    found = minimize(lambda v: loss(v[0] * np.log(p) - v[1] * np.log1p(-p) + v[2]), [1, 1, 0], bounds=[(0, None), (0, None), (None, None)], tol=1e-14)
    assert loss(logit(_core.learn.apply_calibration(beta, p))) <= found.fun + 1e-12
    assert min(beta.log_slope, beta.log_complement_slope) >= 0
    temperature = _core.learn.fit_calibration(p, y, "temperature")
    slopes = np.linspace(0.2, 3, 1000)
    assert loss(temperature.log_slope * logit(p)) <= min(loss(s * logit(p)) for s in slopes)
    np.testing.assert_allclose(_core.learn.apply_calibration(temperature, p), expit(temperature.log_slope * logit(p)), rtol=1e-12)


@pytest.mark.parametrize("method", ["isotonic", "platt", "beta", "temperature"])
def test_an_overconfident_classifier_is_mended(method):
    random = np.random.default_rng(7)
    X = np.repeat(random.normal(size=(3000, 1)), 6, axis=1) + 0.1 * random.normal(size=(3000, 6))  # six times the same news
    y = random.random(3000) < expit(X[:, 0])
    raw = GaussianNB().fit(X[:2000], y[:2000])
    mended = CalibratedClassifier(estimator=GaussianNB(), method=method).fit(X[:2000], y[:2000])
    before, after = (tenure.evaluate.log_loss(y[2000:], m.predict_proba(X[2000:])) for m in (raw, mended))
    assert after < before - 0.1
    with pytest.raises(TypeError, match="GaussianNB"):
        mended.to_bytes()


def test_a_loaded_model_keeps_its_classifier(tmp_path):
    random = np.random.default_rng(8)
    X = pd.DataFrame({"a": random.normal(size=300), "plan": random.choice(list("xy"), 300)})
    y = random.random(300) < expit(X["a"])
    model = CalibratedClassifier(estimator=LogisticRegression(C=0.1), method="beta").fit(X, y, random.integers(0, 3, 300))
    model.save(tmp_path / "m.tenure")
    copy = tenure.load(tmp_path / "m.tenure")
    np.testing.assert_array_equal(copy.predict_proba(X), model.predict_proba(X))
    assert copy.estimator.C == 0.1
    prefit = CalibratedClassifier(estimator=LogisticRegression().fit(X[:100], y[:100]), cv="prefit").fit(X[100:], y[100:])
    assert np.all(np.diff(prefit.model_.to) >= 0)


def test_prior_correction_gives_back_the_rate():
    p = np.linspace(0.01, 0.99, 50)
    np.testing.assert_allclose(correct_prior(correct_prior(p, trained_rate=0.5, rate=0.1), trained_rate=0.1, rate=0.5), p, rtol=1e-12)
    with pytest.raises(ValueError, match="rate"):
        correct_prior(p, trained_rate=0.5, rate=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.5, 1.2], [0, 1], "isotonic"), "1.2 in row 1"),
        (([0.5, 0.2], [0, 2], "isotonic"), "must be 0 or 1"),
        (([0.5, 0.2], [1, 1], "isotonic"), "both classes"),
        (([0.5, 0.2], [0, 1], "magic"), "method"),
        (([0.5], [0, 1], "platt"), "one value a row"),
    ],
)
def test_bad_input(arguments, message):
    p, y, method = arguments
    with pytest.raises(tenure.InvalidInput, match=message):
        _core.learn.fit_calibration(np.asarray(p), np.asarray(y), method)


def test_predictions_without_variation_are_refused():
    with pytest.raises(tenure.NumericFailure, match="do not vary"):
        _core.learn.fit_calibration(np.full(10, 0.3), np.arange(10) % 2, "beta")
