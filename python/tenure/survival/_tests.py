"""Tests between groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, frame_like
from tenure._threads import threads
from tenure.survival._outcome import as_groups, as_outcome, as_weights


@dataclass(frozen=True)
class LogRankResult:
    """Outcome of a log-rank test: chi-squared `statistic` with `dof` degrees of freedom and its `p_value`."""

    statistic: float
    dof: int
    p_value: float
    groups: list[str]
    n: np.ndarray = field(repr=False)
    observed: np.ndarray = field(repr=False)
    expected: np.ndarray = field(repr=False)
    variance: np.ndarray = field(repr=False)
    _like: Any = field(default=None, repr=False, compare=False)

    @property
    def table(self) -> Any:
        """One row a group: its size, and its weighted events observed and expected if all groups were alike."""
        return frame_like({"group": self.groups, "n": self.n, "observed": self.observed, "expected": self.expected}, self._like)


def _call(
    y: Any, group: Any, weights: str, rho: float, gamma: float, strata: Any, scores: Any, sample_weight: Any, n_jobs: int | None, pairwise: bool
) -> tuple[Any, list[str], Any]:
    known = as_outcome(y)
    codes, groups = as_groups(group, len(known), "group")
    if codes is None:
        raise ValueError("group: is missing")
    strata_codes = None if strata is None else as_groups(strata, len(known), "strata")[0]
    options = {"weights": weights, "rho": rho, "gamma": gamma, "scores": [] if scores is None else [float(s) for s in scores]}
    found = _core.survival.log_rank(
        known.time, known.event, known.entry, as_weights(sample_weight, len(known)), codes, strata_codes, pairwise, threads=threads(n_jobs), **options
    )
    return found, groups, next((data for data in (y, group) if as_frame(data) is not None), None)


def log_rank(
    y: Any,
    group: Any,
    *,
    weights: str = "logrank",
    rho: float = 0.0,
    gamma: float = 0.0,
    strata: Any = None,
    scores: Any = None,
    sample_weight: Any = None,
    n_jobs: int | None = None,
) -> LogRankResult:
    """Do the groups leave at the same rate? The log-rank test and its weighted relatives.

    Parameters
    ----------
    y : outcome(time, event, entry=None), (time, event) pair, or frame
    group : array-like or frame
        Two or more groups.
    weights : {"logrank", "gehan", "tarone-ware", "peto", "fleming-harrington"}, default="logrank"
        Weight of an event time: 1; the number at risk n; sqrt(n); Peto and Peto's modified survival; S(t-)^rho (1 - S(t-))^gamma.
    rho, gamma : float, default=0
        Exponents for "fleming-harrington".
    strata : array-like or frame, optional
        Groups are compared inside each stratum.
    scores : sequence of float, optional
        One score a group: the one-degree test for trend.
    sample_weight : array-like, optional
        Case weights.
    n_jobs : int, optional

    Returns
    -------
    LogRankResult

    Notes
    -----
    Hypergeometric variance; a group in which no event is expected takes no degree of freedom. Matches R survdiff to 1e-10.

    Examples
    --------
    >>> from tenure.survival import log_rank, outcome
    >>> y = outcome([2, 3, 4, 5, 8, 9, 10, 12], [1, 1, 1, 1, 0, 1, 1, 0])
    >>> round(log_rank(y, ["a"] * 4 + ["b"] * 4).p_value, 4)
    0.0067
    """
    found, groups, like = _call(y, group, weights, rho, gamma, strata, scores, sample_weight, n_jobs, False)
    return LogRankResult(groups=groups, _like=like, **found)


def pairwise_log_rank(
    y: Any,
    group: Any,
    *,
    weights: str = "logrank",
    rho: float = 0.0,
    gamma: float = 0.0,
    strata: Any = None,
    sample_weight: Any = None,
    n_jobs: int | None = None,
) -> Any:
    """A log-rank test for each pair of groups, with p-values adjusted for their number (Benjamini and Hochberg 1995).

    Arguments as for `log_rank`. Returns a frame with group_a, group_b, statistic, p_value, q_value.

    Examples
    --------
    >>> from tenure.survival import outcome, pairwise_log_rank
    >>> y = outcome([2, 3, 4, 5, 8, 9, 10, 12, 4], [1, 1, 1, 1, 0, 1, 1, 0, 1])
    >>> pairwise_log_rank(y, list("aaabbbccc"))[["group_a", "group_b"]].values.tolist()
    [['a', 'b'], ['a', 'c'], ['b', 'c']]
    """
    found, groups, like = _call(y, group, weights, rho, gamma, strata, None, sample_weight, n_jobs, True)
    pairs = list(combinations(groups, 2))
    p = np.array([each["p_value"] for each in found])
    q = _core.stats.adjust_p(p, "bh")
    return frame_like(
        {"group_a": [a for a, _ in pairs], "group_b": [b for _, b in pairs], "statistic": [each["statistic"] for each in found], "p_value": p, "q_value": q},
        like,
    )
