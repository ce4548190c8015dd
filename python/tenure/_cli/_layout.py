"""Text for a terminal, and results as the content of a file."""

from __future__ import annotations

import json
import shutil
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 100  # of text where the terminal does not say, or is wider


def width_of(text: str) -> int:
    """Places that `text` takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def aligned(rows: Sequence[Sequence[str]], left: Iterable[int] = (0,), gap: int = 2) -> list[str]:
    """Rows of cells as lines: the columns `left` to the left, the others to the right."""
    texts = set(left)
    widths = [max(width_of(row[j]) for row in rows) for j in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = []
        for j, (cell, width) in enumerate(zip(row, widths, strict=True)):
            fill = " " * (width - width_of(cell))
            cells.append(cell + fill if j in texts else fill + cell)
        lines.append((" " * gap).join(cells).rstrip())
    return lines


def cut(text: str, width: int) -> str:
    """`text` in at most `width` places."""
    if width_of(text) <= width:
        return text
    while width_of(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def wrapped(text: str, first: str = "", then: str | None = None) -> list[str]:
    """`text` as lines no wider than the terminal, the first after `first` and the others after `then`."""
    room = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    return textwrap.wrap(text, max(40, room), initial_indent=first, subsequent_indent=" " * len(first) if then is None else then, break_on_hyphens=False)


def percent(value: float | None, digits: int = 1) -> str:
    return "-" if value is None or value != value else f"{100 * value:.{digits}f}%"


def number(value: float | None, digits: int = 1) -> str:
    """With thousands separated; whole numbers without decimals."""
    if value is None or value != value:
        return "-"
    if abs(value) == float("inf"):
        return "never"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.{digits}f}"


def p_value(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def limits(lower: float | None, upper: float | None, write: Any) -> str:
    """An interval; a dash where there is none."""
    missing = lower is None or upper is None or lower != lower or upper != upper
    return "-" if missing else f"{write(lower)} to {write(upper)}"


def json_text(found: Any) -> str:
    from tenure.reporting._findings import plain

    return json.dumps(plain(found), ensure_ascii=False, allow_nan=False, indent=1)


def frame_content(frame: pd.DataFrame, path: Path) -> str | bytes:
    """A frame as the content of a .csv or .parquet file."""
    if path.suffix.lower() != ".parquet":
        return frame.to_csv(index=False, lineterminator="\n")
    import io

    from tenure import NotSupported

    stream = io.BytesIO()
    try:
        frame.to_parquet(stream, index=False, engine="pyarrow")
    except ImportError:
        raise NotSupported(f"'{path}' is to be a Parquet file; writing it needs the package pyarrow (pip install pyarrow)") from None
    return stream.getvalue()
