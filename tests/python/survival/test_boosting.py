"""Boosted survival models: derivatives against differences, curves against closed forms, and what must hold for any model."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

import tenure
from tenure.survival import CoxPH, GradientBoostingSurvival, NelsonAalen, outcome

LOSSES = ["cox", "weibull", "lognormal", "loglogistic"]


def log_hazard(X):
    """Of leaving in 20 units of time."""
    return 0.8 * X["a"] + 0.6 * X["b"] * X["c"] + 0.6 * (X["plan"].cat.codes % 2)


def simulated(n, seed):
    random = np.random.default_rng(seed)
    X = pd.DataFrame(random.normal(size=(n, 5)), columns=list("abcde"))
    X["plan"] = pd.Categorical.from_codes(random.integers(0, 4, n), categories=["w", "x", "y", "z"])
    stay, seen = 20 * random.exponential(np.exp(-log_hazard(X))), random.uniform(0, 60, n)
    return X, outcome(np.ceil(np.minimum(stay, seen)), stay <= seen)


def log_likelihood(loss, y, score, scale, weight):
    """From the definitions: Breslow's partial likelihood, or that of log time = score + scale W."""
    time, event = y["time"], y["event"].astype(bool)
    if loss == "cox":
        return sum(weight[i] * (score[i] - np.log(np.sum((weight * np.exp(score))[time >= time[i]]))) for i in np.flatnonzero(event))
    w = (np.log(time) - score) / scale
    density = {"weibull": w - np.exp(w), "lognormal": norm.logpdf(w), "loglogistic": w - 2 * np.log1p(np.exp(w))}[loss] - np.log(scale)
    above = {"weibull": -np.exp(w), "lognormal": norm.logsf(w), "loglogistic": -np.log1p(np.exp(w))}[loss]
    return np.sum(weight * np.where(event, density, above))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_stump_takes_the_newton_step(loss, weighted):
    """One split, learning rate 1, no penalty: leaf values are -gradient / Hessian by differences of the likelihood; its size is near that of the best constant."""
    X, y = simulated(120, 1)
    X = X[["a"]]
    weight = np.random.default_rng(0).random(120) + 0.5 if weighted else np.ones(120)
    options = {"max_leaf_nodes": 2, "learning_rate": 1.0, "l2_regularization": 0.0, "subsample": 1.0, "max_features": 1.0, "n_estimators": 1}
    model = GradientBoostingSurvival(loss=loss, **options).fit(X, y, sample_weight=weight)
    sign = 1 if loss == "cox" else -1
    score = sign * model.predict(X)
    values, leaf = np.unique(score, return_inverse=True)
    assert len(values) == 2
    base = model.model_.base
    scale = GradientBoostingSurvival(loss=loss, **{**options, "learning_rate": 1e-9}).fit(X, y, sample_weight=weight).scale_
    h = 1e-4
    for k in range(2):
        gradient = hessian = 0.0
        for i in np.flatnonzero(leaf == k):  # the Hessian is that of each row alone
            step = np.zeros(120)
            step[i] = h
            up, down, here = (log_likelihood(loss, y, base + s, scale, weight) for s in (step, -step, 0 * step))
            gradient += (up - down) / (2 * h)
            hessian -= (up + down - 2 * here) / h**2
        assert values[k] - base == pytest.approx(gradient / hessian, rel=1e-3)


@pytest.mark.parametrize("loss", LOSSES)
def test_without_columns_it_is_the_curve_of_all(loss):
    _, y = simulated(300, 2)
    model = GradientBoostingSurvival(loss=loss, n_estimators=1, subsample=1.0).fit(np.zeros((300, 1)), y)
    times = np.array([1.0, 5.5, 20.0, 59.0])
    found = model.predict_survival(np.zeros((1, 1)), times)[0]
    if loss == "cox":
        np.testing.assert_allclose(found, np.exp(-np.asarray(NelsonAalen().fit(y).predict(times)).ravel()), rtol=1e-9)
    else:
        best = minimize(
            lambda p: -log_likelihood(loss, y, p[0], np.exp(p[1]), np.ones(300)), [2.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9}
        )
        location, scale = best.x[0], np.exp(best.x[1])
        assert model.scale_ == pytest.approx(scale, rel=1e-6)
        above = {"weibull": lambda w: np.exp(-np.exp(w)), "lognormal": norm.sf, "loglogistic": lambda w: 1 / (1 + np.exp(w))}[loss]
        np.testing.assert_allclose(found, above((np.log(times) - location) / scale), rtol=1e-6)
    assert model.predict_survival(np.zeros((1, 1)), [0.0])[0, 0] == 1


