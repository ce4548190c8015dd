"""Firth's correction, profile intervals, residuals and influence against R; what they refuse."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tenure
from tenure.learn import LogisticRegression, SeparationWarning

REFERENCE = Path(__file__).parents[2] / "reference" / "learn"
COLUMNS = ["age", "charges", "calls", "plan"]


@pytest.fixture(scope="module")
def rows():
    d = pd.read_csv(REFERENCE / "logistic_rows.csv")
    d["plan"] = pd.Categorical.from_codes(d["plan"], ["basic", "plus", "pro"])
    return d


@pytest.fixture(scope="module")
def results():
    table = pd.read_csv(REFERENCE / "logistic_more.csv")
    return {key: group["value"].to_numpy() for key, group in table.groupby(table["case"] + "." + table["quantity"])}


@pytest.fixture(scope="module")
def separated():
    return pd.read_csv(REFERENCE / "separated.csv")


def fitted(rows, penalty=None, weight=None, **kwargs):
    return LogisticRegression(penalty=penalty, **kwargs).fit(rows[COLUMNS], rows["y"], None if weight is None else rows[weight])


@pytest.mark.parametrize("case", ["plain", "weighted", "separated"])
def test_firth_equals_r(rows, separated, results, case):
    if case == "separated":
        model = LogisticRegression(penalty="firth").fit(separated[["x", "z"]], separated["y"])
    else:
        model = fitted(rows, "firth", "weight" if case == "weighted" else None)
    assert model.fit_info_["converged"]
    np.testing.assert_allclose(model.summary_["coefficient"], results[f"{case}.firth_coef"], rtol=1e-8)
    np.testing.assert_allclose(model.std_err_, results[f"{case}.firth_std_error"], rtol=1e-8)
    np.testing.assert_allclose(model.log_likelihood_, results[f"{case}.firth_log_likelihood"], rtol=1e-11)
    null = results[f"{case}.firth_null_log_likelihood"]
    np.testing.assert_allclose(model.likelihood_ratio_test()["statistic"], 2 * (model.log_likelihood_ - null[0]), rtol=1e-8)
    limits = model.confint()
    np.testing.assert_allclose(limits["lower"], results[f"{case}.firth_lower"], rtol=1e-6)
    np.testing.assert_allclose(limits["upper"], results[f"{case}.firth_upper"], rtol=1e-6)


@pytest.mark.parametrize("case", ["plain", "weighted"])
def test_profile_intervals_equal_the_exact_ones(rows, results, case):
    limits = fitted(rows, weight="weight" if case == "weighted" else None).confint()
    np.testing.assert_allclose(limits["lower"], results[f"{case}.profile_lower"], rtol=1e-7)
    np.testing.assert_allclose(limits["upper"], results[f"{case}.profile_upper"], rtol=1e-7)
    np.testing.assert_allclose(limits["odds_ratio_upper"], np.exp(limits["upper"]))


def test_profile_intervals_equal_confint_which_interpolates(rows, results):
    model = fitted(rows)
    limits = model.confint()
    for end in ("lower", "upper"):
        assert np.max(np.abs(limits[end] - results[f"plain.confint_{end}"]) / model.std_err_) < 1e-4


def test_intervals_do_not_depend_on_threads_units_or_the_order_of_rows(rows):
    one = fitted(rows).confint(level=0.9)
    pd.testing.assert_frame_equal(one, fitted(rows, n_jobs=2).confint(level=0.9))
    shuffled = rows.sample(frac=1, random_state=0).assign(charges=lambda d: d["charges"] * 1000)
    other = fitted(shuffled).confint(level=0.9)
    scale = np.array([1, 1, 1000, 1, 1, 1])
    np.testing.assert_allclose(other["lower"] * scale, one["lower"], rtol=1e-6)
    wald = fitted(rows).confint(method="wald")
    np.testing.assert_allclose(wald["lower"], fitted(rows).summary_["lower"])


def test_likelihood_ratio_tests_equal_r(rows, results):
    table = fitted(rows).joint_tests(method="lr")
    assert table["column"].tolist() == COLUMNS
    assert table["dof"].tolist() == [1, 1, 1, 2]
    np.testing.assert_allclose(table["statistic"], results["plain.lr_statistic"], rtol=1e-8)
    np.testing.assert_allclose(table["p_value"], results["plain.lr_p_value"], rtol=1e-8)
    smaller = LogisticRegression(penalty=None).fit(rows[COLUMNS[:3]], rows["y"])
    np.testing.assert_allclose(fitted(rows).likelihood_ratio_test(smaller)["statistic"], table["statistic"].iloc[3], rtol=1e-9)


def test_residuals_equal_r(rows, results):
    model = fitted(rows)
    for kind in ("deviance", "pearson", "response", "working"):
        np.testing.assert_allclose(model.residuals(kind), results[f"plain.{kind}"], rtol=1e-9)
    np.testing.assert_allclose((model.residuals() ** 2).sum(), model.deviance_)
    np.testing.assert_allclose(fitted(rows, weight="weight").residuals("pearson"), results["weighted.pearson"], rtol=1e-9)


def test_influence_equals_r(rows, results):
    table = fitted(rows).influence()
    for name in ("leverage", "standardised_pearson", "standardised_deviance", "cooks_distance"):
        np.testing.assert_allclose(table[name], results[f"plain.{name}"], rtol=1e-8)
    np.testing.assert_allclose(table["leverage"].sum(), 6)
    weighted = fitted(rows, weight="weight").influence()[rows["weight"] > 0]
    for name in ("leverage", "cooks_distance"):
        np.testing.assert_allclose(weighted[name], results[f"weighted.{name}"], rtol=1e-8)
    robust = fitted(rows, variance="hc1").influence()
    pd.testing.assert_frame_equal(robust, table)


def test_results_come_in_the_frame_of_the_rows(rows):
    model = LogisticRegression(penalty=None).fit(pl.from_pandas(rows[COLUMNS[:3]]), rows["y"])
    assert isinstance(model.influence(), pl.DataFrame)
    assert isinstance(model.confint(), pl.DataFrame)
    assert isinstance(model.joint_tests(method="lr", like=rows), pd.DataFrame)


def test_separation_is_refused_and_firth_proposed(separated):
    with pytest.warns(SeparationWarning, match="penalty='firth'"):
        model = LogisticRegression(penalty=None).fit(separated[["x", "z"]], separated["y"])
    with pytest.raises(tenure.NotSupported, match="penalty='firth'"):
        model.confint()
    table = LogisticRegression(penalty="firth").fit(separated[["x", "z"]], separated["y"]).joint_tests(method="lr")
    assert table["p_value"].iloc[0] < 0.01 < 0.2 < table["p_value"].iloc[1]


def test_quasi_separation_leaves_one_end_open():
    rare = pd.DataFrame({"flag": [1.0] * 5 + [0.0] * 15, "z": np.linspace(-1, 1, 20)})
    y = [1] * 5 + [0, 1] * 7 + [0]
    limits = LogisticRegression(penalty="firth").fit(rare, y).confint()
    assert np.isfinite(limits["lower"]).all()
    assert limits["upper"].iloc[1] > 3


def test_dependent_columns_have_no_interval(rows):
    X = rows[["age"]].assign(twice=2 * rows["age"])
    with pytest.warns(UserWarning, match="left out.*twice"):
        model = LogisticRegression(penalty="firth").fit(X, rows["y"])
    assert np.isnan(model.confint()["upper"].iloc[2])
    assert model.joint_tests(method="lr")["column"].tolist() == ["age"]


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda d: fitted(d, "l2").confint(), "penalty biases"),
        (lambda d: fitted(d, "l2").influence(), "penalty biases"),
        (lambda d: fitted(d).confint(level=1.5), "level.*between 0 and 1"),
        (lambda d: fitted(d).confint(method="exact"), "method = 'exact'"),
        (lambda d: fitted(d, variance="hc1").confint(), "use method='wald'"),
        (lambda d: fitted(d).joint_tests(method="score"), "method = 'score'"),
        (lambda d: fitted(d).residuals("martingale"), "kind.*martingale"),
        (lambda d: fitted(d, "firth", variance="hc0"), "variance.*'model'"),
        (lambda d: fitted(d, "firth").likelihood_ratio_test(fitted(d, "firth")), "joint tests"),
        (lambda d: tenure.learn.LogisticRegression.from_bytes(fitted(d).to_bytes()).residuals(), "fit again"),
    ],
)
def test_bad_input(rows, use, message):
    with pytest.raises((ValueError, tenure.NotSupported), match=message):
        use(rows)
