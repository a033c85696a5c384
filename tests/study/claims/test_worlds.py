"""Claims about plausible worlds: those of an ensemble have its values, and a scenario takes what it has a place for."""

from pathlib import Path

import pytest

from desertion import InputError, Scenario, claims
from desertion.cli import main
from desertion.simulation.model import DesertionModel
from desertion.simulation.society.society import Society
from desertion.study.claims import document
from desertion.study.claims.document import Arm
from desertion.study.claims.plan import ClaimsPlan, repeated, spec_of
from desertion.study.claims.trial import beyond_match
from desertion.study.claims.world_run import dressed, parts_of, run_claim_arm
from desertion.study.claims.worlds import worlds
from desertion.study.design.aspects import in_world
from desertion.study.matching.ensemble import rules_version
from desertion.study.run.sweep import RunOptions
from desertion.study.run.task import peopled

RATE = "forces.russia-2022.base_reservist_flee"


@pytest.fixture
def ensemble(tmp_path: Path) -> str:
    """A file of three worlds that state a rate and R."""
    rows = "".join(f"{number},{0.1 * number},{number}e-5\n" for number in (1, 2, 3))
    head = f"# command: desertion match mine.toml\n# rules: {rules_version()}\n"
    (tmp_path / "mine.csv").write_text(f"{head}stage,input reproduction,input {RATE}\n{rows}")
    return str(tmp_path / "mine.csv")


def test_worlds_of_an_ensemble_have_its_values_and_draw_the_rest(ensemble: str) -> None:
    """What was not matched is that of the drawn world of the same number."""
    factors = document.load().factors
    kept, drawn = worlds(factors, 3, 1, ensemble), worlds(factors, 3, 1)
    assert [world["reproduction"] for world in kept] == pytest.approx([0.1, 0.2, 0.3])
    assert [world[RATE] for world in kept] == [1e-5, 2e-5, 3e-5]
    assert [world["form"] for world in kept] == [world["form"] for world in drawn]
    with pytest.raises(InputError, match="worlds = 4 must be at most 3"):
        worlds(factors, 4, 1, ensemble)


def test_a_number_that_a_world_states_comes_after_the_factor_on_its_kind(ensemble: str) -> None:
    """`baseline` multiplies every other rate of the force; the one that was matched is what it was matched at."""
    plain = Scenario.load("russia-2022", scale=0.001)
    force = in_world(plain, {"baseline": 2.0, RATE: 3e-5}).forces[0]
    assert force.base_reservist_flee == 3e-5
    assert force.base_civilian_flee == 2.0 * plain.forces[0].base_civilian_flee


def test_a_scenario_of_other_forces_takes_what_it_has_a_place_for(ensemble: str) -> None:
    """The rates of Russia are nothing to the GDR, and groups and people in general are."""
    world = {RATE: 3e-5, "hosts.germany.cases": 3.0, "hosts.*.leak": 0.02, "behaviour.push_door": 0.3}
    other = dressed(Arm(scenario="gdr-1989"), world, None, 0.01)
    assert other.behaviour.push_door == 0.3
    assert {host.leak for host in other.hosts} == {0.02}


def test_an_arm_that_states_no_scale_has_that_of_its_scenario(tmp_path: Path) -> None:
    """One whose file says a hundredth was run at real size; the factor of `--size` comes on top."""
    path = tmp_path / "own.toml"
    path.write_text('extends = "toy"\nscale = 0.02\n')
    arm = Arm(scenario=str(path))
    assert arm.share == 0.02
    assert dressed(arm, {}, None, 1.0).scale == 0.02
    assert dressed(arm, {}, None, 2.0).scale == 0.04
    assert dressed(arm.model_copy(update={"scale": 0.1}), {}, None, 1.0).scale == 0.1


def test_claims_are_judged_over_the_worlds_of_an_ensemble(ensemble: str) -> None:
    """All its worlds where more are asked for, in the study's file, in the command that repeats it, and in the run itself."""
    plan = ClaimsPlan(ids=("contagion",), count=3, ensemble=ensemble)
    assert f"--ensemble {ensemble}" in repeated(plan)
    spec = spec_of(plan)
    assert dict(spec.settings)["ensemble"] == ensemble
    with pytest.raises(InputError, match="must name the file"):
        claims(ensemble=ensemble, only_judge=True)
    told = {**dict(spec.settings), "world": 0, "arm": "status_quo", "scale": 0.2}
    of_ensemble, drawn = (run_claim_arm({"settings": {**told, **more}}, 0, 1) for more in ({}, {"ensemble": ""}))
    assert of_ensemble.scalars != drawn.scalars


