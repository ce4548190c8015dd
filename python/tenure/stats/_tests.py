"""Tests of groups, tables of counts and proportions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._core.stats import ContingencyResult, ProportionComparison, TestResult
from tenure.stats._association import _as_column, _categories


def _values(x: Any, name: str) -> np.ndarray:
    _, array, levels = _as_column(x, name)
    if levels is not None:
        raise _core.InvalidInput(f"{name}: must be numbers")
    return array


def t_test(a: Any, b: Any, *, equal_variance: bool = False, level: float = 0.95) -> TestResult:
    """Difference of two means (Welch's t test, or Student's with `equal_variance`).

    Missing values are left out. The result has `.statistic`, `.dof`, `.p_value`, `.estimate` (mean of a minus mean of b) with `.lower` and
    `.upper`, and `.effect`, Cohen's d, with its interval.

    Examples
    --------
    >>> from tenure.stats import t_test
    >>> round(t_test([1, 2, 3, 4.0], [3, 4, 5, 6.0]).p_value, 4)
    0.071
    """
    return _core.stats.t_test(_values(a, "a"), _values(b, "b"), equal_variance=equal_variance, level=level)


def mann_whitney(a: Any, b: Any, *, exact: str = "automatic", continuity: bool = True, level: float = 0.95) -> TestResult:
    """Mann-Whitney (Wilcoxon rank-sum) test.

    `exact` is "automatic" (below 50 values a sample without ties), "yes" or "no". `.effect` is the chance that a value of a exceeds one of b.
    """
    return _core.stats.mann_whitney(_values(a, "a"), _values(b, "b"), exact=exact, continuity=continuity, level=level)


def kolmogorov_smirnov(a: Any, b: Any) -> TestResult:
    """Two-sample Kolmogorov-Smirnov test: `.statistic` is the largest gap of the distribution functions."""
    return _core.stats.kolmogorov_smirnov(_values(a, "a"), _values(b, "b"))


def anova(values: Any, group: Any, *, level: float = 0.95) -> TestResult:
    """One-way analysis of variance; `.effect` is eta squared with its interval."""
    return _core.stats.anova(_values(values, "values"), _categories(group, "group")[0], level)


def welch_anova(values: Any, group: Any) -> TestResult:
    """Welch's one-way test, for groups of different variances."""
    return _core.stats.welch_anova(_values(values, "values"), _categories(group, "group")[0])


def kruskal_wallis(values: Any, group: Any) -> TestResult:
    """Kruskal-Wallis rank test of several groups; `.effect` is epsilon squared."""
    return _core.stats.kruskal_wallis(_values(values, "values"), _categories(group, "group")[0])


def levene(values: Any, group: Any) -> TestResult:
    """Test of equal variances about the medians (Brown and Forsythe)."""
    return _core.stats.levene(_values(values, "values"), _categories(group, "group")[0])


def bartlett(values: Any, group: Any) -> TestResult:
    """Bartlett's test of equal variances."""
    return _core.stats.bartlett(_values(values, "values"), _categories(group, "group")[0])


def contingency(counts: Any, *, level: float = 0.95) -> ContingencyResult:
    """Association in a table of counts: chi-square, G, Cramer's V (plain and bias-corrected, with interval), C, T, phi.

    Examples
    --------
    >>> from tenure.stats import contingency
    >>> round(contingency([[154, 73], [100, 18], [63, 12]]).cramers_v, 4)
    0.1925
    """
    return _core.stats.contingency(np.asarray(counts, dtype=float), level)


def yates_chi_squared(counts: Any) -> TestResult:
    """Chi-square of a 2 x 2 table with Yates' continuity correction."""
    return _core.stats.yates_chi_squared(np.asarray(counts, dtype=float))


def fisher_exact(counts: Any, *, level: float = 0.95) -> TestResult:
    """Fisher's exact test of a 2 x 2 (odds ratio with exact interval), r x 2 or 2 x c table of whole numbers."""
    return _core.stats.fisher_exact(np.asarray(counts, dtype=float), level)


def mantel_haenszel(tables: Sequence[Any], *, level: float = 0.95) -> TestResult:
    """Cochran-Mantel-Haenszel test over 2 x 2 tables, one a stratum; `.estimate` is the common odds ratio."""
    return _core.stats.mantel_haenszel([np.asarray(t, dtype=float) for t in tables], level)


def mcnemar(only_first: float, only_second: float, *, continuity: bool = True) -> TestResult:
    """McNemar's test of paired yes/no answers from its two discordant counts; `.effect` is the exact p-value."""
    return _core.stats.mcnemar(only_first, only_second, continuity)


def cochran_armitage(events: Any, totals: Any, scores: Any = None) -> TestResult:
    """Test for a trend of proportions over ordered groups; `scores` are 1, 2, ... when missing. The sign of `.statistic` is the direction."""
    k = len(np.atleast_1d(events))
    weights = np.arange(1.0, k + 1) if scores is None else np.asarray(scores, float)
    return _core.stats.cochran_armitage(np.asarray(events, float).tolist(), np.asarray(totals, float).tolist(), weights.tolist())


def two_proportions(x1: float, n1: float, x2: float, n2: float, *, level: float = 0.95) -> ProportionComparison:
    """Compares x1 of n1 with x2 of n2: difference, relative risk, odds ratio, Cohen's h, all with intervals, and the chi-square test.

    Examples
    --------
    >>> from tenure.stats import two_proportions
    >>> round(two_proportions(58, 195, 45, 225).relative_risk, 3)
    1.487
    """
    return _core.stats.two_proportions(x1, n1, x2, n2, level)
