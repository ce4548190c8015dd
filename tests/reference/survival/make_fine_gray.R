# Rscript make_fine_gray.R   (from this folder)
# Fine-Gray regression with late entries: survival::finegray weights and coxph with Breslow ties, robust by customer. Times are continuous, so that
# programs' rules for ties between events and censorings do not matter.
suppressMessages({library(survival); library(jsonlite)})
num <- function(x) I(unname(as.numeric(x)))
set.seed(8); n <- 400
x <- data.frame(id = 1:n, age = round(rnorm(n), 3), plan = rbinom(n, 1, 0.4))
t1 <- rexp(n, 0.1 * exp(0.5 * x$age)); t2 <- rexp(n, 0.08 * exp(-0.4 * x$plan)); ce <- runif(n, 2, 25)
x$time <- round(pmin(t1, t2, ce), 6); x$status <- ifelse(ce <= pmin(t1, t2), 0, ifelse(t1 < t2, 1, 2))
x$entry <- round(ifelse(runif(n) < 0.5, 0, runif(n, 0, 6)), 6); x <- x[x$time > x$entry, ]
write.csv(x, "data/fine_gray_late.csv", row.names = FALSE)
fit <- function(cause) {
  d <- finegray(Surv(entry, time, factor(status, 0:2)) ~ ., data = x, id = id, etype = as.character(cause))
  f <- coxph(Surv(fgstart, fgstop, fgstatus) ~ age + plan, d, weights = fgwt, ties = "breslow", cluster = id)
  list(names = I(names(coef(f))), coef = num(coef(f)), se = num(sqrt(diag(vcov(f)))), loglik = num(f$loglik))
}
write(toJSON(list(case = "fine_gray_late", data = "data/fine_gray_late.csv", call = "coxph(Surv(fgstart, fgstop, fgstatus) ~ age + plan, finegray(...), weights = fgwt, ties = 'breslow', cluster = id)",
  made_with = sprintf("%s, survival %s", R.version.string, packageVersion("survival")), values = list(cause1 = fit(1), cause2 = fit(2))),
  digits = NA, auto_unbox = TRUE, pretty = 2), "fine_gray_late.json")
