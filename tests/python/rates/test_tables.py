"""Segments, reasons, mix, money, funnels and win-back."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import tenure as tn
from tenure import rates

rng = np.random.default_rng(1)
BASE = pd.DataFrame(
    {
        "plan": pd.Categorical(rng.choice(["a", "b", "c"], 2000, p=[0.6, 0.3, 0.1]), categories=["a", "b", "c", "unused"]),
        "region": rng.choice(["north", "south", None], 2000),
        "tenure": rng.integers(0, 72, 2000),
        "gone": rng.random(2000) < 0.2,
        "value": rng.gamma(2, 50, 2000),
    }
)
FRAMES = {
    "pandas": BASE,
    "polars": pl.from_pandas(BASE),
    "pyarrow": pa.Table.from_pandas(BASE),
    "duckdb": duckdb.sql("select * from BASE"),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_segments_are_the_same_in_every_frame(kind):
    want = rates.rates_by(BASE, churned="gone", by=["plan", "region"], amount="value")
    got = rates.rates_by(FRAMES[kind], churned="gone", by=["plan", "region"], amount="value")
    assert kind == "duckdb" or type(got) is type(FRAMES[kind])
    got = got if isinstance(got, pd.DataFrame) else got.to_pandas()
    keys = ["by", "segment"]
    pd.testing.assert_frame_equal(got.sort_values(keys, ignore_index=True), want.sort_values(keys, ignore_index=True), check_dtype=False, rtol=1e-9)


def test_segments_count_what_pandas_counts():
    table = rates.rates_by(BASE, churned="gone", by="plan", amount="value")
    grouped = BASE.groupby("plan", observed=True)["gone"].agg(["size", "sum"])
    assert table["segment"].tolist() == ["a", "b", "c"]
    assert table["customers"].tolist() == grouped["size"].tolist()
    assert table["lost"].tolist() == grouped["sum"].tolist()
    assert table["lost_amount"].sum() == pytest.approx(BASE.loc[BASE["gone"], "value"].sum(), rel=1e-12)
    assert table["share_of_lost"].sum() == pytest.approx(1, abs=1e-12)
    assert (table["q_value"] >= table["p_value"]).all()


def test_missing_values_are_a_segment_and_numbers_come_in_bands():
    table = rates.rates_by(BASE, churned="gone", by=["region", "tenure"], bins={"tenure": [12, 24]})
    assert table.loc[table["by"] == "region", "segment"].tolist() == ["north", "south", "(missing)"]
    assert table.loc[table["by"] == "tenure", "segment"].tolist() == ["below 12", "12 to below 24", "24 and more"]
    months = BASE["tenure"]
    assert table.loc[table["by"] == "tenure", "customers"].tolist() == [(months < 12).sum(), months.between(12, 23).sum(), (months >= 24).sum()]
    with pytest.raises(tn.InvalidInput, match="column 'tenure' holds 72 different numbers"):
        rates.rates_by(BASE, churned="gone", by="tenure")


def test_crossed_segments():
    table = rates.rates_by(BASE, churned="gone", by=["plan", "region"], crossed=True)
    assert len(table) == 9
    assert table["by"].unique().tolist() == ["plan × region"]
    assert table["customers"].sum() == len(BASE)


@pytest.mark.parametrize("labels", [["Yes", "No"], ["churned", "active"], [True, False], [1, 0], [1.0, 0.0]])
def test_labels_that_explain_themselves(labels):
    frame = pd.DataFrame({"g": ["a"] * 4, "y": [labels[0], labels[1], labels[1], labels[1]]})
    assert rates.rates_by(frame, churned="y", by="g")["lost"].tolist() == [1]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (["x", "y", "x"], "y: has the values 'x', 'y'; say which one means lost with positive="),
        (["yes", "no", "maybe"], "'maybe'"),
        ([0, 1, 2], "y: must be 0 or 1, row 2 holds 2"),
        ([0, None, 1], "y: is missing in row 1"),
    ],
)
def test_labels_that_do_not(column, message):
    frame = pd.DataFrame({"g": ["a", "b", "a"], "y": column})
    with pytest.raises(tn.InvalidInput, match=message):
        rates.rates_by(frame, churned="y", by="g")


def test_three_classes_with_a_named_one():
    frame = pd.DataFrame({"g": ["a", "b", "a"], "y": ["left", "stayed", "paused"]})
    assert rates.rates_by(frame, churned="y", by="g", positive="left")["lost"].tolist() == [1, 0]
    with pytest.raises(tn.InvalidInput, match="no row holds positive = 'gone'"):
        rates.rates_by(frame, churned="y", by="g", positive="gone")


def test_bad_tables_are_refused():
    with pytest.raises(tn.InvalidInput, match="'plam' is not a column; the columns are plan, region"):
        rates.rates_by(BASE, churned="gone", by="plam")
    with pytest.raises(tn.InvalidInput, match="has no rows"):
        rates.rates_by(BASE.head(0), churned="gone", by="plan")
    with pytest.raises(TypeError, match="data frame"):
        rates.rates_by(np.zeros((3, 2)), churned="gone", by="plan")


def test_answers_one_by_one():
    answers = ["price", None, ["price", "service"], [], "service", "price", float("nan"), " "]
    r = rates.reason_shares(answers)
    assert r.lost == 8
    assert r.answered == 4
    assert r.table["reason"].tolist() == ["price", "service", "(unstated)"]
    assert r.table["count"].tolist() == [3, 2, 4]
    flags = pl.DataFrame({"price": [1, 0, 1], "service": [0, 0, 1]})
    table = rates.reason_shares(flags, lost=5).table
    assert isinstance(table, pl.DataFrame)
    assert table["count"].to_list() == [2, 1, 3]


def test_reasons_before_and_now():
    now, before = {"quality": 60, "price": 20}, {"price": 20, "quality": 30}
    r = rates.reason_shares(now, lost=120, previous=before, previous_lost=100)
    assert r.change_statistic == pytest.approx(9.37037037037037, abs=1e-12)  # R chisq.test
    assert r.change_p_value == pytest.approx(0.009231025004864548, abs=1e-12)
    assert r.change["difference"][0] == pytest.approx(0.2, abs=1e-15)
    assert r.change["reason"].tolist() == ["quality", "price", "(unstated)"]


def test_reasons_and_kinds_that_do_not_add_up():
    with pytest.raises(tn.InvalidInput, match="must not add up to more than lost = 100"):
        rates.reason_shares({"a": 60, "b": 50}, lost=100)
    with pytest.raises(tn.InvalidInput, match="must be >= the 3 customers"):
        rates.reason_shares(["a", "b", "c"], lost=2)
    with pytest.raises(tn.InvalidInput, match="column 'a' must hold 0 and 1, row 1 holds 2"):
        rates.reason_shares(pd.DataFrame({"a": [1, 2]}))
    with pytest.raises(tn.InvalidInput, match="must add up to lost = 100, they add up to 90"):
        rates.split_losses({"normal": 40, "abnormal": 50}, lost=100)
    with pytest.raises(tn.InvalidInput, match=r"must be in \[0, lost = 100\]"):
        rates.split_losses({"normal": 140, "abnormal": None}, lost=100)


def test_a_peak_of_new_customers_is_mix():
    before = pl.DataFrame({"group": ["young", "old"], "customers": [100, 900], "lost": [20, 45]})
    now = pl.DataFrame({"group": ["old", "young"], "customers": [900, 500], "lost": [45, 100]})
    r = rates.mix_rate(before, now)
    assert r.rate_effect == pytest.approx(0, abs=1e-16)
    assert r.change == pytest.approx(r.mix_effect + r.rate_effect, abs=1e-16)
    assert isinstance(r.groups, pl.DataFrame)
    assert "+3.86 percentage points" in repr(r)
    with pytest.raises(tn.InvalidInput, match="must name each group once"):
        rates.mix_rate(pl.concat([before, before]), now)


def test_revenue_in_several_currencies_and_by_customer():
    lines = pl.DataFrame({"who": ["x", "x", "y"], "m0": [10.0, 20.0, 5.0], "m1": [0.0, 20.0, 0.0], "eur": [1.0, 0.9, 1.0], "eur1": [1.0, 1.0, 1.0]})
    r = rates.revenue_churn("m0", "m1", customer="who", begin_fx="eur", end_fx="eur1", data=lines)
    assert r.contraction == 10
    assert r.churn == 5
    assert r.fx == pytest.approx(2, abs=1e-12)
    assert r.end == pytest.approx(20, abs=1e-12)
    assert r.movements["amount"].tolist()[-1] == r.end
    assert "GRR" in repr(r)
    with pytest.raises(tn.InvalidInput, match="begin_mrr = -1 in row 0"):
        rates.revenue_churn([-1], [1])
    with pytest.raises(TypeError, match="together"):
        rates.revenue_churn([1], [1], begin_fx=1.0)
    with pytest.warns(rates.RateWarning, match="no revenue at the open"):
        rates.revenue_churn([0.0, 0.0], [1.0, 2.0])


def test_losses_customer_by_customer():
    loss = rates.churn_loss(turnover=pd.Series([100.0, 300.0]), profit_rate=[0.5, 0.1], replacement_cost=20)
    assert (loss.lost, loss.lost_revenue, loss.loss, loss.replacement, loss.total) == (2, 400, 80, 40, 120)
    with pytest.raises(TypeError, match="lost is needed"):
        rates.churn_loss(turnover=[(1, 100)])
    with pytest.raises(tn.InvalidInput, match="shares that add up to 1"):
        rates.churn_loss(lost=10, turnover=[(0.5, 100), (0.4, 100)])


def test_funnels_from_counts_and_from_units():
    f = rates.funnel(["lead", "lead", "customer", "offer", None], order=["lead", "offer", "customer"])
    assert f.stages["entered"].tolist() == [4, 2, 1]
    assert f.biggest_leak == "offer"
    with pytest.raises(tn.InvalidInput, match="'visitor' in row 0 is not one of the stages"):
        rates.funnel(["visitor"], order=["lead", "offer"])
    with pytest.raises(tn.InvalidInput, match="must not exceed the stage before"):
        rates.funnel({"lead": 10, "customer": 11})


def test_whom_to_win_back():
    customers = pd.DataFrame({"value": [100.0 * i for i in range(1, 21)], "bad_debt": [0] * 19 + [1]})
    w = rates.win_back(customers, value="value", chance=0.25, cost=30, give_up=["bad_debt"])
    assert w.tiers["customers"].tolist() == [1, 3, 8, 8]
    assert w.customers["decision"].iloc[-1] == "rule"
    assert w.customers["rule"].iloc[-1] == "bad_debt"
    assert w.customers["rank"].iloc[18] == 1
    assert np.isnan(w.customers["rank"].iloc[0])
    assert w.contacted == 11
    assert rates.win_back(customers, value="value", chance=0.25, cost=30, budget=90).contacted == 3
    with pytest.raises(tn.InvalidInput, match=r"chance = 1\.5 in row 0"):
        rates.win_back(customers, value="value", chance=1.5, cost=30)
    with pytest.raises(tn.InvalidInput, match="is 'hard', must be one of 'at_all_costs'"):
        rates.win_back(customers, value="value", chance=0.5, cost=30, tiers=[{"name": "all", "min_quantile": 0, "attitude": "hard"}])


def test_keep_or_acquire_says_what_comes_first():
    r = rates.keep_or_acquire(keep_cost=10, keep_chance=0.25, acquire_cost=10, acquire_chance=0.0625, margin_left=100)
    assert r.first == "keep"
    with pytest.raises(tn.InvalidInput, match="keep_chance = 0"):
        rates.keep_or_acquire(keep_cost=10, keep_chance=0, acquire_cost=10, acquire_chance=0.1, margin_left=100)
