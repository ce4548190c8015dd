"""Baskets of items from whatever callers hold them in."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, column, to_table


class Transactions:
    """Baskets of items, read once and mined as often as one likes.

    Parameters
    ----------
    data : iterable of iterables, frame, sparse matrix, or array
        - lists (tuples, sets, ...) of hashable items, one a basket; an item that a basket repeats counts once, empty baskets count as baskets;
        - a frame with one row a basket: columns of 0/1 or true/false are items named like the column, columns of text or categories give one
          item a level ("plan=gold"), missing values none;
        - a frame with one row an item (long form): name the columns in `basket` and `item`;
        - a scipy sparse matrix or a two-dimensional 0/1 array, one row a basket; items are numbered unless `names` is given.
    basket, item : str, optional
        The columns of a long frame. Rows of the same `basket` are one basket; rows with a missing `item` only make the basket known.
    names : sequence, optional
        Item names for a matrix.

    Attributes
    ----------
    names : list
        The items, as they were given; everywhere else an item is a number, its position here.

    Examples
    --------
    >>> from tenure.rules import Transactions
    >>> baskets = Transactions([["tea", "milk"], ["tea"], ["milk", "bread", "milk"], []])
    >>> len(baskets), baskets.names
    (4, ['tea', 'milk', 'bread'])
    """

    names: list[Any]

    def __init__(self, data: Any, *, basket: str | None = None, item: str | None = None, names: Iterable[Any] | None = None) -> None:
        if (basket is None) != (item is None):
            raise ValueError("basket and item: give both (a long frame) or neither")
        if basket is not None and item is not None:
            self._from_long(data, basket, item)
        elif isinstance(data, str | bytes | os.PathLike):
            raise TypeError("transactions: is a text; read a file with Transactions.from_file")
        elif hasattr(data, "tocsr"):
            self._from_sparse(data.tocsr(), names)
        elif as_frame(data) is not None or (isinstance(data, np.ndarray) and data.ndim == 2):
            self._baskets = _core.rules.Baskets.from_table(to_table(data))
            self.names = self._baskets.names
            if as_frame(data) is None:
                self._name(names)
        elif not isinstance(data, Iterable):
            raise TypeError(f"transactions: must be an iterable of baskets, a frame or a matrix, is a {type(data).__name__}")
        else:
            self._baskets, self.names = _core.rules.from_python(data)

    @classmethod
    def of(cls, data: Any) -> Transactions:
        """`data` itself when it is Transactions already."""
        return data if isinstance(data, Transactions) else cls(data)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Transactions:
        """Reads a FIMI file: one basket a line, items separated by blanks (or commas); lines without items are skipped."""
        with open(path, "rb") as file:
            return cls._of_baskets(_core.rules.Baskets.from_text(file.read()))

    @classmethod
    def _of_baskets(cls, baskets: Any, names: list[Any] | None = None) -> Transactions:
        new = cls.__new__(cls)
        new._baskets = baskets
        new.names = baskets.names if names is None else names
        return new

    def _from_long(self, data: Any, basket: str, item: str) -> None:
        frame = as_frame(data)
        if frame is None:
            raise TypeError("transactions: basket= and item= name columns, so the data must be a frame")
        baskets, basket_codes = np.unique(column(basket, "basket", data), return_inverse=True)
        values = column(item, "item", data).tolist()
        missing = frame[item].is_null().to_list()
        position: dict[Any, int] = {}
        codes = np.fromiter(
            (-1 if gone else position.setdefault(value, len(position)) for value, gone in zip(values, missing, strict=True)), dtype=np.int32, count=len(values)
        )
        known = codes >= 0
        self.names = list(position)
        self._baskets = _core.rules.Baskets.from_pairs(basket_codes[known], len(baskets), codes[known], len(position))

    def _from_sparse(self, matrix: Any, names: Iterable[Any] | None) -> None:
        matrix = matrix.copy() if (matrix.data == 0).any() else matrix
        if (matrix.data == 0).any():
            matrix.eliminate_zeros()
        self._baskets = _core.rules.Baskets.from_rows(matrix.indptr, matrix.indices, matrix.shape[1])
        self._name(names)

    def _name(self, names: Iterable[Any] | None) -> None:
        self.names = list(range(self._baskets.item_count)) if names is None else list(names)
        if len(self.names) != self._baskets.item_count:
            raise ValueError(f"names: must have one name an item ({self._baskets.item_count}), has {len(self.names)}")

    def __len__(self) -> int:
        return len(self._baskets)

    def __iter__(self) -> Iterator[list[Any]]:
        offsets, items = self._baskets.offsets, self._baskets.items
        for begin, end in itertools.pairwise(offsets):
            yield [self.names[code] for code in items[begin:end]]

    def __repr__(self) -> str:
        return f"<{len(self)} baskets of {len(self.names)} items>"
