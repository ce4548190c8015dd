"""Associations and comparisons against R's numbers (tests/reference/stats)."""

import json
import pathlib

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tenure import InvalidInput
from tenure.stats import association, compare_groups, correlation, cramers_v, crosstab

HERE = pathlib.Path(__file__).resolve().parents[2] / "reference" / "stats"
R = json.loads((HERE / "stats.json").read_text())
DATA = pd.read_csv(HERE / "stats_customers.csv")
NUMBERS = ["tenure", "charge", "tickets", "satisfaction"]


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_correlations_agree_with_r(method):
    found = correlation(DATA[NUMBERS], method=method)
    for case in (c for c in R["correlation"] if c["method"] == method):
        i, j = NUMBERS.index(case["x"]), NUMBERS.index(case["y"])
        assert found.estimate[i, j] == pytest.approx(case["estimate"], abs=1e-13)
        assert found.p_value[i, j] == pytest.approx(case["p"], rel=1e-9)
        assert found.n[i, j] == len(DATA)
        if case["ci"]:
            assert [found.lower[i, j], found.upper[i, j]] == pytest.approx(case["ci"], abs=1e-12)


def test_correlation_tables():
    found = correlation(DATA[NUMBERS])
    assert found.matrix.columns.tolist() == ["column", *NUMBERS]
    pairs = found.pairs
    assert len(pairs) == 6
    assert pairs["estimate"].abs().is_monotonic_decreasing
    assert (pairs["q_value"] >= pairs["p_value"]).all()
    assert isinstance(correlation(pl.from_pandas(DATA[NUMBERS])).pairs, pl.DataFrame)


def test_correlation_leaves_text_out_but_refuses_it_by_name():
    assert correlation(DATA).columns == ["churn", *NUMBERS, "complaint_before", "complaint_after"]
    with pytest.raises(InvalidInput, match="contract"):
        correlation(DATA, columns=["charge", "contract"])
    with pytest.raises(InvalidInput, match="not a column"):
        correlation(DATA, columns=["nothing"])


def test_point_biserial_agrees_with_r():
    for case in R["point_biserial"]:
        found = correlation(DATA[["churn", case["x"]]], method="point_biserial")
        assert found.estimate[0, 1] == pytest.approx(case["r"], abs=1e-13)
        assert found.p_value[0, 1] == pytest.approx(case["p"], rel=1e-9)
    with pytest.raises(InvalidInput, match="two values"):
        correlation(DATA[["charge", "tenure"]], method="point_biserial")


def test_kendall_and_spearman_ignore_monotone_changes():
    curved = DATA[NUMBERS].assign(charge=np.exp(DATA["charge"] / 10))
    for method in ("spearman", "kendall"):
        np.testing.assert_array_equal(correlation(DATA[NUMBERS], method=method).estimate, correlation(curved, method=method).estimate)


def test_missing_values_are_left_out_pairwise():
    gaps = DATA[NUMBERS].copy()
    gaps.loc[3:40, "charge"] = np.nan
    found = correlation(gaps)
    expected = gaps.corr()
    np.testing.assert_allclose(found.estimate, expected.to_numpy(), atol=1e-13)
    assert found.n[0, 1] == len(gaps) - 38
    np.testing.assert_allclose(correlation(gaps, method="kendall").estimate, gaps.corr(method="kendall").to_numpy(), atol=1e-13)
    np.testing.assert_allclose(correlation(gaps, method="spearman").estimate, gaps.corr(method="spearman").to_numpy(), atol=1e-13)


def test_association_agrees_with_r():
    table = association(DATA, "churn").set_index("column")
    assert "churn" not in table.index
    assert table["strength"].is_monotonic_decreasing
    for case in R["point_biserial"]:
        row = table.loc[case["x"]]
        assert row["strength"] == pytest.approx(abs(case["r"]), abs=1e-13)
        assert row["p_value"] == pytest.approx(case["p"], rel=1e-9)
        assert row["direction"] == ("+" if case["r"] > 0 else "-")
        assert 0 <= row["lower"] <= row["strength"] <= row["upper"]
    for name in ("contract", "region", "autopay"):
        case = R["tables"][f"{name}_churn"]
        assert table.loc[name, "strength"] == pytest.approx(case["cramer"]["V_bias_corrected"], abs=1e-13)
        assert table.loc[name, "p_value"] == pytest.approx(case["chisq"]["p"], rel=1e-9)


