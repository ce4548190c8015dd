"""`tenure cohort`: customers who started together, and how many are still there or come back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure import Contract, InvalidInput
from tenure._cli._layout import aligned, frame_content, json_text, wrapped
from tenure._cli._shell import (
    GUESSED,
    AsJson,
    Encoding,
    Level,
    check_place,
    customers_of,
    known_column,
    parse_columns,
    parse_numbers,
    save,
    table_of,
    verb,
    warn,
)

if TYPE_CHECKING:
    import pandas as pd

    from tenure.rates import RetentionTable

KINDS = {"subscribed": "subscribed", "on": "on", "on-or-after": "on_or_after", "bracket": "bracket"}
MEANING = {
    "subscribed": "% still there at the end of the k-th {period} after the {period} of the start",
    "on": "% who show up in the k-th {period} after the {period} of the start",
    "on-or-after": "% who show up in the k-th {period} after the {period} of the start, or later",
    "bracket": "% who show up in any of these {period}s after the {period} of the start",
}
ROW = "\u2063row"  # names customers in a table without identifiers
PERIODS = ("day", "week", "month", "quarter", "year")
ROLES = ("id", "label", "positive", "start", "end", "ignore", "as_of")


@verb(*ROLES)
def cohort(
    table: Annotated[str | None, typer.Argument(help="Table of customers (one row each) or, with --date, of events: .csv, .csv.gz or .parquet.")] = None,
    period: Annotated[str, typer.Option(help="Customers who started in the same one: day, week, month, quarter or year.")] = "month",
    kind: Annotated[str | None, typer.Option(help="subscribed (with --start and --end); on, on-or-after or bracket (with --date).", show_default=False)] = None,
    date: Annotated[str | None, typer.Option(help="Column with the day of an event: the table then has one row an event.", show_default=False)] = None,
    buckets: Annotated[int, typer.Option(help="How many periods after the one of the start.", min=1, max=1000)] = 12,
    brackets: Annotated[str | None, typer.Option(help='Edges for --kind bracket: "0,1,4,8" are the periods 0, 1-3 and 4-7.', show_default=False)] = None,
    by: Annotated[str | None, typer.Option(help="Columns to split by, separated by commas.", show_default=False)] = None,
    level: Level = 0.95,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Also write every cell with its interval: .csv or .json.", show_default=False)] = None,
    as_json: AsJson = False,
    contract: Contract = GUESSED,
    encoding: Encoding = None,
) -> None:
    """Retention by cohort: who is still there, or comes back, period by period after the start."""
    kind = kind or ("subscribed" if date is None else "on")
    _check(period, kind, date, brackets)
    source = table_of(table, has_example=False)
    check_place(out, (".csv", ".json"), source=source)
    edges = [] if brackets is None else _edges(brackets)
    frame, roles, found = _customers(source, contract, encoding) if date is None else _events(source, contract, date, encoding)
    options = {"kind": KINDS[kind], "cohort": period, "buckets": buckets if kind != "bracket" else edges[-1], "brackets": edges, "level": level}
    options |= {"as_of": found["as_of"], **roles}
    columns = [known_column("--by", name, [column for column in frame.columns if column != ROW]) for name in parse_columns(by)]
    groups = [(group, _table(part, options)) for group, part in _split(frame, columns)]
    found |= {"kind": kind, "period": period, "level": level, "by": columns, "groups": [_plain(*each) for each in groups]}
    content = json_text(found)
    typer.echo(content if as_json else _text(found, groups))
    if out is not None:
        save({out: content if out.suffix.lower() == ".json" else frame_content(_long(groups, columns), out)})


def _check(period: str, kind: str, date: str | None, brackets: str | None) -> None:
    if period not in PERIODS:
        raise InvalidInput(f"--period: '{period}' is none of {', '.join(PERIODS)}")
    if kind not in KINDS:
        raise InvalidInput(f"--kind: '{kind}' is none of {', '.join(KINDS)}")
    if date is None and kind != "subscribed":
        raise InvalidInput(f"--kind {kind} looks at events: name the column with their day with --date; a start and an end make --kind subscribed")
    if date is not None and kind == "subscribed":
        raise InvalidInput("--kind subscribed looks at a start and an end of each customer, and takes no --date")
    if (kind == "bracket") != (brackets is not None):
        raise InvalidInput("--kind bracket and --brackets go together, for instance --kind bracket --brackets 0,1,4,8")


def _edges(text: str) -> list[int]:
    numbers = parse_numbers("--brackets", text)
    if len(numbers) < 2 or any(edge % 1 or edge < 0 for edge in numbers) or sorted(set(numbers)) != numbers:
        raise InvalidInput(f"--brackets: '{text}' must be two or more rising whole numbers, for instance 0,1,4,8")
    return [int(edge) for edge in numbers]


def _customers(source: str, contract: Contract, encoding: str | None) -> tuple[pd.DataFrame, dict[str, str], dict[str, Any]]:
    """One row a customer with a start and an end, what the columns are called, and what is known of the table."""
    import numpy as np

    customers = customers_of(source, False, contract, encoding)
    contract = customers.contract
    if contract.start is None or contract.end is None:
        missing = "start" if contract.start is None else "end"
        raise InvalidInput(
            f"--{missing}: a cohort table needs the first day as a customer and the first day no longer one (--start, --end), or events (--date)"
        )
    frame = customers.frame.assign(**{ROW: np.arange(len(customers.frame))})
    facts = {"source": customers.source.name, "customers": len(frame), "as_of": str(contract.as_of), "notes": [note.to_dict() for note in customers.notes]}
    return frame, {"customer": ROW, "start": contract.start, "end": contract.end}, facts


def _events(source: str, contract: Contract, date: str, encoding: str | None) -> tuple[pd.DataFrame, dict[str, str], dict[str, Any]]:
    """One row an event of a customer; rows without a customer or a day are left out and counted."""
    import pandas as pd

    from tenure._columns import parse
    from tenure._source import load

    raw, origin = load(source, encoding)
    if contract.id is None:
        raise InvalidInput("--id: a table of events needs the column that names the customer")
    if contract.end is not None:
        raise InvalidInput("--end: events (--date) need no end; a start and an end make --kind subscribed")
    roles = {"--id": contract.id, "--date": date} | ({"--start": contract.start} if contract.start else {})
    for option, name in roles.items():
        known_column(option, name, raw.columns)
    columns = {name: parse(raw[name], as_text=name == contract.id).values for name in raw.columns}
    for option, name in list(roles.items())[1:]:
        if columns[name].dtype.kind != "M":
            filled = columns[name].dropna()
            example = f"; row {filled.index[0] + 1} has '{filled.iloc[0]}'" if len(filled) else "; it is empty"
            raise InvalidInput(f"{option}: column '{name}' must hold dates written as YYYY-MM-DD{example}")
    frame = pd.DataFrame(columns)
    incomplete = frame[list(roles.values())].isna().any(axis=1).to_numpy()
    if incomplete.any():
        rows = ", ".join(str(row + 1) for row in incomplete.nonzero()[0][:5])
        warn(f"{incomplete.sum():,} rows without {' or '.join(roles.values())} are left out (row {rows}{', ...' if incomplete.sum() > 5 else ''})")
        frame = frame[~incomplete].reset_index(drop=True)
    if frame.empty:
        raise InvalidInput(f"'{origin.name}' has no row with both a customer and a day")
    frame[contract.id] = frame[contract.id].astype(str)
    as_of = contract.as_of or frame[date].max().date()
    facts = {"source": origin.name, "customers": int(frame[contract.id].nunique()), "as_of": str(as_of), "notes": []}
    return frame, {"customer": contract.id, "date": date} | ({"start": contract.start} if contract.start else {}), facts


def _split(frame: pd.DataFrame, by: list[str]) -> list[tuple[dict[str, str], pd.DataFrame]]:
    """The groups of the columns `by`, crossed; a missing cell is a group of its own."""
    if not by:
        return [({}, frame)]
    from tenure._columns import MAX_LEVELS

    keys = [frame[name].astype(object).where(frame[name].notna(), "(missing)").astype(str) for name in by]
    for name, key in zip(by, keys, strict=True):
        if key.nunique() > MAX_LEVELS:
            raise InvalidInput(f"--by: '{name}' has {key.nunique():,} different values; at most {MAX_LEVELS} groups can be told apart")
    groups = frame.groupby([key.to_numpy() for key in keys], sort=True)
    return [(dict(zip(by, key, strict=True)), part.reset_index(drop=True)) for key, part in groups]


def _table(frame: pd.DataFrame, options: dict[str, Any]) -> RetentionTable:
    from tenure.rates import retention_table

    return retention_table(frame, **options)


def _plain(group: dict[str, str], table: RetentionTable) -> dict[str, Any]:
    cells = table.long.assign(cohort=table.long["cohort"].astype(str).str[:10]).to_dict(orient="records")
    names = ("bucket", "eligible", "retained", "rate", "lower", "upper", "complete")
    cohorts: dict[str, dict[str, Any]] = {}
    for cell in cells:
        entry = cohorts.setdefault(cell["cohort"], {"cohort": cell["cohort"], "size": cell["size"], "cells": []})
        entry["cells"].append({name: cell[name] for name in names})
    return {"group": group, "cohorts": list(cohorts.values()), "overall": table.overall.to_dict(orient="records")}


def _long(groups: list[tuple[dict[str, str], RetentionTable]], by: list[str]) -> pd.DataFrame:
    """One row a cell, the cohorts together (weighted) at the end of each group."""
    import pandas as pd

    parts = []
    for group, table in groups:
        cells = table.long.drop(columns="revenue")
        cells["cohort"] = cells["cohort"].astype(str).str[:10]
        whole = table.overall.drop(columns="simple").rename(columns={"weighted": "rate"})
        whole = whole.assign(cohort="all", size=int(table.rates["size"].sum()), complete=True)
        part = pd.concat([cells, whole[cells.columns]], ignore_index=True)
        parts.append(part.assign(**group)[[*by, *cells.columns]])
    return pd.concat(parts, ignore_index=True)


def _text(found: dict[str, Any], groups: list[tuple[dict[str, str], RetentionTable]]) -> str:
    lines = [f"{found['source']}: {found['customers']:,} customers, seen up to {found['as_of']}"]
    lines += wrapped(MEANING[found["kind"]].format(period=found["period"]))
    marks = False
    for plain, (group, _) in zip(found["groups"], groups, strict=True):
        rows = _rows(plain, found["period"], found["level"])
        marks |= any("*" in cell for row in rows for cell in row)
        title = ", ".join(f"{name} = {value}" for name, value in group.items())
        lines += ["", *([title] if title else []), *aligned(rows, gap=1)]
    lines += ["", f"all: every customer for whom the {found['period']} is over, with limits; ·: it is over for nobody yet"]
    if marks:
        lines.append("*: over for a part of the cohort, which is counted")
    return "\n".join(lines)


def _rows(plain: dict[str, Any], period: str, level: float) -> list[list[str]]:
    """Cells in percent; columns that nobody has reached are left out."""
    shown = [k for k, cell in enumerate(plain["overall"]) if cell["eligible"]]
    rows = [[period, "size", *(plain["overall"][k]["bucket"] for k in shown)]]
    for entry in plain["cohorts"]:
        cells = [entry["cells"][k] for k in shown]
        rows.append([_named(entry["cohort"], period), f"{entry['size']:,}", *(_cell(cell, cell["rate"]) for cell in cells)])
    overall = [plain["overall"][k] for k in shown]
    rows.append(["all", f"{sum(entry['size'] for entry in plain['cohorts']):,}", *(_cell(cell, cell["weighted"]) for cell in overall)])
    rows.append([f"{100 * level:g}% from", "", *(_cell(cell, cell["lower"]) for cell in overall)])
    rows.append(["    to", "", *(_cell(cell, cell["upper"]) for cell in overall)])
    return rows


def _cell(cell: dict[str, Any], value: float) -> str:
    if not cell["eligible"]:
        return "·"
    text = f"{100 * value:.1f}"
    return ("100" if text == "100.0" else text) + ("" if cell.get("complete", True) else "*")


def _named(start: str, period: str) -> str:
    """The first day of a cohort as its month, quarter or year."""
    if period == "quarter":
        return f"{start[:4]}-Q{(int(start[5:7]) + 2) // 3}"
    return start[: {"month": 7, "year": 4}.get(period, 10)]
