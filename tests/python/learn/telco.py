"""The design matrix of the Telco table that the reference values belong to."""

import numpy as np
import pandas as pd

from tenure.datasets import load_telco


def design():
    """20 columns, the outcome and integer case weights 1 to 4."""
    d = load_telco()
    total = pd.to_numeric(d["TotalCharges"], errors="coerce").fillna(0.0)
    X = pd.DataFrame({"tenure": d["tenure"], "monthly": d["MonthlyCharges"], "total_k": total / 1000, "senior": d["SeniorCitizen"]})
    for name, column, value in [
        ("partner", "Partner", "Yes"),
        ("dependents", "Dependents", "Yes"),
        ("multiple_lines", "MultipleLines", "Yes"),
        ("fiber", "InternetService", "Fiber optic"),
        ("no_internet", "InternetService", "No"),
        ("security", "OnlineSecurity", "Yes"),
        ("backup", "OnlineBackup", "Yes"),
        ("protection", "DeviceProtection", "Yes"),
        ("support", "TechSupport", "Yes"),
        ("tv", "StreamingTV", "Yes"),
        ("movies", "StreamingMovies", "Yes"),
        ("one_year", "Contract", "One year"),
        ("two_year", "Contract", "Two year"),
        ("paperless", "PaperlessBilling", "Yes"),
        ("e_check", "PaymentMethod", "Electronic check"),
        ("mailed", "PaymentMethod", "Mailed check"),
    ]:
        X[name] = d[column] == value
    y = (d["Churn"] == "Yes").to_numpy().astype(int)
    weight = np.random.default_rng(41).integers(1, 5, len(y))
    return X.astype(float), y, weight
