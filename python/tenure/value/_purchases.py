"""Models of repeat purchases without a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure.value._likelihood import LikelihoodModel, numbers

if TYPE_CHECKING:
    from typing_extensions import Self


class _PurchaseModel(LikelihoodModel):
    def predict(self, frequency: Any, recency: Any, T: Any, *, horizon: float) -> np.ndarray:
        """Purchases expected of each customer within `horizon` time units from now."""
        check_is_fitted(self)
        columns = numbers(frequency, "frequency"), numbers(recency, "recency"), numbers(T, "T")
        return np.asarray(_core.value.expected_purchases(self.model_, *columns, horizon, self._threads()))

    def probability_alive(self, frequency: Any, recency: Any, T: Any) -> np.ndarray:
        """Probability that each customer has not left for good."""
        check_is_fitted(self)
        return np.asarray(_core.value.probability_alive(self.model_, numbers(frequency, "frequency"), numbers(recency, "recency"), numbers(T, "T")))

    def score(self, frequency: Any, recency: Any, T: Any) -> float:
        """Mean log-likelihood a customer: higher is better, comparable between models on the same customers."""
        check_is_fitted(self)
        columns = numbers(frequency, "frequency"), numbers(recency, "recency"), numbers(T, "T")
        return float(_core.value.log_likelihood(self.model_, *columns)) / max(1, len(columns[0]))

    def plot_probability_alive(self, *, T: float, max_frequency: int = 20, ax: Any = None) -> Any:
        """Heat map of P(alive) by frequency and recency for customers of age `T`. Returns the matplotlib axes."""
        import matplotlib.pyplot as plt

        recency = np.linspace(0, T, 61)
        frequency = np.arange(1, max_frequency + 1)
        grid = np.array([self.probability_alive(np.full(recency.size, x), recency, np.full(recency.size, T)) for x in frequency])
        ax = ax or plt.subplots()[1]
        image = ax.imshow(grid.T, origin="lower", aspect="auto", extent=(0.5, max_frequency + 0.5, 0, T), vmin=0, vmax=1, cmap="cividis")
        ax.figure.colorbar(image, ax=ax, label="P(alive)")
        ax.set(xlabel="repeat purchases", ylabel="time of last purchase", title=f"{type(self).__name__}: P(alive) at age {T:g}")
        return ax


class BetaGeometricNBD(_PurchaseModel):
    """BG/NBD model of repeat purchases (Fader, Hardie and Lee 2005).

    While alive, a customer buys at random with a rate of his own (gamma distributed over customers); after every purchase he leaves for good
    with a probability of his own (beta distributed). Customers who are still active, and how long, are what it is made for.

    Parameters
    ----------
    modified : bool
        Fit the MBG/NBD (Batislam, Denizel and Filiztekin 2007), where a customer may leave after the first purchase as well.
    max_iter : int
        Newton steps at most.
    tol : float
        Largest derivative of the mean log-likelihood, by a log-parameter, that counts as zero.
    n_jobs : int, optional

    Attributes
    ----------
    r_, alpha_ : float
        Shape and rate of the buying rates, mean r / alpha a time unit.
    a_, b_ : float
        Parameters of the leaving probabilities, mean a / (a + b).
    std_err_, summary_ : ndarray, DataFrame
    log_likelihood_, converged_, n_iter_, n_customers_

    Examples
    --------
    >>> from tenure.value import BetaGeometricNBD
    >>> frequency, recency, T = [0, 1, 4, 2, 0, 7, 1, 0], [0, 8, 30, 12, 0, 33, 20, 0], [38, 38, 36, 37, 35, 36, 38, 37]
    >>> model = BetaGeometricNBD(max_iter=500).fit(frequency, recency, T)
    >>> bool(model.predict([4], [30], [36], horizon=12)[0] > 0.5)
    True
    """

    _model_class = _core.value.BgNbdModel
    _parameters = ("r", "alpha", "a", "b")

    def __init__(self, *, modified: bool = False, max_iter: int = 100, tol: float = 1e-8, n_jobs: int | None = None) -> None:
        self.modified = modified
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs

    def fit(self, frequency: Any, recency: Any, T: Any) -> Self:
        """Fits to customers: repeat purchases, time from first to last purchase, time from first purchase to now (one time unit for all)."""
        columns = numbers(frequency, "frequency"), numbers(recency, "recency"), numbers(T, "T")
        options = {"modified": self.modified, "max_iterations": self.max_iter, "tolerance": self.tol}
        return self._keep(_core.value.fit_bg_nbd(*columns, threads=self._threads(), **options))


class ParetoNBD(_PurchaseModel):
    """Pareto/NBD model of repeat purchases (Schmittlein, Morrison and Colombo 1987).

    As the BG/NBD, but customers leave at any time, at a rate of their own (gamma distributed over customers).

    Parameters
    ----------
    max_iter : int
        Newton steps at most.
    tol : float
        Largest derivative of the mean log-likelihood, by a log-parameter, that counts as zero.
    n_jobs : int, optional

    Attributes
    ----------
    r_, alpha_ : float
        Shape and rate of the buying rates, mean r / alpha a time unit.
    s_, beta_ : float
        Shape and rate of the leaving rates, mean s / beta.
    std_err_, summary_ : ndarray, DataFrame
    log_likelihood_, converged_, n_iter_, n_customers_

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.value import ParetoNBD
    >>> random = np.random.default_rng(0)
    >>> stay = np.minimum(39, random.exponential(1 / random.gamma(0.7, 0.05, 500)))
    >>> frequency = random.poisson(random.gamma(0.8, 0.15, 500) * stay)
    >>> recency = np.where(frequency > 0, stay * random.random(500) ** (1 / np.maximum(frequency, 1)), 0)
    >>> model = ParetoNBD().fit(frequency, recency, np.full(500, 39.0))
    >>> bool(model.converged_), bool(model.probability_alive([5], [38], [39])[0] > 0.9)
    (True, True)
    """

    _model_class = _core.value.ParetoNbdModel
    _parameters = ("r", "alpha", "s", "beta")

    def __init__(self, *, max_iter: int = 100, tol: float = 1e-8, n_jobs: int | None = None) -> None:
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs

    def fit(self, frequency: Any, recency: Any, T: Any) -> Self:
        """Fits to customers: repeat purchases, time from first to last purchase, time from first purchase to now (one time unit for all)."""
        columns = numbers(frequency, "frequency"), numbers(recency, "recency"), numbers(T, "T")
        return self._keep(_core.value.fit_pareto_nbd(*columns, threads=self._threads(), max_iterations=self.max_iter, tolerance=self.tol))
