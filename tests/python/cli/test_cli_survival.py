"""`tenure survival`: the numbers of KaplanMeier and log_rank, the drawing, and what it refuses."""

import json
import sys

import numpy as np
import pandas as pd
import pytest

import tenure as tn
from tenure.survival import KaplanMeier, log_rank, outcome


@pytest.fixture
def table(telco, tmp_path):
    telco.to_csv(tmp_path / "t.csv", index=False)
    return telco


def y_of(telco):
    return outcome(telco["tenure"], telco["Churn"] == "Yes")


def test_numbers_are_those_of_the_estimators(run, telco):
    found = json.loads(run("survival", "--example", "--by", "Contract", "--times", "24,6,12", "--tau", 60, "--json").stdout)
    curves = KaplanMeier(interval="log-log").fit(y_of(telco), by=telco["Contract"])
    assert [group["group"] for group in found["groups"]] == curves.groups_
    survival, table = curves.predict([6, 12, 24]), curves.table_
    means, medians = curves.rmst(60), curves.quantile(0.5)
    for g, group in enumerate(found["groups"]):
        assert [point["time"] for point in group["points"]] == [6, 12, 24]
        assert [point["survival"] for point in group["points"]] == survival[g].tolist()
        own = table[(table["group"] == group["group"]) & (table["time"] == 12)].iloc[0]
        point = group["points"][1]
        np.testing.assert_array_equal([point["lower"] or np.nan, point["upper"] or np.nan], [own["lower"], own["upper"]])
        assert [group["rmst"], group["rmst_lower"], group["rmst_upper"]] == means.iloc[g][["rmst", "lower", "upper"]].tolist()
        median = medians.iloc[g]["time"]
        assert group["median"] == (None if np.isinf(median) else median)
        assert group["customers"] == (telco["Contract"] == group["group"]).sum()
    test = log_rank(y_of(telco), telco["Contract"])
    assert found["log_rank"] == {"statistic": test.statistic, "dof": test.dof, "p_value": test.p_value}


def test_text(run):
    made = run("survival", "--example", "--by", "Contract", "--times", "6,12")
    assert max(map(len, made.stdout.splitlines())) <= 100
    assert "Month-to-month      3,875  1,655      35        32 to 38" in made.stdout
    assert "log-rank test: chi-squared 2,352.87, 2 df, p < 0.001: the groups leave at different rates" in made.stdout
    assert "78.6%  77.2% to 79.9%" in made.stdout
    assert "never" in made.stdout


def test_everybody_without_groups(run, table):
    found = json.loads(run("survival", "t.csv", "--label", "Churn", "--duration", "tenure", "--unit", "months", "--json").stdout)
    assert "log_rank" not in found
    assert found["groups"][0]["rmst"] == KaplanMeier().fit(y_of(table)).rmst(72)["rmst"].iloc[0]
    assert [point["time"] for point in found["groups"][0]["points"]] == [12, 24, 36, 48, 60, 72]


def test_dates_make_durations(run, churn, tmp_path):
    churn.drop(columns=["tenure_months", "churned"]).to_csv(tmp_path / "c.csv", index=False)
    found = json.loads(run("survival", "c.csv", "--start", "start", "--end", "end", "--as-of", "2025-12-31", "--times", "12", "--json").stdout)
    customers = tn.read(churn.drop(columns=["tenure_months", "churned"]), {"start": "start", "end": "end", "as_of": "2025-12-31"})
    expected = KaplanMeier().fit(outcome(customers.time, customers.lost)).predict([12])[0]
    assert found["groups"][0]["points"][0]["survival"] == expected


def test_numbers_are_cut_into_bands_in_their_order(run, table):
    made = json.loads(run("survival", "t.csv", "--by", "MonthlyCharges", "--json").stdout)
    names = [group["group"] for group in made["groups"]]
    assert names[0].startswith("under ")
    assert names[-1].endswith(" and over")
    assert sum(group["customers"] for group in made["groups"]) == 7043


