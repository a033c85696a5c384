"""Comparing, studies, lives and claims, and what holds of every page, in a real browser."""

from __future__ import annotations

import csv
import http.client
import io
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from desertion.study.comparison.report import words
from tests import watching
from tests.app.conftest import cut_off, started, until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("studies")]

Visit = Callable[..., Any]


def saved(page: Any, name: str) -> bytes:
    """Press a button that saves a file and return the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_bytes()


def test_policies_are_compared_and_what_is_saved_says_the_same(visit: Visit) -> None:
    """The comparison ends in an answer, a table, figures, two CSV files, a PNG and the command that repeats it."""
    page = visit("/compare?scenario=russia-2022&scale=0.0004&arms=closed-borders,fast-track&runs=3&days=60&seed=5")
    assert page.get_by_role("textbox", name=re.compile("^Days")).input_value() == "60"
    page.get_by_role("button", name="Compare").click()
    page.get_by_text("The answer").wait_for(timeout=170_000)
    table = page.get_by_role("table").inner_text()
    assert page.get_by_text("for a chance the share of runs with Wilson's interval").count() == 1
    assert page.get_by_text("60 days from 1 September 2022, seed 5.").count() == 1
    rows = list(csv.DictReader(io.StringIO(saved(page, "Download the table (CSV)").decode())))
    assert {row["policy"] for row in rows} == {"closed-borders", "fast-track"}
    left = next(row for row in rows if row["policy"] == "fast-track" and row["measure"] == "left")
    assert float(left["estimate"]) > 100_000
    assert words.short(float(left["estimate"]), "persons").replace(" ", "\u00a0") in table
    assert cut_off(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert cut_off(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    pairs = list(csv.DictReader(io.StringIO(saved(page, "Download the differences (CSV)").decode())))
    assert {(row["policy"], row["baseline"]) for row in pairs} == {("fast-track", "closed-borders")}
    assert saved(page, "Download the curves (PNG)").startswith(b"\x89PNG")
    command = page.locator("code").inner_text()
    for part in (
        "desertion compare russia-2022",
        "--policy closed-borders",
        "--policy fast-track",
        "--runs 3",
        "--seed 5",
    ):
        assert part in command
    page.wait_for_function("document.querySelectorAll('.app-figures img').length === 7")


def test_a_comparison_that_is_too_large_is_refused_and_one_that_runs_can_be_stopped(visit: Visit) -> None:
    """The refusal names the scale that fits; what takes as long as is allowed can be stopped, and says so at once."""
    # 28,000 people fit in a live run of this server, so that the address is taken; 400 runs of them are too many.
    page = visit(
        "/compare?scenario=russia-2022&scale=0.001&arms=closed-borders,fast-track,coalition,transit-corridor&runs=100"
    )
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("alert").wait_for()
    fits = re.search(
        r"this comparison may have at most .* a scale of (\S+) fits", page.get_by_role("alert").inner_text()
    )
    assert fits is not None
    page.get_by_label("Scale").fill(fits[1])
    page.get_by_label("Scale").press("Enter")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.").wait_for()


def test_a_study_is_opened_and_one_of_its_points_is_played_as_a_run(visit: Visit) -> None:
    """Heatmap, the meaning of its measure, points, and a link that opens the point's first replicate on the first page with its inputs."""
    page = visit("/study")
    page.get_by_label("File").select_option("dial.sqlite")
    page.locator(".app-drawn img").wait_for()
    page.locator("table .line").first.wait_for()
    page.get_by_text("share_left: persons who left at least once, of all people (share).").wait_for()
    assert cut_off(page) == []
    page.get_by_label("Figure").select_option("sizes")
    page.get_by_label("Open one point as a run").select_option("5")
    page.get_by_text("Play point 5, replicate 0").click()
    page.wait_for_selector(".picture svg .person")
    assert "asylum=1" in page.url
    assert "behaviour.contagion_squad=4" in page.url


def test_only_study_files_of_the_folder_can_be_opened(visit: Visit) -> None:
    """A link out of the folder and a file that is no study are refused in words."""
    page = visit("/study?file=outside.sqlite")
    page.get_by_role("alert").first.wait_for()
    assert "there is no study file" in page.get_by_role("alert").first.inner_text()
    assert "nobody may read this" not in page.content()
    page = visit("/study?file=damaged.sqlite")
    page.get_by_role("alert").first.wait_for()
    said = page.get_by_role("alert").first.inner_text()
    assert "damaged.sqlite is no study file" in said
    assert "/studies/" not in said
    page.get_by_label("File").select_option("")
    page.get_by_role("alert").first.wait_for(state="detached")


def test_a_file_of_claims_that_is_not_there_is_told_and_no_other_verdicts_pass_for_its_own(visit: Visit) -> None:
    """The sentence goes once a file is chosen that is there; a study without claims, chosen on another page, is no fault."""
    page = visit("/claims?file=nothing.sqlite")
    page.get_by_role("alert").filter(has_text="there is no study file 'nothing.sqlite'").wait_for()
    page.get_by_label("File of runs").select_option("claims.sqlite")
    page.get_by_text("there is no study file").wait_for(state="detached")
    page.get_by_role("table", name="Verdicts", exact=True).wait_for()
    page = visit("/claims?file=wide.sqlite")
    page.get_by_role("table", name="Claims and their stored verdicts").wait_for()
    page.wait_for_timeout(1000)
    assert page.get_by_role("alert").count() == 0


