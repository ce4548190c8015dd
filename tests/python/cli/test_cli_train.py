"""`tenure train`: quality on held-out customers, the model of all, and a file that is whole or not there."""

import json
import os
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

import tenure as tn
from tenure.survival import CoxPH, concordance, dynamic_auc, outcome


def design_of(telco):
    customers = tn.read(telco)
    return customers, customers.frame[[name for name in customers.features if name != "TotalCharges"]]


def cross_scores(estimator, design, lost):
    scores = np.empty(len(lost))
    for inside, outside in StratifiedKFold(5, shuffle=True, random_state=0).split(design, lost):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scores[outside] = clone(estimator).fit(design.iloc[inside], lost[inside]).predict_proba(design.iloc[outside])[:, 1]
    return scores


@pytest.mark.parametrize(
    ("name", "estimator"),
    [
        ("logistic", tn.learn.LogisticRegression(penalty=None)),
        ("forest", tn.learn.RandomForestClassifier(random_state=0)),
        ("boosting", tn.learn.GradientBoostingClassifier(random_state=0)),
        ("tree", tn.learn.DecisionTreeClassifier(max_depth=5, min_samples_leaf=25, random_state=0)),
    ],
)
def test_quality_and_model_are_those_of_the_library(run, telco, tmp_path, name, estimator):
    made = run("train", "--example", "--model", name, "-o", "m.tenure", "--json")
    assert made.exit_code == 0, made.stderr
    found = json.loads(made.stdout)
    customers, design = design_of(telco)
    scores = cross_scores(estimator, design, customers.lost)
    auc = tn.evaluate.roc_auc(customers.lost, scores)
    assert [found["auc"], found["auc_lower"], found["auc_upper"]] == [float(auc), auc.lower, auc.upper]
    assert found["brier"] == tn.evaluate.brier(customers.lost, scores)
    gains = tn.evaluate.gains(customers.lost, scores, n_bins=20)
    assert [row["lift"] for row in found["lift"]] == [gains["cumulative_lift"][k] for k in (0, 1, 3, 5)]
    bins = tn.evaluate.calibration_table(customers.lost, scores, n_bins=10)
    assert [row["observed"] for row in found["calibration"]] == bins["observed"].tolist()
    model = tn.load(tmp_path / "m.tenure")
    assert type(model) is type(estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = clone(estimator).fit(design, customers.lost)
    np.testing.assert_array_equal(model.predict_proba(design), whole.predict_proba(design))
    assert json.loads(run("inspect", "m.tenure").stdout)["notes"]["fitted"]["card_"]["model"] == name


def test_the_logistic_model_is_as_good_as_that_of_the_report(run, telco, churn, tmp_path):
    """Both look at the same customers and deal them to the same folds."""
    for table in (telco, churn):
        table.to_csv(tmp_path / "t.csv", index=False)
        found = json.loads(run("train", "t.csv", "-o", "m.tenure", "--json").stdout)
        report = tn.report(table).findings["model"]
        assert [found["n"], found["lost"], found["columns"], found["left_out"]] == [report["n"], report["lost"], report["features"], report["left_out"]]
        assert [found[name] for name in ("auc", "auc_lower", "auc_upper", "brier")] == pytest.approx(
            [report[name] for name in ("auc", "auc_lower", "auc_upper", "brier")], rel=1e-6
        )


def test_separated_classes_get_a_ridge(run, telco, tmp_path):
    table = telco.head(1500).copy()
    table["badge"] = np.where((table["Churn"] == "No") & (np.arange(1500) % 5 == 0), "gold", "none")
    table.to_csv(tmp_path / "t.csv", index=False)
    made = run("train", "t.csv", "-o", "m.tenure", "--json")
    assert "the classes are separated by badge[none]: a ridge keeps the coefficients finite" in made.stderr
    model = tn.load(tmp_path / "m.tenure")
    assert model.penalty == "l2"
    assert np.abs(model.coef_).max() < 10


def test_units_do_not_matter(run, telco, tmp_path):
    telco = telco.drop(columns="TotalCharges")
    telco.to_csv(tmp_path / "a.csv", index=False)
    telco.assign(MonthlyCharges=telco["MonthlyCharges"] * 1e-3).to_csv(tmp_path / "b.csv", index=False)
    for model, measure in (("logistic", "auc"), ("cox", "concordance")):
        a, b = (json.loads(run("train", f"{name}.csv", "--model", model, "-o", f"{name}.tenure", "--json").stdout) for name in "ab")
        assert a[measure] == pytest.approx(b[measure], abs=1e-4)


def test_cox(run, telco, tmp_path):
    found = json.loads(run("train", "--example", "--model", "cox", "--horizon", 24, "-o", "m.tenure", "--json").stdout)
    customers, design = design_of(telco)
    design = design.drop(columns="tenure")
    y, risk = outcome(customers.time, customers.lost), np.empty(len(design))
    for inside, outside in StratifiedKFold(5, shuffle=True, random_state=0).split(design, customers.lost):
        fold = CoxPH(alpha=1e-6).fit(design.iloc[inside], y[inside])
        risk[outside] = fold.predict(design.iloc[outside]) - fold.predict(design.iloc[inside]).mean()
    assert found["concordance"] == pytest.approx(concordance(y, risk).concordance, rel=1e-12)
    assert found["auc"] == pytest.approx(dynamic_auc(y, y, risk, [24]).auc[0], rel=1e-12)
    assert found["concordance_lower"] < found["concordance"] < found["concordance_upper"]
    np.testing.assert_array_equal(tn.load(tmp_path / "m.tenure").predict(design), CoxPH(alpha=1e-6).fit(design, y).predict(design))
    assert (found["horizon"], found["unit"]) == (24, "months")


def test_text_fits_a_terminal(run):
    for model in ("logistic", "cox"):
        made = run("train", "--example", "--model", model)
        assert max(map(len, made.stdout.splitlines())) <= 100
        assert "left out, because they know the answer: TotalCharges" in made.stdout
        assert "risk tiers: high from" in made.stdout
    assert "concordance       0.86" in made.stdout


def test_leaking_columns_are_left_out_and_said(run, telco, tmp_path):
    known = telco.assign(final_bill=np.where(telco["Churn"] == "Yes", 1.0, 0.0) + np.arange(len(telco)) % 3 / 10)
    known.to_csv(tmp_path / "t.csv", index=False)
    made = run("train", "t.csv", "--json", "-o", "m.tenure")
    assert json.loads(made.stdout)["left_out"] == ["TotalCharges", "final_bill"]
    assert "“final_bill” alone tells the lost from the others" in made.stderr
    assert "final_bill" not in tn.load(tmp_path / "m.tenure").feature_names_in_


def test_the_customers_of_a_period(run, churn, tmp_path):
    churn.to_csv(tmp_path / "c.csv", index=False)
    found = json.loads(run("train", "c.csv", "--period", "2025", "-o", "m.tenure", "--json").stdout)
    there = (churn["start"] < "2025-01-01") & (churn["end"].isna() | (churn["end"] >= "2025-01-01"))
    assert (found["n"], found["lost"]) == (there.sum(), (there & (churn["end"] <= "2025-12-31")).sum())
    assert tn.load(tmp_path / "m.tenure").card_["time"]["period"] == ["2025-01-01", "2025-12-31"]


def test_the_value_that_means_lost_may_be_either(run, telco, tmp_path):
    telco.to_csv(tmp_path / "t.csv", index=False)
    turned = json.loads(run("train", "t.csv", "--label", "Partner", "--positive", "No", "-o", "m.tenure", "--json").stdout)
    assert turned["lost"] == (telco["Partner"] == "No").sum()


def test_the_same_seed_gives_the_same_file(run, tmp_path):
    for name in ("a.tenure", "b.tenure"):
        run("train", "--example", "--model", "forest", "-o", name)
    assert (tmp_path / "a.tenure").read_bytes() == (tmp_path / "b.tenure").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "a customer table is needed"),
        (["empty.csv"], "'empty.csv' is empty"),
        (["one.csv"], "it has only 'No'"),
        (["few.csv"], "column 'Churn': 14 lost customers are too few to learn from and check; 25 are needed"),
        (["bare.csv"], "the table has no column to learn from"),
        (["flat.csv"], "the table has no column to learn from"),
        (["t.csv", "--model", "svm"], "--model: 'svm' is none of logistic, forest, boosting, tree, cox"),
        (["t.csv", "--horizon", "3"], "--horizon goes with --model cox"),
        (["t.csv", "--model", "cox", "--horizon", "-1"], "--horizon: -1 must be more than 0"),
        (["t.csv", "--model", "cox", "--horizon", "200"], "--horizon: 200 months are more than can be learned"),
        (["t.csv", "--model", "cox", "--ignore", "tenure"], "--duration: a cox model needs the time as a customer"),
        (["t.csv", "--level", "7"], "--level: 7 must be between 0 and 1"),
        (["t.csv", "--label", "nope"], "column 'nope' (label) is not in the table"),
        (["t.csv", "--positive", "Maybe"], "column 'Churn' (label) has no value 'Maybe' (positive)"),
        (["t.csv", "-o", "no/m.tenure"], "the folder of 'no/m.tenure' does not exist"),
        (["t.csv", "-o", "t.csv"], "is the file that is read"),
        (["wide.csv"], "say so with encoding='utf-16'"),
    ],
)
def test_bad_input(fails, telco, tmp_path, arguments, message):
    (tmp_path / "empty.csv").write_text("")
    telco.head(400).to_csv(tmp_path / "t.csv", index=False)
    small = telco.head(40)
    small.to_csv(tmp_path / "few.csv", index=False)
    small.assign(Churn="No").to_csv(tmp_path / "one.csv", index=False)
    telco[["Churn"]].to_csv(tmp_path / "bare.csv", index=False)
    telco[["Churn"]].assign(plan="a").to_csv(tmp_path / "flat.csv", index=False)
    small.to_csv(tmp_path / "wide.csv", index=False, encoding="utf-16")
    assert message in fails("train", *arguments)


def test_an_old_model_survives_a_place_that_cannot_be_written(run, tmp_path, monkeypatch):
    (tmp_path / "m.tenure").write_text("old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    made = run("train", "--example", "-o", "m.tenure")
    assert (made.exit_code, "No space left on device" in made.stderr) == (1, True)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("m.tenure", "old")]
