"""The survival forest with competing reasons: leaves by Aalen-Johansen, splits from the definition, and what must hold for any forest."""

import itertools

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure.survival import AalenJohansen, RandomSurvivalForest, outcome


def simulated(n, seed, causes=2):
    """Reason k is driven by column k."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame(random.normal(size=(n, 4)), columns=list("abcd"))
    X["plan"] = pd.Categorical.from_codes(random.integers(0, 3, n), categories=["x", "y", "z"])
    times = np.column_stack([random.exponential(20 * np.exp(-1.2 * X.iloc[:, k])) for k in range(causes)])
    seen = random.uniform(0, 40, n)
    first = times.min(axis=1)
    return X, outcome(np.ceil(np.minimum(first, seen)), np.where(first <= seen, times.argmin(axis=1) + 1, 0))


@pytest.mark.parametrize("causes", [2, 3])
def test_leaves_are_aalen_johansen_curves(causes):
    X, y = simulated(400, 1, causes)
    X = X[["plan"]]
    tree = RandomSurvivalForest(n_estimators=1, bootstrap=False, max_features=None, min_samples_leaf=1).fit(X, y)
    assert tree.n_causes_ == causes
    times = np.arange(0.0, 45.0, 2.5)
    leaves = tree.model_.leaf_numbers(tree._table(X, reset=False))[:, 0]
    assert len(np.unique(leaves)) == 3
    for leaf in np.unique(leaves):
        rows = leaves == leaf
        expected = AalenJohansen().fit(y[rows]).predict(times)
        for cause in range(1, expected.shape[1] + 1):
            found = tree.predict_incidence(X[rows], times, cause)
            np.testing.assert_allclose(found, np.tile(expected[:, cause - 1], (rows.sum(), 1)), atol=1e-6)
    everything = sum(tree.predict_incidence(X, times, cause) for cause in range(1, causes + 1))
    np.testing.assert_allclose(tree.predict_survival(X, times), 1 - everything, atol=1e-12)
    for cause in (1, 2):
        risk = tree.set_params(cause=cause).fit(X, y).predict(X)
        np.testing.assert_allclose(risk, tree.predict_incidence(X, tree.times_).sum(axis=1), rtol=1e-5)


def residuals(time, event, cause):
    """event - cumulative hazard of the cause at the time, straight from the definition."""
    hazard = np.zeros(len(time))
    for t in np.unique(time[event == cause]):
        hazard[time >= t] += np.sum((time == t) & (event == cause)) / np.sum(time >= t)
    return (event == cause) - hazard


def test_the_first_split_has_the_largest_sum_of_log_rank_statistics():
    X, y = simulated(250, 2)
    X = X[["a", "b", "c"]]
    stump = RandomSurvivalForest(n_estimators=1, bootstrap=False, max_features=None, max_depth=1, min_samples_leaf=10).fit(X, y)
    r = np.column_stack([residuals(y["time"], y["event"], cause) for cause in (1, 2)])
    np.testing.assert_allclose(r.sum(axis=0), 0, atol=1e-9)
    best = (0.0, None, None)
    for column in X.columns:
        for low, high in itertools.pairwise(np.unique(X[column])):
            left = (X[column] <= low).to_numpy()
            n = left.sum()
            if min(n, len(X) - n) < 10:
                continue
            score = np.sum(r[left].sum(axis=0) ** 2 / (r**2).sum(axis=0)) / (n * (len(X) - n))
            if score > best[0] * (1 + 1e-6):
                best = (score, column, (low + high) / 2)
    node = stump.model_.nodes()[0]
    assert node["feature"] == list(X.columns).index(best[1])
    assert node["threshold"] == pytest.approx(best[2])


def test_each_reason_is_found():
    X, y = simulated(3000, 3)
    X_new, y_new = simulated(3000, 4)
    forest = RandomSurvivalForest(n_estimators=60, oob_score=True, random_state=0).fit(X, y)
    assert set(np.argsort(forest.feature_importances_)[-2:]) == {0, 1}
    one, two = forest.predict_incidence(X_new, [10.0])[:, 0], forest.predict_incidence(X_new, [10.0], 2)[:, 0]
    assert np.corrcoef(one, X_new["a"])[0, 1] > 0.8
    assert np.corrcoef(two, X_new["b"])[0, 1] > 0.8
    assert forest.score(X_new, y_new) > 0.7
    assert forest.oob_score_ == pytest.approx(forest.score(X_new, y_new), abs=0.03)
    # On average over customers the incidence is that of the whole.
    whole = AalenJohansen().fit(y_new).predict([10.0])[0]
    np.testing.assert_allclose([one.mean(), two.mean()], whole, atol=0.03)


def test_threads_order_and_file(tmp_path):
    X, y = simulated(600, 5, 3)
    one = RandomSurvivalForest(n_estimators=8, cause=3, random_state=1).fit(X, y)
    assert RandomSurvivalForest(n_estimators=8, cause=3, random_state=1, n_jobs=3).fit(X, y).model_ == one.model_
    order = np.random.default_rng(0).permutation(len(X))
    moved = RandomSurvivalForest(n_estimators=8, cause=3, random_state=1).fit(X.iloc[order], y[order])
    np.testing.assert_array_equal(moved.predict(X), one.predict(X))
    one.save(tmp_path / "forest.tenure")
    loaded = tenure.load(tmp_path / "forest.tenure")
    np.testing.assert_array_equal(loaded.predict_incidence(X, [5, 20], 2), one.predict_incidence(X, [5, 20], 2))
    assert loaded.n_causes_ == 3


def test_one_reason_is_what_it_was():
    X, y = simulated(500, 6, 1)
    forest = RandomSurvivalForest(n_estimators=10, bootstrap=False, random_state=0).fit(X, y)
    assert forest.n_causes_ == 1
    incidence = forest.predict_incidence(X, [10.0])
    assert np.all(np.abs(1 - incidence - forest.predict_survival(X, [10.0])) < 0.1)  # Aalen-Johansen beside exp(-Nelson-Aalen)


def test_what_is_refused():
    X, y = simulated(100, 7)
    with pytest.raises(tenure.InvalidInput, match="cause"):
        RandomSurvivalForest(cause=3).fit(X, y)
    forest = RandomSurvivalForest(n_estimators=2).fit(X, y)
    with pytest.raises(tenure.InvalidInput, match="cause"):
        forest.predict_incidence(X, [1.0], 3)
    many = outcome(y["time"], np.arange(100) % 10)
    with pytest.raises(tenure.InvalidInput, match="event"):
        RandomSurvivalForest().fit(X, many)
