"""Groups of customers beside scikit-learn (and Intel's extension), faiss, fastcluster, hdbscan, fast-hdbscan, kmedoids, kmodes, and R's mclust and dbscan.

usage: python benchmarks/peers/cluster.py [TASK ...] [--quick] [--threads N] [--rounds N]

Same data and same starts for all; answers are compared (inertia, heights, likelihood, numbers of clusters and of noise rows) before a time counts.
R's times are taken inside R. Peers that are not installed are left out, and so is R where there is none.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from schedule import race
from scipy.cluster.hierarchy import linkage as scipy_linkage
from sklearn import cluster as sk
from sklearn.metrics import pairwise_distances, silhouette_score
from sklearn.mixture import GaussianMixture

from tenure import cluster as ours

warnings.filterwarnings("ignore")

TASKS = ("kmeans", "minibatch", "mixture", "linkage_by_centres", "linkage_by_distances", "dbscan", "hdbscan", "medoids", "prototypes", "silhouette")


def optional(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def blobs(n: int, p: int, groups: int = 10, spread: float = 10.0) -> np.ndarray:
    random = np.random.default_rng(0)
    centres = random.uniform(-spread, spread, (groups, p))
    return centres[random.integers(0, groups, n)] + random.normal(size=(n, p))


def in_r(library: str, code: str, X: np.ndarray, rounds: int) -> tuple[float, np.ndarray] | None:
    """Minimum seconds of the R expression `code` over `x`, and the numbers it gives."""
    if not shutil.which("Rscript"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "x.bin"
        np.asfortranarray(X).T.tofile(path)
        script = (
            f"if (!requireNamespace('{library}', quietly=TRUE)) quit(status=3); suppressPackageStartupMessages(library({library}));"
            f"x <- matrix(readBin('{path}', 'double', {X.size}), {X.shape[0]}); best <- Inf;"
            f"for (i in 1:{rounds}) {{ t <- system.time(r <- {{{code}}})[3]; best <- min(best, t) }}; cat(best, r)"
        )
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True)
    if done.returncode:
        return None
    numbers = [float(part) for part in done.stdout.split()]
    return numbers[0], np.array(numbers[1:])


def beside_r(task: str, seconds: float, answer: Any, wanted: float, library: str, code: str, X: np.ndarray, rounds: int, tolerance: float) -> None:
    found = in_r(library, code, X, rounds)
    if found is None:
        print(f"    R:{library} is not here")
        return
    gap = float(np.max(np.abs(found[1] - answer) / np.abs(answer).max()))
    if not gap <= tolerance:
        raise AssertionError(f"{task}: R differs by {gap:.2g}")
    print(f"    R:{library:30} {found[0]:10.4f} s  {found[0] / seconds:8.2f} (asked: {wanted:g})")


class Suite:
    def __init__(self, quick: bool, threads: int, rounds: int) -> None:
        self.quick, self.threads, self.rounds = quick, threads, rounds

    def size(self, n: int) -> int:
        return n // 10 if self.quick else n

    def kmeans(self) -> None:
        n, sklearnex, faiss = self.size(1_000_000), optional("sklearnex.cluster"), optional("faiss")
        X = blobs(n, 16, 50, 5.0)
        for k, iterations, wanted in ((20, 20, 3), (200, 10, 2)):
            for dtype in (np.float32, np.float64):
                table = X.astype(dtype)
                start = table[:k].copy()
                fixed = {"init": start, "n_init": 1, "max_iter": iterations, "tol": 0}
                run: dict[str, Callable[[], Any]] = {
                    "tenure": lambda t=table, s=start, i=iterations, c=k: (
                        ours.KMeans(n_clusters=c, init=s, max_iter=i, tol=0, n_jobs=self.threads).fit(t).cluster_centers_
                    ),
                    "scikit-learn": lambda t=table, f=fixed, c=k: sk.KMeans(c, **f).fit(t).cluster_centers_,
                }
                if sklearnex:
                    run["scikit-learn-intelex"] = lambda t=table, f=fixed, c=k: sklearnex.KMeans(c, **f).fit(t).cluster_centers_
                if faiss and dtype == np.float32:

                    def with_faiss(t: np.ndarray = table, s: np.ndarray = start, i: int = iterations, c: int = k) -> np.ndarray:
                        model = faiss.Kmeans(16, c, niter=i, max_points_per_centroid=n, min_points_per_centroid=1)
                        model.train(t, init_centroids=s)
                        return model.centroids

                    run["faiss"] = with_faiss
                race(
                    f"k-means {n} x 16, k = {k}, {iterations} iterations, {np.dtype(dtype).name}",
                    run,
                    answer=lambda c, t=table: [inertia(t, c)],
                    tolerance=1e-3,
                    rounds=self.rounds,
                    wanted=wanted,
                )

    def minibatch(self) -> None:
        X = blobs(self.size(1_000_000), 16, 50, 5.0)
        options = {"n_clusters": 50, "batch_size": 4096, "max_iter": 2, "n_init": 1, "init": X[:50], "max_no_improvement": None, "reassignment_ratio": 0.0}
        run = {
            "tenure": lambda: ours.MiniBatchKMeans(**options, n_jobs=self.threads).fit(X).cluster_centers_,
            "scikit-learn": lambda: sk.MiniBatchKMeans(**options).fit(X).cluster_centers_,
        }
        race("mini-batch k-means, k = 50, batches of 4096, 2 passes", run, answer=lambda c: [inertia(X, c)], tolerance=0.05, rounds=self.rounds)

    def mixture(self) -> None:
        n, k, d = self.size(100_000), 8, 10
        X = blobs(n, d, k, 3.0)
        start = {"weights_init": np.full(k, 1 / k), "means_init": X[:k], "precisions_init": np.stack([np.diag(1 / X.var(axis=0))] * k)}
        options = {"n_components": k, "max_iter": 50, "tol": 0, **start}
        run = {"tenure": lambda: ours.GaussianMixture(**options, n_jobs=self.threads).fit(X), "scikit-learn": lambda: GaussianMixture(**options).fit(X)}
        best = race(
            "Gaussian mixture, full, k = 8, 50 steps", run, answer=lambda m: [m.score(X)], tolerance=1e-6, rounds=1 if not self.quick else self.rounds, wanted=4
        )
        code = (
            f"p <- list(pro=rep(1/{k},{k}), mean=t(x[1:{k},]), variance=list(modelName='VVV', d={d}, G={k}, sigma=array(rep(diag(apply(x,2,var)),{k}),c({d},{d},{k})),"
            f" cholsigma=array(rep(chol(diag(apply(x,2,var))),{k}),c({d},{d},{k}))));"
            "e <- em(modelName='VVV', data=x, parameters=p, control=emControl(itmax=c(50,50), tol=c(0,0), eps=0)); e$loglik/nrow(x)"
        )
        mean = run["tenure"]().score(X)
        beside_r("mixture", best["tenure"], [mean], 4, "mclust", code, X, self.rounds, 1e-3)

    def linkage_by_centres(self) -> None:
        for method, wanted in (("ward", 3), ("single", 2), ("centroid", 2), ("median", 2)):
            self.linkage(method, "linkage_vector", wanted)

    def linkage_by_distances(self) -> None:
        for method in ("average", "complete", "weighted"):
            self.linkage(method, "linkage", 2)

    def linkage(self, method: str, function: str, wanted: float) -> None:
        X, fastcluster = blobs(self.size(20_000), 10), optional("fastcluster")
        run: dict[str, Callable[[], Any]] = {"tenure": lambda: ours.linkage(X, method, n_jobs=self.threads)}
        if fastcluster:
            run[f"fastcluster.{function}"] = lambda: getattr(fastcluster, function)(X, method)
        else:
            run["scipy"] = lambda: scipy_linkage(X, method)
        race(f"linkage {method} {len(X)} x 10", run, answer=lambda Z: np.sort(Z[:, 2]), tolerance=1e-9, rounds=self.rounds, wanted=wanted)

    def dbscan(self) -> None:
        for n, p, eps in ((100_000, 3, 0.5), (50_000, 10, 2.5)):
            X = blobs(self.size(n), p)
            task = f"DBSCAN {len(X)} x {p}"
            run = {
                "tenure": lambda X=X, e=eps: ours.DBSCAN(eps=e, min_samples=10, n_jobs=self.threads).fit(X).labels_,
                "scikit-learn": lambda X=X, e=eps: sk.DBSCAN(eps=e, min_samples=10, n_jobs=self.threads).fit(X).labels_,
            }
            best = race(task, run, answer=counts, tolerance=0, rounds=self.rounds)
            code = f"r <- dbscan(x, {eps}, 10)$cluster; c(max(r), sum(r == 0))"
            beside_r(task, best["tenure"], np.array(counts(run["tenure"]())), 3, "dbscan", code, X, self.rounds, 0)

    def hdbscan(self) -> None:
        package, fast = optional("hdbscan"), optional("fast_hdbscan")
        for n, p in ((100_000, 3), (50_000, 10)):
            X = blobs(self.size(n), p)
            run: dict[str, Callable[[], Any]] = {"tenure": lambda X=X: ours.HDBSCAN(min_cluster_size=50, min_samples=10, n_jobs=self.threads).fit(X).labels_}
            if package:
                run["hdbscan, exact"] = lambda X=X: (
                    package.HDBSCAN(min_cluster_size=50, min_samples=9, approx_min_span_tree=False, core_dist_n_jobs=self.threads).fit(X).labels_
                )
                run["hdbscan, approximate tree"] = lambda X=X: package.HDBSCAN(min_cluster_size=50, min_samples=9, core_dist_n_jobs=self.threads).fit(X).labels_
            if fast:
                run["fast-hdbscan"] = lambda X=X: fast.HDBSCAN(min_cluster_size=50, min_samples=9).fit(X).labels_
            race(
                f"HDBSCAN {len(X)} x {p}",
                run,
                answer=lambda labels, X=X: [labels.max() + 1, 10 * np.mean(labels < 0)],
                tolerance=0.02,
                rounds=self.rounds,
                wanted=2,
            )

    def medoids(self) -> None:
        package = optional("kmedoids")
        gaps = pairwise_distances(blobs(self.size(5_000), 10, 12))
        for k in (10, 100):
            start = np.random.default_rng(1).choice(len(gaps), k, replace=False)
            run: dict[str, Callable[[], Any]] = {
                "tenure": lambda s=start, c=k: ours.KMedoids(n_clusters=c, metric="precomputed", init=s, n_jobs=self.threads).fit(gaps).inertia_
            }
            if package:
                run["kmedoids, fasterpam"] = lambda s=start: package.fasterpam(gaps, s.copy(), n_cpu=self.threads).loss
                run["kmedoids, fasterpam, 1 thread"] = lambda s=start: package.fasterpam(gaps, s.copy(), n_cpu=1).loss
            # Local optima: the package shuffles its candidates, so that losses differ by a few percent from run to run.
            race(f"k-medoids {len(gaps)} rows, k = {k}, distances given", run, answer=lambda loss: [loss], tolerance=0.05, rounds=self.rounds, wanted=2)

    def prototypes(self) -> None:
        n, random, kmodes = self.size(100_000), np.random.default_rng(2), optional("kmodes.kprototypes")
        group = random.integers(0, 5, n)
        numbers = random.normal(scale=3, size=(5, 6))[group] + random.normal(size=(n, 6))
        levels = np.column_stack([np.where(random.random(n) < 0.7, random.integers(0, size, 5)[group], random.integers(0, size, n)) for size in (3, 4, 5, 8)])
        table = pd.DataFrame(numbers, columns=list("abcdef"))
        for j, codes in enumerate(levels.T):
            table[f"c{j}"] = pd.Categorical.from_codes(codes, categories=[str(v) for v in range(8)])
        rows = [0, 1, 2, 3, 4]
        run: dict[str, Callable[[], Any]] = {"tenure": lambda: ours.KPrototypes(n_clusters=5, gamma=1.0, init=rows, n_jobs=self.threads).fit(table).cost_}
        if kmodes:
            mixed = np.column_stack([numbers.astype(object), levels.astype(object)])
            run["kmodes"] = lambda: (
                kmodes.KPrototypes(5, gamma=1.0, init=[numbers[rows], levels[rows]], n_init=1, max_iter=100).fit(mixed, categorical=[6, 7, 8, 9]).cost_
            )
        race(f"k-prototypes {n} rows, 6 numbers + 4 levels, k = 5", run, answer=lambda cost: [cost], tolerance=0.02, rounds=1, wanted=50)

    def silhouette(self) -> None:
        X = blobs(self.size(20_000), 10)
        labels = sk.KMeans(10, n_init=1, random_state=0).fit(X).labels_
        run = {
            "tenure": lambda: ours.silhouette_score(X, labels, n_jobs=self.threads),
            "scikit-learn": lambda: silhouette_score(X, labels, n_jobs=self.threads),
        }
        race(f"silhouette {len(X)} x 10", run, answer=lambda s: [s], tolerance=1e-9, rounds=self.rounds, wanted=5)


def inertia(X: np.ndarray, centres: np.ndarray) -> float:
    total = 0.0
    for part in np.array_split(X[:100_000].astype(np.float64), 20):
        total += (((part[:, None] - np.asarray(centres, dtype=np.float64)) ** 2).sum(axis=2)).min(axis=1).sum()
    return float(total)


def counts(labels: np.ndarray) -> list[float]:
    return [float(labels.max() + 1), float((labels < 0).sum())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"the ones to run, all when left out: {', '.join(TASKS)}")
    options = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, str(options.threads))
    unknown = set(options.tasks) - set(TASKS)
    if unknown:
        parser.error(f"no such task: {', '.join(sorted(unknown))}")
    suite = Suite(options.quick, options.threads, options.rounds)
    for name in options.tasks or TASKS:
        started = time.perf_counter()
        getattr(suite, name)()
        print(f"    [{name}: {time.perf_counter() - started:.0f} s]", flush=True)


if __name__ == "__main__":
    main()
