"""Properties of the measures, their inputs, and what the tables hold."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tenure
from tenure import evaluate
from tenure.learn import LogisticRegression


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(3)
    y = random.integers(0, 2, 400)
    return y, np.round(1 / (1 + np.exp(-(y - 0.5 + random.normal(size=400)))), 2), random.integers(0, 4, 400).astype(float)


RANKING = [
    evaluate.roc_auc,
    evaluate.average_precision,
    lambda *a, **k: evaluate.ks(*a, **k).value,
    lambda *a, **k: evaluate.lift(*a, top=0.25, **k),
    evaluate.h_measure,
    lambda *a, **k: evaluate.expected_profit(*a, **k).profit,
    lambda *a, **k: evaluate.mcc(*a, **k),
]
PROBABILITY = [evaluate.log_loss, evaluate.brier, lambda *a, **k: evaluate.brier_decomposition(*a, **k)["uncertainty"]]


@pytest.mark.parametrize("measure", RANKING + PROBABILITY)
def test_order_of_rows_and_repetition_instead_of_weights_change_nothing(data, measure):
    y, p, weight = data
    order = np.random.default_rng(1).permutation(len(y))
    np.testing.assert_allclose(measure(y[order], p[order], sample_weight=weight[order]), measure(y, p, sample_weight=weight), rtol=1e-12)
    repeated = np.repeat(np.arange(len(y)), weight.astype(int))
    np.testing.assert_allclose(measure(y[repeated], p[repeated]), measure(y, p, sample_weight=weight), rtol=1e-12)


@pytest.mark.parametrize("measure", RANKING[:6])
def test_ranking_sees_order_only(data, measure):
    y, p, _ = data
    np.testing.assert_allclose(measure(y, np.exp(5 * p) - 40), measure(y, p), rtol=1e-12)


def test_auc_of_extremes_and_reversal(data):
    y, p, _ = data
    assert float(evaluate.roc_auc([0, 0, 1, 1], [1, 2, 3, 4])) == 1
    assert float(evaluate.roc_auc([0, 0, 1, 1], [1, 1, 1, 1])) == 0.5
    np.testing.assert_allclose(evaluate.roc_auc(y, -p), 1 - evaluate.roc_auc(y, p), rtol=1e-12)
    assert evaluate.roc_auc(y, p, n_jobs=2) == evaluate.roc_auc(y, p)


def test_estimates_print_pickle_and_count_as_floats(data):
    auc = evaluate.roc_auc(data[0], data[1])
    assert repr(auc).startswith(f"{float(auc):.4f} [")
    copy = pickle.loads(pickle.dumps(auc))
    assert copy == auc
    assert (copy.lower, copy.upper, copy.std_error) == (auc.lower, auc.upper, auc.std_error)
    assert round(auc, 3) == round(float(auc), 3)


def test_labels_frames_and_probability_matrices(data):
    y, p, _ = data
    expected = float(evaluate.roc_auc(y, p))
    for labels in (y.astype(bool), np.where(y, "yes", "no"), pd.Series(y), pl.Series(y), list(y)):
        assert float(evaluate.roc_auc(labels, np.column_stack([1 - p, p]))) == expected
    assert float(evaluate.roc_auc(np.where(y, "a", "b"), p, pos_label="a")) == expected
    assert isinstance(evaluate.gains(y, p, like=pl.DataFrame({"x": [1]})), pl.DataFrame)


def test_gain_table_adds_up(data):
    y, p, _ = data
    table = evaluate.gains(y, p, n_bins=8)
    np.testing.assert_allclose(table["positives"].sum(), y.sum())
    np.testing.assert_allclose(table["captured"].iloc[-1], 1)
    np.testing.assert_allclose(table["cumulative_lift"], [evaluate.lift(y, p, top=share) for share in table["share"]])


def test_best_threshold_is_the_best_of_all(data):
    y, p, _ = data
    thresholds = [*np.unique(p), np.inf]

    def value(goal, t):
        c = evaluate.confusion(y, p, threshold=t)
        return {"f1": c.f1, "mcc": c.mcc, "youden": c.recall + c.specificity, "cost": -(c.false_positives + 3 * c.false_negatives)}[goal]

    for goal in ("f1", "mcc", "youden", "cost"):
        best = evaluate.best_threshold(y, p, goal=goal, false_negative_cost=3)
        np.testing.assert_allclose(value(goal, best.threshold), max(value(goal, t) for t in thresholds))
    limited = evaluate.best_threshold(y, p, goal="cost", false_negative_cost=100, capacity=50)
    assert limited.true_positives + limited.false_positives <= 50


def test_profit_is_what_contacting_yields(data):
    y, p, _ = data
    curve = evaluate.profit_curve(y, p, n_points=20, clv=300, offer=20, contact=2)
    np.testing.assert_allclose(curve["profit"], (0.3 * 280 - 2) * curve["churners"] - 22 * (curve["contacted"] - curve["churners"]))
    best = evaluate.maximum_profit(y, p, clv=300, offer=20, contact=2)
    called = p >= best.threshold
    np.testing.assert_allclose(best.profit, ((0.3 * 280 - 2) * y[called].sum() - 22 * (1 - y[called]).sum()) / len(y))


def test_bootstrap_intervals_cover_and_do_not_depend_on_threads(data):
    y, p, _ = data
    one = evaluate.bootstrap(y, p, repetitions=200, random_state=4)
    pd.testing.assert_frame_equal(one, evaluate.bootstrap(y, p, repetitions=200, random_state=4, n_jobs=2))
    assert not one.equals(evaluate.bootstrap(y, p, repetitions=200, random_state=5))
    assert ((one["lower"] <= one["value"]) & (one["value"] <= one["upper"])).sum() >= 9
    auc = evaluate.roc_auc(y, p)
    half = one.loc[0, "upper"] - one.loc[0, "lower"]
    assert 0.85 < half / (auc.upper - auc.lower) < 1.15
    assert "log_loss" not in evaluate.bootstrap(y, p - 3, repetitions=0)["measure"].tolist()


def test_report_card(data):
    y, p, weight = data
    X = pd.DataFrame({"p": p, "noise": weight})
    model = LogisticRegression(penalty=None).fit(X, y)
    card = evaluate.report_card(model, X, y, repetitions=50).set_index("measure")
    q = model.predict_proba(X)[:, 1]
    np.testing.assert_allclose(card.loc["brier", "value"], evaluate.brier(y, q))
    np.testing.assert_allclose(card.loc["roc_auc", ["value", "lower"]].tolist(), [evaluate.roc_auc(y, q), evaluate.roc_auc(y, q).lower])
    np.testing.assert_allclose(card.loc["calibration_slope", "value"], 1, atol=1e-8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluate.roc_auc([0, 1, 2], [1, 2, 3]), "y = 2 in row 2: must be 0 or 1"),
        (lambda: evaluate.roc_auc([1, 1], [1, 2]), "both classes"),
        (lambda: evaluate.roc_auc([0, 1], [1, np.nan]), "score = nan in row 1: must be a finite"),
        (lambda: evaluate.roc_auc([0, 1], [1, 2, 3]), "score.*one value a row"),
        (lambda: evaluate.roc_auc([0, 1], [1, 2], sample_weight=[1, -1]), "sample_weight.*row 1"),
        (lambda: evaluate.roc_auc([], []), "no rows"),
        (lambda: evaluate.roc_auc(["a", "b", "c"], [1, 2, 3]), "3 labels"),
        (lambda: evaluate.roc_auc([0, 1], [1, 2], pos_label=7), "pos_label = 7"),
        (lambda: evaluate.roc_auc([0, 1], [1, 2], level=1), "level"),
        (lambda: evaluate.brier([0, 1], [0.5, 1.5]), "1.5 in row 1: must be a probability"),
        (lambda: evaluate.lift([0, 1], [1, 2], top=0), "share"),
        (lambda: evaluate.gains([0, 1], [1, 2], n_bins=0), "n_bins"),
        (lambda: evaluate.calibration_table([0, 1], [0.1, 0.2], strategy="deciles"), "strategy"),
        (lambda: evaluate.expected_profit([0, 1], [0.1, 0.2], offer=300), "offer"),
        (lambda: evaluate.best_threshold([0, 1], [0.1, 0.2], goal="fame"), "goal"),
        (lambda: evaluate.hosmer_lemeshow([0, 1], [0.1, 0.2]), "n_groups"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(tenure.InvalidInput, match=message):
        call()


def test_impossible_outcomes_cost_infinity():
    assert evaluate.log_loss([0, 1], [0.0, 0.0]) == np.inf
    assert evaluate.log_loss([0, 1], [0.0, 1.0]) == 0
