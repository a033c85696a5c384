"""Live runs, their events, their picture and their charts, without a browser."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from desertion import DesertionModel
from desertion.app.parts import charts
from desertion.app.parts.elements import text
from desertion.app.request.address import Address
from desertion.app.request.choice import scenario_of
from desertion.app.session import Session
from desertion.app.simulator.charts import tipping
from desertion.app.work.events import COLUMN, Watch, planned, whole_squad
from desertion.app.work.live import Live, Snapshot
from desertion.app.work.sample import sample
from desertion.app.work.warm import WARM
from desertion.figures import style
from desertion.figures.curves import run, titles
from desertion.scenario.grain import too_few
from desertion.simulation.record.measures import first_squads
from desertion.simulation.record.tables import DAILY_COLUMNS
from desertion.simulation.world.codes import SURRENDER
from tests.app.drawing import words_of
from tests.watching import until


def live(**chosen: object) -> tuple[Live, list[Snapshot]]:
    """A live run and all snapshots that it shows."""
    WARM.set()
    snapshots: list[Snapshot] = []
    return Live(scenario_of(Address(scenario="toy", **chosen)), 7, snapshots.append), snapshots  # type: ignore[arg-type]


def wait(run: Live, *states: str) -> None:
    """Wait until the run is in one of these states."""
    assert until(lambda: run.snapshot.state in states, 120.0)


def test_a_live_run_is_the_run_of_the_model() -> None:
    """Played to its end, it holds the same history as the model run at once with the same seed."""
    run, _ = live(days=60)
    run.set_rate(1000.0)
    run.play()
    wait(run, "done")
    model = DesertionModel(scenario_of(Address(scenario="toy", days=60)), rng=7).run()
    assert np.array_equal(run.snapshot.daily, model.world.daily[:61])
    run.close()


def test_the_line_on_a_person_names_the_day_that_his_life_names() -> None:
    """Whoever hid once is in hiding since the day on which the page Person says that he left, and whoever never changed since the first."""
    from desertion.app.pages.board import who
    from desertion.app.pages.person import life_of

    model = DesertionModel(scenario_of(Address(scenario="toy", days=60)), rng=7).run()
    session: Any = SimpleNamespace(model=model)
    people = model.people()
    hidden = int(people.index[(people["status"] == "hiding") & (people["spells"] == 1)][0])
    day = re.search(r"first left on day (\d+):", life_of(Address(scenario="toy", days=60, seed=7, person=hidden))[0])
    assert day is not None
    assert who(session, hidden).endswith(f": hiding since day {day[1]}.")
    same = int(people.index[people["status"] == "serving"][0])
    assert who(session, same).endswith(": serving since day 1.")


def test_the_next_person_is_one_of_the_run_that_the_page_shows() -> None:
    """After the seed was changed on another page nobody of the run played before is picked, and none is described, until the new one is played."""
    from desertion.app.pages.board import who
    from desertion.app.pages.person import _someone

    WARM.set()
    session = Session("scenario=toy&days=40")
    session.prepare()
    played = session.live
    assert played is not None
    played.step(40)
    wait(played, "done")
    _someone(session, leaver=True)
    model = played.model
    assert model is not None
    first = int((model.world.left_day >= 0).nonzero()[0][0])
    assert session.address.peek().person == first
    session.change(seed=8, person=-1)
    _someone(session, leaver=True)
    assert session.address.peek().person == -1
    assert "Play the run" in session.sentence("person")
    assert who(session, first) == f"Person {first} is not in this run."
    session.close()


def test_the_grey_run_is_the_status_quo_without_the_asylum_dial() -> None:
    """The dial moves doors as policies do; what makes the world, such as the strength of contagion, holds in both."""
    WARM.set()
    session = Session("scenario=toy&days=60&policies=exit-ban&set=asylum=1&set=contagion=2")
    session.prepare()
    assert session.live is not None
    wait(session.live, "ready")
    plain = scenario_of(Address(scenario="toy", days=60, settings=(("contagion", "2"),)))
    assert np.array_equal(session.live.snapshot.usual, DesertionModel(plain, rng=7).run().world.daily[:61])
    session.close()


def test_the_status_quo_stands_there_in_grey_before_the_first_day_is_played() -> None:
    """Under policies the same people without them are lived through first, and drawn to the last day in each chart of people."""
    from desertion.app.pages.board import curves

    WARM.set()
    policies, plain = (
        scenario_of(Address(scenario="toy", policies=chosen, days=60)) for chosen in (("fast-track",), ())
    )
    run = Live(policies, 7, lambda _: None, usual=plain)
    wait(run, "ready")
    snapshot = run.snapshot
    run.close()
    assert snapshot.day == 0
    assert snapshot.usual is not None
    assert snapshot.daily is not None
    assert np.array_equal(snapshot.usual, DesertionModel(plain, rng=7).run().world.daily[:61])
    drawn = curves(snapshot.daily[:, 0] * 1.0, snapshot, 1.0)
    assert len(drawn) == 4
    for chart in drawn:
        path = chart.partition('<path class="line usual" d="')[2].partition('"')[0]
        assert path.count("L") > 20


def test_without_policies_the_status_quo_is_drawn_before_anything_is_played() -> None:
    """Page and session: charts of people and of hosts hold the whole run in grey, and a sentence says where it ends."""
    from desertion.app.pages.board import curves, grey, host_curves

    WARM.set()
    plain = scenario_of(Address(scenario="toy", days=200))
    run = Live(plain, 7, lambda _: None, usual=plain)
    wait(run, "ready")
    snapshot = run.snapshot
    run.close()
    model = DesertionModel(plain, rng=7).run()
    assert snapshot.daily is not None
    assert snapshot.usual is not None
    assert np.array_equal(snapshot.usual_hosts, model.world.hostly[:201])
    drawn = [*curves(snapshot.daily[:, 0] * 1.0, snapshot, 1.0), *host_curves(snapshot.hosts, snapshot, 1.0, plain)]
    grey_lines = ['class="line usual"' in chart for chart in drawn]
    assert grey_lines == ["nobody in this run" not in chart for chart in drawn]
    assert sum(grey_lines) >= 5
    left = model.world.daily[200, 0, DAILY_COLUMNS.index("left")]
    spells = model.world.daily[200, 0, DAILY_COLUMNS.index("departures")]
    told = grey(snapshot.usual[:, 0], 1.0, plain)
    assert f"by 19 Jul 2030, {left:.0f} people have left under it, in {spells:.0f} departures" in told
    said = drawn[0].partition('aria-label="')[2].partition('"')[0]
    assert said == f"Departures by way (spells, cumulative). Last values: status quo: {spells:.0f}"
    assert f">{titles('departures')[1]}<" in drawn[0]


def test_grey_lines_of_hosts_keep_their_names_when_a_run_is_played() -> None:
    """Beside the line of the run stands whose grey line it is, in every chart in which there is one."""
    from desertion.app.pages.board import host_curves

    run, _ = live(days=200)
    run.set_rate(1000.0)
    run.play()
    wait(run, "done")
    played = run.snapshot
    run.close()
    assert played.hosts is not None
    for chart in host_curves(played.hosts, replace(played, usual_hosts=played.hosts), 1.0, run.scenario):
        names = re.findall(r'class="label"[^>]*>([^<]*)<', chart)
        assert (
            chart.count('class="line usual"')
            == (0 if "nobody" in chart else len(names) / 2)
            == sum(name.endswith(", grey") for name in names)
        )
        assert {f"{name}, grey" for name in names if not name.endswith(", grey")} <= set(names)
        heights = sorted(float(y) for y in re.findall(r'class="label" x="[\d.]+" y="([\d.-]+)"', chart))
        assert all(high - low > 12.0 for low, high in pairwise(heights))
        assert not heights or heights[0] > charts.TOP


def test_days_of_one_army_are_not_marked_in_the_charts_of_another() -> None:
    """A call-up of Ukraine's is no event of Russia's."""
    from desertion.app.pages.board import curves

    scenario = scenario_of(Address(scenario="three-armies-2022"))
    events = [event for day in planned(scenario).values() for event in day]
    assert {event.force for event in events} == {0, 2}
    snapshot = Snapshot(state="done", day=1, days=scenario.days, events=tuple(events))
    daily = np.zeros((2, len(DAILY_COLUMNS)))
    for force in range(len(scenario.forces)):
        drawn = curves(daily, snapshot, 1.0, force)[0]
        for event in events:
            assert (event.text in drawn) == (event.force in (-1, force)), event


def test_leaving_each_day_counts_every_way() -> None:
    """Skilled visas too: the days' sums are the departures that the record counts."""
    from desertion.app.pages.board import _leaving

    scenario = scenario_of(Address(policies=("skilled-visas",), scale=0.0004, days=60))
    daily = DesertionModel(scenario, rng=7).run().world.daily[:61, 0]
    assert daily[:, DAILY_COLUMNS.index("new_skilled")].sum() > 0
    assert np.array_equal(np.cumsum(_leaving(daily)), daily[:, DAILY_COLUMNS.index("departures")])


