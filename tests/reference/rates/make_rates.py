"""Beta-binomial priors maximised by scipy: writes beta_prior.csv beside this file. scipy 1.17, numpy 2."""

import pathlib

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import betabinom

CASES = {
    "branches": ([12, 30, 4, 55, 9, 0, 21, 80], [100, 120, 60, 300, 20, 15, 200, 310]),
    "plans": ([420, 230, 55], [1300, 3200, 900]),
    "many": None,
}


def cases():
    for name, case in CASES.items():
        if case is None:
            rng = np.random.default_rng(3)
            customers = rng.integers(5, 400, size=60)
            case = rng.binomial(customers, rng.beta(4, 28, size=60)), customers
        yield name, *(np.asarray(part) for part in case)


def fit(lost, customers):
    def loss(t):
        mean, size = expit(t[0]), np.exp(t[1])
        return -betabinom.logpmf(lost, customers, mean * size, (1 - mean) * size).sum()

    start = [logit(lost.sum() / customers.sum()), 3.0]
    best = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 1e-14, "maxiter": 20000, "maxfev": 20000})
    return expit(best.x[0]), np.exp(best.x[1])


if __name__ == "__main__":
    here = pathlib.Path(__file__).parent
    lines, data = ["case,mean,size"], ["case,lost,customers"]
    for name, lost, customers in cases():
        mean, size = fit(lost, customers)
        lines.append(f"{name},{mean!r},{size!r}".replace("np.float64(", "").replace(")", ""))
        data += [f"{name},{x},{n}" for x, n in zip(lost, customers, strict=True)]
    (here / "beta_prior.csv").write_text("\n".join(lines) + "\n")
    (here / "beta_prior_data.csv").write_text("\n".join(data) + "\n")
