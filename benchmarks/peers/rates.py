"""Churn arithmetic beside numpy, pandas, polars and statsmodels doing the same counts. python benchmarks/peers/rates.py [--quick]"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import polars as pl
from schedule import race
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

import tenure as tn

QUICK = "--quick" in sys.argv


def records(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    start = rng.integers(14_000, 20_000, n).astype("datetime64[D]").astype("datetime64[ns]")
    end = start + (rng.exponential(900, n)).astype("timedelta64[D]")
    end[end >= np.datetime64(20_000, "D")] = np.datetime64("NaT")
    return start, end


def one_period(n: int) -> None:
    start, end = records(n)
    first, after = np.datetime64("2022-01-01"), np.datetime64("2022-02-01")
    frame, lazy = pd.DataFrame({"start": start, "end": end}), pl.DataFrame({"start": start, "end": end})

    def ours():
        p = tn.rates.customer_periods(start=start, end=end, periods=[first, after], as_of="2024-12-31")[0]
        return p["begin"], p["new"], p["lost"], p["end"], p["lost_open"]

    def counts(s, e):
        open_ = (s < first) & ~(e < first)
        close = (s < after) & ~(e < after)
        return open_.sum(), ((s >= first) & (s < after)).sum(), ((e >= first) & (e < after)).sum(), close.sum(), (open_ & ~close).sum()

    def in_polars():
        s, e = pl.col("start"), pl.col("end")
        open_, close = (s < first) & (e.is_null() | (e >= first)), (s < after) & (e.is_null() | (e >= after))
        new, lost = (s >= first) & (s < after), (e >= first) & (e < after)
        # fmt: off
        return lazy.select(
            open_.sum().alias("begin"), new.sum().alias("new"), lost.sum().alias("lost"), close.sum().alias("end"), (open_ & ~close).sum().alias("lost_open")
        ).row(0)
        # fmt: on

    race(
        f"counts of one period, {n:,} records (datetime64[ns])",
        # customers whose end falls on the first day are still open on the day before: the peers' masks say the same
        {"tenure": ours, "numpy masks": lambda: counts(start, end), "pandas masks": lambda: counts(frame["start"], frame["end"]), "polars": in_polars},
    )


def sixty_periods(n: int) -> None:
    start, end = (column.astype("datetime64[D]") for column in records(n))
    edges = np.arange("2019-12", "2024-12", dtype="datetime64[M]").astype("datetime64[D]")

    def ours():
        counts = tn.rates.customer_periods(start=start, end=end, periods=list(edges), as_of="2024-12-31")
        return [p["end"] for p in counts] + [p["lost"] for p in counts]

    def in_numpy():
        days = np.sort(start), np.sort(end)  # NaT last
        known = len(end) - np.isnat(end).sum()
        active = np.searchsorted(days[0], edges) - np.minimum(np.searchsorted(days[1][:known], edges), known)
        lost = np.diff(np.searchsorted(days[1][:known], edges))
        return [*active[1:], *lost]

    def in_polars():
        months = [
            pl.DataFrame({"d": c}).drop_nulls().group_by((pl.col("d").dt.year() * 12 + pl.col("d").dt.month()).alias("m")).len().sort("m") for c in (start, end)
        ]
        wanted = [(int(str(e)[:4])) * 12 + int(str(e)[5:7]) for e in edges[:-1]]
        starts, ends = (dict(table.iter_rows()) for table in months)
        active = [sum(n for m, n in starts.items() if m <= w) - sum(n for m, n in ends.items() if m <= w) for w in wanted]
        return [*active, *(ends.get(w, 0) for w in wanted)]

    race(f"counts of {len(edges) - 1} months, {n:,} records", {"tenure": ours, "numpy sort": in_numpy, "polars group_by": in_polars})


def retention(n: int) -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"customer": rng.integers(0, n // 10, n), "date": (np.datetime64("2023-01-01") + rng.integers(0, 720, n)).astype("datetime64[ns]")})
    table = pl.from_pandas(frame)

    def ours():
        return tn.rates.retention_table(frame, customer="customer", date="date", buckets=11, as_of="2024-12-31").statistic.retained.reshape(-1, 12)[:12]

    def in_pandas():
        first = frame.groupby("customer")["date"].transform("min")
        month = (frame["date"].dt.year - first.dt.year) * 12 + frame["date"].dt.month - first.dt.month
        cohort = first.dt.year * 12 + first.dt.month
        cells = frame.assign(cohort=cohort, month=month).groupby(["cohort", "month"])["customer"].nunique().unstack(fill_value=0)
        return cells.to_numpy()[:12, :12]

    def in_polars():
        index = pl.col("date").dt.year() * 12 + pl.col("date").dt.month().cast(pl.Int32)
        cells = (
            table.with_columns(m=index)
            .with_columns(cohort=pl.col("m").min().over("customer"))
            .group_by("cohort", (pl.col("m") - pl.col("cohort")).alias("k"))
            .agg(pl.col("customer").n_unique())
            .filter(pl.col("k") < 12)
        )
        rows = cells["cohort"].to_numpy() - cells["cohort"].min()
        out = np.zeros((rows.max() + 1, 12))
        out[rows, cells["k"].to_numpy()] = cells["customer"].to_numpy()
        return out[:12]

    race(f"retention by month, {n:,} events", {"tenure": ours, "pandas": in_pandas, "polars": in_polars})


def intervals(n: int) -> None:
    rng = np.random.default_rng(3)
    trials = rng.integers(1, 1000, n)
    lost = rng.binomial(trials, 0.1)
    for method, name in (("wilson", "wilson"), ("clopper_pearson", "beta"), ("jeffreys", "jeffreys")):
        size = n if method == "wilson" else n // 20
        race(
            f"{method} intervals of {size:,} segments",
            {
                "tenure": lambda m=method, k=size: tn.stats.proportion_ci(lost[:k], trials[:k], method=m),
                "statsmodels": lambda m=name, k=size: proportion_confint(lost[:k], trials[:k], method=m),
            },
            # statsmodels has no 0 and 1 at the ends of jeffreys
            answer=lambda ci, k=size: np.where((lost[:k] == 0) | (lost[:k] == trials[:k]), 0, ci),
        )
    p = rng.random(n)
    race(f"Benjamini-Hochberg, {n:,} p-values", {"tenure": lambda: tn.stats.adjust_p(p), "statsmodels": lambda: multipletests(p, method="fdr_bh")[1]})


if __name__ == "__main__":
    one_period(1_000_000 if QUICK else 10_000_000)
    sixty_periods(1_000_000 if QUICK else 10_000_000)
    retention(200_000 if QUICK else 2_000_000)
    intervals(100_000 if QUICK else 1_000_000)
