"""The reference files of the family."""

import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[2] / "reference" / "cluster"
DATA_SETS = ("iris", "wine_std", "mix3", "moons")


def expected(name):
    return json.loads((FOLDER / f"clustering_{name}.json").read_text())


def rows(name):
    """The table and the true groups."""
    table = np.loadtxt(FOLDER / "data" / f"{name}.csv", delimiter=",", skiprows=1)
    return table[:, :-1], table[:, -1].astype(int)
