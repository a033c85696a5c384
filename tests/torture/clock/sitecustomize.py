"""The clock of a process and of its workers, set back by a day as soon as a file appears: what an administrator's correction does."""

import os
import time

_real, _flag = time.time, os.environ["DESERTION_TORTURE_CLOCK"]
time.time = lambda: _real() - 86_400.0 * os.path.exists(_flag)  # noqa: PTH110 - imported before everything else
time.time_ns = lambda: int(time.time() * 1e9)
