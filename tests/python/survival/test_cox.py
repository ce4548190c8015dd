import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import tenure
from survival.reference import case, close, numbers
from tenure.survival import CoxPH, concordance, outcome

PLAIN = {"time": "time", "event": "status"}
HEART = {"time": "stop", "event": "event", "entry": "start"}
ROSSI = {"time": "week", "event": "arrest"}
CASES = {
    "cox_lung_efron": PLAIN,
    "cox_lung_breslow": PLAIN | {"ties": "breslow"},
    "cox_lung_exact": PLAIN | {"ties": "exact"},
    "cox_lung_strata_female": PLAIN | {"strata": "female"},
    "cox_lung_cluster": PLAIN | {"cluster": "site"},
    "cox_lung_weighted_robust": PLAIN | {"weight": "wf", "robust": True},
    "cox_lung_left_truncated": PLAIN | {"entry": "entry"},
    "cox_lung_full": PLAIN,
    "cox_veteran_efron": PLAIN,
    "cox_veteran_breslow": PLAIN | {"ties": "breslow"},
    "cox_veteran_exact": PLAIN | {"ties": "exact"},
    "cox_rossi_efron": ROSSI,
    "cox_rossi_breslow": ROSSI | {"ties": "breslow"},
    "cox_rossi_exact": ROSSI | {"ties": "exact"},
    "cox_colon_death": PLAIN,
    "cox_colon_both_cluster_strata": PLAIN | {"strata": "etype", "cluster": "id"},
    "cox_pbc": {"time": "time", "event": "death"},
    "cox_gbsg2": {"time": "time", "event": "cens"},
    "cox_heart_startstop_efron": HEART,
    "cox_heart_startstop_breslow": HEART | {"ties": "breslow"},
    "cox_heart_cluster_id": HEART | {"cluster": "id"},
}


def fit(values, data, c):
    y = outcome(data[c["time"]], data[c["event"]], data[c["entry"]] if "entry" in c else None)
    extra = {name: data[c[name]] for name in ("strata", "cluster") if name in c}
    weight = data[c["weight"]] if "weight" in c else None
    return CoxPH(ties=c.get("ties", "efron"), robust=c.get("robust", False)).fit(data[values["names"]], y, weight, **extra), y


@pytest.mark.parametrize("name", CASES)
def test_matches_r(name):
    values, data = case(name)
    c = CASES[name]
    cox, y = fit(values, data, c)
    tight = 1e-7 if c.get("ties") == "exact" else 1e-8
    close(cox.coef_, values["coef"], tight, "coef")
    close(cox.std_err_, values["se"], tight, "se")
    close(cox.model_.covariance, values["vcov"], tight, "vcov")
    close([cox.log_likelihood_null_, cox.log_likelihood_], [values["loglik_null"], values["loglik"]], tight, "loglik")
    close(list(cox.likelihood_ratio_test_.values()), values["lr_test"], 1e-7, "lr")
    close(list(cox.score_test_.values()), values["score_test"], 1e-7, "score")
    assert round(cox.wald_test_["statistic"], 2) == pytest.approx(values["wald_test"][0], abs=0.011)
    summary = cox.summary_
    close(summary["z"], values["z"], 1e-7, "z")
    close(np.log(summary[["lower", "upper"]]), values["ci95"], 1e-7, "ci")
    close(cox.concordance_, values["concordance"], 1e-12, "concordance")
    if "robust_se" in values:
        close(cox.robust_std_err_, values["robust_se"], 1e-7, "robust se")
    close(cox.predict(data[values["names"]])[:10], values["lp_zero_reference_head"], 1e-8, "lp")
    if c.get("ties") == "exact":
        return
    baseline = values["baseline_cumhaz_at_zero"]
    kept = numbers(baseline["cumhaz"]) > 0
    close(cox.baseline_["cumulative_hazard"], numbers(baseline["cumhaz"])[kept], 1e-7, "baseline")
    for transform, ref in values.get("zph", {}).items():
        if not isinstance(ref, str):
            close(cox.check_proportional_hazards(transform)["statistic"], ref["chisq"], 1e-6, transform)
    for kind in ("martingale", "deviance", "score", "schoenfeld", "scaled_schoenfeld", "dfbeta"):
        close(cox.residuals(kind.replace("_", "-"))[:10], values["residuals"][f"{kind}_head"], 1e-6, kind)
    if "predicted_survival" in values:
        check_curves(cox, values["predicted_survival"], values["names"])
    if "predicted_survival_by_profile_row" in values:
        check_stratified_curves(cox, values["predicted_survival_by_profile_row"], values["names"])
    if "strata" not in c and "cluster" not in c:
        found = concordance(y, cox.predict(data[values["names"]]), sample_weight=data[c["weight"]] if "weight" in c else None)
        close(found.std_error, values["concordance_se"], 1e-7, "concordance se")


