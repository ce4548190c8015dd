import json

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from cluster.reference import DATA_SETS, FOLDER, expected, rows
from tenure.cluster import KMedoids, KPrototypes


@pytest.fixture(scope="module")
def mixed():
    cells = np.loadtxt(FOLDER / "data" / "kprototypes.csv", delimiter=",", skiprows=1)
    table = pd.DataFrame(cells[:, :3], columns=["n1", "n2", "n3"])
    for j in range(3):
        table[f"c{j + 1}"] = pd.Categorical.from_codes(cells[:, 3 + j].astype(int), categories=list("abcdef"))
    return table


@pytest.mark.parametrize("name", DATA_SETS)
def test_medoids_reference(name):
    X, _ = rows(name)
    for case in expected(name)["kmedoids"]:
        model = KMedoids(n_clusters=case["k"], init=case["start_rows"]).fit(X)
        assert model.inertia_ == pytest.approx(case["fasterpam_loss"], rel=1e-10)
        assert sorted(model.medoid_indices_) == case["fasterpam_medoids"]
        given = KMedoids(n_clusters=case["k"], init=case["start_rows"], metric="precomputed").fit(cdist(X, X))
        np.testing.assert_array_equal(given.labels_, model.labels_)
        if "optimal_loss" in case:
            assert KMedoids(n_clusters=case["k"]).fit(X).inertia_ == pytest.approx(case["optimal_loss"], rel=1e-10)


def test_medoids_predict_the_nearest():
    X, _ = rows("iris")
    for metric, theirs in (("euclidean", "euclidean"), ("manhattan", "cityblock")):
        model = KMedoids(n_clusters=4, metric=metric).fit(X)
        gaps = cdist(X, X[model.medoid_indices_], theirs)
        np.testing.assert_allclose(model.transform(X), gaps, rtol=1e-12)
        np.testing.assert_array_equal(model.predict(X), model.labels_)
        assert model.inertia_ == pytest.approx(gaps.min(axis=1).sum(), rel=1e-12)


def test_prototypes_reference(mixed):
    for case in json.loads((FOLDER / "kprototypes.json").read_text())["cases"]:
        model = KPrototypes(n_clusters=case["k"], gamma=case["gamma"], init=case["init_rows"]).fit(mixed)
        np.testing.assert_array_equal(model.labels_, case["labels"])
        assert model.cost_ == pytest.approx(case["cost"], rel=1e-10)
        np.testing.assert_allclose(model.prototypes()[["n1", "n2", "n3"]], case["means"], atol=1e-10)
        assert model.prototypes()["c2"].tolist() == ["abcdef"[modes[1]] for modes in case["modes"]]


def test_levels_alone_are_k_modes(mixed):
    levels = mixed[["c1", "c2", "c3"]]
    model = KPrototypes(n_clusters=3, n_init=5, random_state=1).fit(levels)
    assert model.gamma_ == 1
    codes = np.column_stack([levels[c].cat.codes for c in levels])
    modes = np.column_stack([model.prototypes()[c].map("abcdef".index) for c in levels])
    mismatches = (codes[:, None] != modes).sum(axis=2)
    assert model.cost_ == mismatches.min(axis=1).sum()


def test_missing_and_unseen_values(mixed):
    holed = mixed.copy()
    holed.loc[::7, "n1"] = np.nan
    holed.loc[::5, "c2"] = None
    model = KPrototypes(n_clusters=3, random_state=1).fit(holed)
    assert np.isfinite(model.cost_)
    other = pd.DataFrame({"n1": [0.0], "n2": [0.0], "n3": [0.0], "c1": ["zzz"], "c2": ["a"], "c3": ["a"]})
    assert 0 <= model.predict(other)[0] < 3


@pytest.mark.parametrize(
    ("estimator", "problem"),
    [
        (KMedoids(n_clusters=9), "n_clusters = 9"),
        (KMedoids(n_clusters=2, init=[0, 0]), "different row numbers"),
        (KMedoids(n_clusters=2, metric="cosine"), "'euclidean'"),
        (KMedoids(n_clusters=2, metric="precomputed"), "square matrix of distances"),
        (KPrototypes(n_clusters=9), "n_clusters = 9"),
        (KPrototypes(n_clusters=2, init="Cao"), "k-means"),
    ],
)
def test_bad_input_is_named(estimator, problem):
    with pytest.raises(ValueError, match=problem):
        estimator.fit([[1.0], [2.0], [4.0]])
