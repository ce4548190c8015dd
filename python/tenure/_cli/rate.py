"""`tenure rate`: the rates of given counts, or of a customer table and its segments."""

from __future__ import annotations

import datetime
import warnings
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from tenure import Contract, InvalidInput
from tenure._cli._layout import aligned, json_text
from tenure._cli._shell import AsJson, Encoding, contract_of, known_column, parse_columns, parse_number, table_of, verb
from tenure._text import format_value

TEXTS = {"convention", "by", "segment"}


@verb()
def rate(
    table: Annotated[str | None, typer.Argument(help="Customer table; without one the counts come from the options.", show_default=False)] = None,
    begin: Annotated[float | None, typer.Option(help="Customers at the start of the period.", show_default=False)] = None,
    new: Annotated[float | None, typer.Option(help="New customers in the period.", show_default=False)] = None,
    lost: Annotated[float | None, typer.Option(help="Customers lost in the period.", show_default=False)] = None,
    returned: Annotated[float | None, typer.Option(help="Customers who came back.", show_default=False)] = None,
    end: Annotated[str | None, typer.Option(help="Customers at the end of the period; with a table: the column with the end date.", show_default=False)] = None,
    start: Annotated[str | None, typer.Option(help="With a table: the column with the start date.", show_default=False)] = None,
    label: Annotated[str | None, typer.Option(help="With a table without dates: the column that says who was lost.", show_default=False)] = None,
    positive: Annotated[str | None, typer.Option(help="Value of the label that means lost.", show_default=False)] = None,
    period: Annotated[str | None, typer.Option(help="2026, 2026-03, or first:last day; with a table.", show_default=False)] = None,
    by: Annotated[str | None, typer.Option(help="Columns to split by, separated by commas; with a table.", show_default=False)] = None,
    convention: Annotated[str, typer.Option(help="What the losses are divided by.")] = "begin",
    all_conventions: Annotated[bool, typer.Option("--all-conventions", help="Every convention that the counts allow.")] = False,
    level: Annotated[float, typer.Option(help="Level of the intervals.")] = 0.95,
    lost_turnover: Annotated[str | None, typer.Option(help='Turnover of the lost: "share:amount,share:amount".', show_default=False)] = None,
    profit_rate: Annotated[float | None, typer.Option(help="Profit as a share of turnover.", show_default=False)] = None,
    contract: Annotated[Path | None, typer.Option("--contract", "-c", help="YAML file that says what the columns mean.", show_default=False)] = None,
    encoding: Encoding = None,
    as_json: AsJson = False,
) -> None:
    """Churn rates, from counts or from a customer table."""
    counts = {"begin": begin, "new": new, "lost": lost, "returned": returned}
    if table is None:
        misplaced = [
            name for name, given in {"--start": start, "--label": label, "--period": period, "--by": by, "--contract": contract}.items() if given is not None
        ]
        if misplaced:
            raise InvalidInput(f"{misplaced[0]} needs a customer table")
        counts["end"] = None if end is None else parse_number("--end", end)
        found = from_counts(counts, convention, all_conventions, level)
    else:
        misplaced = [f"--{name}" for name, given in counts.items() if given is not None]
        if misplaced:
            raise InvalidInput(f"{misplaced[0]} goes without a table: the table gives the counts")
        roles = {"start": start, "end": end, "label": label, "positive": positive, "period": period}
        found = from_table(table_of(table), contract_of(contract, roles), parse_columns(by), convention, all_conventions, level, encoding)
    if lost_turnover is not None:
        found["loss"] = loss(found["lost"], lost_turnover, profit_rate)
    typer.echo(json_text(found) if as_json else text(found))


def from_counts(counts: dict[str, float | None], convention: str, every: bool, level: float) -> dict[str, Any]:
    """Rates of counts; those that were not given follow from end = begin + new + returned - lost."""
    known = {name: value for name, value in counts.items() if value is not None}
    if not known:
        raise InvalidInput("give counts (--begin, --new, --lost, --end), or a customer table")
    return _rates(known, convention, every, level)


