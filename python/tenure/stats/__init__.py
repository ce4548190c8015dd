"""Statistics: associations, comparisons of groups, tests, intervals."""

from tenure._core.stats import ContingencyResult, ProportionComparison, TestResult
from tenure.stats._association import Correlation, association, compare_groups, correlation, cramers_v, crosstab
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
    "ProportionComparison",
    "TestResult",
    "anova",
    "association",
    "bartlett",
    "cochran_armitage",
    "compare_groups",
    "contingency",
    "correlation",
    "cramers_v",
    "crosstab",
    "fisher_exact",
    "kolmogorov_smirnov",
    "kruskal_wallis",
    "levene",
    "mann_whitney",
    "mantel_haenszel",
    "mcnemar",
    "t_test",
    "two_proportions",
    "welch_anova",
    "yates_chi_squared",
]
