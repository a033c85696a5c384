import subprocess
import sys

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
