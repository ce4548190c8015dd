"""`tenure score`: the probabilities, tiers and reasons of the library, for tables that fit the model; everything else is refused."""

import json
import os

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import tenure as tn
from tenure.cli import app
from tenure.evaluate import reasons


def features_of(frame, left_out=("TotalCharges",)):
    customers = tn.read(frame)
    return customers, customers.frame[[name for name in customers.features if name not in left_out]]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Models of the Telco table, trained once by the command line."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("logistic", "forest", "tree", "cox"):
        made = CliRunner().invoke(app, ["train", "--example", "--model", name, "-o", str(folder / f"{name}.tenure")])
        assert made.exit_code == 0, made.output
    return folder


@pytest.mark.parametrize("name", ["logistic", "forest", "tree"])
def test_probabilities_tiers_and_reasons_are_those_of_the_library(run, models, telco, tmp_path, name):
    now = telco[telco["Churn"] == "No"].drop(columns=["Churn", "TotalCharges"]).head(300)
    now.to_csv(tmp_path / "now.csv", index=False)
    made = run("score", models / f"{name}.tenure", "now.csv", "-o", "s.json")
    assert made.exit_code == 0, made.stderr
    scored = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    model = tn.load(models / f"{name}.tenure")
    design = features_of(telco)[1]
    wanted = design[(telco["Churn"] == "No").to_numpy()].head(300).reset_index(drop=True)
    np.testing.assert_array_equal([row["probability"] for row in scored], model.predict_proba(wanted)[:, 1])
    assert {row["tier"] for row in scored} <= {"high", "raised", "low"}
    assert all((row["tier"] == "high") == (row["probability"] >= 0.53) and (row["tier"] == "low") == (row["probability"] < 0.27) for row in scored)
    expected = reasons(model, wanted, background=design)
    least = 0.05 if name == "logistic" else 0.005
    for k, row in enumerate(scored):
        own = expected[(expected["row"] == k) & (expected["contribution"] >= least)]
        assert [reason["reason"] for reason in row["reasons"]] == own["reason"].tolist()
        np.testing.assert_allclose([reason["contribution"] for reason in row["reasons"]], own["contribution"], rtol=1e-9)
        assert [reason["value"] for reason in row["reasons"]] == own["value"].tolist()


def test_cox_looks_a_year_ahead_of_the_time_already_stayed(run, models, telco, tmp_path):
    telco.head(200).drop(columns="Churn").to_csv(tmp_path / "now.csv", index=False)
    made = run("score", models / "cox.tenure", "now.csv", "-o", "s.csv")
    scored = pd.read_csv(tmp_path / "s.csv")
    customers, design = features_of(telco, ("TotalCharges", "tenure"))
    model = tn.load(models / "cox.tenure")
    now, time = design.head(200), customers.time[:200]
    expected = 1 - model.predict_survival(now, [12], given=time)[:, 0]
    known = time + 12 <= 72
    np.testing.assert_allclose(scored["probability"][known], expected[known], rtol=1e-12)
    assert scored["probability"][~known].isna().all()
    assert scored["tier"][~known].isna().all()
    np.testing.assert_allclose(scored["hazard_ratio"], np.exp(model.predict(now) - model.predict(design).mean()), rtol=1e-9)
    assert f"{(~known).sum()} customers have been there so long" in made.stderr


def test_files_of_every_kind_hold_the_same(run, models, telco, tmp_path):
    pytest.importorskip("pyarrow")
    telco.head(60).to_parquet(tmp_path / "now.parquet")
    for name in ("s.csv", "s.parquet", "s.json"):
        assert run("score", models / "logistic.tenure", "now.parquet", "-o", name).exit_code == 0
    text, binary = pd.read_csv(tmp_path / "s.csv"), pd.read_parquet(tmp_path / "s.parquet")
    records = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert list(text.columns) == list(binary.columns) == ["row", "probability", "tier", "reason_1", "reason_2", "reason_3"]
    np.testing.assert_allclose(text["probability"], binary["probability"], rtol=1e-12)
    assert binary["probability"].tolist() == [record["probability"] for record in records]
    assert binary["reason_1"].dropna().tolist() == [record["reasons"][0]["sentence"] for record in records if record["reasons"]]


def test_text_fits_a_terminal(run, models):
    made = run("score", models / "logistic.tenure", "--example")
    assert max(map(len, made.stdout.splitlines())) <= 100
    assert "Telco (embedded example): 7,043 customers; probability of leaving" in made.stdout
    assert "high    from 53%" in made.stdout
    assert "which says who was lost already" in made.stderr


def test_reasons_in_chinese_and_none_at_all(run, models, tmp_path):
    run("score", models / "logistic.tenure", "--example", "--lang", "zh", "--reasons", 1)
    scored = pd.read_csv(tmp_path / "scored.csv")
    assert list(scored.columns) == ["row", "probability", "tier", "reason_1"]
    assert scored["reason_1"].dropna().str.startswith("较高的流失风险与").all()
    run("score", models / "forest.tenure", "--example", "--reasons", 0)
    assert list(pd.read_csv(tmp_path / "scored.csv").columns) == ["row", "probability", "tier"]