def test_a_person_picked_in_the_picture_has_his_life_told(visit: Visit) -> None:
    """A click in the picture picks somebody; the page Person shows his terms and his figure."""
    page = visit("/watch?scenario=toy&days=60")
    page.wait_for_selector(".picture svg .person")
    wide = page.locator(".picture svg").bounding_box()["width"]
    page.locator(".picture svg").click(position={"x": wide * 11.5 / 600, "y": wide * 23.5 / 600})
    page.get_by_text("See this life and what moves it").click()
    page.get_by_role("heading", name="One life and what moves it").wait_for()
    page.locator(".app-drawn img").wait_for(timeout=170_000)
    assert "contagion squad" in page.locator("table").last.inner_text()


def test_claims_are_shown_with_their_verdicts_and_the_worlds_behind_them(visit: Visit) -> None:
    """The table names both claims of the file; choosing one shows its worlds."""
    page = visit("/claims")
    assert "contagion" in page.get_by_role("table").inner_text()
    assert cut_off(page) == []
    page.set_viewport_size({"width": 380, "height": 800})
    assert cut_off(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("File of runs").select_option("claims.sqlite")
    page.get_by_label("The worlds behind").wait_for()
    assert "closed-borders-backfire" in page.get_by_role("table", name="Verdicts").inner_text()
    page.get_by_label("The worlds behind").select_option("contagion")
    page.locator(".app-drawn img").wait_for()
    assert page.get_by_role("table").last.locator("tbody tr").count() == 3


def test_claims_of_ones_own_are_judged_by_their_own_file_with_the_verdict_of_worlds_that_history_allows(
    visit: Visit,
) -> None:
    """The claims file lies beside its runs; history allows two of four worlds, and the table says so."""
    page = visit("/claims?file=own/claims.sqlite&claim=open-doors-draw")
    page.get_by_role("table", name="Verdicts").wait_for()
    verdicts = page.get_by_role("table", name="Verdicts").inner_text()
    assert "open-doors-draw" in verdicts
    assert "of those that history allows" in verdicts
    assert "of 2 (" in verdicts
    assert "wide.left_total from" in page.content()
    page.get_by_text("Judged by claims.toml").wait_for()
    page.get_by_role("table", name="Worlds").wait_for()
    cells = page.get_by_role("table", name="Worlds").locator("tbody td:nth-child(3)").all_inner_texts()
    assert sorted(cells) == ["no", "no", "yes", "yes"]


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/?asylum=fast", "#numbers table"), ("/watch?scenario=toy", ".picture svg .person"), pytest.param("/compare", ".app-controls", marks=pytest.mark.variants),
        ("/study?file=wide.sqlite", ".app-drawn img, table.data"),
        pytest.param("/person?scenario=toy&person=3", ".app-drawn img", marks=pytest.mark.variants), ("/claims", "table.data"),
    ],
)  # fmt: skip
def test_every_page_can_be_read_by_screen_readers_and_on_a_phone(visit: Visit, path: str, there: str) -> None:
    """Axe, the usual checker of accessibility, finds nothing serious or critical, light and dark, with all folds and the tour open; at 390 pixels nothing sticks out."""
    page = visit(path)
    page.wait_for_selector(there, state="attached")
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    page.evaluate("document.querySelectorAll('[hidden]').forEach(part => { part.hidden = false; })")
    page.evaluate((Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        until(page, "scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
        # Colours fade over, and figures are drawn anew.
        page.wait_for_timeout(700)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert found["testEngine"]["name"] == "axe-core"
        assert len(found["passes"]) > 10
        bad = [
            f"{each['id']}: {each['nodes'][0]['html'][:160]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert bad == []
    ground = page.evaluate("getComputedStyle(document.querySelector('.app-root')).backgroundColor")
    assert sum(int(part) for part in ground.removeprefix("rgb(").removesuffix(")").split(",")) < 120
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_page_that_is_being_left_says_nothing_more_to_the_server(visit: Visit) -> None:
    """The browser may show or change a page while it goes to the next: the button of light and dark, which then talks to nobody, raises no error."""
    page = visit("/claims")
    page.wait_for_selector(".theme")
    page.evaluate("window.dispatchEvent(new Event('beforeunload'))")
    page.emulate_media(color_scheme="dark")
    until(page, "() => document.documentElement.dataset.theme === 'dark'")


@pytest.mark.parametrize(
    ("path", "status"),
    [("_solara/api/close/x", 400), ("_solara/api/close/x?session_id=1", 200), ("static/%00", 400)],
)
def test_what_anybody_can_send_breaks_nothing_off(server: str, path: str, status: int) -> None:
    """A page's farewell with and without its page, and a name that no file can have: no trace in the server's log."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=60.0)
    connection.request("POST" if "close" in path else "GET", f"/{path}")
    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.parametrize("path", ["events", "answer"])
def test_a_server_that_is_interrupted_ends_the_answers_under_way_and_says_so_in_a_word(path: str) -> None:
    """Ctrl-C while a run goes on: one line, exit status 130, no trace of what was cut off."""
    port = watching.free_port()
    with watching.heeded(signal.SIGINT):
        process = started(port)
    connection = http.client.HTTPConnection(f"127.0.0.1:{port}", timeout=60.0)
    connection.request("GET", f"/simulator/{path}?scale=0.002&days=2000")
    if path == "events":
        assert connection.getresponse().readline().startswith(b"data: ")
    else:
        time.sleep(
            2.0
        )  # Nothing is heard of one that is not whole; a server that has not read it by then has none to end.
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120.0)
    connection.close()
    assert process.returncode == 130
    assert out.decode().splitlines()[2:] == ["desertion: interrupted"]
