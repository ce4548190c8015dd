"""Frequent subsequences of simulated customer histories, found by the package prefixspan 0.5.2.

usage: make_sequences.py   (writes sequences.json beside this file)
"""

import json
import pathlib
import random

from prefixspan import PrefixSpan

rng = random.Random(4)
EVENTS = ["bill", "call", "complaint", "discount", "late", "visit"]
histories = [rng.choices(EVENTS, [5, 3, 1, 1, 2, 3], k=rng.randint(1, 12)) for _ in range(300)]
spans = PrefixSpan(histories)
spans.maxlen = 4
found = sorted([list(pattern), count] for count, pattern in spans.frequent(45))
out = {"made_with": "prefixspan 0.5.2", "histories": histories, "min_count": 45, "max_length": 4, "patterns": found}
pathlib.Path(__file__).with_name("sequences.json").write_text(json.dumps(out, separators=(",", ":")).replace("],[", "],\n[") + "\n")
