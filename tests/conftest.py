"""Settings that hold for all tests: no window, no chance that changes from run to run."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")

from hypothesis import settings

# The same examples in every run and no clock: a test that fails, fails everywhere.
settings.register_profile("suite", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("suite")
