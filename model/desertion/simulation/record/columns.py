"""Columns: unit, size basis and definition of every column and measure that a run gives, in their one home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from desertion.simulation.world.codes import KINDS, ROUTES, STATUSES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

SIMULATED = "simulated"
"""Counts of simulated persons: divided by the scenario's scale they are of real size."""
REAL = "real"
"""At real size already, whatever the scale."""
NONE = ""
"""Shares, days and names, which have no size."""

BAND = {"low": 0.05, "lower": 0.25, "median": 0.5, "upper": 0.75, "high": 0.95}
"""Columns of a band and their quantiles over runs: the median, the middle half, and nine tenths of the runs."""


class Column(NamedTuple):
    """One column.

    Attributes:
        unit: Its unit, empty for names.
        size: `SIMULATED`, `REAL` or `NONE`.
        kind: "stock" (at the end of the day), "flow" (of that day), "total" (from the start), "measure" (of a run) or "key".
        definition: What it is.
    """

    unit: str
    size: str
    kind: str
    definition: str


class Definitions(dict[str, dict[str, str]]):
    """Definitions of a table's columns as they stand in `DataFrame.attrs["columns"]`; every copy of the table shares them, and no other table."""

    def __deepcopy__(self, _memo: Any) -> Self:
        return self


def definitions(names: Iterable[str], known: Mapping[str, Column]) -> Definitions:
    """The definitions of those columns that are known, a number of one force (`left@army`, `army:left`) among them."""
    found: dict[str, dict[str, str]] = {}
    for name in map(str, names):
        plain, force = _parts(name, known)
        if plain in known:
            about = known[plain]._asdict()
            about["definition"] += f", of force {force} alone" if force else ""
            found[name] = about
    return Definitions(found)


def counted(names: Iterable[str], known: Mapping[str, Column]) -> list[str]:
    """Those columns that count simulated persons, a number of one force among them."""
    return [name for name, about in definitions(names, known).items() if about["size"] == SIMULATED]


def is_chance(name: str) -> bool:
    """Whether a measure, of all forces or one, is 0 or 1 in a run, so that its share of runs is what counts and its median says nothing."""
    return name.rpartition(":")[2].partition("@")[0] in ("collapsed", "fallen")


def _parts(name: str, known: Mapping[str, Column]) -> tuple[str, str]:
    """The name of a column without its force, and the force; empty where it counts all."""
    if name in known:
        return name, ""
    for sign, at_end in (("@", True), (":", False)):
        before, found, after = name.partition(sign)
        if found:
            return (before, after) if at_end else (after, before.removeprefix("all"))
    return name, ""


def at_real_size(table: pd.DataFrame, scale: float | NDArray[np.float64]) -> pd.DataFrame:
    """A table of days, hosts or measures with its counts of simulated persons at real size, as its definitions then say.

    A table whose `attrs["columns"]` say that it is at real size stays as it is.

    Args:
        table: Columns that are known neither to its definitions nor, where it has none, here stay.
        scale: Share of real size that was simulated, one for all rows or one each.
    """
    columns: Definitions = table.attrs.get("columns") or definitions(table.columns, HOSTLY | DAILY | MEASURES)
    counts = [name for name, about in columns.items() if about["size"] == SIMULATED and name in table]
    # Whole numbers stay whole where one simulated person is one person.
    changed = {} if np.all(np.asarray(scale) == 1.0) else {name: table[name] / scale for name in counts}
    real = table.assign(**changed)
    real.attrs = table.attrs | {"columns": real_definitions(columns)}
    return real


def real_definitions(columns: Definitions) -> Definitions:
    """Definitions of columns whose counts have been brought to real size."""
    return Definitions(
        {
            name: about | {"size": REAL if about["size"] == SIMULATED else about["size"]}
            for name, about in columns.items()
        }
    )


def _persons(kind: str, definition: str) -> Column:
    return Column("persons", SIMULATED, kind, definition)


