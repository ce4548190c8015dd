"""Customer value: recency and frequency, retention curves, purchase and spend models, lifetime value."""

from tenure.value._keep import KeepOrLetGo, keep_or_let_go
from tenure.value._lifetime import LifetimeValue, lifetime_value, value_tiers
from tenure.value._purchases import BetaGeometricNBD, ParetoNBD
from tenure.value._retention import BetaDiscreteWeibull, ShiftedBetaGeometric
from tenure.value._rfm import RFM, rfm, rfm_migration
from tenure.value._spend import GammaGamma

__all__ = [
    "RFM",
    "BetaDiscreteWeibull",
    "BetaGeometricNBD",
    "GammaGamma",
    "KeepOrLetGo",
    "LifetimeValue",
    "ParetoNBD",
    "ShiftedBetaGeometric",
    "keep_or_let_go",
    "lifetime_value",
    "rfm",
    "rfm_migration",
    "value_tiers",
]
