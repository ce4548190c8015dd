"""What the columns of a customer table mean."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tenure import InvalidInput

UNITS = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}  # days in each

COLUMN_ROLES = ("id", "label", "duration", "start", "end", "value", "reason")


def _as_date(name: str, value: Any) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if value is None or isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput(f"contract: '{name}' must be a date as YYYY-MM-DD, got '{value}'") from None


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What the columns of a customer table mean, and in what units. Whatever is left out is guessed from names and contents, and reported.

    Parameters
    ----------
    id : str, optional
        Column that names the customer; without one, the row number does.
    label : str, optional
        Column that says who was lost; without one, a customer with an `end` date is lost.
    positive : str, optional
        The value of `label` that means lost, e.g. ``"Yes"``.
    duration : str, optional
        Column with the time as a customer until the loss or the end of observation, in `duration_unit`.
    duration_unit : {"days", "weeks", "months", "years"}, optional
        Default months, or what the column's name says.
    start, end : str, optional
        Date columns: first day as a customer, first day no longer one (missing while still there).
    value : str, optional
        Column with the turnover of a customer a month, in `currency`.
    reason : str, optional
        Column with the stated reason of the loss.
    ignore : sequence of str, default=()
        Columns that no analysis may use.
    currency : str, default=""
        Sign or code that goes with amounts of money.
    profit_rate : float, optional
        Profit as a share of turnover, 0 to 1; turns lost turnover into lost profit.
    as_of : date, optional
        Last day seen; default: the latest date in the `start` and `end` columns.
    period : (date, date), optional
        First and last day of the period that the rates are for; default: the 12 months up to `as_of` (3 or 1 where the history is
        shorter). Needs `start` and `end`.

    Examples
    --------
    >>> from tenure import Contract
    >>> Contract(label="Churn", positive="Yes", duration="tenure").label
    'Churn'
    """

    id: str | None = None
    label: str | None = None
    positive: str | None = None
    duration: str | None = None
    duration_unit: str | None = None
    start: str | None = None
    end: str | None = None
    value: str | None = None
    reason: str | None = None
    ignore: tuple[str, ...] = ()
    currency: str = ""
    profit_rate: float | None = None
    as_of: datetime.date | None = None
    period: tuple[datetime.date, datetime.date] | None = None

    def __post_init__(self) -> None:
        def put(name: str, value: Any) -> None:
            object.__setattr__(self, name, value)

        for name in (*COLUMN_ROLES, "positive"):
            value = getattr(self, name)
            if value is not None:
                put(name, {True: "Yes", False: "No"}.get(value, str(value)) if isinstance(value, bool) else str(value))
        put("ignore", (self.ignore,) if isinstance(self.ignore, str) else tuple(self.ignore))
        put("as_of", _as_date("as_of", self.as_of))
        if self.duration_unit is not None and self.duration_unit not in UNITS:
            raise InvalidInput(f"contract: 'duration_unit' must be one of {', '.join(UNITS)}, got '{self.duration_unit}'")
        if self.profit_rate is not None and not (isinstance(self.profit_rate, int | float) and 0 <= self.profit_rate <= 1):
            raise InvalidInput(f"contract: 'profit_rate' must be a number between 0 and 1, got {self.profit_rate!r}")
        if self.period is not None:
            if not isinstance(self.period, list | tuple) or len(self.period) != 2:
                raise InvalidInput("contract: 'period' must be two dates, its first and its last day")
            first, last = (_as_date("period", day) for day in self.period)
            if first is None or last is None or last < first:
                raise InvalidInput(f"contract: 'period' must not end ({last}) before it begins ({first})")
            put("period", (first, last))
        taken: dict[str, str] = {}
        for role in COLUMN_ROLES:
            column = getattr(self, role)
            if column is not None and column in taken:
                raise InvalidInput(f"contract: column '{column}' cannot be both '{taken[column]}' and '{role}'")
            if column is not None:
                taken[column] = role

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Contract:
        """A contract from a mapping of field names to values; an unknown name is an error that names its nearest neighbour."""
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                near = difflib.get_close_matches(str(name), known, n=1)
                raise InvalidInput(f"contract: '{name}' is not a field" + (f"; did you mean '{near[0]}'?" if near else f"; the fields are {', '.join(known)}"))
        return cls(**{name: value for name, value in values.items() if value is not None})

    @classmethod
    def from_file(cls, path: str | Path) -> Contract:
        """Read a contract from a YAML file: one line a field, ``label: Churn``."""
        import yaml

        try:
            values = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as problem:
            raise InvalidInput(f"contract file '{path}' is not valid YAML: {problem}") from None
        if not isinstance(values, Mapping):
            raise InvalidInput(f"contract file '{path}' must hold lines like 'label: Churn'")
        return cls.from_mapping(values)

    def to_mapping(self) -> dict[str, Any]:
        """The fields that are set, as plain values (dates as text)."""
        plain: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value not in (None, (), ""):
                plain[field.name] = [str(v) for v in value] if isinstance(value, tuple) else str(value) if isinstance(value, datetime.date) else value
        return plain

    def to_file(self, path: str | Path) -> None:
        """Write the contract as YAML, to be edited and read again."""
        import yaml

        Path(path).write_text(yaml.safe_dump(self.to_mapping(), allow_unicode=True, sort_keys=False), encoding="utf-8")

    def columns(self) -> dict[str, str]:
        """Role to column, for the roles that have one."""
        return {role: getattr(self, role) for role in COLUMN_ROLES if getattr(self, role) is not None}
