"""Deaf: a process that leaves Ctrl-C and a closed terminal to the one that drives it."""

import os
import signal

DEAF = "DESERTION_DEAF"
"""Set in the environment of a process that is to be deaf from here on; the one that workers are copied from can only be told so."""


def leave_signals() -> None:
    """Ignore what a terminal sends to all its processes."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


if os.environ.get(DEAF) == "1":
    leave_signals()
