"""The churn report: one customer table in, one HTML page and its JSON twin out."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tenure._contract import Contract
from tenure._read import Customers, read
from tenure._write import write_together
from tenure.reporting._findings import findings
from tenure.reporting._render import check_language, render

__all__ = ["Report", "findings", "render", "report"]


class Report:
    """A finished report.

    Attributes
    ----------
    findings : dict
        Every number and note, in plain values: the JSON twin.
    customers : Customers or None
        The table it was made from.
    """

    def __init__(self, found: dict[str, Any], customers: Customers | None = None, lang: str = "en") -> None:
        self.findings, self.customers, self.lang = found, customers, lang

    def html(self, lang: str | None = None) -> str:
        """The page as text, complete in itself."""
        return render(self.findings, lang or self.lang)

    def json(self) -> str:
        """The findings as JSON text."""
        return json.dumps(self.findings, ensure_ascii=False, allow_nan=False, indent=1)

    def save(self, path: str | os.PathLike[str], json: str | os.PathLike[str] | None = None, lang: str | None = None) -> tuple[Path, Path]:
        """Write the page to `path` and the twin to `json` (default: the same name with .json), both or none. Returns the two paths."""
        page = Path(path)
        twin = page.with_suffix(".json") if json is None else Path(json)
        if page == twin:
            raise ValueError(f"path and json are the same file, '{page}'")
        write_together({page: self.html(lang), twin: self.json()})
        return page, twin

    def _repr_html_(self) -> str:
        page = self.html().replace("&", "&amp;").replace('"', "&quot;")
        return f'<iframe srcdoc="{page}" style="width:100%;height:720px;border:1px solid #ccc" title="churn report"></iframe>'

    def __repr__(self) -> str:
        rate = self.findings["rates"]["headline"]
        return f"Report({self.findings['source']['name']}: {rate['lost']:,} of {rate['denominator']:,} lost, {100 * rate['rate']:.1f}%)"


def report(
    data: Any,
    contract: Contract | Mapping[str, Any] | str | None = None,
    *,
    lang: str = "en",
    encoding: str | None = None,
    seed: int = 0,
    command: str | None = None,
) -> Report:
    """Analyse a customer table and describe what was found.

    Parameters
    ----------
    data : path, frame, or what `read` returned
        One row a customer.
    contract : Contract, mapping, or path of a YAML file, optional
        What the columns mean; the rest is guessed and said.
    lang : {"en", "zh"}, default="en"
        Language of the page; the findings hold the notes in both.
    encoding : str, optional
        Encoding of a CSV file; UTF-8 unless told.
    seed : int, default=0
        How customers are dealt to the folds of the model.
    command : str, optional
        How to make the report again, printed at its end.

    Returns
    -------
    Report
        `.save("report.html")` writes the page and its JSON twin.

    Raises
    ------
    InvalidInput
        The table cannot be used; the message names column, rule and row.

    Examples
    --------
    >>> import tenure as tn
    >>> tn.report(tn.datasets.load_telco())
    Report(data frame: 1,869 of 7,043 lost, 26.5%)
    """
    check_language(lang)
    customers = data if isinstance(data, Customers) else read(data, contract, encoding=encoding)
    if command is None:
        command = f"tenure.report({customers.source.name!r}, {contract_text(customers.contract)}).save('report.html')"
    return Report(findings(customers, command=command, seed=seed), customers, lang)


def contract_text(contract: Contract) -> str:
    """The contract as the mapping one would type."""
    return repr(contract.to_mapping())
