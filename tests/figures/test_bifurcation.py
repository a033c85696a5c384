"""The diagram of steady states: curves where the mean field has them, marks where the towns went."""

import pytest

from desertion.figures import bifurcation, style
from desertion.theory.mean_field import Form, MeanField
from desertion.theory.mixing import Simulated

FORMS: tuple[Form, ...] = ("multiplicative", "concave", "additive", "threshold")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_a_diagram_with_labelled_axes(form: Form) -> None:
    """Stable curve, axes in words, the scenario's own weight."""
    with style.house():
        ax = style.new_figure().subplots()
        bifurcation.diagram(ax, MeanField(form=form, half_life=30.0), own=0.4)
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert {"stable", "this scenario"} <= {text.get_text() for text in ax.texts}


def test_stable_and_unstable_states_meet_at_the_fold() -> None:
    """The solid curve ends where the dashed one does, at the tipping weight."""
    field = MeanField(rate=0.001, half_life=30.0)
    with style.house():
        ax = style.new_figure().subplots()
        bifurcation.diagram(ax, field)
    stable, unstable, fold = ax.lines[:3]
    assert stable.get_xdata()[-1] == pytest.approx(field.tipping_weight, rel=1e-4)
    assert unstable.get_xdata()[-1] == pytest.approx(field.tipping_weight, rel=1e-4)
    assert stable.get_ydata()[-1] == pytest.approx(unstable.get_ydata()[-1], rel=0.05)
    assert fold.get_xdata()[0] == field.tipping_weight


def test_simulated_towns_stand_where_they_settled_or_started() -> None:
    """A mark a town, its kind told by the legend."""
    towns = [
        Simulated(weight=2.0, start=0.0, pressure=0.05, ran_away=False),
        Simulated(weight=6.0, start=0.2, pressure=0.07, ran_away=False),
        Simulated(weight=6.0, start=0.4, pressure=9.0, ran_away=True),
    ]
    with style.house():
        ax = style.new_figure().subplots()
        bifurcation.diagram(ax, MeanField(rate=0.001, half_life=30.0), towns)
    marks = {line.get_label(): (line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines}
    assert marks["simulated, settled here"] == (2.0, 0.05)
    assert marks["simulated, started here and fell back"] == (6.0, 0.2)
    assert marks["simulated, started here and ran away"] == (6.0, 0.4)


@pytest.mark.parametrize(("form", "own"), [("additive", 1e4), ("concave", 0.4)])
def test_words_are_read_where_a_curve_passes(form: Form, own: float) -> None:
    """In the additive form it rises through the name of a weight far away, in the concave one through its own: names have a ground."""
    with style.house():
        ax = style.new_figure().subplots()
        bifurcation.diagram(ax, MeanField(form=form, rate=0.001, half_life=30.0), own=own)
    names = {text.get_text().split(":")[0]: text for text in ax.texts}
    assert all(names[name].get_bbox_patch() is not None for name in ("stable", "this scenario"))
