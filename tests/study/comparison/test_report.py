"""The report: valid, whole in itself, accessible, and its sentences agree with its numbers."""

import base64
import io
import itertools
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from PIL import Image

from desertion import Policy, Scenario, compare
from desertion.figures.style import Medium
from desertion.study.comparison.compare import spec_of
from desertion.study.comparison.outcomes import BY_NAME
from desertion.study.comparison.pictures import KINDS, OF_ALL, draw
from desertion.study.comparison.report import page, parts, reasons, words, write
from desertion.study.comparison.report.answer import answer
from desertion.study.comparison.report.estimate import Estimate
from desertion.study.comparison.report.pictures import FIRST, PICTURES, picture
from desertion.study.rerun import rerun
from desertion.study.statistics import wilson_interval
from tests.figures.test_style import contrast
from tests.shortcuts import at_once, in_process
from tests.study.comparison import fake_arm
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


def test_the_answer_names_every_policy_with_the_tables_numbers(comparison, tree):
    """The baseline, then one sentence a policy with the largest effect first, then the counts of collapses."""
    lines = [line.text for line in tree.findall(".//div[@class='answer']/p")]
    assert len(lines) == len(POLICIES) + 1
    left = row(comparison.summary, policy="case-by-case", measure="left")["estimate"]
    assert f"Under “Case by case”, {words.number(left)} people leave" in lines[0]
    for line, policy, word in ((lines[1], "fast-track", "more"), (lines[2], "closed-borders", "fewer")):
        change = row(comparison.paired, policy=policy, measure="left")
        low, high = sorted((abs(change["low"]), abs(change["high"])))
        told = f"{words.number(abs(change['difference']))} {word} than under “Case by case” ({words.number(low)} to {words.number(high)})"
        assert line.startswith(f"“{comparison.names[policy]}”: ")
        assert f"{told} in 6 of 6 pairs of runs; " in line
        cost, protected = (
            row(comparison.summary, policy=policy, measure=name)["estimate"] for name in ("cost_eur", "protected")
        )
        assert f"{words.amount(cost, 'EUR')} for the hosts" in line
        assert f"{words.amount(cost / protected, 'EUR')} for each person protected" in line
    chance = row(comparison.summary, policy="fast-track", measure="collapsed")
    assert f"{round(chance['estimate'] * 6)} of 6 under “Fast track”" in lines[3]


@pytest.mark.usefixtures("no_pictures")
def test_a_figure_of_one_of_several_forces_says_so_in_caption_and_alternative_text(tmp_path):
    """Figures of hosts are of all forces; every other shows the first alone, the shades of the daily chance too."""
    two = compared(tmp_path / "two.sqlite", ["none", "fast-track"], runs=2, settings={"forces": "russia,belarus"})
    vars(two)["decision"] = {}  # the forces are made up, and no scenario has them
    drawn = {kind: picture(two, kind) for kind in PICTURES}
    alone = {kind for kind, one in drawn.items() if one.alt.startswith("Of russia alone. ")}
    assert alone == set(PICTURES) - {"where", "hosts"}
    assert {kind for kind, one in drawn.items() if one.caption.endswith(" Of russia alone.")} == alone
    assert draw(two, "decision", force="belarus").get_supxlabel() == "Of russia alone."


@pytest.mark.parametrize("medium", ["screen", "paper"])
def test_the_name_of_the_one_force_that_a_figure_shows_meets_no_other_words(tmp_path: Path, medium: Medium) -> None:
    """It stood in the corner where the title of the second of two shades of the daily chance ends."""
    force = "russia-of-the-year-2022"
    settings = {"forces": f"{force},belarus"}
    two = compared(tmp_path / "two.sqlite", ["none", "fast-track"], runs=6, settings=settings)
    chance = pd.DataFrame(np.geomspace(7e-6, 0.076, 25).reshape(5, 5), np.linspace(0, 1, 5), np.linspace(0, 0.2, 5))
    vars(two)["decision"] = {"soldier": chance, "reservist": chance}
    for kind in KINDS:
        figure = draw(two, kind, medium=medium)
        figure.canvas.draw()
        words = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        named = [text for text in words if force in text.get_text()]
        assert len(named) == (kind not in OF_ALL), kind
        for name in named:
            box = name.get_window_extent()
            met = [text.get_text() for text in words if text is not name and box.overlaps(text.get_window_extent())]
            assert (met, box.x0 >= 0.0, box.x1 <= figure.bbox.x1) == ([], True, True), kind


