"""Labels in plain words: of measures, of inputs by dotted key, and of policies."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cache
from math import ceil, exp, floor, inf, isfinite, isnan, log10
from textwrap import fill, shorten

import pandas as pd
from numpy import format_float_positional

from desertion.parameters import Behaviour, Force, Host
from desertion.reading import setting_text
from desertion.scenario.documents import catalogue
from desertion.scenario.grain import marked
from desertion.simulation.record.columns import MEASURES

_LONGEST = 70  # letters of a label
_COUNTED = 27.0  # logarithm up to which a multiple is written out, some hundred billion
_LINE = 38  # letters of a line of a label that stands beside a bar

ROUTE_NAMES: dict[str, str] = {
    "hide": "hid at home",
    "refuse": "refused openly",
    "surrender": "surrendered",
    "flee": "fled abroad",
    "skilled": "skilled visa",
}
"""What the figures call each way to leave, in the order of stacking."""

NEW_COLUMNS = {route: f"new_{route}" for route in ROUTE_NAMES}
"""Daily column of departures by route."""

NAMES: dict[str, str] = {
    "share_left": "share of all persons who left",
    "left_total": "persons who left",
    "reservists_left": "reservists who left",
    "soldiers_left": "soldiers who left",
    "cost_eur": "cost to hosts",
    "infiltrators": "infiltrators let in",
    "protected": "persons protected",
    "peak_waiting": "largest queue for a decision",
    "cost_per_leaver": "cost per leaver",
    "left_surrender": "persons who surrendered",
    "asylum": "asylum dial (0 closed, 1 open fast track)",
    "contagion": "contagion (multiple of the scenario's)",
    "capacity": "capacity (multiple of the hosts' free places and cases a day)",
    "forces.@first.campaign_reach": "reach of the campaign (share who hear)",
    "forces.@first.campaign_credibility": "credibility (share of the gap closed)",
    "min_strength_share": "lowest strength (share of the start)",
    "collapsed": "share of runs in which a force collapses",
    "fallen": "share of runs in which a government falls",
    "dummy": "chance (dummy factor)",
    "behaviour.form": "form of contagion",
    "behaviour.threshold_draw": "how thresholds are drawn",
}
"""What measures and parameters that studies use often are called; measures without the unit, which stands with their definition."""


type Scales = tuple[tuple[float, float, str], ...]
"""Abbreviations of counts, largest first: from which size on, what it is divided by, and what stands behind it."""

SHORT: Scales = ((1e9, 1e9, " bn"), (1e6, 1e6, " M"), (1e5, 1e3, " k"))
"""Abbreviations at figures and in tables."""

LONG: Scales = ((1e9, 1e9, " billion"), (1e6, 1e6, " million"))
"""Abbreviations in sentences."""

NO_INTERVAL = "too few runs for an interval"
"""What stands in the place of an interval that a number has not."""


def number(value: float, scales: Scales = SHORT) -> str:
    """A count for reading: 950, 12,500, 340 k, 1.2 M; of three figures at most beyond ten thousand, of two below ten.

    Args:
        value: The count; "unknown" where it is not finite. Halves are rounded away from zero.
        scales: How large ones are abbreviated, `SHORT` at figures and in tables, `LONG` in sentences.
    """
    if not isfinite(value):
        return "unknown"
    size = abs(value)
    if size < 10.0 and size != int(size):
        # A hair above, since a half has no nearest and would go to the even figure.
        text = rounded(size * (1.0 + 1e-12), 2)
    else:
        step = 10.0 ** max(floor(log10(size)) - 2, 0) if size >= 1e4 else 1.0
        size = floor(size / step + 0.5) * step
        unit, word = scale_of(size, scales)
        text = trimmed(f"{size / unit:,.2f}") + word
    return f"-{text}" if value < 0.0 else text


def count_of(persons: float, size: float, scales: Scales = SHORT) -> str:
    """A count of persons for reading, see `number`, marked where it rests on too few simulated ones, each of whom stands for `size`."""
    return marked(number(persons, scales), persons, size)


def many(count: int, thing: str, things: str = "") -> str:
    """So many of a thing: 1 run, 2 runs, 1,200 replicates.

    Args:
        count: How many.
        thing: What one of them is called.
        things: What several are called, where it takes more than an s.
    """
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"


def at_least(is_open: bool) -> str:
    """What stands before a number to which more may come."""
    return "at least " if is_open else ""


def have(count: float) -> str:
    """The verb to so many: 1 has left, 2 have left."""
    return "has" if count == 1.0 else "have"


def scale_of(size: float, scales: Scales = SHORT) -> tuple[float, str]:
    """What a count of that size is divided by, and what then stands behind it."""
    return next(((unit, word) for least, unit, word in scales if size >= least), (1.0, ""))


def trimmed(text: str) -> str:
    """Figures without noughts at their end that stand behind the point."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: float, figures: int) -> str:
    """A number of so many figures at most, without noughts at its end and without an exponent: 0.25, 12.3, 100, 1,200."""
    short = float(f"{value:.{figures}g}")
    if abs(short) >= 1000.0:
        return f"{short:,.0f}"
    return format_float_positional(value, precision=figures, unique=False, fractional=False, trim="-")


