# Makes logistic_rows.csv (300 rows with every kind of column) and logistic_results.csv (case,quantity,index,value).
# Rscript make_logistic.R          needs the package sandwich
suppressMessages(library(sandwich))
set.seed(11)
n <- 300
d <- data.frame(age = round(rnorm(n, 45, 12), 1), charges = round(rgamma(n, 3, 0.05), 2), calls = rpois(n, 2), plan = sample(0:2, n, TRUE), weight = sample(0:4, n, TRUE),
                offset = round(rnorm(n, 0, 0.3), 3), cluster = sample(1:40, n, TRUE))
eta <- -2 + 0.02 * (d$charges - 60) + 0.35 * d$calls - 0.01 * (d$age - 45) + c(0, 0.7, -0.5)[d$plan + 1] + rnorm(40, 0, 0.5)[d$cluster]
d$y <- as.integer(runif(n) < plogis(eta))
write.csv(d, "logistic_rows.csv", row.names = FALSE, quote = FALSE)
out <- data.frame()
keep <- function(case, quantity, value) out <<- rbind(out, data.frame(case = case, quantity = quantity, index = seq_along(value) - 1, value = as.numeric(value)))
control <- glm.control(epsilon = 1e-15, maxit = 100)
form <- y ~ age + charges + calls + factor(plan)
fits <- list(plain = glm(form, binomial, d, control = control), weighted = suppressWarnings(glm(form, binomial, d, weights = weight, control = control)),
             offset = glm(form, binomial, d, offset = offset, control = control), through_origin = glm(y ~ 0 + age + charges + calls, binomial, d, control = control))
for (k in names(fits)) {
  # once more from the solution: glm's standard errors belong to the iterate before the last
  f <- fits[[k]] <- suppressWarnings(update(fits[[k]], start = coef(fits[[k]])))
  s <- summary(f)$coefficients
  keep(k, "coef", s[, 1]); keep(k, "std_error", s[, 2]); keep(k, "p_value", s[, 4])
  keep(k, "deviance", f$deviance); keep(k, "aic", f$aic); keep(k, "covariance", vcov(f))
  keep(k, "null_deviance", if (k == "through_origin") -2 * sum(log(0.5)) * n else if (k == "offset") glm(y ~ 1 + offset(offset), binomial, d, control = control)$deviance else f$null.deviance)
}
f <- fits$plain
keep("plain", "hc0", sqrt(diag(sandwich(f)))); keep("plain", "hc1", sqrt(diag(vcovHC(f, "HC1")))); keep("plain", "cluster", sqrt(diag(vcovCL(f, d$cluster, type = "HC0"))))
# sandwich() divides by all rows but counts only those of positive weight in its other factor, so zero weights are dropped first
keep("weighted", "hc0", sqrt(diag(sandwich(suppressWarnings(glm(form, binomial, d[d$weight > 0, ], weights = weight, control = control))))))
smaller <- update(f, . ~ . - factor(plan), start = NULL)
test <- anova(smaller, f, test = "LRT")
keep("plain", "lr_plan", c(test$Deviance[2], test$Df[2], test$`Pr(>Chi)`[2]))
b <- coef(f)[5:6]; v <- vcov(f)[5:6, 5:6]
keep("plain", "wald_plan", c(sum(b * solve(v, b)), 2, pchisq(sum(b * solve(v, b)), 2, lower.tail = FALSE)))
out$value <- sprintf("%.17g", out$value)
write.csv(out, "logistic_results.csv", row.names = FALSE, quote = FALSE)
