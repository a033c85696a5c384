"""The sentences behind "Why?": each is there where its mechanism works, and gone once the mechanism is switched off."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from desertion.app.request.choice import usual_scale
from desertion.app.request.query import parse
from desertion.app.simulator import charts, reasons
from desertion.app.simulator.answer import Answer, answer_of, headline, outcome
from desertion.app.simulator.screen import setting_of
from desertion.app.work.run import Run, Wanted, record_of, run
from desertion.rules.draws import replicate_seed
from desertion.scenario.grain import FEWEST, MARK, TOO_FEW
from desertion.simulation.model import DesertionModel
from desertion.simulation.record.tables import DAILY_COLUMNS
from desertion.simulation.world.fields import HOST_EXTRA
from desertion.study.comparison.arm import outcome_of
from desertion.study.comparison.outcomes import BY_NAME, column
from desertion.study.comparison.report.estimate import changed, estimated

once = cache(run)


@cache
def answered(query: str) -> Answer:
    """The whole answer to an address; many addresses share a status quo, whose runs are made once."""
    mix, wrong = parse(query)
    assert not wrong
    runs = [once(Wanted(side, replicate)) for replicate in range(10) for side in (mix.status_quo, mix)]
    return answer_of(mix, runs, mix.scale or usual_scale(mix.scenario))


def why(query: str, *, with_plain: bool = False) -> str:
    """The sentences on an address, as one text."""
    answer = answered(query)
    setting = setting_of(answer.mix)
    plain = answered(answer.mix.without_contagion.query()) if with_plain and answer.mix.contagion != "none" else None
    return " ".join(reasons.why(answer, setting.names, visa_free=setting.visa_free, bans=setting.bans, without=plain))


OPEN = "others stay open"
RUSH = "while it is open"
QUEUE = "so many cases a day"
SCREENED = "A case takes its least days"
SPREAD = "Leaving spreads"
HOSTS = "what hosts do changes"


@pytest.mark.parametrize(
    ("sentence", "there", "switched_off"),
    [
        (OPEN, "border=shut", "border=shut&set=hosts.@visa-free.border=0&set=hosts.@visa-free.leak=0"),
        (RUSH, "ban=30", "ban=30&set=behaviour.push_door=0"),
        (QUEUE, "asylum=fast", "asylum=fast&capacity=ten"),
        (SCREENED, "scenario=gdr-1989&screening=strict&capacity=ten", "scenario=gdr-1989&capacity=ten"),
        (HOSTS, "capacity=taken", "capacity=taken&set=hosts.*.border=0&set=hosts.*.leak=0&set=hosts.*.skilled_visas=0"),
        (SPREAD, "ban=30&contagion=stronger", "ban=30&contagion=none"),
    ],
)
def test_a_sentence_goes_once_its_mechanism_is_switched_off(sentence: str, there: str, switched_off: str) -> None:
    """Open neighbours, the door that is expected to close, caseworkers, hosts that take people in, contagion."""
    assert sentence in why(there, with_plain=True)
    assert sentence not in why(switched_off, with_plain=True)


def test_what_another_slider_does_is_not_owed_to_a_ban_or_to_open_neighbours() -> None:
    """Where the doors of asylum draw people before a ban, and a second slider stands beside doors that were shut, nobody has run what each does alone."""
    assert RUSH not in why("ban=30&asylum=fast&set=behaviour.push_door=0")
    answer, setting = answered("border=shut"), setting_of(parse("border=shut")[0])
    for more, told in (("", True), ("&asylum=none", True), ("&campaign=half", False), ("&also=skilled-visas", False)):
        mix = parse(f"border=shut{more}")[0]
        assert bool(reasons.open_neighbours(replace(answer, mix=mix), setting.names, setting.visa_free)) == told


def made_up(
    left: list[float], *, spent: float = 0.0, end: float = 0.0, waiting: float = 0.0, due: float = 0.0
) -> Answer:
    """Ten pairs of runs with leavers as named, under a status quo of 1,000 of whom none costs anything; the last run alone has `end` protected."""
    mix, _ = parse("scenario=toy&asylum=fast")

    def made(many: float, applicants: float, cost: float, protected: float) -> Run:
        daily = np.zeros(len(DAILY_COLUMNS))
        daily[[DAILY_COLUMNS.index("applicant"), DAILY_COLUMNS.index("protected")]] = applicants, protected
        return Run(left=np.array([0.0, many]), end=daily, hosts=np.zeros((3, len(HOST_EXTRA))), waiting=applicants, due=due,
                   cost=cost, routes=np.zeros(5000, np.uint8))  # fmt: skip

    last = len(left) - 1
    pairs = [
        (made(1000.0, 0.0, 0.0, 0.0), made(many, waiting, spent * (place == last), end * (place == last)))
        for place, many in enumerate(left)
    ]
    return Answer(mix, tuple(pairs), 1.0, 5000)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        ([990.0, 1010.0] * 5, "How many leave hardly changes, what hosts do changes"),
        ([600.0, 1300.0] * 5, "Whether more or fewer leave cannot be told, what hosts do changes"),
    ],
)
def test_leaving_hardly_changes_only_where_its_whole_interval_is_small(left: list[float], words: str) -> None:
    """An interval that holds nothing and a great deal besides is no small change, of leavers and of closed doors alike."""
    answer = made_up(left, waiting=200.0)
    (sentence,) = reasons.hosts_alone(answer)
    assert sentence.startswith(f"{words}: 200 more wait for a decision")
    shut = replace(answer, mix=parse("scenario=toy&border=shut")[0], pairs=answer.pairs)
    for _, own in shut.pairs:
        own.hosts[0, HOST_EXTRA.index("abroad")] = 100.0
    assert bool(reasons.open_neighbours(shut, ["A", "B", "C"], [True, False, False])) == ("hardly" in words)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (150.0, "Hosts decide so many cases a day and no more: "),
        (30.0, "A case takes its least days, however many are decided a day: "),
    ],
)
def test_a_queue_is_owed_to_caseworkers_only_where_cases_wait_beyond_their_least_days(due: float, words: str) -> None:
    """A case that may not be decided yet waits for no caseworker: screening of two months makes no queue at ten times the caseworkers."""
    (sentence,) = reasons.queue(made_up([1000.0] * 10, waiting=200.0, due=due))
    assert sentence.startswith(words)


@pytest.mark.parametrize(
    ("left", "plain", "words"),
    [
        ([1100.0, 1140.0] * 5, [1080.0, 1040.0] * 5, "would make 60 more; with contagion it is 120 more."),
        ([1100.0, 1140.0] * 5, [1040.0, 960.0] * 5, "would make no difference that could be told from chance; with"),
        ([1100.0] * 5 + [1140.0] * 5, [1040.0] * 5 + [1160.0] * 5, ""),
        ([1140.0] * 10, [1100.0] * 8 + [1200.0] * 2, ""),
    ],
)
def test_leaving_is_said_to_spread_only_where_the_pairs_show_it(
    left: list[float], plain: list[float], words: str
) -> None:
    """The difference of two medians is none of the pairs: where contagion adds to some and takes from others nothing is said."""
    told = " ".join(reasons.spreading(made_up(left), made_up(plain)))
    assert words in told
    assert bool(told) == bool(words)


def test_what_a_policy_makes_without_contagion_is_marked_where_it_is_too_few() -> None:
    """A difference of under five simulated people that is sure of its sign is no chance, and no number."""
    own, plain = (replace(made_up([many] * 10), size=10.0) for many in (1100.0, 1004.0))
    (sentence,) = reasons.spreading(own, plain)
    assert f"would make a difference that is {TOO_FEW}; with contagion it is 1,000 more." in sentence


def test_leaving_is_not_said_to_spread_where_contagion_adds_nothing_to_a_policy() -> None:
    """Visa-free neighbours bring the same pairs as many leavers without contagion, though the medians lie apart by one simulated person."""
    query = "scenario=three-armies-2022&border=open"
    assert SPREAD not in why(query, with_plain=True)


def test_cases_beyond_their_least_days_are_counted_in_a_run() -> None:
    """None is due where a case takes longer than the run; all are where nobody decides them and they take no time."""
    mix, _ = parse("scenario=toy&days=200")
    for levers, share in (({"case_days": 3650}, 0.0), ({"case_days": 0, "cases": 0}, 1.0)):
        settings = tuple((f"hosts.*.{lever}", str(value)) for lever, value in levers.items())
        one = run(Wanted(replace(mix, settings=settings), 0))
        assert one.due == share * outcome(one, "applicants")
        assert outcome(one, "applicants") > 0.0
    # Of cases that take a day those of the last day are not due yet: as many as waited the evening before are.
    slow = (("hosts.*.case_days", "1"), ("hosts.*.cases", "0"))
    runs = [run(Wanted(replace(mix, settings=slow, days=days), 0)) for days in range(170, 201)]
    waiting = [outcome(one, "applicants") for one in runs]
    assert [one.due for one in runs[1:]] == waiting[:-1]
    assert len(set(waiting)) > 1


def test_nothing_is_said_of_all_runs_only_where_it_is_so() -> None:
    """One run of ten that protects or spends something makes it most runs."""
    assert "nobody is protected" in headline(made_up([1000.0] * 10))
    assert headline(made_up([1000.0] * 10)).endswith("hosts have spent nothing.")
    told = headline(made_up([1000.0] * 10, spent=178.0, end=2.0))
    assert "On the last day in most runs nobody is protected and nobody is waiting" in told
    assert told.endswith("; in most runs hosts have spent nothing.")


def test_the_way_that_is_named_is_the_way_that_changes() -> None:
    """Fast track makes more flee abroad; with every way abroad shut nobody is said to flee."""
    assert "flee abroad" in why("asylum=fast")
    shut = "&".join(f"set=hosts.*.{lever}" for lever in ("border=0", "leak=0", "skilled_visas=0"))
    assert "flee abroad" not in why(f"prisoners=humane&{shut}")


def test_a_state_is_named_as_long_as_its_door_is_there() -> None:
    """Fast track brings people to Germany; with Germany's border shut another state is named or none."""
    assert "more are in Germany" in why("asylum=fast")
    assert "more are in Germany" not in why("asylum=fast&set=hosts.germany.border=0&set=hosts.germany.leak=0")


