"""`tenure monitor`: the numbers of `tenure.alert.drift` for two files."""

import json

import pandas as pd
import pytest

from tenure.alert import drift


@pytest.fixture
def files(churn, tmp_path):
    churn.to_csv(tmp_path / "then.csv", index=False)
    later = churn.assign(monthly_charge=churn["monthly_charge"] * 1.5, extra=1)
    later.to_csv(tmp_path / "now.csv", index=False)
    return churn, later


def test_numbers_are_those_of_drift(run, files):
    then, now = files
    names = ["monthly_charge", "plan", "complaints"]
    found = json.loads(run("monitor", "then.csv", "now.csv", "--columns", ",".join(names), "--json").stdout)
    expected = drift(then[names], now[names])
    assert found["drifted"] == expected.drifted == ["monthly_charge"]
    for row, (_, wanted) in zip(found["columns"], expected.table.iterrows(), strict=True):
        assert (row["column"], row["verdict"]) == (wanted["column"], wanted["verdict"])
        assert [row[k] for k in ("psi", "effect", "q_value")] == pytest.approx([wanted[k] for k in ("psi", "effect", "q_value")], rel=1e-12)


def test_every_column_is_compared_or_named(run, files):
    then, now = files
    found = json.loads(run("monitor", "then.csv", "now.csv", "--json").stdout)
    assert {row["column"] for row in found["columns"]} | set(found["left_out"]) == set(then) | set(now)
    assert found["left_out"]["start"] == "holds dates"
    assert found["left_out"]["extra"] == "is only in current"
    assert "customer_id" in found["left_out"]


def test_text_fits_a_terminal_and_files_hold_the_table(run, files, tmp_path):
    made = run("monitor", "then.csv", "now.csv", "--by", "plan", "-o", "drift.csv")
    assert max(map(len, made.stdout.splitlines())) <= 100
    assert "much drift" in made.stdout
    assert set(pd.read_csv(tmp_path / "drift.csv")["segment"]) == set(files[0]["plan"])
    plain = run("monitor", "then.csv", "now.csv", "--json", "-o", "drift.json").stdout
    assert json.loads(plain) == json.loads((tmp_path / "drift.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["then.csv", "none.csv"], "'none.csv' cannot be read"),
        (["then.csv", "now.csv", "--columns", "nothing"], "--columns: 'nothing' is not a column"),
        (["then.csv", "now.csv", "--columns", "start"], "--columns: 'start' holds dates"),
        (["then.csv", "now.csv", "--by", "customer_id"], "--by: 'customer_id'"),
        (["then.csv", "now.csv", "--level", "2"], "level"),
        (["then.csv", "now.csv", "-o", "then.csv"], "it would be lost"),
    ],
)
def test_bad_input_is_one_line(run, files, tmp_path, arguments, message):
    before = sorted(path.name for path in tmp_path.iterdir())
    made = run("monitor", *arguments)
    assert made.exit_code == 2
    assert message in made.stderr
    assert len(made.stderr.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before
