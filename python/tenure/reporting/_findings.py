"""What the report says, as one plain dictionary: the JSON twin. Every number comes from the engines; the page shows nothing else."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np

import tenure
from tenure._leakage import scan
from tenure._read import Customers
from tenure._text import Note
from tenure.reporting._figures import axis_times
from tenure.reporting._model import Model
from tenure.reporting._population import Population, bands, levels, population, public_level, rare_levels

LEVEL = 0.95
SEGMENTS = 6
CURVES = 3  # columns for which survival curves are drawn
MAX_CURVES = 6  # groups on one chart
POINTS = 200  # of a curve
TOP = 0.1  # of the lost customers by turnover, for the concentration of the loss


def findings(customers: Customers, *, command: str = "", seed: int = 0) -> dict[str, Any]:
    """Compute everything the report says about `customers`.

    Returns
    -------
    dict
        Plain values only: numbers, text, None, lists and dictionaries; `json.dumps` takes it as it is.
    """
    leaks = scan(customers)
    left_out = list(dict.fromkeys(note.values["column"] for note in leaks if note.level == "error"))
    people = population(customers, left_out)
    rates = _rates(customers, people)
    association = _associations(customers, people)
    segments = _segments(customers, people, association)
    model = Model(customers, people, left_out, seed)
    contract = customers.contract
    found = {
        "format": "tenure.report/1",
        "version": tenure.__version__,
        "made": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "command": command,
        "level": LEVEL,
        "currency": contract.currency,
        "source": {
            "name": customers.source.name,
            "sha256": customers.source.sha256,
            "rows_read": customers.rows_read,
            "rows_used": len(customers.frame),
            "rows_dropped": customers.rows_read - len(customers.frame),
        },
        "contract": contract.to_mapping(),
        "notes": [note.to_dict() for note in customers.notes],
        "leakage": [note.to_dict() for note in leaks],
        "warnings": len(leaks) + len(customers.warnings),
        "quality": customers.quality().astype(object).to_dict(orient="records"),
        "rates": rates,
        "segments": segments,
        "reasons": _reasons(customers, people),
        "survival": _survival(customers, association),
        "drivers": {"associations": association, **model.odds()} if association else None,
        "model": model.quality(),
        "risk": model.risk(),
        "money": _money(customers, people, segments),
    }
    return plain(found)


def plain(value: Any) -> Any:
    """`value` in JSON's own types: NaN and infinity become None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, Note):
        return value.to_dict()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def whole(value: Any) -> Any:
    """A count as a whole number where it is one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _associations(customers: Customers, people: Population) -> list[dict[str, Any]]:
    from tenure.stats import association

    if not people.features or people.lost.all() or not people.lost.any():
        return []
    import pandas as pd

    columns = {name: people.frame[name] if customers.kind(name) == "number" else levels(people.frame[name]) for name in people.features}
    table = association(pd.DataFrame(columns), people.lost.astype(np.float64), level=LEVEL)
    rows = table.to_dict(orient="records")
    return [
        {
            "column": row["column"],
            "measure": row["measure"],
            "strength": row["strength"],
            "lower": row["lower"],
            "upper": row["upper"],
            "p": row["p_value"],
            "q": row["q_value"],
            "n": row["n"],
        }
        for row in rows
        if row["strength"] is not None and math.isfinite(row["strength"])
    ]


def _segments(customers: Customers, people: Population, association: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Churn rate by the levels of the columns that go most with leaving; numbers in bands."""
    import pandas as pd

    from tenure.rates import rates_by

    value = _value(customers)
    found = []
    for row in association[:SEGMENTS]:
        name = row["column"]
        column = _grouped(customers, people.frame[name], name)
        if column.nunique() < 2:
            continue
        amount = None if value is None else value[people.rows]
        unit = customers.contract.duration_unit if name == customers.time_column else None
        table = rates_by(pd.DataFrame({name: column}), churned=people.lost, by=name, amount=amount, level=LEVEL)
        pooled = rare_levels(people.frame[name])
        banded = customers.kind(name) == "number"
        order = list(column.cat.categories)
        entries = sorted(table.to_dict(orient="records"), key=lambda entry: order.index(entry["segment"]) if banded else -entry["rate"])
        rows = [
            {
                "level": public_level(entry["segment"], pooled, unit),
                "n": int(entry["customers"]),
                "lost": int(entry["lost"]),
                **{key: entry[key] for key in ("rate", "lower", "upper", "shrunk", "share_of_lost")},
                "p": entry["p_value"],
                "q": entry["q_value"],
                "lost_value": entry.get("lost_amount"),
            }
            for entry in entries
        ]
        found.append({"column": name, "banded": banded, "strength": row["strength"], "p": row["p"], "q": row["q"], "n": len(people.lost), "rows": rows})
    return found