def test_people_are_told_apart_only_where_something_changes() -> None:
    """With one army the extended offer changes nothing, and nobody is said to leave because of it."""
    assert "only because of the mix" in " ".join(reasons.only_because(answered("ban=30")))
    assert reasons.only_because(answered("also=extended-offer")) == []
    assert why("screening=none").startswith("Nothing stands out")


def test_a_count_of_under_five_simulated_people_is_marked_wherever_the_screen_says_it() -> None:
    """In the reasons, in the picture of places and in the headline: what rests on under five of the simulated says so, with the mark or in words."""
    answer = answered("border=shut")
    few = few_of(answer)
    said = f"{why('border=shut')} {why('border=open')}"
    assert any(marked for _, marked in counts_in(said))
    assert re.search(r"\d %", said)
    assert not re.search(r"\d%", said)
    assert [count for count in counts_in(said) if count[0] < few and not count[1]] == []
    picture = charts.places(answer, setting_of(answer.mix).names)
    totals = [
        text
        for text in re.findall(r'<text class="label"[^>]*>([^<]*)</text>', picture)
        if text[:1].isdigit() and " " not in text
    ]
    assert len(totals) > 8
    assert all((float(text.rstrip(MARK).replace(",", "")) < few) == text.endswith(MARK) for text in totals)
    assert any(text.endswith(MARK) for text in totals)
    assert f"{TOO_FEW} (at most" in headline(answer)


