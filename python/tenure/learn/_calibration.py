"""Probabilities that mean what they say: calibration of any classifier, out of fold."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, clone
from sklearn.model_selection import check_cv
from sklearn.utils.validation import _check_feature_names, _check_n_features, check_array, check_is_fitted, has_fit_parameter

from tenure import _core
from tenure._base import Estimator
from tenure._frames import as_frame, column
from tenure.evaluate._input import numbers
from tenure.learn._logistic import LogisticRegression, binary_target


class CalibratedClassifier(ClassifierMixin, Estimator):
    """A classifier whose probabilities are calibrated on predictions for rows it has not seen.

    Every fold is predicted by a copy trained on the other folds; the map from those predictions to outcomes is fitted once, on all of them; the
    classifier itself is then trained on all rows.

    Parameters
    ----------
    estimator : classifier, default=None
        With `predict_proba`; None is `LogisticRegression()`. A model file needs one of this library's; pickle takes any.
    method : {"isotonic", "platt", "beta", "temperature"}, default="isotonic"
        Isotonic bends freely and wants a thousand rows or more; the others have two, three and one parameters.
    cv : int, splitter or "prefit", default=5
        Folds; "prefit" calibrates an `estimator` that is fitted already, on rows it has not seen.

    Attributes
    ----------
    estimator_ : the classifier trained on all rows
    model_ : the calibration map
    classes_ : ndarray of shape (2,)

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.learn import CalibratedClassifier
    >>> random = np.random.default_rng(0)
    >>> X = random.normal(size=(400, 2))
    >>> y = random.random(400) < 1 / (1 + np.exp(-X[:, 0]))
    >>> model = CalibratedClassifier(method="platt").fit(X, y)
    >>> bool(abs(model.predict_proba(X)[:, 1].mean() - y.mean()) < 0.02)
    True
    """

    _model_class = _core.learn.CalibrationModel

    def __init__(self, *, estimator: Any = None, method: str = "isotonic", cv: Any = 5):
        self.estimator = estimator
        self.method = method
        self.cv = cv

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        if self.estimator is not None:
            tags.input_tags = self.estimator.__sklearn_tags__().input_tags
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> CalibratedClassifier:
        """Trains the classifier and its calibration.

        Parameters
        ----------
        X : table of shape (n, p)
        y : array-like of shape (n,)
            Two labels; the larger is the event.
        sample_weight : array-like of shape (n,), optional
            Used by the calibration, and by the classifier where it takes weights.
        """
        base = LogisticRegression() if self.estimator is None else self.estimator
        if as_frame(X) is None:
            X = check_array(X, ensure_all_finite="allow-nan" if self.__sklearn_tags__().input_tags.allow_nan else True, estimator=self, input_name="X")
        _check_feature_names(self, X, reset=True)
        _check_n_features(self, X, reset=True)
        target, self.classes_ = binary_target(y, len(X))
        weight = None if sample_weight is None else np.asarray(column(sample_weight, "sample_weight", X), dtype=np.float64)
        if weight is not None and weight.shape != target.shape:
            raise ValueError(f"sample_weight has shape {weight.shape}, must be {target.shape}")
        if self.cv == "prefit":
            if self.estimator is None:
                raise ValueError("cv='prefit' needs a fitted estimator")
            check_is_fitted(base)
            self._base, predicted = base, _probability(base, X)
        else:
            predicted = self._out_of_fold(base, X, target, weight)
            self._base = _train(base, X, target, weight)
        self.model_ = _core.learn.fit_calibration(predicted, target, self.method, weight)
        if isinstance(self._base, Estimator):
            self.base_file_ = np.frombuffer(self._base.to_bytes(), dtype=np.uint8)
        return self

    def _out_of_fold(self, base: Any, X: Any, target: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
        folds = self.cv
        if isinstance(folds, int | np.integer):
            folds = min(int(folds), int(np.bincount(target).min()))
            if folds < 2:
                raise ValueError("calibration needs at least two rows of each class")
        predicted = np.empty(len(target))
        for train, test in check_cv(folds, target, classifier=True).split(np.zeros(len(target)), target):
            model = _train(base, _rows(X, train), target[train], None if weight is None else weight[train])
            predicted[test] = _probability(model, _rows(X, test))
        return predicted

    @property
    def estimator_(self) -> Any:
        if not hasattr(self, "_base"):
            if not hasattr(self, "base_file_"):
                raise AttributeError(f"this {type(self).__name__} is not fitted yet")
            self._base = Estimator.from_bytes(self.base_file_.tobytes())
        return self._base

    def predict_proba(self, X: Any) -> np.ndarray:
        """Calibrated probabilities of both classes."""
        check_is_fitted(self)
        if as_frame(X) is None:
            X = check_array(X, ensure_all_finite=False, input_name="X")
        _check_feature_names(self, X, reset=False)
        _check_n_features(self, X, reset=False)
        p = _core.learn.apply_calibration(self.model_, _probability(self.estimator_, X))
        return np.column_stack([1 - p, p])

    def predict(self, X: Any) -> np.ndarray:
        """The more probable class."""
        likely = self.predict_proba(X)[:, 1] > 0.5
        return self.classes_[likely.astype(int)]

    def to_bytes(self) -> bytes:
        """The bytes of the model file, the classifier inside."""
        check_is_fitted(self)
        if not hasattr(self, "base_file_"):
            raise TypeError(f"a model file cannot hold a {type(self._base).__name__}; use pickle, or one of this library's classifiers")
        plain = copy.copy(self)
        plain.estimator = None
        return Estimator.to_bytes(plain)

    def _restore(self) -> None:
        self.estimator = clone(self.estimator_)


def correct_prior(p: Any, *, trained_rate: float, rate: float) -> np.ndarray:
    """Probabilities of a model trained on weighted or sampled classes, corrected to the true rate of events.

    Parameters
    ----------
    p : array-like of shape (n,) or (n, 2)
        Predicted probabilities of the event.
    trained_rate, rate : float
        Share of events as the model saw it in training (0.5 after "balanced" weights), and as it is.

    Examples
    --------
    >>> from tenure.learn import correct_prior
    >>> correct_prior([0.5, 0.9], trained_rate=0.5, rate=0.1).round(3).tolist()
    [0.1, 0.5]
    """
    return _core.learn.correct_prior(numbers(p, "p"), trained_rate, rate)


def _rows(X: Any, index: np.ndarray) -> Any:
    frame = as_frame(X)
    return X[index] if frame is None else frame[index].to_native()


def _train(base: Any, X: Any, target: np.ndarray, weight: np.ndarray | None) -> Any:
    model = clone(base)
    if weight is not None and has_fit_parameter(model, "sample_weight"):
        return model.fit(X, target, sample_weight=weight)
    return model.fit(X, target)


def _probability(model: Any, X: Any) -> np.ndarray:
    return np.ascontiguousarray(np.asarray(model.predict_proba(X))[:, 1], dtype=np.float64)
