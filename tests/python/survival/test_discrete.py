import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score

import tenure
from survival.reference import case, close
from tenure.survival import DiscreteHazard, outcome

COLUMNS = ["fin", "age", "prio"]


def late(data):
    row = np.arange(1, len(data) + 1)
    data = data.assign(entry=row % 5, w=1 + row % 3)
    return data[data["week"] > data["entry"]]


CASES = {
    "logit": ({}, False),
    "cloglog": ({"link": "cloglog"}, False),
    "cloglog_late_weighted_drift": ({"link": "cloglog", "time_varying": ["fin"]}, True),
    "logit_spline": ({"baseline": "spline", "knots": [6, 20, 35, 49], "spikes": [20]}, True),
    "cloglog_spline": ({"link": "cloglog", "baseline": "spline", "knots": [6, 20, 35, 49], "spikes": [20]}, True),
}


def rossi(name):
    values, data = case("discrete_rossi")
    options, weighted = CASES[name]
    data = late(data)
    y = outcome(data["week"], data["arrest"], data["entry"]) if weighted else outcome(data["week"], data["arrest"])
    return values[name], data, DiscreteHazard(**options).fit(data[COLUMNS], y, data["w"] if weighted else None)


@pytest.mark.parametrize("name", CASES)
def test_matches_glm_on_person_periods(name):
    ref, _, model = rossi(name)
    assert model.names_ == ref["names"]
    close(model.coef_, ref["coef"], 1e-8, "coef")
    close(model.std_err_, ref["se"], 1e-6, "se")
    close(model.log_likelihood_, ref["loglik"], 1e-10, "log likelihood")
    baseline = model.baseline_.set_index("period").loc[ref["periods"]]
    close(baseline["intercept"], ref["intercept"], 1e-7, "intercept")
    close(baseline["std_err"], ref["intercept_se"], 1e-6, "intercept's error")


def test_predictions_follow_from_coefficients():
    _, data, model = rossi("cloglog_late_weighted_drift")
    X = data[COLUMNS].head(7)
    k = np.array([2, 20, 30])
    b = dict(zip(model.names_, model.coef_, strict=True))
    eta = (X @ [b[c] for c in COLUMNS]).to_numpy()[:, None] + model.baseline_["intercept"].to_numpy() + b["fin:period"] * np.outer(X["fin"], np.arange(1, 53))
    hazard = -np.expm1(-np.exp(eta))
    np.testing.assert_allclose(model.predict_hazard(X, k), hazard[:, k - 1], rtol=1e-12, atol=1e-300)
    survival = np.cumprod(1 - hazard, axis=1)
    np.testing.assert_allclose(
        model.predict_survival(X, [0, 3.7, 52, 90]), np.column_stack([np.ones(7), survival[:, 2], survival[:, 51], survival[:, 51]]), rtol=1e-12
    )
    given = np.array([0, 5, 10, 20, 30, 51, 60])
    cumulative = np.column_stack([np.ones(7), survival])
    expected = [cumulative[i, min(g + 4, 52)] / cumulative[i, min(g, 52)] for i, g in enumerate(given)]
    np.testing.assert_allclose(model.predict_survival(X, [4], given=given)[:, 0], expected, rtol=1e-12)
    assert model.predict(X).shape == (7,)


def test_spline_has_the_knots_asked_for_and_sees_spikes():
    random = np.random.default_rng(0)
    n = 20000
    X = pd.DataFrame({"calls": random.poisson(2, n), "fee": random.normal(size=n)})
    hazard = np.full(36, 0.02)
    hazard[[11, 23, 35]] = 0.15
    left = random.random((n, 36)) < 1 / (1 + np.exp(-(np.log(hazard / (1 - hazard)) + 0.3 * (X["calls"].to_numpy() - 2)[:, None])))
    event = left.any(axis=1)
    y = outcome(np.where(event, left.argmax(axis=1) + 1, 36), event)
    model = DiscreteHazard(baseline="spline", spikes=[12, 24, 36]).fit(X, y)
    assert abs(model.coef_[0] - 0.3) < 4 * model.std_err_[0]
    baseline = model.baseline_.set_index("period")
    assert baseline.loc[[12, 24, 36], "hazard"].min() > 3 * baseline.loc[[11, 13, 23, 25, 35], "hazard"].max()
    assert len(model.model_.knots) == 4


def test_equals_an_expanded_logistic_regression():
    random = np.random.default_rng(1)
    n = 400
    X = random.normal(size=(n, 2))
    y = outcome(random.integers(1, 8, n), random.random(n) < 0.5)
    rows = np.repeat(np.arange(n), y["time"].astype(int))
    period = np.concatenate([np.arange(t) for t in y["time"].astype(int)])
    last = period + 1 == y["time"][rows]
    dummies = np.eye(7)[period]
    plain = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-12, max_iter=5000).fit(np.hstack([X[rows], dummies]), last & y["event"][rows])
    np.testing.assert_allclose(DiscreteHazard().fit(X, y).coef_, plain.coef_[0, :2], rtol=1e-4)