def test_without_sure_effects_or_collapses_the_answer_says_so(tmp_path):
    """Equal policies give no effect beyond chance; where no run collapses, the bound on the chance is that of the table, rounded up."""
    equal = compared(tmp_path / "equal.sqlite", ["closed-borders", "none"], runs=4)
    paired, summary = equal.paired, equal.summary
    paired.loc[:, ["low", "difference", "high"]] = [-1000.0, 0.0, 2000.0]
    summary.loc[summary["measure"] == "collapsed", ["estimate", "low", "high"]] = [0.0, 0.0, 0.324]
    vars(equal).update(paired=paired, summary=summary)
    _, effect, fate = answer(equal)
    assert (
        "leave, and the difference is within chance (1,000 fewer to 2,000 more than under “Closed borders”); " in effect
    )
    assert "people who" not in effect
    assert "pairs of runs" not in effect
    assert fate.endswith(
        "in none of the 4 runs of any policy; by Wilson's 95 % interval its chance is below 33 % for each."
    )
    summary.loc[summary["measure"] == "collapsed", ["runs", "high"]] = 1, wilson_interval(0, 1)[1]
    assert answer(equal)[-1].endswith(
        "in no run of any policy; by Wilson's 95 % interval its chance is below 80 % for each."
    )


def test_with_two_forces_each_is_told_and_what_hosts_bear_once_for_both(tmp_path):
    """The price of a person protected is all costs over all who are protected; waiting and cost stand in no sentence and no table of one force."""
    two = compared(tmp_path / "two.sqlite", POLICIES, settings={"forces": "russia,belarus"})
    own, table = two.outcomes["measure"] == "protected", two.outcomes
    table.loc[own & (table["force"] == "belarus"), "value"] *= 3.0
    told = answer(two)
    assert [" of russia " in line for line in told[:4]] == [" of belarus " in line for line in told[4:8]] == [True] * 4
    assert not any("waiting" in line or "for the hosts" in line for line in told[:8])
    protected, cost = (
        two.outcomes[(two.outcomes["policy"] == "fast-track") & (two.outcomes["measure"] == measure)]
        for measure in ("protected", "cost_eur")
    )
    price = cost["value"].median() / protected.groupby("replicate")["value"].sum().median()
    (line,) = [line for line in told[8:] if line.startswith("All forces together, “Fast track”: ")]
    assert line.endswith(f" for the hosts, {words.amount(price, 'EUR')} for each person protected.")
    assert answer(two, "belarus") == told[4:]
    tables = re.findall("<table>.*?</table>", parts.headline_tables(two), re.DOTALL)
    assert [re.findall("<caption>(.*?)</caption>", one)[0] for one in tables] == [
        "Outcomes for russia", "Outcomes for belarus", "Outcomes for all forces"
    ]  # fmt: skip
    assert [BY_NAME["cost_eur"].title in one for one in tables] == [False, False, True]


@pytest.mark.parametrize(
    ("early", "end", "told"),
    [
        (4000.0, -1000.0, "by 5 October 2022, 4,000 more than under “The scenario as it is” (4,000 to 4,000) had left"),
        (4000.0, 1000.0, "by 5 October 2022, 4,000 more than under “The scenario as it is” (4,000 to 4,000) had left"),
        (1200.0, -1000.0, "by 5 October 2022, 1,200 more than under “The scenario as it is” (1,200 to 1,200) had left"),
        (1200.0, 1000.0, ""),
        (-400.0, 1000.0, ""),
        (0.0, 0.0, ""),
    ],
)
def test_a_rush_that_the_end_hides_is_told(tmp_path, monkeypatch, early, end, told):
    """One of the other sign, or half as large again as the difference on the last day; not one of few persons. Day 15 of a run from 21 September is 5 October."""
    two = compared(tmp_path / "two.sqlite", ["none", "closed-borders"], runs=6)
    gaps = np.linspace(0.0, end, 41) * np.ones((6, 1))
    gaps[:, 15] = early
    monkeypatch.setattr(two, "gaps", lambda policy, force: gaps)
    assert told in answer(two)[1]
    assert ("The end hides" in answer(two)[1]) is bool(told)


