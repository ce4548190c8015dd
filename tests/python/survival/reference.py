"""The reference cases and how numbers are compared with them."""

import json
import pathlib

import numpy as np
import pandas as pd

ROOT = pathlib.Path(__file__).resolve().parents[2] / "reference" / "survival"


def case(name):
    found = json.loads((ROOT / f"{name}.json").read_text())
    return found["values"], pd.read_csv(ROOT / found["data"])


def numbers(values):
    """Nested lists with None as an array with NaN."""
    return np.array(values, dtype=object).astype(float)


def close(actual, expected, tolerance, what=""):
    """Relative to the stored number; below 1e-8 in size absolutely at 1e-10; missing only equals missing."""
    actual, expected = np.asarray(actual, dtype=float).ravel(), numbers(expected).ravel()
    assert actual.shape == expected.shape, f"{what}: {actual.shape} values, {expected.shape} stored"
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected), err_msg=what)
    size = np.abs(expected)
    limit = np.where(size < 1e-8, 1e-10, tolerance * size)
    wrong = np.abs(actual - expected) > limit
    assert not wrong.any(), f"{what}: {actual[wrong][:5]} are not {expected[wrong][:5]}"
