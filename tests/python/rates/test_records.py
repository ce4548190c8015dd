"""From customer records and purchases to periods, curves and cohort tables."""

import csv
import datetime
import pathlib

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import tenure as tn
from tenure import rates

REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "reference" / "rates"

rng = np.random.default_rng(5)
START = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, 3000), unit="D")
END = pd.Series(START + pd.to_timedelta(rng.integers(0, 500, 3000), unit="D")).where(rng.random(3000) < 0.7)
RECORDS = pd.DataFrame({"who": rng.integers(0, 2500, 3000), "join": START, "leave": END})
FRAMES = {
    "pandas": RECORDS,
    "polars": pl.from_pandas(RECORDS).with_columns(pl.col("join", "leave").cast(pl.Date)),
    "pyarrow": pa.Table.from_pandas(RECORDS),
    "duckdb": duckdb.sql("select * from RECORDS"),
    "texts": RECORDS.assign(join=RECORDS["join"].dt.strftime("%Y-%m-%d"), leave=RECORDS["leave"].dt.strftime("%Y-%m-%d")),
    "zone": RECORDS.assign(join=RECORDS["join"].dt.tz_localize("Asia/Shanghai"), leave=RECORDS["leave"].dt.tz_localize("Asia/Shanghai")),
}


def periods(data, **options):
    return rates.customer_periods(data, start="join", end="leave", customer="who", **{"first": "2024-01-01", "last": "2025-12-31", **options})


@pytest.mark.parametrize("kind", FRAMES)
def test_periods_are_the_same_in_every_frame(kind):
    want, got = periods(RECORDS), periods(FRAMES[kind])
    assert len(got) == 24
    assert [{k: v for k, v in c.items() if v is not None and not isinstance(v, np.ndarray)} for c in got] == [
        {k: v for k, v in c.items() if v is not None and not isinstance(v, np.ndarray)} for c in want
    ]
    table = got.table if isinstance(got.table, pd.DataFrame) else got.table.to_pandas()
    assert (table["begin"] + table["new"] + table["returned"] - table["lost"] == table["end"]).all()
    assert (table["end"].to_numpy()[:-1] == table["begin"].to_numpy()[1:]).all()
    assert str(table["period"].iloc[1])[:10] == "2024-02-01"


def test_periods_count_what_pandas_counts():
    alone = RECORDS.drop(columns="who")
    p = rates.customer_periods(alone, start="join", end="leave", periods=["2025-03-01", "2025-04-01"])[0]
    opens, closes = pd.Timestamp("2025-02-28"), pd.Timestamp("2025-03-31")
    gone = alone["leave"].fillna(pd.Timestamp("2200-01-01"))
    assert p["begin"] == ((alone["join"] <= opens) & (gone > opens)).sum()
    assert p["end"] == ((alone["join"] <= closes) & (gone > closes)).sum()
    assert p["new"] == alone["join"].between("2025-03-01", "2025-03-31").sum()
    assert p["lost"] == gone.between("2025-03-01", "2025-03-31").sum()
    days = sum(((alone["join"] <= d) & (gone > d)).sum() for d in pd.date_range("2025-03-01", "2025-03-31"))
    assert p["customer_days"] == days


def test_rates_of_periods():
    p = periods(RECORDS, periods="quarter")
    one = p.rate(convention="hazard")
    assert one.denominator == p[-1]["customer_days"]
    table = p.rates(convention="begin")
    assert len(table) == 8
    assert table["rate"].iloc[-1] == p.rate().rate
    everything = p.rates()
    assert everything.groupby("period").size().iloc[-1] == 11
    assert "8 periods of 3,000 records" in repr(p)
    assert "<table" in p._repr_html_()


def test_trailing_days_and_periods_in_progress():
    p = periods(RECORDS, periods="trailing30", last="2025-06-30", first=None)
    assert p[0]["days"] == 30
    assert p[0]["begin"] == periods(RECORDS, periods=["2025-06-01", "2025-07-01"])[0]["begin"]
    table = periods(RECORDS, periods="month", as_of="2025-06-15", first="2025-05-01", last="2025-06-30").table
    assert table["complete"].tolist() == [True, False]
    with pytest.raises(tn.InvalidInput, match="trailing30"):
        periods(RECORDS, periods="trailing")


