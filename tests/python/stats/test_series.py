"""Trends, control charts and effects against R's numbers (tests/reference/stats) and statsmodels' formulas."""

import json
import pathlib

import numpy as np
import pandas as pd
import pytest

from tenure import InvalidInput
from tenure.stats import before_after, control_chart, difference_in_differences, trend_test

HERE = pathlib.Path(__file__).resolve().parents[2] / "reference" / "stats"
R = json.loads((HERE / "stats.json").read_text())
SERIES = pd.read_csv(HERE / "stats_series.csv")
DID = pd.read_csv(HERE / "stats_did.csv")
BASELINE = int(SERIES["baseline"].sum())
CHARTS = {"baseline": BASELINE}


@pytest.mark.parametrize(
    ("name", "values"), [("churn_rate", SERIES["churned"] / SERIES["at_risk"]), ("usage", SERIES["usage"]), ("flat_with_ties", (SERIES["usage"] / 20).round())]
)
def test_trend_agrees_with_r(name, values):
    found, case = trend_test(values), R["mann_kendall"][name]
    assert [found.score, found.variance, found.statistic, found.p_value] == pytest.approx([case["S"], case["var_S"], case["z"], case["p"]], rel=1e-12)
    assert [found.tau, found.slope] == pytest.approx([case["tau_b"], case["sen_slope"]], rel=1e-9)


def test_sens_interval_agrees_with_scipy_without_ties():
    from scipy.stats import theilslopes

    random = np.random.default_rng(4)
    y = 0.05 * np.arange(40) + random.normal(size=40)
    slope, intercept, *_ = theilslopes(y, np.arange(40), method="joint")
    found = trend_test(y)
    assert [found.slope, found.intercept] == pytest.approx([slope, intercept], rel=1e-12)
    assert found.lower < slope < found.upper


def test_proportion_charts_agree_with_r():
    case = R["p_chart"]
    found = control_chart(SERIES["churned"], SERIES["at_risk"], **CHARTS)
    assert found.centre == pytest.approx(case["centre"], rel=1e-12)
    np.testing.assert_allclose(found.lower, case["lcl"], rtol=1e-12)
    np.testing.assert_allclose(found.upper, case["ucl"], rtol=1e-12)
    assert found.signals == case["signal_rows"]
    laney = control_chart(SERIES["churned"], SERIES["at_risk"], kind="laney", **CHARTS)
    assert laney.sigma == pytest.approx(case["laney_sigma_z"], rel=1e-12)
    np.testing.assert_allclose(laney.upper - laney.centre, (found.upper - found.centre) * laney.sigma, rtol=1e-12)


def test_value_charts_agree_with_r():
    ewma, case = control_chart(SERIES["usage"], kind="ewma", **CHARTS), R["ewma"]
    for key, expected in (("value", "ewma"), ("lower", "lcl"), ("upper", "ucl")):
        np.testing.assert_allclose(getattr(ewma, key), case[expected], rtol=1e-12)
    assert ewma.signals == case["signal_rows"]
    cusum, case = control_chart(SERIES["usage"], kind="cusum", **CHARTS), R["cusum"]
    np.testing.assert_allclose(cusum.value, case["upper"], atol=1e-10)
    np.testing.assert_allclose(cusum.fall, case["lower"], atol=1e-10)
    assert cusum.signals[0] == case["first_signal_row"]
    single, case = control_chart(SERIES["usage"], kind="individuals", **CHARTS), R["individuals_chart"]
    assert [single.centre, single.sigma, single.lower[0], single.upper[0]] == pytest.approx(
        [case["centre"], case["sigma_from_moving_range"], case["lcl"], case["ucl"]], rel=1e-12
    )


def test_charts_plot_and_tabulate():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    for kind in ("ewma", "cusum"):
        chart = control_chart(SERIES["usage"], kind=kind, **CHARTS)
        chart.plot()
        assert chart.table["signal"].sum() == len(chart.signals)


