# Rscript make_turnbull.R   (from this folder)
# The maximum-likelihood curve of interval-censored times from its definition: the intersections (L, R] that contain no other end, a long
# self-consistency iteration over them, and survfit's answer beside it (whose iteration stops at 5e-5).
suppressMessages({library(survival); library(jsonlite)})
num <- function(x) I(unname(as.numeric(x)))
npmle <- function(lower, upper, weight, rounds) {
  closed <- lower == upper
  left <- unique(data.frame(t = lower, kind = ifelse(closed, 0, 2))); right <- unique(data.frame(t = upper, kind = 1))
  ends <- rbind(left, right); ends <- ends[order(ends$t, ends$kind), ]
  k <- which(ends$kind[-nrow(ends)] != 1 & ends$kind[-1] == 1)
  begin <- ends$t[k]; open <- ends$kind[k] == 2; end <- ends$t[k + 1]
  A <- outer(seq_along(lower), seq_along(begin), Vectorize(function(i, j)
    (if (closed[i]) begin[j] >= lower[i] & (begin[j] > lower[i] | !open[j]) else (begin[j] > lower[i] | (begin[j] == lower[i] & open[j]))) && end[j] <= upper[i]))
  p <- rep(1 / length(begin), length(begin)); n <- sum(weight)
  for (r in seq_len(rounds)) p <- p * as.vector(crossprod(A, weight / as.vector(A %*% p))) / n
  f <- as.vector(A %*% p)
  list(begin = num(begin), end = num(ifelse(is.finite(end), end, NA)), mass = num(p), loglik = sum(weight * log(f)),
       largest_slope = max(crossprod(A, weight / f)) / n - 1)
}
case <- function(name, d, rounds) {
  lower <- d$lower; upper <- ifelse(is.na(d$upper), Inf, d$upper); low <- ifelse(is.na(lower), 0, lower); w <- if (is.null(d$w)) rep(1, nrow(d)) else d$w
  write.csv(d, file.path("data", paste0(name, ".csv")), row.names = FALSE, na = "")
  fit <- survfit(Surv(d$lower, d$upper, type = "interval2") ~ 1, weights = w)
  ours <- npmle(low, upper, w, rounds)
  write(toJSON(list(case = name, data = paste0("data/", name, ".csv"), call = "survfit(Surv(lower, upper, type = 'interval2') ~ 1, weights = w)",
    made_with = sprintf("%s, survival %s", R.version.string, packageVersion("survival")),
    values = c(ours, list(survfit_time = num(fit$time), survfit_surv = num(fit$surv)))), digits = NA, auto_unbox = TRUE, pretty = 2, na = "null"), paste0(name, ".json"))
}
set.seed(20)
n <- 150; t <- rweibull(n, 1.5, 20)                        # visits every few months, some never gone
visits <- lapply(seq_len(n), function(i) cumsum(round(runif(12, 1, 6))))
bounds <- t(sapply(seq_len(n), function(i) { v <- c(0, visits[[i]]); k <- findInterval(t[i], v); c(v[k], if (k < length(v)) v[k + 1] else NA) }))
visits <- data.frame(lower = bounds[, 1], upper = bounds[, 2]); case("turnbull_visits", visits, 200000)
c0 <- round(runif(n, 1, 40)); gone <- t <= c0              # seen once: gone or not
case("turnbull_once", data.frame(lower = ifelse(gone, NA, c0), upper = ifelse(gone, c0, NA)), 200000)
kind <- sample(4, n, TRUE); x <- round(t) + 1              # every kind of row together, with weights
case("turnbull_mixed", data.frame(lower = ifelse(kind == 1, x, ifelse(kind == 2, NA, ifelse(kind == 3, x, pmax(0, x - 3)))),
  upper = ifelse(kind == 1, x, ifelse(kind == 2, x + 2, ifelse(kind == 3, NA, x + 1))), w = sample(3, n, TRUE)), 200000)