def test_missing_cells_are_a_group(run, telco, tmp_path):
    table = telco.assign(Contract=telco["Contract"].astype(object).mask(np.arange(len(telco)) % 9 == 0))
    table.to_csv(tmp_path / "t.csv", index=False)
    found = json.loads(run("survival", "t.csv", "--by", "Contract", "--json").stdout)
    assert {group["group"]: group["customers"] for group in found["groups"]}["(missing)"] == table["Contract"].isna().sum()


def test_nothing_is_said_beyond_what_was_seen(run, table):
    found = json.loads(run("survival", "t.csv", "--times", "72,80", "--tau", "80", "--json").stdout)["groups"][0]
    assert found["points"][0]["survival"] is not None
    assert (found["points"][1]["survival"], found["rmst"]) == (None, None)


def test_curves_and_drawings(run, telco, tmp_path):
    pytest.importorskip("matplotlib")
    made = run("survival", "--example", "--by", "Contract", "-o", "curve.csv", "--plot", "curve.svg")
    assert made.exit_code == 0, made.stderr
    curve = pd.read_csv(tmp_path / "curve.csv")
    expected = KaplanMeier(interval="log-log").fit(y_of(telco), by=telco["Contract"]).table_
    np.testing.assert_allclose(curve.drop(columns="group"), expected.drop(columns="group"), rtol=1e-12)
    drawing = (tmp_path / "curve.svg").read_text(encoding="utf-8")
    assert all(f">{word}<" in drawing for word in ("Month-to-month", "Two year", "months"))
    run("survival", "--example", "--by", "Contract", "--plot", "again.svg")
    assert (tmp_path / "again.svg").read_text(encoding="utf-8") == drawing
    run("survival", "--example", "--plot", "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_a_drawing_without_matplotlib(fails, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "--plot: drawing needs the package matplotlib" in fails("survival", "--example", "--plot", "curve.svg")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "a customer table is needed (or --example"),
        (["t.csv", "--example"], "not both"),
        (["t.csv", "--by", "nope"], "--by: 'nope' is not a column"),
        (["t.csv", "--by", "Churn"], "--by: 'Churn' tells what became of a customer"),
        (["t.csv", "--duration", "nope"], "column 'nope' (duration) is not in the table"),
        (["t.csv", "--duration", "Contract"], "column 'Contract' (duration) must hold numbers; row 1 has 'Month-to-month'"),
        (["t.csv", "--ignore", "tenure"], "--duration: survival needs the time as a customer"),
        (["t.csv", "--times", "6,x"], "--times: 'x' is not a number"),
        (["t.csv", "--times", "-1"], "--times: '-1' must be numbers of at least 0"),
        (["t.csv", "--tau", "0"], "--tau: 0 must be more than 0"),
        (["t.csv", "--level", "0"], "level = 0"),
        (["t.csv", "--plot", "curve.pdf"], "--plot: 'curve.pdf' must end in .svg or .png"),
        (["t.csv", "-o", "curve.json", "--plot", "curve.json"], "--plot: 'curve.json' must end in"),
        (["t.csv", "-o", "t.csv"], "is the file that is read"),
        (["one.csv"], "column 'Churn' (label) must have two classes, lost and not lost; it has only 'No'"),
        (["empty.csv"], "'empty.csv' is empty"),
        (["head.csv"], "'head.csv' has a header but no rows"),
        (["wide.csv"], "say so with encoding='utf-16'"),
    ],
)
def test_bad_input(fails, table, tmp_path, arguments, message):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "head.csv").write_text("id,churn,tenure\n")
    small = table.head(50)
    small.assign(Churn="No").to_csv(tmp_path / "one.csv", index=False)
    small.to_csv(tmp_path / "wide.csv", index=False, encoding="utf-16")
    assert message in fails("survival", *arguments)


def test_a_place_that_cannot_be_written_leaves_nothing(run, tmp_path):
    (tmp_path / "curve.svg").mkdir()
    made = run("survival", "--example", "-o", "curve.csv", "--plot", "curve.svg")
    assert made.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["curve.svg"]
