"""The parts of the reference that are made from the code: commands, documents with their schemas, columns, files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel, create_model

from desertion import commands
from desertion.cli import build_app
from desertion.parameters import Behaviour, Force, Host, Region, Wave
from desertion.parameters.inputs import inputs
from desertion.scenario.dial import Dial
from desertion.scenario.layers import Layers, Stop
from desertion.scenario.policy import Policy, PolicyChange
from desertion.scenario.skeleton import value
from desertion.simulation.record.columns import DAILY, HOSTLY, MEASURES, PEOPLE, REAL, SIMULATED, Column
from desertion.study.analysis.columns import COMPARED, RUNS
from desertion.study.calibration.document import CalibrationTable, PriorTable
from desertion.study.comparison.outcomes import OF_FORCES, OF_HOSTS
from desertion.study.design.layout import DesignRule
from desertion.study.design.reading import Keep, StudyDocument
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import RunRule
from desertion.study.history.patterns import Setup
from desertion.study.matching.document import Design as MatchDesign
from desertion.study.matching.document import OwnTarget, Screening
from desertion.study.matching.document import Wave as MatchWave

# A scenario's file: what a run reads, and what `desertion calibrate` holds it against.
ScenarioDocument = create_model("ScenarioDocument", __base__=Layers, calibration=(CalibrationTable | None, None))

SCHEMAS: Mapping[str, type[BaseModel]] = {
    "scenario": ScenarioDocument,
    "force": Force,
    "policy": Policy,
    "study": StudyDocument,
}
_SIZES = {SIMULATED: "counted", REAL: "real", "": ""}


def write(folder: Path) -> list[Path]:
    """Write all generated pages and schemas into the reference's folder and return their paths."""
    pages = {
        "commands.md": command_page(),
        "documents.md": document_page(),
        "columns.md": column_page(),
        "files.md": file_page(),
    }
    schemas = {f"schemas/{name}.json": json.dumps(schema(name), indent=1) + "\n" for name in SCHEMAS}
    paths: list[Path] = []
    for name, text in (pages | schemas).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a document, for editors that check while one types."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "version": 1} | SCHEMAS[name].model_json_schema()


def command_page() -> str:
    """Every command with its arguments and options, from the parsers themselves."""
    lines = [
        "# Commands",
        "",
        "Exit codes: 0 done, 2 the input is wrong, 130 interrupted, 143 ended by SIGTERM, 1 anything else.",
        "",
    ]
    whole = typer.main.get_command(build_app())
    for name in commands.names():
        command = whole.commands[name]  # pyright: ignore[reportAttributeAccessIssue]
        lines += [f"## desertion {name}", "", _prose(command.help or ""), ""]
        rows = [list(_option(parameter)) for parameter in command.params if parameter.name != "help"]
        lines += [*_table(["", "meaning", "default"], rows), ""]
    return "\n".join(lines)


def _option(parameter: Any) -> Iterator[str]:
    is_option = parameter.param_type_name == "option"
    names = (
        ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
        if is_option
        else f"`{parameter.name.upper()}`"
    )
    yield names
    yield f"{parameter.help or ''}{'' if not parameter.required else ' Must be given.'}"
    default = parameter.default
    yield (
        ""
        if default is None or callable(default) or default in ((), [])
        else f"`{str(default).lower() if isinstance(default, bool) else default}`"
    )


