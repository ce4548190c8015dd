"""Purchase and retention models with covariates: simulated customers and what scipy finds. usage: make_covariates.py OUT.csv OUT.json

The likelihoods are the textbook ones (Fader and Hardie 2007, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models"; the
shifted beta-geometric and the beta-discrete-Weibull with alpha, beta log-linear in covariates), maximised without derivatives of our own.
"""

import json
import sys

import numpy as np
import pandas as pd
import scipy
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1


def simulated(n=800):
    """Pareto/NBD customers and, apart from these, contracts that end as a beta-geometric says."""
    random = np.random.default_rng(11)
    online, income = random.integers(0, 2, n).astype(float), random.normal(3, 1, n).round(1)
    age = random.integers(180, 365, n) / 7
    rate = random.gamma(1.2, 1, n) / (8 * np.exp(-0.6 * online - 0.2 * income))
    stay = random.exponential(1 / (random.gamma(1.5, 1, n) / (40 * np.exp(-0.5 * online + 0.1 * income))))
    x, last = np.zeros(n), np.zeros(n)
    for i in range(n):
        t = random.exponential(1 / rate[i])
        while t < min(stay[i], age[i]):
            x[i] += 1
            last[i] = t
            t += random.exponential(1 / rate[i])
    theta = random.beta(1.0 * np.exp(0.4 * online), 3.0 * np.exp(0.2 * income))
    seen, periods = random.integers(3, 12, n), random.geometric(theta)
    return pd.DataFrame(
        {
            "frequency": x.astype(int),
            "recency": last.round(4),
            "T": age.round(4),
            "periods": np.minimum(periods - 1, seen),
            "churned": (periods - 1 < seen).astype(int),
            "online": online.astype(int),
            "income": income,
        }
    )


def bg_nbd(q, x, tx, T, z, modified):
    r, al, a, b = np.exp(q[0]), np.exp(q[1] - z @ q[4:6]), np.exp(q[2] + z @ q[6:8]), np.exp(q[3] + z @ q[8:10])
    j = x + 1 if modified else x
    base = gammaln(r + x) - gammaln(r) + r * np.log(al)
    alive = betaln(a, b + j) - betaln(a, b) - (r + x) * np.log(al + T)
    left = np.where(j > 0, betaln(a + 1, b + np.maximum(j, 1) - 1) - betaln(a, b) - (r + x) * np.log(al + tx), -np.inf)
    return -(base + np.logaddexp(alive, left)).sum()


def pareto_nbd(q, x, tx, T, z):
    r, al, s, be = np.exp(q[0]), np.exp(q[1] - z @ q[4:6]), np.exp(q[2]), np.exp(q[3] - z @ q[6:8])

    def part(t):
        top, wide = np.maximum(al, be), np.abs(al - be)
        return np.log(hyp2f1(r + s + x, np.where(al >= be, s + 1, r + x), r + s + x + 1, wide / (top + t))) - (r + s + x) * np.log(top + t)

    base = gammaln(r + x) - gammaln(r) + r * np.log(al) + s * np.log(be)
    alive = -(r + x) * np.log(al + T) - s * np.log(be + T)
    early, late = part(tx), part(T)
    left = np.log(s) - np.log(r + s + x) + early + np.log(-np.expm1(np.minimum(late - early, -1e-300)))
    return -(base + np.logaddexp(alive, left)).sum()


def retention(q, t, churned, z, weibull):
    a, b, c = np.exp(q[0] + z @ q[-4:-2]), np.exp(q[1] + z @ q[-2:]), np.exp(q[2]) if weibull else 1.0

    def log_s(u):
        return betaln(a, b + u**c) - betaln(a, b)

    return -np.where(churned == 1, log_s(t) + np.log(-np.expm1(log_s(t + 1.0) - log_s(t))), log_s(t)).sum()


def best(f, size, *data):
    """Maximised again and again from where it stopped, until nothing is gained."""
    at, low = np.zeros(size), np.inf
    at[1] = 1.0
    while True:
        for method, options in (("BFGS", {"gtol": 1e-9}), ("Powell", {"xtol": 1e-12, "ftol": 1e-15}), ("BFGS", {"gtol": 1e-9})):
            at = minimize(f, at, args=data, method=method, options=options).x
        if f(at, *data) > low - 1e-10:
            return at, -f(at, *data)
        low = f(at, *data)


def main():
    d = simulated()
    d.to_csv(sys.argv[1], index=False)
    x, tx, T = (d[c].to_numpy(float) for c in ("frequency", "recency", "T"))
    z = d[["online", "income"]].to_numpy(float)
    t, churned = d["periods"].to_numpy(float), d["churned"].to_numpy()
    cases = {
        "bg_nbd": (("r", "alpha", "a", "b"), bg_nbd, 10, x, tx, T, z, False),
        "mbg_nbd": (("r", "alpha", "a", "b"), bg_nbd, 10, x, tx, T, z, True),
        "pareto_nbd": (("r", "alpha", "s", "beta"), pareto_nbd, 8, x, tx, T, z),
        "sbg": (("alpha", "beta"), retention, 6, t, churned, z, False),
        "bdw": (("alpha", "beta", "c"), retention, 7, t, churned, z, True),
    }
    out = {"made_with": f"scipy {scipy.__version__}", "values": {}}
    for name, (names, f, size, *data) in cases.items():
        q, value = best(f, size, *data)
        k = len(names)
        out["values"][name] = {"parameters": dict(zip(names, np.exp(q[:k]).tolist(), strict=True)), "coef": q[k:].tolist(), "log_likelihood": value}
        print(name, out["values"][name])
    with open(sys.argv[2], "w") as file:
        json.dump(out, file, indent=1)


main()
