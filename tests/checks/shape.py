"""How the package is laid out, in numbers: `python -m tests.checks.shape [FOLDER]`; CONTRIBUTING.md holds them before and after the rebuilding."""

import ast
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import median, quantiles

_PACKAGE = Path(__file__).resolve().parents[2] / "model" / "desertion"


def modules(package: Path) -> dict[str, Path]:
    """Files by dotted name within the package; the package itself is the empty name."""
    names = {path: path.relative_to(package).with_suffix("").parts for path in sorted(package.rglob("*.py"))}
    return {".".join(parts[:-1] if parts[-1] == "__init__" else parts): path for path, parts in names.items()}


def imports(package: Path) -> dict[str, set[str]]:
    """Modules that each module names, for the type checker alone or within a function among them."""
    known = modules(package)
    return {
        name: set(_named(ast.parse(path.read_text(encoding="utf-8")), known)) - {name} for name, path in known.items()
    }


def _named(tree: ast.Module, known: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            bases = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            bases = [(node.module or "", alias.name) for alias in node.names]
        else:
            continue
        for base, name in bases:
            if base.partition(".")[0] == "desertion":
                inside = base.partition(".")[2]
                whole = f"{inside}.{name}".strip(".")
                yield whole if whole in known else inside


def circles(arrows: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Groups of modules each of which leads to all others of its group."""
    reached: dict[str, set[str]] = {}
    for start in arrows:
        seen, waiting = set[str](), [start]
        while waiting:
            for other in arrows.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        reached[start] = seen
    groups = {
        tuple(sorted({one, *(other for other in reached[one] if one in reached.get(other, ()))})) for one in arrows
    }
    return [list(group) for group in sorted(groups) if len(group) > 1]


def numbers(package: Path) -> dict[str, str]:
    """The numbers by what they count."""
    files = modules(package)
    folders = Counter(str(path.parent.relative_to(package)) for path in files.values())
    largest = max((name for name in folders if name != "commands"), key=lambda name: folders[name])
    lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in files.values()]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files.values()]
    functions = [
        node.end_lineno - node.lineno + 1
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]
    rounds = circles(imports(package))
    return {
        "modules at the root": str(folders["."]),
        "folders at the root": str(len({name.partition("/")[0] for name in folders} - {"."})),
        "largest folder but `commands/`": f"`{largest}/`, {folders[largest]} files",
        "circles of files": f"{len(rounds)} ({sum(map(len, rounds))} files)" if rounds else "0",
        "files": f"{len(files)}",
        "lines": f"{sum(lengths):,}",
        "lines a file, median and 90th percentile": _middle(lengths),
        "lines a function with its docstring, median and 90th percentile": _middle(functions),
    }


def _middle(lengths: list[int]) -> str:
    return f"{median(lengths):.0f}, {quantiles(lengths, n=10)[-1]:.0f}"


def main(arguments: list[str]) -> int:
    """Print the numbers of a package."""
    for what, number in numbers(Path(arguments[0]) if arguments else _PACKAGE).items():
        print(f"| {what} | {number} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