def document_page() -> str:
    """Every kind of document with its inputs."""
    about: list[tuple[str, str, type[BaseModel]]] = [
        ("Scenario", "A TOML file; `desertion new scenario` writes one. `forces` are names, paths or tables; `extends` lays it over another.", Layers),
        ("Force", "A file of its own or a table of a scenario.", Force),
        ("Region", "Rows of a force's `regions`.", Region),
        ("Wave", "Rows of a force's `waves`.", Wave),
        ("Host", "Tables `[[hosts]]` of a scenario.", Host),
        ("Behaviour", "The table `[behaviour]` of a scenario.", Behaviour),
        ("Dial", "The table `[dial]` of a scenario.", Dial),
        ("Stop", "The table `[stop]` of a scenario.", Stop),
        ("Calibration", "The table `[calibration]` of a scenario, which `desertion calibrate` reads and no run.", CalibrationTable),
        ("Prior", "An entry of `priors` under `[calibration]`, by dotted key or a name of its own; a pair of numbers stands for a range.", PriorTable),
        ("Policy", "A TOML file; `desertion new policy` writes one.", Policy),
        ("Change of a policy", "Tables `[[change]]` of a policy.", PolicyChange),
        ("Study", "A TOML file; `desertion new study` writes one.", StudyDocument),
        ("Design", "The table `[design]` of a study.", DesignRule),
        ("Replicates", "`replicates` of a study: a number, or this table.", ReplicateRule),
        ("Keep", "The table `[keep]` of a study.", Keep),
        ("Run", "The table `[run]` of a study.", RunRule),
        ("Match", "A TOML file for `desertion match`; those in `experiments/match` are models to copy from.", MatchDesign),
        ("Case", "Tables `[cases.NAME]` of a match.", Setup),
        ("Own target", "Tables `[target.NAME]` of a match.", OwnTarget),
        ("Screening", "The table `[screening]` of a match.", Screening),
        ("Wave of a match", "Tables `[[waves]]` of a match.", MatchWave),
    ]  # fmt: skip
    files = ", ".join(f"{{download}}`{name}.json <schemas/{name}.json>`" for name in SCHEMAS)
    lines = [
        "# Documents",
        "",
        f"JSON Schemas for editors: {files}. A star marks a lever, which a policy may move on dates.",
        "",
    ]
    for title, text, document in about:
        rows = [
            [
                f"`{one.name}`{'*' if one.is_lever else ''}",
                one.meaning,
                one.unit or one.form,
                one.range if one.form in ("number", "whole number") else "",
                "must be given" if one.needed else "" if one.default is None else f"`{value(one.default)}`",
                one.source,
            ]
            for one in inputs(document)
        ]
        lines += [
            f"## {title}",
            "",
            text,
            "",
            *_table(["input", "meaning", "unit or form", "range", "default", "source of the default"], rows),
            "",
        ]
    return "\n".join(lines)


def column_page() -> str:
    """Every column and measure with unit, size basis and definition."""
    lines = [
        "# Columns and measures",
        "",
        "Size: *counted* stands at real size in every file and in tables of studies, searches and comparisons, and counts simulated persons in a `DesertionModel`",
        "and where `--simulated` or `simulated=True` asked for them, which `columns.json` and `attrs` of the table then say; *real* is money, always at real size; others have no size.",
        "Stocks stand at the end of the day, flows are of that day, totals run from the start.",
        "",
    ]
    tables: list[tuple[str, str, Mapping[str, Column]]] = [
        ("daily", "`model.daily`, `daily.csv`: one row a day and force.", DAILY),
        ("hosts", "`model.hosts`, `hosts.csv`: one row a day, host and force of origin.", HOSTLY),
        ("people", "`model.people()`: one row a person.", PEOPLE),
        ("Measures of a run", "`model.measures()`, columns of `study.runs`; of one force as `measure@force` where there are several.", MEASURES),
        ("Keys of a study's tables", "Beside the varied inputs.", RUNS),
        ("Tables of a comparison", "`summary.csv`, `paired.csv`, `attribution.csv`, `curves.csv`, all at real size.", COMPARED),
    ]  # fmt: skip
    for title, text, known in tables:
        rows = [
            [f"`{name}`", column.unit, _SIZES[column.size], column.kind, column.definition]
            for name, column in known.items()
        ]
        lines += [f"## {title}", "", text, "", *_table(["column", "unit", "size", "kind", "definition"], rows), ""]
    outcomes = [
        [f"`{one.name}`", one.unit, "real" if one.counts or one.unit == "EUR" else "", one.title]
        for one in (*OF_FORCES, *OF_HOSTS)
    ]
    lines += [
        "## Outcomes of a comparison",
        "",
        "Rows of `summary` and `paired`, by `measure`.",
        "",
        *_table(["measure", "unit", "size", "what it is"], outcomes),
        "",
    ]
    return "\n".join(lines)