@pytest.mark.usefixtures("no_pictures")
def test_fewer_than_six_runs_have_no_interval_and_no_star(tmp_path):
    """In answer, table, report and figure; chances keep Wilson's interval, which holds for any number of runs."""
    two = compared(tmp_path / "two.sqlite", ["none", "closed-borders"], runs=5)
    told, whole = answer(two), page(two)
    assert all("too few runs for an interval" in sentence and "unknown" not in sentence for sentence in told[:2])
    assert "95 % interval" not in told[0]
    assert "pairs of runs" not in told[1]
    medians = two.summary[two.summary["unit"] != "share"]
    assert medians["low"].isna().all()
    assert two.paired[["low", "high", "mean_low"]].isna().all(axis=None)
    assert two.summary.loc[two.summary["measure"] == "collapsed", ["low", "high"]].notna().all(axis=None)
    assert not any(map(words.sign_of, (each for _, each in two.headline(two.forces[0], ("left",)).iterrows())))
    assert "unknown–unknown" not in whole
    assert "unknown to" not in whole
    assert "too few runs for an interval" in whole
    shown = draw(two, "effects").axes[0]
    assert [entry.get_text() for entry in shown.get_legend().get_texts()] == ["too few runs for an interval"]
    assert "interval" not in shown.get_xlabel()
    six = compared(tmp_path / "six.sqlite", ["none", "closed-borders"], runs=6)
    assert "95 % interval" in answer(six)[0]
    assert six.paired["low"].notna().any()


def test_parts_beside_answer_numbers_and_first_figures_are_folds(tree):
    """More figures, assumptions, limits and the command are closed until they are opened, and no part of the two printed pages."""
    folds = tree.findall(".//section[@class='fold']")
    assert [fold.find("details/summary/h2").get("id") for fold in folds] == ["more", "assumed", "limits", "remake"]
    assert not tree.findall(".//details[@open]")
    assert len(tree.findall("body/main/section/figure")) == len(FIRST)


@pytest.mark.browser
def test_the_report_prints_on_two_pages_with_no_column_cut_off(tmp_path, browser):
    """Nine policies, as many as the shipped demonstration compares; every cell of the table lies within the page."""
    nine = [
        "case-by-case",
        "closed-borders",
        "fast-track",
        "coalition",
        "none",
        *(f"own-{number}" for number in range(4)),
    ]
    fake_arm.PULLS.update({f"own-{number}": 0.2 + 0.02 * number for number in range(4)})
    path = write(compared(tmp_path / "nine.sqlite", nine), tmp_path / "report.html")
    shown = browser.new_page(viewport={"width": 718, "height": 1032})
    shown.goto(path.as_uri())
    printed = shown.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    shown.emulate_media(media="print")
    rights = shown.eval_on_selector_all("th, td, img", "found => found.map(one => one.getBoundingClientRect().right)")
    assert max(rights) <= 718
    shown.close()


def test_the_command_that_remakes_it_names_every_input(comparison, html):
    """Scenario, policies, runs, seed, scale and days stand in the command."""
    assert words.command(comparison) in html
    assert words.command(comparison) == (
        "desertion compare toy --policy case-by-case --policy closed-borders --policy fast-track --runs 6 --seed 1 "
        "--scale 0.1 --days 40 --out results"
    )


