"""What the policy simulator is asked: where its sliders stand, as it travels in an address and as it stands on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from desertion.app.request.address import Address, Settings
from desertion.app.request.choice import (
    arm_in_words,
    check_names,
    fitting,
    misfits,
    scenario_in_words,
    scenario_of,
    shipped,
    usual_scale,
)
from desertion.app.request.sliders import CONTAGION, CONTAGION_WORDS, SLIDERS, Slider
from desertion.reading import command_line
from desertion.scenario.documents import AS_IT_IS, JOIN

if TYPE_CHECKING:
    from desertion.scenario import Scenario

PAIRS = 10
"""Replicates that are run of the mix and of the status quo on the same people."""

VERSION = "v"
"""Part of a shared address that names the version under which it was made."""

PLAIN = ("also", "contagion", "scenario", "seed", "scale", "days", "beside")
"""Parts of an address that are a mix's own attributes, written as they are."""


@dataclass(frozen=True, kw_only=True)
class Mix:
    """What is asked.

    Attributes:
        steps: Key of the step of each slider that stands elsewhere than usual, by the slider's key.
        also: A shipped policy laid over all that the sliders do, empty for none.
        contagion: Key of the strength of contagion.
        scenario: Name of a shipped scenario.
        seed: Where all chance comes from.
        scale: Share of real size; 0 for the usual one.
        days: Horizon; 0 for the scenario's own.
        settings: Further inputs by dotted key, under the status quo and under the mix alike.
        beside: Query of another mix that is kept beside this one, empty for none.
    """

    steps: tuple[tuple[str, str], ...] = ()
    also: str = ""
    contagion: str = "shipped"
    scenario: str = "russia-2022"
    seed: int = 7
    scale: float = 0.0
    days: int = 0
    settings: Settings = ()
    beside: str = ""

    def step(self, slider: Slider) -> int:
        """Number of the step at which a slider stands."""
        key = dict(self.steps).get(slider.key)
        return next((place for place, step in enumerate(slider.steps) if step.key == key), slider.usual)

    @property
    def policies(self) -> tuple[str, ...]:
        """Shipped policies laid over the scenario, in order."""
        moved = (policy for slider in SLIDERS for policy in slider.steps[self.step(slider)].policies)
        return (*moved, *([self.also] if self.also else []))

    @property
    def all_settings(self) -> Settings:
        """Inputs by dotted key, the strength of contagion among them."""
        dial = () if self.contagion == "shipped" else (("contagion", f"{CONTAGION[self.contagion]:g}"),)
        return (*dial, *self.settings)

    @property
    def title(self) -> str:
        """What the mix is called: the preset's title, or what was moved where."""
        if self.is_status_quo:
            return "Status quo"
        if self.preset:
            return arm_in_words(self.preset)
        moved = [
            f"{slider.title.lower()}: {slider.steps[self.step(slider)].word}"
            for slider in SLIDERS
            if self.step(slider) != slider.usual
        ]
        return "; ".join([*moved, *([arm_in_words(self.also)] if self.also else [])]).capitalize()

    @property
    def preset(self) -> str:
        """The shipped policy that the sliders stand for, empty for none."""
        return next((name for name, mix in presets().items() if (mix.steps, mix.also) == (self.steps, self.also)), "")

    @property
    def is_status_quo(self) -> bool:
        """Whether nothing has been changed."""
        return not self.policies

    @property
    def scale_now(self) -> float:
        """Share of real size that is run."""
        return self.scale or usual_scale(self.scenario)

    def differs(self, other: Mix) -> str:
        """What is otherwise here than in another mix but the policies, in words; empty for nothing."""
        told: list[str] = []
        if self.scenario != other.scenario:
            told.append(scenario_in_words(self.scenario))
        if self.contagion != other.contagion:
            told.append(f"contagion {CONTAGION_WORDS[self.contagion]}")
        if self.seed != other.seed:
            told.append(f"seed {self.seed}")
        if self.scale != other.scale:
            told.append(f"scale {self.scale_now:g}")
        if self.days != other.days:
            told.append(f"{self.scenario_now().days} days")
        if self.settings != other.settings:
            told.append(", ".join(f"{key} = {text}" for key, text in self.settings) or "no other input set")
        return ", ".join(told)

    def is_drawn_with(self, other: Mix) -> bool:
        """Whether curves of both may stand on the same axes: scenario, scale and horizon agree."""
        ours, theirs = ((mix.scenario, mix.scale_now, mix.scenario_now().days) for mix in (self.alone, other.alone))
        return ours == theirs

    @property
    def alone(self) -> Mix:
        """The same without what is kept beside it: all that decides its runs."""
        return replace(self, beside="")

    @property
    def without_contagion(self) -> Mix:
        """The same with nobody moved by others, in whichever way the strength of contagion was stated."""
        settings = tuple(pair for pair in self.settings if pair[0] != "reproduction")
        return replace(self, contagion="none", settings=settings, beside="")

    @property
    def with_shipped_contagion(self) -> Mix:
        """The same at the shipped strength of contagion."""
        return replace(self, contagion="shipped", beside="")

    @property
    def status_quo(self) -> Mix:
        """The same without any policy."""
        return replace(self, steps=(), also="", beside="")

    @property
    def address(self) -> Address:
        """The same as the other pages write it."""
        return Address(
            scenario=self.scenario,
            policies=self.policies,
            settings=self.all_settings,
            seed=self.seed,
            scale=self.scale,
            days=self.days,
            beside=self.beside,
        )

    def query(self, *, version: str = "") -> str:
        """The address's part after the question mark; what stands at its default is left out.

        Args:
            version: Named in an address that is to be shared.
        """
        pairs = [
            *self.steps,
            *((name, str(getattr(self, name))) for name in PLAIN if getattr(self, name) != getattr(Mix(), name)),
        ]
        pairs += [("set", f"{key}={text}") for key, text in self.settings]
        pairs += [(VERSION, version)] if version else []
        return urlencode(pairs, safe="=:,+", quote_via=quote)

    def scenario_now(self) -> Scenario:
        """The scenario that is run.

        Raises:
            InputError: If a name is not shipped, a value is not allowed, or the run is larger than this server allows.
        """
        return _scenario(self.alone)

    def command(self) -> str:
        """The command line that gives the same numbers."""
        mix = JOIN.join(self.policies) or "case-by-case"
        options = [
            *(("policy", AS_IT_IS), ("policy", mix), ("runs", PAIRS)),
            *(("seed", self.seed), ("scale", self.scale_now), ("days", self.days or None)),
            *(("set", f"{key}={text}") for key, text in self.all_settings),
        ]
        return command_line("compare", [self.scenario], options)


