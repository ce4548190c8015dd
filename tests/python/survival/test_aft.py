import numpy as np
import pandas as pd
import pytest
import scipy.stats

import tenure
from survival.reference import case, close, numbers
from tenure.survival import AFT, interval_outcome, outcome

LUNG = {"time": "time", "event": "status"}
ROSSI = {"time": "week", "event": "arrest"}
CASES = {
    f"aft_{data}_{d}": {"distribution": d} | columns
    for data, columns in (("lung", LUNG), ("rossi", ROSSI))
    for d in ("weibull", "exponential", "lognormal", "loglogistic")
}
CASES |= {
    "aft_veteran_weibull_weighted": LUNG | {"weighted": True},
    "aft_lung_weibull_strata": LUNG | {"strata": "female"},
    "aft_lung_interval_weibull": {},
    "aft_lung_interval_lognormal": {"distribution": "lognormal"},
    "aft_lung_gengamma": LUNG | {"distribution": "generalized_gamma"},
    "aft_rossi_gengamma": ROSSI | {"distribution": "generalized_gamma"},
    "aft_lung_weibull_left_truncated": LUNG | {"entry": "entry"},
}


@pytest.mark.parametrize("name", CASES)
def test_matches_r(name):
    values, data = case(name)
    c = CASES[name]
    names = [column for column in values["names"] if column in data]
    y = outcome(data[c["time"]], data[c["event"]], data[c["entry"]] if "entry" in c else None) if "time" in c else interval_outcome(data["lo"], data["hi"])
    weight = 1 + (np.arange(len(data)) + 1) % 3 if "weighted" in c else None
    model = AFT(distribution=c.get("distribution", "weibull")).fit(data[names], y, weight, strata=data[c["strata"]] if "strata" in c else None)
    if "par" in values:
        close(model.summary_["estimate"], values["par"], 1e-6, "par")
        close(model.log_likelihood_, values["loglik"], 1e-6, "loglik")
        close(model.summary_["std_err"], values["se"], 2e-4, "se")  # stored ones come from a coarse numeric Hessian: see make_hessians.py
        return
    close([model.intercept_, *model.coef_], values["coef"], 1e-7, "coef")
    close(model.scale_, values["scale"], 1e-7, "scale")
    close([model.log_likelihood_null_, model.log_likelihood_], [values["loglik_null"], values["loglik"]], 1e-7, "loglik")
    close(model.summary_["std_err"], values["se"], 1e-6, "se")
    close(model.predict(data[names])[:10], values["lp_head"], 1e-7, "lp")
    close(model.deviance_residuals()[:10], values["deviance_resid_head"], 1e-6, "deviance")
    if "predicted_quantiles" in values:
        ref = values["predicted_quantiles"]
        time, error = model.predict_quantile(pd.DataFrame(ref["profiles"])[names], ref["p"], return_std_error=True)
        close(time, ref["quantile"], 1e-7, "quantile")
        close(error, ref["se"], 1e-6, "quantile se")


@pytest.fixture(scope="module")
def lung():
    _, data = case("aft_lung_weibull")
    return data[["age", "female", "ph_ecog"]], outcome(data["time"], data["status"])


def test_wide_intervals_and_plain_outcomes_agree(lung):
    X, y = lung
    interval = interval_outcome(y["time"], np.where(y["event"], y["time"], np.nan))
    np.testing.assert_allclose(AFT().fit(X, interval).coef_, AFT().fit(X, y).coef_, rtol=1e-12)


def test_saved_models_predict_the_same(lung, tmp_path):
    X, y = lung
    model = AFT(distribution="loglogistic").fit(X, y, strata=X["female"])
    model.save(tmp_path / "aft.tenure")
    copy = tenure.load(tmp_path / "aft.tenure")
    np.testing.assert_array_equal(copy.predict_survival(X, [100, 400], strata=X["female"]), model.predict_survival(X, [100, 400], strata=X["female"]))
    with pytest.raises(ValueError, match="strata: is needed"):
        model.predict_survival(X, [100])
    assert model.score(X, y) > 0.6


