"""Drawings. Imported, with matplotlib, only when something is drawn."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from tenure import _core

PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]  # Okabe and Ito: told apart by everybody


def draw_curves(curves: Any, ax: Any, *, limits: bool, risk_table: bool) -> Any:
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
    hazard = curves._value == "cumulative_hazard"
    end = 0.0
    for g, group in enumerate(curves.groups_):
        time = np.concatenate([[0.0], curves.model_.column(g, "time")])
        value = np.concatenate([[0.0 if hazard else 1.0], curves.model_.column(g, "estimate")])
        color = PALETTE[g % len(PALETTE)]
        ax.step(time, value, where="post", color=color, label=group)
        if limits:
            _, lower, upper = curves.model_.limits(g)
            ax.fill_between(time[1:], lower, upper, step="post", color=color, alpha=0.15, linewidth=0)
        end = max(end, time[-1])
    ax.set_xlim(0, end)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("time")
    ax.set_ylabel("cumulative hazard" if hazard else "share still there")
    if not hazard:
        ax.set_ylim(0, 1.02)
    if len(curves.groups_) > 1:
        ax.legend(frameon=False)
    if risk_table:
        _risk_table(curves, ax)
    return ax


def _risk_table(curves: Any, ax: Any) -> None:
    ticks = [t for t in ax.get_xticks() if 0 <= t <= ax.get_xlim()[1]]
    counts = np.atleast_2d(curves.at_risk(ticks))
    ax.annotate("at risk", (0, 0), (0, -38), xycoords="axes fraction", textcoords="offset points", fontsize=8, va="top")
    for g in range(len(curves.groups_)):
        for tick, count in zip(ticks, counts[g], strict=True):
            offset = (0, -50 - 12 * g)
            color = PALETTE[g % len(PALETTE)] if len(curves.groups_) > 1 else "black"
            ax.annotate(
                f"{count:.0f}",
                (tick, 0),
                offset,
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                fontsize=8,
                ha="center",
                va="top",
                color=color,
            )


def draw_log_log(curves: Any, ax: Any) -> Any:
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for g, group in enumerate(curves.groups_):
        time, value = curves.model_.column(g, "time"), curves.model_.column(g, "estimate")
        inside = (value > 0) & (value < 1) & (time > 0)
        ax.step(time[inside], np.log(-np.log(value[inside])), where="post", color=PALETTE[g % len(PALETTE)], label=group)
    ax.set_xscale("log")
    ax.set_xlabel("time")
    ax.set_ylabel("log(-log(share still there))")
    if len(curves.groups_) > 1:
        ax.legend(frameon=False)
    return ax


def draw_forest(model: Any, ax: Any) -> Any:
    coef = model.coef_
    error = model.std_err_ if model.robust_std_err_ is None else model.robust_std_err_
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 1 + 0.35 * len(coef)), layout="constrained")
    rows = np.arange(len(coef))[::-1]
    width = _core.survival.normal_width(model.level) * error
    ax.errorbar(np.exp(coef), rows, xerr=[np.exp(coef) - np.exp(coef - width), np.exp(coef + width) - np.exp(coef)], fmt="o", color=PALETTE[0], capsize=3)
    ax.axvline(1.0, color="grey", linewidth=1)
    ax.set_xscale("log")
    ax.set_yticks(rows, model.names_)
    ax.set_xlabel("hazard ratio")
    return ax


def draw_schoenfeld(model: Any, name: str, ax: Any) -> Any:
    if name not in model.names_:
        raise ValueError(f"'{name}' is no column of the model; they are {', '.join(model.names_)}")
    j = model.names_.index(name)
    values, times = model.residuals("scaled-schoenfeld")[:, j], model.residual_times()
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    ax.plot(times, values, ".", color="grey", markersize=3)
    order = np.argsort(times, kind="stable")
    span = max(5, len(times) // 10)
    smooth = np.convolve(values[order], np.ones(span) / span, mode="valid")
    ax.plot(np.convolve(times[order], np.ones(span) / span, mode="valid"), smooth, color=PALETTE[0])
    ax.axhline(model.coef_[j], color=PALETTE[1], linewidth=1)
    ax.set_xlabel("time")
    ax.set_ylabel(f"coefficient of {name}")
    return ax


def draw_incidence(model: Any, ax: Any) -> Any:
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
    styles = ["-", "--", ":", "-."]
    for g, group in enumerate(model.groups_):
        curve = model.model_.curve(g)
        for k in range(model.n_causes_):
            label = f"cause {k + 1}" if len(model.groups_) == 1 else f"{group}, cause {k + 1}"
            value = np.concatenate([[0.0], curve["incidence"][:, k]])
            ax.step(
                np.concatenate([[0.0], curve["time"]]), value, where="post", color=PALETTE[g % len(PALETTE)], linestyle=styles[k % len(styles)], label=label
            )
    ax.set_xlim(left=0)
    ax.set_ylim(0, 1)
    ax.set_xlabel("time")
    ax.set_ylabel("share gone")
    ax.legend(frameon=False)
    return ax


def draw_turnbull(model: Any, ax: Any) -> Any:
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for g, group in enumerate(model.groups_):
        curve, color = model.model_.curve(g), PALETTE[g % len(PALETTE)]
        known = np.isfinite(curve["end"])
        begin, end, after = curve["begin"][known], curve["end"][known], curve["survival"][known]
        before = np.concatenate([[1.0], after[:-1]])
        last = curve["begin"][~known]
        time = np.concatenate([[0.0], np.column_stack([begin, end]).ravel(), last])
        value = np.concatenate([[1.0], np.column_stack([before, after]).ravel(), after[-1:] if len(after) else [1.0] * len(last)])
        ax.plot(time, value[: len(time)], color=color, label=group)
        for a, b, low, high in zip(begin, end, after, before, strict=True):
            ax.fill_between([a, b], low, high, color=color, alpha=0.15, linewidth=0)
    ax.set_xlim(left=0)
    ax.set_ylim(0, 1.02)
    ax.set_xlabel("time")
    ax.set_ylabel("share still there")
    if len(model.groups_) > 1:
        ax.legend(frameon=False)
    return ax


def draw_hazard(model: Any, ax: Any) -> Any:
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    intercept, error = model.model_.intercept, model.model_.intercept_std_error
    link = (lambda eta: 1 / (1 + np.exp(-eta))) if model.model_.link == "logit" else (lambda eta: -np.expm1(-np.exp(eta)))
    period = np.arange(1, len(intercept) + 1)
    width = _core.survival.normal_width(model.level) * error
    with np.errstate(over="ignore", invalid="ignore"):
        hazard, lower, upper = link(intercept), link(intercept - width), link(intercept + width)
    known = np.isfinite(error)
    ax.vlines(period[known], lower[known], upper[known], color=PALETTE[0], alpha=0.4)
    ax.plot(period, hazard, ".", color=PALETTE[0])
    ax.set_ylim(bottom=0)
    ax.set_xlabel("period")
    ax.set_ylabel("chance of leaving")
    return ax