@pytest.mark.parametrize("loss", LOSSES)
def test_it_learns_what_a_linear_model_cannot(loss):
    X, y = simulated(3000, 3)
    X_new, y_new = simulated(3000, 4)
    model = GradientBoostingSurvival(loss=loss, random_state=0).fit(X, y)
    linear = CoxPH().fit(X, y).score(X_new, y_new)
    assert model.score(X_new, y_new) > linear + 0.015
    survival = model.predict_survival(X_new, [5.0, 20.0, 40.0])
    assert np.all(np.diff(survival, axis=1) <= 0)
    truth = np.exp(-np.exp(log_hazard(X_new)))
    assert survival[:, 1].mean() == pytest.approx(truth.mean(), abs=0.025)
    assert np.corrcoef(survival[:, 1], truth)[0, 1] > 0.85
    assert set(np.argsort(model.feature_importances_)[-4:]) == {0, 1, 2, 5}


@pytest.mark.parametrize("loss", LOSSES)
def test_early_stopping_threads_order_and_file(loss, tmp_path):
    X, y = simulated(1500, 5)
    X.loc[::11, "a"] = np.nan
    options = {"loss": loss, "n_estimators": 400, "learning_rate": 0.2, "early_stopping": True, "random_state": 1}
    one = GradientBoostingSurvival(**options).fit(X, y)
    assert 1 < one.n_estimators_ < 400
    assert np.argmin(one.validation_loss_) == one.n_estimators_
    assert one.train_loss_[one.n_estimators_] < one.train_loss_[0]
    assert GradientBoostingSurvival(**options, n_jobs=3).fit(X, y).model_ == one.model_
    order = np.random.default_rng(0).permutation(len(X))
    moved = GradientBoostingSurvival(**options).fit(X.iloc[order], y[order])
    np.testing.assert_array_equal(moved.predict(X), one.predict(X))
    one.save(tmp_path / "model.tenure")
    loaded = tenure.load(tmp_path / "model.tenure")
    np.testing.assert_array_equal(loaded.predict_survival(X, [3, 30]), one.predict_survival(X, [3, 30]))


@pytest.mark.parametrize("loss", LOSSES)
def test_directions_and_units(loss):
    X, y = simulated(800, 6)
    grid = pd.concat([X.head(1)] * 50).assign(a=np.linspace(-2, 2, 50))
    model = GradientBoostingSurvival(loss=loss, monotonic_cst={"a": -1}, random_state=0).fit(X, y)
    assert np.all(np.diff(model.predict(grid)) <= 1e-12)
    plain = GradientBoostingSurvival(loss=loss, random_state=0).fit(X, y)
    months = GradientBoostingSurvival(loss=loss, random_state=0).fit(X, outcome(y["time"] * 30.0, y["event"]))
    np.testing.assert_allclose(months.predict_survival(X, [300.0]), plain.predict_survival(X, [10.0]), atol=1e-5)
    assert plain.score(X, y) > 0.7


def test_what_is_refused():
    X, y = simulated(100, 7)
    with pytest.raises(tenure.InvalidInput, match="time"):
        GradientBoostingSurvival(loss="weibull").fit(X, outcome(y["time"] * 0, y["event"]))
    with pytest.raises(tenure.InvalidInput, match="loss"):
        GradientBoostingSurvival(loss="square").fit(X, y)
    with pytest.raises(tenure.InvalidInput, match="at least one event"):
        GradientBoostingSurvival().fit(X, outcome(y["time"], np.zeros(100)))
    with pytest.raises(tenure.NotSupported, match="late entries"):
        GradientBoostingSurvival().fit(X, outcome(y["time"] + 1, y["event"], np.zeros(100)))
    with pytest.raises(tenure.InvalidInput, match="event"):
        GradientBoostingSurvival().fit(X, outcome(y["time"], np.arange(100) % 3))
    with pytest.raises(ValueError, match="no column of X"):
        GradientBoostingSurvival(monotonic_cst={"who": 1}).fit(X, y)
    with pytest.raises(tenure.InvalidInput, match="monotone"):
        GradientBoostingSurvival(monotonic_cst={"plan": 1}).fit(X, y)
