"""Columns that know the answer: found before they flatter a model."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure._contract import Contract
from tenure._read import Customers, read
from tenure._roles import normal
from tenure._text import Notes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

SURE_AUC = 0.95  # one column alone ranks the lost this well: it is a consequence, not a sign
MISSING_AUC = 0.75
TENURE_LINK = 0.8
ORDER_AUC = 0.65
SAME = 0.05  # typical deviation, as a share of the spread, below which a column is made of others
PRODUCT_ROWS = 2000  # rows looked at for products and sums
PRODUCT_COLUMNS = 25
_NAMES = re.compile(
    r"(?<!non)(churn|cancel|terminat|deactivat|disconnect|closure|attrition|retentioncall|savedesk|winback|lastinvoice|finalbill|exitsurvey|exitinterview|leavereason)"
    r"|流失|离网|退网|退订|销户|注销|挽留|赢回|解约"
)


def leakage_scan(data: Any, contract: Contract | Mapping[str, Any] | str | None = None, *, encoding: str | None = None) -> pd.DataFrame:
    """Look for columns that carry the outcome, its date, or the length of the observation.

    Parameters
    ----------
    data : path, frame, or what `read` returned
    contract : Contract, mapping or path, optional
    encoding : str, optional
        Encoding of a CSV file.

    Returns
    -------
    pandas.DataFrame
        One row a finding: ``column``, ``check``, ``level`` ("error": leave the column out; "warning": look at it), ``value`` and the sentence
        ``text``. The checks: ``one_column`` (alone it ranks the lost with an AUC above 0.95), ``missing`` (whether it is missing tells, AUC
        above 0.75), ``name`` (its name speaks of leaving, English or Chinese), ``copy`` (it equals another), ``product`` and ``sum`` (it is made
        of two others; an error when the time as a customer is one of them), ``tenure`` (rank correlation above 0.8 with the time as a customer),
        ``order`` (the rows are sorted by the outcome). Columns that the contract calls end date or reason are never features and so not listed.

    Examples
    --------
    >>> import tenure as tn
    >>> scan = tn.leakage_scan(tn.datasets.load_telco())
    >>> scan[["column", "check"]].values.tolist()
    [['TotalCharges', 'product']]
    """
    import pandas as pd

    customers = data if isinstance(data, Customers) else read(data, contract, encoding=encoding)
    rows = [
        {
            "column": note.values["column"],
            "check": note.code.removeprefix("leak.").removesuffix("_time"),
            "level": note.level,
            "value": note.values.get("value"),
            "text": str(note),
        }
        for note in scan(customers)
    ]
    return pd.DataFrame(rows, columns=["column", "check", "level", "value", "text"])


def scan(customers: Customers) -> Notes:
    """The findings as notes, in the order of the columns."""
    found: dict[str, Notes] = {}

    def add(column: str, check: str, level: str, **values: Any) -> None:
        found.setdefault(column, Notes()).add(f"leak.{check}", level, column=column, **values)

    contract, lost = customers.contract, customers.lost.astype(np.float64)
    for name in customers.features:
        if name == customers.time_column:
            continue
        score = _score(customers, name)
        missing = customers.frame[name].isna().to_numpy()
        if missing.any() and not missing.all() and (auc := _auc(lost, missing.astype(np.float64))) > MISSING_AUC:
            add(name, "missing", "warning", value=auc, n=int(missing.sum()))
        known = ~np.isnan(score)
        if (auc := _auc(lost[known], score[known])) > SURE_AUC:
            add(name, "one_column", "error", value=auc)
        elif _NAMES.search(normal(name)):
            add(name, "name", "warning")
    for name, check, level, values in _composed(customers):
        add(name, check, level, **values)
    for name, value in _tenure_links(customers):
        if name not in found or not any(found[name].of("error")):
            add(name, "tenure", "warning", value=value)
    if (auc := _auc(lost, np.arange(len(lost), dtype=np.float64))) > ORDER_AUC:
        add(contract.label or contract.end or "", "order", "warning", value=auc)
    order = [*customers.frame.columns, ""]
    return Notes(note for name in sorted(found, key=order.index) for note in found[name])


def _auc(lost: np.ndarray, score: np.ndarray) -> float:
    """AUC of one column in its better direction; 0.5 where there is nothing to compare."""
    from tenure.evaluate import roc_auc

    if not len(lost) or lost.all() or not lost.any() or (score == score[0]).all():
        return 0.5
    value = float(roc_auc(lost, score))
    return max(value, 1.0 - value)


def _score(customers: Customers, name: str) -> np.ndarray:
    """A column as numbers: a category by the share lost in each of its levels."""
    column = customers.frame[name]
    if customers.kind(name) == "number":
        return column.to_numpy(dtype=np.float64)
    codes = column.astype("category").cat.codes.to_numpy()
    known = codes >= 0
    count = np.bincount(codes[known])
    share = np.bincount(codes[known], weights=customers.lost[known]) / np.maximum(count, 1)
    return np.where(known, share[codes], np.nan)


def _composed(customers: Customers) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Columns that are the product or the sum of two others; a ratio or difference shows as the product or sum of the other two."""
    numbers = [name for name in customers.features if customers.kind(name) == "number"][:PRODUCT_COLUMNS]
    complete = customers.frame[numbers].dropna()
    sample = complete.iloc[np.linspace(0, len(complete) - 1, min(len(complete), PRODUCT_ROWS)).astype(int)] if len(complete) else complete
    if len(sample) < 30:
        return []
    values = {name: sample[name].to_numpy(dtype=np.float64) for name in numbers}
    found: dict[str, tuple[float, str, str, str]] = {}
    copies = {frozenset(pair) for pair in itertools.combinations(numbers, 2) if _deviation(values[pair[0]], values[pair[1]]) < SAME}
    for a, b in itertools.combinations(numbers, 2):
        made = {"product": (values[a] * values[b], a, b), "sum": (values[a] + values[b], a, b)}
        for target in numbers:
            if target in (a, b) or frozenset((target, a)) in copies or frozenset((target, b)) in copies:
                continue
            for check, (guess, first, second) in made.items():
                deviation = _deviation(values[target], guess)
                if deviation < found.get(target, (SAME,))[0]:
                    found[target] = (deviation, check, first, second)
    rows = [
        (b, "copy", "warning", {"a": a, "value": _deviation(values[b], values[a])})
        for a, b in itertools.combinations(numbers, 2)
        if frozenset((a, b)) in copies
    ]
    claimed: set[frozenset[str]] = set()
    duration = customers.time_column
    for target in sorted(found, key=lambda name: (_rank(name, customers), found[name][0])):
        deviation, check, a, b = found[target]
        if target == duration or frozenset((target, a, b)) in claimed:
            continue
        claimed.add(frozenset((target, a, b)))
        accumulates = duration in (a, b)
        rows.append((target, f"{check}_time" if accumulates else check, "error" if accumulates else "warning", {"a": a, "b": b, "value": deviation}))
    return rows


def _rank(name: str, customers: Customers) -> int:
    """Roles come last: a composed column is blamed before the value or the duration that it is made of."""
    return int(name in customers.contract.columns().values())


def _deviation(target: np.ndarray, guess: np.ndarray) -> float:
    """Typical deviation of `guess` from `target`, as a share of the target's own spread (both medians of absolute deviations)."""
    scale = np.median(np.abs(target - np.median(target)))
    if scale == 0:
        return 1.0
    return float(np.median(np.abs(target - guess)) / scale)


def _tenure_links(customers: Customers) -> list[tuple[str, float]]:
    from tenure.stats import correlation

    duration = customers.time_column
    numbers = [name for name in customers.features if customers.kind(name) == "number" and name != duration]
    if duration is None or duration not in customers.features or not numbers:
        return []
    matrix = correlation(customers.frame[[duration, *numbers]], method="spearman").estimate
    return [(name, float(abs(value))) for name, value in zip(numbers, np.asarray(matrix)[0, 1:], strict=True) if abs(value) > TENURE_LINK]
