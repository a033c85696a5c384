"""`Comparison`: several policies on the same people and fates, with tables, figures and a report."""

from pathlib import Path

from matplotlib.figure import Figure

from desertion.parameters.arguments import ruled
from desertion.study.comparison import report
from desertion.study.comparison.pictures import draw
from desertion.study.comparison.tables import Tables


class Comparison(Tables):
    """Policies compared on common random numbers: their tables, figures and report."""

    def plot(self, kind: str = "curves", *, force: str | None = None) -> Figure:
        """One figure of the comparison.

        Args:
            kind: One of the names in `desertion.study.comparison.pictures.KINDS`, "curves" for the cascade curves.
            force: Which force, the first if not given.

        Raises:
            InputError: If there is no such figure or force.
        """
        return draw(self, kind, force=force)

    @ruled()
    def report(self, path: str | Path) -> Path:
        """Path of the report, one self-contained HTML file, after it is written."""
        return report.write(self, Path(path))
