"""Association rules against mlxtend and arules, and what is done with them afterwards."""

import csv
import json
import pathlib

import numpy as np
import pandas as pd
import pytest

from tenure.rules import Transactions, association_rules, frequent_itemsets, measure_formulas

REFERENCE = pathlib.Path(__file__).parents[2] / "reference" / "rules"
SHARED = pathlib.Path(__file__).parents[3] / ".." / "shared" / "reference" / "mining"


@pytest.fixture(scope="module")
def baskets():
    return Transactions.from_file(REFERENCE / "baskets.dat")


@pytest.fixture(scope="module")
def sets(baskets):
    return frequent_itemsets(baskets, 0.01)


def test_matches_mlxtend(sets):
    with open(REFERENCE / "rules.csv") as file:
        expected = {(row["antecedents"], row["consequents"]): row for row in csv.DictReader(file)}
    rules = association_rules(sets, 0.905, max_consequent=2)
    measures = [name for name in next(iter(expected.values())) if name not in ("antecedents", "consequents")]
    frame = rules.to_frame(measures)
    assert len(frame) == len(expected)
    for row in frame.to_dict("records"):
        reference = expected[" ".join(sorted(row["antecedent"])), " ".join(sorted(row["consequent"]))]
        for name in measures:
            assert row[name] == pytest.approx(float(reference[name]), rel=1e-9, abs=1e-12), name


@pytest.mark.skipif(not SHARED.exists(), reason="the collection of reference data is not there")
def test_matches_arules_on_groceries():
    import gzip

    reference = json.loads((SHARED / "rules_groceries_s01_c30.json").read_text())
    with gzip.open(SHARED / ".." / ".." / "data" / "groceries.csv.gz", "rt") as file:
        transactions = Transactions([line.rstrip("\n").split(",") for line in file])
    rules = association_rules(frequent_itemsets(transactions, 0.01), 0.3)
    assert len(rules) == reference["rules_total"] == 125
    position = {(frozenset(left), right[0]): k for k, (left, right) in enumerate(rules)}
    lift, p, redundant = rules.measure("lift"), rules.measure("fisher_p"), rules.measure("improvement") <= 0
    for rule in reference["rules"]:
        k = position[frozenset(rule["lhs"]), rule["rhs"]]
        assert lift[k] == pytest.approx(rule["measures"]["lift"], rel=1e-12)
        assert p[k] == pytest.approx(rule["measures"]["fishersExactTest_p"], rel=1e-9)
        assert redundant[k] == rule["measures"]["redundant"] or lift[k] <= 1


def test_every_measure_comes_with_a_formula_and_a_value(sets):
    rules = association_rules(sets, 0.8)
    for name, formula in measure_formulas().items():
        assert formula
        assert rules.measure(name).shape == (len(rules),)
        assert np.array_equal(rules.measure(name, n_jobs=3), rules.measure(name), equal_nan=True)
    with pytest.raises(ValueError, match="beauty"):
        rules.measure("beauty")


def test_redundant_rules_leave(sets):
    rules = association_rules(sets, 0.5)
    kept = association_rules(sets, 0.5, keep_redundant=False)
    assert 0 < len(kept) < len(rules)
    assert (kept.measure("improvement") > 0).all()
    assert len(kept) == (rules.measure("improvement") > 0).sum()


def test_significance_counts_every_rule_examined(sets):
    rules = association_rules(sets, 0.5)
    lengths = sets.lengths
    assert rules.examined == lengths[lengths > 1].sum()
    p, q = rules.measure("fisher_p"), rules.measure("q_value")
    assert (q >= p).all()
    lowest = np.argmin(p)
    assert q[lowest] <= min(1, p[lowest] * rules.examined) * (1 + 1e-12)
    assert len(rules.significant(0.01)) == (q <= 0.01).sum() > 0
    some = rules.select([5, 2]).select([1])
    assert some.measure("q_value")[0] == q[2]
    with pytest.raises(ValueError, match="alpha"):
        rules.significant(0)


def test_independent_items_give_nothing_significant():
    rng = np.random.default_rng(5)
    transactions = Transactions(rng.random((1500, 25)) < rng.uniform(0.05, 0.5, 25))
    rules = association_rules(frequent_itemsets(transactions, 0.01, max_length=3), 0.0)
    assert rules.examined > 4000
    assert len(rules.significant(0.05)) == 0


def test_confirmation_counts_in_other_baskets(baskets):
    rows = [tuple(basket) for basket in baskets]
    first, second = rows[:1000], rows[1000:]
    rules = association_rules(frequent_itemsets(first, 0.02), 0.6, keep_redundant=False).significant()
    frame = rules.confirm(second)
    assert len(frame) == len(rules) > 10
    for k, (left, right) in enumerate(rules):
        held = [row for row in second if set(left) <= set(row)]
        assert frame["left"][k] == len(held)
        assert frame["both"][k] == sum(set(right) <= set(row) for row in held)
        assert frame["right"][k] == sum(set(right) <= set(row) for row in second)
    assert frame["confirmed"].mean() > 0.5
    assert (frame["q_value"] >= frame["fisher_p"]).all()
    strangers = rules.confirm([["nobody"], ["knows"]])
    assert (strangers[["both", "left", "right"]] == 0).all(axis=None)
    assert not strangers["confirmed"].any()


def test_sorting_selecting_and_reading(sets):
    rules = association_rules(sets, 0.7).sort("lift")
    lift = rules.measure("lift")
    assert (np.diff(lift) <= 0).all()
    top = rules.select(np.arange(3))
    assert [top[k] for k in range(3)] == [rules[k] for k in range(3)]
    assert len(rules.select(lift > 2)) == (lift > 2).sum()
    frame = rules.to_frame(limit=5)
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == 5
    sentence = rules.sentences(1)[0]
    assert " and ".join(map(str, rules[0][0])) in sentence
    assert "times the share" in sentence
    assert "<table" in rules._repr_html_()
    with pytest.raises(ValueError, match="positions"):
        rules.select([len(rules)])
    with pytest.raises(ValueError, match="keep"):
        rules.select(np.array([True]))


def test_rules_need_all_sets(baskets):
    for keywords in ({"target": "closed"}, {"target": "maximal"}, {"min_length": 2}):
        with pytest.raises(ValueError, match="all frequent sets"):
            association_rules(frequent_itemsets(baskets, 0.004, **keywords), 0.5)
    with pytest.raises(TypeError, match="frequent_itemsets"):
        association_rules([["a"]], 0.5)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [({"min_confidence": 1.5}, "min_confidence"), ({"min_confidence": -1}, "min_confidence"), ({"max_consequent": 0}, "max_consequent")],
)
def test_bad_options_are_named(sets, keywords, message):
    with pytest.raises(ValueError, match=message):
        association_rules(sets, **keywords)


def test_plots_show_every_rule(sets):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rules = association_rules(sets, 0.8).sort("lift")
    ax = rules.plot_scatter()
    assert len(ax.collections[0].get_offsets()) == len(rules)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("support", "confidence")
    ax = rules.plot_graph(limit=4)
    drawn = {text.get_text() for text in ax.texts} - {""}
    assert drawn == {str(item) for k in range(4) for side in rules[k] for item in side}
    assert len(rules.select([]).plot_graph().texts) == 0
    plt.close("all")
