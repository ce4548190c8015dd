"""Reasons of survival models."""

import numpy as np
import pandas as pd
import pytest

from tenure.evaluate import reasons, tree_shap
from tenure.survival import CoxPH, GradientBoostingSurvival, RandomSurvivalForest, outcome


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(4)
    X = pd.DataFrame({"calls": random.poisson(2, 300).astype(float), "fee": random.normal(50, 10, 300).round(1), "plan": random.choice(["basic", "pro"], 300)})
    time = random.exponential(np.exp(3 - 0.5 * X["calls"] + 0.6 * (X["plan"] == "pro")))
    return X, outcome(np.minimum(time, 30).round(2) + 0.01, time < 30)


def test_cox_contributions_add_up_to_the_log_hazard(data):
    X, y = data
    model = CoxPH().fit(X, y)
    effects = model.contributions(X)
    np.testing.assert_allclose(effects.sum(axis=1), model.predict(X), rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(effects[X["plan"] == "basic", 2], 0)
    above = effects - effects.mean(axis=0)
    table = reasons(model, X, k=3, correlated=2)
    expected = [(row, value) for row in range(len(X)) for value in sorted(above[row][above[row] > 0], reverse=True)]
    np.testing.assert_array_equal(table["row"], [row for row, _ in expected])
    np.testing.assert_allclose(table["contribution"], [value for _, value in expected])
    first = table.iloc[0]
    assert first["sentence"] == f"Earlier leaving goes with {first['reason']} = {first['value']} (hazard × {np.exp(first['contribution']):.2f})."
    assert "风险率" in reasons(model, X.iloc[:9], background=X, language="zh")["sentence"].iloc[0]


def test_survival_forest_reasons_are_shapley_values_of_mortality(data):
    X, y = data
    forest = RandomSurvivalForest(n_estimators=20, random_state=0).fit(X, y)
    shap = tree_shap(forest, X)
    assert shap.scale == "mortality"
    np.testing.assert_allclose(shap.base + shap.values.sum(axis=1), forest.predict(X), rtol=1e-10)
    interventional = tree_shap(forest, X.iloc[:5], background=X.iloc[:50])
    np.testing.assert_allclose(interventional.base, forest.predict(X.iloc[:50]).mean(), rtol=1e-10)
    np.testing.assert_allclose(interventional.base + interventional.values.sum(axis=1), forest.predict(X.iloc[:5]), rtol=1e-10)
    table = reasons(forest, X, k=1, correlated=2)
    row = int(table["row"].iloc[0])
    np.testing.assert_allclose(table["contribution"].iloc[0], shap.values[row].max())
    assert "mortality +" in table["sentence"].iloc[0]
    assert "累积风险" in reasons(forest, X.iloc[:9], language="zh")["sentence"].iloc[0]


@pytest.mark.parametrize(("loss", "scale", "words"), [("cox", "log-hazard", "hazard ×"), ("weibull", "log-time", "time ÷")])
def test_boosted_survival_models_are_explained_as_risk(data, loss, scale, words):
    X, y = data
    model = GradientBoostingSurvival(loss=loss, n_estimators=20, random_state=0).fit(X, y)
    for background in (None, X.head(50)):
        shap = tree_shap(model, X, background=background)
        assert shap.scale == scale
        np.testing.assert_allclose(shap.base + shap.values.sum(axis=1), model.predict(X), rtol=1e-9, atol=1e-12)
    assert words in reasons(model, X.head(20))["sentence"].iloc[0]
    assert "较早流失" in reasons(model, X.head(20), language="zh")["sentence"].iloc[0]


@pytest.mark.parametrize("pair", [False, True])
def test_agreement_refits_survival_models(data, pair):
    X, y = data
    known = (y["time"], y["event"]) if pair else y
    table = reasons(CoxPH().fit(X, y), X.iloc[:40], k=1, background=X, correlated=2, train=(X, known), refits=5)
    assert table["agreement"].between(0, 1).all()
    assert table.loc[table["reason"] == "calls", "agreement"].mean() > 0.8
