"""Splits that judge a model as it will be used: on later rows than it learned from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import indexable
from sklearn.utils.validation import _num_samples

from tenure._frames import column


class TimeOrderedSplit(BaseCrossValidator):
    """Cross-validation in which every training row is earlier than every test row, by the value of a time.

    The times are cut into `n_splits` + 1 stretches of about as many rows; each but the first is a test set in turn, and the rows before it train. Rows
    of one time stay together, so a month is never on both sides. For rows of the same customer on one side only there are scikit-learn's
    `GroupKFold` and `StratifiedGroupKFold`.

    Parameters
    ----------
    n_splits : int, default=5
    time : str, optional
        The column of X that holds numbers or dates. Without it `split` takes the times as `groups`, as `cross_val_score(..., groups=times)` does.
    gap : number or time difference, default=0
        Training rows end at least this long before the test rows begin: the horizon of the label, so that no training label was decided in test time.
        A number for numeric times; for dates `datetime.timedelta`, `numpy.timedelta64` or a pandas `Timedelta`.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.evaluate import TimeOrderedSplit
    >>> months = np.array([3, 1, 2, 1, 4, 2])
    >>> for train, test in TimeOrderedSplit(n_splits=2, gap=1).split(months[:, None], groups=months):
    ...     print(sorted(months[train].tolist()), sorted(months[test].tolist()))
    [1, 1] [3]
    [1, 1, 2, 2] [4]
    """

    __metadata_request__split = {"groups": True}  # noqa: RUF012  scikit-learn reads it

    def __init__(self, n_splits: int = 5, *, time: str | None = None, gap: Any = 0):
        self.n_splits = n_splits
        self.time = time
        self.gap = gap

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """The number of splits."""
        if isinstance(self.n_splits, bool) or not isinstance(self.n_splits, int | np.integer) or self.n_splits < 1:
            raise ValueError(f"n_splits = {self.n_splits!r}: must be a whole number of at least 1")
        return int(self.n_splits)

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Row numbers of training and test set, earliest test set first.

        Raises
        ------
        ValueError
            For missing times, text, fewer different times than stretches, or a gap that leaves nothing to train on.
        """
        X, y, groups = indexable(X, y, groups)
        splits, times = self.get_n_splits(), self._times(X, groups)
        values, counts = np.unique(times, return_counts=True)
        if len(values) <= splits:
            raise ValueError(f"n_splits = {splits}: needs more than {splits} different times, there are {len(values)}")
        gap = self._gap(values)
        starts = values[self._first_of_stretches(counts, splits)]
        for k, start in enumerate(starts):
            train = np.flatnonzero((times < start) & (times <= start - gap))
            if len(train) == 0:
                raise ValueError(f"gap = {self.gap!r}: leaves no row to train on before the test rows that begin at {start}")
            test = times >= start if k + 1 == len(starts) else (times >= start) & (times < starts[k + 1])
            yield train, np.flatnonzero(test)

    @staticmethod
    def _first_of_stretches(counts: np.ndarray, splits: int) -> np.ndarray:
        """Places in the different times at which the test stretches begin: where the rows before come closest to equal parts."""
        before = np.concatenate(([0], np.cumsum(counts)))[:-1]
        places: list[int] = []
        for k in range(1, splits + 1):
            low = places[-1] + 1 if places else 1
            high = len(counts) - (splits - k)  # leaves a time for each stretch to come
            wanted = counts.sum() * k / (splits + 1)
            places.append(low + int(np.argmin(np.abs(before[low:high] - wanted))))
        return np.array(places)

    def _times(self, X: Any, groups: Any) -> np.ndarray:
        if self.time is not None:
            times = column(self.time, "time", X)
        elif groups is None:
            raise ValueError("time: name the column of X, or give the times as groups")
        else:
            times = column(groups, "groups")
        if len(times) != _num_samples(X):
            raise ValueError(f"groups: must have one time a row of X ({_num_samples(X)}), has {len(times)}")
        if times.dtype.kind == "O":
            import pandas as pd

            if any(isinstance(value, str) for value in times):
                raise ValueError("time: holds text; make it dates or numbers first")
            times = pd.to_datetime(pd.Series(times), utc=True).dt.tz_localize(None).to_numpy()
        if times.dtype.kind not in "fiubM":
            raise ValueError(f"time: must be numbers or dates, is {times.dtype}")
        missing = np.isnat(times) if times.dtype.kind == "M" else ~np.isfinite(times.astype(np.float64))
        if np.any(missing):
            raise ValueError(f"time: is missing in row {int(np.flatnonzero(missing)[0])}")
        return times if times.dtype.kind in "fM" else times.astype(np.int64)

    def _gap(self, values: np.ndarray) -> Any:
        dates = values.dtype.kind == "M"
        plain = isinstance(self.gap, int | float | np.number) and not isinstance(self.gap, np.timedelta64)  # numpy counts time differences as numbers
        if dates and plain and self.gap == 0:
            return np.timedelta64(0, "ns")
        if plain == dates:
            raise ValueError(f"gap = {self.gap!r}: must be a {'time difference, as the times are dates' if dates else 'number, as the times are'}")
        try:
            gap = np.timedelta64(self.gap) if dates else self.gap
        except (TypeError, ValueError):
            raise ValueError(f"gap = {self.gap!r}: is no time difference") from None
        if not gap >= (np.timedelta64(0, "ns") if dates else 0):
            raise ValueError(f"gap = {self.gap!r}: must be >= 0")
        return gap
