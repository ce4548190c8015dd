"""What every verb shares: errors as one line and an exit code, the options that say what columns mean, tables in, files out."""

from __future__ import annotations

import functools
import inspect
import shlex
import sys
import typing
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure import BadFile, Contract, InvalidInput, NotSupported, NumericFailure

if TYPE_CHECKING:
    from tenure._read import Customers

BAD_INPUT, FAILED = 2, 1
GUESSED = Contract()  # nothing is told

Table = Annotated[str | None, typer.Argument(help="Customer table: .csv, .csv.gz or .parquet, one row a customer.", show_default=False)]
Example = Annotated[bool, typer.Option("--example", help="Use the embedded Telco table.")]
Encoding = Annotated[str | None, typer.Option(help="Encoding of a CSV file; default UTF-8.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Level = Annotated[float, typer.Option(help="Level of the intervals.")]
Seed = Annotated[int, typer.Option(help="How customers are dealt to the folds of the model.")]

ROLES: dict[str, tuple[str, str]] = {
    "id": ("--id", "Column that names the customer."),
    "label": ("--label", "Column that says who was lost."),
    "positive": ("--positive", "Value of the label that means lost."),
    "duration": ("--duration", "Column with the time as a customer."),
    "duration_unit": ("--unit", "Unit of the duration: days, weeks, months or years."),
    "start": ("--start", "Column with the first day as a customer."),
    "end": ("--end", "Column with the first day no longer one."),
    "value": ("--value", "Column with the turnover a month."),
    "reason": ("--reason", "Column with the stated reason."),
    "ignore": ("--ignore", "Column that no analysis may use; may be repeated."),
    "currency": ("--currency", "Sign or code of the currency."),
    "profit_rate": ("--profit-rate", "Profit as a share of turnover, 0 to 1."),
    "as_of": ("--as-of", "Last day seen, YYYY-MM-DD."),
    "period": ("--period", "Period of the rates: 2026, 2026-03, or first:last day."),
}
_TYPES: dict[str, Any] = {"ignore": list[str] | None, "profit_rate": float | None}


def verb(*roles: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A verb: what can go wrong becomes one clear line on the error stream and an exit code, 2 for bad input and 1 for everything else.

    With `roles` the verb gets the option -c and one for each role of the contract; its parameter `contract` then holds the Contract they make.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> None:
            try:
                with warnings.catch_warnings():
                    _say_warnings()
                    if roles:
                        told = {role: kwargs.pop(f"{role}_") for role in roles}
                        kwargs["contract"] = contract_of(kwargs.pop("contract_file"), told)
                    function(*args, **kwargs)
            except (InvalidInput, BadFile, NotSupported, ValueError) as problem:
                _fail(str(problem), BAD_INPUT)
            except (NumericFailure, OSError) as problem:
                _fail(str(problem), FAILED)

        if roles:
            _offer(run, function, roles)
        return run

    return decorate


def _offer(run: Any, function: Callable[..., None], roles: tuple[str, ...]) -> None:
    """Puts the options of the contract in the place of the parameter `contract`."""
    hints = typing.get_type_hints(function, include_extras=True)
    offered: dict[str, tuple[Any, tuple[str, ...], str]] = {"contract_file": (Path | None, ("--contract", "-c"), "YAML file that says what the columns mean.")}
    offered |= {f"{role}_": (_TYPES.get(role, str | None), (ROLES[role][0],), ROLES[role][1]) for role in roles}
    parameters = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name != "contract":
            parameters.append(parameter.replace(annotation=hints[name]))
            continue
        for option, (kind, flags, text) in offered.items():
            annotation: Any = Annotated[kind, typer.Option(*flags, help=text, show_default=False)]
            parameters.append(inspect.Parameter(option, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=annotation))
    del run.__wrapped__
    run.__signature__ = inspect.Signature(parameters)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}


def _say_warnings() -> None:
    """Warnings of the library as lines on the error stream, each once; those about its own dependencies are not the user's."""
    warnings.resetwarnings()
    for category in (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)
    said: set[str] = set()

    def say(message: Warning | str, *_: Any, **__: Any) -> None:
        if str(message) not in said:
            said.add(str(message))
            warn(str(message))

    warnings.showwarning = say


def _fail(message: str, code: int) -> None:
    typer.echo(f"tenure: {message}", err=True)
    raise typer.Exit(code)


def warn(message: str) -> None:
    """A line on the error stream that does not stop the work."""
    typer.echo(f"warning: {message}", err=True)


def table_of(table: str | None, example: bool = False, *, has_example: bool = True) -> Any:
    """The path that was given, or the embedded table."""
    if example and table is not None:
        raise InvalidInput("give a table or --example, not both")
    if example:
        from tenure.datasets import load_telco

        return load_telco()
    if table is None:
        raise InvalidInput("a customer table is needed" + (" (or --example for the embedded one)" if has_example else ""))
    return table


def contract_of(path: Path | None, given: Mapping[str, Any]) -> Contract:
    """The contract file, with what the options say on top."""
    told = {name: value for name, value in given.items() if value not in (None, [])}
    if "ignore" in told:
        told["ignore"] = tuple(told["ignore"])
    if "period" in told:
        told["period"] = parse_period(told["period"])
    try:
        base = Contract() if path is None else Contract.from_file(path)
    except OSError as problem:
        raise InvalidInput(f"'{path}' cannot be read: {problem.strerror or problem}") from None
    return replace(base, **told)


def customers_of(table: str | None, example: bool, contract: Contract, encoding: str | None) -> Customers:
    """The customer table, read; what needs attention is said on the error stream."""
    from tenure._read import read

    customers = read(table_of(table, example), contract, encoding=encoding)
    if example:
        customers.source = replace(customers.source, name="Telco (embedded example)")
    for note in customers.warnings:
        warn(str(note))
    return customers


def check_place(out: Path | None, suffixes: tuple[str, ...] = (), option: str = "-o", source: str | None = None) -> None:
    """Say now, not after the work, that a file cannot be written."""
    if out is None:
        return
    if suffixes and out.suffix.lower() not in suffixes:
        raise InvalidInput(f"{option}: '{out}' must end in {', '.join(suffixes[:-1])}{' or ' if len(suffixes) > 1 else ''}{suffixes[-1]}")
    if not out.parent.is_dir():
        raise InvalidInput(f"the folder of '{out}' does not exist")
    if out.is_dir():
        raise InvalidInput(f"'{out}' is a folder, a file name is needed")
    if source is not None and out.exists() and Path(source).exists() and out.samefile(source):
        raise InvalidInput(f"{option}: '{out}' is the file that is read; it would be lost")


def save(files: Mapping[Path | None, str | bytes]) -> None:
    """Write the files that have a name, all or none, and say where they are."""
    from tenure._write import write_together

    wanted = {path: content for path, content in files.items() if path is not None}
    write_together(wanted)
    for path in wanted:
        typer.echo(f"wrote {path.resolve()}", err=True)


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


def parse_number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidInput(f"{option}: '{text}' is not a number") from None


def parse_numbers(option: str, text: str) -> list[float]:
    """Numbers separated by commas."""
    return [parse_number(option, part.strip()) for part in text.split(",")]


def parse_columns(text: str | None) -> list[str]:
    """Names of columns separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()] if text else []


def known_column(option: str, name: str, columns: Any) -> str:
    if name not in columns:
        raise InvalidInput(f"{option}: '{name}' is not a column; the columns are {', '.join(map(str, columns))}")
    return name


def typed() -> str:
    """The command as it was typed."""
    return shlex.join(["tenure", *sys.argv[1:]])
