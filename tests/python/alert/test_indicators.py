"""Indicators: each kind against a brute force and by hand, no look ahead, hostile descriptions."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tenure as tn
from tenure.alert import Indicators

DAY = pd.Timestamp("2025-06-30")
KINDS = {
    "drop": {"kind": "drop", "column": "minutes", "window": 40, "past": 120},
    "fewer": {"kind": "drop", "window": 40, "past": 120},
    "trend": {"kind": "trend", "column": "minutes", "window": 90},
    "silent": {"kind": "days_since"},
    "no use": {"kind": "days_since", "column": "minutes"},
    "complaints": {"kind": "count", "where": {"type": "complaint"}, "window": 60},
    "used": {"kind": "count", "column": "minutes", "window": 60},
    "rate": {"kind": "rate", "where": {"type": "complaint"}, "window": 90},
    "sum": {"kind": "sum", "column": "minutes", "window": "60d"},
    "mean": {"kind": "mean", "column": "minutes", "window": "60d"},
    "last": {"kind": "last", "column": "score", "window": "8w"},
    "arrears": {"kind": "arrears", "column": "owed"},
    "plan": {"kind": "change", "column": "plan", "window": 120},
    "fall": {"kind": "fall", "column": "score", "window": 60, "past": 200},
}


def history(seed=0, n=40, rows=900):
    random = np.random.default_rng(seed)
    customers = pd.DataFrame({"id": [f"c{k}" for k in range(n)], "start": pd.Timestamp("2024-06-01") + pd.to_timedelta(random.integers(0, 390, n), "D")})
    log = pd.DataFrame({"id": random.choice(customers["id"], rows), "date": pd.Timestamp("2024-06-01") + pd.to_timedelta(random.integers(0, 500, rows), "D")})
    log = log.drop_duplicates(["id", "date"]).sample(frac=1, random_state=seed)
    n = len(log)
    log["minutes"] = np.where(random.random(n) < 0.15, np.nan, np.where(random.random(n) < 0.2, 0, random.gamma(2, 30, n)))
    log["type"] = random.choice(["complaint", "use"], n)
    log["score"] = np.where(random.random(n) < 0.5, np.nan, random.integers(0, 11, n))
    log["owed"] = np.where(random.random(n) < 0.7, np.nan, random.normal(5, 20, n))
    log["plan"] = random.choice(np.array(["basic", "pro", None], dtype=object), n)
    return customers, log.reset_index(drop=True)


def brute_force(customer, log, day):
    """From the words of the documentation, customer by customer."""
    rows = log[(log["id"] == customer["id"]) & (log["date"] <= day)].sort_values("date")

    def between(first, last, frame=rows):
        ago = (day - frame["date"]).dt.days
        return frame[(ago >= first) & (ago < last)]

    there = (day - customer["start"]).days + 1

    def since(frame):
        return (day - frame["date"].iloc[-1]).days if len(frame) else np.nan

    recent, before = between(0, 40), between(40, 160)
    usual = before["minutes"].mean()
    now = recent["minutes"].mean() if len(recent) else 0.0
    days = min(max(there, 0), 40), min(max(there - 40, 0), 120)
    visits = len(before) / days[1] if days[1] else np.nan
    complaints = rows[rows["type"] == "complaint"]
    window = between(0, 90).dropna(subset=["minutes"])
    months = -(day - window["date"]).dt.days / 30
    owed, scores, plans = rows["owed"].dropna(), rows.dropna(subset=["score"]), rows.dropna(subset=["plan"])
    changed = plans[plans["plan"] != plans["plan"].shift()].iloc[1:]
    lately = between(0, 60, scores)
    there_lately = min(max(there, 0), 90)
    return {
        "drop": 100 * (1 - now / usual) if usual > 0 else np.nan,
        "fewer": 100 * (1 - len(recent) / days[0] / visits) if visits > 0 and days[0] else np.nan,
        "trend": np.polyfit(months, window["minutes"], 1)[0] if len(window) >= 3 else np.nan,
        "silent": since(rows),
        "no use": since(rows[rows["minutes"] > 0]),
        "complaints": len(between(0, 60, complaints)),
        "used": (between(0, 60)["minutes"] > 0).sum(),
        "rate": 30 * len(between(0, 90, complaints)) / there_lately if there_lately else np.nan,
        "sum": between(0, 60)["minutes"].sum(),
        "mean": between(0, 60)["minutes"].mean(),
        "last": between(0, 56, scores)["score"].iloc[-1] if len(between(0, 56, scores)) else np.nan,
        "arrears": max(owed.iloc[-1], 0) if len(owed) else 0,
        "plan": len(between(0, 120, changed)) if len(plans) else np.nan,
        "fall": between(60, 260, scores)["score"].mean() - lately["score"].iloc[-1] if len(lately) else np.nan,
    }


def test_every_kind_is_that_of_a_brute_force():
    customers, log = history()
    found = Indicators(KINDS, id="id", time="date", start="start").compute(log, DAY, customers)
    expected = pd.DataFrame([brute_force(customer, log, DAY) for _, customer in customers.iterrows()])
    assert found["id"].tolist() == customers["id"].tolist()
    for name in KINDS:
        np.testing.assert_allclose(found[name].astype(float), expected[name].astype(float), rtol=1e-9, atol=1e-9, err_msg=name)
        assert expected[name].notna().sum() > 15, name
        assert expected[name].nunique() > 2, name


def test_rows_after_the_day_never_matter():
    customers, log = history(1)
    signs = Indicators(KINDS, id="id", time="date", start="start")
    whole = signs.compute(log, DAY, customers)
    later = log["date"] > DAY
    assert later.sum() > 100
    random = np.random.default_rng(2)
    changed = log.copy()
    for name in ("minutes", "score", "owed", "plan", "type", "id"):
        changed.loc[later, name] = random.permutation(log.loc[later, name])
    for other in (log[~later], changed, pd.concat([log[later], log[~later]])):
        pd.testing.assert_frame_equal(signs.compute(other, DAY, customers), whole, check_exact=True)


def test_by_hand():
    log = pd.DataFrame({"id": [1, 1, 1, 2, 2, 2], "day": [0, 30, 60, 0, 30, 70], "x": [10.0, 20, 6, 1, 2, 3], "plan": ["a", "a", "b", "a", "b", "a"]})
    signs = Indicators(
        {
            "drop": {"kind": "drop", "column": "x", "past": 60},
            "trend": {"kind": "trend", "column": "x", "window": 90},
            "silent": {"kind": "days_since"},
            "plan": {"kind": "change", "column": "plan", "window": 50},
            "fall": {"kind": "fall", "column": "x", "past": 60},
        },
        id="id",
        time="day",
    )
    found = signs.compute(log, 65).set_index("id")
    assert found.loc[1].tolist() == [60.0, -2.0, 5.0, 1.0, 9.0]
    assert found.loc[2, ["drop", "silent", "plan"]].tolist() == [100.0, 35.0, 1.0]
    assert np.isnan(found.loc[2, "trend"])


def test_tables_frames_and_descriptions():
    customers, log = history(3)
    tickets = log[log["type"] == "complaint"][["id", "date"]]
    signs = Indicators(
        {"silent": {"kind": "days_since", "table": "usage"}, "tickets": {"kind": "count", "table": "tickets", "window": 60}}, id="id", time="date"
    )
    found = signs.compute({"usage": log, "tickets": tickets}, DAY, customers)
    one = Indicators({"tickets": KINDS["complaints"]}, id="id", time="date").compute(log, "2025-06-30", customers)
    assert found["tickets"].tolist() == one["tickets"].tolist()
    every = Indicators(KINDS, id="id", time="date", start="start")
    again = Indicators.from_mapping(every.to_mapping())
    assert again.indicators == every.indicators
    ours = every.compute(pl.from_pandas(log), DAY, pl.from_pandas(customers))
    assert isinstance(ours, pl.DataFrame)
    np.testing.assert_array_equal(ours["trend"].to_numpy(), every.compute(log, DAY, customers)["trend"])
    assert "complaints: count where {'type': 'complaint'} within 60 days" in repr(every)


LOG = {"id": ["a", "b"], "date": ["2025-01-01", "2025-02-01"], "x": [1.0, 2.0], "word": ["p", "q"]}


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ({}, "at least one indicator"),
        ({"i": {"column": "x"}}, "must be a mapping with a kind"),
        ({"i": {"kind": "fear"}}, "kind is 'fear'"),
        ({"i": {"kind": "drop", "windw": 3}}, "'windw' is not a field"),
        ({"i": {"kind": "trend"}}, "needs a column"),
        ({"i": {"kind": "sum", "column": "y"}}, "no column 'y'"),
        ({"i": {"kind": "sum", "column": "word"}}, "numbers are needed"),
        ({"i": {"kind": "count", "window": 0}}, "window: must be at least 1"),
        ({"i": {"kind": "count", "where": "x"}}, "where must be a mapping"),
        ({"i": {"kind": "count", "where": {"z": 1}}}, "no column 'z'"),
        ({"i": {"kind": "count", "table": "other"}}, "there is no table 'other'"),
        ({"i": {"kind": "rate"}}, "a rate needs start"),
    ],
)
def test_bad_descriptions(description, message):
    with pytest.raises(tn.InvalidInput, match=message):
        Indicators(description, id="id", time="date").compute(pd.DataFrame(LOG), "2025-03-01")


@pytest.mark.parametrize(
    ("change", "day", "message"),
    [
        ({"date": [None, "2025-02-01"]}, "2025-03-01", "'date' is missing in row 0"),
        ({"date": ["soon", "2025-02-01"]}, "2025-03-01", "is no date"),
        ({"id": [None, "b"]}, "2025-03-01", "id 'id' is missing"),
        ({"x": [np.inf, 1]}, "2025-03-01", "infinite"),
        ({}, 20000, "must be a date"),
        ({}, "June", "is no date"),
    ],
)
def test_bad_tables(change, day, message):
    with pytest.raises(tn.InvalidInput, match=message):
        Indicators({"i": {"kind": "sum", "column": "x"}}, id="id", time="date").compute(pd.DataFrame(LOG | change), day)


def test_an_empty_table_has_nobody():
    with pytest.raises(tn.InvalidInput, match="hold no rows"):
        Indicators({"i": {"kind": "days_since"}}, id="id", time="date").compute(pd.DataFrame({"id": [], "date": []}), "2025-01-01")
    customers = pd.DataFrame({"id": ["a", "a"]})
    with pytest.raises(tn.InvalidInput, match="one row a customer"):
        Indicators({"i": {"kind": "days_since"}}, id="id", time="date").compute(pd.DataFrame(LOG), "2025-01-01", customers)
