"""The customers that rates, segments and the model look at, and their columns made ready: pooled levels, bands, no gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tenure import InvalidInput
from tenure._contract import UNITS
from tenure._read import Customers

if TYPE_CHECKING:
    import pandas as pd

MIN_CELL = 10  # smaller groups are pooled, for privacy and because their rates are noise
POOLED = "\u2063pooled"
MISSING = "\u2063missing"
BAND = "\u2063band"
MONTH_BANDS = (6, 12, 24, 48)


@dataclass(frozen=True, eq=False)
class Population:
    """Customers who could leave, and who did.

    With dates: those of the first day of the period, with their time as a customer on that day; lost means gone on the last day. Without dates:
    everybody in the table. `now` has the rows of the customers who are still there, with their time as a customer now, and `position` their place
    in `frame` (-1 for those who joined later).
    """

    frame: pd.DataFrame
    lost: np.ndarray
    rows: np.ndarray
    now: pd.DataFrame
    now_rows: np.ndarray
    position: np.ndarray
    features: list[str]


def population(customers: Customers, left_out: list[str]) -> Population:
    """The population of `customers`, without the columns `left_out`."""
    contract, frame = customers.contract, customers.frame
    features = [name for name in customers.features if name not in left_out]
    if contract.period is None or contract.start is None or contract.end is None:
        rows, now_rows = np.arange(len(frame)), np.flatnonzero(~customers.lost)
        return Population(frame[features], customers.lost, rows, frame[features].iloc[now_rows].reset_index(drop=True), now_rows, now_rows, features)
    first, last = (np.datetime64(day, "D") for day in contract.period)
    start = frame[contract.start].to_numpy(dtype="datetime64[D]")
    end = frame[contract.end].to_numpy(dtype="datetime64[D]")
    rows = np.flatnonzero((start < first) & (np.isnat(end) | (end >= first)))
    now_rows = np.flatnonzero((start <= last) & (np.isnat(end) | (end > last)))
    before, now = frame[features].iloc[rows].reset_index(drop=True), frame[features].iloc[now_rows].reset_index(drop=True)
    if customers.time_column in features:
        days = UNITS[contract.duration_unit or "months"]
        before[customers.time_column] = (first - start[rows]).astype(float) / days
        now[customers.time_column] = (last + 1 - start[now_rows]).astype(float) / days
    if not len(rows):
        raise InvalidInput(f"period: no customer of the table was there before its first day, {first}; say another period (period=..., --period)")
    place = np.full(len(frame), -1)
    place[rows] = np.arange(len(rows))
    lost = ~np.isnat(end[rows]) & (end[rows] <= last)
    return Population(before, lost, rows, now, now_rows, place[now_rows], features)


def levels(column: pd.Series, min_cell: int = MIN_CELL) -> pd.Series:
    """A category with rare levels pooled and missing cells as a level of their own."""
    import pandas as pd

    codes = column.cat.codes.to_numpy()
    names = [*map(str, column.cat.categories), MISSING]
    counts = np.bincount(np.where(codes < 0, len(names) - 1, codes), minlength=len(names))
    rare = (counts > 0) & (counts < min_cell)
    pool = rare.sum() > 1 or (rare.sum() == 1 and (counts > 0).sum() > 2)
    kept = [name for name, count, few in zip(names, counts, rare, strict=True) if count and not (pool and few)]
    if pool:
        kept = [*(name for name in kept if name != MISSING), POOLED, *(name for name in kept if name == MISSING)]
    place = np.array([kept.index(name) if name in kept else len(kept) for name in names])
    place[place == len(kept)] = kept.index(POOLED) if pool else -1
    return pd.Series(pd.Categorical.from_codes(place[codes], kept), index=column.index, name=column.name)  # code -1, missing, reads the last place


def bands(column: pd.Series, months: bool) -> pd.Series:
    """A number cut near its quartiles (or, for months, at 6, 12, 24 and 48) into at most five bands; `public_level` reads their names."""
    import pandas as pd

    values = column.to_numpy(dtype=np.float64)
    present = values[~np.isnan(values)]
    edges = [float(edge) for edge in MONTH_BANDS] if months else _round_edges(np.quantile(present, [0.25, 0.5, 0.75]))
    inner = [edge for edge in edges if present.min() < edge <= present.max()]
    codes = np.searchsorted(inner, values, side="right")
    labels = [f"{BAND}{low!r}{BAND}{high!r}" for low, high in zip([None, *inner], [*inner, None], strict=True)]
    codes = np.where(np.isnan(values), len(labels), codes)
    banded = pd.Series(pd.Categorical.from_codes(codes, [*labels, MISSING]), index=column.index, name=column.name)
    return banded.cat.remove_unused_categories()


def _round_edges(edges: np.ndarray) -> list[float]:
    """Edges with as few digits as keep them apart and within a twentieth of their spread."""
    spread = float(edges.max() - edges.min()) or abs(float(edges[0])) or 1.0
    for digits in range(-12, 12):
        rounded = np.round(edges, digits) + 0.0
        if np.abs(rounded - edges).max() <= spread / 20 and len(set(rounded)) == len(set(edges)):
            return sorted(set(rounded.tolist()))
    return sorted(set(edges.tolist()))


def public_level(level: str, pooled: int, unit: str | None = None) -> object:
    """A level as the findings hold it: text, None for missing, {"pooled": count} for rare ones, {"low", "high", "unit"} for a band."""
    if level.startswith(BAND):
        low, high = (None if edge == "None" else float(edge) for edge in level.split(BAND)[1:])
        return {"low": low, "high": high, "unit": unit}
    return None if level == MISSING else {"pooled": pooled} if level == POOLED else level


def rare_levels(column: pd.Series, min_cell: int = MIN_CELL) -> int:
    """How many levels `levels` pools; none of a number."""
    if not hasattr(column, "cat"):
        return 0
    counts = np.bincount(column.cat.codes.to_numpy() + 1, minlength=len(column.cat.categories) + 1)
    return int(((counts > 0) & (counts < min_cell)).sum())
