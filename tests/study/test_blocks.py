"""The same blocks as Markdown and as a page: marks work, whatever else looks like markup is text."""

from xml.etree import ElementTree as ET

from desertion.study.blocks import Bullets, Heading, Share, Table, Text, html, markdown, page

BLOCKS = (
    Heading("Numbers", 1),
    Text("A **bold** word, `a | b` and <b>&.", "note"),
    Bullets(["one", "**two**"]),
    Table(("claim", "verdict"), [("a | b", "holds"), ("<i>", "fails")], marked=1, shares=[Share(0.1, 0.2, 0.5)] * 2),
)


def test_blocks_as_markdown() -> None:
    """Blocks are parted by empty lines, and a bar in a cell does not end the cell."""
    assert markdown(BLOCKS) == (
        "# Numbers\n\nA **bold** word, `a | b` and <b>&.\n\n- one\n- **two**\n\n"
        "| claim | verdict |\n| --- | --- |\n| a \\| b | holds |\n| <i> | fails |\n"
    )


def test_blocks_as_a_page() -> None:
    """The page is well-formed, marks are elements, verdicts carry their class, each row its bar."""
    tree = ET.fromstring(page("A <title>", html(BLOCKS)).removeprefix("<!DOCTYPE html>\n"))
    assert tree.findtext("head/title") == "A <title>"
    note = tree.find(".//p[@class='note']")
    assert note is not None
    assert "".join(note.itertext()) == "A bold word, a | b and <b>&."
    assert [part.tag for part in note] == ["strong", "code"]
    assert [item.findtext("strong") or item.text for item in tree.iter("li")] == ["one", "two"]
    assert [cell.get("class") for cell in tree.iter("td") if cell.text in ("holds", "fails")] == ["holds", "fails"]
    assert [bar.get("aria-label") for bar in tree.iter("svg")] == ["20 per cent, 10 to 50"] * 2
    assert len(list(tree.iter("th"))) == 3
