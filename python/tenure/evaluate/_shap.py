"""Why does the model say so? Exact Shapley values of tree models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure._frames import frame_like

# Of a boosted model: what its score is, and the direction in which it means risk.
ACCELERATED = ("log-time", -1.0)
SCALES = {"log-odds": ("log-odds", 1.0), "cox": ("log-hazard", 1.0), "weibull": ACCELERATED, "lognormal": ACCELERATED, "loglogistic": ACCELERATED}


@dataclass(frozen=True)
class ShapValues:
    """Shapley values: `base` + the sum of a row of `values` is the row's score.

    Attributes
    ----------
    values : array, rows x columns
    base : float
        The score that is expected when nothing is known of a customer.
    columns : list of str
    scale : {"probability", "log-odds", "log-hazard", "log-time", "mortality"}
    """

    values: np.ndarray
    base: float
    columns: list[str]
    scale: str

    def table(self, like: Any = None) -> Any:
        """The values as a frame of the kind of `like`, one column a feature."""
        return frame_like({name: self.values[:, j] for j, name in enumerate(self.columns)}, like)

    def importance(self, like: Any = None) -> Any:
        """Mean absolute value of each column, largest first."""
        size = np.abs(self.values).mean(axis=0)
        order = np.argsort(-size, kind="stable")
        return frame_like({"column": [self.columns[j] for j in order], "mean_abs_shap": size[order]}, like)


def tree_shap(model: Any, X: Any, *, background: Any = None) -> ShapValues:
    """Exact Shapley values of a fitted tree, forest or boosted model, for the second class, or of the risk that a survival model predicts.

    Without `background` what is unknown of a row follows the training rows down the branches (path-dependent); with it, unknown values
    are taken from the background rows in turn (interventional). Trees and forests are explained in probabilities (survival forests in mortality),
    boosted models in log-odds, log hazard or minus log time. O(nodes x depth / 2) a row, or O(nodes x background rows).

    Parameters
    ----------
    model : DecisionTreeClassifier, ChaidClassifier, RandomForestClassifier, GradientBoostingClassifier, RandomSurvivalForest or
        GradientBoostingSurvival
    X : table as for `predict`
    background : table as for `predict`, or None

    Returns
    -------
    ShapValues

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.evaluate import tree_shap
    >>> from tenure.learn import DecisionTreeClassifier
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
    >>> tree = DecisionTreeClassifier().fit(X, [0, 0, 1, 1])
    >>> values = tree_shap(tree, X)
    >>> values.base, values.values[:, 0].tolist()
    (0.5, [-0.5, -0.5, 0.5, 0.5])
    """
    check_is_fitted(model)
    engine: Any = getattr(model, "model_", None)
    if not hasattr(engine, "shap"):
        raise TypeError(f"tree_shap explains this library's tree models, not a {type(model).__name__}")
    table = model._table(X, reset=False)
    other = None if background is None else model._table(background, reset=False)
    values, base = engine.shap(table, other, threads=model._threads())
    names = [str(name) for name in getattr(model, "feature_names_in_", [f"x{j}" for j in range(model.n_features_in_)])]
    if hasattr(engine, "base"):
        scale, sign = SCALES[getattr(engine, "loss", "log-odds")]
        return ShapValues(sign * values, sign * (base + engine.base), names, scale)
    scale = "mortality" if hasattr(engine, "times") else "probability"
    return ShapValues(values / engine.n_trees, base / engine.n_trees, names, scale)
