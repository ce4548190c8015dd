"""Frequent itemsets and rules beside pyfim (Borgelt's C programs), mlxtend and efficient-apriori, from the same Python lists.

usage: python benchmarks/peers/rules.py [TASK ...] [--quick] [--threads N] [--memory] [--data FOLDER]

TASK is a part of a task's name ("T10I4D100K 0.05% closed", "chess", "rules"); without one all run. --threads 2 also shows ours with one thread.
--memory compares peak memory instead of time: each contender in a process of its own, the rise of VmHWM over what the process held before the call.

FOLDER holds groceries.csv.gz, retail.dat.gz, T10I4D100K.dat.gz, mushroom.dat.gz and chess.dat.gz; data sets that are not there are left out,
simulated baskets always run. Ours is timed from lists to arrays; pyfim from lists to its lists of tuples, the only form it gives. pyfim leaves
out sets made only of items that are in every basket: they are added to its answers.
"""

from __future__ import annotations

import argparse
import gzip
import pathlib
import random
import subprocess
import sys
from functools import partial
from typing import Any

import fim
import numpy as np
from schedule import race

from tenure.rules import Transactions, association_rules, count_itemsets, frequent_itemsets

CASES = [
    ("groceries", 0.001, "all"),
    ("groceries", 0.001, "closed"),
    ("retail", 0.001, "all"),
    ("retail", 0.001, "closed"),
    ("retail", 0.001, "maximal"),
    ("T10I4D100K", 0.0005, "all"),
    ("T10I4D100K", 0.0005, "closed"),
    ("T10I4D100K", 0.0005, "maximal"),
    ("mushroom", 0.10, "all"),
    ("mushroom", 0.10, "closed"),
    ("mushroom", 0.10, "maximal"),
    ("mushroom", 0.05, "count"),
    ("chess", 0.60, "all"),
    ("chess", 0.60, "closed"),
    ("chess", 0.60, "maximal"),
    ("chess", 0.50, "all"),
    ("chess", 0.50, "count"),
    ("simulated", 0.001, "all"),
    ("simulated", 0.001, "count"),
]
FILES = {"groceries": "groceries.csv.gz", "retail": "retail.dat.gz", "T10I4D100K": "T10I4D100K.dat.gz", "mushroom": "mushroom.dat.gz", "chess": "chess.dat.gz"}
LETTER = {"all": "s", "closed": "c", "maximal": "m", "count": "s"}


def simulated(n: int) -> list[tuple[int, ...]]:
    rng = random.Random(0)
    patterns = [rng.sample(range(2000), rng.choice([2, 3, 4])) for _ in range(300)]
    popular = [1 / (k + 5) for k in range(2000)]
    baskets = []
    for _ in range(n):
        basket = set(rng.choices(range(2000), popular, k=rng.randint(2, 9)))
        basket.update(rng.choice(patterns))
        baskets.append(tuple(basket))
    return baskets


def load(name: str, folder: pathlib.Path, quick: bool) -> list[tuple[Any, ...]] | None:
    if name == "simulated":
        return simulated(100_000 if quick else 1_000_000)
    path = folder / FILES[name]
    if not path.exists():
        return None
    with gzip.open(path, "rt") as file:
        lines = (line.strip() for line in file)
        return [tuple(line.split(",")) if name == "groceries" else tuple(map(int, line.split())) for line in lines if line]


def answer(result: Any, in_every_basket: int, baskets: int, target: str) -> list[float]:
    if target == "count":
        if isinstance(result, np.ndarray):
            return result.tolist()
        sizes = [0.0] * max(size for size, *_ in result)
        for size, count, *_ in result:
            sizes[size - 1] += count
        if in_every_basket:
            sizes[0] += in_every_basket
        return sizes
    if not isinstance(result, list):
        return [len(result), float(result.counts.sum())]
    missing = in_every_basket if target == "all" else int(target == "closed" and in_every_basket > 0)
    return [len(result) + missing, float(sum(count for _, count in result)) + missing * baskets]


def spectrum(tx: list[tuple[Any, ...]], algorithm: Any, minimum: int) -> list[tuple[int, float]]:
    """Counts by size without a list of sets."""
    found = algorithm(tx, target="s", supp=-minimum, zmin=1, report="#")
    sizes: dict[int, float] = {}
    for (size, _support), count in found.items():
        sizes[size] = sizes.get(size, 0) + count
    return list(sizes.items())


