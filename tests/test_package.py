import subprocess
import sys
from pathlib import Path

import pytest

import desertion


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import desertion` costs next to nothing."""
    probe = "import sys, desertion; print(sorted({'mesa', 'numba', 'pandas', 'numpy', 'pydantic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", desertion.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    """The lazy table points at something."""
    assert getattr(desertion, name) is not None
    assert name in dir(desertion)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """Laziness does not change what Python users expect."""
    with pytest.raises(AttributeError, match="no attribute 'Army'"):
        _ = desertion.Army


def test_a_folder_with_the_name_of_a_library_is_named_as_the_cause(tmp_path: Path) -> None:
    """Numba takes a user's folder `coverage` for the library; "cannot import name" would send him to look here."""
    (tmp_path / "coverage").mkdir()
    script = tmp_path / "own.py"
    script.write_text("from desertion import DesertionModel")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    told = done.stderr.splitlines()[-1]
    assert "desertion.DesertionModel cannot be loaded: module 'coverage' has no attribute" in told
    assert "bear the name of a library" in told
