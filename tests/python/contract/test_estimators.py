"""What holds for every estimator of the library. New ones are found, not listed."""

import inspect
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

import tenure
from contract.data import CHECKED, ESTIMATORS, TABLE_ESTIMATORS, fit_arguments, fitted, frame, outputs, pool
from tenure import _core
from tenure._base import Estimator


def names(classes):
    return [c.__name__ for c in classes]


# What a model file that was made by hand may lead to: a refusal, or numbers that mean nothing.
FORGED = (tenure.BadFile, tenure.InvalidInput, tenure.NotSupported, tenure.NumericFailure, UnicodeDecodeError, RuntimeWarning)


def with_checksum(data):
    """`data` with the checksum field (bytes 24 to 32) that a whole file would have."""
    total = _core.io.checksum(data[32:], _core.io.checksum(data[:24]))
    return data[:24] + total.to_bytes(8, "little") + data[32:]


def same(a, b):
    assert a.keys() == b.keys()
    for method in a:
        np.testing.assert_array_equal(a[method], b[method], err_msg=method)


# The check of infinite labels makes numpy warn inside scikit-learn, before the error that it waits for; some checks fit toy data that
# cannot converge.
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast:RuntimeWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks([c() for c in CHECKED])
def test_scikit_learn_agrees(estimator, check):
    check(estimator)


@pytest.mark.parametrize("cls", ESTIMATORS, ids=names(ESTIMATORS))
class TestEveryEstimator:
    def test_parameters_are_keywords_and_only_stored(self, cls):
        for parameter in list(inspect.signature(cls.__init__).parameters.values())[1:]:
            assert parameter.kind is parameter.KEYWORD_ONLY, f"{parameter.name} must be keyword-only"
        estimator = cls()
        assert all(vars(estimator)[name] is value for name, value in estimator.get_params(deep=False).items())
        assert clone(estimator).get_params(deep=False).keys() == estimator.get_params(deep=False).keys()

    def test_unfitted_says_so(self, cls, tmp_path):
        with pytest.raises(NotFittedError):
            cls().save(tmp_path / "model.tenure")
        assert list(tmp_path.iterdir()) == []

    def test_file_and_pickle_bring_back_the_same_model(self, cls, tmp_path):
        estimator = fitted(cls)
        path = tmp_path / "model.tenure"
        estimator.save(path)
        X = pool(estimator)["X"]
        for copy in (tenure.load(path), cls.from_bytes(estimator.to_bytes()), pickle.loads(pickle.dumps(estimator))):
            assert type(copy) is cls
            assert copy.to_bytes() == estimator.to_bytes()
            same(outputs(copy, X), outputs(estimator, X))
        tree = tenure.inspect(path)
        assert tree["kind"] == cls._model_class.kind
        assert tree["library"] == tenure.__version__

    def test_damaged_files_are_refused(self, cls, tmp_path):
        data = fitted(cls).to_bytes()
        random = np.random.default_rng(1)
        path = tmp_path / "model.tenure"
        for size in [0, 7, 31, 32, len(data) - 1, *random.integers(0, len(data), 10)]:
            path.write_bytes(data[:size])
            with pytest.raises(tenure.BadFile):
                tenure.load(path)
        for position in random.integers(0, len(data) * 8, 40):
            flipped = bytearray(data)
            flipped[position // 8] ^= 1 << (position % 8)
            path.write_bytes(flipped)
            with pytest.raises(tenure.BadFile):
                tenure.load(path)

    def test_forged_files_with_a_good_checksum_never_crash(self, cls):
        estimator = fitted(cls)
        data, X = estimator.to_bytes(), pool(estimator)["X"]
        random = np.random.default_rng(2)
        for _ in range(300):
            forged = bytearray(data)
            for position in random.integers(32, len(data), random.integers(1, 4)):
                forged[position] = random.integers(0, 256)
            try:
                estimator.model_ = cls._model_class.from_bytes(with_checksum(bytes(forged)))
                outputs(estimator, X)
            except FORGED:
                pass

    def test_threads_do_not_change_a_bit(self, cls):
        if "n_jobs" not in cls._get_param_names():
            pytest.skip("has no n_jobs")
        one = fitted(cls, n_jobs=1)
        for n_jobs in (2, 3, -1):
            other = fitted(cls, n_jobs=n_jobs)
            assert other.set_params(n_jobs=1).to_bytes() == one.to_bytes()

    def test_documentation_has_an_example(self, cls):
        assert ">>>" in (cls.__doc__ or ""), f"{cls.__name__}'s docstring shows no example"
        assert issubclass(cls, Estimator)


@pytest.mark.parametrize("cls", TABLE_ESTIMATORS, ids=names(TABLE_ESTIMATORS))
def test_every_frame_gives_the_same_model(cls):
    estimator = cls()
    if "random_state" in estimator.get_params():
        estimator.set_params(random_state=3)
    arguments = fit_arguments(estimator)
    X = frame(mixed=cls.__name__ in MIXED)
    reference = outputs(clone(estimator).fit(**{**arguments, "X": X}), X)
    for other in (to_polars(X), pa.Table.from_pandas(X)):
        same(outputs(clone(estimator).fit(**{**arguments, "X": other}), other), reference)
    numbers = X.select_dtypes("number")
    reference = outputs(clone(estimator).fit(**{**arguments, "X": numbers}), numbers)
    array = numbers.to_numpy()
    for layout in (np.ascontiguousarray(array), np.asfortranarray(array), np.repeat(array, 2, axis=0)[::2]):
        same(outputs(clone(estimator).fit(**{**arguments, "X": layout}), layout), reference)


def to_polars(X):
    enums = {name: pl.Enum(list(X[name].cat.categories)) for name in X.select_dtypes("category")}
    return pl.from_pandas(X).with_columns(pl.col(name).cast(kind) for name, kind in enums.items())


def accepts_categories(cls):
    estimator = cls()
    try:
        clone(estimator).fit(**{**fit_arguments(estimator), "X": frame(mixed=True)})
    except (ValueError, TypeError):
        return False
    return True


MIXED = {cls.__name__ for cls in TABLE_ESTIMATORS if accepts_categories(cls)}


def test_text_that_names_rows_is_refused_at_once():
    frame = pd.DataFrame({"who": [f"customer {i}" for i in range(300)], "x": np.arange(300.0)})
    with pytest.raises(ValueError, match="column 'who' is text with 300 different values in 300 rows"):
        tenure.learn.LogisticRegression().fit(frame, np.arange(300) % 2)
    assert tenure.learn.DecisionTreeClassifier().fit(frame.astype({"who": "category"}), np.arange(300) % 2).n_features_in_ == 2
