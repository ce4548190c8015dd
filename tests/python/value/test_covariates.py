"""Purchase and retention models with covariates, against scipy and R CLVTools (tests/reference/value/make_covariates.*)."""

import json
import pathlib

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tenure
from tenure.value import BetaDiscreteWeibull, BetaGeometricNBD, GammaGamma, ParetoNBD, ShiftedBetaGeometric, lifetime_value

HERE = pathlib.Path(__file__).resolve().parents[2] / "reference" / "value"
DATA = pd.read_csv(HERE / "covariates.csv")
SCIPY = json.loads((HERE / "covariates.json").read_text())["values"]
CLVTOOLS = json.loads((HERE / "covariates_clvtools.json").read_text())
CUSTOMERS = DATA["frequency"], DATA["recency"], DATA["T"]
CONTRACTS = DATA["periods"], DATA["churned"]
Z = DATA[["online", "income"]]


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("bg_nbd", BetaGeometricNBD()),
        ("mbg_nbd", BetaGeometricNBD(modified=True)),
        ("pareto_nbd", ParetoNBD()),
        ("sbg", ShiftedBetaGeometric()),
        ("bdw", BetaDiscreteWeibull()),
    ],
)
def test_fits_agree_with_scipy(name, model):
    model = model.fit_customers(*CONTRACTS, Z) if name in ("sbg", "bdw") else model.fit(*CUSTOMERS, Z)
    case = SCIPY[name]
    assert model.converged_
    assert model.log_likelihood_ == pytest.approx(case["log_likelihood"], abs=1e-6)
    for parameter, value in case["parameters"].items():
        assert getattr(model, f"{parameter}_") == pytest.approx(value, rel=1e-4)
    np.testing.assert_allclose(model.coef_summary_["coef"], case["coef"], rtol=1e-4, atol=1e-4)


def test_pareto_nbd_agrees_with_clvtools():
    model = ParetoNBD().fit(*CUSTOMERS, Z)
    case = CLVTOOLS["pareto_nbd"]
    assert model.log_likelihood_ == pytest.approx(case["log_likelihood"], abs=1e-6)
    np.testing.assert_allclose(model.coef_summary_["coef"], case["purchase"] + case["dropout"], atol=1e-4)
    for parameter, value in case["parameters"].items():
        assert getattr(model, f"{parameter}_") == pytest.approx(value, rel=1e-4)
    shown = CLVTOOLS["rows"]
    np.testing.assert_allclose(model.probability_alive(*CUSTOMERS, covariates=Z)[shown], case["p_alive"], rtol=1e-4)
    np.testing.assert_allclose(model.predict(*CUSTOMERS, horizon=26, covariates=Z)[shown], case["expected_next26"], rtol=1e-4)


def test_tests_and_intervals():
    plain, model = ParetoNBD().fit(*CUSTOMERS), ParetoNBD().fit(*CUSTOMERS, Z)
    assert model.log_likelihood_null_ == pytest.approx(plain.log_likelihood_, abs=1e-8)
    test = model.likelihood_ratio_test()
    assert test["dof"] == 4
    assert test["statistic"] == pytest.approx(2 * (model.log_likelihood_ - plain.log_likelihood_), abs=1e-6)
    assert 0 < test["p_value"] < 1e-6
    table = model.coef_summary_
    assert table["parameter"].tolist() == ["alpha", "alpha", "beta", "beta"]
    assert table["covariate"].tolist() == ["online", "income"] * 2
    truth = np.array([0.6, 0.2, 0.5, -0.1])
    assert ((table["lower"] < truth) & (truth < table["upper"])).all()
    assert plain.log_likelihood_null_ is None
    for what in (lambda: plain.coef_summary_, plain.likelihood_ratio_test):
        with pytest.raises(AttributeError, match="without covariates"):
            what()


def test_ninety_five_intervals_in_a_hundred_hold_the_truth():
    hits, runs = np.zeros(2), 40
    for seed in range(runs):
        random = np.random.default_rng(seed)
        n = 1200
        group = random.integers(0, 2, n)
        rate, age = random.gamma(2, 0.1, n) * np.exp(0.5 * group), random.uniform(30, 40, n)
        leave = random.beta(1, 3 * np.exp(0.7 * group))
        x, last, time, alive = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, bool)
        while alive.any():
            time = np.where(alive, time + random.exponential(1 / rate), time)
            alive &= time <= age
            x += alive
            last = np.where(alive, time, last)
            alive &= random.random(n) >= leave
        table = BetaGeometricNBD().fit(x, last, age, pd.DataFrame({"group": group})).coef_summary_.set_index("parameter")
        for k, (parameter, truth) in enumerate((("alpha", 0.5), ("b", 0.7))):
            hits[k] += table.loc[parameter, "lower"] < truth < table.loc[parameter, "upper"]
    assert ((hits >= 0.85 * runs) & (hits <= runs)).all()


