"""How many threads `n_jobs` means; apart from the estimators, so that functions need no scikit-learn."""

from __future__ import annotations

from tenure import _core


def threads(n_jobs: int | None) -> int:
    """scikit-learn's `n_jobs` as a number of threads: None is 1, -1 all, -2 all but one, ..."""
    if n_jobs is None:
        return 1
    if n_jobs == 0:
        raise ValueError("n_jobs = 0: must be None, positive, or negative (-1 = all cores)")
    return n_jobs if n_jobs > 0 else max(1, _core.thread_count(0) + 1 + n_jobs)
