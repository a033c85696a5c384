"""What the documentation makes from the code is whole, and its check of links finds what it should."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import desertion
from desertion import commands
from desertion.files import shipped_folder
from desertion.simulation.record.columns import DAILY, HOSTLY, MEASURES, PEOPLE
from tests.checks.site import FINDINGS, ROOT, SOURCES, dead_links, found_page

spec = importlib.util.spec_from_file_location("generate", SOURCES / "generate.py")
assert spec is not None
assert spec.loader is not None
generate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate)


def test_every_command_and_option_is_in_the_reference() -> None:
    """Read from the parsers."""
    page = generate.command_page()
    for name in commands.names():
        assert f"## desertion {name}\n" in page
    for option in ("--points", "--replicate", "--accept-changes", "--permutations"):
        assert f"`{option}`" in page


def test_every_column_and_measure_is_in_the_reference_with_its_definition() -> None:
    """With the size basis."""
    page = generate.column_page()
    for known in (DAILY, HOSTLY, PEOPLE, MEASURES):
        for name, column in known.items():
            assert f"| `{name}` |" in page
            assert column.definition.replace("|", "\\|") in page


@pytest.mark.parametrize("name", ["scenario", "force", "policy", "study"])
def test_schemas_name_every_input_of_their_document(name: str) -> None:
    """And are JSON."""
    schema = json.loads(json.dumps(generate.schema(name)))
    document: type[BaseModel] = generate.SCHEMAS[name]
    assert set(schema["properties"]) == {field.alias or key for key, field in document.model_fields.items()}
    assert schema["version"] == 1


def test_shipped_forces_state_only_what_the_schema_knows() -> None:
    """An editor that checks by it would mark nothing in them."""
    known = set(generate.schema("force")["properties"])
    for path in (shipped_folder("seeds") / "forces").glob("*.toml"):
        assert set(tomllib.loads(path.read_text())) <= known


def test_every_public_name_is_on_the_page_of_the_python_interface() -> None:
    """Under its own name, or as what a question gives."""
    page = (SOURCES / "reference" / "python.md").read_text()
    shown = {match.rpartition(".")[2] for match in re.findall(r"auto(?:function|class|exception):: ([\w.]+)", page)}
    assert set(desertion.__all__) - shown - {"__version__", "InputError", "Policy", "Reservist", "Civilian"} == set()


def test_every_page_is_in_a_table_of_contents() -> None:
    """A page that nothing leads to is not read."""
    for folder in ("start", "tutorials", "howto", "explanation"):
        listed = (SOURCES / folder / "index.md").read_text()
        for path in (SOURCES / folder).glob("*.md"):
            assert path.stem == "index" or re.search(rf"^{re.escape(path.stem)}$", listed, re.MULTILINE), path.name
    listed = (SOURCES / "findings" / "index.md").read_text()
    assert re.findall(r"^[a-z]+$", listed, re.MULTILINE) == list(FINDINGS)


def test_a_page_on_what_came_out_links_within_the_site_and_brings_its_pictures(tmp_path: Path) -> None:
    """Tables that the site does not show are named without a link."""
    page = found_page(ROOT / FINDINGS["matches"], tmp_path)
    assert "](match-ranges.png)" in page
    assert (tmp_path / "match-ranges.png").read_bytes() == (ROOT / "experiments" / "match" / "ranges.png").read_bytes()
    assert "| Russia, first set |" in page
    assert "](totals.md)" in found_page(ROOT / FINDINGS["evidence"], tmp_path)


def test_dead_links_and_things_from_outside_are_found(tmp_path: Path) -> None:
    """A page, a place on a page, and a script of somebody else's."""
    (tmp_path / "a.html").write_text(
        '<p id="here"></p><a href="b.html#there">b</a><a href="#here">a</a><a href="c.html">c</a>'
    )
    (tmp_path / "b.html").write_text(
        '<script src="https://example.org/x.js"></script><a href="https://example.org">e</a>'
    )
    assert dead_links(tmp_path) == [
        "a.html: links to b.html#there, which has no such place",
        "a.html: links to c.html, which is not there",
        "b.html: would fetch https://example.org/x.js",
    ]


def _commands() -> list[tuple[str, str]]:
    """Every `desertion` command that the documentation, README and notebooks show, with the page."""
    pages = [*SOURCES.rglob("*.md"), ROOT / "README.md", *(ROOT / "notebooks").glob("*.ipynb")]
    found: list[tuple[str, str]] = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        shown = [
            *re.findall(r"`desertion ([^`]+)`", text),
            *re.findall(r"^(?:    |\$ |!)desertion (.+)$", text, re.MULTILINE),
        ]
        found += [(page.name, line.partition(" #")[0]) for line in shown]
    return found


def test_commands_in_the_documentation_are_the_programs() -> None:
    """Each names a command and options that there are; that they do what the page says, the tests of the commands hold."""
    whole: Any = generate.typer.main.get_command(generate.build_app())
    shown = _commands()
    assert len(shown) > 40
    for page, line in shown:
        first, *words = line.split()
        if first.startswith("-"):
            assert first.partition("=")[0] in ("--help", "--version", "--install-completion", "--show-completion"), (
                page,
                line,
            )
            continue
        assert first in whole.commands, (page, line)
        known = {name for one in whole.commands[first].params for name in (*one.opts, *one.secondary_opts)}
        options = [word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)]
        assert set(options) <= known, (page, line)
