"""Desertion cascades: who stays, who leaves an army, by which door, and what the neighbours do about it.

The names below are the whole public interface; they stay, and what changes about them is announced a version ahead by a
`DeprecationWarning`. Everything else in the package may change without a word.

The model
    `DesertionModel`      one run, day by day: a Mesa model with tables `daily`, `hosts`, `people()` and `measures()`
    `Scenario`            who is there, where they may go, how they decide, what changes when; `Scenario.load(name or path)`
    `Policy`              changes to levers with dates, to be laid over any scenario
    `Society`             people built once, on whom any policy can be run
    `Soldier`, `Reservist`, `Civilian`    the people; subclass one to change how it decides

Own documents and results
    `check`               what a file leaves to defaults, what looks odd in it, what would run
    `rerun`               results made again from their folder: do the bits agree?
    `at_real_size`        a table of simulated persons at real size

Questions: each takes a `Scenario`, a name or a path, and gives a table or an object with tables
    `compare`             policies on the same people and fates -> `Comparison`
    `sweep`               many runs over inputs, or over design points of your own -> `Study`
    `sensitivity`         which inputs decide a measure -> table
    `search`              policy mixes on the Pareto front within limits
    `theory`              reproduction number, tipping point, steady states; no run
    `trace`               one person's life, term by term -> table
    `history`             dated series and their caveats, beside a scenario if you like
    `calibrate`           any scenario fitted to a series, your own too: what it says, predicts and leaves open
    `contagion`           your own events: do linked units act close together?
    `match`               worlds that targets do not rule out -> object with tables
    `claims`              claims judged over plausible worlds
    `thesis`              contagion against its rivals on all series
    `RunOptions`          with what the runs of a question are done: executor, scheduler, shard and the like

Every name is loaded when it is first used, so that importing `desertion` costs next to nothing. `InputError` is what wrong
input raises: one sentence that says what, where and the way out. `StudyFailedError` is raised where no run could be finished.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desertion.errors import InputError
    from desertion.scenario import Policy, Scenario
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.population.persons import Civilian, Reservist, Soldier
    from desertion.simulation.society.society import Society
    from desertion.simulation.trace import trace
    from desertion.study.analysis.columns import at_real_size
    from desertion.study.analysis.study import Study
    from desertion.study.calibration.calibrate import calibrate
    from desertion.study.checkup import check
    from desertion.study.comparison.compare import compare
    from desertion.study.comparison.comparison import Comparison
    from desertion.study.failures import StudyFailedError
    from desertion.study.history.history import history
    from desertion.study.matching.match import match
    from desertion.study.places.contagion import contagion
    from desertion.study.questions import claims, search, sensitivity
    from desertion.study.rerun import rerun
    from desertion.study.run.options import RunOptions
    from desertion.study.run.sweep import sweep
    from desertion.study.thesis.thesis import thesis
    from desertion.theory.summary import theory

__version__ = "0.1.0"

__all__ = [
    "Civilian",
    "Comparison",
    "DesertionModel",
    "InputError",
    "Policy",
    "Reservist",
    "RunOptions",
    "Scenario",
    "Society",
    "Soldier",
    "Study",
    "StudyFailedError",
    "__version__",
    "at_real_size",
    "calibrate",
    "check",
    "claims",
    "compare",
    "contagion",
    "history",
    "match",
    "rerun",
    "search",
    "sensitivity",
    "sweep",
    "theory",
    "thesis",
    "trace",
]

_HOMES = {
    "Civilian": "desertion.simulation.population.persons",
    "Comparison": "desertion.study.comparison.comparison",
    "DesertionModel": "desertion.simulation.model",
    "InputError": "desertion.errors",
    "Policy": "desertion.scenario",
    "Reservist": "desertion.simulation.population.persons",
    "RunOptions": "desertion.study.run.options",
    "Scenario": "desertion.scenario",
    "Society": "desertion.simulation.society.society",
    "Soldier": "desertion.simulation.population.persons",
    "Study": "desertion.study.analysis.study",
    "StudyFailedError": "desertion.study.failures",
    "at_real_size": "desertion.study.analysis.columns",
    "calibrate": "desertion.study.calibration.calibrate",
    "check": "desertion.study.checkup",
    "claims": "desertion.study.questions",
    "compare": "desertion.study.comparison.compare",
    "contagion": "desertion.study.places.contagion",
    "history": "desertion.study.history.history",
    "match": "desertion.study.matching.match",
    "rerun": "desertion.study.rerun",
    "search": "desertion.study.questions",
    "sensitivity": "desertion.study.questions",
    "sweep": "desertion.study.run.sweep",
    "thesis": "desertion.study.thesis.thesis",
    "trace": "desertion.simulation.trace",
}
# `theory` is the package of that name, which can be called.
_PACKAGES = ("theory",)


def __getattr__(name: str) -> Any:
    """Load one of the public names on first use."""
    if name in _PACKAGES:
        return import_module(f"desertion.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'desertion' has no attribute {name!r}")
    try:
        value = getattr(import_module(_HOMES[name]), name)
    except AttributeError as error:
        # Python would take it for "there is no such name", and hide whose fault it is.
        way_out = "does a file or folder of yours bear the name of a library?"
        raise ImportError(f"desertion.{name} cannot be loaded: {error}; {way_out}") from error
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted(set(globals()) | set(__all__))
