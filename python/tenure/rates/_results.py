"""What rates look like: numbers that carry their interval, definition and remarks."""

from __future__ import annotations

import html
import math
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any


class RateWarning(UserWarning):
    """A number was computed, but misleads without the remark."""


class Note(str):
    """A remark on a number: its text, with a short stable ``code`` and whether it is a ``warning``."""

    code: str
    warning: bool

    def __new__(cls, code: str, text: str, warning: bool) -> Note:
        note = super().__new__(cls, text)
        note.code, note.warning = code, warning
        return note

    def __reduce__(self) -> tuple[Any, ...]:
        return Note, (self.code, str(self), self.warning)


def notes_from(dicts: list[dict[str, Any]]) -> tuple[Note, ...]:
    return tuple(Note(d["code"], d["text"], d["warning"]) for d in dicts)


def warn_about(notes: tuple[Note, ...], depth: int) -> None:
    """Python warnings for the notes that are warnings; `depth` frames above the caller is the user."""
    for note in notes:
        if note.warning:
            warnings.warn(str(note), RateWarning, stacklevel=depth + 1)


def plain(value: Any) -> Any:
    """Whole numbers as int: counts read better so."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def percent(value: float, digits: int = 2) -> str:
    return "n/a" if value is None or math.isnan(value) else f"{100 * value:.{digits}f}%"


def number(value: Any) -> str:
    value = plain(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}" if isinstance(value, float) else str(value)


class Result(Mapping[str, Any]):
    """A result with named parts, as attributes and as a mapping; shown as a small table in notebooks."""

    _title = ""
    _names: tuple[str, ...]

    def __init__(self, parts: Mapping[str, Any]) -> None:
        for name, value in parts.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_names", tuple(parts))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    if TYPE_CHECKING:  # the parts

        def __getattr__(self, name: str) -> Any: ...

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return getattr(self, name)

    def __iter__(self) -> Any:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)

    def _lines(self) -> list[tuple[str, str]]:
        """(name, text) of what is shown."""
        return [(name.replace("_", " "), number(value)) for name, value in self.items() if isinstance(value, int | float | str) and not isinstance(value, bool)]

    def __repr__(self) -> str:
        lines = self._lines()
        width = max((len(name) for name, _ in lines), default=0)
        text = [self._title, *(f"  {name:<{width}}  {value}" for name, value in lines)]
        return "\n".join([*text, *(f"  note: {note}" for note in getattr(self, "notes", ()))])

    def _repr_html_(self) -> str:
        left, right = "<th style='text-align:left'>", "<td style='text-align:right'>"
        rows = "".join(f"<tr>{left}{html.escape(name)}</th>{right}{html.escape(value)}</td></tr>" for name, value in self._lines())
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in getattr(self, "notes", ()))
        return f"<table><caption>{html.escape(self._title)}</caption>{rows}</table>" + (f"<ul>{notes}</ul>" if notes else "")
