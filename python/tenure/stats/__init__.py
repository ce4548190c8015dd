"""Statistics: intervals, tests, adjustment for many tests."""

from __future__ import annotations

from tenure.stats._multiplicity import adjust_p
from tenure.stats._proportion import Interval, difference_ci, difference_p, poisson_ci, proportion_ci, ratio_ci

__all__ = ["Interval", "adjust_p", "difference_ci", "difference_p", "poisson_ci", "proportion_ci", "ratio_ci"]
