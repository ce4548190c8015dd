"""Cost-complexity pruning chosen by cross-validation."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import PredefinedSplit, ShuffleSplit

import tenure
from tenure.learn import DecisionTreeClassifier

REFERENCE = Path(__file__).parents[2] / "reference" / "trees"


@pytest.fixture(scope="module")
def rows():
    data = pd.read_csv(REFERENCE / "pruning_rows.csv")
    return data[["a", "b", "c", "d"]], data["y"].to_numpy(), data["fold"].to_numpy()


def test_the_table_is_that_of_rpart(rows):
    X, y, fold = rows
    expected = pd.read_csv(REFERENCE / "pruning.csv", skipinitialspace=True).iloc[::-1].reset_index(drop=True)
    tree = DecisionTreeClassifier(min_samples_split=50, min_samples_leaf=25, ccp_alpha="cv", cv=PredefinedSplit(fold)).fit(X, y)
    table = tree.pruning_table_
    assert table["leaves"].tolist() == expected["leaves"].tolist()
    for name in ("alpha", "impurity", "error", "std_error"):
        np.testing.assert_allclose(table[name], expected[name], rtol=1e-9, atol=1e-12, err_msg=name)
    best = expected["error"].argmin()
    limit = expected["error"][best] + expected["std_error"][best]
    simplest = expected.index[expected["error"] <= limit].max()
    assert tree.get_n_leaves() == expected["leaves"][simplest]
    assert tree.ccp_alpha_ == table["alpha"][simplest]
    assert tree.set_params(selection="min").fit(X, y).get_n_leaves() == expected["leaves"][best]


def by_hand(X, y, folds, weight, **options):
    """The held-out errors of trees fitted anew at every price."""
    full = DecisionTreeClassifier(**options)
    alphas = np.unique(full.cost_complexity_pruning_path(X, y, weight).ccp_alphas.round(15))
    weight = np.ones(len(y)) if weight is None else weight
    errors = np.zeros((len(alphas), len(y)))
    for k, alpha in enumerate(alphas):
        price = np.sqrt(alpha * alphas[k + 1]) if k + 1 < len(alphas) else 1.0
        for fold in np.unique(folds):
            out = folds == fold
            tree = DecisionTreeClassifier(ccp_alpha=price, **options).fit(X[~out], y[~out], weight[~out])
            errors[k, out] = (tree.predict_proba(X[out])[:, 1] - y[out]) ** 2
    mean = np.average(errors, axis=1, weights=weight)
    return alphas, mean, np.sqrt(np.average(errors**2, axis=1, weights=weight) - mean**2) / np.sqrt(weight.sum())


@pytest.mark.parametrize("options", [{}, {"criterion": "entropy"}, {"search": "binned"}, {"max_leaf_nodes": 12}, {"class_weight": {0: 1, 1: 2}}], ids=str)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_errors_are_those_of_a_plain_loop(rows, options, weighted):
    X, y, folds = rows
    X = X.assign(plan=pd.Categorical(np.array(["x", "y", "z"])[np.arange(len(y)) * 7 % 3]))
    X.loc[::9, "a"] = np.nan
    weight = 0.5 + np.arange(len(y)) % 4 if weighted else None
    options = {"min_samples_leaf": 8, "random_state": 0, **options}
    tree = DecisionTreeClassifier(ccp_alpha="cv", cv=PredefinedSplit(folds), **options).fit(X, y, weight)
    alphas, error, std_error = by_hand(X, y, folds, weight, **options)
    np.testing.assert_allclose(tree.pruning_table_["alpha"], alphas, atol=1e-12)
    np.testing.assert_allclose(tree.pruning_table_["error"], error, rtol=1e-9)
    np.testing.assert_allclose(tree.pruning_table_["std_error"], std_error, rtol=1e-9)


def test_noise_is_pruned_away_and_signal_is_not():
    random = np.random.default_rng(0)
    leaves = []
    for seed in range(10):
        X = random.normal(size=(400, 5))
        leaves.append(DecisionTreeClassifier(ccp_alpha="cv", random_state=seed).fit(X, random.integers(0, 2, 400)).get_n_leaves())
    assert np.mean(np.array(leaves) == 1) > 0.7
    X = random.normal(size=(2000, 5))
    y = (X[:, 0] > 0) ^ (random.random(2000) < 0.1)
    tree = DecisionTreeClassifier(ccp_alpha="cv", random_state=0, n_jobs=2).fit(X, y)
    assert tree.get_n_leaves() == 2
    again = DecisionTreeClassifier(ccp_alpha="cv", random_state=0).fit(X, y)
    pd.testing.assert_frame_equal(again.pruning_table_, tree.pruning_table_)


def test_it_is_saved(rows, tmp_path):
    X, y, _ = rows
    tree = DecisionTreeClassifier(ccp_alpha="cv", cv=4, selection="min", random_state=0).fit(X, y)
    tree.save(tmp_path / "tree.tenure")
    loaded = tenure.load(tmp_path / "tree.tenure")
    assert (loaded.ccp_alpha, loaded.ccp_alpha_) == ("cv", tree.ccp_alpha_)
    pd.testing.assert_frame_equal(loaded.pruning_table_, tree.pruning_table_)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ccp_alpha": "best"}, "must be a number >= 0 or 'cv'"),
        ({"ccp_alpha": "cv", "selection": "2se"}, "must be '1se' or 'min'"),
        ({"ccp_alpha": "cv", "cv": 1}, "cv = 1: must be from 2 to"),
        ({"ccp_alpha": "cv", "cv": 1000}, "cv = 1000: must be from 2 to"),
        ({"ccp_alpha": "cv", "cv": ShuffleSplit(3, random_state=0)}, "must hold out every row once"),
        ({"ccp_alpha": -1.0}, "ccp_alpha"),
    ],
)
def test_what_is_refused(rows, options, words):
    X, y, _ = rows
    with pytest.raises(ValueError, match=words):
        DecisionTreeClassifier(**options).fit(X, y)


def test_more_is_refused(rows):
    X, y, _ = rows
    with pytest.raises(tenure.InvalidInput, match="without one of them only one class is left"):
        DecisionTreeClassifier(ccp_alpha="cv", cv=PredefinedSplit(y)).fit(X, y)
    with pytest.raises(AttributeError, match="ccp_alpha='cv'"):
        _ = DecisionTreeClassifier().fit(X, y).pruning_table_
