import numpy as np
import pytest
from sklearn import cluster as peer

from cluster.reference import DATA_SETS, expected, rows
from tenure.cluster import DBSCAN, HDBSCAN, adjusted_rand_score


@pytest.mark.parametrize("name", DATA_SETS)
def test_dbscan_reference(name):
    X, _ = rows(name)
    for case in expected(name)["dbscan"]:
        model = DBSCAN(eps=case["eps"], min_samples=case["min_samples"]).fit(X)
        np.testing.assert_array_equal(model.labels_, case["labels"])
        np.testing.assert_array_equal(model.core_sample_indices_, case["core"])


def test_dbscan_weights_agree_with_scikit_learn():
    X, _ = rows("mix3")
    weight = np.random.default_rng(1).uniform(0, 3, len(X))
    np.testing.assert_array_equal(
        DBSCAN(eps=0.8, min_samples=6).fit(X, sample_weight=weight).labels_, peer.DBSCAN(eps=0.8, min_samples=6).fit(X, sample_weight=weight).labels_
    )


@pytest.mark.parametrize("name", DATA_SETS)
def test_hdbscan_reference_but_for_rows_between_two_clusters(name):
    X, _ = rows(name)
    gaps = np.sqrt(((X[:, None] - X) ** 2).sum(axis=2))
    for case in expected(name)["hdbscan"]:
        model = HDBSCAN(min_cluster_size=case["min_cluster_size"], min_samples=case["min_samples"]).fit(X)
        theirs = np.array(case["sklearn"]["labels"])
        core = np.sort(gaps, axis=1)[:, case["min_samples"] - 1]
        reach = np.maximum(gaps, np.maximum(core[:, None], core))
        names = {ours: np.bincount(theirs[model.labels_ == ours] + 1).argmax() - 1 for ours in np.unique(model.labels_)}
        renamed = np.array([names[label] for label in model.labels_])
        differing = np.flatnonzero(renamed != theirs)
        for row in differing:  # exactly as far from one cluster as from the other: both answers are right
            others = np.arange(len(X)) != row
            ends = [reach[row, others & (theirs == label) & (renamed == label)].min() for label in (theirs[row], renamed[row])]
            assert ends[0] == ends[1] == core[row]
        agreed = renamed == theirs
        assert adjusted_rand_score(renamed[agreed], theirs[agreed]) == 1
        if not len(differing):
            np.testing.assert_allclose(model.probabilities_, case["sklearn"]["probabilities"], atol=1e-9)


@pytest.mark.parametrize("options", [{"cluster_selection_method": "leaf"}, {"cluster_selection_epsilon": 1.5}, {"allow_single_cluster": True}])
def test_hdbscan_options_agree_with_scikit_learn(options):  # min_samples=1: no ties
    X = np.random.default_rng(3).normal(size=(600, 3)) + np.repeat(np.eye(3) * 8, 200, axis=0)
    ours = HDBSCAN(min_cluster_size=12, min_samples=1, **options).fit(X)
    theirs = peer.HDBSCAN(min_cluster_size=12, min_samples=1, copy=True, **options).fit(X)
    assert adjusted_rand_score(ours.labels_, theirs.labels_) == 1
    np.testing.assert_allclose(ours.probabilities_, theirs.probabilities_, atol=1e-9)


def test_approximate_predict():
    X, _ = rows("moons")
    model = HDBSCAN(min_cluster_size=15, min_samples=10).fit(X)
    labels, probabilities = model.approximate_predict(X)
    clustered = model.labels_ >= 0
    assert np.mean(labels[clustered] == model.labels_[clustered]) > 0.98
    assert probabilities.min() >= 0
    assert probabilities.max() <= 1


@pytest.mark.parametrize(
    ("estimator", "X", "problem"),
    [
        (DBSCAN(eps=0), [[1.0], [2.0]], "eps = 0: must be > 0"),
        (HDBSCAN(min_cluster_size=1), [[1.0], [2.0]], "min_cluster_size = 1"),
        (HDBSCAN(), [[1.0], [2.0]], "min_samples = 5: must be at most the number of rows"),
        (HDBSCAN(cluster_selection_method="best"), [[1.0], [2.0]], "'eom', 'leaf'"),
    ],
)
def test_bad_input_is_named(estimator, X, problem):
    with pytest.raises(ValueError, match=problem):
        estimator.fit(X)
