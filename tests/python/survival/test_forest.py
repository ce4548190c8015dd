"""The survival forest by hand, beside the library's own curves, and what must hold for any forest."""

import itertools

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure.survival import NelsonAalen, RandomSurvivalForest, concordance_index, outcome


def simulated(n, seed):
    random = np.random.default_rng(seed)
    X = pd.DataFrame(random.normal(size=(n, 6)), columns=list("abcdef"))
    X["plan"] = pd.Categorical.from_codes(random.integers(0, 4, n), categories=["w", "x", "y", "z"])
    rate = np.exp(0.8 * X["a"] + 0.5 * X["b"] * X["c"] + 0.6 * (X["plan"].cat.codes % 2)) / 20
    stay, seen = random.exponential(1 / rate), random.uniform(0, 60, n)
    return X, outcome(np.ceil(np.minimum(stay, seen)), stay <= seen)


def test_a_leaf_is_the_nelson_aalen_curve_of_its_rows():
    X, y = simulated(400, 1)
    X = X[["plan"]]
    tree = RandomSurvivalForest(n_estimators=1, bootstrap=False, max_features=None, min_samples_leaf=1).fit(X, y)
    times = np.arange(0.0, 60.0, 2.5)
    hazard = tree.predict_cumulative_hazard(X, times)
    leaves = tree.model_.leaf_numbers(tree._table(X, reset=False))[:, 0]
    assert len(np.unique(leaves)) == 4
    for leaf in np.unique(leaves):
        rows = leaves == leaf
        expected = np.asarray(NelsonAalen().fit(y[rows]).predict(times)).ravel()
        np.testing.assert_allclose(hazard[rows], np.tile(expected, (rows.sum(), 1)), rtol=1e-6)  # hazards are kept in 32 bits
    np.testing.assert_allclose(tree.predict_survival(X, times), np.exp(-hazard))


def log_rank_numerator(time, event, left):
    """Observed less expected events of the left group, straight from the definition."""
    total = 0.0
    for t in np.unique(time[event]):
        at_risk, dying = time >= t, (time == t) & event
        total += dying[left].sum() - dying.sum() * at_risk[left].sum() / at_risk.sum()
    return total


def test_the_first_split_has_the_largest_log_rank_score():
    X, y = simulated(250, 2)
    X = X[["a", "b"]]
    stump = RandomSurvivalForest(n_estimators=1, bootstrap=False, max_features=None, max_depth=1, min_samples_leaf=10).fit(X, y)
    best = (0.0, None, None)
    for column in X.columns:
        values = np.unique(X[column])
        for low, high in itertools.pairwise(values):
            left = (X[column] <= low).to_numpy()
            n = left.sum()
            if min(n, len(X) - n) < 10:
                continue
            score = log_rank_numerator(y["time"], y["event"], left) ** 2 / (n * (len(X) - n))
            if score > best[0] * (1 + 1e-6):
                best = (score, column, (low + high) / 2)
    root = stump.model_.nodes()[0]
    assert X.columns[root["feature"]] == best[1]
    assert root["threshold"] == pytest.approx(best[2], abs=1e-9)


def test_any_number_of_threads_any_order_of_rows_and_whole_weights():
    X, y = simulated(900, 3)
    one = RandomSurvivalForest(n_estimators=8, random_state=1, n_jobs=1).fit(X, y)
    assert one.model_ == RandomSurvivalForest(n_estimators=8, random_state=1, n_jobs=3).fit(X, y).model_
    order = np.random.default_rng(0).permutation(len(X))
    moved = RandomSurvivalForest(n_estimators=8, random_state=1).fit(X.iloc[order], y[order])
    np.testing.assert_array_equal(moved.predict(X), one.predict(X))
    weight = np.random.default_rng(1).integers(0, 3, len(X))
    weighted = RandomSurvivalForest(n_estimators=8, random_state=1).fit(X, y, sample_weight=weight)
    repeated = RandomSurvivalForest(n_estimators=8, random_state=1).fit(X.loc[X.index.repeat(weight)], y.repeat(weight))
    np.testing.assert_allclose(weighted.predict(X), repeated.predict(X), rtol=1e-12)


def test_out_of_bag_says_what_new_rows_say(tmp_path):
    X, y = simulated(2000, 4)
    X_new, y_new = simulated(4000, 5)
    forest = RandomSurvivalForest(oob_score=True, random_state=0).fit(X, y)
    new = concordance_index(y_new, forest.predict(X_new))
    assert forest.oob_score_ == pytest.approx(new, abs=0.02)
    assert new > 0.66  # the true risk reaches 0.70
    assert forest.score(X, y) > forest.oob_score_ + 0.03
    survival = forest.predict_survival(X_new.head(50), [0, 5, 10, 40])
    assert np.all(np.diff(survival, axis=1) <= 0)
    assert np.all(survival[:, 0] <= 1)
    assert set(np.argsort(forest.feature_importances_)[-4:]) >= {0}
    forest.save(tmp_path / "forest.tenure")
    np.testing.assert_array_equal(tenure.load(tmp_path / "forest.tenure").predict_survival(X_new.head(50), [0, 5, 10, 40]), survival)


def test_a_coarse_grid_changes_little():
    X, y = simulated(1500, 6)
    fine, coarse = (RandomSurvivalForest(n_estimators=50, max_times=points, random_state=0).fit(X, y) for points in (255, 12))
    assert 10 <= len(coarse.times_) <= 12  # quantiles of tied times may coincide
    assert coarse.times_[-1] == y["time"][y["event"]].max()
    X_new, y_new = simulated(3000, 7)
    assert concordance_index(y_new, coarse.predict(X_new)) == pytest.approx(concordance_index(y_new, fine.predict(X_new)), abs=0.01)


def test_bad_input_is_named():
    X, y = simulated(60, 8)
    with pytest.raises(ValueError, match="at least one event"):
        RandomSurvivalForest().fit(X, outcome(y["time"], np.zeros(60)))
    with pytest.raises(TypeError, match="late entries"):
        RandomSurvivalForest().fit(X, outcome(y["time"] + 1, y["event"], np.zeros(60)))
    with pytest.raises(ValueError, match="rows"):
        RandomSurvivalForest().fit(X.head(30), y)
    with pytest.raises(ValueError, match="bootstrap"):
        RandomSurvivalForest(bootstrap=False, oob_score=True).fit(X, y)
    with pytest.raises(ValueError, match="max_times"):
        RandomSurvivalForest(max_times=1000).fit(X, y)
