"""Confidence intervals of proportions, counts and their comparison."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tenure import _core


class Interval(NamedTuple):
    """Two bounds: numbers, or arrays where the input was one."""

    lower: Any
    upper: Any


def _broadcast(**inputs: Any) -> tuple[list[np.ndarray], tuple[int, ...]]:
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in inputs.values()))
    return [np.ascontiguousarray(a).reshape(-1) for a in arrays], arrays[0].shape


def _shaped(bounds: tuple[np.ndarray, np.ndarray], shape: tuple[int, ...]) -> Interval:
    return Interval(*(b.reshape(shape) if shape else float(b[0]) for b in bounds))


def proportion_ci(successes: Any, trials: Any, *, level: float = 0.95, method: str = "wilson") -> Interval:
    """Confidence interval of a proportion.

    Parameters
    ----------
    successes, trials : number or array-like
        0 <= successes <= trials, trials > 0; arrays are broadcast.
    level : float in (0, 1), default 0.95
    method : {"wilson", "wilson_continuity", "clopper_pearson", "jeffreys", "jeffreys_unmodified", "agresti_coull", "wald"}
        ``agresti_coull`` and ``wald`` may leave [0, 1].

    Returns
    -------
    Interval
        ``(lower, upper)``: numbers, or arrays where the input was one.

    Examples
    --------
    >>> from tenure.stats import proportion_ci
    >>> [round(bound, 6) for bound in proportion_ci(100, 1000)]
    [0.082909, 0.120152]
    """
    (x, n), shape = _broadcast(successes=successes, trials=trials)
    return _shaped(_core.stats.proportion_ci(x, n, level, method), shape)


def poisson_ci(count: Any, exposure: Any = 1.0, *, level: float = 0.95) -> Interval:
    """Garwood's exact interval of a Poisson mean: ``count`` events in ``exposure`` (> 0), per unit of exposure.

    Examples
    --------
    >>> from tenure.stats import poisson_ci
    >>> [round(bound, 4) for bound in poisson_ci(62, 1000)]
    [0.0475, 0.0795]
    """
    (x, t), shape = _broadcast(count=count, exposure=exposure)
    return _shaped(_core.stats.poisson_ci(x, t, level), shape)


def difference_ci(successes1: Any, trials1: Any, successes2: Any, trials2: Any, *, level: float = 0.95) -> Interval:
    """Newcombe's hybrid score interval of the difference of two proportions, p1 - p2.

    Examples
    --------
    >>> from tenure.stats import difference_ci
    >>> [round(bound, 4) for bound in difference_ci(58, 195, 45, 225)]
    [0.0148, 0.1798]
    """
    (x1, n1, x2, n2), shape = _broadcast(successes1=successes1, trials1=trials1, successes2=successes2, trials2=trials2)
    return _shaped(_core.stats.difference_ci(x1, n1, x2, n2, level), shape)


def ratio_ci(successes1: Any, trials1: Any, successes2: Any, trials2: Any, *, level: float = 0.95) -> Interval:
    """Katz's log-normal interval of the ratio of two proportions, p1 / p2; open (0 or infinite) where a count is 0.

    Examples
    --------
    >>> from tenure.stats import ratio_ci
    >>> [round(bound, 4) for bound in ratio_ci(58, 195, 45, 225)]
    [1.0597, 2.087]
    """
    (x1, n1, x2, n2), shape = _broadcast(successes1=successes1, trials1=trials1, successes2=successes2, trials2=trials2)
    return _shaped(_core.stats.ratio_ci(x1, n1, x2, n2, level), shape)


def difference_p(successes1: Any, trials1: Any, successes2: Any, trials2: Any) -> Any:
    """Two-sided p-value of equal proportions: chi-squared, or Fisher's exact test where a cell is expected to hold fewer than 5.

    Examples
    --------
    >>> from tenure.stats import difference_p
    >>> round(difference_p(58, 195, 45, 225), 4)
    0.0206
    """
    arrays, shape = _broadcast(successes1=successes1, trials1=trials1, successes2=successes2, trials2=trials2)
    p = _core.stats.difference_p(*arrays)
    return p.reshape(shape) if shape else float(p[0])
