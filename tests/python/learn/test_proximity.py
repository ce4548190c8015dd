"""Proximity of rows in a forest."""

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure.learn import RandomForestClassifier


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(3)
    X = pd.DataFrame({"a": random.normal(size=300), "b": random.normal(size=300), "plan": random.choice(["x", "y", "z"], 300)})
    y = np.where(random.random(300) < 1 / (1 + np.exp(-2 * X["a"] * (X["plan"] == "x"))), "left", "stays")
    return X, y, RandomForestClassifier(n_estimators=70, random_state=0, min_samples_leaf=5).fit(X, y)


def test_it_is_the_share_of_common_leaves(data):
    X, _, forest = data
    leaves = forest.apply(X)
    expected = np.mean(leaves[:, None, :] == leaves[None, :40, :], axis=2)
    np.testing.assert_allclose(forest.proximity(X)[:, :40], expected, rtol=1e-6)
    np.testing.assert_array_equal(forest.proximity(X, X.head(40)), forest.proximity(X)[:, :40])
    assert np.all(np.diag(forest.proximity(X)) == 1)
    np.testing.assert_array_equal(forest.set_params(n_jobs=3).proximity(X), forest.set_params(n_jobs=None).proximity(X))


def test_out_of_bag_leaves_out_what_trees_have_seen(data):
    X, y, forest = data
    found = forest.proximity(X, y=y)
    # A row is out of bag in a tree of one when its out-of-bag probability is known.
    single = RandomForestClassifier(n_estimators=1, random_state=0, min_samples_leaf=5, oob_score=True).fit(X, y)
    outside = ~np.isnan(single.oob_decision_function_[:, 1])
    first = single.proximity(X, y=y)
    both = outside[:, None] & outside[None, :]
    assert np.isnan(first[~both]).all()
    leaf = single.apply(X)[:, 0]
    np.testing.assert_array_equal(first[both], (leaf[:, None] == leaf[None, :])[both])
    assert 0.3 < outside.mean() < 0.44
    np.testing.assert_array_equal(found, found.T)
    assert np.nanmean(np.abs(found - forest.proximity(X))) < 0.1


def test_drawn_rows_look_more_alike_than_they_are():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(400, 4)), random.integers(0, 2, 400)
    forest = RandomForestClassifier(n_estimators=100, min_samples_leaf=1, random_state=0).fit(X, y)
    same = np.equal.outer(y, y) & ~np.eye(400, dtype=bool)
    differ = ~np.equal.outer(y, y)
    inside, outside = forest.proximity(X), forest.proximity(X, y=y)
    assert inside[same].mean() > 1.5 * inside[differ].mean()
    assert np.nanmean(outside[same]) < 1.15 * np.nanmean(outside[differ])


def test_weights_and_groups_find_their_trees(data):
    X, y, _ = data
    groups, weight = np.arange(300) // 3, np.arange(300) % 2 + 1.0
    forest = RandomForestClassifier(n_estimators=1, random_state=0, oob_score=True).fit(X, y, weight, groups)
    outside = ~np.isnan(forest.oob_decision_function_[:, 1])
    found = forest.proximity(X, y=y, sample_weight=weight, groups=groups)
    np.testing.assert_array_equal(~np.isnan(np.diag(found)), outside)


@pytest.mark.parametrize("outside", [False, True])
def test_the_nearest_rows_are_those_of_the_whole_table(data, outside):
    X, y, forest = data
    given = {"y": y} if outside else {}
    whole = np.nan_to_num(forest.proximity(X, **given))
    np.fill_diagonal(whole, -1)
    rows, share = forest.nearest_rows(X, 7, **given)
    order = np.lexsort((np.broadcast_to(np.arange(300), whole.shape), -whole), axis=1)[:, :7]
    expected = np.take_along_axis(whole, order, axis=1)
    np.testing.assert_array_equal(share, expected)
    np.testing.assert_array_equal(rows[share > 0], order[share > 0])
    assert np.all(rows[share == 0] == -1)
    near, _ = forest.nearest_rows(X.head(5), 1, X)
    assert near.ravel().tolist() == [0, 1, 2, 3, 4]
    alone, share = forest.nearest_rows(X.head(1), 3)
    assert (alone.tolist(), share.tolist()) == ([[-1, -1, -1]], [[0.0, 0.0, 0.0]])


def test_what_is_refused(data):
    X, y, forest = data
    with pytest.raises(tenure.InvalidInput, match="too many rows for all pairs"):
        forest.proximity(pd.concat([X] * 40))
    with pytest.raises(ValueError, match="k = 0"):
        forest.nearest_rows(X, 0)
    with pytest.raises(ValueError, match="one label a row of X"):
        forest.proximity(X, y=y[:10])
    with pytest.raises(ValueError, match="exclude each other"):
        forest.proximity(X, X, y=y)
    with pytest.raises(ValueError, match="go with y"):
        forest.proximity(X, groups=y)
    with pytest.raises(tenure.InvalidInput, match="bootstrap"):
        RandomForestClassifier(n_estimators=2, bootstrap=False).fit(X, y).proximity(X, y=y)
