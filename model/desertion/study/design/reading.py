"""Reading a study: from a TOML file or a caller's tables to a resolved spec, refusing whatever it does not know."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from desertion.errors import InputError
from desertion.simulation.population.protocol import POPULATIONS
from desertion.study.design.factors import FORMS, Value, factor
from desertion.study.design.layout import KINDS, DesignRule
from desertion.study.design.replicates import replicate_rule
from desertion.study.design.spec import MODEL_TASK, ON_ERROR, RunRule, StudySpec

_STUDY = {"title", "question", "scenario", "scale", "days", "population", "seed", "task"}

_SECTIONS = {
    "design": {"kind", "points", "seed", "levels", "dummy", "constraints", "rows"},
    "keep": {"measures", "daily"},
    "run": {"on_error", "time_limit", "workers"},
    "set": None,
    "vary": None,
    "policies": None,
    "replicates": None,
}


def read_spec(path: Path) -> StudySpec:
    """Read a study file.

    Args:
        path: A TOML file.

    Raises:
        InputError: If the file is missing, no TOML, or does not describe a study.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise InputError(
            f"{path} does not exist: give the path of a study file, see `desertion list studies`"
        ) from problem
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise InputError(f"{path} cannot be read as a study file (TOML): {problem}") from problem
    return spec_from(table, path.stem, str(path.name), path.parent)


def spec_from(table: Mapping[str, object], name: str, where: str, folder: Path | None = None) -> StudySpec:
    """Resolve a study that is given as nested tables, as a study file or a caller lays them out.

    Args:
        table: The keys of :data:`_STUDY` and the sections of :data:`_SECTIONS`.
        name: Short name of the study.
        where: What to call the study in an error.
        folder: Folder from which a scenario's relative path counts.

    Raises:
        InputError: If a key is unknown or a value is out of its range.
    """
    for section, given in table.items():
        if section in _STUDY:
            continue
        if section not in _SECTIONS:
            raise InputError(f"{where}: {section} is unknown: allowed are {', '.join(sorted({*_STUDY, *_SECTIONS}))}")
        allowed = _SECTIONS[section]
        if allowed is not None:
            _check_keys(_section(table, section, where), allowed, f"{where}: {section}")
        elif given is None:
            raise InputError(f"{where}: section [{section}] is empty: leave it out or fill it")
    study = {key: value for key, value in table.items() if key in _STUDY}
    keep = _section(table, "keep", where)
    spec = StudySpec(
        name=name,
        title=_text(study.get("title", name), f"{where}: title"),
        question=_text(study.get("question", ""), f"{where}: question"),
        task=_text(study.get("task", MODEL_TASK), f"{where}: task"),
        scenario=_scenario(study.get("scenario", "toy"), folder, where),
        scale=_optional_number(study.get("scale"), f"{where}: scale"),
        days=_optional_whole(study.get("days"), f"{where}: days"),
        population=_choice(study.get("population", "compiled"), POPULATIONS, f"{where}: population"),
        seed=_whole(study.get("seed", 1), f"{where}: seed", 0),
        settings=tuple(sorted(_settings(_section(table, "set", where), where).items())),
        policies=_policies(table.get("policies"), where),
        factors=tuple(factor(key, given, where) for key, given in _flat(_section(table, "vary", where))),
        design=_design(_section(table, "design", where), where),
        replicates=replicate_rule(table.get("replicates", 1), where),
        measures=_words(keep.get("measures", ()), f"{where}: keep.measures"),
        daily=_words(keep.get("daily", ("left", "strength")), f"{where}: keep.daily"),
        run=_run(_section(table, "run", where), where),
    )
    _check_whole(spec, where)
    return spec


def changed(
    spec: StudySpec,
    *,
    runs: int | None = None,
    scale: float | None = None,
    days: int | None = None,
    seed: int | None = None,
    population: str | None = None,
    on_error: str | None = None,
    settings: Mapping[str, object] | None = None,
) -> StudySpec:
    """A study with some of its entries replaced, checked anew; None leaves an entry as it is.

    Args:
        spec: The study.
        runs: Replicates in place of the study's own rule.
        scale: Share of real size.
        days: Horizon in days.
        seed: Seed of all runs.
        population: ``compiled`` or ``mesa``.
        on_error: keep, raise-at-end or raise.
        settings: Parameters that all runs share, by dotted path.

    Raises:
        InputError: If a value is out of its range.
    """
    where = spec.name
    made = replace(
        spec,
        replicates=spec.replicates if runs is None else replicate_rule(runs, where),
        scale=spec.scale if scale is None else scale,
        days=spec.days if days is None else _whole(days, f"{where}: days", 1),
        seed=spec.seed if seed is None else _whole(seed, f"{where}: seed", 0),
        population=_choice(population or spec.population, POPULATIONS, f"{where}: population"),
        run=replace(spec.run, on_error=_choice(on_error or spec.run.on_error, ON_ERROR, f"{where}: on_error")),
        settings=tuple(sorted({**dict(spec.settings), **_settings(settings or {}, where)}.items())),
    )
    _check_whole(made, where)
    return made


def _check_keys(table: Mapping[str, object], allowed: set[str], spot: str) -> None:
    for key in table:
        if key not in allowed:
            raise InputError(f"{spot}.{key} is unknown: allowed are {', '.join(sorted(allowed))}")


