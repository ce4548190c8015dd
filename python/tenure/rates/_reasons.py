"""Why customers left, split into kinds, and what changed between two periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, frame_like
from tenure.rates._results import Result, notes_from, percent, plain

UNSTATED = "(unstated)"


class ReasonShares(Result):
    """Shares of the reasons for leaving among all lost customers.

    Attributes
    ----------
    table : data frame
        Columns ``reason count share lower upper``, the last row being ``(unstated)``.
    lost, answered, unstated : numbers
        Lost customers, those who named a reason, and the share of those who did not.
    change : data frame or None
        With ``previous``: ``reason before now difference lower upper p_value q_value``.
    change_statistic, change_dof, change_p_value : float or None
        Chi-squared test of the whole mix, ``(unstated)`` included; NaN with several answers a customer.
    """

    _title = "Reasons for leaving"

    def _lines(self) -> list[tuple[str, str]]:
        t = self.table
        return [
            (str(reason), f"{percent(share)} [{percent(lower)}, {percent(upper)}]")
            for reason, share, lower, upper in zip(t["reason"], t["share"], t["lower"], t["upper"], strict=True)
        ]


def _tally(reasons: Any, lost: float | None, shares: bool) -> tuple[dict[str, float], float, float, bool]:
    """(count of each reason, lost, customers who answered, several answers a customer)."""
    if isinstance(reasons, Mapping):
        if lost is None:
            raise TypeError("lost, the number of lost customers, is needed with counts or shares of reasons")
        counts = {str(name): float(value) * (lost if shares else 1) for name, value in reasons.items()}
        return counts, lost, sum(counts.values()), False
    if shares:
        raise TypeError("shares=True goes with a mapping of reasons to shares")
    counts, answered, several, total = {}, 0, False, 0
    for answer in _answers(reasons):
        total += 1
        named = {str(a) for a in answer}
        answered += bool(named)
        several = several or len(named) > 1
        for name in sorted(named):
            counts[name] = counts.get(name, 0.0) + 1
    if lost is not None and lost < total:
        raise _core.InvalidInput(f"lost = {lost}: must be >= the {total} customers whose answers are given")
    ordered = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return ordered, total if lost is None else lost, answered, several


def _answers(reasons: Any) -> Any:
    """Each customer's answers as a list: from a sequence of texts, of lists of texts, or from a frame with one 0/1 column a reason."""
    frame = as_frame(reasons)
    if frame is not None:
        flags = {name: frame[name].to_numpy() for name in frame.columns}
        for name, values in flags.items():
            wrong = np.flatnonzero(~np.isin(values, (0, 1)))
            if len(wrong):
                raise _core.InvalidInput(f"reasons: column '{name}' must hold 0 and 1, row {wrong[0]} holds {values[wrong[0]]}")
        return ([name for name, values in flags.items() if values[i]] for i in range(frame.shape[0]))
    listed = reasons.to_list() if hasattr(reasons, "to_list") else list(reasons)
    return ([] if _missing(v) else [v] if isinstance(v, str) else [a for a in v if not _missing(a)] for v in listed)


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value)) or (isinstance(value, str) and not value.strip()) or type(value).__name__ == "NAType"


def reason_shares(
    reasons: Any,
    *,
    lost: float | None = None,
    shares: bool = False,
    previous: Any = None,
    previous_lost: float | None = None,
    level: float = 0.95,
    method: str = "wilson",
) -> ReasonShares:
    """Shares of the reasons for leaving among all lost customers, the unstated part included and never rescaled away.

    Parameters
    ----------
    reasons : mapping, sequence or data frame
        Counts by reason (or shares, with ``shares=True``), with ``lost``; or each lost customer's answer: a text, a list of texts
        (several answers), or nothing; or a frame with one 0/1 column a reason.
    lost : number
        All lost customers, answered or not; the number of answers given when each customer's is.
    previous, previous_lost
        The same for an earlier period, to compare with.
    level, method
        Of the intervals.

    Returns
    -------
    ReasonShares

    Examples
    --------
    >>> import tenure as tn
    >>> r = tn.rates.reason_shares({"quality": 30, "price": 20, "service": 15, "image": 10}, lost=100)
    >>> r.unstated
    0.25
    """
    counts, total, answered, several = _tally(reasons, lost, shares)
    options = {"level": level, "method": method, "several_answers": several}
    now = _core.rates.reason_shares(np.array(list(counts.values()), dtype=np.float64), float(total), answered=float(answered), **options)
    rows = [*now["reasons"], now["unstated"]]
    table = {"reason": [*counts, UNSTATED], **{name: [row[name] for row in rows] for name in ("count", "share", "lower", "upper")}}
    parts: dict[str, Any] = {
        "table": frame_like(table, reasons),
        "lost": plain(now["lost"]),
        "answered": plain(now["answered"]),
        "unstated": now["unstated"]["share"],
        "change": None,
        "change_statistic": None,
        "change_dof": None,
        "change_p_value": None,
        "notes": notes_from(now["notes"]),
    }
    if previous is not None:
        before, total_before, answered_before, several_before = _tally(previous, previous_lost, shares)
        names = [*counts, *(name for name in before if name not in counts)]
        options["several_answers"] = several or several_before
        series = [np.array([tally.get(name, 0.0) for name in names]) for tally in (counts, before)]
        change = _core.rates.reason_change(series[0], float(total), float(answered), series[1], float(total_before), float(answered_before), **options)
        rows = [*change["reasons"], change["unstated"]]
        fields = ("before", "now", "difference", "lower", "upper", "p_value", "q_value")
        parts["change"] = frame_like({"reason": [*names, UNSTATED], **{field: [row[field] for row in rows] for field in fields}}, reasons)
        parts |= {f"change_{name}": change[name] for name in ("statistic", "dof", "p_value")}
    return ReasonShares(parts)


