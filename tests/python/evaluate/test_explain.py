"""Permutation importance and reasons."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.inspection import permutation_importance as sklearn_importance

from tenure.evaluate import permutation_importance, reasons, roc_auc, tree_shap
from tenure.learn import CalibratedClassifier, DecisionTreeClassifier, LogisticPath, LogisticRegression, RandomForestClassifier


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(4)
    n = 600
    X = pd.DataFrame({"calls": random.poisson(2, n).astype(float), "plan": random.choice(["basic", "pro"], n), "noise": random.normal(size=n)})
    X["fee"] = random.normal(size=n)
    X["fee_with_tax"] = 1.2 * X["fee"] + 0.01 * random.normal(size=n)
    y = random.random(n) < 1 / (1 + np.exp(-(X["calls"] - 2 + 1.5 * (X["plan"] == "basic") + X["fee"])))
    return X, y.to_numpy()


def test_importance_agrees_with_scikit_learn_and_finds_the_noise(data):
    X, y = data
    model = LogisticRegression().fit(X, y)
    ours = permutation_importance(model, X, y, repetitions=20, groups={"money": ["fee", "fee_with_tax"]}).set_index("column")
    assert set(ours.index) == {"calls", "plan", "noise", "money"}
    assert ours.loc["noise", "lower"] < 0.002
    assert (ours["lower"] <= ours["importance"]).all()
    numbers = X[["calls", "noise", "fee"]]
    model = LogisticRegression().fit(numbers, y)
    mine = permutation_importance(model, numbers, y, repetitions=30).set_index("column")
    theirs = sklearn_importance(model, numbers, y, scoring="roc_auc", n_repeats=30, random_state=0)
    for name, value, error in zip(numbers, theirs.importances_mean, theirs.importances_std, strict=True):
        assert abs(mine.loc[name, "importance"] - value) < 4 * np.hypot(error, mine.loc[name, "std_error"] * 30**0.5) / 30**0.5 + 1e-12


def test_importance_is_the_same_for_any_frame_and_threads(data):
    X, y = data
    model = LogisticRegression().fit(X, y)
    one = permutation_importance(model, X, y, repetitions=3)
    pd.testing.assert_frame_equal(one, permutation_importance(model, X, y, repetitions=3, n_jobs=2))
    polars = permutation_importance(LogisticRegression().fit(pl.from_pandas(X), y), pl.from_pandas(X), y, repetitions=3)
    assert isinstance(polars, pl.DataFrame)
    np.testing.assert_array_equal(polars["importance"].to_numpy(), one["importance"])
    shuffled = X.set_index(X.index[::-1])
    pd.testing.assert_frame_equal(one, permutation_importance(model, shuffled, y, repetitions=3))


def test_importance_refuses_nonsense(data):
    X, y = data
    model = LogisticRegression().fit(X, y)
    for arguments, message in [({"measure": "luck"}, "measure"), ({"repetitions": 1}, "repetitions"), ({"groups": {"g": ["nope"]}}, "nope")]:
        with pytest.raises(ValueError, match=message):
            permutation_importance(model, X, y, **arguments)


@pytest.mark.parametrize("model", [LogisticRegression(), LogisticPath(n_lambdas=10), CalibratedClassifier(method="platt")])
def test_linear_contributions_add_up_to_the_log_odds(data, model):
    X, y = data
    model.fit(X, y)
    table = reasons(model, X, k=10, correlated=2)
    linear = getattr(model, "estimator_", model)
    eta = linear.decision_function(X)
    effects = linear.contributions(X)
    np.testing.assert_allclose(effects.sum(axis=1) + linear.intercept_[0], eta, rtol=1e-10)
    above = effects - effects.mean(axis=0)
    expected = [(row, value) for row in range(len(X)) for value in sorted(above[row][above[row] > 0], reverse=True)]
    np.testing.assert_array_equal(table["row"], [row for row, _ in expected])
    np.testing.assert_allclose(table["contribution"], [value for _, value in expected])


def test_tree_reasons_are_shapley_values(data):
    X, y = data
    tree = DecisionTreeClassifier(max_depth=4).fit(X, y)
    values = tree_shap(tree, X).values
    table = reasons(tree, X, k=1, correlated=2)
    best = table[table["row"] == 5].iloc[0]
    np.testing.assert_allclose(best["contribution"], values[5].max())
    assert "percentage points" in best["sentence"]


def test_correlated_columns_are_one_reason_and_sentences_speak_two_languages(data):
    X, y = data
    model = LogisticRegression().fit(X, y)
    table = reasons(model, X.iloc[:50], k=3, background=X)
    assert "fee + fee_with_tax" in set(table["reason"])
    assert not {"fee", "fee_with_tax"} & set(table["reason"])
    assert table.groupby("row").size().max() <= 3
    first = table.iloc[0]
    assert first["sentence"] == f"Higher risk goes with {first['reason']} = {first['value']} (odds × {np.exp(first['contribution']):.2f})."
    assert "相伴" in reasons(model, X.iloc[:5], background=X, language="zh")["sentence"].iloc[0]


def test_agreement_over_refits(data):
    X, y = data
    table = reasons(LogisticRegression().fit(X, y), X.iloc[:40], k=2, background=X, train=(X, y), refits=10)
    assert table["agreement"].between(0, 1).all()
    assert table.loc[table["reason"] == "calls", "agreement"].mean() > 0.8
    forest = RandomForestClassifier(n_estimators=5, random_state=0).fit(X, y)
    assert "agreement" not in reasons(forest, X.iloc[:5]).columns


def test_reasons_refuse_nonsense(data):
    X, y = data
    model = LogisticRegression().fit(X, y)
    with pytest.raises(ValueError, match="k = 0"):
        reasons(model, X, k=0)
    with pytest.raises(ValueError, match="language"):
        reasons(model, X, language="fr")
    assert roc_auc(y, model.predict_proba(X)) > 0.7
