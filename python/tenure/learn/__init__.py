"""Models that predict who leaves."""

from __future__ import annotations

from tenure.learn._boosting import GradientBoostingClassifier
from tenure.learn._calibration import CalibratedClassifier, correct_prior
from tenure.learn._chaid import ChaidClassifier
from tenure.learn._forest import RandomForestClassifier
from tenure.learn._logistic import LogisticRegression, SeparationWarning
from tenure.learn._logistic_path import LogisticPath
from tenure.learn._terms import Terms
from tenure.learn._tree import DecisionTreeClassifier
from tenure.learn._uplift import UpliftForestClassifier

__all__ = [
    "CalibratedClassifier",
    "ChaidClassifier",
    "DecisionTreeClassifier",
    "GradientBoostingClassifier",
    "LogisticPath",
    "LogisticRegression",
    "RandomForestClassifier",
    "SeparationWarning",
    "Terms",
    "UpliftForestClassifier",
    "correct_prior",
]
