"""CHAID beside a plain program of its definition, and what must hold for any tree."""

import itertools
import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, chi2_contingency

import tenure
from tenure.learn import ChaidClassifier


def customers(n=1500, seed=1):
    random = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "plan": random.choice(["basic", "max", "mid", "plus", "pro"], n),
            "months": random.integers(0, 60, n).astype(float),
            "fee": random.normal(60, 20, n).round(),
            "noise": random.choice(list("abcdefgh"), n),
        }
    )
    risk = 1.2 * X["plan"].isin(["basic", "mid"]) - 0.04 * X["months"] - 0.3
    X.loc[random.random(n) < 0.15, "fee"] = np.nan
    risk = risk + 0.9 * X["fee"].isna()
    return X, (random.random(n) < 1 / (1 + np.exp(-risk))).astype(int).to_numpy()


@cache
def partitions(c, r):
    """Ways to part c things into r groups."""
    if r in (0, c):
        return int(r == c)
    return 0 if r > c else r * partitions(c - 1, r) + partitions(c - 1, r - 1)


def statistic(tables):
    table = np.array(tables)
    table = table[:, table.sum(axis=0) > 0]
    return 0.0 if table.shape[1] < 2 else chi2_contingency(table, correction=False)[0]


def best_split(cells, y, ordered, level=0.05, smallest=50):
    """The merged groups of one column and their adjusted p-value, from the definition. Category -1 of an ordered column is missing."""
    categories = sorted(set(cells.tolist()))
    missing = ordered and -1 in categories
    groups = [[c] for c in categories if not (missing and c == -1)] + ([[-1]] if missing else [])

    def table(g):
        inside = np.isin(cells, g)
        return [np.sum(inside & (y == 0)), np.sum(inside & (y == 1))]

    def may_join(a, b):
        if not ordered or groups[a] == [-1] or groups[b] == [-1]:
            return True
        known = [k for k in range(len(groups)) if groups[k] != [-1]]
        return abs(known.index(a) - known.index(b)) == 1

    def join(allowed):
        while len(groups) > 1:
            pairs = [(statistic([table(groups[a]), table(groups[b])]), a, b) for a, b in itertools.combinations(range(len(groups)), 2) if may_join(a, b)]
            pairs = [(s, a, b) for s, a, b in pairs if allowed(s, groups[a], groups[b])]
            if not pairs:
                return
            _, a, b = min(pairs)
            groups[a] += groups[b]
            del groups[b]

    join(lambda s, a, b: chi2.sf(s, 1) > level)
    join(lambda s, a, b: min(sum(table(a)), sum(table(b))) < smallest)
    c, r = len(categories), len(groups)
    if r < 2:
        return None
    ways = partitions(c, r) if not ordered else math.comb(c - 2, r - 2) + r * math.comb(c - 2, r - 1) if missing else math.comb(c - 1, r - 1)
    value = statistic([table(g) for g in groups])
    return min(1.0, chi2.sf(value, r - 1) * ways), value, groups


def test_the_first_split_is_that_of_the_definition():
    for seed in range(4):
        X, y = customers(seed=seed)
        tree = ChaidClassifier(max_depth=1, max_bins=10).fit(X, y)
        found = {}
        for name in X:
            if X[name].dtype == float:
                found[name] = best_split(intervals(X[name], 10), y, ordered=True)
            else:
                found[name] = best_split(pd.factorize(X[name], sort=True)[0], y, ordered=False)
        name = min((n for n in found if found[n]), key=lambda n: found[n][0])
        p, value, groups = found[name]
        split = tree.splits_.iloc[0]
        assert split["column"] == name
        assert split["groups"] == len(groups)
        assert split["chi_squared"] == pytest.approx(value, rel=1e-9)
        assert split["p_value"] == pytest.approx(p, rel=1e-8)
        leaves = tree.apply(X)[:, 0]
        assert len(np.unique(leaves)) == len(groups)


def intervals(values, bins):
    """The interval of each value: by the share of the rows below the middle of those that have it; -1 missing."""
    known = values.dropna()
    below = values.map({v: np.sum(known < v) + np.sum(known == v) / 2 for v in known.unique()})
    return np.where(values.isna(), -1, np.floor(bins * below / len(known)))