def percent(share: float, decimals: int = 0, *, figures: int | None = None) -> str:
    """A share as per cent with so many decimals, or else of so many figures: 12 %, 22.60 %, 0.034 %."""
    if not isfinite(share):
        return "unknown"
    told = f"{100.0 * share:,.{decimals}f}" if figures is None else rounded(100.0 * share, figures)
    return f"{told if told.strip('-0.,') else told.removeprefix('-')} %"


def at_most(share: float, decimals: int = 0) -> str:
    """The same, rounded up: what is said to be the most is never below the share itself."""
    if not isfinite(share):
        return percent(share)
    # A share that is a whole number but for rounding stays it.
    return percent(ceil(100.0 * share * 10**decimals - 1e-6) / 10**decimals / 100.0, decimals)


def span(low: float, high: float, say: Callable[[float], str], to: str = " to ") -> str:
    """An interval in words, its ends as `say` has them; where they are missing, that there are too few runs for one."""
    return NO_INTERVAL if isnan(low) or isnan(high) else f"{say(low)}{to}{say(high)}"


def label(name: str) -> str:
    """Label of a measure or an input: an input by dotted key is called what its definition calls it."""
    return called(name, _with_unit)


def _with_unit(name: str) -> str:
    words, unit = called(name), MEASURES[name].unit if name in MEASURES else ""
    return words if unit.lower() in words.replace(" ", "-").lower() else f"{words} ({unit})"


_SPREAD = "spread of "
"""Before a measure: its standard deviation over the replicates of a design point."""


def called(name: str, say: Callable[[str], str] | None = None) -> str:
    """The same without a unit, as it stands within a sentence.

    Args:
        name: The measure or input.
        say: What the name of a measure is to be told by, if not so.
    """
    plain, at, force = name.partition("@")
    if name.startswith("log10 "):
        return f"decimal logarithm of {called(name.removeprefix('log10 '), say)}"
    if name.startswith(_SPREAD):
        return _SPREAD + called(name.removeprefix(_SPREAD), say)
    if at and "." not in plain:
        return f"{called(plain, say)}, {force}"
    if say is not None:
        return say(name)
    return NAMES.get(name) or _defined(name) or name.rpartition(".")[2].replace("_", " ")


def beside(name: str) -> str:
    """The label in lines that leave room for what it stands beside."""
    return fill(label(name), _LINE)


def capital(text: str) -> str:
    """The text with a capital letter at its head, the rest as it is."""
    return text[:1].upper() + text[1:]


def sentence(name: str) -> str:
    """The label with a capital letter, for a title."""
    return capital(label(name))


def dated(day: dt.date) -> str:
    """A date in words: 9 November 1989."""
    return f"{day.day} {day:%B %Y}"


