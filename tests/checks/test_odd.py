"""Claims about model/ODD.md and the parts of it that are made from the code."""

import re

import pytest

from desertion.errors import InputError
from desertion.parameters import Behaviour, Force, Host
from desertion.simulation.society.records import numbers_of
from desertion.simulation.world.codes import ROUTES, STATUSES
from desertion.simulation.world.fields import DAILY_EXTRA, HOST_EXTRA
from tests.checks import odd


@pytest.fixture(scope="module")
def text() -> str:
    """Return the document."""
    return odd.DOCUMENT.read_text(encoding="utf-8")


def test_the_document_says_what_the_code_says(text: str) -> None:
    """All tables and lists that are made from the code are current; `python -m tests.checks.odd --write` renews them."""
    assert odd.renewed(text) == text


def test_a_change_in_a_made_part_is_noticed(text: str) -> None:
    """A default written by hand into a table does not survive."""
    meddled = text.replace("| `censorship`*", "| `censorship`", 1)
    assert meddled != text
    assert odd.renewed(meddled) == text


def test_every_number_that_compiled_code_reads_stands_in_a_table(text: str) -> None:
    """No lever and no weight of behaviour is missing from the document."""
    for name in (*numbers_of(Force), *numbers_of(Host), *numbers_of(Behaviour)):
        assert f"| `{name}`" in text


def test_every_column_of_the_record_is_told_in_words(text: str) -> None:
    """The table of what columns mean is written by hand, since it leads to the rules by section; a new column is missed."""
    by_hand = text.replace(odd.columns(), "")
    assert len(by_hand) < len(text)
    told = {*re.findall(r"\w+", by_hand), *(f"new_{route}" for route in ROUTES)}
    assert [name for name in (*STATUSES, *DAILY_EXTRA, *HOST_EXTRA) if name not in told] == []


def test_the_order_of_a_day_has_its_seven_parts() -> None:
    """The list is the one above the code of a day, whole."""
    assert [line[0] for line in odd.order().splitlines() if line[:1].isdigit()] == list("1234567")


def test_an_unknown_mark_is_refused_with_the_parts_there_are(text: str) -> None:
    """A mark that names no part stops the renewal."""
    with pytest.raises(InputError, match="names no part; parts are: order"):
        odd.renewed(text + "\n<!-- made from the code: weather -->\n<!-- end -->\n")


def test_a_part_without_a_mark_is_missed(text: str) -> None:
    """A table cannot be dropped by deleting its mark."""
    with pytest.raises(InputError, match="no mark for dial"):
        odd.renewed(text.replace("<!-- made from the code: dial -->", ""))


def test_links_of_the_contents_lead_to_all_numbered_sections(text: str) -> None:
    """The twelve sections are all in the contents."""
    sections = [line for line in text.splitlines() if line.startswith("## ")]
    assert len(sections) == 12
    for number in range(1, 13):
        assert f"[{number} " in text
