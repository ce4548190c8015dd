# ruff: noqa: B023, E741
"""Makes the tree references from the Telco table:  python make_trees.py telco_churn.csv.gz OUTDIR

Needs scikit-learn, shap and R with rpart and jsonlite. telco_tree.csv: 700 rows, 6 columns, exact in float32. telco_tree.json: CART of scikit-learn (`unique`: no tie decides
the tree). telco_tree_categorical.*: R rpart with subset splits, children of node k are 2k and 2k + 1. telco_treeshap.json: all subsets enumerated, the shap package agrees.
nodes.csv: the unique scikit-learn trees as a table, for the C++ tests.
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd


class Plain(json.JSONEncoder):
    def default(self, x):
        return x.tolist() if hasattr(x, "tolist") else super().default(x)


def dump(path, data):
    with open(path, "w") as file:
        json.dump(data, file, indent=1, cls=Plain)


def rscript(code, frames):
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in frames.items():
            frame.to_csv(os.path.join(folder, name), index=False)
        subprocess.run(["Rscript", "-e", "library(jsonlite);" + code], cwd=folder, check=True)
        with open(os.path.join(folder, "out.json")) as file:
            return json.load(file)


def nodes(t, classes):
    return {
        "n_nodes": t.node_count,
        "max_depth": t.max_depth,
        "feature": t.feature,
        "threshold": t.threshold,
        "impurity": t.impurity,
        "n": t.n_node_samples,
        "weighted_n": t.weighted_n_node_samples,
        "left": t.children_left,
        "right": t.children_right,
        "prob": t.value[:, 0, 1],
    }


def unique_tree(make, X, y, w, seeds=8):
    """True when 8 orders of looking at the features give the same tree, so that no tie decides it."""
    sig = set()
    for s in range(seeds):
        m = make(s).fit(X, y, sample_weight=w)
        sig.add((tuple(m.tree_.feature), tuple(np.round(m.tree_.threshold, 9))))
    return len(sig) == 1


def tree_cases(names, X, y):
    """X must be exact in float32 (scikit-learn's trees work in float32).  threshold: x <= threshold goes left."""
    from sklearn.tree import DecisionTreeClassifier as T

    assert np.array_equal(X, X.astype(np.float32).astype(float))
    w = np.where(y == 1, 3.0, 1.0)
    out = {"names": list(names), "rule": "left if x <= threshold; threshold is the midpoint of neighbouring values; feature -2 marks a leaf", "cases": []}
    for crit in ("gini", "entropy"):
        for kw in (
            {"max_depth": 2},
            {"max_depth": 4, "min_samples_leaf": 5},
            {"max_depth": 6, "min_samples_leaf": 10},
            {"min_samples_leaf": 5},
            {"min_samples_split": 40},
            {"max_leaf_nodes": 8},
            {"min_impurity_decrease": 0.005},
        ):
            for weighted in (False, True):
                if weighted and kw.get("max_depth") != 4:
                    continue

                def mk(s):
                    return T(criterion=crit, random_state=s, **kw)

                ww = w if weighted else None
                m = mk(0).fit(X, y, sample_weight=ww)
                out["cases"].append(
                    {
                        "criterion": crit,
                        "params": kw,
                        "weights": "3 for churners, 1 else" if weighted else None,
                        "unique": unique_tree(mk, X, y, ww),
                        "train_accuracy": m.score(X, y),
                        "importances": m.feature_importances_,
                        "tree": nodes(m.tree_, m.classes_),
                    }
                )
        for kw in (
            {"min_samples_leaf": 5},
            {"min_samples_leaf": 15},
            {"min_samples_leaf": 25},
            {"max_depth": 5, "min_samples_leaf": 20},
            {"max_depth": 4, "min_samples_leaf": 5},
            {"max_depth": 3},
        ):
            if unique_tree(lambda s: T(criterion=crit, random_state=s, **kw), X, y, None):
                break  # the largest of these trees that no tie decides
        path = T(criterion=crit, random_state=0, **kw).cost_complexity_pruning_path(X, y)
        sub = []
        for a in path.ccp_alphas:
            q = T(criterion=crit, random_state=0, ccp_alpha=max(0.0, a) * (1 + 1e-9) + 1e-12, **kw).fit(X, y)
            sub.append({"alpha": a, "leaves": q.get_n_leaves(), "train_accuracy": q.score(X, y)})
        out[f"pruning_{crit}"] = {
            "params": kw,
            "unique": unique_tree(lambda s: T(criterion=crit, random_state=s, **kw), X, y, None),
            "ccp_alphas": path.ccp_alphas,
            "impurities": path.impurities,
            "subtrees": sub,
        }
    return out


R_RPART = r"""
library(rpart); d <- read.csv("d.csv", stringsAsFactors = TRUE); d$y <- factor(d$y); out <- list()
for (split in c("gini", "information")) for (cp in c(0.02, 0.005)) {
  f <- rpart(y ~ ., d, method = "class", parms = list(split = split), control = rpart.control(cp = cp, minsplit = 40, minbucket = 20, xval = 0, maxcompete = 0, maxsurrogate = 0))
  fr <- f$frame; sp <- f$splits; k <- 0; L <- list()
  for (i in seq_len(nrow(fr))) { v <- as.character(fr$var[i]); e <- list(node = as.integer(rownames(fr)[i]), n = fr$n[i], churners = fr$yval2[i, 3], var = v, dev = fr$dev[i], complexity = fr$complexity[i])
    if (v != "<leaf>") { k <- k + 1; e$improve <- unname(sp[k, "improve"]); if (sp[k, "ncat"] > 1) { lv <- attr(f, "xlevels")[[v]]; cs <- f$csplit[sp[k, "index"], ]; e$left_levels <- I(lv[cs[seq_along(lv)] == 1]); e$right_levels <- I(lv[cs[seq_along(lv)] == 3]) }
      else { e$threshold <- unname(sp[k, "index"]); e$less_goes <- if (sp[k, "ncat"] == -1) "left" else "right" } }
    L[[i]] <- e }
  ct <- f$cptable; out[[length(out) + 1]] <- list(split = split, cp = cp, minsplit = 40, minbucket = 20, nodes = L, cptable = list(cp = unname(ct[, 1]), nsplit = unname(ct[, 2]), rel_error = unname(ct[, 3])),
     first_probs = unname(predict(f, d)[1:20, 2])) }
write_json(out, "out.json", digits = NA, auto_unbox = TRUE)
"""


def rpart_case(frame):
    """CART with categorical (subset) splits; node numbers as in rpart: children of k are 2k and 2k+1."""
    return rscript(R_RPART, {"d.csv": frame})


def brute_shap(t, x, p):
    """Path-dependent Shapley values of one tree by enumerating all subsets (few features)."""
    from itertools import combinations
    from math import factorial

    def v(S, k=0):
        if t.children_left[k] < 0:
            return t.value[k, 0, 1] / t.value[k, 0].sum()
        l, r, f = t.children_left[k], t.children_right[k], t.feature[k]
        if f in S:
            return v(S, l if np.float32(x[f]) <= t.threshold[k] else r)
        a, b = t.weighted_n_node_samples[l], t.weighted_n_node_samples[r]
        return (a * v(S, l) + b * v(S, r)) / (a + b)

    phi = np.zeros(p)
    for j in range(p):
        o = [i for i in range(p) if i != j]
        for k in range(p):
            for S in combinations(o, k):
                phi[j] += factorial(k) * factorial(p - k - 1) / factorial(p) * (v(set(S) | {j}) - v(set(S)))
    return phi, v(set())


def shap_case(names, X, y, rows=12):
    import shap
    from sklearn.ensemble import RandomForestClassifier as F
    from sklearn.tree import DecisionTreeClassifier as T

    out = {"names": list(names), "cases": []}
    t = T(max_depth=4, min_samples_leaf=10, random_state=0).fit(X, y)
    ph = np.array([brute_shap(t.tree_, X[i], X.shape[1])[0] for i in range(rows)])
    s = np.asarray(shap.TreeExplainer(t).shap_values(X[:rows]))
    s = s[..., 1] if s.shape[0] == rows else s[1]
    out["cases"].append(
        {
            "model": "tree",
            "tree": nodes(t.tree_, None),
            "base": brute_shap(t.tree_, X[0], X.shape[1])[1],
            "shap": ph,
            "rows": list(range(rows)),
            "max_diff_shap_package": float(np.abs(ph - s).max()),
        }
    )
    f = F(5, max_depth=5, min_samples_leaf=5, random_state=0).fit(X, y)
    ph = np.mean([[brute_shap(e.tree_, X[i], X.shape[1])[0] for i in range(rows)] for e in f.estimators_], axis=0)
    s = np.asarray(shap.TreeExplainer(f).shap_values(X[:rows]))
    s = s[..., 1] if s.shape[0] == rows else s[1]
    out["cases"].append(
        {
            "model": "forest, average of 5 trees",
            "trees": [nodes(e.tree_, None) for e in f.estimators_],
            "base": float(np.mean([brute_shap(e.tree_, X[0], X.shape[1])[1] for e in f.estimators_])),
            "shap": ph,
            "prediction": f.predict_proba(X[:rows])[:, 1],
            "max_diff_shap_package": float(np.abs(ph - s).max()),
        }
    )
    return out


def node_table(cases):
    rows = []
    for number, case in enumerate(cases):
        if not case["unique"] or "max_leaf_nodes" in case["params"]:
            continue
        tree, params = case["tree"], case["params"]
        for k in range(tree["n_nodes"]):
            rows.append(
                [
                    number,
                    case["criterion"],
                    params.get("max_depth", 0),
                    params.get("min_samples_leaf", 1),
                    params.get("min_impurity_decrease", 0),
                    int(case["weights"] is not None),
                    k,
                    tree["feature"][k],
                    tree["threshold"][k],
                    tree["weighted_n"][k],
                    tree["prob"][k],
                ]
            )
    names = ["case", "criterion", "max_depth", "min_samples_leaf", "min_impurity_decrease", "weighted", "node", "feature", "threshold", "weight", "probability"]
    return pd.DataFrame(rows, columns=names)


def main(source, out):
    d = pd.read_csv(source)
    y = (d.Churn == "Yes").to_numpy().astype(int)
    d.TotalCharges = pd.to_numeric(d.TotalCharges, errors="coerce").fillna(0.0)
    fiber, one_year, two_year = d.InternetService == "Fiber optic", d.Contract == "One year", d.Contract == "Two year"
    r = np.random.default_rng(41)
    r.integers(1, 5, len(y))
    i = r.permutation(len(y))[:700]
    small = np.column_stack(
        [d.tenure[i], np.round(d.MonthlyCharges[i] * 4) / 4, np.round(d.TotalCharges[i]), d.SeniorCitizen[i], fiber[i], one_year[i] + 2 * two_year[i]]
    ).astype(float)
    j = r.permutation(len(y))[:3000]
    frame = d.loc[j, ["tenure", "MonthlyCharges", "Contract", "PaymentMethod", "InternetService", "OnlineSecurity", "TechSupport", "SeniorCitizen"]].assign(
        y=y[j]
    )
    names = ["tenure", "monthly", "total", "senior", "fiber", "contract_years"]
    pd.DataFrame(small, columns=names).assign(y=y[i]).to_csv(f"{out}/telco_tree.csv", index=False)
    trees = tree_cases(names, small, y[i])
    dump(f"{out}/telco_tree.json", trees)
    trees = json.loads(json.dumps(trees, cls=Plain))
    node_table(trees["cases"]).to_csv(f"{out}/nodes.csv", index=False)
    frame.to_csv(f"{out}/telco_tree_categorical.csv", index=False)
    dump(f"{out}/telco_tree_categorical.json", {"cases": rpart_case(frame)})
    dump(f"{out}/telco_treeshap.json", shap_case(names, small, y[i]))


if __name__ == "__main__":
    main(*sys.argv[1:])
