"""Stability index and drift: R and scipy, by hand, the distribution without a change by simulation, hostile tables."""

import json
import math
import pathlib

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats as scipy_stats

import tenure as tn
from tenure.alert import drift, population_stability_index

HERE = pathlib.Path(__file__).resolve().parents[2] / "reference" / "stats"
R = json.loads((HERE / "stats.json").read_text())["psi"]


def test_index_agrees_with_r():
    customers = pd.read_csv(HERE / "stats_customers.csv")
    old, new = customers[customers["cohort"] == "old"], customers[customers["cohort"] != "old"]
    for name, column in (("charge", "charge"), ("tickets_with_ties", "tickets")):
        found = population_stability_index(old[column], new[column])
        np.testing.assert_allclose(found.borders, R[name]["bins"], rtol=1e-12)
        np.testing.assert_allclose(found.expected, R[name]["expected"], rtol=1e-12)
        np.testing.assert_allclose(found.actual, R[name]["actual"], rtol=1e-12)
        assert found.psi == pytest.approx(R[name]["psi"], rel=1e-10)
    found = population_stability_index(old["region"], new["region"])
    assert found.bins == R["region"]["levels"]
    assert found.psi == pytest.approx(R["region"]["psi"], rel=1e-10)
    scale = 1 / len(old) + 1 / len(new)
    assert found.bound == pytest.approx(scale * scipy_stats.chi2.ppf(0.95, 3), rel=1e-12)
    assert found.p_value == pytest.approx(scipy_stats.chi2.sf(found.psi / scale, 3), rel=1e-10)


def test_an_empty_bin_counts_a_half_and_missing_values_are_a_bin():
    found = population_stability_index(["a"] * 6 + ["b"] * 4, ["a"] * 5 + ["c"] * 4 + [None])
    e = np.array([6, 4, 0.5, 0.5]) / 11
    a = np.array([5, 0.5, 4, 1]) / 10.5
    np.testing.assert_allclose(found.expected, e)
    np.testing.assert_allclose(found.contribution, (a - e) * np.log(a / e))
    assert found.psi == pytest.approx(((a - e) * np.log(a / e)).sum())
    assert (found.corrected, found.missing_expected, found.missing_actual, found.bins, found.dof) == (3, 0, 1, ["a", "b", "c", "missing"], 3)
    numbers = population_stability_index([1.0, 2, 3, 4], [1, 2, math.nan, math.nan], bins=2)
    assert numbers.bins == ["<= 2.5", "> 2.5", "missing"]
    np.testing.assert_allclose(numbers.actual, np.array([2, 0.5, 2]) / 4.5)
    assert (numbers.n_actual, numbers.missing_actual) == (4, 2)


def test_a_side_without_any_value_has_moved_to_missing():
    for values in ([1.0, 2, 3, 4] * 10, ["a", "b"] * 20):
        found = population_stability_index(values, [None] * 40)
        assert (found.missing_actual, found.band) == (40, "much")
    then, now = pd.DataFrame({"x": np.arange(40.0)}), pd.DataFrame({"x": pd.Series([None] * 40, dtype=object)})
    assert drift(then, now).drifted == drift(now, then).drifted == ["x"]


def test_two_values_and_one_value_are_seen():
    assert population_stability_index([0] * 50 + [1] * 50, [0] * 10 + [1] * 90).psi == pytest.approx(0.4 * math.log(5) + 0.4 * math.log(1.8))
    assert population_stability_index([5] * 50, [5] * 25 + [4] * 25).psi > 0.25
    assert population_stability_index([5] * 50, [5] * 25 + [6] * 25).psi > 0.25
    same = population_stability_index([5] * 50, [5] * 20)
    assert (same.psi, same.p_value, same.moved) == (0, 1, False)


def test_without_a_change_it_is_scaled_chi_squared():
    random = np.random.default_rng(0)
    scaled = []
    p_values = []
    for _ in range(2000):
        found = population_stability_index(random.normal(size=3000), random.normal(size=1500), bins=8)
        scaled.append(found.psi / (1 / 3000 + 1 / 1500))
        p_values.append(found.p_value)
    assert np.mean(scaled) == pytest.approx(7, abs=4 * math.sqrt(14 / 2000))
    assert np.var(scaled) == pytest.approx(14, rel=0.15)
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / 2000))
    assert scipy_stats.kstest(p_values, "uniform").pvalue > 1e-3


def test_the_index_knows_no_order_and_no_unit():
    random = np.random.default_rng(1)
    then, now = random.gamma(2, size=900), random.gamma(2.3, size=700)
    found = population_stability_index(then, now)
    assert population_stability_index(random.permutation(then), random.permutation(now)).psi == found.psi
    assert population_stability_index(8 * then, 8 * now).psi == pytest.approx(found.psi, rel=1e-12)
    assert population_stability_index(then.astype(np.float32), now.astype(np.float32)).psi == pytest.approx(found.psi, rel=1e-3)
    assert population_stability_index(list("aab"), list("abb")).psi == population_stability_index(list("abb"), list("aab")).psi


def table(random, rows, shift=0.0, share=0.5):
    return pd.DataFrame(
        {
            "calls": random.normal(shift, 1, rows),
            "plan": np.where(random.random(rows) < share, "basic", "pro"),
            "paid": random.random(rows) < 0.7,
            "noise": random.integers(0, 5, rows),
        }
    )