def check_curves(cox, ref, names):
    profiles = pd.DataFrame(ref["profiles"])[names]
    survival = cox.predict_survival(profiles, ref["time"])
    lower, upper = cox.predict_survival_limits(profiles, ref["time"])
    close(survival.T, ref["surv"], 1e-7, "survival")
    close(lower.T, ref["log_lower"], 1e-7, "lower")
    close(upper.T, ref["log_upper"], 1e-7, "upper")


def check_stratified_curves(cox, ref, names):
    profiles = pd.DataFrame(ref["profiles"])
    begin = 0
    for row, length in enumerate(ref["lengths"]):
        profile = profiles.iloc[[row]]
        times, survival = ref["time"][begin : begin + length], ref["surv"][begin : begin + length]
        found = cox.predict_survival(profile[names], times, strata=profile["female"])
        close(found[0], survival, 1e-7, "survival")
        begin += length


def test_limits_of_survival_follow_the_clusters():
    values, data = case("cox_lung_cluster_curves")
    cox = CoxPH().fit(data[values["names"]], outcome(data["time"], data["status"]), cluster=data["site"])
    profiles = pd.DataFrame(values["profiles"])
    close(cox.predict_survival(profiles, values["time"]), values["survival"], 1e-8, "survival")
    lower, upper = cox.predict_survival_limits(profiles, values["time"])
    close(lower, values["lower"], 1e-7, "lower")
    close(upper, values["upper"], 1e-7, "upper")


@pytest.mark.parametrize(("name", "time", "event"), [("cox_ridge_lung_full", "time", "status"), ("cox_ridge_rossi", "week", "arrest")])
def test_ridge_matches_r(name, time, event):
    values, data = case(name)
    cox = CoxPH(alpha=values["theta"]).fit(data[values["names"]], outcome(data[time], data[event]))
    close(cox.coef_, values["coef"], 1e-7)
    close(cox.std_err_, values["se"], 1e-7)
    close(cox.model_.effective_dof, values["df"], 1e-7)


@pytest.fixture(scope="module")
def rossi():
    data = case("cox_rossi_efron")[1]
    return data.drop(columns=["week", "arrest"]), outcome(data["week"], data["arrest"])


def test_categories_are_indicators_against_the_reference(rossi):
    data = case("cox_veteran_efron")[1]
    y = outcome(data["time"], data["status"])
    text = CoxPH(reference={"celltype": "large"}).fit(data[["karno", "celltype"]], y)
    dummies = CoxPH().fit(data[["karno", "adeno", "smallcell", "squamous"]], y)
    assert text.names_ == ["karno", "celltype[adeno]", "celltype[smallcell]", "celltype[squamous]"]
    np.testing.assert_allclose(text.coef_, dummies.coef_, rtol=1e-9)
    with pytest.raises(ValueError, match="no level 'tiny'"):
        CoxPH(reference={"celltype": "tiny"}).fit(data[["celltype"]], y)


def test_row_order_scale_and_splitting_rows_in_time_do_not_matter(rossi):
    X, y = rossi
    cox = CoxPH().fit(X, y)
    order = np.random.default_rng(0).permutation(len(X))
    np.testing.assert_allclose(CoxPH().fit(X.iloc[order], y[order]).coef_, cox.coef_, rtol=1e-9)
    np.testing.assert_allclose(CoxPH().fit(X * 1000 + 5, y).coef_ * 1000, cox.coef_, rtol=1e-7)
    half = y["time"] / 2
    time, event = np.concatenate([half, y["time"]]), np.concatenate([np.zeros(len(X), dtype=bool), y["event"]])
    split = CoxPH().fit(pd.concat([X, X]), outcome(time, event, np.concatenate([np.zeros(len(X)), half])))
    np.testing.assert_allclose(split.coef_, cox.coef_, rtol=1e-8)
    np.testing.assert_allclose(CoxPH().fit(X, y, sample_weight=np.full(len(X), 3.0)).std_err_ * np.sqrt(3), CoxPH(ties="breslow").fit(X, y).std_err_, rtol=0.02)


