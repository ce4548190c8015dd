"""The worked numbers of the field's own sources come out."""

import json
import pathlib

import numpy as np
import pytest

from tenure import rates

CASES = json.loads((pathlib.Path(__file__).resolve().parents[2] / "reference" / "rates" / "domain_cases.json").read_text())


def test_one_set_of_counts_under_every_convention():
    case = CASES["seed004"]
    counts = {"begin": case["begin"], "new": case["new"], "end": case["end"]}
    assert rates.churn_rate(**counts).lost == case["lost"]
    assert rates.churn_rate(**counts).rate == case["rate_begin"]
    assert rates.churn_rate(**counts, convention="average").rate == case["rate_average"]
    assert rates.churn_rate(**counts, convention="begin_plus_new").rate == case["rate_begin_plus_new"]
    with pytest.warns(rates.RateWarning, match=r"6\.6667%"):
        assert rates.churn_rate(**counts, convention="end").rate == case["rate_end"]
    by_convention = dict(zip(*(rates.churn_rates(**counts)[name] for name in ("convention", "rate")), strict=True))
    assert by_convention["end"] == case["rate_end"]
    loss = rates.churn_loss(lost=rates.churn_rate(**counts), turnover=[tuple(t) for t in case["turnover"]], profit_rate=case["profit_rate"])
    assert (loss.lost_revenue, loss.loss) == (case["lost_turnover"], case["loss"])


def test_one_in_ten_and_its_reasons():
    case = CASES["seed000_B"]
    rate = rates.churn_rate(begin=case["total"], lost=case["lost"])
    assert rate.rate == case["rate"]
    assert (rate.lower, rate.upper) == pytest.approx(case["wilson95"], abs=1e-15)
    assert rate.one_in == 10
    assert rate.retention == 0.9
    named = dict(zip(("quality", "price", "service", "image"), case["reason_shares"], strict=True))
    assert rates.reason_shares(named, lost=case["lost"], shares=True).unstated == pytest.approx(case["unstated"], abs=1e-15)
    case = CASES["seed000_C"]
    assert rates.reason_shares(dict(zip("ab", case["reason_shares"], strict=True)), lost=200, shares=True).unstated == pytest.approx(
        case["unstated"], abs=1e-15
    )


def test_normal_and_abnormal_losses_and_their_growth():
    case = CASES["seed000_J"]
    split = rates.split_losses({"normal": case["normal"], "abnormal": case["abnormal"]}, lost=case["total"])
    assert split["share"][0] == pytest.approx(case["share_normal"], abs=1e-15)
    assert [f"{share:.2%}" for share in split["share"]] == ["36.94%", "63.06%"]
    growth = rates.period_growth({"total": case["monthly_total_unique"], "abnormal": case["monthly_abnormal_solutions"][0]}, periods=["Jan", "Feb", "Mar"])
    rounded = growth.groupby("series")["growth"].apply(lambda g: [round(x, 2) for x in g[1:]])
    assert rounded["total"] == case["growth_total"]
    assert rounded["abnormal"] == case["growth_abnormal"]
    assert np.isnan(growth["growth"][0])


def test_conventions_of_vendors():
    july, august = CASES["recurly_july"], CASES["recurly_august"]
    first = rates.churn_rate(
        begin=july["begin"], new=july["new"], lost_open=july["lost_open"], lost_flash=july["lost_flash"], lost_back=0, convention="begin_gross"
    )
    assert first.rate == july["begin_gross"]
    begin = july["begin"] + july["new"] - first.lost
    assert begin == july["end"] == august["begin"]
    second = rates.churn_rate(begin=begin, lost_open=august["lost_open"], lost_flash=august["lost_flash"], lost_back=0, convention="begin_gross")
    assert second.rate == pytest.approx(august["begin_gross"], abs=1e-15)
    case = CASES["chartmogul_customer"]
    rate = rates.churn_rate(begin=case["begin"], lost=case["churned"], lost_back=case["of_which_reactivated"], lost_flash=case["of_which_joined_in_period"])
    assert rate.rate == case["begin_rate"]
    assert rate.notes == ()


def test_revenue_examples():
    case = CASES["chartmogul_mrr"]
    revenue = rates.revenue_churn([10, 20, 30, 40], [0, 10, 40, 40])
    assert (float(revenue.gross), float(revenue.net)) == (case["gross"], case["net"])
    case = CASES["chartmogul_daily_net"]
    grown = rates.revenue_churn([50, 50, 0], [60, 50, 10])
    assert float(grown.net) == pytest.approx(case["net"], abs=1e-15)
    case = CASES["stripe_mrr"]
    assert rates.monthly_revenue(*np.transpose(case["lines"])) == case["mrr"]


def test_means_over_cohorts_of_unequal_size():
    case = CASES["posthog_mean"]
    customer = np.r_[np.arange(110), 0, 1]
    day = np.r_[np.zeros(10), np.full(100, 31), 33, 33].astype(int)
    overall = rates.retention_table(customer=customer, date=day, buckets=1, as_of=89).overall
    assert overall["simple"][1] == case["simple"]
    assert overall["weighted"][1] == pytest.approx(case["weighted"], abs=1e-15)


def test_a_year_of_two_percent_a_month():
    assert rates.convert_rate(CASES["annualise"]["monthly"]) == pytest.approx(CASES["annualise"]["annual"], abs=1e-15)


def test_winning_back_is_four_times_as_likely():
    case = CASES["seed004_winback"]
    r = rates.keep_or_acquire(keep_cost=10, keep_chance=case["lost_customer"], acquire_cost=10, acquire_chance=case["prospect"], margin_left=100)
    assert r.cost_ratio == 4


def test_rates_by_tier():
    import pandas as pd

    case = CASES["seed004_case"]
    rows = [(tier, int(i < round(c["n"] * c["rate"]))) for tier, c in case.items() for i in range(c["n"])]
    table = rates.rates_by(pd.DataFrame(rows, columns=["tier", "gone"]), churned="gone", by="tier")
    assert table["lost"].tolist() == [55, 74]
    assert [round(r, 2) for r in table["rate"]] == [case["A"]["rate"], case["B"]["rate"]]
    assert round(table["lost"].sum() / table["customers"].sum(), 2) in (0.28, 0.29)
