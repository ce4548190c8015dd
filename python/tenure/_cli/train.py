"""`tenure train`: a model of who leaves, its quality on customers it has not seen, and a file for `tenure score`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from tenure import Contract, InvalidInput
from tenure._cli import _train_cox
from tenure._cli._card import Card
from tenure._cli._fit import averages, calibration_text, check_classes, folds_of, prepared, quiet, time_of
from tenure._cli._layout import aligned, json_text, number, percent, wrapped
from tenure._cli._people import ROLES, described, is_dated, people_of, without_leaks
from tenure._cli._prepare import Preparation
from tenure._cli._shell import GUESSED, AsJson, Encoding, Example, Level, Seed, Table, check_place, customers_of, save, verb, warn

if TYPE_CHECKING:
    import pandas as pd

    from tenure._read import Customers

MODELS = {
    "logistic": "logistic regression",
    "forest": "random forest",
    "boosting": "gradient boosting",
    "tree": "decision tree",
    "cox": "Cox regression",
}


@verb(*ROLES)
def train(
    table: Table = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The model file to write.")] = Path("churn.tenure"),
    example: Example = False,
    model: Annotated[str, typer.Option(help="logistic, forest, boosting, tree or cox.")] = "logistic",
    horizon: Annotated[float | None, typer.Option(help="How far a cox model looks ahead, in the unit of the duration; default: a year.")] = None,
    level: Level = 0.95,
    seed: Seed = 0,
    as_json: AsJson = False,
    contract: Contract = GUESSED,
    encoding: Encoding = None,
) -> None:
    """Learn who leaves: the quality on held-out customers is printed, the model of all customers is saved."""
    if model not in MODELS:
        raise InvalidInput(f"--model: '{model}' is none of {', '.join(MODELS)}")
    if horizon is not None and (model != "cox" or not 0 < horizon < float("inf")):
        raise InvalidInput("--horizon goes with --model cox" if model != "cox" else f"--horizon: {horizon:g} must be more than 0")
    if not 0 < level < 1:
        raise InvalidInput(f"--level: {level:g} must be between 0 and 1")
    check_place(out, source=table)
    customers = customers_of(table, example, contract, encoding)
    left_out = without_leaks(customers)
    if model == "cox":
        who, card, quality = _train_cox.fit(customers, left_out, horizon, level, seed)
    else:
        who, card, quality = _fit(customers, left_out, model, level, seed)
    found: dict[str, Any] = {
        "source": customers.source.name,
        "model": model,
        "columns": card.preparation.names,
        "left_out": left_out,
        "tiers": list(card.tiers),
    }
    found |= {"level": level, **quality, "notes": [note.to_dict() for note in customers.notes]}
    card.attach(quality)
    typer.echo(json_text(found) if as_json else _text(who, found))
    save({out: card.estimator.to_bytes()})


def estimator_of(model: str, seed: int) -> Any:
    """The estimator behind a name: maximum likelihood as in the report, the library's defaults, and a single tree small enough to read."""
    from tenure import learn

    return {
        "logistic": lambda: learn.LogisticRegression(penalty=None),
        "forest": lambda: learn.RandomForestClassifier(random_state=seed),
        "boosting": lambda: learn.GradientBoostingClassifier(random_state=seed),
        "tree": lambda: learn.DecisionTreeClassifier(max_depth=5, min_samples_leaf=25, random_state=seed),
    }[model]()


def _fit(customers: Customers, left_out: list[str], model: str, level: float, seed: int) -> tuple[str, Card, dict[str, Any]]:
    from tenure.learn import LogisticRegression
    from tenure.reporting._model import held_out, tier_edges

    people = people_of(customers, left_out)
    check_classes(customers, people.lost)
    preparation = Preparation.learn(people.frame, {name: customers.kind(name) for name in people.features}, native=model != "logistic")
    design = prepared(preparation, people.frame)
    estimator = quiet(lambda: estimator_of(model, seed).fit(design, people.lost))
    if model == "logistic" and estimator.fit_info_["separated"]:
        warn(f"the classes are separated by {', '.join(estimator.fit_info_['separating'][:5])}: a ridge keeps the coefficients finite")
        estimator = quiet(lambda: LogisticRegression().fit(design, people.lost))
    quality = held_out(people.lost.astype(np.int64), cross_scores(estimator, design, people.lost, seed), level)
    average, together = averages(estimator, preparation, design)
    roles = {role: column for role, column in customers.contract.columns().items() if role in ("id", "label", "end")}
    card = Card(estimator, model, preparation, time_of(customers, is_dated(customers)), roles, tier_edges(float(people.lost.mean())), average, together)
    return described(customers, people), card, quality


def cross_scores(estimator: Any, design: pd.DataFrame, lost: np.ndarray, seed: int) -> np.ndarray:
    """The probability of every customer, by a model fitted without his fold."""
    from sklearn.base import clone

    scores = np.empty(len(lost))
    for inside, outside in folds_of(lost, seed):
        fold = quiet(lambda rows=inside: clone(estimator).fit(design.iloc[rows], lost[rows]))
        scores[outside] = fold.predict_proba(design.iloc[outside])[:, 1]
    return scores


def _text(who: str, found: dict[str, Any]) -> str:
    columns = ", ".join(found["columns"])
    lines = [who, *wrapped(f"{MODELS[found['model']]} on {len(found['columns'])} columns: {columns}")]
    if found["left_out"]:
        lines += wrapped(f"left out, because they know the answer: {', '.join(found['left_out'])}")
    lines += ["", *wrapped("Quality on held-out customers: five folds, every customer scored by a model fitted without that customer's fold"), ""]
    confidence = f"{100 * found['level']:g}%"
    if found["model"] == "cox":
        lines += _train_cox.text(found, confidence)
    else:
        auc = f"{found['auc']:.3f} ({confidence} interval {found['auc_lower']:.3f} to {found['auc_upper']:.3f})"
        brier = f"{found['brier']:.3f} ({found['brier_base']:.3f} if everybody had the same risk)"
        lines += [f"AUC          {auc}", f"Brier score  {brier}", ""]
        head = ["highest risk", "customers", "lost", "rate", "lift", "share of all lost"]
        shares = [
            [
                f"top {100 * row['share']:g}%",
                number(round(row["n"])),
                number(round(row["lost"])),
                percent(row["rate"]),
                f"{row['lift']:.2f}",
                percent(row["captured"]),
            ]
            for row in found["lift"]
        ]
        lines += [*aligned([head, *shares]), "", *calibration_text(found["calibration"], confidence)]
    high, raised = (f"{100 * edge:g}%" for edge in found["tiers"])
    return "\n".join([*lines, "", f"risk tiers: high from {high}, raised from {raised}, low below"])
