"""`tenure monitor`: have the columns of a table moved since another one?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenure import InvalidInput
from tenure._cli._layout import aligned, cut, frame_content, json_text, wrapped
from tenure._cli._shell import AsJson, Encoding, Level, check_place, known_column, parse_columns, save, verb

if TYPE_CHECKING:
    import pandas as pd

    from tenure.alert import Drift

NOT_COMPARED = {"date": "holds dates", "text": "holds a different text in most rows", "empty": "is empty"}


@verb()
def monitor(
    reference: Annotated[str, typer.Argument(help="The table that a model was made from, or an earlier one: .csv, .csv.gz or .parquet.")],
    current: Annotated[str, typer.Argument(help="The table of now.")],
    columns: Annotated[str | None, typer.Option(help="Columns to compare, separated by commas; default: all of both.", show_default=False)] = None,
    by: Annotated[str | None, typer.Option(help="Column of segments, which are compared one by one.", show_default=False)] = None,
    bins: Annotated[int, typer.Option(help="Bins of the index for numbers.", min=2, max=1000)] = 10,
    level: Level = 0.95,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Also write the table: .csv or .json.", show_default=False)] = None,
    as_json: AsJson = False,
    encoding: Encoding = None,
) -> None:
    """Which columns have moved: population stability index, effect, false discovery rate, and what moved most."""
    from tenure._source import load
    from tenure.alert import drift

    check_place(out, (".csv", ".json"), source=reference)
    check_place(out, source=current)
    (then, earlier), (now, later) = load(reference, encoding), load(current, encoding)
    wanted = parse_columns(columns)
    for frame in (then, now):
        for option, names in (("--columns", wanted), ("--by", [] if by is None else [by])):
            for name in names:
                known_column(option, name, frame.columns)
    then, now, untyped = _typed(then, now)
    for option, names in (("--columns", wanted), ("--by", [] if by is None else [by])):
        for name in names:
            if name in untyped:
                raise InvalidInput(f"{option}: '{name}' {untyped[name]}")
    found = drift(then, now, columns=wanted or None, by=by, bins=bins, level=level)
    left_out = untyped | found.left_out
    plain = {"reference": earlier.name, "current": later.name, "by": by, "level": level, "drifted": found.drifted, "left_out": left_out}
    content = json_text(plain | {"columns": found.table.to_dict(orient="records")})
    typer.echo(content if as_json else _text(f"{earlier.name} ({len(then):,} rows) and {later.name} ({len(now):,} rows)", found, by, left_out))
    if out is not None:
        save({out: content if out.suffix.lower() == ".json" else frame_content(found.table, out)})


def _typed(then: pd.DataFrame, now: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """Both tables with each shared column read in one way, and the columns that cannot be compared."""
    import pandas as pd

    from tenure._columns import parse

    untyped: dict[str, str] = {}
    frames = [then[[name for name in then if name not in now]].copy(), now[[name for name in now if name not in then]].copy()]
    for name in then:
        if name not in now:
            continue
        both = parse(pd.concat([then[name], now[name]], ignore_index=True))
        if both.kind in NOT_COMPARED:
            untyped[name] = NOT_COMPARED[both.kind]
            continue
        frames[0][name], frames[1][name] = both.values.iloc[: len(then)], both.values.iloc[len(then) :].reset_index(drop=True)
    return *frames, untyped


def _text(what: str, found: Drift, by: str | None, left_out: dict[str, str]) -> str:
    head = ["column", *([by] if by is not None else []), "index", "effect", "q", "verdict", "moved most"]
    rows = [
        [
            cut(row["column"], 24),
            *([cut(str(row["segment"]), 16)] if by is not None else []),
            f"{row['psi']:.3f}",
            f"{row['effect']:.3f}",
            "< 0.001" if row["q_value"] < 0.001 else f"{row['q_value']:.3f}",
            row["verdict"],
            cut(row["moved_most"], 24 if by is None else 16),
        ]
        for row in found.table.to_dict(orient="records")
    ]
    texts = (0, 4, 5) if by is None else (0, 1, 5, 6)
    lines = [what, "", *aligned([head, *rows], left=texts), ""]
    lines += wrapped(
        "index: population stability index; drift from 0.1 (some) and 0.25 (much), if it is also more than chance. effect: Kolmogorov-Smirnov's "
        "distance of numbers, Cramer's V of categories. q: false discovery rate over all lines."
    )
    for name, why in left_out.items():
        lines += wrapped(f"not compared: {name} {why}")
    return "\n".join(lines)
