"""Gradient boosting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._progress import bar
from tenure.learn._tree_base import TreeClassifier, none_is_zero, rows_of, seed_of

if TYPE_CHECKING:
    from typing_extensions import Self


class GradientBoostingClassifier(TreeClassifier):
    """Boosted trees for two classes (log-loss), with categorical columns, missing values, monotone directions and early stopping.

    The defaults (150 trees of 8 leaves at rate 0.05, each from 70 % of the rows and half of the columns) suit tables of some thousand customers without tuning.

    Parameters
    ----------
    n_estimators : int
        Number of trees; the most, with `early_stopping`.
    learning_rate : float
    max_leaf_nodes : int
    max_depth : int or None
    min_samples_leaf : int or share of the rows
    l1_regularization, l2_regularization : float
        Penalties on leaf values.
    min_gain : float
        Reduction of the penalised loss that a split must bring.
    subsample, max_features : float
        Shares of the rows and of the columns drawn for each tree.
    early_stopping : bool
        Hold out `validation_fraction` of the rows and stop after `n_iter_no_change` trees without a loss lower by `tol`.
    class_weight : dict, "balanced" or None
    prior_correction : bool
        Probabilities in the class mix of the data although `class_weight` changed it for training; `predict` uses the weights.
    monotonic_cst : array-like of -1, 0, 1, dict of column names, or None
    max_bins : int
    random_state : int, RandomState or None
    n_jobs : int or None
    verbose : int
        Above 0: draw progress.

    Attributes
    ----------
    classes_ : array of the two classes
    n_estimators_ : number of trees kept
    train_loss_, validation_loss_ : mean log-loss before the first tree and after each, with `early_stopping`
    feature_importances_ : share of the loss removed, one a column
    model_ : the engine's model

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.learn import GradientBoostingClassifier
    >>> X = np.arange(400.0).reshape(200, 2)
    >>> model = GradientBoostingClassifier().fit(X, X[:, 0] > 200)
    >>> model.predict(X[[0, 199]])
    array([False,  True])
    """

    _model_class = _core.trees.GradientBoostingModel

    def __init__(
        self,
        *,
        n_estimators: int = 150,
        learning_rate: float = 0.05,
        max_leaf_nodes: int = 8,
        max_depth: int | None = None,
        min_samples_leaf: float = 20,
        l1_regularization: float = 0.0,
        l2_regularization: float = 1.0,
        min_gain: float = 0.0,
        subsample: float = 0.7,
        max_features: float = 0.5,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        tol: float = 1e-7,
        class_weight: Any = None,
        prior_correction: bool = True,
        monotonic_cst: Any = None,
        max_bins: int = 255,
        random_state: Any = None,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.l1_regularization = l1_regularization
        self.l2_regularization = l2_regularization
        self.min_gain = min_gain
        self.subsample = subsample
        self.max_features = max_features
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.class_weight = class_weight
        self.prior_correction = prior_correction
        self.monotonic_cst = monotonic_cst
        self.max_bins = max_bins
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fits the trees. X: table of numbers and categoricals, NaN missing; y: two classes; sample_weight: one weight >= 0 a row."""
        table, target, weight = self._target(X, y, sample_weight)
        with bar("boosting", self.verbose) as progress:
            self.model_ = _core.trees.fit_gradient_boosting(
                table,
                target,
                weight,
                threads=self._threads(),
                progress=progress,
                n_estimators=self.n_estimators,
                learning_rate=self.learning_rate,
                max_leaf_nodes=self.max_leaf_nodes,
                max_depth=none_is_zero(self.max_depth, "max_depth"),
                min_samples_leaf=rows_of(self.min_samples_leaf, table.rows, "min_samples_leaf"),
                l1=self.l1_regularization,
                l2=self.l2_regularization,
                min_gain=self.min_gain,
                subsample=self.subsample,
                max_features=self.max_features,
                early_stopping=bool(self.early_stopping),
                validation_fraction=self.validation_fraction,
                n_iter_no_change=self.n_iter_no_change,
                tol=self.tol,
                max_bins=self.max_bins,
                prior_correction=self.prior_correction,
                seed=seed_of(self.random_state),
                **self._class_weights(target),
                **self._monotone(),
            )
        self.n_estimators_ = self.model_.n_trees
        self.train_loss_, self.validation_loss_ = self.model_.train_loss, self.model_.validation_loss
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Log-odds of the second class."""
        check_is_fitted(self)
        return self.model_.predict_log_odds(self._table(X, reset=False), threads=self._threads())
