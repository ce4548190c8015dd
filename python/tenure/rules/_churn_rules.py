"""Rules that end in churn: from a customer table, with trends, significance, confirmation and hints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._threads import threads
from tenure.rates._inputs import churned_flags
from tenure.rules._encode import ItemEncoder, frame_of
from tenure.rules._rules import Rules, join_names

_CHURN_MEASURES = ("confidence", "confidence_lower", "confidence_upper", "lift", "odds_ratio", "fisher_p", "q_value")


class ChurnRules(Rules):
    """Rules "habits -> left", by ascending p-value. Everything of `Rules`, and:

    Attributes
    ----------
    churn_rate : float
        Share of all customers (of the search) that left.
    skipped : list of str
        Columns that gave no items.
    confirmation : pandas frame or None
        With `holdout`: the rules counted among the customers held out.
    """

    def __init__(
        self,
        rules: Any,
        names: Sequence[str],
        encoder: ItemEncoder,
        baskets: Any,
        outcome: np.ndarray,
        label: str,
        origin: Rules | None = None,
        positions: Any = None,
    ) -> None:
        super().__init__(rules, [*names, label], origin, positions)
        self._encoder, self._baskets, self._outcome, self._label = encoder, baskets, outcome, label
        self.churn_rate = float(outcome.mean())
        self.skipped = encoder.skipped
        self.confirmation: Any = None

    def _like(self, rules: Any, positions: np.ndarray) -> ChurnRules:
        origin, places = self._source(positions)
        chosen = ChurnRules(rules, self.names[:-1], self._encoder, self._baskets, self._outcome, self._label, origin, places)
        if self.confirmation is not None:
            chosen.confirmation = self.confirmation.iloc[positions].reset_index(drop=True)
        return chosen

    def to_frame(self, measures: Iterable[str] = _CHURN_MEASURES, limit: int | None = None) -> Any:
        """A pandas frame in the order of the rules: `antecedent` (tuple of items), `customers` it holds for, how many of them `churned`, the measures."""
        frame = super().to_frame(measures, limit).drop(columns="consequent")
        frame.insert(1, "customers", self.counts["left"][: len(frame)].astype(np.int64))
        frame = frame.rename(columns={"count": "churned"})
        if self.confirmation is not None:
            frame["confirmed"] = self.confirmation["confirmed"].to_numpy()[: len(frame)]
        return frame

    def confirm(  # type: ignore[override]
        self, data: Any, churned: Any = None, *, positive: Any = None, alpha: float = 0.05
    ) -> Any:
        """The same rules counted among other customers: the frame of `Rules.confirm`. Numbers are cut where they were cut in the search."""
        label = self._label if churned is None else churned
        return self._confirm(self._encoder.transform(data), churned_flags(label, "churned", data, positive).astype(bool), alpha)

    def _confirm(self, baskets: Any, outcome: np.ndarray, alpha: float) -> Any:
        import pandas as pd

        r = self._rules
        left = _core.rules.count_sets(baskets, r.left_offsets, r.left).astype(np.int64)
        both = _core.rules.count_sets(baskets.select(outcome), r.left_offsets, r.left).astype(np.int64)
        right = np.full(len(both), int(outcome.sum()), dtype=np.int64)
        p = _core.rules.fisher_p(both, left, right, len(outcome))
        q = _core.rules.adjust_false_discovery(p, len(p))
        with np.errstate(invalid="ignore", divide="ignore"):
            confidence = both / left
            lift = confidence / outcome.mean()
        return pd.DataFrame(
            {"both": both, "left": left, "right": right, "confidence": confidence, "lift": lift, "fisher_p": p, "q_value": q, "confirmed": q <= alpha}
        )

    def hints(self, k: int = 0, *, alpha: float = 0.05) -> Any:
        """What the customers of rule `k` who stay have in common: items that go with markedly less churn among them.

        Returns a pandas frame, strongest first: `item`, `customers` (of the rule, with the item), `churned` of them, `confidence` with and
        `confidence_without` the item, `times_less` (the second over the first), one-sided Fisher `p_value` and `q_value` over all items. An association
        among these customers, not the effect of giving them the item.
        """
        import pandas as pd

        k = range(len(self))[k]
        r = self._rules
        antecedent = r.left[r.left_offsets[k] : r.left_offsets[k + 1]]
        others = np.setdiff1d(np.arange(self._baskets.item_count, dtype=np.int32), antecedent)
        sets = np.column_stack([np.tile(antecedent, (len(others), 1)), others]).ravel().astype(np.int32)
        offsets = np.arange(len(others) + 1, dtype=np.int64) * (len(antecedent) + 1)
        customers = _core.rules.count_sets(self._baskets, offsets, sets).astype(np.int64)
        churned = _core.rules.count_sets(self._baskets.select(self._outcome), offsets, sets).astype(np.int64)
        all_customers, all_churned = int(self.counts["left"][k]), int(self.counts["both"][k])
        stayed = np.full(len(others), all_customers - all_churned, dtype=np.int64)
        p = _core.rules.fisher_p(customers - churned, customers, stayed, all_customers)
        with np.errstate(invalid="ignore", divide="ignore"):
            with_item, without = churned / customers, (all_churned - churned) / (all_customers - customers)
            less = without / with_item
        frame = pd.DataFrame(
            {
                "item": [self.names[code] for code in others],
                "customers": customers,
                "churned": churned,
                "confidence": with_item,
                "confidence_without": without,
                "times_less": less,
                "p_value": p,
                "q_value": _core.rules.adjust_false_discovery(p, len(p)),
            }
        )
        return frame[frame["q_value"] <= alpha].sort_values("p_value", kind="stable").reset_index(drop=True)

    def sentences(self, limit: int | None = None) -> list[str]:
        """The rules in words, in their order."""
        shown = range(min(limit, len(self)) if limit is not None else len(self))
        low, high, q = (self.measure(name) for name in ("confidence_lower", "confidence_upper", "q_value"))
        out = []
        for k in shown:
            both, left = int(self.counts["both"][k]), int(self.counts["left"][k])
            text = (
                f"Of {left} customers with {join_names(self[k][0])}, {both} left: {both / left:.1%} (95% interval {low[k]:.1%} to {high[k]:.1%}), "
                f"{both / left / self.churn_rate:.2f} times the overall {self.churn_rate:.1%} (q = {q[k]:.2g})."
            )
            if self.confirmation is not None:
                seen = self.confirmation.iloc[k]
                text += f" Among customers held out: {int(seen['both'])} of {int(seen['left'])}, {'confirmed' if seen['confirmed'] else 'not confirmed'}."
            out.append(text)
        return out


def churn_rules(
    data: Any,
    churned: Any,
    *,
    min_support: float = 0.01,
    max_length: int = 3,
    trends: Mapping[str, Sequence[str]] | None = None,
    trend_change: float | Mapping[str, float] = 0.2,
    binning: str = "quantile",
    bins: int = 4,
    max_q: float = 0.05,
    keep_redundant: bool = False,
    holdout: float = 0.0,
    random_state: int = 0,
    positive: Any = None,
    n_jobs: int | None = None,
    progress: Any = None,
) -> ChurnRules:
    """Which habits go with leaving: significant rules "habits -> left" of a customer table, strongest evidence first.

    The outcome is used inside the search: an antecedent grows only while enough customers have it and left, and while the best that could
    become of it would still be significant. Every antecedent examined counts for the false discovery rate.

    Parameters
    ----------
    data : frame
        One row a customer. Categories and texts give an item a level, numbers an item a range, 0/1 columns one item; missing values none.
    churned : column name or array
        Who left: 0/1, true/false, a known pair of words (yes/no), or with `positive` the value that means lost.
    min_support : float
        Smallest share of all customers who have the habits and left.
    max_length : int
        Most habits of a rule, at most 12.
    trends : mapping, optional
        Name -> columns of repeated measurements in order of time ({"calls": ["calls_jan", "calls_feb", "calls_mar"]}): gives the items "calls fell
        more than 20%" and "calls rose more than 20%" by the least-squares line. `usage_by_period` makes table and mapping from one row a period.
    trend_change : float or mapping
        What counts as falling or rising, as a share of the start.
    binning : {"quantile", "supervised"}
        Where numbers are cut: at quantiles, or where churn changes (Fayyad and Irani). Supervised cuts have looked at the outcome, so p-values are too
        small by what the cuts could gain: trust the holdout.
    bins : int
        Most ranges by quantiles.
    max_q : float
        Largest false discovery rate (Benjamini and Hochberg over all antecedents examined); 1 = all rules.
    keep_redundant : bool
        Also rules that a simpler rule equals in confidence, or that do not beat each rule with one habit less significantly (p <= 0.05).
    holdout : float
        Share of customers set aside, drawn by `random_state`; the rules found among the others are counted there (`confirmation`).
    positive : optional
        The value of `churned` that means lost.

    Returns
    -------
    ChurnRules

    Examples
    --------
    >>> import tenure as tn
    >>> rules = tn.rules.churn_rules(tn.datasets.load_telco(), "Churn", max_length=2)
    >>> rules[1][0]
    ('OnlineSecurity = No', 'Contract = Month-to-month')
    >>> print(rules.sentences(1)[0][:60])
    Of 3875 customers with Contract = Month-to-month, 1655 left:
    """
    outcome = churned_flags(churned, "churned", data, positive).astype(bool)
    encoder = ItemEncoder(trends=trends, change=trend_change, binning=binning, bins=bins, leave_out=[churned] if isinstance(churned, str) else [])
    frame = frame_of(data)
    if len(outcome) != frame.shape[0]:
        raise ValueError(f"churned: must have one value a customer ({frame.shape[0]}), has {len(outcome)}")
    if not 0 <= holdout < 1:
        raise ValueError(f"holdout: must be in [0, 1), is {holdout}")
    searched = np.ones(len(outcome), dtype=bool)
    if holdout:
        searched[np.random.default_rng(random_state).permutation(len(outcome))[: round(holdout * len(outcome))]] = False
        baskets = encoder.fit(frame.filter(searched.tolist()).to_native(), outcome[searched])
        held_out = encoder.transform(frame.filter((~searched).tolist()).to_native())
    else:
        baskets = encoder.fit(data, outcome)
    found = _core.rules.class_rules(
        baskets,
        outcome[searched],
        threads=threads(n_jobs),
        progress=progress,
        min_support=min_support,
        max_length=max_length,
        max_q=max_q,
        keep_redundant=keep_redundant,
    )
    rules = ChurnRules(found, baskets.names, encoder, baskets, outcome[searched], churned if isinstance(churned, str) else "churned")
    if holdout:
        rules.confirmation = rules._confirm(held_out, outcome[~searched], max_q)
    return rules


def contrast_rules(
    before: Any,
    after: Any,
    churned: Any,
    *,
    min_support: float = 0.01,
    max_length: int = 2,
    trends: Mapping[str, Sequence[str]] | None = None,
    trend_change: float | Mapping[str, float] = 0.2,
    bins: int = 4,
    max_q: float = 0.05,
    positive: Any = None,
    n_jobs: int | None = None,
) -> Any:
    """Habits whose association with leaving changed between two periods.

    `before` and `after` are frames with the same columns, `churned` the name of the column that says who left. Compares odds ratios (habit
    against leaving), so that an overall rise of churn alone is no contrast; numbers are cut at the quantiles of both periods together.

    Returns a pandas frame, most certain changes first: `antecedent`, `customers_before`, `churned_before`, `rate_before`, the same `_after`,
    `odds_ratio_change` (after over before), `p_value` (two-sided z-test of the log odds ratios), `q_value` over all antecedents examined.
    """
    import narwhals.stable.v2 as nw
    import pandas as pd

    frames = [frame_of(data, name) for data, name in ((before, "before"), (after, "after"))]
    if not isinstance(churned, str):
        raise TypeError("churned: must be the name of a column of both frames")
    both = nw.concat([frame.select(frames[0].columns) for frame in frames], how="vertical")
    outcome = churned_flags(churned, "churned", both.to_native(), positive).astype(bool)
    baskets = ItemEncoder(trends=trends, change=trend_change, bins=bins, leave_out=[churned]).fit(both.to_native(), outcome)
    period = np.repeat([False, True], [len(frame) for frame in frames])
    found = _core.rules.contrast_rules(baskets, outcome, period, threads=threads(n_jobs), min_support=min_support, max_length=max_length, max_q=max_q)
    names = baskets.names
    antecedents = np.empty(len(found["p_value"]), dtype=object)
    antecedents[:] = [tuple(names[code] for code in found["items"][begin:end]) for begin, end in zip(found["offsets"], found["offsets"][1:], strict=False)]
    columns: dict[str, Any] = {"antecedent": antecedents}
    for when in ("before", "after"):
        columns[f"customers_{when}"], columns[f"churned_{when}"] = found[f"left_{when}"], found[f"both_{when}"]
        with np.errstate(invalid="ignore", divide="ignore"):
            columns[f"rate_{when}"] = found[f"both_{when}"] / found[f"left_{when}"]
    return pd.DataFrame({**columns, **{name: found[name] for name in ("odds_ratio_change", "p_value", "q_value")}})
