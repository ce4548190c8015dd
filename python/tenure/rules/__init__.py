"""Which habits go together, and which go with leaving: frequent itemsets, association rules, churn rules, sequences."""

from tenure.rules._chunks import chunked_itemsets
from tenure.rules._churn_rules import ChurnRules, churn_rules, contrast_rules
from tenure.rules._classifier import RuleClassifier
from tenure.rules._encode import usage_by_period
from tenure.rules._itemsets import IncompleteResultWarning, Itemsets, count_itemsets, frequent_itemsets
from tenure.rules._rules import Rules, association_rules, measure_formulas
from tenure.rules._sequences import frequent_sequences
from tenure.rules._transactions import Transactions

__all__ = [
    "ChurnRules",
    "IncompleteResultWarning",
    "Itemsets",
    "RuleClassifier",
    "Rules",
    "Transactions",
    "association_rules",
    "chunked_itemsets",
    "churn_rules",
    "contrast_rules",
    "count_itemsets",
    "frequent_itemsets",
    "frequent_sequences",
    "measure_formulas",
    "usage_by_period",
]
