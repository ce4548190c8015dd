"""The uplift forest: whom does an offer move?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from tenure import _core
from tenure._frames import column
from tenure._progress import bar
from tenure.learn._tree_base import TreeModel, columns_of, none_is_zero, rows_of, seed_of

if TYPE_CHECKING:
    from typing_extensions import Self


class UpliftForestClassifier(TreeModel):
    """Random forest that predicts what a treatment changes: P(second class | treated) - P(second class | not treated).

    Splits set treated and other customers' outcomes apart, instead of outcomes (Rzepakowski and Jaroszewicz 2012). The treatment must have
    been given at random, or at least by the columns of X alone. With y = 1 for those who stay, the largest uplifts are the customers to
    contact; with y = 1 for those who leave, the smallest are, and a positive uplift marks customers whom the offer drives away.

    Parameters
    ----------
    n_estimators : int
        Number of trees.
    criterion : {"kl", "euclidean", "chi_squared"}
        Divergence between the outcomes of treated and other rows that splits raise.
    normalise : bool
        Divide a split's gain by the information of the split itself, so that splits do not separate treated rows from others.
    honest : bool
        Half of a tree's rows choose its splits, the other half say what its leaves hold: less flattering values from more rows.
    max_depth : int or None
    min_samples_leaf : int or share of the rows
        Rows of a leaf; repeated rows of the bootstrap count.
    min_samples_treatment : int
        Treated rows, and other rows, that a leaf must have.
    max_features : {"sqrt", "log2"}, int, share or None
        Columns drawn anew for each node.
    bootstrap : bool
    max_samples : int, share or None
    random_state : int, RandomState or None
    n_jobs : int or None
    verbose : int
    max_bins : int

    Attributes
    ----------
    classes_ : array of the two classes of y
    feature_importances_ : share of the gain of all splits, one a column
    model_ : the engine's forest

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.learn import UpliftForestClassifier
    >>> random = np.random.default_rng(0)
    >>> X, offer = random.random((4000, 2)), random.integers(0, 2, 4000)
    >>> stays = random.random(4000) < 0.5 + 0.4 * offer * (X[:, 0] > 0.5)
    >>> forest = UpliftForestClassifier(n_estimators=20, random_state=0).fit(X, stays, offer)
    >>> forest.predict_uplift([[0.9, 0.5], [0.1, 0.5]]).round(1)
    array([0.4, 0. ])
    """

    _model_class = _core.trees.UpliftForestModel

    def __init__(
        self,
        *,
        n_estimators: int = 100,
        criterion: str = "kl",
        normalise: bool = True,
        honest: bool = False,
        max_depth: int | None = None,
        min_samples_leaf: float = 100,
        min_samples_treatment: int = 10,
        max_features: Any = "sqrt",
        bootstrap: bool = True,
        max_samples: float | None = None,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        max_bins: int = 255,
    ) -> None:
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.normalise = normalise
        self.honest = honest
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.min_samples_treatment = min_samples_treatment
        self.max_features = max_features
        self.bootstrap = bootstrap
        self.max_samples = max_samples
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.max_bins = max_bins

    def fit(self, X: Any, y: Any, treatment: Any) -> Self:
        """Grows the forest. `treatment`: 1 or True for rows that got the offer, 0 or False for the others."""
        table, target, _ = self._target(X, y, None)
        treated = column(treatment, "treatment")
        check_consistent_length(np.empty(table.rows), treated)
        if treated.dtype.kind == "b":
            treated = treated.astype(np.uint8)
        share = 1.0 if self.max_samples is None else min(1.0, rows_of(self.max_samples, table.rows, "max_samples") / table.rows)
        with bar("uplift forest", self.verbose) as progress:
            self.model_ = _core.trees.fit_uplift_forest(
                table,
                target,
                treated,
                threads=self._threads(),
                progress=progress,
                n_estimators=self.n_estimators,
                criterion=self.criterion,
                normalise=self.normalise,
                honest=self.honest,
                max_depth=none_is_zero(self.max_depth, "max_depth"),
                min_samples_leaf=rows_of(self.min_samples_leaf, table.rows, "min_samples_leaf"),
                min_samples_treatment=float(self.min_samples_treatment),
                max_features=columns_of(self.max_features, self.n_features_in_),
                bootstrap=self.bootstrap,
                max_samples=share,
                max_bins=self.max_bins,
                seed=seed_of(self.random_state),
            )
        return self

    def predict_uplift(self, X: Any) -> np.ndarray:
        """P(second class | treated) - P(second class | not treated), one a row, in [-1, 1]."""
        check_is_fitted(self)
        return self.model_.predict_uplift(self._table(X, reset=False), threads=self._threads())

    def predict(self, X: Any) -> np.ndarray:
        """The same as `predict_uplift`, under the name that uplift models of other libraries use."""
        return self.predict_uplift(X)
