"""One call that runs several policies on the same people and fates and hands back the comparison."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from desertion.errors import InputError
from desertion.simulation.population.protocol import check_population
from desertion.study.comparison.comparison import Comparison
from desertion.study.design.factors import Value
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import StudySpec
from desertion.study.run.runner import DriveOptions
from desertion.study.run.sweep import RunOptions, run_study

AS_IT_IS = "none"
"""Label of the scenario with no policy laid over it."""

JOIN = "+"
"""Joins the policies of one arm: fast-track+exit-ban."""

USUAL = (
    "case-by-case",
    "closed-borders",
    "visa-free-neighbours",
    "transit-corridor",
    "fast-track",
    "fast-track+information-campaign",
    "coalition",
    "skilled-visas",
    "exit-ban",
)
"""Policies that are compared where none are named."""

TASK = "comparison"


def compare(
    scenario: str | Path = "russia-2022",
    policies: Sequence[str | Sequence[str]] = USUAL,
    *,
    runs: int = 20,
    seed: int = 1,
    scale: float | None = None,
    days: int | None = None,
    settings: Mapping[str, object] | None = None,
    population: str = "compiled",
    workers: int = 0,
    out: str | Path | None = None,
    options: RunOptions | None = None,
    quiet: bool = False,
) -> Comparison:
    """The comparison of a scenario under several policies, run on common random numbers.

    Args:
        scenario: Name or path of the scenario.
        policies: Policies to compare, each a name, names joined by "+", or a list of names; "none" is the scenario as
            it is. The first is the baseline; a single one is compared with the scenario as it is.
        runs: Replicates a policy. The same replicate means the same people and fates under every policy.
        seed: Where all chance comes from.
        scale: Share of the real size, in (0, 1], if not the scenario's own.
        days: Horizon, if not the scenario's own.
        settings: Inputs that all runs share, by dotted key.
        population: "compiled" or "mesa"; both give the same bits.
        workers: Processes side by side, 0 for one a core.
        out: File that the runs go to; an existing one is resumed. By default a temporary one.
        options: With what to run, for clusters and the like.
        quiet: Whether to show no progress.

    Raises:
        InputError: If the scenario, a policy or a setting is wrong, or the file belongs to another study.
    """
    spec = spec_of(
        scenario, policies, runs=runs, seed=seed, scale=scale, days=days, settings=settings, population=population
    )
    keep = tempfile.TemporaryDirectory(prefix="desertion-") if out is None else None
    path = Path(keep.name) / "study.sqlite" if keep is not None else Path(str(out))
    with_what = options or RunOptions(
        workers=workers, quiet=quiet, driving=DriveOptions(hint="start the same command again")
    )
    run_study(spec, path, with_what)
    return Comparison(path, keep=keep)


def spec_of(
    scenario: str | Path,
    policies: Sequence[str | Sequence[str]],
    *,
    runs: int,
    seed: int = 1,
    scale: float | None = None,
    days: int | None = None,
    settings: Mapping[str, object] | None = None,
    population: str = "compiled",
) -> StudySpec:
    """The study that a comparison runs; arguments as for `compare`.

    Raises:
        InputError: If a number is out of range or a policy is named twice.
    """
    for name, value, least in (("runs", runs, 1), ("seed", seed, 0), ("days", days, 1)):
        if value is not None and value < least:
            raise InputError(f"{name} = {value} must be a whole number >= {least}")
    if scale is not None and not 0.0 < scale <= 1.0:
        raise InputError(f"scale = {scale} must lie above 0 and not above 1: it is the share of the real size")
    check_population(population)
    shared: list[tuple[str, Value]] = []
    for key, value in (settings or {}).items():
        if not isinstance(value, (bool, int, float, str)):
            raise InputError(f"{key} = {value!r} must be a number, a truth value or a word")
        shared.append((key, value))
    return StudySpec(
        name="comparison",
        title=f"compare {scenario}",
        question="Which asylum policies make more people leave the army, by which way, and at what price?",
        task=TASK,
        scenario=str(scenario),
        scale=scale,
        days=days,
        population=population,
        seed=seed,
        settings=tuple(shared),
        policies=arms(policies),
        replicates=ReplicateRule(number=runs),
    )


def arms(policies: Sequence[str | Sequence[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Policy mixes by label, in order; a single mix gets the scenario as it is for a baseline.

    Args:
        policies: As for `compare`.

    Raises:
        InputError: If there is none, or one is named twice.
    """
    mixes = [tuple(each.split(JOIN)) if isinstance(each, str) else tuple(each) for each in policies]
    mixes = [tuple(part.strip() for part in mix if part.strip() not in ("", AS_IT_IS)) for mix in mixes]
    labelled = [(JOIN.join(map(_short, mix)) or AS_IT_IS, mix) for mix in mixes]
    if len(labelled) == 1 and labelled[0][0] != AS_IT_IS:
        labelled.insert(0, (AS_IT_IS, ()))
    if len(labelled) < 2:
        raise InputError("compare needs a policy to compare with: name at least one with --policy")
    labels = [label for label, _ in labelled]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InputError(f"policy {twice!r} is named twice: name each mix once")
    return tuple(labelled)


def _short(policy: str) -> str:
    """A policy's name without the folder and ending of its file."""
    return Path(policy).stem if policy.endswith(".toml") else policy
