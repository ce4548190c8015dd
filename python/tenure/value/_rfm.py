"""Recency, frequency, monetary value and purchase cycle of customers, from their purchases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, column, frame_like

_MEASURES = {"recency": ("since_last", True), "frequency": ("orders", False), "monetary": ("amount", False)}


@dataclass(frozen=True, eq=False)
class RFM:
    """Customers scored by recency, frequency and monetary value.

    Attributes
    ----------
    columns : dict of str to ndarray
        One line a customer: customer, first, last, orders, visits (days with a purchase), amount; frequency, recency, T and monetary_value as the
        purchase models take them; since_last, cycle (mean time between visits), overdue (since_last / cycle); r_score, f_score, m_score; segment.
    borders : dict
        Inner borders of the scores, by "recency", "frequency", "monetary". Given to another call, they make scores comparable over time.
    """

    columns: dict[str, np.ndarray]
    borders: dict[str, list[float]]
    _like: Any = None

    @property
    def table(self) -> Any:
        """One line a customer, in the caller's kind of frame."""
        return frame_like(self.columns, self._like)

    @property
    def segments(self) -> Any:
        """Customers, mean values and shares by segment, largest amount first."""
        c = self.columns
        total = float(c["amount"].sum())
        rows: list[dict[str, Any]] = []
        for name in _core.value.rfm_segment_names():
            inside = c["segment"] == name
            if not inside.any():
                continue
            means = {f"mean_{key}": float(c[key][inside].mean()) for key in ("since_last", "orders", "amount")}
            amount = float(c["amount"][inside].sum())
            share = amount / total if total > 0 else float("nan")
            rows.append({"segment": name, "customers": int(inside.sum()), "share": float(inside.mean()), **means, "amount": amount, "amount_share": share})
        rows.sort(key=lambda row: -row["amount"])
        return frame_like({key: [row[key] for row in rows] for key in rows[0]}, self._like)

    def plot(self, ax: Any = None) -> Any:
        """Heat map of customers by recency and frequency score, counts written in. Returns the matplotlib axes."""
        import matplotlib.pyplot as plt

        r, f = self.columns["r_score"], self.columns["f_score"]
        grid = np.zeros((len(self.borders["recency"]) + 1, len(self.borders["frequency"]) + 1), dtype=int)
        np.add.at(grid, (r - 1, f - 1), 1)
        ax = ax or plt.subplots()[1]
        ax.imshow(grid, origin="lower", cmap="Blues", extent=(0.5, grid.shape[1] + 0.5, 0.5, grid.shape[0] + 0.5), aspect="auto")
        for (i, j), count in np.ndenumerate(grid):
            ax.text(j + 1, i + 1, f"{count}", ha="center", va="center", color="white" if count > 0.6 * grid.max() else "black")
        ax.set(xlabel="frequency score", ylabel="recency score", title=f"Customers by recency and frequency (n = {len(r)})")
        return ax


