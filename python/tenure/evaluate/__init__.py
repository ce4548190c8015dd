"""Is this model any good? Ranking measures, probability measures, calibration, profit.

Every function takes the outcome first and the score second, and `sample_weight` where rows count differently. Ties are handled exactly.
"""

from tenure.evaluate._probability import brier, brier_decomposition, calibration_table, log_loss
from tenure.evaluate._ranking import AucComparison, Estimate, average_precision, compare_roc_auc, gains, ks, lift, roc_auc, roc_curve
from tenure.evaluate._shap import ShapValues, tree_shap

__all__ = [
    "AucComparison",
    "Estimate",
    "ShapValues",
    "average_precision",
    "brier",
    "brier_decomposition",
    "calibration_table",
    "compare_roc_auc",
    "gains",
    "ks",
    "lift",
    "log_loss",
    "roc_auc",
    "roc_curve",
    "tree_shap",
]
