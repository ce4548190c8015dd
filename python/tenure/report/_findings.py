"""What the report says, as one plain dictionary: the JSON twin. Every number comes from the engines; the page shows nothing else."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np

import tenure
from tenure._contract import UNITS
from tenure._leakage import scan
from tenure._read import Customers
from tenure.report._figures import axis_times
from tenure.report._model import Model
from tenure.report._nodes import pretty
from tenure.report._population import MISSING, POOLED, Population, bands, levels, population, public_level, rare_levels
from tenure.text import Note, format_value

LEVEL = 0.95
SEGMENTS = 6
CURVES = 3  # columns for which survival curves are drawn
MAX_CURVES = 6  # groups on one chart
POINTS = 200  # of a curve
CONVENTIONS = ("begin", "begin_gross", "end", "average", "begin_plus_new", "customer_days", "hazard")


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


def _associations(customers: Customers, people: Population) -> list[dict[str, Any]]:
    from tenure.stats import association

    if not people.features:
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
    from tenure.rates import rates_by

    import pandas as pd

    value = _value(customers)
    found = []
    for row in association[:SEGMENTS]:
        name = row["column"]
        column = _grouped(customers, people.frame[name], name)
        if column.nunique() < 2:
            continue
        table = rates_by(pd.DataFrame({name: column.astype(str), "lost": people.lost}), churned="lost", by=[name], level=LEVEL)
        amounts = pd.Series(value[people.rows] * people.lost).groupby(column.astype(str).to_numpy()).sum() if value is not None else None
        pooled = rare_levels(people.frame[name])
        rows = []
        for entry in table.to_dict(orient="records"):
            rows.append(
                {
                    "level": public_level(entry[name], pooled),
                    "n": int(entry["customers"]),
                    "lost": int(entry["lost"]),
                    "rate": entry["rate"],
                    "lower": entry["lower"],
                    "upper": entry["upper"],
                    "shrunk": entry["shrunk"],
                    "p": entry["p_value"],
                    "q": entry["q_value"],
                    "share_of_lost": entry["share_of_lost"],
                    "lost_value": float(amounts[entry[name]]) if amounts is not None else None,
                }
            )
        banded = customers.kind(name) == "number"
        order = list(column.cat.categories)
        rows.sort(key=lambda r: order.index(_key(r["level"])) if banded else -r["rate"])
        found.append({"column": name, "banded": banded, "strength": row["strength"], "p": row["p"], "q": row["q"], "n": len(people.lost), "rows": rows})
    return found


def _key(level: Any) -> str:
    return MISSING if level is None else POOLED if isinstance(level, dict) else level


def _grouped(customers: Customers, column: Any, name: str) -> Any:
    if customers.kind(name) != "number":
        return levels(column)
    contract = customers.contract
    whole = bool((column.dropna() % 1 == 0).all())

    def band(low: float, high: float, last: bool) -> str:
        shown = [format_value(edge, "count" if whole else "num", "en") for edge in (low, high)]
        return f"{shown[0]} – {shown[1]}" if last else f"{shown[0]} – < {shown[1]}"

    return bands(column, name == contract.duration and contract.duration_unit == "months", band)


def _value(customers: Customers) -> np.ndarray | None:
    """Turnover a month of every customer, missing as 0."""
    name = customers.contract.value
    return None if name is None else np.nan_to_num(customers.frame[name].to_numpy(dtype=np.float64))


def _rates(customers: Customers, people: Population) -> dict[str, Any]:
    """The rate of the period (or of the whole table, where there are no dates) under every convention."""
    from tenure.rates import churn_rate, churn_rates, customer_periods

    contract, frame = customers.contract, customers.frame
    lost, n = int(people.lost.sum()), len(people.lost)
    dated = contract.period is not None and contract.start is not None and contract.end is not None
    if not dated:
        counts = {"begin": n, "new": 0, "lost": lost, "end": n - lost}
        months: list[dict[str, Any]] = []
    else:
        first, last = contract.period
        stop = last + datetime.timedelta(days=1)
        counts = customer_periods(frame[contract.start], frame[contract.end], [first, stop])[0]
        months = _months(frame, contract, first, stop)
    raise NotImplementedError
