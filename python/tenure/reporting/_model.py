"""The model of the report: odds ratios, quality on held-out folds, current customers by risk with the reasons in the model."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.reporting._population import MISSING, POOLED, Population, levels, public_level, rare_levels

if TYPE_CHECKING:
    import pandas as pd

    from tenure._read import Customers
    from tenure.learn import LogisticRegression

LEVEL = 0.95
FOLDS = 5
MIN_CLASS = 5 * FOLDS  # fewer lost, or fewer kept, make no model
PENALTY = 1.0  # C of the ridge that folds get when the classes are separated
MAX_INFLATION = 30.0  # of the variance of a coefficient, beyond which its column is left out of the odds ratios
MIN_EFFECT = 0.05  # of the log-odds: a smaller part is no reason
SHARES = (0.05, 0.1, 0.2, 0.3)
LISTED = 200  # customers at risk in the JSON twin
REASONS = 3


class Design:
    """The columns as the model takes them: numbers without gaps, categories with their most frequent level first. Learned from the population."""

    def __init__(self, frame: pd.DataFrame, kinds: dict[str, str], duration: str | None, unit: str | None) -> None:
        self.duration, self.unit = duration, unit
        self.numbers: dict[str, tuple[float, bool, float]] = {}  # median, whether there are gaps, step of the odds ratio
        self.categories: dict[str, tuple[list[str], int]] = {}  # levels, the most frequent first, and how many are pooled
        for name in frame.columns:
            if kinds[name] == "number":
                values = frame[name].to_numpy(dtype=np.float64)
                step = 12.0 if name == duration and unit == "months" else _round_step(_spread(values))
                if np.nanmax(np.abs(values % 1)) == 0:
                    step = max(1.0, step)
                self.numbers[name] = (float(np.nanmedian(values)), bool(np.isnan(values).any()), step)
            else:
                grouped = levels(frame[name])
                order = grouped.value_counts().index.tolist()
                self.categories[name] = (order, rare_levels(frame[name]))

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        import pandas as pd

        columns: dict[str, Any] = {}
        for name in frame.columns:
            if name in self.numbers:
                median, gaps, _ = self.numbers[name]
                values = frame[name].to_numpy(dtype=np.float64)
                columns[name] = np.where(np.isnan(values), median, values)
                if gaps:
                    columns[f"{name}{MISSING}"] = np.isnan(values).astype(np.float64)
            else:
                known = self.categories[name][0]
                other = known.index(POOLED) if POOLED in known else 0  # levels not seen here count as pooled, or as the most frequent one
                names = [*map(str, frame[name].cat.categories), MISSING]
                place = np.array([known.index(level) if level in known else other for level in names])
                columns[name] = pd.Categorical.from_codes(place[frame[name].cat.codes.to_numpy()], known)
        return pd.DataFrame(columns)

    def term(self, design_column: str) -> dict[str, Any]:
        """A column of the model's design as column, level, reference and step."""
        if design_column.endswith(MISSING):
            return {"column": design_column.removesuffix(MISSING), "level": None, "reference": None, "step": None, "unit": None, "missing": True}
        if design_column in self.numbers:
            unit = self.unit if design_column == self.duration else None
            return {"column": design_column, "level": None, "reference": None, "step": self.numbers[design_column][2], "unit": unit, "missing": False}
        name, level = next((n, design_column[len(n) + 1 : -1]) for n in self.categories if design_column.startswith(f"{n}[") and design_column.endswith("]"))
        order, pooled = self.categories[name]
        return {"column": name, "level": public_level(level, pooled), "reference": public_level(order[0], pooled), "step": None, "unit": None, "missing": False}


def _spread(values: np.ndarray) -> float:
    """Half the distance between the 16% and the 84% quantile: a standard deviation that outliers do not move."""
    low, high = np.nanquantile(values, [0.16, 0.84])
    return float((high - low) / 2 or np.nanmax(values) / 2 - np.nanmin(values) / 2)


def _round_step(spread: float) -> float:
    """1, 2 or 5 times a power of ten near `spread`."""
    if spread <= 0 or not math.isfinite(spread):
        return 1.0
    power = 10.0 ** math.floor(math.log10(spread))
    return float(min((m * power for m in (1, 2, 5, 10)), key=lambda step: abs(math.log(step / spread))))


