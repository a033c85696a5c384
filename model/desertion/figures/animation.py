"""A cascade as a moving picture, everyone a square coloured by what he is doing, beside the curve."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from desertion.errors import refuse_unknown
from desertion.figures import labels, style
from desertion.files import replacing
from desertion.scenario.grain import basis

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "at home": ("#d9dce1", ("home",)),
    "called up": ("#a9b7c9", ("summoned", "training")),
    "serving": ("#5b7086", ("serving",)),
    "wounded, killed, captured": ("#1b1b1b", ("wounded", "killed", "captured")),
    "in hiding": ("#6a51a3", ("hiding",)),
    "refusing, punished": ("#7a0f4f", ("refusing", "punished")),
    "surrendered": ("#d1603d", ("surrendered",)),
    "on the way": ("#e9b44c", ("in_flight", "at_border")),
    "abroad": ("#4fa3c7", ("abroad", "refused", "emigrated")),
    "applied, protected": ("#177245", ("applicant", "protected")),
}
"""Colour and statuses of each group of the picture."""


_SQUARE, _GAP = 4, 2  # pixels of a person, and between squads
_MOST = 2000  # persons in the picture
_SECONDS = 12.0  # of the film; the last frame stands for two more in a GIF


@dataclass(frozen=True)
class Frame:
    """One day of the picture.

    Attributes:
        day: The day.
        groups: (persons,) : number of each person's group in `GROUPS`.
        left: Simulated persons of the whole run who have left so far.
        people: Simulated persons of the whole run, of whom the frame may hold a sample.
    """

    day: int
    groups: NDArray[np.int8]
    left: float
    people: int


def watch(model: DesertionModel, days: int, *, every: int = 1) -> Iterator[Frame]:
    """Run a model day by day and yield a frame now and then.

    Persons are sampled at even distances in their order, so that squads and communities stay side by side.
    """
    number = {name: index for index, (_, names) in enumerate(GROUPS.values()) for name in names}
    for day in range(days + 1):
        if day:
            model.step()
        if day % every and day != days:
            continue
        status = model.people()["status"].astype(str).to_numpy()
        chosen = np.unique(np.linspace(0, len(status) - 1, min(_MOST, len(status))).astype(int))
        groups = np.fromiter((number[name] for name in status[chosen]), dtype=np.int8, count=len(chosen))
        last = model.daily["day"] == model.daily["day"].max()
        yield Frame(day, groups, float(model.daily.loc[last, "left"].sum()), len(status))


def cascade(frames: Iterable[Frame], path: Path, *, title: str = "", scale: float = 1.0) -> Path:
    """Write the frames as a GIF, or as an MP4 where ffmpeg is installed, whole or not at all.

    Args:
        frames: From `watch`.
        path: File to write; its ending says which kind.
        title: Line above the picture.
        scale: Share of real size that was simulated; persons who left are told and drawn at real size, the squares are simulated persons.

    Raises:
        InputError: If the ending is neither, or an MP4 is asked for and ffmpeg is not there.
    """
    kind = path.suffix.lstrip(".").lower()
    kinds = ["gif", "mp4"] if shutil.which("ffmpeg") else ["gif"]
    refuse_unknown("kind of film", kind, kinds, where=f"{path} (mp4 needs ffmpeg)")
    taken = list(frames)
    wait = max(40, int(1000 * _SECONDS / max(len(taken), 1)))
    # The style is this function's and not the generator's: one that a failure leaves unfinished would keep it, and whatever was drawn
    # when it was thrown away at last would lose its own.
    with style.house("screen"), replacing(path) as temporary:
        pictures = _pictures(taken, title, 1.0 / scale)
        if kind == "gif":
            _gif(pictures, temporary, wait)
        else:
            _mp4(pictures, temporary, 1000 / wait)
    return path


def _pictures(frames: Sequence[Frame], title: str, size: float) -> Iterator[NDArray[np.uint8]]:
    """Draw every frame on one figure, changing only what moves, in the style now in force."""
    figure = Figure(figsize=(9.6, 5.4), dpi=90)
    figure.set_layout_engine("none")  # the axes are placed by hand
    canvas = FigureCanvasAgg(figure)
    crowd_ax = figure.add_axes((0.02, 0.16, 0.52, 0.74))
    curve_ax = figure.add_axes((0.66, 0.24, 0.31, 0.6))
    figure.suptitle(title, x=0.02, ha="left", fontweight="bold")
    counter = figure.text(0.66, 0.88, "", fontweight="bold")
    image = crowd_ax.imshow(
        _raster(frames[0].groups), cmap=ListedColormap([style.paper_color(), *(color for color, _ in GROUPS.values())]),
        vmin=-1.5, vmax=len(GROUPS) - 0.5, interpolation="nearest", aspect="equal",
    )  # fmt: skip
    crowd_ax.set_axis_off()
    patches = [Patch(color=color, label=name) for name, (color, _) in GROUPS.items()]
    figure.legend(
        handles=patches, loc="lower left", bbox_to_anchor=(0.01, 0.01), ncols=5, fontsize=8.5, handlelength=1.0
    )
    days = [frame.day for frame in frames]
    left = [frame.left * size for frame in frames]
    (line,) = curve_ax.plot([], [], color=style.ink())
    curve_ax.set(
        xlim=(days[0], max(days[-1], 1)),
        ylim=(0, max([*left, 1.0]) * 1.05),
        xlabel="day",
        ylabel="persons, cumulative",
    )
    style.counts(curve_ax)
    drawn, people = frames[0].groups.size, frames[0].people
    if drawn < people:
        figure.text(0.02, 0.125, f"{drawn:,} of {people:,} simulated persons.", fontsize=8.5, color=style.soft_ink())
    if size > 1.0:
        figure.text(0.99, 0.125, basis(size), ha="right", fontsize=8.5, color=style.soft_ink())
    for index, frame in enumerate(frames):
        image.set_data(_raster(frame.groups))
        line.set_data(days[: index + 1], left[: index + 1])
        counter.set_text(f"Day {frame.day}: {labels.count_of(left[index], size)} {labels.have(left[index])} left")
        with style.boxes_told():
            canvas.draw()
        yield np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _raster(groups: NDArray[np.int8]) -> NDArray[np.int8]:
    """Lay people out row by row in blocks of ten, so that neighbours in a unit are neighbours in the picture."""
    blocks = -(-groups.size // 10)
    across = max(1, int(np.ceil(np.sqrt(blocks / 2))))  # a block is 5 wide and 2 high, the picture 5 to 4
    down = -(-blocks // across)
    padded = np.full(across * down * 10, -1, dtype=np.int8)
    padded[: groups.size] = groups
    squares = np.repeat(np.repeat(padded.reshape(down, across, 2, 5), _SQUARE, axis=2), _SQUARE, axis=3)
    framed = np.pad(squares, ((0, 0), (0, 0), (0, _GAP), (0, _GAP)), constant_values=-1)
    return framed.transpose(0, 2, 1, 3).reshape(down * (2 * _SQUARE + _GAP), across * (5 * _SQUARE + _GAP))


def _gif(pictures: Iterator[NDArray[np.uint8]], path: Path, wait: int) -> None:
    from PIL import Image

    shots = [Image.fromarray(picture) for picture in pictures]
    # One palette for all frames, the groups' own colours and greys: no flicker, and unchanged parts compress away.
    palette = Image.new("P", (1, 1))
    colors = [to_rgb(color) for color, _ in GROUPS.values()] + [(grey / 31,) * 3 for grey in range(32)]
    palette.putpalette([round(255 * channel) for color in colors for channel in color])
    reduced = [shot.quantize(palette=palette, dither=Image.Dither.NONE) for shot in shots]
    waits = [wait] * (len(reduced) - 1) + [wait + 2000]
    reduced[0].save(path, format="GIF", save_all=True, append_images=reduced[1:], duration=waits, loop=0, optimize=True)


def _mp4(pictures: Iterator[NDArray[np.uint8]], path: Path, rate: float) -> None:
    import subprocess

    first = next(pictures)
    height, width = first.shape[:2]
    command = [
        "ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}",
        "-r", f"{rate:.3f}", "-i", "-", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", str(path),
    ]  # fmt: skip
    with suppress(BrokenPipeError), subprocess.Popen(command, stdin=subprocess.PIPE) as film:
        assert film.stdin is not None
        film.stdin.write(first.tobytes())
        for picture in pictures:
            film.stdin.write(picture.tobytes())
    # Where the disk fills up at the very end, ffmpeg says nothing and ends with 0.
    if film.returncode or not _has_index(path):
        raise OSError(errno.EIO, f"ffmpeg could not finish it and ended with {film.returncode}", str(path))


def _has_index(path: Path) -> bool:
    """Whether an MP4 holds its index, which is written last and without which nothing plays it, to the last byte."""
    content, kind, place = path.read_bytes(), b"", 0
    while place < len(content):
        length, kind = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        if length == 1:  # then the true one follows
            length = int.from_bytes(content[place + 8 : place + 16])
        if length < 8:
            return False
        place += length
    return kind == b"moov" and place == len(content)
