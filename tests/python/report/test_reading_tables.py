"""What is read, what is guessed, what is refused, and that every refusal names column, rule and row."""

import gzip

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tenure as tn
from tenure import InvalidInput

ROWS = "id,tenure,churn,fee\na,3,Yes,10.5\nb,7,No,20\nc,1,Yes,5\nd,9,No,8\n"


def write(tmp_path, text, name="t.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def codes(customers):
    return [note.code for note in customers.notes]


def test_telco_roles_and_blanks():
    customers = tn.read(tn.datasets.load_telco())
    assert customers.contract.columns() == {"label": "Churn", "duration": "tenure", "value": "MonthlyCharges"}
    assert customers.lost.sum() == 1869
    blank = next(note for note in customers.warnings if note.code == "warn.blank_numbers")
    assert blank.values == {"column": "TotalCharges", "n": 11}
    quality = customers.quality().set_index("column")
    assert quality.loc["TotalCharges", ["missing", "blank", "kind"]].tolist() == [11, 11, "number"]
    assert np.isnan(customers.frame["TotalCharges"]).sum() == 11


@pytest.mark.parametrize("kind", ["csv", "gzip", "parquet", "polars", "pyarrow", "semicolon", "crlf", "bom"])
def test_same_table_through_every_door(tmp_path, kind):
    frame = pd.read_csv(write(tmp_path, ROWS))
    made = {
        "csv": lambda: write(tmp_path, ROWS),
        "gzip": lambda: write(tmp_path, gzip.compress(ROWS.encode()), "t.csv.gz"),
        "parquet": lambda: frame.to_parquet(tmp_path / "t.parquet") or tmp_path / "t.parquet",
        "polars": lambda: pl.DataFrame({name: frame[name].tolist() for name in frame}),
        "pyarrow": lambda: pl.DataFrame({name: frame[name].tolist() for name in frame}).to_arrow(),
        "semicolon": lambda: write(tmp_path, ROWS.replace(",", ";")),
        "crlf": lambda: write(tmp_path, ROWS.replace("\n", "\r\n")),
        "bom": lambda: write(tmp_path, ROWS, encoding="utf-8-sig"),
    }[kind]()
    customers = tn.read(made)
    assert customers.contract.columns() == {"id": "id", "label": "churn", "duration": "tenure"}
    assert customers.lost.tolist() == [True, False, True, False]
    assert customers.time.tolist() == [3, 7, 1, 9]
    assert customers.frame["fee"].tolist() == [10.5, 20, 5, 8]
    assert customers.ids.tolist() == list("abcd")


def test_chinese_names_and_encoding(tmp_path):
    text = "客户编号,网龄,是否流失,套餐\n甲,3,是,A\n乙,7,否,B\n丙,2,是,B\n"
    path = write(tmp_path, text, encoding="gb18030")
    with pytest.raises(InvalidInput, match=r"not UTF-8: byte 0x\w\w in line 1, field 1;.*gb18030"):
        tn.read(path)
    customers = tn.read(path, encoding="gb18030")
    assert customers.contract.columns() == {"id": "客户编号", "label": "是否流失", "duration": "网龄"}
    assert customers.contract.positive == "是"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"id,churn\n", "has a header but no rows"),
        (b"id,churn\n1,Yes\n2\n", r"row 2 .* has 1 fields, the header has 2"),
        (b"id,churn\n1,Yes\n2,No,5\n", r"Expected 2 fields in line 3, saw 3"),
        (b"id,id\n1,Yes\n", "column name 'id' is used 2 times"),
        (b"id,\n1,Yes\n", "column 2 has no name"),
        (b"a\0b,churn\n1,Yes\n", "zero byte in line 1"),
        ("id,churn\n1,Yes\n".encode("utf-16"), "is in UTF-16, not UTF-8"),
        (b"\x1f\x8bnonsense", "damaged gzip"),
        (b"PAR1nonsense", "damaged Parquet"),
        (b"id,churn\n1,Yes\n2,No\n1,No\n", r"column 'id' \(id\) must name each customer once; '1' stands in rows 1, 3"),
        (b"id,churn\n1,Yes\n2,Yes\n", r"column 'churn' \(label\) must have two classes, lost and not lost; it has only 'Yes'"),
        (b"x,plan\n1,a\n2,b\n", "no column says who was lost.*x, plan"),
    ],
)
def test_hostile_files_are_refused_with_the_place(tmp_path, content, message):
    with pytest.raises(InvalidInput, match=message):
        tn.read(write(tmp_path, content))


@pytest.mark.parametrize(
    ("values", "contract", "message"),
    [
        (["Yes", "No", "Maybe"], {"label": "y"}, r"column 'y' \(label\) must have two classes.*it has 3: 'Yes', 'No', 'Maybe' \(row 3\)"),
        (["Yes", "Yes", "Yes"], {"label": "y"}, r"column 'y' \(label\) must have two classes.*only 'Yes'"),
        ([None, None, None], {"label": "y"}, r"column 'y' \(label\).*no values at all"),
        ([1.5, 2.5, 3.5], {"label": "y"}, r"column 'y' \(label\) must have two classes.*it has 3"),
        (["a", "b", "a"], {"label": "y"}, r"has the values 'a' and 'b': say which one means lost with positive"),
        (["Yes", "No", "No"], {"label": "y", "positive": "Left"}, r"has no value 'Left' \(positive\); it has 'No' and 'Yes'"),
        (["Yes", "No", "No"], {"label": "z"}, r"column 'z' \(label\) is not in the table; its columns are y, t"),
        (["Yes", "No", "No"], {"label": "y", "ignore": "q"}, r"column 'q' \(ignore\) is not in the table"),
        (["Yes", "No", "No"], {"label": "y", "duration": "y"}, r"cannot be both 'label' and 'duration'"),
        (["Yes", "No", "No"], {"label": "y", "start": "t"}, r"column 't' \(start\) must hold dates written as YYYY-MM-DD"),
    ],
)
def test_bad_labels_and_roles(values, contract, message):
    frame = pd.DataFrame({"y": values, "t": [1.0, 2.0, 3.0]})
    with pytest.raises(InvalidInput, match=message):
        tn.read(frame, contract)


