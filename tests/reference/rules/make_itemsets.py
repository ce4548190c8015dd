"""Simulated baskets and what independent programs find in them. Needs pyfim and mlxtend.

usage: make_itemsets.py   (writes baskets.dat and itemsets.json beside this file)

Every count is computed by pyfim's FP-growth and Eclat, all and maximal sets also by mlxtend, generators by pyfim's Eclat and by the definition.
pyfim leaves out sets made only of items that are in every basket; here no item is. min_count = ceil(support * n).
"""

import hashlib
import json
import math
import pathlib
import random

import fim
import mlxtend.frequent_patterns as fp
import pandas as pd
from mlxtend.preprocessing import TransactionEncoder

HERE = pathlib.Path(__file__).parent


def simulate(n=2000, items=60, patterns=25, seed=20):
    """Baskets as in Agrawal and Srikant's generator: overlapping patterns, some of them broken, and single items by a falling frequency."""
    rng = random.Random(seed)
    pattern_items = [rng.sample(range(items), rng.choice([2, 2, 3, 4, 5])) for _ in range(patterns)]
    weights = [rng.expovariate(1) for _ in range(patterns)]
    baskets = []
    for _ in range(n):
        basket = set()
        for pattern in rng.choices(pattern_items, weights, k=rng.randint(1, 3)):
            basket |= {i for i in pattern if rng.random() < 0.85}
        basket |= {min(int(rng.expovariate(0.12)), items - 1) for _ in range(rng.randint(0, 4))}
        baskets.append(sorted(basket) or [items - 1])
    return baskets


def digest(sets):
    """sha256 of the sorted lines "a|b|c:count", items of a set sorted as texts."""
    lines = sorted("|".join(sorted(map(str, s))) + ":" + str(c) for s, c in sets)
    return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


def summary(sets):
    lengths = [len(s) for s, _ in sets]
    return {"n": len(sets), "sum_count": sum(c for _, c in sets), "by_size": [lengths.count(k) for k in range(1, max(lengths) + 1)], "sha256": digest(sets)}


def generators(sets, n):
    count = {frozenset(s): c for s, c in sets}
    return [(s, c) for s, c in sets if all((count[frozenset(s) - {i}] if len(s) > 1 else n) > c for i in s)]


def main():
    baskets = simulate()
    (HERE / "baskets.dat").write_text("".join(" ".join(map(str, b)) + "\n" for b in baskets))
    encoder = TransactionEncoder()
    table = pd.DataFrame(encoder.fit([list(map(str, b)) for b in baskets]).transform([list(map(str, b)) for b in baskets]), columns=encoder.columns_)
    cases = []
    for support in (0.05, 0.01, 0.004):
        minimum = math.ceil(support * len(baskets) - 1e-9)
        case = {"support": support, "min_count": minimum, "targets": {}}
        for target, code in (("all", "s"), ("closed", "c"), ("maximal", "m"), ("generators", "g")):
            sets = fim.fpgrowth(baskets, target=code, supp=-minimum, zmin=1) if code != "g" else fim.eclat(baskets, target=code, supp=-minimum, zmin=1)
            if code == "g":
                everything = fim.eclat(baskets, target="s", supp=-minimum, zmin=1)
                sets = [(s, c) for s, c in sets if s]
                assert digest(sets) == digest(generators(everything, len(baskets)))
            else:
                assert digest(sets) == digest(fim.eclat(baskets, target=code, supp=-minimum, zmin=1))
            if code in "sm":
                found = (fp.fpgrowth if code == "s" else fp.fpmax)(table, min_support=(minimum - 0.5) / len(baskets), use_colnames=True)
                assert digest([(tuple(s), round(v * len(baskets))) for s, v in zip(found["itemsets"], found["support"], strict=True)]) == digest(sets)
            case["targets"][target] = summary(sets)
        case["targets"]["all"]["first"] = sorted([sorted(s), c] for s, c in fim.eclat(baskets, target="s", supp=-minimum, zmin=2))[:5]
        cases.append(case)
    (HERE / "itemsets.json").write_text(
        json.dumps({"made_with": ["pyfim 6.28", "mlxtend 0.25.0"], "baskets": len(baskets), "cases": cases}, separators=(",", ":")).replace("},{", "},\n{")
        + "\n"
    )


main()
