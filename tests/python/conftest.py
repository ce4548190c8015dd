"""Shared by all tests: the examples that hypothesis tries are the same on every run, so that a failure belongs to a change."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
