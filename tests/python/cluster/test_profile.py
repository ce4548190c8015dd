import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

from cluster.reference import rows
from tenure.cluster import KMeans, gap_statistic, plot_silhouettes, segment_profile, stability

mpl.use("Agg")


@pytest.fixture(scope="module")
def customers():
    random = np.random.default_rng(3)
    group = np.repeat([0, 1, 2], [200, 150, 50])
    table = pd.DataFrame({"calls": random.poisson(2, 400) + 4.0 * (group == 1), "age": random.normal(40, 9, 400)})
    table["plan"] = pd.Categorical(np.where(random.random(400) < 0.2 + 0.6 * (group == 2), "pro", "basic"))
    table["left"] = random.random(400) < np.array([0.1, 0.4, 0.2])[group]
    table["margin"] = random.gamma(3, 20, 400)
    table["group"] = group
    return table


def test_numbers_shares_churn_and_value(customers):
    profile = segment_profile(customers, "group", churned="left", value="margin")
    table = profile.table_
    assert table["group"].tolist() == ["0", "1", "2"]
    assert table["customers"].tolist() == [200, 150, 50]
    here, rest = customers[customers.group == 1], customers[customers.group != 1]
    row = table.iloc[1]
    assert row["rate"] == here.left.mean()
    assert row["rest_rate"] == rest.left.mean()
    interval = stats.binomtest(int(here.left.sum()), 150).proportion_ci(method="wilson")
    assert (row["lower"], row["upper"]) == pytest.approx((interval.low, interval.high), rel=1e-10)
    assert row["share_of_value"] == pytest.approx(here.margin.sum() / customers.margin.sum())
    assert row["name"].startswith("high calls")
    assert table.iloc[2]["name"].startswith("plan pro")
    assert f"churn {row['rate']:.1%}" in row["sentence"]

    features = profile.features_
    assert set(features["column"]) == {"calls", "age", "plan"}
    calls = features[(features.group == "1") & (features.column == "calls")].iloc[0]
    assert calls["p_value"] == pytest.approx(stats.ttest_ind(here.calls, rest.calls, equal_var=False).pvalue, rel=1e-8)
    assert calls["mean"] == here.calls.mean()
    pro = features[(features.group == "2") & (features.level == "pro")].iloc[0]
    shares = [np.mean(part.plan == "pro") for part in (customers[customers.group == 2], customers[customers.group != 2])]
    assert [pro["mean"], pro["rest_mean"]] == pytest.approx(shares)
    assert pro["effect"] == pytest.approx(2 * np.arcsin(np.sqrt(shares[0])) - 2 * np.arcsin(np.sqrt(shares[1])))
    assert features["q_value"].to_numpy() == pytest.approx(stats.false_discovery_control(features["p_value"]), rel=1e-10)


def test_frames_noise_and_constant_columns(customers):
    labels = np.where(customers.group == 2, -1, customers.group)
    profile = segment_profile(pl.from_pandas(customers.assign(constant=1.0)), labels, churned="left")
    assert isinstance(profile.table_, pl.DataFrame)
    assert profile.table_["group"].to_list() == ["outliers", "0", "1"]
    assert profile.features_.filter(pl.col("column") == "constant")["p_value"].to_list() == [1.0, 1.0, 1.0]
    assert "outliers: 50 customers" in repr(profile)


