"""
Statistics.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

import tenure._core

__all__: list[str] = [
    "ContingencyResult",
    "FactorModel",
    "ProportionComparison",
    "TestResult",
    "adjust_p",
    "anova",
    "association",
    "bartlett",
    "before_after",
    "cochran_armitage",
    "compare_groups",
    "contingency",
    "control_chart",
    "correlation",
    "cross_tabulate",
    "difference_ci",
    "difference_in_differences",
    "difference_p",
    "factor_scores",
    "fisher_exact",
    "fit_factors",
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
    "trend_test",
    "two_proportions",
    "welch_anova",
    "yates_chi_squared",
]

class TestResult:
    """
    What a test says; a number that the test does not have is NaN.
    """
    def __repr__(self) -> str: ...
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def dof(self) -> typing.Any:
        """
        degrees of freedom (of the numerator)
        """
    @property
    def dof2(self) -> typing.Any:
        """
        degrees of freedom of the denominator
        """
    @property
    def effect(self) -> typing.Any:
        """
        effect size without units
        """
    @property
    def effect_lower(self) -> typing.Any:
        """
        lower end of its interval
        """
    @property
    def effect_upper(self) -> typing.Any:
        """
        upper end of its interval
        """
    @property
    def estimate(self) -> typing.Any:
        """
        what is estimated, in the data's units
        """
    @property
    def lower(self) -> typing.Any:
        """
        lower end of its interval
        """
    @property
    def n(self) -> typing.Any:
        """
        observations used
        """
    @property
    def p_value(self) -> typing.Any:
        """
        p-value, two-sided unless said otherwise
        """
    @property
    def statistic(self) -> typing.Any:
        """
        the test statistic
        """
    @property
    def upper(self) -> typing.Any:
        """
        upper end of its interval
        """

class ContingencyResult:
    """
    Association in a table of counts.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def chi_squared(self) -> typing.Any:
        """
        Pearson's chi-square without continuity correction
        """
    @property
    def contingency_coefficient(self) -> typing.Any:
        """
        Pearson's C = sqrt(phi^2 / (1 + phi^2))
        """
    @property
    def cramers_v(self) -> typing.Any:
        """
        Cramer's V in [0, 1]
        """
    @property
    def cramers_v_corrected(self) -> typing.Any:
        """
        Cramer's V with Bergsma's bias correction
        """
    @property
    def dof(self) -> typing.Any:
        """
        degrees of freedom: (rows - 1)(columns - 1) of the rows and columns that are not empty
        """
    @property
    def g_p_value(self) -> typing.Any:
        """
        p-value of G
        """
    @property
    def g_statistic(self) -> typing.Any:
        """
        likelihood-ratio statistic G
        """
    @property
    def lower(self) -> typing.Any:
        """
        lower end of the interval for Cramer's V in the population
        """
    @property
    def min_expected(self) -> typing.Any:
        """
        smallest expected count; below 5 the chi-square p-value is rough: see fisher_exact
        """
    @property
    def n(self) -> typing.Any:
        """
        sum of the counts
        """
    @property
    def p_value(self) -> typing.Any:
        """
        p-value of chi-square
        """
    @property
    def phi(self) -> typing.Any:
        """
        sqrt(chi-square / n)
        """
    @property
    def tschuprow_t(self) -> typing.Any:
        """
        Tschuprow's T
        """
    @property
    def upper(self) -> typing.Any:
        """
        upper end of that interval
        """

