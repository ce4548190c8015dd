"""Churn arithmetic: rates under every convention, revenue, losses, reasons, segments, cohorts, funnels and win-back."""

from __future__ import annotations

from tenure.rates._activity import Silences, active_periods, choose_threshold, return_curve, silences, threshold_sensitivity
from tenure.rates._churn import CONVENTIONS, RateEstimate, churn_rate, churn_rates, convert_rate, period_growth
from tenure.rates._cohorts import RetentionTable, retention_table
from tenure.rates._economics import DEFAULT_TIERS, Funnel, KeepOrAcquire, WinBack, funnel, keep_or_acquire, win_back
from tenure.rates._money import ChurnLoss, Ratio, RevenueChurn, churn_loss, monthly_revenue, revenue_churn
from tenure.rates._periods import CustomerPeriods, customer_periods, end_dates
from tenure.rates._reasons import MixRate, ReasonShares, mix_rate, reason_shares, split_losses
from tenure.rates._results import Note, RateWarning
from tenure.rates._segments import rates_by

__all__ = [
    "CONVENTIONS",
    "DEFAULT_TIERS",
    "ChurnLoss",
    "CustomerPeriods",
    "Funnel",
    "KeepOrAcquire",
    "MixRate",
    "Note",
    "RateEstimate",
    "RateWarning",
    "Ratio",
    "ReasonShares",
    "RetentionTable",
    "RevenueChurn",
    "Silences",
    "WinBack",
    "active_periods",
    "choose_threshold",
    "churn_loss",
    "churn_rate",
    "churn_rates",
    "convert_rate",
    "customer_periods",
    "end_dates",
    "funnel",
    "keep_or_acquire",
    "mix_rate",
    "monthly_revenue",
    "period_growth",
    "rates_by",
    "reason_shares",
    "retention_table",
    "return_curve",
    "revenue_churn",
    "silences",
    "split_losses",
    "threshold_sensitivity",
    "win_back",
]
