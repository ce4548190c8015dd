"""`tenure cohort`: the numbers of `retention_table`, readable, and what it refuses."""

import json

import numpy as np
import pandas as pd
import pytest

import tenure as tn


@pytest.fixture
def customers(churn, tmp_path):
    churn.to_csv(tmp_path / "c.csv", index=False)
    return churn


@pytest.fixture
def events(tmp_path):
    rng = np.random.default_rng(3)
    rows = [(f"c{i}", np.datetime64("2025-01-01") + int(d)) for i in range(80) for d in np.unique(rng.integers(5 * (i % 20), 300, 6))]
    frame = pd.DataFrame(rows, columns=["who", "day"]).sample(frac=1, random_state=0)
    frame.to_csv(tmp_path / "e.csv", index=False)
    return frame


def same_cells(found, table):
    cells = [{"cohort": entry["cohort"], **cell} for entry in found["cohorts"] for cell in entry["cells"]]
    long = table.long
    assert [cell["cohort"] for cell in cells] == long["cohort"].astype(str).str[:10].tolist()
    for name in ("bucket", "eligible", "retained", "complete"):
        assert [cell[name] for cell in cells] == long[name].tolist()
    for name in ("rate", "lower", "upper"):
        np.testing.assert_array_equal([np.nan if cell[name] is None else cell[name] for cell in cells], long[name])
    np.testing.assert_array_equal([row["weighted"] for row in found["overall"] if row["eligible"]], table.overall["weighted"].dropna())


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_numbers_are_those_of_the_retention_table(run, customers, period):
    found = json.loads(run("cohort", "c.csv", "--start", "start", "--end", "end", "--period", period, "--buckets", 6, "--json").stdout)
    table = tn.rates.retention_table(
        customer=np.arange(len(customers)), start=customers["start"], end=customers["end"], kind="subscribed", cohort=period, buckets=6, as_of=found["as_of"]
    )
    assert (found["customers"], found["as_of"]) == (2000, "2025-12-31")
    same_cells(found["groups"][0], table)


def test_text_fits_a_terminal_and_shows_every_cell(run, customers):
    made = run("cohort", "c.csv", "--period", "quarter")
    lines = made.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    head = next(k for k, line in enumerate(lines) if line.startswith("quarter"))
    assert lines[head].split() == ["quarter", "size", *map(str, range(13))]
    first = lines[head + 1].split()
    last = next(line for line in lines if line.startswith("2025-Q4")).split()
    assert first[0] == "2022-Q1"
    assert last[3:] == ["·"] * 12  # only the quarter of the start is over
    table = tn.rates.retention_table(
        customer=np.arange(2000), start=customers["start"], end=customers["end"], kind="subscribed", cohort="quarter", as_of="2025-12-31"
    )
    wide = table.rates.iloc[0]
    assert [float(cell) for cell in first[2:]] == [round(100 * wide[str(k)], 1) for k in range(13)]
    weighted = next(line for line in lines if line.startswith("all ")).split()
    assert [float(cell) for cell in weighted[2:]] == [round(100 * value, 1) for value in table.overall["weighted"]]
    limits = [next(line for line in lines if line.strip().startswith(name)).split()[-13:] for name in ("95% from", "to ")]
    for shown, name in zip(limits, ("lower", "upper"), strict=True):
        assert [float(cell) for cell in shown] == [round(100 * value, 1) for value in table.overall[name]]


def test_groups_are_cohort_tables_of_their_own(run, customers, tmp_path):
    made = run("cohort", "c.csv", "--period", "year", "--by", "contract,autopay", "--buckets", 3, "--json", "-o", "cells.csv")
    found = json.loads(made.stdout)
    assert len(found["groups"]) == 6
    for group in found["groups"]:
        inside = customers[(customers["contract"] == group["group"]["contract"]) & (customers["autopay"] == group["group"]["autopay"])]
        table = tn.rates.retention_table(
            customer=np.arange(len(inside)), start=inside["start"], end=inside["end"], kind="subscribed", cohort="year", buckets=3, as_of=found["as_of"]
        )
        same_cells(group, table)
    cells = pd.read_csv(tmp_path / "cells.csv")
    assert list(cells.columns[:3]) == ["contract", "autopay", "cohort"]
    sizes = cells[(cells["cohort"] != "all") & (cells["bucket"] == 0)]["size"].sum()
    assert sizes == cells[(cells["cohort"] == "all") & (cells["bucket"] == 0)]["size"].sum() == 2000
    assert str(tmp_path / "cells.csv") in made.stderr


@pytest.mark.parametrize(("kind", "name"), [("on", "on"), ("on-or-after", "on_or_after")])
def test_events(run, events, kind, name):
    found = json.loads(run("cohort", "e.csv", "--id", "who", "--date", "day", "--kind", kind, "--buckets", 5, "--json").stdout)
    table = tn.rates.retention_table(events, customer="who", date="day", kind=name, cohort="month", buckets=5)
    assert (found["kind"], found["customers"]) == (kind, 80)
    same_cells(found["groups"][0], table)