def test_one_customer_gets_the_same_score_and_reasons_as_among_others(run, models, telco, tmp_path):
    table = telco.drop(columns="Churn")
    table.head(50).to_csv(tmp_path / "many.csv", index=False)
    table.iloc[[7]].to_csv(tmp_path / "one.csv", index=False)
    for name in ("logistic", "forest", "cox"):
        for source in ("many", "one"):
            assert run("score", models / f"{name}.tenure", f"{source}.csv", "-o", f"{source}.json").exit_code == 0
        many, one = (json.loads((tmp_path / f"{source}.json").read_text(encoding="utf-8")) for source in ("many", "one"))
        assert [{**one[0], "row": "8"}] == [many[7]]


def test_columns_may_come_in_any_order_with_others_between(run, models, telco, tmp_path):
    telco.head(80).to_csv(tmp_path / "a.csv", index=False)
    telco.head(80).assign(note="x")[[*telco.columns[::-1], "note"]].to_csv(tmp_path / "b.csv", index=False)
    for source in "ab":
        run("score", models / "logistic.tenure", f"{source}.csv", "-o", f"s{source}.csv")
    assert (tmp_path / "sa.csv").read_bytes() == (tmp_path / "sb.csv").read_bytes()


def test_levels_that_are_written_differently(run, models, telco, tmp_path):
    """A category of numbers or truth values is the same category as number, text or truth value."""
    plain = telco.head(30).drop(columns="Churn")
    plain.to_csv(tmp_path / "a.csv", index=False)
    plain.assign(SeniorCitizen=plain["SeniorCitizen"].astype(float), Partner=plain["Partner"] == "Yes").to_parquet(tmp_path / "b.parquet")
    for source in ("a.csv", "b.parquet"):
        assert run("score", models / "logistic.tenure", source, "-o", f"s{source[0]}.csv").exit_code == 0
    assert (tmp_path / "sa.csv").read_bytes() == (tmp_path / "sb.csv").read_bytes()


def test_trees_take_new_levels_and_gaps_as_missing(run, models, telco, tmp_path):
    changed = telco.head(50).drop(columns="Churn").assign(tenure=telco["tenure"].head(50).astype(float))
    changed.loc[3, "Contract"], changed.loc[[4, 9], "tenure"] = "Ten years", np.nan
    changed.to_csv(tmp_path / "now.csv", index=False)
    made = run("score", models / "forest.tenure", "now.csv", "-o", "s.csv")
    assert "column 'Contract': 'Ten years' in row 4 was not seen in training; it counts as missing (1 row with new values)" in made.stderr
    design = features_of(telco)[1].head(50).copy()
    design.loc[3, "Contract"], design.loc[[4, 9], "tenure"] = np.nan, np.nan
    expected = tn.load(models / "forest.tenure").predict_proba(design)[:, 1]
    np.testing.assert_allclose(pd.read_csv(tmp_path / "s.csv")["probability"], expected, rtol=1e-12)


def test_a_model_with_gaps_in_its_training(run, telco, tmp_path):
    """Linear models mark the gaps they were trained with, and give the missing cell as a reason by its name."""
    gaps = telco.assign(MonthlyCharges=telco["MonthlyCharges"].mask((telco["Churn"] == "Yes") & (np.arange(len(telco)) % 3 == 0)))
    gaps["PaymentMethod"] = gaps["PaymentMethod"].astype(object).mask(np.arange(len(telco)) % 11 == 0)
    gaps.to_csv(tmp_path / "t.csv", index=False)
    assert run("train", "t.csv", "-o", "m.tenure").exit_code == 0
    model = tn.load(tmp_path / "m.tenure")
    assert "MonthlyCharges is missing" in model.feature_names_in_
    assert "PaymentMethod[(missing)]" in model.terms_
    assert run("score", "m.tenure", "t.csv", "-o", "s.json", "--reasons", 1).exit_code == 0
    scored = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    values = {row["reasons"][0]["value"] for row, gone in zip(scored, gaps["MonthlyCharges"].isna(), strict=True) if gone}
    assert values == {"missing"}


