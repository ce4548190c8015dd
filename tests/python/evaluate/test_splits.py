"""TimeOrderedSplit: what is trained on lies before what is tested on."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import TimeSeriesSplit, cross_val_score

from tenure.evaluate import TimeOrderedSplit


@given(st.lists(st.integers(0, 30), min_size=8, max_size=80), st.integers(1, 4), st.integers(0, 3))
def test_training_is_earlier_by_the_gap_and_tests_cover_each_later_row_once(months, n_splits, gap):
    times = np.array(months)
    if len(np.unique(times)) <= n_splits:
        return
    splits = TimeOrderedSplit(n_splits, gap=gap)
    starts = [times[test].min() for _, test in TimeOrderedSplit(n_splits).split(times[:, None], groups=times)]
    if times.min() > starts[0] - gap:
        with pytest.raises(ValueError, match="leaves no row"):
            list(splits.split(times[:, None], groups=times))
        return
    folds = list(splits.split(times[:, None], groups=times))
    assert len(folds) == n_splits
    tested = np.concatenate([test for _, test in folds])
    assert len(np.unique(tested)) == len(tested)
    assert set(tested) == set(np.flatnonzero(times >= times[folds[0][1]].min()))
    for train, test in folds:
        first = times[test].min()
        np.testing.assert_array_equal(train, np.flatnonzero((times < first) & (times <= first - gap)))


def test_different_times_give_scikit_learns_series_split():
    order = np.random.default_rng(0).permutation(60)
    ours = TimeOrderedSplit(5).split(order[:, None], groups=order)
    for (train, test), (train_of_series, test_of_series) in zip(ours, TimeSeriesSplit(5).split(np.zeros((60, 1))), strict=True):
        assert sorted(order[train]) == train_of_series.tolist()
        assert sorted(order[test]) == test_of_series.tolist()


def test_the_order_of_rows_does_not_matter_and_ties_stay_together():
    months = np.repeat(np.arange(6), [10, 1, 40, 3, 3, 3])
    shuffled = np.random.default_rng(1).permutation(months)
    a = [(np.unique(months[i]).tolist(), np.unique(months[j]).tolist()) for i, j in TimeOrderedSplit(3).split(months, groups=months)]
    b = [(np.unique(shuffled[i]).tolist(), np.unique(shuffled[j]).tolist()) for i, j in TimeOrderedSplit(3).split(shuffled, groups=shuffled)]
    assert a == b
    assert all(set(train).isdisjoint(test) for train, test in a)


@pytest.mark.parametrize("zone", [None, "Europe/Vienna"])
def test_dates_from_any_frame(zone):
    days = pd.date_range("2024-01-01", periods=40, freq="D", tz=zone)
    X = pd.DataFrame({"day": days, "x": np.arange(40.0)})
    wanted = [(train.tolist(), test.tolist()) for train, test in TimeOrderedSplit(3, gap=7).split(X, groups=np.arange(40))]
    for frame in (X, pl.from_pandas(X)):
        for gap in (datetime.timedelta(days=7), np.timedelta64(7, "D"), pd.Timedelta("7D")):
            found = [(train.tolist(), test.tolist()) for train, test in TimeOrderedSplit(3, time="day", gap=gap).split(frame)]
            assert found == wanted
    dates = np.array([day.date() for day in days], dtype=object)
    assert [test.tolist() for _, test in TimeOrderedSplit(3).split(X, groups=dates)] == [test for _, test in wanted]


def test_scikit_learn_uses_it():
    random = np.random.default_rng(2)
    X, y, months = random.normal(size=(120, 2)), random.integers(0, 2, 120), np.repeat(np.arange(12), 10)
    assert len(cross_val_score(LogisticRegression(), X, y, cv=TimeOrderedSplit(4), groups=months)) == 4
    assert repr(TimeOrderedSplit(4, gap=1)) == "TimeOrderedSplit(gap=1, n_splits=4, time=None)"


X = pd.DataFrame({"month": [1, 2, 3, 4], "text": list("abcd"), "hole": [1, 2, np.nan, 4], "day": pd.date_range("2024-01-01", periods=4)})


@pytest.mark.parametrize(
    ("split", "groups", "message"),
    [
        (TimeOrderedSplit(2), None, "name the column of X, or give the times as groups"),
        (TimeOrderedSplit(2, time="week"), None, "'week' is not a column"),
        (TimeOrderedSplit(2, time="text"), None, "holds text"),
        (TimeOrderedSplit(2, time="hole"), None, "missing in row 2"),
        (TimeOrderedSplit(4, time="month"), None, "more than 4 different times, there are 4"),
        (TimeOrderedSplit(0, time="month"), None, "n_splits = 0"),
        (TimeOrderedSplit(1.5, time="month"), None, "n_splits = 1.5"),
        (TimeOrderedSplit(2, time="month", gap=3), None, "leaves no row to train on"),
        (TimeOrderedSplit(2, time="month", gap=-1), None, "must be >= 0"),
        (TimeOrderedSplit(2, time="month", gap="7D"), None, "must be a number"),
        (TimeOrderedSplit(2, time="month", gap=datetime.timedelta(1)), None, "number"),
        (TimeOrderedSplit(2, time="day", gap=2), None, "must be a time difference"),
        (TimeOrderedSplit(2, time="day", gap=datetime.timedelta(-1)), None, "must be >= 0"),
        (TimeOrderedSplit(2), [1, 2, 3], "inconsistent numbers of samples"),
    ],
)
def test_bad_input(split, groups, message):
    with pytest.raises(ValueError, match=message):
        list(split.split(X, groups=groups))
