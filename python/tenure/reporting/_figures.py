"""From findings to figures: which numbers go on which chart, with the words around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from tenure.reporting import _charts as charts
from tenure.reporting._nodes import Writer
from tenure.reporting._svg import month_ticks

WIDE, SLIM = 880.0, 358.0
HALF = 480.0
SHOWN_TERMS = 14


class Figures:
    """The charts of one report. Every method gives a whole `figure` element, drawn for wide and for narrow screens."""

    def __init__(self, findings: dict[str, Any], writer: Writer) -> None:
        self.findings, self.w = findings, writer

    def _figure(self, draw: Callable[[float], str], title: str, wide: float = WIDE) -> Markup:
        caption = Markup("<figcaption>{}</figcaption>").format(title)
        return Markup('<figure>{}<div class="wide">{}</div><div class="slim">{}</div></figure>').format(caption, Markup(draw(wide)), Markup(draw(SLIM)))

    def _interval(self, row: dict[str, Any]) -> str:
        return self.w.label("word.interval_short", lower=row["lower"], upper=row["upper"])

    def _share(self, value: float) -> str:
        return self.w.text(value, "pct0")

    def _rate_bar(self, name: str, row: dict[str, Any], rate: str = "rate") -> charts.Bar:
        text, note = self.w.text(row[rate], "pct"), self.w.label("word.n", n=row["n"])
        tip = self.w.label("tip.rate", name=name, rate=row[rate], lower=row["lower"], upper=row["upper"], lost=row["lost"], n=row["n"])
        return charts.Bar(name, row[rate], row["lower"], row["upper"], text, tip, note)

    def segment(self, index: int, wide: float = WIDE) -> Markup:
        """Churn rate by the levels of one column."""
        segment, overall = self.findings["segments"][index], self.findings["rates"]["headline"]["rate"]
        rows = [self._rate_bar(self.level(row["level"]), row) for row in segment["rows"]]
        title = self.w.label("chart.segment", column=self.w.pretty(segment["column"]))

        def draw(width: float) -> str:
            reference = self.w.label("word.all", rate=overall)
            return charts.bars(rows, width, title=title, axis=self.w.label("axis.rate"), tick_text=self._share, reference=overall, reference_text=reference)

        return self._figure(draw, title, wide)

    def unit(self, unit: str | None) -> str:
        """A unit of time as it follows a number, with the space before it."""
        return "" if unit is None else " " + self.w.label(f"unit.{unit}")

    def level(self, level: Any) -> str:
        """A level of a category; the pooled and the missing ones have names of their own."""
        if isinstance(level, dict):
            if "pooled" in level:
                return self.w.label("word.others", n=level["pooled"])
            kind = "below" if level["low"] is None else "above" if level["high"] is None else "between"
            return self.w.label(f"band.{kind}", low=level["low"], high=level["high"], unit=self.unit(level["unit"]))
        return self.w.label("word.missing_level") if level is None else str(level)

    def months(self) -> Markup:
        """Rate of every month of the period."""
        rates = self.findings["rates"]
        rows = []
        for row in rates["months"]:
            tip = self.w.label("tip.rate", name=row["month"], rate=row["rate"], lower=row["lower"], upper=row["upper"], lost=row["lost"], n=row["begin"])
            rows.append(charts.Bar(row["month"], row["rate"], row["lower"], row["upper"], self.w.text(row["rate"], "pct"), tip))
        title, mean = self.w.label("chart.months"), rates["mean_month"]
        return self._figure(
            lambda width: charts.trend(
                rows,
                width,
                title=title,
                y_axis=self.w.label("axis.rate_month"),
                tick_text=lambda v: self.w.text(v, "pct"),
                reference=mean,
                reference_text=self.w.label("word.mean", rate=mean),
            ),
            title,
        )

    def reasons(self) -> Markup:
        """Shares of the stated reasons among all lost customers; the unstated part is drawn in grey below."""
        found = self.findings["reasons"]
        rows = []
        for row in [*found["rows"], found["unstated"]]:
            name = self.w.label("reasons.unstated") if row["level"] is None else self.level(row["level"])
            tip = self.w.label("tip.reason", name=name, share=row["share"], lower=row["lower"], upper=row["upper"], count=row["n"], n=found["lost"])
            shade = "plain" if row["level"] is None else ""
            rows.append(
                charts.Bar(name, row["share"], row["lower"], row["upper"], self.w.text(row["share"], "pct"), tip, self.w.label("word.n", n=row["n"]), shade)
            )
        title = self.w.label("chart.reasons")
        return self._figure(lambda width: charts.bars(rows, width, title=title, axis=self.w.label("axis.reasons"), tick_text=self._share), title)

    def survival(self, index: int | None) -> Markup:
        """The overall curve (None) or the curves by one column."""
        found = self.findings["survival"]
        unit = self.w.label(f"unit.{found['unit']}")
        if index is None:
            groups, title = [("", found["overall"])], self.w.label("chart.survival")
        else:
            by = found["by"][index]
            groups = [(self.level(group["level"]), group) for group in by["groups"]]
            title = self.w.label("chart.survival_by", column=self.w.pretty(by["column"]))
        curves = []
        for name, group in groups:
            points = list(zip(group["time"], group["survival"], group["lower"], group["upper"], strict=True))
            tip = self.w.label("tip.curve", name=name or self.w.label("word.everyone"), n=group["n"], lost=group["lost"])
            curves.append(charts.Curve(name, points, group["at_risk"], tip))
        return self._figure(
            lambda width: charts.survival(
                curves,
                width,
                title=title,
                x_axis=self.w.label("axis.time", unit=unit),
                y_axis=self.w.label("axis.survival"),
                times=found["ticks"],
                time_text=lambda v: self.w.text(v, "num"),
                tick_text=self._share,
                risk_title=self.w.label("axis.at_risk"),
            ),
            title,
        )

    def associations(self) -> Markup:
        """Strength of association of the strongest columns."""
        rows = []
        for row in self.findings["drivers"]["associations"][:12]:
            name = self.w.pretty(row["column"])
            tip = self.w.label(
                "tip.association", name=name, strength=row["strength"], measure=self.w.label(f"measure.{row['measure']}"), q=row["q"], n=row["n"]
            )
            rows.append(
                charts.Bar(name, abs(row["strength"]), None, None, self.w.text(abs(row["strength"]), "fixed2"), tip, self.w.label("word.n", n=row["n"]))
            )
        title = self.w.label("chart.associations")
        return self._figure(
            lambda width: charts.bars(rows, width, title=title, axis=self.w.label("axis.strength"), tick_text=lambda v: f"{v:g}", cls="bar plain"),
            title,
        )

    def odds(self) -> Markup:
        """Odds ratios of the logistic model as a forest plot."""
        rows = []
        for row in self.findings["drivers"]["odds"][:SHOWN_TERMS]:
            name = self.term(row)
            interval = self.w.label("word.ratio_interval", lower=row["lower"], upper=row["upper"])
            tip = self.w.label("tip.odds", name=name, odds=row["odds_ratio"], lower=row["lower"], upper=row["upper"], q=row["q"])
            rows.append(charts.Bar(name, row["odds_ratio"], row["lower"], row["upper"], f"{self.w.text(row['odds_ratio'], 'ratio')} ({interval})", tip))
        title = self.w.label("chart.odds")
        return self._figure(
            lambda width: charts.forest(
                rows,
                width,
                title=title,
                axis=self.w.label("axis.odds"),
                less=self.w.label("word.less_churn"),
                more=self.w.label("word.more_churn"),
                tick_text=lambda v: f"{v:g}",
            ),
            title,
        )

    def term(self, row: dict[str, Any]) -> str:
        """Name of a term of the model: a level against its reference, or a step of a number."""
        column = self.w.pretty(row["column"])
        if row["missing"]:
            return self.w.label("term.missing", column=column)
        if row["step"] is None:
            return self.w.label("term.level", column=column, level=self.level(row["level"]), reference=self.level(row["reference"]))
        return self.w.label("term.number", column=column, step=row["step"], unit=self.unit(row["unit"]))

    def calibration(self) -> Markup:
        rows = []
        for row in self.findings["model"]["calibration"]:
            tip = self.w.label("tip.calibration", predicted=row["predicted"], observed=row["observed"], lower=row["lower"], upper=row["upper"], n=row["n"])
            rows.append(charts.Bar("", row["observed"], row["lower"], row["upper"], "", tip, repr(row["predicted"])))
        title = self.w.label("chart.calibration")
        return self._figure(
            lambda width: charts.calibration(
                rows,
                width,
                title=title,
                x_axis=self.w.label("axis.predicted"),
                y_axis=self.w.label("axis.observed"),
                perfect=self.w.label("word.perfect"),
                tick_text=self._share,
            ),
            title,
            HALF,
        )

    def gains(self) -> Markup:
        model = self.findings["model"]
        call = [(row["share"], row["captured"], self.w.label("chart.gains_call", share=row["share"], captured=row["captured"])) for row in model["lift"]]
        title = self.w.label("chart.gains")
        return self._figure(
            lambda width: charts.gains(
                [(point["share"], point["captured"]) for point in model["gains"]],
                width,
                title=title,
                x_axis=self.w.label("axis.contacted"),
                y_axis=self.w.label("axis.captured"),
                random=self.w.label("word.random"),
                call=call,
                tick_text=self._share,
            ),
            title,
            HALF,
        )

    def tiers(self, wide: float = WIDE) -> Markup:
        rows = [self._rate_bar(self.w.label(f"tier.{row['tier']}"), row) for row in self.findings["risk"]["tiers"] if row["rate"] is not None]
        title = self.w.label("chart.tiers")
        return self._figure(lambda width: charts.bars(rows, width, title=title, axis=self.w.label("axis.rate"), tick_text=self._share), title, wide)


def axis_times(end: float, unit: str) -> list[float]:
    """Ticks of the time axis, and of the table of numbers at risk: multiples of a quarter or a year for months, round numbers else."""
    if unit == "months":
        return month_ticks(end)
    from tenure.reporting._svg import ticks

    return ticks(0.0, end, 6)
