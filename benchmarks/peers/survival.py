"""Survival side by side: lifelines, scikit-survival, the PyPI package survival (Rust), and R's glmnet where Rscript is there.

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


survival, lifelines, sksurv = peer("survival"), peer("lifelines"), peer("sksurv")


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

            def curve(result: Any, at: np.ndarray = at) -> np.ndarray:
                if hasattr(result, "surv"):
                    times, values = result.time, result.surv
                elif isinstance(result, pd.DataFrame):
                    times, values = result["time"], result["survival"]
                else:
                    times, values = result.survival_function_.index, result.survival_function_.iloc[:, 0]
                return np.asarray(values)[np.searchsorted(np.asarray(times), at, side="right") - 1]

            race(f"Kaplan-Meier with limits, {n:.0e} {'whole' if whole else 'continuous'} times", runs, answer=curve, rounds=3, wanted=5)


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
        race(f"log-rank 4 groups, {n:.0e} {'whole' if whole else 'continuous'} times", runs, rounds=3, wanted=5)


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


def aft(scale: float) -> None:
    X, t, e = customers(int(1e5 * scale), 10, False)
    frame, formula = as_frame(X, t, e)
    runs: dict[str, Callable[[], Any]] = {"tenure": lambda: ts.AFT(n_jobs=JOBS).fit(X, (t, e))}
    if survival:
        runs["survival (Rust)"] = lambda: survival.survreg(formula, data=frame)

    def numbers(m: Any) -> np.ndarray:
        return np.array([m.intercept_, *m.coef_] if hasattr(m, "coef_") else list(m.coefficients)[:11])

    race(f"Weibull AFT {len(X):.0e} x 10", runs, answer=numbers, rounds=3, wanted=5)


def path(scale: float) -> None:
    X, t, e = customers(int(1e4 * scale), 100, False)
    runs: dict[str, Callable[[], Any]] = {"tenure": lambda: ts.CoxPath(alpha_min_ratio=0.01, n_jobs=JOBS).fit(X, (t, e)).coef_path_[50]}
    if sksurv:
        from sksurv.linear_model import CoxnetSurvivalAnalysis
        from sksurv.util import Surv

        y = Surv.from_arrays(e, t)
        runs["scikit-survival"] = lambda: CoxnetSurvivalAnalysis(l1_ratio=1.0, alpha_min_ratio=0.01, normalize=True).fit(X, y).coef_[:, 50]
    race(f"elastic-net path {len(X):.0e} x 100", runs, tolerance=1e-2, rounds=3, wanted=3)
    if shutil.which("Rscript"):
        glmnet(X, t, e)


def glmnet(X: np.ndarray, t: np.ndarray, e: np.ndarray) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "data.csv"
        pd.DataFrame(np.column_stack([t, e, X])).to_csv(file, index=False)
        code = f"""suppressMessages({{library(glmnet); library(survival)}}); d <- as.matrix(read.csv("{file}")); X <- d[, -(1:2)]; y <- Surv(d[, 1], d[, 2]);
                   cat(min(sapply(1:3, function(i) system.time(glmnet(X, y, family="cox", lambda.min.ratio=0.01))[["elapsed"]])))"""
        found = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False)
    print(f"    R glmnet, in its own process     {found.stdout.strip() or 'not there'} s")


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
