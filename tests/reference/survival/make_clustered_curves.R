# Limits of predicted survival when the model's variance is by cluster: Rscript make_clustered_curves.R in this folder.
suppressMessages({library(survival); library(jsonlite)})
d <- read.csv("data/lung_weighted.csv")
m <- coxph(Surv(time, status) ~ age + female + ph_ecog, d, cluster = site, control = coxph.control(eps = 1e-13, iter.max = 50))
profiles <- data.frame(age = c(50, 70), female = c(0, 1), ph_ecog = c(0, 2))
at <- c(100, 300, 600)
s <- summary(survfit(m, profiles), times = at)
rows <- function(x) unname(t(x))
write(toJSON(list(case = "cox_lung_cluster_curves", data = "data/lung_weighted.csv", call = "survfit(coxph(Surv(time, status) ~ age + female + ph_ecog, cluster = site), profiles)",
                  made_with = sprintf("R %s.%s, survival %s", R.version$major, R.version$minor, packageVersion("survival")),
                  values = list(names = names(profiles), profiles = profiles, time = at, survival = rows(s$surv), lower = rows(s$lower), upper = rows(s$upper))),
             digits = NA, auto_unbox = TRUE, pretty = 2), "cox_lung_cluster_curves.json")
