"""The command line: one verb a job."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from tenure import __version__
from tenure._cli.cohort import cohort
from tenure._cli.inspect import inspect
from tenure._cli.monitor import monitor
from tenure._cli.rate import rate
from tenure._cli.report import report
from tenure._cli.rules import rules
from tenure._cli.score import score
from tenure._cli.survival import survival
from tenure._cli.train import train

app = typer.Typer(
    name="tenure",
    help="Customer-churn analysis: rates, retention, survival, prediction and reporting.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for _verb in (report, rate, cohort, survival, rules, train, score, monitor, inspect):
    app.command()(_verb)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tenure {__version__}")
        raise typer.Exit


@app.callback()
def _main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")] = False) -> None:
    pass


def main() -> None:
    """Entry point of the console script. A character that the terminal does not know is written as its number instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app()
