"""Rules that mlxtend 0.25.0 and pyfim 6.28 find in baskets.dat at support 1%, confidence 0.905, consequents of up to 2 items.

usage: make_rules.py   (writes rules.csv beside this file; run make_itemsets.py first)
"""

import pathlib

import fim
import mlxtend.frequent_patterns as fp
import pandas as pd
from mlxtend.preprocessing import TransactionEncoder

HERE = pathlib.Path(__file__).parent
baskets = [line.split() for line in (HERE / "baskets.dat").read_text().splitlines()]
encoder = TransactionEncoder()
table = pd.DataFrame(encoder.fit(baskets).transform(baskets), columns=encoder.columns_)
sets = fp.fpgrowth(table, min_support=19.5 / len(baskets), use_colnames=True)
rules = fp.association_rules(sets, metric="confidence", min_threshold=0.905)
rules = rules[rules["consequents"].map(len) <= 2]
single = {(head, frozenset(body)): count for head, body, count in fim.arules(baskets, supp=-20, conf=90.5, zmin=2, report="a", mode="o")}
mine = rules[rules["consequents"].map(len) == 1]
assert len(single) == len(mine)
for body, head, support in zip(mine["antecedents"], mine["consequents"], mine["support"], strict=True):
    assert single[next(iter(head)), body] == round(support * len(baskets))
rules = rules.assign(
    antecedents=rules["antecedents"].map(lambda s: " ".join(sorted(s))), consequents=rules["consequents"].map(lambda s: " ".join(sorted(s)))
).sort_values(["antecedents", "consequents"])
names = {"support": "support", "confidence": "confidence", "lift": "lift", "leverage": "leverage", "conviction": "conviction", "zhangs_metric": "zhang",
         "jaccard": "jaccard", "certainty": "certainty", "kulczynski": "kulczynski"}  # fmt: skip
rules[["antecedents", "consequents", *names]].rename(columns=names).to_csv(HERE / "rules.csv", index=False)
