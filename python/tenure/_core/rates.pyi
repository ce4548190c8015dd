"""
Churn arithmetic.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

__all__: list[str] = [
    "PeriodStatistic",
    "RetentionStatistic",
    "SilenceStatistic",
    "active_periods",
    "balance",
    "calendar_edges",
    "churn_loss",
    "churn_loss_each",
    "churn_rate",
    "churn_rates",
    "conventions",
    "convert_estimate",
    "convert_rate",
    "default_win_back_tiers",
    "end_dates",
    "funnel",
    "keep_or_acquire",
    "mix_rate",
    "monthly_revenue",
    "period_growth",
    "rates_by",
    "reason_change",
    "reason_shares",
    "retention",
    "revenue_churn",
    "segment_counts",
    "stage_counts",
    "threshold_sensitivity",
    "win_back",
    "win_back_decisions",
]

class PeriodStatistic:
    """
    Counts by day and period from customer records; partial results of disjoint customers merge.
    """

    kind: typing.ClassVar[str] = "rates.periods"
    @staticmethod
    def from_bytes(bytes: bytes) -> PeriodStatistic: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __init__(self, edges: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], **kwargs) -> None: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def add(
        self,
        start: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None,
        end: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None,
        customer: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        renewal: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None = None,
        *,
        threads: typing.SupportsInt | typing.SupportsIndex = 1,
        progress: typing.Any = None,
    ) -> None:
        """
        Counts the records of whole customers.
        """
    def finish(self) -> typing.Any:
        """
        One dict of counts a period.
        """
    def merge(self, other: PeriodStatistic) -> None:
        """
        Adds the counts of other customers.
        """
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def edges(self) -> typing.Any:
        """
        first days of the periods, and the day after the last
        """
    @property
    def eligible(self) -> typing.Any:
        """
        by period, contracts up for renewal
        """
    @property
    def eligible_lost(self) -> typing.Any:
        """
        by period, contracts not renewed
        """
    @property
    def ended(self) -> typing.Any:
        """
        ends by day
        """
    @property
    def lost_back(self) -> typing.Any:
        """
        by period, customers of the open who left and came back
        """
    @property
    def lost_flash(self) -> typing.Any:
        """
        by period, customers who joined and left inside
        """
    @property
    def lost_open(self) -> typing.Any:
        """
        by period, customers of the open who are gone at the close
        """
    @property
    def merged(self) -> typing.Any:
        """
        records joined with the stay before because the gap was small
        """
    @property
    def options(self) -> typing.Any:
        """
        how records were read
        """
    @property
    def records(self) -> typing.Any:
        """
        records counted
        """
    @property
    def renewals_known(self) -> typing.Any:
        """
        whether renewal dates were given
        """
    @property
    def returned(self) -> typing.Any:
        """
        later starts by day
        """
    @property
    def same_day(self) -> typing.Any:
        """
        ends on the day of the start, by day
        """
    @property
    def started(self) -> typing.Any:
        """
        first starts by day
        """

class SilenceStatistic:
    """
    Lengths of silences between signs of life; partial results of disjoint customers merge.
    """

    kind: typing.ClassVar[str] = "rates.silences"
    @staticmethod
    def from_bytes(bytes: bytes) -> SilenceStatistic: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __init__(self) -> None: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def add(
        self,
        customer: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        day: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None,
        as_of: typing.SupportsInt | typing.SupportsIndex,
    ) -> None:
        """
        Counts the silences of whole customers.
        """
    def choose_threshold(self, **kwargs) -> int:
        """
        The shortest silence after which a customer may be called gone.
        """
    def finish(self, days: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], **kwargs) -> typing.Any:
        """
        The return curve.
        """
    def merge(self, other: SilenceStatistic) -> None:
        """
        Adds the silences of other customers.
        """
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def lasting(self) -> typing.Any:
        """
        silences that last at the end of the records, by length in days
        """
    @property
    def returned(self) -> typing.Any:
        """
        silences that ended with a return, by length in days
        """

class RetentionStatistic:
    """
    Counts of a cohort table; partial tables of disjoint customers merge.
    """

    kind: typing.ClassVar[str] = "rates.retention"
    @staticmethod
    def from_bytes(bytes: bytes) -> RetentionStatistic: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __init__(self, **kwargs) -> None: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def add(
        self,
        customer: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        day: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None,
        start: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None = None,
        amount: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    ) -> None:
        """
        Counts the events of whole customers.
        """
    def add_stays(
        self,
        customer: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        start: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None,
        end: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None,
    ) -> None:
        """
        Counts the stays of whole customers.
        """
    def finish(self, level: typing.SupportsFloat | typing.SupportsIndex = 0.95) -> typing.Any:
        """
        The cohort table.
        """
    def merge(self, other: RetentionStatistic) -> None:
        """
        Adds the counts of other customers.
        """
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def eligible(self) -> typing.Any:
        """
        customers whose bucket is fully observed
        """
    @property
    def first_cohort(self) -> typing.Any:
        """
        calendar number of the first row
        """
    @property
    def options(self) -> typing.Any:
        """
        what the table counts
        """
    @property
    def retained(self) -> typing.Any:
        """
        those of them who are retained
        """
    @property
    def revenue(self) -> typing.Any:
        """
        revenue of the eligible customers in the bucket
        """
    @property
    def size(self) -> typing.Any:
        """
        customers of each cohort
        """

def active_periods(
    customer: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    day: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None,
    **kwargs,
) -> typing.Any: ...
def balance(counts: dict, new_counts: str = "gross") -> typing.Any: ...
def calendar_edges(
    first: typing.SupportsInt | typing.SupportsIndex, last: typing.SupportsInt | typing.SupportsIndex, unit: str
) -> numpy.typing.NDArray[numpy.int64]: ...
def churn_loss(
    lost: typing.SupportsFloat | typing.SupportsIndex,
    turnover: collections.abc.Sequence[tuple[typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex]],
    **kwargs,
) -> typing.Any: ...
def churn_loss_each(
    turnover: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], profit_rates: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None, **kwargs
) -> typing.Any: ...
def churn_rate(counts: dict, convention: str, **kwargs) -> typing.Any: ...
def churn_rates(counts: dict, **kwargs) -> typing.Any: ...
def convert_estimate(
    convention: str,
    rate: typing.SupportsFloat | typing.SupportsIndex,
    lower: typing.SupportsFloat | typing.SupportsIndex,
    upper: typing.SupportsFloat | typing.SupportsIndex,
    **kwargs,
) -> typing.Any: ...
def convert_rate(rate: typing.SupportsFloat | typing.SupportsIndex, **kwargs) -> float: ...
def default_win_back_tiers() -> typing.Any: ...
def end_dates(
    term_end: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None,
    cancelled: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None,
    unpaid_since: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None,
    **kwargs,
) -> numpy.typing.NDArray[numpy.int64]: ...
def funnel(reached: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], **kwargs) -> typing.Any: ...
def keep_or_acquire(**kwargs) -> typing.Any: ...
def mix_rate(
    customers0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    lost0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    customers1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    lost1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
) -> typing.Any: ...
def monthly_revenue(
    quantity: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    amount: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    months: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
) -> float: ...
def period_growth(counts: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], level: typing.SupportsFloat | typing.SupportsIndex) -> typing.Any: ...
def rates_by(
    lost: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], customers: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], **kwargs
) -> typing.Any: ...
def reason_change(
    now: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    lost_now: typing.SupportsFloat | typing.SupportsIndex,
    answered_now: typing.SupportsFloat | typing.SupportsIndex,
    before: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    lost_before: typing.SupportsFloat | typing.SupportsIndex,
    answered_before: typing.SupportsFloat | typing.SupportsIndex,
    **kwargs,
) -> typing.Any: ...
def reason_shares(
    counts: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], lost: typing.SupportsFloat | typing.SupportsIndex, **kwargs
) -> typing.Any: ...
def retention(convention: str, rate: typing.SupportsFloat | typing.SupportsIndex) -> float: ...
def revenue_churn(
    begin: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    end: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    customer: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    paid_before: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    end_current: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> typing.Any: ...
def segment_counts(
    segment: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    churned: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    amount: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    segments: typing.SupportsInt | typing.SupportsIndex,
) -> dict: ...
def stage_counts(
    furthest: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], stages: typing.SupportsInt | typing.SupportsIndex
) -> numpy.typing.NDArray[numpy.float64]: ...
def threshold_sensitivity(
    customer: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    day: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], typing.SupportsInt | typing.SupportsIndex] | None,
    thresholds: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    first: typing.SupportsInt | typing.SupportsIndex,
    after: typing.SupportsInt | typing.SupportsIndex,
    level: typing.SupportsFloat | typing.SupportsIndex,
    **kwargs,
) -> typing.Any: ...
def win_back(
    value: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    chance: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    cost: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    give_up: collections.abc.Sequence[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]],
    tiers: collections.abc.Sequence[dict],
    budget: typing.SupportsFloat | typing.SupportsIndex,
) -> typing.Any: ...

conventions: tuple = (
    "begin",
    "begin_gross",
    "end",
    "average",
    "average_k",
    "begin_plus_new",
    "daily_sum",
    "daily_product",
    "customer_days",
    "hazard",
    "km",
    "eligible",
)
win_back_decisions: tuple = ("contact", "rule", "no_gain", "tier_given_up", "budget_spent")
