"""Survival analysis: when do customers leave?"""

from tenure.survival._aft import AFT
from tenure.survival._boosting import GradientBoostingSurvival
from tenure.survival._competing import AalenJohansen, FineGray, GrayResult, gray_test
from tenure.survival._cox import CoxPH
from tenure.survival._cox_path import CoxPath
from tenure.survival._curves import KaplanMeier, NelsonAalen
from tenure.survival._discrete import DiscreteHazard
from tenure.survival._forest import RandomSurvivalForest
from tenure.survival._life_table import LifeTable
from tenure.survival._outcome import interval_outcome, outcome
from tenure.survival._rmst import RMSTDifference, rmst_difference
from tenure.survival._scores import (
    Concordance,
    DynamicAUC,
    brier_score,
    concordance,
    concordance_index,
    dynamic_auc,
    integrated_brier_score,
    survival_calibration,
    uno_concordance,
)
from tenure.survival._tests import LogRankResult, log_rank, pairwise_log_rank
from tenure.survival._time_varying import TimeVarying, time_varying
from tenure.survival._turnbull import Turnbull

__all__ = [
    "AFT",
    "AalenJohansen",
    "Concordance",
    "CoxPH",
    "CoxPath",
    "DiscreteHazard",
    "DynamicAUC",
    "FineGray",
    "GradientBoostingSurvival",
    "GrayResult",
    "KaplanMeier",
    "LifeTable",
    "LogRankResult",
    "NelsonAalen",
    "RMSTDifference",
    "RandomSurvivalForest",
    "TimeVarying",
    "Turnbull",
    "brier_score",
    "concordance",
    "concordance_index",
    "dynamic_auc",
    "gray_test",
    "integrated_brier_score",
    "interval_outcome",
    "log_rank",
    "outcome",
    "pairwise_log_rank",
    "rmst_difference",
    "survival_calibration",
    "time_varying",
    "uno_concordance",
]
