"""
The C++ engine of tenure.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy

from . import alert, cluster, evaluate, io, learn, rates, rules, stats, survival, trees, value

__all__: list[str] = [
    "BadFile",
    "Cancelled",
    "InvalidInput",
    "NotSupported",
    "NumericFailure",
    "Table",
    "alert",
    "cluster",
    "evaluate",
    "io",
    "learn",
    "rates",
    "rules",
    "stats",
    "survival",
    "thread_count",
    "trees",
    "value",
]

class Table:
    """
    Equally long named columns, viewed where they lie: numbers, or codes into levels.
    """
    @typing.overload
    def __init__(self, columns: list) -> None:
        """
        columns: list of (name, 1-D array, list of level names or None)
        """
    @typing.overload
    def __init__(self, x: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], names: collections.abc.Sequence[str] | None = None) -> None:
        """
        x: rows x columns array, used in place; names: one a column, x0, x1, ... when missing
        """
    def __len__(self) -> int: ...
    @property
    def columns(self) -> list[str]: ...
    @property
    def rows(self) -> int: ...

def thread_count(requested: typing.SupportsInt | typing.SupportsIndex) -> int:
    """
    Threads that `requested` (0 = all) stands for.
    """

__version__: str = "0.1.0"

class BadFile(OSError): ...
class Cancelled(RuntimeError): ...
class InvalidInput(ValueError): ...
class NotSupported(TypeError): ...
class NumericFailure(ArithmeticError): ...
