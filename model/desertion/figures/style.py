"""House style: sizes, palette, axes, and files that come out the same every time."""

import io
import re
import threading
import warnings
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from textwrap import fill
from typing import Literal

import matplotlib as mpl
import matplotlib.style as mpl_style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import Formatter, FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from desertion.errors import refuse_unknown
from desertion.figures.labels import number, scale_of, trimmed
from desertion.files import replacing

Medium = Literal["screen", "paper"]
Shape = Literal["column", "wide", "tall", "square"]

SIZES: dict[str, dict[str, tuple[float, float]]] = {
    "screen": {"column": (6.4, 4.2), "wide": (10.0, 5.0), "tall": (10.0, 8.0), "square": (6.4, 6.0)},
    "paper": {"column": (3.4, 2.5), "wide": (7.0, 3.5), "tall": (7.0, 5.8), "square": (3.4, 3.3)},
}
"""Inches (width, height) of a figure by medium and shape."""

DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (6.0, 2.0),
    (1.5, 1.5),
    (6.0, 1.5, 1.5, 1.5),
    (10.0, 2.5),
    (3.0, 1.5),
    (6.0, 1.5, 1.5, 1.5, 1.5, 1.5),
    (1.0, 3.0),
)
"""On-off lengths in line widths, one a colour, so that lines differ on a grey print too."""

# A ladder of lightness from dark to pale: stacked areas stay apart without colour.
ROUTES: dict[str, str] = {
    "hide": "#2b2d5c",
    "refuse": "#8f2d56",
    "surrender": "#d1603d",
    "flee": "#4fa3c7",
    "skilled": "#f0d58c",
}
"""Fill of each way to leave."""

ROUTES_ON_DARK: dict[str, str] = {
    **ROUTES,
    "hide": "#8b8fe0",
    "refuse": "#b0527f",
    "surrender": "#e8835f",
    "flee": "#2f7f9f",
}
"""The same on a dark page, where the darkest fills would be lost."""


LONGEST_ROW = 48
"""Letters of a line of the name of a row."""


_FEW_DECADES = 300.0
"""End over beginning of a logarithmic axis up to which twos and fives have numbers too."""

_LINE_HEIGHT = 1.3
"""Height of a line of a name in letters' heights."""
_AROUND = 20.0
"""What titles, legends and axes take of a figure's height beside its rows, in letters' heights."""

_LACKING = re.compile(r"Glyph (\d+) .*missing from font\(s\) (.*)\.")
_told_lacking: set[str] = set()

ONE_AT_A_TIME = threading.RLock()
"""Matplotlib's settings are the whole process's: two figures drawn at once would mix their styles."""


@dataclass(frozen=True)
class Pen:
    """How one line is drawn.

    Attributes:
        color: Its colour.
        dashes: On-off lengths in line widths; empty for a solid line.
    """

    color: str
    dashes: tuple[float, ...]

    @property
    def linestyle(self) -> tuple[float, tuple[float, ...]] | Literal["-"]:
        """The line style as Matplotlib takes it."""
        return (0.0, self.dashes) if self.dashes else "-"


@contextmanager
def house(medium: Medium = "screen", *, dark: bool = False) -> Generator[None]:
    """Draw in the house style inside the `with` block, one thread at a time.

    Raises:
        InputError: If the medium is unknown.
    """
    refuse_unknown("medium", medium, SIZES)
    here = Path(__file__).parent
    sheets = [here / "house.mplstyle", here / f"{medium}.mplstyle"] + ([here / "dark.mplstyle"] if dark else [])
    with ONE_AT_A_TIME, mpl_style.context(sheets, after_reset=True):
        yield


