"""Models of a yes/no outcome."""

from tenure.learn._logistic import LogisticRegression, SeparationWarning

__all__ = [
    "LogisticRegression",
    "SeparationWarning",
]