def test_the_mean_of_seven_days_is_the_one_that_figures_draw() -> None:
    """One was of the days before and one of the days around, so that the same curve had its peak three days apart."""
    from desertion.app.pages.board import _leaving, _smooth

    model = DesertionModel("toy", rng=7, days=60).run()
    with style.house():
        figure = style.new_figure()
        run(figure, model.daily)
    (line,) = next(ax for ax in figure.axes if ax.get_title(loc="left").startswith("Leaving")).lines
    assert np.allclose(_smooth(_leaving(model.world.daily[:61, 0]))[1:], line.get_ydata())
    assert _smooth(np.zeros(1)).tolist() == [0.0]


def test_terms_of_a_life_that_move_nothing_are_left_out() -> None:
    """Each line of the table has at least one multiple that is not 1, in words."""
    from desertion.app.pages.person import LATEST_WORDS, _terms
    from desertion.simulation.trace import TERMS, trace

    life = trace(scenario_of(Address(scenario="toy", days=60)), 37, seed=1)
    rows = re.findall("<tr><t[hd][^>]*>([^<]*)(.*?)</tr>", _terms(life, "hide").partition("<tbody>")[2])
    assert 2 <= len(rows) - len(LATEST_WORDS) < len(TERMS)
    for name, cells in rows:
        assert name in LATEST_WORDS.values() or "likel" in cells
        assert "×1 " not in cells


