"""The command line: one verb a job."""

from __future__ import annotations

import functools
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from tenure import BadFile, InvalidInput, NotSupported, NumericFailure, __version__

BAD_INPUT, FAILED = 2, 1
SHOWN = 20  # values of an array that `inspect` prints

app = typer.Typer(
    name="tenure",
    help="Customer-churn analysis: rates, retention, survival, prediction and reporting.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _verb(function: Callable[..., None]) -> Callable[..., None]:
    """What can go wrong becomes one clear line on the error stream and an exit code: 2 for bad input, 1 for everything else."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except (InvalidInput, BadFile, NotSupported, ValueError) as problem:
            _fail(str(problem), BAD_INPUT)
        except (NumericFailure, OSError) as problem:
            _fail(str(problem), FAILED)

    return run


def _fail(message: str, code: int) -> None:
    typer.echo(f"tenure: {message}", err=True)
    raise typer.Exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tenure {__version__}")
        raise typer.Exit


@app.callback()
def _main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")] = False) -> None:
    pass


@app.command()
@_verb
def report(
    table: Annotated[str | None, typer.Argument(help="Customer table: .csv, .csv.gz or .parquet, one row a customer.", show_default=False)] = None,
    example: Annotated[bool, typer.Option("--example", help="Use the embedded Telco table.")] = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="The page to write.")] = Path("report.html"),
    json_path: Annotated[Path | None, typer.Option("--json", help="The JSON twin; default: beside the page.", show_default=False)] = None,
    lang: Annotated[str, typer.Option(help="Language of the page: en or zh.")] = "en",
    contract: Annotated[Path | None, typer.Option("--contract", "-c", help="YAML file that says what the columns mean.", show_default=False)] = None,
    id_: Annotated[str | None, typer.Option("--id", help="Column that names the customer.", show_default=False)] = None,
    label: Annotated[str | None, typer.Option(help="Column that says who was lost.", show_default=False)] = None,
    positive: Annotated[str | None, typer.Option(help="Value of the label that means lost.", show_default=False)] = None,
    duration: Annotated[str | None, typer.Option(help="Column with the time as a customer.", show_default=False)] = None,
    unit: Annotated[str | None, typer.Option(help="Unit of the duration: days, weeks, months or years.", show_default=False)] = None,
    start: Annotated[str | None, typer.Option(help="Column with the first day as a customer.", show_default=False)] = None,
    end: Annotated[str | None, typer.Option(help="Column with the first day no longer one.", show_default=False)] = None,
    value: Annotated[str | None, typer.Option(help="Column with the turnover a month.", show_default=False)] = None,
    reason: Annotated[str | None, typer.Option(help="Column with the stated reason.", show_default=False)] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="Column that no analysis may use; may be repeated.", show_default=False)] = None,
    currency: Annotated[str | None, typer.Option(help="Sign or code of the currency.", show_default=False)] = None,
    profit_rate: Annotated[float | None, typer.Option(help="Profit as a share of turnover, 0 to 1.", show_default=False)] = None,
    as_of: Annotated[str | None, typer.Option(help="Last day seen, YYYY-MM-DD.", show_default=False)] = None,
    period: Annotated[str | None, typer.Option(help="Period of the rates: 2026, 2026-03, or first:last day.", show_default=False)] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a CSV file; default UTF-8.", show_default=False)] = None,
    seed: Annotated[int, typer.Option(help="How customers are dealt to the folds of the model.")] = 0,
) -> None:
    """Analyse a customer table and write one HTML page and its JSON twin."""
    from tenure.reporting import report as make
    from tenure.reporting._render import check_language

    check_language(lang)
    data = _table(table, example)
    given = {
        "id": id_,
        "label": label,
        "positive": positive,
        "duration": duration,
        "duration_unit": unit,
        "start": start,
        "end": end,
        "value": value,
        "reason": reason,
        "ignore": tuple(ignore or ()) or None,
        "currency": currency,
        "profit_rate": profit_rate,
        "as_of": as_of,
        "period": None if period is None else parse_period(period),
    }
    if example:
        given["currency"] = currency or "$"
    _check_place(out)
    made = make(data, _contract(contract, given), lang=lang, encoding=encoding, seed=seed, command=_typed())
    if example:
        made.findings["source"]["name"] = "Telco (embedded example)"
    for note in made.customers.warnings if made.customers else ():
        typer.echo(f"warning: {note.text(lang)}", err=True)
    page, twin = made.save(out, json_path)
    typer.echo(f"{page.resolve()}\n{twin.resolve()}")


@app.command()
@_verb
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
    encoding: Annotated[str | None, typer.Option(help="Encoding of a CSV file; default UTF-8.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Churn rates, from counts or from a customer table."""
    from tenure import _rate_verb as verb

    counts = {"begin": begin, "new": new, "lost": lost, "returned": returned}
    if table is None:
        misplaced = [
            name for name, given in {"--start": start, "--label": label, "--period": period, "--by": by, "--contract": contract}.items() if given is not None
        ]
        if misplaced:
            raise InvalidInput(f"{misplaced[0]} needs a customer table")
        counts["end"] = _number("--end", end)
        found = verb.from_counts(counts, convention, all_conventions, level)
    else:
        misplaced = [f"--{name}" for name, given in counts.items() if given is not None]
        if misplaced:
            raise InvalidInput(f"{misplaced[0]} goes without a table: the table gives the counts")
        roles = {"start": start, "end": end, "label": label, "positive": positive, "period": None if period is None else parse_period(period)}
        found = verb.from_table(_table(table, False), _contract(contract, roles), by.split(",") if by else [], convention, all_conventions, level, encoding)
    if lost_turnover is not None:
        found["loss"] = verb.loss(found["lost"], lost_turnover, profit_rate)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else verb.text(found))


