"""From findings to one HTML file that needs nothing from outside."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from tenure import InvalidInput
from tenure._text import LANGUAGES, has
from tenure.reporting._figures import Figures
from tenure.reporting._nodes import Node, Writer, plain

SHOWN_CUSTOMERS = 20
SECTIONS = ("segments", "reasons", "survival", "drivers", "model", "risk", "money")
CLEAR = 0.05  # q below which a difference is called clear
DEFINED = [
    "rate",
    "interval",
    "shrunk",
    "q_rest",
    "share_lost",
    "lost_value",
    "median",
    "strength",
    "p",
    "q",
    "odds",
    "auc",
    "brier",
    "lift",
    "captured",
    "tier",
    "risk",
    "reasons",
]
METHODS = {"segments": "segments", "reasons": "reasons", "survival": "survival", "drivers": "drivers", "model": "model", "money": "money"}


def _clear(q: Any) -> bool:
    """Whether a q-value is small enough to speak of a difference; an unknown one is not."""
    value = plain(q)
    return value is not None and value < CLEAR


class _Sentences:
    """The findings in words: each sentence follows from the estimates and their intervals."""

    def __init__(self, findings: Node, writer: Writer, figures: Figures) -> None:
        self.f, self.w, self.figures = findings, writer, figures

    def segment(self, segment: Node, key: str = "segments.finding") -> Markup:
        rows = [row for row in segment.rows if "pooled" not in (plain(row.level) or {})] or list(segment.rows)
        high, low = max(rows, key=lambda r: plain(r.rate)), min(rows, key=lambda r: plain(r.rate))
        clear = _clear(segment.q) and plain(low.upper) < plain(high.lower)
        values = {"column": self.w.pretty(segment.column), "level": self.figures.level(plain(high.level)), "level2": self.figures.level(plain(low.level))}
        if not clear:
            return self.w.say("segments.unclear", rate=high.rate, rate2=low.rate, **values)
        bounds = {"lower": high.lower, "upper": high.upper, "lower2": low.lower, "upper2": low.upper}
        return self.w.say(key, rate=high.rate, rate2=low.rate, k=len(segment.rows), **bounds, **values)

    def survival(self, brief: bool = False) -> Markup:
        found = self.f.survival
        unit = self.w.label(f"unit.{found.unit}")
        points = [point for point in found.overall.points if plain(point.survival) is not None]
        if not points:
            return self.w.say("survival.no_median")
        early = next((point for point in points if point.time == 12.0 and found.unit == "months"), points[(len(points) - 1) // 2])
        first = {name: getattr(early, name) for name in ("time", "survival", "lower", "upper")}
        if brief or early.time == points[-1].time:
            text = self.w.say("survival.finding", unit=unit, **first)
        else:
            last = {f"{name}2": getattr(points[-1], name) for name in ("time", "survival", "lower", "upper")}
            text = self.w.say("survival.finding_two", unit=unit, **first, **last)
        if brief:
            return text
        median = found.overall.median
        space = "" if self.w.lang == "zh" else " "
        return text + space + (self.w.say("survival.no_median") if plain(median) is None else self.w.say("survival.median", median=median, unit=unit))

    def drivers(self, key: str = "drivers.finding") -> Markup:
        names = [self.w.pretty(row.column) for row in self.f.drivers.associations if _clear(row.q)][:3]
        if not names:
            return self.w.say("drivers.none")
        return self.w.say("drivers.finding_one", name=names[0]) if len(names) == 1 else self.w.say(key, names=names)

    def odds(self) -> Markup:
        clear = [row for row in self.f.drivers.odds if _clear(row.q)]
        if not clear:
            return self.w.say("drivers.odds_none")
        row = max(clear, key=lambda r: max(plain(r.odds_ratio), 1 / plain(r.odds_ratio)))
        return self.w.say("drivers.odds_finding", name=self.figures.term(plain(row)), odds=row.odds_ratio, lower=row.lower, upper=row.upper)

    def summary(self) -> list[Markup]:
        lines = []
        lines += [self.segment(segment, "summary.segment") for segment in self.f.segments[:2] if _clear(segment.q)]
        if self.f.survival:
            lines.append(self.survival(brief=True))
        if self.f.drivers:
            lines.append(self.drivers("summary.drivers"))
        if self.f.model:
            top = next(row for row in self.f.model.lift if row.share == 0.1)
            lines.append(self.w.say("summary.model", captured=top.captured, lift=top.lift))
        return lines


def check_language(lang: str) -> None:
    if lang not in LANGUAGES:
        raise InvalidInput(f"lang: must be one of {', '.join(LANGUAGES)}, got '{lang}'")


def render(findings: dict[str, Any], lang: str = "en") -> str:
    """The report as one HTML text.

    `findings` is what `tenure.reporting.findings` returns, or the JSON twin read back. Every number shown carries the path at which it stands there.
    """
    check_language(lang)
    writer = Writer(lang, findings["currency"])
    figures = Figures(findings, writer)
    node = Node(findings)
    words = _Sentences(node, writer, figures)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "w": lambda value, spec: Markup(writer.html(value, spec)),
        "in_cell": lambda value, spec: Markup(writer.html(value, spec, stop=False)),
        "plain": plain,
    }
    page = files("tenure.reporting")
    template = environment.from_string((page / "page.html.j2").read_text(encoding="utf-8"))
    present = [name for name in SECTIONS if findings[name]]
    model = findings["model"] or {"features": [], "left_out": []}
    drivers = findings["drivers"] or {"dropped_terms": [], "redundant": []}

    def reason_value(reason: Node) -> str:
        value = plain(reason.value)
        return figures.level(value) if value is None or isinstance(value, str) else writer.text(value, "num")

    return template.render(
        f=node,
        lang=lang,
        css=Markup((page / "page.css").read_text(encoding="utf-8")),
        js=Markup((page / "page.js").read_text(encoding="utf-8")),
        t=writer.label,
        say=writer.say,
        cell_say=writer.cell,
        has=has,
        clear=_clear,
        pretty=writer.pretty,
        level=lambda level: figures.level(plain(level)),
        term=figures.term,
        figures=figures,
        sections=["summary", "quality", "rates", *present, "appendix"],
        summary=words.summary(),
        segment_sentences=[words.segment(segment) for segment in node.segments],
        survival_sentence=words.survival() if findings["survival"] else "",
        drivers_sentence=words.drivers() if findings["drivers"] else "",
        odds_sentence=words.odds() if findings["drivers"] and findings["drivers"]["odds"] else "",
        dropped_terms=[figures.term(term) for term in drivers["dropped_terms"]],
        model_features=[writer.pretty(name) for name in model["features"]],
        model_left_out=[writer.pretty(name) for name in model["left_out"]],
        reason_value=reason_value,
        shown_customers=min(SHOWN_CUSTOMERS, len(findings["risk"]["customers"])) if findings["risk"] else 0,
        top_convention=max(row["rate"] for row in findings["rates"]["conventions"]),
        definitions=DEFINED,
        methods=["rates", *[METHODS[name] for name in present if name in METHODS], *(["model_quality"] if findings["model"] else [])],
        contract_yaml=yaml.safe_dump(findings["contract"], allow_unicode=True, sort_keys=False).strip(),
    )
