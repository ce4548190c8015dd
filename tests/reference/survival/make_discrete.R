# Rscript make_discrete.R   (from this folder)
# glm on the expanded person-periods: one row for each week that a released prisoner was watched. Weeks with their own intercept in which nobody
# was arrested are left out (their intercept is -infinity and they say nothing about the columns).
suppressMessages({library(survival); library(splines); library(jsonlite)})
num <- function(x) I(unname(as.numeric(x)))
d <- read.csv("data/rossi.csv"); d$id <- seq_len(nrow(d)); d$entry <- d$id %% 5; d$w <- 1 + d$id %% 3
d <- d[d$week > d$entry, ]
long <- survSplit(Surv(entry, week, arrest) ~ ., d, cut = 1:60, start = "before", end = "period")
whole <- survSplit(Surv(rep(0, nrow(d)), week, arrest) ~ ., d, cut = 1:60, start = "before", end = "period", event = "arrest")
drop_empty <- function(x, keep = NULL) { e <- tapply(x$arrest, x$period, sum); x[!(x$period %in% setdiff(as.numeric(names(e)[e == 0]), keep)), ] }
fit <- function(name, formula, x, link, keep, notes, at = NULL) {
  x$own <- factor(x$period); environment(formula) <- environment()
  g <- suppressWarnings(glm(formula, binomial(link), x, weights = w, control = list(epsilon = 1e-15, maxit = 100)))
  s <- summary(g)$coefficients
  cols <- keep[keep %in% rownames(s)]
  new <- data.frame(period = at, own = factor(at, levels(x$own)), fin = 0, age = 0, prio = 0)
  eta <- predict(g, new, se.fit = TRUE)
  list(names = I(cols), coef = num(s[cols, 1]), se = num(s[cols, 2]), loglik = sum(x$w * dbinom(x$arrest, 1, fitted(g), log = TRUE)),
       periods = num(at), intercept = num(eta$fit), intercept_se = num(eta$se.fit))
}
covs <- c("fin", "age", "prio"); all <- c(covs, "fin:period")
whole$w <- 1
e <- tapply(whole$arrest, whole$period, sum); some <- as.numeric(names(e)[e > 0])
values <- list(
  logit = fit("logit", arrest ~ own + fin + age + prio - 1, drop_empty(whole), "logit", covs, at = some),
  cloglog = fit("cloglog", arrest ~ own + fin + age + prio - 1, drop_empty(whole), "cloglog", covs, at = some))
e <- tapply(long$arrest, long$period, sum); some <- as.numeric(names(e)[e > 0])
values$cloglog_late_weighted_drift <- fit("", arrest ~ own + fin + age + prio + fin:period - 1, drop_empty(long), "cloglog", all, at = some)
long$spike <- as.numeric(long$period == 20)
g <- function(link) {
  x <- long
  f <- suppressWarnings(glm(arrest ~ ns(period, knots = c(20, 35), Boundary.knots = c(6, 49)) + spike + fin + age + prio, binomial(link), x, weights = w,
    control = list(epsilon = 1e-15, maxit = 100)))
  s <- summary(f)$coefficients; at <- c(1, 10, 20, 30, 52)
  eta <- predict(f, data.frame(period = at, spike = as.numeric(at == 20), fin = 0, age = 0, prio = 0), se.fit = TRUE)
  list(names = I(covs), coef = num(s[covs, 1]), se = num(s[covs, 2]), loglik = sum(x$w * dbinom(x$arrest, 1, fitted(f), log = TRUE)),
       periods = num(at), intercept = num(eta$fit), intercept_se = num(eta$se.fit))
}
values$logit_spline <- g("logit"); values$cloglog_spline <- g("cloglog")
write(toJSON(list(case = "discrete_rossi", data = "data/rossi.csv", call = "glm(arrest ~ baseline + fin + age + prio, binomial(link), person-periods)",
  made_with = R.version.string, notes = "entry = row %% 5, weight = 1 + row %% 3 with rows from 1; rows with week <= entry are gone", values = values),
  digits = NA, auto_unbox = TRUE, pretty = 2), "discrete_rossi.json")
