"""What a slider's steps are based on: their meaning, sources and grades, and in which worlds a policy does what is claimed of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from desertion.app.request.address import Address
from desertion.app.request.choice import scenario_of
from desertion.app.request.mix import Mix
from desertion.app.request.sliders import SLIDERS, Slider
from desertion.app.work.verdicts import Verdict, verdicts
from desertion.scenario import Policy
from desertion.scenario.loading import policies
from desertion.study.claims.document import load

CLAIMS_OF_PRESETS = {
    "capacity-taken": "capacity",
    "closed-borders": "closed-borders-backfire",
    "coalition": "coalition",
    "exit-ban": "exit-ban-backfires",
    "fast-track": "fast-track",
    "humane-treatment": "humane-treatment",
    "no-quarter": "no-quarter-backfires",
    "skilled-visas": "brain-drain",
    "strict-screening": "spies-are-manageable",
    "transit-corridor": "transit-suffices",
}
"""The claim that a shipped policy was tried by."""

GRADES = "A: read in the primary source; B: in a secondary one; -der: arithmetic on it; C: from memory. “Swept”: no source, tried over a range."
"""What the letters behind a source mean."""


@lru_cache(maxsize=128)
def basis_of_slider(slider: Slider) -> list[tuple[str, tuple[Policy, ...]]]:
    """The shipped policies that each step of a slider is made of, by its word on the track."""
    return [(step.word, policies(step.policies)[0]) for step in slider.steps]


def verdict_on(claim: str) -> Verdict | None:
    """What became of a claim in the worlds that the evidence does not rule out, or in all worlds drawn where it was not tried in those."""
    return verdicts("ensemble").get(claim) or verdicts().get(claim)


@dataclass(frozen=True)
class Trial:
    """How a claim was tried.

    Attributes:
        contrast: What was compared with what, in words.
        scenario: Name of the scenario.
        days: Days that its runs lasted.
        arms: Policies of each side that differs from others by them alone.
    """

    contrast: str
    scenario: str
    days: int
    arms: frozenset[tuple[str, ...]]


@lru_cache(maxsize=64)
def trial_of(claim: str) -> Trial:
    """How a claim of the shipped file was tried."""
    document = load()
    found = next(one for one in document.claims if one.id == claim)
    arms = [document.arms[name] for name in sorted({name for name, _ in found.terms})]
    plain = len(arms) == sum(not (arm.settings or arm.change) for arm in arms)
    days = document.world.days or scenario_of(Address(scenario=arms[0].scenario)).days
    return Trial(found.contrast, arms[0].scenario, days, frozenset(arm.policies for arm in arms if plain))


def judged(mix: Mix) -> str:
    """In which share of the worlds that nothing rules out a shipped policy does what is claimed of it, in sentences that say by which contrast it was tried."""
    if mix.is_status_quo:
        return "The status quo has nothing to be judged by."
    steps = [step for slider in SLIDERS for step in slider.steps if (slider.key, step.key) in mix.steps]
    policy = mix.policies[0] if len(mix.policies) == 1 and len(steps) + bool(mix.also) == 1 else ""
    name = CLAIMS_OF_PRESETS.get(policy, "")
    verdict = verdict_on(name)
    if verdict is None or mix.contagion != "shipped" or mix.settings:
        return "Not judged for this mix: worlds have been tried for shipped policies alone, each by itself."
    trial = trial_of(name)
    if mix.scenario != trial.scenario:
        return f"Not judged in this scenario: “{verdict.claim}” has been tried in worlds of {trial.scenario}, not of {mix.scenario}."
    days = mix.scenario_now().days
    if days != trial.days:
        return f"Not judged for this horizon: “{verdict.claim}” has been tried over {trial.days} days, not over {days}."
    alone = trial.arms == frozenset[tuple[str, ...]]({(policy,), ()})
    tried = (
        "tried as this policy against the status quo"
        if alone
        else f"tried not as on this screen, but as {trial.contrast}"
    )
    shown = verdict.worlds.partition("; ")[0]
    counted = f"an effect of {verdict.smallest} or beyond ({verdict.unit})" if float(verdict.smallest) else "it"
    return (
        f"“{verdict.claim}”, {tried}: the sign is so in {verdict.signed} worlds that the evidence does not rule out; {counted} is shown in "
        f"{shown} (bounds of the share: {verdict.interval}). Verdict: {verdict.word}."
    )


def shown_in(verdict: Verdict) -> str:
    """In how many worlds a claim is shown, after the word of its verdict."""
    shown, *rest = verdict.worlds.split("; ")
    told = [f"the opposite in {part.removeprefix('opposite in ')}" for part in rest if part.startswith("opposite")]
    for part in rest:
        if part.startswith("unclear"):
            count, _, between = part.removeprefix("unclear in ").partition(": ")
            told.append(f"in {count} chance could turn it, so few are the runs: {between} may show it")
    return f", shown in {shown} worlds{''.join(f'; {part}' for part in told)}."