def test_robust_errors_come_close_to_the_plain_ones_when_the_law_holds():
    random = np.random.default_rng(2)
    X = random.normal(size=(4000, 2))
    stay = np.exp(1 + X @ [0.5, -0.3] + 0.7 * np.log(random.exponential(size=4000)))
    y = outcome(np.minimum(stay, 6), stay <= 6)
    plain, robust = AFT().fit(X, y), AFT(robust=True).fit(X, y)
    np.testing.assert_array_equal(plain.coef_, robust.coef_)
    np.testing.assert_allclose(robust.std_err_, plain.std_err_, rtol=0.1)
    assert (np.abs(plain.coef_ - [0.5, -0.3]) < 4 * plain.std_err_).all()


def test_conditional_survival_is_a_ratio(lung):
    X, y = lung
    model = AFT(distribution="lognormal").fit(X, y)
    s = model.predict_survival(X, [100, 250])
    np.testing.assert_allclose(model.predict_survival(X, [150], given=np.full(len(X), 100.0))[:, 0], s[:, 1] / s[:, 0])
    assert numbers(model.predict_median(X)).shape == (len(X),)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (outcome([0, 1, 2], [1, 1, 1]), "time = 0 in row 0: must be finite and > 0"),
        (outcome([1, 1, 2], [0, 0, 0]), "has no event"),
        (interval_outcome([2, 1, 2], [1, 1, 2]), "upper = 1 in row 0: must not be below lower"),
        (interval_outcome([2, np.nan, 2], [2, np.nan, 2]), "lower = nan in row 1: and upper say nothing"),
    ],
)
def test_bad_input_is_named(y, message):
    with pytest.raises(ValueError, match=message):
        AFT().fit(np.array([[1.0], [2], [4]]), y)


@pytest.mark.parametrize(("distribution", "cure"), [("weibull", True), ("lognormal", True), ("generalized_gamma", False), ("weibull", False)])
def test_errors_of_quantiles_are_the_delta_method(distribution, cure):
    random = np.random.default_rng(5)
    x = random.normal(size=800)
    leaves = random.uniform(size=800) < (0.7 if cure else 1)
    time, seen = np.where(leaves, np.exp(1 + 0.5 * x) * random.weibull(1.5, 800), np.inf), random.uniform(2, 12, 800)
    y = outcome(np.minimum(time, seen), time <= seen)
    model = AFT(distribution=distribution, cure=cure).fit(x[:, None], y)
    at, share = 0.3, 0.4

    def quantile(theta):
        location, p = theta[0] + theta[1] * at, share * (1 + np.exp(theta[-1])) if cure else share  # share / (1 - cured)
        if distribution == "lognormal":
            z = scipy.stats.norm.ppf(p)
        elif distribution == "weibull":
            z = np.log(-np.log1p(-p))
        else:
            z = np.log(scipy.stats.gamma.ppf(p, theta[3] ** -2) * theta[3] ** 2) / theta[3]
        return np.exp(location + np.exp(theta[2]) * z)

    theta = np.array(model.summary_["estimate"])
    step = 1e-5 * np.eye(len(theta))
    slope = np.array([(quantile(theta + h) - quantile(theta - h)) / 2e-5 for h in step])
    found, error = model.predict_quantile([[at]], share, return_std_error=True)
    close(found, [quantile(theta)], 1e-8)
    close(error, [np.sqrt(slope @ model.model_.covariance @ slope)], 1e-5)


def test_errors_of_quantiles_follow_the_clusters(lung):
    X, y = lung
    cluster = np.arange(len(X)) // 3
    plain, clustered = AFT().fit(X, y), AFT().fit(X, y, cluster=cluster)
    _, error = clustered.predict_quantile(X[:4], 0.5, return_std_error=True)
    log_time = np.column_stack([np.ones(4), X[:4], np.full(4, plain.scale_ * np.log(np.log(2)))])
    expected = clustered.predict_median(X[:4]) * np.sqrt(np.einsum("ij,jk,ik->i", log_time, clustered.model_.robust_covariance, log_time))
    close(error[:, 0], expected, 1e-9)
    assert not np.allclose(error, plain.predict_quantile(X[:4], 0.5, return_std_error=True)[1], rtol=1e-3)
