"""
Baskets, frequent sets and rules.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

import tenure._core

__all__: list[str] = [
    "Baskets",
    "ItemCoding",
    "ItemsetPartition",
    "RuleClassifierModel",
    "RuleList",
    "Sets",
    "adjust_false_discovery",
    "association_rules",
    "class_rules",
    "contrast_rules",
    "count_itemsets",
    "count_sets",
    "encode_items",
    "fisher_p",
    "fit_items",
    "fit_rule_classifier",
    "frequent_itemsets",
    "frequent_sequences",
    "from_python",
    "measure_formula",
    "measure_names",
    "relative_trends",
]

class Baskets:
    """
    Baskets of numbered items.
    """
    @staticmethod
    def from_pairs(
        arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
        arg1: typing.SupportsInt | typing.SupportsIndex,
        arg2: typing.Annotated[numpy.typing.ArrayLike, numpy.int32],
        arg3: typing.SupportsInt | typing.SupportsIndex,
    ) -> Baskets: ...
    @staticmethod
    def from_rows(
        arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
        arg1: typing.Annotated[numpy.typing.ArrayLike, numpy.int32],
        arg2: typing.SupportsInt | typing.SupportsIndex,
    ) -> Baskets: ...
    @staticmethod
    def from_table(arg0: tenure._core.Table) -> Baskets: ...
    @staticmethod
    def from_text(arg0: bytes) -> Baskets: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __len__(self) -> int: ...
    def append(self, arg0: Baskets) -> None: ...
    def select(self, arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.uint8]) -> Baskets: ...
    @property
    def item_count(self) -> int: ...
    @property
    def items(self) -> numpy.typing.NDArray[numpy.int32]: ...
    @property
    def names(self) -> list[str]: ...
    @property
    def offsets(self) -> numpy.typing.NDArray[numpy.int64]: ...

class Sets:
    """
    Sets of numbered items with their counts; the arrays are views.
    """
    def __len__(self) -> int: ...
    @property
    def baskets(self) -> int: ...
    @property
    def complete_from(self) -> int: ...
    @property
    def counts(self) -> numpy.typing.NDArray[numpy.uint32]: ...
    @property
    def cut(self) -> bool: ...
    @property
    def items(self) -> numpy.typing.NDArray[numpy.int32]: ...
    @property
    def min_count(self) -> int: ...
    @property
    def offsets(self) -> numpy.typing.NDArray[numpy.int64]: ...

class RuleList:
    """
    Rules with the counts their measures follow from; the arrays are views.
    """
    def __len__(self) -> int: ...
    def measure(self, name: str, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]: ...
    def select(self, arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.int64]) -> RuleList: ...
    @property
    def baskets(self) -> int: ...
    @property
    def both(self) -> numpy.typing.NDArray[numpy.uint32]: ...
    @property
    def examined(self) -> float: ...
    @property
    def left(self) -> numpy.typing.NDArray[numpy.int32]: ...
    @property
    def left_count(self) -> numpy.typing.NDArray[numpy.uint32]: ...
    @property
    def left_offsets(self) -> numpy.typing.NDArray[numpy.int64]: ...
    @property
    def right(self) -> numpy.typing.NDArray[numpy.int32]: ...
    @property
    def right_count(self) -> numpy.typing.NDArray[numpy.uint32]: ...
    @property
    def right_offsets(self) -> numpy.typing.NDArray[numpy.int64]: ...

class ItemCoding:
    """
    How the columns of a table become items.
    """
    def __eq__(self, other: typing.Any) -> bool: ...
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def columns(self) -> typing.Any:
        """
        the columns
        """
    @property
    def cuts(self) -> typing.Any:
        """
        of each column the upper bounds of its ranges but the last
        """
    @property
    def flags(self) -> typing.Any:
        """
        of each column whether it is only 0 and 1
        """

class RuleClassifierModel:
    """
    An ordered list of rules that decides about rows.
    """

    kind: typing.ClassVar[str] = "rules.classifier"
    @staticmethod
    def from_bytes(bytes: bytes) -> RuleClassifierModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __len__(self) -> int: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def deciding_rules(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.int32]: ...
    def describe(self, arg0: collections.abc.Sequence[str]) -> list[str]: ...
    def predict_probability(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def classes(self) -> int: ...
    @property
    def coding(self) -> typing.Any:
        """
        how columns become items
        """
    @property
    def counts(self) -> typing.Any:
        """
        training rows that have each rule's items, by class
        """
    @property
    def covered(self) -> typing.Any:
        """
        training rows that each rule is the first to cover
        """
    @property
    def default_counts(self) -> typing.Any:
        """
        training rows that no rule covers, by class
        """
    @property
    def items(self) -> typing.Any:
        """
        items of the rules, one after the other
        """
    @property
    def offsets(self) -> typing.Any:
        """
        where the items of each rule begin
        """
    @property
    def predicted(self) -> typing.Any:
        """
        class of each rule
        """
    @property
    def rows(self) -> typing.Any:
        """
        training rows
        """

class ItemsetPartition:
    """
    Frequent itemsets of chunks: propose all, then count all.
    """
    def __init__(self, **kwargs) -> None: ...
    def count(self, chunk: Baskets, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> None: ...
    def finish(self) -> Sets: ...
    def merge(self, other: ItemsetPartition) -> None: ...
    def propose(self, chunk: Baskets, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> None: ...

def adjust_false_discovery(
    p: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], tests: typing.SupportsFloat | typing.SupportsIndex
) -> numpy.typing.NDArray[numpy.float64]: ...
def association_rules(sets: Sets, *, progress: typing.Any = None, **kwargs) -> RuleList: ...
def class_rules(
    baskets: Baskets,
    outcome: typing.Annotated[numpy.typing.ArrayLike, numpy.uint8],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> RuleList: ...
def contrast_rules(
    baskets: Baskets,
    outcome: typing.Annotated[numpy.typing.ArrayLike, numpy.uint8],
    period: typing.Annotated[numpy.typing.ArrayLike, numpy.uint8],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> dict: ...
def count_itemsets(
    baskets: Baskets, *, threads: typing.SupportsInt | typing.SupportsIndex = 1, progress: typing.Any = None, **kwargs
) -> numpy.typing.NDArray[numpy.float64]: ...
def count_sets(
    baskets: Baskets,
    offsets: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    items: typing.Annotated[numpy.typing.ArrayLike, numpy.int32],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.uint32]: ...
def encode_items(arg0: ItemCoding, arg1: tenure._core.Table) -> Baskets: ...
def fisher_p(
    arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    arg1: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    arg2: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    arg3: typing.SupportsInt | typing.SupportsIndex,
) -> numpy.typing.NDArray[numpy.float64]: ...
def fit_items(arg0: tenure._core.Table, arg1: typing.Annotated[numpy.typing.ArrayLike, numpy.uint8], **kwargs) -> ItemCoding: ...
def fit_rule_classifier(
    x: tenure._core.Table,
    y: typing.Annotated[numpy.typing.ArrayLike, numpy.int32],
    class_count: typing.SupportsInt | typing.SupportsIndex,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> RuleClassifierModel: ...
def frequent_itemsets(baskets: Baskets, *, threads: typing.SupportsInt | typing.SupportsIndex = 1, progress: typing.Any = None, **kwargs) -> Sets: ...
def frequent_sequences(
    offsets: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    events: typing.Annotated[numpy.typing.ArrayLike, numpy.int32],
    event_count: typing.SupportsInt | typing.SupportsIndex,
    outcome: typing.Annotated[numpy.typing.ArrayLike, numpy.uint8],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> dict: ...
def from_python(transactions: collections.abc.Iterable) -> tuple: ...
def measure_formula(name: str) -> str: ...
def measure_names() -> list[str]: ...
def relative_trends(arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]: ...
