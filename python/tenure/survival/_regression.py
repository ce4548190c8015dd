"""What the regression models of the family share."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure.survival._estimator import SurvivalEstimator
from tenure.survival._outcome import as_groups, as_outcome


class SurvivalRegressor(SurvivalEstimator):
    """Base of models that predict from columns when a customer leaves. `predict` gives risks: higher leaves earlier."""

    _estimator_type = "survival_regressor"

    def score(self, X: Any, y: Any) -> float:
        """Harrell's concordance of the predicted risks, so that cross-validation and grid search work."""
        known = as_outcome(y)
        return _core.survival.concordance_index(known.time, known.event, known.entry, None, self._risk(X), None, False, self._threads())["concordance"]

    def _risk(self, X: Any) -> np.ndarray:
        return self.predict(X)

    def _keep(self, **training: Any) -> None:
        """Remembers the training data by reference: residuals and checks need it again. It is not saved with the model."""
        self._training = training

    def _kept(self) -> dict[str, Any]:
        check_is_fitted(self)
        if not hasattr(self, "_training"):
            raise ValueError("this needs the rows that the model was fitted on, which a saved model does not hold: fit again")
        return self._training

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "_training"}


class LikelihoodRegressor(SurvivalRegressor):
    """Base of regressions whose coefficients maximise a (partial) likelihood."""

    @property
    def names_(self) -> list[str]:
        check_is_fitted(self)
        return self.model_.names

    @property
    def coef_(self) -> np.ndarray:
        check_is_fitted(self)
        return self.model_.coef

    @property
    def std_err_(self) -> np.ndarray:
        check_is_fitted(self)
        return np.sqrt(np.diag(self.model_.covariance))

    @property
    def log_likelihood_(self) -> float:
        check_is_fitted(self)
        return self.model_.log_likelihood

    @property
    def log_likelihood_null_(self) -> float:
        check_is_fitted(self)
        return self.model_.log_likelihood_null

    @property
    def n_iter_(self) -> int:
        check_is_fitted(self)
        return self.model_.iterations


def as_strata(strata: Any, rows: int) -> tuple[np.ndarray | None, list[str]]:
    return (None, []) if strata is None else as_groups(strata, rows, "strata")


def known_strata(strata: Any, rows: int, labels: list[str]) -> np.ndarray | None:
    """Codes of the strata of new rows in the order of training."""
    if strata is None:
        return None
    codes, names = as_groups(strata, rows, "strata")
    for name in names:
        if name not in labels:
            raise ValueError(f"strata: '{name}' was not seen in training")
    return np.array([labels.index(name) for name in names], dtype=np.int32)[codes]
