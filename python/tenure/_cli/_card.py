"""What `tenure train` keeps beside a model so that `tenure score` can use it: a plain dictionary in the model file, `card_` of the estimator."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tenure import BadFile, InvalidInput
from tenure._cli._prepare import Preparation

FORMAT = "tenure.card/1"


@dataclass
class Card:
    """A model with what it needs to score a table.

    `time` says how the time as a customer comes about: column (None: there is none), unit, and with `dated` the columns start and end, and the period
    of the training outcome. `average` is what
    each column of the design adds for the average training row, `together` the columns that are one reason. `horizon` is that of a Cox model.
    """

    estimator: Any
    model: str
    preparation: Preparation
    time: dict[str, Any]
    roles: dict[str, str]
    tiers: tuple[float, float]
    average: np.ndarray
    together: list[list[str]]
    mean_risk: float = 0.0
    horizon: float | None = None

    def attach(self, quality: dict[str, Any]) -> None:
        """Puts the card on the estimator, where `save` keeps it."""
        self.estimator.card_ = {
            "format": FORMAT,
            "model": self.model,
            "preparation": self.preparation.to_dict(),
            "time": self.time,
            "roles": self.roles,
            "tiers": list(self.tiers),
            "average": self.average,
            "together": self.together,
            "mean_risk": self.mean_risk,
            "horizon": self.horizon,
            "quality": quality,
        }

    @classmethod
    def from_file(cls, path: Path) -> Card:
        """The model of a file with its card."""
        import tenure

        try:
            estimator = tenure.load(path)
        except FileNotFoundError as problem:
            raise InvalidInput(f"'{path}' cannot be read: {problem.strerror}") from None
        except BadFile as problem:
            raise BadFile(f"'{path}' is no model file: {problem}") from None
        stored = getattr(estimator, "card_", None)
        if not isinstance(stored, dict):
            raise BadFile(f"'{path}' holds a {type(estimator).__name__} that was not written by `tenure train`: how to read columns for it is not known")
        if stored.get("format") != FORMAT:
            raise BadFile(f"'{path}' has a card of format '{stored.get('format')}'; this version reads '{FORMAT}'")
        try:
            high, raised = (float(edge) for edge in stored["tiers"])
            card = cls(
                estimator,
                str(stored["model"]),
                Preparation.from_dict(stored["preparation"]),
                {name: stored["time"][name] for name in ("column", "unit", "dated", "start", "end", "period")},
                {str(role): str(column) for role, column in stored["roles"].items()},
                (high, raised),
                np.asarray(stored["average"], dtype=np.float64),
                [[str(name) for name in group] for group in stored["together"]],
                float(stored["mean_risk"]),
                None if stored["horizon"] is None else float(stored["horizon"]),
            )
            names = [name for name, _ in card.preparation.design_columns()]
            if names != list(estimator.feature_names_in_) or card.average.shape != (len(names),):
                raise ValueError("its columns are not those of the model")
            if sorted(name for group in card.together for name in group) != sorted(card.preparation.names):
                raise ValueError("the columns of its reasons are not those of the model")
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise BadFile(f"'{path}' has a damaged card: {problem}") from None
        return card
