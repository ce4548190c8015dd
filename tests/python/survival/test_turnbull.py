from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tenure
from survival.reference import case, close, numbers
from tenure.survival import KaplanMeier, Turnbull, outcome

CASES = ["turnbull_visits", "turnbull_once", "turnbull_mixed"]


def slopes(table, lower, upper, weight):
    """From the definition: for each interval that a row may have left in, sum of w / P(row) over the rows that cover it, per unit of weight."""
    lower, upper = np.nan_to_num(lower, nan=0.0), np.where(np.isnan(upper), np.inf, upper)
    begin, end = table["begin"].to_numpy(), table["end"].to_numpy()
    exact = begin == end

    def covers(b, e, point):
        return ((b > lower) | ((b == lower) & ((lower == upper) | (not point)))) & (e <= upper)

    cover = np.array([covers(b, e, point) for b, e, point in zip(begin, end, exact, strict=True)])
    probability = table["mass"].to_numpy() @ cover
    # every other place where mass could go: between neighbouring ends
    grid = np.unique(np.concatenate([lower, upper]))
    candidates = [(a, b, False) for a, b in pairwise(grid)] + [(t, t, True) for t in grid if np.isfinite(t)]
    return np.array([(weight / probability * covers(*c)).sum() for c in candidates]) / weight.sum(), probability


@pytest.mark.parametrize("name", CASES)
def test_reaches_the_maximum(name):
    ref, data = case(name)
    weight = data["w"] if "w" in data else pd.Series(np.ones(len(data)))
    model = Turnbull().fit(data["lower"], data["upper"], sample_weight=weight)
    table = model.table_
    slope, probability = slopes(table, data["lower"].to_numpy(), data["upper"].to_numpy(), weight.to_numpy(float))
    assert slope.max() < 1 + 1e-8  # no place wants more mass: the conditions for the maximum
    assert abs(table["mass"].sum() - 1) < 1e-12
    np.testing.assert_allclose(model.log_likelihood_, (weight * np.log(probability)).sum(), rtol=1e-12)
    assert model.log_likelihood_[0] >= ref["loglik"] - 1e-6
    assert model.gap_[0] <= 1e-9
    # a long self-consistency iteration, on the ends of the intervals it stopped at
    end = np.where(np.isnan(numbers(ref["end"])), np.inf, numbers(ref["end"]))
    finite = np.isfinite(end)
    np.testing.assert_allclose(model.predict(end[finite]), 1 - np.cumsum(ref["mass"])[finite], atol=3e-4)
    # R's survfit puts each step into the middle of its interval, and stops when a round changes the curve by less than 5e-5
    inside = table[np.isfinite(table["end"])]
    steps = np.searchsorted(ref["survfit_time"], (inside["begin"] + inside["end"]) / 2 + 1e-9) - 1
    np.testing.assert_allclose(inside["survival"], numbers(ref["survfit_surv"])[steps], atol=0.01)


def test_exact_and_right_censored_times_give_kaplan_meier():
    random = np.random.default_rng(4)
    time, event = random.integers(1, 40, 500).astype(float), random.random(500) < 0.6
    weight = random.integers(1, 4, 500).astype(float)
    grid = np.unique(time[event])
    expected = KaplanMeier().fit(outcome(time, event), sample_weight=weight).predict(grid)
    close(Turnbull().fit(time, np.where(event, time, np.inf), sample_weight=weight).predict(grid), expected, 1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_months_give_kaplan_meier_at_their_ends(seed):
    random = np.random.default_rng(seed)
    n = 400
    month, event = np.ceil(random.exponential(15, n)), random.random(n) < 0.7
    model = Turnbull().fit(np.where(event, month - 1, month), np.where(event, month, np.inf))
    grid = np.unique(month[event])
    close(model.predict(grid), KaplanMeier().fit(outcome(month, event)).predict(grid), 1e-8)


def test_order_scale_weights_and_groups():
    random = np.random.default_rng(5)
    lower = random.integers(0, 20, 300).astype(float)
    upper = np.where(random.random(300) < 0.3, np.inf, lower + random.integers(1, 9, 300))
    base = Turnbull().fit(lower, upper)
    at = np.arange(0, 40.0)
    order = random.permutation(300)
    np.testing.assert_allclose(Turnbull().fit(lower[order], upper[order]).predict(at), base.predict(at), atol=1e-7)
    np.testing.assert_allclose(Turnbull().fit(7 * lower, 7 * upper).predict(7 * at), base.predict(at), atol=1e-7)
    twice = Turnbull().fit(np.tile(lower, 2), np.tile(upper, 2))
    np.testing.assert_allclose(twice.predict(at), Turnbull().fit(lower, upper, sample_weight=np.full(300, 2.0)).predict(at), atol=1e-7)
    by = pl.Series("plan", random.choice(["a", "b"], 300))
    groups = Turnbull().fit(lower, upper, by=pl.DataFrame({"plan": by}))
    part = (by == "b").to_numpy()
    np.testing.assert_array_equal(groups.predict(at)[1], Turnbull().fit(lower[part], upper[part]).predict(at))
    assert isinstance(groups.table_, pl.DataFrame)
    assert set(groups.median_) == set(groups.groups_)


def test_many_rows_converge():
    random = np.random.default_rng(6)
    n = 50_000
    time, seen = random.exponential(20, n), random.uniform(0, 40, n)
    model = Turnbull().fit(np.where(time <= seen, 0, seen), np.where(time <= seen, seen, np.inf))  # seen once
    assert model.gap_[0] <= 1e-9
    np.testing.assert_allclose(model.predict([5, 10, 20, 30]), np.exp(-np.array([5, 10, 20, 30]) / 20), atol=0.05)


def test_quantiles_and_files(tmp_path):
    model = Turnbull().fit(lower=[0, 2, 3, 5, 6], upper=[4, 3, 6, 8, np.inf])
    half = model.quantile(0.5).iloc[0]
    assert model.predict([half["upper"]])[0] <= 0.5 < model.predict([half["lower"]])[0] + 1e-12
    assert model.median_ == half["upper"]
    assert Turnbull().fit([1, 2], [np.nan, np.inf]).median_ == np.inf  # nobody was seen to leave
    model.save(tmp_path / "curve.tenure")
    np.testing.assert_array_equal(tenure.load(tmp_path / "curve.tenure").predict([1, 5]), model.predict([1, 5]))
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    assert model.plot().get_ylabel() == "share still there"


def test_refusals():
    for lower, upper, text in (
        ([3.0], [2.0], "upper = 2 .*at least lower"),
        ([-1.0], [2.0], "lower = -1"),
        ([np.inf], [np.inf], "lower = inf"),
        ([], [], "no rows"),
    ):
        with pytest.raises(ValueError, match=text):
            Turnbull().fit(lower, upper)
    with pytest.raises(ValueError, match="same number of rows"):
        Turnbull().fit([1, 2], [3])
    with pytest.raises(ValueError, match="weight"):
        Turnbull().fit([1, 2], [3, 4], sample_weight=[1, -1])
    with pytest.raises(ValueError, match="no row of positive weight"):
        Turnbull().fit([1, 2], [3, 4], by=["a", "b"], sample_weight=[1, 0])
