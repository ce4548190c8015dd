"""The customers that rules and models look at: those of the report, without the columns that know the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure import InvalidInput
from tenure._cli._shell import warn

if TYPE_CHECKING:
    from tenure._read import Customers
    from tenure.reporting._population import Population

ROLES = ("id", "label", "positive", "duration", "duration_unit", "start", "end", "value", "reason", "ignore", "as_of", "period")


def without_leaks(customers: Customers) -> list[str]:
    """Columns to leave out because they know the answer; these and the doubtful ones are said on the error stream."""
    from tenure._leakage import scan

    leaks = scan(customers)
    for note in leaks:
        warn(str(note))
    return list(dict.fromkeys(note.values["column"] for note in leaks if note.level == "error"))


def people_of(customers: Customers, left_out: list[str]) -> Population:
    """The customers who could leave in the period (all, where there are no dates), and who did."""
    from tenure.reporting._population import population

    people = population(customers, left_out)
    if not people.features:
        raise InvalidInput(
            "the table has no column to learn from, beside those with a role" + (f" and those left out: {', '.join(left_out)}" if left_out else "")
        )
    if people.lost.all() or not people.lost.any():
        which = "every" if people.lost.all() else "no"
        raise InvalidInput(f"period: {which} customer of its first day is lost in it; both lost and remaining ones are needed")
    return people


def is_dated(customers: Customers) -> bool:
    """Whether the outcome is that of a period."""
    contract = customers.contract
    return bool(contract.period and contract.start and contract.end)


def described(customers: Customers, people: Population) -> str:
    """Who is looked at, in words."""
    n, lost = len(people.lost), int(people.lost.sum())
    period = customers.contract.period if is_dated(customers) else None
    when = f" in {period[0]} to {period[1]}" if period else ""
    there = " there on the first day" if period else ""
    return f"{customers.source.name}: {n:,} customers{there}, {lost:,} lost{when} ({100 * lost / n:.1f}%)"