def _grouped(customers: Customers, column: Any, name: str) -> Any:
    if customers.kind(name) != "number":
        return levels(column)
    contract = customers.contract
    return bands(column, name == customers.time_column and contract.duration_unit == "months")


def _value(customers: Customers) -> np.ndarray | None:
    """Turnover a month of every customer, missing as 0."""
    name = customers.contract.value
    return None if name is None else np.nan_to_num(customers.frame[name].to_numpy(dtype=np.float64))


def _rates(customers: Customers, people: Population) -> dict[str, Any]:
    """The rate of the period (or of the whole table, where there are no dates) under every convention that the counts allow."""
    from tenure.rates import churn_rates, customer_periods

    contract = customers.contract
    lost, n = int(people.lost.sum()), len(people.lost)
    days = None if contract.start is None or contract.end is None else contract.period
    if days:
        first, last = days
        stop = last + datetime.timedelta(days=1)
        start, end = customers.frame[contract.start], customers.frame[contract.end]
        counts = customer_periods(start=start, end=end, periods=[first, stop])[0]
        edges = _month_edges(first, stop)
        parts = customer_periods(start=start, end=end, periods=edges) if len(edges) > 3 else []
        months = [_month(edge, part) for edge, part in zip(edges, parts, strict=False) if part["begin"] > 0]
    else:
        counts = {"begin": n, "new": 0, "returned": 0, "lost": lost, "end": n - lost}
        months = []
    table = churn_rates(counts, level=LEVEL).to_dict(orient="records")
    names = ("convention", "rate", "lower", "upper", "interval")
    rows = [{**{name: row[name] for name in names}, "lost": whole(row["lost"]), "denominator": whole(row["denominator"])} for row in table]
    headline = next(row for row in rows if row["convention"] == "begin")
    return {
        "dated": bool(days),
        "first": str(days[0]) if days else None,
        "last": str(days[1]) if days else None,
        **{name: whole(counts[name]) for name in ("begin", "new", "returned", "lost", "end")},
        "headline": {**headline, "one_in": 1 / headline["rate"] if headline["rate"] else None},
        "conventions": rows,
        "months": months,
        "mean_month": sum(row["lost"] for row in months) / sum(row["begin"] for row in months) if months else None,
    }


def _month_edges(first: datetime.date, stop: datetime.date) -> list[datetime.date]:
    """The first days of the months from `first` to `stop`, both included; only for whole months."""
    if first.day != 1 or stop.day != 1:
        return []
    count = (stop.year - first.year) * 12 + stop.month - first.month
    return [datetime.date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1) for k in range(count + 1)]


def _month(edge: datetime.date, counts: Any) -> dict[str, Any]:
    from tenure.rates import churn_rate

    rate = churn_rate(counts, level=LEVEL)
    found = {"month": f"{edge:%Y-%m}", "rate": rate.rate, "lower": rate.lower, "upper": rate.upper}
    return {**found, "lost": whole(rate.lost), **{name: whole(counts[name]) for name in ("begin", "new", "end")}}


def _reasons(customers: Customers, people: Population) -> dict[str, Any] | None:
    """What the lost customers of the population say why they left; those who say nothing stay in the count."""
    from tenure.rates import reason_shares

    name = customers.contract.reason
    if name is None or not people.lost.any() or not hasattr(customers.frame[name], "cat"):
        return None
    told = customers.frame[name].iloc[people.rows[people.lost]]
    stated = told.dropna().cat.remove_unused_categories()
    if not len(stated):
        return None
    grouped = levels(stated)
    counts = grouped.value_counts().to_dict()
    table = reason_shares(counts, lost=len(told), level=LEVEL).table.to_dict(orient="records")
    pooled = rare_levels(stated)
    rows = [
        {"level": public_level(row["reason"], pooled), "n": whole(row["count"]), **{key: row[key] for key in ("share", "lower", "upper")}} for row in table[:-1]
    ]
    silent = {"level": None, "n": whole(table[-1]["count"]), **{key: table[-1][key] for key in ("share", "lower", "upper")}}
    return {"lost": len(told), "unstated": silent, "rows": sorted(rows, key=lambda row: -row["n"])}


