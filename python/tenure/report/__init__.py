"""The churn report."""
