"""Gradient boosting: quality beside LightGBM's algorithm as scikit-learn has it, and what must hold for any boosted model."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score
from threadpoolctl import threadpool_limits

from learn.tree_reference import telco_mixed
from tenure.learn import GradientBoostingClassifier


def simulated(n, seed):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, 8))
    risk = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + 0.5 * X[:, 3] - 0.8
    return X, (random.random(n) < 1 / (1 + np.exp(-risk))).astype(int)


def test_equal_settings_give_equal_quality():
    X, y = simulated(20_000, 1)
    X_new, y_new = simulated(20_000, 2)
    ours = GradientBoostingClassifier(
        n_estimators=100, learning_rate=0.1, max_leaf_nodes=31, subsample=1.0, max_features=1.0, l2_regularization=0.0, n_jobs=2
    ).fit(X, y)
    with threadpool_limits(1):
        theirs = HistGradientBoostingClassifier(max_iter=100, early_stopping=False).fit(X, y)
    p, q = ours.predict_proba(X_new)[:, 1], theirs.predict_proba(X_new)[:, 1]
    assert log_loss(y_new, p) == pytest.approx(log_loss(y_new, q), abs=0.002)
    assert roc_auc_score(y_new, p) == pytest.approx(roc_auc_score(y_new, q), abs=0.002)


def test_one_tree_by_hand():
    X = pd.DataFrame({"x": np.repeat([0.0, 1.0], 50)})
    y = np.r_[np.arange(50) < 10, np.arange(50) < 30].astype(int)
    one = {"n_estimators": 1, "learning_rate": 0.5, "max_leaf_nodes": 2, "subsample": 1.0, "max_features": 1.0}
    model = GradientBoostingClassifier(**one, l2_regularization=3.0).fit(X, y)
    base = np.log(0.4 / 0.6)
    step = [0.5 * (churned - 50 * 0.4) / (50 * 0.24 + 3.0) for churned in (10, 30)]  # -G / (H + l2)
    np.testing.assert_allclose(model.decision_function(X.iloc[[0, -1]]), base + np.array(step), rtol=1e-12)
    shrunk = GradientBoostingClassifier(**one, l1_regularization=4.0, l2_regularization=0.0).fit(X, y)
    np.testing.assert_allclose(shrunk.decision_function(X.iloc[[0, -1]]), base + np.array([0.5 * -6 / 12, 0.5 * 6 / 12]), rtol=1e-12)


def test_any_number_of_threads_and_any_order_of_rows():
    X, y = telco_mixed()
    one = GradientBoostingClassifier(n_estimators=30, random_state=4, n_jobs=1).fit(X, y)
    three = GradientBoostingClassifier(n_estimators=30, random_state=4, n_jobs=3).fit(X, y)
    assert one.model_ == three.model_
    order = np.random.default_rng(0).permutation(len(y))
    moved = GradientBoostingClassifier(n_estimators=30, random_state=4).fit(X.iloc[order], y[order])
    np.testing.assert_allclose(moved.predict_proba(X), one.predict_proba(X), rtol=1e-9)


def test_leaves_hold_enough_rows():
    X, y = simulated(3000, 3)
    model = GradientBoostingClassifier(n_estimators=20, learning_rate=0.5, min_samples_leaf=37, max_leaf_nodes=40, subsample=1.0).fit(X, y)
    leaves = model.apply(X)
    for tree in range(20):
        assert np.bincount(leaves[:, tree])[np.unique(leaves[:, tree])].min() >= 37


def test_early_stopping_keeps_the_best_number_of_trees():
    X, y = simulated(2000, 4)
    model = GradientBoostingClassifier(n_estimators=2000, learning_rate=0.3, early_stopping=True, random_state=0).fit(X, y)
    assert model.n_estimators_ < 300
    assert np.argmin(model.validation_loss_) == model.n_estimators_
    assert len(model.validation_loss_) == model.n_estimators_ + 10 + 1
    X_new, y_new = simulated(10_000, 5)
    late = GradientBoostingClassifier(n_estimators=400, learning_rate=0.3).fit(X, y)
    assert log_loss(y_new, model.predict_proba(X_new)) < log_loss(y_new, late.predict_proba(X_new))


def test_monotone_directions_hold():
    X, y = simulated(4000, 6)
    model = GradientBoostingClassifier(max_leaf_nodes=31, monotonic_cst=[0, 0, 1, -1, 0, 0, 0, 0]).fit(X, y)
    grid = np.repeat(np.random.default_rng(0).normal(size=(100, 8)), 60, axis=0)
    for column, direction in ((2, 1), (3, -1)):
        moved = grid.copy()
        moved[:, column] = np.tile(np.linspace(-3, 3, 60), 100)
        assert np.all(direction * np.diff(model.decision_function(moved).reshape(100, 60), axis=1) >= -1e-12)


def test_class_weights_keep_probabilities_honest():
    X, y = simulated(5000, 7)
    model = GradientBoostingClassifier(class_weight={0: 1, 1: 5}).fit(X, y)
    plain = GradientBoostingClassifier().fit(X, y)
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), abs=1e-9)
    assert model.predict(X).mean() > 1.3 * plain.predict(X).mean()
    raw = GradientBoostingClassifier(class_weight={0: 1, 1: 5}, prior_correction=False).fit(X, y)
    assert np.mean(raw.predict(X) == model.predict(X)) > 0.9


def test_defaults_on_a_customer_table():
    X, y = telco_mixed()
    X_new, y_new, X, y = X[2000:], y[2000:], X[:2000], y[:2000]
    p = GradientBoostingClassifier(random_state=0).fit(X, y).predict_proba(X_new)
    with threadpool_limits(1):
        theirs = HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0).fit(X, y).predict_proba(X_new)
    assert roc_auc_score(y_new, p[:, 1]) > roc_auc_score(y_new, theirs[:, 1])
    assert log_loss(y_new, p) < log_loss(y_new, theirs)


def test_bad_input_is_named():
    X, y = simulated(100, 8)
    for parameters in ({"learning_rate": 0.0}, {"subsample": 1.5}, {"max_leaf_nodes": 1}, {"n_estimators": 0}):
        with pytest.raises(ValueError, match=next(iter(parameters))):
            GradientBoostingClassifier(**parameters).fit(X, y)
    with pytest.raises(ValueError, match="one class"):
        GradientBoostingClassifier().fit(X, np.ones(100))
