"""Rule measures of R's arules 1.7.10 for 2 x 2 counts, as a plain table.

usage: make_measures.py OUT.csv RULES.json ...   each RULES.json made by arules::interestMeasure: {"rules": [{"measures": {...}}, ...]}

Left out: measures where arules does not follow the textbook (collectiveStrength, leastContradiction, casualConfidence, casualSupport), those
that depend on what other rules were mined (improvement, boost, LIC, stdLift), and certainty below 0. An empty field is infinite or undefined.
"""

import csv
import json
import sys

NAMES = {
    "support": "support", "confidence": "confidence", "lift": "lift", "count": "count",
    "addedValue": "added_value", "centeredConfidence": "centered_confidence",
    "certainty": "certainty", "chiSquared": "chi_squared", "confirmedConfidence": "confirmed_confidence", "conviction": "conviction", "cosine": "cosine",
    "counterexample": "counterexample", "coverage": "coverage", "doc": "confidence_difference", "gini": "gini", "hyperConfidence": "hyper_confidence",
    "hyperLift": "hyper_lift", "imbalance": "imbalance", "implicationIndex": "implication_index", "importance": "importance", "jaccard": "jaccard",
    "jMeasure": "j_measure", "kappa": "kappa", "kulczynski": "kulczynski", "lambda": "lambda", "laplace": "laplace", "lerman": "lerman", "leverage": "leverage",
    "maxconfidence": "max_confidence", "mutualInformation": "mutual_information", "oddsRatio": "odds_ratio", "phi": "phi", "ralambondrainy": "ralambondrainy",
    "relativeRisk": "relative_risk", "rhsSupport": "rhs_support", "RLD": "relative_linkage", "rulePowerFactor": "rule_power_factor", "sebag": "sebag",
    "varyingLiaison": "varying_liaison", "yuleQ": "yule_q", "yuleY": "yule_y", "fishersExactTest_p": "fisher_p", "chiSquared_p": "chi_squared_p",
}  # fmt: skip

with open(sys.argv[1], "w", newline="") as out:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["a", "b", "c", "d", *NAMES.values()])
    for path in sys.argv[2:]:
        with open(path) as file:
            rules = json.load(file)["rules"]
        for rule in rules[:: max(1, len(rules) // 40)]:
            m = rule["measures"]
            values = [None if name == "certainty" and m["addedValue"] < 0 else m.get(name) for name in NAMES]
            writer.writerow([int(m[f"table.n{cell}"]) for cell in ("11", "10", "01", "00")] + ["" if v is None else repr(float(v)) for v in values])
