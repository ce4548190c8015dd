"""`tenure score`: probability, tier and reasons of every customer of a table."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from tenure import InvalidInput
from tenure._cli._card import Card
from tenure._cli._layout import aligned, cut, frame_content, json_text, number, percent, width_of, wrapped
from tenure._cli._prepare import MISSING, as_numbers, as_texts
from tenure._cli._shell import Encoding, Example, check_place, known_column, save, table_of, verb, warn

if TYPE_CHECKING:
    import pandas as pd

OWN = ("probability", "hazard_ratio", "tier")  # columns of the scores
LISTED = 10  # customers shown on the terminal
REASON_WIDTH = 60
LEAST = {"probability": 0.005}  # contribution that is worth a reason; of log-odds and log-hazards that of the report
MISSING_TEXT = {"en": "missing", "zh": "缺失"}


@verb()
def score(
    model: Annotated[Path, typer.Argument(help="A model file written by `tenure train`.")],
    table: Annotated[str | None, typer.Argument(help="Customers to score: .csv, .csv.gz or .parquet, one row a customer.", show_default=False)] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The scores to write: .csv, .parquet or .json.")] = Path("scored.csv"),
    example: Example = False,
    id_: Annotated[str | None, typer.Option("--id", help="Column that names the customer; default: that of the training.", show_default=False)] = None,
    reasons: Annotated[int, typer.Option(help="Reasons a customer at most.", min=0, max=20)] = 3,
    lang: Annotated[str, typer.Option(help="Language of the reasons: en or zh.")] = "en",
    as_of: Annotated[str | None, typer.Option(help="Last day seen, YYYY-MM-DD; default: the latest date of the table.", show_default=False)] = None,
    encoding: Encoding = None,
) -> None:
    """Score customers with a model of `tenure train`: one row each, in the order of the table."""
    from tenure._source import load
    from tenure.reporting._render import check_language

    check_language(lang)
    card = Card.from_file(model)
    data = table_of(table, example)
    for read in (table, str(model)):
        check_place(out, (".csv", ".parquet", ".json"), source=read)
    raw, source = load(data, encoding)
    name = "Telco (embedded example)" if example else source.name
    ids = _ids(raw, id_, card)
    time = _time(raw, card, as_of, name)
    if card.time["column"] in card.preparation.names:
        raw = raw.assign(**{card.time["column"]: time})
    typed = card.preparation.typed(raw)
    _say_lost(raw, card)
    frame, listed = _scored(card, typed, ids, time, reasons, lang)
    typer.echo(_text(card, name, frame))
    if out.suffix.lower() == ".json":
        records = frame.drop(columns=[column for column in frame.columns if column.startswith("reason_")]).to_dict(orient="records")
        content: str | bytes = json_text([{**record, "reasons": found} for record, found in zip(records, listed, strict=True)])
    else:
        content = frame_content(frame, out)
    save({out: content})


def _ids(raw: pd.DataFrame, wanted: str | None, card: Card) -> pd.Series:
    """Names of the customers as text, each once; row numbers where the table has none."""
    import pandas as pd

    if wanted is not None:
        known_column("--id", wanted, raw.columns)
    name = wanted or card.roles.get("id")
    if name is None or name not in raw.columns:
        return pd.Series([str(row + 1) for row in range(len(raw))], name="row")
    ids = as_texts(raw[name])
    if ids.isna().any():
        raise InvalidInput(f"column '{name}' (id) is empty in row {int(ids.isna().to_numpy().argmax()) + 1}")
    again = ids.duplicated(keep=False)
    if again.any():
        first = ids[again].iloc[0]
        rows = ", ".join(str(row + 1) for row in np.flatnonzero(ids == first)[:5])
        raise InvalidInput(f"column '{name}' (id) must name each customer once; '{first}' stands in rows {rows}")
    return ids.rename(name)


def _time(raw: pd.DataFrame, card: Card, as_of: str | None, source: str) -> np.ndarray | None:
    """The time as a customer where the model needs it: from the dates if the training took it from them, else from its column. Refuses absent columns."""
    name, start = card.time["column"], card.time["start"]
    needed = list(dict.fromkeys([*card.preparation.names, *([name] if card.model == "cox" else [])]))
    from_dates = bool(card.time["dated"]) and start in raw.columns
    absent = [column for column in needed if column not in raw.columns and not (column == name and from_dates)]
    if absent:
        shown = ", ".join(f"'{column}'" + (f" (or '{start}', from which it follows)" if column == name and card.time["dated"] else "") for column in absent[:5])
        more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
        columns = "column" if len(absent) == 1 else "columns"
        raise InvalidInput(f"'{source}' lacks the {columns} {shown}{more}, which the model needs; its columns are {', '.join(raw.columns)}")
    if name not in needed:
        return None
    return time_from_dates(raw, card, as_of) if from_dates else as_numbers(raw[name], name)


def time_from_dates(raw: pd.DataFrame, card: Card, as_of: str | None) -> np.ndarray:
    """The time as a customer up to the last day seen, or to the end."""
    from tenure._columns import parse
    from tenure._contract import UNITS, Contract

    start, end = card.time["start"], card.time["end"]
    days = {}
    for column in (start, end):
        if column is None or column not in raw.columns:
            continue
        parsed = parse(raw[column])
        if parsed.kind not in ("date", "empty") or parsed.bad.size:
            row = int(parsed.bad[0]) if parsed.bad.size else int(parsed.values.notna().to_numpy().argmax())
            raise InvalidInput(f"column '{column}' must hold dates written as YYYY-MM-DD; row {row + 1} has '{raw[column].iloc[row]}'")
        days[column] = np.full(len(raw), np.datetime64("NaT"), "datetime64[D]") if parsed.kind == "empty" else parsed.values.to_numpy("datetime64[D]")
    if np.isnat(days[start]).any():
        raise InvalidInput(f"column '{start}' is empty in row {int(np.isnat(days[start]).argmax()) + 1}; the time as a customer follows from it")
    latest = max(column[~np.isnat(column)].max(initial=np.datetime64("1900-01-01")) for column in days.values())
    last = Contract.from_mapping({"as_of": as_of}).as_of if as_of else min(latest.astype(datetime.date), datetime.date.today())
    if not as_of:
        warn(f"the time as a customer is counted up to {last}, the latest date of the table; --as-of says another day")
    until = np.datetime64(last, "D") + 1
    if (days[start] >= until).any():
        row = int((days[start] >= until).argmax())
        raise InvalidInput(f"column '{start}': row {row + 1} starts on {days[start][row]}, after the last day seen, {last}")
    stop = np.full(len(raw), until)
    if end in days:
        stop = np.where(np.isnat(days[end]) | (days[end] > until), until, days[end])
        if (stop < days[start]).any():
            raise InvalidInput(f"column '{end}': row {int((stop < days[start]).argmax()) + 1} ends before it starts")
    return (stop - days[start]).astype(np.float64) / UNITS[card.time["unit"]]


def _say_lost(raw: pd.DataFrame, card: Card) -> None:
    """A table that still has the outcome is scored whole; it is easily taken for a list of current customers."""
    for role in ("label", "end"):
        name = card.roles.get(role)
        if name is not None and name in raw.columns and as_texts(raw[name]).notna().any():
            warn(f"the table has the column '{name}', which says who was lost already; every row is scored, the lost as well")
            return


def _scored(card: Card, typed: pd.DataFrame, ids: pd.Series, time: np.ndarray | None, k: int, lang: str) -> tuple[pd.DataFrame, list[list[dict[str, Any]]]]:
    import pandas as pd

    from tenure.reporting._model import tier_of

    design = card.preparation.apply(typed)
    columns: dict[str, Any] = {str(ids.name) if ids.name not in OWN else "id": ids.to_numpy(dtype=object)}
    if card.model == "cox":
        from tenure._cli._train_cox import probabilities

        if time is None or np.isnan(time).any():
            raise InvalidInput(f"column '{card.time['column']}' is empty in row {int(np.isnan(time).argmax()) + 1 if time is not None else 1}")
        probability = probabilities(card.estimator, design, time, float(card.horizon or 0))
        columns["probability"] = probability
        columns["hazard_ratio"] = np.exp(card.estimator.predict(design) - card.mean_risk)
        if unknown := int(np.isnan(probability).sum()):
            warn(
                f"{unknown:,} customers have been there so long that no one was seen {number(card.horizon)} {card.time['unit']} longer: "
                "they have a hazard ratio, but no probability and no tier"
            )
    else:
        probability = card.estimator.predict_proba(design)[:, 1]
        columns["probability"] = probability
    columns["tier"] = [None if p != p else tier_of(p, card.tiers) for p in probability]
    listed = _reasons(card, typed, design, k, lang) if k else [[] for _ in range(len(typed))]
    for rank in range(k):
        columns[f"reason_{rank + 1}"] = [found[rank]["sentence"] if rank < len(found) else None for found in listed]
    return pd.DataFrame(columns), listed


def _reasons(card: Card, typed: pd.DataFrame, design: pd.DataFrame, k: int, lang: str) -> list[list[dict[str, Any]]]:
    """Per customer the columns that raise the score most above the average training customer."""
    from tenure.evaluate._reasons import effects, grouped_sum, listed, top_groups
    from tenure.reporting._model import MIN_EFFECT

    names = card.preparation.names
    _, scale, values, _ = effects(card.estimator, design)
    parts = np.zeros((len(design), len(names)))
    for j, (_, source) in enumerate(card.preparation.design_columns()):
        parts[:, source] += values[:, j] - card.average[j]
    groups = [[names.index(name) for name in group] for group in card.together]
    grouped = grouped_sum(parts, groups)
    table = listed(names, scale, grouped, top_groups(grouped, k), groups, [_shown(typed[name], lang) for name in names], lang)
    found: list[list[dict[str, Any]]] = [[] for _ in range(len(design))]
    least = LEAST.get(scale, MIN_EFFECT)
    for row, reason, value, effect, sentence in zip(*(table[name] for name in ("row", "reason", "value", "contribution", "sentence")), strict=True):
        if effect >= least:
            found[row].append({"reason": reason, "value": value, "contribution": effect, "sentence": sentence})
    return found


def _shown(column: pd.Series, lang: str) -> Any:
    """A function from row to the value as text."""
    values, gone = column.to_numpy(dtype=object), column.isna().to_numpy()

    def text(row: int) -> str:
        if gone[row] or values[row] == MISSING:
            return MISSING_TEXT[lang]
        return f"{values[row]:.4g}" if isinstance(values[row], int | float | np.number) else str(values[row])

    return text


def _text(card: Card, source: str, frame: pd.DataFrame) -> str:
    """Tiers, and the customers with the highest probability."""
    what = "leaving"
    if card.model == "cox":
        what += f" within {number(card.horizon)} {card.time['unit']}"
    elif card.time["period"]:
        first, last = (datetime.date.fromisoformat(day) for day in card.time["period"])
        what += f" within {(last - first).days + 1} days"
    lines = [f"{source}: {len(frame):,} customers; probability of {what}", ""]
    edges = {"high": f"from {100 * card.tiers[0]:g}%", "raised": f"from {100 * card.tiers[1]:g}%", "low": "below", None: "not known"}
    rows = [["tier", "probability", "customers", "share", "leaving, expected"]]
    for tier, edge in edges.items():
        inside = (frame["tier"].isna() if tier is None else frame["tier"] == tier).to_numpy()
        if tier is not None or inside.any():
            expected = "-" if tier is None else f"{frame['probability'].to_numpy()[inside].sum():,.0f}"
            rows.append([tier or "none", edge, f"{inside.sum():,}", percent(inside.mean()), expected])
    lines += aligned(rows, left=(0, 1))
    order = np.argsort(-np.nan_to_num(frame["probability"].to_numpy(), nan=-1.0), kind="stable")[:LISTED]
    first = frame.columns[0]
    room = max([width_of(str(first)), *(min(24, width_of(str(frame[first].iloc[row]))) for row in order)])
    shown = [[cut(str(first), 24), "probability", *(["strongest reason"] if "reason_1" in frame else [])]]
    for row in order:
        cells = [cut(str(frame[first].iloc[row]), 24), percent(frame["probability"].iloc[row])]
        if "reason_1" in frame:
            cells.append(cut(frame["reason_1"].iloc[row] or "", max(REASON_WIDTH, 100 - room - 15)))
        shown.append(cells)
    lines += ["", *aligned(shown, left=(0, 2))]
    if "reason_1" in frame:
        lines += ["", *wrapped("A reason says what goes with the risk in the model, not what would lower it.")]
    return "\n".join(lines)
