"""From a path or a frame to a pandas frame with text as text: nothing is interpreted here."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import os
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure import InvalidInput
from tenure._frames import as_frame

if TYPE_CHECKING:
    import pandas as pd

DELIMITERS = ",;\t|"
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF32_LE: "utf-32"}


@dataclass(frozen=True)
class Source:
    """Where a table came from: a name, and for a file the SHA-256 of its bytes."""

    name: str
    sha256: str | None = None


def load(data: Any, encoding: str | None = None) -> tuple[pd.DataFrame, Source]:
    """`data` (path of a .csv, .csv.gz or .parquet file, or any frame) as a pandas frame."""
    if isinstance(data, str | os.PathLike):
        path = Path(data)
        try:
            raw = path.read_bytes()
        except OSError as problem:
            raise InvalidInput(f"'{path}' cannot be read: {problem.strerror or problem}") from None
        if not raw:
            raise InvalidInput(f"'{path}' is empty: a header line and one row a customer are needed")
        source = Source(path.name, hashlib.sha256(raw).hexdigest())
        frame = _parquet(raw, path) if raw[:4] == b"PAR1" else _csv(raw, path, encoding)
    else:
        frame, source = _from_frame(data), Source("data frame")
    columns = [str(c) for c in frame.columns]
    repeated = sorted({c for c in columns if columns.count(c) > 1})
    if repeated:
        raise InvalidInput(f"the column name '{repeated[0]}' is used {columns.count(repeated[0])} times; every column needs a name of its own")
    if any(not c.strip() for c in columns):
        raise InvalidInput(f"column {[bool(c.strip()) for c in columns].index(False) + 1} has no name")
    if frame.empty:
        raise InvalidInput(f"'{source.name}' has a header but no rows: one row a customer is needed")
    return frame.set_axis(columns, axis=1).reset_index(drop=True), source


def _parquet(raw: bytes, path: Path) -> pd.DataFrame:
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise InvalidInput(f"'{path}' is a Parquet file; reading it needs the package pyarrow (pip install pyarrow)") from None
    try:
        return parquet.read_table(io.BytesIO(raw)).to_pandas()
    except Exception as problem:  # pyarrow's own errors have no common base
        raise InvalidInput(f"'{path}' is a damaged Parquet file: {problem}") from None


def _csv(raw: bytes, path: Path, encoding: str | None) -> pd.DataFrame:
    import pandas as pd

    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as problem:
            raise InvalidInput(f"'{path}' is a damaged gzip file: {problem}") from None
    text = _decode(raw, path, encoding).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InvalidInput(f"'{path}' is empty: a header line and one row a customer are needed")
    if "\0" in text:
        raise InvalidInput(f"'{path}' holds a zero byte in line {text.count(chr(10), 0, text.index(chr(0))) + 1}: it is not a text file")
    text = text.lstrip("\n")
    delimiter = max(DELIMITERS, key=text.split("\n", 1)[0].count)
    try:
        records = csv.reader(io.StringIO(text), delimiter=delimiter)
        names = next(records)
        width = len(names)
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.StringIO(text), sep=delimiter, dtype=str, header=None, skiprows=records.line_num, names=range(width), keep_default_na=False, index_col=False
            )
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame({i: pd.Series(dtype=str) for i in range(width)})
    except pd.errors.ParserWarning:
        raise InvalidInput(f"'{path}': the rows have more fields than the header, which has {width}") from None
    except (pd.errors.ParserError, csv.Error) as problem:
        raise InvalidInput(f"'{path}' is not a regular table: {str(problem).removeprefix('Error tokenizing data. C error: ').strip()}") from None
    if width > 1 and (frame[width - 1] == "").any():  # an empty last cell, or a row that ends early?
        filled = (row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row)
        for number, row in enumerate(filled):
            if len(row) < width:
                raise InvalidInput(f"'{path}': row {number} (the first below the header is row 1) has {len(row)} fields, the header has {width}")
    return frame.set_axis([name.strip() for name in names], axis=1)


def _decode(raw: bytes, path: Path, encoding: str | None) -> str:
    if encoding is None:
        for mark, found in _MARKS.items():
            if raw.startswith(mark):
                raise InvalidInput(f"'{path}' is in {found.upper()}, not UTF-8; say so with encoding='{found}'")
    try:
        return raw.decode(encoding or "utf-8-sig")
    except LookupError:
        raise InvalidInput(f"encoding: '{encoding}' is not known") from None
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        start = raw.rfind(b"\n", 0, problem.start) + 1
        field = max(raw.count(d.encode(), start, problem.start) for d in DELIMITERS) + 1
        hint = "gb18030 (Chinese) or cp1252 (Western European)" if encoding is None else "another one"
        raise InvalidInput(
            f"'{path}' is not {encoding or 'UTF-8'}: byte 0x{raw[problem.start]:02x} in line {line}, field {field}; "
            f"say which encoding it has (encoding=..., --encoding), for instance {hint}"
        ) from None


def _from_frame(data: Any) -> pd.DataFrame:
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data.copy(deep=False)
    frame = as_frame(data)
    if frame is None:
        raise InvalidInput(f"a path or a data frame is needed, got {type(data).__name__}")
    return pd.DataFrame({name: _pandas_column(frame[name]) for name in frame.columns})


def _pandas_column(series: Any) -> Any:
    """A narwhals column for pandas without pyarrow: numbers, dates and booleans by numpy, everything else as Python text or None."""
    import narwhals as nw

    if series.dtype.is_numeric() or series.dtype == nw.Boolean or series.dtype in (nw.Datetime, nw.Date):
        if series.dtype in (nw.Date, nw.Datetime):
            import pandas as pd

            return pd.to_datetime(pd.Series(series.to_list(), dtype=object))
        return series.cast(nw.Float64).to_numpy() if series.null_count() else series.to_numpy()
    return [None if value is None else str(value) for value in series.to_list()]
