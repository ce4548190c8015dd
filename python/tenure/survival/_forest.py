"""The random survival forest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._progress import bar
from tenure.learn._tree_base import columns_of, none_is_zero, rows_of, seed_of
from tenure.survival._competing import cause_concordance
from tenure.survival._outcome import Outcome, as_outcome, as_weights
from tenure.survival._regression import SurvivalRegressor

if TYPE_CHECKING:
    from typing_extensions import Self


class RandomSurvivalForest(SurvivalRegressor):
    """Random survival forest (Ishwaran et al. 2008): log-rank splits, cumulative hazards in the leaves.

    Numbers, categorical columns and missing values go in as they are. Event times are moved up to a grid of at most 255 event times.

    With competing reasons (events 1, 2, ... up to 8) splits part customers by all reasons at once, leaves keep the hazard of each, and
    `predict_incidence` gives the probability to have left for a reason (Ishwaran et al. 2014).

    Parameters
    ----------
    n_estimators : int
        Number of trees.
    max_depth : int or None
    min_samples_split, min_samples_leaf : int or share of the rows
        Repeated rows of the bootstrap count.
    max_features : {"sqrt", "log2"}, int, share or None
        Columns drawn anew for each node.
    bootstrap : bool
    max_samples : int, share or None
        Rows drawn for each tree; None: as many as there are. Never more than 65,535.
    oob_score : bool
        Also score the training rows by the trees that did not see them.
    max_times, max_bins : int
        Points of the time grid, bins of a column: at most 255.
    cause : int, default=1
        The reason that `predict`, `score` and `oob_score_` speak of, where there are several.
    random_state : int, RandomState or None
    n_jobs : int or None
    verbose : int
        Above 0: draw progress.

    Attributes
    ----------
    times_ : array, the time grid
    feature_importances_ : share of the log-rank gain, one a column
    n_causes_ : number of reasons
    oob_prediction_, oob_score_ : out-of-bag risks and their concordance, with `oob_score=True`
    model_ : the engine's forest

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.survival import RandomSurvivalForest, outcome
    >>> random = np.random.default_rng(0)
    >>> X = random.normal(size=(300, 2))
    >>> y = outcome(random.exponential(np.exp(-X[:, 0])), np.ones(300))
    >>> forest = RandomSurvivalForest(n_estimators=20, random_state=0).fit(X, y)
    >>> forest.predict_survival([[2.0, 0.0], [-2.0, 0.0]], times=[1.0]).round(1).shape
    (2, 1)
    """

    _model_class = _core.trees.RandomSurvivalForestModel
    _accepts_missing = True

    def __init__(
        self,
        *,
        n_estimators: int = 100,
        max_depth: int | None = None,
        min_samples_split: float = 6,
        min_samples_leaf: float = 10,
        max_features: Any = "sqrt",
        bootstrap: bool = True,
        max_samples: float | None = None,
        oob_score: bool = False,
        max_times: int = 255,
        max_bins: int = 255,
        cause: int = 1,
        random_state: Any = None,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.bootstrap = bootstrap
        self.max_samples = max_samples
        self.oob_score = oob_score
        self.max_times = max_times
        self.max_bins = max_bins
        self.cause = cause
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Grows the forest. y: `outcome(time, event)`, event 0, 1 or the reason; sample_weight: rows are drawn in proportion to it."""
        table = self._table(X, reset=True)
        known = as_outcome(y)
        weight = as_weights(sample_weight, len(known))
        share = 1.0 if self.max_samples is None else min(1.0, rows_of(self.max_samples, table.rows, "max_samples") / table.rows)
        with bar("survival forest", self.verbose) as progress:
            self.model_ = _core.trees.fit_random_survival_forest(
                table,
                known.time,
                known.event,
                known.entry,
                weight,
                threads=self._threads(),
                progress=progress,
                n_estimators=self.n_estimators,
                max_depth=none_is_zero(self.max_depth, "max_depth"),
                min_samples_split=max(2.0, rows_of(self.min_samples_split, table.rows, "min_samples_split")),
                min_samples_leaf=rows_of(self.min_samples_leaf, table.rows, "min_samples_leaf"),
                max_features=columns_of(self.max_features, self.n_features_in_),
                bootstrap=self.bootstrap,
                max_samples=share,
                max_times=self.max_times,
                max_bins=self.max_bins,
                cause=self.cause,
                seed=seed_of(self.random_state),
            )
        self.times_, self.n_causes_ = self.model_.times, self.model_.causes
        if self.oob_score:
            risk = _core.trees.out_of_bag_risk(self.model_, table, known.time, known.event, weight, threads=self._threads())
            self.oob_prediction_ = risk
            seen = ~np.isnan(risk)
            self.oob_score_ = cause_concordance(Outcome(known.time[seen], known.event[seen], None), self.cause, risk[seen], self._threads())
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Mortality: the sum of the cumulative hazard over the time grid; with competing reasons, of the incidence of `cause`. Larger: leaves earlier."""
        check_is_fitted(self)
        return self.model_.predict_risk(self._table(X, reset=False), threads=self._threads())

    def predict_cumulative_hazard(self, X: Any, times: Any) -> np.ndarray:
        """Mean cumulative hazard of the leaves, of all reasons together, rows x times."""
        check_is_fitted(self)
        return self.model_.predict_cumulative_hazard(self._table(X, reset=False), _times(times), threads=self._threads())

    def predict_survival(self, X: Any, times: Any) -> np.ndarray:
        """Probability to stay beyond each time, rows x times: exp(-cumulative hazard), or one less the incidences of the reasons."""
        check_is_fitted(self)
        return self.model_.predict_survival(self._table(X, reset=False), _times(times), threads=self._threads())

    def predict_incidence(self, X: Any, times: Any, cause: int | None = None) -> np.ndarray:
        """Probability to have left for a reason (None: `cause`) by each time, rows x times: mean Aalen-Johansen curve of the leaves."""
        check_is_fitted(self)
        wanted = self.cause if cause is None else cause
        return self.model_.predict_incidence(self._table(X, reset=False), _times(times), wanted, threads=self._threads())

    def score(self, X: Any, y: Any) -> float:
        """Harrell's concordance of the predicted risks; customers gone for another reason than `cause` count as staying to the end."""
        return cause_concordance(as_outcome(y), self.cause, self.predict(X), self._threads())

    @property
    def feature_importances_(self) -> np.ndarray:
        """Share of the log-rank gain that splits on each column made."""
        check_is_fitted(self)
        return self.model_.importances


def _times(times: Any) -> list[float]:
    return np.atleast_1d(np.asarray(times, dtype=np.float64)).ravel().tolist()