def test_halves_merge_to_the_whole_with_any_number_of_threads():
    whole = periods(RECORDS, n_jobs=2)
    even, odd = periods(RECORDS[RECORDS["who"] % 2 == 0]), periods(RECORDS[RECORDS["who"] % 2 == 1])
    assert even.merge(odd).statistic == whole.statistic
    assert periods(RECORDS.sample(frac=1, random_state=0)).statistic == whole.statistic


def test_dates_of_other_kinds():
    days = rates.customer_periods(start=[3, 5], end=[9.0, float("nan")], periods=[4, 8])
    assert days.table["period"].tolist() == [4]
    assert days[0]["begin"] == 1
    dates = rates.customer_periods(start=[datetime.date(2026, 1, 1)], end=[None], periods=[datetime.date(2026, 1, 1), pd.Timestamp("2026-02-01")])
    assert dates[0]["new"] == 1
    hours = np.array(["2026-01-01T23:59", "2026-01-02T00:00"], dtype="datetime64[m]")
    assert rates.customer_periods(start=hours, end=np.array(["NaT", "NaT"], dtype="datetime64[m]"), periods="day")[0]["new"] == 1
    last = rates.customer_periods(start=["2026-01-01"], end=["2026-01-31"], end_inclusive=True, periods=["2026-01-01", "2026-02-01"])
    assert last[0]["lost"] == 0


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (["2026-01-05"], ["2026-01-04"], r"end: 20457 \(2026-01-04\) in row 0 must not be before start, 20458 \(2026-01-05\)"),
        (["2026-01-05", None], [None, None], "start: is missing in row 1"),
        (["2026-01-05", "5.1.2026"], [None, None], "start: '5.1.2026' in row 1 is no date"),
        (["2026-01-05"], [None, None], "end: must have one value a record: 1, not 2"),
    ],
)
def test_bad_records_are_named(start, end, message):
    with pytest.raises(tn.InvalidInput, match=message):
        rates.customer_periods(start=start, end=end, periods=["2026-01-01", "2026-02-01"])


def test_unknown_columns_and_missing_customers():
    with pytest.raises(tn.InvalidInput, match="start='joined' is not a column; the columns are who, join, leave"):
        rates.customer_periods(RECORDS, start="joined", end="leave")
    with pytest.raises(tn.InvalidInput, match="customer: is missing in row 0"):
        rates.customer_periods(customer=[None], start=[1], end=[2], periods=[0, 5])
    with pytest.raises(tn.InvalidInput, match="start: holds no dates"):
        rates.customer_periods(RECORDS.head(0), start="join", end="leave", as_of="2026-01-01")


def test_end_dates_by_rule():
    dates = {"term_end": ["2026-02-01"] * 3, "cancelled": ["2026-01-10", None, None], "unpaid_since": [None, None, "2026-01-01"]}
    got = rates.end_dates(**dates, churn_date="day_after_cancel", delinquent_days=15)
    assert got.astype(str).tolist() == ["2026-01-11", "NaT", "2026-01-16"]


def purchases():
    with (REFERENCE / "purchases.csv").open() as file:
        rows = list(csv.DictReader(file))
    return pl.DataFrame({"customer": [f"c{row['customer']}" for row in rows], "day": [int(row["day"]) for row in rows]})


def test_the_chance_to_return_agrees_with_r():
    with (REFERENCE / "return_curve.csv").open() as file:
        want = list(csv.DictReader(file))
    got = rates.return_curve(purchases(), customer="customer", date="day", as_of=300, days=[int(row["silent_days"]) for row in want])
    assert isinstance(got, pl.DataFrame)
    for name in ("silences", "returned", "probability", "lower", "upper"):
        np.testing.assert_allclose(got[name].to_numpy(), [float(row[name]) for row in want], rtol=1e-11)