def contenders_of(tx: list[tuple[Any, ...]], support: float, target: str, threads: int) -> dict[str, Any]:
    minimum = int(np.ceil(support * len(tx) - 1e-9))
    find = partial(count_itemsets, tx, support) if target == "count" else partial(frequent_itemsets, tx, support, target=target)
    contenders: dict[str, Any] = {"tenure": partial(find, n_jobs=threads)}
    if threads != 1:
        contenders["tenure, 1 thread"] = partial(find, n_jobs=1)
    for algorithm in (fim.eclat, fim.fpgrowth):
        run = partial(spectrum, tx, algorithm, minimum) if target == "count" else partial(algorithm, tx, target=LETTER[target], supp=-minimum, zmin=1)
        contenders[f"pyfim {algorithm.__name__}"] = run
    return contenders


def status(field: str) -> float:
    """MB of this process."""
    line = next(line for line in pathlib.Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


def memory_of(tx: list[tuple[Any, ...]], support: float, target: str, contender: str) -> None:
    """Runs one contender once and prints how far the process's memory rose."""
    run = contenders_of(tx, support, target, 1)[contender]
    contenders_of([("a", "b"), ("a",)], 0.5, target, 1)[contender]()  # what a first call loads is not the task's
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # VmHWM starts anew
    before = status("VmRSS")
    run()
    print(f"    {contender:32} {status('VmHWM') - before:10.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("tasks", nargs="*", default=[""])
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[3] / "shared" / "data")
    options = parser.parse_args()

    def chosen(task: str) -> bool:
        return any(wanted in task for wanted in options.tasks)

    cache: dict[str, Any] = {}
    for name, support, target in CASES:
        task = f"{name} {support:.2%} {target}"
        if not chosen(task):
            continue
        if options.memory and not options.contender:
            if name == "simulated" or (options.data / FILES[name]).exists():
                print(task, flush=True)
                for contender in contenders_of([("a",)], support, target, 1):
                    same = [sys.executable, __file__, task, "--contender", contender, "--memory", "--data", str(options.data)]
                    subprocess.run([*same, "--quick"] if options.quick else same, check=True)
            continue
        if name not in cache:
            cache = {name: load(name, options.data, options.quick)}
        tx = cache[name]
        if tx is None:
            continue
        if options.contender:
            memory_of(tx, support, target, options.contender)
            continue
        n = len(tx)
        shared = set(tx[0]).intersection(*tx) if len(set(tx[0])) else set()
        contenders = contenders_of(tx, support, target, options.threads)
        wanted = 1 if target == "count" else 2
        rounds = 3 if name == "simulated" and not options.quick else 3 if options.quick else 7
        race(task, contenders, answer=partial(answer, in_every_basket=len(shared), baskets=n, target=target), rounds=rounds, wanted=wanted)
    if options.memory:
        return
    tx = load("groceries", options.data, options.quick)
    if tx is not None and chosen("groceries rules"):
        mine = {
            "tenure": lambda: association_rules(frequent_itemsets(tx, 0.001), 0.3),
            "pyfim arules": lambda: fim.arules(tx, supp=-10, conf=30, zmin=2, mode="o"),
        }
        race("groceries rules 0.10%, confidence 0.3", mine, answer=len, rounds=15, wanted=2)
    if not options.quick and tx is not None and chosen("groceries mlxtend"):
        import mlxtend.frequent_patterns as fp
        import pandas as pd
        from efficient_apriori import apriori
        from mlxtend.preprocessing import TransactionEncoder

        encoder = TransactionEncoder()
        frame = pd.DataFrame(encoder.fit(tx).transform(tx), columns=encoder.columns_)
        table = Transactions(frame)
        contenders = {
            "tenure": lambda: frequent_itemsets(table, 0.001),
            "mlxtend fpgrowth": lambda: fp.fpgrowth(frame, min_support=9.5 / len(tx)),
            "efficient-apriori": lambda: [s for level in apriori(tx, min_support=9.5 / len(tx), min_confidence=1)[0].values() for s in level],
        }
        race("groceries 0.10% all, table made before", contenders, answer=len, rounds=2, wanted=100)


main()
