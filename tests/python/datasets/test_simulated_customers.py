"""The simulated customers follow the truth that comes with them."""

import numpy as np
import pandas as pd
import pytest

from tenure.datasets import make_churn


def test_same_seed_same_table_and_another_seed_another():
    pd.testing.assert_frame_equal(make_churn(500, seed=3), make_churn(500, seed=3))
    assert not make_churn(500, seed=3)["monthly_charge"].equals(make_churn(500, seed=4)["monthly_charge"])


def test_shape_and_consistency():
    table = make_churn(5000, seed=1)
    assert table["customer_id"].is_unique
    left = table["churned"] == "Yes"
    assert table["end"].notna().equals(left)
    assert (table.loc[left, "end"] > table.loc[left, "start"]).all()
    assert table[["start", "end"]].max().max() <= pd.Timestamp("2025-12-31")
    assert table.loc[~left, "reason"].isna().all()
    assert 0.2 < table.loc[left, "reason"].isna().mean() < 0.3
    assert (table["tenure_months"] > 0).all()


@pytest.mark.parametrize("contract", ["Month-to-month", "One year", "Two year"])
def test_leavers_per_time_at_risk_follow_the_true_hazard(contract):
    """Observed leavers against the sum of each customer's true cumulative hazard: a martingale, so within four standard deviations."""
    table, truth = make_churn(60_000, seed=7, months=72, return_truth=True)
    rows = (table["contract"] == contract).to_numpy()
    months = table["tenure_months"].to_numpy()[rows]
    left = (table["churned"] == "Yes").to_numpy()[rows]
    expected = -np.log(truth.survival(contract, months, truth.linear_predictor[rows]))
    assert abs(left.sum() - expected.sum()) < 4 * np.sqrt(expected.sum()) + 0.01 * left.sum()  # ends are whole days: up to half a day late


def test_effects_show_in_the_expected_direction():
    table, truth = make_churn(40_000, seed=5, return_truth=True)
    left = table["churned"] == "Yes"
    low, high = np.quantile(truth.linear_predictor, [0.25, 0.75])
    assert left[truth.linear_predictor > high].mean() > 1.3 * left[truth.linear_predictor < low].mean()


def test_contract_end_spike_is_in_the_truth_and_in_the_data():
    table, truth = make_churn(60_000, seed=2, months=60, return_truth=True)
    hazard = truth.baseline_hazard["One year"]
    assert hazard[12] > 20 * hazard[11]
    yearly = table[(table["contract"] == "One year") & (table["churned"] == "Yes")]
    month = np.ceil(yearly["tenure_months"])
    assert (month == 12).sum() > 10 * (month == 11).sum()


@pytest.mark.parametrize(("arguments", "word"), [({"n": 0}, "n"), ({"n": 5, "months": 0}, "months"), ({"n": 5, "months": 121}, "months")])
def test_bad_arguments_are_named(arguments, word):
    with pytest.raises(ValueError, match=f"^{word}:"):
        make_churn(**arguments)
