"""The uplift forest and its measures: an exhaustive search, scikit-uplift's curves, and a simulated truth."""

import json
import pathlib

import numpy as np
import pandas as pd
import pytest

from tenure.evaluate import auuc, qini_score, tree_shap, uplift_curve
from tenure.learn import UpliftForestClassifier

REFERENCE = pathlib.Path(__file__).parents[2] / "reference" / "learn"


def experiment(n, seed):
    """An offer that keeps customers of plan 2 with high charges, drives those of plan 0 away, and leaves the others as they are."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame({"charges": random.normal(60, 15, n), "plan": random.integers(0, 3, n).astype(float), "noise": random.normal(size=n)})
    truth = np.where((X["plan"] == 2) & (X["charges"] > 60), 0.3, np.where(X["plan"] == 0, -0.1, 0.0))
    treated = random.random(n) < 0.4
    stays = random.random(n) < 0.5 + 0.1 * (X["charges"] < 50) + treated * truth
    return X, np.asarray(stays), treated, truth


@pytest.mark.parametrize("criterion", ["kl", "euclidean", "chi_squared"])
@pytest.mark.parametrize("normalise", [True, False])
def test_the_trees_of_an_exhaustive_search(criterion, normalise):
    rows = pd.read_csv(REFERENCE / "uplift_rows.csv")
    one = UpliftForestClassifier(
        n_estimators=1, criterion=criterion, normalise=normalise, max_depth=3, min_samples_leaf=30, min_samples_treatment=10, max_features=None, bootstrap=False
    )
    found = one.fit(rows[["x0", "x1", "x2"]], rows["y"], rows["treated"]).predict_uplift(rows[["x0", "x1", "x2"]])
    np.testing.assert_allclose(found, rows[f"{criterion}_{'normalised' if normalise else 'plain'}"], atol=1e-12)


@pytest.mark.parametrize("kind", ["uplift", "qini"])
def test_the_curves_of_scikit_uplift(kind):
    rows = pd.read_csv(REFERENCE / "uplift_rows.csv")
    theirs = json.loads((REFERENCE / "uplift.json").read_text())[kind]
    n, unit = len(rows), len(rows) if kind == "uplift" else rows["treated"].sum()
    curve = uplift_curve(rows["y"], rows["score"], rows["treated"], kind=kind)
    np.testing.assert_allclose(curve["share"], np.array(theirs["targeted"]) / n, atol=1e-12)
    np.testing.assert_allclose(curve["gain"], np.array(theirs["gain"]) / unit, atol=1e-12)
    area = theirs["area"] / n / unit
    if kind == "uplift":
        assert float(auuc(rows["y"], rows["score"], rows["treated"])) == pytest.approx(area, abs=1e-12)
    else:
        assert float(qini_score(rows["y"], rows["score"], rows["treated"])) == pytest.approx(area - curve["gain"].iloc[-1] / 2, abs=1e-12)


@pytest.mark.parametrize("honest", [False, True])
def test_a_known_effect_is_found(honest):
    X, y, treated, _ = experiment(30_000, 1)
    X_new, y_new, treated_new, truth = experiment(30_000, 2)
    forest = UpliftForestClassifier(honest=honest, min_samples_leaf=600, max_features=None, random_state=0).fit(X, y, treated)
    found = forest.predict_uplift(X_new)
    for effect in (0.3, 0.0, -0.1):
        assert found[truth == effect].mean() == pytest.approx(effect, abs=0.04)
    assert np.sqrt(np.mean((found - truth) ** 2)) < 0.06  # a leaf of 600 rows has a standard error of 0.04
    assert forest.feature_importances_[2] < 0.35
    score, best = qini_score(y_new, found, treated_new), qini_score(y_new, truth, treated_new)
    assert score > 0.8 * best > 0
    assert score.lower > 0
    shap = tree_shap(forest, X_new.head(50))
    np.testing.assert_allclose(shap.base + shap.values.sum(axis=1), found[:50], atol=1e-12)


def test_a_shuffled_treatment_has_no_uplift():
    X, y, treated, _ = experiment(20_000, 3)
    random = np.random.default_rng(0)
    scores = []
    for _ in range(5):
        shuffled = random.permutation(treated)
        half = len(y) // 2
        forest = UpliftForestClassifier(n_estimators=30, random_state=0).fit(X[:half], y[:half], shuffled[:half])
        scores.append(qini_score(y[half:], forest.predict(X[half:]), shuffled[half:]))
    assert all(abs(s) < 3 * s.std_error for s in scores)
    assert abs(np.mean(scores)) < 0.01


def test_the_interval_covers_as_often_as_it_says():
    inside = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        treated, score = random.random(800) < 0.5, random.random(800)
        y = random.random(800) < 0.4
        found = qini_score(y, score, treated, random_state=seed)
        inside += found.lower <= 0 <= found.upper
    assert 88 <= inside <= 100  # 95 expected, three standard errors of a binomial


def test_neither_row_order_nor_threads_matter():
    X, y, treated, _ = experiment(3000, 4)
    order = np.random.default_rng(1).permutation(len(y))
    one = UpliftForestClassifier(n_estimators=10, honest=True, random_state=5).fit(X, y, treated)
    other = UpliftForestClassifier(n_estimators=10, honest=True, random_state=5, n_jobs=3).fit(X.iloc[order], y[order], treated[order])
    np.testing.assert_array_equal(one.predict_uplift(X), other.predict_uplift(X))
    first = qini_score(y, one.predict(X), treated)
    assert qini_score(y[order], one.predict(X.iloc[order]), treated[order]) == pytest.approx(float(first), abs=1e-12)
    assert qini_score(y, one.predict(X), treated, n_jobs=2).std_error == first.std_error


def test_bad_input_is_named():
    X, y, treated, _ = experiment(300, 5)
    forest = UpliftForestClassifier(n_estimators=2)
    with pytest.raises(ValueError, match="treatment"):
        forest.fit(X, y, np.ones(300))
    with pytest.raises(ValueError, match=r"treatment.*0 or 1"):
        forest.fit(X, y, np.full(300, 2))
    with pytest.raises(ValueError, match="inconsistent"):
        forest.fit(X, y, treated[:-1])
    with pytest.raises(ValueError, match="one class"):
        forest.fit(X, np.ones(300), treated)
    with pytest.raises(ValueError, match="criterion"):
        UpliftForestClassifier(criterion="gini").fit(X, y, treated)
    with pytest.raises(ValueError, match="uplift"):
        qini_score(y, np.full(300, np.nan), treated)
    with pytest.raises(ValueError, match="treatment"):
        auuc(y, np.zeros(300), np.zeros(300))
    with pytest.raises(ValueError, match="kind"):
        uplift_curve(y, np.zeros(300), treated, kind="gain")