def test_a_live_run_steps_as_often_as_asked_and_says_nothing_once_closed() -> None:
    """Ten days are ten days; after closing no look comes."""
    run, snapshots = live()
    wait(run, "ready")
    run.step(10)
    assert until(lambda: run.snapshot.day >= 10)
    assert run.snapshot.day == 10
    run.close()
    seen = len(snapshots)
    run.play()
    time.sleep(0.3)
    assert len(snapshots) == seen


def test_a_run_that_is_played_faster_makes_up_for_no_day_of_the_slower_speed() -> None:
    """From the change on it has the new speed at most, and what it says of its speed is of that time; the days before would else come at once."""
    run, _ = live(days=600)
    run.set_rate(5.0)
    run.play()
    wait(run, "playing")
    assert run.model is not None
    assert until(lambda: run.model.day >= 6, 60.0)
    run.set_rate(25.0)
    changed, day = time.monotonic(), run.model.day
    time.sleep(0.8)
    gone = run.model.day - day
    assert gone <= 25.0 * (time.monotonic() - changed) + 2.0
    assert run.snapshot.speed <= 27.0
    run.close()


def test_a_squad_that_surrendered_whole_is_found_and_told_once() -> None:
    """When most of a squad's men have surrendered and none serves, the log has one line about it."""
    model = DesertionModel("toy", rng=7)
    watch = Watch(model)
    model.step()
    squads = first_squads(model.world)
    assert whole_squad(model.world, squads, 0) == -1
    men = squads == 3
    model.world.left_route[men] = SURRENDER
    model.world.squad_n[3] = 0
    assert whole_squad(model.world, squads, 0) == 3
    from desertion.simulation.record.tables import DAILY_COLUMNS

    model.world.daily[model.day, 0, DAILY_COLUMNS.index("new_surrender")] = 10
    assert [event.kind for event in watch.look()].count("squad") == 1
    assert [event.kind for event in watch.look()].count("squad") == 0


def test_what_the_calendar_holds_is_in_the_log_on_its_day() -> None:
    """The toy scenario's call-up and the border that closes."""
    events = planned(scenario_of(Address(scenario="toy")))
    assert [event.kind for event in events[60]] == ["wave"]
    assert any(event.kind == "frontier" for day in events.values() for event in day)


