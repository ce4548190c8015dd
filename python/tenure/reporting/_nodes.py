"""Findings that know where they stand: every number that the page shows carries its path in the JSON twin, its definition and its n."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

from tenure._text import format_value, has, sentence

_COUNTS = ("n", "denominator", "at_risk")


class Node:
    """A part of the findings together with its path. Behaves like the value for iteration, length, truth and comparison."""

    __slots__ = ("_path", "_up", "_value")

    def __init__(self, value: Any, path: str = "", up: Node | None = None) -> None:
        self._value, self._path, self._up = value, path, up

    def _at(self, key: Any) -> Node:
        return Node(self._value[key], f"{self._path}.{key}" if self._path else str(key), self)

    def __getattr__(self, key: str) -> Node:
        if isinstance(self._value, dict) and key in self._value:
            return self._at(key)
        raise AttributeError(f"findings have no '{self._path}.{key}'")

    def __getitem__(self, key: Any) -> Node | list[Node]:
        return [self._at(i) for i in range(*key.indices(len(self._value)))] if isinstance(key, slice) else self._at(key)

    def __iter__(self) -> Iterator[Node]:
        return (self._at(i) for i in range(len(self._value))) if isinstance(self._value, list) else (self._at(key) for key in self._value)

    def __len__(self) -> int:
        return len(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return self._value == (other._value if isinstance(other, Node) else other)

    def __hash__(self) -> int:
        return hash(self._path)

    def __html__(self) -> str:
        return str(escape(self._value))

    def __str__(self) -> str:
        return str(self._value)


def plain(value: Any) -> Any:
    """The value of a node, or the value itself."""
    return value._value if isinstance(value, Node) else value


class Writer:
    """Writes values for one page: language and currency fixed, numbers of the findings wrapped with path, definition and n."""

    def __init__(self, lang: str, currency: str) -> None:
        self.lang, self.currency = lang, currency

    def text(self, value: Any, spec: str) -> str:
        """Plain text, for charts and titles."""
        return format_value(plain(value), spec, self.lang, self.currency)

    def html(self, value: Any, spec: str, lang: str | None = None, *, stop: bool = True) -> str:
        """Text for the page; a number of the findings becomes a `data` element, and a tab stop unless it stands in a table."""
        written = escape(self.text(value, spec))
        raw = plain(value)
        if not isinstance(value, Node) or isinstance(raw, bool) or not isinstance(raw, int | float) or spec.startswith("one|"):
            return str(written)
        tip = self.definition(value)
        return str(Markup('<data value="{}" data-path="{}" title="{}" tabindex="{}">{}</data>').format(repr(raw), value._path, tip, 0 if stop else -1, written))

    def definition(self, node: Node) -> str:
        """Definition of a number, with the n and the interval found beside it."""
        keys = [key for key in node._path.split(".") if not key.isdigit()]
        found = next((f"def.{'.'.join(keys[i:])}" for i in range(len(keys)) if has(f"def.{'.'.join(keys[i:])}")), None)
        parts = [sentence(found, self.lang)] if found else []
        beside = plain(node._up) if node._up is not None else {}
        if isinstance(beside, dict):
            if keys[-1] in ("rate", "observed", "odds_ratio", "survival", "auc", "strength") and beside.get("lower") is not None:
                key, spec = ("word.ratio_interval", "") if keys[-1] == "odds_ratio" else ("word.interval", "")
                parts.append(sentence("def.interval", self.lang, interval=sentence(key, self.lang, lower=beside["lower"], upper=beside["upper"]) + spec))
            count = next((beside[key] for key in _COUNTS if key != keys[-1] and isinstance(beside.get(key), int | float)), None)
            if count is not None:
                parts.append(sentence("word.n", self.lang, n=count))
        return (
            (" " if self.lang == "en" else "")
            .join(part if part.endswith((".", "。")) else part + (". " if self.lang == "en" else "。") for part in parts)
            .strip()
        )

    def say(self, key: str, **values: Any) -> Markup:
        """A sentence for the page."""
        return Markup(sentence(key, self.lang, self.currency, write=self.html, **values))

    def cell(self, key: str, **values: Any) -> Markup:
        """A sentence in the cell of a table."""
        return Markup(sentence(key, self.lang, self.currency, write=functools.partial(self.html, stop=False), **values))

    def label(self, key: str, **values: Any) -> str:
        """A sentence as plain text."""
        return sentence(key, self.lang, self.currency, **{name: plain(value) for name, value in values.items()})

    def pretty(self, column: Any) -> str:
        """A column's name for readers: ``MonthlyCharges`` and ``monthly_charges`` become "Monthly charges"; other names stay."""
        return pretty(str(plain(column)))


def pretty(name: str) -> str:
    """ "Monthly charges" for ``MonthlyCharges``, ``monthly_charges`` and ``monthlyCharges``; abbreviations stay in capitals."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name.replace("_", " ")).split()
    lowered = [word if word.isupper() and len(word) > 1 else word.lower() for word in words]
    return " ".join([lowered[0][:1].upper() + lowered[0][1:], *lowered[1:]]) if lowered else name
