"""Do the documents tell the truth about the tree? `python -m tests.checks.documents`.

Three checks over all tracked text: links and file names in Markdown lead somewhere; nothing names a place of one
machine or the host of a package registry; no lock file that would name such hosts.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_SITE = ROOT / "model" / "docs"
_LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)[^)]*\)|!\[[^\]]*\]\(([^)\s]+)[^)]*\)")
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)

# Names that look like a file of this repository: a known top-level folder or file, then nothing odd.
_TOP = ("model/", "seeds/", "experiments/", "tests/", "notebooks/", ".ci/")
_FILE = re.compile(r"^[\w.\-/]+$")

# Written in pieces, so that this file does not contain what it looks for.
_FORBIDDEN = {
    "a place of one machine": re.compile(
        r"(?<![\w.])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me"]) + r")/\w"
    ),
    "a temporary place of one machine": re.compile(r"(?<![\w.])/t" + r"mp/\w"),
    "the host of a package registry": re.compile(
        r"\b(?:py" + r"pi\.org|python" + r"hosted\.org|registry\.npm" + r"js\.org|conda\.ana" + r"conda\.org)\b"
    ),
    "an index address": re.compile(r"--(?:extra-)?index" + r"-url\b(?! \\)"),
}
# The command that makes the pins has to say that it leaves the address out.
_ALLOWED = ("--no-emit-index" + "-url",)


def tracked() -> list[Path]:
    """Return the files that git knows or would take, or all files outside hidden folders where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return sorted(path for path in ROOT.rglob("*") if path.is_file() and path.relative_to(ROOT).parts[0][0] != ".")
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def wrong_references(path: Path, text: str) -> Iterator[str]:
    """Yield a sentence for each link or file name in a Markdown text that leads nowhere."""
    prose = _FENCE.sub("", text)
    # Some pages of the documentation are made when it is built, which checks every link between them.
    for match in () if _SITE in path.parents else _LINK.finditer(prose):
        target = match[1] or match[2]
        if re.match(r"^[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        goal = (path.parent / name) if name else path
        if name and not goal.exists():
            yield f"links to {target}, which does not exist"
        elif (
            anchor
            and goal.suffix == ".md"
            and anchor not in _anchors(goal.read_text(encoding="utf-8") if name else text)
        ):
            yield f"links to {target}, which has no such heading"
    for match in _CODE.finditer(prose):
        name = match[1]
        if name.startswith(_TOP) and _FILE.match(name) and not (ROOT / name).exists():
            yield f"names {name}, which does not exist"


def _anchors(text: str) -> set[str]:
    """Return the anchors that headings get: lower case, no punctuation, hyphens for blanks."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(_FENCE.sub("", text)))
    return {heading.strip().replace(" ", "-") for heading in headings}


def forbidden_words(text: str) -> Iterator[str]:
    """Yield a sentence for each thing in `text` that belongs to one machine or names a registry."""
    for allowed in _ALLOWED:
        text = text.replace(allowed, "")
    for what, pattern in _FORBIDDEN.items():
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"line {line} names {what}: {match[0]}"


def main() -> int:
    """Check all tracked files; print what is wrong and how much was read."""
    wrong, documents, texts = [], 0, 0
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.name == "uv" + ".lock":
            wrong.append(f"{name}: lock files name the hosts of registries")
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        texts += 1
        wrong += [f"{name}: {sentence}" for sentence in forbidden_words(text)]
        if path.suffix == ".md":
            documents += 1
            wrong += [f"{name}: {sentence}" for sentence in wrong_references(path, text)]
    print(
        "\n".join([*wrong, f"documents: {documents} Markdown and {texts} text files checked, {len(wrong)} complaints"])
    )
    return int(bool(wrong) or not texts)


if __name__ == "__main__":
    sys.exit(main())
