"""The sliders of the policy simulator: their steps, each a composition of shipped policies, and the strengths of contagion."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One place of a slider.

    Attributes:
        key: What stands for it in an address.
        word: What stands for it on the track.
        policies: Shipped policies that are laid over the scenario, in order.
    """

    key: str
    word: str
    policies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slider:
    """One slider: a few steps, each a composition of shipped policies.

    Attributes:
        key: What stands for it in an address.
        title: What it moves.
        group: Under which heading it stands.
        meaning: What it moves, in a sentence.
        steps: Its places, in order.
        claims: Claims of the articles that speak of it.
    """

    key: str
    title: str
    group: str
    meaning: str
    steps: tuple[Step, ...]
    claims: tuple[str, ...] = ()

    @property
    def usual(self) -> int:
        """Number of the step at which nothing is changed."""
        return next(place for place, step in enumerate(self.steps) if not step.policies)


SLIDERS = (
    Slider(
        "border", "Border states", "Doors",
        "Who may enter the states that share a border and ask for a visa.",
        (
            Step("shut", "shut", ("closed-borders",)), Step("transit", "transit only", ("transit-corridor",)),
            Step("visa", "with a visa"), Step("open", "no visa", ("visa-free-neighbours",)),
        ),
        ("closed-borders-backfire", "transit-suffices"),
    ),
    Slider(
        "asylum", "Asylum in distant states", "Doors",
        "Whether the states that offer asylum admit and recognise those who deserted, refused or evaded.",
        (
            Step("none", "none", ("lever-admission-closed", "lever-recognition-low")),
            Step("case-by-case", "case by case"), Step("fast", "fast track", ("fast-track",)),
        ),
        ("fast-track", "open-refusal"),
    ),
    Slider(
        "capacity", "Places and caseworkers", "Hosts",
        "How many people all hosts can take in, and how many cases a day the distant ones can decide.",
        (
            Step("taken", "a tenth", ("capacity-taken",)), Step("usual", "as it is"),
            Step("ten", "ten times", ("lever-places-many", "lever-caseworkers-many")),
        ),
        ("capacity", "no-burden"),
    ),
    Slider(
        "screening", "Screening", "Hosts",
        "How closely claimants are looked at for those whom the enemy sends.",
        (
            Step("none", "none", ("lever-screening-none",)), Step("usual", "as it is"),
            Step("strict", "two months", ("strict-screening",)),
        ),
        ("spies-are-manageable",),
    ),
    Slider(
        "campaign", "Information campaign", "Message and enemy",
        "How many soldiers and civilians hear how prisoners and refugees are treated.",
        (
            Step("none", "none"), Step("half", "half hear it", ("information-campaign",)),
            Step("all", "all hear it", ("lever-campaign",)),
        ),
        ("propaganda",),
    ),
    Slider(
        "prisoners", "Treatment of prisoners", "Message and enemy",
        "How those who surrender are treated, and what is said about it.",
        (
            Step("no-quarter", "no quarter", ("no-quarter",)), Step("usual", "as it is"),
            Step("humane", "humane", ("humane-treatment",)),
        ),
        ("humane-treatment", "no-quarter-backfires"),
    ),
    Slider(
        "ban", "Exit ban at home", "Message and enemy",
        "Whether men liable to serve may leave their own country.",
        (Step("none", "none"), Step("30", "from day 30", ("exit-ban",)), Step("now", "at once", ("lever-ban-now",))),
        ("exit-ban-backfires",),
    ),
)  # fmt: skip
"""The sliders, in the order in which their policies are laid over the scenario: of two that state what does not go together the later one wins."""

CONTAGION = {"none": 0.0, "shipped": 1.0, "stronger": 2.0}
"""How strong contagion is, as a multiple of all its weights, by what stands for it in an address."""

CONTAGION_WORDS = {"none": "none", "shipped": "as shipped", "stronger": "twice"}
"""What stands for it on the track."""
