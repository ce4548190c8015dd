"""Kaplan-Meier and Nelson-Aalen curves."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import frame_like
from tenure.survival._estimator import GroupedEstimator
from tenure.survival._outcome import as_groups, as_outcome, as_weights


class _Curves(GroupedEstimator):
    """What Kaplan-Meier and Nelson-Aalen share."""

    _model_class = _core.survival.SurvivalCurves
    _value = "survival"

    def _fit(self, engine: Any, y: Any, by: Any, sample_weight: Any, options: dict[str, Any]) -> Any:
        known = as_outcome(y)
        codes, groups = as_groups(by, len(known))
        self.model_ = engine(known.time, known.event, known.entry, as_weights(sample_weight, len(known)), codes, groups, threads=self._threads(), **options)
        self._frame(y, by)
        return self

    @property
    def table_(self) -> Any:
        """One row for each group and distinct time: at risk, events, censored, the curve, its standard error and limits."""
        check_is_fitted(self)
        columns: dict[str, list[np.ndarray]] = {}
        for g, group in enumerate(self.groups_):
            time = self.model_.column(g, "time")
            std_error, lower, upper = self.model_.limits(g)
            part = {"group": np.full(len(time), group, dtype=object)} if len(self.groups_) > 1 else {}
            part |= {"time": time} | {name: self.model_.column(g, name) for name in ("n_risk", "n_event", "n_censor")}
            part |= {self._value: self.model_.column(g, "estimate"), "std_error": std_error, "lower": lower, "upper": upper}
            for name, values in part.items():
                columns.setdefault(name, []).append(values)
        return frame_like({name: parts[0] if len(parts) == 1 else np.concatenate(parts) for name, parts in columns.items()}, self._like)

    def _each(self, function: Any) -> np.ndarray:
        check_is_fitted(self)
        rows = [function(g) for g in range(len(self.groups_))]
        return rows[0] if len(rows) == 1 else np.array(rows)

    def predict(self, times: Any) -> np.ndarray:
        """The curve at `times`: one value a time, or groups x times. After the last observed time it keeps its last value."""
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        return self._each(lambda g: self.model_.predict(g, wanted))

    def at_risk(self, times: Any) -> np.ndarray:
        """How many are at risk just before each of `times`: one value a time, or groups x times."""
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        return self._each(lambda g: self.model_.at_risk(g, wanted))

    def _by_group(self, columns: dict[str, Any]) -> Any:
        if len(self.groups_) > 1:
            columns = {"group": self.groups_, **columns}
        return frame_like(columns, self._like)

    def plot(self, ax: Any = None, *, limits: bool = True, risk_table: bool = True) -> Any:
        """Draws the curves as steps, with their limits and the numbers at risk under the axis. Returns the matplotlib axes."""
        from tenure.survival import _plots

        check_is_fitted(self)
        return _plots.draw_curves(self, ax, limits=limits, risk_table=risk_table)


class KaplanMeier(_Curves):
    """Share of customers still there, by time since they joined (Kaplan and Meier 1958).

    Parameters
    ----------
    interval : {"log", "log-log", "plain"}, default="log"
        Scale on which the limits are symmetric.
    level : float, default=0.95
        Confidence level of limits.
    n_jobs : int, optional
        Threads; the result does not depend on it.

    Attributes
    ----------
    table_ : frame
        Group (when there are several), time, n_risk, n_event, n_censor, survival, std_error (Greenwood), lower, upper.
    median_ : float or dict
        When half have left; infinite when that is not reached. One number, or one a group.
    groups_ : list of str

    Notes
    -----
    Times tie when they are equal. Standard errors and limits are missing where survival is 0, and on the log-log scale where it is 1. One radix sort,
    or one counting pass for whole-number times. Matches R survival::survfit to 1e-10.

    Examples
    --------
    >>> from tenure.survival import KaplanMeier, outcome
    >>> km = KaplanMeier().fit(outcome([2, 3, 3, 5, 8], [1, 1, 0, 1, 0]))
    >>> km.predict([1, 3, 6]).round(3)
    array([1. , 0.6, 0.3])
    >>> km.median_
    5.0
    """

    def __init__(self, *, interval: str = "log", level: float = 0.95, n_jobs: int | None = None) -> None:
        self.interval = interval
        self.level = level
        self.n_jobs = n_jobs

    def fit(self, y: Any, by: Any = None, sample_weight: Any = None) -> KaplanMeier:
        """Estimates one curve, or one for each group of `by`.

        Parameters
        ----------
        y : outcome(time, event, entry=None), (time, event) pair, or frame
        by : array-like or frame, optional
            Groups: one column, or several that are crossed.
        sample_weight : array-like, optional
            Case weights, >= 0; whole numbers mean the same as repeating rows.
        """
        return self._fit(_core.survival.fit_kaplan_meier, y, by, sample_weight, {"scale": self.interval, "level": self.level})

    @property
    def median_(self) -> float | dict[str, float]:
        check_is_fitted(self)
        medians = {group: self.model_.quantile(g, 0.5)[0] for g, group in enumerate(self.groups_)}
        return medians["all"] if self.groups_ == ["all"] else medians

    def quantile(self, p: Any = (0.25, 0.5, 0.75)) -> Any:
        """When a share `p` has left, with limits (Brookmeyer and Crowley 1982); infinite where not reached. One row a group and p."""
        check_is_fitted(self)
        shares = np.atleast_1d(np.asarray(p, dtype=np.float64))
        found = [(group, share, *self.model_.quantile(g, share)) for g, group in enumerate(self.groups_) for share in shares]
        columns = dict(zip(("group", "p", "time", "lower", "upper"), map(list, zip(*found, strict=True)), strict=True))
        if len(self.groups_) == 1:
            del columns["group"]
        return frame_like(columns, self._like)

    def rmst(self, tau: float) -> Any:
        """Restricted mean survival time: the average time a customer stays within the first `tau`, with standard error and limits, by group."""
        check_is_fitted(self)
        found = np.array([self.model_.rmst(g, float(tau)) for g in range(len(self.groups_))])
        width = _core.survival.normal_width(self.level) * found[:, 1]
        return self._by_group({"rmst": found[:, 0], "std_error": found[:, 1], "lower": found[:, 0] - width, "upper": found[:, 0] + width})

    def plot_log_log(self, ax: Any = None) -> Any:
        """Draws log(-log S) against time on a log scale: groups with proportional hazards run in parallel, Weibull times along straight lines."""
        from tenure.survival import _plots

        check_is_fitted(self)
        return _plots.draw_log_log(self, ax)

    def predict_conditional(self, times: Any, given: float) -> np.ndarray:
        """P(still there `times` later | still there at `given`): for customers who have already stayed that long. Missing where nobody is."""
        after = self.predict(np.atleast_1d(np.asarray(times, dtype=np.float64)) + given)
        before = self.predict([given])
        with np.errstate(invalid="ignore", divide="ignore"):
            return after / before


class NelsonAalen(_Curves):
    """Cumulative hazard of leaving, by time (Nelson 1972; Aalen 1978).

    Parameters
    ----------
    ties : {"nelson-aalen", "fleming-harrington"}, default="nelson-aalen"
        d / n at a time with d events, or 1/n + 1/(n-1) + ... .
    interval : {"log", "plain"}, default="log"
        Scale on which the limits are symmetric.
    level : float, default=0.95
        Confidence level of limits.
    n_jobs : int, optional
        Threads; the result does not depend on it.

    Attributes
    ----------
    table_ : frame
        Group (when there are several), time, n_risk, n_event, n_censor, cumulative_hazard, std_error, lower, upper.
    groups_ : list of str

    Notes
    -----
    Variance sum d / n^2. Matches R survfit(ctype = 1 | 2) to 1e-10.

    Examples
    --------
    >>> from tenure.survival import NelsonAalen, outcome
    >>> NelsonAalen().fit(outcome([2, 3, 3, 5, 8], [1, 1, 0, 1, 0])).predict([3]).round(3)
    array([0.45])
    """

    _value = "cumulative_hazard"

    def __init__(self, *, ties: str = "nelson-aalen", interval: str = "log", level: float = 0.95, n_jobs: int | None = None) -> None:
        self.ties = ties
        self.interval = interval
        self.level = level
        self.n_jobs = n_jobs

    def fit(self, y: Any, by: Any = None, sample_weight: Any = None) -> NelsonAalen:
        """Estimates one curve, or one for each group of `by`; arguments as for KaplanMeier."""
        return self._fit(_core.survival.fit_nelson_aalen, y, by, sample_weight, {"scale": self.interval, "level": self.level, "ties": self.ties})
