"""Trees by chi-squared tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import frame_like
from tenure.learn._tree_base import OneTree, none_is_zero, rows_of

if TYPE_CHECKING:
    from typing_extensions import Self


class ChaidClassifier(OneTree):
    """CHAID tree (Kass 1980) for two classes: splits into as many groups as differ, found and stopped by chi-squared tests.

    Levels (or neighbouring intervals of a number) whose outcomes do not differ are merged; the column whose groups differ most splits the node, when
    they do so beyond chance, with Bonferroni's correction for the ways of merging. "Missing" is a category like others. A tree for reading:
    few leaves, each with a reason; for predictions a forest is better.

    Parameters
    ----------
    merge_level, split_level : float, default=0.05
        Groups whose difference has a p-value above `merge_level` are merged; the adjusted p-value of a split is at most `split_level`.
    max_depth : int or None, default=3
        Splits (into any number of groups) above a leaf.
    min_samples_split, min_samples_leaf : int or share of the rows, default=100, 50
    max_bins : int, default=10
        Intervals of about equal numbers of rows into which a column of numbers is cut.
    n_jobs : int or None

    Attributes
    ----------
    classes_ : array of the two classes
    splits_ : table of the splits: node, column, groups, chi_squared, dof, p_value (adjusted)
    feature_importances_ : share of the chi-squared statistics, one a column
    model_ : the engine's tree, splits into several groups as chains of two-way nodes

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.learn import ChaidClassifier
    >>> X = pd.DataFrame({"plan": ["basic", "pro", "plus", "max"] * 100})
    >>> tree = ChaidClassifier().fit(X, [1, 0, 0, 1] * 100)
    >>> tree.rules()["rule"].tolist()
    ['plan in {basic, max}', 'plan in {plus, pro}']
    """

    _model_class = _core.trees.ChaidModel

    def __init__(
        self,
        *,
        merge_level: float = 0.05,
        split_level: float = 0.05,
        max_depth: int | None = 3,
        min_samples_split: float = 100,
        min_samples_leaf: float = 50,
        max_bins: int = 10,
        n_jobs: int | None = None,
    ) -> None:
        self.merge_level = merge_level
        self.split_level = split_level
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.max_bins = max_bins
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Grows the tree. X: table of numbers and categoricals, NaN missing; y: two classes; sample_weight: one number of rows >= 0 a row."""
        table, target, weight = self._target(X, y, sample_weight)
        self.model_ = _core.trees.fit_chaid(
            table,
            target,
            weight,
            threads=self._threads(),
            merge_level=self.merge_level,
            split_level=self.split_level,
            max_depth=none_is_zero(self.max_depth, "max_depth"),
            min_samples_split=max(2.0, rows_of(self.min_samples_split, table.rows, "min_samples_split")),
            min_samples_leaf=rows_of(self.min_samples_leaf, table.rows, "min_samples_leaf"),
            max_bins=self.max_bins,
        )
        return self

    @property
    def splits_(self) -> Any:
        """The splits, depth first: node, column, groups, chi_squared, dof and the adjusted p_value."""
        check_is_fitted(self)
        names = [str(name) for name in getattr(self, "feature_names_in_", [f"x{j}" for j in range(self.n_features_in_)])]
        nodes, listed = np.asarray(self.model_.split_node, dtype=int), self.model_.nodes()
        groups = np.asarray(self.model_.split_groups, dtype=int)
        return frame_like(
            {
                "node": nodes,
                "column": [names[listed[node]["feature"]] for node in nodes],
                "groups": groups,
                "chi_squared": np.asarray(self.model_.split_statistic, dtype=float),
                "dof": groups - 1,
                "p_value": np.exp(np.asarray(self.model_.split_log_p, dtype=float)),
            }
        )
