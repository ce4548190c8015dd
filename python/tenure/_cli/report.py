"""`tenure report`: the page and its JSON twin."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenure import Contract
from tenure._cli._shell import GUESSED, ROLES, Encoding, Example, Seed, Table, check_place, table_of, typed, verb, warn


@verb(*ROLES)
def report(
    table: Table = None,
    example: Example = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="The page to write.")] = Path("report.html"),
    json_path: Annotated[Path | None, typer.Option("--json", help="The JSON twin; default: beside the page.", show_default=False)] = None,
    lang: Annotated[str, typer.Option(help="Language of the page: en or zh.")] = "en",
    contract: Contract = GUESSED,
    encoding: Encoding = None,
    seed: Seed = 0,
) -> None:
    """Analyse a customer table and write one HTML page and its JSON twin."""
    from dataclasses import replace

    from tenure.reporting import report as make
    from tenure.reporting._render import check_language

    check_language(lang)
    data = table_of(table, example)
    if example and not contract.currency:
        contract = replace(contract, currency="$")
    check_place(out)
    made = make(data, contract, lang=lang, encoding=encoding, seed=seed, command=typed())
    if example:
        made.findings["source"]["name"] = "Telco (embedded example)"
    for note in made.customers.warnings if made.customers else ():
        warn(note.text(lang))
    page, twin = made.save(out, json_path)
    typer.echo(f"{page.resolve()}\n{twin.resolve()}")
