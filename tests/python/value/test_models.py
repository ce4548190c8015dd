"""Purchase, spend and retention models against lifetimes, scipy and the published estimates (tests/reference/value)."""

import json
import pathlib
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import ConvergenceWarning, NotFittedError

import tenure
from tenure.value import BetaDiscreteWeibull, BetaGeometricNBD, GammaGamma, ParetoNBD, ShiftedBetaGeometric, lifetime_value, value_tiers

HERE = pathlib.Path(__file__).resolve().parents[2] / "reference" / "value"
CDNOW = json.loads((HERE / "clv_cdnow.json").read_text())
LIFETIMES = json.loads((HERE / "lifetimes.json").read_text())
SBG = json.loads((HERE / "sbg_retention.json").read_text())["values"]
DATA = pd.read_csv(HERE / "cdnow_sample_summary.csv")
X, TX, T, M = DATA["x"], (DATA["t_x"] * 7).round() / 7, (DATA["T"] * 7).round() / 7, DATA["zbar"]
SHOWN = LIFETIMES["rows"]
SAMPLE = next(c for c in CDNOW["cases"] if c["data"] == "sample" and c["window"].startswith("cal"))


def test_bg_nbd_agrees_with_the_reference():
    model = BetaGeometricNBD().fit(X, TX, T)
    case = SAMPLE["bgnbd"]
    assert [model.r_, model.alpha_, model.a_, model.b_] == pytest.approx([case[k] for k in ("r", "alpha", "a", "b")], rel=4e-6)
    assert model.log_likelihood_ == pytest.approx(case["loglik"], abs=1e-7)
    assert model.predict(X, TX, T, horizon=39).sum() == pytest.approx(case["sum_expected_next39"], rel=1e-6)
    assert model.probability_alive(X, TX, T).mean() == pytest.approx(case["mean_p_alive"], rel=1e-7)
    assert model.score(X, TX, T) * len(X) == pytest.approx(model.log_likelihood_, rel=1e-12)
    for customer in SAMPLE["example_customers"]:
        columns = [customer["x"]], [customer["tx"]], [customer["T"]]
        assert model.predict(*columns, horizon=39)[0] == pytest.approx(customer["expected_next39"], rel=2e-6)
        assert model.probability_alive(*columns)[0] == pytest.approx(customer["p_alive"], rel=2e-6)


def test_mbg_nbd_agrees_with_lifetimes():
    model = BetaGeometricNBD(modified=True).fit(X, TX, T)
    case = LIFETIMES["mbg_nbd"]
    assert [model.r_, model.alpha_, model.a_, model.b_] == pytest.approx([case["parameters"][k] for k in ("r", "alpha", "a", "b")], rel=1e-5)
    np.testing.assert_allclose(model.predict(X, TX, T, horizon=39)[SHOWN], case["expected_next39"], rtol=1e-5)
    np.testing.assert_allclose(model.probability_alive(X, TX, T)[SHOWN], case["p_alive"], rtol=1e-5)


def test_pareto_nbd_agrees_with_the_references():
    model = ParetoNBD().fit(X, TX, T)
    case = SAMPLE["paretonbd"]
    assert [model.r_, model.alpha_, model.s_, model.beta_] == pytest.approx([case[k] for k in ("r", "alpha", "s", "beta")], rel=5e-6)
    assert model.log_likelihood_ == pytest.approx(case["loglik"], abs=1e-7)
    case = LIFETIMES["pareto_nbd"]
    np.testing.assert_allclose(model.predict(X, TX, T, horizon=39)[SHOWN], case["expected_next39"], rtol=2e-5)
    np.testing.assert_allclose(model.probability_alive(X, TX, T)[SHOWN], case["p_alive"], rtol=2e-5)


def test_gamma_gamma_agrees_with_lifetimes():
    model = GammaGamma().fit(X, M)
    case = LIFETIMES["gamma_gamma"]
    assert [model.p_, model.q_, model.gamma_] == pytest.approx([case["parameters"][k] for k in ("p", "q", "v")], rel=1e-5)
    np.testing.assert_allclose(model.predict(X, M)[SHOWN], case["expected_spend"], rtol=1e-5)
    assert model.frequency_correlation_ == pytest.approx(np.corrcoef(X[X > 0], M[X > 0])[0, 1], rel=1e-10)
    assert model.n_customers_ == (X > 0).sum()


def test_lifetime_value_agrees_with_lifetimes():
    purchases, spend = BetaGeometricNBD().fit(X, TX, T), GammaGamma().fit(X, M)
    found = lifetime_value(purchases, spend, X, TX, T, M, periods=12, period_length=4.345, discount_rate=0.01)
    case = LIFETIMES["lifetime_value"]
    np.testing.assert_allclose(found.value[SHOWN], case["values"], rtol=1e-5)
    assert found.total == pytest.approx(case["total"], rel=1e-5)
    assert found.lower is None
    assert np.isnan(found.total_lower)
    bounded = lifetime_value(purchases, spend, X, TX, T, M, periods=12, period_length=4.345, discount_rate=0.01, intervals=True)
    assert (bounded.lower < bounded.value).all()
    assert (bounded.value < bounded.upper).all()
    assert bounded.table.columns.tolist() == ["value", "spend", "lower", "upper"]
    np.testing.assert_array_equal(bounded.value, found.value)
    with pytest.raises(NotFittedError):
        lifetime_value(BetaGeometricNBD(), spend, X, TX, T, M)


