"""Is this model any good? Ranking measures, probability measures, calibration, profit.

Every function takes the outcome first and the score second, and `sample_weight` where rows count differently. Ties are handled exactly.
"""

from __future__ import annotations

from tenure.evaluate._effects import PartialDependence, partial_dependence
from tenure.evaluate._importance import permutation_importance
from tenure.evaluate._local_effects import LocalEffects, accumulated_local_effects
from tenure.evaluate._plots import plot_calibration, plot_gains, plot_profit, plot_roc
from tenure.evaluate._probability import brier, brier_decomposition, calibration_error, calibration_table, hosmer_lemeshow, log_loss
from tenure.evaluate._profit import best_threshold, confusion, expected_profit, h_measure, maximum_profit, mcc, profit_curve
from tenure.evaluate._ranking import AucComparison, Estimate, average_precision, compare_roc_auc, gains, ks, lift, roc_auc, roc_curve
from tenure.evaluate._reasons import reasons
from tenure.evaluate._report_card import bootstrap, report_card
from tenure.evaluate._shap import ShapValues, tree_shap
from tenure.evaluate._splits import TimeOrderedSplit
from tenure.evaluate._uplift import auuc, plot_uplift, qini_score, uplift_curve

__all__ = [
    "AucComparison",
    "Estimate",
    "LocalEffects",
    "PartialDependence",
    "ShapValues",
    "TimeOrderedSplit",
    "accumulated_local_effects",
    "auuc",
    "average_precision",
    "best_threshold",
    "bootstrap",
    "brier",
    "brier_decomposition",
    "calibration_error",
    "calibration_table",
    "compare_roc_auc",
    "confusion",
    "expected_profit",
    "gains",
    "h_measure",
    "hosmer_lemeshow",
    "ks",
    "lift",
    "log_loss",
    "maximum_profit",
    "mcc",
    "partial_dependence",
    "permutation_importance",
    "plot_calibration",
    "plot_gains",
    "plot_profit",
    "plot_roc",
    "plot_uplift",
    "profit_curve",
    "qini_score",
    "reasons",
    "report_card",
    "roc_auc",
    "roc_curve",
    "tree_shap",
    "uplift_curve",
]
