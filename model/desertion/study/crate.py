"""RO-Crate: what describes a folder of results to archives and other programs, `ro-crate-metadata.json`."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desertion.errors import InputError, extra
from desertion.files import is_file, replacing, write_text
from desertion.reading import json_table
from desertion.scenario.documents import name_from
from desertion.study.analysis.export import export, refuse_others
from desertion.study.store.reader import StudyFile

METADATA = "ro-crate-metadata.json"
SPEC, PROFILE = "1.1", "https://w3id.org/ro/wfrun/process/0.5"
"""Version of RO-Crate, and the profile for results of a command that was run once."""

LICENSE = "Not stated by whoever made these results; the program desertion is under Apache-2.0."
_HASHES = {"commit": "git commit"}
_KINDS = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".toml": "application/toml",
    ".html": "text/html",
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".sqlite": "application/vnd.sqlite3",
}
_ABOUT = {
    "columns.json": "Unit, size basis, kind and definition of every column of the tables",
    "provenance.json": "Command, seed, hashes of scenario and code, versions, commit, platform, time",
    "study.sqlite": "All runs with their scenarios and policies; `desertion rerun` makes them again",
    "study.json": "What the study is: design, scenarios, policies, versions, hashes of the code, command",
    "report.html": "A brief on the comparison",
    "scenario.toml": "The resolved scenario that was run: every input, with policies and graph",
}


@dataclass(frozen=True, kw_only=True)
class _Origin:
    """Where the results of a folder come from.

    Attributes:
        title: What they are called.
        command: What was typed; empty if they were made in Python.
        written: When, in ISO 8601.
        versions: Versions of programs and packages by name.
        commit: Commit of the program's checkout, empty outside of one.
        code: Hashes of the code that decides results, by part.
        parameters: Seed, runs and what else the command was told, by name.
        documents: Text of scenarios, policies and graphs by kind and name.
        arms: Labels of a comparison's arms.
    """

    title: str
    command: str
    written: str
    versions: Mapping[str, str]
    commit: str
    code: Mapping[str, str]
    parameters: Mapping[str, object]
    documents: Mapping[str, str]
    arms: Sequence[str]


def describe(folder: Path) -> Path:
    """The description of a folder that `run`, `compare` or `export` wrote, made in it; no other file is touched.

    Raises:
        InputError: If the folder holds no such results, or the library for it is not installed.
    """
    crate = _empty()
    origin = _origin(folder)
    crate.name = origin.title
    crate.description = f"Results of the agent-based model desertion, made by: {origin.command or 'a Python program'}. Runs of a model, no forecast."
    crate.datePublished = origin.written
    crate.license = LICENSE
    files = [_file(crate, folder, path, origin.arms) for path in sorted(folder.rglob("*")) if _belongs(path, folder)]
    documents = {str(one.id): one for one in files if str(one.id).endswith(".toml")}
    inputs = [*documents.values(), *_documents(crate, origin), *_parameters(crate, origin)]
    action = _entity(
        crate,
        "#run",
        "CreateAction",
        description="Runs of the model; `desertion rerun` makes them again from this folder and says whether the bits agree",
        name=origin.command or "a study in Python",
        instrument=_program(crate, origin),
        object=inputs,
        result=[one for one in files if str(one.id) not in documents],
        endTime=origin.written,
        actionStatus="http://schema.org/CompletedActionStatus",
    )
    crate.root_dataset["mentions"] = action
    profile = _entity(crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    crate.root_dataset["conformsTo"] = profile
    return write_text(folder / METADATA, json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False) + "\n")


def described(
    study: Path, folder: Path, *, curves: bool = True, comma: bool = False, simulated: bool = False
) -> list[Path]:
    """The files of a study's tables as CSV beside a copy of the study, with their description, written into a folder.

    Args:
        study: The study's file.
        folder: The folder; made if it is missing.
        curves: Whether to write the daily curves as well.
        comma: Whether CSV has decimal commas, and semicolons between its columns.
        simulated: Whether counts are of simulated persons, and not at real size.

    Raises:
        InputError: If the study cannot be read, the folder holds what something else wrote, or the library for it is not installed.
    """
    _empty()
    copy = folder / "study.sqlite"
    with StudyFile(study) as file:
        refuse_others(folder, file.header(), (copy.name,))
    written = export(study, folder, curves=curves, comma=comma, simulated=simulated)
    with StudyFile(study) as file, replacing(copy) as fresh:
        file.connection.execute("VACUUM INTO ?", (str(fresh),))
    return [*written, copy, describe(folder)]


def _empty() -> Any:
    with extra("rocrate", "an RO-Crate needs rocrate"):
        from rocrate.rocrate import ROCrate
    return ROCrate(version=SPEC)


def _belongs(path: Path, folder: Path) -> bool:
    # What begins with a dot is what a killed process was writing, or a system's own.
    is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return is_file(path) and not is_hidden and path.name != METADATA and not path.name.endswith(("-wal", "-shm"))


def _origin(folder: Path) -> _Origin:
    told, study = folder / "provenance.json", folder / "study.sqlite"
    facts: dict[str, Any] = json_table(told) if is_file(told) else {}
    header: dict[str, Any] = {}
    if is_file(study):
        with StudyFile(study) as file:
            header = dict(file.header())
    if not facts and not header:
        raise InputError(
            f"{folder} holds neither provenance.json nor study.sqlite: give a folder that run or compare wrote, or the file of a sweep"
        )
    both = header | facts
    spec = header.get("spec", {})
    parameters = {key: spec[key] for key in ("seed", "replicates", "population") if key in spec}
    names = ("scenario_sha256", "study_sha256", "seed", "replicate", "runs", "scale", "days", "population")
    parameters |= {key: facts[key] for key in names if facts.get(key) is not None}
    return _Origin(
        title=str(header.get("title") or facts.get("scenario")),
        command=str(both.get("command", "")),
        written=dt.datetime.fromisoformat(str(facts.get("written") or header["created"])).isoformat(),
        versions=both["versions"],
        commit=str(both.get("commit", "")),
        code={**facts.get("code", {}), **header.get("fingerprint", {})},
        parameters=parameters,
        documents=header.get("documents", {}),
        arms=tuple(facts.get("arms", ())),
    )


def _file(crate: Any, folder: Path, path: Path, arms: Sequence[str]) -> Any:
    name = path.relative_to(folder).as_posix()
    about = _ABOUT.get(path.name, "")
    if path.parent.name == "arms":
        short = path.stem.partition("-")[2]
        label = next((arm for arm in arms if name_from(Path(arm)) == short), short)
        about = f"Resolved scenario of arm {label}: every input, with its policies and graph"
    told = {"name": name, "contentSize": str(path.stat().st_size)}
    told |= {"encodingFormat": _KINDS[path.suffix]} if path.suffix in _KINDS else {}
    return crate.add_file(path, name, properties=told | ({"description": about} if about else {}))


def _entity(crate: Any, where: str, kind: str, **properties: object) -> Any:
    from rocrate.model.contextentity import ContextEntity

    return crate.add(ContextEntity(crate, where, properties={"@type": kind, **properties}))


def _program(crate: Any, origin: _Origin) -> Any:
    """The program, with hashes of what decides the results and the versions that it ran on."""
    hashes = {**origin.code, **({"commit": origin.commit} if origin.commit else {})}
    marks = [
        _entity(
            crate,
            f"#code-{number}",
            "PropertyValue",
            name=part,
            propertyID=_HASHES.get(part, "BLAKE2b, 8 bytes"),
            value=value,
        )
        for number, (part, value) in enumerate(sorted(hashes.items()), start=1)
    ]
    others = {name: version for name, version in origin.versions.items() if name not in ("desertion", "machine")}
    return _entity(
        crate,
        "#desertion",
        "SoftwareApplication",
        name="desertion",
        description="Agent-based simulation of desertion cascades and asylum policy",
        softwareVersion=origin.versions["desertion"],
        softwareRequirements=[f"{name} {version}" for name, version in others.items()],
        processorRequirements=origin.versions.get("machine", ""),
        identifier=marks,
        license="Apache-2.0",
    )


def _documents(crate: Any, origin: _Origin) -> Iterator[Any]:
    for number, (name, text) in enumerate(sorted(origin.documents.items()), start=1):
        kind, _, title = name.partition("/")
        yield _entity(
            crate,
            f"#document-{number}",
            "CreativeWork",
            name=f"{kind.rstrip('s').replace('policie', 'policy')} {title}",
            encodingFormat="application/json" if kind == "graphs" else "application/toml",
            text=text,
        )


def _parameters(crate: Any, origin: _Origin) -> Iterator[Any]:
    for name, value in origin.parameters.items():
        plain = value if isinstance(value, str | int | float) else json.dumps(value, sort_keys=True)
        yield _entity(crate, f"#parameter-{name}", "PropertyValue", name=name, value=plain)
