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
        factor = np.exp(1.959963984540054 * self.std_err_ / estimates)
        columns = {
            "parameter": list(self._parameters),
            "estimate": estimates,
            "std_error": self.std_err_,
            "lower": estimates / factor,
            "upper": estimates * factor,
        }
        return frame_like(columns)


def numbers(values: Any, name: str) -> np.ndarray:
    """One-dimensional numbers; None and missing become NaN, which the engine refuses by row."""
    array = column(values, name)
    return array if array.dtype.kind in "biuf" else array.astype(np.float64)