@pytest.mark.parametrize("scale", [1 / 3, 0.0123456789])
def test_the_command_that_remakes_it_rounds_no_scale(tmp_path, scale):
    """A third of the people are other people than 0.333333 of them."""
    found = compared(tmp_path / "third.sqlite", ["none", "fast-track"], runs=1, scale=scale)
    assert f"--scale {scale} " in words.command(found)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"policies": ["none", "exit-ban"]}, "desertion compare toy --policy none --policy exit-ban --runs 1 "),
        (
            {"points": [{"label": "as it is"}, {"label": "police", "forces.toy.police": 50}]},
            "desertion rerun study.sqlite",
        ),
        (
            {"points": [{"policies": "none"}, {"policies": "exit-ban", "label": "mine"}]},
            "desertion rerun study.sqlite",
        ),
        ({"policies": ["none", Policy(name="exit-ban", title="Another of that name")]}, "desertion rerun study.sqlite"),
        ({"scenario": Scenario.load("toy", days=4), "policies": ["none", "exit-ban"]}, "desertion rerun study.sqlite"),
        ({"policies": ["none", "exit-ban"], "measures": {"people": lambda model: 1.0}}, ""),
    ],
)
def test_what_is_told_to_give_the_same_numbers_does(tmp_path, what, told):
    """Rows of one's own and documents that stand in no file are run again by `desertion rerun`, own code by Python alone."""
    path = tmp_path / "study.sqlite"
    found = compare(**({"scenario": "toy", "days": 3} | what), runs=1, quiet=True, out=path, options=at_once())
    sentence, command = words.remake(found)
    assert command.startswith(told)
    assert bool(command) == bool(told) == ("people" not in sentence)
    if "forces.toy.police" in str(what):
        with in_process():
            assert rerun(path, workers=1, quiet=True).agrees


def test_the_tables_can_be_downloaded_whole(comparison, tree):
    """Each linked table is the comparison's own as CSV."""
    links = {link.get("download"): link.get("href") for link in tree.findall(".//a")}
    assert set(links) == {"summary.csv", "paired.csv", "attribution.csv"}
    text = base64.b64decode(links["paired.csv"].partition("base64,")[2]).decode()
    assert text == comparison.paired.to_csv(index=False)


@pytest.mark.usefixtures("no_pictures")
def test_names_from_users_cannot_become_markup(tmp_path):
    """A policy file's name with signs of HTML is shown as text."""
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
        (float("-inf"), "EUR", "unknown"),
        (-2_000, "EUR", "-€2,000"),
        (999_999_999, "EUR", "€1 billion"),
        (1.234e9, "persons", "1.23 billion"),
    ],
)
def test_amounts_are_written_for_readers(value, unit, text):
    """Numbers in sentences have three figures at most and their unit."""
    assert words.amount(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "cell", "difference"),
    [
        (1.234e9, "EUR", "€1.23 bn", "+€1.23 bn"),
        (-1_250_000, "EUR", "-€1.25 M", "-€1.25 M"),
        (340_000, "persons", "340 k", "+340 k"),
        (0.1234, "share", "12.3 %", "+12.3 points"),
        (-0.05, "share", "-5 %", "-5 points"),
        (0.0, "share", "0 %", "0 points"),
        (float("nan"), "share", "unknown", "unknown"),
    ],
)
def test_cells_abbreviate_and_differences_bear_their_sign(value, unit, cell, difference):
    """Thousands, millions and billions by their letters; differences of shares are points and no per cent."""
    assert words.short(value, unit) == cell
    assert words.change(value, unit) == difference


def test_what_a_single_run_has_is_not_said_to_be_nothing(tmp_path):
    """One run in seven protects somebody: nobody is protected in most runs, and not in all."""
    seldom = compared(tmp_path / "seldom.sqlite", ["none", "fast-track"], runs=7)
    table = seldom.outcomes
    rows = table["measure"] == "protected"
    table.loc[rows, "value"] = 0.0
    vars(seldom)["outcomes"] = table
    assert "; nobody protected at the end, " in answer(seldom)[0]
    vars(seldom)["outcomes"] = table.assign(value=np.where(rows & (table["replicate"] == 3), 4.0, table["value"]))
    assert "; nobody protected at the end in most runs, " in answer(seldom)[0]


def test_the_foot_of_a_figure_says_how_many_runs_its_lines_are_of(tmp_path):
    """All that finished under each policy, which need not be as many as there are pairs."""
    found = compared(tmp_path / "some.sqlite", ["none", "fast-track"], runs=6)
    assert "median of 6 runs" in draw(found, "curves").get_supxlabel().replace("\n", " ")
    vars(found)["curves"] = found.curves.assign(runs=np.where(found.curves["policy"] == "none", 6, 3))
    assert "median of 3 to 6 runs" in draw(found, "curves").get_supxlabel().replace("\n", " ")


