"""What every estimator shares: scikit-learn's contract, input through one door, model files."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import narwhals.stable.v2 as nw
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_feature_names,
    _check_n_features,
    assert_all_finite,
    check_array,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from tenure import _core
from tenure._frames import as_frame, column_of
from tenure._threads import threads

if TYPE_CHECKING:
    from typing_extensions import Self


class Estimator(BaseEstimator):
    """Base of the library's estimators.

    After `fit`, `model_` is the engine's fitted model (or absent for estimators without one) and every other result is a number, a text, an
    array or a list, so that `save` can keep it.
    """

    _model_class: ClassVar[Any] = None
    _accepts_missing: ClassVar[bool] = False

    def _table(self, X: Any, *, reset: bool, finite: bool = True) -> _core.Table:
        """`X` as the engine's table. `reset=True` (in fit) records feature names and count, otherwise they are compared. `finite=False` leaves it
        to the engine to find numbers that are not finite, which saves a pass over the data."""
        frame = as_frame(X)
        if frame is None:
            allowed = "allow-nan" if self._accepts_missing and finite else finite
            X = check_array(X, dtype=[np.float64, np.float32], ensure_all_finite=allowed, estimator=self, input_name="X")
            _check_feature_names(self, X, reset=reset)
            _check_n_features(self, X, reset=reset)
            return _core.Table(X)
        if frame.shape[0] < 1:
            raise ValueError(f"Found array with 0 sample(s) (shape={frame.shape}) while a minimum of 1 is required by {type(self).__name__}.")
        if frame.shape[1] < 1:
            raise ValueError(f"Found array with 0 feature(s) (shape={frame.shape}) while a minimum of 1 is required by {type(self).__name__}.")
        _check_feature_names(self, X, reset=reset)
        _check_n_features(self, X, reset=reset)
        columns = [column_of(series) for series in frame.iter_columns()]
        if reset:
            for series, (name, codes, levels) in zip(frame.iter_columns(), columns, strict=True):
                if levels is not None and len(levels) > max(100, len(codes) // 2) and series.dtype in (nw.String, nw.Object):
                    raise _core.InvalidInput(
                        f"column '{name}' is text with {len(levels):,} different values in {len(codes):,} rows: it names rows, not groups."
                        " Leave it out, or make numbers of it where it holds numbers (tenure.read does)"
                    )
        return _core.Table(columns)

    def _classes_of(self, y: Any, rows: int) -> np.ndarray:
        """Codes of the labels `y`, one for each of `rows`; records `classes_`, of which there must be two or more."""
        if y is None:
            raise ValueError(f"This {type(self).__name__} estimator requires y to be passed, but the target y is None")
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        check_consistent_length(np.empty(rows), y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"{type(self).__name__} needs two classes in y, there is only one class: {self.classes_.tolist()[0]!r}")
        return codes

    def _threads(self) -> int:
        return threads(getattr(self, "n_jobs", None))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self._accepts_missing
        return tags

    def to_bytes(self) -> bytes:
        """The bytes of the model file that `save` writes."""
        check_is_fitted(self)
        fitted = {name: _plain(value, name) for name, value in vars(self).items() if name.endswith("_") and not name.startswith("_") and name != "model_"}
        params = {name: _plain(value, name) for name, value in self.get_params(deep=False).items()}
        notes = {"class": _public_name(type(self)), "params": params, "fitted": fitted}
        return self.model_.to_bytes(notes)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the fitted model to a file that C++ and Python read, and that never runs code when read.

        Raises
        ------
        BadFile
            When the file cannot be written; nothing is left half written.
        """
        _core.io.write_file(os.fspath(path), self.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The estimator in the bytes of a model file."""
        tree = _core.io.read_tree(data)
        notes = tree.get("notes") or {}
        estimator_class = _estimator_class(notes.get("class"), tree.get("kind"))
        if not issubclass(estimator_class, cls):
            raise _core.BadFile(f"the file holds a {estimator_class.__name__}, not a {cls.__name__}")
        known = set(estimator_class._get_param_names())
        estimator = estimator_class(**{name: _from_plain(value) for name, value in notes.get("params", {}).items() if name in known})
        for name, value in notes.get("fitted", {}).items():
            if not name.endswith("_") or name.startswith("_"):
                raise _core.BadFile(f"the file sets '{name}', which is no result of an estimator")
            setattr(estimator, name, _from_plain(value))
        estimator.model_ = estimator_class._model_class.from_bytes(data)
        estimator._restore()
        return estimator

    def _restore(self) -> None:
        """Runs after an estimator was read from a file: what follows from the stored results is put in place here."""


def load(path: str | os.PathLike[str]) -> Any:
    """Reads an estimator from a model file written by `save`, in Python or C++.

    Raises
    ------
    BadFile
        When the file is damaged, truncated, from a newer version, or holds no estimator.
    """
    return Estimator.from_bytes(_read(path))


def inspect(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Everything a model file holds, as plain data: kind, version, library, model fields, notes. Nothing in the file is run."""
    return _core.io.read_tree(_read(path))


def _read(path: str | os.PathLike[str]) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise
    except OSError as problem:
        raise _core.BadFile(f"cannot read '{os.fspath(path)}': {problem}") from problem


def _public_name(estimator_class: type) -> str:
    """The dotted name under which users know a class: its family and its own name, wherever in the family it is defined."""
    return ".".join([*estimator_class.__module__.split(".")[:2], estimator_class.__name__])


def _estimator_class(name: Any, kind: Any) -> type[Estimator]:
    """The class named in a file, if and only if it is one of this library's estimators."""
    if not isinstance(name, str):
        raise _core.BadFile(f"the file holds a bare '{kind}' model without its Python estimator; read it with the model class's from_bytes")
    for estimator_class in all_estimators(families=name.split(".")[1:2]):
        if _public_name(estimator_class) == name:
            return estimator_class
    raise _core.BadFile(f"the file names the class '{name}', which is no estimator of this library")


def all_estimators(families: Iterable[str] | None = None) -> list[type[Estimator]]:
    """Every public estimator, found by looking at what the families (the public subpackages, all of them by default) export."""
    import tenure

    wanted = None if families is None else set(families)
    found: list[type[Estimator]] = []
    for module_info in pkgutil.iter_modules(tenure.__path__):
        if not module_info.ispkg or module_info.name.startswith("_") or (wanted is not None and module_info.name not in wanted):
            continue
        module = importlib.import_module(f"tenure.{module_info.name}")
        exported = [getattr(module, name) for name in getattr(module, "__all__", ())]
        found += [item for item in exported if isinstance(item, type) and issubclass(item, Estimator) and item not in found]
    return found


def _plain(value: Any, name: str) -> Any:
    """Numbers, texts, arrays, lists and dictionaries in the form that a model file keeps."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        flat: Any = value.ravel()
        if value.dtype.kind not in "fiub" or value.dtype.itemsize == 16:
            flat = [_plain(item, name) for item in flat.tolist()]
        elif value.dtype.kind == "b":
            flat = flat.astype(np.uint8)
        elif value.dtype.kind in "iu" and value.dtype.str[1:] not in ("i8", "i4", "u4", "u2", "u1"):
            flat = flat.astype(np.int64)
        return {"__array__": value.dtype.str if value.dtype.kind != "O" else "O", "shape": list(value.shape), "values": flat}
    if isinstance(value, dict):
        return {str(key): _plain(item, name) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, name) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{name} is a {type(value).__name__}, which a model file cannot hold")


def _from_plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_from_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "__array__" not in value:
        return {key: _from_plain(item) for key, item in value.items()}
    values = value["values"]
    try:
        dtype = np.dtype(value["__array__"])
        if isinstance(values, np.ndarray):
            return values.astype(dtype).reshape(value["shape"])
        array = np.empty(len(values), dtype=dtype)
        array[:] = [_from_plain(item) for item in values]
        return array.reshape(value["shape"])
    except (TypeError, ValueError, KeyError) as problem:
        raise _core.BadFile(f"the file holds a damaged array: {problem}") from problem
