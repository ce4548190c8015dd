"""Covariates of customers: which columns go with what, and the tables that the engine takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, column_of


def covariate_table(data: Any, names: Sequence[str] | None) -> Any:
    """The columns `names` of the covariates (all of them when None) as the engine's table; None when there is none to take."""
    if data is None:
        if names:
            raise _core.InvalidInput(f"covariates: are missing: {', '.join(names)}")
        return None
    frame = as_frame(data)
    columns: dict[str, Any]
    if frame is None:
        array = np.asarray(data)
        if array.ndim != 2:
            raise _core.InvalidInput(f"covariates: must be a frame or an array of one row a customer and one column a covariate, has {array.ndim} dimensions")
        array = array.astype(np.float64) if array.dtype.kind not in "biuf" else array
        columns = {f"x{j}": (f"x{j}", array[:, j], None) for j in range(array.shape[1])}
    else:
        columns = {str(series.name): series for series in frame.iter_columns()}
    wanted = list(columns) if names is None else list(names)
    unknown = [name for name in wanted if name not in columns]
    if unknown:
        raise _core.InvalidInput(f"covariates: have no column {', '.join(map(repr, unknown))}; the columns are {', '.join(columns)}")
    if not wanted:
        return None
    return _core.Table([columns[name] if frame is None else column_of(columns[name]) for name in wanted])


def fitted_columns(encoding: dict[str, Any]) -> list[str]:
    """The columns that a model was fitted with, from its description of them."""
    return [column["name"] for column in encoding["columns"]]


def repeated(data: Any, rows: int) -> Any:
    """The only row of the covariates, `rows` times."""
    if data is None:
        return None
    frame = as_frame(data)
    length = len(np.asarray(data)) if frame is None else len(frame)
    if length != 1:
        raise _core.InvalidInput(f"covariates: must have one row, have {length}")
    return np.repeat(np.asarray(data), rows, axis=0) if frame is None else frame[[0] * rows].to_native()
