"""Point-in-time tables: an independent brute force, no look ahead to the bit, labels and counts, hostile tables."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.model_selection import cross_val_score

import tenure as tn
from tenure.evaluate import TimeOrderedSplit
from tenure.learn import LogisticRegression

DAY = np.timedelta64(1, "D")
ROLES = {"id": "id", "start": "start", "end": "end", "time": "day"}


def history(seed=0, n=60, rows=1500):
    random = np.random.default_rng(seed)
    start = np.datetime64("2024-01-01") + random.integers(0, 400, n) * DAY
    stay = random.integers(1, 600, n)
    last = np.datetime64("2025-12-31")
    end = start + stay * DAY
    customers = pd.DataFrame({"id": [f"c{k:03}" for k in random.permutation(n)], "start": start, "end": np.where(end <= last, end, np.datetime64("NaT"))})
    customers["region"] = random.choice(["north", "south"], n)
    events = pd.DataFrame({"id": random.choice(customers["id"], rows), "day": np.datetime64("2024-01-01") + random.integers(0, 730, rows) * DAY})
    events["minutes"] = np.where(random.random(rows) < 0.1, np.nan, random.gamma(2, 20, rows))
    events["ticket"] = random.random(rows) < 0.2
    events["plan"] = random.choice(np.array(["basic", "pro", None], dtype=object), rows)
    return customers, events.drop_duplicates(["id", "day"])


AGGREGATES = {"minutes": ["count", "sum", "mean", "min", "max", "last", "days_since"], "ticket": ["sum", "days_since"], "plan": "last"}


def brute_force(customers, events, origin, gap, horizon, lookback):
    """Row by row, from the words of the documentation."""
    lines = []
    for _, c in customers.iterrows():
        if not (c["start"] <= origin and (pd.isna(c["end"]) or c["end"] > origin)):
            continue
        if not pd.isna(c["end"]) and c["end"] <= origin + gap * DAY:
            continue
        seen = events[(events["id"] == c["id"]) & (events["day"] > origin - lookback * DAY) & (events["day"] <= origin)].sort_values("day")
        known = seen.dropna(subset=["minutes"])
        plans, tickets = seen.dropna(subset=["plan"]), seen[seen["ticket"]]
        since = lambda rows, o=origin: (o - rows["day"].iloc[-1]).days if len(rows) else np.nan  # noqa: E731
        lines.append(
            {
                "id": c["id"],
                "origin": origin,
                "tenure_days": (origin - c["start"]).days,
                "events": len(seen),
                "days_since_event": since(seen),
                "minutes_count": len(known),
                "minutes_sum": known["minutes"].sum(),
                "minutes_mean": known["minutes"].mean(),
                "minutes_min": known["minutes"].min(),
                "minutes_max": known["minutes"].max(),
                "minutes_last": known["minutes"].iloc[-1] if len(known) else np.nan,
                "minutes_days_since": since(known),
                "ticket_sum": len(tickets),
                "ticket_days_since": since(tickets),
                "plan_last": plans["plan"].iloc[-1] if len(plans) else None,
                "label": int(not pd.isna(c["end"]) and origin + gap * DAY < c["end"] <= origin + (gap + horizon) * DAY),
            }
        )
    return lines


def test_every_cell_is_that_of_a_brute_force():
    customers, events = history()
    made = tn.snapshots(customers, events, **ROLES, aggregates=AGGREGATES, horizon="60d", gap="2w", lookback=90)
    origins = made.origins[made.origins["complete"]]["origin"]
    assert (origins == origins + pd.offsets.MonthEnd(0)).all()
    assert origins.iloc[0] == pd.Timestamp("2024-03-31")
    assert origins.iloc[-1] == pd.Timestamp("2025-09-30")
    expected = pd.DataFrame([line for origin in origins for line in brute_force(customers, events, origin, 14, 60, 90)])
    found = made.table
    assert found.columns.tolist() == expected.columns.tolist()
    assert found["label"].sum() > 20
    for name in found.columns:
        if name in ("id", "plan_last"):
            assert found[name].where(found[name].notna(), None).tolist() == expected[name].where(expected[name].notna(), None).tolist()
        elif name == "origin":
            assert (found[name] == expected[name]).all()
        else:
            np.testing.assert_allclose(found[name].astype(float), expected[name].astype(float), rtol=1e-12)


def test_what_comes_after_the_origin_changes_no_bit():
    customers, events = history(1)
    origin = pd.Timestamp("2025-01-15")
    options = ROLES | {"origins": [origin], "aggregates": AGGREGATES, "as_of": "2025-12-31", "horizon": "60d", "keep": ["region"]}
    whole = tn.snapshots(customers, events, **options)
    random = np.random.default_rng(2)
    after = events["day"] > origin
    shuffled = events.copy()
    for name in ("minutes", "ticket", "plan", "id"):
        shuffled.loc[after, name] = random.permutation(events.loc[after, name])
    for other in (shuffled, events[~after], pd.concat([events[after].iloc[::-1], events[~after]])):
        pd.testing.assert_frame_equal(tn.snapshots(customers, other, **options).table, whole.table, check_exact=True)
    stayed = customers.assign(end=customers["end"].where(customers["end"] <= origin + pd.Timedelta(days=14)))
    assert tn.snapshots(stayed, events[~after], **options).table[whole.features].equals(whole.table[whole.features])
    assert tn.snapshots(stayed, events[~after], **options).y.sum() == 0 < whole.y.sum()


def test_row_order_and_kind_of_frame_do_not_matter():
    customers, events = history(3)
    made = tn.snapshots(customers, events, **ROLES, aggregates=AGGREGATES)
    order = np.random.default_rng(4).permutation(len(events))
    pd.testing.assert_frame_equal(tn.snapshots(customers, events.iloc[order], **ROLES, aggregates=AGGREGATES).table, made.table, check_exact=True)
    pd.testing.assert_frame_equal(tn.snapshots(customers.set_index(np.arange(60) + 7), events, **ROLES, aggregates=AGGREGATES).table, made.table)
    for convert, kind in ((pl.from_pandas, pl.DataFrame), (pa.Table.from_pandas, pa.Table)):
        other = tn.snapshots(convert(customers), convert(events), **ROLES, aggregates=AGGREGATES)
        assert isinstance(other.table, kind)
        np.testing.assert_array_equal(other.y, made.y)
        assert other.id.tolist() == made.id.tolist()
        np.testing.assert_array_equal(np.asarray(other.table["minutes_sum"]), made.table["minutes_sum"])
    texts = customers.assign(start=customers["start"].dt.strftime("%Y-%m-%d"), end=customers["end"].dt.strftime("%Y-%m-%d"))
    pd.testing.assert_frame_equal(tn.snapshots(texts, events, **ROLES, aggregates=AGGREGATES).table, made.table)


def small(**options):
    customers = pd.DataFrame({"id": [1, 2, 3, 4, 5], "start": [0, 0, 0, 50, 101], "end": [None, 105, 120, 200, None]})
    events = pd.DataFrame({"id": [1, 1, 3], "day": [99, 100, 101], "x": [1.0, 2.0, 3.0]})
    return tn.snapshots(customers, events, **(ROLES | {"origins": [100], "gap": 10, "horizon": 20, "lookback": 5} | options))


def test_edges_of_all_windows_are_those_of_the_words():
    made = small()
    assert made.table[["id", "label", "events", "x_last"]].astype(object).where(made.table.notna(), None).values.tolist()[0] == [1, 0, 2.0, 2.0]
    assert made.id.tolist() == [1, 3, 4]
    assert made.y.tolist() == [0, 1, 0]
    assert made.origins[["at_risk", "left_in_gap", "customers", "churned"]].values.tolist() == [[4, 1, 3, 1]]
    assert small(gap=9, horizon=11).y.tolist() == [0, 1, 0]
    assert small(gap=9, horizon=10).y.tolist() == [0, 0, 0]
    assert small(gap=19, horizon=1).y.tolist() == [0, 1, 0]
    assert small(gap=20, horizon=1).id.tolist() == [1, 4]
    assert small(gap=4).id.tolist() == [1, 2, 3, 4]
    assert small(origins=[105]).id.tolist() == [1, 3, 4, 5]
    assert small(lookback=1).table["x_sum"].tolist() == [2.0, 0.0, 0.0]
    assert any("left in the gap" in note for note in made.notes)


def test_an_open_outcome_window_is_not_called_retained():
    dropped = small(origins=[100, 180], as_of=200)
    assert set(dropped.origin) == {100}
    assert dropped.origins["complete"].tolist() == [True, False]
    assert dropped.origins["at_risk"].tolist() == [4, 3]
    kept = small(origins=[100, 180], as_of=200, incomplete="keep")
    assert np.isnan(kept.y[kept.origin == 180]).all()
    assert kept.y[kept.origin == 100].tolist() == [0, 1, 0]
    assert small(origins=[170], as_of=200).y.tolist() == [0, 1, 0]


def test_it_goes_into_a_time_ordered_split():
    customers, events = history(5, n=300, rows=6000)
    made = tn.snapshots(customers, events, **ROLES, aggregates={"ticket": "sum"}, gap=14, horizon=60, lookback=60)
    split = TimeOrderedSplit(n_splits=3, gap=datetime.timedelta(days=74))
    for train, test in split.split(made.X, groups=made.origin):
        assert made.origin[train].max() + np.timedelta64(74, "D") <= made.origin[test].min()
    scores = cross_val_score(LogisticRegression(), made.X[["tenure_days", "events", "ticket_sum"]], made.y, cv=split, groups=made.origin, scoring="roc_auc")
    assert np.isfinite(scores).all()
    assert list(TimeOrderedSplit(n_splits=2, time="origin", gap=datetime.timedelta(days=74)).split(made.table))


def test_a_contract_names_the_columns():
    customers, events = history(6)
    read = tn.read(customers, tn.Contract(id="id", start="start", end="end", as_of="2025-12-31"))
    found = tn.snapshots(read, events, time="day")
    np.testing.assert_array_equal(found.y, tn.snapshots(customers, events, **ROLES, as_of="2025-12-31").y)


def test_a_feature_that_tells_the_time_as_a_customer_is_named():
    customers, events = history(7, n=200)
    lifelong = pd.concat([events, pd.DataFrame({"id": customers["id"], "day": customers["start"], "since": 1.0})])
    made = tn.snapshots(customers, lifelong, **ROLES, aggregates={"since": "days_since"}, lookback=500, origins=["2025-06-30"])
    assert any("'since_days_since' says little but how long" in note for note in made.notes)


BAD = [
    (lambda c, e: (pd.concat([c, c.iloc[:1]]), e, {}), "stands in row 0 and again in row 60"),
    (lambda c, e: (c.iloc[:0], e, {}), "customers: has no rows"),
    (lambda c, e: (c.assign(id=[None, *c["id"][1:]]), e, {}), "id 'id' is missing in row 0"),
    (lambda c, e: (c.assign(start=pd.NaT), e, {}), "'start' is missing in row 0"),
    (lambda c, e: (c.assign(start="soon"), e, {}), "is no date"),
    (lambda c, e: (c.assign(end=pd.Timestamp("2020-01-01")), e, {}), "'end' comes before 'start' in row 0"),
    (lambda c, e: (c, e.assign(day=pd.NaT), {}), "events: 'day' is missing in row 0"),
    (lambda c, e: (c, e.assign(id="nobody"), {}), "no id of 'id' is a customer's"),
    (lambda c, e: (c, e.assign(minutes=np.inf), {}), "'minutes' is infinite"),
    (lambda c, e: (c, e, {"as_of": "2025-06-30"}), "lies after as_of"),
    (lambda c, e: (c, e, {"origins": ["2030-01-01"]}), "lies after the last day seen"),
    (lambda c, e: (c, e, {"origins": []}), "holds no day"),
    (lambda c, e: (c, e, {"origins": ["2025-01-01"] * 2}), "twice"),
    (lambda c, e: (c, e, {"origins": "fortnight"}), "origins: must be one of"),
    (lambda c, e: (c, e, {"origins": [20000]}), "must be a date"),
    (lambda c, e: (c, e, {"horizon": 0}), "horizon: must be at least 1 day"),
    (lambda c, e: (c, e, {"horizon": "3 months"}), "horizon: must be whole days"),
    (lambda c, e: (c, e, {"gap": -1}), "gap: must be at least 0"),
    (lambda c, e: (c, e, {"lookback": "900d"}), "shorten it"),
    (lambda c, e: (c, e, {"aggregates": {"minutes": "median"}}), "'median' of 'minutes'"),
    (lambda c, e: (c, e, {"aggregates": {"clicks": "sum"}}), "no column 'clicks'"),
    (lambda c, e: (c, e, {"aggregates": {"plan": "sum"}}), "numbers are needed"),
    (lambda c, e: (c, e, {"keep": ["start", "age"]}), "no column 'age'"),
    (lambda c, e: (c.assign(events=1), e, {"keep": ["events"]}), "would be called 'events'"),
    (lambda c, e: (c, None, {"aggregates": {"minutes": "sum"}}), "no events"),
    (lambda c, e: (c, e, {"incomplete": "guess"}), "'drop' or 'keep'"),
    (lambda c, e: (c, e, {"start": None}), "name the column"),
    (lambda c, e: (c, e.assign(day=range(len(e))), {}), "must be of one kind"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=[m for _, m in BAD])
def test_bad_input(change, message):
    customers, events, options = change(*history())
    with pytest.raises(tn.InvalidInput, match=message):
        tn.snapshots(customers, events, **(ROLES | options))


def test_a_frame_is_needed():
    with pytest.raises(TypeError, match="customers: must be a data frame"):
        tn.snapshots([1], None, **ROLES)
