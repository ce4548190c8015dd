"""BG/NBD side by side with lifetimes on CDNOW, and a million customers. usage: python benchmarks/peers/value.py [--quick] [--cdnow TRANSACTIONS.csv.gz]

Without --cdnow (columns customer, date, number, value), customers are drawn from the fitted model: as many, on the same days.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd
from schedule import race

from tenure.value import BetaGeometricNBD, GammaGamma, ParetoNBD, lifetime_value, rfm


def drawn(n: int, *, days: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customers of a BG/NBD model with CDNOW's parameters, ages 27 to 39 weeks; on whole days or at any time."""
    random = np.random.default_rng(0)
    rate, leave, age = random.gamma(0.25, 1 / 4.8, n), random.beta(0.72, 2.16, n), random.uniform(27, 39, n)
    if days:
        age = np.round(age * 7) / 7
    x, last, now, alive = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, bool)
    while alive.any():
        now = np.where(alive, now + random.exponential(1 / np.maximum(rate, 1e-12)), now)
        alive &= now <= age
        x += alive
        last = np.where(alive, now, last)
        alive &= random.random(n) >= leave
    if days:
        last = np.where(x > 0, np.minimum(np.maximum(np.round(last * 7), 1) / 7, age), 0)
    return x, last, age


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--cdnow")
    options = parser.parse_args()
    if options.cdnow:
        log = pd.read_csv(options.cdnow)
        start = time.perf_counter()
        c = rfm(log, customer=log.columns[0], time=log.columns[1], amount=log.columns[-1], end="1997-09-30").columns
        print(f"rfm of {len(log)} purchases: {time.perf_counter() - start:.3f} s")
        x, recency, T = c["frequency"], c["recency"] / 7, c["T"] / 7
    else:
        x, recency, T = drawn(23570, days=True)

    contenders = {"tenure": lambda: BetaGeometricNBD().fit(x, recency, T)}
    try:
        from lifetimes import BetaGeoFitter
    except ImportError:
        print("lifetimes is not installed: no side-by-side run")
    else:
        contenders["lifetimes"] = lambda: BetaGeoFitter().fit(x, recency, T)

    def parameters(m: object) -> list[float]:
        return [m.r_, m.alpha_, m.a_, m.b_] if isinstance(m, BetaGeometricNBD) else [float(v) for v in m.params_[["r", "alpha", "a", "b"]]]

    race(f"BG/NBD, {len(x)} customers", contenders, answer=parameters, tolerance=1e-3, rounds=3 if options.quick else 7, wanted=10)

    n = 100_000 if options.quick else 1_000_000
    for days in (True, False):
        x, recency, T = drawn(n, days=days)
        label = "whole days" if days else "no two customers alike"
        for name, fit in (("BG/NBD", BetaGeometricNBD(n_jobs=2)), ("Pareto/NBD", ParetoNBD(n_jobs=2))):
            if name == "Pareto/NBD" and not days and not options.quick:
                continue  # about ten seconds
            start = time.perf_counter()
            fit.fit(x, recency, T)
            asked = " (asked: below 2 s)" if name == "BG/NBD" and n == 1_000_000 else ""
            print(f"{name}, {n} customers, {label}: {time.perf_counter() - start:.3f} s, converged {fit.converged_}{asked}")
    random = np.random.default_rng(1)
    for days in (True, False):
        x, recency, T = drawn(n, days=days)
        about = pd.DataFrame({"web": random.integers(0, 2, n), "member": random.integers(0, 2, n)})
        start = time.perf_counter()
        fit = BetaGeometricNBD(n_jobs=2).fit(x, recency, T, about)
        label = "whole days" if days else "no two customers alike"
        print(f"BG/NBD, {n} customers, two binary covariates, {label}: {time.perf_counter() - start:.3f} s, converged {fit.converged_} (wanted: below 2 s)")
    mean = np.where(x > 0, random.gamma(6 * np.maximum(x, 1), 1 / random.gamma(4, 1 / 15, n)) / np.maximum(x, 1), 0)
    model = BetaGeometricNBD(n_jobs=2).fit(x, recency, T)
    start = time.perf_counter()
    spend = GammaGamma(n_jobs=2).fit(x, mean)
    print(f"gamma-gamma: {time.perf_counter() - start:.3f} s")
    start = time.perf_counter()
    lifetime_value(model, spend, x, recency, T, mean, n_jobs=2)
    print(f"lifetime value over 12 periods: {time.perf_counter() - start:.3f} s")


if __name__ == "__main__":
    main()
