"""What every model of `tenure train` goes through: checks, folds, the average customer, and how calibration is shown."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure import InvalidInput
from tenure._cli._layout import aligned, limits, number, percent
from tenure._cli._people import is_dated
from tenure._cli._prepare import Preparation

if TYPE_CHECKING:
    import pandas as pd

    from tenure._read import Customers

CORRELATED = 0.8  # numbers that move together this much are one reason


def check_classes(customers: Customers, lost: np.ndarray) -> None:
    from tenure.reporting._model import MIN_CLASS

    column = customers.contract.label or customers.contract.end
    for n, who in ((int(lost.sum()), "lost"), (int((~lost).sum()), "remaining")):
        if n < MIN_CLASS:
            raise InvalidInput(
                f"column '{column}': {n} {who} {'customer is' if n == 1 else 'customers are'} too few to learn from and check; {MIN_CLASS} are needed"
            )


def prepared(preparation: Preparation, frame: pd.DataFrame) -> pd.DataFrame:
    if not preparation.columns:
        raise InvalidInput("every column to learn from holds one value only")
    return preparation.apply(frame)


def folds_of(lost: np.ndarray, seed: int) -> Any:
    from sklearn.model_selection import StratifiedKFold

    from tenure.reporting._model import FOLDS

    return StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(np.empty(len(lost)), lost)


def quiet(fit: Any) -> Any:
    """A fit without the remarks that concern coefficients (columns that repeat others): predictions stand."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit()


def averages(estimator: Any, preparation: Preparation, design: pd.DataFrame) -> tuple[np.ndarray, list[list[str]]]:
    """What each column of the design adds for the average customer, and which columns are one reason."""
    from tenure.evaluate._reasons import effects, tied

    names = preparation.names
    average = np.zeros(design.shape[1])  # from which Shapley values are counted already
    if not preparation.native:
        average = effects(estimator, design)[2].mean(axis=0)
    return average, [[names[j] for j in group] for group in tied(design[names], names, CORRELATED)]


def time_of(customers: Customers, dated: bool) -> dict[str, Any]:
    """Where the time as a customer comes from: with `dated` from the dates, else from its column."""
    contract = customers.contract
    period = [str(day) for day in contract.period] if contract.period and is_dated(customers) else None
    unit = contract.duration_unit or "months"
    return {"column": customers.time_column, "unit": unit, "dated": dated, "start": contract.start, "end": contract.end, "period": period}


def calibration_text(rows: list[dict[str, Any]], confidence: str) -> list[str]:
    """Predicted against observed, by tenths."""
    head = ["customers by risk", "predicted", "observed", confidence]
    cells = [[number(row["n"]), percent(row["predicted"]), percent(row["observed"]), limits(row["lower"], row["upper"], percent)] for row in rows]
    return aligned([head, *cells], left=())