def test_axes_of_marketing(customers):
    axes = {"demographic": ["age"], "behavioural": ["plan", "calls"]}
    profile = segment_profile(customers, "group", churned="left", axes=axes)
    plain = segment_profile(customers, "group", churned="left")
    assert plain.axes_ is None
    assert "axis" not in plain.features_
    pd.testing.assert_frame_equal(profile.table_, plain.table_)
    features = profile.features_
    assert set(zip(features["axis"], features["column"], strict=True)) == {
        ("demographic", "age"),
        ("behavioural", "plan"),
        ("behavioural", "calls"),
        ("other", "margin"),
    }
    assert features[features["group"] == "0"]["axis"].drop_duplicates().tolist() == ["demographic", "behavioural", "other"]
    by_axis = profile.axes_.set_index(["group", "axis"])
    assert len(by_axis) == 9
    assert by_axis.loc[("1", "behavioural"), "name"].startswith("high calls")
    assert by_axis.loc[("1", "demographic"), "name"] == "like the others"
    own = features[(features["group"] == "2") & (features["axis"] == "behavioural")]
    assert by_axis.loc[("2", "behavioural"), "n"] == len(own)
    assert by_axis.loc[("2", "behavioural"), "significant"] == (own["q_value"] < 0.05).sum()
    assert abs(by_axis.loc[("2", "behavioural"), "effect"]) == own["effect"].abs().max()
    for wrong, error, message in (
        ({"geographic": ["city"]}, ValueError, "'city' is not a described column"),
        ({"behavioural": ["calls"], "needs": ["calls"]}, ValueError, "already"),
        ({"behavioural": "calls"}, TypeError, "is a text"),
    ):
        with pytest.raises(error, match=message):
            segment_profile(customers, "group", axes=wrong)


def test_profile_refuses_what_it_cannot_use(customers):
    with pytest.raises(TypeError, match="data frame"):
        segment_profile(customers[["age"]].to_numpy(), customers.group)
    with pytest.raises(ValueError, match="one value a row"):
        segment_profile(customers, [0, 1])
    with pytest.raises(ValueError, match="at least two groups"):
        segment_profile(customers, np.zeros(400, dtype=int))


def test_the_gap_finds_three_groups_and_none():
    random = np.random.default_rng(1)
    grouped = random.normal(size=(150, 2)) + np.repeat([[0, 0], [8, 0], [0, 8]], 50, axis=0)
    found = gap_statistic(grouped, n_clusters=range(2, 6), n_references=10, random_state=0)
    assert found.n_clusters_ == 3
    inertia = KMeans(n_clusters=3, n_init=3, random_state=0).fit(grouped).inertia_
    assert found.table_["log_inertia"][2] == pytest.approx(np.log(inertia))
    assert gap_statistic(random.uniform(size=(150, 2)), n_clusters=range(2, 5), n_references=10, random_state=0).n_clusters_ == 1


def test_stability_finds_three_groups_and_none():
    random = np.random.default_rng(2)
    grouped = random.normal(size=(150, 2)) + np.repeat([[0, 0], [8, 0], [0, 8]], 50, axis=0)
    options = {"n_clusters": (2, 3, 4), "n_pairs": 6, "n_references": 8, "random_state": 0}
    found = stability(grouped, **options)
    assert found.n_clusters_ == 3
    assert found.table_["stability"][1] == pytest.approx(1, abs=0.01)
    assert stability(random.normal(size=(150, 2)), **options).n_clusters_ == 1
    pd.testing.assert_frame_equal(stability(grouped, **options).table_, found.table_)


def test_number_of_groups_refuses_what_it_cannot_use():
    X, _ = rows("iris")
    for call in (
        lambda: gap_statistic(X, n_clusters=[2, 4]),
        lambda: gap_statistic(X, n_clusters=[1, 2]),
        lambda: stability(X, n_clusters=[150]),
        lambda: stability(X, level=1),
    ):
        with pytest.raises(ValueError, match=r"n_clusters: must be|level = 1"):
            call()


def test_pictures_say_what_they_show(customers):
    X, y = rows("iris")
    assert "mean silhouette 0.5" in plot_silhouettes(X, y).get_title()
    found = gap_statistic(X, n_clusters=(2, 3), n_references=3, random_state=0)
    assert found.plot().get_xlabel() == "number of groups"
    ax = segment_profile(customers, "group").plot()
    assert "calls" in [tick.get_text() for tick in ax.get_yticklabels()]
