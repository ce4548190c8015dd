"""Properties of the package as a whole."""

import subprocess
import sys

import pytest

import tenure


def test_importing_is_quick_and_light():
    code = "import sys, tenure; print(*[m for m in ('sklearn', 'pandas', 'matplotlib', 'jinja2', 'scipy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""


@pytest.mark.parametrize("name", tenure.__all__)
def test_every_promised_name_is_there(name):
    assert getattr(tenure, name) is not None


def test_unknown_names_say_so():
    with pytest.raises(AttributeError, match="no attribute 'churn'"):
        tenure.churn  # noqa: B018


@pytest.mark.parametrize("n_jobs", [None, 1, 2, -1, -2, -100])
def test_n_jobs_reads_as_in_scikit_learn(n_jobs):
    from joblib import effective_n_jobs

    from tenure._threads import threads

    if n_jobs is None or n_jobs > 0:
        assert threads(n_jobs) == (n_jobs or 1)
    else:
        import os

        assert threads(n_jobs) == max(1, os.cpu_count() + 1 + n_jobs)
    assert effective_n_jobs(1) == 1


def test_zero_jobs_are_refused():
    from tenure._threads import threads

    with pytest.raises(ValueError, match="n_jobs = 0"):
        threads(0)