_STATUS = {
    "home": "at home, neither called up nor sought",
    "summoned": "called up and not yet due to report",
    "training": "in training after a call-up",
    "serving": "serving in a squad",
    "wounded": "wounded, on leave until discharge or return",
    "killed": "killed so far",
    "captured": "taken prisoner in combat so far",
    "surrendered": "in captivity who surrendered of themselves",
    "hiding": "in hiding in their own country, sought by the police",
    "refusing": "who refused openly and await trial",
    "in_flight": "on the way to a border",
    "at_border": "waiting at a border",
    "abroad": "abroad without a claim",
    "applicant": "waiting for a decision on a claim",
    "protected": "under protection",
    "refused": "refused protection, living on abroad or about to be returned",
    "punished": "being punished",
    "emigrated": "emigrated on a skilled-worker visa",
}
_WAY = {
    "hide": "hid", "flee": "set out abroad", "surrender": "surrendered", "refuse": "refused openly", "skilled": "left on a skilled visa",
}  # fmt: skip

KEYS = {
    "day": Column("day", NONE, "key", "0 is the start, d the end of the d-th day"),
    "force": Column("", NONE, "key", "name of the force"),
    "host": Column("", NONE, "key", "name of the host"),
}

DAILY = {
    "day": KEYS["day"],
    "force": KEYS["force"],
    **{name: _persons("stock", f"persons {about}") for name, about in _STATUS.items()},
    **{f"new_{route}": _persons("flow", f"departures of the day: {about}") for route, about in _WAY.items()},
    "new_wounded": _persons("flow", "wounded that day"),
    "new_killed": _persons("flow", "killed that day"),
    "new_captured": _persons("flow", "taken prisoner in combat that day"),
    "caught": _persons("flow", "found by the police, tried for refusal, or punished on being returned by a host (then in `returned` too)"),
    "returned": _persons("flow", "gave themselves up, came home from abroad, or were returned by a host (who is then punished is in `caught` too)"),
    "left": _persons("total", "persons who have left at least once, each once, whatever became of them"),
    **{f"{kind}s_left": _persons("total", f"{kind}s who have left at least once, each once") for kind in KINDS},
    "departures": Column("departures", SIMULATED, "total", "departures; who leaves again counts again"),
    "strength": _persons("stock", "soldiers serving"),
    "effective_strength": _persons("stock", "soldiers serving, less those who carry the day's wounded"),
    "legitimacy": Column("share", NONE, "stock", "legitimacy of the government, in [0, 1]"),
    "turnout": Column("share", NONE, "flow", "turned out in the street, as a share of all people; 0 on other than protest days"),
    "war_index": Column("index", NONE, "stock", "index of expected war length, 100 at full strength and without surrenders; a force that begins without soldiers has none"),
    "information": Column("soldiers", SIMULATED, "stock", "worth of what prisoners have told, fading"),
    "output_lost": Column("EUR", REAL, "flow", "output lost that day by skilled people away"),
    "collapsed": Column("truth value", NONE, "total", "whether the force has collapsed"),
    "fallen": Column("truth value", NONE, "total", "whether the government has fallen"),
    "turned_back": _persons("flow", "stopped at the own frontier, or turned away by a host"),
    "called": _persons("flow", "summoned that day; names that were not at home do not count"),
    "served": _persons("total", "people who were no soldiers at the start and have served"),
    "news": Column("share", NONE, "stock", "army news of all routes together: leavers as heard, weighted and fading, those who served per soldier of the first day, others per head; may exceed 1"),
    "prisoner_cost_eur": Column("EUR", REAL, "flow", "cost of prisoners to their captor that day"),
    "captor_casualties": Column("casualties", SIMULATED, "flow", "casualties of the captor in taking prisoners by force"),
    "captor_saved": Column("casualties", SIMULATED, "flow", "casualties that the captor was spared by surrenders"),
    "cut_off": _persons("stock", "men serving in the morning in companies that are cut off"),
    "unit_surrenders": Column("companies", SIMULATED, "flow", "companies that followed their commander into surrender that day"),
    "threat": Column("per cent a month", NONE, "stock", "reservists to be called up in the coming month, times the danger relative to the reference state, as published in the morning; 0 in row 0"),
    "quarter_believed": Column("share", NONE, "stock", "believed share of prisoners who are treated well, as published in the morning"),
    "flight_believed": Column("share", NONE, "stock", "believed worth of flight for evaders, mean over communities, likewise"),
}  # fmt: skip
"""Columns of `daily`, one row a day and force."""