@lru_cache(maxsize=1)
def presets() -> Mapping[str, Mix]:
    """The shipped policies as mixes: those that a slider's step stands for by that step, the others laid over all sliders."""
    by_step = {
        step.policies[0]: (slider.key, step.key)
        for slider in SLIDERS
        for step in slider.steps
        if len(step.policies) == 1
    }
    return {
        name: Mix() if name == "case-by-case" else Mix(steps=(by_step[name],)) if name in by_step else Mix(also=name)
        for name in shipped()["policies"]
    }


def unfit(scenario: str) -> dict[str, dict[str, str]]:
    """Why sliders cannot be moved, and policies not be started from, under a scenario: the reason by step or policy, by slider or under "preset"."""
    lacks = misfits(scenario)
    places = {slider.key: {str(place): step.policies for place, step in enumerate(slider.steps)} for slider in SLIDERS}
    places["preset"] = {name: preset.policies for name, preset in presets().items()}
    found = {
        key: {place: lacks[name] for place, policies in steps.items() for name in reversed(policies) if name in lacks}
        for key, steps in places.items()
    }
    return {key: reasons for key, reasons in found.items() if reasons}


@lru_cache(maxsize=256)
def _scenario(mix: Mix) -> Scenario:
    usual = scenario_of(mix.status_quo.address)
    check_names(mix.scenario, mix.policies)
    # A third of the time that it takes to read the scenario anew with its policies.
    with fitting(mix.scenario, mix.policies):
        return usual.with_policies(mix.policies) if mix.policies else usual
