"""Customer columns as a model takes them: the same for the table that it learned from and for every table that it scores."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure import InvalidInput
from tenure._cli._shell import warn

if TYPE_CHECKING:
    import pandas as pd

MISSING = "(missing)"
IS_MISSING = " is missing"
SHOWN = 5


@dataclass
class Column:
    """A column of the training table: a number with its median, or a category with its levels; and whether it had gaps."""

    name: str
    kind: str
    gaps: bool
    median: float = 0.0
    levels: tuple[str, ...] = ()


@dataclass
class Preparation:
    """Columns in the order of the model. With `native` gaps stay as they are (trees); else a number gets its median and a column that says so, and a
    category a level of its own, where the training table had gaps. Elsewhere they are refused."""

    columns: list[Column]
    native: bool

    @classmethod
    def learn(cls, frame: pd.DataFrame, kinds: dict[str, str], native: bool) -> Preparation:
        """From typed columns; a column with one value only is left out."""
        columns = []
        for name in frame.columns:
            gaps = bool(frame[name].isna().any())
            if kinds[name] == "number":
                if frame[name].nunique() > 1:
                    columns.append(Column(name, "number", gaps, median=float(frame[name].median())))
            else:
                levels = tuple(str(level) for level in frame[name].cat.remove_unused_categories().cat.categories)
                if len(levels) + gaps > 1:
                    columns.append(Column(name, "category", gaps, levels=levels))
        return cls(columns, native)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The design of a typed frame (from `read` or from `typed`)."""
        import pandas as pd

        design: dict[str, Any] = {}
        for column in self.columns:
            values = frame[column.name]
            if column.kind == "number":
                numbers = values.to_numpy(dtype=np.float64)
                missing = np.isnan(numbers)
                design[column.name] = numbers if self.native else np.where(missing, column.median, numbers)
                if self._marks_gaps(column):
                    design[f"{column.name}{IS_MISSING}"] = missing.astype(np.float64)
            else:
                levels = list(column.levels)
                if column.gaps and not self.native and MISSING not in levels:
                    levels.append(MISSING)
                place = {level: code for code, level in enumerate(levels)}
                other = place.get(MISSING, -1)
                codes = np.array([*(place.get(str(level), other) for level in values.cat.categories), other])[values.cat.codes.to_numpy()]
                design[column.name] = pd.Categorical.from_codes(codes, levels)
        return pd.DataFrame(design)

    def design_columns(self) -> list[tuple[str, int]]:
        """The columns of the design, each with the place of the column it comes from."""
        found = []
        for place, column in enumerate(self.columns):
            found.append((column.name, place))
            if self._marks_gaps(column):
                found.append((f"{column.name}{IS_MISSING}", place))
        return found

    def _marks_gaps(self, column: Column) -> bool:
        return column.kind == "number" and column.gaps and not self.native and f"{column.name}{IS_MISSING}" not in self.names

    def typed(self, raw: pd.DataFrame) -> pd.DataFrame:
        """The columns of a table as `load` gives it, typed as in training. What the model cannot take is refused with column, rule and row."""
        import pandas as pd

        return pd.DataFrame({column.name: self._number(raw, column) if column.kind == "number" else self._category(raw, column) for column in self.columns})

    def _number(self, raw: pd.DataFrame, column: Column) -> np.ndarray:
        numbers = as_numbers(raw[column.name], column.name)
        self._check_gaps(np.isnan(numbers), column)
        return numbers

    def _category(self, raw: pd.DataFrame, column: Column) -> pd.Categorical:
        import pandas as pd

        codes, words = pd.factorize(as_texts(raw[column.name]))
        levels = [_level(word, column.levels) for word in words]
        missing = codes < 0
        self._check_gaps(missing, column)
        place = {level: code for code, level in enumerate(column.levels)}
        found = np.array([*(place.get(level, -1) for level in levels), -1])[codes]
        new = (found < 0) & ~missing
        if new.any():
            self._new_levels(column, raw[column.name], np.flatnonzero(new))
        return pd.Categorical.from_codes(found, list(column.levels))

    def _new_levels(self, column: Column, values: pd.Series, rows: np.ndarray) -> None:
        what = f"column '{column.name}': '{values.iloc[rows[0]]}' in row {rows[0] + 1} was not seen in training"
        if self.native:
            warn(f"{what}; it counts as missing ({len(rows):,} {'row' if len(rows) == 1 else 'rows'} with new values)")
            return
        known = ", ".join(f"'{level}'" for level in column.levels[:SHOWN]) + (", ..." if len(column.levels) > SHOWN else "")
        raise InvalidInput(
            f"{what} ({len(rows):,} {'row' if len(rows) == 1 else 'rows'} with new values); the model knows {known}. Tree models take new values as missing"
        )

    def _check_gaps(self, missing: np.ndarray, column: Column) -> None:
        if missing.any() and not column.gaps and not self.native:
            rows = np.flatnonzero(missing)
            where = f"{'row' if len(rows) == 1 else 'rows'} {', '.join(str(row + 1) for row in rows[:SHOWN])}{', ...' if len(rows) > SHOWN else ''}"
            raise InvalidInput(f"column '{column.name}' is empty in {where}; the model was trained without gaps in it. Tree models take gaps")

    def to_dict(self) -> dict[str, Any]:
        return {"native": self.native, "columns": [{**asdict(column), "levels": list(column.levels)} for column in self.columns]}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Preparation:
        columns = [Column(**{**column, "levels": tuple(column["levels"])}) for column in stored["columns"]]
        return cls(columns, bool(stored["native"]))


