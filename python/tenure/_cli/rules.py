"""`tenure rules`: which habits go with leaving."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure import Contract, InvalidInput
from tenure._cli._layout import frame_content, json_text, wrapped
from tenure._cli._people import ROLES, described, people_of, without_leaks
from tenure._cli._shell import GUESSED, AsJson, Encoding, Example, Table, check_place, customers_of, save, verb

if TYPE_CHECKING:
    import pandas as pd

    from tenure.rules import ChurnRules


@verb(*ROLES)
def rules(
    table: Table = None,
    example: Example = False,
    min_support: Annotated[float, typer.Option(help="Smallest share of all customers who have the habits and left.")] = 0.01,
    max_length: Annotated[int, typer.Option(help="Most habits of a rule, at most 12.")] = 3,
    max_q: Annotated[float, typer.Option(help="Largest false discovery rate; 1 gives all rules.")] = 0.05,
    holdout: Annotated[float, typer.Option(help="Share of customers set aside, among whom the rules are counted again.")] = 0.0,
    top: Annotated[int, typer.Option(help="How many rules, strongest evidence first.", min=1)] = 20,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Also write them: .csv or .json.", show_default=False)] = None,
    as_json: AsJson = False,
    contract: Contract = GUESSED,
    encoding: Encoding = None,
) -> None:
    """Habits that go with leaving, as sentences: how many have them and left, lift, interval, false discovery rate."""
    from tenure.rules import churn_rules

    for option, value in {"--min-support": min_support, "--max-q": max_q}.items():
        if not 0 < value <= 1:
            raise InvalidInput(f"{option}: {value:g} must be a share above 0, at most 1")
    if not 0 <= holdout < 1:
        raise InvalidInput(f"--holdout: {holdout:g} must be a share of at least 0 and under 1")
    if not 1 <= max_length <= 12:
        raise InvalidInput(f"--max-length: {max_length} must be between 1 and 12")
    check_place(out, (".csv", ".json"), source=table)
    customers = customers_of(table, example, contract, encoding)
    left_out = without_leaks(customers)
    people = people_of(customers, left_out)
    found = churn_rules(people.frame, people.lost, min_support=min_support, max_length=max_length, max_q=max_q, holdout=holdout)
    records = _records(found, top)
    plain: dict[str, Any] = {
        "source": customers.source.name,
        "customers": len(people.lost),
        "lost": int(people.lost.sum()),
        "churn_rate": found.churn_rate,
        "left_out": left_out,
        "found": len(found),
        "rules": records,
        "notes": [note.to_dict() for note in customers.notes],
    }
    content = json_text(plain)
    typer.echo(content if as_json else _text(described(customers, people), found, records, max_q))
    if out is not None:
        save({out: content if out.suffix.lower() == ".json" else frame_content(_frame(found, records), out)})


def _records(found: ChurnRules, top: int) -> list[dict[str, Any]]:
    rows = found.to_frame(limit=top).to_dict(orient="records")
    return [{**row, "antecedent": list(row["antecedent"]), "sentence": text} for row, text in zip(rows, found.sentences(top), strict=True)]


def _frame(found: ChurnRules, records: list[dict[str, Any]]) -> pd.DataFrame:
    frame = found.to_frame(limit=len(records))
    antecedents = [" and ".join(record["antecedent"]) for record in records]
    return frame.assign(antecedent=antecedents, sentence=[record["sentence"] for record in records])


def _text(who: str, found: ChurnRules, records: list[dict[str, Any]], max_q: float) -> str:
    lines = [who]
    if not records:
        return "\n".join([*lines, *wrapped(f"No habit goes with leaving at a false discovery rate of {max_q:g}; try a smaller --min-support.")])
    shown = "" if len(records) == len(found) else f"; the {len(records)} with the strongest evidence"
    lines.append(f"{len(found):,} {'rule' if len(found) == 1 else 'rules'} at a false discovery rate of {max_q:g}{shown}")
    digits = len(str(len(records)))
    for k, record in enumerate(records, 1):
        lines += ["", *wrapped(record["sentence"], f"{k:>{digits}}. ")]
    return "\n".join([*lines, "", *wrapped("A rule says what goes with leaving, not what causes it; q is the false discovery rate over all habits examined.")])