def new_figure(shape: Shape = "wide", medium: Medium = "screen") -> Figure:
    """An empty figure of a house size, not known to pyplot, so that nothing needs closing."""
    figure = Figure(figsize=SIZES[medium][shape], layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def pens(count: int) -> list[Pen]:
    """One pen a line; from the ninth line on, colours return with other dashes."""
    colors: list[str] = list(mpl.rcParams["axes.prop_cycle"].by_key()["color"])
    shift = [(index + index // len(colors)) % len(DASHES) for index in range(count)]
    return [Pen(to_hex(colors[index % len(colors)]), DASHES[shift[index]]) for index in range(count)]


def ink() -> str:
    """The colour of text in the style now in force."""
    return to_hex(str(mpl.rcParams["text.color"]))


def soft_ink() -> str:
    """The colour of lesser text and marks in the style now in force."""
    return to_hex(str(mpl.rcParams["xtick.labelcolor"]))


def paper_color() -> str:
    """The colour of the page in the style now in force."""
    return to_hex(str(mpl.rcParams["axes.facecolor"]))


def grid_color() -> str:
    """The colour of grid lines in the style now in force."""
    return to_hex(str(mpl.rcParams["grid.color"]))


def routes() -> dict[str, str]:
    """The fill of each way to leave in the style now in force."""
    return ROUTES_ON_DARK if _is_dark() else ROUTES


def ladder() -> LinearSegmentedColormap:
    """A one-hue colour map from the page's own colour (nothing) to the strongest contrast with it (most)."""
    steps = ["#1c4f82", "#56a7d6", "#e8f4fd"] if _is_dark() else ["#56a7d6", "#1c4f82", "#0b1f3a"]
    return LinearSegmentedColormap.from_list("ladder", [paper_color(), *steps])


def ink_on(color: tuple[float, ...]) -> str:
    """Black or white, whichever reads better on a colour given as red, green, blue in [0, 1]."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3])
    return "#1a1a1a" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.2 else "#ffffff"


def _is_dark() -> bool:
    return sum(to_rgb(paper_color())) < 1.5


class _Counts(Formatter):
    """Numbers as `labels.number` writes them, with as many figures as tell one tick from the next."""

    def __call__(self, value: float, pos: int | None = None) -> str:  # noqa: ARG002 - the place is Matplotlib's
        """One number by itself."""
        return number(value)

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """The labels of all ticks."""
        step = float(np.diff(np.unique(values)).min()) if len(values) > 1 else 0.0
        return [_told(float(value), step) for value in values]


def _told(value: float, step: float) -> str:
    """A tick in full figures: with a step of 2.5 up to the first behind the point, with one of 0.25 up to the second."""
    # A tick stands at its value but for rounding.
    unit, sign = scale_of(abs(value) * (1.0 + 1e-9))
    step = step / unit or 1.0
    figures = next((n for n in range(12) if abs(step * 10**n - round(step * 10**n)) < 1e-6 * step * 10**n), 12)
    text = trimmed(f"{value / unit:,.{figures}f}")
    return f"{text.removeprefix('-') if float(text.replace(',', '')) == 0.0 else text}{sign}"


def counts(ax: Axes, axis: Literal["x", "y"] = "y") -> Axes:
    """Write numbers with thousands separators on one axis, in thousands or millions where they are long, each as what it is."""
    which = ax.yaxis if axis == "y" else ax.xaxis
    which.set_major_formatter(_Counts())
    # Between fewer whole numbers than make an axis there are fractions, but 2.5 persons are no step.
    which.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10], integer=True, min_n_ticks=4))
    return ax


def logarithmic(ax: Axes, axis: Literal["x", "y"], say: Callable[[float], str] = number) -> None:
    """Make an axis logarithmic and let its name, which must be final, say so; where it spans few decades, twos and fives have numbers too.

    Args:
        ax: Whose axis; all must be drawn that decides how far it reaches.
        axis: Which.
        say: What stands at a tick.
    """
    ax.set(
        **{f"{axis}scale": "log", f"{axis}label": f"{ax.get_xlabel() if axis == 'x' else ax.get_ylabel()} (log scale)"}
    )
    which, (low, high) = (ax.xaxis, ax.get_xlim()) if axis == "x" else (ax.yaxis, ax.get_ylim())
    which.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < _FEW_DECADES * low else (1.0,)))
    which.set_major_formatter(FuncFormatter(lambda value, _: say(value)))
    # Matplotlib's own numbers of minor ticks are TeX, which is not read here.
    which.set_minor_formatter(NullFormatter())


def legend_above(ax: Axes, columns: int, **looks: float) -> None:
    """Put the legend between the axes and their title, in so many columns."""
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, borderaxespad=0.2, **looks)


def make_room(ax: Axes, names: Sequence[str]) -> None:
    """Make the figure so high that names of rows, of several lines some of them, do not touch."""
    figure, lines = ax.figure, [name.count("\n") + 1 for name in names]
    size = FontProperties(size=mpl.rcParams["ytick.labelsize"]).get_size_in_points()
    between = max((sum(pair) / 2.0 for pair in pairwise(lines)), default=0.0)
    needed = _LINE_HEIGHT * size / 72.0 * between * len(names)
    if isinstance(figure, Figure):
        figure.set_figheight(max(float(figure.get_figheight()), needed + _AROUND * size / 72.0))


def name_rows(ax: Axes, names: Sequence[object]) -> NDArray[np.int64]:
    """Name rows from the top down, with lines between values alone, and return their heights."""
    heights = np.arange(len(names))[::-1]
    told = [fill(str(name), LONGEST_ROW) for name in names]
    make_room(ax, told)
    ax.set_yticks(heights, labels=told)
    ax.tick_params(axis="y", length=0, labelcolor=ink())
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.set_ylim(-0.6, len(names) - 0.4)
    return heights


def note(figure: Figure, text: str) -> None:
    """Write what bands and marks mean below the axes."""
    size = float(mpl.rcParams["xtick.labelsize"])
    letters = int(float(figure.get_figwidth()) * 72.0 / (0.6 * size))
    figure.supxlabel(fill(text, letters), x=0.01, ha="left", fontsize=size, color=soft_ink())


def in_lines(title: str, inches: float) -> str:
    """A title in as many lines as it needs within a width."""
    size = FontProperties(size=mpl.rcParams["axes.titlesize"]).get_size_in_points()
    return fill(title, max(int(inches * 72.0 / (0.66 * size)), 1))


def headline(figure: Figure, text: str) -> None:
    """Write the finding above everything, as wide as the figure, in as many lines as it needs."""
    size = mpl.rcParams["axes.titlesize"]
    figure.suptitle(in_lines(text, float(figure.get_figwidth())), x=0.01, ha="left", fontweight="bold", fontsize=size)


def raised(figure: Figure) -> None:
    """Put the title above everything where only one of the axes has one, so that a long one is not cut off."""
    titled = [ax for ax in figure.axes if ax.get_title(loc="left")]
    if len(titled) == 1:
        title = titled[0].get_title(loc="left")
        titled[0].set_title("", pad=0)
        headline(figure, title)


def check_format(path: Path) -> str:
    """The format that a path's ending asks for.

    Raises:
        InputError: If it is none of PNG, SVG and PDF.
    """
    kind = path.suffix.lstrip(".").lower()
    refuse_unknown("figure format", kind, ("png", "svg", "pdf"), where=str(path))
    return kind


def save(figure: Figure, path: Path) -> Path:
    """Write the figure as PNG, SVG or PDF by the path's ending, whole or not at all, without dates in it.

    Raises:
        InputError: If the ending is none of those.
    """
    kind = check_format(path)
    with replacing(path) as temporary, boxes_told():
        figure.savefig(temporary, format=kind, metadata=_metadata(kind))
    return path


@contextmanager
def boxes_told() -> Generator[None]:
    """Say in one sentence, and of no letter twice, which letters drawn in the block the font lacks; Matplotlib says it of each in each figure."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.filterwarnings("always", _LACKING.pattern)
        yield
    font = lacking = ""
    for one in caught:
        if found := _LACKING.match(str(one.message)):
            font, lacking = found[2], lacking + chr(int(found[1]))
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    if new := "".join(dict.fromkeys(letter for letter in lacking if letter not in _told_lacking)):
        _told_lacking.update(new)
        warnings.warn(
            f"figures show boxes in the place of {new}, which their font ({font}) lacks; tables and texts have them",
            stacklevel=2,
        )


def png(figure: Figure) -> bytes:
    """The figure as a PNG of a limited palette, about a third of the size of a full one."""
    from PIL import Image

    raw = io.BytesIO()
    with boxes_told():
        figure.savefig(raw, format="png", metadata=_metadata("png"))
    picture = Image.open(raw).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small = io.BytesIO()
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


def _metadata(kind: str) -> Mapping[str, str | None]:
    return {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None}}[kind]
