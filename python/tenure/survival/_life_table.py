"""The actuarial life table."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import frame_like
from tenure.survival._estimator import GroupedEstimator
from tenure.survival._outcome import as_groups, as_outcome, as_weights


class LifeTable(GroupedEstimator):
    """Customers entering, lost and leaving by interval of tenure, with survival, density and hazard.

    Parameters
    ----------
    breaks : array-like, optional
        Borders of the intervals [a, b), ascending; the last may be infinite.
    width : float, default=1
        Width of the intervals, from 0, when `breaks` is not given.

    Attributes
    ----------
    table_ : frame
        Group (when there are several), begin, end, n_entering, n_lost, n_exposed (censored customers count one half), n_event, survival (at `begin`),
        density, hazard, and their standard errors.
    groups_ : list of str

    Notes
    -----
    Density and hazard are missing in the last interval. Matches R KMsurv::lifetab.

    Examples
    --------
    >>> from tenure.survival import LifeTable, outcome
    >>> LifeTable(width=6).fit(outcome([2, 3, 8, 9, 14], [1, 0, 1, 1, 0])).table_["n_entering"].tolist()
    [5.0, 3.0, 1.0]
    """

    _model_class = _core.survival.LifeTables

    def __init__(self, *, breaks: Any = None, width: float = 1.0) -> None:
        self.breaks = breaks
        self.width = width

    def fit(self, y: Any, by: Any = None, sample_weight: Any = None) -> LifeTable:
        """One table, or one for each group of `by`; arguments as for KaplanMeier, without late entries."""
        known = as_outcome(y)
        codes, groups = as_groups(by, len(known))
        if self.breaks is None:
            if not self.width > 0:
                raise ValueError(f"width = {self.width}: must be > 0")
            last = float(np.max(known.time, initial=0.0))
            if not last / self.width < 1e6:
                raise ValueError(f"width = {self.width}: gives more than a million intervals up to time {last}")
            borders = self.width * np.arange(int(last // self.width) + 2)
        else:
            borders = np.asarray(self.breaks, dtype=np.float64)
        self.model_ = _core.survival.fit_life_table(
            known.time, known.event, known.entry, as_weights(sample_weight, len(known)), codes, groups, borders.tolist()
        )
        self._frame(y, by)
        return self

    @property
    def table_(self) -> Any:
        check_is_fitted(self)
        tables = [self.model_.table(g) for g in range(len(self.groups_))]
        columns = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
        if len(tables) > 1:
            columns = {"group": np.repeat(np.array(self.groups_, dtype=object), len(tables[0]["begin"])), **columns}
        return frame_like(columns, self._like)
