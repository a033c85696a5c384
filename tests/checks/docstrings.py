"""Do docstrings name the arguments that the signatures have? `python -m tests.checks.docstrings [FILE ...]`.

A docstring may do without sections. One that has an `Args:` section must name every argument, in the signature's
order; one that has a `Returns:` section must belong to something that returns a value.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_SECTION = re.compile(r"^(Args|Returns|Yields|Raises|Attributes|Note|Notes|Example|Examples|Warns|References):$")
_NAME = re.compile(r"^\*{0,2}(\w+)(?: \([^)]*\))?:")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def complaints(source: str) -> list[tuple[int, str]]:
    """Return (line, sentence) for each docstring in `source` that disagrees with its signature."""
    found: list[tuple[int, str]] = []
    for name, node, owner in _documented(ast.parse(source)):
        sections = _sections(ast.get_docstring(owner) or "")
        found += [(owner.lineno, f"{name}: {text}") for text in _judge(node, sections)]
    return found


def _documented(tree: ast.Module) -> Iterator[tuple[str, Function, Function | ast.ClassDef]]:
    """Yield name, signature and owner of the docstring; a class's docstring speaks of its `__init__`."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node.name, node, node
        elif isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, Function) and part.name == "__init__":
                    yield node.name, part, node


def _judge(node: Function, sections: dict[str, list[str]]) -> Iterator[str]:
    if "Args" in sections:
        said, real = sections["Args"], _arguments(node)
        if missing := [name for name in real if name not in said]:
            yield f"Args does not name {', '.join(missing)}"
        if gone := [name for name in said if name not in real]:
            yield f"Args names {', '.join(gone)}, which the signature does not have"
        if not missing and not gone and said != real:
            yield f"Args has the order {', '.join(said)}, the signature {', '.join(real)}"
    if "Returns" in sections and isinstance(node.returns, ast.Constant) and node.returns.value is None:
        yield "has a Returns section and returns nothing"


def _arguments(node: Function) -> list[str]:
    every = node.args
    names = [*every.posonlyargs, *every.args, every.vararg, *every.kwonlyargs, every.kwarg]
    return [each.arg for each in names if each and each.arg not in ("self", "cls") and not each.arg.startswith("_")]


def _sections(docstring: str) -> dict[str, list[str]]:
    """Return the names that stand first in the entries of each section."""
    found: dict[str, list[str]] = {}
    current: str | None = None
    indent = 0
    for line in docstring.splitlines():
        if heading := _SECTION.match(line):
            current, indent = heading[1], 0
            found[current] = []
        elif current and line.strip():
            depth = len(line) - len(line.lstrip())
            if depth == 0:
                current = None
                continue
            indent = indent or depth
            if depth == indent and (entry := _NAME.match(line.strip())):
                found[current].append(entry[1])
    return found


def main(names: list[str]) -> int:
    """Check the named files, or the whole package; print what is wrong and how much was read."""
    files = [Path(name) for name in names] or sorted((_ROOT / "model" / "desertion").rglob("*.py"))
    wrong = [
        f"{path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else path}:{line}: {text}"
        for path in files
        for line, text in complaints(path.read_text(encoding="utf-8"))
    ]
    print("\n".join([*wrong, f"docstrings: {len(files)} files checked, {len(wrong)} complaints"]))
    return int(bool(wrong) or not files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
