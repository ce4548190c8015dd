"""Keep or let go: the formula by enumeration of what can happen, intervals, budget, bad input."""

import itertools

import numpy as np
import pytest

import tenure as tn
from tenure.value import keep_or_let_go

RANDOM = np.random.default_rng(0)
VALUE = RANDOM.normal(120, 150, 200).round(2)
CHURN = RANDOM.beta(1, 4, 200)


def expected(value, churn, offer_cost, contact_cost, chance, waste):
    """Over the four things that can happen: what the company has with the offer, less what it has without."""
    gain = 0.0
    for leaves, takes in itertools.product((True, False), repeat=2):
        p = (churn if leaves else 1 - churn) * ((chance if leaves else waste) if takes else 1 - (chance if leaves else waste))
        with_offer = (value if takes or not leaves else 0) - (offer_cost if takes else 0) - contact_cost
        without = 0 if leaves else value
        gain += p * (with_offer - without)
    return gain


def test_gain_is_that_of_all_that_can_happen():
    options = {"offer_cost": 12.5, "contact_cost": 1.5, "chance": 0.35, "waste": 0.8}
    found = keep_or_let_go(VALUE, CHURN, **options)
    np.testing.assert_allclose(found.gain, [expected(v, p, **options) for v, p in zip(VALUE, CHURN, strict=True)], rtol=1e-12, atol=1e-12)
    assert found.decision.tolist() == ["keep" if gain > 0 else "let go" for gain in found.gain]
    chosen = found.gain > 0
    assert found.customers == chosen.sum()
    assert found.total_gain == pytest.approx(found.gain[chosen].sum())
    assert found.total_cost == pytest.approx(found.cost[chosen].sum())
    np.testing.assert_array_equal(np.argsort(found.rank[chosen]), np.argsort(-found.gain[chosen] / found.cost[chosen], kind="stable"))
    assert found.table["decision"].tolist() == found.decision.tolist()
    for v, p, at in zip(VALUE, CHURN, found.break_even, strict=True):
        if np.isfinite(at):
            assert expected(v, at, **options) == pytest.approx(0, abs=1e-9)
            assert (expected(v, p, **options) > 1e-9) == (p > at + 1e-12)
        else:
            assert expected(v, 1, **options) <= 0


def test_a_certain_loss_is_keep_or_acquire():
    other = tn.rates.keep_or_acquire(keep_cost=10, keep_chance=0.25, acquire_cost=10, acquire_chance=0.1, margin_left=100)
    found = keep_or_let_go([100], [1], contact_cost=10, chance=0.25)
    assert found.gain[0] == pytest.approx(other.keep_gain)
    assert keep_or_let_go([100], [0.9], contact_cost=10, chance=1).break_even[0] == pytest.approx(other.keep_break_even)


def test_intervals_hold_every_gain_within_the_limits():
    options = {"offer_cost": 20, "contact_cost": 1, "chance": 0.4, "waste": 0.5}
    half, spread = np.abs(RANDOM.normal(0, 40, 200)), np.minimum(0.1, np.minimum(CHURN, 1 - CHURN))
    found = keep_or_let_go(VALUE, CHURN, value_limits=(VALUE - half, VALUE + half), churn_limits=(CHURN - spread, CHURN + spread), **options)
    for u, w in RANDOM.uniform(-1, 1, (50, 2)):
        gain = keep_or_let_go(VALUE + u * half, np.clip(CHURN + w * spread, 0, 1), **options).gain
        assert (gain >= found.gain_lower - 1e-9).all()
        assert (gain <= found.gain_upper + 1e-9).all()
    names = np.where(found.gain <= 0, "let go", np.where(found.gain_lower > 0, "keep", "unsure"))
    assert found.decision.tolist() == names.tolist()
    assert (names == "unsure").any()
    assert found.total_lower <= found.total_gain <= found.total_upper
    only = keep_or_let_go(VALUE, CHURN, churn_limits=(CHURN, CHURN), **options)
    np.testing.assert_array_equal(only.gain_lower, only.gain)


def test_budget_goes_to_the_best_first():
    whole = keep_or_let_go(VALUE, CHURN, offer_cost=12, contact_cost=2, chance=0.5)
    part = keep_or_let_go(VALUE, CHURN, offer_cost=12, contact_cost=2, chance=0.5, budget=whole.total_cost / 3)
    assert 0 < part.customers < whole.customers
    assert part.total_cost <= whole.total_cost / 3
    assert part.total_gain > whole.total_gain / 3
    assert ((part.decision == "budget spent") | (part.decision == whole.decision)).all()
    assert keep_or_let_go(VALUE, CHURN, contact_cost=1, budget=0).customers == 0


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([np.nan], [0.5]), {}, "value"),
        (([np.inf], [0.5]), {}, "value"),
        (([1.0], [1.5]), {}, "churn"),
        (([1.0], [np.nan]), {}, "churn"),
        (([1.0, 2.0], [0.5]), {}, "churn"),
        (([1.0], [0.5]), {"chance": 2}, "chance"),
        (([1.0], [0.5]), {"offer_cost": -1}, "offer_cost"),
        (([1.0], [0.5]), {"budget": np.nan}, "budget"),
        (([1.0], [0.5]), {"value_limits": ([2.0], [3.0])}, "within its limits"),
        (([1.0], [0.5]), {"value_limits": ([0.0], [np.inf])}, "within its limits"),
        (([1.0], [0.5]), {"churn_limits": ([0.0], [1.5])}, "churn"),
        (([1.0], [0.5]), {"churn_limits": ([0.0, 0.0], [1.0, 1.0])}, "churn_lower"),
        (([1.0], [0.5]), {"churn_limits": ([0.0],)}, "pair"),
    ],
)
def test_bad_input(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        keep_or_let_go(*arguments, **options)


def test_nobody():
    found = keep_or_let_go([], [])
    assert found.customers == 0
    assert found.total_gain == 0
