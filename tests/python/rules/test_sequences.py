"""Event sequences against the package prefixspan, and those that end in churn."""

import json
import pathlib

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

from tenure.rules import frequent_sequences

REFERENCE = json.loads((pathlib.Path(__file__).parents[2] / "reference" / "rules" / "sequences.json").read_text())
COLUMNS = {"customer": "id", "time": "day", "event": "what"}


def log_of(histories):
    rows = [(f"c{i}", day, what) for i, history in enumerate(histories) for day, what in enumerate(history)]
    return pd.DataFrame(rows, columns=["id", "day", "what"])


def test_matches_prefixspan():
    log = log_of(REFERENCE["histories"]).sample(frac=1, random_state=1)
    support = REFERENCE["min_count"] / len(REFERENCE["histories"])
    for frame in (log, pl.from_pandas(log)):
        found = frequent_sequences(frame, **COLUMNS, min_support=support, max_length=REFERENCE["max_length"], n_jobs=2)
        assert dict(zip(found["sequence"], found["customers"], strict=True)) == {tuple(s): n for s, n in REFERENCE["patterns"]}
        assert found["customers"].is_monotonic_decreasing


def simulated(n=2500, seed=0):
    rng = np.random.default_rng(seed)
    histories, churned = [], set()
    for i in range(n):
        history = rng.choice(["bill", "call", "complaint", "visit", "late"], rng.integers(2, 8)).tolist()
        bad = "complaint" in history and "late" in history[history.index("complaint") + 1 :]
        if rng.random() < (0.5 if bad else 0.1):
            churned.add(f"c{i}")
        histories.append(history)
    return log_of(histories), churned


def test_the_order_that_ends_in_churn_comes_first():
    log, churned = simulated()
    found = frequent_sequences(log, **COLUMNS, min_support=0.01, max_length=3, churned=churned)
    first = found.iloc[0]
    assert first["sequence"] == ("complaint", "late")
    assert first["churned"] <= first["customers"]
    assert first["confidence"] == pytest.approx(first["churned"] / first["customers"])
    n, left = log["id"].nunique(), len(churned)
    counts = [[first["churned"], first["customers"] - first["churned"]], [left - first["churned"], n - left - first["customers"] + first["churned"]]]
    assert first["fisher_p"] == pytest.approx(stats.fisher_exact(counts, alternative="greater")[1], rel=1e-8)
    late_first = found[found["sequence"] == ("late", "complaint")]
    assert (late_first["lift"] < first["lift"]).all()


def test_events_of_one_moment_keep_the_order_of_rows():
    log = pd.DataFrame({"id": [1, 1], "day": [5, 5], "what": ["b", "a"]})
    found = frequent_sequences(log, **COLUMNS, min_support=1)
    assert set(found["sequence"]) == {("a",), ("b",), ("b", "a")}


@pytest.mark.parametrize(
    ("keywords", "error", "message"),
    [
        ({"min_support": 0}, ValueError, "min_support"),
        ({"max_length": 0}, ValueError, "max_length"),
        ({"churned": set()}, ValueError, "churned"),
        ({"customer": "nobody"}, ValueError, "nobody"),
    ],
)
def test_bad_input_is_named(keywords, error, message):
    log, _ = simulated(30)
    with pytest.raises(error, match=message):
        frequent_sequences(log, **{**COLUMNS, **keywords})
    with pytest.raises(ValueError, match="missing"):
        frequent_sequences(log.assign(what=[None, *log["what"][1:]]), **COLUMNS)
    with pytest.raises(TypeError, match="frame"):
        frequent_sequences([1, 2], **COLUMNS)
