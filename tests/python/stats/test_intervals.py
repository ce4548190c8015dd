"""Intervals and p-value adjustment against R."""

import csv
import pathlib

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tenure as tn
from tenure import stats

REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "reference" / "stats"


def table(name):
    with (REFERENCE / name).open() as file:
        return list(csv.DictReader(file))


def test_proportion_intervals_agree_with_r():
    for row in table("proportions.csv"):
        lower, upper = stats.proportion_ci(float(row["x"]), float(row["n"]), level=float(row["level"]), method=row["method"])
        assert (lower, upper) == pytest.approx((float(row["lower"]), float(row["upper"])), abs=2e-14)


def test_arrays_are_broadcast():
    ci = stats.proportion_ci([1, 5, 10], 20)
    assert ci.lower.shape == (3,)
    assert ci.upper[1] == stats.proportion_ci(5, 20).upper
    assert stats.poisson_ci(np.array([[1, 2], [3, 4]]), [10, 20]).lower.shape == (2, 2)
    assert stats.proportion_ci(pd.Series([1, 2]), pd.Series([10, 10])).lower.shape == (2,)


def test_comparisons_agree_with_r():
    for row in table("two_proportions.csv"):
        x1, n1, x2, n2 = (float(row[name]) for name in ("x1", "n1", "x2", "n2"))
        assert stats.difference_ci(x1, n1, x2, n2) == pytest.approx((float(row["lower"]), float(row["upper"])), abs=2e-14)
        assert stats.ratio_ci(x1, n1, x2, n2) == pytest.approx((float(row["ratio_lower"]), float(row["ratio_upper"])), abs=1e-12)
        assert stats.difference_p(x1, n1, x2, n2) == pytest.approx(float(row["p_value"]), abs=1e-12)


def test_adjusted_p_values_agree_with_r():
    rows = table("adjusted.csv")
    p = [float(row["p"]) for row in rows]
    for method in ("bonferroni", "holm", "hochberg", "hommel", "bh", "by"):
        np.testing.assert_allclose(stats.adjust_p(p, method=method), [float(row[method]) for row in rows], atol=1e-15)
    np.testing.assert_array_equal(stats.adjust_p(pl.Series(p)), stats.adjust_p(np.array(p)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stats.proportion_ci([1, 11], 10), r"successes = 11 in row 1: must be in \[0, trials = 10\]"),
        (lambda: stats.proportion_ci(1, 0), "trials = 0"),
        (lambda: stats.proportion_ci(1, 10, level=95), "level = 95"),
        (lambda: stats.proportion_ci(1, 10, method="exact"), "method: is 'exact', must be one of 'wilson'"),
        (lambda: stats.poisson_ci(-1), "count = -1"),
        (lambda: stats.adjust_p([0.1, 2]), "p = 2 in row 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(tn.InvalidInput, match=message):
        call()
