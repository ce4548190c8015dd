"""Statistics: associations, comparisons of groups, tests, intervals."""

from tenure._core.stats import ContingencyResult, ProportionComparison, TestResult
from tenure.stats._association import Correlation, association, compare_groups, correlation, cramers_v, crosstab
from tenure.stats._multiplicity import adjust_p
from tenure.stats._proportion import Interval, difference_ci, difference_p, poisson_ci, proportion_ci, ratio_ci
from tenure.stats._tests import (
    anova,
    bartlett,
    cochran_armitage,
    contingency,
    fisher_exact,
    kolmogorov_smirnov,
    kruskal_wallis,
    levene,
    mann_whitney,
    mantel_haenszel,
    mcnemar,
    t_test,
    two_proportions,
    welch_anova,
    yates_chi_squared,
)

__all__ = [
    "ContingencyResult",
    "Correlation",
    "Interval",
    "ProportionComparison",
    "TestResult",
    "adjust_p",
    "anova",
    "association",
    "bartlett",
    "cochran_armitage",
    "compare_groups",
    "contingency",
    "correlation",
    "cramers_v",
    "crosstab",
    "difference_ci",
    "difference_p",
    "fisher_exact",
    "kolmogorov_smirnov",
    "kruskal_wallis",
    "levene",
    "mann_whitney",
    "mantel_haenszel",
    "mcnemar",
    "poisson_ci",
    "proportion_ci",
    "ratio_ci",
    "t_test",
    "two_proportions",
    "welch_anova",
    "yates_chi_squared",
]
