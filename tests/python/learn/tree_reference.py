"""The reference trees: scikit-learn, rpart, enumerated Shapley values."""

import json
import pathlib

import pandas as pd

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "reference/trees"


def read(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def telco_numbers():
    table = pd.read_csv(FOLDER / "telco_tree.csv")
    return table.drop(columns="y"), table["y"].to_numpy()


def telco_mixed():
    table = pd.read_csv(FOLDER / "telco_tree_categorical.csv")
    y = table.pop("y").to_numpy()
    for name in table.columns:
        if table[name].dtype.kind not in "if":
            table[name] = table[name].astype("category")
    return table, y
