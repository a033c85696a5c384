"""Thirty and more kinds of bad input: each is answered with one clear sentence, and on the command line with exit 2."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest

from desertion import Scenario
from desertion.cli import main
from desertion.errors import InputError

HEAD = 'start = 2030-01-01\ndays = 100\nforces = ["toy"]\n'
EXTENDS = 'extends = "toy"\n'


class Bad(NamedTuple):
    """One kind of bad input: documents to write, what to load, and what the sentence must say."""

    says: str
    scenario: str = "toy"
    policies: tuple[str, ...] = ()
    settings: Mapping[str, Any] = MappingProxyType({})
    scale: float | None = None
    asylum: float | None = None
    days: int | None = None
    files: Mapping[str, str] = MappingProxyType({})


def _policy(text: str, says: str, **others: Any) -> Bad:
    return Bad(says, policies=("p.toml",), files={"p.toml": 'title = "P"\n' + text}, **others)


def _scenario(text: str, says: str, **files: str) -> Bad:
    return Bad(
        says, scenario="s.toml", files={"s.toml": text} | {name.replace("_", "."): body for name, body in files.items()}
    )


def _setting(key: str, value: Any, says: str) -> Bad:
    return Bad(says, settings={key: value})


KINDS: dict[str, Bad] = {
    # names
    "unknown scenario": Bad(r"no scenario 'toys'; did you mean 'toy'\?", scenario="toys"),
    "missing scenario file": Bad(r"no scenario file .*nowhere\.toml", scenario="nowhere.toml"),
    "unknown policy": Bad(r"no policy 'fasttrack'; did you mean 'fast-track'\?", policies=("fasttrack",)),
    "missing policy file": Bad(r"no policy file .*nowhere\.toml", policies=("nowhere.toml",)),
    "the same policy twice": Bad("'fast-track' is named 2 times", policies=("fast-track", "fast-track")),
    "unknown force": _scenario(HEAD.replace("toy", "prussia"), r"no force 'prussia'; did you mean 'russia-2022'"),
    # documents
    "not TOML": _scenario("start = = 3", r"s\.toml: this is not TOML"),
    "not text": Bad(r"line 1 holds the byte 0xff, which is not a text file's in UTF-8; if the file is in UTF-16, save", scenario="s.toml", files={"s.toml": "\udcff\udcfe"}),
    "unknown key in a scenario": _scenario(HEAD + "dayz = 3\n", r"no key 'dayz'; did you mean 'days'\?"),
    "unknown key in a host": _scenario(
        HEAD + '[[hosts]]\nname = "a"\ncasedays = 3\n', r"a: there is no key 'casedays'; did you mean 'case_days'\?"
    ),
    "unknown key in a policy": _policy("[[change]]\nform = 'start'\n", r"no key 'form'; did you mean 'from'\?"),
    "missing start": _scenario('days = 3\nforces = ["toy"]\n', "start is missing"),
    "no forces": _scenario("start = 2030-01-01\nforces = []\n", "at least one force"),
    "forces not a list": _scenario('start = 2030-01-01\nforces = "toy"\n', "forces = 'toy' must be a list"),
    "a scenario that extends itself": _scenario('extends = "s.toml"\n', "extends itself"),
    "a host named twice": _scenario(HEAD + '[[hosts]]\nname = "a"\n[[hosts]]\nname = "a"\n', "'a' is named 2 times"),
    "a name with a blank": _scenario(HEAD + '[[hosts]]\nname = "New Land"\n', "small letters, digits and hyphens"),
    # numbers
    "text for a number": _setting("hosts.harbour.cases", "many", "must be a number, got 'many'"),
    "NumPy's truth for a number": _setting("forces.toy.exit_ban", np.True_, r"must be a number, got (np\.True_|True)"),
    "truth for a number": _setting("forces.toy.exit_ban", True, "must be a number, got True"),
    "truth for a size": _setting("scale", True, "scale: must be a number, got True"),
    "truth in a table": _scenario(EXTENDS + '[set]\n"forces.toy.regions.0.access.ridge" = true\n', "must be a number, got True"),
    "text in a table": _scenario(EXTENDS + '[set]\n"forces.toy.regions.0.access.ridge" = "0.5"\n', "must be a number, got '0.5'"),
    "not a number": _setting("hosts.harbour.cases", float("nan"), "got nan"),
    "beyond the range": _setting("hosts.harbour.recognition_deserter", 90, r"= 90 must lie in \[0, 1\] \(chance\)"),
    "below the range": _setting("hosts.harbour.case_days", -1, r"= -1 must lie in \[0, 3650\] \(days\)"),
    "half a person": _setting("forces.toy.soldiers", 300.5, "300.5 must be a whole number"),
    "a switch half way": _setting("hosts.ridge.border", 1.5, "= 1.5 must be 0, 1 or 2"),
    "an odd number of ties": _setting("forces.toy.degree", 5, "degree must be even"),
    "shares beyond one": _setting("forces.toy.share_killed", 0.99, "must be at most 1"),
    "ties beyond one": _setting("forces.toy.across", 0.95, r"across \+ rewire must be at most 1"),
    "an unknown form": _setting("behaviour.form", "viral", "'viral' must be 'multiplicative'.*'none'"),
    "a negative horizon": Bad(r"days = -3 must lie in \[1, 36500\] \(days\)", days=-3),
    "a scale of nothing": Bad(r"scale = 0\.0 must lie in", scale=0.0),
    "a scale above one": Bad(r"scale = 2\.0 must lie in", scale=2.0),
    "a scale that leaves no squad": Bad("less than one whole squad of 10; use a scale of at least", scale=0.01),
    "a dial beyond its end": Bad(r"asylum = 1\.5 must lie in \[0, 1\]", asylum=1.5),
    "nobody in a force": _scenario(
        'start = 2030-01-01\n[[forces]]\nname = "a"\nsoldiers = 0\nreservists = 0\ncivilians = 0\n', "needs people"
    ),
    "no whole squad": _setting("forces.toy.soldiers", 4, "no whole squad of 10"),
    "regions that are not the whole": _scenario(
        'start = 2030-01-01\n[[forces]]\nname = "a"\nregions = [{ name = "x", share = 0.4 }]\n', "add up to 1, got 0.4"
    ),
    # what does not fit together
    "a policy that names a missing host": _policy(
        '[[change]]\nset = { "hosts.narnia.border" = 0 }\n',
        r'p\.toml: change\[0\]\.set "hosts\.narnia\.border": no host "narnia" in scenario "toy"; hosts are: steppe',
    ),
    "a policy that names an empty group": _policy(
        '[[change]]\nset = { "hosts.@moon.border" = 0 }\n', 'no host belongs to the group "@moon"'
    ),
    "a policy that names a missing lever": _policy(
        '[[change]]\nset = { "hosts.harbour.casedays" = 0 }\n', r"no lever of hosts 'casedays'; did you mean 'case_days'"
    ),
    "a policy that moves what is fixed": _policy(
        '[[change]]\nset = { "forces.toy.soldiers" = 0 }\n', "soldiers holds for a whole run"
    ),
    "a policy that moves what is read at the start only": _policy(
        '[[change]]\nset = { "forces.toy.protest_spark" = 0.3 }\n', "protest_spark holds for a whole run"
    ),
    "a path that is no lever": _policy('[[change]]\nset = { "behaviour" = 0 }\n', "written as forces"),
    "a policy value beyond the range": _policy(
        '[[change]]\nset = { "hosts.*.admission_evader" = 7 }\n', r"= 7\.0 must be in \[0, 1\]"
    ),
    "a switch multiplied": _policy('[[change]]\nmultiply = { "hosts.*.border" = 2 }\n', "use set instead of multiply"),
    "a negative factor": _policy('[[change]]\nmultiply = { "hosts.*.cases" = -2 }\n', "factor of at least 0, got -2"),
    "no limit times nothing": _policy('[[change]]\nmultiply = { "hosts.harbour.entry" = 0 }\n', r"cannot be multiplied by 0 \(policy p\)"),
    "an infinite amount": _policy('[[change]]\nadd = { "hosts.*.cases" = inf }\n', "must be finite"),
    "text in a policy": _policy('[[change]]\nset = { "hosts.*.cases" = "all" }\n', "must be a number, got 'all'"),
    # dates
    "a date that is none": _policy('[[change]]\nfrom = "soon"\n', "must be a date, \"start\" or days after it.*'soon'"),
    "an end before its beginning": _policy(
        '[[change]]\nfrom = 2030-03-01\nuntil = 2030-02-01\nset = { "hosts.*.cases" = 1 }\n', "before it begins"
    ),
    "an end before the start": _policy(
        '[[change]]\nfrom = "start"\nuntil = 2029-01-01\nset = { "hosts.*.cases" = 1 }\n', "before it begins"
    ),
    "a call-up before the start": _setting("forces.toy.waves.0.date", "2029-01-01", "lies before the start, 2030-01-01"),
    "two values on one date": _scenario(
        EXTENDS + '[[changes]]\ndate = 2030-03-10\nset = { "hosts.ridge.border" = 2 }\n', "two values on 2030-03-10"
    ),
    "a date that is a word": _setting("start", "tomorrow", "start: must be a date such as 2022-09-21, got 'tomorrow'"),
    # settings
    "an unknown root": _setting("host.harbour.cases", 3, r"no input 'host'; did you mean 'hosts'\?"),
    "an unknown host in a setting": _setting("hosts.narnia.cases", 3, 'no host "narnia" in scenario "toy"'),
    "an unknown input in a setting": _setting("behaviour.contagion", 3, "no key 'contagion'"),
    "an unknown wave": _setting("forces.toy.waves.7.number", 3, "no entry '7'"),
    "a setting that is no input": _setting("changes", [], "changes cannot be set"),
    "a setting without an input": _setting("hosts.harbour", 3, "write hosts.<name>.<input>"),
    # other names inside
    "access to a missing host": _scenario(
        'start = 2030-01-01\n[[forces]]\nname = "a"\nregions = [{ name = "x", access = { narnia = 0.4 } }]\n', "no host 'narnia'"
    ),
    "people passed on to a missing host": _scenario(HEAD + '[[hosts]]\nname = "a"\npasses_to = ["b"]\n', "no host 'b'"),
    "a host that passes people on twice": _scenario(HEAD + '[[hosts]]\nname = "a"\npasses_to = ["b", "b"]\n[[hosts]]\nname = "b"\n', r"hosts\.a\.passes_to: 'b' is named 2 times"),
    "a force that faces itself": _setting("forces.toy.facing", ["toy"], "names the force itself; name other forces"),
    "a call-up in no region": _scenario(
        'start = 2030-01-01\n[[forces]]\nname = "a"\nreservists = 1000\nregions = [{ name = "x", share = 1, quota = 0 }]\nwaves = [{ date = 2030-01-09, number = 50 }]\n', "call-up has nowhere to come from"
    ),
    "a host that passes people on to itself": _scenario(HEAD + '[[hosts]]\nname = "a"\npasses_to = ["a"]\n', "names the host itself"),
    "an army that faces a missing one": _setting("forces.toy.facing", ["b"], "no force 'b'"),
    # the user's own files
    "a missing graph": _scenario(EXTENDS + 'graph = "ties.csv"\n', "ties.csv.*no such file"),
    "a missing series": _scenario(EXTENDS + '[series]\n"hosts.harbour.cases" = "x.csv"\n', r"x\.csv: there is no such file"),
    "a series without dates": _scenario(
        EXTENDS + '[series]\n"hosts.harbour.cases" = "x.csv"\n', r"x\.csv: the first line must name the columns date, value; it names day, value", x_csv="day,value\n1,2\n"
    ),
    "a series with a word": _scenario(
        EXTENDS + '[series]\n"hosts.harbour.cases" = "x.csv"\n', r"x\.csv:3: value = 'few' must be a number", x_csv="date,value\n2030-01-02,2\n2030-01-03,few\n"
    ),
    # what only looks right
    "another encoding": Bad(
        "line 1 holds the byte 0xfc.*Latin-1 or Windows-1252, save it as UTF-8", scenario="s.toml", files={"s.toml": 'title = "B\udcfcro"'}
    ),
    "a text with NUL": _scenario('extends = "toy"\n\0', "holds the sign NUL"),
    "brackets without end": _scenario("x = " + "[" * 5000, "nested too deep"),
    "dotted keys without end": _scenario("a" + ".a" * 3000 + " = 1", "nested too deep"),
    "a factor that no float holds": _policy(
        f'[[change]]\nmultiply = {{ "hosts.harbour.cases" = 1{"0" * 400} }}\n', "hosts.harbour.cases = a whole number of about .* digits must lie within 64 bits"
    ),
    "a number of 5,000 digits": _scenario(HEAD + "scale = " + "1" * 5000, "too many digits"),
    "a date after the last": _scenario("start = 9999-12-31\nforces = []\n", "at least one force"),
    "a horizon beyond the calendar": _scenario(HEAD.replace("2030-01-01", "9999-12-01"), "beyond the year 9999"),
    "a day offset without end": _policy(f'[[change]]\nfrom = "+{"9" * 30}"\n', "at most 36500 days after the start"),
    "a circle of scenarios": _scenario('extends = "./../' + "{here}" + '/s.toml"\n', "extends itself|no scenario file"),
    "a name of 300 letters": _scenario(f'extends = "{"n" * 300}.toml"\n', r"no scenario file n{57}\.\.\."),
    "a table that is a number": _scenario(EXTENDS + "set = 3\n", "set = 3 must be a table"),
    "a table that is a list": _scenario(EXTENDS + "series = [1]\n", r"series = \[1\] must be a table"),
    "a list that is a table": _scenario(EXTENDS + "[hosts]\nx = 1\n", "hosts = .* must be a list"),
    "policies that are a number": _scenario(EXTENDS + "policies = 3\n", "policies = 3 must be a list"),
    "a force that is a number": _scenario("start = 2030-01-01\nforces = [7]\n", "= 7 must be a table"),
    "seconds for a date": _scenario(HEAD.replace("2030-01-01", "5"), "must be a date such as 2022-09-21, got 5"),
    "one value written twice": _scenario(EXTENDS + '[set]\n"behaviour.form" = "none"\nbehaviour.form = "additive"\n', "has two values; keep one"),
    "factors in a scenario": _scenario(
        EXTENDS + '[[changes]]\ndate = 2030-02-01\nmultiply = { "hosts.*.cases" = 2 }\n', r"changes\[0\]\.multiply.*belong in a policy, as \[\[change\]\]"
    ),
    "a host listed twice over another scenario": _scenario(
        EXTENDS + '[[hosts]]\nname = "ridge"\nborder = 2\n[[hosts]]\nname = "ridge"\nborder = 0\n', "'ridge' is named 2 times"
    ),
    "a series without rows": _scenario(EXTENDS + '[series]\n"hosts.harbour.cases" = "x.csv"\n', "no row under the headings", x_csv="date,value\n"),
    "a series before the start": _scenario(
        EXTENDS + '[series]\n"hosts.harbour.cases" = "x.csv"\n', "from 2013-12-01 to 2013-12-01 and lies wholly outside", x_csv="date,value\n2013-12-01,1\n"
    ),
    "a series after the end": _scenario(
        EXTENDS + '[series]\nhosts.harbour.cases = "x.csv"\n', "wholly outside the scenario's 200 days", x_csv="date,value\n2031-12-01,1\n"
    ),
    "a short row": _scenario(EXTENDS + '[series]\n"hosts.harbour.cases" = "x.csv"\n', r"x\.csv:2: the row has 1 cells", x_csv="date,value\n2030-01-02\n"),
    "a long row": _scenario(EXTENDS + '[series]\n"hosts.harbour.cases" = "x.csv"\n', r"x\.csv:2: the row has 3 cells", x_csv="date,value\n2030-01-02,1,2\n"),
    "an open quotation mark": _scenario(EXTENDS + '[series]\n"hosts.harbour.cases" = "x.csv"\n', "this is not CSV", x_csv='date,value\n"2030-01-02,1\n'),
    "a field of a million letters": _scenario(
        EXTENDS + '[series]\n"hosts.harbour.cases" = "x.csv"\n', "this is not CSV", x_csv="date,value\n2030-01-02," + "1" * 1_000_000 + "\n"
    ),
    "a time in place of a day": _scenario(
        EXTENDS + '[series]\n"hosts.harbour.cases" = "x.csv"\n', "date = '2030-01-02 03:00' must be a date", x_csv="date,value\n2030-01-02 03:00,1\n"
    ),
    "a comma that means two things": _scenario(
        EXTENDS + '[series]\n"hosts.harbour.cases" = "x.csv"\n', "decimal comma or as thousands", x_csv="date;value\n2030-01-02;1,234\n"
    ),
    "an infinite reference": _setting("reference.toy.police", float("inf"), r"police = inf must lie in \[0, 1e\+12\] \(persons/day\)"),
    "an infinite quota": _scenario(
        'start = 2030-01-01\n[[forces]]\nname = "a"\nregions = [{ name = "x", share = 1.0, quota = inf }]\n',
        r"quota = inf must lie in \[0, 1e\+12\]",
    ),
    "infinite money": _setting("hosts.harbour.cost", float("inf"), r"cost = inf must lie in \[0, 1e\+12\] \(EUR/year\)"),
    "a brackets' setting": _setting("hosts.harbour.cost", "[" * 5000, "--set hosts.harbour.cost: brackets are nested too deep|must be a number"),
    "a change without a date": _scenario(EXTENDS + '[[changes]]\nset = { "hosts.ridge.border" = 2 }\n', r"changes\[1\] must have date"),
}  # fmt: skip


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Bad], Bad]:
    """Write the documents of a kind into an empty folder and go there."""

    def write(bad: Bad) -> Bad:
        monkeypatch.chdir(tmp_path)
        for name, text in bad.files.items():
            Path(name).write_bytes(text.encode("utf-8", "surrogateescape"))
        return bad

    return write


@pytest.mark.parametrize("kind", KINDS)
def test_bad_input_is_answered_with_one_sentence(kind: str, written: Callable[[Bad], Bad]) -> None:
    """`Scenario.load` says what is wrong and where: one line, no word of Python's or Pydantic's own."""
    bad = written(KINDS[kind])
    with pytest.raises(InputError) as caught:
        Scenario.load(
            bad.scenario, bad.policies, scale=bad.scale, asylum=bad.asylum, days=bad.days, set=bad.settings
        ).sized()
    sentence = str(caught.value)
    assert re.search(bad.says, sentence), sentence
    assert "\n" not in sentence
    assert not re.search(r"pydantic|validation error|Traceback|NoneType|<class", sentence), sentence


def _words(bad: Bad) -> list[str]:
    settings = dict(bad.settings) | ({"asylum": bad.asylum} if bad.asylum is not None else {})
    words = ["run", bad.scenario]
    for policy in bad.policies:
        words += ["--policy", policy]
    for key, value in settings.items():
        words += ["--set", f"{key}={value if isinstance(value, str) else str(value).lower()}".replace("'", '"')]
    for option, number in (("--scale", bad.scale), ("--days", bad.days)):
        words += [option, str(number)] if number is not None else []
    return words


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_line_prints_the_sentence_and_exits_with_2(
    kind: str, written: Callable[[Bad], Bad], capsys: pytest.CaptureFixture[str]
) -> None:
    """`desertion run` says the same sentence on standard error, nothing on standard output, and leaves no file behind."""
    bad = written(KINDS[kind])
    assert main([*_words(bad), "--out", "results"]) == 2
    said = capsys.readouterr()
    assert re.search(bad.says, said.err), said.err
    assert said.err.startswith("desertion: ")
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert not Path("results").exists()


def test_there_are_at_least_thirty_kinds() -> None:
    """The promise of the documentation, counted."""
    assert len(KINDS) >= 30