def _check_whole(spec: StudySpec, where: str) -> None:
    names = [one.name for one in spec.factors]
    for name in names:
        if name in dict(spec.settings):
            raise InputError(f"{where}: {name} stands under both [set] and [vary]: keep one of them")
        if name in ("policies", "dummy", "design", "replicate", "status", "seconds"):
            raise InputError(f"{where}: vary.{name} uses a name that the table of runs needs: rename it")
    if spec.design.kind == "list" and names:
        raise InputError(f"{where}: a list design takes its points from design.rows, so [vary] must be empty")
    for row in spec.design.rows:
        unknown = dict(row).get("policies", spec.policies[0][0])
        if unknown not in dict(spec.policies):
            raise InputError(f"{where}: design.rows names the policy mix {unknown!r}, which [policies] does not define")
    if spec.scale is not None and not 0 < spec.scale <= 1:
        raise InputError(f"{where}: scale = {spec.scale} must lie above 0 and not above 1")


def _section(table: Mapping[str, object], name: str, where: str) -> dict[str, object]:
    given = table.get(name, {})
    if not isinstance(given, Mapping):
        raise InputError(f"{where}: [{name}] must be a table, got {given!r}")
    return {str(key): value for key, value in given.items()}


def _flat(table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    """Dotted paths of a table of factors; TOML nests ``a.b = [1, 2]`` unless it is quoted."""
    for key, given in table.items():
        path = f"{before}{key}"
        if isinstance(given, Mapping) and not set(map(str, given)) & {*FORMS, "steps", "log"}:
            yield from _flat({str(name): value for name, value in given.items()}, f"{path}.")
        else:
            yield path, given


def _settings(table: Mapping[str, object], where: str, before: str = "") -> dict[str, Value]:
    settings: dict[str, Value] = {}
    for key, given in table.items():
        if isinstance(given, Mapping):
            settings |= _settings({str(name): value for name, value in given.items()}, where, f"{before}{key}.")
        elif isinstance(given, (bool, int, float, str)):
            settings[f"{before}{key}"] = given
        else:
            raise InputError(f"{where}: set.{before}{key} = {given!r} must be a number, a truth value or a word")
    return settings


def _policies(given: object, where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Policy mixes by label, from a table of lists, a list of names or a list of lists."""
    if given is None:
        return (("none", ()),)
    if isinstance(given, Mapping):
        mixes = {str(label): _words(mix, f"{where}: policies.{label}") for label, mix in given.items()}
    elif isinstance(given, Sequence) and not isinstance(given, str):
        listed = [_words([one] if isinstance(one, str) else one, f"{where}: policies") for one in given]
        mixes = {" + ".join(mix) or "status-quo": mix for mix in listed}
    else:
        raise InputError(f"{where}: policies = {given!r} must be a list of policies or a table of lists")
    if not mixes:
        raise InputError(f"{where}: policies is empty: name at least one mix or leave it out")
    return tuple(mixes.items())


def _design(given: Mapping[str, object], where: str) -> DesignRule:
    rows: list[tuple[tuple[str, Value], ...]] = []
    listed = given.get("rows", ())
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise InputError(f"{where}: design.rows = {listed!r} must be a list of tables")
    for row in listed:
        if not isinstance(row, Mapping) or not row:
            raise InputError(f"{where}: design.rows holds {row!r}: each row must be a table of parameters")
        rows.append(tuple(_settings({str(key): value for key, value in row.items()}, where).items()))
    return DesignRule(
        kind=_choice(given.get("kind", "list" if rows else "grid"), KINDS, f"{where}: design.kind"),
        points=_whole(given.get("points", 0), f"{where}: design.points", 0),
        seed=_whole(given.get("seed", 0), f"{where}: design.seed", 0),
        levels=_whole(given.get("levels", 4), f"{where}: design.levels", 2),
        dummy=_choice(given.get("dummy", False), (True, False), f"{where}: design.dummy"),
        constraints=_words(given.get("constraints", ()), f"{where}: design.constraints"),
        rows=tuple(rows),
    )


def _run(given: Mapping[str, object], where: str) -> RunRule:
    limit = _optional_number(given.get("time_limit", 0.0), f"{where}: run.time_limit") or 0.0
    if limit < 0:
        raise InputError(f"{where}: run.time_limit = {limit} must be a number of seconds >= 0 (0: no limit)")
    return RunRule(
        on_error=_choice(given.get("on_error", "keep"), ON_ERROR, f"{where}: run.on_error"),
        time_limit=limit,
        workers=_whole(given.get("workers", 0), f"{where}: run.workers", 0),
    )


def _scenario(given: object, folder: Path | None, where: str) -> str:
    name = _text(given, f"{where}: scenario")
    beside = folder / name if folder is not None else None
    return str(beside) if beside is not None and beside.suffix == ".toml" and beside.is_file() else name


def _text(given: object, spot: str) -> str:
    if not isinstance(given, str):
        raise InputError(f"{spot} = {given!r} must be text")
    return given


def _choice[T](given: object, allowed: Sequence[T], spot: str) -> T:
    for one in allowed:
        if given == one and isinstance(given, type(one)):
            return one
    raise InputError(f"{spot} = {given!r} is unknown: choose one of {', '.join(str(one) for one in allowed)}")


def _whole(given: object, spot: str, least: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < least:
        raise InputError(f"{spot} = {given!r} must be a whole number >= {least}")
    return given


def _optional_whole(given: object, spot: str) -> int | None:
    return None if given is None else _whole(given, spot, 1)


def _optional_number(given: object, spot: str) -> float | None:
    if given is None:
        return None
    if not isinstance(given, (int, float)) or isinstance(given, bool):
        raise InputError(f"{spot} = {given!r} must be a number")
    return float(given)


def _words(given: object, spot: str) -> tuple[str, ...]:
    listed: list[object] = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    words = tuple(one for one in listed if isinstance(one, str))
    if len(words) != len(listed):
        raise InputError(f"{spot} = {given!r} must be a list of words")
    return words
