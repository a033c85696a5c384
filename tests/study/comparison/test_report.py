"""The report: valid, whole in itself, accessible, and its sentences agree with its numbers."""

import base64
import io
import itertools
import re
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from desertion.study.comparison.report import page, words
from desertion.study.comparison.report.pictures import PICTURES
from tests.figures.test_style import contrast
from tests.study.comparison.test_comparison import compared, row

POLICIES = ["case-by-case", "closed-borders", "fast-track"]


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    """Three policies, six made-up runs each."""
    return compared(tmp_path_factory.mktemp("report") / "study.sqlite", POLICIES, scale=0.1, days=40)


@pytest.fixture(scope="module")
def html(comparison) -> str:
    """The page as text."""
    return page(comparison)


@pytest.fixture(scope="module")
def tree(html) -> ET.Element:
    """The page as a tree; it is well-formed XML too."""
    return ET.fromstring(html.removeprefix("<!DOCTYPE html>\n"))


def test_the_page_is_well_formed_and_says_its_language_and_title(html, tree):
    """Every element is closed, the document has a type, a language, a character set and a title."""
    assert html.startswith("<!DOCTYPE html>\n")
    assert tree.get("lang") == "en"
    assert tree.findtext("head/title") == "A made-up war: 3 policies compared"
    assert tree.find("head/meta[@charset='utf-8']") is not None


def test_names_are_unique_and_references_lead_somewhere(tree):
    """No identifier occurs twice, and every label that is pointed at exists."""
    names = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(names) == len(set(names))
    assert {element.get("aria-labelledby") for element in tree.iter() if element.get("aria-labelledby")} <= set(names)


def test_headings_follow_each_other_without_gaps(tree):
    """One h1; no level is skipped."""
    levels = [int(element.tag[1]) for element in tree.iter() if re.fullmatch(r"h[1-6]", element.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_nothing_is_loaded_from_anywhere(html, tree):
    """No script, no style sheet, font or picture outside the file."""
    assert tree.find(".//script") is None
    assert tree.find(".//link") is None
    addresses = [
        element.get(name) for element in tree.iter() for name in ("src", "srcset", "href") if element.get(name)
    ]
    assert addresses
    assert all(address.startswith("data:") for address in addresses)
    assert "url(" not in html
    assert "@import" not in html


def test_every_figure_is_there_for_light_and_dark_with_text_for_those_who_cannot_see_it(tree):
    """Each figure is a readable PNG twice, has an alternative text with numbers, a size, and a numbered caption."""
    figures = tree.findall(".//figure")
    assert len(figures) == len(PICTURES)
    for number, figure in enumerate(figures, start=1):
        image, source = figure.find("picture/img"), figure.find("picture/source")
        assert len(image.get("alt")) > 40
        assert int(image.get("width")) > int(image.get("height")) > 0
        for address in (image.get("src"), source.get("srcset")):
            Image.open(io.BytesIO(base64.b64decode(address.removeprefix("data:image/png;base64,")))).verify()
        assert "".join(figure.find("figcaption").itertext()).startswith(f"Figure {number}.")


def test_colours_of_the_page_reach_the_contrast_of_the_strictest_level(html):
    """Text, small print and links reach 7 to 1 (4.5 for links) against page and tint, in light and dark."""
    schemes = re.findall(
        r"--page: (#\w+);.*?--ink: (#\w+);.*?--soft: (#\w+);.*?--tint: (#\w+);.*?--link: (#\w+);", html, re.S
    )
    assert len(schemes) == 2
    for paper, ink, soft, tint, link in schemes:
        for ground in (paper, tint):
            assert contrast(ink, ground) >= 7.0
            assert contrast(soft, ground) >= 7.0
            assert contrast(link, ground) >= 4.5


def test_the_answer_has_three_sentences_with_the_tables_numbers(comparison, tree):
    """The baseline's median, the largest paired differences and the counts of collapses stand in the answer."""
    spans = [span.text for span in tree.findall(".//p[@class='answer']/span")]
    assert len(spans) == 3
    left = row(comparison.summary, policy="case-by-case", measure="left")["estimate"]
    assert words.number(left) in spans[0]
    more = row(comparison.paired, policy="fast-track", measure="left")
    assert f"“fast-track” raises that number most, by {words.number(more['difference'])}" in spans[1]
    assert "“closed-borders” lowers that number most" in spans[1]
    chance = row(comparison.summary, policy="fast-track", measure="collapsed")
    assert f"{round(chance['estimate'] * 6)} of 6 under “fast-track”" in spans[2]


def test_without_sure_effects_or_collapses_the_answer_says_so(tmp_path):
    """Equal policies give no effect beyond chance; where no run collapses, the bound on the chance is named."""
    equal = compared(tmp_path / "equal.sqlite", ["closed-borders", "none"], runs=4)
    equal.paired.loc[:, ["low", "difference", "high"]] = [-1.0, 0.0, 1.0]
    equal.summary.loc[equal.summary["measure"] == "collapsed", ["estimate", "low", "high"]] = [0.0, 0.0, 0.49]
    _, effect, fate = words.answer(equal)
    assert effect == "No other policy changes that number by more than chance within the model explains."
    assert fate.endswith("with 95 % confidence its chance is below 49 % for each.")


def test_the_command_that_remakes_it_names_every_input(comparison):
    """Scenario, policies, runs, seed, scale and days stand in the command."""
    assert words.command(comparison) == (
        "desertion compare toy --policy case-by-case --policy closed-borders --policy fast-track --runs 6 --seed 1 "
        "--scale 0.1 --days 40 --out results"
    )


def test_the_tables_can_be_downloaded_whole(comparison, tree):
    """Each linked table is the comparison's own as CSV."""
    links = {link.get("download"): link.get("href") for link in tree.findall(".//a")}
    assert set(links) == {"summary.csv", "paired.csv", "attribution.csv"}
    text = base64.b64decode(links["paired.csv"].partition("base64,")[2]).decode()
    assert text == comparison.paired.to_csv(index=False)


def test_names_from_users_cannot_become_markup(tmp_path):
    """A policy file's name with signs of HTML is shown as text."""
    from tests.study.comparison import fake_arm

    fake_arm.PULLS["<b>&"] = 0.3
    made = page(compared(tmp_path / "odd.sqlite", ["none", "<b>&"], runs=2))
    assert "<b>" not in made
    assert "&lt;b&gt;&amp;" in made


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (39_040, "persons", "39,000"),
        (1_234_567, "EUR", "€1.23 million"),
        (0.1234, "share", "12.3 %"),
        (7, "persons", "7"),
        (float("nan"), "persons", "unknown"),
        (-2_000, "EUR", "-€2,000"),
    ],
)
def test_amounts_are_written_for_readers(value, unit, text):
    """Numbers in sentences have three figures at most and their unit."""
    assert words.amount(value, unit) == text
