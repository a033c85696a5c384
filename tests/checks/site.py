"""Is the documentation whole? `python -m tests.checks.site` builds it offline into `outputs/site`, warnings being errors.

Its sources are staged with the notebooks, the model's document and what is made from the code. Tutorials are executed once
for each state of the package; the outputs that the tests of notebooks keep are taken where they belong to the same cells.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import nbformat

ROOT = Path(__file__).resolve().parents[2]
SOURCES, OUT = ROOT / "model" / "docs", ROOT / "outputs"
_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./[^)]+\)")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)")
FINDINGS = {
    "evidence": "experiments/evidence.md",
    "totals": "experiments/thesis/README.md",
    "places": "experiments/places/README.md",
    "matches": "experiments/match/README.md",
    "claims": "experiments/claims/README.md",
    "studies": "experiments/README.md",
}
"""Pages of the site on what came out, by name, and where they lie."""
EXECUTED = OUT / "notebooks"
"""Where tests of notebooks keep them with their outputs."""


def stage(place: Path) -> list[str]:
    """Put all sources together in a fresh folder; return the notebooks that have their outputs already."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(SOURCES, place, ignore=shutil.ignore_patterns("__pycache__"))
    # Files of the repository that no page shows are named there, not linked to.
    document = (ROOT / "model" / "ODD.md").read_text(encoding="utf-8")
    (place / "explanation" / "odd.md").write_text(_OUTSIDE.sub(r"\1", document), encoding="utf-8")
    for name, page in FINDINGS.items():
        (place / "findings" / f"{name}.md").write_text(found_page(ROOT / page, place / "findings"), encoding="utf-8")
    done: list[str] = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        made = EXECUTED / path.name
        is_same = made.is_file() and _cells(made) == _cells(path)
        shutil.copy(made if is_same else path, place / "tutorials" / path.name)
        done += [f"tutorials/{path.name}"] if is_same else []
    spec = importlib.util.spec_from_file_location("generate", SOURCES / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    generate.write(place / "reference")
    return done


def found_page(page: Path, folder: Path) -> str:
    """A page of the repository as one of the site: pictures beside it, links to pages that the site has, other files named only."""
    pages = {(ROOT / path).resolve(): name for name, path in FINDINGS.items()}

    def link(found: re.Match[str]) -> str:
        mark, words, target, _ = found.groups()
        path = (page.parent / target).resolve()
        if mark:
            name = "-".join(path.relative_to(ROOT / "experiments").parts)
            shutil.copy(path, folder / name)
            return f"![{words}]({name})"
        return f"[{words}]({pages[path]}.md)" if path in pages else words

    return _LINK.sub(link, page.read_text(encoding="utf-8"))


def _cells(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def execute(place: Path, cache: Path) -> None:
    """Run the tutorials in the staged folder side by side, where their outputs are not kept yet; the build finds them there.

    What fails here fails again in the build, which says why.
    """
    from jupyter_cache import get_cache
    from jupyter_cache.entry_points import ENTRY_POINT_GROUP_EXEC, get_entry_point

    kept = get_cache(cache)
    for path in sorted(place.rglob("*.md")):
        if "file_format: mystnb" in path.read_text(encoding="utf-8"):
            kept.add_nb_to_project(str(path), read_data={"name": "myst_nb_md", "type": "plugin"})
    get_entry_point(ENTRY_POINT_GROUP_EXEC, "temp-parallel").load()(kept).run_and_cache(timeout=600)


class _Page(HTMLParser):
    """Links that go out of a page, and places within it to which links may go."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag links to and is called."""
        for name, value in attrs:
            if value and name in ("href", "src"):
                self.links.append(value)
            elif value and name == "id":
                self.places.add(value)


def dead_links(site: Path) -> list[str]:
    """A sentence for each link within the site that leads nowhere, and for each thing that would be fetched from outside."""
    pages: dict[Path, _Page] = {}
    for path in sorted(site.rglob("*.html")):
        if path.relative_to(site).parts[0] == "_static":  # templates of the theme, not pages
            continue
        pages[path] = _Page()
        pages[path].feed(path.read_text(encoding="utf-8"))
    wrong: list[str] = []
    for path, page in pages.items():
        name = path.relative_to(site)
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
                continue
            goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            goal = goal / "index.html" if goal.is_dir() else goal
            if not goal.is_file():
                wrong.append(f"{name}: links to {link}, which is not there")
            elif parts.fragment and goal in pages and unquote(parts.fragment) not in pages[goal].places:
                wrong.append(f"{name}: links to {link}, which has no such place")
        for match in re.finditer(
            r'<(?:script|link|img)[^>]+(?:src|href)="(https?:[^"]+)"', path.read_text(encoding="utf-8")
        ):
            wrong.append(f"{name}: would fetch {match[1]}")
    return wrong


def main() -> int:
    """Build and check; print what is wrong and how long it took."""
    from desertion.study.run.sources import folder_hash

    began = time.monotonic()
    place, site = OUT / "site-source", OUT / "site"
    executed = stage(place)
    state = folder_hash(ROOT / "model" / "desertion")
    shutil.rmtree(site, ignore_errors=True)
    execute(place, OUT / "site-cache" / state)
    environment = os.environ | {
        "DESERTION_SOURCES": str(ROOT / "model"),
        "DESERTION_SITE_CACHE": str(OUT / "site-cache" / state),
        "DESERTION_EXECUTED": ":".join(executed),
    }
    words = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-b",
        "html",
        "-d",
        str(OUT / "site-trees"),
        str(place),
        str(site),
    ]
    built = subprocess.run(words, env=environment, check=False).returncode
    wrong = dead_links(site) if site.is_dir() else ["nothing was built"]
    pages = len(list(site.rglob("*.html"))) if site.is_dir() else 0
    print(
        "\n".join(
            [
                *wrong,
                f"site: {pages} pages in {time.monotonic() - began:.0f} s, {len(wrong)} dead links; open {site / 'index.html'}",
            ]
        )
    )
    return int(bool(built or wrong or not pages))


if __name__ == "__main__":
    # Kernels are killed once their tutorial has ended, and leave the studies that their results were read from.
    with TemporaryDirectory(prefix="site-") as passing, patch.dict(os.environ, TMPDIR=passing):
        sys.exit(main())
