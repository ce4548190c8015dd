import numpy as np
import pytest

import tenure
from survival.reference import case, close
from tenure.survival import AalenJohansen, CoxPH, FineGray, LifeTable, gray_test, outcome

CASES = {"cr_mgus2": ("etime", "status", "male"), "cr_pbc": ("time", "status", "female")}


@pytest.mark.parametrize("name", CASES)
def test_incidence_matches_r(name):
    values, data = case(name)
    time, status, by = CASES[name]
    y = outcome(data[time], data[status])
    aalen, jackknife = AalenJohansen().fit(y, data[by]), AalenJohansen(variance="jackknife").fit(y, data[by])
    for g, group in enumerate(aalen.groups_):
        ref = values[f"group_{group}"]
        close(aalen.predict(ref["time"])[g], ref["cmprsk_cuminc_est"], 1e-9, "cuminc")
        for model, key, power in ((aalen, "cmprsk_cuminc_var", 2), (jackknife, "se", 1)):
            table = model.table_[model.table_["group"] == group]
            for cause in (1, 2):
                rows = table[table["cause"] == cause]
                at = np.searchsorted(rows["time"], ref["time"], side="right") - 1
                expected = np.array(ref[key])[:, cause - 1 if power == 2 else cause]
                close(rows["std_error"].to_numpy()[at] ** power, expected, 1e-9, key)
        first = float(aalen.model_.curve(g)["time"][0])
        mean = ref["restricted_mean_time_in_state"]
        close(aalen.mean_time(mean["tau"], start=first).iloc[g, 1:], mean["value"], 1e-9, "mean time")
    for cause in (1, 2):
        found = gray_test(y, data[by], cause)
        close([found.statistic, found.p_value], [values["gray_test"]["stat"][cause - 1], values["gray_test"]["p"][cause - 1]], 1e-8, "gray")


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("cause", [1, 2])
def test_regressions_match_r(name, cause):
    values, data = case(name)
    time, status, _ = CASES[name]
    ref = values[f"finegray_crr_cause{cause}"]
    model = FineGray(cause=cause).fit(data[ref["names"]], outcome(data[time], data[status]))
    close(model.coef_, ref["coef"], 1e-6, "coef")
    close(model.std_err_, ref["se"], 1e-5, "se")
    close([model.log_likelihood_, model.log_likelihood_null_], [ref["loglik"], ref["loglik_null"]], 1e-6, "loglik")
    ref = values[f"cause_specific_cox_cause{cause}"]
    specific = CoxPH().fit(data[ref["names"]], outcome(data[time], data[status] == cause))
    close(specific.coef_, ref["coef"], 1e-8, "cause-specific coef")
    close(specific.std_err_, ref["se"], 1e-8, "cause-specific se")


@pytest.mark.parametrize("cause", [1, 2])
def test_fine_gray_with_late_entries_matches_r(cause):
    values, data = case("fine_gray_late")
    ref = values[f"cause{cause}"]
    model = FineGray(cause=cause).fit(data[ref["names"]], outcome(data["time"], data["status"], data["entry"]))
    close(model.coef_, ref["coef"], 1e-7, "coef")
    close(model.std_err_, ref["se"], 1e-6, "robust se")
    close([model.log_likelihood_null_, model.log_likelihood_], ref["loglik"], 1e-9, "loglik")


@pytest.mark.parametrize("late", [False, True])
def test_fine_gray_weights_repeat_rows(late):
    data = case("fine_gray_late")[1]
    weight = np.random.default_rng(3).integers(0, 4, len(data))
    rows = np.repeat(np.arange(len(data)), weight)
    data["time"] = np.ceil(data["time"])  # with ties
    y = outcome(data["time"], data["status"], data["entry"] if late else None)
    X = data[["age", "plan"]]
    weighted, repeated = FineGray().fit(X, y, weight), FineGray().fit(X.iloc[rows], y[rows])
    np.testing.assert_allclose(weighted.coef_, repeated.coef_, rtol=1e-9)
    np.testing.assert_allclose(weighted.std_err_, repeated.std_err_, rtol=1e-9)
    np.testing.assert_allclose(weighted.log_likelihood_, repeated.log_likelihood_, rtol=1e-12)
    np.testing.assert_allclose(weighted.predict_incidence(X[:5], [3, 8]), repeated.predict_incidence(X[:5], [3, 8]), rtol=1e-8)


def test_entries_that_miss_nothing_change_nothing():
    data = case("fine_gray_late")[1]
    X = data[["age", "plan"]]
    early = FineGray().fit(X, outcome(data["time"], data["status"], np.zeros(len(data))))
    plain = FineGray().fit(X, outcome(data["time"], data["status"]))
    np.testing.assert_array_equal(early.coef_, plain.coef_)
    np.testing.assert_array_equal(early.std_err_, plain.std_err_)


def test_saved_models_and_limits(tmp_path):
    _, data = case("cr_pbc")
    y = outcome(data["time"], data["status"])
    model = FineGray(cause=2).fit(data[["age", "edema"]], y)
    model.save(tmp_path / "model.tenure")
    np.testing.assert_array_equal(
        tenure.load(tmp_path / "model.tenure").predict_incidence(data[["age", "edema"]], [1000]), model.predict_incidence(data[["age", "edema"]], [1000])
    )
    assert model.score(data[["age", "edema"]], y) > 0.6
    table = AalenJohansen().fit(y).table_
    assert ((table["lower"] <= table["incidence"]) & (table["incidence"] <= table["upper"])).all()


@pytest.mark.parametrize(("name", "time", "event"), [("lifetable_lung", "time", "status"), ("lifetable_rossi", "week", "arrest")])
def test_life_table_matches_r(name, time, event):
    values, data = case(name)
    table = LifeTable(breaks=values["breaks"]).fit((data[time], data[event])).table_
    names = {
        "n_entering": "n_entering",
        "n_lost": "n_lost",
        "n_exposed": "n_exposed",
        "n_event": "n_event",
        "survival": "surv_at_start",
        "density": "pdf",
        "hazard": "hazard",
    }
    names |= {"survival_std_error": "se_surv", "density_std_error": "se_pdf", "hazard_std_error": "se_hazard"}
    for ours, theirs in names.items():
        close(table[ours], values[theirs], 1e-10, theirs)


def test_refusals():
    y = outcome([1, 2, 3, 4], [1, 2, 0, 1])
    with pytest.raises(ArithmeticError, match="somebody enters when nobody else is at risk"):
        FineGray().fit(np.array([[0.0], [1], [3], [2], [5]]), outcome([1, 2, 5, 6, 7], [2, 1, 1, 0, 1], [0, 0, 3, 4, 4]))
    with pytest.raises(ValueError, match="group: is missing"):
        gray_test(y, None)
    with pytest.raises(ValueError, match="weight"):
        FineGray().fit(np.arange(4.0)[:, None], y, sample_weight=[1, 1, -1, 1])
    with pytest.raises(ValueError, match="no event of cause 3"):
        FineGray(cause=3).fit(np.arange(4.0)[:, None], y)
    with pytest.raises(ValueError, match="width = 0"):
        LifeTable(width=0).fit(y)
    with pytest.raises(ValueError, match="lies outside the breaks"):
        LifeTable(breaks=[0, 2]).fit(([1, 2, 3], [1, 1, 0]))
