"""The embedded Telco table is the published one."""

from pathlib import Path

import pandas as pd
import pytest

from tenure.datasets import load_telco

SHARED = Path(__file__).parents[4] / "shared" / "data" / "telco_churn.csv.gz"


def test_counts_of_the_published_table():
    telco = load_telco()
    assert telco.shape == (7043, 20)
    assert (telco["Churn"] == "Yes").sum() == 1869
    assert telco["tenure"].sum() == 227990
    assert telco["MonthlyCharges"].sum() == pytest.approx(456116.6, abs=1e-6)


def test_total_charges_is_text_with_a_blank_for_every_new_customer():
    telco = load_telco()
    blank = telco["TotalCharges"].str.strip() == ""
    assert blank.sum() == 11
    assert (telco["tenure"] == 0).equals(blank)


def test_notice_is_shipped_beside_the_data():
    import tenure.datasets

    notice = (Path(tenure.datasets.__file__).parent / "NOTICE").read_text()
    assert all(word in notice for word in ("Apache License", "modeldata"))


@pytest.mark.skipif(not SHARED.exists(), reason="the original table is not here")
def test_every_cell_equals_the_original():
    original = pd.read_csv(SHARED, keep_default_na=False).drop(columns="customerID")
    pd.testing.assert_frame_equal(load_telco(), original)
