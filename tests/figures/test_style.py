"""The house style: colours that survive colour blindness and grey, ticks that say where they stand, files written whole."""

import itertools
import re
import threading
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from desertion.errors import InputError
from desertion.figures import attribution, style
from desertion.figures.animation import GROUPS

# How three kinds of colour blindness see linear red, green, blue (Machado, Oliveira and Fernandes 2009, severity 1,
# doi 10.1109/TVCG.2009.113).
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(color: str, matrix=None) -> np.ndarray:
    """CIE L*a*b* of a colour, as seen through a blindness matrix if one is given."""
    srgb = np.array(to_rgb(color))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    if matrix is not None:
        linear = np.clip(np.array(matrix) @ linear, 0.0, 1.0)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = to_xyz @ linear / np.array([0.9505, 1.0, 1.089])
    root = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colours."""

    def light(color: str) -> float:
        srgb = np.array(to_rgb(color))
        linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_lines_can_be_told_apart_by_the_colour_blind(dark):
    """Any two of the eight pens differ by at least 10 in Lab colour for every kind of sight, and by dashes."""
    with style.house(dark=dark):
        drawn = style.pens(8)
    assert len({pen.dashes for pen in drawn}) == 8
    for name, matrix in [("full", None), *BLINDNESS.items()]:
        for one, other in itertools.combinations(drawn, 2):
            distance = np.linalg.norm(lab(one.color, matrix) - lab(other.color, matrix))
            assert distance > 10.0, (name, one.color, other.color, distance)


def test_routes_form_a_ladder_of_lightness_that_survives_grey():
    """Each route's fill is at least 8 points of lightness paler than the one before it, so grey prints keep them apart."""
    lightness = [lab(color)[0] for color in style.ROUTES.values()]
    assert np.all(np.diff(lightness) > 8.0), lightness


def test_groups_of_an_attribution_survive_grey_and_colour_blindness():
    """Groups that touch differ by 15 points of lightness at least, for every kind of sight; the third is hatched."""
    both, own = (attribution.PARTS[name][0] for name in ("both", "only_b"))
    for matrix in (None, *BLINDNESS.values()):
        assert abs(lab(both, matrix)[0] - lab(own, matrix)[0]) > 15.0


def _squares() -> dict[str, list[str]]:
    """Colours of the groups by where they are seen: the moving picture, and the app's board by day and by night."""
    css = (Path(style.__file__).parents[1] / "app" / "server" / "style.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--group-(.): (#\w{6});", part)) for part in css.split(":root[data-theme=dark]"))
    return {
        "moving picture": [color for color, _ in GROUPS.values()],
        "light": [*light.values()],
        "dark": [*(light | dark).values()],
    }


@pytest.mark.parametrize("where", ["moving picture", "light", "dark"])
def test_groups_of_people_can_be_told_apart_by_the_colour_blind(where: str) -> None:
    """Any two squares differ by at least 10 in Lab colour for every kind of sight; to deuteranopes those who refuse were 4.6 from those who serve."""
    colors = _squares()[where]
    assert len(set(colors)) == len(GROUPS)
    for name, matrix in [("full", None), *BLINDNESS.items()]:
        for one, other in itertools.combinations(colors, 2):
            distance = np.linalg.norm(lab(one, matrix) - lab(other, matrix))
            assert distance > 10.0, (name, one, other, distance)


def test_every_status_has_one_group_in_the_moving_picture():
    """The animation colours each status exactly once."""
    from desertion.simulation.world.codes import STATUSES

    assert sorted(itertools.chain.from_iterable(names for _, names in GROUPS.values())) == sorted(STATUSES)


@pytest.mark.parametrize("dark", [False, True])
def test_text_and_lines_stand_out_from_the_page(dark):
    """Text reaches WCAG's 7 to 1 and every line 3 to 1 against the page, in light and dark."""
    with style.house(dark=dark):
        page = style.paper_color()
        assert contrast(style.ink(), page) >= 7.0
        assert contrast(style.soft_ink(), page) >= 7.0
        for pen in style.pens(8):
            assert contrast(pen.color, page) >= 2.9, pen


@pytest.mark.parametrize(
    ("low", "high", "labelled"),
    [
        (39.0, 40.3, ["39", "39.25", "39.5", "39.75", "40", "40.25"]),
        (0.0, 13.0, ["0", "2", "4", "6", "8", "10", "12"]),
        (0.0, 75.0, ["0", "20", "40", "60"]),
        (95_000.0, 107_000.0, ["96,000", "98,000", "100 k", "102 k", "104 k", "106 k"]),
        (99_000.0, 112_000.0, ["100 k", "102.5 k", "105 k", "107.5 k", "110 k"]),
        (0.0, 1_300_000.0, ["0", "250 k", "500 k", "750 k", "1 M", "1.25 M"]),
        (0.0, 1.3e9, ["0", "250 M", "500 M", "750 M", "1 bn", "1.25 bn"]),
        (-0.021, 0.031, ["-0.02", "-0.01", "0", "0.01", "0.02", "0.03"]),
    ],
)
def test_a_tick_is_labelled_with_what_it_stands_at(low, high, labelled):
    """No two say the same and none is rounded; whole numbers stand at whole steps."""
    with style.house():
        ax = style.new_figure().subplots()
        ax.set_ylim(low, high)
        style.counts(ax)
        ax.figure.canvas.draw()
        shown = {tick: text.get_text() for tick, text in zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)}
    assert [text for tick, text in shown.items() if low <= tick <= high] == labelled


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_figure_makes_the_same_file(tmp_path, kind):
    """No date or random identifier gets into a figure's file, so that a remade one can be compared."""
    made = []
    for name in ("one", "two"):
        with style.house():
            figure = style.new_figure("column")
            figure.subplots().plot([0, 1], [0, 1])
            made.append(style.save(figure, tmp_path / f"{name}.{kind}").read_bytes())
    assert made[0] == made[1]


def test_an_unknown_format_is_refused_in_a_sentence_and_leaves_no_file(tmp_path):
    """A figure of another format is an input error, and the folder stays empty."""
    with style.house(), pytest.raises(InputError, match="there is no figure format 'bmp'"):
        style.save(style.new_figure(), tmp_path / "figure.bmp")
    assert list(tmp_path.iterdir()) == []


def test_pictures_for_the_report_are_small_and_of_the_full_size():
    """The reduced PNG has the pixels of the full figure."""
    import io

    with style.house():
        figure = style.new_figure("column")
        figure.subplots().plot([0, 1], [0, 1])
        picture = Image.open(io.BytesIO(style.png(figure)))
    assert picture.size == (int(6.4 * 144), int(4.2 * 144))


def test_two_threads_draw_one_after_the_other() -> None:
    """Settings are the whole process's: a figure that another thread began in between had the colours of no style, and ended in "Invalid RGBA argument: 'inherit'"."""
    inside, seen = threading.Event(), list[str]()

    def other() -> None:
        inside.wait(5.0)
        with style.house(dark=True):
            seen.append(style.soft_ink())

    thread = threading.Thread(target=other)
    thread.start()
    with style.house():
        mine = style.soft_ink()
        inside.set()
        thread.join(0.3)
        assert thread.is_alive()
        assert style.soft_ink() == mine
    thread.join(5.0)
    assert seen != [mine]
    assert len(seen) == 1
