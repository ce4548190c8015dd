"""Shared by all tests: the examples that hypothesis tries are the same on every run, so that a failure belongs to a change."""

import os

from hypothesis import settings

# joblib warns where it cannot count cores (a machine without /sys), and a warning is an error here.
os.environ.setdefault("LOKY_MAX_CPU_COUNT", str(os.cpu_count() or 1))

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
