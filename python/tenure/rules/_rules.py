"""Association rules: from frequent sets, with measures, significance and confirmation on other data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from tenure import _core
from tenure._threads import threads
from tenure.rules._itemsets import Itemsets
from tenure.rules._transactions import Transactions

_COMPARED = ("improvement", "boost", "lift_increase")
DEFAULT_MEASURES = ("support", "confidence", "lift", "leverage", "fisher_p", "q_value")


def measure_formulas() -> dict[str, str]:
    """Every measure of a rule with its formula: x, y and xy are the shares of baskets that hold antecedent, consequent and both; c is the
    confidence; a, b, c, d are the 2 x 2 counts (both, antecedent only, consequent only, neither) of n baskets."""
    return {name: _core.rules.measure_formula(name) for name in _core.rules.measure_names()}


class Rules:
    """Rules "antecedent -> consequent" as compact arrays; frames and sentences are made when asked for.

    Attributes
    ----------
    names : list
        The items.
    baskets : int
        Number of baskets.
    examined : float
        Rules that were looked at, reported or not: the number of tests behind `q_value`.
    counts : dict of numpy arrays
        Baskets that hold `both` sides, the antecedent (`left`), the consequent (`right`).
    """

    def __init__(self, rules: Any, names: Sequence[Any], origin: Rules | None = None, positions: Any = None) -> None:
        self._rules = rules
        self._origin, self._positions = origin, positions
        self._compared: Callable[[], Any] | None = None  # makes the same list compared with simpler rules, which takes longer than finding it
        self.names = names
        self.baskets, self.examined = rules.baskets, rules.examined
        self.counts = {"both": rules.both, "left": rules.left_count, "right": rules.right_count}

    def __len__(self) -> int:
        return len(self._rules)

    def __getitem__(self, k: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        k = range(len(self))[k]
        r = self._rules
        return self._named(r.left, r.left_offsets, k), self._named(r.right, r.right_offsets, k)

    def _named(self, items: np.ndarray, offsets: np.ndarray, k: int) -> tuple[Any, ...]:
        return tuple(self.names[code] for code in items[offsets[k] : offsets[k + 1]])

    def __repr__(self) -> str:
        return f"<{len(self)} rules from {self.baskets} baskets>"

    def _repr_html_(self) -> str:
        return self.to_frame(limit=20).to_html(index=False) + f"<p>{len(self)} rules from {self.baskets} baskets</p>"

    def measure(self, name: str, *, n_jobs: int | None = None) -> np.ndarray:
        """One number a rule; `measure_formulas()` lists the names. A selection of rules keeps the q-values of the list it was taken from."""
        source = self._origin or self
        if name in _COMPARED and source._compared is not None:
            source._rules, source._compared = source._compared(), None
        if source is not self and (name == "q_value" or name in _COMPARED):
            return source.measure(name, n_jobs=n_jobs)[self._positions]
        return self._rules.measure(name, threads=threads(n_jobs))

    def _source(self, positions: np.ndarray) -> tuple[Rules, np.ndarray]:
        """The list that all selections go back to, and where in it the given rules of this one are."""
        return (self, positions) if self._origin is None else (self._origin, self._positions[positions])

    def _like(self, rules: Any, positions: np.ndarray) -> Rules:
        return Rules(rules, self.names, *self._source(positions))

    def select(self, keep: Any) -> Rules:
        """The rules at the given positions, in that order, or where a boolean array is true."""
        keep = np.asarray(keep if len(keep) else np.empty(0, dtype=np.int64))
        if keep.dtype == bool:
            if keep.shape != (len(self),):
                raise ValueError(f"keep: must have one value a rule ({len(self)}), has shape {keep.shape}")
            keep = np.flatnonzero(keep)
        return self._like(self._rules.select(keep), keep)

    def sort(self, by: str = "confidence", ascending: bool = False) -> Rules:
        """Ordered by a measure; among equals rules that more baskets hold come first, then shorter ones."""
        values = self.measure(by)
        length = np.diff(self._rules.left_offsets)
        return self.select(np.lexsort((length, -self.counts["both"].astype(np.int64), values if ascending else -values)))

    def without_redundant(self) -> Rules:
        """Without rules that a simpler rule with the same consequent, "always" included, equals or beats in confidence."""
        return self.select(~(self.measure("improvement") <= 0))

    def significant(self, alpha: float = 0.05) -> Rules:
        """The rules whose `q_value` (false discovery rate over all rules examined) is at most `alpha`."""
        if not 0 < alpha < 1:
            raise ValueError(f"alpha: must be in (0, 1), is {alpha}")
        return self.select(self.measure("q_value") <= alpha)

    def confirm(self, transactions: Any, alpha: float = 0.05) -> Any:
        """The same rules counted in other baskets (a holdout, another period).

        Returns a pandas frame in the order of the rules: counts, confidence and lift there, Fisher's p, `q_value` over these rules only (the other
        baskets know nothing of the search), and whether the rule is `confirmed`: q at most `alpha`. Items the other baskets do not know count 0.
        """
        import pandas as pd

        other = Transactions.of(transactions)
        code = {name: number for number, name in enumerate(other.names)}
        translate = np.array([code.get(name, -1) for name in self.names], dtype=np.int32)
        r = self._rules
        left = _count(other, translate, r.left, r.left_offsets)
        right = _count(other, translate, r.right, r.right_offsets)
        order = np.argsort(np.concatenate([np.repeat(np.arange(len(self)), np.diff(offsets)) for offsets in (r.left_offsets, r.right_offsets)]), kind="stable")
        both = _count(other, translate, np.concatenate([r.left, r.right])[order], r.left_offsets + r.right_offsets)
        p = _core.rules.fisher_p(both, left, right, len(other))
        q = _core.rules.adjust_false_discovery(p, len(p))
        with np.errstate(invalid="ignore", divide="ignore"):
            confidence = both / left
            lift = confidence / (right / len(other))
        return pd.DataFrame(
            {"both": both, "left": left, "right": right, "confidence": confidence, "lift": lift, "fisher_p": p, "q_value": q, "confirmed": q <= alpha}
        )

    def to_frame(self, measures: Iterable[str] = DEFAULT_MEASURES, limit: int | None = None) -> Any:
        """A pandas frame in the order of the rules: `antecedent`, `consequent` (tuples), `count`, and the measures."""
        import pandas as pd

        shown = self.select(np.arange(min(limit, len(self)))) if limit is not None else self
        columns: dict[str, Any] = {}
        for name, position in (("antecedent", 0), ("consequent", 1)):
            columns[name] = np.empty(len(shown), dtype=object)
            columns[name][:] = [shown[k][position] for k in range(len(shown))]
        columns["count"] = shown.counts["both"].astype(np.int64)
        for name in measures:
            columns[name] = self.measure(name)[: len(shown)]
        return pd.DataFrame(columns)

    def plot_scatter(self, ax: Any = None) -> Any:
        """Support against confidence, lift as colour; returns the matplotlib axes."""
        from tenure.rules._plots import scatter

        return scatter(self, ax)

    def plot_graph(self, limit: int = 20, ax: Any = None) -> Any:
        """The first rules as arrows between items on a circle: width by support, colour by lift; returns the matplotlib axes."""
        from tenure.rules._plots import graph

        return graph(self, limit, ax)

    def sentences(self, limit: int | None = None) -> list[str]:
        """The rules in words, in their order."""
        out = []
        for k in range(min(limit, len(self)) if limit is not None else len(self)):
            left, right = self[k]
            both, held, wanted = (int(self.counts[side][k]) for side in ("both", "left", "right"))
            share, usual = both / held, wanted / self.baskets
            comparison = f"{share / usual:.2f} times the share among all baskets ({usual:.1%})"
            out.append(f"Of {held} baskets with {join_names(left)}, {both} ({share:.1%}) also have {join_names(right)}: {comparison}.")
        return out


def association_rules(itemsets: Itemsets, min_confidence: float = 0.5, *, max_consequent: int = 1, keep_redundant: bool = True, progress: Any = None) -> Rules:
    """The rules of at least `min_confidence` among frequent itemsets.

    Parameters
    ----------
    itemsets : Itemsets
        Of `frequent_itemsets` with target "all" and min_length 1: the confidence of a rule needs the counts of all its parts.
    min_confidence : float in [0, 1]
        Smallest share of the baskets with the antecedent that also hold the consequent.
    max_consequent : int
        Most items on the right side.
    keep_redundant : bool
        False leaves out rules that a simpler rule with the same consequent equals or beats in confidence.

    Examples
    --------
    >>> from tenure.rules import association_rules, frequent_itemsets
    >>> sets = frequent_itemsets([["tea", "milk"], ["tea", "milk"], ["tea"], ["milk", "bread"]], min_support=0.5)
    >>> print(association_rules(sets, 0.6).sentences()[0])
    Of 3 baskets with milk, 2 (66.7%) also have tea: 0.89 times the share among all baskets (75.0%).
    """
    if not isinstance(itemsets, Itemsets):
        raise TypeError(f"itemsets: must be the Itemsets that frequent_itemsets returns, is a {type(itemsets).__name__}")
    find = partial(_core.rules.association_rules, itemsets._sets, min_confidence=min_confidence, max_consequent=max_consequent, progress=progress)
    rules = Rules(find(compare_simpler=False), itemsets.names)
    rules._compared = partial(find, compare_simpler=True)
    return rules if keep_redundant else rules.without_redundant()


def _count(transactions: Transactions, translate: np.ndarray, items: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Counts of sets whose items carry other numbers; sets with an unknown item count 0."""
    if not transactions.names:
        return np.zeros(len(offsets) - 1, dtype=np.int64)
    codes = translate[items]
    unknown = np.add.reduceat(np.append(codes < 0, False), offsets[:-1]) > 0 if len(offsets) > 1 else np.zeros(0, dtype=bool)
    counts = _core.rules.count_sets(transactions._baskets, offsets, np.maximum(codes, 0))
    counts = counts.astype(np.int64)
    counts[unknown] = 0
    return counts


def join_names(items: Iterable[Any]) -> str:
    return " and ".join(str(item) for item in items)
