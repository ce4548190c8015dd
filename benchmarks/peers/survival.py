"""Survival side by side: lifelines, scikit-survival, greenwood, the PyPI package survival (Rust); R's survival and glmnet where Rscript is there.

python benchmarks/peers/survival.py [--quick] [--only km|logrank|cox|robust|concordance|aft|path|growth|memory]
"""

from __future__ import annotations

import argparse
import gc
import importlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from schedule import race

import tenure.survival as ts

JOBS = -1


def customers(n: int, p: int, whole: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(n + p)
    X = random.normal(size=(n, p))
    stay = random.exponential(np.exp(-X @ np.linspace(-0.3, 0.3, p))) * 20
    seen = random.uniform(0, 60, n)
    time_, event = np.minimum(stay, seen), stay <= seen
    return X, np.ceil(time_) if whole else time_, event


def peer(module: str) -> Any:
    """A peer's module; this folder is left out of the search, since this very file is called survival."""
    here, kept = str(pathlib.Path(__file__).resolve().parent), list(sys.path)
    sys.path[:] = [folder for folder in sys.path if folder != here]
    try:
        return importlib.import_module(module)
    except ImportError:
        return None
    finally:
        sys.path[:] = kept


survival, lifelines, sksurv, greenwood = peer("survival"), peer("lifelines"), peer("sksurv"), peer("greenwood")


def in_r(columns: dict[str, np.ndarray], code: str, ours: Any, tolerance: float = 1e-6) -> None:
    """Times R code that ends in numbers, the better of two runs in a process of its own, and compares them with ours.

    `columns` are there as vectors; a matrix comes in R's order of its elements. What the code calls outside `timed(...)` is not counted.
    """
    if not shutil.which("Rscript"):
        return
    with tempfile.TemporaryDirectory() as folder:
        read = []
        for name, values in columns.items():
            np.asfortranarray(values, dtype=np.float64).ravel(order="F").tofile(pathlib.Path(folder) / name)
            shape = f", {values.shape[0]})" if values.ndim == 2 else ""
            read.append(f'{name} <- {"matrix(" if shape else ""}readBin("{folder}/{name}", "double", {values.size}){shape}')
        timed = "timed <- function(f) { s <- system.time(m <<- f())[['elapsed']]; min(s, system.time(m <<- f())[['elapsed']]) }"
        program = f"suppressMessages({{library(survival); library(glmnet)}}); {timed}; {'; '.join(read)}; {code}; cat(format(c(s, found), digits = 17))"
        done = subprocess.run(["Rscript", "-e", program], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"    R, in its own process            failed: {done.stderr.strip().splitlines()[-1]}")
        return
    seconds, *found = map(float, done.stdout.split())
    gap = np.max(np.abs(np.array(found) - np.ravel(ours))) / np.max(np.abs(ours))
    assert gap <= tolerance, f"R differs by {gap:.2g} (allowed {tolerance:.2g})"
    print(f"    R, in its own process            {seconds:10.4f} s")


def km(scale: float) -> None:
    for n in (int(1e6 * scale), int(1e7 * scale)):
        for whole in (True, False):
            _, t, e = customers(n, 1, whole)
            at = np.quantile(t, [0.1, 0.3, 0.5, 0.7, 0.9])
            runs: dict[str, Callable[[], Any]] = {"tenure": lambda t=t, e=e: ts.KaplanMeier(n_jobs=JOBS).fit((t, e)).table_}
            if lifelines:
                runs["lifelines"] = lambda t=t, e=e: lifelines.KaplanMeierFitter().fit(t, e)
            if survival and n < 5e6:
                runs["survival (Rust)"] = lambda t=t, e=e: survival.survfit(survival.Surv(t, e.astype(int)))
            if greenwood and n < 5e6:
                runs["greenwood"] = lambda t=t, e=e: greenwood.KaplanMeier().fit(greenwood.Surv(t, event=e.astype(int)))

            def curve(result: Any, at: np.ndarray = at) -> np.ndarray:
                if hasattr(result, "surv"):
                    times, values = result.time, result.surv
                elif hasattr(result, "survival_"):
                    times, values = result.time_, result.survival_
                elif isinstance(result, pd.DataFrame):
                    times, values = result["time"], result["survival"]
                else:
                    times, values = result.survival_function_.index, result.survival_function_.iloc[:, 0]
                return np.asarray(values)[np.searchsorted(np.asarray(times), at, side="right") - 1]

            race(f"Kaplan-Meier with limits, {n:.0e} {'whole' if whole else 'continuous'} times", runs, answer=curve, rounds=3, wanted=5)
            if n < 5e6:
                fit = "s <- timed(function() survfit(Surv(t, e) ~ 1)); found <- summary(m, times = at)$surv"
                in_r({"t": t, "e": e, "at": at}, fit, curve(runs["tenure"]()))


def logrank(scale: float) -> None:
    n = int(1e6 * scale)
    for whole in (True, False):
        _, t, e = customers(n, 1, whole)
        g = np.random.default_rng(1).integers(0, 4, n)
        runs: dict[str, Callable[[], Any]] = {"tenure": lambda t=t, e=e, g=g: ts.log_rank((t, e), g, n_jobs=JOBS).statistic}
        if lifelines:
            from lifelines.statistics import multivariate_logrank_test

            runs["lifelines"] = lambda t=t, e=e, g=g: multivariate_logrank_test(t, g, e).test_statistic
        if survival:
            runs["survival (Rust)"] = lambda t=t, e=e, g=g: survival.survdiff(survival.Surv(t, e.astype(int)), group=g).chisq
        if greenwood:
            runs["greenwood"] = lambda t=t, e=e, g=g: greenwood.logrank_test(greenwood.Surv(t, event=e.astype(int)), g).statistic
        race(f"log-rank 4 groups, {n:.0e} {'whole' if whole else 'continuous'} times", runs, rounds=3, wanted=5)
        in_r({"t": t, "e": e, "g": g}, "s <- timed(function() survdiff(Surv(t, e) ~ g)); found <- m$chisq", runs["tenure"]())


def as_frame(X: np.ndarray, t: np.ndarray, e: np.ndarray) -> tuple[pd.DataFrame, str]:
    frame = pd.DataFrame(X, columns=[f"x{j}" for j in range(X.shape[1])])
    frame["t"], frame["e"] = t, e.astype(int)
    return frame, "Surv(t, e) ~ " + " + ".join(f"x{j}" for j in range(X.shape[1]))


def cox(scale: float) -> None:
    for n in (int(1e5 * scale), int(1e6 * scale)):
        for whole in (True, False):
            X, t, e = customers(n, 20, whole)
            frame, formula = as_frame(X, t, e)
            runs: dict[str, Callable[[], Any]] = {"tenure": lambda X=X, t=t, e=e: ts.CoxPH(n_jobs=JOBS).fit(X, (t, e))}
            if survival:
                runs["survival (Rust)"] = lambda formula=formula, frame=frame: survival.coxph(formula, data=frame)

            def numbers(m: Any) -> np.ndarray:
                return np.concatenate([m.coef_, m.std_err_] if hasattr(m, "coef_") else [m.coefficients, np.sqrt(np.diag(np.asarray(m.var)))])

            race(f"Cox Efron {n:.0e} x 20, {'whole' if whole else 'continuous'} times", runs, answer=numbers, rounds=3, wanted=5)
            if n < 5e5:
                fit = "s <- timed(function() coxph(Surv(t, e) ~ X)); found <- c(coef(m), sqrt(diag(m$var)))"
                in_r({"t": t, "e": e, "X": X}, fit, numbers(runs["tenure"]()))


def robust(scale: float) -> None:
    n = int(1e6 * scale)
    X, t, e = customers(n, 20, True)
    cluster = np.random.default_rng(2).integers(0, n // 3, n)
    race(f"cluster-robust Cox {n:.0e} x 20", {"tenure": lambda: ts.CoxPH(n_jobs=JOBS).fit(X, (t, e), cluster=cluster).robust_std_err_}, rounds=2)


def concordance(scale: float) -> None:
    for n in (int(1e5 * scale), int(1e6 * scale)):
        X, t, e = customers(n, 1, False)
        risk = X[:, 0] + np.random.default_rng(3).normal(size=n)
        runs: dict[str, Callable[[], Any]] = {"tenure": lambda t=t, e=e, risk=risk: ts.concordance_index((t, e), risk, n_jobs=JOBS)}
        if survival:
            runs["survival (Rust)"] = lambda t=t, e=e, risk=risk: survival.concordance(survival.Surv(t, e.astype(int)), scores=-risk).concordance
        race(f"concordance {n:.0e}", runs, rounds=3, wanted=4)
        fit = "s <- timed(function() concordance(Surv(t, e) ~ risk, reverse = TRUE)); found <- m$concordance"
        in_r({"t": t, "e": e, "risk": risk}, fit, runs["tenure"]())


def aft(scale: float) -> None:
    X, t, e = customers(int(1e5 * scale), 10, False)
    frame, formula = as_frame(X, t, e)
    runs: dict[str, Callable[[], Any]] = {"tenure": lambda: ts.AFT(n_jobs=JOBS).fit(X, (t, e))}
    if survival:
        runs["survival (Rust)"] = lambda: survival.survreg(formula, data=frame)

    def numbers(m: Any) -> np.ndarray:
        return np.array([m.intercept_, *m.coef_] if hasattr(m, "coef_") else list(m.coefficients)[:11])

    race(f"Weibull AFT {len(X):.0e} x 10", runs, answer=numbers, rounds=3, wanted=5)
    in_r({"t": t, "e": e, "X": X}, "s <- timed(function() survreg(Surv(t, e) ~ X)); found <- coef(m)", numbers(runs["tenure"]()))


def path(scale: float) -> None:
    """Timed at everybody's own tolerance, where answers agree to 1e-2; then once with tight ones, where they agree to 1e-6."""
    X, t, e = customers(int(1e4 * scale), 100, False)

    def ours(tol: float = 1e-7) -> Any:
        return ts.CoxPath(alpha_min_ratio=0.01, tol=tol, n_jobs=JOBS).fit(X, (t, e))

    runs: dict[str, Callable[[], Any]] = {"tenure": lambda: ours().coef_path_[50]}
    tight = ours(1e-11)
    if sksurv:
        from sksurv.linear_model import CoxnetSurvivalAnalysis
        from sksurv.util import Surv

        y = Surv.from_arrays(e, t)

        def theirs(**options: Any) -> np.ndarray:
            return CoxnetSurvivalAnalysis(l1_ratio=1.0, alpha_min_ratio=0.01, normalize=True, **options).fit(X, y).coef_[:, 50]

        runs["scikit-survival"] = theirs
        np.testing.assert_allclose(tight.coef_path_[50], theirs(tol=1e-14, max_iter=10**6), atol=1e-6 * np.abs(tight.coef_path_[50]).max())
    race(f"elastic-net path {len(X):.0e} x 100", runs, tolerance=1e-2, rounds=3, wanted=3)
    fit = "s <- timed(function() glmnet(X, Surv(t, e), family = 'cox', lambda = alphas)); "
    fit += "found <- coef(glmnet(X, Surv(t, e), family = 'cox', lambda = alphas, thresh = 1e-16, maxit = 1e7))[, 51]"
    in_r({"t": t, "e": e, "X": X, "alphas": tight.alphas_}, fit, tight.coef_path_[50])


def growth(scale: float) -> None:
    """Fit time grows like n log n: seconds per row hardly change over three orders of size."""
    for n in [int(x * scale) for x in (1e4, 1e5, 1e6, 1e7)]:
        _, t, e = customers(n, 1, False)
        X = np.random.default_rng(4).normal(size=(n, 2))
        line = f"n = {n:8d}"
        for name, run in (
            ("Kaplan-Meier", lambda t=t, e=e: ts.KaplanMeier().fit((t, e))),
            ("concordance", lambda t=t, e=e, X=X: ts.concordance_index((t, e), X[:, 0])),
            ("Cox x 2", lambda t=t, e=e, X=X: ts.CoxPH().fit(X, (t, e))),
        ):
            best = np.inf
            for _ in range(3):
                start = time.perf_counter()
                run()
                best = min(best, time.perf_counter() - start)
            line += f"   {name} {best:8.4f} s = {best / n * 1e9:6.0f} ns a row"
        print(line)


def memory(scale: float) -> None:
    """Peak memory of a fit beyond the data, in copies of the input, each in a process of its own."""
    for kind, n, whole in (("cox", 1e6, False), ("cox", 1e6, True), ("km", 1e7, False), ("km", 1e7, True)):
        subprocess.run([sys.executable, __file__, "--inside", kind, str(int(n * scale)), str(int(whole))], check=True)


def resident(field: str) -> int:
    """Bytes of this process: VmRSS now, VmHWM at its peak."""
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(field))


def inside(kind: str, n: int, whole: bool) -> None:
    """What `memory` runs: a small fit to load everything, then the peak of the large one."""

    def fit(X: np.ndarray, t: np.ndarray, e: np.ndarray) -> Any:
        return ts.CoxPH(n_jobs=JOBS).fit(X, (t, e)) if kind == "cox" else ts.KaplanMeier(n_jobs=JOBS).fit((t, e))

    columns = 20 if kind == "cox" else 1
    fit(*customers(1000, columns, whole))
    X, t, e = customers(n, columns, whole)
    given = [X, t, e] if kind == "cox" else [t, e]
    del X
    gc.collect()
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew from what is resident now
    before = resident("VmRSS")
    model = fit(given[0], t, e)
    extra, size = resident("VmHWM") - before, sum(a.nbytes for a in given)
    kept = 6 * 8 * len(np.unique(t)) if kind == "km" else 8 * 2 * len(np.unique(t[e]))
    assert np.isfinite(model.coef_).all() if kind == "cox" else model.predict([0.0])[0] == 1
    print(
        f"memory of {'Cox' if kind == 'cox' else 'Kaplan-Meier'} {n:.0e}{' x 20' if kind == 'cox' else ''}, {'whole' if whole else 'continuous'} times: "
        f"input {size / 1e6:.0f} MB, peak {extra / size:.2f} copies beyond it (asked: at most 3), the result itself {kept / size:.2f}"
    )


def main() -> None:
    tasks = {f.__name__: f for f in (km, logrank, cox, robust, concordance, aft, path, growth, memory)}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the rows")
    parser.add_argument("--only", choices=tasks)
    parser.add_argument("--inside", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        kind, n, whole = options.inside
        inside(kind, int(n), whole == "1")
        return
    for name, task in tasks.items():
        if options.only in (None, name):
            task(0.05 if options.quick else 1.0)


if __name__ == "__main__":
    main()
