"""The rule classifier against a plain transcription of the paper's algorithm, and what it promises."""

import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import tenure as tn
from tenure.rules import RuleClassifier


def transcription(items, y, classes, min_support, min_confidence, max_length):
    """CBA-CB M1 over rows that are frozensets of item numbers: the kept rules as (items, class, covered), and the counts of what is left."""
    least = max(1, int(np.ceil(min_support * len(items) - 1e-9)))
    every = sorted(set().union(*items))
    rules = []
    for length in range(1, max_length + 1):
        for antecedent in itertools.combinations(every, length):
            having = [label for row, label in zip(items, y, strict=True) if row.issuperset(antecedent)]
            if not having:
                continue
            counts = [having.count(c) for c in range(classes)]
            best = counts.index(max(counts))
            if counts[best] >= least and Fraction(counts[best], len(having)) >= Fraction(str(min_confidence)):
                rules.append((-Fraction(counts[best], len(having)), -counts[best], length, antecedent, best))
    rest, kept, errors = list(range(len(items))), [], 0
    for _, _, _, antecedent, label in sorted(rules):
        covered = [i for i in rest if items[i].issuperset(antecedent)]
        if not any(y[i] == label for i in covered):
            continue
        errors += sum(y[i] != label for i in covered)
        rest = [i for i in rest if i not in set(covered)]
        left = [sum(y[i] == c for i in rest) for c in range(classes)]
        kept.append((antecedent, label, len(covered), errors + sum(left) - max(left), left))
    if not kept:
        return [], [list(y).count(c) for c in range(classes)]
    end = min(range(len(kept)), key=lambda k: (kept[k][3], k)) + 1
    left = kept[end - 1][4]
    return [rule[:3] for rule in kept[:end]], left if sum(left) else [list(y).count(c) for c in range(classes)]


def flags(rows=150, columns=7, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    X = (rng.random((rows, columns)) < 0.45).astype(float)
    score = X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(0, 0.7, rows)
    return X, np.digitize(score, np.quantile(score, np.linspace(0, 1, classes + 1)[1:-1]))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(("min_support", "min_confidence", "max_length"), [(0.02, 0.5, 3), (0.1, 0.35, 2), (0.01, 0.8, 3), (0.9, 0.5, 2)])
def test_agrees_with_the_transcription(seed, classes, min_support, min_confidence, max_length):
    X, y = flags(classes=classes, seed=seed)
    X[seed, 3] = np.nan
    model = RuleClassifier(min_support=min_support, min_confidence=min_confidence, max_length=max_length).fit(X, y)
    items = [frozenset(np.flatnonzero(row == 1).tolist()) for row in X]
    expected, left = transcription(items, y.tolist(), classes, min_support, min_confidence, max_length)
    m = model.model_
    found = [(tuple(m.items[m.offsets[k] : m.offsets[k + 1]]), m.predicted[k], m.covered[k]) for k in range(len(m))]
    assert found == expected
    assert list(m.default_counts) == left

    counts = [np.bincount([label for row, label in zip(items, y, strict=True) if row.issuperset(rule)], minlength=classes) for rule, _, _ in expected] + [left]
    deciding = [next((k for k, (rule, _, _) in enumerate(expected) if row.issuperset(rule)), len(expected)) for row in items]
    np.testing.assert_array_equal(model.apply(X), deciding)
    probabilities = [(np.asarray(counts[k]) + 1) / (np.sum(counts[k]) + classes) for k in deciding]
    np.testing.assert_allclose(model.predict_proba(X), probabilities, rtol=1e-15)
    labels = [expected[k][1] if k < len(expected) else int(np.argmax(left)) for k in deciding]
    np.testing.assert_array_equal(model.predict(X), labels)


def test_a_table_of_customers_and_its_rules_in_words():
    telco = tn.datasets.load_telco()
    X, y = telco.drop(columns=["customerID", "TotalCharges", "Churn"], errors="ignore"), telco["Churn"]
    train = np.random.default_rng(0).random(len(X)) < 0.7
    model = RuleClassifier(max_length=2).fit(X[train], y[train])
    assert model.score(X[~train], y[~train]) > (y[~train] == "No").mean() + 0.02
    table = model.rules_
    assert len(table) == model.n_rules_ + 1
    assert table["rule"].iloc[-1] == "otherwise"
    assert table["covered"].sum() == train.sum()
    lines = model.to_text().splitlines()
    assert len(lines) == len(table)
    assert all(f" -> {row['class']} (" in line for line, (_, row) in zip(lines, table.iterrows(), strict=True))
    assert np.bincount(model.apply(X[train]), minlength=len(table)).tolist() == table["covered"].tolist()


def test_order_of_rows_and_columns_does_not_matter():
    X, y = flags(400, 8, 3, seed=9)
    names = [f"c{j}" for j in range(8)]
    frame = pd.DataFrame(X, columns=names)
    model = RuleClassifier(min_support=0.02).fit(frame, y)
    shuffled = np.random.default_rng(1).permutation(400)
    assert RuleClassifier(min_support=0.02).fit(frame.iloc[shuffled], y[shuffled]).model_ == model.model_
    np.testing.assert_array_equal(model.predict_proba(frame.astype(bool)), model.predict_proba(frame))


def test_numbers_are_cut_where_three_classes_change():
    rng = np.random.default_rng(2)
    x = rng.uniform(0, 3, 900)
    y = np.array(["low", "middle", "high"])[x.astype(int)]
    model = RuleClassifier().fit(pd.DataFrame({"x": x}), y)
    assert model.score(pd.DataFrame({"x": x}), y) == 1
    cuts = model.model_.to_dict()["coding"]["cuts"][0]
    np.testing.assert_allclose(cuts, [1, 2], atol=0.02)
    quantiles = RuleClassifier(binning="quantile", bins=3).fit(pd.DataFrame({"x": x}), y)
    assert quantiles.score(pd.DataFrame({"x": x}), y) > 0.9


def test_what_says_nothing_gives_the_default():
    model = RuleClassifier().fit(pd.DataFrame({"same": [1.5] * 10}), [0] * 6 + [1] * 4)
    assert model.n_rules_ == 0
    assert model.to_text() == "otherwise -> 0 (6 of 10)"
    np.testing.assert_allclose(model.predict_proba(pd.DataFrame({"same": [1.5, np.nan]})), [[7 / 12, 5 / 12]] * 2)


def test_unseen_levels_and_bad_input():
    frame = pd.DataFrame({"plan": ["a", "b"] * 20, "calls": np.arange(40.0)})
    y = [1, 0] * 20
    model = RuleClassifier().fit(frame, y)
    new = pd.DataFrame({"plan": ["a", "new", None], "calls": [1.0, np.nan, np.inf]})
    assert model.apply(new).tolist()[1:] == [model.n_rules_] * 2
    for options, message in (
        ({"min_support": 0.0}, "min_support"),
        ({"min_confidence": 1.5}, "min_confidence"),
        ({"max_length": 0}, "max_length"),
        ({"max_length": 13}, "max_length"),
        ({"binning": "best"}, "method"),
    ):
        with pytest.raises(ValueError, match=message):
            RuleClassifier(**options).fit(frame, y)
    with pytest.raises(ValueError, match="one class"):
        RuleClassifier().fit(frame, [1] * 40)
    with pytest.raises(tn.NotSupported, match="255"):
        RuleClassifier().fit(pd.DataFrame({"x": np.arange(600.0)}), np.repeat(np.arange(300), 2))
