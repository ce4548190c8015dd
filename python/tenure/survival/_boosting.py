"""Gradient boosting of survival models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._progress import bar
from tenure.learn._tree_base import monotone_of, none_is_zero, rows_of, seed_of
from tenure.survival._outcome import as_outcome, as_weights
from tenure.survival._regression import SurvivalRegressor

if TYPE_CHECKING:
    from typing_extensions import Self


class GradientBoostingSurvival(SurvivalRegressor):
    """Boosted trees for times to an event, with categorical columns, missing values, monotone directions and early stopping.

    Parameters
    ----------
    loss : {"cox", "weibull", "lognormal", "loglogistic"}
        Cox's partial likelihood (Breslow ties), or an accelerated failure time model with that law of the time.
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
    monotonic_cst : array-like of -1, 0, 1, dict of column names, or None
        Direction that the risk must keep with a column.
    max_bins : int
    random_state : int, RandomState or None
    n_jobs : int or None
    verbose : int
        Above 0: draw progress.

    Attributes
    ----------
    n_estimators_ : number of trees kept
    scale_ : scale of log time (1 with "cox")
    train_loss_, validation_loss_ : mean loss before the first tree and after each, with `early_stopping`
    feature_importances_ : share of the loss removed, one a column
    model_ : the engine's model

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.survival import GradientBoostingSurvival, outcome
    >>> random = np.random.default_rng(0)
    >>> X = random.normal(size=(400, 2))
    >>> y = outcome(random.exponential(np.exp(-X[:, 0])), np.ones(400))
    >>> model = GradientBoostingSurvival(random_state=0).fit(X, y)
    >>> early, late = model.predict([[2.0, 0.0], [-2.0, 0.0]])
    >>> bool(early > late)
    True
    """

    _model_class = _core.trees.GradientBoostingSurvivalModel
    _accepts_missing = True

    def __init__(
        self,
        *,
        loss: str = "cox",
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
        monotonic_cst: Any = None,
        max_bins: int = 255,
        random_state: Any = None,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.loss = loss
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
        self.monotonic_cst = monotonic_cst
        self.max_bins = max_bins
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fits the trees. X: table of numbers and categoricals, NaN missing; y: `outcome(time, event)`; sample_weight: one weight >= 0 a row."""
        table = self._table(X, reset=True)
        known = as_outcome(y)
        weight = as_weights(sample_weight, len(known))
        with bar("survival boosting", self.verbose) as progress:
            self.model_ = _core.trees.fit_survival_boosting(
                table,
                known.time,
                known.event,
                known.entry,
                weight,
                threads=self._threads(),
                progress=progress,
                loss=self.loss,
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
                seed=seed_of(self.random_state),
                **monotone_of(self),
            )
        self.n_estimators_, self.scale_ = self.model_.n_trees, self.model_.scale
        self.train_loss_, self.validation_loss_ = self.model_.train_loss, self.model_.validation_loss
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Risk: log relative hazard ("cox"), or minus the location of log time. Larger: leaves earlier."""
        check_is_fitted(self)
        return self.model_.predict_risk(self._table(X, reset=False), threads=self._threads())

    def predict_survival(self, X: Any, times: Any) -> np.ndarray:
        """Probability to stay beyond each time, rows x times; with "cox" from Breslow's baseline."""
        check_is_fitted(self)
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64)).ravel().tolist()
        return self.model_.predict_survival(self._table(X, reset=False), wanted, threads=self._threads())

    @property
    def feature_importances_(self) -> np.ndarray:
        """Share of the loss that splits on each column removed."""
        check_is_fitted(self)
        return self.model_.importances
