"""Values of lifetimes (MBG/NBD, Pareto/NBD, gamma-gamma, lifetime value) on the CDNOW sample. usage: make_lifetimes.py cdnow_sample_summary.csv OUT.json

cdnow_sample_summary.csv is the 39-week summary of the 1/10 sample of CDNOW's customers (Fader and Hardie) as the MIT-licensed package lifetimes
(Cameron Davidson-Pilon) ships it.
"""

import json
import sys

import lifetimes
import numpy as np
import pandas as pd
from scipy.optimize import minimize

d = pd.read_csv(sys.argv[1])
x, tx, T, m = d["x"].astype(float), (d["t_x"] * 7).round() / 7, (d["T"] * 7).round() / 7, d["zbar"]
shown = np.arange(0, len(d), 157)
out = {"made_with": f"lifetimes {lifetimes.__version__}", "rows": shown.tolist()}


def refine(fitter):
    """lifetimes stops early; its own likelihood is maximised further from where it stopped."""
    names = list(fitter.params_.index)
    scale = fitter._scale if hasattr(fitter, "_scale") else 1.0
    f = lambda q: fitter._negative_log_likelihood(q, x.to_numpy(), tx.to_numpy() * scale, T.to_numpy() * scale, np.ones(len(x)), 0.0)
    start = np.log(fitter.params_.to_numpy(dtype=float) * np.array([scale if n in ("alpha", "beta") else 1.0 for n in names]))
    best = minimize(f, start, method="Nelder-Mead", options=dict(xatol=1e-10, fatol=1e-14, maxiter=20000, maxfev=20000))
    found = np.exp(best.x) / np.array([scale if n in ("alpha", "beta") else 1.0 for n in names])
    fitter.params_[:] = found
    return dict(zip(names, map(float, found)))


for name, fitter in (("mbg_nbd", lifetimes.ModifiedBetaGeoFitter()), ("pareto_nbd", lifetimes.ParetoNBDFitter())):
    fitter.fit(x, tx, T)
    parameters = refine(fitter)
    expected = np.asarray(fitter.conditional_expected_number_of_purchases_up_to_time(39, x, tx, T), dtype=float)
    alive = np.asarray(fitter.conditional_probability_alive(x, tx, T), dtype=float)
    out[name] = {"parameters": parameters, "expected_next39": expected[shown].tolist(), "p_alive": alive[shown].tolist(), "sum_expected": float(expected.sum())}

repeat = x > 0
gg = lifetimes.GammaGammaFitter().fit(x[repeat], m[repeat])
f = lambda q: gg._negative_log_likelihood(q, x[repeat].to_numpy(), m[repeat].to_numpy(), np.ones(int(repeat.sum())), 0.0)
best = minimize(f, np.log(gg.params_.to_numpy(dtype=float)), method="Nelder-Mead", options=dict(xatol=1e-11, fatol=1e-15, maxiter=20000, maxfev=20000))
gg.params_[:] = np.exp(best.x)
out["gamma_gamma"] = {
    "parameters": dict(zip(gg.params_.index, map(float, gg.params_))),
    "expected_spend": [float(v) for v in gg.conditional_expected_average_profit(x, m).iloc[shown]],
}

bg = lifetimes.BetaGeoFitter().fit(x, tx, T)
bg.params_[["r", "alpha", "a", "b"]] = [0.24259451654433395, 4.413601958035183, 0.792921916801838, 2.425906445849037]
# a month is 4.345 weeks there
clv = gg.customer_lifetime_value(bg, x, tx, T, m, time=12, discount_rate=0.01, freq="W")
out["lifetime_value"] = {
    "purchases": {"r": 0.24259451654433395, "alpha": 4.413601958035183, "a": 0.792921916801838, "b": 2.425906445849037},
    "values": [float(v) for v in clv.iloc[shown]],
    "total": float(clv.sum()),
}
json.dump(out, open(sys.argv[2], "w"), indent=1)
print({k: v.get("parameters") for k, v in out.items() if isinstance(v, dict)})
