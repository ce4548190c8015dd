"""Trees, forests, boosting, Shapley values and survival forests beside their fastest peers, on two threads.

python benchmarks/peers/trees.py [--quick] [task ...]     (tasks: see main)
"""

from __future__ import annotations

import pickle
import sys
import time
import warnings
from typing import Any

import numpy as np
from schedule import race
from sklearn.metrics import roc_auc_score

from tenure.evaluate import tree_shap
from tenure.learn import DecisionTreeClassifier, GradientBoostingClassifier, RandomForestClassifier
from tenure.survival import GradientBoostingSurvival, RandomSurvivalForest, concordance_index, outcome

warnings.filterwarnings("ignore")
COLUMNS = 28


def customers(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """28 numbers: months, charges, counts, few-valued columns, noise; interactions and waves in the risk."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, COLUMNS))
    X[:, 0] = np.floor(random.exponential(20, n)).clip(0, 72)
    X[:, 1] = np.round(20 + 100 * random.random(n), 2)
    X[:, 2] = random.poisson(2, n)
    for j in range(3, 10):
        X[:, j] = random.integers(0, 2 + j % 4, n)
    risk = -1.4 - 0.03 * (X[:, 0] - 20) + 0.012 * (X[:, 1] - 60) + 0.25 * (X[:, 2] - 2) + 0.5 * (X[:, 3] - 0.5) - 0.3 * (X[:, 4] == 1)
    risk += 0.4 * X[:, 10] * X[:, 11] + 0.5 * np.sin(2 * X[:, 12]) + 0.3 * X[:, 13] + 0.2 * X[:, 14]
    return X, (random.random(n) < 1 / (1 + np.exp(-risk))).astype(int)


def auc_on(X_new: np.ndarray, y_new: np.ndarray) -> Any:
    """A fitted model's AUC on new rows: no exact equality is to be expected of different trees, equal quality is."""

    def answer(model: Any) -> float:
        if type(model).__module__.startswith(("lightgbm", "xgboost")):
            model.set_params(n_jobs=2)
        return roc_auc_score(y_new, model.predict_proba(X_new)[:, 1])

    return answer


def binned_tree(n: int, rounds: int) -> None:
    from snapml import DecisionTreeClassifier as Snap

    X, y = customers(n, 1)
    race(
        f"one tree of depth 8, {n} x {COLUMNS}",
        {
            "tenure": lambda: DecisionTreeClassifier(max_depth=8, search="binned", n_jobs=2).fit(X, y),
            "snapml histogram": lambda: Snap(max_depth=8, use_histograms=True, n_jobs=2).fit(X.astype(np.float32), y),
        },
        answer=auc_on(*customers(20_000, 2)),
        tolerance=0.01,
        rounds=rounds,
        wanted=2,
    )


def exact_tree(n: int, rounds: int) -> None:
    from sklearn.tree import DecisionTreeClassifier as Sklearn
    from snapml import DecisionTreeClassifier as Snap

    X, y = customers(n, 3)
    race(
        f"one exact tree, fully grown, {n} x {COLUMNS}",
        {
            "tenure": lambda: DecisionTreeClassifier(search="exact", n_jobs=2).fit(X, y),
            "snapml": lambda: Snap(max_depth=None, use_histograms=False, n_jobs=2).fit(X.astype(np.float32), y),
            "scikit-learn": lambda: Sklearn().fit(X, y),
        },
        answer=auc_on(*customers(20_000, 2)),
        tolerance=0.02,
        rounds=rounds,
        wanted=1.5,
    )


def forests(n: int, rounds: int, slow: bool = True) -> None:
    """`slow`: also the peers that are known to be behind."""
    from lightgbm import LGBMClassifier
    from sklearnex.ensemble import RandomForestClassifier as Intel
    from xgboost import XGBRFClassifier

    X, y = customers(n, 4)
    bagging = {"boosting_type": "rf", "subsample": 0.632, "subsample_freq": 1, "colsample_bynode": 5 / COLUMNS, "num_leaves": 1023, "min_child_samples": 1}
    depth = {"max_depth": 18, "subsample": 0.632, "colsample_bynode": 5 / COLUMNS, "reg_lambda": 0}
    contenders = {
        "tenure": lambda: RandomForestClassifier(min_samples_leaf=1, random_state=0, n_jobs=2).fit(X, y),
        "scikit-learn-intelex": lambda: Intel(100, random_state=0, n_jobs=2).fit(X, y),
        "LightGBM rf (1,023 leaves)": lambda: LGBMClassifier(n_estimators=100, verbose=-1, n_jobs=2, **bagging).fit(X, y),
    }
    if slow:
        contenders["XGBoost rf (depth 18)"] = lambda: XGBRFClassifier(n_estimators=100, n_jobs=2, **depth).fit(X, y)
    race(
        f"random forest of 100 full trees, {n} x {COLUMNS}",
        contenders,
        answer=auc_on(*customers(50_000, 5)),
        tolerance=0.03,
        rounds=rounds,
        wanted=3,
    )


def prediction(n: int, rounds: int) -> None:
    from sklearn.ensemble import RandomForestClassifier as Sklearn
    from sklearnex.ensemble import RandomForestClassifier as Intel

    X, y = customers(n, 4)
    X_new, y_new = customers(100_000, 5)
    ours = RandomForestClassifier(min_samples_leaf=1, random_state=0, n_jobs=2).fit(X, y)
    theirs, intel = Sklearn(100, random_state=0, n_jobs=2).fit(X, y), Intel(100, random_state=0, n_jobs=2).fit(X, y)
    race(
        f"prediction of 100,000 rows, forest of {n} rows",
        {"tenure": lambda: ours.predict_proba(X_new)[:, 1], "scikit-learn-intelex": lambda: intel.predict_proba(X_new)[:, 1]},
        answer=lambda p: roc_auc_score(y_new, p),
        tolerance=0.03,
        rounds=rounds + 2,
        wanted=3,
    )
    size, pickled = len(ours.to_bytes()) / 1e6, len(pickle.dumps(theirs)) / 1e6
    print(f"model file: {size:.1f} MB; scikit-learn's pickle: {pickled:.1f} MB, {pickled / size:.1f} times as large (asked: 5)")


def boosting(n: int, trees: int, rounds: int) -> None:
    from lightgbm import LGBMClassifier
    from sklearn.ensemble import HistGradientBoostingClassifier
    from xgboost import XGBClassifier

    X, y = customers(n, 6)
    same = {"n_estimators": trees, "learning_rate": 0.1}
    race(
        f"boosting, {trees} rounds of 31 leaves, {n} x {COLUMNS}",
        {
            "tenure": lambda: GradientBoostingClassifier(**same, max_leaf_nodes=31, subsample=1.0, max_features=1.0, n_jobs=2).fit(X, y),
            "LightGBM": lambda: LGBMClassifier(**same, num_leaves=31, verbose=-1, n_jobs=2).fit(X, y),
            "XGBoost": lambda: XGBClassifier(**same, max_leaves=31, max_depth=0, grow_policy="lossguide", tree_method="hist", n_jobs=2).fit(X, y),
            "scikit-learn": lambda: HistGradientBoostingClassifier(max_iter=trees, early_stopping=False).fit(X, y),
        },
        answer=auc_on(*customers(50_000, 7)),
        tolerance=0.005,
        rounds=rounds,
        wanted=1.3,
    )


def shap_trees(forest: RandomForestClassifier) -> dict[str, Any]:
    """A forest of numeric columns without missing values in the form that shap reads."""
    trees = []
    for number in range(forest.n_estimators):
        node = forest.nodes(number)
        leaf = node["leaf"].to_numpy()
        trees.append(
            {
                "children_left": np.where(leaf, -1, node["left"]),
                "children_right": np.where(leaf, -1, node["right"]),
                "children_default": np.where(leaf, -1, node["right"]),
                "features": np.where(leaf, 0, node["feature"]),
                "thresholds": np.where(leaf, 0.0, node["threshold"]),
                "values": node["value"].to_numpy()[:, None] / forest.n_estimators,
                "node_sample_weight": node["weight"].to_numpy(),
            }
        )
    return {"trees": trees}


def shapley(n: int, rounds: int) -> None:
    import shap
    import xgboost
    from catboost import CatBoostClassifier, Pool
    from lightgbm import LGBMClassifier

    X, y = customers(n, 8)
    rows = X[:1000]
    forest = RandomForestClassifier(max_depth=8, min_samples_leaf=1, random_state=0, n_jobs=2).fit(X, y)
    explainer = shap.TreeExplainer(shap_trees(forest), feature_perturbation="tree_path_dependent")
    race(
        "Shapley values of 1,000 rows, the same 100 trees of depth 8",
        {"tenure": lambda: tree_shap(forest, rows).values, "shap": lambda: explainer.shap_values(rows, check_additivity=False)},
        tolerance=1e-6,
        rounds=1,
        wanted=4,
    )
    light = LGBMClassifier(n_estimators=100, num_leaves=256, max_depth=8, verbose=-1, n_jobs=2).fit(X, y)
    boosted = xgboost.XGBClassifier(n_estimators=100, max_depth=8, n_jobs=2).fit(X, y).get_booster()
    cat = CatBoostClassifier(n_estimators=100, max_depth=8, verbose=False, thread_count=2).fit(X, y)
    matrix, pool = xgboost.DMatrix(rows), Pool(rows)
    scores = [forest.predict_proba(rows)[:, 1], light.predict(rows, raw_score=True), boosted.predict(matrix, output_margin=True)]
    scores.append(cat.predict(pool, prediction_type="RawFormulaVal"))
    asked = {"tenure": 0, "LightGBM": 1, "XGBoost": 2, "CatBoost": 3}

    def ours() -> np.ndarray:
        found = tree_shap(forest, rows)
        return np.column_stack([found.values, np.full(len(rows), found.base)])

    def off_by(result: tuple[str, np.ndarray]) -> float:
        """1 + how far the values and the base are from adding up to the model's own score: models differ, this must hold for each."""
        name, values = result
        return 1 + float(np.abs(values.sum(axis=1) - scores[asked[name]]).max())

    race(
        "Shapley values of 1,000 rows, 100 trees of depth 8",
        {
            "tenure": lambda: ("tenure", ours()),
            "LightGBM": lambda: ("LightGBM", light.predict(rows, pred_contrib=True)),
            "XGBoost": lambda: ("XGBoost", boosted.predict(matrix, pred_contribs=True)),
            "CatBoost": lambda: ("CatBoost", cat.get_feature_importance(pool, type="ShapValues", thread_count=2)),
        },
        answer=off_by,
        tolerance=1e-3,
        rounds=rounds,
        wanted=4,
    )


def single_row(n: int) -> None:
    X, y = customers(n, 9)
    forest = RandomForestClassifier(max_depth=8, min_samples_leaf=1, random_state=0).fit(X, y)
    row, best = X[:1].copy(), float("inf")
    for _ in range(2000):
        start = time.perf_counter()
        forest.predict_proba(row)
        best = min(best, time.perf_counter() - start)
    print(f"one row from Python, 100 trees of depth 8: {1e6 * best:.1f} us (asked: 30)")


def survival(n: int, rounds: int) -> None:
    from sksurv.ensemble import RandomSurvivalForest as Theirs

    random = np.random.default_rng(10)
    X = random.normal(size=(n, 20))
    stay, seen = random.exponential(20 * np.exp(-0.5 * X[:, 0] - 0.4 * X[:, 1] * X[:, 2])), random.uniform(0, 60, n)
    y = outcome(np.ceil(np.minimum(stay, seen)), stay <= seen)
    race(
        f"survival forest of 100 trees with out-of-bag concordance, {n} x 20",
        {
            "tenure": lambda: RandomSurvivalForest(min_samples_leaf=5, oob_score=True, random_state=0, n_jobs=2).fit(X, y),
            "scikit-survival": lambda: Theirs(100, oob_score=True, random_state=0, n_jobs=2).fit(X, y[["event", "time"]]),
        },
        answer=lambda forest: forest.oob_score_,
        tolerance=0.02,
        rounds=rounds,
        wanted=20,
    )


def survival_boosting(n: int, rounds: int) -> None:
    """Cox's loss with the same number of trees of 8 leaves at the same rate; judged by concordance on new rows."""
    import xgboost
    from sksurv.ensemble import GradientBoostingSurvivalAnalysis

    def simulated(seed: int) -> tuple[np.ndarray, np.ndarray]:
        random = np.random.default_rng(seed)
        X = random.normal(size=(n, 20))
        stay, seen = random.exponential(20 * np.exp(-0.5 * X[:, 0] - 0.4 * X[:, 1] * X[:, 2])), random.uniform(0, 60, n)
        return X, outcome(np.ceil(np.minimum(stay, seen)), stay <= seen)

    (X, y), (X_new, y_new) = simulated(12), simulated(13)
    ours = GradientBoostingSurvival(n_estimators=100, learning_rate=0.1, subsample=1.0, max_features=1.0, n_jobs=2)
    theirs = GradientBoostingSurvivalAnalysis(n_estimators=100, learning_rate=0.1, max_leaf_nodes=8, min_samples_leaf=20, random_state=0)
    third = {"objective": "survival:cox", "max_leaves": 8, "grow_policy": "lossguide", "max_depth": 0, "eta": 0.1, "lambda": 1, "nthread": 2}
    contenders: dict[str, Any] = {
        "tenure": lambda: ours.fit(X, y),
        "xgboost": lambda: xgboost.train(third, xgboost.DMatrix(X, np.where(y["event"], y["time"], -y["time"])), 100),
    }
    if n <= 2000:  # exact trees: half a minute on 5,000 rows
        contenders["scikit-survival"] = lambda: theirs.fit(X, y[["event", "time"]])
    race(
        f"survival boosting of 100 trees of 8 leaves, Cox, {n} x 20",
        contenders,
        answer=lambda model: concordance_index(y_new, model.predict(xgboost.DMatrix(X_new) if isinstance(model, xgboost.Booster) else X_new)),
        tolerance=0.01,
        rounds=rounds,
        wanted=1,
    )


def growth(sizes: list[int]) -> None:
    """Nanoseconds a row and tree, from the difference of two numbers of trees: what is done once a table does not count."""
    models = {
        "boosting, 31 leaves": lambda k: GradientBoostingClassifier(n_estimators=k, max_leaf_nodes=31, subsample=1.0, max_features=1.0, n_jobs=2),
        "forest, depth 8": lambda k: RandomForestClassifier(n_estimators=k, max_depth=8, min_samples_leaf=1, random_state=0, n_jobs=2),
    }
    for n in sizes:
        X, y = customers(n, 11)
        X = X.astype(np.float32)
        more = max(2, min(64, 10_000_000 // n // 2 * 2))
        costs = []
        for name, model in models.items():
            times = []
            for trees in (2, 2 + more):
                start = time.perf_counter()
                model(trees).fit(X, y)
                times.append(time.perf_counter() - start)
            costs.append(f"{name} {1e9 * (times[1] - times[0]) / n / more:.1f}")
        print(f"growth, {n} rows, ns a row and tree: " + "; ".join(costs), flush=True)
        del X, y


def main() -> None:
    quick = "--quick" in sys.argv
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")]
    rounds = 1 if quick else 3
    jobs = {
        "tree": lambda: binned_tree(100_000 if quick else 1_000_000, rounds),
        "exact": lambda: exact_tree(20_000 if quick else 100_000, rounds),
        "forest": lambda: forests(20_000 if quick else 100_000, 1),
        "forest-large": lambda: forests(100_000 if quick else 1_000_000, 1, slow=False),
        "predict": lambda: prediction(20_000 if quick else 100_000, rounds),
        "boosting": lambda: boosting(50_000 if quick else 1_000_000, 50 if quick else 200, 1),
        "shap": lambda: shapley(20_000 if quick else 100_000, rounds),
        "row": lambda: single_row(20_000),
        "survival": lambda: survival(1500 if quick else 5000, rounds),
        "survival-large": lambda: survival(3000 if quick else 20_000, 1),
        "survival-boosting": lambda: survival_boosting(1500 if quick else 5000, rounds),
        "growth": lambda: growth([10_000, 100_000] if quick else [10_000, 100_000, 1_000_000, 10_000_000]),
    }
    unknown = [name for name in wanted if name not in jobs]
    if unknown:
        sys.exit(f"no task {unknown[0]!r}; there are {', '.join(jobs)}")
    for name, job in jobs.items():
        if not wanted or name in wanted:
            job()


if __name__ == "__main__":
    main()
