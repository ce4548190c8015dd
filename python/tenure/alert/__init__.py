"""Early warning: indicators, limits, tiers of risk, what alarms were worth, and whether the data have moved."""

from tenure.alert._alarms import AlarmEvaluation, evaluate_alarms
from tenure.alert._drift import Drift, drift
from tenure.alert._indicators import Indicator, Indicators
from tenure.alert._stability import StabilityIndex, population_stability_index
from tenure.alert._system import BackTest, WarningSystem
from tenure.alert._thresholds import Thresholds
from tenure.alert._tiers import Tier, Tiers

__all__ = [
    "AlarmEvaluation",
    "BackTest",
    "Drift",
    "Indicator",
    "Indicators",
    "StabilityIndex",
    "Thresholds",
    "Tier",
    "Tiers",
    "WarningSystem",
    "drift",
    "evaluate_alarms",
    "population_stability_index",
]
