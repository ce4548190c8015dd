"""Have the columns of a table moved since the model was made?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from tenure import _core
from tenure._frames import Column, as_frame, frame_like
from tenure.alert._stability import LITTLE, band, index_of, known_kind, level_counts, readable

_FIELDS: tuple[str, ...] = ("psi", "band", "verdict", "effect", "test", "statistic", "p_value", "q_value", "bound", "n_reference", "n_current")
_FIELDS += ("missing_reference", "missing_current", "moved_most", "note")
_FEW = 5  # expected counts below which chi-squared is rough
_MOST_LEVELS = 100


@dataclass(frozen=True, eq=False)
class Drift:
    """What `drift` found.

    Attributes
    ----------
    table : frame
        One row a column (and segment), largest `psi` first; see :func:`drift`.
    drifted : list of str
        Columns with "some drift" or "much drift", in some segment.
    left_out : dict of str to str
        Columns and segments that were not compared, and why.
    """

    table: Any
    drifted: list[str]
    left_out: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        frame = as_frame(self.table)
        assert frame is not None
        lines = [f"{len(frame)} comparisons, {len(self.drifted)} of the columns drifted" + (": " + ", ".join(self.drifted) if self.drifted else "")]
        for row in frame.head(10).iter_rows(named=True):
            where = f" [{row['segment']}]" if "segment" in row else ""
            lines.append(f"  {row['column']}{where}: PSI {row['psi']:.3f}, q = {row['q_value']:.2g}: {row['verdict']}")
        lines += [f"  left out: {name}: {why}" for name, why in self.left_out.items()]
        return "\n".join(lines)


def drift(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    by: str | None = None,
    bins: int = 10,
    level: float = 0.95,
) -> Drift:
    """Compares every column of two tables: has it moved, does it matter, and is it more than chance?

    Parameters
    ----------
    reference, current : frame
        The table that a model was made from, and the one it is used on.
    columns : sequence of str, optional
        The columns to compare; those of both tables where not given.
    by : str, optional
        A column of categories: its segments are compared one by one.
    bins : int
        Bins of the index for numbers.
    level : float
        A q-value below 1 - level is more than chance.

    Returns
    -------
    Drift
        `.table` with a row a column: ``column`` (``segment``), ``psi``, ``band``, ``verdict``, ``effect`` (Kolmogorov-Smirnov's distance for numbers,
        Cramer's V for categories), ``test``, ``statistic``, ``p_value``, ``q_value`` (Benjamini-Hochberg over the whole table), ``bound`` (what `psi` stays
        below by chance), counts and missing values, ``moved_most`` (the bin or level that adds most to `psi`), ``note``.

    Raises
    ------
    InvalidInput
        For a column that is not in both tables, that is of another kind, or that cannot be compared, if `columns` names it; else it is left out, and said.

    Notes
    -----
    "some drift" and "much drift" need both an index of 0.10 or 0.25 and a q-value below 1 - level: with many rows every column moves "significantly", with
    few an index of 0.25 is chance. Missing values count: for numbers, p is that of the Kolmogorov-Smirnov test of the known values and of the
    chi-squared test of the missing ones together (the smaller, doubled).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tenure.alert import drift
    >>> then = pd.DataFrame({"calls": np.arange(400) % 10, "plan": ["basic", "pro"] * 200})
    >>> now = pd.DataFrame({"calls": np.arange(400) % 10, "plan": ["basic", "pro", "pro", "pro"] * 100})
    >>> drift(then, now).table[["column", "verdict"]].values.tolist()
    [['plan', 'much drift'], ['calls', 'no drift']]
    """
    before, after = _frame(reference, "reference"), _frame(current, "current")
    if not 0 < level < 1:
        raise _core.InvalidInput(f"level: must be between 0 and 1, got {level!r}")
    names, left_out = _columns(before, after, columns, by)
    segments: list[tuple[str | None, Any, Any]] = [(None, before, after)]
    if by is not None:
        segments, gone = _segments(before, after, by)
        left_out |= gone
    rows: list[dict[str, Any]] = []
    for segment, then, now in segments:
        for name in names:
            try:
                row = _compare(_side(then[name], name), _side(now[name], name), bins, level)
            except _core.InvalidInput as problem:
                if columns is not None:
                    raise
                left_out[name if segment is None else f"{name} in {segment}"] = str(problem).removeprefix(f"{name}: ")
                continue
            rows.append({"column": name} | ({} if segment is None else {"segment": segment}) | row)
    if not rows:
        raise _core.InvalidInput(f"columns: none can be compared: {'; '.join(f'{name}: {why}' for name, why in left_out.items())}")
    q = _core.stats.adjust_p(np.array([row["p_value"] for row in rows]), "bh")
    for row, value in zip(rows, q, strict=True):
        row["q_value"] = float(value)
        row["verdict"] = _verdict(row["psi"], row["q_value"], 1 - level)
    rows.sort(key=lambda row: -row["psi"])
    drifted = list(dict.fromkeys(row["column"] for row in rows if row["verdict"] in ("some drift", "much drift")))
    keys = ["column", *(["segment"] if by is not None else []), *_FIELDS]
    return Drift(frame_like({key: [row[key] for row in rows] for key in keys}, current), drifted, left_out)


def _frame(data: Any, name: str) -> nw.DataFrame[Any]:
    frame = as_frame(data)
    if frame is None:
        raise TypeError(f"{name}: must be a data frame, is {type(data).__name__}")
    if len(frame) == 0:
        raise _core.InvalidInput(f"{name}: has no rows")
    return frame


def _columns(before: Any, after: Any, columns: Sequence[str] | None, by: str | None) -> tuple[list[str], dict[str, str]]:
    sides = (("reference", before), ("current", after))
    for wanted in [*(columns or []), *([by] if by is not None else [])]:
        for side, frame in sides:
            if wanted not in frame.columns:
                raise _core.InvalidInput(f"{side}: has no column '{wanted}'; its columns are {', '.join(map(str, frame.columns))}")
    if columns is not None:
        if isinstance(columns, str) or not len(columns):
            raise _core.InvalidInput("columns: must be a list of names")
        return list(columns), {}
    left_out = {name: "is only in reference" for name in before.columns if name not in after.columns}
    left_out |= {name: "is only in current" for name in after.columns if name not in before.columns}
    return [name for name in before.columns if name in after.columns and name != by], left_out


def _segments(before: Any, after: Any, by: str) -> tuple[list[tuple[str | None, Any, Any]], dict[str, str]]:
    """The rows of each segment then and now, and the segments that are not in both."""
    texts = [[None if value is None or value != value else str(value) for value in frame[by].to_list()] for frame in (before, after)]
    found: list[tuple[str | None, Any, Any]] = []
    gone: dict[str, str] = {}
    for level in sorted({text for side in texts for text in side if text is not None}):
        rows = [np.flatnonzero([text == level for text in side]) for side in texts]
        if len(rows[0]) and len(rows[1]):
            found.append((level, before[rows[0].tolist()], after[rows[1].tolist()]))
        else:
            gone[f"{by} = {level}"] = f"has no rows in {'current' if len(rows[0]) else 'reference'}"
    for side, name in zip(texts, ("reference", "current"), strict=True):
        if None in side:
            gone[f"{by} missing in {name}"] = f"{side.count(None)} rows"
    if len(found) > _MOST_LEVELS:
        raise _core.InvalidInput(f"by: '{by}' has {len(found)} segments, at most {_MOST_LEVELS} are compared")
    return found, gone


def _side(series: Any, name: str) -> Column:
    column = readable(series, name)
    levels = column[2]
    if levels is not None and len(levels) > max(_MOST_LEVELS, len(series) // 2):
        raise _core.InvalidInput(f"{name}: is text with {len(levels):,} different values in {len(series):,} rows: it names rows, not groups")
    return column


def _compare(then: Column, now: Column, bins: int, level: float) -> dict[str, Any]:
    then, now = known_kind(then, now), known_kind(now, then)
    index = index_of(then, now, bins=bins, level=level)
    numeric = then[2] is None
    effect, statistic, p = _numbers(then, now, index) if numeric else _categories(then, now)
    notes = [_new_levels(then, now)] if not numeric else []
    if index.least_expected < _FEW:
        notes.append(f"a bin with {index.least_expected:.1f} expected values: p-values are rough")
    most = int(np.argmax(index.contribution))
    direction = "more" if index.actual[most] > index.expected[most] else "less"
    return {
        "psi": index.psi,
        "band": band(index.psi),
        "effect": effect,
        "test": "Kolmogorov-Smirnov" if numeric else "chi-squared",
        "statistic": statistic,
        "p_value": p,
        "bound": index.bound,
        "n_reference": index.n_expected,
        "n_current": index.n_actual,
        "missing_reference": index.missing_expected,
        "missing_current": index.missing_actual,
        "moved_most": f"{direction} {index.bins[most]}" if index.psi > 0 else "",
        "note": "; ".join(note for note in notes if note),
    }


def _numbers(then: Column, now: Column, index: Any) -> tuple[float, float, float]:
    known = [index.n_expected - index.missing_expected, index.n_actual - index.missing_actual]
    distance, p = 0.0, 1.0
    if min(known) > 0:
        test = _core.stats.kolmogorov_smirnov(then[1], now[1])
        distance, p = test.statistic, test.p_value
    if index.missing_expected + index.missing_actual:
        table = np.array([[known[0], index.missing_expected], [known[1], index.missing_actual]], dtype=np.float64)
        p = min(1.0, 2 * min(p, _core.stats.contingency(table).p_value))
    return distance, distance, p


def _categories(then: Column, now: Column) -> tuple[float, float, float]:
    before, after, names = level_counts(then, now)
    if len(names) < 2:
        return 0.0, 0.0, 1.0
    found = _core.stats.contingency(np.array([before, after]))
    return found.cramers_v, found.chi_squared, found.p_value


def _new_levels(then: Column, now: Column) -> str:
    used: list[Mapping[str, None]] = []
    for _, codes, levels in (then, now):
        used.append(dict.fromkeys((levels or [])[code] for code in np.unique(codes[codes >= 0])))
    parts = []
    for word, here, there in (("new", used[1], used[0]), ("gone", used[0], used[1])):
        names = [name for name in here if name not in there]
        if names:
            parts.append(f"{word}: {', '.join(names[:5])}" + (f" and {len(names) - 5} more" if len(names) > 5 else ""))
    return "; ".join(parts)


def _verdict(psi: float, q: float, alpha: float) -> str:
    if psi < LITTLE:
        return "no drift" if q >= alpha else "too small to matter"
    if q >= alpha:
        return "no more than chance"
    return f"{band(psi)} drift"
