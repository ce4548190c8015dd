"""Example data: a real table of 7,043 telephone customers, and simulated customer bases of any size whose truth is known."""

from tenure.datasets._simulate import Truth, make_churn
from tenure.datasets._telco import load_telco

__all__ = ["Truth", "load_telco", "make_churn"]
