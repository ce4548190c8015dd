"""Shapley values against enumeration of all subsets, and the sums that must hold."""

import numpy as np
import pytest

from learn.tree_reference import read, telco_mixed, telco_numbers
from tenure.evaluate import tree_shap
from tenure.learn import DecisionTreeClassifier, GradientBoostingClassifier, LogisticRegression, RandomForestClassifier


def test_the_enumerated_tree():
    X, y = telco_numbers()
    case = read("telco_treeshap")["cases"][0]
    tree = DecisionTreeClassifier(max_depth=4, min_samples_leaf=10).fit(X, y)
    assert [-2 if node["leaf"] else node["feature"] for node in tree.model_.nodes()] == case["tree"]["feature"]
    found = tree_shap(tree, X.iloc[case["rows"]])
    np.testing.assert_allclose(found.values, case["shap"], atol=1e-12)
    assert found.base == pytest.approx(case["base"], abs=1e-12)
    assert found.columns == list(X.columns)


@pytest.mark.parametrize(
    "model", [DecisionTreeClassifier(), RandomForestClassifier(n_estimators=12, random_state=0), GradientBoostingClassifier(n_estimators=25, random_state=0)]
)
def test_values_add_up_and_do_not_depend_on_threads(model):
    X, y = telco_mixed()
    model.fit(X, y)
    rows = X.iloc[:60]
    score = model.decision_function(rows) if hasattr(model, "decision_function") else model.predict_proba(rows)[:, 1]
    found = tree_shap(model, rows)
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), score, atol=1e-10)
    against = tree_shap(model, rows, background=X.iloc[100:140])
    np.testing.assert_allclose(against.base + against.values.sum(axis=1), score, atol=1e-10)
    np.testing.assert_array_equal(tree_shap(model.set_params(n_jobs=3), rows).values, found.values)


def test_a_column_that_the_model_ignores_gets_nothing():
    X, y = telco_mixed()
    tree = DecisionTreeClassifier(max_depth=2).fit(X, y)
    ignored = tree.feature_importances_ == 0
    assert ignored.any()
    assert np.all(tree_shap(tree, X).values[:, ignored] == 0)
    assert tree_shap(tree, X).importance().column[0] == X.columns[np.argmax(np.abs(tree_shap(tree, X).values).mean(axis=0))]


def test_other_models_are_refused():
    X, y = telco_numbers()
    with pytest.raises(TypeError, match="LogisticRegression"):
        tree_shap(LogisticRegression().fit(X, y), X)
