"""Do customers of different groups stay equally long?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, frame_like
from tenure._threads import threads
from tenure.survival._outcome import as_groups, as_outcome, as_weights


@dataclass(frozen=True)
class RMSTDifference:
    """Restricted mean survival times compared: chi-squared `statistic` of all differences, its `dof` and `p_value`, and the tables behind it."""

    statistic: float
    dof: int
    p_value: float
    tau: float
    groups: list[str]
    reference: str
    rmst: np.ndarray = field(repr=False)
    std_error: np.ndarray = field(repr=False)
    _contrasts: dict[str, Any] = field(repr=False, compare=False)
    _width: float = field(repr=False)
    _like: Any = field(default=None, repr=False, compare=False)

    @property
    def table(self) -> Any:
        """One row for each group but the reference: difference and ratio of the means with limits and p-values; q-values with several groups."""
        return frame_like(self._contrasts, self._like)

    @property
    def means(self) -> Any:
        """One row a group: average time stayed within the first `tau`, with standard error and limits."""
        width = self._width * self.std_error
        columns = {"group": self.groups, "rmst": self.rmst, "std_error": self.std_error, "lower": self.rmst - width, "upper": self.rmst + width}
        return frame_like(columns, self._like)


def rmst_difference(
    y: Any,
    group: Any,
    tau: float | None = None,
    *,
    reference: str | None = None,
    level: float = 0.95,
    sample_weight: Any = None,
    n_jobs: int | None = None,
) -> RMSTDifference:
    """How much longer does one group stay than another, within the first `tau`? Unlike a hazard ratio it needs no assumption about how curves relate.

    Parameters
    ----------
    y : outcome(time, event, entry=None), (time, event) pair, or frame
    group : array-like or frame
        Two or more groups.
    tau : float, optional
        Time up to which the curves are compared; the least of the groups' last times otherwise, up to which all are known.
    reference : str, optional
        The group that others are compared with; the first otherwise.
    level : float, default=0.95
        Confidence level of limits.
    sample_weight : array-like, optional
        Case weights; whole numbers mean the same as repeating rows.
    n_jobs : int, optional

    Returns
    -------
    RMSTDifference

    Notes
    -----
    Areas under Kaplan-Meier curves with Greenwood's variance; normal tests, of the ratio on the log scale; q-values as Benjamini and Hochberg (1995).
    Matches R survRM2's formulas (Uno et al. 2014).

    Examples
    --------
    >>> from tenure.survival import outcome, rmst_difference
    >>> y = outcome([2, 3, 4, 5, 8, 9, 10, 12], [1, 1, 1, 1, 0, 1, 1, 1])
    >>> test = rmst_difference(y, ["a"] * 4 + ["b"] * 4, tau=10)
    >>> test.table["difference"].round(2).tolist()
    [6.17]
    """
    known = as_outcome(y)
    codes, groups = as_groups(group, len(known), "group")
    if codes is None or len(groups) < 2:
        raise ValueError("group: needs at least two groups")
    if reference is not None and str(reference) not in groups:
        raise ValueError(f"reference='{reference}' is no group; they are {', '.join(groups)}")
    at = 0 if reference is None else groups.index(str(reference))
    weight = as_weights(sample_weight, len(known))
    curves = _core.survival.fit_kaplan_meier(known.time, known.event, known.entry, weight, codes, groups, threads=threads(n_jobs))
    horizon = _core.survival.common_horizon(curves) if tau is None else float(tau)
    found = _core.survival.compare_restricted_means(curves, horizon, at)
    other, difference, error, p_value, ratio, log_error, ratio_p = (np.array(column) for column in zip(*found["contrasts"], strict=True))
    width = _core.survival.normal_width(level)
    names = [groups[g] for g in other]
    columns = {"group": names, "reference": [groups[at]] * len(names), "difference": difference, "std_error": error}
    columns |= {"lower": difference - width * error, "upper": difference + width * error, "p_value": p_value}
    if len(names) > 1:
        columns["q_value"] = _core.stats.adjust_p(p_value, "bh")
    columns |= {"ratio": ratio, "ratio_lower": ratio * np.exp(-width * log_error), "ratio_upper": ratio * np.exp(width * log_error), "ratio_p_value": ratio_p}
    return RMSTDifference(
        statistic=found["statistic"],
        dof=found["dof"],
        p_value=found["p_value"],
        tau=horizon,
        groups=groups,
        reference=groups[at],
        rmst=np.array([mean[0] for mean in found["mean"]]),
        std_error=np.array([mean[1] for mean in found["mean"]]),
        _contrasts=columns,
        _width=width,
        _like=next((data for data in (y, group) if as_frame(data) is not None), None),
    )
