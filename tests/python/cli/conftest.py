"""The command line in this process, and the tables that its tests share."""

import sys

import pytest
from typer.testing import CliRunner

import tenure as tn
from tenure.cli import app


@pytest.fixture
def run(monkeypatch, tmp_path):
    """The command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        words = [str(word) for word in arguments]
        monkeypatch.setattr(sys, "argv", ["tenure", *words])
        return CliRunner().invoke(app, words, env={"COLUMNS": "200", "NO_COLOR": "1"}, catch_exceptions=False)

    return call


@pytest.fixture(scope="session")
def churn():
    """Customers with dates: 2,000 of them, read once."""
    return tn.datasets.make_churn(2000, seed=7)


@pytest.fixture(scope="session")
def telco():
    return tn.datasets.load_telco()


@pytest.fixture
def fails(run, tmp_path):
    """A command that has to fail: one line on the error stream beside warnings, nothing on standard output, no file written or changed."""

    def call(*arguments, code=2):
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
        made = run(*arguments)
        assert made.exit_code == code, made.stderr
        assert made.stdout == ""
        lines = [line for line in made.stderr.splitlines() if not line.startswith("warning: ")]
        assert len(lines) == 1, made.stderr
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
        return lines[0]

    return call