def test_a_threshold_from_the_data_and_what_hangs_on_it():
    data = purchases()
    s = rates.silences(data, customer="customer", date="day", as_of=300)
    chosen = s.threshold(max_return=0.25)
    curve = s.curve()["probability"].to_list()
    assert curve[chosen] <= 0.25 < curve[chosen - 1]
    assert chosen == rates.choose_threshold(data, customer="customer", date="day", as_of=300, max_return=0.25)
    table = rates.threshold_sensitivity(data, customer="customer", date="day", as_of=300, thresholds=[15, 30, 60], first=150, last=179)
    assert table["rate"].is_sorted(descending=True)
    with pytest.raises(tn.NumericFailure, match="chance to return fall to"):
        rates.choose_threshold(customer=[1], date=[0], as_of=0)
    half = s.merge(rates.silences(customer=["new", "new"], date=[0, 5], as_of=300))
    assert half.statistic.lasting.sum() == s.statistic.lasting.sum() + 1


def test_stays_from_purchases_feed_periods():
    stays = rates.active_periods(purchases(), customer="customer", date="day", silence=30, as_of=300)
    assert stays["customer"][0].startswith("c")
    p = rates.customer_periods(stays, start="start", end="end", customer="customer", periods=[100, 130, 160], as_of=300)
    assert p.table["returned"].sum() > 0
    with pytest.raises(tn.InvalidInput, match="must not be after as_of, 100"):
        rates.active_periods(purchases(), customer="customer", date="day", as_of=100)


def test_retention_counted_in_r():
    with (REFERENCE / "retention.csv").open() as file:
        want = list(csv.DictReader(file))
    for kind in ("on", "on_or_after"):
        overall = rates.retention_table(purchases(), customer="customer", date="day", kind=kind, window_days=30, buckets=8, as_of=300).overall
        rows = [row for row in want if row["kind"] == kind]
        assert overall["retained"].to_list() == [int(row["retained"]) for row in rows]
        assert overall["eligible"].to_list() == [int(row["eligible"]) for row in rows]


def test_cells_that_are_not_over_are_missing_and_marked():
    shop = {"customer": [1, 1, 2, 3], "date": ["2026-01-05", "2026-02-10", "2026-01-20", "2026-02-01"], "amount": [10.0, 5.0, 7.0, 1.0]}
    table = rates.retention_table(pd.DataFrame(shop), customer="customer", date="date", amount="amount", as_of="2026-03-10", buckets=2)
    assert table.rates[["0", "1"]].to_numpy()[0].tolist() == [1.0, 0.5]
    assert np.isnan(table.rates["2"]).all()
    assert np.isnan(table.rates["1"][1])
    assert table.revenue["1"][0] == 5
    assert table.counts["1"][0] == 1
    assert table.long["complete"].sum() == 3
    assert "…" in repr(table)
    assert "<table>" in table._repr_html_()
    brackets = rates.retention_table(pd.DataFrame(shop), customer="customer", date="date", kind="bracket", brackets=[0, 1, 3], as_of="2026-04-30")
    assert brackets.rates.columns.tolist() == ["cohort", "size", "0", "1-2"]


def test_cohorts_of_subscriptions_and_partial_tables():
    stays = pd.DataFrame({"who": [1, 2, 3], "from": ["2026-01-01", "2026-01-15", "2026-02-01"], "to": [None, "2026-02-10", None]})
    options = {"customer": "who", "start": "from", "end": "to", "kind": "subscribed", "buckets": 1, "as_of": "2026-03-31"}
    whole = rates.retention_table(stays, **options)
    assert whole.rates[["0", "1"]].to_numpy().tolist() == [[1.0, 0.5], [1.0, 1.0]]
    assert rates.retention_table(stays[:1], **options).merge(rates.retention_table(stays[1:], **options)).statistic == whole.statistic
    with pytest.raises(TypeError, match="wants start and end"):
        rates.retention_table(stays, customer="who", date="from", kind="subscribed")
    with pytest.raises(tn.InvalidInput, match="kind: is 'sometimes'"):
        rates.retention_table(stays, customer="who", date="from", kind="sometimes")
