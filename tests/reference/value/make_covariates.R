# Pareto/NBD with static covariates by CLVTools, from its likelihood. usage: Rscript make_covariates.R covariates.csv OUT.json
suppressMessages({library(CLVTools); library(jsonlite)})
arguments <- commandArgs(TRUE)
d <- read.csv(arguments[1])
z <- as.matrix(d[, c("online", "income")])
best <- function(f, at) {
  guarded <- function(q) { value <- f(q); if (is.finite(value)) value else 1e10 }
  for (i in 1:3) at <- nlminb(at, guarded, control = list(iter.max = 500, eval.max = 1000, rel.tol = 1e-14, x.tol = 1e-10))$par
  at
}
# Its sum is the negative log-likelihood. Order of the coefficients in CLVTools: of lifetime, then of transactions.
pareto <- function(q) CLVTools:::pnbd_staticcov_LL_sum(q, d$frequency, d$recency, d$T, rep(1, nrow(d)), z, z)
p <- best(pareto, rep(0, 8))
alive <- CLVTools:::pnbd_staticcov_PAlive(exp(p[1]), exp(p[2]), exp(p[3]), exp(p[4]), d$frequency, d$recency, d$T, p[7:8], p[5:6], z, z)
expected <- CLVTools:::pnbd_staticcov_CET(exp(p[1]), exp(p[2]), exp(p[3]), exp(p[4]), 26, d$frequency, d$recency, d$T, p[7:8], p[5:6], z, z)
shown <- seq(1, nrow(d), by = 40)
write_json(list(
  made_with = paste("CLVTools", packageVersion("CLVTools")),
  rows = shown - 1,
  pareto_nbd = list(parameters = as.list(setNames(exp(p[1:4]), c("r", "alpha", "s", "beta"))), dropout = p[5:6], purchase = p[7:8],
                    log_likelihood = -pareto(p), p_alive = alive[shown], expected_next26 = expected[shown])
), arguments[2], digits = I(15), auto_unbox = TRUE, pretty = TRUE)