def test_a_call_up_is_told_at_real_size_whatever_the_run_s_size() -> None:
    """Beside charts at real size a call-up of the run's own few hundred would be read as that."""
    scenario = scenario_of(Address(scenario="russia-2022"))
    told = [event.text for events in planned(scenario.sized()).values() for event in events if event.kind == "wave"]
    assert [text.split("call-up of ")[1] for text in told] == ["222,000 begins", "78,000 begins"]
    assert scenario.sized().scale < 0.01


@pytest.mark.parametrize("scenario", ["toy", "russia-2022", "one-town", "laboratory", "three-armies-2022"])
def test_the_picture_shows_each_person_once_and_only_ties_that_exist(scenario: str) -> None:
    """Nobody stands on another, and both ends of a tie are in the picture and know each other."""
    model = DesertionModel(scenario_of(Address(scenario=scenario)), rng=7)
    world = model.world
    for force in range(len(world.people)):
        shown = sample(world, force)
        assert 0 < len(shown.people) <= 1000
        assert len(set(shown.people.tolist())) == len(shown.people)
        assert len(set(zip(shown.x.tolist(), shown.y.tolist(), strict=True))) == len(shown.people)
        assert (world.force_of[shown.people] == force).all()
        assert bool(len(shown.ties)) == (scenario not in {"one-town", "laboratory"})  # these two have no ties
        for one, other in shown.people[shown.ties].tolist():
            assert other in world.tie_to[world.tie_start[one] : world.tie_start[one + 1]]
        assert len(shown.letters(world.status)) == len(shown.people)


def test_a_stacked_chart_says_values_and_not_where_the_middle_of_an_area_stands() -> None:
    """Each area's own last value once, in words as at its end."""
    areas = [charts.Line("hid", np.array([0.0, 10.0]), "pen0"), charts.Line("fled", np.array([0.0, 30.0]), "pen1")]
    drawn = charts.stack("Ways", "persons", areas, 1)
    assert 'aria-label="Ways (persons). Last values: hid: 10; fled: 30"' in drawn
    assert re.findall(r'class="label"[^>]*>([^<]*)<', drawn) == ["hid 10", "fled 30"]


def test_counts_in_a_chart_bear_the_mark_of_too_few_at_its_end_and_in_its_words() -> None:
    """Four simulated persons of ten each are marked and five are not, in lines and in areas; what is no count never is."""
    ends = [charts.Line("few", np.array([0.0, 40.0]), "pen0"), charts.Line("enough", np.array([0.0, 50.0]), "pen1")]
    for drawn in (
        charts.lines("Title", "persons", ends, 1, valued=True, real=10.0),
        charts.stack("Title", "persons", ends, 1, real=10.0),
    ):
        assert 'Last values: few: 40†; enough: 50"' in drawn
        assert set(re.findall(r'class="label"[^>]*>([^<]*)<', drawn)) == {"few 40†", "enough 50"}
    assert "†" not in charts.lines("Title", "share", ends, 1, valued=True)


def test_what_is_told_of_one_of_several_armies_counts_that_army_and_marks_its_charts() -> None:
    """The people are its own and not those of all; charts of hosts say that all armies wait there; each chart of people marks what is few."""
    from desertion.app.pages.board import _numbers, curves, host_curves

    WARM.set()
    scenario = scenario_of(Address(scenario="three-armies-2022", days=12))
    run = Live(scenario, 7, lambda _: None)
    wait(run, "ready")
    run.step(12)
    wait(run, "done")
    snapshot, real = run.snapshot, 1.0 / scenario.scale
    own = int((run.model.world.force_of == 0).sum()) if run.model is not None else 0
    run.close()
    assert snapshot.daily is not None
    daily = snapshot.daily[:, 0] * 1.0
    told = _numbers(snapshot, daily, real, scenario)
    assert told[f"simulated, each for {real:,.0f}"] == f"{own:,}"
    few = too_few(float(daily[-1, COLUMN["left"]]) * real, real)
    (share,) = [name for name in told if name.startswith("people have left, ")]
    assert share.endswith("†") == told[share].endswith("†") == few
    nobody = np.where(np.arange(len(DAILY_COLUMNS)) == COLUMN["left"], 1.0, daily)
    (share,) = [name for name in _numbers(snapshot, nobody, real, scenario) if name.startswith("people have left, ")]
    assert share.endswith(" %†")
    assert all(", all armies<" in chart for chart in host_curves(snapshot.hosts, snapshot, real, scenario))
    departures, leaving, strength, legitimacy = curves(daily, snapshot, real)
    assert "†" in leaving
    assert departures.count("†") >= 2
    assert "†" not in strength + legitimacy


