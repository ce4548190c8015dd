#!/usr/bin/env python3
"""python make_reference.py [folder]  -- metric cases (scikit-survival), shifted-beta-geometric, and a cross-check of the R values.

Needs numpy, pandas, scipy, lifelines, scikit-survival. Run make_reference.R first. Cases come from metrics_cases.json in the folder.
"""

import json
import os
import sys

import lifelines
import numpy as np
import pandas as pd
import sksurv
from sksurv import metrics as M
from sksurv.util import Surv

ROOT = sys.argv[1] if len(sys.argv) > 1 else "."
P = lambda *a: os.path.join(ROOT, *a)
MADE = f"scikit-survival {sksurv.__version__}, numpy {np.__version__}"


def save(case, data, call, values, notes, made=MADE):
    json.dump(
        {"case": case, "data": f"data/{data}.csv", "call": call, "made_with": made, "notes": notes, "values": values}, open(P(case + ".json"), "w"), indent=1
    )


def km_cens(t, e, deaths_first):
    """KM of the censoring time. deaths_first: at a tied time deaths leave the risk set before the censorings."""
    u = np.unique(t)
    G = 1.0
    out = []
    for x in u:
        n = (t >= x).sum()
        d = ((t == x) & (e == 1)).sum()
        c = ((t == x) & (e == 0)).sum()
        r = n - d if deaths_first else n
        if r > 0:
            G *= 1 - c / r
        out.append(G)
    return u, np.array(out)


def at(u, G, x, left=False):
    k = np.searchsorted(u, x, side="left" if left else "right") - 1
    return np.where(k < 0, 1.0, G[np.maximum(k, 0)])


def metrics_case(case, src, time, event, weights, scale, shape, times, tau, split):
    d = pd.read_csv(P("data", src + ".csv"))
    t = d[time].to_numpy(float)
    e = d[event].to_numpy(int)
    lp = sum(w * d[c].to_numpy(float) for c, w in weights.items())
    lp = np.round(lp - np.mean(lp), 6)
    S = np.round(np.exp(-np.exp(lp)[:, None] * (np.array(times)[None, :] / scale) ** shape), 8)
    part = (np.arange(len(t)) % 2) if split else np.zeros(len(t), int)
    o = pd.DataFrame({"time": t, "event": e, "test": part if split else 1, "risk": lp})
    for j, x in enumerate(times):
        o[f"S_{x:g}"] = S[:, j]
    o.to_csv(P("data", case + ".csv"), index=False)
    tr = np.ones(len(t), bool) if not split else part == 0
    te = np.ones(len(t), bool) if not split else part == 1
    ytr, yte = Surv.from_arrays(e[tr] == 1, t[tr]), Surv.from_arrays(e[te] == 1, t[te])
    h = M.concordance_index_censored(e[te] == 1, t[te], lp[te])
    v = {"times": list(map(float, times)), "tau": tau, "harrell": dict(zip(("C", "concordant", "discordant", "tied_risk", "tied_time"), map(float, h)))}

    def guarded(key, f):
        try:
            v[key] = f()
        except ValueError as ex:
            v[key] = {"scikit-survival raises": str(ex)}

    guarded(
        "uno_tau",
        lambda: dict(zip(("C", "concordant", "discordant", "tied_risk", "tied_time"), map(float, M.concordance_index_ipcw(ytr, yte, lp[te], tau=tau)))),
    )

    def auc_():
        auc, mean = M.cumulative_dynamic_auc(ytr, yte, lp[te], times)
        return {"auc": auc.tolist(), "mean": float(mean)}

    guarded("cumulative_dynamic_auc", auc_)
    bs = M.brier_score(ytr, yte, S[te], times)[1]
    v["brier"] = bs.tolist()
    v["integrated_brier"] = float(M.integrated_brier_score(ytr, yte, S[te], times))
    # an independent Brier score, to pin the convention down
    conv = {}
    for df in (True, False):
        for left in (True, False):
            uu, G = km_cens(t[tr], e[tr], df)
            b = []
            for j, x in enumerate(times):
                gi = at(uu, G, t[te], left)
                gx = at(uu, G, np.array([x]))[0]
                s = S[te][:, j]
                b.append(np.mean(np.where((t[te] <= x) & (e[te] == 1), s**2 / gi, 0) + np.where(t[te] > x, (1 - s) ** 2 / gx, 0)))
            conv[f"deaths_first={df}, G_at_T_minus={left}"] = float(np.max(np.abs(np.array(b) - bs)))
    v["max_abs_difference_of_a_hand_made_brier_under_each_censoring_convention"] = conv
    save(
        case,
        case,
        "sksurv.metrics: concordance_index_censored, concordance_index_ipcw(tau), cumulative_dynamic_auc, brier_score, integrated_brier_score",
        v,
        "risk: higher = earlier event. S_t columns: predicted survival at t. test=1 rows are scored; the censoring distribution is estimated on the rows with test=0 (all rows when every row has test=1). "
        "tied_risk tolerance 1e-8. The convention block shows which handling of ties between deaths and censorings reproduces scikit-survival's Brier score (difference ~1e-16).",
    )


