import pytest

import tenure as tn


@pytest.fixture(scope="session")
def telco():
    """The report on the embedded table."""
    return tn.report(tn.datasets.load_telco(), tn.Contract(currency="$", profit_rate=0.2))


@pytest.fixture(scope="session")
def dated():
    """The report on simulated customers with dates, and the customers."""
    customers = tn.datasets.make_churn(6000, seed=4)
    return tn.report(customers, tn.Contract(profit_rate=0.1)), customers
