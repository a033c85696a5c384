"""Pictures of a match: what is left of the inputs' ranges, and how far from the targets kept worlds lie."""

from pathlib import Path
from typing import Any, cast

import numpy as np

from desertion.errors import InputError
from desertion.figures import style
from desertion.figures.labels import called, many
from desertion.figures.marks import WIDEST, Mark, deviations, ranges
from desertion.scenario import grain
from desertion.study.matching.aims import Aim
from desertion.study.matching.matched import LEGEND, Match
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
        kept = f"{many(len(match.kept), 'world is', 'worlds are')} kept"
        style.headline(
            figure,
            f"{kept.capitalize()}, too few to say which inputs the evidence narrows"
            if match.too_few
            else f"The evidence narrows {told} of {inputs} inputs; {kept}",
        )
        listed = any(
            factor.values for factor, word in zip(match.space.factors, match.space.words, strict=True) if not word
        )
        style.note(
            figure,
            "Whiskers: the middle nine tenths of kept worlds; dots: their median. Coloured: kept worlds lie unevenly beyond chance, and less than four fifths of the range are left (the whisker's width over 0.9) or a value of a list is gone."
            + (" A listed value lies in the middle of its part of the row." if listed else "")
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
        drawn = {mark.name.rstrip(grain.MARK) for mark in marks}
        looked = [aim for aim in match.aims if not aim.fit and _named(aim) in drawn]
        # As worlds are judged, chance in their runs included, and so not by where a dot lies.
        off = sum(float(np.median(match.kept[f"I.{aim.name}"])) >= match.design.cutoff for aim in looked)
        ruling = many(sum(aim.fit for aim in match.aims), "target rules worlds out", "targets rule worlds out")
        beyond = any(abs(mark.value) > WIDEST for mark in marks)
        bare = [name for aim in match.aims if (name := _named(aim)) not in drawn]
        style.headline(
            figure,
            ruling
            + (
                f"; the median kept world misses {off} of the {len(looked)} drawn that are only looked at"
                if looked
                else ""
            ),
        )
        style.note(
            figure,
            "Whiskers: the middle nine tenths of kept worlds; dots: their median. Coloured: targets that rule out; others are only looked at. Grey: within one standard deviation of error and discrepancy. Dashed: where a world is ruled out, but for chance in its runs."
            + (" Missed: it would rule out half of them or more, chance included." if looked else "")
            + (" Arrows: beyond the end of the axis." if beyond else "")
            + (f" Not drawn, since they allow no error or have no number: {', '.join(bare)}." if bare else "")
            + (f" {LEGEND}" if any(mark.name.endswith(grain.MARK) for mark in marks) else ""),
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
    kept, few = match.worlds["kept"].to_numpy(), match.targets.set_index("target")["too_few"]
    for aim in match.aims:
        spread = float(np.hypot(aim.error, aim.discrepancy))
        # The mean of the logarithms, by which a world is judged, and not the logarithm of the mean.
        values = match.results.means[aim.name][kept]
        if not spread or not np.isfinite(values).any():
            continue
        low, high = aim.interval
        q05, middle, q95 = middle_nine_tenths((np.minimum(values - low, 0.0) + np.maximum(values - high, 0.0)) / spread)
        marks.append(Mark(_named(aim) + grain.mark(few[aim.name]), middle, q05, q95, (-1.0, 1.0), aim.fit))
    return marks
