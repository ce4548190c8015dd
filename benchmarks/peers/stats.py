"""Correlations and factor analysis side by side with numpy, scipy and pandas. usage: python benchmarks/peers/stats.py [--quick]"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
import scipy.stats
from schedule import race

from tenure.stats import FactorAnalysis, correlation


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    rounds = 2 if options.quick else 5
    n = 100_000 if options.quick else 1_000_000
    random = np.random.default_rng(0)
    hidden = random.normal(size=(n, 5))
    x = np.asfortranarray(hidden @ random.normal(size=(5, 20)) + random.normal(size=(n, 20)))
    frame = pd.DataFrame(x)

    def matrix(result: object) -> np.ndarray:
        return np.asarray(result.estimate if hasattr(result, "estimate") else result)

    peers = {"numpy": lambda: np.corrcoef(x, rowvar=False), "pandas": lambda: frame.corr().to_numpy()}
    race(f"Pearson, {n} x 20", {"tenure": lambda: correlation(x, n_jobs=2), **peers}, answer=matrix, rounds=rounds)
    peers = {"scipy": lambda: scipy.stats.spearmanr(x).statistic}
    race(f"Spearman, {n} x 20", {"tenure": lambda: correlation(x, method="spearman", n_jobs=2), **peers}, answer=matrix, rounds=rounds)
    m, few = n // 10, x[: n // 10, :6]

    def kendall_scipy() -> np.ndarray:
        r = np.eye(6)
        for i in range(6):
            for j in range(i):
                r[i, j] = r[j, i] = scipy.stats.kendalltau(few[:, i], few[:, j]).statistic
        return r

    race(f"Kendall, {m} x 6", {"tenure": lambda: correlation(few, method="kendall", n_jobs=2), "scipy": kendall_scipy}, answer=matrix, rounds=rounds)
    from sklearn.decomposition import FactorAnalysis as Sklearn

    def communality(model: object) -> np.ndarray:
        return 1 - (model.uniqueness_ if hasattr(model, "uniqueness_") else model.noise_variance_)

    z = (x - x.mean(axis=0)) / x.std(axis=0)
    race(
        f"factor analysis by maximum likelihood, {n} x 20, 5 factors",
        {
            "tenure": lambda: FactorAnalysis(n_components=5, method="ml", n_jobs=2).fit(z),
            "scikit-learn": lambda: Sklearn(n_components=5, tol=1e-4, svd_method="lapack").fit(z),
        },
        answer=communality,
        tolerance=2e-2,
        rounds=2,
    )


if __name__ == "__main__":
    main()
