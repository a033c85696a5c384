"""Wrong input is told where it was typed and goes on being told; what was shown before stays, and looks old where it is."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

from desertion.app.pages.compare import _Outcome, _progress
from desertion.app.parts.elements import text
from desertion.app.request.address import Address
from desertion.app.session import Session
from desertion.app.work.comparison import Result, _Server, compare, spec_for
from desertion.app.work.job import CancelledError, State
from desertion.errors import InputError
from tests.app.drawing import words_of

Visit = Callable[..., Any]


def typed(page: Any, label: str, text: str) -> None:
    """Type into a field and leave it."""
    field(page, label).fill(text)
    field(page, label).press("Enter")


def field(page: Any, label: str) -> Any:
    """The field with a label."""
    return page.get_by_role("textbox", name=re.compile(f"^{label}"))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("label", "text", "words", "right"),
    [
        ("Scale", "7", "scale = 7 must lie above 0", "0.5"),
        pytest.param("Scale", "large", "must be a number", "0.5", marks=pytest.mark.variants),
        pytest.param("Days", "9000", "3660 days or fewer fit", "30", marks=pytest.mark.variants),
        ("Seed", "-4", "seed = -4 must be a whole number", "5"),
    ],
)
def test_a_wrong_input_is_told_at_its_field_and_the_picture_stays(
    visit: Visit, label: str, text: str, words: str, right: str
) -> None:
    """Two seconds later the sentence, the typed text and the last good picture are still there; a right input ends it."""
    page = visit("/watch?scenario=toy")
    page.wait_for_selector(".picture svg .person")
    typed(page, label, text)
    problem = page.locator(".field", has=field(page, label)).get_by_role("alert")
    problem.wait_for()
    page.wait_for_timeout(2000)
    assert words in problem.inner_text()
    assert field(page, label).input_value() == text
    assert page.locator(".picture svg .person").count() > 0
    assert f"={text}" not in page.url
    typed(page, label, right)
    problem.wait_for(state="detached")
    page.wait_for_function(f"location.search.includes('{label.lower()}={right}')")


@pytest.mark.browser
def test_an_address_that_is_partly_wrong_opens_with_the_rest_and_says_so_for_good(visit: Visit) -> None:
    """Nonsense in one setting: the sentence stays, the run is there, and the other parts of the address hold."""
    page = visit(f"/watch?scenario=toy&seed=11&set=behaviour.contagion_squad={'[' * 1500}&set=asylum={'9' * 400}")
    page.wait_for_selector(".picture svg .person")
    page.wait_for_timeout(2000)
    told = page.get_by_role("alert").all_inner_texts()
    assert any("behaviour.contagion_squad" in sentence for sentence in told)
    assert any("asylum" in sentence for sentence in told)
    assert page.get_by_label("Seed").input_value() == "11"


def test_words_that_come_again_are_read_once_something_else_is_shown() -> None:
    """By a link that was followed before, or on the way back: what they say is shown, and no refusal goes while nothing changed."""
    session = Session("scenario=toy&seed=3&scale=7")
    session.read("scenario=toy&seed=3&scale=7")
    assert session.sentence("scale")
    session.set_number("seed", "99")
    session.read("scenario=toy&seed=99")
    assert session.sentence("scale")
    session.read("scenario=toy&seed=3&scale=7")
    assert session.address.peek() == Address(scenario="toy", seed=3)


def test_another_scenario_takes_over_what_it_can_and_the_rest_is_told() -> None:
    """Dials and what all hosts share go along; an input of a host that is not there is named; policies that do not fit keep the scenario from being chosen."""
    session = Session("set=contagion=2&set=behaviour.form=additive&set=hosts.*.case_days=3&set=hosts.finland.border=0")
    session.choose_scenario("toy")
    now = session.address.peek()
    assert (now.scenario, [key for key, _ in now.settings]) == (
        "toy",
        ["behaviour.form", "contagion", "hosts.*.case_days"],
    )
    assert session.sentence("hosts.finland.border").startswith(
        'left out: setting "hosts.finland.border": no host "finland"'
    )
    session.change(policies=("fast-track",))
    session.choose_scenario("one-town")
    assert session.address.peek().scenario == "toy"
    assert "cannot be laid over One town" in session.sentence("scenario")
    session.choose_scenario("front-2022")
    assert session.refusals.peek() == {}


@pytest.mark.browser
def test_results_that_no_longer_match_the_inputs_look_old(visit: Visit) -> None:
    """After the seed has changed the comparison is faded, with a sentence; with the old seed back it is as before."""
    page = visit("/compare?scenario=toy&arms=closed-borders,fast-track&runs=1&days=20&seed=5")
    page.get_by_role("button", name="Compare").click()
    page.get_by_text("The answer").wait_for(timeout=170_000)
    assert page.locator(".app-stale").count() == 0
    typed(page, "Seed", "6")
    page.locator(".app-stale").wait_for()
    assert "compared before" in page.get_by_role("alert").first.inner_text()
    typed(page, "Runs of each policy", "0")
    page.get_by_text("runs = 0 must lie in").wait_for()
    assert page.get_by_text("The answer").count() == 1
    typed(page, "Seed", "5")
    page.locator(".app-stale").wait_for(state="detached")


@pytest.mark.parametrize("state", ["done", "waiting", "working", "cancelled", "failed"])
def test_a_comparison_of_the_same_inputs_is_none_of_others(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begun again, stopped or failed: what was compared before is what is asked for, until an input changes that decides it."""
    monkeypatch.setattr("desertion.app.pages.compare.ComparisonView", lambda *_: text("The answer"))
    session = Session("scenario=toy&arms=none,fast-track")
    result = Result(session.address.peek(), None, 1)  # type: ignore[arg-type]
    session.comparison._shown.hear(session, lambda _: State(state, result=result))
    for key, value, old in (("page", 3, False), ("settings", (("asylum", "1"),), False), ("seed", 8, True)):
        session.change(**{key: value})
        words = words_of(_Outcome, session=session)
        assert "The answer" in words
        assert ("under other inputs than those chosen now" in words) == old