def from_table(data: Any, contract: Contract, by: list[str], convention: str, every: bool, level: float, encoding: str | None) -> dict[str, Any]:
    """Rates of a customer table in its period (all of it, where there are no dates), and of the segments of the columns `by`."""
    from tenure import rates
    from tenure._read import read

    customers = read(data, contract, encoding=encoding)
    contract, frame = customers.contract, customers.frame
    dated = contract.period is not None and contract.start is not None and contract.end is not None
    rows = np.arange(len(frame))
    if dated:
        first, last = contract.period
        counts = rates.customer_periods(frame, start=contract.start, end=contract.end, periods=[first, last + datetime.timedelta(days=1)])[0]
        start, end = (frame[name].to_numpy(dtype="datetime64[D]") for name in (contract.start, contract.end))
        rows = np.flatnonzero((start < np.datetime64(first)) & (np.isnat(end) | (end >= np.datetime64(first))))
        lost = ~np.isnat(end[rows]) & (end[rows] <= np.datetime64(last))
    else:
        lost = customers.lost
        counts = {"begin": len(lost), "new": 0, "lost": int(lost.sum())}
    found = _rates(counts, convention, every, level)
    found["source"] = customers.source.name
    found["period"] = [str(day) for day in contract.period] if dated else None
    found["notes"] += [str(note) for note in customers.warnings]
    for column in by:
        known_column("--by", column, frame.columns)
    if by:
        table = rates.rates_by(frame.iloc[rows].reset_index(drop=True), churned=lost, by=by, level=level)
        names = ("by", "segment", "customers", "lost", "rate", "lower", "upper", "shrunk", "q_value")
        found["segments"] = [{name: _plain(row[name]) for name in names} for row in table.to_dict(orient="records")]
    return found


def loss(lost: float, turnover: str, profit_rate: float | None) -> dict[str, Any]:
    """Lost turnover and profit; `turnover` holds "share:amount" pairs separated by commas."""
    from tenure.rates import churn_loss

    classes = []
    for part in turnover.split(","):
        share, _, amount = part.partition(":")
        try:
            classes.append((float(share), float(amount)))
        except ValueError:
            raise InvalidInput(f"--lost-turnover: '{part}' is not share:amount, for instance 0.5:100000") from None
    made = churn_loss(lost=lost, turnover=classes, profit_rate=1.0 if profit_rate is None else profit_rate)
    return {"lost_revenue": _plain(made.lost_revenue), "loss": None if profit_rate is None else _plain(made.loss)}


def text(found: dict[str, Any]) -> str:
    """The numbers as lines for a terminal."""
    lines = []
    if found.get("period"):
        lines.append("period {} to {}".format(*found["period"]))
    lines.append("  ".join(f"{name} {_count(found[name])}" for name in ("begin", "new", "returned", "lost", "end") if found.get(name) is not None))
    lines += _table(found["rates"], ["convention", "rate", "lower", "upper", "lost", "denominator"])
    if "segments" in found:
        lines += ["", *_table(found["segments"], ["by", "segment", "customers", "lost", "rate", "lower", "upper", "shrunk", "q_value"])]
    if "loss" in found:
        profit = "" if found["loss"]["loss"] is None else f"  lost profit {_count(found['loss']['loss'])}"
        lines.append(f"lost turnover {_count(found['loss']['lost_revenue'])}{profit}")
    return "\n".join(lines + [f"note: {note}" for note in found["notes"]])


def _rates(counts: Any, convention: str, every: bool, level: float) -> dict[str, Any]:
    from tenure import _core, rates

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rates.RateWarning)  # they come back as notes
        main = rates.churn_rate(counts, convention=convention, level=level)
        table = rates.churn_rates(counts, level=level).to_dict(orient="records") if every else [dict(main)]
    names = ("convention", "rate", "lower", "upper", "lost", "denominator", "interval", "formula")
    names_of_counts = ("begin", "new", "returned", "lost", "end")
    balance = _core.rates.balance({name: float(counts[name]) for name in names_of_counts if counts.get(name) is not None})
    found = {name: _plain(balance[name]) for name in names_of_counts}
    return {**found, "level": level, "rates": [{name: _plain(row[name]) for name in names} for row in table], "notes": [str(note) for note in main.notes]}


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float):
        return None if not np.isfinite(value) else int(value) if value.is_integer() and abs(value) >= 2 else value
    return value


def _count(value: float) -> str:
    return format_value(value, "count" if value == int(value) else "fixed1", "en")


def _table(rows: list[dict[str, Any]], names: list[str]) -> list[str]:
    return aligned([names, *([_cell(name, row[name]) for name in names] for row in rows)], [j for j, name in enumerate(names) if name in TEXTS])


def _cell(name: str, value: Any) -> str:
    if isinstance(value, str) or value is None:
        return value or "-"
    if name in ("rate", "lower", "upper", "shrunk"):
        return f"{100 * value:.4f}%"
    return f"{value:.3g}" if name == "q_value" else _count(value)
