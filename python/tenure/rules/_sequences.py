"""Frequent sequences of customer events, and those that end in churn."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, column
from tenure._threads import threads


def frequent_sequences(
    events: Any,
    *,
    customer: str,
    time: str,
    event: str,
    min_support: float = 0.05,
    max_length: int = 5,
    churned: Collection[Any] | None = None,
    n_jobs: int | None = None,
    progress: Any = None,
) -> Any:
    """What customers do in which order: patterns of events, others may lie between them (PrefixSpan).

    Parameters
    ----------
    events : frame
        One row an event, with the columns `customer`, `time` (anything that sorts) and `event`. Events of one moment keep the order of the rows.
    min_support : float
        Smallest share of customers that show the pattern; with `churned`, that show it and left.
    max_length : int
        Most events of a pattern.
    churned : collection of customers, optional
        Who left. Customers without events are not seen here; record their joining as an event if they should count.

    Returns
    -------
    pandas frame
        `sequence` (tuple of events), `length`, `customers` that show it, `support`, most frequent first. With `churned`: also `churned` of them, `confidence`,
        `lift`, one-sided Fisher `fisher_p`, `q_value` over all patterns found; least p first.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.rules import frequent_sequences
    >>> log = pd.DataFrame({"id": [1, 1, 1, 2, 2, 3], "day": [1, 2, 3, 1, 5, 2], "what": ["bill", "call", "leave", "bill", "leave", "call"]})
    >>> frequent_sequences(log, customer="id", time="day", event="what", min_support=0.6)[["sequence", "customers"]]
            sequence  customers
    0        (bill,)          2
    1        (call,)          2
    2       (leave,)          2
    3  (bill, leave)          2
    """
    import pandas as pd

    frame = as_frame(events)
    if frame is None:
        raise TypeError(f"events: must be a frame, is a {type(events).__name__}")
    for name, used in (("customer", customer), ("time", time), ("event", event)):
        if used in frame.columns and frame[used].null_count():
            raise ValueError(f"{name}: column '{used}' has {frame[used].null_count()} missing values")
    who, codes = np.unique(column(customer, "customer", events), return_inverse=True)
    when = column(time, "time", events)
    what, kinds = pd.factorize(column(event, "event", events), sort=True)
    order = np.lexsort((np.arange(len(when)), pd.factorize(when, sort=True)[0], codes))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(who)))])
    left = np.zeros(0, dtype=np.uint8)
    if churned is not None:
        gone = set(churned)
        left = np.fromiter((name in gone for name in who.tolist()), dtype=np.uint8, count=len(who))
        if not 0 < left.sum() < len(left):
            raise ValueError(f"churned: names {int(left.sum())} of the {len(left)} customers with events; some must have left and some stayed")
    found = _core.rules.frequent_sequences(
        offsets, what[order].astype(np.int32), len(kinds), left, threads=threads(n_jobs), progress=progress, min_support=min_support, max_length=max_length
    )
    counts = found["counts"]
    sequences = np.empty(len(counts), dtype=object)
    names = list(kinds)
    sequences[:] = [tuple(names[code] for code in found["events"][found["offsets"][s] : found["offsets"][s + 1]]) for s in range(len(counts))]
    table = pd.DataFrame({"sequence": sequences, "length": np.diff(found["offsets"]), "customers": counts, "support": counts / len(who)})
    if churned is None:
        return table.sort_values(["customers", "length"], ascending=[False, True], kind="stable").reset_index(drop=True)
    table["churned"] = found["outcome_counts"]
    table["confidence"] = table["churned"] / counts
    table["lift"] = table["confidence"] / left.mean()
    table["fisher_p"] = _core.rules.fisher_p(found["outcome_counts"], counts, np.full(len(counts), int(left.sum())), len(who))
    table["q_value"] = _core.rules.adjust_false_discovery(table["fisher_p"].to_numpy(), len(table))
    return table.sort_values(["fisher_p", "length"], kind="stable").reset_index(drop=True)
