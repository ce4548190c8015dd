# Rscript make_episodes.R   (from this folder)
# Time-varying covariates: the heart-transplant and the sequential PBC data cut by tmerge, and coxph on the result.
# RMST: areas under survfit's curves with Greenwood's variance, differences and ratios as survRM2 defines them.
suppressMessages({library(survival); library(jsonlite)})
num <- function(x) I(unname(as.numeric(x)))
out <- list()
fit <- function(m, formula) { f <- coxph(formula, m, ties = "efron"); r <- coxph(formula, m, ties = "efron", cluster = id)
  list(names = I(names(coef(f))), coef = num(coef(f)), se = num(sqrt(diag(vcov(f)))), robust_se = num(sqrt(diag(vcov(r)))), loglik = num(f$loglik)) }
base <- transform(jasa, id = seq_len(nrow(jasa)), time = pmax(0.5, fu.date - accept.dt), tx = as.numeric(tx.date - accept.dt))
base$age <- round(base$age - 48, 6)
base$tx[!is.na(base$tx) & base$tx == base$time] <- base$tx[!is.na(base$tx) & base$tx == base$time] - 0.5
base <- data.frame(id = base$id, time = as.numeric(base$time), status = base$fustat, age = base$age, surgery = base$surgery, tx = base$tx)
m <- tmerge(base[, c("id", "age", "surgery")], base, id = id, death = event(time, status), transplant = tdc(tx))
out$heart <- c(list(start = num(m$tstart), stop = num(m$tstop), id = num(m$id), transplant = num(m$transplant)), fit(m, Surv(tstart, tstop, death) ~ age + surgery + transplant))
write.csv(base[, c("id", "time", "status", "age", "surgery")], "data/tv_heart_base.csv", row.names = FALSE)
write.csv(data.frame(id = base$id, time = base$tx, transplant = 1)[!is.na(base$tx), ], "data/tv_heart_changes.csv", row.names = FALSE)
p <- pbcseq[pbcseq$day < pbcseq$futime, ]
first <- p[!duplicated(p$id), ]; first <- data.frame(id = first$id, time = first$futime, status = as.numeric(first$status == 2), age = round(first$age, 4), edema = first$edema)
changes <- data.frame(id = p$id, time = p$day, log_bili = round(log(p$bili), 6), albumin = p$albumin, platelet = p$platelet)
changes$albumin[seq(7, nrow(changes), 11)] <- NA             # not measured at that visit: as before
changes$albumin[!duplicated(changes$id)] <- p$albumin[!duplicated(p$id)]
m <- tmerge(first[, c("id", "age")], first, id = id, death = event(time, status))
m <- tmerge(m, changes, id = id, log_bili = tdc(time, log_bili), albumin = tdc(time, albumin))
out$pbc <- c(list(start = num(m$tstart), stop = num(m$tstop), id = num(m$id), log_bili = num(m$log_bili), albumin = num(m$albumin)),
             fit(m, Surv(tstart, tstop, death) ~ age + log_bili + albumin))
write.csv(first[, c("id", "time", "status", "age")], "data/tv_pbc_base.csv", row.names = FALSE)
write.csv(changes[, c("id", "time", "log_bili", "albumin")], "data/tv_pbc_changes.csv", row.names = FALSE, na = "")
write(toJSON(list(case = "time_varying", data = "data/tv_heart_base.csv", call = "tmerge(..., tdc()), coxph(Surv(tstart, tstop, death) ~ ., ties = 'efron')",
  made_with = sprintf("%s, survival %s", R.version.string, packageVersion("survival")), values = out), digits = NA, auto_unbox = TRUE), "time_varying.json")

area <- function(time, status, w, tau) {
  f <- survfit(Surv(time, status) ~ 1, weights = w); k <- f$time < tau
  grid <- c(0, f$time[k], tau); s <- c(1, f$surv[k]); rest <- rev(cumsum(rev(diff(grid) * s)))   # area from each step on
  n <- f$n.risk[k]; d <- f$n.event[k]
  list(mean = rest[1], var = sum(ifelse(d > 0 & n > d, rest[-1]^2 * d / (n * (n - d)), 0)))
}
contrast <- function(d, time, status, group, w, tau) {
  g <- sort(unique(d[[group]])); a <- lapply(g, function(v) { k <- d[[group]] == v; area(d[[time]][k], d[[status]][k], w[k], tau) })
  m <- sapply(a, `[[`, "mean"); v <- sapply(a, `[[`, "var"); diff <- m[-1] - m[1]; V <- diag(v[-1], length(v) - 1) + v[1]
  se <- sqrt(v[-1] + v[1]); lse <- sqrt(v[-1] / m[-1]^2 + v[1] / m[1]^2); q <- qnorm(0.975); stat <- sum(diff * solve(V, diff))
  list(groups = I(as.character(g)), tau = tau, rmst = num(m), se = num(sqrt(v)), difference = num(diff), difference_se = num(se), lower = num(diff - q * se), upper = num(diff + q * se),
       p = num(2 * pnorm(-abs(diff / se))), ratio = num(m[-1] / m[1]), ratio_lower = num(m[-1] / m[1] * exp(-q * lse)), ratio_upper = num(m[-1] / m[1] * exp(q * lse)),
       ratio_p = num(2 * pnorm(-abs(log(m[-1] / m[1]) / lse))), statistic = stat, p_all = pchisq(stat, length(diff), lower.tail = FALSE))
}
lung <- read.csv("data/lung.csv"); veteran <- read.csv("data/veteran.csv"); weighted <- read.csv("data/lung_weighted.csv")
r <- list(lung_female = contrast(lung, "time", "status", "female", rep(1, nrow(lung)), 500),
          veteran_celltype = contrast(veteran, "time", "status", "celltype", rep(1, nrow(veteran)), 150),
          lung_female_weighted = contrast(weighted, "time", "status", "female", weighted$w, 400))
write(toJSON(list(case = "rmst_difference", data = "data/lung.csv", call = "areas under survfit()", made_with = sprintf("%s, survival %s", R.version.string, packageVersion("survival")),
  values = r), digits = NA, auto_unbox = TRUE, pretty = 2), "rmst_difference.json")