def test_weights_repeat_rows_and_order_and_units_do_not_matter():
    random = np.random.default_rng(2)
    n = 300
    X = random.normal(size=(n, 3))
    y = outcome(random.integers(1, 13, n), random.random(n) < 0.5)
    weight = random.integers(0, 4, n)
    rows = np.repeat(np.arange(n), weight)
    for options in ({}, {"link": "cloglog", "baseline": "spline"}):
        a, b = DiscreteHazard(**options).fit(X, y, weight), DiscreteHazard(**options).fit(X[rows], y[rows])
        np.testing.assert_allclose(a.coef_, b.coef_, rtol=1e-8)
        np.testing.assert_allclose(a.std_err_, b.std_err_, rtol=1e-8)
        order = random.permutation(n)
        np.testing.assert_allclose(DiscreteHazard(**options).fit(X[order], y[order], weight[order]).coef_, a.coef_, rtol=1e-8)
        np.testing.assert_allclose(DiscreteHazard(**options).fit(1e6 * X + 3e6, y, weight).coef_ * 1e6, a.coef_, rtol=1e-6)
    # customers cut in two at an entry say the same
    cut = y["time"] > 4
    both = np.concatenate([X, X[cut]])
    time, event = np.concatenate([np.minimum(y["time"], 4), y["time"][cut]]), np.concatenate([y["event"] & ~cut, y["event"][cut]])
    entry = np.concatenate([np.zeros(n), np.full(cut.sum(), 4)])
    np.testing.assert_allclose(DiscreteHazard().fit(both, outcome(time, event, entry)).coef_, DiscreteHazard().fit(X, y).coef_, rtol=1e-8)


def test_frames_search_and_files(tmp_path):
    random = np.random.default_rng(3)
    n = 500
    X = pd.DataFrame({"plan": pd.Categorical(random.choice(["basic", "plus", "pro"], n)), "fee": random.normal(size=n)})
    y = outcome(random.integers(1, 25, n), random.random(n) < 0.4)
    model = DiscreteHazard(reference={"plan": "pro"}).fit(X, y)
    assert model.names_ == ["plan[basic]", "plan[plus]", "fee"]
    for other in (pl.from_pandas(X), pa.Table.from_pandas(X)):
        np.testing.assert_array_equal(DiscreteHazard(reference={"plan": "pro"}).fit(other, y).coef_, model.coef_)
    model.save(tmp_path / "model.tenure")
    np.testing.assert_array_equal(tenure.load(tmp_path / "model.tenure").predict_survival(X, [6, 12]), model.predict_survival(X, [6, 12]))
    assert len(cross_val_score(DiscreteHazard(), X, y, cv=3)) == 3
    search = GridSearchCV(DiscreteHazard(), {"link": ["logit", "cloglog"], "baseline": ["periods", "spline"]}, cv=2).fit(X, y)
    assert 0 < search.best_score_ < 1
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    assert model.plot().get_xlabel() == "period"


def test_periods_without_leavers_and_runaway_columns():
    X = np.array([[0.0], [1], [2], [3], [4], [5], [1], [3]])
    y = outcome([5, 5, 2, 5, 1, 1, 2, 2], [0, 1, 1, 0, 1, 1, 0, 1])
    model = DiscreteHazard().fit(X, y)
    assert model.baseline_["intercept"].tolist()[2:4] == [-np.inf, -np.inf]
    np.testing.assert_array_equal(model.predict_hazard(X, [3, 4]), np.zeros((8, 2)))
    with pytest.warns(ConvergenceWarning, match="x0 runs off"):
        DiscreteHazard().fit(np.array([[1.0], [1], [1], [0], [0], [0]]), outcome([2, 1, 2, 1, 2, 2], [0, 0, 0, 1, 1, 0]))


def test_refusals():
    X, y = np.arange(6.0)[:, None], outcome([1, 2, 3, 1, 2, 3], [1, 0, 1, 0, 1, 0])
    for options, text in (
        ({"link": "probit"}, "link"),
        ({"spikes": [2]}, "spikes.*baseline = 'spline'"),
        ({"baseline": "spline", "spikes": [9]}, r"spikes = 9.*\[1, 3\]"),
        ({"baseline": "spline", "knots": [1, 2]}, "at least 3"),
        ({"baseline": "spline", "knots": [3, 2, 1]}, "ascend"),
        ({"time_varying": ["none"]}, "time_varying.*'none' is no column"),
    ):
        with pytest.raises(ValueError, match=text):
            DiscreteHazard(**options).fit(X, y)
    for time, event, text in (
        ([1.5, 2], [1, 0], "time = 1.5 .*whole"),
        ([0, 2], [1, 1], "at least 1"),
        ([1, 2], [0, 0], "no event"),
        ([0, 0], [0, 0], "lived through"),
    ):
        with pytest.raises(ValueError, match=text):
            DiscreteHazard().fit(X[:2], outcome(time, event))
    with pytest.raises(ValueError, match=r"x0.*constant"):
        DiscreteHazard().fit(np.ones((6, 1)), y)
    with pytest.raises(ArithmeticError, match="x1"):
        DiscreteHazard().fit(np.column_stack([X, 2 * X]), y)
    model = DiscreteHazard().fit(X + np.array([[0], [3], [1], [2], [0], [1]]), y)
    with pytest.raises(ValueError, match=r"periods = 4.*\[1, 3\]"):
        model.predict_hazard(X, [4])
    with pytest.raises(TypeError, match="list of column names"):
        DiscreteHazard(time_varying="x0").fit(X, y)
