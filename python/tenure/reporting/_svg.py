"""The few pieces every chart is made of: escaped elements, scales with round ticks, the width of a text."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

SIZE = 13  # of all text in charts, px


def text_width(text: str, size: float = SIZE) -> float:
    """Width in px of `text` in the widest of the usual system fonts: East Asian characters are one em wide, others about six tenths of it."""
    return size * sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.36 if c in "iljt.,:;|'!() I" else 0.64 for c in text)


def shorten(text: str, width: float, size: float = SIZE) -> str:
    """`text` cut to `width` px with an ellipsis."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers from `low` to `high`, about `count` of them."""
    span = high - low
    if span <= 0:
        return [low]
    rough = span / max(1, count)
    power = 10.0 ** math.floor(math.log10(rough))
    step = min(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 12) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def month_ticks(high: float, count: int = 6) -> list[float]:
    """Ticks of a time axis in months: multiples of 3, 6, 12, 24, ..."""
    step = next((s for s in (1, 2, 3, 6, 12, 24, 36, 60, 120, 240) if high / s <= count), None)
    if step is None:
        return ticks(0.0, high, count)
    return [float(t) for t in range(0, int(high) + 1, step)]


def log_ticks(low: float, high: float) -> list[float]:
    """Round numbers between `low` and `high` for a log axis, in steps that give at least four where possible."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found: list[float] = []
    for steps_ in ((1, 2, 5), (1, 1.5, 2, 3, 5, 7), (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)):
        found = [round(m * 10.0**d, 12) for d in decades for m in steps_ if low <= m * 10.0**d * 1.0001 and m * 10.0**d <= high * 1.0001]
        if len(found) >= 4:
            break
    return found


def linear(low: float, high: float, start: float, stop: float) -> Callable[[float], float]:
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (stop - start)


def number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if value == value else "0"


def element(tag: str, content: str = "", /, **attributes: Any) -> str:
    """One SVG element; `class_` gives class, underscores become dashes, None leaves an attribute out."""
    parts = []
    for name, value in attributes.items():
        if value is None:
            continue
        name = name.rstrip("_").replace("_", "-")
        parts.append(f" {name}={quoteattr(number(value) if isinstance(value, float) else str(value))}")
    return f"<{tag}{''.join(parts)}>{content}</{tag}>" if content else f"<{tag}{''.join(parts)}/>"


def label(x: float, y: float, text: str, cls: str = "", anchor: str | None = None, **more: Any) -> str:
    return element("text", escape(text), x=float(x), y=float(y), class_=cls or None, text_anchor=anchor, **more)


def line(x1: float, y1: float, x2: float, y2: float, cls: str) -> str:
    return element("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=cls)


def path(points: Sequence[tuple[float, float]], cls: str, close: bool = False) -> str:
    text = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + ("Z" if close else "")
    return element("path", d=text, class_=cls)


def steps(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of a right-continuous step function through `points`."""
    corners = [points[0]]
    for x, y in points[1:]:
        corners += [(x, corners[-1][1]), (x, y)]
    return corners


def mark(content: str, tip: str, cls: str = "mark") -> str:
    """A group that explains itself on hover and focus."""
    return element("g", element("title", escape(tip)) + content, class_=cls, tabindex="-1")


def chart(width: float, height: float, title: str, body: Sequence[str]) -> str:
    return element(
        "svg", "".join(body), viewBox=f"0 0 {number(width)} {number(height)}", width=float(width), height=float(height), role="img", aria_label=title
    )


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart so that neighbours are at least `gap` away from each other, between `low` and `high`; the order stays."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    placed = [positions[i] for i in order]
    for i in range(len(placed)):
        placed[i] = max(placed[i], low if i == 0 else placed[i - 1] + gap)
    limit = high
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - gap
    result = [0.0] * len(placed)
    for i, value in zip(order, placed, strict=True):
        result[i] = value
    return result
