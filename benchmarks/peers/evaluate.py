"""AUC, DeLong's comparison and expected maximum profit beside scikit-learn, empulse and the definition.

python benchmarks/peers/evaluate.py [--quick] [auc] [delong] [profit]

Without names all tasks run.
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


def auc(n: int) -> None:
    y, score, _ = scores(n)
    race(
        f"AUC of {n:,} scores (ours with standard error), 2 threads",
        {"tenure": lambda: float(roc_auc(y, score, n_jobs=2)), "scikit-learn": lambda: roc_auc_score(y, score)},
        tolerance=1e-12,
        rounds=3,
        wanted=5,
    )


def delong(n: int) -> None:
    y, first, second = scores(n)

    def ours() -> tuple[float, float]:
        result = compare_roc_auc(y, first, second)
        return result.difference, result.std_error

    race(
        f"DeLong's comparison, {n:,} rows, n log n beside the definition",
        {"tenure": ours, "definition (numpy)": lambda: delong_by_definition(y, first, second)},
        tolerance=1e-10,
        rounds=3,
    )


def profit(n: int) -> None:
    try:
        from empulse.metrics import empc_score
    except ImportError:
        print("empulse is not installed: expected profit not compared")
        return
    y, score, _ = scores(n)
    race(
        f"expected maximum profit of {n:,} scores, 2 threads",
        {
            "tenure": lambda: expected_profit(y, score, n_jobs=2).profit,
            "tenure, 1 thread": lambda: expected_profit(y, score).profit,
            "empulse": lambda: float(empc_score(y, score)),
        },
        tolerance=1e-10,
        rounds=15,
        wanted=20,
    )


def main() -> None:
    quick = "--quick" in sys.argv
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    for name, task in {"auc": auc, "delong": delong, "profit": profit}.items():
        if not names or name in names:
            task({"auc": 500_000 if quick else 10_000_000, "delong": 3000, "profit": 100_000 if quick else 1_000_000}[name])


if __name__ == "__main__":
    main()