def test_a_comparison_that_waits_says_for_what(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the rules to be compiled, then for the comparison under way; not for other visitors where there are none, nor where nothing keeps it."""
    warm, stop, told = threading.Event(), threading.Event(), []
    monkeypatch.setattr("desertion.app.work.comparison.WARM", warm)
    monkeypatch.setattr("desertion.app.work.comparison._run", lambda *_: None)
    address = Address(scenario="toy")

    def tell(**state: object) -> None:
        told.append(_progress(State(**state)))  # type: ignore[arg-type]

    threading.Timer(0.5, warm.set).start()
    compare(address, tell, stop)
    assert [words.partition(",")[0] for words in told] == ["Waiting for the rules to be compiled"]
    compare(address, tell, stop)
    assert len(told) == 1
    with _Server.turn:
        stop.set()
        with pytest.raises(CancelledError):
            compare(address, tell, stop)
    assert told[1:] == ["Waiting for the comparison under way on this server to end."]
    assert "Waiting" not in _progress(State("waiting"))


def test_the_dial_does_not_override_policies_that_are_compared() -> None:
    """With the dial in the address the comparison is the one without it; any other setting changes it."""
    plain = Address(scenario="toy", arms=("closed-borders", "fast-track"))
    dialled = Address(scenario="toy", arms=plain.arms, settings=(("asylum", "1.0"),))
    other = Address(scenario="toy", arms=plain.arms, settings=(("behaviour.form", "additive"),))
    assert spec_for(dialled).sha256() == spec_for(plain).sha256()
    assert spec_for(other).sha256() != spec_for(plain).sha256()


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("one-town", "“Closed borders” cannot be laid over One town, which marks no host as sharing a border"),
        ("hungary-2015", "cannot be laid over Hungary 2015, which marks no host as"),
    ],
)
def test_a_comparison_of_what_does_not_fit_the_scenario_is_refused_in_a_sentence(scenario: str, words: str) -> None:
    """The policies compared stay when another scenario is chosen: which of them does not fit is told before any run, and those that do are run."""
    with pytest.raises(InputError, match=words):
        spec_for(Address(scenario=scenario))
    spec_for(Address(scenario=scenario, arms=("none", "exit-ban")))
