"""Weights of triggered indicators: logistic regression with bounds."""

from __future__ import annotations

import numpy as np

from tenure import _core


def fit_weights(
    X: np.ndarray, y: np.ndarray, low: np.ndarray, high: np.ndarray, l2: float = 1.0, weight: np.ndarray | None = None, start: np.ndarray | None = None
) -> np.ndarray:
    """Intercept and weights that minimise the logistic loss plus l2 / 2 times the squares of the weights, low <= weight <= high.

    Newton steps over the weights that are not held at a bound (Bertsekas 1982), projected and halved until the loss falls. The loss is strictly
    convex, so there is one answer, also where the classes are separated.
    """
    rows, inverse = np.unique(X, axis=0, return_inverse=True)
    w = np.ones(len(X)) if weight is None else weight
    total = np.bincount(inverse, weights=w, minlength=len(rows))
    lost = np.bincount(inverse, weights=w * y, minlength=len(rows))
    rows, lost, total = rows[total > 0], lost[total > 0], total[total > 0]
    A = np.column_stack([np.ones(len(rows)), rows])
    penalty = np.concatenate([[0.0], np.full(X.shape[1], l2)])
    low, high = np.concatenate([[-np.inf], low]), np.concatenate([[np.inf], high])

    def loss(b: np.ndarray) -> float:
        eta = A @ b
        return float((total * np.logaddexp(0, eta) - lost * eta).sum() + (penalty * b * b).sum() / 2)

    share = lost.sum() / total.sum()
    if not 0 < share < 1:
        raise _core.InvalidInput("churned: must hold customers who churned and customers who stayed")
    b = np.clip(np.concatenate([[np.log(share / (1 - share))], np.zeros(X.shape[1])]) if start is None else start, low, high)
    scale = total.sum()
    for _ in range(200):
        p = 1 / (1 + np.exp(-(A @ b)))
        gradient = A.T @ (total * p - lost) + penalty * b
        free = ~(((b <= low) & (gradient >= 0)) | ((b >= high) & (gradient <= 0)))
        if not free.any() or np.abs(gradient[free]).max() <= 1e-10 * scale:
            return b
        hessian = (A * (total * p * (1 - p))[:, None]).T @ A + np.diag(penalty) + 1e-12 * scale * np.eye(len(b))
        step = np.zeros(len(b))
        step[free] = np.linalg.solve(hessian[np.ix_(free, free)], -gradient[free])
        before, length = loss(b), 1.0
        while length > 1e-12:
            next_b = np.clip(b + length * step, low, high)
            if loss(next_b) <= before + 1e-4 * float(gradient @ (next_b - b)):
                break
            length /= 2
        if np.array_equal(next_b, b) or length <= 1e-12:
            return b
        b = next_b
    return b
