"""AUC, DeLong's comparison and expected maximum profit beside scikit-learn, empulse and the definition.

python benchmarks/peers/evaluate.py [--quick]
"""

from __future__ import annotations

import sys

import numpy as np
from schedule import race
from sklearn.metrics import roc_auc_score

from tenure.evaluate import compare_roc_auc, expected_profit, roc_auc


def scores(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    y = (random.random(n) < 0.2).astype(np.int64)
    first = 1 / (1 + np.exp(-(y + random.normal(size=n))))
    return y, first, 1 / (1 + np.exp(-(0.8 * y + random.normal(size=n))))


def delong_by_definition(y: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """O(n^2), as textbooks have it."""
    placements = []
    for s in (first, second):
        wins = (s[y == 1][:, None] > s[y == 0][None, :]) + 0.5 * (s[y == 1][:, None] == s[y == 0][None, :])
        placements.append((wins.mean(1), wins.mean(0)))
    (a1, a0), (b1, b0) = placements
    error = np.sqrt((a1 - b1).var(ddof=1) / len(a1) + (a0 - b0).var(ddof=1) / len(a0))
    return a1.mean() - b1.mean(), error


def main() -> None:
    quick = "--quick" in sys.argv
    n = 500_000 if quick else 10_000_000
    y, first, second = scores(n)
    race(
        f"AUC of {n:,} scores (ours with standard error), 2 threads",
        {"tenure": lambda: float(roc_auc(y, first, n_jobs=2)), "scikit-learn": lambda: roc_auc_score(y, first)},
        tolerance=1e-12,
        rounds=3,
        wanted=5,
    )
    m = 3000
    both = lambda f: f(y[:m], first[:m], second[:m])  # noqa: E731
    race(
        f"DeLong's comparison, {m:,} rows, n log n beside the definition",
        {"tenure": lambda: (lambda r: (r.difference, r.std_error))(both(compare_roc_auc)), "definition (numpy)": lambda: both(delong_by_definition)},
        tolerance=1e-10,
        rounds=3,
    )
    try:
        from empulse.metrics import empc_score
    except ImportError:
        print("empulse is not installed: expected profit not compared")
        return
    k = 100_000 if quick else 1_000_000
    race(
        f"expected maximum profit of {k:,} scores, 2 threads",
        {
            "tenure": lambda: expected_profit(y[:k], first[:k], n_jobs=2).profit,
            "tenure, 1 thread": lambda: expected_profit(y[:k], first[:k]).profit,
            "empulse": lambda: float(empc_score(y[:k], first[:k])),
        },
        tolerance=1e-10,
        rounds=7,
        wanted=20,
    )


if __name__ == "__main__":
    main()
