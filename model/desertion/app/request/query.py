"""Mixes as they are read from addresses: from the simulator's own, part by part, and from those of the other pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode

from desertion.app.request.address import LONGEST, READERS, Address, Settings
from desertion.app.request.address import parse as parse_address
from desertion.app.request.choice import arm_in_words, check_names, scenario_of, settings_of
from desertion.app.request.mix import PLAIN, VERSION, Mix
from desertion.app.request.sliders import CONTAGION, SLIDERS
from desertion.errors import InputError, input_error, refuse_unknown, unknown_name
from desertion.reading import toml_value
from desertion.scenario.documents import JOIN

_SLID = {
    "contagion": ("has a slider of its own", "move that"),
    "asylum": (
        "is a dial of the page Watch it happen, which moves many inputs at once",
        "move the sliders of the doors, or set it there",
    ),
}
"""Dials that are not set on the first screen: what is said of each, and the way out."""

_LOST = "lost"
"""Part of an address that says what the page before showed and the sliders cannot say."""


def parse(query: str) -> tuple[Mix, dict[str, str]]:
    """What an address asks, and by part what is wrong with it; a part that is wrong stands at its default.

    Args:
        query: The part after the question mark.
    """
    if len(query) > LONGEST:
        return Mix(), {"address": f"the address is {len(query)} characters long, at most {LONGEST} are read"}
    parts = _split(query)
    mix, wrong = _taken(parts, checked=False)
    try:
        mix.scenario_now()
    except InputError:
        # Something is wrong, or two things do not go together: taken one by one, the first that breaks the run is the one to name.
        mix, wrong = _taken(parts, checked=True)
    return mix, wrong


def _split(query: str) -> list[tuple[str, str]]:
    return [(name, text.strip()) for name, text in parse_qsl(query.replace("+", "%2B"), keep_blank_values=True)]


def _taken(parts: Iterable[tuple[str, str]], *, checked: bool) -> tuple[Mix, dict[str, str]]:
    mix, wrong = Mix(), {}
    # The scenario first, wherever it stands: the rest is held against it.
    for name, text in sorted(parts, key=lambda part: part[0] != "scenario"):
        try:
            changed = _with(mix, name, text)
            if checked and changed != mix:
                changed.scenario_now()
        except InputError as problem:
            wrong[text.partition("=")[0].strip()[:80] if name == "set" else name[:80]] = str(problem)
        else:
            mix = changed
    return mix, wrong


def _with(mix: Mix, name: str, text: str) -> Mix:
    """The mix with one part of an address taken over.

    Raises:
        InputError: If there is no such part, or it cannot be so.
    """
    slider = next((slider for slider in SLIDERS if slider.key == name), None)
    if slider is not None:
        refuse_unknown(f"step of {name}", text, [step.key for step in slider.steps])
        others = [pair for pair in mix.steps if pair[0] != name]
        own = [] if text == slider.steps[slider.usual].key else [(name, text)]
        ranks = [each.key for each in SLIDERS]
        return replace(mix, steps=tuple(sorted([*others, *own], key=lambda pair: ranks.index(pair[0]))))
    if name == "contagion":
        refuse_unknown("strength of contagion", text, CONTAGION)
    if name == "also" and text:
        check_names(mix.scenario, (text,))
    if name == "beside" and any(part == name for part, _ in _split(text)):
        # Read on, each level would be read twice for every time that the level above is.
        raise input_error(
            name, text, "keeps another mix in turn, and one is kept at a time", way_out="leave its own beside out"
        )
    if name == "beside" and text and (wrong := parse(text)[1]):
        raise InputError(f"what was kept as A cannot be shown: {next(iter(wrong.values()))}", key=name)
    if name == _LOST and (lost := _in_words(parse_address(text)[0])):
        raise InputError(f"what was chosen before is not in these sliders, which cannot say it: {lost}", key=name)
    if name == "set":
        return _with_setting(mix, text)
    if name in (VERSION, _LOST) or not text:
        return mix
    if name not in PLAIN:
        raise unknown_name("part of the address", name, [*(each.key for each in SLIDERS), *PLAIN, "set", VERSION])
    read = READERS.get(name)
    return replace(mix, **{name: read(name, text) if read else text})


def _in_words(lost: Address) -> str:
    """Policies and dials that the sliders cannot say together; empty for none."""
    check_names(lost.scenario, lost.policies)
    policies = [f"“{arm_in_words(JOIN.join(lost.policies))}”"] if lost.policies else []
    dials = [f"{key} = {value}" for key, value in settings_of(replace(lost, settings=_dials(lost))).items()]
    return ", ".join([*policies, *dials])


def _with_setting(mix: Mix, text: str) -> Mix:
    key, sign, value = (part.strip() for part in text.partition("="))
    if not sign or not key:
        raise InputError(f"{text[:80]!r} has no key and value; write dotted.key = value")
    if key in _SLID:
        raise input_error(key, toml_value(value, key), _SLID[key][0], way_out=_SLID[key][1])
    settings = {name: word for name, word in mix.settings if name != key} | {key: value}
    changed = replace(mix, settings=tuple(sorted(settings.items())))
    settings_of(changed.address, tuple(_SLID))
    return changed


def mix_of(address: Address) -> Mix | None:
    """The mix that says what another page's address says of policies and inputs, in whichever order where that changes nothing; None where the sliders cannot say it.

    Raises:
        InputError: If the address holds an input that is not allowed.
    """
    strength = settings_of(address).get("contagion", CONTAGION["shipped"])
    contagion = next((key for key, value in CONTAGION.items() if value == strength), None)
    slid = [
        (slider.key, step)
        for slider in SLIDERS
        for step in slider.steps
        if step.policies and set(step.policies) <= set(address.policies)
    ]
    steps = tuple((key, step.key) for key, step in slid)
    moved = {policy for _, step in slid for policy in step.policies}
    also = next((policy for policy in address.policies if policy not in moved), "")
    if contagion is None or any(key == "asylum" for key, _ in address.settings):
        return None
    mix = replace(world_of(address), steps=steps, also=also, contagion=contagion)
    if sorted(mix.policies) != sorted(address.policies):
        return None
    return mix if mix.policies == address.policies or _moves(mix.address) == _moves(address) else None


def _moves(address: Address) -> tuple[object, ...]:
    """What policies make of a scenario, whatever they are called and in whichever order they were laid over it."""
    course = scenario_of(address).course
    return course.forces, course.hosts, course.changes, course.bans


def home(address: Address) -> str:
    """The query of the first screen that shows what another page's address shows; of what the sliders cannot say there is a word in it."""
    if mix := mix_of(address):
        return mix.query()
    # The world, and what is kept as A, go home with the visitor all the same.
    lost = replace(Address(), policies=address.policies, settings=_dials(address))
    return "&".join(filter(None, [world_of(address).query(), urlencode([(_LOST, lost.query())], quote_via=quote)]))


def _dials(address: Address) -> Settings:
    return tuple(pair for pair in address.settings if pair[0] in _SLID)


def world_of(address: Address) -> Mix:
    """The status quo of the run that another page's address asks for, without the dials that the first screen has not."""
    return Mix(
        scenario=address.scenario,
        seed=address.seed,
        scale=address.scale,
        days=address.days,
        settings=tuple(pair for pair in address.settings if pair[0] not in _SLID),
        beside=address.beside,
    )