def as_numbers(column: pd.Series, name: str) -> np.ndarray:
    """Numbers, missing where a cell is empty; anything else is refused."""
    import pandas as pd

    from tenure._columns import MISSING_WORDS

    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        raise InvalidInput(f"column '{name}' must hold numbers as in training; it holds dates")
    if pd.api.types.is_numeric_dtype(column.dtype):  # booleans as well
        numbers = column.astype(np.float64).to_numpy()
        return np.where(np.isinf(numbers), np.nan, numbers)
    texts = column.astype(object).map(lambda cell: str(cell).strip(), na_action="ignore")
    empty = texts.isna() | texts.isin(MISSING_WORDS)
    numbers = pd.to_numeric(texts.where(~empty), errors="coerce").to_numpy(dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(numbers) & ~empty.to_numpy())
    if wrong.size:
        raise InvalidInput(f"column '{name}' must hold numbers as in training; row {wrong[0] + 1} has '{texts.iloc[wrong[0]]}'")
    return numbers


def as_texts(column: pd.Series) -> pd.Series:
    """Cells as texts, None where empty; numbers and truth values in the form that categories of them have."""
    import pandas as pd

    from tenure._columns import MISSING_WORDS

    def text(cell: Any) -> str | None:
        if isinstance(cell, bool | np.bool_):
            return "Yes" if cell else "No"
        word = f"{cell:g}" if isinstance(cell, int | float | np.number) else str(cell).strip()
        return None if word in MISSING_WORDS else word

    codes, distinct = pd.factorize(column)
    words = np.empty(len(distinct) + 1, dtype=object)
    words[:-1] = [text(cell) for cell in distinct]
    return pd.Series(words[codes], name=column.name)  # code -1, a missing cell, reads the last entry


def _level(word: str, levels: tuple[str, ...]) -> str:
    """The level that a cell means: itself, or the same number or truth value written in another way ("1.0" and "1", "True" and "Yes")."""
    if word in levels:
        return word
    pairs = {"Yes": "True", "No": "False", "True": "Yes", "False": "No", "true": "Yes", "false": "No"}
    if pairs.get(word) in levels:
        return pairs[word]
    try:
        return f"{float(word):g}"
    except ValueError:
        return word
