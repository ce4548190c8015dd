"""The curve of times known only to lie in intervals."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import frame_like
from tenure.survival._estimator import GroupedEstimator
from tenure.survival._outcome import as_groups, as_weights, interval_outcome


class Turnbull(GroupedEstimator):
    """Share of customers still there when each one's time is known only to lie between two visits (Peto 1973; Turnbull 1976).

    Parameters
    ----------
    max_iter : int, default=1000
    tol : float, default=1e-9
        Converged when the log likelihood is within rows times this of its maximum.

    Attributes
    ----------
    table_ : frame
        Group (when there are several), begin, end, mass, survival: the intervals (begin, end] that carry probability, and the share still there after
        each. Inside one the data do not say where the probability lies.
    median_ : float or dict
        The end of the interval by which half have left (`quantile` gives its start too); infinite when that is not reached.
    log_likelihood_, gap_ : ndarray
        One a group; the maximum is at most rows times `gap_` higher.
    groups_ : list of str

    Notes
    -----
    The non-parametric maximum-likelihood estimate, for exact, left-, right- and interval-censored times together. There are no limits: the estimate's
    error shrinks as the cube root of the number of customers, and neither a normal interval nor the bootstrap is valid for it. For intervals with limits
    fit `AFT`. Matches R survival::survfit(type = "interval2") within its tolerance, and a long self-consistency iteration to 1e-7.

    Examples
    --------
    >>> from tenure.survival import Turnbull
    >>> curve = Turnbull().fit(lower=[0, 2, 3, 5, 6], upper=[4, 3, 6, 8, float("inf")])
    >>> curve.predict([1, 4, 8]).round(3)
    array([1. , 0.5, 0. ])
    """

    _model_class = _core.survival.TurnbullCurves

    def __init__(self, *, max_iter: int = 1000, tol: float = 1e-9) -> None:
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, lower: Any, upper: Any, by: Any = None, sample_weight: Any = None) -> Turnbull:
        """Estimates one curve, or one for each group of `by`.

        Parameters
        ----------
        lower, upper : array-like of shape (n,)
            Left after `lower`, by `upper`. Equal: exactly then. `upper` infinite or missing: still there at `lower`. `lower` missing or 0: gone by `upper`.
        by : array-like or frame, optional
            Groups: one column, or several that are crossed.
        sample_weight : array-like, optional
            Case weights, >= 0; whole numbers mean the same as repeating rows.
        """
        y = interval_outcome(lower, upper)
        codes, groups = as_groups(by, len(y))
        columns = (np.ascontiguousarray(y["lower"]), np.ascontiguousarray(y["upper"]), as_weights(sample_weight, len(y)))
        self.model_ = _core.survival.fit_turnbull(*columns, codes, groups, max_iterations=self.max_iter, tolerance=self.tol)
        self._frame(by)
        if not all(self.model_.curve(g)["converged"] for g in range(len(groups))):
            warnings.warn(f"the maximum was not reached within {self.tol:g}: see gap_", ConvergenceWarning, stacklevel=2)
        return self

    @property
    def table_(self) -> Any:
        """One row for each group and interval that carries probability."""
        parts = [self.model_.curve(g) for g in range(len(self.groups_))]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in ("begin", "end", "mass", "survival")}
        if len(parts) > 1:
            columns = {"group": np.repeat(np.array(self.groups_, dtype=object), [len(part["mass"]) for part in parts]), **columns}
        return frame_like(columns, self._like)

    @property
    def log_likelihood_(self) -> np.ndarray:
        return np.array([self.model_.curve(g)["log_likelihood"] for g in range(len(self.groups_))])

    @property
    def gap_(self) -> np.ndarray:
        return np.array([self.model_.curve(g)["gap"] for g in range(len(self.groups_))])

    @property
    def median_(self) -> float | dict[str, float]:
        medians = {group: self.model_.quantile(g, 0.5)[1] for g, group in enumerate(self.groups_)}
        return medians["all"] if self.groups_ == ["all"] else medians

    def quantile(self, p: Any = (0.25, 0.5, 0.75)) -> Any:
        """When a share `p` has left: after `lower` and by `upper`; infinite where not reached. One row a group and p."""
        shares = np.atleast_1d(np.asarray(p, dtype=np.float64))
        found = [(group, share, *self.model_.quantile(g, share)) for g, group in enumerate(self.groups_) for share in shares]
        columns = dict(zip(("group", "p", "lower", "upper"), map(list, zip(*found, strict=True)), strict=True))
        if len(self.groups_) == 1:
            del columns["group"]
        return frame_like(columns, self._like)

    def predict(self, times: Any) -> np.ndarray:
        """Share still there at `times`, one value a time or groups x times; who leaves within an interval counts as there until its end."""
        check_is_fitted(self)
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        rows = [self.model_.predict(g, wanted) for g in range(len(self.groups_))]
        return rows[0] if len(rows) == 1 else np.array(rows)

    def plot(self, ax: Any = None) -> Any:
        """Draws the curves; where the data leave open when customers left, the step is a slope in a shaded box. Returns the matplotlib axes."""
        from tenure.survival import _plots

        check_is_fitted(self)
        return _plots.draw_turnbull(self, ax)
