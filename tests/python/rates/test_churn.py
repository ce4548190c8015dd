"""Churn rates from counts: objects, messages, frames."""

import pickle
import warnings

import pandas as pd
import polars as pl
import pytest

import tenure as tn
from tenure import rates


def test_a_rate_is_read_at_a_glance():
    rate = rates.churn_rate(begin=1000, lost=100)
    assert repr(rate).startswith("churn rate 10.00% [8.29%, 12.02%]  (begin: 100 / 1,000; 95% wilson)\n  note: lost_flash and lost_back")
    page = rate._repr_html_()
    assert "<td style='text-align:right'>10.00%</td>" in page
    assert "customers of the opening set" in page
    assert float(rate) == rate["rate"] == rate.rate
    assert dict(rate)["lost"] == 100
    copy = pickle.loads(pickle.dumps(rate))
    assert dict(copy) == dict(rate)
    assert copy.notes[0].code == "no_inside_losses"
    with pytest.raises(AttributeError, match="cannot be changed"):
        rate.rate = 0


def test_the_warning_points_at_the_caller():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        rates.churn_rate(begin=3000, new=500, end=3300, convention="end")
    assert [w.category for w in caught] == [rates.RateWarning]
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"begin": -3, "lost": 1}, "begin = -3: must be a finite count >= 0"),
        ({"begin": 3000, "new": 500, "end": 3300, "lost": 100}, r"end = 3300: must be begin \+ new \+ returned - lost, but is off by 100"),
        ({"begin": 3000, "new": 100, "end": 3300}, "lost = -200: would be negative"),
        ({"begin": 10, "lost": 12}, "lost_flash"),
        ({"lost": 12}, "begin: is needed by the convention 'begin'"),
        ({"begin": float("nan"), "lost": 1}, "begin = nan"),
        ({"begin": 10, "lost": 1, "level": 2}, "level = 2"),
        ({"begin": 10, "lost": 1, "convention": "total"}, "convention: is 'total', must be one of 'begin'"),
    ],
)
def test_bad_counts_are_refused_by_name(counts, message):
    with pytest.raises(tn.InvalidInput, match=message):
        rates.churn_rate(**counts)


def test_wrong_types_and_names():
    with pytest.raises(TypeError, match="begin"):
        rates.churn_rate(begin="many", lost=1)
    with pytest.raises(TypeError, match="begn"):
        rates.churn_rates(begn=10)
    with pytest.raises(TypeError, match="given twice"):
        rates.churn_rate({"begin": 10, "lost": 1}, begin=11)


def test_counts_may_come_as_a_mapping():
    assert rates.churn_rate({"begin": 10, "lost": 1, "end": None}).rate == 0.1


def test_nothing_to_divide_by_warns():
    with pytest.warns(rates.RateWarning, match="no customers at the open"):
        rate = rates.churn_rate(begin=0, lost=0)
    assert rate.rate != rate.rate
    assert "n/a" in repr(rate)


def test_retention_only_where_it_is_one():
    with pytest.raises(tn.NotSupported, match="no retention under the convention 'average'"):
        _ = rates.churn_rate(begin=100, lost=10, end=90, convention="average").retention


def test_tables_come_in_the_callers_kind_of_frame():
    assert isinstance(rates.churn_rates(begin=100, lost=10), pd.DataFrame)
    assert isinstance(rates.churn_rates(begin=100, lost=10, like=pl.DataFrame()), pl.DataFrame)
    assert isinstance(rates.period_growth(pl.DataFrame({"lost": [1, 2]})), pl.DataFrame)


def test_restated_rates():
    rate = rates.churn_rate(begin=1000, lost=28, days=28, per_days=30)
    assert rate.rate == pytest.approx(1 - 0.972 ** (30 / 28), abs=1e-15)
    with pytest.raises(tn.InvalidInput, match="cannot restate the convention 'average'"):
        rates.churn_rate(begin=1000, lost=28, end=972, days=28, per_days=30, convention="average")


def test_conversion_keeps_the_interval_and_refuses_what_does_not_compound():
    month = rates.churn_rate(begin=1000, lost=20)
    year = rates.convert_rate(month)
    assert year.rate == pytest.approx(rates.convert_rate(0.02), abs=1e-15)
    assert year.upper == pytest.approx(rates.convert_rate(month.upper), abs=1e-15)
    assert year.notes[-1].code == "restated"
    with pytest.raises(tn.NotSupported, match="does not compound"):
        rates.convert_rate(rates.churn_rate(begin=100, lost=10, end=90, convention="average"))
    with pytest.raises(tn.InvalidInput, match=r"must be in \[0, 1\] to compound as churn"):
        rates.convert_rate(-0.05)
    with pytest.raises(tn.InvalidInput, match="fortnight"):
        rates.convert_rate(0.1, to_days="fortnight")


def test_growth_of_one_series_and_bad_counts():
    assert "series" not in rates.period_growth([1, 2, 3]).columns
    with pytest.raises(tn.InvalidInput, match="counts = -1 in row 1"):
        rates.period_growth([1, -1])
    with pytest.raises(tn.InvalidInput, match="one name a count"):
        rates.period_growth([1, 2], periods=["a"])
