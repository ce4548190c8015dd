# R 4.2: proportion intervals, Garwood intervals, tests of two proportions, p-value adjustment.
# Rscript make_proportions.R   writes proportions.csv, poisson.csv, two_proportions.csv, adjusted.csv beside it.
number <- function(x) format(x, digits = 16, scientific = TRUE)
rows <- list()
add <- function(method, x, n, level, ci) rows[[length(rows) + 1]] <<- data.frame(method = method, x = x, n = n, level = level, lower = number(ci[1]), upper = number(ci[2]))
for (case in list(c(0, 20), c(1, 10), c(7, 50), c(81, 263), c(15, 15), c(100, 1000), c(531, 10000))) for (level in c(.9, .95, .99)) {
  x <- case[1]; n <- case[2]; a <- 1 - level; z <- qnorm(1 - a / 2); p <- x / n; m <- n + z^2; q <- (x + z^2 / 2) / m
  add("wilson", x, n, level, prop.test(x, n, conf.level = level, correct = FALSE)$conf.int)
  add("wilson_continuity", x, n, level, prop.test(x, n, conf.level = level)$conf.int)
  add("clopper_pearson", x, n, level, binom.test(x, n, conf.level = level)$conf.int)
  add("jeffreys", x, n, level, c(if (x == 0) 0 else qbeta(a / 2, x + .5, n - x + .5), if (x == n) 1 else qbeta(1 - a / 2, x + .5, n - x + .5)))
  add("jeffreys_unmodified", x, n, level, qbeta(c(a / 2, 1 - a / 2), x + .5, n - x + .5))
  add("agresti_coull", x, n, level, q + c(-1, 1) * z * sqrt(q * (1 - q) / m))
  add("wald", x, n, level, p + c(-1, 1) * z * sqrt(p * (1 - p) / n))
}
write.csv(do.call(rbind, rows), "proportions.csv", row.names = FALSE, quote = FALSE)

rows <- list()
for (x in c(0, 1, 7, 62, 200, 12345)) for (level in c(.9, .95, .99)) { ci <- poisson.test(x, T = 1000, conf.level = level)$conf.int
  rows[[length(rows) + 1]] <- data.frame(x = x, exposure = 1000, level = level, lower = number(ci[1]), upper = number(ci[2])) }
write.csv(do.call(rbind, rows), "poisson.csv", row.names = FALSE, quote = FALSE)

rows <- list()
score <- function(x, n, z) { p <- x / n; (p + z^2 / (2 * n) + c(-1, 1) * z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))) / (1 + z^2 / n) }
for (case in list(c(58, 195, 45, 225), c(3, 8, 100, 1000), c(0, 12, 5, 40), c(200, 1000, 150, 1200), c(9, 10, 40, 41))) {
  x <- case[c(1, 3)]; n <- case[c(2, 4)]; p <- x / n; z <- qnorm(.975); a <- score(x[1], n[1], z); b <- score(x[2], n[2], z); d <- p[1] - p[2]
  table <- rbind(x, n - x); expected <- outer(rowSums(table), colSums(table)) / sum(table)
  p_value <- if (min(expected) < 5) fisher.test(table)$p.value else chisq.test(table, correct = FALSE)$p.value
  ratio <- if (min(x) == 0) c(0, Inf) else exp(log(p[1] / p[2]) + c(-1, 1) * z * sqrt(sum((1 - p) / x)))
  rows[[length(rows) + 1]] <- data.frame(x1 = x[1], n1 = n[1], x2 = x[2], n2 = n[2], lower = number(d - sqrt((p[1] - a[1])^2 + (b[2] - p[2])^2)), upper = number(d + sqrt((a[2] - p[1])^2 + (p[2] - b[1])^2)),
    ratio_lower = number(ratio[1]), ratio_upper = number(ratio[2]), p_value = number(p_value))
}
write.csv(do.call(rbind, rows), "two_proportions.csv", row.names = FALSE, quote = FALSE)

p <- c(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0, 0.0278)
columns <- c(list(p = number(p)), lapply(c(bonferroni = "bonferroni", holm = "holm", hochberg = "hochberg", hommel = "hommel", bh = "BH", by = "BY"), function(m) number(p.adjust(p, m))))
write.csv(as.data.frame(columns), "adjusted.csv", row.names = FALSE, quote = FALSE)
