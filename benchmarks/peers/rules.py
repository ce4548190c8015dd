"""Frequent itemsets and rules beside pyfim (Borgelt's C programs), R's arules, mlxtend and efficient-apriori, from the same Python lists.

usage: python benchmarks/peers/rules.py [TASK ...] [--quick] [--threads N] [--arules] [--memory] [--data FOLDER]

TASK is a part of a task's name ("T10I4D100K 0.05% closed", "chess", "rules"); without one all run. --threads 2 also shows ours with one thread.
--arules also runs R's. --memory compares peak memory instead of time: each contender in a process of its own, the rise of VmHWM over what the process held before the call.

FOLDER holds groceries.csv.gz, retail.dat.gz, T10I4D100K.dat.gz, mushroom.dat.gz and chess.dat.gz; data sets that are not there are left out,
simulated baskets always run. Ours is timed from lists to arrays; pyfim from lists to its lists of tuples, the only form it gives; arules, where R
has it, in a process of its own from a transactions object made before. pyfim leaves out sets made only of items that are in every basket: they are
added to its answers. Its apriori takes more than 8 s on chess at 50% and is left out there, like that of arules on chess and mushroom.
"""

from __future__ import annotations

import argparse
import gzip
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
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


def needed(support: float, tx: list[tuple[Any, ...]]) -> int:
    return int(np.ceil(support * len(tx) - 1e-9))


def spectrum(tx: list[tuple[Any, ...]], algorithm: Any, minimum: int) -> list[tuple[int, float]]:
    """Counts by size without a list of sets."""
    found = algorithm(tx, target="s", supp=-minimum, zmin=1, report="#")
    sizes: dict[int, float] = {}
    for (size, _support), count in found.items():
        sizes[size] = sizes.get(size, 0) + count
    return list(sizes.items())


def contenders_of(tx: list[tuple[Any, ...]], task: str, support: float, target: str, threads: int) -> dict[str, Any]:
    minimum = needed(support, tx)
    find = partial(count_itemsets, tx, support) if target == "count" else partial(frequent_itemsets, tx, support, target=target)
    contenders: dict[str, Any] = {"tenure": partial(find, n_jobs=threads)}
    if threads != 1:
        contenders["tenure, 1 thread"] = partial(find, n_jobs=1)
    for algorithm in (fim.eclat, fim.fpgrowth, *([] if task.startswith("chess 50") else [fim.apriori])):
        run = partial(spectrum, tx, algorithm, minimum) if target == "count" else partial(algorithm, tx, target=LETTER[target], supp=-minimum, zmin=1)
        contenders[f"pyfim {algorithm.__name__}"] = run
    return contenders


ARULES = """
if (!requireNamespace("arules", quietly = TRUE)) quit(status = 3)
suppressPackageStartupMessages(library(arules))
ends <- readBin("ends.bin", "integer", %(baskets)d + 1)
items <- readBin("items.bin", "integer", tail(ends, 1))
baskets <- as(new("ngCMatrix", p = ends, i = items, Dim = c(%(items)dL, %(baskets)dL)), "transactions")
rm(ends, items)
best <- Inf
for (i in 1:%(rounds)d) {
  gc()
  best <- min(best, system.time(found <- %(call)s)[["elapsed"]])
}
cat(best, length(found), sum(round(quality(found)$support * %(baskets)d)))
"""
ARULES_TARGET = {"all": "frequent itemsets", "closed": "closed frequent itemsets", "maximal": "maximally frequent itemsets"}


def in_arules(tx: list[tuple[Any, ...]], call: str, rounds: int) -> list[float] | None:
    """Least seconds of a call, number of results, and the sum of their counts."""
    table = Transactions(tx)._baskets
    order = np.lexsort((table.items, np.repeat(np.arange(len(table)), np.diff(table.offsets))))
    script = ARULES % {"baskets": len(table), "items": table.item_count, "rounds": rounds, "call": call}
    with tempfile.TemporaryDirectory() as folder:
        table.offsets.astype(np.int32).tofile(f"{folder}/ends.bin")
        table.items[order].tofile(f"{folder}/items.bin")
        done = subprocess.run(["Rscript", "-e", script], cwd=folder, capture_output=True, text=True)
    return [float(part) for part in done.stdout.split()[-3:]] if done.returncode == 0 else None


