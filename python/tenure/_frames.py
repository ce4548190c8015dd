"""The one door for tables: numpy, pandas, polars, pyarrow, and whatever offers the Arrow C stream, in; the caller's kind of frame, out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from tenure import _core
from tenure._core import Table

Column = tuple[str, np.ndarray, "list[str] | None"]
AnySeries = Any  # a narwhals series: its stable and its newest kind are different types to a checker


def as_frame(data: Any) -> nw.DataFrame[Any] | None:
    """`data` as a narwhals frame, or None when it is no frame (an array, a list, a scalar)."""
    frame = nw.from_native(data, pass_through=True, allow_series=True)
    if isinstance(frame, nw.DataFrame):
        return frame
    if hasattr(data, "__arrow_c_stream__") and not isinstance(frame, nw.Series):
        return nw.from_native(_core.io.read_arrow_stream(data), eager_only=True)
    return frame.collect() if isinstance(frame, nw.LazyFrame) else None


def column_of(series: AnySeries) -> Column:
    """One column as (name, array, levels): numbers as they lie, booleans as 0/1, text and categoricals as codes into levels."""
    name, dtype = str(series.name), series.dtype
    if dtype.is_numeric() or dtype == nw.Boolean:
        if series.null_count():
            return name, series.cast(nw.Float64).to_numpy().astype(np.float64, copy=False), None
        return name, np.asarray(series.to_numpy()), None
    native = series.to_native()
    if isinstance(dtype, nw.Categorical | nw.Enum) and hasattr(native, "cat") and hasattr(native.cat, "codes"):
        levels = [str(level) for level in native.cat.categories]
        return name, np.ascontiguousarray(native.cat.codes.to_numpy(), dtype=np.int32), levels
    if hasattr(getattr(native, "type", None), "index_type"):  # a pyarrow dictionary: its own order of levels
        joined = native.unify_dictionaries().combine_chunks()
        joined = joined.chunk(0) if hasattr(joined, "chunk") else joined
        return (
            name,
            joined.indices.cast("int64").fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32),
            [str(level) for level in joined.dictionary.to_pylist()],
        )
    if isinstance(dtype, nw.Categorical | nw.Enum | nw.String | nw.Object):
        known = isinstance(dtype, nw.Categorical | nw.Enum)
        return name, *_coded(series, [str(level) for level in series.cat.get_categories().to_list()] if known else None)
    raise TypeError(f"column '{name}' has type {dtype}; numbers, booleans, text and categoricals are understood")


def _coded(series: AnySeries, levels: list[str] | None) -> tuple[np.ndarray, list[str]]:
    """Codes of text values, -1 where missing, and the levels: those given, else the sorted texts that occur."""
    import pandas as pd

    codes, values = pd.factorize(series.to_numpy())
    texts = [str(value) for value in values]
    levels = sorted(set(texts)) if levels is None else levels
    position = {level: code for code, level in enumerate(levels)}
    return np.array([*(position[text] for text in texts), -1], dtype=np.int32)[codes], levels


def to_table(data: Any) -> Table:
    """A frame or a two-dimensional array as the engine's table, without a copy where type and layout allow."""
    frame = as_frame(data)
    if frame is not None:
        return Table([column_of(series) for series in frame.iter_columns()])
    array = np.asarray(data)
    if array.dtype == object:
        array = array.astype(np.float64)
    return Table(array)


def column(data: Any, name: str, frame: Any = None) -> np.ndarray:
    """A one-dimensional numpy array from an array-like, a series, or the name of a column of `frame`."""
    if isinstance(data, str):
        table = as_frame(frame)
        if table is None:
            raise TypeError(f"{name}='{data}' names a column, but there is no frame to take it from")
        if data not in table.columns:
            raise ValueError(f"{name}='{data}' is not a column; the columns are {', '.join(map(str, table.columns))}")
        data = table[data].to_native()
    series = nw.from_native(data, series_only=True, pass_through=True)
    array = series.to_numpy() if isinstance(series, nw.Series) else np.asarray(data)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, has shape {array.shape}")
    return array


def frame_like(columns: Mapping[str, Any], like: Any = None) -> Any:
    """A table of results in the caller's kind of frame: that of `like` where it is a frame, else pandas."""
    frame = as_frame(like) if like is not None else None
    if frame is None:
        import pandas as pd

        return pd.DataFrame(dict(columns))
    return nw.from_dict(dict(columns), backend=nw.get_native_namespace(frame)).to_native()
