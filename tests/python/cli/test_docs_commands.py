"""Every command of the documentation runs, in order; where its output follows, it is that."""

import pathlib
import re
import shlex

import numpy as np
import pandas as pd
import pytest

import tenure as tn

ROOT = pathlib.Path(__file__).resolve().parents[3]
FENCE = re.compile(r"^```(\w+)[ \t]*\n(.*?)^```", re.M | re.S)
PAGES = [page for page in [*sorted(ROOT.glob("docs/*.md")), ROOT / "README.md"] if re.search(r"^tenure ", page.read_text(encoding="utf-8"), re.M)]


def commands(page):
    """(line of the command, the output that follows it or None)."""
    found = []
    for language, body in FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "bash":
            found += [[line, None] for line in body.splitlines() if line.startswith("tenure ")]
        elif language == "text" and found:
            found[-1][1] = body
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_run(page, run, tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("pyarrow")
    customers = tn.datasets.make_churn(3000, seed=1)
    customers.to_csv(tmp_path / "customers.csv", index=False)
    customers.to_parquet(tmp_path / "customers.parquet")
    customers[customers["end"].isna()].drop(columns=["churned", "tenure_months", "end", "reason"]).to_csv(tmp_path / "current.csv", index=False)
    (tmp_path / "contract.yaml").write_text("currency: ¥\n", encoding="utf-8")
    rng = np.random.default_rng(0)
    days = np.datetime64("2025-01-01") + np.sort(rng.integers(0, 365, 600))
    pd.DataFrame({"customer": rng.integers(0, 150, 600), "day": days}).to_csv(tmp_path / "events.csv", index=False)
    for line, output in commands(page):
        made = run(*shlex.split(line, comments=True)[1:])
        assert made.exit_code == 0, f"{line}\n{made.stderr}"
        if output is not None:
            assert made.stdout == output, line
