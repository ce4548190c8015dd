"""LogisticRegression against R, and what Python adds."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression as Sklearn

import tenure
from tenure import _core
from tenure.learn import LogisticRegression, SeparationWarning

REFERENCE = Path(__file__).parents[2] / "reference" / "learn"


@pytest.fixture(scope="module")
def rows():
    d = pd.read_csv(REFERENCE / "logistic_rows.csv")
    d["plan"] = pd.Categorical.from_codes(d["plan"], ["basic", "plus", "pro"])
    return d


@pytest.fixture(scope="module")
def results():
    table = pd.read_csv(REFERENCE / "logistic_results.csv")
    return {key: group["value"].to_numpy() for key, group in table.groupby(table["case"] + "." + table["quantity"])}


COLUMNS = ["age", "charges", "calls", "plan"]


def exact(**kwargs):
    return LogisticRegression(penalty=None, **kwargs)


@pytest.mark.parametrize(("case", "extra"), [("plain", {}), ("weighted", {"sample_weight": "weight"}), ("offset", {"offset": "offset"})])
def test_equals_r(rows, results, case, extra):
    model = exact().fit(rows[COLUMNS], rows["y"], **{k: rows[v] for k, v in extra.items()})
    summary = model.summary_
    assert summary["term"].tolist() == ["intercept", "age", "charges", "calls", "plan[plus]", "plan[pro]"]
    for column, quantity, tolerance in [("coefficient", "coef", 1e-9), ("std_error", "std_error", 1e-8), ("p_value", "p_value", 1e-6)]:
        np.testing.assert_allclose(summary[column], results[f"{case}.{quantity}"], rtol=tolerance)
    np.testing.assert_allclose(np.r_[model.intercept_, model.coef_[0]], summary["coefficient"])
    np.testing.assert_allclose(model.std_err_, summary["std_error"])
    np.testing.assert_allclose(model.odds_ratios_, np.exp(summary["coefficient"]))
    np.testing.assert_allclose(model.covariance_.ravel(), results[f"{case}.covariance"], rtol=1e-6)
    for name in ("deviance", "null_deviance", "aic"):
        np.testing.assert_allclose(getattr(model, name + "_"), results[f"{case}.{name}"], rtol=1e-12)


@pytest.mark.parametrize("variance", ["hc0", "hc1", "cluster"])
def test_robust_errors_equal_r(rows, results, variance):
    cluster = rows["cluster"].map("c{}".format) if variance == "cluster" else None
    model = exact(variance=variance).fit(rows[COLUMNS], rows["y"], cluster=cluster)
    np.testing.assert_allclose(model.std_err_, results[f"plain.{variance}"], rtol=1e-8)


def test_tests_equal_r(rows, results):
    large, small = exact().fit(rows[COLUMNS], rows["y"]), exact().fit(rows[COLUMNS[:3]], rows["y"])
    np.testing.assert_allclose(list(large.likelihood_ratio_test(small).values()), results["plain.lr_plan"], rtol=1e-9)
    joint = large.joint_tests().set_index("column").loc["plan"]
    np.testing.assert_allclose(joint.to_numpy(), results["plain.wald_plan"], rtol=1e-8)


@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_ridge_equals_scikit_learn(rows, C, weighted):
    X = rows[COLUMNS[:3]].to_numpy()
    X = (X - X.mean(0)) / X.std(0)
    weight = rows["weight"].to_numpy(float) if weighted else None
    ours = LogisticRegression(C=C).fit(X, rows["y"], weight)
    theirs = Sklearn(C=C, tol=1e-12, solver="newton-cholesky").fit(X, rows["y"], weight)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-8)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-8)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-10)
    np.testing.assert_allclose(ours.predict_log_proba(X), theirs.predict_log_proba(X), atol=1e-10)


def test_class_weights_equal_scikit_learn_and_the_intercept_can_be_corrected(rows):
    X = rows[["charges", "calls"]].to_numpy() / 50
    ours = LogisticRegression(class_weight="balanced").fit(X, rows["y"])
    np.testing.assert_allclose(ours.coef_, Sklearn(class_weight="balanced", tol=1e-12, solver="newton-cholesky").fit(X, rows["y"]).coef_, rtol=1e-8)
    corrected = LogisticRegression(penalty=None, class_weight="balanced", correct_intercept=True).fit(X, rows["y"])
    assert abs(corrected.predict_proba(X)[:, 1].mean() - rows["y"].mean()) < 0.02
    assert abs(ours.predict_proba(X)[:, 1].mean() - 0.5) < 0.05


def test_inference_is_refused_with_the_reason_when_penalised(rows):
    model = LogisticRegression().fit(rows[COLUMNS], rows["y"])
    for name in ("std_err_", "z_values_", "p_values_", "odds_ratios_", "summary_", "covariance_"):
        with pytest.raises(tenure.NotSupported, match="the penalty biases the coefficients"):
            getattr(model, name)


def test_labels_of_any_kind(rows):
    text = np.where(rows["y"] == 1, "left", "ended up staying")
    model = exact().fit(rows[COLUMNS], text)
    assert model.classes_.tolist() == ["ended up staying", "left"]
    assert set(model.predict(rows[COLUMNS])) <= set(text)
    assert exact().fit(rows[COLUMNS], rows["y"] == 1).predict(rows[COLUMNS]).dtype == bool
    np.testing.assert_array_equal(model.coef_, exact().fit(rows[COLUMNS], rows["y"]).coef_)


def test_summary_in_the_callers_kind_of_frame(rows):
    X = pl.from_pandas(rows[COLUMNS[:3]])
    assert isinstance(exact().fit(X, pl.Series(rows["y"])).summary(like=X), pl.DataFrame)


def test_separation_and_dependent_columns_are_said():
    X = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, 6], "twice": [2.0, 4, 6, 8, 10, 12]})
    with pytest.warns(SeparationWarning, match="separated by x"), pytest.warns(UserWarning, match="left out.*twice"):
        exact().fit(X, [0, 0, 0, 1, 1, 1])
    with pytest.warns(ConvergenceWarning, match="no convergence in 2 passes"):
        exact(max_iter=1).fit(X[["x"]], [0, 1, 0, 1, 0, 1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [0, 1, 2] * 100}, "y has 3 labels"),
        ({"y": [1] * 300}, "only one class"),
        ({"y": [0, 1]}, "inconsistent numbers of samples"),
        ({"sample_weight": [0.0] * 300}, "sample_weight.*zero"),
        ({"sample_weight": [-1.0] * 300}, "sample_weight.*>= 0"),
        ({"offset": [0.0] * 299}, "offset.*one value a row"),
        ({"penalty": "l3"}, "penalty = 'l3'"),
        ({"C": 0}, "C = 0"),
        ({"variance": "cluster"}, "cluster.*needed"),
        ({"max_iter": 0}, "max_iterations"),
    ],
)
def test_bad_input(rows, change, message):
    fit = {"X": rows[COLUMNS], "y": rows["y"]}
    parameters = {k: v for k, v in change.items() if k in LogisticRegression().get_params()}
    fit |= {k: v for k, v in change.items() if k not in parameters}
    with pytest.raises(ValueError, match=message):
        LogisticRegression(**parameters).fit(**fit)


def test_missing_values_and_new_levels_name_column_and_row(rows):
    X = rows[COLUMNS].copy()
    X.loc[17, "charges"] = np.nan
    with pytest.raises(ValueError, match=r"charges.*row 17"):
        exact().fit(X, rows["y"])
    model = exact().fit(rows[COLUMNS], rows["y"])
    new = rows[COLUMNS].assign(plan="gold")
    with pytest.raises(ValueError, match=r"plan.*'gold'.*not seen in training"):
        model.predict_proba(new)


def test_a_hostile_model_is_refused(rows):
    model = exact().fit(rows[COLUMNS], rows["y"]).model_
    fields = model.to_dict()
    assert fields["info"]["converged"]
    broken = model.with_intercept(float("nan"))
    with pytest.raises(tenure.BadFile, match="intercept is not finite"):
        _core.learn.LogisticModel.from_bytes(broken.to_bytes())


@pytest.mark.parametrize(("l1_ratio", "penalty"), [(0.0, "l2"), (1.0, "l1"), (0.4, "elasticnet")])
def test_the_ratio_alone_decides_the_penalty(l1_ratio: float, penalty: str) -> None:
    """As newer scikit-learn has it, where `penalty` is on its way out."""
    random = np.random.default_rng(5)
    X = random.normal(size=(200, 4))
    y = X[:, 0] + random.normal(size=200) > 0
    named = LogisticRegression(penalty=penalty, l1_ratio=l1_ratio, C=0.1).fit(X, y)
    by_ratio = LogisticRegression(l1_ratio=l1_ratio, C=0.1, dual=False, intercept_scaling=1, warm_start=True, verbose=0).fit(X, y)
    assert np.array_equal(by_ratio.coef_, named.coef_)
    with pytest.raises(ValueError, match="l1_ratio = -1"):
        LogisticRegression(l1_ratio=-1).fit(X, y)


def test_balanced_classes_are_balanced_by_weight() -> None:
    """Rows of weight two are two rows to "balanced", too."""
    random = np.random.default_rng(6)
    X = random.normal(size=(150, 3))
    y = X[:, 0] + random.normal(size=150) > 0.8
    weight = random.integers(0, 4, 150)
    weighted = LogisticRegression(class_weight="balanced").fit(X, y, weight)
    repeated = LogisticRegression(class_weight="balanced").fit(np.repeat(X, weight, axis=0), np.repeat(y, weight))
    assert np.allclose(weighted.coef_, repeated.coef_, rtol=1e-9)
    assert np.allclose(weighted.intercept_, repeated.intercept_, rtol=1e-9)


@pytest.mark.parametrize("penalty", [None, "l2"])
def test_a_large_table_has_the_same_fit_in_any_order(penalty: str | None) -> None:
    """Its fit starts from a sample of the rows: which rows must not matter, nor a column that is constant in the sample."""
    random = np.random.default_rng(8)
    n = 60_000
    X = random.normal(size=(n, 4)) * [1, 30, 0.01, 1] + [0, 100, 5, 0]
    X[:, 3] = 0
    X[random.choice(n - 2000, 40, replace=False) + 1000, 3] = 1
    y = random.random(n) < 1 / (1 + np.exp(1 - X[:, 0] - 0.02 * (X[:, 1] - 100)))
    weight = random.integers(0, 3, n).astype(float)
    order = random.permutation(n)
    for given in (None, weight):
        model = LogisticRegression(penalty=penalty, C=0.01).fit(X, y, given)
        other = LogisticRegression(penalty=penalty, C=0.01).fit(X[order], y[order], None if given is None else given[order])
        assert np.allclose(model.coef_, other.coef_, rtol=1e-8)
        assert np.isclose(model.log_likelihood_, other.log_likelihood_, rtol=1e-12)
        assert np.array_equal(LogisticRegression(penalty=penalty, C=0.01, n_jobs=2).fit(X, y, given).coef_, model.coef_)
        residual = (model.predict_proba(X)[:, 1] - y) * (1 if given is None else given)
        gradient = np.r_[residual.sum(), X.T @ residual + (0 if penalty is None else 100 * model.coef_[0])]
        assert np.all(np.abs(gradient) < 1e-7 * n)
        if penalty is None:
            assert np.allclose(model.std_err_, other.std_err_, rtol=1e-8)
    for bad in (np.nan, np.inf):
        spoilt = X.copy()
        spoilt[n - 1, 1] = bad
        with pytest.raises(ValueError, match=r"NaN|infinity"):
            LogisticRegression(penalty=penalty).fit(spoilt, y)
