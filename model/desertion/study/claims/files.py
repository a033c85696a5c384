"""The files of a test of claims: that of the first runs, those of further ones beside it, and whether they are those of a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from desertion.errors import InputError
from desertion.files import shown
from desertion.study.claims.document import load
from desertion.study.claims.plan import ClaimsPlan, spec_of
from desertion.study.claims.world_run import RULED_OUT, parts_of
from desertion.study.design.formula import Measures
from desertion.study.matching.ensemble import load_ensemble
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import DONE


def beside(file: Path, replicates: int | str) -> Path:
    """File of the runs that add up to so many replicates, beside the file of the first ones."""
    return file.with_name(f"{file.stem}-to-{replicates}{file.suffix}")


def files_of(file: Path) -> tuple[Path, ...]:
    """The files of a study of claims that are there: that of the first runs, and those of the further ones."""
    return (file, *sorted(each for each in file.parent.glob("*") if _adds_up_to(file, each)))


def most_of(file: Path) -> int:
    """Replicates up to which those of some worlds were doubled; 1 if none were."""
    return max((_adds_up_to(file, each) for each in files_of(file)[1:]), default=1)


def _adds_up_to(file: Path, other: Path) -> int:
    """Replicates to which the further runs in another file add up; 0 if it is no such file, but a copy that somebody laid beside it."""
    number = other.stem.rpartition("-to-")[2]
    return int(number) if number.isdecimal() and other == beside(file, number) else 0


def as_run(file: Path, path: Path | None, ids: tuple[str, ...]) -> ClaimsPlan:
    """The plan that a study's file says it was run with, by a claims file and for some claims.

    Raises:
        InputError: the file holds another kind of study.
    """
    with StudyFile(file) as study:
        spec = study.header()["spec"]
    settings, runs = dict(spec["settings"]), int(spec["replicates"]["number"])
    if "worlds_seed" not in settings:
        raise InputError(f"{shown(file)} holds no claims, but a study that `desertion show` reads")
    return ClaimsPlan(
        path=path,
        ids=ids,
        count=int(settings["worlds"]),
        replicates=runs,
        most=max(most_of(file), runs),
        only_allowed="only_allowed" in settings,
        scale=float(settings["scale"]),
        seed=int(settings["worlds_seed"]),
        ensemble=str(settings.get("ensemble", "")),
    )


def runs_of(file: Path) -> tuple[list[tuple[int, str, int, Measures]], set[tuple[int, str]], float]:
    """Runs (world, arm, replicate, measures) of a file, worlds and arms that were left out, and computing seconds."""
    runs: list[tuple[int, str, int, Measures]] = []
    out: set[tuple[int, str]] = set()
    seconds = 0.0
    with StudyFile(file) as study:
        first = int(dict(study.header()["spec"]["settings"]).get("first", 0))
        keys = _worlds_and_arms(study)
        for row in study.rows():
            seconds += row.seconds
            if row.status == DONE and RULED_OUT in row.scalars:
                out.add(keys[row.design])
            elif row.status == DONE:
                runs.append((*keys[row.design], first + row.replicate, row.scalars))
    return runs, out, seconds


def rows_of(file: Path) -> tuple[tuple[int, str], ...]:
    """World and arm of each design point of a file."""
    with StudyFile(file) as study:
        return _worlds_and_arms(study)


def _worlds_and_arms(study: StudyFile) -> tuple[tuple[int, str], ...]:
    return tuple((int(row["world"]), str(row["arm"])) for row in map(dict, study.header()["spec"]["design"]["rows"]))


def check_held(plan: ClaimsPlan, path: Path, file: Path) -> int:
    """Runs of each arm that a file was begun with; its worlds must be the plan's, or more of the same."""
    with StudyFile(path) as study:
        header = study.header()
    spec = header["spec"]
    own, asked = dict(spec["settings"]), dict(spec_of(replace(plan, only_allowed=False)).settings)
    compared = {"--seed": "worlds_seed", "--size": "scale", "--ensemble": "ensemble"}
    for option, name in compared.items():
        if own.get(name, "") != asked.get(name, ""):
            way_out = f"give {option} {own.get(name)}" if name in own else f"leave {option} out"
            rest = "" if path == file else f", or remove it if {file.name} is another study's"
            raise InputError(
                f"{path} was run with {option} = {own.get(name, 'none')} and not {asked.get(name, 'none')}: {way_out}{rest}"
            )
    if int(own["worlds"]) < plan.count:
        raise InputError(
            f"{path} was run with --worlds = {own['worlds']} and not {plan.count}: give --worlds {own['worlds']} or less"
        )
    _check_parts(plan, path, header["fingerprint"])
    if path != file:
        _check_alike(path, header["fingerprint"], file)
    return int(spec["replicates"]["number"])


def _check_alike(path: Path, further: Mapping[str, str], file: Path) -> None:
    """Refuse further runs of another model than the first ones; the hash of the whole claims file, whose words may change, decides no run."""
    with StudyFile(file) as study:
        first = study.header()["fingerprint"]
    other = sorted(name for name in (first.keys() & further.keys()) - {"claims"} if first[name] != further[name])
    if other:
        raise InputError(
            f"{path} was run with other {_few(other)} than {file.name}: remove it, or go on with both by the command that made them and --accept-changes"
        )


def _check_parts(plan: ClaimsPlan, path: Path, then: Mapping[str, str]) -> None:
    """Refuse to judge by an ensemble or a claims file whose worlds or arms are not those that were run, or were accepted when it was gone on with."""
    claims = load(plan.path)
    now = parts_of(claims, claims.chosen(plan.ids).arms_needed(), claims.bounds)
    digest = load_ensemble(plan.ensemble).digest if plan.ensemble else ""
    if then.get("ensemble", digest) != digest:
        raise InputError(
            f"{path} was run in the worlds of {shown(Path(plan.ensemble))} as it was then, and that file is another now: "
            "put the former one back, or run the claims anew with another --out"
        )
    other = sorted(name.removeprefix("claims: ") for name, part in now.items() if then.get(name, part) != part)
    if other:
        where = shown(plan.path) if plan.path else "the shipped claims file"
        raise InputError(
            f"{path} was run with other {_few(other)} than {where} holds now: "
            "judge it by the file that it was run with (--claims), or run the claims anew with another --out"
        )


def _few(names: Sequence[str]) -> str:
    return ", ".join([*names[:5], *(["..."] if len(names) > 5 else [])])
