"""What the two-class tree models share: targets, weights and parameters in scikit-learn's words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import check_random_state, compute_class_weight
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from tenure import _core
from tenure._base import Estimator
from tenure._frames import frame_like

_ROW_BY_ROW = 8  # this many rows or fewer skip the machinery of whole tables


class TreeModel(Estimator):
    """Base of the tree models of a two-class target: checks of the target, monotone columns, leaves and nodes."""

    _accepts_missing = True

    def _target(self, X: Any, y: Any, sample_weight: Any) -> tuple[_core.Table, np.ndarray, np.ndarray | None]:
        """Table, 0/1 target, weights; records `classes_`."""
        table = self._table(X, reset=True)
        codes = self._classes_of(y, table.rows)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported. The type of the target is {type_of_target(y)}.")
        weight = None if sample_weight is None else _check_sample_weight(sample_weight, np.empty((table.rows, 1)), dtype=np.float64)
        return table, codes.astype(np.uint8), weight

    def _monotone(self) -> dict[str, list[int]]:
        return monotone_of(self)

    def apply(self, X: Any) -> np.ndarray:
        """The leaf of each row in each tree, counted from 0: shape (rows, trees)."""
        check_is_fitted(self)
        return self.model_.leaf_numbers(self._table(X, reset=False), threads=self._threads())

    @property
    def feature_importances_(self) -> np.ndarray:
        """Share of the impurity that splits on each column removed in training (mean decrease of impurity)."""
        check_is_fitted(self)
        return self.model_.importances

    def nodes(self, tree: int = 0) -> Any:
        """The nodes of one tree as a table, depth first: rule, weight of the training rows, probability, children."""
        check_is_fitted(self)
        listed = self.model_.nodes(tree)
        return frame_like({name: [node[name] for node in listed] for name in listed[0]})


class TreeClassifier(ClassifierMixin, TreeModel):
    """Base of the two-class classifiers: `predict`, `predict_proba` on top of an engine model."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _class_weights(self, y: np.ndarray) -> dict[str, float]:
        if self.class_weight is None:
            return {}
        weights = compute_class_weight(self.class_weight, classes=self.classes_, y=self.classes_[y])
        return {"class_weight0": float(weights[0]), "class_weight1": float(weights[1])}

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability of each class, one row a row of X, columns in the order of `classes_`."""
        check_is_fitted(self)
        churn = self._probability(X)
        return np.column_stack([1.0 - churn, churn])

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row; class weights move the threshold where probabilities are prior-corrected."""
        check_is_fitted(self)
        return self.classes_[(self._probability(X) > self.model_.threshold).astype(int)]

    def _probability(self, X: Any) -> np.ndarray:
        plain = type(X) is np.ndarray and X.ndim == 2 and 0 < len(X) <= _ROW_BY_ROW and X.dtype == np.float64 and X.shape[1] == self.n_features_in_
        if plain and not hasattr(self, "feature_names_in_"):
            return self.model_.predict_rows(X)
        return self.model_.predict_probability(self._table(X, reset=False), threads=self._threads())


def monotone_of(model: Any) -> dict[str, list[int]]:
    """The engine's directions from scikit-learn's `monotonic_cst`."""
    given = model.monotonic_cst
    if given is None:
        return {}
    if isinstance(given, Mapping):
        names = list(getattr(model, "feature_names_in_", []))
        unknown = [name for name in given if name not in names]
        if unknown:
            raise ValueError(f"monotonic_cst names '{unknown[0]}', which is no column of X")
        return {"monotone": [int(given.get(name, 0)) for name in names]}
    return {"monotone": [int(direction) for direction in given]}


class OneTree(TreeClassifier):
    """Base of the classifiers that are one tree, for people to read."""

    def get_depth(self) -> int:
        """Steps from the root to the deepest leaf."""
        check_is_fitted(self)
        return max(node["depth"] for node in self.model_.nodes())

    def get_n_leaves(self) -> int:
        """Number of leaves."""
        check_is_fitted(self)
        return sum(node["leaf"] for node in self.model_.nodes())

    def to_text(self, digits: int = 3) -> str:
        """The tree as indented text: each node's rule, probability of the second class and weight of training rows."""
        check_is_fitted(self)
        return self.model_.to_text(digits)

    def rules(self) -> Any:
        """One readable rule a leaf, most likely churners first: table of `rule`, `probability`, `weight`."""
        check_is_fitted(self)
        listed = self.model_.rules()
        return frame_like({name: [rule[name] for rule in listed] for name in ("rule", "probability", "weight")})

    def to_svg(self, digits: int = 3) -> str:
        """The tree as an SVG drawing."""
        check_is_fitted(self)
        return self.model_.to_svg(digits)


def seed_of(random_state: Any) -> int:
    """A seed for the engine from scikit-learn's `random_state`."""
    if isinstance(random_state, Integral):
        return int(random_state)
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def rows_of(value: float, rows: int, name: str) -> float:
    """scikit-learn's reading of `min_samples_*`: a whole number of rows, or a share of them."""
    if isinstance(value, Integral):
        return float(value)
    if not 0.0 < value <= 1.0:
        raise ValueError(f"{name} = {value!r}: must be a whole number of rows or a share in (0, 1]")
    return float(max(1, math.ceil(value * rows)))


def columns_of(value: Any, columns: int) -> int:
    """scikit-learn's `max_features` as a number of columns."""
    if value is None:
        return columns
    if value in ("sqrt", "log2"):
        return max(1, int(math.sqrt(columns) if value == "sqrt" else math.log2(columns)))
    if isinstance(value, str) or not value > 0:
        raise ValueError(f"max_features = {value!r}: must be 'sqrt', 'log2', None, a positive number of columns or a share in (0, 1]")
    if isinstance(value, Integral):
        return min(int(value), columns)
    return max(1, min(columns, int(value * columns)))


def none_is_zero(value: int | None, name: str) -> int:
    """An engine limit where 0 stands for "no limit"."""
    if value is None:
        return 0
    if not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} = {value!r}: must be None or a positive whole number")
    return int(value)
