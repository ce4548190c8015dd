"""Side-by-side timing: every contender in turn, round after round, answers compared before a time counts."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def race(
    task: str,
    contenders: Mapping[str, Callable[[], Any]],
    *,
    answer: Callable[[Any], Any] = lambda result: result,
    tolerance: float = 1e-6,
    rounds: int = 5,
    wanted: float | None = None,
) -> dict[str, float]:
    """Times the contenders interleaved and prints their minimum seconds and ratios to the first one, ours.

    `answer` turns a result into numbers; every contender's must agree with ours to `tolerance` (relative to the largest), or the run stops:
    a time without the right answer is not a time. `wanted` is the ratio asked of the fastest peer, printed beside it.
    """
    best = dict.fromkeys(contenders, float("inf"))
    ours = next(iter(contenders))
    reference: np.ndarray | None = None
    for _ in range(rounds):
        for name, run in contenders.items():
            result = None  # what the one before made is not freed on the time of the next
            gc.collect()
            start = time.perf_counter()
            result = run()
            best[name] = min(best[name], time.perf_counter() - start)
            numbers = np.asarray(answer(result), dtype=float)
            if reference is None:
                reference = numbers
            gap = float(np.max(np.abs(numbers - reference) / max(1e-300, float(np.max(np.abs(reference))))))
            if not gap <= tolerance:
                raise AssertionError(f"{task}: {name} differs from {ours} by {gap:.2g} (allowed {tolerance:.2g})")
    peers = {name: t for name, t in best.items() if not name.startswith(ours)}  # "tenure, 1 thread" is ours, too
    fastest = min(peers, key=peers.__getitem__) if peers else ours
    asked = f" (asked: {wanted:g})" if wanted else ""
    print(f"{task}: {best[fastest] / best[ours]:.2f} times as fast as the fastest peer, {fastest}{asked}")
    for name, t in sorted(best.items(), key=lambda item: item[1]):
        print(f"    {name:32} {t:10.4f} s  {t / best[ours]:8.2f}")
    return best
