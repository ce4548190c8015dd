"""The decision tree against scikit-learn and rpart, and what must hold for any tree."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tenure
from learn.tree_reference import read, telco_mixed, telco_numbers
from tenure.learn import DecisionTreeClassifier

CASES = read("telco_tree")["cases"]


def weights_of(case, y):
    return np.where(y == 1, 3.0, 1.0) if case["weights"] else None


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['criterion']}-{c['params']}-{bool(c['weights'])}")
def test_the_trees_of_scikit_learn(case):
    X, y = telco_numbers()
    model = DecisionTreeClassifier(criterion=case["criterion"], **case["params"]).fit(X, y, sample_weight=weights_of(case, y))
    nodes, expected = model.nodes(), case["tree"]
    if not case["unique"]:  # tied splits: only the root is comparable
        assert nodes.feature[0] == expected["feature"][0]
        assert nodes.threshold[0] == pytest.approx(expected["threshold"][0], abs=1e-9)
        return
    assert len(nodes) == expected["n_nodes"]
    np.testing.assert_allclose(model.feature_importances_, case["importances"], atol=1e-12)
    inner = ~nodes.leaf.to_numpy()
    ours = sorted(zip(nodes.feature, nodes.threshold.where(inner, -2.0).round(9), nodes.weight, nodes.value.round(12), strict=True))
    theirs = zip(expected["feature"], expected["threshold"], expected["weighted_n"], expected["prob"], strict=True)
    theirs = sorted((-1 if f == -2 else f, round(t, 9), n, round(p, 12)) for f, t, n, p in theirs)
    assert [o[0] for o in ours] == [t[0] for t in theirs]
    np.testing.assert_allclose([o[1:] for o in ours], [t[1:] for t in theirs], atol=1e-9)
    assert np.mean(model.predict(X) == y) == pytest.approx(case["train_accuracy"])


@pytest.mark.parametrize("criterion", ["gini", "entropy"])
def test_the_pruning_path_of_scikit_learn(criterion):
    X, y = telco_numbers()
    expected = read("telco_tree")[f"pruning_{criterion}"]
    path = DecisionTreeClassifier(criterion=criterion, **expected["params"]).cost_complexity_pruning_path(X, y)
    np.testing.assert_allclose(path.ccp_alphas, expected["ccp_alphas"], atol=1e-12)
    np.testing.assert_allclose(path.impurities, expected["impurities"], atol=1e-12)
    for subtree in expected["subtrees"]:
        alpha = max(0.0, subtree["alpha"]) * (1 + 1e-9) + 1e-12
        pruned = DecisionTreeClassifier(criterion=criterion, ccp_alpha=alpha, **expected["params"]).fit(X, y)
        assert pruned.get_n_leaves() == subtree["leaves"]
        assert pruned.score(X, y) == pytest.approx(subtree["train_accuracy"])


def impurity_sum(node, criterion):
    p = np.array([node["value"], 1 - node["value"]])
    if criterion == "gini":
        return node["weight"] * float(1 - np.sum(p**2))
    p = p[p > 0]
    return -node["weight"] * float(np.sum(p * np.log(p)))


@pytest.mark.parametrize("case", read("telco_tree_categorical")["cases"], ids=lambda c: f"{c['split']}-{c['cp']}")
def test_the_subset_splits_of_rpart(case):
    X, y = telco_mixed()
    criterion = "gini" if case["split"] == "gini" else "entropy"
    model = DecisionTreeClassifier(criterion=criterion, min_samples_split=case["minsplit"], min_samples_leaf=case["minbucket"]).fit(X, y)
    nodes = model.model_.nodes()
    theirs = {node["node"]: node for node in case["nodes"]}
    pairs, compared = [(0, 1)], 0
    while pairs:
        ours, number = pairs.pop()
        node, expected = nodes[ours], theirs[number]
        assert node["weight"] == expected["n"]
        assert node["value"] * node["weight"] == pytest.approx(expected["churners"])
        if expected["var"] == "<leaf>":
            continue
        assert X.columns[node["feature"]] == expected["var"]
        left, right = nodes[node["left"]], nodes[node["right"]]
        gain = impurity_sum(node, criterion) - impurity_sum(left, criterion) - impurity_sum(right, criterion)
        assert gain == pytest.approx(expected["improve"], rel=1e-9)
        if "threshold" in expected:
            assert node["threshold"] == pytest.approx(expected["threshold"], abs=1e-9)
        swap = left["weight"] != theirs[2 * number]["n"]
        pairs += [(node["right" if swap else "left"], 2 * number), (node["left" if swap else "right"], 2 * number + 1)]
        compared += 1
    assert compared == sum(node["var"] != "<leaf>" for node in case["nodes"])


def test_frames_of_every_kind_give_the_same_tree(tmp_path):
    X, y = telco_mixed()
    models = [
        DecisionTreeClassifier(max_depth=6).fit(table, y)
        for table in (X, pl.from_pandas(X), pl.from_pandas(X).to_arrow(), X.astype(dict.fromkeys(X.select_dtypes("category"), str)))
    ]
    expected = models[0].predict_proba(X)
    for model in models[1:]:
        assert model.get_n_leaves() == models[0].get_n_leaves()
        np.testing.assert_array_equal(model.predict_proba(X), expected)
    models[0].save(tmp_path / "tree.tenure")
    np.testing.assert_array_equal(tenure.load(tmp_path / "tree.tenure").predict_proba(X), expected)


def test_binned_search_equals_exact_where_every_value_has_its_bin():
    X, y = telco_mixed()
    X = X.drop(columns="MonthlyCharges")
    exact, binned = (DecisionTreeClassifier(search=search, min_samples_leaf=7).fit(X, y) for search in ("exact", "binned"))
    np.testing.assert_array_equal(exact.predict_proba(X), binned.predict_proba(X))
    np.testing.assert_allclose(exact.feature_importances_, binned.feature_importances_, atol=1e-12)


def test_rows_columns_and_classes_may_be_relabelled():
    X, y = telco_numbers()
    shuffled = np.random.default_rng(0).permutation(len(y))
    model = DecisionTreeClassifier(max_depth=4, min_samples_leaf=5).fit(X, y)
    p = model.predict_proba(X)
    np.testing.assert_array_equal(DecisionTreeClassifier(max_depth=4, min_samples_leaf=5).fit(X.iloc[shuffled], y[shuffled]).predict_proba(X), p)
    mirrored = DecisionTreeClassifier(max_depth=4, min_samples_leaf=5).fit(X, 1 - y)
    np.testing.assert_allclose(mirrored.predict_proba(X)[:, ::-1], p, atol=1e-15)
    named = DecisionTreeClassifier(max_depth=4, min_samples_leaf=5).fit(X, np.where(y == 1, "gone", "here"))
    assert list(named.classes_) == ["gone", "here"]
    np.testing.assert_allclose(named.predict_proba(X)[:, 0], p[:, 1], atol=1e-15)
    scaled = DecisionTreeClassifier(max_depth=4, min_samples_leaf=5).fit(X * 8, y)
    np.testing.assert_array_equal(scaled.predict_proba(X * 8), p)


@pytest.mark.parametrize("search", ["exact", "binned"])
def test_missing_values_go_where_they_do_best(search):
    random = np.random.default_rng(1)
    x = random.normal(size=3000)
    y = (x > 0.3).astype(int)
    gone = random.random(3000) < 0.2
    y[gone] = random.random(gone.sum()) < 0.95  # the missing ones churn
    X = pd.DataFrame({"x": np.where(gone, np.nan, x)})
    tree = DecisionTreeClassifier(search=search, max_depth=3, min_samples_leaf=20).fit(X, y)
    p = tree.predict_proba(pd.DataFrame({"x": [np.nan, -2.0, 2.0]}))[:, 1]
    assert p[0] == pytest.approx(y[gone].mean(), abs=0.1)
    assert p[1] < 0.05
    assert p[2] > 0.9
    only_missing_matters = DecisionTreeClassifier(search=search, max_depth=1).fit(X, gone)
    assert only_missing_matters.score(X, gone) == 1.0
    assert "is known" in only_missing_matters.to_text()


@pytest.mark.parametrize("search", ["exact", "binned"])
def test_monotone_directions_hold(search):
    random = np.random.default_rng(2)
    X = random.normal(size=(4000, 3))
    y = random.random(4000) < 1 / (1 + np.exp(-np.sin(3 * X[:, 0]) - X[:, 1]))
    tree = DecisionTreeClassifier(search=search, min_samples_leaf=10, monotonic_cst=[1, -1, 0]).fit(X, y)
    grid = np.repeat(random.normal(size=(200, 3)), 50, axis=0)
    for column, direction in ((0, 1), (1, -1)):
        moved = grid.copy()
        moved[:, column] = np.tile(np.linspace(-3, 3, 50), 200)
        steps = np.diff(tree.predict_proba(moved)[:, 1].reshape(200, 50), axis=1)
        assert np.all(direction * steps >= 0)
    assert tree.feature_importances_[0] > 0.1


def test_class_weights_keep_probabilities_honest_and_move_the_decision():
    X, y = telco_numbers()
    weighted = DecisionTreeClassifier(max_depth=3, min_samples_leaf=20, class_weight="balanced").fit(X, y)
    assert weighted.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), abs=1e-12)
    assert weighted.predict(X).mean() > 1.2 * y.mean()
    raw = DecisionTreeClassifier(max_depth=3, min_samples_leaf=20, class_weight="balanced", prior_correction=False).fit(X, y)
    np.testing.assert_array_equal(raw.predict(X), weighted.predict(X))
    by_rows = DecisionTreeClassifier(max_depth=3, min_samples_leaf=20).fit(
        X, y, sample_weight=np.where(y == 1, len(y) / 2 / y.sum(), len(y) / 2 / (len(y) - y.sum()))
    )
    np.testing.assert_allclose(raw.predict_proba(X), by_rows.predict_proba(X), atol=1e-12)


def test_text_rules_and_drawing_say_the_same():
    X, y = telco_mixed()
    tree = DecisionTreeClassifier(max_depth=3, min_samples_leaf=30).fit(X, y)
    rules = tree.rules()
    assert rules.weight.sum() == len(y)
    assert (rules.probability * rules.weight).sum() == pytest.approx(y.sum())
    assert list(rules.probability) == sorted(rules.probability, reverse=True)
    assert "Contract = Month-to-month" in rules.rule[0]
    assert tree.to_text().count("\n") + 1 == len(tree.nodes())
    drawing = tree.to_svg()
    assert drawing.startswith("<svg")
    assert drawing.count("<rect") == 2 * len(tree.nodes())


def test_ten_thousand_levels_and_unseen_ones():
    random = np.random.default_rng(3)
    level = random.integers(0, 10_000, 20_000)
    X = pd.DataFrame({"shop": pd.Categorical.from_codes(level, categories=[f"s{k}" for k in range(10_000)]), "x": random.normal(size=20_000)})
    y = (level % 2 == 0).astype(int)
    for search in ("exact", "binned"):
        tree = DecisionTreeClassifier(search=search, max_depth=4).fit(X, y)
        assert tree.score(X, y) > (0.999 if search == "exact" else 0.5)
        unseen = pd.DataFrame({"shop": pd.Categorical(["nowhere"]), "x": [0.0]})
        assert 0 <= tree.predict_proba(unseen)[0, 1] <= 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.zeros(700, int)}, "two classes"),
        ({"y": np.arange(700) % 3}, "binary"),
        ({"weight": np.where(np.arange(700) == 5, np.nan, 1.0)}, "NaN"),
        ({"weight": np.where(np.arange(700) == 5, -1.0, 1.0)}, r"sample_weight.*row 5"),
        ({"max_bins": 1}, "max_bins"),
        ({"max_bins": 1000}, "max_bins"),
        ({"min_samples_leaf": 0}, "min_samples_leaf"),
        ({"min_samples_leaf": 1.5}, "min_samples_leaf"),
        ({"max_depth": 0}, "max_depth"),
        ({"criterion": "mse"}, "criterion"),
        ({"monotonic_cst": [1, 0]}, "monotone"),
        ({"monotonic_cst": {"nothing": 1}}, "nothing"),
    ],
)
def test_bad_input_is_named(change, message):
    X, y = telco_numbers()
    change = dict(change)
    y, weight = change.pop("y", y), change.pop("weight", None)
    with pytest.raises(ValueError, match=message):
        DecisionTreeClassifier(**change).fit(X, y, sample_weight=weight)


def test_columns_that_say_nothing():
    y = np.arange(50) % 2
    X = pd.DataFrame({"void": np.full(50, np.nan), "same": np.ones(50)})
    tree = DecisionTreeClassifier().fit(X, y)
    assert tree.get_n_leaves() == 1
    np.testing.assert_allclose(tree.predict_proba(X)[:, 1], 0.5)
