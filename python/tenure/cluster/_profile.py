"""Who the groups are: what sets each apart from everyone else, how it churns and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tenure._core import InvalidInput
from tenure._frames import as_frame, column, column_of, frame_like
from tenure.stats import adjust_p, difference_p, proportion_ci, t_test

_NOISE = "outliers"


class SegmentProfile:
    """What `segment_profile` found.

    Attributes
    ----------
    table_ : data frame
        One row a group: `group customers share name sentence`, with `churned=` also `lost rate lower upper rest_rate p_value q_value`, with
        `value=` also `value value_per_customer share_of_value`.
    features_ : data frame
        One row a group and column (a level of it): `group column level mean rest_mean effect p_value q_value n`. For numbers `mean` is the mean
        and `effect` Cohen's d; for levels the share and Cohen's h. With `axes=` also `axis`, and the rows in the order of the axes.
    axes_ : data frame or None
        With `axes=`: one row a group and axis: `group axis name effect significant n`: the words of the axis' largest effects, the largest of them, how many
        of the axis' comparisons have q < 0.05, and of how many.
    """

    def __init__(self, table: Any, features: Any, groups: list[dict[str, Any]], axes: Any = None) -> None:
        self.table_ = table
        self.features_ = features
        self.axes_ = axes
        self._groups = groups

    def __repr__(self) -> str:
        return "\n".join(group["sentence"] for group in self._groups)

    def plot(self, ax: Any = None) -> Any:
        """Draws the effects of the ten columns that set the groups apart most, one line of dots a group."""
        from tenure.cluster._plots import profile_plot

        return profile_plot(self.features_, [group["group"] for group in self._groups], ax=ax)


def segment_profile(
    data: Any,
    labels: Any,
    *,
    churned: Any = None,
    positive: Any = None,
    value: Any = None,
    axes: Mapping[str, Sequence[str]] | None = None,
    level: float = 0.95,
) -> SegmentProfile:
    """Describes groups of customers against all others.

    Parameters
    ----------
    data : data frame
        One row a customer; numbers are compared by Welch's t test, levels by a test of two shares. Missing values are left out.
    labels : column name or array of shape (n,)
        The group of every row; -1 (noise of a density method) is the group "outliers".
    churned : column name or array, optional
        Whether the customer left (0/1, booleans, or texts of which `positive` means lost).
    value : column name or array, optional
        What a customer is worth.
    axes : mapping of name to columns, optional
        The axes of market segmentation, with the columns that belong to each: {"geographic": ["city"], "demographic": ["age"], "psychographic": [...],
        "behavioural": ["calls", "plan"]}, or others (needs, loyalty, purchasing power). Columns of no axis come under "other".
    level : float
        Of the intervals (Wilson's) of the churn rates.

    Notes
    -----
    `q_value` is the p-value adjusted over the whole table (Benjamini and Hochberg 1995). Groups that were found from the same columns differ in
    them by construction: read p-values of those columns as a ranking, those of churn and of other columns as tests.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.cluster import segment_profile
    >>> table = pd.DataFrame({"calls": [1, 2, 1, 9, 8, 9], "plan": list("aabbbb"), "left": [0, 0, 0, 1, 1, 0]})
    >>> profile = segment_profile(table, [0, 0, 0, 1, 1, 1], churned="left")
    >>> profile.table_[["group", "customers", "rate"]].values.tolist()
    [['0', 3, 0.0], ['1', 3, 0.6666666666666666]]
    """
    frame = as_frame(data)
    if frame is None:
        raise TypeError("data must be a data frame with named columns")
    named = [part for part in (labels, churned, value) if isinstance(part, str)]
    groups = column(labels, "labels", data)
    if len(groups) != len(frame):
        raise InvalidInput(f"labels: must have one value a row, has {len(groups)} for {len(frame)} rows")
    names = sorted(set(groups.tolist()))
    if len(names) < 2:
        raise InvalidInput("labels: must hold at least two groups")
    flags = _flags(churned, positive, data, len(frame))
    worth = None if value is None else np.asarray(column(value, "value", data), dtype=np.float64)

    described = [name for name in frame.columns if name not in named]
    axis_of = _axis_of(axes, described)
    if axes is not None:
        described.sort(key=lambda name: list(axes).index(axis_of[name]) if axis_of[name] in axes else len(axes))
    columns = [column_of(frame[name]) for name in described]
    masks = [groups == name for name in names]
    features = [row for name, mask in zip(names, masks, strict=True) for each in columns for row in _compare(_title(name), mask, *each)]
    q_values: Any = adjust_p([row["p_value"] for row in features]) if features else []
    for feature, q in zip(features, q_values, strict=True):
        feature["q_value"] = float(q)
        if axes is not None:
            feature["axis"] = axis_of[feature["column"]]

    rows = []
    for name, mask in zip(names, masks, strict=True):
        row: dict[str, Any] = {"group": _title(name), "customers": int(mask.sum()), "share": float(mask.mean())}
        own = [feature for feature in features if feature["group"] == row["group"]]
        row["name"] = _name(own) if name != -1 else _NOISE
        if flags is not None:
            lost, rest_lost, rest = float(flags[mask].sum()), float(flags[~mask].sum()), int((~mask).sum())
            interval = proportion_ci(lost, row["customers"], level=level)
            row |= {"lost": int(lost), "rate": lost / row["customers"], "lower": float(interval[0]), "upper": float(interval[1]), "rest_rate": rest_lost / rest}
            row["p_value"] = float(difference_p(lost, row["customers"], rest_lost, rest))
        if worth is not None:
            total = float(np.nansum(worth[mask]))
            row |= {"value": total, "value_per_customer": total / row["customers"], "share_of_value": total / float(np.nansum(worth))}
        rows.append(row)
    if flags is not None:
        for row, q in zip(rows, adjust_p([row["p_value"] for row in rows]), strict=True):
            row["q_value"] = float(q)
    for row in rows:
        row["sentence"] = _sentence(row)
    return SegmentProfile(_framed(rows, data), _framed(features, data), rows, None if axes is None else _framed(_by_axis(features), data))


def _axis_of(axes: Mapping[str, Sequence[str]] | None, described: list[str]) -> dict[str, str]:
    """The axis of every column; a column has one at most."""
    axis_of: dict[str, str] = {}
    for axis, members in (axes or {}).items():
        if isinstance(members, str):
            raise TypeError(f"axes['{axis}']: must be a list of columns, is a text")
        for name in members:
            if name not in described:
                raise InvalidInput(f"axes['{axis}']: '{name}' is not a described column; these are {', '.join(described)}")
            if axis_of.setdefault(name, axis) != axis:
                raise InvalidInput(f"axes['{axis}']: '{name}' belongs to '{axis_of[name]}' already")
    return {name: axis_of.get(name, "other") for name in described}


def _by_axis(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for group, axis in dict.fromkeys((feature["group"], feature["axis"]) for feature in features):
        own = [feature for feature in features if (feature["group"], feature["axis"]) == (group, axis)]
        effect = max((feature["effect"] for feature in own), key=abs)
        significant = sum(feature["q_value"] < 0.05 for feature in own)
        rows.append({"group": group, "axis": axis, "name": _name(own), "effect": effect, "significant": significant, "n": len(own)})
    return rows


def _flags(churned: Any, positive: Any, data: Any, rows: int) -> np.ndarray | None:
    if churned is None:
        return None
    from tenure.rates._inputs import churned_flags

    flags = np.asarray(churned_flags(churned, "churned", data, positive), dtype=np.float64)
    if len(flags) != rows:
        raise InvalidInput(f"churned: must have one value a row, has {len(flags)} for {rows} rows")
    return flags


def _title(name: Any) -> str:
    return _NOISE if name == -1 else str(name)


def _compare(group: str, mask: np.ndarray, name: str, values: np.ndarray, levels: list[str] | None) -> list[dict[str, Any]]:
    """The rows of one column: one for numbers, one a level otherwise."""
    if levels is None:
        values = values.astype(np.float64)
        here, rest = values[mask & np.isfinite(values)], values[~mask & np.isfinite(values)]
        if min(len(here), len(rest)) < 2:
            return []
        if np.ptp(here) == 0 and np.ptp(rest) == 0:
            same = here[0] == rest[0]
            return [
                _feature(group, name, None, here.mean(), rest.mean(), 0.0 if same else np.copysign(np.inf, here[0] - rest[0]), 1.0 if same else 0.0, len(here))
            ]
        test = t_test(here, rest)
        return [_feature(group, name, None, here.mean(), rest.mean(), test.effect, test.p_value, len(here))]
    here, rest = values[mask & (values >= 0)], values[~mask & (values >= 0)]
    if not len(here) or not len(rest):
        return []
    found = []
    for code, level in enumerate(levels):
        a, b = int((here == code).sum()), int((rest == code).sum())
        if a + b == 0:
            continue
        shares = a / len(here), b / len(rest)
        h = 2 * (np.arcsin(np.sqrt(shares[0])) - np.arcsin(np.sqrt(shares[1])))
        p = 1.0 if a + b == len(here) + len(rest) else difference_p(a, len(here), b, len(rest))
        found.append(_feature(group, name, level, *shares, h, p, len(here)))
    return found


def _feature(group: str, name: str, level: str | None, mean: float, rest: float, effect: float, p: float, n: int) -> dict[str, Any]:
    return {
        "group": group,
        "column": name,
        "level": level,
        "mean": float(mean),
        "rest_mean": float(rest),
        "effect": float(effect),
        "p_value": float(p),
        "n": int(n),
    }


def _name(features: list[dict[str, Any]]) -> str:
    """The two largest effects that are no chance (q < 0.05) and not small (0.2)."""
    telling = sorted((f for f in features if f["q_value"] < 0.05 and abs(f["effect"]) >= 0.2), key=lambda f: -abs(f["effect"]))
    words: list[str] = []
    for feature in telling:
        if feature["level"] is None:
            words.append(f"{'high' if feature['effect'] > 0 else 'low'} {feature['column']}")
        elif feature["effect"] > 0:
            words.append(f"{feature['column']} {feature['level']}")
        if len(words) == 2:
            break
    return ", ".join(words) or "like the others"


def _sentence(row: dict[str, Any]) -> str:
    text = f"{row['group']}: {row['customers']} customers ({row['share']:.1%}), {row['name']}"
    if "rate" in row:
        text += f"; churn {row['rate']:.1%} [{row['lower']:.1%}, {row['upper']:.1%}] against {row['rest_rate']:.1%} of the others"
    if "value" in row:
        text += f"; {row['share_of_value']:.1%} of the value"
    return text + "."


def _framed(rows: list[dict[str, Any]], like: Any) -> Any:
    return frame_like({name: [row[name] for row in rows] for name in (rows[0] if rows else ())}, like)