def test_association_takes_any_target_and_any_frame():
    text = DATA.assign(churn=np.where(DATA["churn"] == 1, "yes", "no"))
    plain = association(DATA, "churn")
    pd.testing.assert_frame_equal(association(text, "churn"), plain)
    pd.testing.assert_frame_equal(association(DATA.drop(columns="churn"), DATA["churn"].astype(bool)), plain)
    polars = association(pl.from_pandas(DATA), "churn")
    assert polars["strength"].to_list() == plain["strength"].tolist()
    by_levels = association(DATA, "contract").set_index("column")
    assert by_levels.loc["charge", "strength"] ** 2 == pytest.approx(R["k_sample"]["anova"]["eta2"], abs=1e-13)
    assert by_levels.loc["charge", "p_value"] == pytest.approx(R["k_sample"]["anova"]["p"], rel=1e-9)


def test_association_does_not_depend_on_row_order_or_units():
    other = DATA.sample(frac=1, random_state=1).assign(charge=lambda d: d["charge"] * 1000 - 7)
    np.testing.assert_allclose(association(other, "churn")["strength"], association(DATA, "churn")["strength"], atol=1e-12)


@pytest.mark.parametrize(("change", "message"), [({"charge": np.inf}, "charge"), ({"churn": 1}, "constant")])
def test_association_refuses_bad_input(change, message):
    with pytest.raises(InvalidInput, match=message):
        association(DATA.assign(**change), "churn")


def test_association_refuses_an_unknown_target():
    with pytest.raises(InvalidInput, match="lost"):
        association(DATA, "lost")


def test_compare_groups_agrees_with_r():
    table = compare_groups(DATA, "churn")
    row = table[table["column"] == "charge"].iloc[0]
    welch = R["two_sample"]["t_welch"]
    assert [row["first"], row["second"]] == pytest.approx(welch["estimate"], rel=1e-12)
    assert [-row["upper"], -row["lower"]] == pytest.approx(welch["ci"], rel=1e-11)
    assert row["p_value"] == pytest.approx(welch["p"], rel=1e-9)
    assert row["effect"] == pytest.approx(-R["two_sample"]["cohen_d"], rel=1e-12)
    contract = table[table["column"] == "contract"].set_index("level")
    counts = dict(zip(R["tables"]["contract_churn"]["rows"], R["tables"]["contract_churn"]["counts"], strict=True))
    for level, (stayed, left) in counts.items():
        assert contract.loc[level, "first"] == pytest.approx(stayed / 317)
        assert contract.loc[level, "second"] == pytest.approx(left / 103)


def test_compare_groups_can_turn_the_order():
    text = DATA.assign(churn=np.where(DATA["churn"] == 1, "gone", "stays"))
    turned = compare_groups(text, "churn", order=("stays", "gone"))
    pd.testing.assert_frame_equal(turned, compare_groups(DATA, "churn"))
    with pytest.raises(InvalidInput, match="order"):
        compare_groups(text, "churn", order=("a", "b"))
    with pytest.raises(InvalidInput, match="two different"):
        compare_groups(DATA, "contract")


def test_cramers_v_agrees_with_r():
    case = R["tables"]["contract_region"]
    np.testing.assert_array_equal(crosstab(DATA["contract"], DATA["region"]), case["counts"])
    assert cramers_v(DATA["contract"], DATA["region"]) == pytest.approx(case["cramer"]["V_bias_corrected"], abs=1e-13)
    assert cramers_v(DATA["contract"], DATA["region"], corrected=False) == pytest.approx(case["cramer"]["V"], abs=1e-13)
    assert cramers_v(DATA["contract"].to_numpy(), DATA["satisfaction"]) == cramers_v(DATA["contract"], DATA["satisfaction"].astype(str))
    assert np.isnan(cramers_v(["a"] * 5, list("xyxyx")))