def test_offset_moves_a_coefficient(rossi):
    X, y = rossi
    cox = CoxPH().fit(X, y)
    fixed = CoxPH().fit(X.drop(columns="age"), y, offset=X["age"] * cox.coef_[list(X).index("age")])
    np.testing.assert_allclose(fixed.coef_, np.delete(cox.coef_, list(X).index("age")), rtol=1e-6)


def test_works_in_scikit_learn(rossi):
    X, y = rossi
    scores = cross_val_score(make_pipeline(StandardScaler(), CoxPH()), X, y, cv=4)
    assert ((scores > 0.5) & (scores < 0.8)).all()
    search = GridSearchCV(CoxPH(), {"alpha": [0.0, 10.0]}, cv=3).fit(X, y)
    assert search.best_params_["alpha"] in (0.0, 10.0)


def test_saved_models_predict_the_same_and_carry_no_data(rossi, tmp_path):
    X, y = rossi
    cox = CoxPH().fit(X, y)
    cox.save(tmp_path / "cox.tenure")
    for copy in (tenure.load(tmp_path / "cox.tenure"), pickle.loads(pickle.dumps(cox))):
        np.testing.assert_array_equal(copy.predict_survival(X, [10, 30]), cox.predict_survival(X, [10, 30]))
        assert (copy.concordance_, copy.concordance_std_err_) == (cox.concordance_, cox.concordance_std_err_)  # this goes along
        with pytest.raises(ValueError, match="fit again"):
            copy.residuals()


def test_conditional_survival_and_shape(rossi):
    X, y = rossi
    cox = CoxPH().fit(X, y)
    survival = cox.predict_survival(X, [5, 20, 60])
    assert survival.shape == (len(X), 3)
    given = cox.predict_survival(X, [15], given=np.full(len(X), 5.0))
    np.testing.assert_allclose(given[:, 0], survival[:, 1] / survival[:, 0], rtol=1e-12)


def test_coefficients_at_infinity_are_named():
    X = pd.DataFrame({"safe": [1, 1, 1, 1, 0, 0, 0, 0, 0, 0], "age": [1.0, 4, 2, 5, 3, 6, 2, 4, 1, 7]})
    y = outcome([9, 9, 9, 9, 1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    with pytest.warns(ConvergenceWarning, match="coefficient of safe runs off to infinity"):
        CoxPH().fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CoxPH(alpha=0.5).fit(X, y)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ({"a": [1, 1, 1, 1]}, ([1, 2, 3, 4], [1, 1, 1, 1]), "a: is constant"),
        ({"a": [1, 2, 3, 5.0], "b": [2, 4, 6, 10.0]}, ([1, 2, 3, 4], [1, 1, 1, 1]), "column 'b' is a combination"),
        ({"a": [1, 2, 3, 4.0]}, ([1, 2, 3, 4], [0, 0, 0, 0]), "event: has no event"),
        ({"a": [1, 2, np.nan, 4.0]}, ([1, 2, 3, 4], [1, 0, 1, 0]), "a = nan in row 2"),
        ({"a": [1, 2, 3.0]}, ([1, 2, 3, 4], [1, 0, 1, 0]), "X: must have one row a row of time"),
        ({"a": [3, 1, 2, 4.0], "b": [1, 4, 2, 2.0], "c": [1, 0, 0, 2.0]}, ([1, 2, 3, 4], [1, 0, 1, 0]), "3 columns for 2 events"),
    ],
)
def test_bad_input_is_named(X, y, message):
    with pytest.raises((ValueError, ArithmeticError), match=message):
        CoxPH().fit(pd.DataFrame(X), y)


def test_a_stratum_of_one_row_adds_nothing(rossi):
    X, y = rossi
    strata = np.zeros(len(X), dtype=int)
    strata[7] = 1
    rest = np.arange(len(X)) != 7
    np.testing.assert_allclose(CoxPH().fit(X, y, strata=strata).coef_, CoxPH().fit(X[rest], y[rest]).coef_, rtol=1e-9)


def test_plots(rossi):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    cox = CoxPH().fit(*rossi)
    assert [t.get_text() for t in cox.plot().get_yticklabels()] == cox.names_
    assert cox.plot_effect_over_time("age").get_ylabel() == "coefficient of age"
