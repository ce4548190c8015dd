"""
Early warning.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

__all__: list[str] = [
    "NEVER",
    "assign_tiers",
    "evaluate_alarms",
    "fit_limit",
    "limit_performance_of",
    "population_stability_index",
    "population_stability_index_of_counts",
]

def assign_tiers(
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    from_: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    capacity: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> typing.Any: ...
def evaluate_alarms(
    customer: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    day: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    start: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    churn: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    *,
    value: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    lead_shares: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> typing.Any: ...
def fit_limit(
    value: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    churned: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> typing.Any: ...
def limit_performance_of(
    value: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    churned: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    limit: typing.SupportsFloat | typing.SupportsIndex,
    high: bool,
    level: typing.SupportsFloat | typing.SupportsIndex = 0.95,
) -> typing.Any: ...
def population_stability_index(
    expected: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], actual: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], **kwargs
) -> typing.Any: ...
def population_stability_index_of_counts(
    expected: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    actual: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    **kwargs,
) -> typing.Any: ...

NEVER: int = -9223372036854775808
