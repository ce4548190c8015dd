"""`tenure rules`: the rules of `churn_rules` as sentences, without columns that know the answer."""

import json

import pandas as pd
import pytest

import tenure as tn
from tenure.reporting._population import population


def found_in(telco, **options):
    customers = tn.read(telco)
    people = population(customers, ["TotalCharges"])
    return tn.rules.churn_rules(people.frame, people.lost, **options)


def test_rules_are_those_of_churn_rules(run, telco):
    made = run("rules", "--example", "--max-length", 2, "--min-support", 0.02, "--top", 7, "--json")
    found = json.loads(made.stdout)
    expected = found_in(telco, max_length=2, min_support=0.02)
    assert (found["found"], found["churn_rate"], found["left_out"]) == (len(expected), expected.churn_rate, ["TotalCharges"])
    assert [rule["sentence"] for rule in found["rules"]] == expected.sentences(7)
    frame = expected.to_frame(limit=7)
    for name in ("customers", "churned", "confidence_lower", "confidence_upper", "lift", "q_value"):
        assert [rule[name] for rule in found["rules"]] == frame[name].tolist()
    assert [tuple(rule["antecedent"]) for rule in found["rules"]] == frame["antecedent"].tolist()
    assert "“TotalCharges” is tenure × MonthlyCharges" in made.stderr
    assert not any("TotalCharges" in rule["sentence"] for rule in found["rules"])


def test_text_is_numbered_and_fits_a_terminal(run):
    made = run("rules", "--example", "--top", 12)
    lines = made.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[0] == "Telco (embedded example): 7,043 customers, 1,869 lost (26.5%)"
    assert lines[1].endswith("rules at a false discovery rate of 0.05; the 12 with the strongest evidence")
    assert lines[3].startswith(" 1. Of 3875 customers with Contract = Month-to-month, 1655 left: 42.7%")
    assert sum(line.lstrip()[:3] in [f"{k}. "[:3] for k in range(1, 13)] for line in lines) == 12


def test_a_period_looks_at_the_customers_of_its_first_day(run, churn, tmp_path):
    churn.to_csv(tmp_path / "c.csv", index=False)
    found = json.loads(run("rules", "c.csv", "--period", "2025-01-01:2025-06-30", "--max-q", 1, "--json").stdout)
    there = (churn["start"] < "2025-01-01") & (churn["end"].isna() | (churn["end"] >= "2025-01-01"))
    assert found["customers"] == there.sum()
    assert found["lost"] == (there & (churn["end"] <= "2025-06-30")).sum()


def test_rules_are_counted_again_among_those_held_out(run):
    found = json.loads(run("rules", "--example", "--holdout", 0.3, "--top", 3, "--max-length", 1, "--json").stdout)
    assert all("Among customers held out" in rule["sentence"] for rule in found["rules"])
    assert all(isinstance(rule["confirmed"], bool) for rule in found["rules"])


def test_files(run, tmp_path):
    printed = run("rules", "--example", "--top", 4, "--max-length", 1, "-o", "r.csv").stdout
    table = pd.read_csv(tmp_path / "r.csv")
    assert len(table) == 4
    assert table["sentence"].iloc[0][:40] in printed
    assert json.loads(run("rules", "--example", "--top", 4, "--json", "-o", "r.json").stdout) == json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))


def test_no_rule_is_an_answer(run, telco, tmp_path):
    telco.head(40).to_csv(tmp_path / "t.csv", index=False)
    made = run("rules", "t.csv", "-o", "r.csv")
    assert made.exit_code == 0
    assert "No habit goes with leaving" in made.stdout
    assert len(pd.read_csv(tmp_path / "r.csv")) == 0


@pytest.mark.parametrize(
    ("arguments", "content", "message"),
    [
        ([], None, "a customer table is needed"),
        (["t.csv"], "", "'t.csv' is empty"),
        (["t.csv"], "id,churn,plan\n1,Yes,a\n2,Yes,b\n", "it has only 'Yes'"),
        (["t.csv", "--label", "gone"], "id,churn\n1,Yes\n2,No\n", "column 'gone' (label) is not in the table"),
        (["t.csv"], "id,churn\n1,Yes\n2,No\n", "the table has no column to learn from"),
        (["t.csv", "--min-support", "0"], "id\n1\n", "--min-support: 0 must be"),
        (["t.csv", "--max-q", "1.5"], "id\n1\n", "--max-q: 1.5 must be"),
        (["t.csv", "--max-length", "13"], "id\n1\n", "--max-length: 13 must be between 1 and 12"),
        (["t.csv", "--holdout", "1"], "id\n1\n", "--holdout: 1 must be"),
        (["t.csv", "-o", "r.txt"], "id\n1\n", "-o: 'r.txt' must end in .csv or .json"),
        (["t.csv", "-c", "none.yaml"], "id\n1\n", "'none.yaml' cannot be read"),
    ],
)
def test_bad_input(fails, tmp_path, arguments, content, message):
    if content is not None:
        (tmp_path / "t.csv").write_text(content)
    assert message in fails("rules", *arguments)