def test_levels_columns_and_frames():
    level = np.where(DATA["online"] == 1, "online", "branch")
    frame = pd.DataFrame({"channel": pd.Categorical(level), "income": DATA["income"]})
    numbers, levels = BetaGeometricNBD().fit(*CUSTOMERS, Z), BetaGeometricNBD().fit(*CUSTOMERS, frame)
    assert levels.coef_summary_["covariate"].tolist()[:2] == ["channel[online]", "income"]
    np.testing.assert_allclose(levels.coef_summary_["coef"], numbers.coef_summary_["coef"], rtol=1e-9)
    array, polars = BetaGeometricNBD().fit(*CUSTOMERS, Z.to_numpy()), BetaGeometricNBD(n_jobs=2).fit(*CUSTOMERS, pl.from_pandas(Z))
    assert array.coef_summary_["covariate"].tolist()[:2] == ["x0", "x1"]
    assert polars.model_ == numbers.model_
    turned = frame[["income", "channel"]]
    np.testing.assert_array_equal(levels.predict(*CUSTOMERS, horizon=5, covariates=turned), levels.predict(*CUSTOMERS, horizon=5, covariates=frame))
    some = BetaGeometricNBD(purchase_covariates=["income"], dropout_covariates=()).fit(*CUSTOMERS, Z)
    assert some.coef_summary_["covariate"].tolist() == ["income"]
    assert some.probability_alive(*CUSTOMERS, covariates=Z[["income"]]).shape == (len(DATA),)
    assert some.score(*CUSTOMERS, covariates=Z) * len(DATA) == pytest.approx(some.log_likelihood_, rel=1e-12)
    copy = BetaGeometricNBD.from_bytes(some.to_bytes())
    np.testing.assert_array_equal(copy.predict(*CUSTOMERS, horizon=9, covariates=Z), some.predict(*CUSTOMERS, horizon=9, covariates=Z))


def test_lifetime_value_takes_them():
    spend = GammaGamma().fit(np.arange(1, 200) % 7 + 1, np.random.default_rng(0).gamma(6, 5, 199))
    model, mean = ParetoNBD().fit(*CUSTOMERS, Z), np.full(len(DATA), 20.0)
    worth = lifetime_value(model, spend, *CUSTOMERS, mean, covariates=Z, periods=4, period_length=6.5, intervals=True)
    np.testing.assert_allclose(worth.value, worth.spend * model.predict(*CUSTOMERS, horizon=26, covariates=Z), rtol=1e-10)
    assert ((worth.lower < worth.value) & (worth.value < worth.upper)).all()
    # The same customers in two groups: each group's total has the interval that parameters of its own give it.
    one = pd.DataFrame({"online": DATA["online"]})
    joint = ShiftedBetaGeometric().fit_customers(*CONTRACTS, one)
    curve = joint.predict(5, covariates=pd.DataFrame({"online": [0, 1]}))
    alone = ShiftedBetaGeometric().fit_customers(*(c[DATA["online"] == 1] for c in CONTRACTS)).predict(5)
    np.testing.assert_allclose(curve.loc[curve["row"] == 1, ["survival", "lower", "upper"]], alone[["survival", "lower", "upper"]], rtol=1e-4)
    renewals = joint.residual_renewals([1, 1], discount_rate=0.1, covariates=pd.DataFrame({"online": [1, 0]}))
    assert renewals[0] != renewals[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"income": np.where(np.arange(len(DATA)) == 3, np.nan, DATA["income"])}, "income.*row 3"),
        ({"income": np.where(np.arange(len(DATA)) == 3, np.inf, DATA["income"])}, "income.*row 3"),
        ({"income": 2.0}, "'income' is the same"),
        ({"income": 1 - 2 * DATA["online"]}, "'income' is a linear combination"),
    ],
)
def test_bad_covariates_are_refused(change, message):
    bad = Z.assign(**change)
    for model in (BetaGeometricNBD(), ParetoNBD()):
        with pytest.raises(tenure.InvalidInput, match=message):
            model.fit(*CUSTOMERS, bad)
    with pytest.raises(tenure.InvalidInput, match=message):
        ShiftedBetaGeometric().fit_customers(*CONTRACTS, bad)


def test_missing_and_needless_covariates_are_refused():
    model, plain = BetaGeometricNBD().fit(*CUSTOMERS, Z), BetaGeometricNBD().fit(*CUSTOMERS)
    for method in (model.probability_alive, model.score):
        with pytest.raises(tenure.InvalidInput, match="missing: online, income"):
            method(*CUSTOMERS)
    with pytest.raises(tenure.InvalidInput, match="no column 'income'"):
        model.probability_alive(*CUSTOMERS, covariates=Z[["online"]])
    with pytest.raises(tenure.InvalidInput, match="fitted without"):
        plain.probability_alive(*CUSTOMERS, covariates=Z)
    with pytest.raises(tenure.InvalidInput, match="one row a customer"):
        model.probability_alive(*CUSTOMERS, covariates=Z[:-1])
    with pytest.raises(tenure.InvalidInput, match="no column 'rank'"):
        BetaGeometricNBD(purchase_covariates=["rank"]).fit(*CUSTOMERS, Z)
    with pytest.raises(tenure.InvalidInput, match="dimensions"):
        BetaGeometricNBD().fit(*CUSTOMERS, DATA["income"].to_numpy())
    contracts = ShiftedBetaGeometric().fit_customers(*CONTRACTS, Z)
    with pytest.raises(tenure.InvalidInput, match="missing"):
        contracts.predict(5)
    with pytest.raises(tenure.InvalidInput, match="missing"):
        contracts.residual_renewals([1], horizon=3)


def test_plots():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    BetaGeometricNBD().fit(*CUSTOMERS, Z).plot_probability_alive(T=39, covariates=Z[:1])
    ShiftedBetaGeometric().fit_customers(*CONTRACTS, Z).plot(6, covariates=Z[:1])
