import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV

import tenure
from survival.reference import case, close
from tenure import _core
from tenure._frames import to_table
from tenure.survival import CoxPath, CoxPH, outcome


def data(n=300, p=6, ties=True, seed=0):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, p))
    time = random.exponential(np.exp(-X[:, 0] + 0.5 * X[:, 1]))
    time = np.ceil(5 * time) if ties else time
    return X, outcome(time, random.random(n) < 0.7)


@pytest.mark.parametrize("l1_ratio", [0.3, 1.0])
def test_elastic_net_is_the_path_at_one_penalty(l1_ratio):
    X, y = data()
    model = CoxPH(alpha=0.05, l1_ratio=l1_ratio, ties="breslow").fit(X, y)
    path = CoxPath(l1_ratio=l1_ratio, alphas=[0.05], tol=1e-9).fit(X, y)
    np.testing.assert_allclose(model.coef_, path.coef_, atol=1e-7)
    assert (model.coef_ == 0).any()


def test_matches_glmnet():
    values, frame = case("coxnet_lasso_pbc_scaled")
    at = 12
    y = outcome(frame["time"], frame["death"])
    model = CoxPH(alpha=values["lambda"][at], l1_ratio=1.0, ties="breslow").fit(frame[values["names"]], y)
    np.testing.assert_allclose(model.coef_, values["coef"][at], atol=1e-5)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_is_the_minimum_with_ties_strata_and_offsets(ties):
    X, y = data(seed=1)
    random = np.random.default_rng(2)
    strata, offset, weight = random.integers(0, 3, 300), random.normal(size=300), random.integers(1, 4, 300).astype(float)
    alpha, ratio = 0.03, 0.7
    model = CoxPH(alpha=alpha, l1_ratio=ratio, ties=ties).fit(X, y, sample_weight=weight, strata=strata, offset=offset)
    sums = _core.survival.CoxSums(to_table(X), model.coef_)
    sums.add(to_table(X), y["time"], y["event"], weight=weight, strata=strata, offset=offset)
    spread = np.sqrt(np.cov(X.T, fweights=weight.astype(int), ddof=0).diagonal())
    slope = sums.finish(ties).gradient / weight.sum() / spread  # of standardised columns
    scaled = model.coef_ * spread
    inside = scaled != 0
    np.testing.assert_allclose(slope[inside], alpha * (ratio * np.sign(scaled) + (1 - ratio) * scaled)[inside], atol=1e-7)
    assert (np.abs(slope[~inside]) <= alpha * ratio + 1e-9).all()


def test_predicts_but_refuses_inference(tmp_path):
    X, y = data()
    model = CoxPH(alpha=0.05, l1_ratio=1.0).fit(X, y)
    assert model.predict_survival(X[:3], [1, 5]).shape == (3, 2)
    assert list(model.summary_.columns) == ["column", "coef", "hazard_ratio"]
    assert model.residuals("martingale").shape == (300,)
    assert 0.5 < model.concordance_ < 1
    for refused in (
        lambda: model.std_err_,
        lambda: model.wald_test_,
        lambda: model.check_proportional_hazards(),
        lambda: model.predict_survival_limits(X, [1]),
        lambda: model.residuals("dfbeta"),
        lambda: model.plot(),
    ):
        with pytest.raises(AttributeError, match="chooses and shrinks"):
            refused()
    with pytest.raises(ValueError, match="robust: an elastic net"):
        CoxPH(alpha=0.05, l1_ratio=1.0, robust=True).fit(X, y)
    with pytest.raises(TypeError, match="no standard error holds"):
        CoxPH(alpha=0.05, l1_ratio=1.0).fit(X, y, cluster=np.arange(300))
    with pytest.raises(TypeError, match="exact ties"):
        CoxPH(alpha=0.05, l1_ratio=1.0, ties="exact").fit(X, y)
    with pytest.raises(ValueError, match=r"l1_ratio = 2: must be in \[0, 1\]"):
        CoxPH(alpha=0.05, l1_ratio=2).fit(X, y)
    np.testing.assert_allclose(CoxPH(alpha=0, l1_ratio=1.0).fit(X, y).coef_, CoxPH().fit(X, y).coef_, rtol=1e-12)  # no penalty at all
    model.save(tmp_path / "model.tenure")
    np.testing.assert_array_equal(tenure.load(tmp_path / "model.tenure").predict_survival(X, [1, 5]), model.predict_survival(X, [1, 5]))
    assert GridSearchCV(CoxPH(l1_ratio=0.5), {"alpha": [0.01, 0.1]}, cv=2).fit(X, y).best_params_["alpha"] > 0


