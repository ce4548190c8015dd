"""The random forest: quality beside scikit-learn, and what must hold for any forest."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier as Theirs
from sklearn.metrics import log_loss, roc_auc_score

from learn.tree_reference import telco_mixed, telco_numbers
from tenure.learn import RandomForestClassifier


def simulated(n, seed):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, 10))
    risk = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + 0.5 * X[:, 3] - 0.8
    return X, (random.random(n) < 1 / (1 + np.exp(-risk))).astype(int)


def test_as_good_as_scikit_learn():
    X, y = simulated(4000, 1)
    X_new, y_new = simulated(20_000, 2)
    ours = RandomForestClassifier(min_samples_leaf=8, random_state=0).fit(X, y).predict_proba(X_new)[:, 1]
    theirs = Theirs(100, min_samples_leaf=5, random_state=0).fit(X, y).predict_proba(X_new)[:, 1]
    # 8 rows of a bootstrap are about 5 different ones, which is what scikit-learn counts
    assert roc_auc_score(y_new, ours) > roc_auc_score(y_new, theirs) - 0.004  # the standard error of such an AUC
    assert log_loss(y_new, ours) < log_loss(y_new, theirs) + 0.004
    importances = RandomForestClassifier(random_state=0).fit(X, y).feature_importances_
    assert set(np.argsort(importances)[-4:]) == {0, 1, 2, 3}


def test_any_number_of_threads_and_any_order_of_rows():
    X, y = telco_mixed()
    one = RandomForestClassifier(n_estimators=15, random_state=4, n_jobs=1).fit(X, y)
    two = RandomForestClassifier(n_estimators=15, random_state=4, n_jobs=3).fit(X, y)
    assert one.model_ == two.model_
    order = np.random.default_rng(0).permutation(len(y))
    moved = RandomForestClassifier(n_estimators=15, random_state=4).fit(X.iloc[order], y[order])
    np.testing.assert_array_equal(moved.predict_proba(X), one.predict_proba(X))
    other = RandomForestClassifier(n_estimators=15, random_state=5).fit(X, y)
    assert other.model_ != one.model_


def test_a_whole_weight_is_that_many_rows():
    X, y = telco_mixed()
    weight = np.random.default_rng(1).integers(0, 3, len(y))
    weighted = RandomForestClassifier(n_estimators=10, min_samples_leaf=5, random_state=0).fit(X, y, sample_weight=weight)
    repeated = RandomForestClassifier(n_estimators=10, min_samples_leaf=5, random_state=0).fit(X.loc[X.index.repeat(weight)], y.repeat(weight))
    np.testing.assert_array_equal(weighted.predict_proba(X), repeated.predict_proba(X))


def test_out_of_bag_says_what_new_rows_say():
    X, y = simulated(3000, 3)
    X_new, y_new = simulated(20_000, 4)
    forest = RandomForestClassifier(n_estimators=200, oob_score=True, random_state=0).fit(X, y)
    outside = forest.oob_decision_function_[:, 1]
    assert not np.isnan(outside).any()
    assert roc_auc_score(y, outside) == pytest.approx(roc_auc_score(y_new, forest.predict_proba(X_new)[:, 1]), abs=0.03)
    assert roc_auc_score(y, forest.predict_proba(X)[:, 1]) > roc_auc_score(y, outside) + 0.05
    assert forest.oob_score_ == pytest.approx(np.mean((outside > 0.5) == y))
    assert forest.min_samples_leaf_ in (3, 10, 30)


def test_out_of_bag_by_hand():
    X, y = telco_numbers()
    forest = RandomForestClassifier(n_estimators=1, min_samples_leaf=1, oob_score=True, random_state=1).fit(X, y)
    outside = forest.oob_decision_function_[:, 1]
    assert np.isnan(outside).mean() == pytest.approx(1 - np.exp(-1), abs=0.05)  # rows that the only tree saw
    seen = ~np.isnan(outside)
    np.testing.assert_array_equal(outside[seen], forest.predict_proba(X)[seen, 1])


def test_whole_customers_are_drawn():
    X, y = simulated(600, 5)
    twice, labels = np.vstack([X, X]), np.r_[y, y]
    customer = np.r_[np.arange(600), np.arange(600)]
    by_row = RandomForestClassifier(n_estimators=100, min_samples_leaf=1, oob_score=True, random_state=0).fit(twice, labels)
    by_customer = RandomForestClassifier(n_estimators=100, min_samples_leaf=1, oob_score=True, random_state=0).fit(twice, labels, groups=customer)
    alone = RandomForestClassifier(n_estimators=100, min_samples_leaf=1, oob_score=True, random_state=0).fit(X, y)
    assert by_row.oob_score_ > by_customer.oob_score_ + 0.05  # a copy of the row in the bag gives the answer away
    assert by_customer.oob_score_ == pytest.approx(alone.oob_score_, abs=0.04)


def test_class_weights_keep_probabilities_honest():
    X, y = simulated(5000, 6)
    rare = (y == 0) | (np.random.default_rng(0).random(5000) < 0.2)
    X, y = X[rare], y[rare]
    plain = RandomForestClassifier(random_state=0, min_samples_leaf=10).fit(X, y)
    balanced = RandomForestClassifier(random_state=0, min_samples_leaf=10, class_weight="balanced").fit(X, y)
    assert balanced.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), abs=0.02)
    assert balanced.predict(X).mean() > 2 * plain.predict(X).mean()


def test_single_rows_say_what_tables_say():
    X, y = simulated(2000, 7)
    X[::17, 4] = np.nan
    forest = RandomForestClassifier(n_estimators=20, random_state=0).fit(X, y)
    many = forest.predict_proba(X[:64])
    np.testing.assert_array_equal(np.vstack([forest.predict_proba(X[i : i + 1]) for i in range(64)]), many)
    with pytest.raises(ValueError, match="infinity"):
        forest.predict_proba(np.full((1, 10), np.inf))


def test_the_file_is_small():
    import pickle

    X, y = simulated(3000, 8)
    ours = RandomForestClassifier(n_estimators=30, min_samples_leaf=1, random_state=0).fit(X, y)
    theirs = Theirs(30, random_state=0).fit(X, y)
    assert len(ours.to_bytes()) < len(pickle.dumps(theirs)) / 5


def test_bad_input_is_named():
    X, y = simulated(100, 9)
    with pytest.raises(ValueError, match="bootstrap"):
        RandomForestClassifier(bootstrap=False, oob_score=True).fit(X, y)
    with pytest.raises(ValueError, match="n_estimators"):
        RandomForestClassifier(n_estimators=0).fit(X, y)
    with pytest.raises(ValueError, match="groups"):
        RandomForestClassifier().fit(X, y, groups=np.arange(5))
    with pytest.raises(ValueError, match="max_features"):
        RandomForestClassifier(max_features="all").fit(X, y)
