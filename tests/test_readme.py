"""The README shows what its commands print."""

from __future__ import annotations

import pytest

from tests.checks import readme


@pytest.mark.walks
def test_readme_shows_what_its_commands_and_python_print() -> None:
    """Claim: every command and every line of Python in the README runs, and prints what the README shows."""
    text = readme.README.read_text(encoding="utf-8")
    assert text.count("```console") + text.count("```python") >= 5, "the README lost its tour"
    assert readme.renewed(text) == text
