"""The command line: what it writes, what it says when it cannot, and that nothing is left half done."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tenure as tn

PACKAGE = str(Path(tn.__file__).parents[1])


def test_the_module_runs_as_a_program(tmp_path):
    environment = os.environ | {"PYTHONPATH": PACKAGE}
    made = subprocess.run([sys.executable, "-m", "tenure", "report", "t.csv"], capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=120)
    assert (made.returncode, made.stdout, made.stderr) == (2, "", "tenure: 't.csv' cannot be read: No such file or directory\n")


def test_a_terminal_that_does_not_know_a_character(tmp_path):
    customers = tn.datasets.make_churn(300, seed=1)
    customers.assign(plan=customers["plan"].map({"Basic": "基本", "Standard": "标准", "Premium": "高级"})).to_csv(tmp_path / "c.csv", index=False)
    environment = os.environ | {"PYTHONPATH": PACKAGE, "PYTHONIOENCODING": "latin-1"}
    command = [sys.executable, "-m", "tenure", "survival", "c.csv", "--by", "plan"]
    made = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment, timeout=120)
    assert (made.returncode, made.stderr) == (0, b"")
    assert b"\\u57fa\\u672c" in made.stdout


def test_example_report_writes_page_and_twin(run, tmp_path):
    made = run("report", "--example", "-o", "report.html")
    assert (made.exit_code, made.stdout.split()) == (0, [str(tmp_path / "report.html"), str(tmp_path / "report.json")])
    assert "11 blank cells" in made.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report.html", "report.json"]
    twin = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert twin["rates"]["headline"]["lost"] == 1869
    assert twin["command"] == "tenure report --example -o report.html"
    assert 'lang="en"' in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_report_on_a_file_in_chinese_with_options(run, tmp_path):
    tn.datasets.make_churn(1200, seed=1).to_csv(tmp_path / "c.csv", index=False)
    (tmp_path / "contract.yaml").write_text("currency: ¥\nprofit_rate: 0.2\n", encoding="utf-8")
    made = run("report", "c.csv", "-o", "r.html", "--json", "twin.json", "--lang", "zh", "-c", "contract.yaml", "--period", "2025-06", "--ignore", "region")
    assert made.exit_code == 0, made.stderr
    twin = json.loads((tmp_path / "twin.json").read_text(encoding="utf-8"))
    assert (twin["rates"]["first"], twin["rates"]["last"]) == ("2025-06-01", "2025-06-30")
    assert twin["contract"]["profit_rate"] == 0.2
    assert all(row["column"] != "region" for row in twin["drivers"]["associations"])
    assert "客户流失分析报告" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "content", "message"),
    [
        (["report"], None, "a customer table is needed"),
        (["report", "t.csv", "--example"], "", "not both"),
        (["report", "missing.csv"], None, "'missing.csv' cannot be read"),
        (["report", "t.csv"], "", "'t.csv' is empty"),
        (["report", "t.csv"], "id,churn\n1,Yes\n2,No\n3,Perhaps\n", "column 'churn' (label) must have two classes"),
        (["report", "t.csv"], "id,churn\n1,Yes\n1,No\n2,No\n", "column 'id' (id) must name each customer once"),
        (["report", "t.csv", "--label", "gone"], "id,churn\n1,Yes\n2,No\n", "column 'gone' (label) is not in the table"),
        (["report", "t.csv", "--lang", "fr"], "id,churn\n1,Yes\n2,No\n", "lang: must be one of en, zh, got 'fr'"),
        (["report", "t.csv", "-c", "none.yaml"], "id,churn\n1,Yes\n2,No\n", "'none.yaml' cannot be read"),
        (["report", "t.csv", "--period", "soon"], "id,churn\n1,Yes\n2,No\n", "--period: 'soon' is not a year"),
        (["report", "t.csv", "-o", "no/such/r.html"], "id,churn\n1,Yes\n2,No\n", "does not exist"),
        (["report", "t.csv", "-o", "r.html", "--json", "r.html"], "id,churn\n1,Yes\n2,No\n", "the same file"),
        (["rate"], None, "give counts"),
        (["rate", "--begin", "3000", "--new", "500", "--lost", "10", "--end", "3300"], None, "end = 3300"),
        (["rate", "--begin", "-5", "--new", "1", "--lost", "1"], None, "begin"),
        (["rate", "--begin", "10", "--lost", "1", "--new", "0", "--convention", "best"], None, "convention"),
        (["rate", "--begin", "10", "--end", "ten"], None, "--end: 'ten' is not a number"),
        (["rate", "--begin", "10", "--lost", "1", "--by", "plan"], None, "--by needs a customer table"),
        (["rate", "t.csv", "--begin", "10"], "id,churn\n1,Yes\n2,No\n", "--begin goes without a table"),
        (["rate", "t.csv", "--by", "plan"], "id,churn\n1,Yes\n2,No\n", "--by: 'plan' is not a column"),
        (["rate", "--begin", "10", "--lost", "1", "--new", "0", "--lost-turnover", "half:5"], None, "'half:5' is not share:amount"),
        (["inspect", "t.csv"], "not a model", ""),
        (["inspect", "none.tenure"], None, "none.tenure"),
    ],
)
def test_bad_input_is_one_clear_line_and_leaves_nothing_behind(run, tmp_path, arguments, content, message):
    if content is not None:
        (tmp_path / "t.csv").write_text(content)
    before = sorted(p.name for p in tmp_path.iterdir())
    made = run(*arguments)
    assert made.exit_code in (1, 2)
    assert made.stdout == ""
    lines = [line for line in made.stderr.splitlines() if not line.startswith("warning: ")]
    assert len(lines) == 1, made.stderr
    assert lines[0].startswith("tenure: ")
    assert message in lines[0]
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_an_old_report_survives_a_failure(run, tmp_path):
    (tmp_path / "r.html").write_text("old page")
    (tmp_path / "r.json").mkdir()  # the twin cannot take its name
    made = run("report", "--example", "-o", "r.html")
    assert made.exit_code == 1
    assert (tmp_path / "r.html").read_text() == "old page"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r.html", "r.json"]


def test_worked_rates(run):
    made = run(
        "rate", "--begin", 3000, "--new", 500, "--end", 3300, "--all-conventions", "--lost-turnover", "0.5:100000,0.5:200000", "--profit-rate", 0.05, "--json"
    )
    found = json.loads(made.stdout)
    shown = {row["convention"]: round(100 * row["rate"], 4) for row in found["rates"]}
    assert shown == {"begin": 6.6667, "begin_gross": 6.6667, "end": 6.0606, "average": 6.3492, "begin_plus_new": 5.7143}
    assert found["lost"] == 200
    assert found["loss"] == {"lost_revenue": 30_000_000, "loss": 1_500_000}
    text = run("rate", "--begin", 3000, "--new", 500, "--end", 3300, "--convention", "end").stdout
    assert "6.0606%" in text
    assert "6.6667%" in text  # the begin value, named beside the survivor denominator


def test_rates_of_a_table_by_segment(run, tmp_path):
    customers = tn.datasets.make_churn(3000, seed=2)
    customers.to_csv(tmp_path / "c.csv", index=False)
    found = json.loads(run("rate", tmp_path / "c.csv", "--by", "plan", "--period", "2025-03", "--json").stdout)
    there = (customers["start"] < "2025-03-01") & (customers["end"].isna() | (customers["end"] >= "2025-03-01"))
    assert found["begin"] == there.sum()
    assert sum(row["customers"] for row in found["segments"]) == there.sum()
    assert sum(row["lost"] for row in found["segments"]) == found["rates"][0]["lost"]


def test_inspect_a_model_file(run, tmp_path):
    customers = tn.datasets.make_churn(500, seed=3)
    model = tn.learn.LogisticRegression().fit(customers[["monthly_charge", "complaints"]], customers["churned"].astype(str))
    model.save(tmp_path / "m.tenure")
    found = json.loads(run("inspect", tmp_path / "m.tenure").stdout)
    assert found["kind"] == "learn.logistic"


def test_version_and_help(run):
    assert run("--version").stdout == f"tenure {tn.__version__}\n"
    for verb in ("report", "rate", "cohort", "survival", "rules", "train", "score", "inspect"):
        assert verb in run("--help").stdout
        assert run(verb, "--help").exit_code == 0
