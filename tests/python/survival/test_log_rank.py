import numpy as np
import pytest

from survival.reference import case, close
from tenure import _core
from tenure.survival import log_rank, outcome, pairwise_log_rank

CASES = {
    "logrank_aml": ("time", "status", "x", None),
    "logrank_lung_sex": ("time", "status", "female", None),
    "logrank_veteran_cell": ("time", "status", "celltype", None),
    "logrank_veteran_trt_strat_cell": ("time", "status", "trt2", "celltype"),
    "logrank_colon_rx": ("time", "status", "rx", None),
    "logrank_rossi_fin": ("week", "arrest", "fin", None),
}
WEIGHTS = {
    "gehan_breslow": {"weights": "gehan"},
    "tarone_ware": {"weights": "tarone-ware"},
    "peto_peto_modified": {"weights": "peto"},
    "fh_0_1": {"weights": "fleming-harrington", "gamma": 1},
    "fh_1_1": {"weights": "fleming-harrington", "rho": 1, "gamma": 1},
    "fh_1_0": {"weights": "fleming-harrington", "rho": 1},
}


@pytest.mark.parametrize("name", CASES)
def test_matches_r(name):
    values, data = case(name)
    time, event, by, strata = CASES[name]
    y, group, strata = outcome(data[time], data[event]), data[by], None if strata is None else data[strata]
    for rho in ("0", "1", "0.5"):
        ref = values[f"survdiff_rho_{rho}"]
        found = log_rank(y, group, weights="fleming-harrington", rho=float(rho), strata=strata)
        for field in ("n", "observed", "expected", "variance"):
            close(getattr(found, field), ref[field], 1e-10, field)
        close(found.statistic, ref["chisq"], 1e-10)
        close(found.p_value, ref["p"], 1e-8)
        assert found.dof == ref["df"]
        assert found.groups == ref["groups"]
    for key, options in WEIGHTS.items():
        found = log_rank(y, group, strata=strata, **options)
        close(found.statistic, values[key]["chisq"], 1e-10, key)
        close(found.p_value, values[key]["p"], 1e-8, key)


def test_pairs_are_tests_of_two_groups():
    _, data = case("logrank_veteran_cell")
    pairs = pairwise_log_rank((data["time"], data["status"]), data["celltype"])
    assert len(pairs) == 6
    for _, row in pairs.iterrows():
        rows = data[data["celltype"].isin([row["group_a"], row["group_b"]])]
        assert log_rank((rows["time"], rows["status"]), rows["celltype"]).p_value == pytest.approx(row["p_value"], rel=1e-10)
    assert (pairs["q_value"] >= pairs["p_value"]).all()


def test_chunks_combine():
    _, data = case("logrank_colon_rx")
    codes = data["rx"].astype("category").cat.codes.to_numpy(np.int32)
    time, event = data["time"].to_numpy(), data["status"].to_numpy()
    total = _core.survival.EventCounts(3)
    for rows in np.array_split(np.random.default_rng(1).permutation(len(data)), 7):
        part = _core.survival.EventCounts(3)
        part.add(time[rows], event[rows], group=codes[rows])
        total.merge(part)
    assert total.log_rank()["statistic"] == log_rank((time, event), data["rx"]).statistic


def test_refusals():
    with pytest.raises(ValueError, match="must have at least two groups"):
        log_rank(([1, 2], [1, 1]), ["a", "a"])
    with pytest.raises(ValueError, match="leaves nothing to compare"):
        log_rank(([1, 2], [0, 0]), ["a", "b"])
    with pytest.raises(ValueError, match="group has 3 rows, y has 2"):
        log_rank(([1, 2], [0, 0]), ["a", "b", "c"])
    with pytest.raises(ValueError, match="scores: must have one score a group"):
        log_rank(([1, 2], [1, 0]), ["a", "b"], scores=[1])
