"""The numbers of the report against independent computations, and the rules of how it counts."""

import json
import math

import numpy as np
import pandas as pd
import pytest

import tenure as tn


def wilson(k, n, z=1.959963984540054):
    p, d = k / n, 1 + z * z / n
    centre, half = (p + z * z / (2 * n)) / d, z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return centre - half, centre + half


def test_telco_rate_and_conventions(telco):
    rates = telco.findings["rates"]
    head = rates["headline"]
    assert (head["lost"], head["denominator"], head["convention"]) == (1869, 7043, "begin")
    assert head["rate"] == pytest.approx(1869 / 7043, rel=1e-14)
    assert (head["lower"], head["upper"]) == pytest.approx(wilson(1869, 7043), rel=1e-12)
    assert rates["begin"] + rates["new"] + rates["returned"] - rates["lost"] == rates["end"] == 5174
    by = {row["convention"]: row["rate"] for row in rates["conventions"]}
    assert by["end"] == pytest.approx(1869 / 5174, rel=1e-14)
    assert by["average"] == pytest.approx(1869 / ((7043 + 5174) / 2), rel=1e-14)


def test_telco_segments_against_pandas(telco):
    frame = tn.datasets.load_telco()
    contract = next(s for s in telco.findings["segments"] if s["column"] == "Contract")
    for row in contract["rows"]:
        inside = frame[frame["Contract"] == row["level"]]
        lost = inside["Churn"] == "Yes"
        assert (row["n"], row["lost"]) == (len(inside), lost.sum())
        assert (row["lower"], row["upper"]) == pytest.approx(wilson(lost.sum(), len(inside)), rel=1e-12)
        assert row["lost_value"] == pytest.approx(inside.loc[lost, "MonthlyCharges"].sum(), rel=1e-12)
    for segment in telco.findings["segments"]:
        assert sum(row["n"] for row in segment["rows"]) == 7043
        assert sum(row["lost"] for row in segment["rows"]) == 1869
        assert sum(row["share_of_lost"] for row in segment["rows"]) == pytest.approx(1)


def test_telco_survival_against_the_product_formula(telco):
    frame = tn.datasets.load_telco()
    time, lost = frame["tenure"].to_numpy(), (frame["Churn"] == "Yes").to_numpy()
    survival = {}
    s = 1.0
    for t in np.unique(time):
        s *= 1 - lost[time == t].sum() / (time >= t).sum()
        survival[t] = s
    for point in telco.findings["survival"]["overall"]["points"]:
        assert point["survival"] == pytest.approx(survival[int(point["time"])], rel=1e-12)
        assert point["lower"] < point["survival"] < point["upper"]
        assert point["at_risk"] == (time >= point["time"]).sum()


