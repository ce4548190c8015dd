"""The score vectors that the reference values belong to, made from the Telco table as their script made them."""

from functools import cache

import numpy as np

from learn.telco import design
from tenure.learn import LogisticRegression


@cache
def cases():
    """name -> (outcome, score, weight)."""
    X, y, _ = design()
    n = len(y)
    random = np.random.default_rng(41)
    weight = random.integers(1, 5, n)
    random.permutation(n)
    random.permutation(n)
    rows = random.permutation(n)[:2500]
    model = LogisticRegression(penalty=None).fit(X, y).predict_proba(X)[rows, 1]
    y, weight = y[rows], weight[rows].astype(float)

    def inside(p):
        return np.clip(p, 1e-4, 1 - 1e-4)

    random = np.random.default_rng(43)
    z = random.normal(size=20000)
    many = (random.random(20000) < 1 / (1 + np.exp(4.2 - 1.3 * z))).astype(int)
    few = random.integers(0, 2, 24)
    return {
        "model": (y, inside(model), weight),
        "model rounded to 2 digits": (y, inside(np.round(model, 2)), weight),
        "model rounded to 1 digit": (y, inside(np.round(model, 1)), weight),
        "24 rows": (few, inside(np.round(np.clip(0.5 + 0.22 * (few - 0.5) + 0.22 * random.normal(size=24), 0.02, 0.98), 1)), np.ones(24)),
        "skewed": (many, inside(1 / (1 + np.exp(3.5 - z + 0.4 * random.normal(size=20000)))), np.ones(20000)),
    }
