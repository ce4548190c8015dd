import numpy as np
import polars as pl
import pytest

from survival.reference import case, close
from tenure.survival import KaplanMeier, outcome, rmst_difference

CASES = {"lung_female": ("lung", None), "veteran_celltype": ("veteran", None), "lung_female_weighted": ("lung_weighted", "w")}


@pytest.mark.parametrize("name", CASES)
def test_matches_areas_under_survfit(name):
    ref = case("rmst_difference")[0][name]
    data = case({"lung": "km_lung_all", "veteran": "km_veteran_by_cell", "lung_weighted": "km_lung_freq_weights"}[CASES[name][0]])[1]
    weight = data[CASES[name][1]] if CASES[name][1] else None
    found = rmst_difference((data["time"], data["status"]), data["celltype" if "celltype" in name else "female"], ref["tau"], sample_weight=weight)
    assert found.groups == ref["groups"]
    close(found.rmst, ref["rmst"], 1e-10, "means")
    close(found.std_error, ref["se"], 1e-10, "errors")
    names = {"difference": "difference", "std_error": "difference_se", "lower": "lower", "upper": "upper", "p_value": "p"}
    names |= {"ratio": "ratio", "ratio_lower": "ratio_lower", "ratio_upper": "ratio_upper", "ratio_p_value": "ratio_p"}
    for ours, theirs in names.items():
        close(found.table[ours], ref[theirs], 1e-8, theirs)
    close([found.statistic, found.p_value], [ref["statistic"], ref["p_all"]], 1e-8, "all")


def test_other_reference_and_default_horizon():
    random = np.random.default_rng(1)
    time, event, plan = random.exponential(10, 300), random.random(300) < 0.7, random.choice(["a", "b", "c"], 300)
    y = outcome(time, event)
    found = rmst_difference(y, pl.DataFrame({"plan": plan}), reference="b")
    assert found.tau == min(time[plan == p].max() for p in "abc")
    assert isinstance(found.table, pl.DataFrame)
    assert found.table["group"].to_list() == ["a", "c"]
    assert "q_value" in found.table.columns
    means = KaplanMeier().fit(y, by=plan).rmst(found.tau)
    np.testing.assert_allclose(found.means["lower"], means["lower"])
    first = rmst_difference(y, plan, found.tau)
    np.testing.assert_allclose(first.statistic, found.statistic, rtol=1e-10)  # whatever the reference
    np.testing.assert_allclose(rmst_difference(outcome(7 * time, event), plan).table["p_value"], first.table["p_value"], rtol=1e-9)


def test_refusals():
    y, group = outcome([2, 3, 4, 5, 8, 9, 10, 12], [1, 1, 1, 1, 1, 1, 1, 0]), ["a"] * 4 + ["b"] * 4
    with pytest.raises(ValueError, match="must not pass the last time"):
        rmst_difference(y, group, 13)
    rmst_difference(y, group, 12)  # group a has left entirely: its curve is known to be 0
    for tau in (0, -1, np.nan, np.inf):
        with pytest.raises(ValueError, match="tau"):
            rmst_difference(y, group, tau)
    with pytest.raises(ValueError, match="event of every group"):
        rmst_difference(y, group, 1)
    with pytest.raises(ValueError, match="at least two groups"):
        rmst_difference(y, ["a"] * 8)
    with pytest.raises(ValueError, match="reference='z'"):
        rmst_difference(y, group, reference="z")
