# From logistic_rows.csv: logistic_more.csv (case,quantity,index,value) with Firth's correction, profile intervals, likelihood-ratio tests,
# residuals and influence; separated.csv, a small table whose classes x separates; splines.csv, natural spline bases.
# Rscript make_logistic_more.R          needs the packages brglm2 and MASS
suppressMessages({library(brglm2); library(MASS); library(splines)})
options(digits = 17)
d <- read.csv("logistic_rows.csv")
d$plan <- factor(d$plan)
set.seed(5)
s <- data.frame(x = c(seq(1, 10), seq(11, 20)), z = round(rnorm(20), 2), y = rep(0:1, each = 10))
write.csv(s, "separated.csv", row.names = FALSE, quote = FALSE)
out <- data.frame()
keep <- function(case, quantity, value) out <<- rbind(out, data.frame(case = case, quantity = quantity, index = seq_along(value) - 1, value = as.numeric(value)))
control <- glm.control(epsilon = 1e-15, maxit = 100)
half <- qchisq(0.95, 1) / 2

# Penalised (firth) or plain log-likelihood of design X, weights w, its maximum with some coefficients fixed, and the ends of profile intervals by bisection.
value <- function(b, X, y, w, firth) {
  eta <- drop(X %*% b); p <- plogis(eta)
  sum(w * (y * plogis(eta, log.p = TRUE) + (1 - y) * plogis(-eta, log.p = TRUE))) + if (firth) determinant(crossprod(X, w * p * (1 - p) * X))$modulus / 2 else 0
}
climb <- function(start, free, X, y, w, firth) {
  b <- start
  for (k in 1:500) {
    p <- plogis(drop(X %*% b)); v <- w * p * (1 - p); I <- crossprod(X, v * X)
    h <- if (firth) v * rowSums((X %*% solve(I)) * X) else 0
    g <- drop(crossprod(X, w * (y - p) + h * (0.5 - p)))[free]
    step <- drop(solve(I[free, free], g)); size <- min(1, 5 / max(abs(step * apply(X[, free, drop = FALSE], 2, sd) + 1e-300))); now <- value(b, X, y, w, firth)
    repeat { to <- b; to[free] <- to[free] + size * step; if (value(to, X, y, w, firth) >= now - 1e-12 * abs(now) || size < 1e-8) break; size <- size / 2 }
    b <- to
    if (max(abs(step)) < 1e-13 * (1 + max(abs(b)))) break
  }
  b
}
ends <- function(X, y, w, firth) {
  best <- climb(rep(0, ncol(X)), seq_len(ncol(X)), X, y, w, firth); top <- value(best, X, y, w, firth)
  p <- plogis(drop(X %*% best)); V <- solve(crossprod(X, w * p * (1 - p) * X)); error <- sqrt(diag(V))
  t(sapply(seq_len(ncol(X)), function(j) {
    gap <- function(at) { b <- best + (at - best[j]) * V[, j] / V[j, j]; value(climb(b, setdiff(seq_len(ncol(X)), j), X, y, w, firth), X, y, w, firth) - top + half }
    c(uniroot(gap, best[j] - c(2.2, 1) * error[j], tol = 1e-13, extendInt = "upX")$root, uniroot(gap, best[j] + c(1, 2.2) * error[j], tol = 1e-13, extendInt = "downX")$root)
  }))
}
form <- y ~ age + charges + calls + plan
X <- model.matrix(form, d)
f <- glm(form, binomial, d, control = control); f <- update(f, start = coef(f))
exact <- ends(X, d$y, rep(1, nrow(d)), FALSE)
keep("plain", "profile_lower", exact[, 1]); keep("plain", "profile_upper", exact[, 2])
r <- suppressMessages(confint(f)); keep("plain", "confint_lower", r[, 1]); keep("plain", "confint_upper", r[, 2])
weighted <- ends(X, d$y, d$weight, FALSE)
keep("weighted", "profile_lower", weighted[, 1]); keep("weighted", "profile_upper", weighted[, 2])
tests <- drop1(f, test = "LRT")[-1, ]
keep("plain", "lr_statistic", tests$LRT); keep("plain", "lr_p_value", tests$`Pr(>Chi)`)
for (k in c("deviance", "pearson", "response", "working")) keep("plain", k, residuals(f, k))
keep("plain", "leverage", hatvalues(f)); keep("plain", "standardised_pearson", rstandard(f, type = "pearson")); keep("plain", "standardised_deviance", rstandard(f))
keep("plain", "cooks_distance", cooks.distance(f))
g <- suppressWarnings(glm(form, binomial, d, weights = weight, control = control)); g <- suppressWarnings(update(g, start = coef(g)))
counted <- function(v) if (length(v) == nrow(d)) v[d$weight > 0] else v  # some of R's functions leave rows of weight 0 out
keep("weighted", "leverage", counted(hatvalues(g))); keep("weighted", "cooks_distance", counted(cooks.distance(g))); keep("weighted", "pearson", residuals(g, "pearson"))
for (case in c("plain", "weighted", "separated")) {
  data <- if (case == "separated") s else d
  w <- if (case == "weighted") d$weight else rep(1, nrow(data))
  fm <- if (case == "separated") y ~ x + z else form
  b <- suppressWarnings(glm(fm, binomial, data, weights = w, method = "brglmFit", type = "AS_mean", control = list(epsilon = 1e-13, maxit = 1000)))
  X <- model.matrix(fm, data)
  keep(case, "firth_coef", coef(b)); keep(case, "firth_std_error", sqrt(diag(vcov(b))))
  keep(case, "firth_log_likelihood", value(coef(b), X, data$y, w, TRUE))
  null <- climb(rep(0, ncol(X)), 1, X, data$y, w, TRUE); keep(case, "firth_null_log_likelihood", value(null, X, data$y, w, TRUE))
  e <- ends(X, data$y, w, TRUE); keep(case, "firth_lower", e[, 1]); keep(case, "firth_upper", e[, 2])
}
terms <- glm(y ~ age + charges + plan + charges:plan + age:charges, binomial, d, control = control)
keep("terms", "coef", coef(terms)[c("(Intercept)", "age", "plan2", "charges:plan1", "age:charges")]); keep("terms", "deviance", deviance(terms))
bent <- glm(y ~ ns(charges, 3) * plan, binomial, d, control = control)
keep("terms", "spline_deviance", deviance(bent))
out$value <- sprintf("%.17g", out$value)
write.csv(out, "logistic_more.csv", row.names = FALSE, quote = FALSE)
x <- d$charges
frames <- list(df4 = ns(x, df = 4), df1 = ns(x, df = 1), knots = ns(x, knots = c(40, 60, 90), Boundary.knots = c(20, 150)))
basis <- do.call(rbind, lapply(names(frames), function(n) data.frame(case = n, row = rep(seq_along(x) - 1, ncol(frames[[n]])), column = rep(seq_len(ncol(frames[[n]])) - 1, each = length(x)), value = sprintf("%.17g", as.numeric(frames[[n]])))))
new <- predict(frames$df4, c(-50, 0, 1000)); basis <- rbind(basis, data.frame(case = "df4_new", row = rep(0:2, 4), column = rep(0:3, each = 3), value = sprintf("%.17g", as.numeric(new))))
write.csv(basis, "splines.csv", row.names = FALSE, quote = FALSE)
