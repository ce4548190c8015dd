"""Rules as a classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._base import Estimator
from tenure._frames import frame_like

if TYPE_CHECKING:
    from typing_extensions import Self


class RuleClassifier(ClassifierMixin, Estimator):
    """Classification based on association rules (CBA-CB, algorithm M1, of Liu, Hsu and Ma 1998).

    An ordered list of rules "habits -> class" and a default: the first rule whose items a customer has decides. The rules are those of enough support
    and confidence, most confident first; one stays if it is right about a customer that none before it covers, and the list ends where it errs least.

    Categories and texts give an item a level, numbers an item a range, 0/1 columns one item; a missing value is no item.

    Parameters
    ----------
    min_support : float in (0, 1]
        Smallest share of all rows that have a rule's items and its class.
    min_confidence : float in [0, 1]
        Smallest share of the rows with a rule's items that are of its class.
    max_length : int
        Most items of a rule, at most 12.
    binning : {"supervised", "quantile"}
        Where numbers are cut: where the classes change (Fayyad and Irani), or at quantiles.
    bins : int
        Most ranges by quantiles.
    n_jobs : int, optional

    Attributes
    ----------
    classes_ : ndarray
    rules_ : data frame
        The list in order, the default last: `rule`, `class`, `support`, `confidence`, `customers` with the items, `covered`: those that no rule before covers.
    n_rules_ : int
        Without the default.

    Notes
    -----
    `predict_proba` gives the classes' shares among the training rows that have the deciding rule's items, by Laplace: (n_c + 1) / (n + classes).

    Examples
    --------
    >>> import tenure as tn
    >>> telco = tn.datasets.load_telco()
    >>> model = tn.rules.RuleClassifier(max_length=2).fit(telco[["Contract", "InternetService", "tenure"]], telco["Churn"])
    >>> print(model.to_text(limit=1))
    Contract = Two year and InternetService = No -> No (633 of 638)
    """

    _model_class = _core.rules.RuleClassifierModel
    _accepts_missing = True

    def __init__(
        self,
        *,
        min_support: float = 0.01,
        min_confidence: float = 0.5,
        max_length: int = 3,
        binning: str = "supervised",
        bins: int = 4,
        n_jobs: int | None = None,
    ) -> None:
        self.min_support = min_support
        self.min_confidence = min_confidence
        self.max_length = max_length
        self.binning = binning
        self.bins = bins
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any) -> Self:
        """Finds the rules. X: table of numbers, categories and texts, missing values allowed; y: two classes or more."""
        table = self._table(X, reset=True)
        codes = self._classes_of(y, table.rows)
        self.model_ = _core.rules.fit_rule_classifier(
            table,
            codes.astype(np.int32),
            len(self.classes_),
            threads=self._threads(),
            min_support=self.min_support,
            min_confidence=self.min_confidence,
            max_length=self.max_length,
            method=self.binning,
            bins=self.bins,
        )
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability of each class, one row a row of X, columns in the order of `classes_`."""
        check_is_fitted(self)
        return self.model_.predict_probability(self._table(X, reset=False), threads=self._threads())

    def predict(self, X: Any) -> np.ndarray:
        """The class of the rule that decides about each row."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    def apply(self, X: Any) -> np.ndarray:
        """The number of the rule that decides about each row, a row of `rules_`; `n_rules_` is the default."""
        check_is_fitted(self)
        return self.model_.deciding_rules(self._table(X, reset=False), threads=self._threads())

    @property
    def n_rules_(self) -> int:
        check_is_fitted(self)
        return len(self.model_)

    @property
    def rules_(self) -> Any:
        check_is_fitted(self)
        model = self.model_
        counts = np.asarray(model.counts).reshape(len(model), len(self.classes_))
        rest = np.asarray(model.default_counts)
        own = np.append(counts[np.arange(len(model)), model.predicted], rest.max())
        customers = np.append(counts.sum(axis=1), rest.sum())
        nobody_left = sum(model.covered) >= model.rows
        return frame_like(
            {
                "rule": [line.rpartition(" -> ")[0] for line in self._lines()],
                "class": self.classes_[np.append(model.predicted, rest.argmax()).astype(int)],
                "support": own / model.rows,
                "confidence": own / customers,
                "customers": customers.astype(np.int64),
                "covered": np.append(model.covered, 0 if nobody_left else rest.sum()).astype(np.int64),
            }
        )

    def to_text(self, limit: int | None = None) -> str:
        """The rules in words, in order, one a line; the default last."""
        check_is_fitted(self)
        return "\n".join(self._lines()[:limit])

    def _lines(self) -> list[str]:
        return self.model_.describe([str(name) for name in self.classes_])
