"""Survival analysis: when do customers leave?"""

from tenure.survival._curves import KaplanMeier, NelsonAalen
from tenure.survival._outcome import outcome
from tenure.survival._tests import LogRankResult, log_rank, pairwise_log_rank

__all__ = ["KaplanMeier", "LogRankResult", "NelsonAalen", "log_rank", "outcome", "pairwise_log_rank"]
