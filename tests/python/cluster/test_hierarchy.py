import numpy as np
import pytest
from scipy.cluster import hierarchy as peer
from sklearn import cluster as sklearn_cluster

import tenure
from cluster.reference import DATA_SETS, expected, rows
from tenure.cluster import AgglomerativeClustering, adjusted_rand_score, linkage

METHODS = ("ward", "complete", "average", "weighted", "single", "centroid", "median")


@pytest.mark.parametrize("name", DATA_SETS)
def test_reference(name):
    X, _ = rows(name)
    for method, case in expected(name)["linkage"].items():
        np.testing.assert_allclose(linkage(X, method)[:, 2], case["heights"], atol=1e-12)
        for k in (2, 3, 5):
            assert adjusted_rand_score(AgglomerativeClustering(n_clusters=k, linkage=method).fit(X).labels_, case[f"cut{k}"]["labels"]) == 1


@pytest.mark.parametrize("method", METHODS)
def test_scipy_draws_and_agrees(method):
    X = np.random.default_rng(4).normal(size=(200, 4))
    ours, theirs = linkage(X, method, n_jobs=2), peer.linkage(X, method)
    assert peer.is_valid_linkage(ours)
    np.testing.assert_allclose(ours, theirs, atol=1e-11)


@pytest.mark.parametrize("columns", [1, 3, 10, 40])
def test_ward_of_many_rows_is_scipys(columns):
    X = np.random.default_rng(4).normal(size=(5000, columns))
    ours = linkage(X, "ward", n_jobs=2)
    np.testing.assert_allclose(ours, peer.linkage(X, "ward"), atol=1e-10)
    np.testing.assert_array_equal(linkage(X, "ward", n_jobs=1), ours)


@pytest.mark.parametrize(
    "X",
    [
        np.ones((20_000, 3)),
        np.arange(5000.0)[:, None],
        np.exp(np.arange(1500.0) / 10)[:, None],
        np.random.default_rng(1).poisson(3, (20_000, 3)).astype(float),
        np.random.default_rng(2).normal(size=(20, 5))[np.arange(10_000) % 20],
    ],
    ids=["alike", "even", "ever farther", "counts", "few different"],
)
def test_ward_of_ties_is_a_tree_of_its_own_heights(X):
    merges = linkage(X, "ward", n_jobs=2)
    assert peer.is_valid_linkage(merges)
    assert (np.diff(merges[:, 2]) >= 0).all()
    n = len(X)
    size, mean = np.ones(2 * n - 1), np.zeros((2 * n - 1, X.shape[1]))
    mean[:n] = X
    for i, (a, b, height, count) in enumerate(merges):
        a, b = int(a), int(b)
        assert height == pytest.approx(np.sqrt(2 * size[a] * size[b] / (size[a] + size[b])) * np.linalg.norm(mean[a] - mean[b]), rel=1e-9, abs=1e-9)
        size[n + i] = size[a] + size[b]
        assert size[n + i] == count
        mean[n + i] = (size[a] * mean[a] + size[b] * mean[b]) / size[n + i]


def test_distances_beyond_numbers_are_refused():
    with pytest.raises(tenure.NumericFailure, match="beyond the range"):
        linkage([[0.0], [1e200], [-1e200]], "ward")


def test_a_threshold_is_a_number_of_groups():
    X, _ = rows("iris")
    ours = AgglomerativeClustering(n_clusters=None, distance_threshold=3.0, linkage="average").fit(X)
    theirs = sklearn_cluster.AgglomerativeClustering(n_clusters=None, distance_threshold=3.0, linkage="average").fit(X)
    assert ours.n_clusters_ == theirs.n_clusters_
    assert adjusted_rand_score(ours.labels_, theirs.labels_) == 1
    np.testing.assert_array_equal(ours.cut(ours.n_clusters_), ours.labels_)


def test_dendrogram_is_drawn():
    import matplotlib as mpl

    mpl.use("Agg")
    X, _ = rows("iris")
    ax = AgglomerativeClustering(n_clusters=3).fit(X).plot_dendrogram()
    assert ax.get_ylabel() == "distance of merged groups"
    assert ax.collections


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"n_clusters": 4}, "n_clusters = 4: must be between 1 and the number of rows"),
        ({"linkage": "best"}, "must be one of 'ward'"),
        ({"distance_threshold": 1.0}, "exactly one of"),
        ({"n_clusters": None}, "exactly one of"),
    ],
)
def test_bad_input_is_named(parameters, problem):
    with pytest.raises(ValueError, match=problem):
        AgglomerativeClustering(**parameters).fit([[1.0], [2.0], [4.0]])
