"""Inspection: a look at some design points before anything runs, so that a misspelt key does not cost a night."""

from dataclasses import dataclass

from desertion.errors import InputError
from desertion.reading import setting_text
from desertion.study.design.factors import Point
from desertion.study.design.layout import CONSTRAINED, OWN, DesignRule
from desertion.study.design.point import refuse_idle, scenario_of
from desertion.study.design.spec import MODEL_TASK, StudySpec
from desertion.study.run.task import hook

_LOOKED_AT = 50
_WITH_A_WORD = 20
"""Points that are looked at where the first one with a word is refused."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a look at design points found.

    Attributes:
        sound: Points that can be run.
        odd: Points that the task refuses, with its sentences.
    """

    sound: tuple[Point, ...]
    odd: tuple[tuple[Point, InputError], ...] = ()

    def remark(self, rule: DesignRule) -> str:
        """A sentence on the points that cannot be run, empty where there are none."""
        if not self.odd:
            return ""
        point, problem = self.odd[0]
        where = ", ".join(f"{name} = {setting_text(value)}" for name, value in point.items())
        way_out = "design.constraints or narrower ranges keep" if rule.kind in CONSTRAINED else "narrower ranges keep"
        return (
            f"{len(self.odd)} of {len(self.odd) + len(self.sound)} design points that were looked at cannot be run, such as "
            f"{where} ({problem}); such runs are kept as failed, {way_out} them out"
        )


def inspected(spec: StudySpec, points: tuple[Point, ...], *, sampled: bool = False) -> Inspection:
    """What the task says to some points of a study.

    Points are looked at that lie evenly over the design, the first with each word, and those with the extreme scales. Of a sample some may
    be impossible, such as two shares that add up to more than 1; a name that does not exist is refused wherever it stands.

    Args:
        spec: The study.
        points: Its points.
        sampled: Whether they are a sample though they are given as a list.

    Raises:
        InputError: If a point of a list or grid is refused, or of a sample all points that were looked at, or all with some word; or a value
            of a point holds nowhere.
    """
    check = hook(spec.task, "task_check")
    if check is None:
        return Inspection(points[:1])
    sound: list[Point] = []
    odd: list[tuple[Point, InputError]] = []
    for point in _chosen(points):
        told = spec.task_of(point)
        try:
            check(told)
        except InputError as problem:
            if spec.design.kind in OWN and not sampled:
                raise
            odd.append((point, problem))
        else:
            refuse_idle(told, point)
            sound.append(point)
    if odd and not sound:
        raise odd[0][1]
    for point, problem in odd:
        for name, value in point.items():
            if isinstance(value, str) and not any(one.get(name) == value for one in sound):
                sound.append(_one_with(spec, [one for one in points if one.get(name) == value], problem))
    return Inspection(tuple(sound), tuple(odd))


def dial_note(spec: StudySpec, points: tuple[Point, ...]) -> str:
    """That the asylum dial moves what policies set at one of these points, in a sentence; empty where it does at none."""
    for told in map(spec.task_of, points if spec.task == MODEL_TASK else ()):
        notes = scenario_of(told).dial_notes if told["policies"] else ()
        if notes:
            return f"note: {notes[0]}"
    return ""


def _chosen(points: tuple[Point, ...]) -> list[Point]:
    chosen = {id(point): point for point in (*points[:: max(1, len(points) // _LOOKED_AT)], points[-1])}
    words: dict[tuple[str, str], Point] = {}
    for point in points:
        for name, value in point.items():
            if isinstance(value, str):
                words.setdefault((name, value), point)
    scaled = sorted((point for point in points if "scale" in point), key=lambda point: float(point["scale"]))
    return list((chosen | {id(point): point for point in (*words.values(), *scaled[:1], *scaled[-1:])}).values())


def _one_with(spec: StudySpec, points: list[Point], problem: InputError) -> Point:
    """A point that can be run among some that share a word.

    Raises:
        InputError: If there is none: then the word is at fault.
    """
    check = hook(spec.task, "task_check")
    assert check is not None
    for point in points[:: max(1, len(points) // _WITH_A_WORD)]:
        try:
            check(spec.task_of(point))
        except InputError:
            continue
        return point
    raise problem
