"""Ensemble: worlds that a match kept, as a small table with the command, seed and version of the rules that it was made by."""

import csv
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from desertion.errors import InputError, unknown_name
from desertion.files import is_file, shipped_folder, shown, write_text
from desertion.scenario.rows import csv_rows
from desertion.simulation.golden.histories import PAIRS, stored
from desertion.study.design.factors import Point, Value
from desertion.study.matching.matched import FACTORS, FEW, Match
from desertion.study.run.sources import documents

_HEAD = "# "
_OWN = "own scenarios"
_INPUT, _TARGET = "input ", "target "
"""What the headings of inputs and of targets begin with."""


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """Worlds that targets do not rule out; not ruled out is not probable.

    Attributes:
        worlds: a value for every input of each world.
        table: the same with the number of each target, the worst implausibility and what is kept with other discrepancies.
        digest: hash of the worlds and their numbers, the head of the file apart: a stamp that is renewed makes no other worlds.
        about: what stands at the head of the file: `command`, `rules` (their version), `seed`, `run time` and the like.
        where: the file.
    """

    worlds: tuple[Point, ...]
    table: pd.DataFrame
    digest: str
    about: dict[str, str]
    where: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(self.worlds[0])

    @property
    def scenarios(self) -> frozenset[str]:
        """Scenarios in which the worlds were held to the targets."""
        return frozenset(name for name in self.about.get("scenarios", "").split(", ") if name)

    @property
    def too_few(self) -> bool:
        """Whether there are fewer worlds than ranges, or a verdict, can be read off."""
        return len(self.worlds) < FEW


def rules_version(scenarios: Collection[str] = ()) -> str:
    """Twelve digits that change when, and only when, a stored history changes: what was found under other rules is told by it.

    Args:
        scenarios: Their histories count, and those of `toy`, which has all rules but what is off by default; where one has no stored history, as a scenario of one's own, or none is named, all count.
    """
    named = set(scenarios)
    every = not named or not named <= {pair.scenario for pair in PAIRS}
    pairs = [pair for pair in PAIRS if every or pair.scenario in {*named, "toy"}]
    kept = [(pair.name, found["people"], found["days"]) for pair in pairs if (found := stored(pair)) is not None]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:12]


def shipped_ensembles() -> dict[str, Path]:
    """Ensembles that come with the program, by name."""
    found = sorted((shipped_folder("seeds") / "ensemble").glob("*.csv"))
    return {path.stem: path for path in found if not path.stem.endswith("-rejected")}


def load_ensemble(name_or_path: str | Path) -> Ensemble:
    """The worlds of a shipped ensemble, by name, or of a file that `desertion match` wrote.

    Raises:
        InputError: there is no such ensemble, it holds no world, or it was found under other rules, or in a scenario of one's own that is another now.
    """
    known, path = shipped_ensembles(), Path(name_or_path)
    if str(name_or_path) in known:
        path = known[str(name_or_path)]
    elif not is_file(path):
        raise unknown_name("ensemble", str(name_or_path), known)
    where, head = shown(path), _head(path)
    if "rules" not in head:
        raise InputError(f"{where} is no ensemble: its head does not say under which rules it was found; give a file that `desertion match` wrote")  # fmt: skip
    rules = rules_version(head.get("scenarios", "").split(", "))
    if head["rules"] != rules:
        raise InputError(
            f"{where} was found under rules {head['rules']}, and those of today are {rules}, since a stored history has changed or more of them count now: its worlds may be ruled out; run {head.get('command', 'the match')} again"
        )
    for name, then in json.loads(head.get(_OWN, "{}")).items():
        # By its path from the ensemble; where the two were parted it is looked for beside it.
        places = (path.resolve().parent / name, path.resolve().parent / Path(name).name)
        here = next((place for place in places if is_file(place)), None)
        if here is not None and _as_it_is(str(here)) != then:
            raise InputError(
                f"{where} was found in {shown(here)} as it was then, and that scenario is another now: its worlds may be ruled out; run {head.get('command', 'the match')} again with another --out"
            )
    csv_rows(path, wanted=(), numbers=None, comment=_HEAD.strip())  # refuses what is no table, or has no row
    table = _table(path)
    worlds = _worlds(table)
    if not worlds[0]:
        raise InputError(f"{where} holds no world: no column begins with {_INPUT.strip()!r}")
    return Ensemble(
        worlds=worlds, table=table.map(_value).infer_objects().rename(columns=lambda name: str(name).removeprefix(_INPUT).removeprefix(_TARGET)), digest=hashlib.sha256(table.to_csv(index=False).encode()).hexdigest(),
        about=head, where=where
    )  # fmt: skip


