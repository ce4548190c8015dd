# Rscript make_coxnet.R   (from this folder)
# glmnet moves censored times behind the events of the same time by adding 100 * .Machine$double.eps, which is lost on times of a hundred and more:
# there its answer depends on the order of the rows (null deviance on gbsg2: 3492.349 as stored, 3492.767 after sorting). With the time divided by
# 1e4, which changes nothing else, the shift works and the answer is the same for every order. These cases replace the coxnet_*.json without "_scaled".
suppressMessages({library(survival); library(glmnet); library(jsonlite)})
num <- function(x) I(unname(as.numeric(x)))
case <- function(name, data, time, event, covs, alpha) {
  d <- read.csv(file.path("data", paste0(data, ".csv"))); X <- as.matrix(d[, covs]); y <- Surv(d[[time]] / 1e4, d[[event]])
  f <- glmnet(X, y, family="cox", alpha=alpha, nlambda=30, lambda.min.ratio=0.01, thresh=1e-14, maxit=1e7)
  m <- t(as.matrix(f$beta)); dimnames(m) <- NULL
  write(toJSON(list(case=name, data=paste0("data/", data, ".csv"), call=sprintf("glmnet(X, Surv(%s / 1e4, %s), family='cox', alpha=%g, nlambda=30, lambda.min.ratio=0.01, thresh=1e-14)", time, event, alpha),
    made_with=sprintf("%s, glmnet %s", R.version.string, packageVersion("glmnet")), values=list(names=I(covs), lambda=num(f$lambda), coef=m, dev_ratio=num(f$dev.ratio), nulldev=f$nulldev)),
    digits=NA, auto_unbox=TRUE, pretty=2, matrix="rowmajor"), paste0(name, ".json"))
}
case("coxnet_lasso_pbc_scaled", "pbc", "time", "death", c("trt2","age","female","edema","log_bili","log_albumin","log_protime","stage","ascites","hepato","spiders"), 1)
case("coxnet_enet_gbsg2_scaled", "gbsg2", "time", "cens", c("horTh","age","menostat","tsize","grade2","grade3","pnodes","progrec","estrec"), 0.5)
