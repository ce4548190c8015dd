"""Every measure against scikit-learn, empulse, hmeasure and pROC."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evaluate.scores import cases
from tenure import evaluate

REFERENCE = Path(__file__).parents[2] / "reference" / "evaluate"
EXPECTED = {case["name"]: case for case in json.loads((REFERENCE / "metrics.json").read_text())["cases"]}


@pytest.fixture(params=list(EXPECTED), name="case")
def one_case(request):
    return (*cases()[request.param], EXPECTED[request.param])


def close(value, expected, tolerance=1e-10):
    np.testing.assert_allclose(value, expected, rtol=tolerance)


def test_ranking(case):
    y, p, _, expected = case
    auc = evaluate.roc_auc(y, p)
    close(auc, expected["roc_auc"])
    if "delong_se" in expected:
        close(auc.std_error, expected["delong_se"])
    assert auc.lower < auc < auc.upper
    close(evaluate.average_precision(y, p), expected["average_precision"])
    close(evaluate.ks(y, p).value, expected["ks"])
    for top in (5, 10, 20, 50):
        close(evaluate.lift(y, p, top=top / 100), expected[f"lift_{top}"])
    assert len(evaluate.roc_curve(y, p)) == expected["roc_points"]
    close(evaluate.h_measure(y, p), expected["h_measure"]["default"])


def test_probabilities(case):
    y, p, _, expected = case
    close(evaluate.log_loss(y, p), expected["log_loss"])
    close(evaluate.brier(y, p), expected["brier"])
    for strategy in ("uniform", "quantile"):
        table = evaluate.calibration_table(y, p, strategy=strategy)
        close(table["observed"], expected["calibration_" + strategy]["observed"])
        close(table["predicted"], expected["calibration_" + strategy]["predicted"])
        assert (table["lower"] <= table["observed"] + 1e-15).all()
        assert (table["observed"] <= table["upper"] + 1e-15).all()
    test = evaluate.hosmer_lemeshow(y, p)
    close(test.statistic, expected["hosmer_lemeshow_10"]["statistic"], 1e-9)
    close(test.p_value, expected["hosmer_lemeshow_10"]["p"], 1e-9)
    if expected["name"] in ("model", "skewed"):  # predictions on bin edges go to the other bin there
        close(evaluate.calibration_error(y, p, strategy="uniform"), expected["ece_10_uniform"])
    parts = evaluate.brier_decomposition(y, p)
    close(parts["reliability"] - parts["resolution"] + parts["uncertainty"] + parts["within_bin"], expected["brier"])


def test_money(case):
    y, p, _, expected = case
    profit = evaluate.expected_profit(y, p)
    close(profit.profit, expected["empc_default"]["empulse"])
    close(profit.profit, expected["empc_default"]["direct_integral"], 1e-8)
    close(profit.share, expected["empc_default"]["optimal_rate"])
    close(evaluate.expected_profit(y, p, alpha=2, beta=5, clv=500, offer=25, contact=2).profit, expected["empc_other"]["empulse"])
    close(evaluate.maximum_profit(y, p, accept_rate=0.3).profit, expected["mpc"]["empulse"])


def test_confusion(case):
    y, p, _, expected = case
    counts = evaluate.confusion(y, p, threshold=expected["threshold"])
    assert [counts.true_negatives, counts.false_positives, counts.false_negatives, counts.true_positives] == expected["confusion_tn_fp_fn_tp"]
    for ours, theirs in [("accuracy",) * 2, ("precision",) * 2, ("recall",) * 2, ("f1",) * 2, ("f2",) * 2, ("mcc",) * 2, ("kappa", "cohen_kappa")]:
        close(getattr(counts, ours), expected[theirs])


def test_weighted(case):
    y, p, weight, expected = case
    expected = expected["weighted"]
    close(evaluate.roc_auc(y, p, sample_weight=weight), expected["roc_auc"])
    close(evaluate.average_precision(y, p, sample_weight=weight), expected["average_precision"])
    close(evaluate.log_loss(y, p, sample_weight=weight), expected["log_loss"])
    close(evaluate.brier(y, p, sample_weight=weight), expected["brier"])
    counts = evaluate.confusion(y, p, sample_weight=weight)
    close(counts.f1, expected["f1"])
    close(counts.mcc, expected["mcc"])


def test_worked_profit():
    y, score = [0, 1, 0, 1, 0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]
    close(evaluate.expected_profit(y, score).profit, 23.875593418348124, 1e-14)


def test_paired_comparison_equals_proc():
    with open(REFERENCE / "delong.csv") as file:
        words = file.readline().split()[1:]
        rows = pd.read_csv(file)
    expected = dict(zip(words[::2], map(float, words[1::2]), strict=True))
    result = evaluate.compare_roc_auc(rows["y"], rows["a"], rows["b"])
    close(result.first, expected["auc_a"])
    close(result.second, expected["auc_b"])
    close(result.z, expected["z"], 1e-9)
    close(result.p_value, expected["p"], 1e-9)
    close(evaluate.roc_auc(rows["y"], rows["a"]).std_error, expected["se_a"], 1e-9)
    close(evaluate.roc_auc(rows["y"], rows["a"], sample_weight=np.ones(len(rows))).std_error, expected["se_a"], 1e-9)