def test_text_duration_is_refused_with_its_row():
    frame = pd.DataFrame({"churn": ["Yes", "No", "No", "No"], "tenure": ["3", "x1", "y2", "z3"]})
    with pytest.raises(InvalidInput, match=r"column 'tenure' \(duration\) must hold numbers; row 1 has '3'"):
        tn.read(frame, {"duration": "tenure"})


def test_bad_rows_are_left_out_and_counted():
    frame = pd.DataFrame(
        {
            "customer_id": ["a", "b", "b", "c", "d", "e", None],
            "start": ["2025-01-01", "2025-02-01", "2025-02-01", "2025-03-01", None, "2025-05-01", "2025-01-01"],
            "end": ["2025-06-01", None, None, "2025-02-01", None, None, None],
        }
    )
    customers = tn.read(frame, {"as_of": "2025-12-31"})
    dropped = {note.code: note.values["rows"] for note in customers.notes if note.code.startswith("drop.")}
    assert dropped == {"drop.no_id": [7], "drop.repeated_rows": [3], "drop.no_start": [5], "drop.end_before_start": [4]}
    assert customers.ids.tolist() == ["a", "b", "e"]
    assert customers.lost.tolist() == [True, False, False]
    assert customers.time.round(4).tolist() == [round(d / (365.25 / 12), 4) for d in (151, 334, 245)]


def test_negative_duration_missing_label_and_infinite_values():
    frame = pd.DataFrame({"churn": ["Yes", "No", None, "No", "Yes"], "tenure": [3.0, -1.0, 5.0, 6.0, 2.0], "fee": [1.0, 2.0, 3.0, np.inf, 5.0]})
    customers = tn.read(frame)
    assert [note.values["rows"] for note in customers.notes if note.code.startswith("drop.")] == [[3], [2]]
    unreadable = next(note for note in customers.warnings if note.code == "warn.unreadable")
    assert unreadable.values == {"column": "fee", "n": 1, "example": "inf", "row": 4}
    assert len(customers.frame) == 3


def test_mostly_numbers_keeps_the_numbers_and_names_the_rest():
    cells = [str(i) for i in range(99)] + ["n.k."]
    customers = tn.read(pd.DataFrame({"churn": ["Yes", "No"] * 50, "calls": cells}))
    note = next(note for note in customers.warnings if note.code == "warn.unreadable")
    assert (note.values["n"], note.values["example"], note.values["row"]) == (1, "n.k.", 100)
    assert customers.kind("calls") == "number"


def test_label_against_end_date_is_said_and_the_date_decides():
    frame = pd.DataFrame({"churn": ["Yes", "Yes", "No"], "start": ["2025-01-01"] * 3, "end": ["2025-06-01", None, None]})
    customers = tn.read(frame)
    note = next(note for note in customers.warnings if note.code == "warn.label_against_end")
    assert (note.values["n"], note.values["rows"]) == (1, [2])
    assert customers.lost.tolist() == [True, False, False]


def test_ends_after_the_last_day_seen_are_still_there():
    frame = pd.DataFrame({"start": ["2025-01-01"] * 3, "end": ["2025-06-01", "2026-06-01", None]})
    customers = tn.read(frame, {"as_of": "2025-12-31"})
    assert customers.lost.tolist() == [True, False, False]
    assert "note.end_after_as_of" in codes(customers)


def test_identifiers_keep_leading_zeros(tmp_path):
    customers = tn.read(write(tmp_path, "customer_id,churn\n001,Yes\n010,No\n011,No\n"), {"id": "customer_id"})
    assert customers.ids.tolist() == ["001", "010", "011"]


def test_notes_speak_both_languages():
    for note in tn.read(tn.datasets.make_churn(200, seed=1)).notes:
        assert note.text("en") != note.text("zh")
        assert note.to_dict()["zh"] == note.text("zh")


@pytest.mark.parametrize(
    ("names", "duration"),
    [
        (["Age", "Tenure"], "Tenure"),
        (["Customer_Age", "Months_on_book"], "Months_on_book"),
        (["Age", "Subscription Length"], "Subscription Length"),
        (["account_length"], "account_length"),
        (["age"], None),
    ],
)
def test_the_age_of_a_person_is_not_the_time_as_a_customer(names, duration):
    frame = pd.DataFrame({"churn": ["Yes", "No", "No", "Yes"]} | {name: [1.0, 2.0, 3.0, 5.0] for name in names})
    assert tn.read(frame).contract.duration == duration


def test_a_row_number_is_no_feature():
    frame = pd.DataFrame({"churn": ["Yes", "No"] * 15, "RowNumber": range(5, 35), "calls": [3.0, 1.0, 2.0] * 10})
    customers = tn.read(frame)
    assert customers.features == ["calls"]
    assert "note.running_number" in codes(customers)


def test_a_guessed_identifier_that_repeats_is_never_silent():
    table = tn.datasets.make_churn(200, seed=2)
    once = tn.read(table)
    assert len(tn.read(pd.concat([table, table])).frame) == len(once.frame)
    often = tn.read(pd.concat([table] * 5))
    assert often.contract.id is None
    assert [(note.code, note.values["column"], note.values["n"]) for note in often.warnings if note.code == "warn.id_repeats"] == [
        ("warn.id_repeats", "customer_id", 200)
    ]
