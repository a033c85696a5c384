"""Ways out of home have one clock each, and compiled code is kept by everything that went into it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desertion.engine.compile import _own_folder
from desertion.simulation.signals.communities import class_baseline
from desertion.simulation.world.codes import FIRST_WAY, N_CELLS, N_ROUTES, N_WAYS, WAY_ROUTES
from desertion.simulation.world.columns import FORCE_COLUMNS


def test_every_way_out_of_home_has_a_clock_in_the_order_of_routes() -> None:
    """The routes of a class are those that have a baseline, ascending, as the signals write and the cells read them."""
    force = np.full(len(FORCE_COLUMNS), 0.5)
    for cl in range(N_CELLS):
        routes = [k for k in range(N_ROUTES) if class_baseline(force, cl, k) >= 0.0]
        assert list(WAY_ROUTES[FIRST_WAY[cl] : FIRST_WAY[cl + 1]]) == routes
    assert FIRST_WAY[N_CELLS] == N_WAYS == len(WAY_ROUTES)


@pytest.mark.parametrize("changed", ["rules.py", "columns.py", "codes.py", "fields.py"])
def test_compiled_code_is_kept_apart_when_a_kernel_or_a_constant_in_it_changes(tmp_path: Path, changed: str) -> None:
    """Kernels compile in the numbers of other modules, which Numba does not look at."""
    for name in ("rules.py", "columns.py", "codes.py", "fields.py", "other.py"):
        (tmp_path / name).write_text("@kernel\n" if name == "rules.py" else "A = 1\n")
    before = _own_folder(str(tmp_path))
    (tmp_path / "other.py").write_text("A = 2\n")
    assert _own_folder(str(tmp_path)) == before
    kept = (tmp_path / changed).read_text()
    (tmp_path / changed).write_text(kept + "B = 2\n")
    assert _own_folder(str(tmp_path)) != before
