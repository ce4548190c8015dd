"""A single classification tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import StratifiedKFold, check_cv
from sklearn.utils import Bunch
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import frame_like
from tenure.learn._tree_base import OneTree, columns_of, none_is_zero, rows_of, seed_of

if TYPE_CHECKING:
    from typing_extensions import Self

PRUNING = {"alpha": "alphas", "leaves": "leaves", "impurity": "impurities", "error": "errors", "std_error": "std_errors"}


class DecisionTreeClassifier(OneTree):
    """Classification tree (CART) for two classes, with categorical columns, missing values and readable rules.

    Categorical columns are split into the best subset of their levels. Missing values go where they do best in training. Up to 50,000
    rows every distinct value is a candidate threshold (the trees of scikit-learn), above that 254 quantiles a column are.

    Parameters
    ----------
    criterion : {"gini", "entropy"}
    search : {"auto", "exact", "binned"}
        Whether every distinct value or up to `max_bins` - 1 quantiles a column are candidate thresholds; "auto" is exact up to 50,000 rows.
    max_depth, max_leaf_nodes : int or None
    min_samples_split, min_samples_leaf : int or share of the rows
    min_weight_fraction_leaf, min_impurity_decrease : float
        As in scikit-learn.
    ccp_alpha : float or "cv"
        Price of a leaf in cost-complexity pruning, as in scikit-learn; "cv" chooses it by cross-validation.
    cv : int or splitter, default=10
        Folds that choose the price (stratified and shuffled for a number), with `ccp_alpha="cv"`.
    selection : {"1se", "min"}, default="1se"
        The smallest subtree whose held-out error is within one standard error of the least, or the one of least error.
    max_features : {"sqrt", "log2"}, int, share or None
        Columns drawn anew for each node; None: all.
    class_weight : dict, "balanced" or None
    prior_correction : bool
        Probabilities in the class mix of the data although `class_weight` changed it for growing; `predict` uses the weights.
    monotonic_cst : array-like of -1, 0, 1, dict of column names, or None
        Direction that the probability of the second class must keep with a column.
    max_bins : int
    random_state : int, RandomState or None
    n_jobs : int or None

    Attributes
    ----------
    classes_ : array of the two classes
    feature_importances_ : share of the impurity removed, one a column
    ccp_alpha_ : price chosen, with `ccp_alpha="cv"`
    pruning_table_ : subtrees with alpha, leaves, impurity, error, std_error, with `ccp_alpha="cv"`
    model_ : the engine's tree

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.learn import DecisionTreeClassifier
    >>> X = pd.DataFrame({"plan": pd.Categorical(["basic", "pro", "basic", "plus"] * 5), "months": range(20)})
    >>> tree = DecisionTreeClassifier(max_depth=1).fit(X, [1, 0, 1, 0] * 5)
    >>> print(tree.to_text())
    plan in {plus, pro}: 0.500 of 20
      yes -> 0.000 of 10
      no  -> 1.000 of 10
    """

    _model_class = _core.trees.DecisionTreeModel

    def __init__(
        self,
        *,
        criterion: str = "gini",
        search: str = "auto",
        max_depth: int | None = None,
        min_samples_split: float = 2,
        min_samples_leaf: float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: Any = None,
        random_state: Any = None,
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
        class_weight: Any = None,
        prior_correction: bool = True,
        ccp_alpha: Any = 0.0,
        cv: Any = 10,
        selection: str = "1se",
        monotonic_cst: Any = None,
        max_bins: int = 255,
        n_jobs: int | None = None,
    ) -> None:
        self.criterion = criterion
        self.search = search
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.random_state = random_state
        self.max_leaf_nodes = max_leaf_nodes
        self.min_impurity_decrease = min_impurity_decrease
        self.class_weight = class_weight
        self.prior_correction = prior_correction
        self.ccp_alpha = ccp_alpha
        self.cv = cv
        self.selection = selection
        self.monotonic_cst = monotonic_cst
        self.max_bins = max_bins
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Grows the tree. X: table of numbers and categoricals, NaN missing; y: two classes; sample_weight: one weight >= 0 a row."""
        table, target, weight = self._target(X, y, sample_weight)
        options = self._options(table, target)
        if isinstance(self.ccp_alpha, str):
            options["ccp_alpha"] = self._choose_alpha(table, target, weight, options)
        self.model_ = _core.trees.fit_decision_tree(table, target, weight, threads=self._threads(), **options)
        return self

    def _choose_alpha(self, table: _core.Table, target: np.ndarray, weight: np.ndarray | None, options: dict[str, Any]) -> float:
        """The price that held-out rows favour; records the table."""
        if self.ccp_alpha != "cv":
            raise ValueError(f"ccp_alpha = {self.ccp_alpha!r}: must be a number >= 0 or 'cv'")
        if self.selection not in ("1se", "min"):
            raise ValueError(f"selection = {self.selection!r}: must be '1se' or 'min'")
        found = _core.trees.cross_validate_pruning(table, target, self._folds(target, options["seed"]), weight, threads=self._threads(), **options)
        chosen = found["one_se" if self.selection == "1se" else "smallest_error"]
        self.pruning_ = {name: np.asarray(found[plural]) for name, plural in PRUNING.items()}
        self.ccp_alpha_ = float(found["alphas"][chosen])
        return self.ccp_alpha_

    def _folds(self, target: np.ndarray, seed: int) -> np.ndarray:
        if isinstance(self.cv, int | np.integer):
            rarest = int(np.bincount(target).min())
            if not 2 <= self.cv <= rarest:
                raise ValueError(f"cv = {self.cv}: must be from 2 to {rarest}, the number of rows of the rarer class")
            splitter = StratifiedKFold(int(self.cv), shuffle=True, random_state=seed % 2**32)
        else:
            splitter = check_cv(self.cv, target, classifier=True)
        folds = np.full(len(target), -1)
        for fold, (_, test) in enumerate(splitter.split(np.zeros(len(target)), target)):
            if (folds[test] >= 0).any():
                raise ValueError("cv: must hold out every row once")
            folds[test] = fold
        if (folds < 0).any():
            raise ValueError("cv: must hold out every row once")
        return folds

    @property
    def pruning_table_(self) -> Any:
        """The subtrees that pruning leads to: alpha, leaves, impurity, held-out mean squared error and its standard error."""
        check_is_fitted(self)
        if not hasattr(self, "pruning_"):
            raise AttributeError("pruning_table_ is there after a fit with ccp_alpha='cv'")
        return frame_like(self.pruning_)

    def cost_complexity_pruning_path(self, X: Any, y: Any, sample_weight: Any = None) -> Bunch:
        """Prices at which weakest-link pruning of the full tree cuts a branch (`ccp_alphas`) and what impurity is left (`impurities`)."""
        table, target, weight = self._target(X, y, sample_weight)
        options = self._options(table, target) | {"ccp_alpha": 0.0}
        path = _core.trees.cost_complexity_path(table, target, weight, threads=self._threads(), **options)
        return Bunch(ccp_alphas=path["alphas"], impurities=path["impurities"])

    def _options(self, table: _core.Table, target: np.ndarray) -> dict[str, Any]:
        rows, columns = table.rows, self.n_features_in_
        wanted = columns_of(self.max_features, columns)
        return {
            "criterion": self.criterion,
            "search": self.search,
            "max_depth": none_is_zero(self.max_depth, "max_depth"),
            "max_leaf_nodes": none_is_zero(self.max_leaf_nodes, "max_leaf_nodes"),
            "min_samples_split": max(2.0, rows_of(self.min_samples_split, rows, "min_samples_split")),
            "min_samples_leaf": rows_of(self.min_samples_leaf, rows, "min_samples_leaf"),
            "min_weight_fraction_leaf": self.min_weight_fraction_leaf,
            "min_impurity_decrease": self.min_impurity_decrease,
            "max_features": 0 if wanted == columns else wanted,
            "ccp_alpha": 0.0 if isinstance(self.ccp_alpha, str) else self.ccp_alpha,
            "max_bins": self.max_bins,
            "prior_correction": self.prior_correction,
            "seed": seed_of(self.random_state),
            **self._class_weights(target),
            **self._monotone(),
        }
