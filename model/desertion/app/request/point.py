"""One design point of a study as a run, in the app and on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desertion.app.request.address import Address
from desertion.app.request.choice import shipped
from desertion.errors import InputError
from desertion.reading import command_line, setting_text

if TYPE_CHECKING:
    from desertion.study.design.factors import Point

FOREIGN = "a file of its maker's own, which the study's file names but does not hold"
OF_DIALS = "it turns a dial that studies have and `desertion run` has not"
CHANGED = (
    "The model, a scenario or a library has changed since this study was run: the lines below give the present model's "
    "histories, which may not be the study's."
)


def run_of(spec: Mapping[str, Any], point: Point) -> dict[str, Any]:
    """What a design point's runs are made from, see `told_by`, with the seed of their chance."""
    from desertion.rules.draws import stream_seed
    from desertion.study.design.layout import DUMMY
    from desertion.study.design.point import told_by

    stream: Any = point.get(DUMMY)
    return told_by(spec, point) | {"seed": stream_seed(int(spec["seed"]), stream)}


def address_of(run: Mapping[str, Any], now: Address) -> Address:
    """The address of page Cascade that plays the first replicate of a design point.

    Args:
        run: As `run_of` gives it.
        now: The present address, for what stays.
    """
    from desertion.rules.draws import replicate_seed

    texts = tuple(sorted((str(key), setting_text(value)) for key, value in run["settings"].items()))
    # No scale is the scenario's own in a study, 1 for every shipped one, and the one that plays well in an address.
    return replace(
        now, scenario=str(run["scenario"]), policies=tuple(run["policies"]), settings=texts, scale=float(run["scale"] or 1.0),
        days=int(run["days"] or 0), seed=int(replicate_seed(run["seed"], 0)), force="", person=-1,
    )  # fmt: skip


def command_of(task: str, run: Mapping[str, Any]) -> str:
    """The command line that lives through the first replicate of a design point, found right before it is given.

    Args:
        task: The study's task.
        run: As `run_of` gives it.

    Raises:
        InputError: If no such line says the same; the sentence tells why.
    """
    from desertion.study.design.point import DIALS, scenario_of
    from desertion.study.design.spec import MODEL_TASK

    if task != MODEL_TASK:
        raise InputError("this study's runs are made by another task than `desertion run`")
    names = shipped()
    if run["scenario"] not in names["scenarios"]:
        raise InputError(f"its scenario is {FOREIGN}")
    if any(policy not in names["all policies"] for policy in run["policies"]):
        raise InputError(f"one of its policies is {FOREIGN}")
    wanted = scenario_of(run)
    plain = {key: value for key, value in run["settings"].items() if key not in DIALS}
    if len(plain) < len(run["settings"]):
        before = scenario_of({**run, "settings": plain}).behaviour.model_dump()
        after = wanted.behaviour.model_dump()
        plain |= {f"behaviour.{name}": value for name, value in after.items() if value != before[name]}
        if scenario_of({**run, "settings": plain}).hash != wanted.hash:
            raise InputError(OF_DIALS)
    options = [
        *(("policy", policy) for policy in run["policies"]),
        *(("set", f"{key}={setting_text(value)}") for key, value in plain.items()),
        *((name, run[name]) for name in ("scale", "days")),
        ("population", None if run["population"] == "compiled" else run["population"]),
        *(("seed", run["seed"]), ("replicate", 0)),
    ]
    return command_line("run", [run["scenario"]], options)


def is_changed(header: Mapping[str, Any], run: Mapping[str, Any]) -> bool:
    """Whether the present program may give other histories than those in a study's file.

    Args:
        header: What the file says about itself.
        run: Its first design point, as `run_of` gives it.
    """
    from desertion.study.run.origin import versions
    from desertion.study.run.task import fingerprint

    now = fingerprint(header["spec"]["task"], [run])
    stored = dict(header.get("fingerprint", {}))
    return any(stored.get(name) != code for name, code in now.items()) or header.get("versions") != versions()
