import numpy as np
import pytest
from sklearn.mixture import GaussianMixture as Peer

from cluster.reference import DATA_SETS, expected, rows
from tenure.cluster import GaussianMixture, choose_mixture


@pytest.mark.parametrize("name", DATA_SETS)
@pytest.mark.filterwarnings("ignore:the likelihood still rose")
def test_reference(name):
    X, _ = rows(name)
    case = expected(name)["gmm"]
    model = GaussianMixture(
        n_components=3,
        tol=0,
        reg_covar=0,
        max_iter=200,
        weights_init=case["start"]["weights"],
        means_init=case["start"]["means"],
        precisions_init=np.linalg.inv(case["start"]["covariances"]),
    ).fit(X)
    assert model.score(X) * len(X) == pytest.approx(case["sklearn_loglik"], rel=1e-9)
    assert model.bic(X) == pytest.approx(case["bic"], rel=1e-9)
    np.testing.assert_allclose(model.means_, case["means"], atol=1e-8)
    np.testing.assert_allclose(model.covariances_, case["covariances"], atol=1e-8)


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
@pytest.mark.filterwarnings("ignore:the likelihood still rose")
@pytest.mark.filterwarnings("ignore:.*did not converge")
def test_every_form_agrees_with_scikit_learn_from_the_same_parameters(kind):
    X, _ = rows("mix3")
    variances = X.var(axis=0)
    precisions = {
        "full": np.stack([np.diag(1 / variances)] * 3),
        "tied": np.diag(1 / variances),
        "diag": np.stack([1 / variances] * 3),
        "spherical": np.full(3, 1 / variances.mean()),
    }[kind]
    start = {"weights_init": np.array([0.2, 0.3, 0.5]), "means_init": X[[0, 150, 250]], "precisions_init": precisions}
    ours = GaussianMixture(n_components=3, covariance_type=kind, max_iter=30, tol=0, **start).fit(X)
    theirs = Peer(3, covariance_type=kind, max_iter=30, tol=0, **start).fit(X)
    np.testing.assert_allclose(ours.means_, theirs.means_, rtol=1e-8)
    np.testing.assert_allclose(ours.covariances_, theirs.covariances_, rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-8)
    assert ours.aic(X) == pytest.approx(theirs.aic(X), rel=1e-9)


def test_bic_finds_the_groups_and_one_group():
    random = np.random.default_rng(5)
    grouped = random.normal(size=(300, 2)) + np.repeat([[0, 0], [7, 0], [0, 7]], 100, axis=0)
    choice = choose_mixture(grouped, n_components=range(1, 6), random_state=0)
    assert choice.best_.n_components == 3
    assert choice.table_["bic"].min() == pytest.approx(choice.best_.bic(grouped))
    assert choose_mixture(random.normal(size=(300, 2)), n_components=range(1, 4), random_state=0).best_.n_components == 1


def test_chunks_of_any_split_give_the_same_mixture():
    X, _ = rows("mix3")
    start = {"weights_init": [0.2, 0.3, 0.5], "means_init": X[[0, 150, 250]], "precisions_init": np.stack([np.eye(X.shape[1])] * 3)}
    options = {"n_components": 3, "tol": 1e-8, "max_iter": 500, **start}
    whole = GaussianMixture(**options).fit(X)
    for cuts in ([100, 200], [150, 151], [299]):
        model = GaussianMixture(**options).fit_chunks(lambda cuts=cuts: np.split(X, cuts))
        assert model.converged_
        np.testing.assert_allclose(model.score(X), whole.score(X), rtol=1e-6)
        np.testing.assert_array_equal(model.predict(X), whole.predict(X))
    with pytest.raises(ValueError, match="at least one chunk"):
        GaussianMixture().fit_chunks(list)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="n_components = 4: must be at most"):
        GaussianMixture(n_components=4).fit([[1.0], [2.0]])
    with pytest.raises(ValueError, match="given together"):
        GaussianMixture(means_init=[[1.0]]).fit([[1.0], [2.0]])
    with pytest.raises(ArithmeticError, match="raise reg_covar"):
        GaussianMixture(reg_covar=0).fit([[1.0], [1.0]])
