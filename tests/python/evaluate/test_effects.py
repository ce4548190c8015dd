"""Partial dependence and accumulated local effects."""

from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.inspection import partial_dependence as sklearn_dependence

import tenure
from tenure.evaluate import accumulated_local_effects, partial_dependence
from tenure.learn import CalibratedClassifier, DecisionTreeClassifier, GradientBoostingClassifier, LogisticRegression, RandomForestClassifier
from tenure.survival import CoxPH, RandomSurvivalForest, outcome


class Known:
    """A "model" whose probability is a function of the table."""

    classes_ = (0, 1)

    def __init__(self, function):
        self.function = function

    def predict_proba(self, X):
        p = self.function(X)
        return np.column_stack([1 - p, p])


@pytest.fixture(scope="module")
def numbers():
    random = np.random.default_rng(5)
    X = random.normal(size=(400, 4))
    X[:, 1] += X[:, 0]
    X[:, 2] = random.integers(0, 6, 400)
    y = random.random(400) < 1 / (1 + np.exp(-(X[:, 0] * X[:, 1] + X[:, 2] - 3)))
    return X, y.astype(int)


@pytest.fixture(scope="module")
def mixed():
    random = np.random.default_rng(6)
    n = 500
    X = pd.DataFrame({"plan": random.choice(["basic", "max", "plus", "pro"], n), "months": random.integers(0, 60, n), "auto": random.random(n) < 0.5})
    X["fee"] = 20 + 10 * X["plan"].map({"basic": 0, "plus": 1, "pro": 2, "max": 3}) + random.normal(0, 4, n)
    X.loc[::17, "fee"] = np.nan
    X.loc[::23, "plan"] = None
    y = random.random(n) < 1 / (1 + np.exp(-(1.5 * (X["plan"] == "basic") - 0.05 * X["months"] + X["auto"])))
    return X, y.to_numpy()


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        DecisionTreeClassifier(max_depth=4),
        RandomForestClassifier(n_estimators=20, random_state=0),
        GradientBoostingClassifier(n_estimators=20, random_state=0),
        CalibratedClassifier(estimator=LogisticRegression()),
    ],
    ids=lambda m: type(m).__name__,
)
def test_it_is_scikit_learns_brute_force(model, numbers):
    X, y = numbers
    model = model.fit(X, y)
    weight = np.random.default_rng(0).random(len(X))
    for column in (0, 2):
        theirs = sklearn_dependence(model, X, [column], method="brute", kind="both", grid_resolution=30)
        ours = partial_dependence(model, X, column, grid_resolution=30, individual=True)
        np.testing.assert_allclose(ours.values, theirs["grid_values"][0], rtol=1e-12)
        np.testing.assert_allclose(ours.average, theirs["average"][0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(ours.individual, theirs["individual"][0], rtol=0, atol=1e-12)
        theirs = sklearn_dependence(model, X, [column], method="brute", kind="average", grid_resolution=30, sample_weight=weight)
        np.testing.assert_allclose(
            partial_dependence(model, X, f"x{column}", grid_resolution=30, sample_weight=weight).average, theirs["average"][0], atol=1e-12
        )


def by_hand(function, X, column, bins):
    """First-order effects with a loop over intervals and rows, as the definition reads."""
    x = np.sort(X[:, column])
    edges = [x[0]]
    for k in range(1, bins + 1):
        q = x[int(np.ceil(k * len(x) / bins)) - 1]
        if q > edges[-1]:
            edges.append(q)
    sums, counts = [0.0], []
    for low, high in pairwise(edges):
        changes = []
        for row in X:
            if low < row[column] <= high or (row[column] == low == edges[0]):
                a, b = row.copy(), row.copy()
                a[column], b[column] = low, high
                changes.append(function(b[None])[0] - function(a[None])[0])
        counts.append(len(changes))
        sums.append(sums[-1] + np.mean(changes))
    sums = np.array(sums)
    middle = np.average((sums[1:] + sums[:-1]) / 2, weights=counts)
    return np.array(edges), sums - middle, counts


def test_local_effects_are_those_of_a_plain_loop(numbers):
    X, _ = numbers
    function = lambda rows: np.tanh(rows[:, 0] * rows[:, 1]) + 0.3 * rows[:, 2] * (rows[:, 3] > 0)  # noqa: E731
    for column, bins in ((0, 40), (1, 7), (2, 40), (3, 1)):
        edges, effect, counts = by_hand(function, X, column, bins)
        ours = accumulated_local_effects(Known(function), X, column, n_bins=bins)
        np.testing.assert_allclose(ours.values, edges)
        np.testing.assert_allclose(ours.effect, effect, atol=1e-12)
        np.testing.assert_array_equal(ours.count[1:], counts)


def test_columns_that_go_together_do_not_borrow():
    """f = x1 x2 with correlation r: the local effect of x1 is r (x1^2 - 1) / 2, while its partial dependence is flat."""
    random = np.random.default_rng(1)
    n, r = 200_000, 0.8
    x1 = random.normal(size=n)
    X = np.column_stack([x1, r * x1 + np.sqrt(1 - r * r) * random.normal(size=n)])
    model = Known(lambda rows: rows[:, 0] * rows[:, 1])
    ours = accumulated_local_effects(model, X, 0, n_bins=1000)
    inside = np.abs(ours.values) < 2
    assert np.abs(ours.effect - r * (ours.values**2 - 1) / 2)[inside].max() < 0.02
    assert np.abs(partial_dependence(model, X, 0, grid_resolution=5).average).max() < 0.02
    # A sum: local effects are its terms, less their means.
    ours = accumulated_local_effects(Known(lambda rows: rows[:, 0] ** 3 + rows[:, 1]), X[:1000], 1)
    np.testing.assert_allclose(ours.effect - ours.effect[0], ours.values - ours.values[0], atol=1e-10)
    assert ours.std_error.max() < 0.02


def test_levels_that_are_alike_stand_side_by_side(mixed):
    X = mixed[0].dropna(subset="plan")
    jump = {"basic": 0.0, "plus": 0.1, "pro": 0.4, "max": 0.5}
    model = Known(lambda rows: rows["plan"].map(jump).to_numpy(float) + 0.001 * rows["months"] * (rows["plan"] == "max"))
    ours = accumulated_local_effects(model, X, "plan")
    order = ours.values.tolist()
    assert order in (["basic", "plus", "pro", "max"], ["max", "pro", "plus", "basic"])
    p = X["plan"].value_counts(normalize=True)
    for given in (order, ["max", "basic", "pro", "plus"]):
        found = accumulated_local_effects(model, X, "plan", order=given)
        sums = [0.0]
        for a, b in pairwise(given):
            near = X[X["plan"].isin([a, b])]
            sums.append(sums[-1] + np.mean(model.function(near.assign(plan=b)) - model.function(near.assign(plan=a))))
        np.testing.assert_allclose(found.effect, np.array(sums) - np.dot(p[given], sums), atol=1e-12)
        np.testing.assert_array_equal(found.count, X["plan"].value_counts()[given])
    ordered = X.assign(plan=pd.Categorical(X["plan"], ["pro", "max", "basic", "plus"], ordered=True))
    assert accumulated_local_effects(Known(lambda rows: rows["plan"].astype(str).map(jump).to_numpy(float)), ordered, "plan").values.tolist() == [
        "pro",
        "max",
        "basic",
        "plus",
    ]


def test_limits_are_those_of_samples_of_rows(numbers):
    X, _ = numbers
    function = lambda rows: rows[:, 0] * rows[:, 1] + rows[:, 3]  # noqa: E731
    random = np.random.default_rng(2)
    ours = accumulated_local_effects(Known(function), X, 0, n_bins=5)
    # Resampling the rows of each interval, which holds edges and counts fixed.
    interval = np.maximum(np.searchsorted(ours.values, X[:, 0]) - 1, 0)
    draws = []
    for _ in range(400):
        means = [np.mean(random.choice(X[interval == k, 1], (interval == k).sum())) * (ours.values[k + 1] - ours.values[k]) for k in range(5)]
        sums = np.concatenate([[0], np.cumsum(means)])
        draws.append(sums - np.average((sums[1:] + sums[:-1]) / 2, weights=ours.count[1:]))
    np.testing.assert_allclose(np.std(draws, axis=0), ours.std_error, rtol=0.12)
    np.testing.assert_allclose(ours.upper - ours.lower, 2 * 1.959964 * ours.std_error, rtol=1e-6)


def test_limits_of_levels_are_those_of_a_jackknife(mixed):
    X, _ = mixed
    X = X.dropna()
    jump = {"basic": 0.0, "plus": 0.1, "pro": 0.4, "max": 0.5}
    model = Known(lambda rows: rows["plan"].map(jump).to_numpy(float) * rows["months"].to_numpy(float))
    order = ["basic", "plus", "pro", "max"]
    ours = accumulated_local_effects(model, X, "plan", order=order)
    random, draws = np.random.default_rng(0), []
    for _ in range(300):
        rows = np.concatenate([random.choice(np.flatnonzero(X["plan"] == level), (X["plan"] == level).sum()) for level in order])
        draws.append(accumulated_local_effects(model, X.iloc[rows], "plan", order=order).effect)
    np.testing.assert_allclose(np.std(draws, axis=0), ours.std_error, rtol=0.2)


def test_every_frame_gives_the_same(mixed):
    X, y = mixed
    reference = None
    for table in (X, pl.from_pandas(X), pa.Table.from_pandas(X, preserve_index=False), X.set_index(X.index[::-1]), X.astype({"plan": "category"})):
        model = RandomForestClassifier(n_estimators=10, random_state=0).fit(table, y)
        found = [partial_dependence(model, table, name, individual=True) for name in X] + [accumulated_local_effects(model, table, name) for name in X]
        reference = reference or found
        for ours, first in zip(found, reference, strict=True):
            assert ours.values.tolist() == first.values.tolist()
            for name in ("average", "individual", "effect", "std_error", "count"):
                if hasattr(first, name):
                    np.testing.assert_array_equal(getattr(ours, name), getattr(first, name))
    assert isinstance(found[0].table(pl.DataFrame({"a": [1]})), pl.DataFrame)
    assert found[0].values.tolist() == ["basic", "max", "plus", "pro"]


def test_a_whole_weight_is_repeated_rows(mixed):
    X, y = mixed
    model = LogisticRegression().fit(X.dropna(), y[X.notna().all(axis=1)])
    X = X.dropna()
    weight = np.random.default_rng(0).integers(0, 4, len(X))
    again = X.iloc[np.repeat(np.arange(len(X)), weight)]
    for name in ("plan", "months"):
        values = list(dict.fromkeys(X[name]))[:3]
        np.testing.assert_allclose(
            partial_dependence(model, X, name, values=values, sample_weight=weight).average,
            partial_dependence(model, again, name, values=values).average,
            rtol=1e-12,
        )
        a, b = accumulated_local_effects(model, X, name, sample_weight=weight), accumulated_local_effects(model, again, name)
        assert a.values.tolist() == b.values.tolist()
        np.testing.assert_allclose(a.effect, b.effect, atol=1e-12)


def test_survival_models():
    random = np.random.default_rng(0)
    X = pd.DataFrame({"months": random.normal(size=300), "plan": random.choice(["a", "b"], 300)})
    y = outcome(random.exponential(np.exp(-X["months"])), np.ones(300))
    cox = CoxPH().fit(X, y)
    risk = accumulated_local_effects(cox, X, "months")
    assert risk.response == "predicted risk"
    forest = RandomSurvivalForest(n_estimators=10, random_state=0).fit(X, y)
    stay = partial_dependence(forest, X, "months", time=1.0, values=[-1, 1])
    expected = [forest.predict_survival(X.assign(months=float(v)), [1.0]).mean() for v in (-1, 1)]
    np.testing.assert_allclose(stay.average, expected, rtol=1e-12)
    assert stay.response == "probability to stay beyond 1"
    with pytest.raises(TypeError, match="time is for survival models"):
        partial_dependence(LogisticRegression().fit(X, X["months"] > 0), X, "plan", time=1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"column": "who"}, "is not a column of X"),
        ({"column": "months", "grid_resolution": 1}, "grid_resolution = 1"),
        ({"column": "months", "percentiles": (0.5, 0.5)}, "percentiles"),
        ({"column": "plan", "values": ["gold"]}, "'gold' is no level of column 'plan'"),
        ({"column": "months", "values": []}, "values: must not be empty"),
        ({"column": "months", "sample_weight": [1.0]}, "sample_weight has 1 rows"),
        ({"column": "months", "sample_weight": [-1.0] * 500}, "sample_weight: must be finite"),
        ({"column": "nothing"}, "missing in every row"),
    ],
)
def test_what_is_refused(mixed, arguments, words):
    X, y = mixed
    model = DecisionTreeClassifier(max_depth=2).fit(X, y)
    with pytest.raises(tenure.InvalidInput, match=words):
        partial_dependence(model, X.assign(nothing=np.nan), **arguments)
    if not {"grid_resolution", "percentiles", "values"} & set(arguments):
        with pytest.raises(tenure.InvalidInput, match=words):
            accumulated_local_effects(model, X.assign(nothing=np.nan), **arguments)