HOSTLY = {
    **KEYS,
    "at_border": _persons("stock", "waiting at the border"),
    "waiting": Column("cases", SIMULATED, "stock", "claims that wait for a decision"),
    "admitted": _persons("flow", "let in: entry without a claim, and claims at the border"),
    "irregular": _persons("flow", "slipped in"),
    "turned_away": _persons("flow", "turned away at the border"),
    "decided": Column("cases", SIMULATED, "flow", "claims decided"),
    "granted": Column("cases", SIMULATED, "flow", "claims granted"),
    "refused": Column("cases", SIMULATED, "flow", "claims refused"),
    "protected": _persons("stock", "under protection"),
    "abroad": _persons("stock", "in the country without a claim"),
    "cost_eur": Column("EUR", REAL, "flow", "cost of reception, of protection and of passing people on"),
    "infiltrators": _persons("flow", "infiltrators granted protection"),
    "output_gained": Column("EUR", REAL, "flow", "output gained by skilled people protected or emigrated"),
    "genuine_refused": Column("cases", SIMULATED, "flow", "claimants refused for a false alarm of screening alone"),
    "passed_on": _persons("flow", "passed on to another host under a transit agreement"),
    "visas": Column("visas", SIMULATED, "flow", "skilled-worker visas used"),
    "tolerated": _persons("stock", "refused and still in the country"),
    "emigrated": _persons("stock", "living there on a skilled-worker visa"),
    "over_budget_eur": Column("EUR", REAL, "flow", "cost above the host's budget of the day"),
}
"""Columns of `hosts`, one row a day, host and force of origin."""

PEOPLE = {
    "person": Column("", NONE, "key", "row of the person; the same seed gives the same person under every policy"),
    "force": KEYS["force"],
    "kind": Column("", NONE, "key", f"at the start: {', '.join(KINDS)}"),
    "status": Column("", NONE, "stock", f"at the end: {', '.join(STATUSES)}"),
    "route": Column("", NONE, "measure", f"way of the first departure: {', '.join(ROUTES)}; missing if never"),
    "day_left": Column("day", NONE, "measure", "day of the first departure, the first day being 1; missing if never"),
    "unit": Column("", NONE, "key", "row of the squad in which he serves or last served, -1 for none"),
    "company": Column("", NONE, "key", "row of its company, -1 for none"),
    "division": Column("", NONE, "key", "row of its division, -1 for none"),
    "community": Column("", NONE, "key", "row of the home community"),
    "skilled": Column("truth value", NONE, "key", "whether he is skilled"),
    "host": Column("", NONE, "stock", "where he is or to which he is on the way; missing in his own country"),
    "spells": Column("spells", NONE, "measure", "spells begun, the first included"),
}  # fmt: skip
"""Columns of `people()`, one row a person."""


def _sum(unit: str, size: str, definition: str) -> Column:
    return Column(unit, size, "measure", definition)


def _number(definition: str) -> Column:
    return _sum("persons", SIMULATED, definition)


_DAY = "the horizon if that never comes, none if the run ended before"

