"""A contract says what it means, or says what is wrong with it."""

import datetime

import pytest

import tenure as tn
from tenure import Contract, InvalidInput


def test_file_round_trip(tmp_path):
    contract = Contract(
        label="Churn", positive="Yes", value="fee", currency="€", profit_rate=0.3, as_of="2025-12-31", period=("2025-01-01", "2025-12-31"), ignore=("note",)
    )
    contract.to_file(tmp_path / "c.yaml")
    assert Contract.from_file(tmp_path / "c.yaml") == contract


def test_bare_yes_in_yaml_means_the_word(tmp_path):
    (tmp_path / "c.yaml").write_text("label: Churn\npositive: Yes\n")
    assert Contract.from_file(tmp_path / "c.yaml").positive == "Yes"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("labell: Churn", "'labell' is not a field; did you mean 'label'"),
        ("- label", "must hold lines like"),
        ("label: [", "not valid YAML"),
        ("duration_unit: moons", "'duration_unit' must be one of days, weeks, months, years, got 'moons'"),
        ("profit_rate: 20", "'profit_rate' must be a number between 0 and 1, got 20"),
        ("as_of: soon", "'as_of' must be a date as YYYY-MM-DD, got 'soon'"),
        ("period: [2025-12-31, 2025-01-01]", "'period' must not end"),
        ("period: 2025", "'period' must be two dates"),
        ("label: a\nid: a", "column 'a' cannot be both 'id' and 'label'"),
    ],
)
def test_bad_contracts_are_named(tmp_path, text, message):
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(InvalidInput, match=message):
        Contract.from_file(tmp_path / "c.yaml")


def test_contract_from_a_reading_reads_the_same_again():
    first = tn.read(tn.datasets.make_churn(300, seed=2))
    again = tn.read(tn.datasets.make_churn(300, seed=2), first.contract.to_mapping())
    assert again.contract == first.contract
    assert not [note for note in again.notes if note.code.startswith("assume.")]


def test_dates_of_every_kind():
    assert Contract(as_of=datetime.datetime(2025, 1, 2, 3)).as_of == datetime.date(2025, 1, 2)
