"""Gaussian mixtures."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import DensityMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from tenure._base import Estimator
from tenure._core import cluster as _engine
from tenure._frames import frame_like
from tenure.cluster._kmeans import seed_of, weights_of

if TYPE_CHECKING:
    from typing_extensions import Self


class GaussianMixture(DensityMixin, Estimator):
    """Groups as overlapping normal distributions, fitted by expectation-maximisation.

    Parameters
    ----------
    n_components : int
        Number of groups.
    covariance_type : {"full", "tied", "diag", "spherical"}
        One covariance matrix a group, one for all, or none but variances.
    tol, max_iter : float, int
        Stop when the mean log-likelihood of a row gains less than `tol`, or after `max_iter` steps (with a warning).
    reg_covar : float
        Added to the variances, so that no group collapses onto a row.
    n_init : int
        Starts; the likeliest is kept.
    init_params : {"kmeans", "random"}
        First groups from k-means, or from random rows.
    weights_init, means_init, precisions_init : arrays, optional
        Parameters to start from (all three or none), laid out as in scikit-learn.
    random_state : int, RandomState or None
    n_jobs : int or None
        Threads. The result does not depend on it.

    Attributes
    ----------
    weights_, means_, covariances_ : arrays
        Laid out as in scikit-learn.
    converged_ : bool
    n_iter_ : int
    lower_bound_ : float
        Mean log-likelihood of a row before the last step.

    Notes
    -----
    Checked against scikit-learn's from the same parameters. Memory: one copy of the table.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.cluster import GaussianMixture
    >>> X = np.r_[np.linspace(0, 1, 20), np.linspace(8, 9, 20)][:, None]
    >>> GaussianMixture(n_components=2, random_state=0).fit(X).means_.ravel().round(2).tolist() in ([0.5, 8.5], [8.5, 0.5])
    True
    """

    _model_class = _engine.MixtureModel

    def __init__(
        self,
        *,
        n_components: int = 1,
        covariance_type: str = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: str = "kmeans",
        weights_init: Any = None,
        means_init: Any = None,
        precisions_init: Any = None,
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _first_parameters(self) -> tuple[Any, ...] | None:
        given = [self.weights_init, self.means_init, self.precisions_init]
        if all(part is None for part in given):
            return None
        if any(part is None for part in given):
            raise ValueError("weights_init, means_init and precisions_init must be given together")
        precisions = np.asarray(self.precisions_init, dtype=np.float64)
        if self.covariance_type in ("full", "tied"):
            covariances = list(np.atleast_3d(np.linalg.inv(precisions)).reshape(-1, *precisions.shape[-2:]))
        else:
            covariances = [(1 / precisions).reshape(len(precisions), -1)]
        return np.asarray(self.weights_init, dtype=np.float64), np.asarray(self.means_init, dtype=np.float64), covariances

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Finds the groups. `sample_weight`: a row of weight 2 counts as two rows."""
        self._keep(self._engine_fit(self._table(X, reset=True), weights_of(sample_weight, X), self.max_iter))
        if not self.converged_:
            warnings.warn(f"the likelihood still rose after max_iter={self.max_iter} steps", ConvergenceWarning, stacklevel=2)
        return self

    def _engine_fit(self, table: Any, weight: Any, steps: int) -> Any:
        return _engine.fit_mixture(
            table,
            weight,
            self._first_parameters(),
            threads=self._threads(),
            components=self.n_components,
            covariance=self.covariance_type,
            tolerance=self.tol,
            regularisation=self.reg_covar,
            max_iterations=steps,
            starts=self.n_init,
            start=self.init_params,
            seed=seed_of(self.random_state),
        )

    def _keep(self, model: Any, converged: bool | None = None) -> None:
        self.model_, parameters = model, model.parameters
        self.weights_, self.means_ = parameters["weights"], parameters["means"]
        stacked = np.stack(parameters["covariances"])
        self.covariances_ = stacked if self.covariance_type == "full" else stacked[0, :, 0] if self.covariance_type == "spherical" else stacked[0]
        self.converged_ = bool(model.converged) if converged is None else converged
        self.n_iter_ = int(model.iterations)
        self.lower_bound_ = float(model.log_likelihood)

    def fit_chunks(self, chunks: Callable[[], Iterable[Any]]) -> Self:
        """EM over a table that never is in memory as a whole.

        Parameters
        ----------
        chunks : callable
            Called once a step; returns the chunks (arrays or frames with the same columns) of the table, in any split. The first parameters are those given,
            or come from a fit of the first chunk alone.

        Notes
        -----
        Up to rounding the split does not matter to a step; take a first chunk that looks like the rest. Memory: twice the largest chunk.
        """
        model, start = None, self._first_parameters()
        for chunk in chunks():
            table = self._table(chunk, reset=True)
            model = self._engine_fit(table, None, self.max_iter) if start is None else _engine.mixture_model(table, start, self.covariance_type)
            break
        if model is None:
            raise ValueError("chunks: must return at least one chunk")
        before, converged = -np.inf, False
        for _ in range(self.max_iter):
            step = _engine.MixturePass(model)
            for chunk in chunks():
                step.add(self._table(chunk, reset=False), threads=self._threads())
            model = step.finish(self.reg_covar)
            converged, before = abs(model.log_likelihood - before) < self.tol, model.log_likelihood
            if converged:
                break
        else:
            warnings.warn(f"the likelihood still rose after max_iter={self.max_iter} steps", ConvergenceWarning, stacklevel=2)
        self._keep(model, converged)
        return self

    def _densities(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        check_is_fitted(self)
        return _engine.mixture_densities(self.model_, self._table(X, reset=False), threads=self._threads())

    def fit_predict(self, X: Any, y: Any = None, sample_weight: Any = None) -> np.ndarray:
        """Fits and returns the likeliest group of every row."""
        return self.fit(X, sample_weight=sample_weight).predict(X)

    def predict(self, X: Any) -> np.ndarray:
        """The likeliest group of every row."""
        return self._densities(X)[0].argmax(axis=1)

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each group, (n, n_components)."""
        return self._densities(X)[0]

    def score_samples(self, X: Any) -> np.ndarray:
        """The log density of every row."""
        return self._densities(X)[1]

    def score(self, X: Any, y: Any = None) -> float:
        """The mean log density."""
        return float(self.score_samples(X).mean())

    def bic(self, X: Any) -> float:
        """Bayesian information criterion; small is good."""
        density = self.score_samples(X)
        return float(-2 * density.sum() + self.model_.degrees * np.log(len(density)))

    def aic(self, X: Any) -> float:
        """Akaike information criterion; small is good."""
        return float(-2 * self.score_samples(X).sum() + 2 * self.model_.degrees)


class MixtureChoice:
    """What `choose_mixture` found: `table_` (one row a model), `best_` (the fitted model with the least BIC)."""

    def __init__(self, table: Any, best: GaussianMixture) -> None:
        self.table_ = table
        self.best_ = best


def choose_mixture(
    X: Any, *, n_components: Iterable[int] = range(1, 10), covariance_types: Iterable[str] = ("full", "tied", "diag", "spherical"), **parameters: Any
) -> MixtureChoice:
    """Number of groups and form of their covariances by BIC; one group is a possible answer.

    `parameters` go to `GaussianMixture`. Models whose groups collapse are left out.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.cluster import choose_mixture
    >>> X = np.random.default_rng(0).normal(size=(200, 2)) + np.repeat([[0, 0], [9, 9]], 100, axis=0)
    >>> choose_mixture(X, n_components=range(1, 4), random_state=0).best_.n_components
    2
    """
    rows: dict[str, list[Any]] = {"n_components": [], "covariance_type": [], "bic": [], "aic": [], "log_likelihood": [], "converged": []}
    best, least = None, np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for kind in covariance_types:
            for count in n_components:
                try:
                    model = GaussianMixture(n_components=count, covariance_type=kind, **parameters).fit(X)
                except ArithmeticError:
                    continue
                values = (count, kind, model.bic(X), model.aic(X), model.score(X), model.converged_)
                for column, value in zip(rows.values(), values, strict=True):
                    column.append(value)
                if values[2] < least:
                    best, least = model, values[2]
    if best is None:
        raise ValueError("no model could be fitted: raise reg_covar or take fewer components")
    return MixtureChoice(frame_like(rows, X), best)
