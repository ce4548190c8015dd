"""Logistic regression beside glum, scikit-learn, statsmodels, and elastic-net paths beside adelie and glmnet.

python benchmarks/peers/learn.py [--quick] [newton] [ridge] [lasso] [net] [memory]

Without names all tasks run. `memory` fits in processes of their own and compares the growth of the largest resident size.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from schedule import race

from tenure.learn import LogisticPath, LogisticRegression

warnings.filterwarnings("ignore")


def simulate(n: int, p: int, seed: int, active: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, p)) + 0.5 * random.normal(size=(n, 1))
    b = np.zeros(p)
    b[:active] = 0.3 * random.normal(size=active)
    return X, (random.random(n) < 1 / (1 + np.exp(1 - X @ b))).astype(int)


def gradient(X: np.ndarray, y: np.ndarray, intercept: float, b: np.ndarray, l2: float = 0.0) -> float:
    residual = 1 / (1 + np.exp(-(intercept + X @ b))) - y
    return float(max(abs(residual.mean()), np.abs(X.T @ residual / len(y) + l2 * b).max()))


def newton(X: np.ndarray, y: np.ndarray, l2: float, rounds: int) -> None:
    """Every solver is asked for a gradient of 1e-8 (ours beside it at its default, too); ours has standard errors and p-values in its time where
    there are any."""
    from sklearn.linear_model import LogisticRegression as Sklearn

    C = np.inf if l2 == 0 else 1 / (l2 * len(y))

    def ours(tol: float) -> Any:
        model = LogisticRegression(penalty="l2" if l2 else None, C=C, tol=tol, n_jobs=2).fit(X, y)
        return (model, model.p_values_) if l2 == 0 else (model, None)

    contenders: dict[str, Callable[[], Any]] = {"tenure": lambda: ours(1e-8), "tenure (default, tol 1e-12)": lambda: ours(1e-12)}
    for solver in ("newton-cholesky", "lbfgs"):
        contenders[f"scikit-learn {solver}"] = lambda solver=solver: (Sklearn(C=C, solver=solver, tol=1e-8, max_iter=1000).fit(X, y), None)
    try:
        from sklearnex.linear_model import LogisticRegression as Intelex

        contenders["scikit-learn-intelex"] = lambda: (Intelex(C=C, solver="newton-cg" if l2 == 0 else "lbfgs", tol=1e-8, max_iter=1000).fit(X, y), None)
    except ImportError:
        pass
    try:
        import glum

        contenders["glum"] = lambda: (glum.GeneralizedLinearRegressor(family="binomial", alpha=l2, gradient_tol=1e-8).fit(X, y), None)
    except ImportError:
        pass
    try:
        import statsmodels.api as sm

        if l2 == 0:
            contenders["statsmodels (with errors)"] = lambda: sm.Logit(y, sm.add_constant(X)).fit(disp=0, tol=1e-10)
    except ImportError:
        pass

    def answer(result: Any) -> np.ndarray:
        if not isinstance(result, tuple):
            return np.asarray(result.params)
        return np.r_[np.ravel(result[0].intercept_), np.ravel(result[0].coef_)]

    for name in ("tenure", "tenure (default, tol 1e-12)", "scikit-learn-intelex"):
        if name in contenders:
            model = contenders[name]()[0]
            print(f"    {name:32} gradient {gradient(X, y, np.ravel(model.intercept_)[0], np.ravel(model.coef_), l2):.1e}")
    race(f"logistic regression, {len(y):,} x {X.shape[1]}, l2 = {l2:g}, 2 threads", contenders, answer=answer, tolerance=1e-5, rounds=rounds, wanted=3)


R_GLMNET = """
suppressMessages(library(glmnet))
n <- {n}; p <- {p}
con <- file("x.bin", "rb"); X <- matrix(readBin(con, "double", n * p), n, p); close(con)
con <- file("y.bin", "rb"); y <- readBin(con, "double", n); close(con)
con <- file("lambda.bin", "rb"); l <- readBin(con, "double", {k}); close(con)
t <- system.time(f <- glmnet(X, y, family = "binomial", alpha = {ratio}, lambda = l, thresh = {thresh}))[["elapsed"]]
con <- file("fit.bin", "wb"); writeBin(as.vector(rbind(f$a0, as.matrix(f$beta))), con); close(con)
cat(t, length(f$lambda), "\\n")
"""


def path(X: np.ndarray, y: np.ndarray, ratio: float, rounds: int) -> None:
    """Ours at its default; the others at the loosest tolerance, in steps of ten from their defaults, that leaves no penalty with an objective
    (the penalised mean loss) more than 1e-8 above the best known. Gaps are printed."""
    scaled = np.asfortranarray((X - X.mean(0)) / X.std(0))

    def ours(**options: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        model = LogisticPath(l1_ratio=ratio, lambda_ratio=1e-3, cv=None, n_jobs=2, **options).fit(X, y)
        return model.lambdas_, model.intercept_path_ + model.coef_path_ @ X.mean(0), model.coef_path_ * X.std(0)

    def objectives(fits: Any) -> np.ndarray:
        found = []
        for lam, intercept, b in zip(*fits, strict=True):
            eta = intercept + scaled @ b
            found.append(np.mean(np.logaddexp(0, eta) - y * eta) + lam * (ratio * np.abs(b).sum() + (1 - ratio) / 2 * b @ b))
        return np.array(found)

    lambdas = ours()[0]
    best = objectives(ours(tol=1e-12))

    def reached(name: str, fits: Any) -> bool:
        gap = float(np.max(objectives(fits) - best))
        print(f"    {name:32} objective gap {gap:.1e}")
        return gap <= 1e-8

    contenders: dict[str, Callable[[], Any]] = {"tenure": ours}
    assert reached("tenure", ours())
    try:
        import adelie as ad

        def adelie(tol: float) -> Any:
            glm = ad.glm.binomial(y.astype(float))
            f = ad.grpnet(scaled, glm, alpha=ratio, lmda_path=lambdas, early_exit=False, progress_bar=False, n_threads=2, tol=tol)
            return f.lmdas, f.intercepts, np.asarray(f.betas.todense())

        contenders["adelie (default, tol 1e-07)"] = lambda: adelie(1e-7)
        for tol in (1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12):
            if reached(f"adelie (tol {tol:g})", adelie(tol)):
                contenders[f"adelie (tol {tol:g})"] = lambda tol=tol: adelie(tol)
                break
    except ImportError:
        pass
    task = f"elastic-net path, l1 ratio {ratio:g}, 100 penalties, {len(y):,} x {X.shape[1]}, 2 threads"
    times = race(task, contenders, answer=lambda fits: fits[2][[20, 50, 99]], tolerance=1e-2, rounds=rounds, wanted=2)
    if shutil.which("Rscript"):
        with tempfile.TemporaryDirectory() as folder:
            X.T.tofile(f"{folder}/x.bin")
            y.astype(float).tofile(f"{folder}/y.bin")
            np.asarray(lambdas, dtype=float).tofile(f"{folder}/lambda.bin")
            for thresh in (1e-7, 1e-8, 1e-9, 1e-10, 1e-11):
                Path(folder, "a.R").write_text(R_GLMNET.format(n=len(y), p=X.shape[1], k=len(lambdas), ratio=ratio, thresh=thresh))
                run = subprocess.run(["Rscript", "a.R"], cwd=folder, capture_output=True, text=True, check=False)
                if run.returncode != 0:
                    break
                name = f"R glmnet (thresh {thresh:g})"
                seconds, fitted = run.stdout.split()
                values = np.fromfile(f"{folder}/fit.bin").reshape(int(fitted), -1)
                print(f"    {name:32} {float(seconds):10.4f} s  {float(seconds) / times['tenure']:8.2f}   ({fitted} penalties)")
                fits = (lambdas[: int(fitted)], values[:, 0] + values[:, 1:] @ X.mean(0), values[:, 1:] * X.std(0))
                if int(fitted) == len(lambdas) and reached(name, fits):
                    break


R_GLM = """
n <- {n}; p <- {p}
con <- file("x.bin", "rb"); X <- cbind(1, matrix(readBin(con, "double", n * p), n, p)); close(con)
con <- file("y.bin", "rb"); y <- readBin(con, "double", n); close(con)
cat(system.time(glm.fit(X, y, family = binomial(), control = list(epsilon = 1e-12)))[["elapsed"]], "\\n")
"""


def glm(X: np.ndarray, y: np.ndarray) -> None:
    """R's glm.fit on the same rows, in its own process, reading not counted."""
    if not shutil.which("Rscript"):
        return
    with tempfile.TemporaryDirectory() as folder:
        X.T.tofile(f"{folder}/x.bin")
        y.astype(float).tofile(f"{folder}/y.bin")
        Path(folder, "a.R").write_text(R_GLM.format(n=len(y), p=X.shape[1]))
        run = subprocess.run(["Rscript", "a.R"], cwd=folder, capture_output=True, text=True, check=False)
        print(f"    {'R glm.fit':32} {float(run.stdout):10.4f} s" if run.returncode == 0 else run.stderr)


