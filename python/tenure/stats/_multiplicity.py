"""p-values adjusted for their number."""

from __future__ import annotations

from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import column


def adjust_p(p: Any, *, method: str = "bh") -> np.ndarray:
    """p-values adjusted for their number, in the order given.

    Parameters
    ----------
    p : array-like
        Values in [0, 1]; NaN stays NaN and is not counted.
    method : {"bh", "by", "bonferroni", "holm", "hochberg", "hommel"}, default "bh"
        ``bh`` (Benjamini-Hochberg) and ``by`` bound the expected share of false findings, the others the chance of any.

    Returns
    -------
    numpy.ndarray

    Examples
    --------
    >>> from tenure.stats import adjust_p
    >>> adjust_p([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.04, 0.04]
    """
    return _core.stats.adjust_p(column(p, "p").astype(np.float64, copy=False), method)
