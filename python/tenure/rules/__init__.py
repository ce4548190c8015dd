"""Which habits go together, and which go with leaving: frequent itemsets, association rules, churn rules, sequences."""

from tenure.rules._itemsets import IncompleteResultWarning, Itemsets, count_itemsets, frequent_itemsets
from tenure.rules._rules import Rules, association_rules, measure_formulas
from tenure.rules._transactions import Transactions

__all__ = [
    "IncompleteResultWarning",
    "Itemsets",
    "Rules",
    "Transactions",
    "association_rules",
    "count_itemsets",
    "frequent_itemsets",
    "measure_formulas",
]
