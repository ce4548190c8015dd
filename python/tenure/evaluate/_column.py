"""One column of the caller's rows, set to other values; and what a model says of the rows then."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from tenure._base import Estimator
from tenure._core import InvalidInput
from tenure._frames import as_frame, column_of


class Column:
    """A column of `X` that can be replaced.

    Attributes
    ----------
    name : its name, "x3" in an array
    values : array of numbers (NaN missing), or codes of `levels` (-1 missing)
    levels : list of str, or None for numbers
    """

    def __init__(self, model: Any, X: Any, column: Any) -> None:
        frame = as_frame(X)
        self.frame: Any = None
        if frame is None:
            self.array = np.array(X, dtype=np.float64)
            if self.array.ndim != 2:
                raise InvalidInput(f"X: must be two-dimensional, has shape {self.array.shape}")
            self.place = _place(column, self.array.shape[1])
            self.name, self.values, self.levels = f"x{self.place}", self.array[:, self.place].copy(), None
        else:
            if column not in frame.columns:
                raise InvalidInput(f"column = {column!r}: is not a column of X; the columns are {', '.join(map(str, frame.columns))}")
            self.name, values, self.levels = column_of(frame[column])
            if isinstance(model, Estimator):  # text is looked up once, not at every prediction
                texts = [name for name, dtype in frame.schema.items() if dtype == nw.String]
                frame = frame.with_columns(*(frame[name].cast(nw.Categorical) for name in texts)) if texts else frame
            self.frame, self.key = frame, column
            self.values = values.astype(np.int64 if self.levels is not None else np.float64)
        if not len(self.values):
            raise InvalidInput("X: has no rows")
        if self.levels is None and np.isinf(self.values).any():
            raise InvalidInput(f"X: column '{self.name}' is infinite in row {int(np.flatnonzero(np.isinf(self.values))[0])}")
        self.known = self.values >= 0 if self.levels is not None else ~np.isnan(self.values)
        if not self.known.any():
            raise InvalidInput(f"column '{self.name}' is missing in every row")

    def rows_of_levels(self) -> dict[int, int]:
        """For every level that occurs, by its code, a row that has it."""
        codes, rows = np.unique(self.values, return_index=True)
        return {int(code): int(row) for code, row in zip(codes, rows, strict=True) if code >= 0}

    def replaced(self, values: Any, rows: np.ndarray | None = None) -> Any:
        """The rows (all of them, or those listed) with the column at `values`: one number, or one a row."""
        if self.frame is None:
            table = self.array.copy() if rows is None else self.array[rows]
            table[:, self.place] = values
            return table
        frame = self.frame if rows is None else self.frame[rows]
        return self._with(frame, np.broadcast_to(np.asarray(values, dtype=np.float64), (len(frame),)).copy())

    def copied(self, sources: Any, rows: np.ndarray | None = None) -> Any:
        """The rows (all of them, or those listed) with the column taken from other rows: one `sources` for all, or one each."""
        if self.frame is None:
            return self.replaced(self.values[sources], rows)
        frame = self.frame if rows is None else self.frame[rows]
        return self._with(frame, np.broadcast_to(sources, (len(frame),)).copy())

    def _with(self, frame: Any, given: np.ndarray) -> Any:
        native = frame.to_native()
        copies = given.dtype.kind == "i"
        if hasattr(native, "assign"):  # pandas aligns by index: hand it values
            native = native.copy(deep=False)
            native[self.key] = self.frame.to_native()[self.key].array.take(given) if copies else given
            return native
        series = self.frame[self.key][given] if copies else nw.new_series(self.key, given, backend=nw.get_native_namespace(frame))
        return frame.with_columns(series).to_native()


def _place(column: Any, columns: int) -> int:
    text = str(column)
    place = int(text[1:]) if text[:1] == "x" and text[1:].isdigit() else column
    if not isinstance(place, int | np.integer) or not 0 <= place < columns:
        raise InvalidInput(f"column = {column!r}: an array's column is a number from 0 to {columns - 1}")
    return int(place)


def response_of(model: Any, time: float | None) -> tuple[Any, str]:
    """What `model` says of a table, one number a row, and the name of that number."""
    if time is not None:
        if not hasattr(model, "predict_survival"):
            raise TypeError(f"time is for survival models, not for a {type(model).__name__}")
        return lambda table: _one_each(model.predict_survival(table, [float(time)])), f"probability to stay beyond {time:g}"
    if hasattr(model, "predict_proba"):
        classes = getattr(model, "classes_", (0, 1))
        if len(classes) != 2:
            raise InvalidInput(f"model: must have two classes, has {len(classes)}")
        return lambda table: np.asarray(model.predict_proba(table), dtype=np.float64)[:, 1], f"predicted probability of {classes[1]}"
    if hasattr(model, "predict_uplift"):
        return lambda table: _one_each(model.predict_uplift(table)), "predicted uplift"
    risk = getattr(model, "_estimator_type", "") == "survival_regressor"
    return lambda table: _one_each(model.predict(table)), "predicted risk" if risk else "prediction"


def _one_each(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=np.float64).reshape(-1)
