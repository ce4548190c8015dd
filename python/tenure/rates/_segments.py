"""Churn rates by segment."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np

from tenure import _core
from tenure._frames import AnySeries, as_frame, column, column_of, frame_like
from tenure.rates._inputs import churned_flags
from tenure.rates._results import plain

MISSING = "(missing)"
_MOST_NUMBERS = 50

_FIELDS = (
    *("customers", "lost", "rate", "lower", "upper", "rest_rate", "difference", "difference_lower", "difference_upper", "ratio", "p_value", "q_value"),
    *("shrunk", "shrunk_lower", "shrunk_upper", "share_of_customers", "share_of_lost"),
)


def _segments(values: AnySeries, bins: Sequence[float] | None) -> tuple[np.ndarray, list[str]]:
    """Codes and names of the segments of one column; missing values are a segment of their own."""
    name = str(values.name)
    if bins is not None:
        codes, levels = _banded(column(values.to_native(), name).astype(np.float64), name, bins)
    else:
        _, array, found = column_of(values)
        if found is not None:
            codes, levels = np.asarray(array, dtype=np.int64), list(found)
        elif values.dtype == nw.Boolean:
            codes, levels = np.where(np.isnan(array.astype(np.float64)), -1, array).astype(np.int64), ["false", "true"]
        else:
            known = array[~np.isnan(array)] if array.dtype.kind == "f" else array
            numbers = np.unique(known)
            if len(numbers) > _MOST_NUMBERS:
                raise _core.InvalidInput(f"by: column '{name}' holds {len(numbers)} different numbers; cut it into bands with bins={{'{name}': [...]}}")
            codes = np.where(np.isin(array, numbers), np.searchsorted(numbers, array), -1)
            levels = [f"{plain(float(x))}" for x in numbers]
    if (codes < 0).any():
        codes, levels = np.where(codes < 0, len(levels), codes), [*levels, MISSING]
    present = np.bincount(codes, minlength=len(levels)) > 0
    return (np.cumsum(present) - 1)[codes], [level for level, there in zip(levels, present, strict=True) if there]


def _banded(values: np.ndarray, name: str, edges: Sequence[float]) -> tuple[np.ndarray, list[str]]:
    bounds = np.asarray(edges, dtype=np.float64)
    if bounds.ndim != 1 or len(bounds) < 1 or not (np.diff(bounds) > 0).all():
        raise _core.InvalidInput(f"bins: the edges for '{name}' must ascend")
    names = [f"{plain(float(b)):g}" for b in bounds]
    levels = [f"below {names[0]}", *(f"{a} to below {b}" for a, b in itertools.pairwise(names)), f"{names[-1]} and more"]
    return np.where(np.isnan(values), -1, np.searchsorted(bounds, values, side="right")), levels


def rates_by(
    data: Any,
    *,
    churned: Any,
    by: str | Sequence[str],
    positive: Any = None,
    amount: Any = None,
    bins: Mapping[str, Sequence[float]] | None = None,
    crossed: bool = False,
    level: float = 0.95,
    method: str = "wilson",
    adjust: str = "bh",
) -> Any:
    """The churn rate of every segment: interval, comparison with the rest, shrunken rate, share of the loss.

    Parameters
    ----------
    data : data frame
        One row a customer.
    churned : column name or array-like
        Whether the customer left: 0/1, booleans, yes/no; of other texts ``positive`` says which one means lost.
    by : column name or list of them
        Each column is taken by itself; with ``crossed=True`` every combination of their values is a segment. Missing values are the segment
        ``(missing)``.
    amount : column name or array-like, optional
        What each customer's loss is worth: adds ``lost_amount`` and ``share_of_lost_amount``.
    bins : mapping of column to edges, optional
        Cuts a column of numbers into bands ``[edge, next edge)``.
    level, method
        Of all intervals; ``method`` is that of the segment's own rate.
    adjust : str, default "bh"
        Adjustment of the p-values over all rows of the table: see :func:`tenure.stats.adjust_p`.

    Returns
    -------
    data frame
        Columns ``by segment customers lost rate lower upper``; against the rest ``rest_rate difference difference_lower difference_upper ratio p_value
        q_value``; the empirical-Bayes rate ``shrunk shrunk_lower shrunk_upper``, in which small segments are drawn towards the mean; and
        ``share_of_customers share_of_lost``.

    Examples
    --------
    >>> import pandas as pd
    >>> import tenure as tn
    >>> base = pd.DataFrame({"plan": ["a"] * 60 + ["b"] * 40, "gone": [1] * 6 + [0] * 54 + [1] * 12 + [0] * 28})
    >>> tn.rates.rates_by(base, churned="gone", by="plan")[["segment", "rate"]].values.tolist()
    [['a', 0.1], ['b', 0.3]]
    """
    frame = as_frame(data)
    if frame is None:
        raise TypeError("data: must be a data frame with the columns of by")
    names = [by] if isinstance(by, str) else list(by)
    if not names:
        raise _core.InvalidInput("by: must name at least one column")
    for name in [*names, *(bins or {})]:
        if name not in frame.columns:
            raise _core.InvalidInput(f"by: '{name}' is not a column; the columns are {', '.join(map(str, frame.columns))}")
    flags = churned_flags(churned, "churned", frame, positive)
    if len(flags) != frame.shape[0]:
        raise _core.InvalidInput(f"churned: must have one value a row: {frame.shape[0]}, not {len(flags)}")
    if len(flags) == 0:
        raise _core.InvalidInput("data: has no rows")
    worth = None if amount is None else column(amount, "amount", frame)
    coded = [(name, *_segments(frame[name], (bins or {}).get(name))) for name in names]
    if crossed:
        coded = [_cross(coded)]

    columns: dict[str, list[Any]] = {name: [] for name in ("by", "segment", *_FIELDS, "lost_amount", "share_of_lost_amount")}
    for name, codes, levels in coded:
        counts = _core.rates.segment_counts(codes, flags, worth, len(levels))
        rows = _core.rates.rates_by(counts["lost"], counts["customers"], level=level, method=method, adjust=adjust)["segments"]
        columns["by"] += [name] * len(rows)
        columns["segment"] += levels
        for field in _FIELDS:
            columns[field] += [int(row[field]) if field in ("customers", "lost") else row[field] for row in rows]
        lost_amount = counts["amount"]
        columns["lost_amount"] += lost_amount.tolist()
        columns["share_of_lost_amount"] += (lost_amount / lost_amount.sum() if lost_amount.sum() else np.full(len(rows), np.nan)).tolist()
    columns["q_value"] = _core.stats.adjust_p(np.array(columns["p_value"]), adjust).tolist()
    if amount is None:
        del columns["lost_amount"], columns["share_of_lost_amount"]
    return frame_like(columns, data)


def _cross(coded: list[tuple[str, np.ndarray, list[str]]]) -> tuple[str, np.ndarray, list[str]]:
    """Every combination of segments that holds a customer."""
    shape = tuple(len(levels) for _, _, levels in coded)
    flat = np.ravel_multi_index(tuple(codes for _, codes, _ in coded), shape)
    present, codes = np.unique(flat, return_inverse=True)
    parts = np.unravel_index(present, shape)
    levels = [" × ".join(coded[j][2][parts[j][i]] for j in range(len(coded))) for i in range(len(present))]
    return " × ".join(name for name, _, _ in coded), codes, levels
