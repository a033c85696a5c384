import csv
import re
from pathlib import Path

import pytest

from desertion.figures.labels import number
from tests.checks.documents import ROOT, forbidden_words, wrong_references


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return the path of a page with a neighbour that has one heading."""
    (tmp_path / "other.md").write_text("# The Model: a day\n")
    return tmp_path / "page.md"


@pytest.mark.parametrize(
    "text",
    [
        "[a](other.md) ![b](other.md) [c](https://example.org/x) [d](other.md#the-model-a-day)",
        "# Here\n[e](#here)",
        "`tests/checks/documents.py`, `seeds/policies/*.toml`, `make demo`",
        "```\n[f](gone.md)\n```\n",
    ],
)
def test_references_that_lead_somewhere_are_right(page: Path, text: str) -> None:
    """Links, headings and file names are found; patterns, commands and examples are not references."""
    assert list(wrong_references(page, text)) == []


@pytest.mark.parametrize(
    "text",
    ["[a](gone.md)", "![b](gone.png)", "[c](other.md#no-such-heading)", "[d](#nowhere)", "`model/desertion/gone.py`"],
)
def test_references_that_lead_nowhere_are_found(page: Path, text: str) -> None:
    """Each gives one sentence."""
    assert len(list(wrong_references(page, text))) == 1


@pytest.mark.parametrize(
    "parts",
    [
        ("/wo", "rk/main/seeds"),
        ("see /ro", "ot/x"),
        ("'/t", "mp/x'"),
        ("https://py", "pi.org/simple"),
        ("--extra-index", "-url x"),
    ],
)
def test_places_of_one_machine_and_registries_are_found(parts: tuple[str, str]) -> None:
    """They are found wherever they stand in a line."""
    (found,) = forbidden_words("first line\n" + "".join(parts) + "\n")
    assert found.startswith("line 2 names ")


@pytest.mark.parametrize("text", ["model/work/x", "https://example.org/home/x", "work/home balance", "a/tmp/b"])
def test_harmless_paths_are_left_alone(text: str) -> None:
    """Relative paths and addresses that contain the same words are no machine's."""
    assert list(forbidden_words(text)) == []


def test_root_is_the_folder_that_the_settings_lie_in() -> None:
    """The checks read the whole repository."""
    assert (ROOT / "pyproject.toml").exists()


def _told() -> list[tuple[str, str]]:
    """Figures that pages repeat from tables: the page, and the words as the table has them."""
    experiments = ROOT / "experiments"
    memory = re.search(
        r"^\| memory at the most \| ([\d.]+) \| GiB", (experiments / "benchmarks.md").read_text(), re.MULTILINE
    )
    levers = list(csv.DictReader((experiments / "levers" / "levers.csv").read_text(encoding="utf-8").splitlines()))
    runs = sum(int(row["runs"]) + 16 * bool(row["left_total_checked"]) for row in levers)
    offers = csv.DictReader(
        (experiments / "asylum-policies" / "asylum-policies.csv").read_text(encoding="utf-8").splitlines()
    )
    most = max(float(row["difference"]) for row in offers)
    assert memory
    whole = f" {float(memory[1]):.1f} GiB"
    return [
        ("README.md", f"a minute and{whole}"),
        ("model/docs/start/install.md", f"takes a minute and{whole}"),
        ("experiments/README.md", f"{runs:,} runs, 3 minutes"),
        ("experiments/README.md", f"A coalition with a fast track adds {number(most)} (95"),
    ]


@pytest.mark.parametrize(("page", "words"), _told())
def test_figures_that_a_page_repeats_are_those_of_the_table(page: str, words: str) -> None:
    """Memory of the whole army, runs of the search for levers, and a difference rounded as the figure beside it rounds."""
    assert words in " ".join((ROOT / page).read_text(encoding="utf-8").split())
