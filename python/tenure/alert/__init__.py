"""Early warning: indicators, limits, tiers of risk, what alarms were worth, and whether the data have moved."""

from tenure.alert._drift import Drift, drift
from tenure.alert._stability import StabilityIndex, population_stability_index

__all__ = [
    "Drift",
    "StabilityIndex",
    "drift",
    "population_stability_index",
]