def test_brackets(run, events):
    options = ("--id", "who", "--date", "day", "--kind", "bracket", "--brackets", "0,1,3", "--as-of", "2025-12-31")
    made = run("cohort", "e.csv", *options, "--json")
    table = tn.rates.retention_table(events, customer="who", date="day", kind="bracket", cohort="month", buckets=3, brackets=[0, 1, 3], as_of="2025-12-31")
    same_cells(json.loads(made.stdout)["groups"][0], table)
    assert "1-2" in run("cohort", "e.csv", *options).stdout


def test_events_without_a_customer_or_a_day_are_left_out_and_said(run, tmp_path):
    (tmp_path / "e.csv").write_text("who,day\na,2025-01-03\n,2025-01-04\nb,\nb,2025-02-01\n")
    made = run("cohort", "e.csv", "--id", "who", "--date", "day", "--json")
    assert "2 rows without who or day are left out (row 2, 3)" in made.stderr
    assert json.loads(made.stdout)["customers"] == 2


def test_what_the_file_holds_is_what_is_printed(run, customers, tmp_path):
    printed = run("cohort", "c.csv", "--json", "-o", "c.json").stdout
    assert json.loads(printed) == json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))


def test_a_contract_file_names_the_columns(run, churn, tmp_path):
    churn.rename(columns={"start": "von", "end": "bis"}).to_csv(tmp_path / "c.csv", index=False)
    (tmp_path / "contract.yaml").write_text("start: von\nend: bis\nas_of: 2025-12-31\n")
    assert json.loads(run("cohort", "c.csv", "-c", "contract.yaml", "--json").stdout)["customers"] == 2000


@pytest.mark.parametrize(
    ("arguments", "content", "message"),
    [
        ([], None, "a customer table is needed"),
        (["none.csv"], None, "'none.csv' cannot be read"),
        (["t.csv"], "", "'t.csv' is empty"),
        (["t.csv"], "id,churn\n1,Yes\n2,No\n", "--start: a cohort table needs the first day"),
        (["t.csv", "--start", "began"], "id,start,end\n1,2025-01-01,\n", "column 'began' (start) is not in the table"),
        (["t.csv", "--period", "fortnight"], "id\n1\n", "--period: 'fortnight' is none of day, week, month, quarter, year"),
        (["t.csv", "--kind", "off"], "id\n1\n", "--kind: 'off' is none of"),
        (["t.csv", "--kind", "on"], "id\n1\n", "name the column with their day with --date"),
        (["t.csv", "--kind", "subscribed", "--date", "day"], "id\n1\n", "takes no --date"),
        (["t.csv", "--kind", "bracket", "--date", "day"], "id\n1\n", "--kind bracket and --brackets go together"),
        (["t.csv", "--kind", "bracket", "--date", "day", "--brackets", "3,1"], "id\n1\n", "--brackets: '3,1' must be"),
        (["t.csv", "--date", "day"], "id,day\n1,2025-01-01\n", "--id: a table of events needs"),
        (["t.csv", "--date", "when", "--id", "id"], "id,day\n1,2025-01-01\n", "--date: 'when' is not a column"),
        (["t.csv", "--date", "day", "--id", "id"], "id,day\n1,soon\n", "row 1 has 'soon'"),
        (["t.csv", "--by", "plan"], "id,start,end\n1,2025-01-01,\n2,2025-01-02,2025-02-01\n", "--by: 'plan' is not a column; the columns are id, start, end"),
        (["t.csv", "--level", "2"], "id,start,end\n1,2025-01-01,\n2,2025-01-02,2025-02-01\n", "level = 2"),
        (["t.csv", "--end", "end"], "id,start,end\n1,2025-01-01,\n2,2025-01-02,\n", "column 'end' (end) must hold dates written as YYYY-MM-DD; it is empty"),
        (["t.csv", "-o", "cells.xlsx"], "id\n1\n", "-o: 'cells.xlsx' must end in .csv or .json"),
        (["t.csv", "-o", "no/cells.csv"], "id\n1\n", "the folder of 'no/cells.csv' does not exist"),
        (["t.csv", "-o", "t.csv"], "id\n1\n", "is the file that is read"),
        (["t.csv", "--encoding", "klingon"], "id\n1\n", "encoding: 'klingon' is not known"),
    ],
)
def test_bad_input(fails, tmp_path, arguments, content, message):
    if content is not None:
        (tmp_path / "t.csv").write_text(content)
    assert message in fails("cohort", *arguments)


def test_an_encoding_that_was_not_said(fails, tmp_path):
    (tmp_path / "t.csv").write_bytes("id,start,end,plan\n1,2025-01-01,,größer\n".encode("cp1252"))
    assert "is not UTF-8" in fails("cohort", "t.csv")


def test_too_many_groups(fails, customers):
    assert "'customer_id' has 2,000 different values" in fails("cohort", "c.csv", "--by", "customer_id")
