"""Work in a thread that is watched and stopped."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from desertion.app.pages import person
from desertion.app.pages.person import life_of
from desertion.app.request.address import Address
from desertion.app.session import Session
from desertion.app.work.job import CancelledError, Job, State
from desertion.app.work.live import Snapshot
from desertion.app.work.shown import Shown
from desertion.app.work.warm import WARM
from tests.watching import until

PATIENCE = 20.0


def test_work_that_speaks_while_its_stop_is_being_shown_does_not_look_as_if_it_went_on() -> None:
    """The page is drawn as stopped while the work, which has not noticed yet, says that it is working."""
    job = Job()
    begun, drawing, spoken, stopped = (threading.Event() for _ in range(4))

    def work(tell: Any, stop: threading.Event) -> None:
        tell(state="working", parts=2)
        begun.set()
        assert drawing.wait(PATIENCE)
        tell(state="working", done=1, parts=2)
        spoken.set()
        assert stopped.wait(PATIENCE)
        assert stop.is_set()
        raise CancelledError

    def draw(state: State) -> None:
        if state.state == "cancelled":
            drawing.set()
            assert spoken.wait(PATIENCE)

    job.state.subscribe(draw)
    job.start(work)
    assert begun.wait(PATIENCE)
    job.cancel()
    stopped.set()
    assert job.state.peek().state == "cancelled"


class Late:
    """What a page looks at, told late where it is told "working"."""

    def __init__(self) -> None:
        self.about_to, self.may = threading.Event(), threading.Event()
        self.value = ""

    def __setattr__(self, name: str, told: Any) -> None:
        if told == "working":
            self.about_to.set()
            assert self.may.wait(PATIENCE)
        super().__setattr__(name, told)


def test_a_life_that_nobody_waits_for_is_followed_no_further() -> None:
    """Stopped, left or put off by the next person: its run, which may take a minute, ends with the day under way."""
    asked: list[bool] = []

    def stopped() -> bool:
        asked.append(len(asked) == 3)
        return asked[-1]

    with pytest.raises(CancelledError):
        life_of(Address(scenario="toy", days=60, person=0), stopped)
    assert asked == [False, False, False, True]


def test_a_visitor_who_goes_stops_the_life_that_he_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page begins asks whether its visitor still waits."""
    heard: list[Any] = []
    monkeypatch.setattr(person, "life_of", lambda _, stopped: heard.append(stopped))
    session = Session("scenario=toy&person=0")
    person._follow(session)
    assert until(lambda: bool(heard), PATIENCE)
    assert not heard[0]()
    session.close()
    assert heard[0]()


def test_a_thread_that_shows_late_does_not_leave_what_is_out_of_date() -> None:
    """What it was about to show has been overtaken: it shows what has been told since."""
    shown, seen = Shown("idle"), Late()
    shown.seen = seen
    shown.hear("work", lambda _: "waiting")
    late = threading.Thread(target=shown.tell, args=("work", lambda _: "working"))
    late.start()
    assert seen.about_to.wait(PATIENCE)
    shown.hear("visitor", lambda _: "cancelled")
    seen.may.set()
    late.join(PATIENCE)
    assert seen.value == "cancelled"


def test_only_the_present_speaker_is_heard() -> None:
    """What a run says that has been replaced is not shown, nor does it change what the next word is made of."""
    shown = Shown(())
    shown.hear("first", lambda said: (*said, 1))
    shown.hear("second", lambda said: (*said, 2))
    shown.tell("first", lambda said: (*said, 3))
    shown.tell("second", lambda said: (*said, 4))
    assert shown.seen.value == (1, 2, 4)


def test_a_run_that_was_reset_does_not_have_the_last_word() -> None:
    """Played, and reset to its first day while it was saying where it stands: the page shows what the new run says."""
    WARM.set()
    session = Session("scenario=toy&days=40")
    session.reset()
    first = session.live
    assert first is not None
    assert until(lambda: session.snapshot.peek().state == "ready", 120.0)
    session.reset()
    assert until(lambda: session.snapshot.peek().state == "ready", 120.0)
    last = session.snapshot.peek()
    first._show(Snapshot(state="playing", day=30))  # what it had begun to say
    assert session.snapshot.peek() is last
    session.close()