def _survival(customers: Customers, association: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Kaplan-Meier for everybody and by the columns whose groups differ most, by log-rank."""
    from tenure.stats import adjust_p
    from tenure.survival import log_rank, outcome

    if customers.time is None:
        return None
    y = outcome(customers.time, customers.lost)
    ticks = axis_times(float(np.max(customers.time)), customers.contract.duration_unit or "months")
    candidates = {}
    for row in association:
        if customers.kind(row["column"]) != "number":
            group = levels(customers.frame[row["column"]])
            if 2 <= group.nunique() <= MAX_CURVES:
                candidates[row["column"]] = group.cat.remove_unused_categories()
    tests = {name: log_rank(y, group.cat.codes.to_numpy()) for name, group in candidates.items()}
    adjusted = dict(zip(tests, adjust_p([test.p_value for test in tests.values()]), strict=True)) if tests else {}
    by = []
    for name in sorted(tests, key=lambda name: (tests[name].p_value, -tests[name].statistic))[:CURVES]:
        test, group = tests[name], candidates[name]
        groups = []
        for level in group.cat.categories:
            inside = (group == level).to_numpy()
            curve = _curve(customers.time[inside], customers.lost[inside], ticks)
            groups.append({"level": public_level(str(level), rare_levels(customers.frame[name])), **curve})
        groups.sort(key=lambda g: g["survival"][-1])
        by.append({"column": name, "statistic": test.statistic, "dof": test.dof, "p": test.p_value, "q": float(adjusted[name]), "groups": groups})
    overall = _curve(customers.time, customers.lost, ticks)
    return {"unit": customers.contract.duration_unit or "months", "ticks": ticks, "overall": overall, "by": by}


def _curve(time: np.ndarray, lost: np.ndarray, ticks: list[float]) -> dict[str, Any]:
    from tenure.survival import KaplanMeier, outcome

    model = KaplanMeier(interval="log-log", level=LEVEL).fit(outcome(time, lost))
    table = model.table_
    at = {name: np.asarray(table[name], dtype=np.float64) for name in ("time", "survival", "lower", "upper")}
    last = at["time"][-1]
    grid = at["time"] if len(at["time"]) <= POINTS else np.linspace(at["time"][0], last, POINTS)
    place = np.searchsorted(at["time"], grid, side="right") - 1
    survival, lower, upper = (at[name][place] for name in ("survival", "lower", "upper"))
    known = np.isfinite(lower) & np.isfinite(upper)  # the limits are missing where the curve is still 1 or already 0
    points = []
    for tick in _marks(ticks):
        i = int(np.searchsorted(at["time"], tick, side="right") - 1)
        value = {name: at[name][i] if i >= 0 and tick <= last else None for name in ("survival", "lower", "upper")}
        points.append({"time": tick, **value, "at_risk": whole(float(model.at_risk([tick])[0]))})
    middle = {name: float(np.asarray(model.quantile(0.5)[name])[0]) for name in ("time", "lower", "upper")}
    return {
        "n": len(time),
        "lost": int(lost.sum()),
        "median": middle["time"],
        "median_lower": middle["lower"],
        "median_upper": middle["upper"],
        "points": points,
        "time": [0.0, *grid] if grid[0] > 0 else grid,
        "survival": [1.0, *survival] if grid[0] > 0 else survival,
        "lower": [1.0, *np.where(known, lower, survival)] if grid[0] > 0 else np.where(known, lower, survival),
        "upper": [1.0, *np.where(known, upper, survival)] if grid[0] > 0 else np.where(known, upper, survival),
        "at_risk": [round(float(count)) for count in model.at_risk(ticks)],
    }


def _marks(ticks: list[float]) -> list[float]:
    """At most four times for the table: the first two, the middle and the last."""
    later = ticks[1:]
    return later if len(later) <= 4 else [later[0], later[1], later[len(later) // 2], later[-1]]


def _money(customers: Customers, people: Population, segments: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Turnover that left with the lost customers of the population."""
    from tenure.rates import churn_loss

    value = _value(customers)
    if value is None or not people.lost.any():
        return None
    value = value[people.rows]
    if not value.sum() > 0 or (value < 0).any():
        return None
    lost, rate = value[people.lost], customers.contract.profit_rate
    month, n = float(lost.sum()), len(lost)
    loss = churn_loss(lost=n, turnover=[(1.0, 12 * month / n)], profit_rate=rate if rate is not None else 1.0)
    top = max(1, math.ceil(TOP * n))
    by = None
    if segments:
        rows = [{"level": row["level"], "lost": row["lost"], "value": row["lost_value"], "share": row["lost_value"] / month} for row in segments[0]["rows"]]
        by = {"column": segments[0]["column"], "rows": sorted(rows, key=lambda row: -row["value"])}
    return {
        "total": float(value.sum()),
        "lost_month": month,
        "lost_year": loss.lost_revenue,
        "share": month / float(value.sum()),
        "mean_lost": month / n,
        "mean_kept": float(value[~people.lost].mean()) if (~people.lost).any() else None,
        "profit_rate": rate,
        "lost_profit_year": loss.loss if rate is not None else None,
        "top_share": TOP,
        "top_customers": top,
        "top_value_share": float(np.sort(lost)[::-1][:top].sum() / month),
        "by": by,
    }