def passes(chunks, coef, center, ties):
    """The two passes of a Newton step over chunks, merged as a tree of workers would."""
    table = to_table(chunks[0]["x"])
    parts = []
    for chunk in chunks:
        part = _core.survival.CoxSums(table, coef, center)
        part.add(**(chunk | {"x": to_table(chunk["x"])}))
        parts.append(pickle.loads(pickle.dumps(part)))
    while len(parts) > 1:
        parts[0].merge(parts.pop())
    sets = parts[0].finish(ties)
    total = _core.survival.CoxInformation(sets)
    for chunk in chunks:
        part = _core.survival.CoxInformation(sets)
        part.add(**(chunk | {"x": to_table(chunk["x"])}))
        total.merge(part)
    return sets, total.finish()


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_chunks_of_rows_give_gradient_and_hessian_of_all(ties):
    X, y = data(seed=3)
    random = np.random.default_rng(4)
    n = len(X)
    rows = {"time": y["time"], "event": y["event"], "entry": np.floor(y["time"] * random.random(n) * 0.9), "weight": random.integers(0, 4, n).astype(float)}
    rows |= {"strata": random.integers(0, 3, n), "offset": random.normal(size=n), "x": pd.DataFrame(X, columns=[f"c{j}" for j in range(X.shape[1])])}
    coef, center = random.normal(size=6) * 0.3, X.mean(axis=0)

    def part(at):
        return {name: values.iloc[at] if name == "x" else values[at] for name, values in rows.items()}

    whole, information = passes([part(np.arange(n))], coef, center, ties)
    for _ in range(4):  # any split, any order, cutting ties, strata and risk sets
        label = random.integers(0, 7, n)
        sets, other = passes([part(random.permutation(np.flatnonzero(label == k))) for k in random.permutation(7)], coef, center, ties)
        close(sets.log_likelihood, whole.log_likelihood, 1e-12)
        np.testing.assert_allclose(sets.gradient, whole.gradient, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(other, information, rtol=1e-10, atol=1e-10)
    step = 1e-5  # the gradient and the Hessian are those of the log likelihood
    for j in range(6):
        up, down = (passes([part(np.arange(n))], coef + sign * step * np.eye(6)[j], center, ties)[0] for sign in (1, -1))
        np.testing.assert_allclose((up.log_likelihood - down.log_likelihood) / (2 * step), whole.gradient[j], rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(-(up.gradient - down.gradient) / (2 * step), information[j], rtol=1e-5, atol=1e-4)
    # Newton's method over chunks is the fit on all rows
    beta = np.zeros(6)
    chunks = [part(np.arange(k, n, 3)) for k in range(3)]
    for _ in range(8):
        sets, information = passes(chunks, beta, center, ties)
        beta = beta + np.linalg.solve(information, sets.gradient)
    columns = {name: rows[name] for name in ("strata", "offset")}
    model = CoxPH(ties=ties).fit(rows["x"], outcome(rows["time"], rows["event"], rows["entry"]), sample_weight=rows["weight"], **columns)
    np.testing.assert_allclose(beta, model.coef_, rtol=1e-9)
    np.testing.assert_allclose(sets.log_likelihood, model.log_likelihood_, rtol=1e-12)
    np.testing.assert_allclose(np.sqrt(np.diag(np.linalg.inv(information))), model.std_err_, rtol=1e-8)


def test_chunks_refuse_what_does_not_fit():
    X, y = data()
    sums = _core.survival.CoxSums(to_table(X), np.zeros(6))
    with pytest.raises(ValueError, match="no event"):
        sums.finish()
    with pytest.raises(ValueError, match="coef = 5"):
        _core.survival.CoxSums(to_table(X), np.zeros(5))
    with pytest.raises(ValueError, match="other columns or coefficients"):
        sums.merge(_core.survival.CoxSums(to_table(X), np.ones(6)))
    with pytest.raises(ValueError, match="one row a row of time"):
        sums.add(to_table(X[:5]), y["time"], y["event"])
    sums.add(to_table(X), y["time"], y["event"])
    with pytest.raises(TypeError, match="exact ties"):
        sums.finish("exact")
    far = _core.survival.CoxSums(to_table(X + 1e6), np.ones(6))
    far.add(to_table(X + 1e6), y["time"], y["event"])
    with pytest.raises(ArithmeticError, match="give a center"):
        far.finish()