def few_of(answer: Answer) -> float:
    """Real persons that five simulated ones stand for."""
    return FEWEST * answer.size


def counts_in(text: str) -> list[tuple[float, bool]]:
    """Counts of people that a text names, each with whether it is marked."""
    return [
        (float(number.replace(",", "")), mark == MARK)
        for number, mark in re.findall(rf"(\d[\d,]*\d|\d)\b({MARK}?)(?! %)", re.sub(r"€[\d.,]+", "", text))
    ]


def test_the_status_quo_has_no_reasons_and_no_difference() -> None:
    """Nothing has been changed: no sentence, and the headline names no difference."""
    assert why("") == ""
    assert headline(answered("")).startswith("Status quo. By ")
    assert "than under the status quo" not in headline(answered(""))


@pytest.mark.parametrize("mixed", ["asylum=fast&border=transit&days=90", "scenario=three-armies-2022&days=90"])
def test_outcomes_are_those_of_a_comparison(mixed: str) -> None:
    """Read from the arrays of a run, each is what `desertion compare` keeps of it, to the last bit."""
    mix, _ = parse(mixed)
    wanted = Wanted(mix, 3)
    model = DesertionModel(mix.scenario_now(), rng=replicate_seed(mix.seed, 3))
    model.run()
    tables = outcome_of(model.daily, model.hosts, model.people(), model.measures(), {}).scalars
    force = model.sized.forces[0].name
    for name in ("left", "left_hide", "left_refuse", "left_surrender", "left_flee", "left_skilled", "protected", "applicants", "abroad",
                 "peak_waiting", "cost_eur"):  # fmt: skip
        stored = tables.get(column(force, name), tables.get(column("all", name)))
        assert outcome(run(wanted), name) == outcome(record_of(model), name) == stored
        assert name in BY_NAME


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([3.0] * 10, "3 more than under the status quo (3 to 3)"),
        ([-3.0] * 10, "3 fewer than under the status quo (3 to 3)"),
        ([0.0] * 10, "as many as under the status quo"),
        ([-5.0] * 5 + [5.0] * 5, "and the difference is within chance (5 fewer to 5 more than under the status quo)"),
        ([0.0] * 8 + [-7.0, -7.0, -7.0], "at most 7 fewer than under the status quo"),
    ],
)
def test_a_difference_is_said_with_what_is_sure_of_it(values: list[float], words: str) -> None:
    """More, fewer, as many, or too few to tell: never a bare number."""
    assert changed(estimated(np.array(values))) == words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([3.0] * 10, "and the difference is too few to tell at this scale (3 to 3 more than under the status quo)"),
        (
            [0.0] * 8 + [-7.0, -7.0, -7.0],
            "and the difference is too few to tell at this scale (at most 7 fewer than under the status quo)",
        ),
        (
            [-2.0] * 5 + [3.0] * 5,
            "and the difference is too few to tell at this scale (2 fewer to 3 more than under the status quo)",
        ),
        ([0.0] * 10, "as many as under the status quo"),
    ],
)
def test_a_difference_of_too_few_people_is_said_to_be(values: list[float], words: str) -> None:
    """Of under five simulated people no more and no fewer is told, on whichever side of nothing they lie."""
    assert changed(replace(estimated(np.array(values)), few=True)) == words
