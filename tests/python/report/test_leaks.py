"""Planted leaks are found, and clean columns are left alone."""

import numpy as np
import pandas as pd
import pytest

import tenure as tn


@pytest.fixture
def base():
    rng = np.random.default_rng(5)
    n = 2000
    tenure = rng.integers(1, 60, n).astype(float)
    price = np.round(rng.uniform(10, 90, n), 2)
    churn = rng.random(n) < 0.25
    return pd.DataFrame({"churn": np.where(churn, "Yes", "No"), "tenure": tenure, "price": price, "calls": rng.poisson(30, n).astype(float)}), churn, rng


def checks(frame, contract=None):
    scan = tn.leakage_scan(frame, contract)
    return {(row.column, row.check, row.level) for row in scan.itertuples()}


def test_clean_table_has_no_findings(base):
    assert checks(base[0]) == set()


def test_product_with_the_time_as_a_customer_is_left_out(base):
    frame, _, rng = base
    frame["total"] = frame["tenure"] * frame["price"] * rng.normal(1, 0.02, len(frame))
    assert checks(frame) == {("total", "product", "error")}


def test_sum_copy_and_product_without_time_are_warnings(base):
    frame, _, rng = base
    frame["sms"] = rng.poisson(10, len(frame)).astype(float)
    frame["contacts"] = frame["calls"] + frame["sms"]
    frame["price_again"] = frame["price"]
    assert checks(frame) == {("contacts", "sum", "warning"), ("price_again", "copy", "warning")}


def test_a_consequence_of_leaving_is_left_out(base):
    frame, churn, rng = base
    frame["last_bill"] = np.where(churn, 0.0, rng.uniform(5, 50, len(frame)))
    frame["status"] = np.where(churn, "closed", "open")
    assert checks(frame) == {("last_bill", "one_column", "error"), ("status", "one_column", "error")}


def test_missingness_and_names(base):
    frame, churn, rng = base
    frame["survey"] = np.where(churn, rng.normal(size=len(frame)), np.nan)
    frame["retention_call"] = rng.integers(0, 5, len(frame)).astype(float)
    frame["挽留次数"] = rng.integers(0, 5, len(frame)).astype(float)
    assert checks(frame) == {("survey", "missing", "warning"), ("retention_call", "name", "warning"), ("挽留次数", "name", "warning")}


def test_sorted_rows_and_links_to_the_time(base):
    frame, _, rng = base
    frame["logins"] = frame["tenure"] ** 1.5 + rng.normal(0, 5, len(frame))
    frame = frame.sort_values("churn").reset_index(drop=True)
    assert checks(frame) == {("logins", "tenure", "warning"), ("churn", "order", "warning")}


def test_end_date_and_reason_are_never_features():
    customers = tn.read(tn.datasets.make_churn(500, seed=1))
    assert not {"end", "start", "reason", "customer_id", "churned"} & set(customers.features)


def test_telco_total_charges():
    scan = tn.leakage_scan(tn.datasets.load_telco())
    assert scan[["column", "check", "level"]].values.tolist() == [["TotalCharges", "product", "error"]]
