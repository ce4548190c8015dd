"""The random forest."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._progress import bar
from tenure.learn._tree_base import TreeClassifier, columns_of, none_is_zero, rows_of, seed_of

if TYPE_CHECKING:
    from typing_extensions import Self


class RandomForestClassifier(TreeClassifier):
    """Random forest for two classes, with categorical columns and missing values.

    Columns are cut into at most `max_bins` bins once. The default leaf size suits tables of customers: it is chosen by out-of-bag loss,
    which gives better probabilities than leaves of one row.

    Parameters
    ----------
    n_estimators : int
        Number of trees.
    criterion : {"gini", "entropy"}
    max_depth, max_leaf_nodes : int or None
    min_samples_split : int or share of the rows
    min_samples_leaf : int, share of the rows, or None
        None: chosen by the out-of-bag log-loss of 25 trees each from 3, 10 and 30 (1 below 500 rows, 10 above 50,000). 1 grows
        scikit-learn's full trees. Repeated rows of the bootstrap count.
    min_weight_fraction_leaf, min_impurity_decrease : float
    max_features : {"sqrt", "log2"}, int, share or None
        Columns drawn anew for each node.
    bootstrap : bool
        Trees see rows drawn with replacement, else all rows (or a share of them without replacement).
    max_samples : int, share or None
        Rows drawn for each tree; None: as many as there are.
    oob_score : bool
        Also score the training rows by the trees that did not see them.
    class_weight : dict, "balanced" or None
    prior_correction : bool
        Probabilities in the class mix of the data although `class_weight` changed it for growing; `predict` uses the weights.
    monotonic_cst : array-like of -1, 0, 1, dict of column names, or None
    importance : {"impurity", "impurity_corrected"}
        What `feature_importances_` are: the share of the impurity removed, which favours columns with many values, or that less what a shuffled
        copy of the column removes by chance (around 0 for noise, so that it may be negative). The latter grows a second forest.
    max_bins : int
    random_state : int, RandomState or None
    n_jobs : int or None
    verbose : int
        Above 0: draw progress.

    Attributes
    ----------
    classes_ : array of the two classes
    feature_importances_ : share of the impurity removed (less that of a shuffled copy), one a column
    min_samples_leaf_ : rows of a leaf, as given or chosen
    oob_decision_function_, oob_score_ : out-of-bag probabilities and accuracy, with `oob_score=True`
    model_ : the engine's forest

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.learn import RandomForestClassifier
    >>> X = np.arange(200.0).reshape(100, 2)
    >>> forest = RandomForestClassifier(n_estimators=20, random_state=0).fit(X, X[:, 0] > 100)
    >>> forest.predict(X[[0, 99]])
    array([False,  True])
    """

    _model_class = _core.trees.RandomForestModel

    def __init__(
        self,
        *,
        n_estimators: int = 100,
        criterion: str = "gini",
        max_depth: int | None = None,
        min_samples_split: float = 2,
        min_samples_leaf: float | None = None,
        min_weight_fraction_leaf: float = 0.0,
        max_features: Any = "sqrt",
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
        bootstrap: bool = True,
        oob_score: bool = False,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        class_weight: Any = None,
        prior_correction: bool = True,
        max_samples: float | None = None,
        monotonic_cst: Any = None,
        importance: str = "impurity",
        max_bins: int = 255,
    ) -> None:
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.max_leaf_nodes = max_leaf_nodes
        self.min_impurity_decrease = min_impurity_decrease
        self.bootstrap = bootstrap
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.class_weight = class_weight
        self.prior_correction = prior_correction
        self.max_samples = max_samples
        self.monotonic_cst = monotonic_cst
        self.importance = importance
        self.max_bins = max_bins

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Self:
        """Grows the forest. `groups`: one customer id (a number) a row; whole customers are then drawn instead of rows."""
        table, target, weight = self._target(X, y, sample_weight)
        if groups is not None:
            groups = _numbered(groups)
        units = table.rows if groups is None else int(groups.max()) + 1
        share = 1.0 if self.max_samples is None else min(1.0, rows_of(self.max_samples, units, "max_samples") / units)
        with bar("forest", self.verbose) as progress:
            self.model_ = _core.trees.fit_random_forest(
                table,
                target,
                weight,
                groups,
                threads=self._threads(),
                progress=progress,
                n_estimators=self.n_estimators,
                criterion=self.criterion,
                max_depth=none_is_zero(self.max_depth, "max_depth"),
                max_leaf_nodes=none_is_zero(self.max_leaf_nodes, "max_leaf_nodes"),
                min_samples_split=max(2.0, rows_of(self.min_samples_split, table.rows, "min_samples_split")),
                min_samples_leaf=0.0 if self.min_samples_leaf is None else rows_of(self.min_samples_leaf, table.rows, "min_samples_leaf"),
                min_weight_fraction_leaf=self.min_weight_fraction_leaf,
                min_impurity_decrease=self.min_impurity_decrease,
                max_features=columns_of(self.max_features, self.n_features_in_),
                bootstrap=self.bootstrap,
                max_samples=share,
                max_bins=self.max_bins,
                prior_correction=self.prior_correction,
                importance=self.importance,
                seed=seed_of(self.random_state),
                **self._class_weights(target),
                **self._monotone(),
            )
        self.min_samples_leaf_ = self.model_.min_samples_leaf
        if self.oob_score:
            churn = _core.trees.out_of_bag_probability(self.model_, table, target, weight, groups, threads=self._threads())
            self.oob_decision_function_ = np.column_stack([1.0 - churn, churn])
            seen = ~np.isnan(churn)
            self.oob_score_ = float(np.mean((churn[seen] > self.model_.threshold) == target[seen])) if seen.any() else float("nan")
        return self

    def proximity(self, X: Any, reference: Any = None, *, y: Any = None, sample_weight: Any = None, groups: Any = None) -> np.ndarray:
        """Share of the trees in which two rows stand in the same leaf: how alike the forest takes them to be (Breiman).

        Parameters
        ----------
        X : table of shape (n, p)
        reference : table of shape (m, p), optional
            Rows to compare with; None: those of X.
        y, sample_weight, groups : as in `fit`, optional
            With X the training rows, in their order: only trees that drew neither row count (out of bag; NaN where there is none). Rows that a tree
            was grown on look more alike to it than they are.

        Returns
        -------
        array of float32, n x m
            At most 1e8 pairs (10,000 rows with themselves); `nearest_rows` has no limit.
        """
        check_is_fitted(self)
        arguments = self._pairs(X, reference, y, sample_weight, groups)
        return _core.trees.proximity(self.model_, *arguments, threads=self._threads())

    def nearest_rows(
        self, X: Any, k: int = 5, reference: Any = None, *, y: Any = None, sample_weight: Any = None, groups: Any = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The `k` rows of `reference` (None: other rows of X) of largest proximity to each row of X: their positions, and the proximities.

        Arguments as for `proximity`. Largest first, the earlier row where equal; position -1 where fewer rows share a leaf.
        """
        check_is_fitted(self)
        if not isinstance(k, Integral) or k < 1:
            raise ValueError(f"k = {k!r}: must be a positive whole number")
        table, *others = self._pairs(X, reference, y, sample_weight, groups)
        return _core.trees.nearest_by_proximity(self.model_, table, int(k), *others, threads=self._threads())

    def _pairs(self, X: Any, reference: Any, y: Any, sample_weight: Any, groups: Any) -> tuple[Any, ...]:
        table = self._table(X, reset=False)
        if y is None:
            if sample_weight is not None or groups is not None:
                raise ValueError("sample_weight and groups go with y: they find the trees that drew neither row")
            return table, None if reference is None else self._table(reference, reset=False), None, None, None
        if reference is not None:
            raise ValueError("reference and y exclude each other: out of bag, the training rows are compared with themselves")
        labels = np.asarray(y).ravel()
        known = np.isin(labels, self.classes_)
        if len(labels) != table.rows or not known.all():
            raise ValueError("y: must be the outcome of the fit, one label a row of X")
        weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        return table, None, (labels == self.classes_[1]).astype(np.uint8), weight, None if groups is None else _numbered(groups)


def _numbered(groups: Any) -> np.ndarray:
    return np.unique(np.asarray(groups), return_inverse=True)[1].astype(np.int64)
