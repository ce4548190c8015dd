"""The sentences of the library: one catalogue, English and Chinese, with the number formats and plurals of each.

A sentence is a template: ``"{lost:count} {lost:one|customer|customers} left"``. After the colon stands how a value is written:

    count   1,869           num    3.14 (three significant digits)    fixed1  34.0      pvalue  0.012 / < 0.001
    g       0.25 (all digits it has)    ratio   1.59 / 0.035
    pct     26.5%           pct0   27%                                points  +2.1 percentage points
    money   $1.67 million   moneyshort  $1.67M
    date    31 December 2025 / 2025年12月31日                list   a, b and c / a、b 和 c
    raw     as it is        one|singular|plural (the plural is left out of the Chinese sentences)
"""

from __future__ import annotations

import datetime
import functools
import math
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "zh")
MISSING = "–"
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


@functools.cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every sentence by key: ``{"key": {"en": ..., "zh": ...}}``."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((files("tenure._text") / "catalogue.yaml").read_text(encoding="utf-8"), Loader=loader)  # a safe loader, C where there is one


def has(key: str) -> bool:
    return key in catalogue()


def _significant(value: float, digits: int = 3) -> str:
    if value == 0:
        return "0"
    if value == int(value) and abs(value) < 1e15:
        return f"{value:,.0f}"
    magnitude = math.floor(math.log10(abs(value)))
    decimals = min(6, max(0, digits - 1 - magnitude))
    return f"{value:,.{decimals}f}" if magnitude >= -4 else f"{value:.2g}"


def _money(value: float, lang: str, currency: str, short: bool = False) -> str:
    sign, size = ("−" if value < 0 else ""), abs(value)
    if size >= 1e6 and lang == "en":
        amount = f"{size / 1e6:,.2f}" + ("M" if short else " million")
    elif size >= 1e4 and lang == "zh":
        amount = f"{size / 1e4:,.1f}{'' if short else ' '}万"
    else:
        amount = f"{size:,.2f}" if size < 100 else f"{size:,.0f}"
    if currency and (len(currency) > 1 and currency.isalpha()):
        return f"{sign}{amount} {currency}"
    return f"{sign}{currency}{amount}"


def _date(value: Any, lang: str) -> str:
    day = datetime.date.fromisoformat(str(value)[:10])
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _joined(values: Sequence[Any], lang: str, last: str) -> str:
    items = [str(value) for value in values]
    if len(items) < 2:
        return "".join(items)
    return ("、" if lang == "zh" else ", ").join(items[:-1]) + last + items[-1]


def format_value(value: Any, spec: str, lang: str, currency: str = "") -> str:
    """`value` as text in the way that `spec` names (see the module's text); a missing number is a dash."""
    if spec.startswith("one|"):
        one, many = spec.split("|")[1:]
        return one if value == 1 and lang == "en" else many
    if spec in ("", "raw"):
        return MISSING if value is None else str(value)
    if spec == "list":
        return _joined(value, lang, " 和 " if lang == "zh" else " and ")
    if spec == "date":
        return MISSING if value is None else _date(value, lang)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if isinstance(value, float) and math.isinf(value):
        return "∞" if value > 0 else "−∞"
    formats: dict[str, Callable[[], str]] = {
        "count": lambda: f"{value:,.0f}",
        "g": lambda: f"{value:,.12g}",
        "num": lambda: _significant(value),
        "fixed1": lambda: f"{value:,.1f}",
        "fixed2": lambda: f"{value:,.2f}",
        "fixed3": lambda: f"{value:,.3f}",
        "ratio": lambda: f"{value:,.2f}" if abs(value) >= 0.1 else f"{value:.2g}",
        "pct": lambda: f"{100 * value:,.1f}%",
        "pct0": lambda: f"{100 * value:,.0f}%",
        "points": lambda: f"{100 * value:+.1f}" + (" 个百分点" if lang == "zh" else " percentage points"),
        "money": lambda: _money(value, lang, currency),
        "moneyshort": lambda: _money(value, lang, currency, short=True),
        "pvalue": lambda: "<\u00a00.001" if value < 0.001 else f"{value:.3f}",
    }
    return formats[spec]().replace("-", "−")


class _Formatter(string.Formatter):
    def __init__(self, lang: str, currency: str, write: Callable[[Any, str, str], str] | None) -> None:
        self.lang, self.currency, self.write = lang, currency, write

    def format_field(self, value: Any, format_spec: str) -> str:
        if self.write is None:
            return format_value(value, format_spec, self.lang, self.currency)
        return self.write(value, format_spec, self.lang)


def sentence(key: str, lang: str = "en", currency: str = "", write: Callable[[Any, str, str], str] | None = None, **values: Any) -> str:
    """The sentence `key` with its `values` written in `lang`. `write(value, spec, lang)` replaces how a value is written (HTML wraps it)."""
    return _Formatter(lang, currency, write).vformat(catalogue()[key][lang], (), values)


@dataclass(frozen=True)
class Note:
    """Something that was assumed, left out or found: a sentence of the catalogue and its values.

    Attributes
    ----------
    code : str
        Key of the sentence, stable across versions and languages.
    level : str
        "error" (left out of every analysis), "warning" or "note".
    values : dict
        The numbers and names in the sentence.
    """

    code: str
    level: str = "note"
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, lang: str = "en") -> str:
        """The sentence in "en" or "zh"."""
        return sentence(self.code, lang, **self.values)

    def __str__(self) -> str:
        return self.text()

    def to_dict(self) -> dict[str, Any]:
        """Code, level, values and the sentence in every language."""
        return {"code": self.code, "level": self.level, "values": dict(self.values), **{lang: self.text(lang) for lang in LANGUAGES}}


class Notes(list[Note]):
    """A list of notes that prints one a line."""

    def add(self, code: str, level: str = "note", **values: Any) -> None:
        self.append(Note(code, level, values))

    def of(self, *levels: str) -> Iterator[Note]:
        return (note for note in self if note.level in levels)

    def __repr__(self) -> str:
        return "\n".join(f"{note.level}: {note}" for note in self) or "(nothing)"