def test_difference_in_differences_agrees_with_r():
    case = R["did"]
    found = difference_in_differences(DID["y"], DID["treated"], DID["post"], unit=DID["unit"], period=DID["period"])
    assert found.estimate == pytest.approx(case["estimate"], rel=1e-12)
    assert found.effects["std_error"].tolist() == pytest.approx([case["se_classical"], case["se_hc1"], case["se_cluster_unit"]], rel=1e-11)
    assert found.effects["p_value"].iloc[0] == pytest.approx(case["p_classical"], rel=1e-9)
    assert found.means["treated_after"] == pytest.approx(case["cell_means"]["treated1_post1"], rel=1e-12)
    named = difference_in_differences(DID["y"], DID["treated"].astype(bool), DID["post"] == 1, unit="u" + DID["unit"].astype(str))
    assert named.effects["std_error"].iloc[2] == pytest.approx(case["se_cluster_unit"], rel=1e-11)
    assert np.isnan(named.pretrend_p_value)


def test_pretrend_finds_groups_that_drift_apart():
    random = np.random.default_rng(0)
    unit, period = np.repeat(np.arange(40), 10), np.tile(np.arange(10), 40)
    treated, post = (unit < 20).astype(int), (period >= 6).astype(int)
    flat = random.normal(size=400)
    assert difference_in_differences(flat, treated, post, unit=unit, period=period).pretrend_p_value > 0.01
    assert difference_in_differences(flat + treated * period, treated, post, unit=unit, period=period).pretrend_p_value < 1e-6


def newey_west(y, X, lags):
    n, k = X.shape
    b = np.linalg.solve(X.T @ X, X.T @ y)
    s = X * (y - X @ b)[:, None]
    meat = s.T @ s
    for lag in range(1, lags + 1):
        part = s[lag:].T @ s[:-lag]
        meat += (1 - lag / (lags + 1)) * (part + part.T)
    bread = np.linalg.inv(X.T @ X)
    return b, np.sqrt(np.diag(bread @ meat @ bread) * n / (n - k))


@pytest.mark.parametrize("season", [None, 12])
def test_before_after_is_segmented_regression(season):
    y = SERIES["usage"].to_numpy()
    t, change = np.arange(len(y)), 24
    X = np.column_stack([np.ones(len(y)), t, t >= change, np.maximum(t - change, 0)])
    if season:
        X = np.column_stack([X, *[t % season == k for k in range(1, season)]])
    found = before_after(y, change, season=season, lags=3)
    b, error = newey_west(y, X.astype(float), 3)
    order = [2, 3, 1, 0]
    np.testing.assert_allclose(found.effects["estimate"][:4], b[order], rtol=1e-9)
    np.testing.assert_allclose(found.effects["std_error"][:4], error[order], rtol=1e-9)
    np.testing.assert_allclose(found.fitted, X @ b, rtol=1e-9)
    np.testing.assert_allclose(found.expected[:change], found.fitted[:change], rtol=1e-12)
    assert found.level_change == found.effects["estimate"].iloc[0]
    assert (found.n_before, found.n_after, found.lags) == (24, 12, 3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: trend_test([1.0, 2.0]),
        lambda: trend_test(["a", "b", "c"]),
        lambda: control_chart([1, 2, 3]),
        lambda: control_chart([5, 2], [3, 3]),
        lambda: control_chart([1, 2, 3], kind="ewma", baseline=1),
        lambda: control_chart([1, np.nan, 3], kind="ewma"),
        lambda: control_chart([1, 2, 3], kind="shewhart"),
        lambda: before_after(range(20), 1),
        lambda: before_after(range(20), -3),
        lambda: before_after(range(20), 10, season=11),
        lambda: difference_in_differences([1, 2, 3, 4], [0, 0, 1, 1], [0, 1, 0, 2]),
        lambda: difference_in_differences([1, 2, 3, 4], [0, 0, 1, 1], [0, 0, 0, 1]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InvalidInput):
        call()
