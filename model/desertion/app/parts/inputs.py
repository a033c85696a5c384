"""The few parameters that matter, with units and meanings taken from where they are defined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

from desertion.app.parts.elements import box, button, choice, field, sentence, text
from desertion.app.request.address import Address, Settings
from desertion.app.request.choice import shipped, unchecked, usual_scale
from desertion.app.session import Session, current
from desertion.app.ui import solara
from desertion.figures.labels import capital
from desertion.parameters import FORMS, Behaviour

KNOBS = {
    "contagion_squad": "Contagion in the squad",
    "contagion_company": "Contagion in the company",
    "contagion_community": "Contagion at home",
    "contagion_news": "Contagion by army news",
    "frailty_own": "Own frailty",
    "shock_unit": "Shocks shared by a company",
    "push_threat": "Threat of call-up",
    "belief_credibility": "Credibility of promises",
}
"""Inputs of behaviour that have a field of their own, and its label."""

_OTHER = "other input"

_DIAL = "The asylum dial: 0 closed, 0.5 the status quo, 1 open fast track everywhere."


@solara.component
def More() -> Any:
    """Fields of the inputs that matter, and a list of all others that are set."""
    session = current()
    address = session.address.value
    settings = dict(address.settings)
    now, own = (behaviour_of(address.scenario, given) for given in (address.settings, ()))
    with box([], "", "details") as more:
        text("More inputs", "summary")
        asked(session, "asylum", "Asylum dial", settings.get("asylum", ""),
              lambda value: session.set_input("asylum", value), unit="0 to 1", hint=_DIAL, placeholder="0.5")  # fmt: skip
        if "asylum" in settings and address.policies:
            text("The dial moves the doors on top of the policies chosen.", kind="small")
        choice(
            "Form of contagion", now.form, {form: form for form in FORMS},
            lambda value: session.set_input("behaviour.form", "" if value == own.form else value),
        )  # fmt: skip
        for name, label in KNOBS.items():
            unit, meaning = about(name)
            key = f"behaviour.{name}"
            asked(session, key, label, settings.get(key, ""), lambda value, key=key: session.set_input(key, value),
                  hint=f"{capital(meaning)}; {unit}.", placeholder=f"{getattr(now, name):g} {unit}")  # fmt: skip
        Others()
    return more


@solara.component
def Sizes() -> Any:
    """The fields of seed, scale and horizon."""
    session = current()
    address = session.address.value
    usual = usual_scale(address.scenario) if address.scenario in shipped()["scenarios"] else 1.0
    with box([], "") as sizes:
        asked(session, "seed", "Seed", str(address.seed), hint="The same seed, the same people and fates.")
        asked(session, "scale", "Scale", str(address.scale or ""), unit="of real size", placeholder=f"{usual:g}",
              hint="Share of the real size that is simulated, above 0 and up to 1.")  # fmt: skip
        asked(session, "days", "Days", str(address.days or ""), unit="days", placeholder="the scenario's own",
              hint="How long a run lasts.")  # fmt: skip
    return sizes


@solara.component
def Refused(*at_fields: str) -> Any:
    """Sentences on all inputs that were refused and have no field of their own here.

    Args:
        at_fields: Parts of the address that have one, where the sentence stands.
    """
    session = current()
    with box([], "") as refused:
        for part, refusal in session.refusals.value.items():
            if refusal.sentence and part not in at_fields:
                sentence(refusal.sentence)
    return refused


@solara.component
def Others() -> Any:
    """Other inputs that are set, each with a button that takes it away, and a field to set one more."""
    session = current()
    known = {"asylum", "behaviour.form", *(f"behaviour.{name}" for name in KNOBS)}
    with box([], "") as others:
        for key, value in session.address.value.settings:
            if key not in known:
                with box([], "app-buttons"):
                    text(f"{key} = {value}", "span", "small")
                    button(f"Take away {key}", lambda key=key: session.set_input(key, ""))

        def add(line: str) -> None:
            key, sign, value = line.partition("=")
            if sign:
                session.set_input(key.strip(), value, field_of=_OTHER, typed=line)
            elif line:
                session.refuse(_OTHER, f"{line[:80]!r} has no key and value; write dotted.key = value", line)

        asked(session, _OTHER, "Any other input", "", add, placeholder="hosts.finland.case_days = 30",
              hint="Dotted key = value, as in hosts.finland.case_days = 30")  # fmt: skip
    return others


def asked(
    session: Session, part: str, label: str, value: str, change: Callable[[str], None] | None = None, **looks: str
) -> Any:
    """The field of a part of the address, a number's unless said otherwise: what is so, or what was refused there and why."""
    take = change or (lambda typed: session.set_number(part, typed))
    return field(label, session.shown(part, value), take, problem=session.sentence(part), **looks)


def about(name: str) -> tuple[str, str]:
    """Unit and meaning of an input of behaviour."""
    definition = Behaviour.model_fields[name]
    extra = cast(Mapping[str, str], definition.json_schema_extra)
    return extra["unit"], definition.description or ""


@lru_cache(maxsize=64)
def behaviour_of(scenario: str, settings: Settings) -> Behaviour:
    """Behaviour in a shipped scenario under further inputs: what holds where a field is empty, the scenario's own numbers and what dials make of them.

    Raises:
        InputError: If an input is not allowed.
    """
    return unchecked(Address(scenario=scenario, settings=settings), ()).behaviour
