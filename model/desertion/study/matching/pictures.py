"""Pictures of a match: what is left of the inputs' ranges, and how far from the targets kept worlds lie."""

from pathlib import Path
from typing import Any, cast

import numpy as np

from desertion.errors import InputError
from desertion.figures import style
from desertion.figures.labels import called, many
from desertion.figures.marks import Mark, deviations, ranges
from desertion.study.matching.aims import Aim
from desertion.study.matching.matched import Match
from desertion.study.statistics import middle_nine_tenths


def draw(match: Match, ranges_path: Path, targets_path: Path) -> list[Path]:
    """Write the two pictures of a match.

    Raises:
        InputError: no world was kept, so that there is nothing to draw.
    """
    if not len(match.kept):
        raise InputError(
            "no world was kept, so that there is nothing to draw: the report says which targets contradict each other"
        )
    with style.house():
        figure = style.new_figure("tall")
        ranges(figure.subplots(), _inputs(match))
        told = int(match.inputs["says"].astype(bool).sum())
        inputs = len(match.space.names)
        style.headline(
            figure,
            f"The evidence narrows {told} of {inputs} inputs; {many(len(match.kept), 'world is', 'worlds are')} kept",
        )
        style.note(
            figure,
            "Whiskers: the middle nine tenths of kept worlds; dots: their median. Coloured: kept worlds lie unevenly beyond chance, and less than four fifths of the range are left (the whisker's width over 0.9) or a value of a list is gone."
            + "".join(f" Not drawn, since its values have no order: {told}." for told in _words(match)),
        )
        first = style.save(figure, ranges_path)
    return [first, draw_targets(match, targets_path)]


def draw_targets(match: Match, path: Path) -> Path:
    """Write how far kept worlds lie from each target."""
    with style.house():
        figure = style.new_figure("tall")
        marks = _targets(match)
        deviations(figure.subplots(), marks, match.design.cutoff)
        off = [mark for mark in marks if not mark.strong and abs(mark.value) > match.design.cutoff]
        looked = sum(not mark.strong for mark in marks)
        drawn = {mark.name for mark in marks}
        bare = [name for aim in match.aims if (name := _named(aim)) not in drawn]
        style.headline(
            figure,
            f"{len(marks) - looked} targets rule worlds out; the median kept world misses {len(off)} of the {looked} drawn that are only looked at",
        )
        style.note(
            figure,
            "Coloured: targets that rule out; others are only looked at. Grey: within one standard deviation of error and discrepancy. Dashed: where a world is ruled out, but for chance in its runs."
            + (f" Not drawn, since they allow no error or have no number: {', '.join(bare)}." if bare else ""),
        )
        return style.save(figure, path)


def _inputs(match: Match) -> list[Mark]:
    shares = match.space.shares(cast("list[dict[str, Any]]", match.kept.to_dict("records")))
    says = dict(zip(match.inputs["input"], match.inputs["says"], strict=True))
    # A force that all inputs of forces belong to need not be named in every row.
    forces = {name.split(".")[1] for name in match.space.names if name.startswith("forces.")}
    own = forces if len(forces) == 1 else set[str]()
    marks: list[Mark] = []
    for place, name in enumerate(match.space.names):
        if match.space.words[place]:
            continue
        short = ".".join(part for part in name.split(".") if part not in ("behaviour", "forces", "hosts", *own))
        low, middle, high = middle_nine_tenths(shares[:, place])
        marks.append(Mark(_worded(name, short), middle, low, high, (0.0, 1.0), bool(says[name])))
    return marks


def _words(match: Match) -> list[str]:
    """Each input whose values are words, with how many kept worlds have each."""
    return [
        f"{called(factor.name)} ({', '.join(f'{value}: {int((match.kept[factor.name] == value).sum())}' for value in factor.values)})"
        for factor, is_word in zip(match.space.factors, match.space.words, strict=True)
        if is_word
    ]


def _worded(name: str, short: str) -> str:
    """An input in words; of a host or an army, whose it is as well."""
    # An input may be called as a measure is, whose unit it does not have: `casualties` is a factor.
    words = called(name)
    owner = short.rpartition(".")[0]
    return f"{words} ({owner.replace('_', ' ')})" if owner and owner not in words else words


def _named(aim: Aim) -> str:
    return aim.name.replace("-", " ")


def _targets(match: Match) -> list[Mark]:
    """Signed distances; a target that allows neither error nor discrepancy has none and is left out."""
    marks: list[Mark] = []
    for aim in match.aims:
        spread = float(np.hypot(aim.error, aim.discrepancy))
        values = aim.on_scale(match.kept[aim.name].to_numpy(float))
        if not spread or not np.isfinite(values).any():
            continue
        low, high = aim.interval
        q05, middle, q95 = middle_nine_tenths((np.minimum(values - low, 0.0) + np.maximum(values - high, 0.0)) / spread)
        marks.append(Mark(_named(aim), middle, q05, q95, (-1.0, 1.0), aim.fit))
    return marks