class Model:
    """A logistic model of the population: fitted whole for odds ratios and reasons, and once without each fold for honest scores."""

    def __init__(self, customers: Customers, people: Population, left_out: list[str], seed: int) -> None:
        self.customers, self.people, self.left_out = customers, people, left_out
        self.lost = people.lost.astype(np.int64)
        kinds = {name: customers.kind(name) for name in people.features}
        smallest = min(int(self.lost.sum()), int((1 - self.lost).sum()))
        self.usable = bool(people.features) and smallest >= MIN_CLASS
        if not self.usable:
            return
        self.design = Design(people.frame, kinds, customers.time_column, customers.contract.duration_unit)
        self.x = self.design.apply(people.frame)
        self.whole = _fit(self.x, self.lost, None)
        self.redundant = self._redundant()
        if self.redundant:
            self.told_apart = self.x.drop(columns=[row["column"] for row in self.redundant])
            self.clear = _fit(self.told_apart, self.lost, None)
        else:
            self.told_apart, self.clear = self.x, self.whole
        self._cross_fit(seed)

    def _redundant(self) -> list[dict[str, Any]]:
        """Numbers that follow from the other columns: their variance inflation 1 / (1 - R2) is what makes odds ratios unreadable."""
        import pandas as pd

        from tenure.stats import correlation

        dummies = pd.get_dummies(self.x, dtype=np.float64, prefix_sep="[")
        names = [name for name in dummies.columns if f"{name}]" not in self.whole.fit_info_["dependent"] and name not in self.whole.fit_info_["dependent"]]
        first = {f"{name}[{column.cat.categories[0]}" for name, column in self.x.items() if hasattr(column, "cat")}
        names = [name for name in names if name not in first]
        found: list[dict[str, Any]] = []
        while len(names) > 2:
            matrix = np.asarray(correlation(dummies[names].to_numpy()).estimate)
            inflation = np.diag(np.linalg.pinv(matrix, hermitian=True))
            worst = max((i for i, name in enumerate(names) if name in self.design.numbers), key=lambda i: inflation[i], default=None)
            if worst is None or not inflation[worst] > MAX_INFLATION:
                break
            found.append({"column": names.pop(worst), "r2": 1 - 1 / float(inflation[worst])})
        return found

    def _cross_fit(self, seed: int) -> None:
        from sklearn.model_selection import StratifiedKFold

        now = self.design.apply(self.people.now)
        self.scores = np.empty(len(self.lost))
        fold_of = np.full(len(self.lost), -1)
        score_now = np.empty((FOLDS, len(now)))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
        for k, (train, test) in enumerate(folds.split(self.x, self.lost)):
            model = _fit(self.x.iloc[train], self.lost[train], PENALTY if self.whole.fit_info_["separated"] else None)
            self.scores[test] = model.predict_proba(self.x.iloc[test])[:, 1]
            fold_of[test] = k
            if len(now):
                score_now[k] = model.predict_proba(now)[:, 1]
        own = np.where(self.people.position >= 0, fold_of[self.people.position], -1)
        self.now_scores = np.where(own >= 0, score_now[own, np.arange(len(now))], score_now.mean(axis=0))
        self.now = now

    def odds(self) -> dict[str, Any]:
        """Odds ratios a term, strongest first; the terms that only repeat others."""
        from tenure.stats import adjust_p

        if not self.usable:
            return {"odds": [], "dropped_terms": [], "redundant": []}
        info = self.clear.fit_info_
        skip = {*info["dependent"], *info["separating"], "intercept"}
        table = self.clear.summary(level=LEVEL)
        rows = [row for row in table.to_dict(orient="records") if row["term"] not in skip]
        q: Any = adjust_p([row["p_value"] for row in rows]) if rows else []
        found = []
        for row, adjusted in zip(rows, q, strict=True):
            term = self.design.term(row["term"])
            step = term["step"] or 1.0
            ratio, lower, upper = (math.exp(step * row[name]) for name in ("coefficient", "lower", "upper"))
            found.append({**term, "odds_ratio": ratio, "lower": lower, "upper": upper, "p": row["p_value"], "q": float(adjusted), "n": len(self.lost)})
        found.sort(key=_least_effect, reverse=True)
        return {"odds": found, "redundant": self.redundant, "dropped_terms": [self.design.term(name) for name in (*info["dependent"], *info["separating"])]}

    def quality(self) -> dict[str, Any] | None:
        """Ranking, calibration and lift on held-out folds."""
        if not self.usable:
            return None
        return {"name": "logistic regression", "folds": FOLDS, "features": self.people.features, "left_out": self.left_out, **held_out(self.lost, self.scores)}

    def risk(self) -> dict[str, Any] | None:
        """Tiers with what happened in them, and the current customers with the highest risk."""
        from tenure.stats import proportion_ci

        if not self.usable or not len(self.now):
            return None
        edges = tier_edges(float(self.lost.mean()))
        value = self.customers.contract.value
        turnover = np.nan_to_num(self.customers.frame[value].to_numpy(dtype=np.float64))[self.people.now_rows] if value else None
        tiers = []
        for name, low, high in (("high", edges[0], 1.0), ("raised", edges[1], edges[0]), ("low", 0.0, edges[1])):
            inside = (self.scores >= low) & ((self.scores < high) | (high == 1.0))
            now = (self.now_scores >= low) & ((self.now_scores < high) | (high == 1.0))
            n, lost = int(inside.sum()), int(self.lost[inside].sum())
            tier = {"tier": name, "low": low, "high": high, "n": n, "lost": lost, "rate": None, "lower": None, "upper": None, "current": int(now.sum())}
            if n:
                interval = proportion_ci(lost, n, level=LEVEL)
                tier |= {"rate": lost / n, "lower": interval.lower, "upper": interval.upper}
            tiers.append({**tier, "value": float(turnover[now].sum()) if turnover is not None else None})
        order = np.argsort(-self.now_scores, kind="stable")[:LISTED]
        reasons = self._reasons(order)
        listed = []
        for place, found in zip(order, reasons, strict=True):
            row, score = self.people.now_rows[place], float(self.now_scores[place])
            duration = self.customers.time_column
            time = (
                self.people.now[duration].iloc[place]
                if duration in self.people.now.columns
                else self.customers.time[row]
                if self.customers.time is not None
                else None
            )
            listed.append(
                {
                    "id": str(self.customers.ids[row]),
                    "probability": score,
                    "tier": tier_of(score, edges),
                    "time": None if time is None else float(time),
                    "value": float(turnover[place]) if turnover is not None else None,
                    "reasons": found,
                }
            )
        return {"current": len(self.now), "tiers": tiers, "customers": listed}

    def _reasons(self, places: np.ndarray) -> list[list[dict[str, Any]]]:
        """Per customer the columns whose part of the log-odds lies most above its mean over the population."""
        names = list(self.told_apart.columns)
        effects = {term: float(coefficient) for term, coefficient in zip(self.clear.terms_, self.clear.coef_[0], strict=True)}
        parts: dict[str, np.ndarray] = {}
        for name in names:
            source = name.removesuffix(MISSING)
            here, everyone = (self._part(frame[name], name, effects) for frame in (self.now.iloc[places], self.x))
            parts[source] = parts.get(source, 0.0) + here - everyone.mean()
        found = []
        for i, place in enumerate(places):
            best = sorted((name for name in parts if parts[name][i] > MIN_EFFECT), key=lambda name: -parts[name][i])[:REASONS]
            found.append([{"column": name, "value": self._shown(name, place), "odds": math.exp(parts[name][i])} for name in best])
        return found

    @staticmethod
    def _part(column: pd.Series, name: str, effects: dict[str, float]) -> np.ndarray:
        if name in effects:
            return column.to_numpy(dtype=np.float64) * effects[name]
        by_level = np.array([effects.get(f"{name}[{level}]", 0.0) for level in column.cat.categories])
        return by_level[column.cat.codes.to_numpy()]

    def _shown(self, name: str, place: int) -> Any:
        value = self.people.now[name].iloc[place]
        if value != value or value is None:
            return None
        return float(value) if name in self.design.numbers else str(value)


