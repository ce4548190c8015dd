"""Tiers of risk: who does what, until when, for whom."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import column, frame_like
from tenure._windows import length
from tenure._write import write_together
from tenure.rates._inputs import churned_flags
from tenure.stats import proportion_ci

NO_TIER = "none"
_FIELDS = ("name", "at", "action", "owner", "within", "capacity")


@dataclass(frozen=True)
class Tier:
    """One tier: from which score on, what is done, by whom, within how many days, and for how many customers there is room."""

    name: str
    at: float
    action: str = ""
    owner: str = ""
    within: int | None = None
    capacity: int | None = None


class Tiers:
    """Named tiers of risk, the highest first, with what follows from each.

    Parameters
    ----------
    tiers : sequence of mappings
        ``name`` and ``at`` (the least score, falling from tier to tier); ``action``, ``owner``, ``within`` (days, "2d", "1w": the deadline) and
        ``capacity`` (customers at a time) as wanted. Who finds no room goes to the next tier. Customers below the last tier are in the tier "none".
    by : {"score", "triggered"}
        Whether `at` is a score or a number of triggered indicators, in a `WarningSystem`.

    Examples
    --------
    >>> from tenure.alert import Tiers
    >>> tiers = Tiers([{"name": "red", "at": 0.6, "action": "visit", "within": "2d", "capacity": 1}, {"name": "amber", "at": 0.3, "action": "call"}])
    >>> tiers.assign([0.7, 0.1, 0.9, 0.3]).tolist()
    ['amber', 'none', 'red', 'amber']
    """

    def __init__(self, tiers: Sequence[Mapping[str, Any]], *, by: str = "score") -> None:
        if by not in ("score", "triggered"):
            raise _core.InvalidInput(f"by: must be 'score' or 'triggered', got {by!r}")
        if isinstance(tiers, str | Mapping) or not len(tiers):
            raise _core.InvalidInput("tiers: must be a list of tiers, at least one")
        self.by = by
        self.tiers = tuple(_tier(given, number) for number, given in enumerate(tiers))
        names = [tier.name for tier in self.tiers]
        for name in names:
            if names.count(name) > 1 or name == NO_TIER:
                raise _core.InvalidInput(f"tiers: the name '{name}' is {'used twice' if name != NO_TIER else 'that of customers in no tier'}")
        self.assign([0.0])  # the engine checks that the limits fall

    @property
    def names(self) -> list[str]:
        """The tiers' names, and last "none"."""
        return [*(tier.name for tier in self.tiers), NO_TIER]

    def _assign(self, score: Any) -> dict[str, Any]:
        values = np.asarray(column(score, "score"), dtype=np.float64)
        room = [math.inf if tier.capacity is None else float(tier.capacity) for tier in self.tiers]
        return _core.alert.assign_tiers(values, [tier.at for tier in self.tiers], room)

    def assign(self, score: Any) -> np.ndarray:
        """The name of each customer's tier; the highest scores find room first, of equal ones the earlier row."""
        return np.array(self.names, dtype=object)[self._assign(score)["tier"]]

    def plan(self, score: Any, day: Any = None, *, like: Any = None) -> Any:
        """What follows for each customer: a frame of ``tier``, ``action``, ``owner`` and ``deadline`` (a date, or without `day` the days left)."""
        return frame_like(self._plan(score, None if day is None else np.datetime64(day, "D")), like)

    def _plan(self, score: Any, day: Any) -> dict[str, list[Any]]:
        codes = self._assign(score)["tier"].tolist()
        tiers = [*self.tiers, Tier(NO_TIER, -math.inf)]
        if day is None:
            due: list[Any] = [math.nan if tier.within is None else float(tier.within) for tier in tiers]
        else:
            due = ["" if tier.within is None else str(day + tier.within) for tier in tiers]
        columns = {name: [getattr(tiers[code], name) for code in codes] for name in ("name", "action", "owner")}
        return {"tier": columns["name"], "action": columns["action"], "owner": columns["owner"], "deadline": [due[code] for code in codes]}

    def observed(self, score: Any, churned: Any, *, positive: Any = None, level: float = 0.95, like: Any = None) -> Any:
        """How many customers of each tier left: a frame of ``tier``, ``at``, ``customers``, ``moved_down`` (for whom there was no room), ``churned``,
        ``rate`` with Wilson's ``lower`` and ``upper``, and the tier's ``action``, ``owner`` and ``within``."""
        found = self._assign(score)
        flags = np.asarray(churned_flags(churned, "churned", None, positive)).astype(np.float64)
        if len(flags) != len(found["tier"]):
            raise _core.InvalidInput(f"churned: must have one value a score ({len(found['tier'])}), has {len(flags)}")
        customers = np.asarray(found["customers"])
        lost = np.bincount(found["tier"], weights=flags, minlength=len(customers)).astype(np.float64)
        some = customers > 0
        rate, lower, upper = (np.full(len(customers), np.nan) for _ in range(3))
        rate[some] = lost[some] / customers[some]
        if some.any():
            lower[some], upper[some] = proportion_ci(lost[some], customers[some], level=level)
        columns: dict[str, Any] = {"tier": self.names, "at": [*(tier.at for tier in self.tiers), math.nan], "customers": customers.astype(np.int64)}
        columns |= {"moved_down": [*(int(moved) for moved in found["moved_down"]), 0], "churned": lost.astype(np.int64)}
        columns |= {"rate": rate, "lower": lower, "upper": upper}
        columns |= {name: [*(getattr(tier, name) for tier in self.tiers), ""] for name in ("action", "owner")}
        columns["within"] = [math.nan if tier.within is None else float(tier.within) for tier in self.tiers] + [math.nan]
        return frame_like(columns, like)

    def to_mapping(self) -> dict[str, Any]:
        """The tiers as plain values."""
        lines = [{name: getattr(tier, name) for name in _FIELDS if getattr(tier, name) not in (None, "")} for tier in self.tiers]
        return {"by": self.by, "tiers": lines}

    @classmethod
    def from_mapping(cls, values: Any) -> Tiers:
        """Tiers from what `to_mapping` gives, or from a list of tiers alone."""
        if isinstance(values, Mapping):
            unknown = [name for name in values if name not in ("by", "tiers")]
            if unknown or "tiers" not in values:
                raise _core.InvalidInput(f"tiers: '{unknown[0]}' is not a field; these are by, tiers" if unknown else "tiers: the field 'tiers' is needed")
            return cls(values["tiers"], by=values.get("by", "score"))
        return cls(values)

    @classmethod
    def from_file(cls, path: str | Path) -> Tiers:
        """Tiers from a YAML or JSON file: a list of tiers, or ``by`` and ``tiers``."""
        return cls.from_mapping(read_plain(path, "tiers"))

    def to_file(self, path: str | Path) -> None:
        """Write the tiers as YAML (or JSON, by the name's ending), to be edited and read again."""
        write_plain(path, self.to_mapping())

    def __repr__(self) -> str:
        lines = []
        for tier in self.tiers:
            facts = [
                tier.action,
                tier.owner,
                f"within {tier.within} days" if tier.within is not None else "",
                f"at most {tier.capacity}" if tier.capacity is not None else "",
            ]
            lines.append(f"  {tier.name}: from {tier.at:g}: {', '.join(fact for fact in facts if fact)}")
        return "\n".join([f"Tiers by {self.by}:", *lines])


