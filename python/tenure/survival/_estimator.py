"""What the estimators of the family share."""

from __future__ import annotations

from typing import Any

from sklearn.utils.validation import check_is_fitted

from tenure._base import Estimator
from tenure._frames import as_frame


class SurvivalEstimator(Estimator):
    """Base of the family's estimators: their tables come in the kind of frame that they were given."""

    _like: Any = None

    def _frame(self, *candidates: Any) -> None:
        self._like = next((data for data in candidates if as_frame(data) is not None), None)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "_like"}


class GroupedEstimator(SurvivalEstimator):
    """Base of estimators that fit one curve a group."""

    @property
    def groups_(self) -> list[str]:
        """The names of the groups, `["all"]` when there is one."""
        check_is_fitted(self)
        return self.model_.groups
