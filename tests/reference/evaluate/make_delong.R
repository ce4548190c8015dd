# Makes delong.csv: 120 rows with ties and R pROC's AUC, interval-free standard error and paired test.   Rscript make_delong.R
suppressMessages(library(pROC))
set.seed(5)
n <- 120
y <- rbinom(n, 1, 0.35)
a <- round(y + rnorm(n, 0, 1.2), 1)
b <- round(0.6 * y + 0.5 * a + rnorm(n, 0, 0.8), 1)
ra <- roc(y, a, direction = "<", quiet = TRUE)
rb <- roc(y, b, direction = "<", quiet = TRUE)
t <- roc.test(ra, rb, method = "delong", paired = TRUE)
head <- sprintf("# auc_a %.17g se_a %.17g auc_b %.17g se_b %.17g z %.17g p %.17g", auc(ra), sqrt(var(ra)), auc(rb), sqrt(var(rb)), t$statistic, t$p.value)
writeLines(c(head, "y,a,b", sprintf("%d,%.1f,%.1f", y, a, b)), "delong.csv")
