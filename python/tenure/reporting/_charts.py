"""The charts of the report as inline SVG. Each takes plain numbers and ready texts and draws itself for a given width.

Colours come from the page's classes, so that light and dark need no second drawing; every mark carries its numbers on hover and focus.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tenure.reporting._svg import chart, element, label, line, linear, log_ticks, mark, path, shorten, spread, steps, text_width, ticks

ROW = 30.0  # height of a row in bar and forest charts
BOLD = 1.08  # how much wider bold text is
NARROW = 520.0  # below this width labels go above their bars

Text = Callable[[float], str]


@dataclass(frozen=True)
class Bar:
    """One row: name, value, its interval (None where there is none), the text written beside it and the one on hover."""

    name: str
    value: float
    lower: float | None
    upper: float | None
    text: str
    tip: str
    note: str = ""
    shade: str = ""  # a class of its own


@dataclass(frozen=True)
class Curve:
    """One survival curve with its band, as (time, survival, lower, upper), and the numbers at risk at the ticks of the time axis."""

    name: str
    points: Sequence[tuple[float, float, float, float]]
    at_risk: Sequence[int]
    tip: str


def _gutter(names: Sequence[str], width: float) -> float:
    return min(0.34 * width, max(text_width(name) for name in names) + 14)


def bars(
    rows: Sequence[Bar], width: float, *, title: str, axis: str, tick_text: Text, reference: float | None = None, reference_text: str = "", cls: str = "bar"
) -> str:
    """Horizontal bars from zero with intervals; a dashed line marks `reference`."""
    narrow = width < NARROW
    right = 8.0 if narrow else max(text_width(row.text) * BOLD + text_width(row.note) for row in rows) + 22
    left = 0.0 if narrow else _gutter([row.name for row in rows], width)
    row_height = 44.0 if narrow else ROW
    top = 24.0 if reference is not None else 8.0
    plot = width - right
    high = max(max(row.upper if row.upper is not None else row.value for row in rows), reference or 0.0) or 1.0
    x = linear(0.0, high * 1.02, left, plot)
    bottom = top + row_height * len(rows)
    body = []
    for tick in ticks(0.0, high, 4 if narrow else 6):
        body += [
            line(x(tick), top, x(tick), bottom, "grid"),
            label(x(tick), bottom + 18, tick_text(tick), "tick", "start" if tick == 0 and narrow else "middle"),
        ]
    for i, row in enumerate(rows):
        y = top + i * row_height
        centre, thick = (y + 32, 14.0) if narrow else (y + row_height / 2, 16.0)
        drawn = [element("rect", x=x(0.0), y=centre - thick / 2, width=max(0.5, x(row.value) - x(0.0)), height=thick, class_=f"{cls} {row.shade}".rstrip())]
        if row.lower is not None and row.upper is not None:
            drawn += [line(x(row.lower), centre, x(row.upper), centre, "whisker"), line(x(row.lower), centre - 4, x(row.lower), centre + 4, "whisker")]
            drawn.append(line(x(row.upper), centre - 4, x(row.upper), centre + 4, "whisker"))
        if narrow:
            room = width - text_width(row.text) - 16
            body += [label(0, y + 18, shorten(row.name, room), "name"), label(width, y + 18, row.text, "value", "end")]
        else:
            body.append(label(left - 10, centre + 4.5, shorten(row.name, left - 12), "name", "end"))
            note = element("tspan", escape(row.note), class_="muted", dx="8") if row.note else ""
            body.append(element("text", escape(row.text) + note, x=plot + 10, y=centre + 4.5, class_="value"))
        body.append(mark("".join(drawn), row.tip))
    if reference is not None:
        anchor = "start" if x(reference) < width * 0.6 else "end"
        body += [
            line(x(reference), top - 4, x(reference), bottom, "reference"),
            label(x(reference) + (4 if anchor == "start" else -4), top - 8, reference_text, "tick", anchor),
        ]
    body.append(label((left + plot) / 2, bottom + 38, axis, "axis", "middle"))
    return chart(width, bottom + 46, title, body)


def forest(rows: Sequence[Bar], width: float, *, title: str, axis: str, less: str, more: str, tick_text: Text) -> str:
    """Ratios with intervals on a log axis around 1."""
    narrow = width < NARROW
    right = 8.0 if narrow else max(text_width(row.text) for row in rows) * BOLD + 16
    left = 0.0 if narrow else _gutter([row.name for row in rows], width * 1.15)
    row_height = 44.0 if narrow else ROW
    top, plot = 26.0, width - right
    low = min(min(row.lower or row.value for row in rows), 0.8)
    high = max(max(row.upper or row.value for row in rows), 1.25)
    x_log = linear(math.log(low / 1.05), math.log(high * 1.05), left + 6, plot)
    bottom = top + row_height * len(rows)
    body, last = [], -1e9
    for tick in log_ticks(low, high):
        place = x_log(math.log(tick))
        body.append(line(place, top, place, bottom, "grid"))
        if place - last > 30:
            body.append(label(place, bottom + 18, tick_text(tick), "tick", "middle"))
            last = place
    one = x_log(0.0)
    body += [line(one, top - 6, one, bottom, "zero"), label(one - 8, top - 10, shorten("← " + less, one - left), "tick", "end")]
    body.append(label(one + 8, top - 10, shorten(more + " →", width - one - 8), "tick"))
    for i, row in enumerate(rows):
        y = top + i * row_height
        centre = y + 32 if narrow else y + row_height / 2
        cls = "dot" if row.lower is not None and (row.lower > 1 or (row.upper or 2) < 1) else "dot open"
        drawn = [line(x_log(math.log(row.lower or row.value)), centre, x_log(math.log(row.upper or row.value)), centre, "whisker")]
        drawn.append(element("circle", cx=x_log(math.log(row.value)), cy=centre, r="5", class_=cls))
        if narrow:
            body += [label(0, y + 18, shorten(row.name, width - text_width(row.text) - 12), "name"), label(width, y + 18, row.text, "value", "end")]
        else:
            body += [label(left - 10, centre + 4.5, shorten(row.name, left - 12), "name", "end"), label(plot + 12, centre + 4.5, row.text, "value")]
        body.append(mark("".join(drawn), row.tip))
    body.append(label((left + plot) / 2, bottom + 38, axis, "axis", "middle"))
    return chart(width, bottom + 46, title, body)


def survival(
    curves: Sequence[Curve], width: float, *, title: str, x_axis: str, y_axis: str, times: Sequence[float], time_text: Text, tick_text: Text, risk_title: str
) -> str:
    """Survival curves with bands, labelled at their ends, and the numbers at risk below the time axis."""
    narrow = width < NARROW
    names = max(text_width(curve.name) for curve in curves) * BOLD
    left = 44.0 if narrow or len(curves) == 1 else max(44.0, min(names + 34, 0.27 * width))
    right = 10.0 if len(curves) == 1 else min(names + 14, 0.3 * width)
    top, height = 26.0, 220.0 if narrow else 300.0
    plot, bottom = width - right, 26.0 + (220.0 if narrow else 300.0)
    end = max(max(curve.points[-1][0] for curve in curves), times[-1])
    x, y = linear(0.0, end, left, plot), linear(0.0, 1.0, bottom, top)
    body = [label(0, 13, y_axis, "axis")]
    for tick in ticks(0.0, 1.0, 4):
        body += [line(left, y(tick), plot, y(tick), "grid"), label(left - 8, y(tick) + 4.5, tick_text(tick), "tick", "end")]
    for time in times:
        body += [line(x(time), bottom, x(time), bottom + 5, "tickmark"), label(x(time), bottom + 20, time_text(time), "tick", "middle")]
    body += [line(left, bottom, plot, bottom, "base"), label((left + plot) / 2, bottom + 40, x_axis, "axis", "middle")]
    places = spread([y(curve.points[-1][1]) for curve in curves], 16.0, top + 6, bottom - 2)
    for i, (curve, place) in enumerate(zip(curves, places, strict=True)):
        colour = "s0" if len(curves) == 1 else f"s{i + 1}"
        upper = steps([(x(t), y(hi)) for t, _, _, hi in curve.points])
        lower = steps([(x(t), y(lo)) for t, _, lo, _ in curve.points])
        drawn = path([*upper, *reversed(lower)], f"band {colour}", close=True) + path(steps([(x(t), y(s)) for t, s, _, _ in curve.points]), f"curve {colour}")
        body.append(mark(drawn, curve.tip))
        if len(curves) > 1:
            body.append(label(plot + 8, place + 4.5, shorten(curve.name, right - 8), f"name {colour}"))
    widest = max(text_width(f"{count:,}") for curve in curves for count in curve.at_risk)
    every = math.ceil((widest + 8) / ((plot - left) / max(1, len(times) - 1)))
    row = bottom + 66
    body.append(label(0, row, risk_title, "tick"))
    for i, curve in enumerate(curves):
        row += 20
        if len(curves) > 1:
            body.append(label(0, row, shorten(curve.name, 300 if narrow else left - 26), f"name s{i + 1}"))
            row += 16 if narrow else 0
        body += [label(x(time), row, f"{count:,}", "tick", "middle") for time, count in list(zip(times, curve.at_risk, strict=True))[::every]]
    return chart(width, max(row + 8, top + height), title, body)


def calibration(rows: Sequence[Bar], width: float, *, title: str, x_axis: str, y_axis: str, perfect: str, tick_text: Text) -> str:
    """Observed against predicted shares with intervals: the closer to the diagonal, the better. `Bar.note` holds the predicted share as text."""
    side = min(width - 60.0, 420.0)
    left, top = 48.0, 26.0
    high = min(1.0, max(max(row.upper or row.value for row in rows), max(float(row.note) for row in rows)) * 1.05)
    x, y = linear(0.0, high, left, left + side), linear(0.0, high, top + side, top)
    body = [label(0, 13, y_axis, "axis")]
    for tick in ticks(0.0, high, 4):
        body += [line(left, y(tick), left + side, y(tick), "grid"), line(x(tick), top, x(tick), top + side, "grid")]
        body += [label(left - 8, y(tick) + 4.5, tick_text(tick), "tick", "end"), label(x(tick), top + side + 18, tick_text(tick), "tick", "middle")]
    body += [line(x(0.0), y(0.0), x(high), y(high), "reference"), label(x(high * 0.97), y(high * 0.85), perfect, "tick", "end")]
    for row in rows:
        centre = x(float(row.note))
        drawn = line(centre, y(row.lower or row.value), centre, y(row.upper or row.value), "whisker") + element(
            "circle", cx=centre, cy=y(row.value), r="5", class_="dot"
        )
        body.append(mark(drawn, row.tip))
    body.append(label(left + side / 2, top + side + 40, x_axis, "axis", "middle"))
    return chart(left + side + 12, top + side + 48, title, body)


def gains(
    points: Sequence[tuple[float, float]],
    width: float,
    *,
    title: str,
    x_axis: str,
    y_axis: str,
    random: str,
    call: Sequence[tuple[float, float, str]],
    tick_text: Text,
) -> str:
    """Share of all lost customers found when a share of customers, highest risk first, is contacted. `call`: (x, y, text) of labelled points."""
    side = min(width - 60.0, 420.0)
    left, top = 48.0, 26.0
    x, y = linear(0.0, 1.0, left, left + side), linear(0.0, 1.0, top + side, top)
    body = [label(0, 13, y_axis, "axis")]
    for tick in ticks(0.0, 1.0, 4):
        body += [line(left, y(tick), left + side, y(tick), "grid"), label(left - 8, y(tick) + 4.5, tick_text(tick), "tick", "end")]
        body.append(label(x(tick), top + side + 18, tick_text(tick), "tick", "middle"))
    body += [line(x(0.0), y(0.0), x(1.0), y(1.0), "reference"), label(x(0.97), y(0.86), random, "tick", "end")]
    body.append(path([(x(a), y(b)) for a, b in points], "curve s0"))
    for a, b, text in call:
        body.append(mark(element("circle", cx=x(a), cy=y(b), r="5", class_="dot"), text))
        body.append(label(x(a) + 10, y(b) + 16, text, "name"))
    body.append(label(left + side / 2, top + side + 40, x_axis, "axis", "middle"))
    return chart(left + side + 12, top + side + 48, title, body)


def trend(rows: Sequence[Bar], width: float, *, title: str, y_axis: str, tick_text: Text, reference: float, reference_text: str) -> str:
    """Values of consecutive periods with intervals, joined by a line; a dashed line marks the mean."""
    left, top, height = 48.0, 26.0, 220.0
    plot, bottom = width - text_width(reference_text) - 14.0, top + height
    high = max(row.upper if row.upper is not None else row.value for row in rows) or 1.0
    slot = (plot - left) / len(rows)
    y = linear(0.0, high * 1.05, bottom, top)
    body = [label(0, 13, y_axis, "axis")]
    for tick in ticks(0.0, high, 4):
        body += [line(left, y(tick), plot, y(tick), "grid"), label(left - 8, y(tick) + 4.5, tick_text(tick), "tick", "end")]
    centres = [left + slot * (i + 0.5) for i in range(len(rows))]
    body += [line(left, y(reference), plot, y(reference), "reference"), label(plot + 6, y(reference) + 4.5, reference_text, "tick")]
    body.append(path(list(zip(centres, [y(row.value) for row in rows], strict=True)), "curve s0 thin"))
    every = max(1, math.ceil((max(text_width(row.name) for row in rows) + 8) / slot))
    for i, (row, centre) in enumerate(zip(rows, centres, strict=True)):
        drawn = line(centre, y(row.lower or 0.0), centre, y(row.upper or row.value), "whisker") + element(
            "circle", cx=centre, cy=y(row.value), r="4", class_="dot"
        )
        body.append(mark(drawn, row.tip))
        if i % every == 0:
            body.append(label(centre, bottom + 18, row.name, "tick", "middle"))
    return chart(width, bottom + 28, title, body)