def test_telco_model_against_scikit_learn(telco):
    """The held-out AUC equals that of scikit-learn's unpenalised fit on the same folds and columns."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import brier_score_loss, roc_auc_score
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    frame = tn.datasets.load_telco()
    y = (frame["Churn"] == "Yes").to_numpy().astype(int)
    X = pd.get_dummies(frame.drop(columns=["Churn", "TotalCharges"]).astype({"SeniorCitizen": str}), drop_first=True).to_numpy(dtype=float)
    scores = np.empty(len(y))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(X, y):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1e8, tol=1e-10, max_iter=2000)).fit(X[train], y[train])
        scores[test] = model.predict_proba(X[test])[:, 1]
    found = telco.findings["model"]
    assert found["auc"] == pytest.approx(roc_auc_score(y, scores), abs=1e-5)
    assert found["brier"] == pytest.approx(brier_score_loss(y, scores), abs=1e-5)
    assert found["auc_lower"] < found["auc"] < found["auc_upper"]
    assert sum(row["n"] for row in found["calibration"]) == 7043
    assert sum(row["observed"] * row["n"] for row in found["calibration"]) == pytest.approx(1869)


def test_telco_total_charges_is_in_no_analysis(telco):
    found = telco.findings
    assert found["model"]["left_out"] == ["TotalCharges"]
    assert all(row["column"] != "TotalCharges" for row in found["drivers"]["associations"] + found["drivers"]["odds"] + found["segments"])


def test_telco_repeated_columns_do_not_hide_the_odds(telco):
    drivers = telco.findings["drivers"]
    assert {row["column"] for row in drivers["redundant"]} == {"MonthlyCharges"}
    assert len(drivers["dropped_terms"]) == 7
    odds = {(row["column"], row["level"]): row for row in drivers["odds"]}
    assert odds["Contract", "Two year"]["upper"] < 0.5
    assert all(0 < row["lower"] < row["odds_ratio"] < row["upper"] for row in drivers["odds"])


def test_telco_money(telco):
    frame = tn.datasets.load_telco()
    lost = frame["Churn"] == "Yes"
    money = telco.findings["money"]
    assert money["lost_month"] == pytest.approx(frame.loc[lost, "MonthlyCharges"].sum(), rel=1e-12)
    assert money["lost_year"] == pytest.approx(12 * money["lost_month"], rel=1e-12)
    assert money["lost_profit_year"] == pytest.approx(0.2 * money["lost_year"], rel=1e-12)
    assert sum(row["value"] for row in money["by"]["rows"]) == pytest.approx(money["lost_month"], rel=1e-12)


def test_risk_lists_only_current_customers_in_order(telco):
    frame = tn.datasets.load_telco()
    risk = telco.findings["risk"]
    assert risk["current"] == 5174 == sum(tier["current"] for tier in risk["tiers"])
    assert sum(tier["n"] for tier in risk["tiers"]) == 7043
    chance = [customer["probability"] for customer in risk["customers"]]
    assert chance == sorted(chance, reverse=True)
    for customer in risk["customers"]:
        assert frame.loc[int(customer["id"]) - 1, "Churn"] == "No"
        assert 1 <= len(customer["reasons"]) <= 3
        assert all(reason["odds"] > 1 for reason in customer["reasons"])


def test_dated_period_counts(dated):
    report, customers = dated
    rates = report.findings["rates"]
    first, last = pd.Timestamp(rates["first"]), pd.Timestamp(rates["last"])
    there = (customers["start"] < first) & (customers["end"].isna() | (customers["end"] >= first))
    gone = there & (customers["end"] <= last)
    assert (rates["headline"]["lost"], rates["headline"]["denominator"]) == (gone.sum(), there.sum())
    assert rates["begin"] == there.sum()
    assert rates["new"] == customers["start"].between(first, last).sum()
    assert rates["lost"] == customers["end"].between(first, last).sum()
    assert rates["begin"] + rates["new"] + rates["returned"] - rates["lost"] == rates["end"]
    assert len(rates["months"]) == 12
    assert sum(row["new"] for row in rates["months"]) == rates["new"]
    assert report.findings["risk"]["current"] == rates["end"] == (customers["end"].isna() | (customers["end"] > last)).sum()
    assert report.findings["model"]["n"] == there.sum()


def test_dated_survival_is_over_all_customers_and_near_the_truth(dated):
    report, customers = dated
    assert report.findings["survival"]["overall"]["n"] == len(customers)
    by = next(row for row in report.findings["survival"]["by"] if row["column"] == "contract")
    _, truth = tn.datasets.make_churn(6000, seed=4, return_truth=True)
    for group in by["groups"]:
        rows = (customers["contract"] == group["level"]).to_numpy()
        for point in group["points"]:
            if point["survival"] is None or point["at_risk"] < 100:
                continue
            expected = truth.survival(group["level"], point["time"], truth.linear_predictor[rows]).mean()
            assert abs(point["survival"] - expected) < 4 * math.sqrt(expected * (1 - expected) / point["at_risk"])


def test_numbers_do_not_depend_on_the_order_of_rows():
    frame = tn.datasets.make_churn(2000, seed=8)
    one = tn.report(frame).findings
    other = tn.report(frame.sample(frac=1, random_state=1)).findings
    assert one["rates"] == other["rates"]
    assert one["survival"] == other["survival"]
    for a, b in zip(one["segments"], other["segments"], strict=True):
        assert a["column"] == b["column"]
        for x, y in zip(a["rows"], b["rows"], strict=True):
            assert (x["level"], x["n"], x["lost"], x["rate"], x["q"]) == (y["level"], y["n"], y["lost"], y["rate"], y["q"])
            assert x["lost_value"] == pytest.approx(y["lost_value"], rel=1e-12)  # a sum of amounts in another order
    for a, b in zip(one["drivers"]["odds"], other["drivers"]["odds"], strict=True):
        assert a["odds_ratio"] == pytest.approx(b["odds_ratio"], rel=1e-8)


def test_same_table_same_findings():
    frame = tn.datasets.make_churn(1500, seed=8)
    one, other = (tn.report(frame).findings for _ in range(2))
    one.pop("made"), other.pop("made")
    assert one == other


def test_small_groups_are_pooled():
    rng = np.random.default_rng(1)
    plan = np.array(["a", "b"])[rng.integers(0, 2, 400)].astype(object)
    plan[:4], plan[4:7], plan[7:9] = "rare1", "rare2", None
    churn = rng.random(400) < np.where(plan == "a", 0.5, 0.2)
    found = tn.report(pd.DataFrame({"churn": churn, "plan": plan, "x": rng.normal(size=400)})).findings
    levels = [row["level"] for segment in found["segments"] if segment["column"] == "plan" for row in segment["rows"]]
    assert {"pooled": 3} in levels  # two rare plans and the missing ones
    assert not {"rare1", "rare2"} & {level for level in levels if isinstance(level, str)}


def test_json_is_plain_and_complete(telco):
    assert json.loads(telco.json()) == telco.findings


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"churn": ["Yes", "No"] * 3, "x": [1.0, 2, 3, 4, 5, 6]}),
        pd.DataFrame({"churn": ["Yes", "No"] * 40}),
        pd.DataFrame({"churn": ["Yes"] * 30 + ["No"] * 50, "constant": ["a"] * 80, "nothing": [None] * 80}),
        pd.DataFrame({"churn": ["Yes"] * 40 + ["No"] * 40, "answer": ["a"] * 40 + ["b"] * 40, "tenure": list(range(80))}),
        pd.DataFrame({"churn": ["Yes", "No"] * 40, "tenure": [0.0] * 80, "fee": [0.0] * 80}),
        pd.DataFrame({"churn": ["Yes", "No", "No", "No"] * 40, "a[b]": ["x]", "y["] * 80, "fee": np.linspace(-5, 5, 160), "<i>": ["<b>&", '"'] * 80}),
        pd.DataFrame({"churn": (["Yes"] * 3 + ["No"] * 7) * 30, "x": [1e100, -1e100, 5.0] * 100, "y": [1e-300, 2e-300, 3e-300, 4e-300] * 75}),
    ],
    ids=["tiny", "label only", "nothing usable", "perfect answer", "all zero", "odd names", "extreme numbers"],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_odd_tables_still_make_a_page(frame, lang):
    made = tn.report(frame, lang=lang)
    assert made.html().startswith("<!doctype html>")
    json.loads(made.json())


def test_reasons_keep_the_unstated_part(dated):
    report, customers = dated
    found, rates = report.findings["reasons"], report.findings["rates"]
    first, last = pd.Timestamp(rates["first"]), pd.Timestamp(rates["last"])
    lost = customers[(customers["start"] < first) & customers["end"].between(first, last)]
    assert found["lost"] == len(lost)
    counts = lost["reason"].value_counts()
    assert {row["level"]: row["n"] for row in found["rows"]} == counts[counts > 0].to_dict()
    assert found["unstated"]["n"] == lost["reason"].isna().sum()
    assert sum(row["share"] for row in found["rows"]) + found["unstated"]["share"] == pytest.approx(1)
    for row in found["rows"]:
        assert (row["lower"], row["upper"]) == pytest.approx(wilson(row["n"], len(lost)), rel=1e-12)


def test_time_as_a_customer_is_made_from_the_dates_when_there_is_no_column_for_it(dated):
    report, customers = dated
    made = tn.report(customers.drop(columns="tenure_months"), tn.Contract(profit_rate=0.1)).findings
    by_column = {row["column"]: row for row in made["drivers"]["associations"]}
    told = {row["column"]: row for row in report.findings["drivers"]["associations"]}
    assert by_column["tenure"]["strength"] == pytest.approx(told["tenure_months"]["strength"], rel=1e-12)
    assert made["model"]["auc"] == pytest.approx(report.findings["model"]["auc"], rel=1e-9)
    assert any(row["column"] == "tenure" and row["role"] == "derived" for row in made["quality"])


def dated_table(n, first, last, days, seed=0):
    rng = np.random.default_rng(seed)
    start = pd.to_datetime(first) + pd.to_timedelta(rng.integers(0, (pd.Timestamp(last) - pd.Timestamp(first)).days, n), unit="D")
    end = start + pd.to_timedelta(rng.integers(1, days, n), unit="D")
    return pd.DataFrame({"start": start, "end": end.where(end <= "2025-12-31"), "plan": rng.choice(list("ab"), n), "fee": rng.uniform(1, 9, n)})


@pytest.mark.parametrize(
    ("table", "contract"),
    [
        (dated_table(12, "2024-01-01", "2025-12-01", 500), {}),
        (dated_table(500, "2024-01-01", "2025-12-01", 500), {"period": ("2025-12-31", "2025-12-31")}),
        (dated_table(300, "2025-02-01", "2025-12-01", 400), {"period": ("2025-11-01", "2025-12-31")}),
        (pd.DataFrame({"start": ["2024-01-01", "2024-02-01"], "end": ["2025-06-01", None]}), {}),
        (pd.DataFrame({"start": ["2024-01-01", "2024-02-01"], "end": ["2025-06-01", None]}), {"as_of": "2025-12-31", "period": ("2025-07-01", "2025-12-31")}),
    ],
    ids=["few", "nobody lost", "two months", "two customers", "all lost before"],
)
def test_odd_periods_still_make_a_page(table, contract):
    made = tn.report(table, contract)
    rates = made.findings["rates"]
    assert rates["begin"] + rates["new"] + rates["returned"] - rates["lost"] == rates["end"]
    for lang in ("en", "zh"):
        assert made.html(lang).startswith("<!doctype html>")


def test_a_period_before_the_first_customer_is_refused():
    with pytest.raises(tn.InvalidInput, match=r"period: no customer of the table was there before its first day, 2025-01-01"):
        tn.report(dated_table(300, "2025-02-01", "2025-12-01", 400), {"period": ("2025-01-01", "2025-12-31")})


@pytest.mark.parametrize(
    ("first", "period"),
    [("2024-02-01", ("2025-01-01", "2025-12-31")), ("2025-02-01", ("2025-10-01", "2025-12-31")), ("2025-11-01", ("2025-12-01", "2025-12-31"))],
)
def test_the_default_period_fits_the_history(first, period):
    rates = tn.report(dated_table(400, first, "2025-12-20", 600), {"as_of": "2025-12-31"}).findings["rates"]
    assert (rates["first"], rates["last"]) == period


def test_dates_in_the_future_are_not_taken_for_losses():
    table = dated_table(100, "2024-01-01", "2025-06-01", 300)
    table.loc[0, "end"] = pd.Timestamp("2999-12-31")
    customers = tn.read(table)
    assert not customers.lost[0]
    assert any(note.code == "warn.future_dates" for note in customers.warnings)