MEMORY = """
import sys
sys.path.insert(0, {folder!r})
from learn import simulate
import numpy as np
from tenure.learn import LogisticRegression
def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024
X, y = simulate({n}, 30, 1, 30)
LogisticRegression(penalty={penalty!r}, C={C}, n_jobs=2).fit(X[:2000], y[:2000])
open("/proc/self/clear_refs", "w").write("5")
before = peak()
LogisticRegression(penalty={penalty!r}, C={C}, n_jobs=2).fit(X, y).n_iter_
print(f"{{X.nbytes / 2**20:.0f}} {{peak() - before:.0f}}")
"""


def memory(n: int) -> None:
    """Growth of the largest resident size by a fit, beside the size of the data."""
    for penalty, C in ((None, 1.0), ("l2", 1e3 / n)):
        code = MEMORY.format(folder=str(Path(__file__).parent), n=n, penalty=penalty, C=C)
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        data, extra = run.stdout.split()
        print(f"memory, penalty={penalty}, {n:,} x 30: data {data} MiB, extra {extra} MiB")


def main() -> None:
    quick = "--quick" in sys.argv
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    wanted = lambda name: not names or name in names  # noqa: E731
    n = 100_000 if quick else 1_000_000
    if wanted("newton") or wanted("ridge"):
        X, y = simulate(n, 30, 1, 30)
        if wanted("newton"):
            newton(X, y, 0.0, 2)
            glm(X, y)
        if wanted("ridge"):
            newton(X, y, 1e-3, 2)
    if wanted("lasso") or wanted("net"):
        X, y = simulate(10_000 if quick else 100_000, 100, 2, 50)
        if wanted("lasso"):
            path(X, y, 1.0, 2)
        if wanted("net"):
            path(X, y, 0.5, 2)
    if wanted("memory"):
        memory(n)


if __name__ == "__main__":
    main()