def file_page() -> str:
    """Every file that a command writes."""
    rows = [
        ["`run --out`", "`daily.csv`, `hosts.csv`", "daily series of forces and hosts, real size"],
        ["`run --out`", "`curves.png`", "left, leaving, strength and legitimacy by day, real size"],
        ["`run --out`", "`scenario.toml`", "the resolved scenario: every input, policies and graph included"],
        [
            "`run`, `compare`",
            "`provenance.json`",
            "command, seed, hashes of scenario and code, versions, commit, platform, time",
        ],
        ["`run`, `compare`, `export`", "`columns.json`", "unit, size basis, kind and definition of every column"],
        ["`compare --out`", "`report.html`", "a brief on the comparison"],
        ["`compare --out`", "`summary.csv`, `paired.csv`, `attribution.csv`, `curves.csv`", "its tables, real size"],
        ["`compare --out`", "`arms/N-POLICY.toml`", "every arm's resolved scenario"],
        ["`compare --out`", "`figures/KIND.png`", "its figures; PDF with `--paper`"],
        [
            "`compare --out`, `sweep`, `search`",
            "`study.sqlite`, `NAME.sqlite`, `NAME-search.sqlite`",
            "all runs, sealed; resumes, and can be made again",
        ],
        ["`export`", "`runs`, `design`, `curves`", "a study's tables, real size"],
        [
            "`export --format rocrate`",
            "`ro-crate-metadata.json`",
            "the folder described as an RO-Crate: scenarios, policies, versions, hashes, seed, command",
        ],
        ["`trace --out`", "`trace.csv`, `trace.png`", "one person's life, term by term"],
        ["`theory --out`", "`bifurcation.png`", "steady states over the strength of contagion, and simulated towns"],
        [
            "`history --out`",
            "`SERIES.png`, `patterns.md`",
            "a series, with the model beside it if asked; with `--patterns` what the shipped scenarios meet",
        ],
        ["`plot`", "`KIND.png`", "one figure of a run, a comparison or a study, persons at real size"],
        [
            "`calibrate --out`",
            "`NAME.md`, `NAME-posterior.csv`, `NAME-predictions.csv`, `NAME-rivals.csv`",
            "a fit in words; its posteriors with contraction, predictions of each point, rivals",
        ],
        [
            "`calibrate --out`",
            "`NAME-SEED.db`, `NAME-SEED.json`",
            "finished generations, and what they are of; resumes",
        ],
        ["`contagion --out`", "`contagion.md`, `contagion.csv`", "words and all numbers of the tests by place"],
        [
            "`match --out`",
            "`match.md`, `ensemble.csv`, `TABLE.csv`, `ranges.png`, `targets.png`",
            "which worlds the targets do not rule out, in words; the worlds; tables of stages, inputs and targets",
        ],
        [
            "`thesis --out`",
            "`thesis.md`, `TABLE.csv`, `SERIES.png`, `power.png`, `reliability.png`, `false-alarms.png`",
            "what totals can tell of contagion; finished parts in `parts`",
        ],
        ["`claims --out`", "`claims.html`, `claims.md`, `claims.sqlite`", "verdicts and the runs behind them"],
    ]
    return "\n".join(
        [
            "# Files",
            "",
            "Where no place is named, results go to `outputs/NAME`, which is said; `run`, `compare`, `trace`, `theory`, `history` and `contagion` then write nothing. `desertion rerun` makes the results of",
            "`run`, `compare` and `sweep` again.",
            "",
            *_table(["command", "file", "what it holds"], rows),
            "",
        ]
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def _prose(text: str) -> str:
    return " ".join(text.split())