def test_equal_shares_of_other_numbers_of_runs_are_told_apart(tmp_path):
    """Two of four is no more than four of eight, and not the same runs."""
    found = compared(tmp_path / "half.sqlite", ["none", "fast-track"], runs=2)
    table = found.summary
    rows = table["measure"] == "collapsed"
    table.loc[rows, "estimate"] = 0.5
    table.loc[rows, "runs"] = np.where(table.loc[rows, "policy"] == "none", 8, 4)
    vars(found)["summary"] = table
    assert re.search(r"collapses in 4 of 8 runs under “[^”]+” and 2 of 4 under “Fast track”\.$", answer(found)[-1])


def test_most_of_a_difference_is_more_than_half_of_it():
    """Of 15 fewer 6 hide, 5 flee and 4 surrender less: none of these is most. What others do more of may hide a change that is."""

    def told(total=None, **values):
        ways = {way: Estimate(value, value - 1.0, value + 1.0) for way, value in values.items()}
        in_all = sum(values.values()) if total is None else total
        return reasons.by_way(ways, Estimate(in_all, in_all - 1.0, in_all + 1.0))

    assert told(hide=-6.0, flee=-5.0, surrender=-4.0) == ["The largest change is of people who hide at home: 6 fewer."]
    assert told(hide=-6.0, flee=-2.0) == ["Most of the difference are people who hide at home: 6 fewer."]
    # Medians of the ways do not add up: in half of the pairs others flee, in half they refuse.
    assert told(160.0, hide=60.0, flee=0.0) == ["The largest change is of people who hide at home: 60 more."]
    (swap,) = told(hide=10.0, flee=-8.0)
    assert swap.startswith("The largest change is of people who hide at home: 10 more, while 8 fewer flee abroad")
    assert told(hide=-9.0, flee=6.0, refuse=5.0)[0].startswith("The largest change is of people who hide at home")


@pytest.mark.parametrize(
    ("total", "part"),
    [
        (Estimate(28.5, -72.0, 62.0), "The largest change is of people"),
        (Estimate(28.5, 0.0, 62.0), "The largest change is of people"),
        (Estimate(28.5, 10.0, 40.0, few=True), "The largest change is of people"),
        (Estimate(28.5, 10.0, 40.0), "Most of the difference are people"),
    ],
)
def test_of_a_difference_that_may_be_nil_nothing_is_most(total: Estimate, part: str) -> None:
    """Beside "the difference is within chance" stood who most of it are."""
    ways = {"flee": Estimate(18.5, 8.0, 27.0)}
    assert reasons.by_way(ways, total) == [f"{part} who flee abroad: 19 more."]


def test_a_comparison_says_how_many_days_it_covers(comparison):
    """A title may name a scenario's own horizon; `--days` shortens it."""
    assert ", 40 days from " in words.byline(comparison)


@pytest.mark.parametrize(
    ("form", "said", "unsaid"),
    [
        ("none", ("**Contagion.** None:", "with a form of contagion before"), ("leaving spreads", "behaviour.form=none")),
        ("concave", ("The concave form: leaving spreads", "behaviour.form=none and with"), ("**Contagion.** None",)),
    ],
)  # fmt: skip
def test_without_contagion_nothing_is_said_to_spread(tmp_path, monkeypatch, form, said, unsaid):
    """The report named the channels of the "none form", and advised to repeat without contagion what had none."""
    monkeypatch.setitem(fake_arm.FACTS, "form", form)
    one = compared(tmp_path / "one.sqlite", runs=2)
    text = " ".join([*words.assumptions(one), *words.limits(one)])
    assert all(part in text for part in said)
    assert not any(part in text for part in unsaid)


def test_settings_stand_as_they_are_typed(tmp_path):
    """In TOML and not in Python, in the report, in labels of arms and in names of lines, so that they can be given again."""
    told = {"forces": "russia", "hungry": True, "far": float("inf"), "said": "0.5", "form": "none"}
    one = compared(tmp_path / "one.sqlite", settings=told, runs=2)
    typed = '`far = inf`, `forces = russia`, `form = none`, `hungry = true`, `said = "0.5"`'
    assert f"**Changed inputs.** {typed}." in words.assumptions(one)
    arms = dict(spec_of("toy", None, runs=1, points=[{"policies": "none"}, {"title": "0.5"}]).policies)
    assert list(arms)[1] == 'title="0.5"'