def test_dates_make_the_time_as_a_customer(run, churn, tmp_path):
    churn.to_csv(tmp_path / "c.csv", index=False)
    run("train", "c.csv", "-o", "m.tenure")
    now = churn[churn["end"].isna()].drop(columns=["end", "churned", "tenure_months", "reason"]).head(100)
    now.to_csv(tmp_path / "now.csv", index=False)
    made = run("score", "m.tenure", "now.csv", "--as-of", "2025-12-31", "-o", "s.csv")
    assert "within 365 days" in made.stdout
    assert "counted up to" not in made.stderr
    scored = pd.read_csv(tmp_path / "s.csv")
    assert scored["customer_id"].tolist() == now["customer_id"].tolist()
    model = tn.load(tmp_path / "m.tenure")
    months = (pd.Timestamp("2026-01-01") - pd.to_datetime(now["start"])).dt.days / (365.25 / 12)
    design = now.assign(tenure_months=months)[list(model.feature_names_in_)]
    np.testing.assert_allclose(scored["probability"], model.predict_proba(design)[:, 1], rtol=1e-12)
    assert "counted up to 2025-" in run("score", "m.tenure", "now.csv").stderr


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("logistic", [], "a customer table is needed"),
        ("logistic", ["none.csv"], "'none.csv' cannot be read"),
        ("logistic", ["empty.csv"], "'empty.csv' is empty"),
        ("logistic", ["wide.csv"], "say so with encoding='utf-16'"),
        ("logistic", ["lack.csv"], "'lack.csv' lacks the columns 'tenure', 'Contract', which the model needs"),
        ("cox", ["lack.csv"], "'lack.csv' lacks the columns 'Contract', 'tenure', which the model needs"),
        ("logistic", ["new.csv"], "column 'Contract': 'Ten years' in row 4 was not seen in training (1 row with new values)"),
        ("cox", ["new.csv"], "column 'Contract': 'Ten years' in row 4 was not seen in training"),
        ("logistic", ["gap.csv"], "column 'tenure' is empty in rows 5, 10; the model was trained without gaps in it"),
        ("cox", ["gap.csv"], "column 'tenure' is empty in row 5"),
        ("logistic", ["word.csv"], "column 'tenure' must hold numbers as in training; row 5 has 'many'"),
        ("forest", ["word.csv"], "column 'tenure' must hold numbers as in training; row 5 has 'many'"),
        ("logistic", ["t.csv", "--id", "nope"], "--id: 'nope' is not a column"),
        ("logistic", ["t.csv", "--id", "Contract"], "column 'Contract' (id) must name each customer once; 'Month-to-month' stands in rows 1, 3, 5, 6, 7"),
        ("logistic", ["t.csv", "-o", "s.xls"], "-o: 's.xls' must end in .csv, .parquet or .json"),
        ("logistic", ["t.csv", "-o", "no/s.csv"], "the folder of 'no/s.csv' does not exist"),
        ("logistic", ["t.csv", "-o", "t.csv"], "is the file that is read"),
        ("logistic", ["t.csv", "--lang", "fr"], "lang: must be one of en, zh, got 'fr'"),
        ("logistic", ["t.csv", "--example"], "not both"),
    ],
)
def test_bad_input(fails, models, telco, tmp_path, name, arguments, message):
    small = telco.head(40).assign(tenure=telco["tenure"].head(40).astype(object))
    small.to_csv(tmp_path / "t.csv", index=False)
    small.to_csv(tmp_path / "wide.csv", index=False, encoding="utf-16")
    small.drop(columns=["Contract", "tenure"]).to_csv(tmp_path / "lack.csv", index=False)
    for file, cells in {"new": {("Contract", 3): "Ten years"}, "gap": {("tenure", 4): None, ("tenure", 9): None}, "word": {("tenure", 4): "many"}}.items():
        changed = small.astype(object).copy()
        for (column, row), value in cells.items():
            changed.loc[row, column] = value
        changed.to_csv(tmp_path / f"{file}.csv", index=False)
    (tmp_path / "empty.csv").write_text("")
    assert message in fails("score", models / f"{name}.tenure", *arguments)


def test_files_that_are_no_model_of_train(fails, models, telco, tmp_path):
    telco.head(40).to_csv(tmp_path / "t.csv", index=False)
    assert "'none.tenure' cannot be read" in fails("score", "none.tenure", "t.csv")
    assert "'t.csv' is no model file" in fails("score", "t.csv", "t.csv")
    (tmp_path / "cut.tenure").write_bytes((models / "logistic.tenure").read_bytes()[:3000])
    assert "'cut.tenure' is no model file: model file is truncated" in fails("score", "cut.tenure", "t.csv")
    model = tn.load(models / "logistic.tenure")
    card = dict(model.card_)
    del model.card_
    model.save(tmp_path / "bare.tenure")
    assert "was not written by `tenure train`" in fails("score", "bare.tenure", "t.csv")
    for key, value, message in (
        ("format", "tenure.card/9", "has a card of format 'tenure.card/9'"),
        ("tiers", [0.5], "has a damaged card"),
        ("average", np.zeros(2), "has a damaged card: its columns are not those of the model"),
        ("together", [["tenure"]], "has a damaged card: the columns of its reasons"),
        ("preparation", {"native": False, "columns": 3}, "has a damaged card"),
    ):
        model.card_ = {**card, key: value}
        model.save(tmp_path / "bad.tenure")
        assert message in fails("score", "bad.tenure", "t.csv")


def test_old_scores_survive_a_place_that_cannot_be_written(run, models, tmp_path, monkeypatch):
    (tmp_path / "scored.csv").write_text("old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    made = run("score", models / "logistic.tenure", "--example")
    assert (made.exit_code, "No space left on device" in made.stderr) == (1, True)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("scored.csv", "old")]
