import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import cluster as peer
from sklearn.exceptions import ConvergenceWarning

import tenure
from cluster.reference import DATA_SETS, expected, rows
from tenure.cluster import KMeans, MiniBatchKMeans


@pytest.mark.parametrize("name", DATA_SETS)
def test_from_given_starts_equals_the_reference(name):
    X, _ = rows(name)
    for case in expected(name)["kmeans"]:
        model = KMeans(n_clusters=case["k"], init=X[case["init_rows"]], tol=0).fit(X)
        np.testing.assert_array_equal(model.labels_, case["labels"])
        np.testing.assert_allclose(model.cluster_centers_, case["centres"], atol=1e-12)
        assert model.inertia_ == pytest.approx(case["inertia"], rel=1e-12)
        assert model.n_iter_ == case["sklearn_n_iter"]


def test_single_precision_agrees_with_scikit_learn():
    X, _ = rows("mix3")
    X = X.astype(np.float32)
    ours, theirs = KMeans(n_clusters=5, init=X[:5], tol=0).fit(X), peer.KMeans(5, init=X[:5], tol=0, n_init=1).fit(X)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-5)


def test_is_no_worse_than_scikit_learn_from_its_own_starts():
    X, _ = rows("wine_std")
    ours = [KMeans(n_clusters=6, random_state=seed).fit(X).inertia_ for seed in range(30)]
    theirs = [peer.KMeans(6, n_init=1, random_state=seed).fit(X).inertia_ for seed in range(30)]
    assert np.mean(ours) <= np.mean(theirs) * 1.01


def test_predict_transform_and_score_fit_together():
    X, _ = rows("iris")
    model = KMeans(n_clusters=4, random_state=1).fit(X)
    distances = np.linalg.norm(X[:, None] - model.cluster_centers_, axis=2)
    np.testing.assert_allclose(model.transform(X), distances, rtol=1e-12)
    np.testing.assert_array_equal(model.predict(X), distances.argmin(axis=1))
    assert model.score(X) == pytest.approx(-model.inertia_, rel=1e-12)
    assert list(model.get_feature_names_out()) == ["kmeans0", "kmeans1", "kmeans2", "kmeans3"]


def test_frames_by_name():
    X, _ = rows("iris")
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = KMeans(n_clusters=3, random_state=1).fit(frame)
    np.testing.assert_array_equal(model.labels_, KMeans(n_clusters=3, random_state=1).fit(pl.from_pandas(frame)).labels_)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame[["d", "a", "b", "c"]])


def test_fewer_different_rows_than_groups_warns():
    with pytest.warns(ConvergenceWarning, match="only 2 distinct groups found for n_clusters=3"):
        KMeans(n_clusters=3).fit([[1.0], [1.0], [2.0], [2.0]])


def test_a_constant_column_changes_nothing():
    X, _ = rows("iris")
    wide = np.column_stack([X, np.full(len(X), 1e9)])
    np.testing.assert_array_equal(KMeans(n_clusters=3, init=wide[[0, 60, 120]]).fit(wide).labels_, KMeans(n_clusters=3, init=X[[0, 60, 120]]).fit(X).labels_)


@pytest.mark.parametrize(
    ("parameters", "X", "problem"),
    [
        ({"n_clusters": 4}, [[1.0], [2.0]], "n_clusters = 4: must be at most the number of rows"),
        ({"n_clusters": 0}, [[1.0], [2.0]], "clusters = 0"),
        ({"n_clusters": 1, "init": "best"}, [[1.0]], "must be one of 'k-means"),
        ({"n_clusters": 1, "init": [[1.0, 2.0]]}, [[1.0]], "init: must have one row a cluster"),
        ({"n_clusters": 1}, [[1.0], [np.nan]], "NaN"),
        ({"n_clusters": 1}, pd.DataFrame({"a": [1.0, np.nan]}), "a = nan in row 1: must be a finite number"),
        ({"n_clusters": 1}, pd.DataFrame({"plan": ["x", "y"]}), "plan: is categorical"),
    ],
)
def test_bad_input_is_named(parameters, X, problem):
    with pytest.raises(ValueError, match=problem):
        KMeans(**parameters).fit(X)


def test_a_single_customer():
    model = KMeans(n_clusters=1).fit([[3.0, 4.0]])
    assert model.inertia_ == 0
    assert model.predict([[9.0, 9.0]]).tolist() == [0]


def test_chunks_equal_memory():
    X, _ = rows("mix3")
    whole = KMeans(n_clusters=3, init=X[:3], tol=1e-6).fit(X)
    chunked = KMeans(n_clusters=3, init=X[:3], tol=1e-6).fit_chunks(lambda: np.array_split(X, [7, 100, 101]))
    np.testing.assert_allclose(chunked.cluster_centers_, whole.cluster_centers_, rtol=1e-10)
    np.testing.assert_array_equal(chunked.predict(X), whole.labels_)


def test_mini_batches_come_close_and_streams_count_on():
    X, _ = rows("wine_std")
    full = KMeans(n_clusters=3, n_init=5, random_state=1).fit(X).inertia_
    assert MiniBatchKMeans(n_clusters=3, batch_size=50, random_state=1).fit(X).inertia_ <= full * 1.1
    stream = MiniBatchKMeans(n_clusters=3, random_state=1)
    for chunk in np.array_split(X, 5):
        stream.partial_fit(chunk)
    assert stream.model_.weights.sum() == len(X)
    copy = tenure.cluster.MiniBatchKMeans.from_bytes(stream.to_bytes())
    np.testing.assert_array_equal(copy.partial_fit(X).cluster_centers_, stream.partial_fit(X).cluster_centers_)
