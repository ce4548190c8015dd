from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas


def load_telco() -> pandas.DataFrame:
    """IBM's Telco customer table: 7,043 rows, 20 columns, 1,869 customers lost (26.54%).

    The table is as published, without ``customerID``: ``tenure`` is in months, the two charges are in dollars, and ``TotalCharges`` is TEXT with
    a blank for the 11 customers whose tenure is 0. ``tenure.read`` turns it into numbers and reports the blanks.

    Returns
    -------
    pandas.DataFrame
        One row a customer; ``Churn`` is "Yes" for a customer who left within the last month.

    Notes
    -----
    Source: IBM sample data (Apache-2.0) by way of the R package modeldata (MIT); the file NOTICE beside the data has the attribution.

    Examples
    --------
    >>> from tenure.datasets import load_telco
    >>> load_telco()["Churn"].value_counts().to_dict()
    {'No': 5174, 'Yes': 1869}
    """
    import pandas

    with as_file(files("tenure.datasets") / "telco.csv.gz") as path:
        return pandas.read_csv(path, keep_default_na=False)
