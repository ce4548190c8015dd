"""RFM against a plain pandas computation, and its rules."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tenure import InvalidInput
from tenure.value import rfm, rfm_migration


def log(n=3000, seed=2):
    random = np.random.default_rng(seed)
    day = random.integers(0, 300, n)
    return pd.DataFrame(
        {
            "who": [f"c{k}" for k in random.integers(0, 250, n)],
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D"),
            "paid": random.gamma(2, 10, n).round(2),
        }
    )


def test_agrees_with_pandas():
    data = log()
    end = pd.Timestamp("2024-09-01")
    found = rfm(data, customer="who", time="when", amount="paid", end=end).table.set_index("customer")
    seen = data[data["when"] <= end]
    expected = seen.groupby("who").agg(first=("when", "min"), last=("when", "max"), orders=("paid", "size"), amount=("paid", "sum"), visits=("when", "nunique"))
    for key in ("first", "last"):
        assert (found[key] == expected[key]).all()
    for key in ("orders", "amount", "visits"):
        np.testing.assert_allclose(found[key], expected[key])
    np.testing.assert_array_equal(found["since_last"], (end - expected["last"]).dt.days)
    np.testing.assert_array_equal(found["T"], (end - expected["first"]).dt.days)
    daily = seen.groupby(["who", "when"])["paid"].sum()
    for who in found.index[:20]:
        repeats = daily[who].iloc[1:]
        assert found.loc[who, "monetary_value"] == pytest.approx(repeats.mean() if len(repeats) else 0)


def test_scores_are_quantiles_and_the_latest_is_the_best():
    found = rfm(log(), customer="who", time="when", amount="paid")
    table = found.table
    for score, key, sign in (("r_score", "since_last", -1), ("f_score", "orders", 1), ("m_score", "amount", 1)):
        assert table[score].between(1, 5).all()
        assert table.sort_values(key)[score].mul(sign).is_monotonic_increasing
        assert table.groupby(key)[score].nunique().max() == 1
    assert table["m_score"].value_counts().between(45, 55).all()
    segments = found.segments
    assert segments["customers"].sum() == len(table)
    assert segments["amount_share"].sum() == pytest.approx(1)
    assert (table.loc[(table["r_score"] == 5) & (table["f_score"] == 5), "segment"] == "champions").all()


def test_row_order_frame_and_date_kind_do_not_matter():
    data = log()
    first = rfm(data, customer="who", time="when", amount="paid").columns
    shuffled = rfm(data.sample(frac=1, random_state=1), customer="who", time="when", amount="paid").columns
    text = rfm(data.assign(when=data["when"].dt.strftime("%Y-%m-%d")), customer="who", time="when", amount="paid").columns
    polars = rfm(pl.from_pandas(data), customer="who", time="when", amount="paid")
    assert isinstance(polars.table, pl.DataFrame)
    days = rfm(data.assign(when=(data["when"] - pd.Timestamp("2024-01-01")).dt.days), customer="who", time="when", amount="paid").columns
    for other in (shuffled, text, polars.columns, days):
        for key in ("customer", "orders", "since_last", "cycle", "r_score", "segment"):
            np.testing.assert_array_equal(other[key], first[key])


def test_borders_carry_over_and_customers_migrate():
    data = log()
    before = rfm(data, customer="who", time="when", amount="paid", end=datetime.date(2024, 6, 1))
    after = rfm(data, customer="who", time="when", amount="paid", borders=before.borders)
    assert after.borders == before.borders
    moves = rfm_migration(before, after)
    assert moves["customers"].sum() == len(set(before.columns["customer"]) | set(after.columns["customer"]))
    assert moves.groupby("before")["share"].sum().to_numpy() == pytest.approx(1)
    same = rfm_migration(before, before)
    assert (same["before"] == same["after"]).all()


def test_natural_bins_and_fixed_borders():
    data = pd.DataFrame({"who": list("aabbbbcccccccccccd"), "day": range(18), "paid": 1.0})
    natural = rfm(data, customer="who", time="day", bins="natural", n_bins=3)
    assert natural.borders["frequency"] == [3.0, 7.5]
    fixed = rfm(data, customer="who", time="day", borders={"frequency": [1, 5]}).columns
    assert fixed["f_score"].tolist() == [2, 2, 3, 1]


def test_heat_map():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    rfm(log(), customer="who", time="when", amount="paid").plot()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"paid": -1.0}, "amount"),
        ({"paid": np.nan}, "amount"),
        ({"when": pd.NaT}, "time"),
        ({"who": None}, "customer"),
        ({"when": "never"}, "neither numbers nor dates"),
    ],
)
def test_impossible_purchases_are_refused(change, message):
    data = log(50).astype({"when": object})
    for key, value in change.items():
        data.loc[7, key] = value
    with pytest.raises(InvalidInput, match=message):
        rfm(data, customer="who", time="when", amount="paid")


def test_an_end_before_every_purchase_is_refused():
    with pytest.raises(InvalidInput, match="end"):
        rfm(log(50), customer="who", time="when", amount="paid", end="2020-01-01")
    with pytest.raises(InvalidInput, match="no purchases"):
        rfm(log(50).iloc[:0], customer="who", time="when", amount="paid")
