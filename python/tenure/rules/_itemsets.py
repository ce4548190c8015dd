"""Frequent itemsets: how to ask for them and how they come back."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tenure import _core
from tenure._threads import threads
from tenure.rules._transactions import Transactions


class IncompleteResultWarning(UserWarning):
    """The memory limit cut a list of itemsets; the message says from which support on it is complete."""


class Itemsets:
    """Sets of items with the number of baskets that hold them, as compact arrays; a frame or tuples are made when asked for.

    Attributes
    ----------
    offsets, items : numpy arrays
        Set `s` holds the items with the numbers `items[offsets[s]:offsets[s + 1]]`.
    names : list
        What the numbers stand for.
    counts, support : numpy arrays
        Number and share of baskets that hold each set.
    baskets : int
        Number of baskets mined.
    min_count, complete_from : int
        The smallest count asked for, and the count from which on every set is listed. They differ when `top` or the memory limit cut the list.
    complete : bool
        False when the memory limit cut the list.
    """

    def __init__(self, sets: Any, names: list[Any]) -> None:
        self._sets = sets
        self.names = names
        self.offsets, self.items, self.counts = sets.offsets, sets.items, sets.counts
        self.baskets, self.min_count, self.complete_from = sets.baskets, sets.min_count, sets.complete_from
        self.complete = not sets.cut

    @property
    def support(self) -> np.ndarray:
        return self.counts / self.baskets

    @property
    def lengths(self) -> np.ndarray:
        """Number of items of each set."""
        return np.diff(self.offsets)

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, s: int) -> tuple[tuple[Any, ...], int]:
        s = range(len(self))[s]
        return tuple(self.names[code] for code in self.items[self.offsets[s] : self.offsets[s + 1]]), int(self.counts[s])

    def __iter__(self) -> Iterator[tuple[tuple[Any, ...], int]]:
        return (self[s] for s in range(len(self)))

    def __repr__(self) -> str:
        note = "" if self.complete else f", complete from support {self.complete_from / self.baskets:.4g}"
        return f"<{len(self)} itemsets in {self.baskets} baskets{note}>"

    def _repr_html_(self) -> str:
        return self.to_frame(limit=20).to_html(index=False) + f"<p>{len(self)} itemsets in {self.baskets} baskets</p>"

    def order(self) -> np.ndarray:
        """Positions by falling count, shorter sets first among equals."""
        return np.lexsort((self.lengths, -self.counts.astype(np.int64)))

    def to_frame(self, limit: int | None = None) -> Any:
        """A pandas frame, most frequent sets first: `itemset` (tuple of names), `length`, `count`, `support`."""
        import pandas as pd

        order = self.order()[:limit]
        sets = np.empty(len(order), dtype=object)
        sets[:] = [self[s][0] for s in order]
        return pd.DataFrame({"itemset": sets, "length": self.lengths[order], "count": self.counts[order].astype(np.int64), "support": self.support[order]})

    def to_arrow(self) -> Any:
        """A pyarrow table in the order of the arrays: `itemset` (lists of dictionary-encoded names), `count`, `support`. The lists are not copied."""
        import pyarrow as pa

        if len(self.items) > np.iinfo(np.int32).max:
            raise OverflowError("more items than an Arrow list column of 32-bit offsets can hold")
        names = pa.DictionaryArray.from_arrays(pa.array(self.items), pa.array([str(name) for name in self.names], type=pa.string()))
        sets = pa.ListArray.from_arrays(pa.array(self.offsets.astype(np.int32)), names)
        return pa.table({"itemset": sets, "count": self.counts, "support": self.support})

    def plot_network(self, limit: int = 50, ax: Any = None) -> Any:
        """The strongest pairs among the sets as a network: an item's size is its support, a line's width the pair's, its colour the lift.

        Returns the matplotlib axes. Needs sets of one and of two items; shown are the `limit` pairs of highest lift.
        """
        from tenure.rules._plots import network

        return network(self, limit, ax)


def frequent_itemsets(
    transactions: Any,
    min_support: float = 0.1,
    *,
    min_count: int | None = None,
    target: str = "all",
    min_length: int = 1,
    max_length: int | None = None,
    top: int | None = None,
    algorithm: str = "auto",
    memory_limit: float | None = None,
    include: Iterable[Any] = (),
    exclude: Iterable[Any] = (),
    n_jobs: int | None = None,
    progress: Any = None,
) -> Itemsets:
    """The sets of items that at least a share `min_support` of the baskets hold, with exact counts.

    Parameters
    ----------
    transactions : Transactions, or what `Transactions` understands
        Lists of items, a 0/1 or categorical frame, a sparse matrix.
    min_support : float in (0, 1]
        Smallest share of baskets. The smallest count is the least integer not below `min_support` times the number of baskets.
    min_count : int, optional
        Smallest number of baskets, instead of a share.
    target : {"all", "closed", "maximal", "generators"}
        All sets; those that no larger set of the same count contains; those that no larger frequent set contains; those without a subset of
        the same count.
    min_length, max_length : int, optional
        Fewest and most items of a set.
    top : int, optional
        Only the most frequent: this many sets and those tied with the last. With it `min_support` may be as small as one likes.
    algorithm : {"auto", "eclat", "fpgrowth", "apriori"}
        How; the sets are the same. "auto" is eclat, the fastest on every data set tried.
    memory_limit : float, optional
        Most bytes the result may take (12 a set and 4 an item); by default half of the machine's available memory, at most 4e9. A longer list is
        cut at the smallest count at which it fits, with an `IncompleteResultWarning` that names it.
    include, exclude : items, optional
        Items that every set must hold, and items that none may. The search takes place in the baskets that hold all of `include`, without the excluded
        items: for closed and maximal sets these are as if they were in no basket. Support remains the share of all baskets.
    n_jobs : int, optional
        Threads, as scikit-learn reads it. The result does not depend on it.
    progress : callable, optional
        Called with the share done, a few times a second.

    Examples
    --------
    >>> from tenure.rules import frequent_itemsets
    >>> sets = frequent_itemsets([["tea", "milk"], ["tea", "milk", "bread"], ["tea"]], min_support=0.6)
    >>> sets.to_frame()
            itemset  length  count   support
    0        (tea,)       1      3  1.000000
    1       (milk,)       1      2  0.666667
    2  (milk, tea)       2      2  0.666667
    """
    baskets = Transactions.of(transactions)
    options = _options(min_support, min_count, target, min_length, max_length, algorithm) | _constraints(baskets, include, exclude)
    limit = _available_memory() if memory_limit is None else memory_limit
    found = _core.rules.frequent_itemsets(baskets._baskets, threads=threads(n_jobs), progress=progress, top=top or 0, memory_limit=limit, **options)
    if found.cut:
        warnings.warn(
            f"the itemsets do not fit into {limit:.3g} bytes: listed are those of support {found.complete_from / found.baskets:.4g} "
            f"(count {found.complete_from}) and more; limit max_length, or ask for closed or maximal sets",
            IncompleteResultWarning,
            stacklevel=2,
        )
    return Itemsets(found, baskets.names)


def count_itemsets(
    transactions: Any,
    min_support: float = 0.1,
    *,
    min_count: int | None = None,
    target: str = "all",
    min_length: int = 1,
    max_length: int | None = None,
    algorithm: str = "auto",
    include: Iterable[Any] = (),
    exclude: Iterable[Any] = (),
    n_jobs: int | None = None,
    progress: Any = None,
) -> np.ndarray:
    """How many sets `frequent_itemsets` would list, by number of items: element 0 counts the single items.

    Much quicker than the list where sets are many, and never short of memory. Parameters as there; generators are not counted this way.

    Examples
    --------
    >>> from tenure.rules import count_itemsets
    >>> count_itemsets([["tea", "milk"], ["tea", "milk", "bread"], ["tea"]], min_support=0.6)
    array([2., 1.])
    """
    baskets = Transactions.of(transactions)
    options = _options(min_support, min_count, target, min_length, max_length, algorithm) | _constraints(baskets, include, exclude)
    return _core.rules.count_itemsets(baskets._baskets, threads=threads(n_jobs), progress=progress, **options)


def _options(min_support: float, min_count: int | None, target: str, min_length: int, max_length: int | None, algorithm: str) -> dict[str, Any]:
    if min_count is not None and min_count < 1:
        raise ValueError(f"min_count: must be >= 1, is {min_count}")
    if max_length is not None and max_length < 1:
        raise ValueError(f"max_length: must be >= 1 or None, is {max_length}")
    return {
        "min_support": min_support,
        "min_count": min_count or 0,
        "target": target,
        "min_length": min_length,
        "max_length": max_length or 0,
        "algorithm": algorithm,
    }


def _constraints(baskets: Transactions, include: Iterable[Any], exclude: Iterable[Any]) -> dict[str, list[int]]:
    wanted = {"include": given(include, "include"), "exclude": given(exclude, "exclude")}
    if not any(wanted.values()):
        return {}
    code = {name: number for number, name in enumerate(baskets.names)}
    for argument, items in wanted.items():
        for item in items:
            if item not in code:
                raise ValueError(f"{argument}: {item!r} is no item of these baskets")
    return {argument: [code[item] for item in items] for argument, items in wanted.items()}


def given(items: Iterable[Any], argument: str) -> list[Any]:
    """The items of an argument, a lone text being a likely mistake."""
    if isinstance(items, str | bytes):
        raise TypeError(f"{argument}: is a text; give a list of items")
    return list(items)


def _available_memory() -> float:
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 4e9
    return float(min(4e9, max(free / 2, 1e8)))