def test_heights_of_a_chart_stand_where_they_say() -> None:
    """Written with two figures and read again, each is where its line is drawn, whatever the top of the chart."""
    tops = sorted({charts.nice(value) for power in range(-3, 5) for value in np.arange(1.0, 10.0, 0.5) * 10.0**power})
    assert len(tops) > 50
    for top in tops:
        drawn = charts.lines("Title", "unit", [charts.Line("", np.array([0.0, top]), "pen0")], 1)
        lines = [float(y) for y in re.findall(r'class="grid" d="M[\d.]+ ([\d.]+)H', drawn)]
        told = [text.replace(",", "").split() for text in re.findall(r'text-anchor="end">([^<]*)<', drawn)]
        heights = [float(text[0]) * (1000.0 if text[1:] else 1.0) for text in told]
        assert np.allclose(lines, [charts.Scale(1, top).y(height) for height in heights], atol=0.06), top


def test_what_leaves_each_day_is_told_as_what_it_counts() -> None:
    """Whoever goes home and leaves again departs twice, and is one person."""
    from desertion.app.pages.board import curves

    daily = np.zeros((3, len(DAILY_COLUMNS)))
    assert ">departures a day, mean of 7 days<" in curves(daily, Snapshot(days=2), 1.0)[1]


def test_a_way_that_was_never_open_to_a_person_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named in an address, or chosen of the person before: the likeliest way is shown in its place, with a word."""
    from desertion.app.pages.person import _Life, life_of

    monkeypatch.setattr("desertion.app.pages.person.FigurePanel", lambda *_: text("drawn"))
    life = life_of(Address(scenario="toy", days=20, person=0))
    assert "there is no way open to this person 'swim'" in words_of(_Life, *life, session=Session("route=swim"))
    assert "there is no" not in words_of(_Life, *life, session=Session("route=hide"))


def test_a_chart_says_its_last_values_in_words_and_escapes_names() -> None:
    """A screen reader hears the numbers; a name cannot become markup."""
    drawn = charts.lines("Title", "persons", [charts.Line("<b>one</b>", np.array([0.0, 5.0]), "pen0")], 10)
    assert "5" in drawn.split('aria-label="')[1].split('"')[0]
    assert "<b>" not in drawn


def test_the_curve_of_the_tipping_map_leaves_the_picture_where_leaving_runs_away() -> None:
    """The line ends at the top of the shaded part; one that never tips ends where the strengths end."""
    strengths = np.array([0.5, 1.0, 2.0, 4.0])
    tips = np.array([0.1, 0.4, np.inf, np.inf])
    picture = tipping(strengths, np.array([0.1, 0.2, 0.3, 0.4]), tips, (1.0, 0.4), 2.0)
    edge = picture.partition('class="runaway" x="')[2].partition('"')[0]
    usual, mix = (
        picture.partition(f'class="line {pen}" d="M')[2].partition('"')[0].split("L") for pen in ("usual", "mix")
    )
    assert mix[-1].split()[0] == edge
    assert float(mix[-1].split()[1]) < min(float(point.split()[1]) for point in mix[:-1])
    assert len(usual) == 4


def test_the_point_s_name_in_the_tipping_map_is_not_written_over_its_heading() -> None:
    """Above the point where there is room, below it where leaving runs away."""
    strengths = np.array([0.5, 1.0, 2.0, 4.0])
    for here, below in ((0.4, False), (np.inf, True)):
        picture = tipping(strengths, strengths / 10.0, strengths / 10.0, (2.0, here), 3.0)
        point, name = (
            float(re.findall(rf'class="{kind}"[^>]* c?y="([\d.]+)"', picture)[0]) for kind in ("here", "label")
        )
        assert (name > point) == below
        assert name > 40.0


def test_a_life_is_dated_as_the_day_on_which_somebody_leaves() -> None:
    """What somebody is stands there from the morning after the day that the sentence names."""
    from desertion.app.pages.person import _changes, life_of

    about, trace = life_of(Address(scenario="toy", policies=("fast-track",), days=60, person=0))
    day = int(about.partition("first left on day ")[2].partition(":")[0])
    markup = _changes(trace)
    assert ">from the morning of day<" in markup
    assert f"<td>{day + 1}</td><td>hiding</td>" in markup
