"""`tenure inspect`: what a model file holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from tenure._cli._shell import verb

SHOWN = 20  # values of an array that are printed


@verb()
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
