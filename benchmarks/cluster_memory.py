"""Peak memory of clusterings of many rows, each in a process of its own.

usage: python benchmarks/cluster_memory.py [TASK ...] [--threads N]

Prints seconds and the largest resident size (the system's own count) beside the bound; Linux only. The table itself is in it.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import time
import warnings

import numpy as np

GIB = 2**30
BOUNDS = {"ward": 4 * GIB, "single": 4 * GIB, "hdbscan": 4 * GIB, "kmeans-chunks": GIB}


def blobs(n: int, p: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(99).uniform(-10, 10, (10, p))
    return centres[random.integers(0, 10, n)] + random.normal(size=(n, p))


def run(task: str, threads: int) -> str:
    from tenure import cluster

    warnings.simplefilter("ignore")  # three passes do not converge
    if task == "kmeans-chunks":
        rows, chunk = 10_000_000, 500_000
        start = blobs(20, 16, 1)
        model = cluster.KMeans(n_clusters=20, init=start, max_iter=3, tol=0.0, n_jobs=threads)
        model.fit_chunks(lambda: (blobs(chunk, 16, i) for i in range(rows // chunk)))
        return f"{rows} x 16, 3 passes, inertia {model.inertia_:.6g}"
    X = blobs(200_000, 10)
    if task == "hdbscan":
        return f"200000 x 10, {cluster.HDBSCAN(min_cluster_size=50, min_samples=10, n_jobs=threads).fit(X).labels_.max() + 1} groups"
    return f"200000 x 10, last height {cluster.linkage(X, task, n_jobs=threads)[-1, 2]:.6g}"


def peak() -> int:
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this system does not say how much memory a process has used")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"all when left out: {', '.join(BOUNDS)}")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--here", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        started = time.perf_counter()
        told = run(options.here, options.threads)
        used, bound = peak(), BOUNDS[options.here]
        verdict = "within" if used <= bound else "ABOVE"
        print(f"{options.here:15} {told}: {time.perf_counter() - started:.1f} s, {used / 2**20:.0f} MiB, {verdict} {bound / GIB:g} GiB", flush=True)
        sys.exit(used > bound)
    failed = False
    for task in options.tasks or BOUNDS:
        failed |= subprocess.run([sys.executable, __file__, "--here", task, "--threads", str(options.threads)], check=False).returncode != 0
    sys.exit(failed)


if __name__ == "__main__":
    main()
