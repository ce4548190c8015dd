"""Churn rules: the textbook rule out of raw usage, nothing out of noise, confirmation, hints and contrasts."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

import tenure as tn
from tenure.rules import churn_rules, contrast_rules, usage_by_period


def usage_history(customers=3000, measures=1000, months=3, seed=0):
    """Monthly usage of many services; falling calls together with rising data triple the hazard. Two trend items a service."""
    rng = np.random.default_rng(seed)
    trend = rng.choice([-0.45, 0.0, 0.6], size=(customers, measures), p=[0.25, 0.5, 0.25])
    level = rng.lognormal(4, 0.5, size=(customers, measures))
    names = ["calls", "data"] + [f"service{j}" for j in range(2, measures)]
    columns, trends = {}, {}
    for month in range(months):
        noise = rng.normal(0, 0.03, size=(customers, measures))
        usage = level * (1 + trend * month / (months - 1) + noise)
        for j, name in enumerate(names):
            columns[f"{name}_{month}"] = usage[:, j]
    for name in names:
        trends[name] = [f"{name}_{month}" for month in range(months)]
    hazard = np.where((trend[:, 0] < 0) & (trend[:, 1] > 0), 0.3, 0.1)
    columns["churned"] = rng.random(customers) < hazard
    return pd.DataFrame(columns), trends


@pytest.fixture(scope="module")
def history():
    return usage_history()


def test_the_textbook_rule_is_first_among_two_thousand_items(history):
    table, trends = history
    rules = churn_rules(table, "churned", trends=trends, min_support=0.005, max_length=2, n_jobs=2)
    assert rules[0][0] == ("calls fell more than 20%", "data rose more than 20%")
    assert rules.examined > 1_000_000
    frame = rules.to_frame(limit=1)
    assert frame["q_value"][0] < 1e-6
    assert 0.24 < frame["confidence"][0] < 0.36
    assert rules.measure("lift")[0] == pytest.approx(frame["churned"][0] / frame["customers"][0] / table["churned"].mean())
    assert rules.sentences(1)[0].startswith(f"Of {frame['customers'][0]} customers with calls fell more than 20% and data rose more than 20%")


def test_shuffled_labels_give_nothing(history):
    table, trends = history
    shuffled = np.random.default_rng(1).permutation(table["churned"].to_numpy())
    assert len(churn_rules(table.drop(columns="churned"), shuffled, trends=trends, min_support=0.005, max_length=2)) == 0


def customers(n=4000, seed=3):
    rng = np.random.default_rng(seed)
    plan = rng.choice(["basic", "gold"], n)
    contract = rng.choice(["monthly", "yearly"], n, p=[0.6, 0.4])
    tickets = rng.poisson(1.2, n)
    spend = rng.gamma(2, 30, n)
    rate = np.where(tickets >= 3, 0.4, 0.1) * np.where(contract == "yearly", 0.3, 1.0)
    frame = pd.DataFrame(
        {"id": [f"c{i}" for i in range(n)], "plan": plan, "contract": contract, "tickets": tickets, "spend": spend, "app": rng.random(n) < 0.5}
    )
    frame["since"] = pd.Timestamp("2024-01-01")
    frame["left"] = np.where(rng.random(n) < rate, "yes", "no")
    return frame


def test_ordinary_tables_are_cut_and_explained():
    table = customers()
    rules = churn_rules(table, "left", binning="supervised")
    assert sorted(rules.skipped) == ["id", "since"]
    tickets = [names for names, _ in rules if any("tickets > 2" in name for name in names)]
    assert ("contract = monthly", "tickets > 2") in tickets
    hints = churn_rules(table, "left", binning="supervised", max_length=1).hints(0)
    assert hints["item"][0] in ("contract = yearly", "tickets <= 2")
    best = churn_rules(table, "left", binning="supervised", max_length=1)
    k = [names for names, _ in best].index(("tickets > 2",))
    hint = best.hints(k).iloc[0]
    assert hint["item"] == "contract = yearly"
    part = table[table["tickets"] > 2]
    yearly = part["contract"] == "yearly"
    lost = part["left"] == "yes"
    assert hint["customers"] == yearly.sum()
    assert hint["times_less"] == pytest.approx(lost[~yearly].mean() / lost[yearly].mean())
    counts = [[(~lost & yearly).sum(), (lost & yearly).sum()], [(~lost & ~yearly).sum(), (lost & ~yearly).sum()]]
    assert hint["p_value"] == pytest.approx(stats.fisher_exact(counts, alternative="greater")[1], rel=1e-9)


def test_measures_are_those_of_the_table():
    table = customers()
    rules = churn_rules(table, "left", max_length=2)
    lost = (table["left"] == "yes").to_numpy()
    for k, (names, consequent) in enumerate(rules):
        assert consequent == ("left",)
        held = np.ones(len(table), dtype=bool)
        for name in names:
            if " = " in name:
                column, level = name.split(" = ")
                held &= (table[column] == level).to_numpy()
            elif name == "app":
                held &= table["app"].to_numpy()
            else:
                left, sign, right = name.rpartition(" <= ") if " <= " in name else name.rpartition(" > ")
                column = left.rpartition(" < ")[2]
                held &= (table[column] <= float(right)).to_numpy() if sign == " <= " else (table[column] > float(right)).to_numpy()
                if " < " in left:
                    held &= (table[column] > float(left.split(" < ")[0])).to_numpy()
        assert rules.counts["left"][k] == held.sum()
        assert rules.counts["both"][k] == (held & lost).sum()
        counts = [[(held & lost).sum(), (held & ~lost).sum()], [(~held & lost).sum(), (~held & ~lost).sum()]]
        assert rules.measure("fisher_p")[k] == pytest.approx(stats.fisher_exact(counts, alternative="greater")[1], rel=1e-8)


def test_holdout_confirms():
    table = customers(8000)
    rules = churn_rules(table, "left", holdout=0.4, random_state=7, max_length=2)
    assert rules.baskets == 4800
    frame = rules.to_frame()
    assert frame["confirmed"].iloc[:3].all()
    assert "held out" in rules.sentences(1)[0]
    assert rules.select([1]).confirmation.equals(rules.confirmation.iloc[[1]].reset_index(drop=True))
    again = churn_rules(table, "left", holdout=0.4, random_state=7, max_length=2)
    assert again.confirmation.equals(rules.confirmation)
    other = rules.confirm(customers(3000, seed=11))
    assert other["confirmed"].iloc[0]
    assert other["left"].iloc[0] < rules.counts["left"][0]


def test_threads_frames_and_labels_do_not_change_the_rules():
    table = customers().drop(columns="since")
    expected = churn_rules(table, "left").to_frame()
    assert churn_rules(table, "left", n_jobs=3).to_frame().equals(expected)
    assert churn_rules(pl.from_pandas(table), "left").to_frame().equals(expected)
    lost = table["left"] == "yes"
    rest = table.drop(columns="left")
    assert churn_rules(rest, lost).to_frame().equals(expected)
    assert churn_rules(rest, lost.to_numpy().astype(int)).to_frame().equals(expected)
    assert churn_rules(table.replace({"yes": "gone", "no": "here"}), "left", positive="gone").to_frame().equals(expected)


def test_contrasts_find_what_changed_and_not_an_overall_rise():
    rng = np.random.default_rng(2)

    def period(base, odd_plan):
        n = 5000
        frame = pd.DataFrame({f"flag{j}": rng.random(n) < 0.3 for j in range(10)}).assign(plan=rng.choice(["a", "b", "c"], n))
        frame["left"] = rng.random(n) < np.where(frame["plan"] == "c", odd_plan, base)
        return frame

    changes = contrast_rules(period(0.1, 0.1), period(0.1, 0.3), "left")
    assert changes["antecedent"][0] == ("plan = c",)
    assert changes["odds_ratio_change"][0] > 2.5
    assert changes["rate_after"][0] == pytest.approx(0.3, abs=0.03)
    assert len(contrast_rules(period(0.1, 0.1), period(0.2, 0.2), "left")) == 0


def test_long_usage_becomes_trends():
    rng = np.random.default_rng(0)
    n, months = 1500, ["2024-01", "2024-02", "2024-03"]
    falling = rng.random(n) < 0.3
    rows = [(i, month, 100 * (1 - 0.3 * falling[i] * t)) for i in range(n) for t, month in enumerate(months)]
    usage = pd.DataFrame(rows, columns=["id", "month", "minutes"]).sample(frac=1, random_state=0)
    table, trends = usage_by_period(usage, customer="id", period="month", values=["minutes"])
    assert trends == {"minutes": [f"minutes {month}" for month in months]}
    left = rng.random(n) < np.where(falling, 0.5, 0.1)
    rules = churn_rules(table, left, trends=trends)
    assert rules[0][0] == ("minutes fell more than 20%",)
    assert rules.counts["left"][0] == falling.sum()
    with pytest.raises(ValueError, match="more than one row"):
        usage_by_period(pd.concat([usage, usage]), customer="id", period="month", values=["minutes"])
    with pytest.raises(ValueError, match="nobody"):
        usage_by_period(usage, customer="nobody", period="month", values=["minutes"])


def test_telco():
    table = tn.datasets.load_telco()
    rules = churn_rules(table, "Churn", max_length=2)
    assert rules[0][0] == ("Contract = Month-to-month",)
    assert rules.churn_rate == pytest.approx(1869 / 7043)
    assert rules.counts["left"][0] == (table["Contract"] == "Month-to-month").sum() == 3875


@pytest.mark.parametrize(
    ("keywords", "error", "message"),
    [
        ({"min_support": 0}, ValueError, "min_support"),
        ({"max_length": 0}, ValueError, "max_length"),
        ({"max_length": 13}, ValueError, "max_length"),
        ({"bins": 1}, ValueError, "bins"),
        ({"binning": "magic"}, ValueError, "method"),
        ({"max_q": 2}, ValueError, "max_q"),
        ({"holdout": 1}, ValueError, "holdout"),
        ({"trends": {"x": ["spend"]}}, ValueError, r"trends\['x'\]"),
        ({"trends": {"x": ["spend", "nowhere"]}}, ValueError, "nowhere"),
        ({"trends": {"x": ["spend", "tickets"]}, "trend_change": 0}, ValueError, "trend_change"),
        ({"churned": "nobody"}, ValueError, "nobody"),
        ({"churned": [0, 1]}, ValueError, "churned"),
        ({"churned": np.ones(4000)}, ValueError, "outcome"),
    ],
)
def test_bad_input_is_named(keywords, error, message):
    with pytest.raises(error, match=message):
        churn_rules(customers(), **{"churned": "left", **keywords})