def rfm(
    transactions: Any,
    *,
    customer: Any,
    time: Any,
    amount: Any = None,
    end: Any = None,
    bins: str = "quantile",
    n_bins: int = 5,
    borders: Mapping[str, Sequence[float]] | None = None,
) -> RFM:
    """Recency, frequency, monetary value and purchase cycle of every customer, scores and the usual named segments.

    Parameters
    ----------
    transactions : frame
        One purchase a row.
    customer, time, amount : str or array-like
        Columns of `transactions`, or one value a row. `time`: dates, or numbers in any unit; whole days (units) count as one visit. `amount` >= 0,
        none when missing; net refunds against their purchases first.
    end : date or number, optional
        The day as of which customers are described; later purchases are ignored. The day of the last purchase when missing.
    bins : {"quantile", "natural"}
        How scores are cut: equal numbers of customers, or the division of least variance (Fisher and Jenks). Equal values get equal scores.
    n_bins : int
        Scores 1 to n_bins, the highest the best (the latest, most frequent, most valuable).
    borders : mapping, optional
        Fixed inner borders by "recency" (in days since the last purchase), "frequency" (orders), "monetary" (amount); of an earlier RFM, or chosen.
        Measures not named are cut by `bins`.

    Returns
    -------
    RFM
        `.table`, `.segments`, `.borders`, `.plot()`.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.value import rfm
    >>> log = pd.DataFrame({"who": ["a", "a", "b", "c", "c", "c"], "day": [1, 9, 3, 2, 5, 8], "paid": [5, 7, 20, 1, 1, 1]})
    >>> rfm(log, customer="who", time="day", amount="paid", end=10, n_bins=2).table["cycle"].tolist()
    [8.0, nan, 3.0]
    """
    frame = as_frame(transactions)
    codes, names = _customer_codes(_values(customer, frame, "customer"))
    days, is_date = _days(_values(time, frame, "time"), "time")
    paid = np.empty(0) if amount is None else column(amount, "amount", transactions)
    log = _core.value.PurchaseLog(1.0)
    log.add(codes, days, paid if paid.dtype.kind in "biuf" else paid.astype(np.float64))
    last_day = log.last_unit() if end is None else float(_days(np.asarray([end]), "end")[0][0]) if is_date else float(end)
    found = log.finish(last_day)
    if not len(found["customer"]):
        raise _core.InvalidInput("end: no purchase lies before it")
    found["customer"] = names[found["customer"]]
    found["T"] = found.pop("age")
    if is_date:
        for key in ("first", "last"):
            found[key] = found[key].astype("int64").astype("datetime64[D]").astype("datetime64[ms]")
    cuts = {
        name: list(map(float, (borders or {}).get(name, ()))) or _core.value.bin_borders(found[key], n_bins, bins).tolist()
        for name, (key, _) in _MEASURES.items()
    }
    for name, (key, reverse) in _MEASURES.items():
        found[f"{name[0]}_score"] = _core.value.scores(found[key], cuts[name], reverse)
    segment = _core.value.rfm_segments(found["r_score"], found["f_score"], len(cuts["recency"]) + 1, len(cuts["frequency"]) + 1)
    found["segment"] = np.asarray(_core.value.rfm_segment_names(), dtype=object)[segment]
    order = ("customer", "first", "last", "orders", "visits", "amount", "frequency", "recency", "T", "monetary_value", "since_last", "cycle", "overdue")
    return RFM(columns={key: found[key] for key in (*order, "r_score", "f_score", "m_score", "segment")}, borders=cuts, _like=transactions)


def rfm_migration(before: RFM, after: RFM) -> Any:
    """Customers who moved from one segment to another between two dates.

    Returns
    -------
    table with the columns before, after, customers, share
        `share` is of the customers in `before`'s segment; customers who are not in one of the two are "(none)" there.
    """
    old = dict(zip(before.columns["customer"].tolist(), before.columns["segment"].tolist(), strict=True))
    new = dict(zip(after.columns["customer"].tolist(), after.columns["segment"].tolist(), strict=True))
    moves: dict[tuple[str, str], int] = {}
    for who in {**old, **new}:
        pair = (old.get(who, "(none)"), new.get(who, "(none)"))
        moves[pair] = moves.get(pair, 0) + 1
    from_size = {name: sum(n for (a, _), n in moves.items() if a == name) for name, _ in moves}
    rows = sorted(moves.items(), key=lambda item: (-from_size[item[0][0]], item[0][0], -item[1], item[0][1]))
    columns = {"before": [a for (a, _), _ in rows], "after": [b for (_, b), _ in rows], "customers": [n for _, n in rows]}
    return frame_like({**columns, "share": [n / from_size[a] for (a, _), n in rows]}, after._like)


def _values(data: Any, frame: Any, name: str) -> np.ndarray:
    return column(data, name, None if frame is None else frame.to_native())


def _customer_codes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes in the order of the sorted identities, and the identities; missing ones get -1, which the engine refuses by row."""
    import pandas as pd

    codes, names = pd.factorize(values, sort=True)
    return codes.astype(np.int64), np.asarray(names)


def _days(values: np.ndarray, name: str) -> tuple[np.ndarray, bool]:
    """Days since 1970 of dates (text is parsed as ISO 8601), or numbers as they are."""
    if values.dtype.kind in "biuf":
        return values, False
    import pandas as pd

    try:
        dates = pd.to_datetime(pd.Series(values), format="ISO8601", utc=True)
    except (ValueError, TypeError) as problem:
        raise _core.InvalidInput(f"{name}: holds neither numbers nor dates ({problem})") from problem
    days = dates.dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.float64) / 86400
    days[dates.isna().to_numpy()] = np.nan
    return days, True