@app.command()
@_verb
def inspect(
    path: Annotated[Path, typer.Argument(help="A model file written by tenure.")],
) -> None:
    """Say what a model file holds, without running anything from it."""
    from tenure import inspect as look

    typer.echo(json.dumps(_brief(look(path)), ensure_ascii=False, indent=1))


def _brief(value: Any) -> Any:
    """Plain values for reading: a long array becomes its type, length and ends."""
    if isinstance(value, dict):
        return {str(key): _brief(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_brief(item) for item in value] if len(value) <= SHOWN else f"{len(value)} values: {_ends(value)}"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _ends(values: Any) -> str:
    return f"{str(values[0])[:40]} ... {str(values[-1])[:40]}"


def _table(table: str | None, example: bool) -> Any:
    if example and table is not None:
        raise InvalidInput("give a table or --example, not both")
    if example:
        from tenure.datasets import load_telco

        return load_telco()
    if table is None:
        raise InvalidInput("a customer table is needed (or --example for the embedded one)")
    return table


def _contract(path: Path | None, given: dict[str, Any]) -> Any:
    """The contract file, with what the options say on top."""
    from dataclasses import replace

    from tenure import Contract

    told = {name: value for name, value in given.items() if value is not None}
    try:
        base = Contract() if path is None else Contract.from_file(path)
    except OSError as problem:
        raise InvalidInput(f"'{path}' cannot be read: {problem.strerror or problem}") from None
    return replace(base, **told)


def _check_place(out: Path) -> None:
    """Say now, not after the work, that the page cannot be written."""
    if not out.parent.is_dir():
        raise InvalidInput(f"the folder of '{out}' does not exist")
    if out.is_dir():
        raise InvalidInput(f"'{out}' is a folder, a file name is needed")


def parse_period(text: str) -> tuple[str, str]:
    """First and last day of "2026", "2026-03" or "2026-01-15:2026-02-14"."""
    import calendar
    import re

    if found := re.fullmatch(r"(\d{4})", text):
        return f"{text}-01-01", f"{text}-12-31"
    if (found := re.fullmatch(r"(\d{4})-(\d{2})", text)) and 1 <= int(found[2]) <= 12:
        return f"{text}-01", f"{text}-{calendar.monthrange(int(found[1]), int(found[2]))[1]:02d}"
    if found := re.fullmatch(r"(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2})", text):
        return found[1], found[2]
    raise InvalidInput(f"--period: '{text}' is not a year (2026), a month (2026-03) or two days (2026-01-15:2026-02-14)")


def _number(name: str, text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        raise InvalidInput(f"{name}: '{text}' is not a number") from None


def _typed() -> str:
    """The command as it was typed."""
    return shlex.join(["tenure", *sys.argv[1:]])


def main() -> None:
    """Entry point of the console script."""
    app()
