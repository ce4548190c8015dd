# R 4.2, survival 3.5: the chance to return after a silence, from purchases. Rscript make_rates.R   writes purchases.csv, return_curve.csv, retention.csv
library(survival)
set.seed(11)
number <- function(x) format(x, digits = 16, scientific = TRUE)
events <- do.call(rbind, lapply(1:150, function(id) {
  days <- sample(0:120, 1) + cumsum(c(0, ceiling(rexp(sample(0:12, 1), 1 / sample(c(5, 15, 40), 1)))))
  data.frame(customer = id, day = days[days <= 300])
}))
as_of <- 300
write.csv(events[sample(nrow(events)), ], "purchases.csv", row.names = FALSE, quote = FALSE)
silences <- do.call(rbind, lapply(split(unique(events)$day, unique(events)$customer), function(d) {
  d <- sort(d)
  data.frame(length = c(diff(d), as_of - max(d)), back = c(rep(1, length(d) - 1), 0))
}))
rows <- lapply(c(0, 5, 10, 20, 30, 60, 90), function(d) {
  long <- silences[silences$length > d | (silences$length >= d & silences$back == 0), ]
  fit <- survfit(Surv(length, back) ~ 1, data = long[long$length > 0 | d == 0, ], conf.type = "log-log")
  last <- length(fit$time)
  within <- summary(fit, times = d + 30, extend = TRUE)
  data.frame(silent_days = d, silences = nrow(long), returned = sum(long$back), probability = number(1 - fit$surv[last]), lower = number(1 - fit$upper[last]), upper = number(1 - fit$lower[last]),
    within_30 = number(1 - within$surv))
})
write.csv(do.call(rbind, rows), "return_curve.csv", row.names = FALSE, quote = FALSE)

# Retention by months of 30 days after the first purchase, by quarter-like cohorts of 30 days: plain counting, cell by cell.
first <- tapply(events$day, events$customer, min)
cells <- expand.grid(k = 0:8, kind = c("on", "on_or_after"))
cells$eligible <- sapply(cells$k, function(k) sum(first + (k + 1) * 30 <= as_of + 1))
cells$retained <- mapply(function(k, kind) sum(sapply(names(first), function(id) {
  b <- (events$day[events$customer == id] - first[[id]]) %/% 30
  first[[id]] + (k + 1) * 30 <= as_of + 1 && if (kind == "on") any(b == k) else any(b >= k)
})), cells$k, cells$kind)
write.csv(cells, "retention.csv", row.names = FALSE, quote = FALSE)