def test_arms_run_on_the_people_of_the_arm_before_as_on_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all arms that are shipped every number is that of people who were built for the arm, and people are built for half of the arms at most."""
    built: list[int] = []

    class Counted(Society):
        """A society whose building is counted."""

        def __init__(self, scenario: Scenario, seed: int, *, has_clocks: bool) -> None:
            built.append(seed)
            super().__init__(scenario, seed, has_clocks=has_clocks)

    monkeypatch.setattr("desertion.simulation.society.society.Society", Counted)
    known = document.load()
    point = worlds(known.factors, 1, 3)[0]
    for name, arm in known.arms.items():
        scenario = dressed(arm, point, 20, 0.2)
        told, expected = (model.run().measures() for model in (peopled(scenario, 5), DesertionModel(scenario, rng=5)))
        assert {key: str(value) for key, value in told.items()} == {
            key: str(value) for key, value in expected.items()
        }, name
    assert 1 <= len(built) <= len(known.arms) / 2


def test_bounds_on_matched_scenarios_do_not_judge_the_worlds_of_an_ensemble_again(
    tmp_path: Path,
) -> None:
    """Its targets did; bounds on another scenario stay, and leaving worlds out by bounds is refused beside it."""
    path = tmp_path / "worlds.csv"
    head = f"# rules: {rules_version(['front-2022', 'russia-2022'])}\n# scenarios: front-2022, russia-2022\n"
    path.write_text(f"{head}stage,input form\n1,none\n")
    kept = beyond_match(document.load(), str(path)).bounds
    known = document.load()
    assert {name for bound in kept for name in known.scenarios_of(bound)} == {"gdr-1989", "three-armies-2022"}
    assert beyond_match(known, "").bounds == known.bounds
    with pytest.raises(InputError, match="--only-allowed does not go with --ensemble"):
        spec_of(ClaimsPlan(ids=("contagion",), count=1, ensemble=str(path), only_allowed=True))


def test_the_command_that_repeats_it_says_all_and_rounds_nothing() -> None:
    """A third is not 0.333333, paths with blanks are one word, and a quick look keeps its worlds and names no runs, which it refuses."""
    plan = ClaimsPlan(ids=("contagion",), count=4, replicates=2, most=8, scale=1 / 3, path=Path("my claims.toml"))
    whole = "desertion claims contagion --worlds 4 --runs 2 --seed 1 --most-runs 8 --size 0.3333333333333333 --claims 'my claims.toml'"
    assert repeated(plan) == whole
    quick = ClaimsPlan(count=4, quick=True, scale=10.0)
    assert repeated(quick) == "desertion claims --worlds 4 --quick --seed 1 --size 10"


def test_arms_are_the_same_from_whatever_folder_their_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored runs are judged from any folder: a policy beside the file is found by its path, and hashed by its name."""
    own = tmp_path / "mine"
    own.mkdir()
    (own / "open.toml").write_text('title = "Open"\n[[change]]\nset = { "hosts.*.border" = 2 }\n')
    text = document.shipped().read_text(encoding="utf-8")
    (own / "claims.toml").write_text(text.replace('policies = ["closed-borders"]', 'policies = ["open.toml"]', 1))
    told = []
    for folder, name in ((own, "claims.toml"), (tmp_path, "mine/claims.toml"), (tmp_path, str(own / "claims.toml"))):
        monkeypatch.chdir(folder)
        told.append(parts_of(document.load(Path(name)), ["closed"]))
    assert told[0] == told[1] == told[2]
    assert document.load(own / "claims.toml").arms["closed"].policies == (str(own / "open.toml"),)


SMALL = """
[world.vary]
"hosts.*.cases" = { range = [0.5, 2.0] }
[arms.usual]
scenario = "quiet"
[[claims]]
id = "few"
claim = "Few leave."
source = "me"
contrast = "none"
effect = "usual.left_total"
unit = "people"
sign = 1
smallest = 1
could_reverse = "nothing"
"""


@pytest.mark.walks
def test_the_file_of_claims_names_the_scenarios_of_its_arms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And not the one that a study runs where it says nothing; nor do one's own claims come from two articles."""
    monkeypatch.chdir(tmp_path)
    Path("own.toml").write_text(SMALL.replace("[world.vary]", "[world]\ndays = 2\n[world.vary]"))
    claims(path="own.toml", worlds=1, out="found.sqlite", options=RunOptions(workers=1, quiet=True))
    assert main(["show", "found.sqlite", "-m", "left_total"]) == 0
    said = capsys.readouterr().out
    assert "\nscenario   quiet, seed 1\n" in said
    assert "articles" not in said


def test_a_world_of_an_unknown_aspect_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    """`contagion`, which a sweep may vary, is none; before, the inputs of a scenario were named and no aspect."""
    (tmp_path / "own.toml").write_text(SMALL.replace('"hosts.*.cases"', "contagion"))
    with pytest.raises(InputError, match=r"no aspect of a world 'contagion'; known are: baseline, .*casualties"):
        claims(path=tmp_path / "own.toml", worlds=1, out=tmp_path / "found.sqlite")
    assert not (tmp_path / "found.sqlite").exists()
