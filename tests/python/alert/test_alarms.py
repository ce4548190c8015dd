"""Limits, tiers and the worth of alarms: by hand, by brute force, against other parts of the library, hostile tables."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tenure as tn
from tenure.alert import Thresholds, Tiers, evaluate_alarms
from tenure.evaluate import best_threshold, roc_auc
from tenure.stats import proportion_ci
from tenure.survival import KaplanMeier, outcome


def indicators(seed=0, n=800):
    random = np.random.default_rng(seed)
    churned = (random.random(n) < 0.25).astype(int)
    X = pd.DataFrame(
        {
            "silent": random.poisson(10 + 12 * churned).astype(float),
            "satisfaction": np.clip(np.round(random.normal(7.5 - 2 * churned, 1.5, n)), 0, 10),
            "drop": random.normal(10 * churned, 25, n),
        }
    )
    X.loc[random.random(n) < 0.3, "satisfaction"] = np.nan
    return X, churned


def test_limits_agree_with_best_threshold_on_known_values():
    X, churned = indicators()
    for rule, goal in (("youden", {"goal": "youden"}), ("cost", {"goal": "cost", "false_negative_cost": 5.0})):
        table = Thresholds(rule=rule, n_resamples=20).fit(X, churned).table_.set_index("indicator")
        for name in ("silent", "drop"):
            best = best_threshold(churned, X[name], **goal)
            assert table.loc[name, "limit"] == best.threshold
            assert table.loc[name, "precision"] == pytest.approx(best.precision)
            assert table.loc[name, "auc"] == pytest.approx(roc_auc(churned, X[name]))
        assert table["side"].tolist() == ["high", "low", "high"]


def test_performance_is_counted_with_missing_values_as_not_triggered():
    X, churned = indicators(1)
    found = Thresholds(limits={"satisfaction": 5}, n_resamples=20).fit(X, churned)
    row = found.table_.set_index("indicator").loc["satisfaction"]
    hit = (X["satisfaction"] <= 5).to_numpy()
    assert (row["trigger"], row["triggered"], row["hits"]) == ("<= 5", hit.sum(), churned[hit].sum())
    assert (row["missing"], row["missing_churners"]) == (X["satisfaction"].isna().sum(), churned[X["satisfaction"].isna()].sum())
    assert math.isnan(row["lower"])
    assert row["precision"] == pytest.approx(churned[hit].mean())
    assert (row["recall_lower"], row["recall_upper"]) == pytest.approx(proportion_ci(churned[hit].sum(), churned.sum()))
    assert row["lift"] == pytest.approx(churned[hit].mean() / churned.mean())
    assert any("'satisfaction' is missing for 2" in note for note in found.notes_)
    triggered = found.triggered(X)
    np.testing.assert_array_equal(triggered["satisfaction"], hit)
    later, left = indicators(2)
    again = found.evaluate(later, left).set_index("indicator")
    assert again.loc["satisfaction", "triggered"] == (later["satisfaction"] <= 5).sum()


def test_quantile_and_rate_keep_what_they_promise():
    X, churned = indicators(3)
    for quantile in (0.5, 0.9, 0.99):
        found = Thresholds(rule="quantile", quantile=quantile, n_resamples=10).fit(X[["silent"]], churned)
        limit, values = found.rules_["silent"][0], np.unique(X["silent"])
        stayed = X["silent"][churned == 0]
        assert (stayed >= limit).mean() <= 1 - quantile + 1e-12
        assert (stayed >= values[values < limit].max()).mean() > 1 - quantile
    found = Thresholds(rule="rate", rate=0.07, n_resamples=10).fit(X, churned)
    assert (found.triggered(X).mean() <= 0.07).all()
    assert found.triggered(X)["drop"].sum() == 56


def test_the_same_for_any_threads_order_and_frame():
    X, churned = indicators(4)
    one = Thresholds(n_resamples=50).fit(X, churned).table_
    pd.testing.assert_frame_equal(Thresholds(n_resamples=50, n_jobs=3).fit(X, churned).table_, one, check_exact=True)
    flipped = Thresholds(n_resamples=50).fit(X.iloc[::-1], churned[::-1]).table_
    pd.testing.assert_series_equal(flipped["limit"], one["limit"])
    other = Thresholds(n_resamples=50).fit(pl.from_pandas(X), churned).table_
    assert isinstance(other, pl.DataFrame)
    assert other["limit"].to_list() == one["limit"].tolist()
    named = Thresholds(n_resamples=50).fit(X.assign(left=np.where(churned, "yes", "no")), "left").table_
    assert named["limit"].tolist() == one["limit"].tolist()


def test_the_interval_of_a_limit_covers_it():
    random = np.random.default_rng(5)
    covered = 0
    for seed in range(60):
        churned = (random.random(600) < 0.4).astype(int)
        X = pd.DataFrame({"x": random.normal(2 * churned, 1)})  # Youden's limit: 1
        row = Thresholds(n_resamples=100, random_state=seed).fit(X, churned).table_.iloc[0]
        covered += row["lower"] <= 1 <= row["upper"]
    assert covered >= 50


def test_a_guessed_side_and_a_limit_that_never_triggers_are_said():
    random = np.random.default_rng(6)
    X = pd.DataFrame({"noise": random.normal(size=300)})
    churned = np.arange(300) % 3 == 0
    assert any("is a guess" in note for note in Thresholds(n_resamples=10).fit(X, churned).notes_)
    assert not Thresholds(n_resamples=10, sides={"noise": "high"}).fit(X, churned).notes_
    never = Thresholds(rule="cost", missed_cost=0.1, n_resamples=10, sides={"noise": "high"}).fit(X, churned)
    assert never.words("noise") == "never"
    assert "never triggers" in never.notes_[0]
    assert never.triggered(X)["noise"].sum() == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda X, y: Thresholds().fit(X, np.ones(800)), "churned and customers who stayed"),
        (lambda X, y: Thresholds().fit(X, y[:5]), "one value a row"),
        (lambda X, y: Thresholds().fit(X.assign(drop=np.nan), y), "indicator 'drop'"),
        (lambda X, y: Thresholds().fit(X.assign(drop=np.inf), y), "infinite"),
        (lambda X, y: Thresholds().fit(X.assign(drop="high"), y), "numbers are needed"),
        (lambda X, y: Thresholds().fit(X.iloc[:0], y[:0]), "no rows"),
        (lambda X, y: Thresholds(limits={"bill": 3}).fit(X, y), "'bill' has a limit"),
        (lambda X, y: Thresholds(limits={"drop": "3"}).fit(X, y), "must be a number"),
        (lambda X, y: Thresholds(sides={"drop": "up"}).fit(X, y), "'high' or 'low'"),
        (lambda X, y: Thresholds(rule="best").fit(X, y), "rule: must be one of"),
        (lambda X, y: Thresholds(rule="quantile", quantile=1).fit(X, y), "quantile"),
        (lambda X, y: Thresholds().triggered(X), "not fitted"),
        (lambda X, y: Thresholds(n_resamples=5).fit(X, y).triggered(X[["drop"]]), "no indicator 'silent'"),
    ],
)
def test_bad_thresholds(call, message):
    with pytest.raises(tn.InvalidInput, match=message):
        call(*indicators())


TIERS = [
    {"name": "red", "at": 0.6, "action": "visit", "owner": "key account", "within": "2d", "capacity": 2},
    {"name": "amber", "at": 0.3, "action": "call", "owner": "service", "within": "1w"},
]


def test_tiers_plan_and_their_churn():
    tiers = Tiers(TIERS)
    score, churned = [0.9, 0.1, 0.7, 0.65, 0.3, 0.2], [1, 0, 1, 0, 1, 0]
    plan = tiers.plan(score, "2026-03-30")
    assert plan["tier"].tolist() == ["red", "none", "red", "amber", "amber", "none"]
    assert plan["deadline"].tolist() == ["2026-04-01", "", "2026-04-01", "2026-04-06", "2026-04-06", ""]
    assert plan["owner"].tolist()[:2] == ["key account", ""]
    table = tiers.observed(score, churned)
    assert table[["tier", "customers", "moved_down", "churned"]].values.tolist() == [["red", 2, 1, 2], ["amber", 2, 0, 1], ["none", 2, 0, 0]]
    assert (table["lower"][0], table["upper"][0]) == pytest.approx(proportion_ci(2, 2))


@pytest.mark.parametrize("name", ["tiers.yaml", "tiers.json"])
def test_tiers_come_back_from_their_file(tmp_path, name):
    tiers = Tiers(TIERS)
    tiers.to_file(tmp_path / name)
    assert Tiers.from_file(tmp_path / name).tiers == tiers.tiers
    (tmp_path / "list.yaml").write_text("- {name: red, at: 3, action: visit, within: 2d}\n", encoding="utf-8")
    assert Tiers.from_file(tmp_path / "list.yaml").tiers[0].within == 2


@pytest.mark.parametrize(
    ("tiers", "message"),
    [
        ([], "at least one"),
        ([{"at": 1}], "no 'name'"),
        ([{"name": "a"}], "no 'at'"),
        ([{"name": "a", "at": "high"}], "must be a number"),
        ([{"name": "a", "at": 1, "colour": "red"}], "'colour' of tier 1"),
        ([{"name": "a", "at": 1, "within": "soon"}], "whole days"),
        ([{"name": "a", "at": 1, "capacity": -1}], "whole number"),
        ([{"name": "a", "at": 1}, {"name": "a", "at": 0}], "used twice"),
        ([{"name": "none", "at": 1}], "in no tier"),
        ([{"name": "a", "at": 1}, {"name": "b", "at": 1}], "must fall"),
        (["red"], "must be a mapping"),
    ],
)
def test_bad_tiers(tiers, message):
    with pytest.raises(tn.InvalidInput, match=message):
        Tiers(tiers)


def test_scores_must_be_known():
    with pytest.raises(tn.InvalidInput, match="score"):
        Tiers(TIERS).assign([0.5, np.nan])


ROLES = {"id": "id", "start": "start", "end": "end"}


def watched(seed=0, n=1500):
    """Customers whose alarms come some time before they leave, and false ones."""
    random = np.random.default_rng(seed)
    start = random.integers(0, 200, n)
    end = start + 1 + random.exponential(400, n).astype(int)
    customers = pd.DataFrame({"id": np.arange(n), "start": start, "end": np.where(end <= 600, end, np.nan), "worth": random.gamma(2, 50, n)})
    rows = []
    for k in range(n):
        until = min(600, end[k] - 1)
        rows += [(k, int(day)) for day in random.integers(start[k], until + 1, random.poisson(0.002 * (until - start[k])))]
        if end[k] <= 600 and random.random() < 0.6 and end[k] - 5 > start[k]:
            rows.append((k, max(int(start[k]), int(end[k] - random.integers(2, 80)))))
    return customers, pd.DataFrame(rows, columns=["id", "day"])


def test_precision_is_one_less_kaplan_meier_and_recall_counts_churners():
    customers, alarms = watched()
    found = evaluate_alarms(alarms, customers, **ROLES, horizon="60d", quiet=0, first=0, as_of=600)
    unique = alarms.drop_duplicates().merge(customers, on="id")
    unique = unique[unique["day"] < unique["end"].fillna(np.inf)]
    assert found.counted == len(unique)
    curve = KaplanMeier().fit(outcome(unique["end"].fillna(600) - unique["day"], unique["end"].notna()))
    assert found.precision == pytest.approx(1 - curve.predict([60])[0], rel=1e-10)
    assert found.precision_lower < found.precision < found.precision_upper
    lead = unique[unique["end"] - unique["day"] <= 60]
    left = customers.dropna()
    assert (found.churners, found.warned) == (len(left), lead["id"].nunique())
    assert (found.recall_lower, found.recall_upper) == pytest.approx(proportion_ci(found.warned, found.churners))
    before = found.warned_before([1, 30])
    first_lead = lead.assign(lead=lead["end"] - lead["day"]).groupby("id")["lead"].max()
    assert before["warned"].tolist() == [len(first_lead), (first_lead >= 30).sum()]
    assert found.lead_lower <= found.lead_time <= found.lead_upper
    assert found.hits + found.false_alarms + found.undecided == found.counted
    assert found.leads["days"].is_monotonic_increasing


def test_lead_time_of_complete_followup_is_the_plain_quantile():
    customers, alarms = watched(1)
    alarms = alarms[alarms["day"] <= 500]
    found = evaluate_alarms(alarms, customers, **ROLES, horizon=100, quiet=0, first=0, as_of=600)
    assert found.undecided == 0
    true_leads = []
    for who, days in alarms.drop_duplicates().sort_values("day").groupby("id")["day"]:
        end, last = customers["end"][who], -math.inf
        for day in days:
            if day - last > 100 and not day >= end:
                last = day
                if end - day <= 100:
                    true_leads.append(end - day)
    ordered = np.sort(true_leads)
    for share, days in zip(found.leads["share"], found.leads["days"], strict=True):
        assert days == ordered[math.ceil(share * len(ordered) - 1e-9) - 1]


def test_random_alarms_reach_their_baseline_and_money_adds_up():
    customers, _ = watched(2)
    random = np.random.default_rng(3)
    until = customers["end"].fillna(601).to_numpy() - 1
    spans = (until - customers["start"] + 1).to_numpy()
    who = np.repeat(np.arange(len(customers)), random.poisson(0.004 * spans))
    day = customers["start"].to_numpy()[who] + np.floor(random.random(len(who)) * spans[who]).astype(int)
    options = ROLES | {"horizon": 60, "quiet": 0, "first": 0, "as_of": 600}
    found = evaluate_alarms(pd.DataFrame({"id": who, "day": day}), customers, **options, value="worth", success_rate=0.3, alarm_cost=4)
    assert found.precision == pytest.approx(found.random_precision, abs=4 * (found.precision_upper - found.precision_lower) / 3.92)
    assert found.recall == pytest.approx(found.random_recall, abs=4 * (found.recall_upper - found.recall_lower) / 3.92)
    assert found.saved_value == pytest.approx(found.random_saved_value, rel=0.2)
    assert found.net_value == pytest.approx(found.saved_value - 4 * found.counted)
    customers, alarms = watched(2)
    better = evaluate_alarms(alarms, customers, **options, value="worth", success_rate=0.3)
    assert better.precision_lower > better.random_precision
    assert better.saved_value > 1.2 * better.random_saved_value
    assert better.table["measure"].tolist()[-1] == "net_value"
    assert "median lead time" in repr(better)


def test_repetitions_within_the_quiet_days_count_once():
    customers = pd.DataFrame({"id": ["a", "b"], "start": ["2026-01-01"] * 2, "end": ["2026-03-01", None]})
    alarms = pd.DataFrame({"id": ["a"] * 5 + ["b"], "day": ["2026-01-10", "2026-01-20", "2026-02-09", "2026-02-11", "2026-03-01", "2026-01-15"]})
    found = evaluate_alarms(alarms, customers, **ROLES, horizon="60d", quiet="30d", as_of="2026-06-30")
    assert (found.alarms, found.counted, found.repeated, found.late) == (5, 3, 2, 1)
    assert (found.hits, found.precision, found.lead_time) == (2, pytest.approx(2 / 3), 50)
    ours = evaluate_alarms(pl.from_pandas(alarms), pl.from_pandas(customers), **ROLES, horizon="60d", quiet="30d", as_of="2026-06-30")
    assert isinstance(ours.table, pl.DataFrame)
    assert ours.precision == found.precision


def test_the_same_for_any_order_and_threads():
    customers, alarms = watched(4)
    one = evaluate_alarms(alarms, customers, **ROLES, horizon=60, n_resamples=50)
    two = evaluate_alarms(alarms.sample(frac=1, random_state=0), customers, **ROLES, horizon=60, n_resamples=50, n_jobs=3)
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c, a: (c, a, {"horizon": 0}), "horizon: must be at least 1"),
        (lambda c, a: (c, a, {"quiet": -1}), "quiet"),
        (lambda c, a: (c, a.assign(id=-1), {}), "no id of 'id' is a customer's"),
        (lambda c, a: (c, pd.concat([a, pd.DataFrame({"id": [-1], "day": [3]})]), {}), "is none of the customers"),
        (lambda c, a: (c, a.assign(day=np.nan), {}), "'day' is missing in row 0"),
        (lambda c, a: (c, a.assign(day="Monday"), {}), "is no date"),
        (lambda c, a: (c, a.assign(day="2026-01-01"), {}), "must be of one kind"),
        (lambda c, a: (c, a, {"as_of": 100}), "lies after as_of"),
        (lambda c, a: (c, a, {"first": 300}), "lies before first"),
        (lambda c, a: (c, a.iloc[:0], {}), "first: say since when"),
        (lambda c, a: (c.iloc[:0], a, {}), "customers: has no rows"),
        (lambda c, a: (pd.concat([c, c]), a, {}), "and again in row"),
        (lambda c, a: (c, a, {"value": "worth"}), "success_rate"),
        (lambda c, a: (c, a, {"value": "worth", "success_rate": 2}), "success_rate"),
        (lambda c, a: (c, a, {"value": "price", "success_rate": 0.2}), "no column 'price'"),
        (lambda c, a: (c.assign(worth=np.nan), a, {"value": "worth", "success_rate": 0.2}), "value"),
        (lambda c, a: (c, a, {"level": 1}), "level"),
    ],
)
def test_bad_alarms(change, message):
    customers, alarms, options = change(*watched(0, 50))
    with pytest.raises(tn.InvalidInput, match=message):
        evaluate_alarms(alarms, customers, **(ROLES | {"horizon": 60} | options))


def test_no_alarms_are_an_answer_too():
    customers, alarms = watched(0, 50)
    found = evaluate_alarms(alarms.iloc[:0], customers, **ROLES, horizon=60, first=0)
    assert (found.counted, found.recall) == (0, 0)
    assert math.isnan(found.precision)
    assert math.isnan(found.lead_time)
    assert "precision not known" in repr(found)
    assert "nan" not in repr(found)