def test_more_is_refused(mixed, numbers):
    X, y = mixed
    model = DecisionTreeClassifier(max_depth=2).fit(X, y)
    with pytest.raises(tenure.InvalidInput, match="order: must name each level"):
        accumulated_local_effects(model, X, "plan", order=["basic", "plus"])
    with pytest.raises(tenure.InvalidInput, match="holds numbers"):
        accumulated_local_effects(model, X, "months", order=["basic", "plus"])
    with pytest.raises(tenure.InvalidInput, match="n_bins = 0"):
        accumulated_local_effects(model, X, "months", n_bins=0)
    with pytest.raises(tenure.InvalidInput, match="level = 1"):
        accumulated_local_effects(model, X, "months", level=1)
    X, y = numbers
    model = DecisionTreeClassifier(max_depth=2).fit(X, y)
    with pytest.raises(tenure.InvalidInput, match="a number from 0 to 3"):
        partial_dependence(model, X, 4)
    X = X.copy()
    X[7, 0] = np.inf
    with pytest.raises(tenure.InvalidInput, match="column 'x0' is infinite in row 7"):
        accumulated_local_effects(model, X, 0)
    three = Known(lambda rows: rows[:, 0])
    three.classes_ = (0, 1, 2)
    with pytest.raises(tenure.InvalidInput, match="must have two classes, has 3"):
        partial_dependence(three, X[:5], 0)


def test_a_constant_column_moves_nothing(numbers):
    X, y = numbers
    X = np.column_stack([X, np.full(len(X), 2.5)])
    model = DecisionTreeClassifier(max_depth=2).fit(X, y)
    still = accumulated_local_effects(model, X, 4)
    assert (still.values.tolist(), still.effect.tolist(), still.std_error.tolist(), still.count.tolist()) == ([2.5], [0.0], [0.0], [400.0])
    assert partial_dependence(model, X, 4).average.tolist() == [pytest.approx(model.predict_proba(X)[:, 1].mean())]


def test_pictures_show_their_tables(mixed):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    X, y = mixed
    model = DecisionTreeClassifier(max_depth=3).fit(X, y)
    for name in ("plan", "months"):
        found = partial_dependence(model, X, name, individual=True)
        ax = found.plot()
        assert len(ax.lines) == 51
        np.testing.assert_allclose(ax.lines[-1].get_ydata(), found.average)
        assert ax.get_title() == f"What goes with {name} in the model, all else as it is"
        effects = accumulated_local_effects(model, X, name)
        np.testing.assert_allclose(effects.plot().lines[1].get_ydata(), effects.effect)
    plt.close("all")
