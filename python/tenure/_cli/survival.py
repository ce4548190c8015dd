"""`tenure survival`: how long customers stay, by group."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure import Contract, InvalidInput, NotSupported
from tenure._cli._layout import aligned, cut, frame_content, json_text, limits, number, p_value, percent, wrapped
from tenure._cli._shell import GUESSED, AsJson, Encoding, Example, Level, Table, check_place, customers_of, known_column, parse_numbers, save, verb

if TYPE_CHECKING:
    import pandas as pd

    from tenure._read import Customers
    from tenure.survival import KaplanMeier

MISSING = "(missing)"
NAME_WIDTH = 34  # of a group in the text
ROLES = ("id", "label", "positive", "duration", "duration_unit", "start", "end", "ignore", "as_of")


@verb(*ROLES)
def survival(
    table: Table = None,
    example: Example = False,
    by: Annotated[str | None, typer.Option(help="Column of the groups; numbers are cut into bands.", show_default=False)] = None,
    times: Annotated[str | None, typer.Option(help='Times at which to say who is still there: "6,12,24".', show_default=False)] = None,
    tau: Annotated[float | None, typer.Option(help="End of the restricted mean; default: as long as every group was observed.", show_default=False)] = None,
    level: Level = 0.95,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Also write the curves (.csv), or what --json prints (.json).", show_default=False)] = None,
    plot: Annotated[Path | None, typer.Option(help="Also draw the curves: .svg or .png.", show_default=False)] = None,
    as_json: AsJson = False,
    contract: Contract = GUESSED,
    encoding: Encoding = None,
) -> None:
    """How long customers stay: Kaplan-Meier curves, medians, restricted means, and the log-rank test between groups."""
    from tenure.survival import KaplanMeier, outcome

    check_place(out, (".csv", ".json"), source=table)
    check_place(plot, (".svg", ".png"), "--plot", source=table)
    wanted = None if times is None else parse_numbers("--times", times)
    if wanted is not None and any(not 0 <= time < float("inf") for time in wanted):
        raise InvalidInput(f"--times: '{times}' must be numbers of at least 0")
    customers = customers_of(table, example, contract, encoding)
    if customers.time is None:
        raise InvalidInput("--duration: survival needs the time as a customer (--duration), or its first and last day (--start, --end)")
    unit = customers.contract.duration_unit or "months"
    groups = None if by is None else _groups(customers, by, unit)
    y = outcome(customers.time, customers.lost)
    curves = KaplanMeier(interval="log-log", level=level).fit(y, by=groups)
    if wanted is None:
        from tenure.reporting._figures import axis_times

        wanted = axis_times(float(customers.time.max()), unit)[1:]
    found = {"source": customers.source.name, "customers": len(customers.time), "lost": int(customers.lost.sum()), "unit": unit, "level": level, "by": by}
    found |= _findings(curves, y, groups, sorted(set(wanted)), tau)
    found["notes"] = [note.to_dict() for note in customers.notes]
    content = json_text(found)
    files: dict[Path | None, str | bytes] = {}
    if out is not None:
        files[out] = content if out.suffix.lower() == ".json" else frame_content(curves.table_, out)
    if plot is not None:
        files[plot] = _drawn(curves, by, unit, plot)
    typer.echo(content if as_json else _text(found))
    save(files)


def _groups(customers: Customers, by: str, unit: str) -> pd.Series:
    """The group of every customer: a level of a category, a band of a number, or MISSING."""
    import pandas as pd

    from tenure.reporting._population import bands, public_level

    frame = customers.frame
    known_column("--by", by, frame.columns)
    if by in (customers.contract.label, customers.contract.end, customers.contract.reason):
        raise InvalidInput(f"--by: '{by}' tells what became of a customer; groups must be known before")
    kind = customers.kind(by)
    if kind == "number":
        months = by == customers.time_column and unit == "months"
        column = bands(frame[by], months).cat
        return pd.Series(pd.Categorical.from_codes(column.codes, [_band(public_level(level, 0)) for level in column.categories]))
    if kind not in ("category", "constant"):
        held = {"date": "dates", "empty": "nothing"}.get(kind, f"{frame[by].nunique():,} different texts")
        raise InvalidInput(f"--by: '{by}' holds {held}; a column of groups or of numbers is needed")
    groups = frame[by].astype(object).where(frame[by].notna(), MISSING).astype(str).astype("category")
    if len(groups.cat.categories) < 2:
        raise InvalidInput(f"--by: '{by}' holds one group only, '{groups.iloc[0]}'")
    return groups


def _band(level: Any) -> str:
    if level is None:
        return MISSING
    low, high = level["low"], level["high"]
    if low is None:
        return f"under {high:g}"
    return f"{low:g} and over" if high is None else f"{low:g} to under {high:g}"


def _findings(curves: KaplanMeier, y: Any, groups: Any, times: list[float], tau: float | None) -> dict[str, Any]:
    """Numbers of each group, and the test between them."""
    import numpy as np

    from tenure.survival import log_rank

    tables = _by_group(curves)
    last = {name: float(table["time"].iloc[-1]) for name, table in tables.items()}
    horizon = min(last.values()) if tau is None else tau
    if not 0 < horizon < float("inf"):
        raise InvalidInput(f"--tau: {horizon:g} must be more than 0" + ("" if tau is not None else "; a group was not observed beyond time 0"))
    means = curves.rmst(horizon).to_dict(orient="records")
    medians = curves.quantile(0.5).to_dict(orient="records")
    at_risk = np.atleast_2d(curves.at_risk(times))
    survival = np.atleast_2d(curves.predict(times))
    entries = []
    for g, (name, table) in enumerate(tables.items()):
        known = horizon <= last[name]
        rmst = {key: means[g][key] if known else None for key in ("rmst", "lower", "upper")}
        steps = table["time"].to_numpy()
        points = []
        for t, time in enumerate(times):
            i = int(np.searchsorted(steps, time, side="right")) - 1
            seen = time <= last[name]
            low, high = (table["lower"].iloc[i], table["upper"].iloc[i]) if i >= 0 and seen else (None, None)
            points.append({"time": time, "at_risk": int(at_risk[g, t]), "survival": float(survival[g, t]) if seen else None, "lower": low, "upper": high})
        median = {"median": medians[g]["time"], "median_lower": medians[g]["lower"], "median_upper": medians[g]["upper"]}
        counts = {"customers": int(table["n_event"].sum() + table["n_censor"].sum()), "lost": int(table["n_event"].sum()), "last_time": last[name]}
        entries.append({"group": name, **counts, **median, "rmst": rmst["rmst"], "rmst_lower": rmst["lower"], "rmst_upper": rmst["upper"], "points": points})
    found: dict[str, Any] = {"tau": horizon, "groups": entries}
    if groups is not None and len(entries) > 1:
        test = log_rank(y, groups)
        found["log_rank"] = {"statistic": test.statistic, "dof": test.dof, "p_value": test.p_value}
    return found


def _by_group(curves: KaplanMeier) -> dict[str, pd.DataFrame]:
    table = curves.table_
    if "group" not in table.columns:
        return {curves.groups_[0]: table}
    return {name: table[table["group"] == name] for name in curves.groups_}


def _drawn(curves: KaplanMeier, by: str | None, unit: str, path: Path) -> bytes:
    try:
        import matplotlib
    except ImportError:
        raise NotSupported("--plot: drawing needs the package matplotlib (pip install matplotlib)") from None
    import io

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    stream = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "tenure", "svg.fonttype": "none"}):
        axes = curves.plot()
        axes.set_xlabel(unit)
        if axes.get_legend() is not None:
            axes.get_legend().set_title(by)
        suffix = path.suffix.lower().removeprefix(".")
        axes.figure.savefig(stream, format=suffix, dpi=150, metadata={"Date": None} if suffix == "svg" else None)
        plt.close(axes.figure)
    return stream.getvalue()


def _text(found: dict[str, Any]) -> str:
    unit, groups = found["unit"], found["groups"]
    confidence = f"{100 * found['level']:g}%"
    lines = [f"{found['source']}: {found['customers']:,} customers, {found['lost']:,} lost; time in {unit}", ""]
    first = found["by"] or "group"
    head = [first, "customers", "lost", "median", confidence, f"mean to {number(found['tau'])}", confidence]
    rows = [
        [
            cut(entry["group"], NAME_WIDTH),
            f"{entry['customers']:,}",
            f"{entry['lost']:,}",
            number(entry["median"]),
            limits(entry["median_lower"], entry["median_upper"], number),
            "-" if entry["rmst"] is None else f"{entry['rmst']:.2f}",
            limits(entry["rmst_lower"], entry["rmst_upper"], lambda value: f"{value:.2f}"),
        ]
        for entry in groups
    ]
    lines += aligned([head, *rows])
    if "log_rank" in found:
        test = found["log_rank"]
        verdict = "the groups leave at different rates" if test["p_value"] < 1 - found["level"] else "no clear difference between the groups"
        lines += ["", f"log-rank test: chi-squared {test['statistic']:,.2f}, {test['dof']} df, {p_value(test['p_value'])}: {verdict}"]
    lines += ["", *aligned([[first, unit, "at risk", "still there", confidence], *_points(groups)])]
    lines += ["", "median: when half have left; never: not within the time seen"]
    lines += wrapped(f"mean to {number(found['tau'])}: time as a customer within the first {number(found['tau'])} {unit}, on average (restricted mean)")
    lines += ["-: nobody was observed that long, or nobody has left yet (no limits)"]
    return "\n".join(lines)


def _points(groups: list[dict[str, Any]]) -> list[list[str]]:
    rows = []
    for entry in groups:
        for k, point in enumerate(entry["points"]):
            name = cut(entry["group"], NAME_WIDTH) if k == 0 else ""
            shares = [percent(point["survival"]), limits(point["lower"], point["upper"], percent)]
            rows.append([name, f"{point['time']:g}", f"{point['at_risk']:,}", *shares])
    return rows
