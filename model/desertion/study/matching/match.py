"""The match: screening, waves of proposals that emulators do not rule out, and worlds that were really run."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from desertion.errors import InputError, input_error
from desertion.files import PassingFolder, folder
from desertion.parameters.arguments import COUNT, COUNT_OR_NONE, NAMES, SCALE, SEED, WORKERS, ruled
from desertion.scenario import Scenario
from desertion.scenario.complaints import build
from desertion.study.design.documents import with_scenario
from desertion.study.matching.aims import aims_of
from desertion.study.matching.course import Course
from desertion.study.matching.document import Design, load
from desertion.study.matching.matched import Match
from desertion.study.run.described import given
from desertion.study.run.options import RunOptions, options_of


@ruled(scale=SCALE, screening=COUNT_OR_NONE, runs=COUNT, confirm=COUNT_OR_NONE, seed=SEED, workers=WORKERS)
def match(
    design: str | Path | None = None,
    *,
    scenario: str | Path | Scenario | None = None,
    vary: Mapping[str, object] | None = None,
    targets: Mapping[str, Mapping[str, object]] | Sequence[str] | None = None,
    scale: float | None = None,
    waves: Sequence[Mapping[str, object] | int] | None = None,
    screening: int | None = None,
    runs: int | None = None,
    confirm: int | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    only_judge: bool = False,
    options: RunOptions | None = None,
    workers: int = 0,
    quiet: bool = False,
) -> Match:
    """Worlds that targets do not rule out, found by history matching: screening, emulators in waves, and worlds really run.

    Not ruled out is not probable: how many worlds are kept where says nothing on how likely they are.

    Args:
        design: A design (TOML), or the name of a shipped one, which is that of its scenario. What is given beside it stands
            in place of its own.
        scenario: A scenario of yours, or its name or path, where there is no design; measures of it are then targets.
        vary: Inputs by dotted path, each a range or a list of values, as for `sweep`.
        targets: Names of shipped targets, or own ones by name: `{"left_flee": {"observed": [100, 200], "discrepancy": 0.3}}`;
            a name is that of a measure, or the entry has an `effect` over `case.measure` terms.
        scale: Share of real size of all runs.
        waves: Waves, each `{"worlds": 100, "replicates": 2}`, or its number of worlds alone: it is then like the design's of its place, and a further one like the last.
        screening: Trajectories of the screening, 0 for none.
        runs: Runs of each case in each world, in all waves of the design.
        confirm: Runs in all of a world that its wave keeps, so that none is kept by a lucky run.
        seed: Seed of all runs and draws.
        out: Folder of the runs, which are resumed if they are there; a temporary one if not given.
        only_judge: Whether to run nothing and judge what the folder holds.
        options: With what to run.
        workers: Processes of the local pool, 0 for one a core.
        quiet: Whether to show no progress.

    Raises:
        InputError: The design is wrong, or the folder holds runs of another one.
    """
    chosen, documents = _design(design, scenario, vary, targets, scale, waves, screening, runs, confirm, seed)
    aims = aims_of(chosen)
    keep = PassingFolder() if out is None else None
    place = keep.path if keep is not None else folder(Path(str(out)))
    course = Course(chosen, aims, documents, place, options_of(options, workers, quiet))
    return course.judged(keep) if only_judge else course.run(keep)


def _design(
    design: str | Path | None, scenario: str | Path | Scenario | None, vary: Any, targets: Any,
    scale: float | None, waves: Any, screening: int | None, runs: int | None, confirm: int | None,
    seed: int | None,
) -> tuple[Design, dict[str, str]]:  # fmt: skip
    if (design is None) == (scenario is None):
        raise InputError("match takes a design, or scenario= with vary= and targets=: give one of the two")
    documents: dict[str, str] = {}
    stated: dict[str, Any]
    if design is not None:
        stated = load(design).model_dump(exclude_unset=True)
    else:
        assert scenario is not None
        name, documents = with_scenario(scenario)
        stated = {"cases": {"run": {"scenario": name}}}
    stated |= {} if vary is None else {"vary": dict(vary)}
    if isinstance(targets, Mapping):
        stated |= {"targets": (), "target": {name: dict(entry) for name, entry in targets.items()}}
    elif targets is not None:
        stated |= {"targets": NAMES.checked("targets", targets), "target": {}}
    if targets is not None:  # what the design says of targets that it has no more says nothing
        stated |= {
            key: {
                name: why
                for name, why in stated.get(key, {}).items()
                if name in {*stated["targets"], *stated["target"]}
            }
            for key in ("set_aside", "also_fit")
        }
    if waves is not None and (isinstance(waves, str | Mapping) or not isinstance(waves, Iterable)):
        raise input_error("waves", waves, "must be a list of waves, as in [{'worlds': 100, 'replicates': 2}]")
    if runs is not None and "waves" in stated:
        stated["waves"] = [
            {name: value for name, value in wave.items() if name != "replicates"} for wave in stated["waves"]
        ]
    if waves is not None:
        like = stated.get("waves") or ({},)
        stated["waves"] = tuple(
            {**like[min(place, len(like) - 1)], "worlds": wave} if isinstance(wave, int) else wave
            for place, wave in enumerate(waves)
        )
    stated |= given(replicates=runs, confirm=confirm, seed=seed)
    if screening is not None:
        stated["screening"] = {**stated.get("screening", {}), "trajectories": screening}
    if scale is not None:
        stated["cases"] = {name: {**case, "scale": scale} for name, case in stated["cases"].items()}
    return build(Design, stated, where="match"), documents
