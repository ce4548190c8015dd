"""Group tests, tables of counts and proportions against R's numbers (tests/reference/stats)."""

import json
import pathlib

import numpy as np
import pandas as pd
import pytest

from tenure import InvalidInput, NotSupported, stats

HERE = pathlib.Path(__file__).resolve().parents[2] / "reference" / "stats"
R = json.loads((HERE / "stats.json").read_text())
DATA = pd.read_csv(HERE / "stats_customers.csv")
STAYED, LEFT = DATA.loc[DATA["churn"] == 0, "charge"], DATA.loc[DATA["churn"] == 1, "charge"]


def agrees(found, case, rel=1e-9):
    assert found.statistic == pytest.approx(case["statistic"], rel=rel)
    assert found.p_value == pytest.approx(case["p"], rel=rel)


def test_two_samples():
    case = R["two_sample"]
    agrees(stats.t_test(STAYED, LEFT), case["t_welch"])
    agrees(stats.t_test(STAYED, LEFT, equal_variance=True), case["t_equal_var"])
    agrees(stats.mann_whitney(STAYED, LEFT), case["mann_whitney_corrected"])
    agrees(stats.mann_whitney(STAYED, LEFT, continuity=False), case["mann_whitney_uncorrected"])
    agrees(stats.mann_whitney(STAYED[:12], LEFT[:12]), case["mann_whitney_exact_first12"])
    agrees(stats.kolmogorov_smirnov(STAYED, LEFT), case["ks"])


def test_several_groups():
    case = R["k_sample"]
    found = stats.anova(DATA["charge"], DATA["contract"])
    assert [found.statistic, found.p_value, found.effect] == pytest.approx([case["anova"]["F"], case["anova"]["p"], case["anova"]["eta2"]], rel=1e-9)
    agrees(stats.welch_anova(DATA["charge"], DATA["contract"]), case["welch"])
    agrees(stats.kruskal_wallis(DATA["charge"], DATA["contract"]), case["kruskal"])
    agrees(stats.kruskal_wallis(DATA["satisfaction"], DATA["contract"]), case["kruskal_ties_satisfaction"])
    agrees(stats.bartlett(DATA["charge"], DATA["contract"]), case["bartlett"])
    assert stats.levene(DATA["charge"], DATA["contract"]).p_value == pytest.approx(case["levene_median"]["p"], rel=1e-9)


@pytest.mark.parametrize("name", list(R["tables"]))
def test_tables(name):
    case = R["tables"][name]
    found = stats.contingency(case["counts"])
    assert [found.chi_squared, found.dof, found.p_value] == pytest.approx([case["chisq"]["statistic"], case["chisq"]["df"], case["chisq"]["p"]], rel=1e-9)
    assert [found.g_statistic, found.g_p_value] == pytest.approx([case["G_test"]["statistic"], case["G_test"]["p"]], rel=1e-9)
    cramer = case["cramer"]
    expected = [cramer["V"], cramer["V_bias_corrected"], cramer["contingency_C"], cramer["tschuprow_T"]]
    assert [found.cramers_v, found.cramers_v_corrected, found.contingency_coefficient, found.tschuprow_t] == pytest.approx(expected, rel=1e-9)
    if np.shape(case["counts"])[1] == 2:
        assert stats.fisher_exact(case["counts"]).p_value == pytest.approx(case["fisher"]["p"], rel=1e-6)
    else:
        with pytest.raises(NotSupported):
            stats.fisher_exact(case["counts"])
    if "chisq_yates" in case:
        agrees(stats.yates_chi_squared(case["counts"]), case["chisq_yates"])


def test_paired_trend_and_strata():
    case = R["mcnemar"]
    agrees(stats.mcnemar(34, 39), case["corrected"])
    assert stats.mcnemar(34, 39).effect == pytest.approx(case["exact_p"], rel=1e-9)
    case = R["cochran_armitage"]
    found = stats.cochran_armitage(case["x"], case["n"])
    assert [found.statistic, found.p_value] == pytest.approx([case["z"], case["p"]], rel=1e-9)
    tables = [stats.crosstab(part["autopay"], part["churn"]) for _, part in DATA.groupby("region")]
    found = stats.mantel_haenszel(tables)
    case = R["cmh_autopay_churn_by_region"]
    agrees(found, case)
    assert [found.estimate, found.lower, found.upper] == pytest.approx([case["estimate"], *case["ci"]], rel=1e-9)


def test_two_proportions():
    case = R["two_proportions"]
    found = stats.two_proportions(58, 195, 45, 225)
    assert [found.lower, found.upper] == pytest.approx(case["newcombe_ci"], rel=1e-9)
    assert [found.relative_risk, found.relative_risk_lower, found.relative_risk_upper] == pytest.approx([case["relative_risk"], *case["rr_ci_log"]], rel=1e-9)
    assert [found.p_value, found.p_value_corrected] == pytest.approx([case["chisq_uncorrected"]["p"], case["chisq_corrected"]["p"]], rel=1e-9)


def test_results_read_well():
    assert repr(stats.t_test([1, 2, 3.0], [2, 3, 5.0])).startswith("TestResult(statistic=-")
    assert np.isnan(stats.kolmogorov_smirnov(STAYED, LEFT).dof)


@pytest.mark.parametrize(
    "call",
    [
        lambda: stats.t_test([1.0], [1.0, 2.0]),
        lambda: stats.t_test(["a", "b"], [1.0, 2.0]),
        lambda: stats.mann_whitney([1.0, np.inf], [1.0]),
        lambda: stats.anova([1.0, 2.0], ["a", "a"]),
        lambda: stats.contingency([[1.0, -2.0], [3.0, 4.0]]),
        lambda: stats.fisher_exact([[1.5, 2.0], [3.0, 4.0]]),
        lambda: stats.two_proportions(5, 4, 1, 2),
        lambda: stats.cochran_armitage([1, 2], [3], [1, 2]),
        lambda: stats.mcnemar(-1, 2),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InvalidInput):
        call()