def split_losses(parts: Mapping[str, float], *, lost: float, level: float = 0.95, method: str = "wilson", like: Any = None) -> Any:
    """Losses split into kinds that exclude each other and are complete: normal and abnormal, voluntary and involuntary.

    Parameters
    ----------
    parts : mapping of kind to count
        One kind may be None: it is the rest.
    lost : number
        All lost customers. Kinds that do not add up to it are refused.

    Returns
    -------
    data frame
        Columns ``kind count share lower upper``.

    Examples
    --------
    >>> import tenure as tn
    >>> split = tn.rates.split_losses({"normal": 430, "abnormal": None}, lost=1164)
    >>> [f"{share:.2%}" for share in split["share"]]
    ['36.94%', '63.06%']
    """
    unknown = [name for name, count in parts.items() if count is None]
    if len(unknown) > 1:
        raise _core.InvalidInput(f"parts: only one kind may be the rest, not {', '.join(map(str, unknown))}")
    known = sum(count for count in parts.values() if count is not None)
    counts = {name: lost - known if count is None else count for name, count in parts.items()}
    if not unknown and abs(known - lost) > 1e-9 * max(1.0, abs(lost)):
        raise _core.InvalidInput(f"parts: must add up to lost = {lost}, they add up to {known}; for reasons that need not be complete use reason_shares")
    made = _core.rates.reason_shares(np.array(list(counts.values()), dtype=np.float64), float(lost), level=level, method=method)
    rows = made["reasons"]
    columns = {name: [row[name] for row in rows] for name in ("share", "lower", "upper")}
    return frame_like({"kind": list(counts), "count": [plain(row["count"]) for row in rows], **columns}, like)


class MixRate(Result):
    """A change of the churn rate, split: ``change = mix_effect + rate_effect``; ``groups`` holds one row a group."""

    _title = "Change of the churn rate"

    def _lines(self) -> list[tuple[str, str]]:
        signed = {name: f"{100 * self[name]:+.2f} percentage points" for name in ("change", "mix_effect", "rate_effect")}
        return [
            ("before", percent(self.rate0)),
            ("now", percent(self.rate1)),
            ("change", signed["change"]),
            ("because other customers make up the base", signed["mix_effect"]),
            ("because groups leave more or less often", signed["rate_effect"]),
            ("now, with groups as large as before", percent(self.standardised)),
        ]


def mix_rate(before: Any, now: Any, *, group: str = "group", customers: str = "customers", lost: str = "lost") -> MixRate:
    """How much of a change in the churn rate comes from other customers making up the base, and how much from groups leaving more often.

    ``change = sum (w1 - w0)(c1 + c0)/2 + sum (c1 - c0)(w1 + w0)/2`` over groups with weights w and rates c: exact, whatever the order. A peak of new
    customers, who leave more often, shows as mix when groups are bands of tenure.

    Parameters
    ----------
    before, now : data frame, or mapping of group to (customers, lost)
        Customers at the open and lost customers of each group. A group missing in one period has no customers there.
    group, customers, lost : str
        Names of the frame's columns.

    Returns
    -------
    MixRate

    Examples
    --------
    >>> import tenure as tn
    >>> r = tn.rates.mix_rate({"young": (100, 20), "old": (900, 45)}, {"young": (500, 100), "old": (900, 45)})
    >>> round(r.change, 4), round(r.mix_effect, 4), round(r.rate_effect, 4)
    (0.0386, 0.0386, 0.0)
    """
    tables = [_groups(each, group, customers, lost) for each in (before, now)]
    names = list(dict.fromkeys([*tables[0], *tables[1]]))
    columns = [np.array([table.get(name, (0.0, 0.0))[i] for name in names], dtype=np.float64) for table in tables for i in (0, 1)]
    parts = _core.rates.mix_rate(*columns)
    rows = parts.pop("groups")
    fields = ("weight0", "weight1", "rate0", "rate1", "mix_effect", "rate_effect")
    parts["groups"] = frame_like({"group": names, **{field: [row[field] for row in rows] for field in fields}}, now)
    return MixRate(parts)


def _groups(data: Any, group: str, customers: str, lost: str) -> dict[Any, Sequence[float]]:
    frame = as_frame(data)
    if frame is None:
        return dict(data)
    for name in (group, customers, lost):
        if name not in frame.columns:
            raise _core.InvalidInput(f"'{name}' is not a column; the columns are {', '.join(map(str, frame.columns))}")
    names = frame[group].to_list()
    if len(set(names)) != len(names):
        raise _core.InvalidInput(f"{group}: must name each group once")
    return dict(zip(names, zip(frame[customers].to_list(), frame[lost].to_list(), strict=True), strict=True))
