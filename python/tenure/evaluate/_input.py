"""Outcomes, scores and weights of the caller as arrays of the engine."""

from __future__ import annotations

from typing import Any

import numpy as np

from tenure._core import InvalidInput
from tenure._frames import column


def outcome(y: Any, pos_label: Any = None) -> np.ndarray:
    """0/1 for any two labels: 1 is `pos_label`, or the larger of the two (True, 1, "yes" after "no").

    Numbers are taken to be 0/1 as they are; the engine says which row is not.
    """
    values = column(y, "y_true")
    if values.dtype.kind == "b":
        values = values.astype(np.uint8)
    if pos_label is not None:
        hit = values == pos_label
        if not np.any(hit):
            raise InvalidInput(f"y_true: holds no row with pos_label = {pos_label!r}")
        return np.asarray(hit, dtype=np.uint8)
    if values.dtype.kind in "fiu":
        return values
    labels = sorted({str(v) for v in values.tolist()})
    if len(labels) > 2:
        raise InvalidInput(f"y_true: has {len(labels)} labels ({', '.join(labels[:5])}, ...), must have two")
    return np.asarray([str(v) == labels[-1] and len(labels) == 2 for v in values.tolist()], dtype=np.uint8)


def numbers(values: Any, name: str) -> np.ndarray:
    """One number a row. A two-column array of class probabilities gives its second column."""
    if hasattr(values, "ndim") and values.ndim == 2 and values.shape[1] == 2:
        values = np.asarray(values)[:, 1]
    array = column(values, name)
    if array.dtype.kind == "O":
        array = array.astype(np.float64)
    return array


def weights(values: Any) -> np.ndarray | None:
    return None if values is None else numbers(values, "sample_weight")
