"""Models of repeat purchases without a contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure.value._covariates import covariate_table, fitted_columns, repeated
from tenure.value._likelihood import CovariateModel, numbers

if TYPE_CHECKING:
    from typing_extensions import Self


class _PurchaseModel(CovariateModel):
    purchase_covariates: Sequence[str] | None
    dropout_covariates: Sequence[str] | None

    def _new_covariates(self, covariates: Any) -> tuple[Any, Any]:
        """The tables of purchase and dropout covariates to fit with."""
        if covariates is None:
            return None, None
        return covariate_table(covariates, self.purchase_covariates), covariate_table(covariates, self.dropout_covariates)

    def _known_covariates(self, covariates: Any) -> tuple[Any, Any]:
        """The same for customers to predict, by the columns of the fit."""
        check_is_fitted(self)
        if not self._has_covariates:
            if covariates is not None:
                raise _core.InvalidInput("covariates: are given, but the model was fitted without them")
            return None, None
        effects = self.model_.covariates
        return covariate_table(covariates, fitted_columns(effects["purchase"])), covariate_table(covariates, fitted_columns(effects["dropout"]))

    def predict(self, frequency: Any, recency: Any, T: Any, *, horizon: float, covariates: Any = None) -> np.ndarray:
        """Purchases expected of each customer within `horizon` time units from now."""
        tables = self._known_covariates(covariates)
        columns = numbers(frequency, "frequency"), numbers(recency, "recency"), numbers(T, "T")
        return np.asarray(_core.value.expected_purchases(self.model_, *columns, horizon, *tables, self._threads()))

    def probability_alive(self, frequency: Any, recency: Any, T: Any, *, covariates: Any = None) -> np.ndarray:
        """Probability that each customer has not left for good."""
        tables = self._known_covariates(covariates)
        columns = numbers(frequency, "frequency"), numbers(recency, "recency"), numbers(T, "T")
        return np.asarray(_core.value.probability_alive(self.model_, *columns, *tables))

    def score(self, frequency: Any, recency: Any, T: Any, *, covariates: Any = None) -> float:
        """Mean log-likelihood a customer: higher is better, comparable between models on the same customers."""
        tables = self._known_covariates(covariates)
        columns = numbers(frequency, "frequency"), numbers(recency, "recency"), numbers(T, "T")
        return float(_core.value.log_likelihood(self.model_, *columns, *tables)) / max(1, len(columns[0]))

    def plot_probability_alive(self, *, T: float, max_frequency: int = 20, covariates: Any = None, ax: Any = None) -> Any:
        """Heat map of P(alive) by frequency and recency for customers of age `T`. Returns the matplotlib axes.

        A model with covariates needs those of the customers shown: a frame or array of one row.
        """
        import matplotlib.pyplot as plt

        recency = np.linspace(0, T, 61)
        frequency = np.arange(1, max_frequency + 1)
        tables = self._known_covariates(repeated(covariates, recency.size))
        grid = np.array([_core.value.probability_alive(self.model_, np.full(recency.size, x), recency, np.full(recency.size, T), *tables) for x in frequency])
        ax = ax or plt.subplots()[1]
        image = ax.imshow(grid.T, origin="lower", aspect="auto", extent=(0.5, max_frequency + 0.5, 0, T), vmin=0, vmax=1, cmap="cividis")
        ax.figure.colorbar(image, ax=ax, label="P(alive)")
        ax.set(xlabel="repeat purchases", ylabel="time of last purchase", title=f"{type(self).__name__}: P(alive) at age {T:g}")
        return ax


class BetaGeometricNBD(_PurchaseModel):
    """BG/NBD model of repeat purchases (Fader, Hardie and Lee 2005).

    While alive, a customer buys at random with a rate of his own (gamma distributed over customers); after every purchase he leaves for good
    with a probability of his own (beta distributed). Customers who are still active, and how long, are what it is made for.

    With covariates (Fader and Hardie 2007) a customer has alpha exp(-coef'x), a exp(coef'z), b exp(coef'z): a positive coefficient goes with more
    purchases, a larger a (leaving earlier), a larger b (staying longer). Parameters are those at covariates 0.

    Parameters
    ----------
    modified : bool
        Fit the MBG/NBD (Batislam, Denizel and Filiztekin 2007), where a customer may leave after the first purchase as well.
    max_iter : int
        Newton steps at most.
    tol : float
        Largest derivative of the mean log-likelihood, by a log-parameter, that counts as zero.
    purchase_covariates, dropout_covariates : sequence of str, optional
        Columns of the covariates given to `fit` that go with the buying rate, and with leaving; all of them by default, `()` for none.
    n_jobs : int, optional

    Attributes
    ----------
    r_, alpha_ : float
        Shape and rate of the buying rates, mean r / alpha a time unit.
    a_, b_ : float
        Parameters of the leaving probabilities, mean a / (a + b).
    std_err_, summary_ : ndarray, DataFrame
    coef_summary_ : DataFrame
        With covariates: their coefficients, standard errors, Wald tests and intervals.
    log_likelihood_, log_likelihood_null_ : float
        The latter of the fit without covariates, None where there are none.
    converged_, n_iter_, n_customers_

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

    def __init__(
        self,
        *,
        modified: bool = False,
        max_iter: int = 100,
        tol: float = 1e-8,
        purchase_covariates: Sequence[str] | None = None,
        dropout_covariates: Sequence[str] | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.modified = modified
        self.max_iter = max_iter
        self.tol = tol
        self.purchase_covariates = purchase_covariates
        self.dropout_covariates = dropout_covariates
        self.n_jobs = n_jobs

    def fit(self, frequency: Any, recency: Any, T: Any, covariates: Any = None) -> Self:
        """Fits to customers: repeat purchases, time from first to last purchase, time from first purchase to now (one time unit for all).

        Parameters
        ----------
        frequency, recency, T : array-like of shape (n_customers,)
        covariates : frame or array, optional
            Columns that do not change over time, one row a customer: numbers, or categories that become indicators against the first level.
        """
        columns = numbers(frequency, "frequency"), numbers(recency, "recency"), numbers(T, "T")
        options: dict[str, Any] = {"modified": self.modified, "max_iterations": self.max_iter, "tolerance": self.tol}
        return self._keep(_core.value.fit_bg_nbd(*columns, *self._new_covariates(covariates), threads=self._threads(), **options))


class ParetoNBD(_PurchaseModel):
    """Pareto/NBD model of repeat purchases (Schmittlein, Morrison and Colombo 1987).

    As the BG/NBD, but customers leave at any time, at a rate of their own (gamma distributed over customers).

    With covariates (Fader and Hardie 2007) a customer has alpha exp(-coef'x) and beta exp(-coef'z): a positive coefficient goes with more
    purchases, and with leaving earlier. Parameters are those at covariates 0.

    Parameters
    ----------
    max_iter : int
        Newton steps at most.
    tol : float
        Largest derivative of the mean log-likelihood, by a log-parameter, that counts as zero.
    purchase_covariates, dropout_covariates : sequence of str, optional
        Columns of the covariates given to `fit` that go with the buying rate, and with leaving; all of them by default, `()` for none.
    n_jobs : int, optional

    Attributes
    ----------
    r_, alpha_ : float
        Shape and rate of the buying rates, mean r / alpha a time unit.
    s_, beta_ : float
        Shape and rate of the leaving rates, mean s / beta.
    std_err_, summary_ : ndarray, DataFrame
    coef_summary_ : DataFrame
        With covariates: their coefficients, standard errors, Wald tests and intervals.
    log_likelihood_, log_likelihood_null_ : float
        The latter of the fit without covariates, None where there are none.
    converged_, n_iter_, n_customers_

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

    def __init__(
        self,
        *,
        max_iter: int = 100,
        tol: float = 1e-8,
        purchase_covariates: Sequence[str] | None = None,
        dropout_covariates: Sequence[str] | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.max_iter = max_iter
        self.tol = tol
        self.purchase_covariates = purchase_covariates
        self.dropout_covariates = dropout_covariates
        self.n_jobs = n_jobs

    def fit(self, frequency: Any, recency: Any, T: Any, covariates: Any = None) -> Self:
        """Fits to customers: repeat purchases, time from first to last purchase, time from first purchase to now (one time unit for all).

        Parameters
        ----------
        frequency, recency, T : array-like of shape (n_customers,)
        covariates : frame or array, optional
            Columns that do not change over time, one row a customer: numbers, or categories that become indicators against the first level.
        """
        columns = numbers(frequency, "frequency"), numbers(recency, "recency"), numbers(T, "T")
        options: dict[str, Any] = {"max_iterations": self.max_iter, "tolerance": self.tol}
        return self._keep(_core.value.fit_pareto_nbd(*columns, *self._new_covariates(covariates), threads=self._threads(), **options))