MEASURES = {
    "left_total": _number("persons who left at least once"),
    "share_left": _sum("share", NONE, "persons who left at least once, of all people"),
    **{f"left_{route}": _number(f"persons whose first departure was that they {about}") for route, about in _WAY.items()},
    **{f"{kind}s_left": _number(f"{kind}s who left at least once") for kind in KINDS},
    **{f"day_{share}": _sum("day", NONE, f"day on which {share} % of the soldiers serving at the start have left; {_DAY}") for share in (10, 25, 50)},
    "soldiers_left_share": _sum("share", NONE, "soldiers serving at the start who left, of all such; who was absent had left before"),
    "reservists_left_share": _sum("share", NONE, "reservists who left, of all reservists"),
    "clumping_company": _sum("", NONE, "(variance - mean) / mean^2 of leavers by company: 0 for chance alone, more where leaving clumps"),
    "clumping_division": _sum("", NONE, "the same by division"),
    "departures": _sum("departures", SIMULATED, "departures; who leaves again counts again"),
    "flee_departures": _sum("departures", SIMULATED, "departures abroad, each time anew"),
    "surrendered": _sum("departures", SIMULATED, "surrenders"),
    "hid": _sum("departures", SIMULATED, "departures into hiding, each time anew"),
    "refused_openly": _sum("departures", SIMULATED, "open refusals, each time anew"),
    "skilled_left": _sum("departures", SIMULATED, "departures on a skilled-worker visa"),
    "casualties": _number("wounded, killed and captured, all days added up"),
    "captured": _number("taken prisoner in combat"),
    "caught": _sum("events", SIMULATED, "found by the police, tried for refusal, or punished on being returned (then in `returned` too)"),
    "returned": _sum("events", SIMULATED, "gave themselves up, came home from abroad, or were returned by a host (who is then punished is in `caught` too)"),
    "turned_back": _sum("events", SIMULATED, "stopped at the own frontier, or turned away by a host"),
    "served_reservists": _number("people who were no soldiers at the start and have served"),
    "abroad_end": _number("abroad without a claim at the end"),
    "strength_end": _number("soldiers serving at the end"),
    "strength_share_end": _sum("share", NONE, "soldiers serving at the end, of those at the start"),
    "min_strength_share": _sum("share", NONE, "fewest soldiers serving on a day, of those at the start"),
    "mean_strength_share": _sum("share", NONE, "mean over days of soldiers serving, of those at the start"),
    "effective_mean_share": _sum("share", NONE, "the same of effective strength"),
    "soldier_days": _sum("soldier-days", SIMULATED, "days served, all soldiers added up"),
    "legitimacy_min": _sum("share", NONE, "lowest legitimacy"),
    "legitimacy_end": _sum("share", NONE, "legitimacy at the end, mean over forces of whatever size"),
    "turnout_max": _sum("share", NONE, "largest turnout of a force on a day, of its people"),
    "war_index_end": _sum("index", NONE, "index of expected war length at the end, mean over forces that begin with soldiers, of whatever size"),
    "news_max": _sum("share", NONE, "largest army news of a force on a day"),
    "information": _sum("soldier-days", SIMULATED, "worth of what prisoners had told, all days added up"),
    "output_lost": _sum("EUR", REAL, "output lost by skilled people away"),
    "prisoner_cost_eur": _sum("EUR", REAL, "cost of prisoners to their captor"),
    "captor_casualties": _sum("casualties", SIMULATED, "casualties of the captor in taking prisoners by force"),
    "captor_saved": _sum("casualties", SIMULATED, "casualties that the captor was spared by surrenders"),
    "collapsed": _sum("share", NONE, "1 if a force collapsed, else 0; over runs its chance"),
    "fallen": _sum("share", NONE, "1 if a government fell, else 0; over runs its chance"),
    "breakpoint_day": _sum("day", NONE, f"day of the first collapse; {_DAY}"),
    "fall_day": _sum("day", NONE, f"day of the first fall of a government; {_DAY}"),
    "falls": _sum("governments", NONE, "governments that fell"),
    "protected": _number("under protection at the end"),
    "granted": _sum("cases", SIMULATED, "claims granted"),
    "decided": _sum("cases", SIMULATED, "claims decided"),
    "decided_or_waiting": _sum("cases", SIMULATED, "claims decided, and those that wait at the end"),
    "admitted": _number("let in by hosts: entry without a claim, and claims at the border"),
    "irregular": _number("slipped in"),
    "turned_away": _sum("events", SIMULATED, "turned away at a border"),
    "passed_on": _sum("events", SIMULATED, "passed on to another host"),
    "visas": _sum("visas", SIMULATED, "skilled-worker visas used"),
    "peak_waiting": _sum("cases", SIMULATED, "most claims waiting on a day, all hosts together"),
    "peak_border": _number("most people waiting at borders on a day, all hosts together"),
    "cost_eur": _sum("EUR", REAL, "cost to the hosts"),
    "over_budget_eur": _sum("EUR", REAL, "cost above the hosts' budgets, day by day"),
    "infiltrators": _number("infiltrators granted protection"),
    "genuine_refused": _sum("cases", SIMULATED, "claimants refused for a false alarm of screening alone"),
    "output_gained": _sum("EUR", REAL, "output gained by the hosts"),
    "cost_per_leaver": _sum("EUR", REAL, "cost to the hosts for each person who left, by whatever way"),
    "claim_share": _sum("share", NONE, "claims decided or waiting, for each departure abroad"),
}  # fmt: skip
"""Measures of a run: all forces together, and of each as `measure@force` where there are several."""

SUMS = {
    "flee_departures": ("new_flee",),
    "surrendered": ("new_surrender",),
    "hid": ("new_hide",),
    "refused_openly": ("new_refuse",),
    "skilled_left": ("new_skilled",),
    "casualties": ("new_wounded", "new_killed", "new_captured"),
    "captured": ("new_captured",),
}
"""Measures that add up daily columns of other names, all days together."""
