"""What a purchase is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure.value._likelihood import LikelihoodModel, numbers

if TYPE_CHECKING:
    from typing_extensions import Self


class GammaGamma(LikelihoodModel):
    """Gamma-gamma model of the mean value of a customer's purchases (Fader, Hardie and Lee 2005).

    It assumes that value and frequency are unrelated: look at `frequency_correlation_`.

    Parameters
    ----------
    max_iter : int
        Newton steps at most.
    tol : float
        Largest derivative of the mean log-likelihood, by a log-parameter, that counts as zero.
    n_jobs : int, optional

    Attributes
    ----------
    p_, q_, gamma_ : float
        Mean value of a purchase over all customers: p gamma / (q - 1).
    frequency_correlation_ : float
        Pearson correlation of frequency and mean value among customers with repeat purchases.
    std_err_, summary_ : ndarray, DataFrame
    log_likelihood_, converged_, n_iter_, n_customers_

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.value import GammaGamma
    >>> random = np.random.default_rng(0)
    >>> frequency = random.integers(1, 9, 500)
    >>> spend = random.gamma(6 * frequency, 1 / random.gamma(4, 1 / 15, 500)) / frequency
    >>> model = GammaGamma().fit(frequency, spend)
    >>> bool(25 < model.predict([0], [0])[0] < 35)  # 6 * 15 / (4 - 1) = 30 went in
    True
    """

    _model_class = _core.value.GammaGammaModel
    _parameters = ("p", "q", "gamma")

    def __init__(self, *, max_iter: int = 100, tol: float = 1e-8, n_jobs: int | None = None) -> None:
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs

    def fit(self, frequency: Any, monetary_value: Any) -> Self:
        """Fits to customers: repeat purchases and their mean value; customers without repeat purchases are left out."""
        columns = numbers(frequency, "frequency"), numbers(monetary_value, "monetary_value")
        self._keep(_core.value.fit_gamma_gamma(*columns, threads=self._threads(), max_iterations=self.max_iter, tolerance=self.tol))
        self.frequency_correlation_ = self.model_.frequency_correlation
        return self

    def predict(self, frequency: Any, monetary_value: Any) -> np.ndarray:
        """Expected value of each customer's future purchases; of a customer without repeat purchases the mean over all customers."""
        check_is_fitted(self)
        return np.asarray(_core.value.expected_spend(self.model_, numbers(frequency, "frequency"), numbers(monetary_value, "monetary_value")))
