import numpy as np
import pytest

from survival.reference import case, close
from tenure.survival import brier_score, concordance, concordance_index, dynamic_auc, integrated_brier_score, outcome, survival_calibration, uno_concordance


@pytest.mark.parametrize("name", ["metrics_gbsg2", "metrics_gbsg2_split", "metrics_rossi_heavy_ties", "metrics_veteran_ties"])
def test_matches_scikit_survival(name):
    values, data = case(name)
    test = data["test"] == 1
    train = ~test if (~test).any() else test
    y_train, y = outcome(data.loc[train, "time"], data.loc[train, "event"]), outcome(data.loc[test, "time"], data.loc[test, "event"])
    risk, times = data.loc[test, "risk"], values["times"]
    survival = data.loc[test, [f"S_{t:g}" for t in times]].to_numpy()
    close(concordance_index(y, risk), values["harrell"]["C"], 1e-10)
    found = concordance(y, risk)
    assert (found.concordant, found.discordant, found.tied_risk) == tuple(values["harrell"][k] for k in ("concordant", "discordant", "tied_risk"))
    close(uno_concordance(y_train, y, risk, values["tau"]), values["uno_tau"]["C"], 1e-10)
    if "auc" in values["cumulative_dynamic_auc"]:
        auc = dynamic_auc(y_train, y, risk, times)
        close(auc.auc, values["cumulative_dynamic_auc"]["auc"], 1e-10)
        close(auc.mean, values["cumulative_dynamic_auc"]["mean"], 1e-10)
    close(brier_score(y_train, y, survival, times), values["brier"], 1e-10)
    close(integrated_brier_score(y_train, y, survival, times), values["integrated_brier"], 1e-10)


def test_calibration_bins_cover_everybody():
    _, data = case("metrics_gbsg2")
    table = survival_calibration((data["time"], data["event"]), data["S_730"], 730, bins=5)
    assert table["n"].sum() == len(data)
    assert (np.diff(table["predicted"]) > 0).all()


def test_refusals():
    y = outcome([1, 2, 3], [1, 0, 1])
    with pytest.raises(ValueError, match="survival: must be rows x times"):
        brier_score(y, y, [[0.1, 0.2]], [1])
    with pytest.raises(ValueError, match="must be probabilities"):
        brier_score(y, y, [[0.1], [1.2], [0]], [1])
    with pytest.raises(ValueError, match="no comparable pair"):
        concordance_index(([1, 2], [0, 0]), [1, 2])
    with pytest.raises(ValueError, match="risk = nan in row 1"):
        concordance_index(y, [1, np.nan, 2])
