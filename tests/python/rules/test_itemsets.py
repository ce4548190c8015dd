"""Frequent itemsets against pyfim and mlxtend, in every input form."""

import hashlib
import json
import pathlib
import threading
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tenure as tn
from tenure.rules import IncompleteResultWarning, Transactions, chunked_itemsets, count_itemsets, frequent_itemsets

REFERENCE = pathlib.Path(__file__).parents[2] / "reference" / "rules"
CASES = json.loads((REFERENCE / "itemsets.json").read_text())["cases"]
SHARED = pathlib.Path(__file__).parents[3] / ".." / "shared"


@pytest.fixture(scope="module")
def baskets():
    return Transactions.from_file(REFERENCE / "baskets.dat")


def digest(sets):
    lines = sorted("|".join(sorted(map(str, names))) + ":" + str(count) for names, count in sets)
    return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


@pytest.mark.parametrize("algorithm", ["auto", "eclat", "fpgrowth", "apriori"])
@pytest.mark.parametrize("target", ["all", "closed", "maximal", "generators"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["support"]))
def test_matches_pyfim(baskets, case, target, algorithm):
    sets = frequent_itemsets(baskets, case["support"], target=target, algorithm=algorithm, n_jobs=2)
    expected = case["targets"][target]
    assert len(sets) == expected["n"]
    assert digest(sets) == expected["sha256"]
    assert sets.min_count == case["min_count"]
    assert np.bincount(sets.lengths)[1:].tolist() == expected["by_size"]
    if target != "generators":
        assert count_itemsets(baskets, case["support"], target=target, algorithm=algorithm).tolist() == expected["by_size"]


def shared_cases():
    path = SHARED / "reference" / "mining" / "itemsets.json"
    return json.loads(path.read_text())["cases"] if path.exists() else []


@pytest.mark.parametrize("case", shared_cases(), ids=lambda case: f"{case['file']}-{case['support']}")
def test_published_data_sets(case):
    import gzip

    if case["targets"]["all"]["n"] > 300_000:
        pytest.skip("counted by the benchmark")
    named = case["file"] == "groceries"
    with gzip.open(SHARED / "data" / f"{case['file']}{'.csv' if named else '.dat'}.gz", "rt") as file:
        transactions = Transactions([line.rstrip("\n").split(",") if named else [int(i) for i in line.split()] for line in file if line.strip()])
    for target, expected in case["targets"].items():
        sets = frequent_itemsets(transactions, case["support"], target=target)
        assert len(sets) == expected["n"], target
        assert digest(sets) == expected["sha256"], target


def test_every_form_of_input_is_the_same_data(baskets):
    rows = [[int(name) for name in basket] for basket in baskets]
    expected = digest(frequent_itemsets(rows, 0.02))
    assert digest(frequent_itemsets(baskets, 0.02)) == expected
    assert digest(frequent_itemsets((set(row) for row in rows), 0.02)) == expected
    assert digest(frequent_itemsets([[str(item) for item in row] for row in rows], 0.02)) == expected
    matrix = np.zeros((len(rows), 60), dtype=bool)
    for i, row in enumerate(rows):
        matrix[i, row] = True
    names = [str(i) for i in range(60)]
    for table in (
        matrix,
        matrix.astype(float),
        pd.DataFrame(matrix, columns=names),
        pd.DataFrame(matrix.astype(np.int8), columns=names),
        pl.DataFrame({name: matrix[:, i] for i, name in enumerate(names)}),
    ):
        assert digest(frequent_itemsets(table, 0.02)) == expected
    long = pd.DataFrame({"customer": np.repeat(np.arange(len(rows)), [len(row) for row in rows]), "product": np.concatenate(rows)}).sample(
        frac=1, random_state=0
    )
    assert digest(frequent_itemsets(Transactions(long, basket="customer", item="product"), 0.02)) == expected
    assert digest(frequent_itemsets(Transactions(pl.from_pandas(long), basket="customer", item="product"), 0.02)) == expected
    scipy_sparse = pytest.importorskip("scipy.sparse")
    assert digest(frequent_itemsets(scipy_sparse.csr_matrix(matrix), 0.02)) == expected
    assert digest(frequent_itemsets(scipy_sparse.csc_array(matrix.astype(int)), 0.02)) == expected


def test_what_python_calls_equal_is_one_item():
    class Text(str):
        __slots__ = ()

    rows = [[1, "a"], [True, Text("a")], [1.0, "a"], [np.int64(1), Text("a")], [7, 1], ["\U0001f600", "é", "a"]]
    expected = {(frozenset(items), count) for items, count in ((("a",), 5), ((1,), 5), ((1, "a"), 4))}
    for order in (rows, rows[::-1], [rows[1], *rows]):
        sets = frequent_itemsets(order[-6:], 0.6)
        assert {(frozenset(items), count) for items, count in sets} == expected
    words = [[f"w{i}", f"w{i + 1}"] for i in range(3000)]
    assert sorted(Transactions(words).names) == sorted({word for pair in words for word in pair})


def test_categories_become_items():
    frame = pd.DataFrame({"plan": ["gold", "basic", None, "gold"], "paperless": [True, False, True, True]})
    sets = frequent_itemsets(frame, 0.5)
    assert {tuple(sorted(names)): count for names, count in sets} == {("plan=gold",): 2, ("paperless",): 3, ("paperless", "plan=gold"): 2}


