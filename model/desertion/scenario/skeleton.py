"""Skeletons: commented documents to start from, with every input, its unit, range, default and source."""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import tomli_w
from pydantic import BaseModel

from desertion.parameters import Behaviour, Force, Host, Region, Wave
from desertion.parameters.inputs import Input, inputs
from desertion.scenario.dial import Dial
from desertion.scenario.layers import Layers, Stop
from desertion.scenario.levers import KINDS, levers

GROUPS = ("asylum", "border", "coalition", "visa-free")
"""Groups of hosts by which shipped policies address them."""

PROSE = ("name", "title", "summary", "sources", "notes", "remarks")
"""Keys of a document that are words for its readers and no inputs."""

_EXAMPLES = {"graph": '"ties.csv"', "scale": "0.01", "days": "180"}
"""What stands for inputs that have no default."""

_START = dt.date(2030, 1, 1)
# Inputs of a scenario that stand in tables of their own, or that the program writes.
_ELSEWHERE = ("at_scale", "reference", "overlays", "changes", "behaviour", "dial", "stop", "forces", "hosts", "start")


def force(name: str) -> str:
    """A force of which nothing is stated yet."""
    head = [
        "# A force: an army with its reserve, civilians and home state. Every input stands below with its meaning, unit,",
        "# range and where its default comes from. Take the mark away from those that you know and say who says so;",
        f"# `desertion check {name}.toml` lists what is still left to defaults.",
        "",
        *_head(name),
    ]
    tables = [
        "",
        "# Regions: shares of the people, weights in a call-up, nearness of hosts. Without any, one region holds all.",
        *_explained(Region),
        '#   regions = [{ name = "north", share = 1.0, quota = 1.0, access = { neighbour = 0.5 } }]',
        "",
        "# Call-ups of reservists.",
        *_explained(Wave),
        '#   waves = [{ date = 2030-03-01, number = 100, days = 30, notice = 3, training = 14, form = "quota" }]',
        "# waves = []",
    ]
    rest = (one for one in inputs(Force) if one.name not in (*PROSE, "regions", "waves"))
    return _text([*head, *commented(rest), *tables])


def policy(name: str) -> str:
    """A policy that changes nothing yet."""
    lines = [
        "# A policy: levers with dates, to be laid over any scenario: desertion compare SCENARIO --policy FILE.",
        "# In a path, * stands for all forces or hosts, @first and @others for the first and the rest, @group for hosts of it.",
        "",
        *_head(name),
        "",
        '# Each [[change]] holds from a day on: a date, "start", or days after it such as "+30"; `until` is optional.',
        "[[change]]",
        'from = "start"',
        '# until = "+90"',
        "",
        "# What a lever stands at. In the same way [change.at_least] takes what it does not stay below, [change.at_most] what",
        "# it does not stay above, [change.multiply] factors and [change.add] amounts.",
        "[change.set]",
    ]
    for kind in KINDS:
        model = Force if kind == "forces" else Host
        given = {one.name: one for one in inputs(model)}
        lines += commented((given[name] for name in levers(kind)), before=f"{kind}.*.")
    return _text(lines)


def scenario(name: str) -> str:
    """A scenario of the shipped toy force and one host, which runs as it is."""
    plain = (one for one in inputs(Layers) if one.name not in (*PROSE, *_ELSEWHERE))
    lines = [
        "# A scenario: who is there, where they may go, how they decide, what changes when. It runs as it is; take the mark",
        f"# away from what you know, and see what is left with `desertion check {name}.toml`.",
        "",
        *_head(name),
        f"start = {_START}  # the first day",
        "",
        '# Names of shipped forces, or paths from here: `desertion new force my-army` makes a file, then "my-army.toml".',
        'forces = ["toy"]',
        "",
        *commented(plain),
        "# policies = []  # names or paths of policies that are part of this scenario",
        "",
        "# How people decide; the same for all forces.",
        "[behaviour]",
        *commented(inputs(Behaviour)),
        "",
        "# Where the ends of the asylum dial lie.",
        "[dial]",
        *commented(inputs(Dial)),
        "",
        "# A rule that ends a run before its horizon.",
        "#   [stop]",
        *_explained(Stop),
        "",
        f"# A host; one such table each. Shipped policies address hosts by the groups {', '.join(GROUPS)}.",
        "[[hosts]]",
        'name = "neighbour"',
        '# title = ""  # as figures and reports show it',
        *commented(one for one in inputs(Host) if one.name not in ("name", "title", "notes")),
        "",
        "# What changes on a date, whatever the policy; one such table each.",
        "#   [[changes]]",
        "#   date = 2030-03-01",
        '#   set = { "hosts.neighbour.border" = 0 }',
        "",
        "# Levers that follow a series of yours: a CSV file with the columns date and value.",
        "#   [series]",
        '#   "hosts.neighbour.case_days" = "days.csv"',
        "",
        "# What `desertion calibrate` holds the scenario against, and what may move; no run reads it.",
        "#   [calibration]",
        '#   series = "left.csv"      # a CSV file beside this one with the columns date and value, or a shipped series',
        '#   measure = "left_flee"    # what it counts: left_total, soldiers_left, surrendered, new_killed, ...',
        "#   [calibration.priors]",
        '#   "behaviour.frailty_own" = [0.5, 4.0]',
        '#   "forces.*.base_soldier_flee" = { times = [0.1, 10], log = true }',
    ]
    return _text(lines)


KINDS_OF_DOCUMENT: dict[str, Callable[[str], str]] = {"scenario": scenario, "force": force, "policy": policy}
"""What can be begun from a skeleton of the model's own documents."""


def commented(rows: Iterable[Input], before: str = "") -> Iterator[str]:
    """Yield a line an input: its default behind a mark, then what it means.

    Args:
        rows: The inputs.
        before: What stands before the key, which is then quoted.
    """
    for one in rows:
        key = f'"{before}{one.name}"' if before else one.name
        if one.default is None:
            yield f"#   {key} = {_EXAMPLES[one.name]}  # {_about(one)}"
        else:
            yield f"# {key} = {value(one.default)}  # {_about(one)}"


def value(given: Any) -> str:
    """A value as TOML has it, in one line."""
    if isinstance(given, float) and math.isinf(given):
        return "inf" if given > 0 else "-inf"
    if isinstance(given, BaseModel):
        given = given.model_dump(exclude_none=True)
    if isinstance(given, dict):
        inside = ", ".join(f"{key} = {value(each)}" for key, each in given.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(given, tuple | list):
        return f"[{', '.join(value(each) for each in given)}]"
    return tomli_w.dumps({"_": given}).removeprefix("_ = ").strip()


def _about(one: Input, otherwise: str = "") -> str:
    is_number = one.form in ("number", "whole number")
    facts = (one.unit or one.form * (not is_number), one.range * is_number, "a lever" * one.is_lever, one.source)
    return "; ".join(part for part in (one.meaning, *facts, otherwise) if part)


def _explained(document: type[Any]) -> Iterator[str]:
    for one in inputs(document):
        otherwise = (
            "must be given" if one.needed else f"{value(one.default)} if left out" if one.default is not None else ""
        )
        yield f"#   {one.name}: {_about(one, otherwise)}"


def _head(name: str) -> list[str]:
    return [f'name = "{name}"', 'title = ""', "sources = []  # who says what, a sentence each"]


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
