"""Frequent itemsets of baskets that do not fit into memory at once."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from tenure import _core
from tenure._threads import threads
from tenure.rules._itemsets import Itemsets, given
from tenure.rules._transactions import Transactions


def chunked_itemsets(
    chunks: Callable[[], Iterable[Any]] | list[Any] | str | os.PathLike[str],
    min_support: float = 0.1,
    *,
    target: str = "all",
    min_length: int = 1,
    max_length: int | None = None,
    include: Iterable[Any] = (),
    exclude: Iterable[Any] = (),
    chunk_size: int = 100_000,
    n_jobs: int | None = None,
) -> Itemsets:
    """`frequent_itemsets` of baskets that come in chunks, in two passes over them; only one chunk is in memory at a time.

    The result is the one for all baskets together: a set that is frequent overall is frequent in at least one chunk, so the first pass collects
    the sets frequent in any chunk, and the second counts them in all (the partition algorithm). Many small chunks mean many candidates.

    Parameters
    ----------
    chunks : list, function without arguments that returns an iterable, or path of a FIMI file
        Each chunk is what `Transactions` understands: lists, a frame, a matrix. A function is called twice and must give the same chunks. A file is
        read `chunk_size` baskets at a time.
    include, exclude : items, optional
        As in `frequent_itemsets`; items that no chunk holds are allowed.

    Examples
    --------
    >>> from tenure.rules import chunked_itemsets
    >>> sets = chunked_itemsets([[["tea", "milk"], ["tea"]], [["tea", "milk"]]], min_support=0.6)
    >>> sorted((sorted(s), n) for s, n in sets)
    [(['milk'], 2), (['milk', 'tea'], 2), (['tea'], 3)]
    """
    if chunk_size < 1:
        raise ValueError(f"chunk_size: must be >= 1, is {chunk_size}")
    required, banned = given(include, "include"), given(exclude, "exclude")
    code: dict[Any, int] = {}
    for item in (*required, *banned):
        code.setdefault(item, len(code))

    def passes() -> Iterable[Any]:
        if isinstance(chunks, str | os.PathLike):
            parts: Iterable[Any] = _file_chunks(chunks, chunk_size)
        else:
            parts = chunks() if callable(chunks) else chunks
        for chunk in parts:
            transactions = Transactions.of(chunk)
            numbers = np.array([code.setdefault(name, len(code)) for name in transactions.names], dtype=np.int32)
            baskets = transactions._baskets
            yield _core.rules.Baskets.from_rows(baskets.offsets, numbers[baskets.items] if len(numbers) else baskets.items, len(code))

    constraints = {"include": [code[item] for item in required], "exclude": [code[item] for item in banned]}
    partition = _core.rules.ItemsetPartition(min_support=min_support, target=target, min_length=min_length, max_length=max_length or 0, **constraints)
    for baskets in passes():
        partition.propose(baskets, threads=threads(n_jobs))
    for baskets in passes():
        partition.count(baskets, threads=threads(n_jobs))
    return Itemsets(partition.finish(), list(code))


def _file_chunks(path: str | os.PathLike[str], size: int) -> Iterable[Transactions]:
    with open(path, "rb") as file:
        while lines := b"".join(itertools.islice(file, size)):
            yield Transactions._of_baskets(_core.rules.Baskets.from_text(lines))
