# Rscript make_pruning.R: cross-validated cost-complexity pruning of R rpart on a fixed table and fixed folds.
# method "anova" of a 0/1 outcome: splits and risks are those of Gini, up to a factor of two; errors are squared errors of the probability.
library(rpart)
set.seed(19)
n <- 800
d <- data.frame(a = rnorm(n), b = runif(n), c = sample(0:5, n, TRUE), d = rexp(n))
d$y <- as.integer(runif(n) < plogis(1.5 * d$a * (d$c > 2) + 2 * (d$b > 0.6) - 1))
fold <- sample(rep(1:8, length.out = n))
d[c("a", "b", "d")] <- lapply(d[c("a", "b", "d")], signif, 7)
write.csv(cbind(d, fold), "pruning_rows.csv", row.names = FALSE, quote = FALSE)
fit <- rpart(y ~ ., d, method = "anova", control = rpart.control(cp = 0, minsplit = 50, minbucket = 25, maxcompete = 0, maxsurrogate = 0, usesurrogate = 0, xval = fold))
p <- mean(d$y)
root <- p * (1 - p)                       # mean squared error of the root
t <- as.data.frame(fit$cptable)
out <- data.frame(alpha = 2 * t$CP * root, leaves = t$nsplit + 1, impurity = 2 * t$`rel error` * root, error = t$xerror * root, std_error = t$xstd * root)
write.csv(format(out, digits = 15), "pruning.csv", row.names = FALSE, quote = FALSE)
