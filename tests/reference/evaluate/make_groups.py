"""Writes groups.csv and measures.csv for the C++ tests from metrics.json: two of its cases, as counts per distinct score.

Run in tests/reference/evaluate: PYTHONPATH=../../../python:../../python python make_groups.py
"""

import csv
import json

import numpy as np

from evaluate.scores import cases

CHOSEN = ("model rounded to 1 digit", "24 rows")
KEEP = ("roc_auc", "average_precision", "log_loss", "brier", "ks", "lift_5", "lift_10", "lift_20", "lift_50", "delong_se", "mcc", "f1", "cohen_kappa")
with open("groups.csv", "w", newline="") as groups, open("measures.csv", "w", newline="") as measures:
    write, keep = csv.writer(groups, lineterminator="\n"), csv.writer(measures, lineterminator="\n")
    write.writerow(["case", "score", "positive", "negative"])
    keep.writerow(["case", "measure", "value"])
    expected = {case["name"]: case for case in json.load(open("metrics.json"))["cases"]}
    for name in CHOSEN:
        y, p, _ = cases()[name]
        for score in np.unique(p):
            write.writerow([name, repr(float(score)), int(np.sum(y[p == score])), int(np.sum(1 - y[p == score]))])
        case = expected[name]
        for measure in KEEP:
            keep.writerow([name, measure, repr(case[measure])])
        for measure, value in [("empc", case["empc_default"]["empulse"]), ("empc_other", case["empc_other"]["empulse"]), ("mpc", case["mpc"]["empulse"])]:
            keep.writerow([name, measure, repr(value)])
        keep.writerow([name, "h_measure", repr(case["h_measure"]["default"])])
