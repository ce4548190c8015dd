"""Frequent itemsets of baskets that do not fit into memory at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from tenure import _core
from tenure._base import threads
from tenure.rules._itemsets import Itemsets
from tenure.rules._transactions import Transactions


def chunked_itemsets(
    chunks: Callable[[], Iterable[Any]] | list[Any],
    min_support: float = 0.1,
    *,
    target: str = "all",
    min_length: int = 1,
    max_length: int | None = None,
    n_jobs: int | None = None,
) -> Itemsets:
    """`frequent_itemsets` of baskets that come in chunks, in two passes over them; only one chunk is in memory at a time.

    The result is the one for all baskets together: a set that is frequent overall is frequent in at least one chunk, so the first pass collects
    the sets frequent in any chunk, and the second counts them in all (the partition algorithm). Many small chunks mean many candidates.

    Parameters
    ----------
    chunks : list, or function without arguments that returns an iterable
        Each chunk is what `Transactions` understands. A function is called twice and must give the same chunks.

    Examples
    --------
    >>> from tenure.rules import chunked_itemsets
    >>> sets = chunked_itemsets([[["tea", "milk"], ["tea"]], [["tea", "milk"]]], min_support=0.6)
    >>> sorted((sorted(s), n) for s, n in sets)
    [(['milk'], 2), (['milk', 'tea'], 2), (['tea'], 3)]
    """
    code: dict[Any, int] = {}

    def passes() -> Iterable[Any]:
        for chunk in chunks() if callable(chunks) else chunks:
            transactions = Transactions.of(chunk)
            numbers = np.array([code.setdefault(name, len(code)) for name in transactions.names], dtype=np.int32)
            baskets = transactions._baskets
            yield _core.rules.Baskets.from_rows(baskets.offsets, numbers[baskets.items] if len(numbers) else baskets.items, len(code))

    partition = _core.rules.ItemsetPartition(min_support=min_support, target=target, min_length=min_length, max_length=max_length or 0)
    for baskets in passes():
        partition.propose(baskets, threads=threads(n_jobs))
    for baskets in passes():
        partition.count(baskets, threads=threads(n_jobs))
    return Itemsets(partition.finish(), list(code))
