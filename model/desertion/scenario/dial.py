"""The asylum dial: one number in [0, 1] that moves all hosts' levers from closed through the status quo to open."""

from collections.abc import Mapping

from desertion.parameters import CATEGORIES, SWEPT, Frozen, fixed

_ADMISSION = tuple(f"admission_{category}" for category in CATEGORIES)
_RECOGNITION = tuple(f"recognition_{category}" for category in CATEGORIES)
_VISA_FREE = tuple(f"visa_free_{category}" for category in CATEGORIES)

MOVED = (*_ADMISSION, *_RECOGNITION, *_VISA_FREE, "announced", "case_days", "cases", "places", "border")


class Dial(Frozen):
    """Where the levers stand at the two ends of the dial; between an end and the status quo they move in a line."""

    open_admission: float = fixed(1.0, "chance", "admission at the open end", 0.0, 1.0, source=SWEPT)
    open_recognition: float = fixed(0.95, "chance", "recognition at the open end", 0.0, 1.0, source=SWEPT)
    open_case_days: float = fixed(14.0, "days", "least days from claim to decision at the open end", 0.0, 3650.0)
    closed_case_days: float = fixed(730.0, "days", "least days from claim to decision at the closed end", 0.0, 3650.0)
    open_capacity: float = fixed(
        10.0, "multiple", "cases a day and free places at the open end, the scenario's being 1", 1.0
    )
    transit_from: float = fixed(0.5, "share of the way", "where closed borders start to let people pass", 0.0, 1.0)
    open_from: float = fixed(1.0, "share of the way", "where all borders are open", 0.0, 1.0)


def turn(dial: Dial, levers: Mapping[str, float], asylum: float, status_quo: float) -> dict[str, float]:
    """The new values of those levers of one host that the dial moves.

    At the status quo nothing moves. No lever is ever less open at a higher position: a host that is more open than
    the open end stays so. Recognition rises only where the border is not closed.

    Args:
        dial: The end values.
        levers: The host's levers on one day, before the dial.
        asylum: Position of the dial in [0, 1].
        status_quo: Position at which the scenario's own values hold.
    """
    if asylum == status_quo:
        return {name: levers[name] for name in MOVED}
    return (
        _closing(dial, levers, asylum / status_quo)
        if asylum < status_quo
        else _opening(dial, levers, (asylum - status_quo) / (1.0 - status_quo))
    )


def _closing(dial: Dial, levers: Mapping[str, float], left: float) -> dict[str, float]:
    moved = {name: levers[name] * left for name in (*_ADMISSION, *_RECOGNITION, *_VISA_FREE)}
    moved |= {"cases": _scaled(levers["cases"], left), "places": _places(levers, left)}
    days = levers["case_days"]
    longest = max(days, dial.closed_case_days)
    announced = levers["announced"]
    return moved | {
        "announced": announced * left if announced >= 0.0 else announced,
        "case_days": longest + (days - longest) * left,
        "border": levers["border"],
    }


def _opening(dial: Dial, levers: Mapping[str, float], way: float) -> dict[str, float]:
    border = levers["border"]
    if way >= dial.open_from:
        border = 2.0
    elif way >= dial.transit_from:
        border = max(border, 1.0)
    gates = dict.fromkeys(_ADMISSION, dial.open_admission)
    gates |= dict.fromkeys(_RECOGNITION, dial.open_recognition if border > 0.0 else 0.0)
    moved = {name: _toward(levers[name], max(levers[name], end), way) for name, end in gates.items()}
    moved |= {name: levers[name] for name in _VISA_FREE}
    factor = 1.0 + (dial.open_capacity - 1.0) * way
    moved |= {"cases": _scaled(levers["cases"], factor), "places": _places(levers, factor)}
    announced, days = levers["announced"], levers["case_days"]
    return moved | {
        "announced": _toward(announced, max(announced, dial.open_recognition), way) if announced >= 0.0 else announced,
        "case_days": _toward(days, min(days, dial.open_case_days), way),
        "border": border,
    }


def _places(levers: Mapping[str, float], factor: float) -> float:
    # Those that others hold are not the host's to give or to take back: the free ones grow and shrink.
    held = min(levers["places_taken"], levers["places"])
    return held + _scaled(levers["places"] - held, factor)


def _scaled(value: float, factor: float) -> float:
    # Nothing of an unlimited capacity is left at the closed end only, and an unlimited factor makes nothing of nothing.
    return value * factor if value > 0.0 and factor > 0.0 else 0.0


def _toward(value: float, end: float, way: float) -> float:
    return end if way >= 1.0 else value + (end - value) * way