def beside_arules(task: str, seconds: float, ours: list[float], tx: list[tuple[Any, ...]], calls: dict[str, str], rounds: int) -> None:
    for name, call in calls.items():
        found = in_arules(tx, call, rounds) if shutil.which("Rscript") else None
        if found is None:
            print("    R:arules is not here")
            return
        if found[1:] != ours:
            raise AssertionError(f"{task}: {name} finds {found[1:]}, not {ours}")
        print(f"    {name:32} {found[0]:10.4f} s  {found[0] / seconds:8.2f}", flush=True)


def arules_calls(tx: list[tuple[Any, ...]], task: str, support: float, target: str) -> dict[str, str]:
    options = f"supp = {(needed(support, tx) - 0.5) / len(tx)!r}, minlen = 1, maxlen = 100, target = '{ARULES_TARGET[target]}'"
    calls = {"R:arules eclat": f"eclat(baskets, list({options}), list(verbose = FALSE))"}
    if not task.startswith(("chess", "mushroom")):
        calls["R:arules apriori"] = f"apriori(baskets, list({options}, maxtime = 0), control = list(verbose = FALSE))"
    return calls


def status(field: str) -> float:
    """MB of this process."""
    line = next(line for line in pathlib.Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


def memory_of(tx: list[tuple[Any, ...]], task: str, support: float, target: str, contender: str) -> None:
    """Runs one contender once and prints how far the process's memory rose."""
    run = contenders_of(tx, task, support, target, 1)[contender]
    contenders_of([("a", "b"), ("a",)], task, 0.5, target, 1)[contender]()  # what a first call loads is not the task's
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # VmHWM starts anew
    before = status("VmRSS")
    run()
    print(f"    {contender:32} {status('VmHWM') - before:10.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("tasks", nargs="*", default=[""])
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--arules", action="store_true")
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
                for contender in contenders_of([("a",)], task, support, target, 1):
                    same = [sys.executable, __file__, task, "--contender", contender, "--memory", "--data", str(options.data)]
                    subprocess.run([*same, "--quick"] if options.quick else same, check=True)
            continue
        if name not in cache:
            cache = {name: load(name, options.data, options.quick)}
        tx = cache[name]
        if tx is None:
            continue
        if options.contender:
            memory_of(tx, task, support, target, options.contender)
            continue
        n = len(tx)
        shared = set(tx[0]).intersection(*tx) if len(set(tx[0])) else set()
        contenders = contenders_of(tx, task, support, target, options.threads)
        wanted = 1 if target == "count" else 2
        rounds = 3 if options.quick or name == "simulated" else 7
        numbers = partial(answer, in_every_basket=len(shared), baskets=n, target=target)
        best = race(task, contenders, answer=numbers, rounds=rounds, wanted=wanted)
        if options.arules and target != "count":
            beside_arules(task, best["tenure"], numbers(contenders["tenure"]()), tx, arules_calls(tx, task, support, target), rounds=2)
    if options.memory:
        return
    tx = load("groceries", options.data, options.quick)
    if tx is not None and chosen("groceries rules"):
        mine = {
            "tenure": lambda: association_rules(frequent_itemsets(tx, 0.001), 0.3),
            "pyfim arules": lambda: fim.arules(tx, supp=-10, conf=30, zmin=2, mode="o"),
        }
        task = "groceries rules 0.10%, confidence 0.3"
        best = race(task, mine, answer=len, rounds=15, wanted=2)
        if options.arules:
            rules = mine["tenure"]()
            call = f"apriori(baskets, list(supp = {9.5 / len(tx)!r}, conf = 0.3, minlen = 2), control = list(verbose = FALSE))"
            beside_arules(task, best["tenure"], [len(rules), float(rules.counts["both"].sum())], tx, {"R:arules apriori": call}, rounds=5)
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