def write_ensemble(match: Match, command: str, path: Path, home: Path | None = None) -> list[Path]:
    """Write the kept worlds of a match into a file, shuffled by the seed, and the rejected ones into `-rejected` beside it.

    Worlds of an earlier state of the file keep their order, so that what was judged over its first so many stays so when a match goes on.

    Args:
        match: The match.
        command: What makes it.
        path: The file.
        home: The folder into which it will be moved, where its earlier state is; its own if none is given.
    """
    home = path.parent if home is None else home
    earlier = home / path.name
    worlds = match.worlds
    # Shuffled, so that whoever takes the first so many has worlds of all waves.
    kept = worlds[worlds["kept"]].sample(frac=1.0, random_state=match.design.seed % 2**32)
    stated = _worlds(_table(earlier)) if is_file(earlier) else ()
    before = {frozenset(world.items()): place for place, world in enumerate(stated)}
    here = cast("list[Point]", kept[list(match.space.names)].to_dict("records"))
    places = [before.get(frozenset(world.items()), len(before)) for world in here]
    kept = kept.iloc[np.argsort(places, kind="stable")]
    parts = {path: kept, path.with_stem(f"{path.stem}-rejected"): worlds[~worlds["kept"]]}
    return [write_text(place, _text(match, part, home, command)) for place, part in parts.items()]


def _way(home: Path, scenario: str) -> str:
    """The path of a scenario from the folder of an ensemble, so that both may move together; whole where there is none."""
    whole = Path(scenario).resolve()
    try:
        return whole.relative_to(home.resolve(), walk_up=True).as_posix()
    except ValueError:  # on another drive
        return whole.as_posix()


def _text(match: Match, worlds: pd.DataFrame, home: Path, command: str) -> str:
    names = [aim.name for aim in match.aims]
    scenarios = sorted({case.scenario for case in match.design.cases.values()})
    # Of one that has changed since the runs nobody knows here what it was.
    own = {
        _way(home, name): _as_it_is(name)
        for name in scenarios
        if is_file(Path(name)) and f"scenario {name}" not in match.changed
    }
    about = {
        "title": match.design.title or "a match",
        "command": command,
        "scenarios": ", ".join(scenarios),
        "rules": rules_version(scenarios),
        **({_OWN: json.dumps(own)} if own else {}),
        "seed": str(match.design.seed),
        "run time": f"{match.results.seconds.sum():.0f} s of one core for {len(match.worlds)} worlds",
        "kept": f"{len(match.kept)} of {len(match.worlds)}; not ruled out is not probable",
        "columns": "stage (0 screening, then waves); inputs; what the runs of a world gave for each target, mean; largest implausibility over the targets that rule out, and whose it is; kept with half and double discrepancy; runs of each case",
    }
    inputs = list(match.space.names)
    table = worlds[
        ["stage", *inputs, *names, "worst", "target", *(key for key in FACTORS if key != "kept"), "runs"]
    ].copy()
    table[[*names, "worst"]] = table[[*names, "worst"]].map(lambda value: float(f"{value:.4g}"))
    named = {name: f"{_INPUT}{name}" for name in inputs} | {name: f"{_TARGET}{name}" for name in names}
    head = "".join(f"{_HEAD}{key}: {text}\n" for key, text in about.items())
    return head + table.rename(columns=named).to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)


def _as_it_is(scenario: str) -> str:
    """Hash of all that a scenario's file says today, its layout apart."""
    return documents(scenario)[f"scenario {scenario}"][:16]


def _table(path: Path) -> pd.DataFrame:
    """The cells of a file as they are written."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, comment=_HEAD.strip())


def _worlds(table: pd.DataFrame) -> tuple[Point, ...]:
    """The inputs of each world of a table."""
    rows = table.filter(regex=f"^{_INPUT}").to_dict("records")
    return tuple({str(key).removeprefix(_INPUT): _value(text) for key, text in row.items()} for row in rows)


def _head(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        marked = [line.removeprefix(_HEAD).rstrip("\n") for line in file if line.startswith(_HEAD)]
    return {key: text for key, sign, text in (line.partition(": ") for line in marked) if sign}


def _value(text: str) -> Value:
    """A cell as it was written; what is missing is NaN."""
    if text in ("True", "False"):
        return text == "True"
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text or "nan")
    except ValueError:
        return text
