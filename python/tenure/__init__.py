"""Customer-churn analysis: rates, retention, survival, prediction, rules, groups, value and reporting.

>>> import tenure as tn
>>> tn.rates.churn_rate(begin=3000, new=500, end=3300).lost
200
"""

from __future__ import annotations

import importlib
from typing import Any

from tenure._core import BadFile, Cancelled, InvalidInput, NotSupported, NumericFailure, __version__

_FAMILIES = ("rates", "survival", "learn", "evaluate", "rules", "cluster", "stats", "value", "alert", "datasets")
_NAMES = {
    "load": "tenure._base",
    "inspect": "tenure._base",
    "Contract": "tenure._contract",
    "read": "tenure._read",
    "leakage_scan": "tenure._leakage",
    "report": "tenure.reporting",
    "snapshots": "tenure._snapshots",
}

__all__ = [
    "BadFile",
    "Cancelled",
    "Contract",
    "InvalidInput",
    "NotSupported",
    "NumericFailure",
    "__version__",
    "alert",
    "cluster",
    "datasets",
    "evaluate",
    "inspect",
    "leakage_scan",
    "learn",
    "load",
    "rates",
    "read",
    "report",
    "rules",
    "snapshots",
    "stats",
    "survival",
    "value",
]


def __getattr__(name: str) -> Any:
    """Families and tools are imported when first used, so that `import tenure` stays quick."""
    if name in _FAMILIES:
        return importlib.import_module(f"tenure.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'tenure' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
