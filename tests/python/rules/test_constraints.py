"""Required and excluded items, files and frames in chunks, and the item network."""

import numpy as np
import pandas as pd
import pytest

from tenure.rules import IncompleteResultWarning, association_rules, chunked_itemsets, count_itemsets, frequent_itemsets


@pytest.fixture(scope="module")
def baskets():
    rng = np.random.default_rng(3)
    popular = 1 / np.arange(2, 22)
    return [["always", *(f"i{k}" for k in np.flatnonzero(rng.random(20) < popular * 1.2))] for _ in range(700)]


def digest(sets):
    return {(frozenset(items), count) for items, count in sets}


@pytest.mark.parametrize("algorithm", ["eclat", "fpgrowth", "apriori"])
def test_required_and_excluded_items(baskets, algorithm):
    everything = digest(frequent_itemsets(baskets, 0.01))
    sets = frequent_itemsets(baskets, 0.01, include=["i1", "i2"], exclude=["i0", "always"], algorithm=algorithm)
    expected = {(items, n) for items, n in everything if {"i1", "i2"} <= items and not {"i0", "always"} & items}
    assert digest(sets) == expected
    assert sets.baskets == 700
    assert count_itemsets(baskets, 0.01, include=["i1", "i2"], exclude=["i0", "always"]).sum() == len(expected)
    closed = frequent_itemsets(baskets, 0.01, include=["i1"], target="closed", algorithm=algorithm)
    assert digest(closed) == {(items, n) for items, n in digest(frequent_itemsets(baskets, 0.01, target="closed")) if "i1" in items}


def test_rules_without_an_item(baskets):
    rules = association_rules(frequent_itemsets(baskets, 0.02, exclude=["always"]), 0.3)
    assert len(rules) > 10
    assert all("always" not in (*left, *right) for left, right in rules)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"include": "i1"}, TypeError, "include"),
        ({"include": ["nothing"]}, ValueError, "'nothing' is no item"),
        ({"exclude": ["nothing"]}, ValueError, "'nothing' is no item"),
        ({"include": ["i1"], "exclude": ["i1"]}, ValueError, "include"),
        ({"include": ["i1", "i2"], "max_length": 1}, ValueError, "max_length"),
        ({"include": ["i1"], "target": "generators"}, ValueError, "include"),
    ],
)
def test_mistakes_are_named(baskets, options, error, message):
    with pytest.raises(error, match=message):
        frequent_itemsets(baskets, 0.1, **options)


@pytest.mark.parametrize("target", ["all", "closed", "maximal", "generators"])
def test_a_file_in_chunks_of_any_size(baskets, target, tmp_path):
    path = tmp_path / "baskets.dat"
    path.write_text("\n".join(" ".join(b) for b in baskets[:300]) + "\n\n")
    expected = digest(frequent_itemsets(baskets[:300], 0.05, target=target))
    for size in (40, 299, 300, 10_000):
        assert digest(chunked_itemsets(path, 0.05, target=target, chunk_size=size)) == expected
    if target != "generators":
        some = chunked_itemsets(str(path), 0.05, target=target, include=["i1"], exclude=["i0", "never seen"], chunk_size=70)
        assert digest(some) == digest(frequent_itemsets(baskets[:300], 0.05, target=target, include=["i1"], exclude=["i0"]))
    with pytest.raises(ValueError, match="chunk_size"):
        chunked_itemsets(path, chunk_size=0)


def test_frames_in_chunks():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"plan": rng.choice(["a", "b", "c"], 400), "app": rng.random(400) < 0.4, "paper": rng.random(400) < 0.3})
    expected = digest(frequent_itemsets(frame, 0.05))
    for step in (57, 200, 400):
        assert digest(chunked_itemsets([frame[k : k + step] for k in range(0, 400, step)], 0.05)) == expected
    assert digest(chunked_itemsets(lambda: (frame[k : k + 100] for k in range(0, 400, 100)), 0.05)) == expected


@pytest.mark.parametrize("target", ["all", "closed", "maximal"])
def test_one_very_long_basket_stays_within_the_limit(target):
    long = [["a", "b"]] * 5 + [list(range(3000)), list(range(1500, 4500))]
    if target == "all":
        with pytest.warns(IncompleteResultWarning, match="max_length"):
            sets = frequent_itemsets(long, min_count=1, target=target, memory_limit=1e6)
        assert not sets.complete
        assert sets.complete_from == 3
        assert digest(sets) == {(frozenset("a"), 5), (frozenset("b"), 5), (frozenset("ab"), 5)}
    else:
        sets = frequent_itemsets(long, min_count=1, target=target, memory_limit=1e6)
        assert sets.complete
        assert sorted(sets.lengths.tolist()) == ([2, 3000, 3000] if target == "maximal" else [2, 1500, 3000, 3000])


def test_network(baskets):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    sets = frequent_itemsets(baskets, 0.01, max_length=2)
    ax = sets.plot_network(limit=15)
    assert len(ax.lines) == 15
    again = sets.plot_network(limit=15)
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), again.collections[0].get_offsets())
    spots = np.asarray(ax.collections[0].get_offsets())
    apart = np.linalg.norm(spots[:, None] - spots[None], axis=2) + 9 * np.eye(len(spots))
    assert apart.min() > 0.05
    with pytest.raises(ValueError, match="single items"):
        frequent_itemsets(baskets, 0.01, min_length=2).plot_network()