def cross_check():
    """lifelines against the R values: largest relative difference for each case it can do."""
    from lifelines import CoxPHFitter, LogLogisticAFTFitter, LogNormalAFTFitter, WeibullAFTFitter
    from lifelines.statistics import multivariate_logrank_test

    out = {}
    for f in sorted(os.listdir(ROOT)):
        if not f.endswith(".json") or f in ("metrics_cases.json", "cross_check.json"):
            continue
        c = json.load(open(P(f)))
        v = c["values"]
        name = c["case"]
        call = c["call"]
        try:
            if (
                name.startswith("cox_")
                and "ridge" not in name
                and "strata" not in call
                and "weights" not in call
                and "cluster" not in call
                and 'ties="efron"' in call
            ):
                lhs = call[call.index("Surv(") + 5 : call.index(")")].split(", ")
                if len(lhs) != 2:
                    continue
                d = pd.read_csv(P(c["data"]))
                if name.startswith("cox_rats"):
                    d = d[d.male == 0]
                m = CoxPHFitter().fit(d[v["names"] + lhs], lhs[0], lhs[1], fit_options={"precision": 1e-10})
                out[name] = {
                    "coef": float(np.max(np.abs(m.params_.to_numpy() - v["coef"]) / np.abs(v["coef"]))),
                    "loglik": abs(m.log_likelihood_ - v["loglik"]),
                }
            if name.startswith("aft_") and "interval" not in name and "strata" not in call and "weights" not in call and "cluster" not in call:
                cls = {"weibull": WeibullAFTFitter, "lognormal": LogNormalAFTFitter, "loglogistic": LogLogisticAFTFitter}.get(name.rsplit("_", 1)[1])
                if cls is None or "Surv(" not in call:
                    continue
                lhs = call[call.index("Surv(") + 5 : call.index(")")].split(", ")
                d = pd.read_csv(P(c["data"]))
                m = cls().fit(d[v["names"][1:] + lhs], lhs[0], lhs[1])
                prm = m.params_[m.params_.index.get_level_values(0)[0]]
                p0 = {"weibull": "lambda_", "lognormal": "mu_", "loglogistic": "alpha_"}[name.rsplit("_", 1)[1]]
                b = m.params_[p0]
                b = np.array([b["Intercept"]] + [b[x] for x in v["names"][1:]])
                out[name] = {"coef": float(np.max(np.abs(b - v["coef"]) / np.abs(v["coef"]))), "loglik": abs(m.log_likelihood_ - v["loglik"])}
            if name.startswith("logrank_") and "strata" not in call and "gehan_breslow" in v:
                a = call[call.index("Surv(") + 5 : call.index(")")].split(", ")
                by = call.split("~ ")[1].split(",")[0]
                d = pd.read_csv(P(c["data"]))
                r = {}
                for k, kw in {
                    "survdiff_rho_0": {},
                    "gehan_breslow": {"weightings": "wilcoxon"},
                    "tarone_ware": {"weightings": "tarone-ware"},
                    "peto_peto_modified": {"weightings": "peto"},
                    "fh_1_1": {"weightings": "fleming-harrington", "p": 1, "q": 1},
                }.items():
                    r[k] = abs(multivariate_logrank_test(d[a[0]], d[by], d[a[1]], **kw).test_statistic - v[k]["chisq"]) / v[k]["chisq"]
                out[name] = r
        except Exception as ex:
            out[name] = {"lifelines failed": str(ex)[:150]}
    json.dump(
        {"what": "largest relative difference (loglik: absolute) between lifelines " + lifelines.__version__ + " and the values stored here", "cases": out},
        open(P("cross_check.json"), "w"),
        indent=1,
    )
    for k, r in out.items():
        print(k, r)


cfg = json.load(open(P("metrics_cases.json")))
for c in cfg["metrics"]:
    metrics_case(**c)
cross_check()
