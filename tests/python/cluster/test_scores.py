import numpy as np
import pytest
from sklearn import metrics as peer

from cluster.reference import DATA_SETS, expected, rows
from tenure.cluster import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    dunn_score,
    normalized_mutual_info_score,
    silhouette_samples,
    silhouette_score,
)


@pytest.mark.parametrize("name", DATA_SETS)
def test_reference(name):
    X, y = rows(name)
    for case in expected(name)["kmeans"]:
        labels = case["labels"]
        assert silhouette_score(X, labels) == pytest.approx(case["silhouette"], abs=1e-12)
        np.testing.assert_allclose(silhouette_samples(X, labels)[:10], case["silhouette_first10"], atol=1e-12)
        assert calinski_harabasz_score(X, labels) == pytest.approx(case["calinski_harabasz"], rel=1e-10)
        assert davies_bouldin_score(X, labels) == pytest.approx(case["davies_bouldin"], rel=1e-10)
        assert adjusted_rand_score(y, labels) == pytest.approx(case["ari_vs_y"], abs=1e-12)
        assert normalized_mutual_info_score(y, labels) == pytest.approx(case["nmi_arithmetic_vs_y"], abs=1e-12)


def test_singletons_and_noise_agree_with_scikit_learn():
    X, _ = rows("mix3")
    labels = np.r_[-1, 5, np.arange(len(X) - 2) % 7]
    np.testing.assert_allclose(silhouette_samples(X, labels, n_jobs=2), peer.silhouette_samples(X, labels), atol=1e-12)
    assert davies_bouldin_score(X, labels) == pytest.approx(peer.davies_bouldin_score(X, labels), rel=1e-12)


def test_text_labels_and_approximations():
    X, y = rows("iris")
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    assert silhouette_score(X, names) == silhouette_score(X, y)
    assert silhouette_score(X, y, sample_size=60, random_state=1) == pytest.approx(silhouette_score(X, y), abs=0.1)
    centres = np.array([X[y == g].mean(axis=0) for g in range(3)])
    gaps = np.linalg.norm(X[:, None] - centres, axis=2)
    a = gaps[np.arange(len(X)), y]
    gaps[np.arange(len(X)), y] = np.inf
    b = gaps.min(axis=1)
    assert silhouette_score(X, y, method="simplified") == pytest.approx(np.mean((b - a) / np.maximum(a, b)), rel=1e-10)
    all_gaps = peer.pairwise_distances(X)
    same = y[:, None] == y
    assert dunn_score(X, y) == pytest.approx(all_gaps[~same].min() / all_gaps[same].max(), rel=1e-10)


@pytest.mark.parametrize(("labels", "problem"), [([0, 0, 0], "between 2 and n_samples - 1"), ([0, 1], "one value a row")])
def test_bad_labels(labels, problem):
    with pytest.raises(ValueError, match=problem):
        silhouette_score([[1.0], [2.0], [3.0]], labels)
