"""Read a customer table: types, roles, rules, and an account of everything that was assumed or left out."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure import InvalidInput
from tenure._columns import ParsedColumn, parse
from tenure._contract import UNITS, Contract
from tenure._roles import settle
from tenure._source import Source, load
from tenure._text import Notes

if TYPE_CHECKING:
    import pandas as pd

SHOWN_ROWS = 5
PERIODS = (12, 3, 1)  # months of the default period: the first that begins after the first customer
RUNNING = 20  # rows from which whole numbers without gap or repetition are taken for a running number


@dataclass(eq=False)
class Customers:
    """A customer table that has been read: what `read` returns.

    Attributes
    ----------
    frame : pandas.DataFrame
        The rows that are used, with typed columns: numbers, categories, dates.
    contract : Contract
        The contract with every role settled.
    lost : numpy.ndarray of bool
        Who was lost.
    time : numpy.ndarray or None
        Time as a customer in `contract.duration_unit`.
    ids : numpy.ndarray
        Identifiers as text; row numbers (counted from 1) where the table has none.
    time_column : str or None
        Column of `frame` with that time: the contract's duration, or one made from its dates.
    features : list of str
        Columns that analyses may use.
    notes : list
        What was assumed, left out or found odd, as sentences; `warnings` are those that need attention.
    rows_read : int
        Rows in the source; ``len(frame)`` of them are used.
    """

    frame: pd.DataFrame
    contract: Contract
    lost: np.ndarray
    time: np.ndarray | None
    ids: np.ndarray
    features: list[str]
    notes: Notes
    rows_read: int
    source: Source
    columns: dict[str, ParsedColumn] = field(repr=False)
    time_column: str | None = None

    @property
    def warnings(self) -> Notes:
        return Notes(self.notes.of("warning", "error"))

    def kind(self, column: str) -> str:
        """ "number", "category", "date", "text", "constant" or "empty"."""
        return self.columns[column].kind

    def quality(self) -> pd.DataFrame:
        """One row a column: role, kind, missing, blank and unreadable cells, distinct values, smallest and largest or most frequent value."""
        import pandas as pd

        roles = {column: role for role, column in self.contract.columns().items()} | dict.fromkeys(self.contract.ignore, "ignored")
        if self.contract.duration is None and self.time_column is not None:
            roles[self.time_column] = "derived"
        rows = []
        for name, parsed in self.columns.items():
            present = parsed.values.dropna()
            ordered = parsed.kind in ("number", "date") and len(present)
            counts = present.value_counts() if len(present) and not ordered else None
            rows.append(
                {
                    "column": name,
                    "role": roles.get(name, "feature" if name in self.features else "not used"),
                    "kind": parsed.kind,
                    "missing": parsed.missing,
                    "blank": parsed.blank,
                    "unreadable": int(parsed.bad.size),
                    "distinct": int(present.nunique()),
                    "low": _plain(present.min()) if ordered else None,
                    "high": _plain(present.max()) if ordered else None,
                    "most_frequent": str(counts.index[0]) if counts is not None and parsed.kind != "text" else None,
                    "most_frequent_share": float(counts.iloc[0] / len(present)) if counts is not None and parsed.kind != "text" else None,
                }
            )
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        share = f"{self.lost.sum():,} lost" if len(self.lost) else ""
        return f"Customers({self.source.name}: {len(self.frame):,} of {self.rows_read:,} rows used, {share})\n{self.notes!r}"


def _plain(value: Any) -> Any:
    return str(value)[:10] if hasattr(value, "year") else float(value)


def read(data: Any, contract: Contract | Mapping[str, Any] | str | None = None, *, encoding: str | None = None) -> Customers:
    """Read a customer table, one row a customer, and find out what its columns mean.

    Parameters
    ----------
    data : path or frame
        A .csv, .csv.gz or .parquet file, or a pandas, polars, pyarrow or any Arrow-stream frame.
    contract : Contract, mapping, or path of a YAML file, optional
        Roles of the columns; what is left out is guessed from names and contents, and said in `.notes`.
    encoding : str, optional
        Encoding of a CSV file; UTF-8 unless told.

    Returns
    -------
    Customers

    Raises
    ------
    InvalidInput
        The table cannot be used: the message names the column, the rule and the row. Rows that break a rule one at a time (no label, an end
        before its start, a negative duration, a repeated line) are left out and counted in `.notes` instead.

    Examples
    --------
    >>> import tenure as tn
    >>> customers = tn.read(tn.datasets.load_telco())
    >>> customers.contract.duration, int(customers.lost.sum())
    ('tenure', 1869)
    """
    if contract is None:
        contract = Contract()
    elif isinstance(contract, Mapping):
        contract = Contract.from_mapping(contract)
    elif not isinstance(contract, Contract):
        contract = Contract.from_file(contract)
    raw, source = load(data, encoding)
    notes = Notes()
    columns = {name: parse(raw[name], as_text=name == contract.id) for name in raw.columns}
    contract = settle(contract, columns, notes)
    if contract.id is not None and not columns[contract.id].was_text:
        columns[contract.id] = parse(raw[contract.id], as_text=True)
    for role, kinds in {"duration": ("number",), "value": ("number",), "start": ("date",), "end": ("date",)}.items():
        _check_kind(role, contract, columns, kinds)
    _note_cells(contract, columns, notes)
    used = _Rules(raw, contract, columns, notes)
    contract = used.contract
    import pandas as pd

    time_column = contract.duration
    if time_column is None and used.time is not None:
        time_column = next(name for name in ("tenure", "time_as_customer", "tenure_from_dates") if name not in columns)
        columns[time_column] = ParsedColumn(pd.Series(used.time), "number")
    frame = pd.DataFrame({name: column.values for name, column in columns.items()})[used.keep].reset_index(drop=True)
    lost = used.lost[used.keep]
    _check_outcome(lost, contract)
    ids = frame[contract.id].astype(str).to_numpy(dtype=object) if contract.id else (np.flatnonzero(used.keep) + 1).astype(str).astype(object)
    time = used.time[used.keep] if used.time is not None else None
    return Customers(frame, contract, lost, time, ids, _features(contract, columns, notes), notes, len(raw), source, columns, time_column)


def _check_kind(role: str, contract: Contract, columns: dict[str, ParsedColumn], kinds: tuple[str, ...]) -> None:
    name = getattr(contract, role)
    if name is None or columns[name].kind in kinds:
        return
    parsed = columns[name]
    if role in ("duration", "value") and parsed.kind in ("category", "constant") and not parsed.was_text:
        columns[name] = ParsedColumn(parsed.values.astype(str).astype(float), "number", parsed.missing)  # two distinct numbers are still numbers
        return
    filled = parsed.values.dropna()
    example = f"; row {filled.index[0] + 1} has '{filled.iloc[0]}'" if len(filled) else "; it is empty"
    rule = "numbers" if kinds == ("number",) else "dates written as YYYY-MM-DD"
    raise InvalidInput(f"column '{name}' ({role}) must hold {rule}{example}")


def _note_cells(contract: Contract, columns: dict[str, ParsedColumn], notes: Notes) -> None:
    for name, column in columns.items():
        if column.bad.size:
            notes.add("warn.unreadable", "warning", column=name, n=int(column.bad.size), example=column.bad_example, row=int(column.bad[0]) + 1)
        if column.blank and column.was_text and column.kind in ("number", "date"):
            if name != contract.end:
                notes.add("warn.blank_numbers", "warning", column=name, n=column.blank)
        elif column.missing and name not in (contract.end, contract.reason, contract.label) and name not in contract.ignore:
            notes.add("warn.missing", "note", column=name, n=column.missing, share=column.missing / len(column.values))


class _Rules:
    """Goes through the rules row by row: `keep` are the rows that pass, `lost` and `time` the outcome of every row."""

    def __init__(self, raw: pd.DataFrame, contract: Contract, columns: dict[str, ParsedColumn], notes: Notes) -> None:
        self.contract, self.columns, self.notes = contract, columns, notes
        self.keep = np.ones(len(raw), dtype=bool)
        self.time: np.ndarray | None = None
        self._identifiers(raw)
        if contract.label is not None:
            label = columns[contract.label].values
            self.lost = (label == contract.positive).to_numpy()
            self._drop("drop.no_label", label.isna().to_numpy(), contract.label)
        if contract.start is not None:
            self._dates(contract.start)
        if contract.duration is not None:
            duration = columns[contract.duration].values.to_numpy(dtype=np.float64)
            self._drop("drop.no_duration", np.isnan(duration), contract.duration)
            self._drop("drop.negative_duration", duration < 0, contract.duration)
            self.time = duration
            if (zero := int((duration[self.keep] == 0).sum())) > 0:
                self.notes.add("note.zero_duration", column=contract.duration, n=zero)

    def _drop(self, code: str, mask: np.ndarray, column: str) -> None:
        mask = mask & self.keep
        if mask.any():
            rows = (np.flatnonzero(mask) + 1).tolist()
            self.notes.add(code, "warning", column=column, n=len(rows), rows=rows[:SHOWN_ROWS], dropped=True)
            self.keep &= ~mask
        if not self.keep.any():
            raise InvalidInput(f"column '{column}': no row passes the rule; {self.notes[-1]}")

    def _identifiers(self, raw: pd.DataFrame) -> None:
        name = self.contract.id
        if name is None:
            return
        ids = self.columns[name].values
        self._drop("drop.no_id", ids.isna().to_numpy(), name)
        repeated = ids.duplicated(keep=False).to_numpy() & self.keep
        if not repeated.any():
            return
        again = raw[repeated].astype(str).duplicated().to_numpy()
        same = np.zeros(len(raw), dtype=bool)
        same[np.flatnonzero(repeated)[again]] = True
        left = ids[~same].duplicated(keep=False).to_numpy() & self.keep[~same]
        if left.any():
            rows = np.flatnonzero(~same)[left]
            first = ids.iloc[rows[0]]
            where = [int(row) + 1 for row in rows if ids.iloc[row] == first][:SHOWN_ROWS]
            raise InvalidInput(
                f"column '{name}' (id) must name each customer once; '{first}' stands in rows {', '.join(map(str, where))}"
                f" ({int(ids.iloc[rows].nunique())} identifiers are repeated)"
            )
        self._drop("drop.repeated_rows", same, name)

    def _dates(self, first_day: str) -> None:
        """What follows from the dates of start (in column `first_day`) and end."""
        contract = self.contract
        start = self.columns[first_day].values.to_numpy(dtype="datetime64[D]")
        none = np.full(len(start), np.datetime64("NaT"), dtype="datetime64[D]")
        end = self.columns[contract.end].values.to_numpy(dtype="datetime64[D]") if contract.end else none
        self._drop("drop.no_start", np.isnat(start), first_day)
        self._drop("drop.end_before_start", end < start, contract.end or first_day)
        if contract.as_of is None:
            latest = max(start[self.keep].max(), end[self.keep & ~np.isnat(end)].max(initial=np.datetime64("1900-01-01")))
            today = datetime.date.today()
            last_day = min(latest.astype(datetime.date), today)
            contract = replace(contract, as_of=last_day)
            columns = [c for c in (contract.start, contract.end) if c]
            if last_day < latest.astype(datetime.date):
                self.notes.add("warn.future_dates", "warning", date=str(today), columns=columns)
            else:
                self.notes.add("assume.as_of", date=str(last_day), columns=columns)
        else:
            last_day = contract.as_of
        as_of = np.datetime64(last_day, "D")
        self._drop("drop.future_start", start > as_of, first_day)
        gone = ~np.isnat(end) & (end <= as_of)
        later = int((~np.isnat(end) & (end > as_of) & self.keep).sum())
        if later:
            self.notes.add("note.end_after_as_of", column=contract.end, n=later, date=str(last_day))
        if contract.end:
            if contract.label is not None:
                odd = np.flatnonzero((gone != self.lost) & self.keep)
                if odd.size:
                    self.notes.add(
                        "warn.label_against_end", "warning", label=contract.label, end=contract.end, n=int(odd.size), rows=(odd[:SHOWN_ROWS] + 1).tolist()
                    )
            self.lost = gone
        if contract.duration is None and contract.end is not None:
            unit = contract.duration_unit or "months"
            contract = replace(contract, duration_unit=unit)
            days = (np.where(gone, end, as_of + 1) - start).astype(np.float64)
            self.time = days / UNITS[unit]
            self.notes.add("assume.duration_from_dates", start=first_day, end=contract.end, unit=unit)
        if contract.period is None and contract.end is not None:
            earliest = start[self.keep].min().astype(datetime.date)
            first = next((day for months in PERIODS if (day := _first_day(last_day, months)) > earliest), _first_day(last_day, PERIODS[-1]))
            contract = replace(contract, period=(first, last_day))
            self.notes.add("assume.period", first=str(first), last=str(last_day))
        self.contract = contract


def _first_day(last: datetime.date, months: int) -> datetime.date:
    """First day of the period of `months` months that ends on `last`."""
    after = last + datetime.timedelta(days=1)
    index = after.year * 12 + after.month - 1 - months
    year, month = divmod(index, 12)
    return datetime.date(year, month + 1, min(after.day, calendar.monthrange(year, month + 1)[1]))


def _check_outcome(lost: np.ndarray, contract: Contract) -> None:
    if lost.all() or not lost.any():
        where = f"column '{contract.label or contract.end}' ({'label' if contract.label else 'end'})"
        raise InvalidInput(
            f"{where}: {'every' if lost.all() else 'no'} customer in the {len(lost):,} usable rows is lost; both lost and remaining ones are needed"
        )


def _is_running_number(column: ParsedColumn) -> bool:
    """Whole numbers without gap or repetition, such as a row number."""
    if column.kind != "number" or column.missing or len(column.values) < RUNNING:
        return False
    values = column.values.to_numpy()
    return bool((values % 1 == 0).all() and values.max() - values.min() + 1 == len(values) == len(np.unique(values)))


def _features(contract: Contract, columns: dict[str, ParsedColumn], notes: Notes) -> list[str]:
    reserved = {contract.id, contract.label, contract.start, contract.end, contract.reason, *contract.ignore}
    running = [name for name, column in columns.items() if name not in reserved and _is_running_number(column)]
    if running:
        notes.add("note.running_number", columns=running, n=len(running))
    free = {name: column for name, column in columns.items() if name not in reserved and name not in running}
    for kind, code in {"text": "note.free_text", "constant": "note.constant", "empty": "note.empty", "date": "note.date_column"}.items():
        names = [name for name, column in free.items() if column.kind == kind]
        if names:
            notes.add(code, columns=names, n=len(names))
    return [name for name, column in free.items() if column.kind in ("number", "category")]