def test_deeper_splits_are_first_splits_of_their_rows():
    X, y = customers(4000, 7)
    X = X[["plan", "noise"]]
    tree = ChaidClassifier(max_depth=2).fit(X, y)
    root = ChaidClassifier(max_depth=1).fit(X, y)
    groups = root.apply(X)[:, 0]
    for group in np.unique(groups):
        inside = groups == group
        below = len(np.unique(tree.apply(X)[inside, 0]))
        alone = ChaidClassifier(max_depth=1).fit(X[inside], y[inside])
        assert below == max(1, len(np.unique(alone.apply(X[inside])[:, 0])))


def test_every_leaf_says_the_rate_of_its_rows():
    X, y = customers()
    tree = ChaidClassifier().fit(X, y)
    leaves, p = tree.apply(X)[:, 0], tree.predict_proba(X)[:, 1]
    for leaf in np.unique(leaves):
        assert np.sum(leaves == leaf) >= 50
        np.testing.assert_allclose(p[leaves == leaf], y[leaves == leaf].mean())
    rules = tree.rules()
    assert rules["weight"].sum() == len(y)
    assert (tree.splits_["p_value"] <= 0.05).all()
    assert "noise" not in set(tree.splits_["column"])
    assert tree.feature_importances_.sum() == pytest.approx(1)


def test_missing_values_are_a_category():
    random = np.random.default_rng(0)
    X = pd.DataFrame({"fee": random.normal(size=1000)})
    X.loc[:299, "fee"] = np.nan
    y = np.where(X["fee"].isna(), random.random(1000) < 0.9, random.random(1000) < 0.1).astype(int)
    tree = ChaidClassifier().fit(X, y)
    assert tree.rules()["rule"].tolist() == ["fee missing", "fee known"]
    high = X["fee"] > X["fee"].quantile(0.8)
    y = np.where(X["fee"].isna() | high, random.random(1000) < 0.9, random.random(1000) < 0.1).astype(int)
    tree = ChaidClassifier().fit(X, y)
    assert tree.splits_["groups"].tolist() == [2]
    missing, top, low = tree.predict_proba(pd.DataFrame({"fee": [np.nan, 3.0, -3.0]}))[:, 1]
    assert missing == top > 0.8 > 0.2 > low


def test_noise_is_rarely_split():
    random = np.random.default_rng(0)
    splits = 0
    for _ in range(200):
        X = pd.DataFrame({"a": random.choice(list("abcde"), 400), "b": random.normal(size=400)})
        splits += len(ChaidClassifier(max_depth=1).fit(X, random.integers(0, 2, 400)).splits_)
    assert splits < 30  # two columns, 5 % each


def test_a_whole_weight_is_repeated_rows_and_small_p_values_are_kept_apart():
    X, y = customers(800, 3)
    weight = np.random.default_rng(0).integers(0, 4, 800)
    a = ChaidClassifier().fit(X, y, weight)
    again = X.index.repeat(weight)
    b = ChaidClassifier().fit(X.loc[again], y.repeat(weight))
    np.testing.assert_allclose(a.predict_proba(X), b.predict_proba(X))
    heavy = ChaidClassifier(max_depth=1).fit(X, y, np.full(800, 1e6))
    light = ChaidClassifier(max_depth=1, min_samples_split=2, min_samples_leaf=1).fit(X, y)
    assert heavy.model_.split_log_p[0] < -1000
    assert np.isfinite(heavy.model_.split_log_p[0])
    assert heavy.splits_["column"][0] in X.columns
    assert light.splits_["p_value"][0] > 0


def test_saved_and_refused(tmp_path):
    X, y = customers(600, 2)
    tree = ChaidClassifier().fit(X, y)
    tree.save(tmp_path / "tree.tenure")
    pd.testing.assert_frame_equal(tenure.load(tmp_path / "tree.tenure").splits_, tree.splits_)
    assert "<svg" in tree.to_svg()
    for options, words in (({"merge_level": 0.0}, "merge_level"), ({"split_level": 1.0}, "split_level"), ({"max_bins": 1}, "max_bins")):
        with pytest.raises(tenure.InvalidInput, match=words):
            ChaidClassifier(**options).fit(X, y)
    with pytest.raises(ValueError, match="one class"):
        ChaidClassifier().fit(X, np.zeros(600))
