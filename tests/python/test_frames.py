"""The one door for tables gives the engine the same columns whatever the frame."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tenure import InvalidInput, _core
from tenure._frames import as_frame, column, column_of, frame_like, to_table

PANDAS = pd.DataFrame(
    {
        "age": [30.5, np.nan, 52.0],
        "lines": np.array([1, 2, 3], dtype=np.int16),
        "paperless": [True, False, True],
        "plan": pd.Categorical(["pro", "basic", None], categories=["basic", "pro"]),
        "city": ["x", None, "y"],
    }
)
ARROW = pa.Table.from_pandas(PANDAS)
FRAMES = {
    "pandas": PANDAS,
    "polars": pl.from_pandas(PANDAS).with_columns(pl.col("plan").cast(pl.Enum(["basic", "pro"]))),
    "polars lazy": pl.from_pandas(PANDAS).with_columns(pl.col("plan").cast(pl.Enum(["basic", "pro"]))).lazy(),
    "pyarrow": ARROW,
    "chunked pyarrow": pa.concat_tables([ARROW.slice(0, 1), ARROW.slice(1)]),
    "duckdb": duckdb.sql("select * from PANDAS"),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_frame_gives_the_same_columns(kind):
    frame = as_frame(FRAMES[kind])
    got = {name: (values.tolist(), levels) for name, values, levels in (column_of(frame[c]) for c in frame.columns)}
    assert got["lines"] == ([1, 2, 3], None)
    assert got["paperless"] == ([True, False, True], None)
    assert got["plan"] == ([1, 0, -1], ["basic", "pro"])
    assert got["city"] == ([0, -1, 1], ["x", "y"])
    np.testing.assert_array_equal(got["age"][0], [30.5, np.nan, 52.0])
    assert to_table(FRAMES[kind]).rows == 3


def test_numbers_are_used_where_they_lie():
    values = np.arange(6, dtype=np.float64)
    _, array, _ = column_of(as_frame(pl.DataFrame({"x": values}))["x"])
    assert array.dtype == np.float64
    for frame in (pd.DataFrame({"x": values}, copy=False), pl.DataFrame({"x": values})):
        _, first, _ = column_of(as_frame(frame)["x"])
        _, second, _ = column_of(as_frame(frame)["x"])
        assert np.shares_memory(first, second)


def test_arrow_dates_come_through_the_engines_own_reader():
    table = pa.table({"day": pa.array([0, None, 365], pa.date32()), "at": pa.array([0, 1, 2], pa.timestamp("ms"))})
    frame = _core.io.read_arrow_stream(table)
    assert frame["day"].tolist()[0] == pd.Timestamp("1970-01-01")
    assert frame["day"].isna().tolist() == [False, True, False]
    assert frame["at"].tolist()[2] == pd.Timestamp(2, unit="ms")


def test_unreadable_columns_are_named():
    with pytest.raises(TypeError, match="column 'when' has type Datetime"):
        to_table(pd.DataFrame({"when": pd.to_datetime(["2026-01-01"])}))
    with pytest.raises(TypeError, match="'x' has the Arrow format"):
        _core.io.read_arrow_stream(pa.table({"x": [[1, 2]]}))
    with pytest.raises(InvalidInput, match="a = 5 in row 1: code is not below"):
        _core.Table([("a", np.array([0, 5], dtype=np.int32), ["only"])])
    with pytest.raises(InvalidInput, match="b: column has 1 rows, the first has 2"):
        _core.Table([("a", np.zeros(2), None), ("b", np.zeros(1), None)])


def test_column_by_value_or_name():
    assert column("age", "y", PANDAS).tolist()[0] == 30.5
    assert column(pl.Series([1, 2]), "y").tolist() == [1, 2]
    with pytest.raises(ValueError, match="y='nope' is not a column; the columns are age"):
        column("nope", "y", PANDAS)
    with pytest.raises(ValueError, match="y must be one-dimensional"):
        column(np.eye(2), "y")


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_results_come_back_in_the_callers_kind(kind):
    result = frame_like({"a": [1, 2]}, FRAMES[kind])
    assert type(result) is type(FRAMES[kind])
    assert isinstance(frame_like({"a": [1, 2]}), pd.DataFrame)
