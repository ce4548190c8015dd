"""What a column holds: numbers, categories, dates or free text; and typed values out of text, with everything that did not parse counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

MISSING_WORDS = frozenset({"", "NA", "N/A", "NaN", "nan", "NULL", "null"})
MAX_LEVELS = 30  # a text column with more distinct values than this is free text, not a category
MOST_LEVELS = 1000  # beyond this a text column is kept as it is
SAMPLE = 1000  # distinct cells that are tried before a whole column is parsed
PARSE_SHARE = 0.98  # a column is numeric (or of dates) when at least this share of its filled cells is
_DATE = re.compile(r"\d{4}([-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)([ T].*)?")


@dataclass
class ParsedColumn:
    """A typed column and what happened on the way.

    `kind` is one of "number", "category", "date", "text", "constant", "empty"; `blank` counts empty cells of a text column; `bad` are the rows
    whose cell did not parse, `bad_example` the first such cell.
    """

    values: pd.Series
    kind: str
    missing: int = 0
    blank: int = 0
    bad: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    bad_example: str = ""
    was_text: bool = False


def parse(column: pd.Series, *, as_text: bool = False) -> ParsedColumn:
    """Type one column. `as_text` keeps digits as text (identifiers)."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.rename_categories([str(c) for c in column.cat.categories])
        return _category(column.cat.remove_unused_categories())
    if pd.api.types.is_bool_dtype(column.dtype):
        return _category(column.map({True: "Yes", False: "No"}).astype("category"))
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _text(column.map(str, na_action="ignore"), as_text=True) if as_text else _number(column)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _dates(column)
    return _text(column, as_text=as_text)


def _number(column: pd.Series) -> ParsedColumn:
    import pandas as pd

    values = pd.to_numeric(column).astype(np.float64)
    array = values.to_numpy()
    infinite = np.flatnonzero(np.isinf(array))
    if infinite.size:
        values = values.mask(np.isinf(array))
    present = values.dropna()
    distinct = present.nunique()
    if distinct <= 1:
        kind = "constant" if distinct else "empty"
        return ParsedColumn(values, kind, int(values.isna().sum()), bad=infinite, bad_example="inf" if infinite.size else "")
    if distinct == 2:
        labels = values.map(lambda v: f"{v:g}", na_action="ignore").astype("category")
        return ParsedColumn(labels, "category", int(values.isna().sum()), bad=infinite, bad_example="inf" if infinite.size else "")
    return ParsedColumn(values, "number", int(values.isna().sum()), bad=infinite, bad_example="inf" if infinite.size else "")


def _dates(column: pd.Series) -> ParsedColumn:
    if getattr(column.dt, "tz", None) is not None:
        column = column.dt.tz_localize(None)  # the local clock of the column's own zone
    days = column.dt.normalize().astype("datetime64[s]")
    return ParsedColumn(days, "date" if days.notna().any() else "empty", int(days.isna().sum()))


def _category(column: pd.Series) -> ParsedColumn:
    levels = len(column.cat.categories)
    kind = "empty" if levels == 0 else "constant" if levels == 1 else "category" if levels <= MAX_LEVELS else "text"
    return ParsedColumn(column, kind, int(column.isna().sum()))


def _text(column: pd.Series, *, as_text: bool) -> ParsedColumn:
    """Parse the distinct values once, then spread them over the rows."""
    import pandas as pd

    codes, distinct = pd.factorize(column, use_na_sentinel=True)
    words = np.array([str(value).strip() for value in distinct], dtype=object)
    is_blank = np.array([word in MISSING_WORDS for word in words], dtype=bool)
    missing = codes < 0
    blank = ~missing & is_blank[codes] if len(words) else np.zeros(len(codes), dtype=bool)
    empty = missing | blank
    facts: dict[str, Any] = {"missing": int(empty.sum()), "blank": int(blank.sum()), "was_text": True}
    filled_words, counts = words[~is_blank], np.bincount(codes[~missing], minlength=len(words))[~is_blank]

    def spread(parsed: np.ndarray, fill: Any) -> np.ndarray:
        whole = np.full(len(words) + 1, fill, dtype=parsed.dtype)
        whole[:-1][~is_blank] = parsed
        return whole[codes]  # code -1, a missing cell, reads the last entry

    if len(filled_words) and not as_text and _some_number(filled_words):
        numbers = pd.to_numeric(pd.Series(filled_words, dtype=object), errors="coerce").to_numpy(dtype=np.float64)
        numbers = np.where(np.isinf(numbers), np.nan, numbers)
        if counts[~np.isnan(numbers)].sum() >= PARSE_SHARE * counts.sum():
            typed = _number(pd.Series(spread(numbers, np.nan), index=column.index, name=column.name))
            return _with_bad(typed, empty, np.isnan(spread(numbers, np.nan)), spread(filled_words, ""), facts)
    if len(filled_words) and not as_text and any(_DATE.fullmatch(word) for word in filled_words[:SAMPLE]):
        looks = np.array([bool(_DATE.fullmatch(word)) for word in filled_words])
        if counts[looks].sum() >= PARSE_SHARE * counts.sum():
            plain = [re.sub(r"[年月/.]", "-", word.replace("日", "")[:10].split(" ")[0].split("T")[0]) for word in filled_words]
            stamps = pd.to_datetime(pd.Series(plain, dtype=object), errors="coerce", format="%Y-%m-%d").to_numpy(dtype="datetime64[s]")
            days = pd.Series(spread(stamps, np.datetime64("NaT", "s")), index=column.index, name=column.name)
            return _with_bad(ParsedColumn(days, "date"), empty, days.isna().to_numpy(), spread(filled_words, ""), facts)
    if len(filled_words) > MOST_LEVELS:
        return ParsedColumn(pd.Series(spread(filled_words, None), index=column.index, name=column.name, dtype=object), "text", **facts)
    levels = sorted(set(filled_words))
    position = {level: code for code, level in enumerate(levels)}
    level_codes = spread(np.array([position[word] for word in filled_words], dtype=np.int64), -1)
    values = pd.Series(pd.Categorical.from_codes(level_codes, levels), index=column.index, name=column.name)
    parsed = _category(values)
    return ParsedColumn(parsed.values, parsed.kind, **facts)


def _some_number(words: np.ndarray) -> bool:
    """Whether any of the first words is a number: a quick no for names and identifiers."""
    import pandas as pd

    return bool(pd.to_numeric(pd.Series(words[:SAMPLE], dtype=object), errors="coerce").notna().any())


def _with_bad(parsed: ParsedColumn, empty: np.ndarray, unparsed: np.ndarray, words: np.ndarray, facts: dict[str, Any]) -> ParsedColumn:
    bad = np.flatnonzero(unparsed & ~empty)
    facts["missing"] += bad.size
    return ParsedColumn(parsed.values, parsed.kind, bad=bad, bad_example=str(words[bad[0]]) if bad.size else "", **facts)
