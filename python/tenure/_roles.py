"""Which column means what, when nobody said: by names in English and Chinese, checked against the contents."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tenure import InvalidInput
from tenure._columns import ParsedColumn
from tenure._contract import COLUMN_ROLES, Contract
from tenure._text import Notes

# Compared with names in lower case without spaces, dots, dashes and underscores; the first match of the first pattern wins.
NAMES = {
    "id": r"(customer|client|cust|user|account|subscriber|member)?(id|no|number|key|uuid|code)|(customer|client|user|account)|clientnum"
    r"|客户(编号|号|id|代码)|用户(编号|号|id)|会员号|卡号",
    "label": r"(is|has|was|did)?(churn|churned|churner|churnlabel|churnflag|exited|attrition|attritionflag|attrited|cancelled|canceled|lost|left)"
    r"|(是否|客户|用户)?(流失|离网|退网|流失标志|流失标签)|是否已流失",
    "duration": r"tenure(inmonths|months|days|weeks|years|month)?|months?onbook|(account|subscription|contract)(age|length|duration)(inmonths|months|days)?"
    r"|duration|lifetime(months|days)?|monthsactive|网龄|在网(时长|月数|月|天数)|入网(时长|月数)|使用月数",
    "start": r"(start|begin|join|joined|signup|activation|activated|contractstart|registration|registered|subscribed|opened)(date|day|at|on)?"
    r"|入网(日期|时间)|开户(日期|时间)|加入日期|注册(日期|时间)|开始日期",
    "end": r"(end|leave|left|exit|churn|cancel|cancellation|cancelled|termination|terminated|closed|disconnect|deactivation|contractend)"
    r"(date|day|at|on)|end|离网(日期|时间)|流失(日期|时间)|退网(日期|时间)|销户(日期|时间)|结束日期",
    "value": r"monthly(charges?|revenue|fee|amount|spend|value|payment)|mrr|arpu|monthlyrecurringrevenue|(charge|fee|revenue)(per|a)month"
    r"|月(租|租费|费|消费|消费额|均消费|收入)|每月费用",
    "reason": r"(churn|exit|cancel|cancellation|leave|leaving|loss)?reason|(流失|离网|退网)原因|原因",
}
POSITIVE_WORDS = frozenset(
    ["yes", "y", "true", "t", "1", "churn", "churned", "churner", "lost", "left", "exited", "cancelled", "canceled", "attrited", "closed"]
) | {
    "attrited customer",
    "是",
    "流失",
    "已流失",
    "离网",
    "退网",
}
_UNIT_WORDS = {"day": "days", "week": "weeks", "month": "months", "year": "years", "天": "days", "月": "months", "年": "years"}
_FITS = {"duration": ("number",), "value": ("number",), "start": ("date",), "end": ("date",), "reason": ("category",), "label": ("category", "constant")}


def normal(name: str) -> str:
    return re.sub(r"[\s_.\-/()]+", "", name).lower()


def settle(contract: Contract, columns: dict[str, ParsedColumn], notes: Notes) -> Contract:
    """`contract` with every role filled that can be; what was assumed goes to `notes`. Columns that are named but absent are an error."""
    for role, column in contract.columns().items():
        if column not in columns:
            raise InvalidInput(f"column '{column}' ({role}) is not in the table; its columns are {', '.join(columns)}")
    for column in contract.ignore:
        if column not in columns:
            raise InvalidInput(f"column '{column}' (ignore) is not in the table; its columns are {', '.join(columns)}")
    taken = {*contract.columns().values(), *contract.ignore}
    for role in COLUMN_ROLES:
        if getattr(contract, role) is not None:
            continue
        found = _guess(role, columns, taken)
        if found is not None:
            told: dict[str, Any] = {role: found}
            contract = replace(contract, **told)
            taken.add(found)
            notes.add(f"assume.{role}", column=found)
    if contract.end is not None and contract.start is None:
        notes.add("note.end_without_start", "warning", column=contract.end)
        contract = replace(contract, end=None, ignore=(*contract.ignore, contract.end))
    if contract.label is not None:
        contract = _positive(contract, columns[contract.label], notes)
    elif contract.end is not None:
        notes.add("assume.label_from_end", column=contract.end)
    else:
        raise InvalidInput(
            "no column says who was lost: name it with label=... (for instance label='Churn'), or give start and end dates; "
            f"the columns are {', '.join(columns)}"
        )
    if contract.duration is not None and contract.duration_unit is None:
        name = normal(contract.duration)
        unit = next((unit for word, unit in _UNIT_WORDS.items() if word in name), None)
        contract = replace(contract, duration_unit=unit or "months")
        if unit is None:
            notes.add("assume.unit", column=contract.duration, unit="months")
    if contract.id is None:
        notes.add("assume.no_id")
        alike = (name for name in columns if name not in taken and re.fullmatch(NAMES["id"], normal(name)))
        for name in alike:
            notes.add("warn.id_repeats", "warning", column=name, n=int(columns[name].values.nunique()))
    return contract


def _guess(role: str, columns: dict[str, ParsedColumn], taken: set[str]) -> str | None:
    named = {name: column for name, column in columns.items() if name not in taken and re.fullmatch(NAMES[role], normal(name))}
    for name, column in named.items():
        if role == "id":
            if column.kind in ("text", "number", "category") and 2 * column.values.nunique() >= len(column.values):
                return name
        elif role == "label":
            if column.kind in _FITS["label"] and column.values.nunique() == 2:
                return name
        elif column.kind in _FITS[role]:
            return name
    return next(iter(named), None) if role == "label" else None  # a column named like the label but not fit to be one deserves its error


def _positive(contract: Contract, column: ParsedColumn, notes: Notes) -> Contract:
    classes = [str(level) for level in column.values.dropna().unique()] if column.kind != "number" else []
    name = contract.label
    if column.kind in ("number", "text") or len(classes) > 2:
        count = column.values.nunique()
        seen = column.values.dropna().drop_duplicates()
        shown = ", ".join(f"'{level}'" for level in seen.iloc[:3])
        rule = "must have two classes, lost and not lost"
        raise InvalidInput(f"column '{name}' (label) {rule}; it has {count}: {shown} (row {seen.index[2] + 1}){', ...' if count > 3 else ''}")
    if len(classes) < 2:
        what = f"only '{classes[0]}'" if classes else "no values at all"
        raise InvalidInput(f"column '{name}' (label) must have two classes, lost and not lost; it has {what}")
    if contract.positive is not None:
        wanted = {contract.positive.lower()} | ({"true", "1"} if contract.positive == "Yes" else set())
        match = [level for level in classes if level == contract.positive] or [level for level in classes if level.lower() in wanted]
        if not match:
            raise InvalidInput(f"column '{name}' (label) has no value '{contract.positive}' (positive); it has {' and '.join(map(repr, sorted(classes)))}")
        return replace(contract, positive=match[0])
    match = [level for level in classes if level.lower() in POSITIVE_WORDS]
    if len(match) != 1:
        shown = " and ".join(map(repr, sorted(classes)))
        raise InvalidInput(f"column '{name}' (label) has the values {shown}: say which one means lost with positive=...")
    notes.add("assume.positive", column=name, value=match[0])
    return replace(contract, positive=match[0])
