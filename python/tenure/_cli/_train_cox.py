"""The Cox model of `tenure train`: when customers leave, judged by concordance and by who has left within a horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tenure import InvalidInput
from tenure._cli._card import Card
from tenure._cli._fit import averages, calibration_text, check_classes, folds_of, prepared, quiet, time_of
from tenure._cli._layout import number
from tenure._cli._prepare import Preparation

if TYPE_CHECKING:
    import pandas as pd

    from tenure._read import Customers

HORIZONS = {"days": 365.0, "weeks": 52.0, "months": 12.0, "years": 1.0}
RIDGE = 1e-6  # too small to shrink anything; keeps columns that repeat others, and levels that nobody left, from running off to infinity


def estimator() -> Any:
    from tenure.survival import CoxPH

    return CoxPH(alpha=RIDGE)


def fit(customers: Customers, left_out: list[str], horizon: float | None, level: float, seed: int) -> tuple[str, Card, dict[str, Any]]:
    from tenure.reporting._model import tier_edges
    from tenure.survival import outcome

    if customers.time is None:
        raise InvalidInput("--duration: a cox model needs the time as a customer (--duration), or its first and last day (--start, --end)")
    time, lost, unit = customers.time, customers.lost, customers.contract.duration_unit or "months"
    check_classes(customers, lost)
    ahead = HORIZONS[unit] if horizon is None else horizon
    longest = float(time[lost].max())
    if not ahead < longest:
        raise InvalidInput(f"--horizon: {ahead:g} {unit} are more than can be learned; the longest time after which a customer was lost is {longest:g}")
    features = [name for name in customers.features if name not in left_out and name != customers.time_column]
    if not features:
        raise InvalidInput("the table has no column to learn from, beside those with a role")
    preparation = Preparation.learn(customers.frame[features], {name: customers.kind(name) for name in features}, native=False)
    design, y = prepared(preparation, customers.frame[features]), outcome(time, lost)
    gone, risk = np.empty(len(lost)), np.empty(len(lost))
    for inside, outside in folds_of(lost, seed):
        fold = quiet(lambda rows=inside: estimator().fit(design.iloc[rows], y[rows]))
        gone[outside] = 1 - fold.predict_survival(design.iloc[outside], [ahead])[:, 0]
        risk[outside] = fold.predict(design.iloc[outside]) - float(fold.predict(design.iloc[inside]).mean())
    quality = _quality(y, gone, risk, ahead, level) | {"n": len(lost), "lost": int(lost.sum()), "horizon": ahead, "unit": unit}
    whole = quiet(lambda: estimator().fit(design, y))
    average, together = averages(whole, preparation, design)
    roles = {role: column for role, column in customers.contract.columns().items() if role in ("id", "label", "end")}
    dated = customers.contract.duration is None
    tiers = tier_edges(float(_overall(y, ahead)))
    mean_risk = float(whole.predict(design).mean())
    card = Card(whole, "cox", preparation, time_of(customers, dated), roles, tiers, average, together, mean_risk, ahead)
    return f"{customers.source.name}: {len(lost):,} customers, {int(lost.sum()):,} lost; time in {unit}", card, quality


def _overall(y: Any, horizon: float) -> float:
    """Share gone by the horizon, Kaplan-Meier."""
    from tenure.survival import KaplanMeier

    return float(1 - KaplanMeier().fit(y).predict([horizon])[0])


def _quality(y: Any, gone: np.ndarray, risk: np.ndarray, horizon: float, level: float) -> dict[str, Any]:
    from tenure import _core
    from tenure.survival import concordance, dynamic_auc, survival_calibration

    width = _core.survival.normal_width(level)
    harrell = concordance(y, risk)
    calibration = survival_calibration(y, 1 - gone, horizon).to_dict(orient="records")
    rows = []
    for row in calibration:
        lower, upper = _limits(row["observed"], row["std_error"], width)
        rows.append({"n": int(row["n"]), "predicted": row["predicted"], "observed": row["observed"], "lower": lower, "upper": upper})
    overall = _overall(y, horizon)
    top = max(rows, key=lambda row: row["predicted"])
    return {
        "concordance": harrell.concordance,
        "concordance_lower": harrell.concordance - width * harrell.std_error,
        "concordance_upper": min(1.0, harrell.concordance + width * harrell.std_error),
        "auc": float(dynamic_auc(y, y, risk, [horizon]).auc[0]),
        "overall": overall,
        "lift": top["observed"] / overall if overall else None,
        "calibration": rows,
    }


def _limits(gone: float, std_error: float, width: float) -> tuple[float | None, float | None]:
    """Limits of a Kaplan-Meier share gone on the log-log scale; none where it is 0 or 1."""
    if not 0 < gone < 1:
        return None, None
    centre = np.log(-np.log1p(-gone))
    spread = width * std_error / ((1 - gone) * -np.log1p(-gone))
    return float(-np.expm1(-np.exp(centre - spread))), float(-np.expm1(-np.exp(centre + spread)))


def text(found: dict[str, Any], confidence: str) -> list[str]:
    ahead = f"{number(found['horizon'])} {found['unit']}"
    lines = [
        f"concordance       {found['concordance']:.3f} ({confidence} interval {found['concordance_lower']:.3f} to {found['concordance_upper']:.3f})",
        f"AUC at {ahead:<10} {found['auc']:.3f}",
    ]
    if found["lift"] is not None:
        lines.append(f"lift of top tenth {found['lift']:.2f} (share gone within {ahead} over the overall {100 * found['overall']:.1f}%)")
    return [*lines, "", f"share gone within {ahead} of the start:", *calibration_text(found["calibration"], confidence)]


def probabilities(model: Any, design: pd.DataFrame, time: np.ndarray, horizon: float) -> np.ndarray:
    """P(gone within the horizon | stayed so far); missing for customers who have stayed so long that nobody was seen that much longer."""
    within = 1 - model.predict_survival(design, [horizon], given=time)[:, 0]
    seen = float(np.max(np.asarray(model.model_.baseline_time)))
    return np.where(time + horizon <= seen, within, np.nan)