def test_long_frame_with_missing_items_keeps_the_baskets():
    frame = pd.DataFrame({"id": [1, 1, 2, 3], "item": ["a", "b", None, "a"]})
    assert len(Transactions(frame, basket="id", item="item")) == 3


def test_frames_and_arrow_carry_the_same_sets(baskets):
    sets = frequent_itemsets(baskets, 0.05)
    frame = sets.to_frame()
    assert list(frame.columns) == ["itemset", "length", "count", "support"]
    assert frame["count"].is_monotonic_decreasing
    assert digest(zip(frame["itemset"], frame["count"], strict=True)) == digest(sets)
    table = sets.to_arrow()
    assert digest(zip(table["itemset"].to_pylist(), table["count"].to_pylist(), strict=True)) == digest(sets)
    assert "itemsets in 2000 baskets" in repr(sets)
    assert sets[-1] == sets[len(sets) - 1]


def test_top_needs_no_support(baskets):
    top = frequent_itemsets(baskets, min_count=1, top=25, min_length=2)
    every = sorted(frequent_itemsets(baskets, 0.02, min_length=2).counts.tolist(), reverse=True)
    assert sorted(top.counts.tolist(), reverse=True) == [count for count in every if count >= every[24]]


def test_the_memory_limit_labels_what_it_leaves(baskets):
    with pytest.warns(IncompleteResultWarning, match=r"support 0\.\d+ \(count \d+\)"):
        sets = frequent_itemsets(baskets, 0.004, memory_limit=20_000)
    assert not sets.complete
    assert "complete from" in repr(sets)
    assert digest(sets) == digest(frequent_itemsets(baskets, min_count=sets.complete_from))
    assert 12 * len(sets) + 4 * len(sets.items) <= 20_000


def test_one_very_long_basket_ends():
    with pytest.warns(IncompleteResultWarning):
        sets = frequent_itemsets([["a", "b"]] * 9 + [list(range(20_000))], min_count=1, memory_limit=1e6)
    assert digest(sets) == digest([(("a",), 9), (("b",), 9), (("a", "b"), 9)])


def test_unicode_and_mixed_names():
    sets = frequent_itemsets([["牛奶", ("tuple", 1), 7], ["牛奶", 7]], 1.0)
    assert {frozenset(names): count for names, count in sets} == {frozenset({"牛奶"}): 2, frozenset({7}): 2, frozenset({"牛奶", 7}): 2}


def test_nothing_is_warned_about_complete_results(baskets):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert frequent_itemsets(baskets, 0.05).complete


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"min_support": 0}, "min_support"),
        ({"min_support": 1.5}, "min_support"),
        ({"min_support": -0.1}, "min_support"),
        ({"min_support": float("nan")}, "min_support"),
        ({"min_count": 0}, "min_count"),
        ({"max_length": 0}, "max_length"),
        ({"min_length": 3, "max_length": 2}, "max_length"),
        ({"target": "big"}, "target"),
        ({"algorithm": "magic"}, "algorithm"),
        ({"target": "maximal", "top": 3}, "top"),
        ({"memory_limit": 0}, "memory_limit"),
        ({"n_jobs": 0}, "n_jobs"),
    ],
)
def test_bad_options_are_named(baskets, keywords, message):
    with pytest.raises(ValueError, match=message):
        frequent_itemsets(baskets, **keywords)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ([], ValueError, "at least one basket"),
        ("a b", TypeError, "from_file"),
        (["ab", "c"], TypeError, "basket 0 is a text"),
        ([["a"], 3], TypeError, "collection of items"),
        ([["a", None]], ValueError, "None or NaN"),
        ([["a", float("nan")]], ValueError, "None or NaN"),
        ([[["unhashable"]]], TypeError, "unhashable"),
        (pd.DataFrame({"amount": [0.0, 2.5]}), ValueError, r"amount = 2\.5 in row 1.*0 or 1"),
        (np.array([[0, 3]]), ValueError, "0 or 1"),
        (7, TypeError, "iterable"),
    ],
)
def test_bad_data_is_named(data, error, message):
    with pytest.raises(error, match=message):
        frequent_itemsets(data, 0.5)


def test_long_form_needs_both_columns():
    frame = pd.DataFrame({"id": [1], "item": ["a"]})
    with pytest.raises(ValueError, match="both"):
        Transactions(frame, basket="id")
    with pytest.raises(ValueError, match="product"):
        Transactions(frame, basket="id", item="product")


def test_progress_can_stop_a_long_run():
    def stop(done):
        raise KeyboardInterrupt

    rng = np.random.default_rng(0)
    table = rng.random((5_000, 60)) < 0.5
    transactions = Transactions(table)
    with pytest.raises(KeyboardInterrupt):
        count_itemsets(transactions, min_count=100, max_length=7, progress=stop)
    assert threading.active_count() >= 1
    assert tn.rules.frequent_itemsets(transactions, 0.49, max_length=1).complete


@pytest.mark.parametrize("target", ["all", "closed", "maximal", "generators"])
def test_chunks_give_the_sets_of_the_whole(baskets, target):
    rows = list(baskets)
    for size in (2000, 700):
        parts = [rows[i : i + size] for i in range(0, len(rows), size)]
        expected = digest(frequent_itemsets(rows, 0.02, target=target))
        assert digest(chunked_itemsets(parts, 0.02, target=target)) == expected
        assert digest(chunked_itemsets(lambda parts=parts: iter(parts), 0.02, target=target, n_jobs=2)) == expected