def test_a_verdict_needs_size_and_more_than_chance():
    random = np.random.default_rng(2)
    many = drift(table(random, 100_000), table(random, 100_000, shift=0.05, share=0.51)).table.set_index("column")
    assert many.loc[["calls", "plan"], "verdict"].tolist() == ["too small to matter"] * 2
    assert (many.loc[["calls", "plan"], "q_value"] < 1e-3).all()
    few = drift(table(random, 30), table(random, 30)).table
    assert (few["psi"] > 0.1).any()
    assert set(few["verdict"]) <= {"no more than chance", "no drift"}
    moved = drift(table(random, 2000), table(random, 2000, shift=0.6, share=0.68))
    assert moved.drifted == ["calls", "plan"]
    assert moved.table["verdict"].tolist()[:2] == ["much drift", "some drift"]
    assert moved.table["psi"].is_monotonic_decreasing
    assert "calls: PSI" in repr(moved)


def test_tests_agree_with_scipy_and_q_with_bh():
    random = np.random.default_rng(3)
    then, now = table(random, 500), table(random, 400, shift=0.2, share=0.45)
    rows = drift(then, now).table.set_index("column")
    ks = scipy_stats.ks_2samp(then["calls"], now["calls"], method="asymp")
    assert rows.loc["calls", "statistic"] == pytest.approx(ks.statistic, rel=1e-12)
    counts = np.array([[(frame["plan"] == level).sum() for level in ("basic", "pro")] for frame in (then, now)])
    chi = scipy_stats.chi2_contingency(counts, correction=False)
    assert rows.loc["plan", "p_value"] == pytest.approx(chi.pvalue, rel=1e-10)
    assert rows.loc["plan", "effect"] == pytest.approx(math.sqrt(chi.statistic / 900), rel=1e-10)
    assert rows.loc["paid", "test"] == "chi-squared"
    np.testing.assert_allclose(rows["q_value"], scipy_stats.false_discovery_control(rows["p_value"]), rtol=1e-12)


def test_missing_values_alone_are_drift():
    then = pd.DataFrame({"x": np.arange(1000.0)})
    now = then.copy()
    now.loc[::4, "x"] = np.nan
    found = drift(then, now).table
    assert found["verdict"].tolist() == ["much drift"]
    assert found["moved_most"].tolist() == ["more missing"]
    gap = np.array([[1000, 0], [750, 250]])
    assert found["p_value"][0] == pytest.approx(2 * scipy_stats.chi2_contingency(gap, correction=False).pvalue, rel=1e-6)


def test_segments_are_compared_one_by_one():
    random = np.random.default_rng(4)
    then, now = table(random, 4000), table(random, 4000)
    now["calls"] += np.where(now["plan"] == "pro", 1.0, -0.0)
    now.loc[now["noise"] == 4, "noise"] = 3
    found = drift(then, now, by="plan", columns=["calls"]).table
    assert found[["segment", "verdict"]].values.tolist() == [["pro", "much drift"], ["basic", "no drift"]]
    gone = drift(then, now, by="noise", columns=["calls"])
    assert gone.left_out == {"noise = 4": "has no rows in current"}


def test_frames_of_every_kind():
    random = np.random.default_rng(5)
    then, now = table(random, 300), table(random, 300, shift=1)
    ours = drift(pl.from_pandas(then), pl.from_pandas(now)).table
    assert isinstance(ours, pl.DataFrame)
    assert ours["psi"].to_list() == drift(then, now).table["psi"].tolist()


def test_what_cannot_be_compared_is_said():
    then = pd.DataFrame({"id": [f"c{i}" for i in range(300)], "day": pd.Timestamp("2026-01-01"), "x": np.arange(300), "old": 1, "kind": 1})
    now = pd.DataFrame({"id": [f"c{i}" for i in range(300)], "day": pd.Timestamp("2026-02-01"), "x": np.arange(300), "new": 1, "kind": ["a"] * 300})
    found = drift(then, now)
    assert found.table["column"].tolist() == ["x"]
    assert set(found.left_out) == {"id", "day", "old", "new", "kind"}
    assert "names rows" in found.left_out["id"]
    with pytest.raises(tn.InvalidInput, match="id: is text"):
        drift(then, now, columns=["id"])
    with pytest.raises(tn.InvalidInput, match=r"kind: holds numbers then and text now"):
        drift(then, now, columns=["kind"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: population_stability_index([], [1.0]), "expected: must have values"),
        (lambda: population_stability_index([1.0], []), "actual: must have values"),
        (lambda: population_stability_index([1.0, math.inf], [1.0]), "infinite"),
        (lambda: population_stability_index([1.0, 2], [1.0], bins=1), "bins"),
        (lambda: population_stability_index([1.0, 2], [1.0], level=1), "level"),
        (lambda: population_stability_index(pd.to_datetime(["2026-01-01"]), [1.0]), "has type"),
        (lambda: population_stability_index([[1.0]], [1.0]), "one-dimensional"),
        (lambda: drift(pd.DataFrame({"x": []}), pd.DataFrame({"x": [1]})), "reference: has no rows"),
        (lambda: drift(pd.DataFrame({"x": [1]}), pd.DataFrame({"y": [1]})), "none can be compared"),
        (lambda: drift(pd.DataFrame({"x": [1]}), pd.DataFrame({"x": [1]}), columns=["y"]), "no column 'y'"),
        (lambda: drift(pd.DataFrame({"x": [1]}), pd.DataFrame({"x": [1]}), by="y"), "no column 'y'"),
        (lambda: drift(pd.DataFrame({"x": [1]}), pd.DataFrame({"x": [1]}), level=95), "level"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(tn.InvalidInput, match=message):
        call()


def test_a_frame_is_needed():
    with pytest.raises(TypeError, match="reference: must be a data frame"):
        drift([1], pd.DataFrame({"x": [1]}))
