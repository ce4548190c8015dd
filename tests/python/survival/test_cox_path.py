import numpy as np
import pytest

import tenure
from survival.reference import case, close
from tenure.survival import CoxPath, CoxPH, outcome


@pytest.mark.parametrize(
    ("name", "time", "event", "l1_ratio"), [("coxnet_lasso_pbc_scaled", "time", "death", 1.0), ("coxnet_enet_gbsg2_scaled", "time", "cens", 0.5)]
)
def test_matches_glmnet(name, time, event, l1_ratio):
    values, data = case(name)
    X = data[values["names"]]
    model = CoxPath(l1_ratio=l1_ratio, alphas=values["lambda"]).fit(X, outcome(data[time], data[event]))
    sd = X.to_numpy().std(axis=0)
    np.testing.assert_allclose(model.coef_path_ * sd, np.array(values["coef"]) * sd, atol=1e-6, rtol=0)
    np.testing.assert_allclose(model.deviance_ratio_, values["dev_ratio"], atol=1e-7)
    close(model.model_.null_deviance, values["nulldev"], 1e-8)


def test_cross_validation_chooses_and_saves(tmp_path):
    values, data = case("coxnet_lasso_pbc_scaled")
    X, y = data[values["names"]], outcome(data["time"], data["death"])
    model = CoxPath(cv=5, n_alphas=25).fit(X, y)
    table = model.cv_table_
    assert model.alpha_ == table["alpha"][table["deviance"].idxmin()]
    assert CoxPath(cv=5, n_alphas=25, rule="sparse").fit(X, y).alpha_ >= model.alpha_
    model.save(tmp_path / "path.tenure")
    np.testing.assert_array_equal(tenure.load(tmp_path / "path.tenure").predict(X), model.predict(X))
    assert model.score(X, y) > 0.8


@pytest.mark.parametrize("late", [False, True])
def test_a_weight_counts_as_so_many_rows(late):
    random = np.random.default_rng(7)
    X, weight = random.normal(size=(200, 5)) * [1, 3, 1, 0.2, 1], random.integers(1, 4, 200)
    entry = random.uniform(0, 0.3, 200) if late else np.zeros(200)
    y = outcome(entry + random.exponential(np.exp(-X[:, 0])), random.random(200) < 0.7, entry=entry if late else None)
    many = np.repeat(np.arange(200), weight)
    for fit in (
        lambda *a, **k: CoxPath(n_alphas=20, l1_ratio=0.7, tol=1e-10).fit(*a, **k),
        lambda *a, **k: CoxPH(ties="breslow", alpha=0.05, l1_ratio=0.7).fit(*a, **k),
    ):
        once, repeated = fit(X, y, sample_weight=weight), fit(X[many], y[many])
        coef = "coef_path_" if isinstance(once, CoxPath) else "coef_"
        np.testing.assert_allclose(getattr(once, coef), getattr(repeated, coef), rtol=0, atol=1e-7)


def test_more_columns_than_rows():
    random = np.random.default_rng(1)
    X = random.normal(size=(60, 150))
    y = outcome(random.exponential(np.exp(-2 * X[:, 3])), np.ones(60))
    path = CoxPath(n_alphas=30).fit(X, y).coef_path_
    assert np.argmax(np.abs(path[3])) == 3
    assert (path[0] == 0).all()


def test_refusals():
    X, y = np.array([[1.0], [2], [4], [3]]), outcome([1, 2, 3, 4], [1, 1, 0, 1])
    with pytest.raises(ValueError, match="must be > 0 and descend"):
        CoxPath(alphas=[0.1, 0.2]).fit(X, y)
    with pytest.raises(ValueError, match="l1_ratio = 0"):
        CoxPath(l1_ratio=0).fit(X, y)
    with pytest.raises(ValueError, match="rule: is 'first'"):
        CoxPath(rule="first").fit(X, y)
    with pytest.raises(AttributeError, match="needs a cross-validation"):
        _ = CoxPath().fit(X, y).cv_table_
