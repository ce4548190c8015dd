import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from survival.reference import ROOT, case, close
from tenure.survival import CoxPH, outcome, time_varying


def tables(name):
    return pd.read_csv(ROOT / f"data/tv_{name}_base.csv"), pd.read_csv(ROOT / f"data/tv_{name}_changes.csv")


def cut(name):
    base, changes = tables(name)
    base = base.assign(transplant=0.0) if name == "heart" else base
    return time_varying(base.drop(columns=["time", "status"]), changes, outcome(base["time"], base["status"]), id="id")


@pytest.mark.parametrize(("name", "changing"), [("heart", ["transplant"]), ("pbc", ["log_bili", "albumin"])])
def test_rows_and_regression_are_those_of_tmerge(name, changing):
    ref = case("time_varying")[0][name]
    rows = cut(name)
    np.testing.assert_array_equal(rows.id, ref["id"])
    np.testing.assert_array_equal(rows.y["entry"], ref["start"])
    np.testing.assert_array_equal(rows.y["time"], ref["stop"])
    for column in changing:
        np.testing.assert_array_equal(rows.X[column], ref[column])
    model = CoxPH().fit(rows.X[ref["names"]], rows.y, cluster=rows.id)
    close(model.coef_, ref["coef"], 1e-8, "coef")
    close(model.std_err_, ref["se"], 1e-8, "se")
    close(model.robust_std_err_, ref["robust_se"], 1e-8, "robust se")
    close([model.log_likelihood_null_, model.log_likelihood_], ref["loglik"], 1e-10, "log likelihood")


def small():
    base = pd.DataFrame(
        {"id": ["a", "b", "c"], "plan": pd.Categorical(["basic", "pro", "basic"], categories=["pro", "basic"]), "fee": [10, 20, 30], "city": ["x", "y", "z"]}
    )
    changes = pd.DataFrame(
        {"id": ["b", "a", "a", "a"], "time": [3, 8, 2, 5], "plan": pd.Categorical(["basic", None, "gold", "basic"]), "calls": [1.0, 4.0, None, 3.0]}
    )
    return base, changes, outcome([10, 7, 4], [True, True, False], [0, 3, 1])


def test_values_are_carried_forward():
    base, changes, y = small()
    rows = time_varying(base, changes, y, id="id")
    assert rows.id.tolist() == ["a"] * 4 + ["b", "c"]
    assert list(zip(rows.y["entry"], rows.y["time"], strict=True)) == [(0, 2), (2, 5), (5, 8), (8, 10), (3, 7), (1, 4)]
    assert rows.y["event"].tolist() == [False, False, False, True, True, False]
    assert rows.X.columns.tolist() == ["plan", "fee", "city", "calls"]
    assert rows.X["plan"].tolist() == ["basic", "gold", "basic", "basic", "basic", "basic"]  # b changed as it was first seen
    assert rows.X["plan"].cat.categories.tolist() == ["pro", "basic", "gold"]
    assert rows.X["fee"].tolist() == [10, 10, 10, 10, 20, 30]
    np.testing.assert_array_equal(rows.X["calls"], [np.nan, np.nan, 3, 4, 1, np.nan])


def to_polars(frame):
    enums = {name: pl.Enum(list(frame[name].cat.categories)) for name in frame.select_dtypes("category")}
    return pl.from_pandas(frame).with_columns(pl.col(name).cast(kind) for name, kind in enums.items())


@pytest.mark.parametrize("kind", [to_polars, pa.Table.from_pandas], ids=["polars", "pyarrow"])
def test_every_frame_gives_the_same_rows(kind):
    base, changes, y = small()
    changes["time"] += 1
    expected = time_varying(base, changes, y, id="id")
    found = time_varying(kind(base), kind(changes), y, id="id")
    assert isinstance(found.X, type(kind(base)))
    frame = found.X.to_pandas()
    for column in ("plan", "fee", "city"):
        assert frame[column].tolist() == expected.X[column].tolist()
    np.testing.assert_array_equal(frame["calls"].to_numpy(float), expected.X["calls"])
    np.testing.assert_array_equal(found.y, expected.y)
    X = pd.DataFrame({"plan": expected.X["plan"], "fee": expected.X["fee"]})
    same = CoxPH(alpha=1).fit(X, expected.y)
    other = CoxPH(alpha=1).fit(found.X.select(["plan", "fee"]), found.y)
    assert same.names_ == other.names_
    np.testing.assert_array_equal(same.coef_, other.coef_)


def test_order_of_changes_does_not_matter_and_none_is_fine():
    base, changes, y = small()
    expected = time_varying(base, changes, y, id="id")
    shuffled = time_varying(base, changes.iloc[[3, 0, 2, 1]], y, id="id")
    pd.testing.assert_frame_equal(expected.X, shuffled.X)
    labelled = time_varying(base.set_index(pd.Index([7, 3, 7])), changes.set_index(pd.Index([1, 1, 0, 2])), y, id="id")
    for column in expected.X:
        assert labelled.X[column].tolist() == pytest.approx(expected.X[column].tolist(), nan_ok=True)  # labels of rows mean nothing
    none = time_varying(base, changes.iloc[:0][["id", "time"]], y, id="id")
    pd.testing.assert_frame_equal(none.X, base.drop(columns="id"))
    np.testing.assert_array_equal(none.y["entry"], [0, 3, 1])
    at_end = time_varying(base, pd.DataFrame({"id": ["c"], "time": [4], "fee": [99]}), y, id="id")
    assert at_end.X["fee"].tolist() == [10, 20, 30]  # what comes with the end explains nothing


def test_refusals_name_customer_and_row():
    base, _, y = small()

    def change(**columns):
        return pd.DataFrame({"id": ["a", "b"], "time": [2, 5], "fee": [1, 2]} | columns)

    cases = [
        (change(time=[2, 8]), "id 'b' changes at 8 in row 1, after its end 7"),
        (change(time=[2, 1]), "id 'b' changes at 1 in row 1, before its entry 3"),
        (change(id=["b", "b"], time=[4, 4]), "id 'b' changes twice at 4, in rows 0 and 1"),
        (change(id=["a", "q"]), "id 'q' in row 1 is no customer"),
        (change(id=["a", None]), "id is missing in row 1"),
        (change(time=[2, np.nan]), r"'time' is missing or infinite in row 1 \(id 'b'\)"),
        (change().drop(columns="time"), "changes has no column 'time'"),
    ]
    for frame, text in cases:
        with pytest.raises(ValueError, match=text):
            time_varying(base, frame, y, id="id")
    with pytest.raises(ValueError, match="id 'a' stands in row 0 and again in row 2"):
        time_varying(base.assign(id=["a", "b", "a"]), change(), y, id="id")
    with pytest.raises(ValueError, match=r"id 'c' \(row 2\) ends at 0"):
        time_varying(base, change(), outcome([10, 7, 0], [1, 1, 0]), id="id")
    with pytest.raises(ValueError, match="y has 2 rows, base has 3"):
        time_varying(base, change(), y[:2], id="id")
    with pytest.raises(ValueError, match="base has no column 'customer'"):
        time_varying(base, change(), y, id="customer")
    with pytest.raises(TypeError, match="'fee' has type"):
        time_varying(base, change(fee=["one", "two"]), y, id="id")
    with pytest.raises(TypeError, match="frames of one kind"):
        time_varying(base, pl.from_pandas(change()), y, id="id")
    with pytest.raises(TypeError, match="changes must be a frame"):
        time_varying(base, [1, 2], y, id="id")