def held_out(lost: np.ndarray, scores: np.ndarray, level: float = LEVEL) -> dict[str, Any]:
    """Ranking, calibration and lift of the `scores` of customers that their model did not see."""
    from tenure import evaluate

    auc = evaluate.roc_auc(lost, scores, level=level)
    bins = evaluate.calibration_table(lost, scores, n_bins=10, level=level).to_dict(orient="records")
    gains = evaluate.gains(lost, scores, n_bins=20).to_dict(orient="records")
    brier, rate = float(evaluate.brier(lost, scores)), float(lost.mean())
    curve = [{"share": 0.0, "captured": 0.0}] + [{"share": row["share"], "captured": row["captured"]} for row in gains]
    lift, before = [], 0.0
    for row in gains:
        before += row["weight"]
        if any(math.isclose(row["share"], share, abs_tol=1e-3) for share in SHARES):
            found = row["cumulative_positives"]
            share = {"share": round(row["share"], 2), "n": before, "lost": found, "rate": found / before}
            lift.append({**share, "lift": row["cumulative_lift"], "captured": row["captured"]})
    return {
        "n": len(lost),
        "lost": int(lost.sum()),
        "auc": float(auc),
        "auc_lower": auc.lower,
        "auc_upper": auc.upper,
        "brier": brier,
        "brier_base": rate * (1 - rate),
        "brier_gain": 1 - brier / (rate * (1 - rate)),
        "calibration": [{**{name: row[name] for name in ("predicted", "observed", "lower", "upper")}, "n": int(row["rows"])} for row in bins],
        "gains": curve,
        "lift": lift,
    }


def tier_edges(rate: float) -> tuple[float, float]:
    """Probabilities from which a risk is high (twice the overall rate, never more than half-way to 1) and raised (the overall rate)."""
    digits = 2 if rate >= 0.05 else 4
    return round(min(2 * rate, (1 + rate) / 2), digits), round(rate, digits)


def tier_of(probability: float, edges: Sequence[float]) -> str:
    return "high" if probability >= edges[0] else "raised" if probability >= edges[1] else "low"


def _least_effect(row: dict[str, Any]) -> tuple[float, float]:
    """The smallest size of the effect that the interval allows, then the estimate itself."""
    clear = row["lower"] > 1 or row["upper"] < 1
    return min(abs(math.log(row["lower"])), abs(math.log(row["upper"]))) if clear else 0.0, abs(math.log(row["odds_ratio"]))


def _fit(x: pd.DataFrame, lost: np.ndarray, penalty: float | None) -> LogisticRegression:
    """A fit whose remarks (separation, repeated columns) are read from `fit_info_` instead of being printed."""
    from tenure.learn import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if penalty is None:
            return LogisticRegression(penalty=None).fit(x, lost)
        return LogisticRegression(C=penalty).fit(x, lost)
