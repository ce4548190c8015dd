"""Importances of the forest that do not favour columns with many values."""

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure.learn import RandomForestClassifier


def noise_of_many_kinds(n, seed, signal=0.0):
    random = np.random.default_rng(seed)
    X = pd.DataFrame({"two": random.integers(0, 2, n), "five": random.integers(0, 5, n), "many": random.normal(size=n)})
    X["levels"] = pd.Categorical(random.integers(0, 40, n).astype(str))
    y = random.random(n) < 1 / (1 + np.exp(-signal * (2 * X["two"] - 1)))
    return X, y.to_numpy()


def importances(kind, signal=0.0, repetitions=40, **options):
    found = []
    for seed in range(repetitions):
        X, y = noise_of_many_kinds(300, seed, signal)
        forest = RandomForestClassifier(n_estimators=30, min_samples_leaf=5, random_state=seed, importance=kind, **options).fit(X, y)
        found.append(forest.feature_importances_)
    return np.array(found)


@pytest.mark.parametrize("criterion", ["gini", "entropy"])
def test_noise_is_worth_nothing_whatever_its_values(criterion):
    plain = importances("impurity", criterion=criterion).mean(axis=0)
    assert plain[2] > 3 * plain[0]
    assert plain[3] > 3 * plain[0]
    corrected = importances("impurity_corrected", criterion=criterion)
    error = corrected.std(axis=0, ddof=1) / np.sqrt(len(corrected))
    assert np.all(np.abs(corrected.mean(axis=0)) < 3 * error)
    assert np.all(np.mean(corrected > 0, axis=0) > 0.2)
    assert np.all(np.mean(corrected > 0, axis=0) < 0.8)


def test_a_column_that_matters_comes_first():
    corrected = importances("impurity_corrected", signal=0.8, repetitions=10)
    assert np.all(np.argmax(corrected.mean(axis=0)) == 0)
    plain = importances("impurity", signal=0.8, repetitions=10)
    assert np.argmax(plain.mean(axis=0)) != 0


def test_predictions_do_not_change():
    X, y = noise_of_many_kinds(600, 1, 1.0)
    plain = RandomForestClassifier(n_estimators=20, random_state=3).fit(X, y)
    for weight, groups in ((None, None), (np.arange(600) % 3 + 0.5, None), (None, np.arange(600) // 3)):
        plain = RandomForestClassifier(n_estimators=20, random_state=3).fit(X, y, weight, groups)
        one = RandomForestClassifier(n_estimators=20, random_state=3, importance="impurity_corrected").fit(X, y, weight, groups)
        two = RandomForestClassifier(n_estimators=20, random_state=3, importance="impurity_corrected", n_jobs=2).fit(X, y, weight, groups)
        np.testing.assert_array_equal(one.predict_proba(X), plain.predict_proba(X))
        np.testing.assert_array_equal(one.feature_importances_, two.feature_importances_)
        assert one.feature_importances_.sum() < 1
    order = np.random.default_rng(0).permutation(600)
    moved = RandomForestClassifier(n_estimators=20, random_state=3, importance="impurity_corrected").fit(X.iloc[order], y[order])
    again = RandomForestClassifier(n_estimators=20, random_state=3, importance="impurity_corrected").fit(X, y)
    np.testing.assert_array_equal(moved.feature_importances_, again.feature_importances_)


def test_directions_hold_for_copies_too():
    X, y = noise_of_many_kinds(400, 2, 1.0)
    forest = RandomForestClassifier(n_estimators=10, random_state=3, importance="impurity_corrected", monotonic_cst={"two": 1, "many": -1}).fit(X, y)
    assert forest.feature_importances_[0] > 0


def test_other_words_are_refused():
    X, y = noise_of_many_kinds(100, 1)
    with pytest.raises(tenure.InvalidInput, match="importance"):
        RandomForestClassifier(importance="air").fit(X, y)
    with pytest.raises(tenure.NotSupported, match="more than 4095"):
        RandomForestClassifier(n_estimators=1, importance="impurity_corrected").fit(np.zeros((20, 4096)), np.arange(20) % 2)
