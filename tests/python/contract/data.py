"""Arguments for any estimator's `fit`, by the names of its parameters."""

import inspect

import numpy as np
import pandas as pd
from sklearn.base import is_classifier

from tenure._base import Estimator, all_estimators

N = 240


def frame(mixed=False):
    """A small customer table with numbers and, when `mixed`, two categorical columns."""
    random = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "age": random.normal(45, 12, N).round(1),
            "charges": random.gamma(3, 20, N).round(2),
            "calls": random.poisson(2, N).astype(float),
        }
    )
    if mixed:
        table["plan"] = pd.Categorical.from_codes(random.integers(0, 3, N), categories=["basic", "plus", "pro"])
        table["region"] = pd.Categorical.from_codes(random.integers(0, 2, N), categories=["north", "south"])
    return table


def pool(estimator):
    random = np.random.default_rng(6)
    X = frame()
    risk = 0.03 * (X["charges"] - 60) + 0.4 * (X["calls"] - 2)
    months = np.ceil(random.exponential(24 * np.exp(-0.3 * risk)))
    seen = random.random(N) < 0.7
    if type(estimator).__module__.startswith("tenure.survival"):
        from tenure.survival import outcome

        y = outcome(months, seen)
    else:
        y = (random.random(N) < 1 / (1 + np.exp(-risk))).astype(int)
    stay = np.minimum(39, random.exponential(1 / random.gamma(0.7, 0.05, N)))  # purchases at random until the customer leaves
    frequency = random.poisson(random.gamma(0.8, 0.15, N) * stay).astype(float)
    recency = np.where(frequency > 0, stay * random.random(N) ** (1 / np.maximum(frequency, 1)), 0.0)
    return {
        "X": X,
        "y": y,
        "lower": np.where(seen, months - 1, months),
        "upper": np.where(seen, months, np.inf),
        "treatment": random.integers(0, 2, N),
        "frequency": frequency,
        "recency": recency,
        "T": np.full(N, 39.0),
        "monetary_value": np.where(frequency > 0, random.gamma(6, 6, N), 0.0),
        "customers": np.array([1000, 869, 743, 653, 593, 551, 517, 491]),
    }


def fit_arguments(estimator):
    """Values for the parameters of `fit` that have no default, plus `y` where it is optional but used."""
    values = pool(estimator)
    arguments = {}
    for name, parameter in inspect.signature(estimator.fit).parameters.items():
        required = parameter.default is inspect.Parameter.empty and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if required:
            assert name in values, f"{type(estimator).__name__}.fit needs '{name}': add an example of it to tests/python/contract/data.py"
            arguments[name] = values[name]
    return arguments


def fitted(estimator_class, **parameters):
    estimator = estimator_class(**parameters)
    if "random_state" in estimator.get_params():
        estimator.set_params(random_state=3)
    return estimator.fit(**fit_arguments(estimator))


def takes_table(estimator_class):
    return "X" in inspect.signature(estimator_class.fit).parameters


def outputs(estimator, X):
    """Everything the estimator says about rows, as arrays."""
    found = {}
    for method in ("predict", "predict_proba", "decision_function", "transform"):
        if takes_table(type(estimator)) and hasattr(estimator, method):
            found[method] = np.asarray(getattr(estimator, method)(X))
    if hasattr(estimator, "labels_"):
        found["labels_"] = np.asarray(estimator.labels_)
    return found


ESTIMATORS = all_estimators()
TABLE_ESTIMATORS = [e for e in ESTIMATORS if takes_table(e)]
# scikit-learn's own checks know no more than X and y.
CHECKED = [e for e in TABLE_ESTIMATORS if not e.__module__.startswith("tenure.survival") and fit_arguments(e()).keys() <= {"X", "y"}]
CLASSIFIERS = [e for e in CHECKED if is_classifier(e())]

__all__ = ["CHECKED", "CLASSIFIERS", "ESTIMATORS", "TABLE_ESTIMATORS", "Estimator", "fit_arguments", "fitted", "frame", "outputs", "pool", "takes_table"]