def _tier(given: Any, number: int) -> Tier:
    if not isinstance(given, Mapping):
        raise _core.InvalidInput(f"tiers: tier {number + 1} must be a mapping with a name and at, is a {type(given).__name__}")
    for name in given:
        if name not in _FIELDS:
            raise _core.InvalidInput(f"tiers: '{name}' of tier {number + 1} is not a field; these are {', '.join(_FIELDS)}")
    for name in ("name", "at"):
        if name not in given:
            raise _core.InvalidInput(f"tiers: tier {number + 1} has no '{name}'")
    at, capacity, within = given["at"], given.get("capacity"), given.get("within")
    if isinstance(at, bool) or not isinstance(at, int | float | np.number) or not math.isfinite(at):
        raise _core.InvalidInput(f"tiers: 'at' of '{given['name']}' must be a number, got {at!r}")
    if capacity is not None and (isinstance(capacity, bool) or not isinstance(capacity, int | np.integer) or capacity < 0):
        raise _core.InvalidInput(f"tiers: 'capacity' of '{given['name']}' must be a whole number >= 0, got {capacity!r}")
    days = None if within is None else length(within, f"tiers: 'within' of '{given['name']}'", 0)
    texts = {name: str(given.get(name) or "") for name in ("action", "owner")}
    return Tier(str(given["name"]), float(at), **texts, within=days, capacity=None if capacity is None else int(capacity))


def read_plain(path: str | Path, what: str) -> Any:
    """The plain data of a YAML or JSON file (the second is the first, too)."""
    import yaml

    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise _core.InvalidInput(f"{what}: '{path}' is not valid YAML or JSON: {problem}") from None


def write_plain(path: str | Path, values: Any) -> None:
    """Plain data as JSON where the file is called so, else as YAML; the file appears whole or not at all."""
    import yaml

    target = Path(path)
    if target.suffix == ".json":
        text = json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    else:
        text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
    write_together({target: text})
