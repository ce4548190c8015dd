"""What the fitted models of customer value share."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._base import Estimator
from tenure._frames import column, frame_like

Z95 = 1.959963984540054


class LikelihoodModel(Estimator):
    """A model of a few positive parameters, fitted by maximum likelihood."""

    _parameters: ClassVar[tuple[str, ...]] = ()

    def _keep(self, model: Any) -> Any:
        """Takes over the engine's fitted model: parameters, log-likelihood, honest convergence."""
        self.model_ = model
        for name in self._parameters:
            setattr(self, f"{name}_", float(getattr(model, name)))
        report = model.fit
        self.log_likelihood_ = report["log_likelihood"]
        self.converged_ = report["converged"]
        self.n_iter_ = report["iterations"]
        self.n_customers_ = model.customers
        if not self.converged_:
            warnings.warn(f"{type(self).__name__}: {report['message']}", ConvergenceWarning, stacklevel=3)
        return self

    @property
    def std_err_(self) -> np.ndarray:
        """Standard errors of the parameters (delta method); NaN where the data do not determine them."""
        check_is_fitted(self)
        return np.asarray(_core.value.std_errors(self.model_))

    @property
    def summary_(self) -> Any:
        """Parameters with standard errors and 95% intervals (on the log scale)."""
        estimates = np.array([getattr(self, f"{name}_") for name in self._parameters])
        factor = np.exp(Z95 * self.std_err_ / estimates)
        columns = {
            "parameter": list(self._parameters),
            "estimate": estimates,
            "std_error": self.std_err_,
            "lower": estimates / factor,
            "upper": estimates * factor,
        }
        return frame_like(columns)


class CovariateModel(LikelihoodModel):
    """A model some of whose parameters covariates may move."""

    @property
    def log_likelihood_null_(self) -> float | None:
        """Log-likelihood of the fit without covariates; None where there are none."""
        check_is_fitted(self)
        return self.model_.covariates["log_likelihood_null"] if self._has_covariates else None

    @property
    def _has_covariates(self) -> bool:
        return len(self.model_.covariates["coef"]) > 0

    @property
    def coef_summary_(self) -> Any:
        """Coefficients of the covariates with standard errors, Wald tests and 95% intervals: one line a parameter of the model and column."""
        check_is_fitted(self)
        if not self._has_covariates:
            raise AttributeError(f"coef_summary_: this {type(self).__name__} was fitted without covariates")
        found = _core.value.coefficients(self.model_)
        coef, error = (np.array([line[name] for line in found]) for name in ("estimate", "std_error"))
        with np.errstate(invalid="ignore"):
            p_value = np.array([_core.value.two_sided_p(z) if np.isfinite(z) else np.nan for z in coef / error])
        columns = {
            "parameter": [line["parameter"] for line in found],
            "covariate": [line["covariate"] for line in found],
            "coef": coef,
            "std_err": error,
            "z": coef / error,
            "p_value": p_value,
            "lower": coef - Z95 * error,
            "upper": coef + Z95 * error,
        }
        return frame_like(columns)

    def likelihood_ratio_test(self) -> dict[str, float]:
        """Chi-squared test of all covariates together, against the fit without them: statistic, dof, p_value."""
        check_is_fitted(self)
        if not self._has_covariates:
            raise AttributeError(f"likelihood_ratio_test: this {type(self).__name__} was fitted without covariates")
        statistic = max(0.0, 2 * (self.log_likelihood_ - self.log_likelihood_null_))
        dof = len(self.model_.covariates["coef"])
        return {"statistic": statistic, "dof": dof, "p_value": _core.value.chi_squared_sf(statistic, dof)}


def numbers(values: Any, name: str) -> np.ndarray:
    """One-dimensional numbers; None and missing become NaN, which the engine refuses by row."""
    array = column(values, name)
    return array if array.dtype.kind in "biuf" else array.astype(np.float64)
