"""The warning system: weights against other optimisers, scores by their formula, no look ahead, files, hostile input."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.optimize import minimize

import tenure as tn
from tenure.alert import Indicators, Thresholds, Tiers, WarningSystem, evaluate_alarms
from tenure.alert._weights import fit_weights
from tenure.learn import LogisticRegression

ROLES = {"start": "start", "end": "end"}


def history(seed=0, n=400):
    random = np.random.default_rng(seed)
    start = np.datetime64("2024-01-01") + random.integers(0, 120, n)
    leaves = start + 40 + random.exponential(400, n).astype(int)
    last = np.datetime64("2025-06-30")
    customers = pd.DataFrame({"id": np.arange(n), "start": start, "end": np.where(leaves <= last, leaves, np.datetime64("NaT"))})
    weeks = np.arange("2024-01-07", "2025-07-01", 7, dtype="datetime64[D]")
    who, when = (grid.ravel() for grid in np.meshgrid(np.arange(n), weeks, indexing="ij"))
    there = (start[who] <= when) & (when < leaves[who])
    who, when = who[there], when[there]
    left = (leaves[who] - when).astype(int)
    usage = pd.DataFrame({"id": who, "date": when, "minutes": random.poisson(np.where((left < 70) & (who % 5 < 3), 30, 80))})
    usage["complaint"] = (random.random(len(who)) < np.where(left < 45, 0.15, 0.02)).astype(int)
    usage["score"] = np.where(random.random(len(who)) < 0.7, np.nan, np.where(left < 60, 5, 8) + random.integers(-2, 3, len(who)))
    return customers, usage[random.random(len(usage)) < 0.9].reset_index(drop=True)


SIGNS = Indicators(
    {
        "drop": {"kind": "drop", "column": "minutes", "window": 28, "past": 90},
        "complaints": {"kind": "count", "column": "complaint", "window": 60},
        "satisfaction": {"kind": "last", "column": "score", "window": 90},
    },
    id="id",
    time="date",
)
TIERS = Tiers([{"name": "red", "at": 0.3, "action": "visit", "owner": "key", "within": "2d", "capacity": 20}, {"name": "amber", "at": 0.15, "action": "call"}])


def system(**options):
    defaults = {"thresholds": Thresholds(limits={"complaints": 1}, n_resamples=20), "tiers": TIERS, "horizon": "60d", "gap": 0, "n_resamples": 20}
    return WarningSystem(SIGNS, **(defaults | options))


@pytest.fixture(scope="module")
def fitted():
    customers, usage = history()
    return system().fit(usage, customers, **ROLES), customers, usage


def test_weights_are_those_of_a_bounded_optimiser():
    random = np.random.default_rng(0)
    X = (random.random((3000, 5)) < 0.3).astype(float)
    y = (random.random(3000) < 1 / (1 + np.exp(2 - X @ [1.5, -0.7, 0.4, 0.0, 2.5]))).astype(float)
    boxes = (
        ([-np.inf] * 5, [np.inf] * 5),
        ([0.0] * 5, [np.inf] * 5),
        ([0.0, -np.inf, 1.0, -1, 0], [1.0, -1.0, 1.0, 1, np.inf]),
    )
    for low, high in boxes:
        low, high = np.array(low), np.array(high)
        found = fit_weights(X, y, low, high, l2=1.0)

        def loss(b):
            eta = b[0] + X @ b[1:]
            slope = 1 / (1 + np.exp(-eta)) - y
            return (np.logaddexp(0, eta) - y * eta).sum() + b[1:] @ b[1:] / 2, np.concatenate([[slope.sum()], X.T @ slope + b[1:]])

        other = minimize(
            loss, np.zeros(6), jac=True, method="L-BFGS-B", bounds=[(None, None), *zip(low, high, strict=True)], options={"ftol": 1e-15, "gtol": 1e-9}
        )
        np.testing.assert_allclose(found, other.x, atol=2e-5)
        assert loss(found)[0] <= other.fun + 1e-9
    free = fit_weights(X, y, *boxes[0])
    ours = LogisticRegression(penalty="l2", C=1.0).fit(X, y.astype(int))
    np.testing.assert_allclose(free, [*ours.intercept_, *ours.coef_[0]], atol=1e-7)
    weight = random.integers(0, 3, 3000).astype(float)
    repeated = np.repeat(np.arange(3000), weight.astype(int))
    np.testing.assert_allclose(fit_weights(X, y, *boxes[1], weight=weight), fit_weights(X[repeated], y[repeated], *boxes[1]), atol=1e-8)
    assert np.isfinite(fit_weights(np.array([[0.0], [0], [1], [1]]), np.array([0.0, 0, 1, 1]), np.array([0.0]), np.array([np.inf]))).all()


def test_the_score_is_the_formula_of_the_documentation(fitted):
    warned, customers, usage = fitted
    scored = warned.score(usage, "2025-06-30", customers).set_index("id")
    values = SIGNS.compute(usage, "2025-06-30", customers).set_index("id")
    weights = warned.weights_.set_index("indicator")
    assert set(scored.index) == set(customers["id"][customers["end"].isna()])
    assert scored["missing"].ne("").any()
    for who, row in scored.iterrows():
        eta, lost, whole, words = warned.intercept_, 0.0, 0.0, []
        for name in SIGNS.names:
            value, (limit, side) = values.loc[who, name], warned.limits_[name]
            weight = weights.loc[name, "weight"]
            if np.isnan(value):
                eta += weight * weights.loc[name, "triggered"]
                continue
            hit = value >= limit if side == "high" else value <= limit
            eta, lost, whole = eta + weight * hit, lost + weight * hit, whole + weight
            words += [name] if hit else []
        assert row["score"] == pytest.approx(1 / (1 + np.exp(-eta)), rel=1e-12)
        assert row["health"] == pytest.approx(100 * (1 - lost / whole), rel=1e-12, abs=1e-9)
        assert row["triggered"] == len(words)
        assert all(word in row["reasons"] for word in words)
    assert scored["score"].is_monotonic_decreasing
    first = scored.iloc[0]
    assert first["tier"] == "red"
    assert first["deadline"] == "2025-07-02"
    assert (scored["tier"] == "red").sum() <= 20


def test_the_fit_is_that_of_snapshots(fitted):
    warned, customers, usage = fitted
    days = pd.date_range("2024-01-31", "2025-04-30", freq="ME")
    made = tn.snapshots(customers, usage, id="id", time="date", origins=list(days.astype(str)), horizon=60, gap=0, lookback=90, **ROLES)
    assert warned.counts_["rows"] == len(made.y)
    assert warned.counts_["churned"] == made.y.sum()
    assert warned.base_rate_ == pytest.approx(made.y.mean())
    expected = []
    for day in np.unique(made.origin):
        here = made.id[made.origin == day]
        expected.append(SIGNS.compute(usage, pd.Timestamp(day), customers).set_index("id").loc[here])
    X = pd.concat(expected)
    again = Thresholds(limits={"complaints": 1}, n_resamples=20).fit(X, made.y)
    assert again.rules_ == warned.limits_
    weights = warned.weights_
    assert (weights["weight"] > 0).all()
    assert ((weights["lower"] <= weights["weight"]) & (weights["weight"] <= weights["upper"])).all()
    assert weights["points"].sum() == pytest.approx(100)
    assert warned.limits_["satisfaction"][1] == "low"


def test_nothing_after_the_day_matters(fitted):
    warned, customers, usage = fitted
    day = pd.Timestamp("2025-03-31")
    known = customers.assign(end=customers["end"].where(customers["end"] <= day))
    pd.testing.assert_frame_equal(warned.score(usage[usage["date"] <= day], day, known), warned.score(usage, day, customers), check_exact=True)
    cut = day - pd.Timedelta(days=60)
    early = [str(d.date()) for d in pd.date_range("2024-02-29", cut, freq="ME")]
    one = system().fit(usage[usage["date"] <= day], known, **ROLES, days=early, as_of=day)
    two = system().fit(usage, customers, **ROLES, days=early)
    assert one.to_mapping() == two.to_mapping()


@pytest.mark.parametrize("name", ["system.yaml", "system.json"])
def test_a_file_scores_as_what_was_saved(fitted, tmp_path, name):
    warned, customers, usage = fitted
    warned.to_file(tmp_path / name)
    again = WarningSystem.from_file(tmp_path / name)
    pd.testing.assert_frame_equal(again.score(usage, "2025-06-30", customers), warned.score(usage, "2025-06-30", customers), check_exact=True)
    assert again.to_mapping() == warned.to_mapping()
    assert repr(again) == repr(warned)


def test_damaged_files_are_refused(fitted, tmp_path):
    good = json.loads(json.dumps(fitted[0].to_mapping()))
    bad = [
        ({"kind": "other"}, "must hold"),
        ({"version": 2}, "version 2 is not known"),
        ({"colour": 1}, "'colour' is not a field"),
        ({"weights": {"drop": 1}}, "'weights' must name the indicators"),
        ({"intercept": "low"}, "intercept: must be a number"),
        ({"shares": good["shares"] | {"drop": 1.5}}, "between 0 and 1"),
        ({"limits": good["limits"] | {"drop": {"limit": 3}}}, "a limit and a side"),
        ({"horizon": 0}, "horizon"),
        ({"indicators": {"id": "id"}}, "indicators: must be"),
    ]
    for change, message in bad:
        with pytest.raises(tn.InvalidInput, match=message):
            WarningSystem.from_mapping(good | change)
    with pytest.raises(tn.InvalidInput, match="the field 'tiers' is missing"):
        WarningSystem.from_mapping({name: value for name, value in good.items() if name != "tiers"})
    (tmp_path / "broken.yaml").write_text("{kind: [", encoding="utf-8")
    with pytest.raises(tn.InvalidInput, match="not valid YAML"):
        WarningSystem.from_file(tmp_path / "broken.yaml")


def test_alarm_files_are_whole_or_absent(fitted, tmp_path):
    warned, customers, usage = fitted
    scored = warned.score(usage, "2025-06-30", customers)
    count = warned.save_alarms(scored, tmp_path / "alarms.json")
    rows = json.loads((tmp_path / "alarms.json").read_text(encoding="utf-8"))
    assert count == len(rows) == (scored["tier"] != "none").sum() > 0
    assert rows[0]["day"] == "2025-06-30"
    assert rows[0]["reasons"] == scored["reasons"][0]
    warned.save_alarms(scored, tmp_path / "alarms.csv")
    back = pd.read_csv(tmp_path / "alarms.csv")
    np.testing.assert_array_equal(back["score"], scored["score"][scored["tier"] != "none"])
    with pytest.raises(tn.InvalidInput, match=r"\.csv or \.json"):
        warned.save_alarms(scored, tmp_path / "alarms.xlsx")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(OSError, match="folder"):
        warned.save_alarms(scored, tmp_path / "folder.csv")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["alarms.csv", "alarms.json", "folder.csv"]


def test_alarms_of_many_days_can_be_evaluated(fitted):
    warned, customers, usage = fitted
    days = [str(d.date()) for d in pd.date_range("2024-04-30", "2025-05-31", freq="ME")]
    alarms = warned.alarms(warned.score(usage, days, customers))
    found = evaluate_alarms(alarms, customers, id="id", **ROLES, horizon=60, quiet=0, as_of="2025-06-30")
    assert found.precision_lower > found.random_precision
    assert found.late == 0


def test_a_back_test_never_trains_on_its_own_future(fitted):
    _, customers, usage = fitted
    tested = system(gap="7d").backtest(usage, customers, **ROLES, n_splits=2)
    scores = tested.scores
    assert (scores["train_until"] + pd.Timedelta(days=67) <= scores["test_from"]).all()
    assert (scores["auc"] > 0.6).all()
    assert (scores["brier"] < scores["brier_base_rate"]).all()
    rates = tested.tiers.set_index("tier")["rate"]
    assert rates["red"] > rates["none"]
    assert tested.tiers["customers"].sum() == scores["rows"].sum()


def test_bounds_and_hands_rule_the_weights():
    customers, usage = history(1)
    warned = system(bounds={"drop": (0.5, 0.5), "complaints": (None, 0)}, n_resamples=0).fit(usage, customers, **ROLES)
    weights = warned.weights_.set_index("indicator")["weight"]
    assert weights["drop"] == 0.5
    assert weights["complaints"] == 0
    assert weights["satisfaction"] > 0
    counted = system(tiers=Tiers([{"name": "two", "at": 2}, {"name": "one", "at": 1}], by="triggered"), n_resamples=0).fit(usage, customers, **ROLES)
    scored = counted.score(usage, "2025-06-30", customers)
    assert scored["tier"].tolist() == [{0: "none", 1: "one"}.get(k, "two") for k in scored["triggered"]]


def test_frames_of_another_kind(fitted):
    warned, customers, usage = fitted
    ours = warned.score(pl.from_pandas(usage), "2025-06-30", pl.from_pandas(customers))
    assert isinstance(ours, pl.DataFrame)
    assert ours["id"].to_list() == warned.score(usage, "2025-06-30", customers)["id"].tolist()
    assert isinstance(warned.alarms(ours), pl.DataFrame)
    assert system().fit(pl.from_pandas(usage), pl.from_pandas(customers), **ROLES).limits_ == warned.limits_


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c, u: system().score(u, "2025-06-30", c), "not fitted"),
        (lambda c, u: system().to_mapping(), "not fitted"),
        (lambda c, u: system(horizon=0), "horizon"),
        (lambda c, u: system(l2=0), "l2"),
        (lambda c, u: system(bounds={"age": (0, 1)}), "'age' is no indicator"),
        (lambda c, u: system(bounds={"drop": (1, 0)}), "must not fall"),
        (lambda c, u: system(bounds={"drop": 1}), "must be a pair"),
        (lambda c, u: system().fit(u, c.assign(end=pd.NaT), **ROLES), "churned and customers who stayed"),
        (lambda c, u: system().fit(u, pd.concat([c, c]), **ROLES), "and again in row"),
        (lambda c, u: system().fit(u, c, **ROLES, days=["2025-06-30"]), "outcome is complete"),
        (lambda c, u: system().fit(u, c, **ROLES, days="fortnight"), "days: must be one of"),
        (lambda c, u: system().fit(u, c, **ROLES, as_of="2025-01-01"), "lies after as_of"),
        (lambda c, u: system().fit(u.drop(columns="minutes"), c, **ROLES), "no column 'minutes'"),
        (lambda c, u: system().fit(u, c.drop(columns="end"), **ROLES), "no column 'end'"),
        (lambda c, u: system().fit(u.iloc[:0], c, **ROLES), "hold no rows"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(tn.InvalidInput, match=message):
        call(*history(0, 60))
