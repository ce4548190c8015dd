"""Retention curves of customers under contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import frame_like
from tenure.value._covariates import covariate_table, fitted_columns, repeated
from tenure.value._likelihood import CovariateModel, numbers

if TYPE_CHECKING:
    from typing_extensions import Self


class ShiftedBetaGeometric(CovariateModel):
    """Shifted beta-geometric model of retention (Fader and Hardie 2007).

    Each customer leaves at the end of a period with a probability of his own, beta distributed over customers: retention of a cohort rises as
    those likely to leave are gone. Projects a cohort beyond the periods seen. With covariates a customer has alpha exp(coef'z) and beta exp(coef'z).

    Parameters
    ----------
    max_iter : int
        Newton steps at most.
    tol : float
        Largest derivative of the mean log-likelihood, by a log-parameter, that counts as zero.

    Attributes
    ----------
    alpha_, beta_ : float
        Mean share lost in the first period: alpha / (alpha + beta).
    std_err_, summary_ : ndarray, DataFrame
    coef_summary_ : DataFrame
        With covariates: their coefficients, standard errors, Wald tests and intervals.
    log_likelihood_, log_likelihood_null_ : float
        The latter of the fit without covariates, None where there are none.
    converged_, n_iter_, n_customers_

    Examples
    --------
    >>> from tenure.value import ShiftedBetaGeometric
    >>> model = ShiftedBetaGeometric().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> round(model.alpha_, 3), round(model.beta_, 3)
    (0.668, 3.806)
    """

    _model_class = _core.value.RetentionModel
    _parameters: ClassVar[tuple[str, ...]] = ("alpha", "beta")
    _duration_dependence: ClassVar[bool] = False

    def __init__(self, *, max_iter: int = 100, tol: float = 1e-8) -> None:
        self.max_iter = max_iter
        self.tol = tol

    def _options(self) -> dict[str, Any]:
        return {"duration_dependence": self._duration_dependence, "max_iterations": self.max_iter, "tolerance": self.tol}

    def fit(self, customers: Any, covariates: Any = None) -> Self:
        """Fits to a cohort: its size, then how many are left after 1, 2, ... periods; or to a list of such cohorts of any lengths.

        `covariates`: a frame or array of one row a cohort.
        """
        nested = len(customers) > 0 and np.ndim(customers[0] if isinstance(customers, list | tuple) else np.asarray(customers)[0]) > 0
        cohorts = [np.asarray(numbers(c, "customers"), dtype=float).tolist() for c in (customers if nested else [customers])]
        return self._keep(_core.value.fit_retention_cohorts(cohorts, covariate_table(covariates, None), **self._options()))

    def fit_customers(self, periods: Any, churned: Any, covariates: Any = None) -> Self:
        """Fits to single customers: periods survived, and whether the customer then left (True) or is still active.

        `covariates`: a frame or array of one row a customer; numbers, or categories that become indicators against the first level.
        """
        columns = numbers(periods, "periods"), numbers(churned, "churned")
        return self._keep(_core.value.fit_retention_customers(*columns, covariate_table(covariates, None), **self._options()))

    def _known_covariates(self, covariates: Any) -> Any:
        """The table of covariates of customers to predict, by the columns of the fit."""
        check_is_fitted(self)
        if self._has_covariates:
            return covariate_table(covariates, fitted_columns(self.model_.covariates["dropout"]))
        if covariates is not None:
            raise _core.InvalidInput("covariates: are given, but the model was fitted without them")
        return None

    def predict(self, periods: int, *, covariates: Any = None, level: float = 0.95) -> Any:
        """Table of survival (with interval) and retention rate after 0, 1, ..., `periods` periods.

        With covariates a curve for each of their rows, one below the other, numbered in the column `row`.
        """
        table = self._known_covariates(covariates)
        if table is not None:
            curves = [_core.value.predict_retention(model, periods, level) for model in _core.value.models_at(self.model_, table)]
            numbered = {"row": np.repeat(np.arange(len(curves)), periods + 1), "period": np.tile(np.arange(periods + 1), len(curves))}
            return frame_like(numbered | {name: np.concatenate([curve[name] for curve in curves]) for name in curves[0]})
        curve = _core.value.predict_retention(self.model_, periods, level)
        return frame_like({"period": np.arange(periods + 1), **curve})

    def residual_renewals(self, tenure: Any, *, discount_rate: float = 0.0, horizon: int | None = None, covariates: Any = None) -> np.ndarray:
        """Expected discounted number of further renewals of customers who have survived `tenure` periods and are about to decide again.

        Parameters
        ----------
        tenure : array-like of whole numbers >= 0
        discount_rate : float
            Per period; the next renewal is due now and not discounted.
        horizon : int, optional
            Renewals looked ahead; all of them when missing, which needs a discount rate above 0.
        covariates : frame or array, optional
            The columns of the fit, one row a customer.
        """
        table = self._known_covariates(covariates)
        if horizon is not None and horizon < 1:
            raise _core.InvalidInput(f"horizon: must be >= 1, is {horizon}")
        return np.asarray(_core.value.residual_renewals(self.model_, numbers(tenure, "tenure"), table, discount_rate=discount_rate, horizon=horizon or 0))

    def plot(self, periods: int = 12, *, customers: Any = None, covariates: Any = None, ax: Any = None) -> Any:
        """The survival curve with its interval, and a cohort's numbers beside it when given. Returns the matplotlib axes.

        A model with covariates needs those of the curve shown: a frame or array of one row.
        """
        import matplotlib.pyplot as plt

        curve = self.predict(periods, covariates=repeated(covariates, 1))
        ax = ax or plt.subplots()[1]
        t = np.arange(periods + 1)
        ax.fill_between(t, curve["lower"], curve["upper"], alpha=0.2, color="#0072B2", linewidth=0)
        ax.plot(t, curve["survival"], color="#0072B2", label="model")
        if customers is not None:
            seen = np.asarray(customers, dtype=float)
            ax.plot(np.arange(len(seen)), seen / seen[0], "o", color="#333333", label="seen")
        ax.set(xlabel="period", ylabel="share still customers", ylim=(0, 1.02), title=f"{type(self).__name__} (n = {self.n_customers_:g})")
        ax.legend(frameon=False)
        return ax


class BetaDiscreteWeibull(ShiftedBetaGeometric):
    """Beta-discrete-Weibull model of retention (Fader, Hardie, Liu, Davin and Steenburgh 2018).

    The shifted beta-geometric with duration dependence: a customer's own risk rises with tenure for c above 1 and falls below 1.

    Parameters
    ----------
    max_iter : int
        Newton steps at most.
    tol : float
        Largest derivative of the mean log-likelihood, by a log-parameter, that counts as zero.

    Attributes
    ----------
    alpha_, beta_, c_ : float
    std_err_, summary_ : ndarray, DataFrame
    coef_summary_ : DataFrame
        With covariates: their coefficients, standard errors, Wald tests and intervals.
    log_likelihood_, log_likelihood_null_ : float
        The latter of the fit without covariates, None where there are none.
    converged_, n_iter_, n_customers_

    Examples
    --------
    >>> from tenure.value import BetaDiscreteWeibull
    >>> model = BetaDiscreteWeibull().fit([1000, 631, 468, 382, 326, 289, 262, 241])
    >>> round(float(model.predict(12)["survival"].iloc[12]), 2)
    0.18
    """

    _parameters = ("alpha", "beta", "c")
    _duration_dependence = True