class ProportionComparison:
    """
    Two proportions compared.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def cohen_h(self) -> typing.Any:
        """
        2 asin sqrt p1 - 2 asin sqrt p2
        """
    @property
    def cohen_h_lower(self) -> typing.Any:
        """
        lower end of its interval, variance 1/n1 + 1/n2
        """
    @property
    def cohen_h_upper(self) -> typing.Any:
        """
        upper end of its interval
        """
    @property
    def difference(self) -> typing.Any:
        """
        p1 - p2
        """
    @property
    def lower(self) -> typing.Any:
        """
        lower end of Newcombe's hybrid score interval
        """
    @property
    def odds_ratio(self) -> typing.Any:
        """
        odds of the first over odds of the second; NaN for 0 / 0
        """
    @property
    def odds_ratio_lower(self) -> typing.Any:
        """
        lower end of its Wald interval; [0, inf] when a count is 0
        """
    @property
    def odds_ratio_upper(self) -> typing.Any:
        """
        upper end of its Wald interval
        """
    @property
    def p1(self) -> typing.Any:
        """
        first proportion
        """
    @property
    def p2(self) -> typing.Any:
        """
        second proportion
        """
    @property
    def p_value(self) -> typing.Any:
        """
        its p-value
        """
    @property
    def p_value_corrected(self) -> typing.Any:
        """
        p-value with Yates' correction
        """
    @property
    def relative_risk(self) -> typing.Any:
        """
        p1 / p2; NaN for 0 / 0
        """
    @property
    def relative_risk_lower(self) -> typing.Any:
        """
        lower end of its log interval
        """
    @property
    def relative_risk_upper(self) -> typing.Any:
        """
        upper end of its log interval
        """
    @property
    def statistic(self) -> typing.Any:
        """
        chi-square with one degree of freedom, without correction
        """
    @property
    def upper(self) -> typing.Any:
        """
        upper end of that interval
        """

class FactorModel:
    """
    A fitted factor analysis.
    """

    kind: typing.ClassVar[str] = "stats.factor"
    @staticmethod
    def from_bytes(bytes: bytes) -> FactorModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def bic(self) -> typing.Any:
        """
        chi-square minus dof log n
        """
    @property
    def chi_squared(self) -> typing.Any:
        """
        test that k factors suffice, Bartlett's correction; NaN without degrees of freedom
        """
    @property
    def columns(self) -> typing.Any:
        """
        column names
        """
    @property
    def converged(self) -> typing.Any:
        """
        true when extraction and rotation converged
        """
    @property
    def dof(self) -> typing.Any:
        """
        its degrees of freedom ((p - k)^2 - (p + k)) / 2
        """
    @property
    def eigenvalues(self) -> typing.Any:
        """
        of the correlation matrix, falling: how many are above 1 suggests how many factors
        """
    @property
    def explained(self) -> typing.Any:
        """
        variance of the p columns that each factor explains, in columns
        """
    @property
    def factor_correlation(self) -> typing.Any:
        """
        k x k correlations of the factors; the identity for orthogonal rotations
        """
    @property
    def iterations(self) -> typing.Any:
        """
        iterations of the extraction
        """
    @property
    def kmo(self) -> typing.Any:
        """
        Kaiser-Meyer-Olkin measure of all; below 0.5 a factor analysis makes no sense
        """
    @property
    def loadings(self) -> typing.Any:
        """
        p x k loadings (pattern), factors in falling order of explained variance, signs making column sums positive
        """
    @property
    def mean(self) -> typing.Any:
        """
        column means
        """
    @property
    def n(self) -> typing.Any:
        """
        rows used
        """
    @property
    def p_value(self) -> typing.Any:
        """
        its p-value
        """
    @property
    def rmsea(self) -> typing.Any:
        """
        root mean square error of approximation
        """
    @property
    def sampling_adequacy(self) -> typing.Any:
        """
        Kaiser-Meyer-Olkin measure of each column, NaN when correlations are singular
        """
    @property
    def scale(self) -> typing.Any:
        """
        column standard deviations (n - 1)
        """
    @property
    def sphericity(self) -> typing.Any:
        """
        Bartlett's test that there are no correlations: chi-square with p (p - 1) / 2 degrees of freedom
        """
    @property
    def sphericity_p_value(self) -> typing.Any:
        """
        its p-value
        """
    @property
    def uniqueness(self) -> typing.Any:
        """
        share of each column's variance that is its own
        """
    @property
    def weights(self) -> typing.Any:
        """
        p x k weights of the standardised columns in the factor scores (Thurstone's regression method)
        """

def adjust_p(p: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], method: str) -> numpy.typing.NDArray[numpy.float64]: ...
def anova(
    values: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    group: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    level: typing.SupportsFloat | typing.SupportsIndex = 0.95,
) -> TestResult: ...
def association(x: tenure._core.Table, target: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1, **kwargs) -> typing.Any: ...
def bartlett(values: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], group: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]) -> TestResult: ...
def before_after(values: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], change: typing.SupportsInt | typing.SupportsIndex, **kwargs) -> typing.Any: ...
def cochran_armitage(
    events: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    totals: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    scores: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> TestResult: ...
def compare_groups(
    x: tenure._core.Table, group: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], *, threads: typing.SupportsInt | typing.SupportsIndex = 1, **kwargs
) -> typing.Any: ...
def contingency(
    counts: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], level: typing.SupportsFloat | typing.SupportsIndex = 0.95
) -> ContingencyResult: ...
def control_chart(
    values: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], totals: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], **kwargs
) -> typing.Any: ...
def correlation(x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1, **kwargs) -> typing.Any: ...
def cross_tabulate(x: tenure._core.Table) -> numpy.typing.NDArray[numpy.float64]: ...
def difference_ci(
    successes1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    trials1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    successes2: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    trials2: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    level: typing.SupportsFloat | typing.SupportsIndex,
) -> tuple: ...
def difference_in_differences(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    treated: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    post: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    unit: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    period: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    **kwargs,
) -> typing.Any: ...
def difference_p(
    successes1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    trials1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    successes2: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    trials2: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
) -> numpy.typing.NDArray[numpy.float64]: ...
def factor_scores(model: FactorModel, x: tenure._core.Table) -> numpy.typing.NDArray[numpy.float64]: ...
def fisher_exact(counts: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], level: typing.SupportsFloat | typing.SupportsIndex = 0.95) -> TestResult: ...
def fit_factors(x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1, **kwargs) -> FactorModel: ...
def kolmogorov_smirnov(
    a: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], b: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], **kwargs
) -> TestResult: ...
def kruskal_wallis(values: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], group: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]) -> TestResult: ...
def levene(values: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], group: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]) -> TestResult: ...
def mann_whitney(a: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], b: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], **kwargs) -> TestResult: ...
def mantel_haenszel(
    tables: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], level: typing.SupportsFloat | typing.SupportsIndex = 0.95
) -> TestResult: ...
def mcnemar(
    only_first: typing.SupportsFloat | typing.SupportsIndex, only_second: typing.SupportsFloat | typing.SupportsIndex, continuity: bool = True
) -> TestResult: ...
def poisson_ci(
    count: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    exposure: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    level: typing.SupportsFloat | typing.SupportsIndex,
) -> tuple: ...
def proportion_ci(
    successes: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    trials: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    level: typing.SupportsFloat | typing.SupportsIndex,
    method: str,
) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64]]: ...
def ratio_ci(
    successes1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    trials1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    successes2: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    trials2: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    level: typing.SupportsFloat | typing.SupportsIndex,
) -> tuple: ...
def t_test(a: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], b: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], **kwargs) -> TestResult: ...
def trend_test(
    values: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    level: typing.SupportsFloat | typing.SupportsIndex,
) -> typing.Any: ...
def two_proportions(
    x1: typing.SupportsFloat | typing.SupportsIndex,
    n1: typing.SupportsFloat | typing.SupportsIndex,
    x2: typing.SupportsFloat | typing.SupportsIndex,
    n2: typing.SupportsFloat | typing.SupportsIndex,
    level: typing.SupportsFloat | typing.SupportsIndex = 0.95,
) -> ProportionComparison: ...
def welch_anova(values: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], group: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]) -> TestResult: ...
def yates_chi_squared(counts: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> TestResult: ...
