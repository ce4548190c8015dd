"""Every plot draws what its table holds, with named axes."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from tenure import evaluate  # noqa: E402
from tenure.learn import LogisticPath, LogisticRegression  # noqa: E402


@pytest.fixture(autouse=True)
def closed():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def test_plots_show_their_tables():
    random = np.random.default_rng(0)
    y = random.integers(0, 2, 200)
    p = 1 / (1 + np.exp(-(y - 0.5 + random.normal(size=200))))
    ax = evaluate.plot_gains(y, p)
    np.testing.assert_allclose(ax.lines[-1].get_ydata()[1:], evaluate.gains(y, p)["captured"])
    np.testing.assert_allclose(evaluate.plot_roc(y, p).lines[-1].get_ydata(), evaluate.roc_curve(y, p)["true_positive_rate"])
    np.testing.assert_allclose(evaluate.plot_calibration(y, p).lines[-1].get_ydata(), evaluate.calibration_table(y, p)["observed"])
    ax = evaluate.plot_profit(y, p, clv=300)
    np.testing.assert_allclose(ax.lines[1].get_ydata(), evaluate.profit_curve(y, p, clv=300)["profit"])
    assert ax.get_xlabel()
    X = np.column_stack([p, random.normal(size=200)])
    ax = LogisticRegression(penalty=None).fit(X, y).plot()
    assert len(ax.lines[-1].get_xdata()) == 2
    path = LogisticPath(n_lambdas=5).fit(X, y)
    np.testing.assert_allclose(path.plot().lines[0].get_ydata(), path.coef_path_[:, 0])
