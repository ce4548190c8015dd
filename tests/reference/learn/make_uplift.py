"""Uplift trees by exhaustive search in plain numpy, and uplift curves by scikit-uplift 0.5.1: writes uplift_rows.csv and uplift.json.

pip install scikit-uplift==0.5.1 pandas; python make_uplift.py
"""

import json
import pathlib

import numpy as np
import pandas as pd
from sklearn.metrics import auc
from sklift.metrics import qini_curve, uplift_curve

HERE = pathlib.Path(__file__).parent
LEAF, GROUP, DEPTH = 30, 10, 3


def entropy(distribution):
    return -sum(p * np.log2(p) for p in distribution if p > 0)


def gini(distribution):
    return 1 - sum(p * p for p in distribution)


def kl(P, Q):
    return sum(p * np.log2(p / q) for p, q in zip(P, Q, strict=True) if p > 0)


def euclidean(P, Q):
    return sum((p - q) ** 2 for p, q in zip(P, Q, strict=True))


def chi_squared(P, Q):
    return sum((p - q) ** 2 / q for p, q in zip(P, Q, strict=True))


DIVERGENCE = {"kl": (kl, entropy), "euclidean": (euclidean, gini), "chi_squared": (chi_squared, gini)}


def outcome_distribution(y):
    rate = (y.sum() + 1) / (len(y) + 2)
    return rate, 1 - rate


def between(criterion, y, treated):
    return DIVERGENCE[criterion][0](outcome_distribution(y[treated]), outcome_distribution(y[~treated]))


def gain(criterion, normalise, y, treated, left):
    divergence, impurity = DIVERGENCE[criterion]
    share = left.mean()
    value = share * between(criterion, y[left], treated[left]) + (1 - share) * between(criterion, y[~left], treated[~left]) - between(criterion, y, treated)
    if normalise:
        t = treated.mean()
        P, Q = (left[treated].mean(), 1 - left[treated].mean()), (left[~treated].mean(), 1 - left[~treated].mean())
        value /= impurity((t, 1 - t)) * divergence(P, Q) + t * impurity(P) + (1 - t) * impurity(Q) + 0.5
    return value


def grow(criterion, normalise, X, y, treated, rows, depth, out):
    out[rows] = y[rows][treated[rows]].mean() - y[rows][~treated[rows]].mean()
    if depth == 0:
        return
    best, choice = 1e-12, None
    for j in range(X.shape[1]):
        for cut in np.unique(X[rows, j])[:-1]:
            left = X[rows, j] <= cut
            groups = [np.sum(left & treated[rows]), np.sum(left & ~treated[rows]), np.sum(~left & treated[rows]), np.sum(~left & ~treated[rows])]
            if min(groups) < GROUP or min(left.sum(), (~left).sum()) < LEAF:
                continue
            value = gain(criterion, normalise, y[rows], treated[rows], left)
            if value > best + 1e-12:
                best, choice = value, left
    if choice is None:
        return
    for side in (choice, ~choice):
        grow(criterion, normalise, X, y, treated, rows[side], depth - 1, out)


def main():
    random = np.random.default_rng(7)
    n = 600
    X = np.column_stack([random.integers(0, 40, n), np.round(random.normal(size=n), 1), random.integers(0, 5, n)]).astype(float)
    treated = random.random(n) < 0.4
    y = (random.random(n) < 0.3 + treated * np.where(X[:, 0] > 20, 0.35, -0.1) + 0.05 * X[:, 2]).astype(int)
    score = np.round(0.01 * X[:, 0] + 0.1 * random.normal(size=n), 2)  # with ties
    table = pd.DataFrame({"x0": X[:, 0], "x1": X[:, 1], "x2": X[:, 2], "treated": treated.astype(int), "y": y, "score": score})
    for criterion in DIVERGENCE:
        for normalise in (True, False):
            out = np.zeros(n)
            grow(criterion, normalise, X, y, treated, np.arange(n), DEPTH, out)
            table[f"{criterion}_{'normalised' if normalise else 'plain'}"] = out
    table.round(12).to_csv(HERE / "uplift_rows.csv", index=False)
    curves = {}
    for name, curve in (("uplift", uplift_curve), ("qini", qini_curve)):
        x, gained = curve(y, score, treated.astype(int))
        curves[name] = {"targeted": x.tolist(), "gain": gained.tolist(), "area": float(auc(x, gained))}
    (HERE / "uplift.json").write_text(json.dumps(curves) + "\n")


main()
