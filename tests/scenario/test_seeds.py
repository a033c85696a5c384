"""Claims about the shipped documents."""

import re
from pathlib import Path

import pytest

from desertion.files import shipped_folder
from desertion.parameters import SWEPT, Behaviour, Force, Host
from desertion.reading import toml
from desertion.scenario import Dial, Scenario, catalogue
from desertion.scenario.policy import OPERATIONS

_SEEDS = shipped_folder("seeds")
_NUMBER = re.compile(r"^[a-z_]+ = [-\d.]")
_WORLD = sorted((_SEEDS / "forces").glob("*-*.toml")) + sorted((_SEEDS / "scenarios").glob("*-[12]*.toml"))


@pytest.mark.parametrize("path", _WORLD, ids=lambda path: path.stem)
def test_every_number_about_the_world_says_where_it_comes_from(path: Path) -> None:
    """Each line with a number carries a comment: a source with its grade, or that there is none."""
    bare = [line for line in path.read_text().splitlines() if _NUMBER.match(line) and "#" not in line]
    # A run's length and the switch of a whole mechanism are choices of the study, not facts; dated changes have notes.
    assert [line for line in bare if not line.startswith(("days =", "start =", "protest =", "date ="))] == []
    assert all(change.get("note") for change in toml(path).get("changes", []))


@pytest.mark.parametrize("kind", ["forces", "policies", "scenarios"])
def test_every_document_has_a_title_and_sources(kind: str) -> None:
    """A reader of `desertion list` learns what each is, and where it comes from."""
    for name, title in catalogue()[kind].items():
        assert title, name
        document = toml(_SEEDS / kind / f"{name}.toml")
        assert document.get("sources") or document.get("extends"), name


def test_made_up_worlds_say_so() -> None:
    """The toy force and its relatives do not pretend to a source."""
    for path in ("forces/toy.toml", "scenarios/toy.toml", "scenarios/one-town.toml"):
        assert "no source" in (_SEEDS / path).read_text()


def test_a_lever_file_moves_one_mechanism() -> None:
    """Files named lever-* hold one change from the start on, with one operation."""
    for path in sorted((_SEEDS / "policies").glob("lever-*.toml")):
        changes = toml(path)["change"]
        assert len(changes) == 1, path.name
        assert changes[0].keys() - {"from"} <= set(OPERATIONS)
        assert len(changes[0]) == 2, path.name


def test_russia_2022_is_the_stated_mobilisation() -> None:
    """300,000 of 25 million from 21 September 2022, before sixteen hosts."""
    russia = Scenario.load("russia-2022")
    force = russia.force("russia-2022")
    assert (force.soldiers, force.reservists) == (1_000_000, 25_000_000)
    assert sum(wave.number for wave in force.waves) == 300_000
    assert str(min(wave.date for wave in force.waves)) == "2022-09-21"
    assert len(russia.hosts) == 16


def test_parameters_without_a_source_say_that_they_are_swept() -> None:
    """Every number of a force, a host, behaviour and dial has a unit, and a source or the words that there is none."""
    for model in (Force, Host, Behaviour, Dial):
        for name, field in model.model_fields.items():
            if field.annotation in (int, float):
                extra = field.json_schema_extra
                assert isinstance(extra, dict), name
                assert extra["unit"], name
                assert extra["source"] == SWEPT or len(str(extra["source"])) > len(SWEPT) / 2, name


@pytest.mark.parametrize(
    ("policy", "factor"), [("capacity-taken", 0.1), ("lever-places-taken", 0.1), ("lever-places-many", 10.0)]
)
def test_policies_about_places_multiply_the_free_ones(policy: str, factor: float) -> None:
    """Free places are places less those taken by others, who fill nine in ten in Germany; each host has the share of them that the text says."""
    plain, moved = (Scenario.load("russia-2022", policies=names).course.hosts for names in ([], [policy]))
    assert any(host.places_taken > 0.5 * host.places for host in plain)
    for before, after in zip(plain, moved, strict=True):
        assert after.places - after.places_taken == pytest.approx(factor * (before.places - before.places_taken))


_WHOSE = {
    "forces.@first": "first army",
    "hosts.@asylum": "hosts that offer asylum",
    "hosts.@border": "border states",
    "hosts.@coalition": "coalition",
    "hosts.@visa-free": "visa-free hosts",
}
"""What a policy's text calls those that a selector reaches."""


@pytest.mark.parametrize("path", sorted((_SEEDS / "policies").glob("*.toml")), ids=lambda path: path.stem)
def test_a_policy_says_whom_it_reaches(path: Path) -> None:
    """Who is moved by group is named in the summary, and nobody else is called so: Czechia is distant and offers no asylum here."""
    policy = toml(path)
    keys = [
        key
        for change in policy.get("change", [])
        for values in change.values()
        if isinstance(values, dict)
        for key in values
    ]
    moved = {key.rpartition(".")[0] for key in keys}
    text = policy["summary"].casefold()
    assert [words for selector, words in _WHOSE.items() if selector in moved and words not in text] == []
    assert moved <= _WHOSE.keys() | {"forces.*", "hosts.*"}
    assert "distant" not in policy["title"] + policy["summary"]


@pytest.mark.parametrize(
    ("lever", "words"),
    [
        (("forces", "punishment"), "refused"),
        (("forces", "casualty_rate"), "threat"),
        (("forces", "refuge"), "still hide"),
        (("hosts", "border", 0), "irregular ways"),
        (("hosts", "entry"), "unlimited"),
    ],
)
def test_a_policy_says_what_its_lever_leaves_or_moves_besides(lever: tuple[str | int, ...], words: str) -> None:
    """Severity sets the pace of trials, danger the threat of a call-up; who is turned back hides, shut borders leak, unlimited entry stays."""
    kind, field, *value = lever
    silent: list[str] = []
    for path in sorted((_SEEDS / "policies").glob("*.toml")):
        policy = toml(path)
        moves = [
            pair
            for change in policy.get("change", [])
            for operation in ("set", "multiply", "add")
            for pair in change.get(operation, {}).items()
        ]
        if any(
            key.startswith(f"{kind}.") and key.endswith(f".{field}") and value in ([], [number])
            for key, number in moves
        ):
            silent += [path.stem] if words not in policy["summary"] else []
    assert silent == []