def multiple(term: float) -> str:
    """A term of the log-hazard as what it multiplies the chance to leave by, of two figures; empty where that is 1, "alone" where nothing else makes it."""
    if term == inf:
        return "alone"
    if not -700.0 < term < 700.0:
        return "never" if term < 0.0 else "at once"
    told = f"{exp(term):.2g}"
    told = number(float(told)) if 0.0 < term < _COUNTED else told
    return "" if told == "1" else f"×{told}"


def likelier(term: float) -> str:
    """The same as somebody would say it: ×1.6 likelier, ×2.5 less likely; empty where it moves nothing."""
    told = multiple(abs(term))
    return f"{told} {'likelier' if term > 0.0 else 'less likely'}" if told.startswith("×") else multiple(term)


def policy(name: str) -> str:
    """A policy's or case's name as words; what is words already stays."""
    return "no policy" if name == "none" else name if " " in name else name.replace("-", " ").replace("+", " + ")


def departures(daily: pd.DataFrame) -> dict[str, str]:
    """Columns of departures by way; of visas for the skilled only where somebody left by one."""
    skilled = "new_skilled" in daily and bool(daily["new_skilled"].any())
    return {route: column for route, column in NEW_COLUMNS.items() if skilled or route != "skilled"}


def points(rows: pd.DataFrame) -> list[str]:
    """Each row's policy with its settings of other parameters, which stand in the columns before `measure`."""
    known = {"measure", "baseline", "policy"}
    first = list(rows.columns).index("measure")
    settings = [str(name) for name in rows.columns[:first] if name not in known]
    return [
        ", ".join(
            [policy(str(row["policy"])), *(_setting(name, row[name]) for name in settings if pd.notna(row[name]))]
        )
        for _, row in rows.iterrows()
    ]


def _setting(name: str, value: object) -> str:
    return f"{name} {setting_text(value)}" if isinstance(value, str | bool) else f"{name} {value:g}"


def titled(titles: Sequence[str]) -> str:
    """What a mix of policies is called: their titles up to their colons, one after the other."""
    words = [title.removeprefix("Lever: ").split(":")[0].strip() for title in titles]
    return " + ".join(map(capital, words)) or "The scenario as it is"


def within(name: str) -> str:
    """A name as it stands within a sentence: a shipped policy's begins small; the caller's own may be a proper name, and stays."""
    first = name.split(" + ")[0].split(" (")[0]
    return name[:1].lower() + name[1:] if first in _shipped_titles() else name


@cache
def _shipped_titles() -> frozenset[str]:
    titles = catalogue()["policies"].values()
    return frozenset({titled([]), *(titled([title]) for title in titles)})


def short(title: str) -> str:
    """A title up to its first comma or colon."""
    return title.split(",")[0].split(":")[0].strip()


@cache
def _defined(key: str) -> str:
    """What the definition of an input says, cut at its first colon or comma; empty for what is none."""
    table, _, rest = key.partition(".")
    field = rest.rpartition(".")[2]
    for model, home in ((Behaviour, "behaviour"), (Force, "forces"), (Host, "hosts")):
        if table == home and field in model.model_fields:
            words = (model.model_fields[field].description or "").split(":")[0]
            if words[:1].isdigit():  # a scale, which does not say of what
                words = f"{field.replace('_', ' ')} ({words})"
            if words.startswith("w of"):  # the articles' letter for an exponent
                words = words.replace("w of", "exponent of", 1)
            if len(words) > _LONGEST:
                words = words.split(", ")[0]
            if words.count("(") > words.count(")"):  # cut within brackets
                words = words.rpartition("(")[0].strip()
            told = shorten(words, _LONGEST, placeholder=" ...")
            # Of two hosts the same input is not the same; "*" and "@first" name none.
            whose = rest.rpartition(".")[0].removeprefix("@")
            return told if whose in ("", "*", "first") else f"{whose}: {told}"
    return ""