def test_standard_errors_cover_the_truth():
    """95% intervals from simulated BG/NBD customers hold the true r about 95 times in 100."""
    hits, runs = 0, 60
    for seed in range(runs):
        random = np.random.default_rng(seed)
        n = 1500
        rate, leave, age = random.gamma(2, 0.1, n), random.beta(1, 3, n), random.uniform(30, 40, n)
        x, last = np.zeros(n), np.zeros(n)
        time, alive = np.zeros(n), np.ones(n, bool)
        while alive.any():
            time = np.where(alive, time + random.exponential(1 / rate), time)
            alive &= time <= age
            x += alive
            last = np.where(alive, time, last)
            alive &= random.random(n) >= leave
        row = BetaGeometricNBD().fit(x, last, age).summary_.set_index("parameter").loc["r"]
        hits += row["lower"] < 2 < row["upper"]
    assert 0.86 * runs <= hits <= runs


@pytest.mark.parametrize("name", ["Regular", "HighEnd"])
def test_shifted_beta_geometric_agrees_with_scipy(name):
    case = SBG[name]
    model = ShiftedBetaGeometric().fit([10 * s for s in case["survivors_percent"]])
    assert [model.alpha_, model.beta_] == pytest.approx([case["alpha"], case["beta"]], rel=1e-6)
    assert model.log_likelihood_ == pytest.approx(case["loglik"], abs=1e-7)
    table = model.predict(12)
    np.testing.assert_allclose(table["survival"][1:], case["survival_t1_to_12"], rtol=1e-6)
    np.testing.assert_allclose(table["retention"][1:], case["retention_rate_t1_to_12"], rtol=1e-6)


def test_retention_models_take_cohorts_and_customers():
    one, two = [1000, 869, 743, 653], [500, 430, 390]
    both = ShiftedBetaGeometric().fit([one, two])
    assert both.n_customers_ == 1500
    periods = np.repeat([0, 1, 2, 3, 0, 1, 2], [131, 126, 90, 653, 70, 40, 390])
    churned = np.repeat([1, 1, 1, 0, 1, 1, 0], [131, 126, 90, 653, 70, 40, 390])
    single = ShiftedBetaGeometric().fit_customers(periods, churned)
    assert single.alpha_ == pytest.approx(both.alpha_, rel=1e-9)
    weibull = BetaDiscreteWeibull().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    assert weibull.log_likelihood_ >= ShiftedBetaGeometric().fit([1000, 869, 743, 653, 593, 551, 517, 491]).log_likelihood_
    assert weibull.summary_["parameter"].tolist() == ["alpha", "beta", "c"]


def test_residual_renewals_agree_with_the_closed_form():
    from scipy.special import hyp2f1

    model = ShiftedBetaGeometric().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    a, b, d = model.alpha_, model.beta_, 0.1
    n = np.arange(1, 6)
    expected = (b + n - 1) / (a + b + n - 1) * hyp2f1(1, b + n, a + b + n, 1 / (1 + d))
    np.testing.assert_allclose(model.residual_renewals(n - 1, discount_rate=d), expected, rtol=1e-10)
    assert model.residual_renewals([0], horizon=1)[0] == pytest.approx(model.predict(1)["retention"][1])
    with pytest.raises(tenure.InvalidInput, match="discount_rate"):
        model.residual_renewals([0])
    with pytest.raises(tenure.InvalidInput, match="horizon"):
        model.residual_renewals([0], horizon=0)


def test_frames_and_threads_do_not_matter():
    model = BetaGeometricNBD().fit(X, TX, T)
    polars = pl.DataFrame({"x": X, "tx": TX, "T": T})
    assert BetaGeometricNBD(n_jobs=2).fit(polars["x"], polars["tx"], polars["T"]).model_ == model.model_
    shuffled = DATA.sample(frac=1, random_state=0).index
    assert BetaGeometricNBD().fit(X[shuffled], TX[shuffled], T[shuffled]).model_ == model.model_


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([1, 2], [1, 2], [5]), "T"),
        (([-1], [0], [5]), "frequency"),
        (([1.5], [1], [5]), "frequency"),
        (([1], [-2], [5]), "before the first"),
        (([1], [6], [5]), "recency"),
        (([0], [1], [5]), "recency"),
        (([1], [np.nan], [5]), "recency"),
        (([1], [1], [np.inf]), "T"),
        (([0, 0], [0, 0], [5, 6]), "bought again"),
        (([], [], []), "bought again"),
    ],
)
def test_impossible_customers_are_refused(columns, message):
    for model in (BetaGeometricNBD(), ParetoNBD()):
        with pytest.raises(tenure.InvalidInput, match=message):
            model.fit(*columns)


def test_bad_spend_is_refused():
    for values in ([-1.0, 3.0], [0.0, 3.0], [np.nan, 3.0]):
        with pytest.raises(tenure.InvalidInput, match="row 0"):
            GammaGamma().fit([1, 1], values)
    with pytest.raises(tenure.InvalidInput, match="two customers"):
        GammaGamma().fit([0, 1], [0.0, 3.0])


def test_what_the_data_do_not_say_is_said():
    with pytest.warns(ConvergenceWarning):
        model = BetaGeometricNBD().fit([3], [9.0], [10.0])
    assert not model.converged_
    with pytest.warns(ConvergenceWarning):
        ShiftedBetaGeometric().fit([100, 50])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        BetaGeometricNBD().fit(X, TX, T)


def test_tiers():
    assert value_tiers([10, 50, 5, 20, 15, 0, -3]).tolist() == ["ordinary", "key", "small", "main", "main", "small", "small"]
    with pytest.raises(tenure.InvalidInput, match="names"):
        value_tiers([1, 2], shares=(0.5,))


def test_plots():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    BetaGeometricNBD().fit(X, TX, T).plot_probability_alive(T=39)
    ShiftedBetaGeometric().fit([1000, 631, 468, 382]).plot(8, customers=[1000, 631, 468, 382])
