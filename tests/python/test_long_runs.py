"""Long computations can be watched, stopped and forked around."""

import multiprocessing
import os
import signal
import threading
import time

import numpy as np
import pytest

import tenure
from tenure import _core
from tenure.learn import RandomForestClassifier


def customers(rows=20_000):
    random = np.random.default_rng(0)
    X = random.normal(size=(rows, 10))
    return X, (random.random(rows) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_ctrl_c_stops_a_fit(n_jobs):
    X, y = customers()
    killer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    forest = RandomForestClassifier(n_estimators=100_000, n_jobs=n_jobs, random_state=0)
    killer.start()
    start = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        forest.fit(X, y)
    assert time.perf_counter() - start < 20
    assert not hasattr(forest, "model_")
    forest.set_params(n_estimators=2).fit(X, y)  # the pool works on after a stop


def test_a_progress_callback_can_stop_or_fail():
    shares = []

    def watch(share):
        shares.append(share)
        return

    table, labels = _core.Table(customers(4000)[0]), customers(4000)[1]
    fit = _core.trees.fit_random_forest
    fit(table, labels, n_estimators=200, progress=watch)
    assert shares == sorted(shares)
    assert all(0 < share <= 1 for share in shares)

    def fail(share):
        raise ZeroDivisionError("the bar broke")

    with pytest.raises(ZeroDivisionError, match="the bar broke"):
        fit(table, labels, n_estimators=5000, progress=fail)


def fit_in_child(queue):
    X, y = customers(3000)
    queue.put(RandomForestClassifier(n_estimators=8, n_jobs=2, random_state=1).fit(X, y).predict_proba(X[:5])[:, 1].tolist())


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_fits_with_threads_of_its_own():
    X, y = customers(3000)
    expected = RandomForestClassifier(n_estimators=8, n_jobs=2, random_state=1).fit(X, y).predict_proba(X[:5])[:, 1].tolist()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=fit_in_child, args=(queue,))
    child.start()
    assert queue.get(timeout=60) == expected
    child.join(timeout=60)


def test_errors_are_classes_of_their_own_below_the_usual_ones():
    assert issubclass(tenure.InvalidInput, ValueError)
    assert issubclass(tenure.NotSupported, TypeError)
    assert issubclass(tenure.BadFile, OSError)
    assert issubclass(tenure.NumericFailure, ArithmeticError)
