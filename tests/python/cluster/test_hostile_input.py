"""What every clusterer does with tables that hold no groups, too few rows, or no numbers."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone

from tenure import cluster

THREE = [
    cluster.KMeans(n_clusters=3, random_state=0),
    cluster.MiniBatchKMeans(n_clusters=3, random_state=0),
    cluster.KMedoids(n_clusters=3),
    cluster.KPrototypes(n_clusters=3, random_state=0),
    cluster.GaussianMixture(n_components=3, random_state=0),
    cluster.AgglomerativeClustering(n_clusters=3),
    *(cluster.AgglomerativeClustering(n_clusters=3, linkage=method) for method in ("single", "average", "complete", "weighted", "centroid", "median")),
]
ANY = [*THREE, cluster.DBSCAN(eps=0.5, min_samples=2), cluster.HDBSCAN(min_cluster_size=2)]


def with_two_groups(model):
    parameters = {"n_clusters", "n_components"} & set(model.get_params())
    return clone(model).set_params(**dict.fromkeys(parameters, 2))


def labels_of(model, X):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(model.fit_predict(X))


@pytest.mark.parametrize("model", THREE, ids=repr)
def test_more_groups_than_distinct_rows(model):
    X = np.repeat([[0.0, 1.0], [5.0, 6.0]], 5, axis=0)
    labels = labels_of(model, X)
    assert set(labels[:5]).isdisjoint(labels[5:])
    assert labels.min() >= 0
    assert labels.max() < 3


@pytest.mark.parametrize("model", THREE, ids=repr)
def test_more_groups_than_rows_is_named(model):
    with pytest.raises(ValueError, match=r"n_clusters = 3|n_components = 3"):
        model.fit([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize("model", ANY, ids=repr)
def test_constant_columns_change_nothing(model):
    X = np.random.default_rng(1).normal(size=(40, 2)) * 0.1 + np.repeat([[0, 0], [9, 9]], 20, axis=0)
    model = with_two_groups(model)
    held = labels_of(model, np.column_stack([X, np.full(40, 7.0)]))
    assert cluster.adjusted_rand_score(held, labels_of(model, X)) == 1
    assert len(set(labels_of(model, np.zeros((10, 2))))) <= 3


@pytest.mark.parametrize("model", [m for m in ANY if not isinstance(m, cluster.KPrototypes)], ids=repr)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(model, bad):
    X = np.arange(20.0).reshape(10, 2)
    X[3, 1] = bad
    with pytest.raises(ValueError, match=r"NaN|infinity|finite"):
        model.fit(X)


@pytest.mark.parametrize(
    ("model", "label"),
    [
        (cluster.KMeans(n_clusters=1), 0),
        (cluster.KMedoids(n_clusters=1), 0),
        (cluster.KPrototypes(n_clusters=1), 0),
        (cluster.GaussianMixture(), 0),
        (cluster.DBSCAN(min_samples=1), 0),
        (cluster.DBSCAN(min_samples=2), -1),
    ],
    ids=repr,
)
def test_a_single_customer(model, label):
    assert labels_of(model, [[1.0, 2.0]]).tolist() == [label]


def test_one_customer_is_too_few_where_pairs_are_needed():
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        cluster.AgglomerativeClustering(n_clusters=1).fit([[1.0, 2.0]])
    with pytest.raises(ValueError, match="min_samples = 5: must be at most the number of rows"):
        cluster.HDBSCAN().fit([[1.0, 2.0]])
