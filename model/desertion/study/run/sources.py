"""Sources: hashes of the documents that a run reads and of the code that decides it, each by its name."""

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec, resolve_name
from pathlib import Path

from desertion.errors import InputError
from desertion.scenario import Scenario
from desertion.scenario.loading import policies as policies_of
from desertion.study.design.digest import NO_SOURCE, framed_hash
from desertion.study.design.documents import Documents, policies_at, scenario_at

_PACKAGE = Path(__file__).resolve().parents[2]

DECIDING = ("engine", "parameters", "rules", "scenario", "simulation", "theory")
"""Folders of the package all of whose code may decide a run; of `study` only what a task imports does."""

_DRIVING = ("desertion.study.run.", "desertion.study.store.")
"""What starts, drives and stores runs decides none of them."""

_TASK = "desertion.study.run.task"
"""The shipped task that stands there, from which the others have their model and their own measures."""


def documents(
    scenario: str, policies: Sequence[str] = (), graph: str | None = None, held: Documents | None = None
) -> dict[str, str]:
    """Hashes of a scenario with all that it is put together from, of each policy, and of a graph of ties.

    What counts is what the documents say: neither their layout nor where they lie, which remarks on them name.

    Raises:
        InputError: If one of them is missing or wrong.
    """
    within = held or {}
    whole = Scenario.load(scenario_at(scenario, within)).model_copy(update={"remarks": ()})
    hashes = {
        f"scenario {scenario}": _hash(
            whole.model_dump_json(exclude={"graph"} if isinstance(whole.graph, str) else None).encode()
        )
    }
    for name in policies:
        policy = policies_of(policies_at([name], within))[0][0]
        hashes[f"policy {name}"] = _hash(policy.model_dump_json().encode())
    for file in {path for path in (whole.graph, graph) if isinstance(path, str) and path}:
        if f"graphs/{file}" in within:
            continue
        try:
            hashes[f"graph {file}"] = _hash(Path(file).read_bytes())
        except OSError as problem:
            raise InputError(f"graph = {file!r} cannot be read ({problem.strerror}); name a file of ties") from problem
    return hashes


def model_code() -> dict[str, str]:
    """Hash of the source of each deciding folder of the package."""
    return {f"code {folder}": folder_hash(_PACKAGE / folder) for folder in DECIDING}


def folder_hash(folder: Path) -> str:
    """Hash of all Python files of a folder, with their names."""
    parts: list[bytes] = []
    for file in sorted(folder.rglob("*.py")):
        parts += [file.relative_to(folder).as_posix().encode(), file.read_bytes()]
    return _hash(*parts)


def task_code(module: str) -> dict[str, str]:
    """Hashes of a task's module and of the modules that it imports, as far as they are its maker's or the studies'.

    Args:
        module: Dotted name of the module. A module without a source that can be read counts as changed ever after.
    """
    hashes: dict[str, str] = {}
    own, waiting, source = module.partition(".")[0], [module], cache(_source)

    @cache
    def is_makers(top: str) -> bool:
        return _is_beside(top, own, source)

    def counts(other: str) -> bool:
        """Whether a name that is imported is a module of the task's maker or of the studies, as far as it has a source."""
        top = other.partition(".")[0]
        if top == "desertion":
            of_studies = other.startswith("desertion.study.") and not other.startswith(_DRIVING)
            return (of_studies or other == _TASK) and source(other) is not None
        return is_makers(top) and source(other) is not None

    while waiting:
        name = waiting.pop()
        if f"code {name}" in hashes:
            continue
        file = source(name)
        content = b"" if file is None else file.read_bytes()
        hashes[f"code {name}"] = NO_SOURCE if file is None else _hash(content)
        package = name if file is not None and file.stem == "__init__" else name.rpartition(".")[0]
        waiting += [other for other in _imported(content, package) if counts(other)]
    return hashes


def _source(module: str) -> Path | None:
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    file = Path(spec.origin) if spec is not None and spec.origin else None
    return file if file is not None and file.suffix == ".py" and file.is_file() else None


# To take a module apart takes a hundred times as long as to read it, and a study asks five times for the same.
@lru_cache(maxsize=1000)
def _imported(content: bytes, package: str) -> tuple[str, ...]:
    """Dotted names that may be modules which a module of a package imports, at its head or within a function."""
    return tuple(dict.fromkeys(_names(ast.walk(ast.parse(content)), package)))


def _names(nodes: Iterator[ast.AST], package: str) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package) if node.level else node.module or ""
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _is_beside(top: str, own: str, source: Callable[[str], Path | None]) -> bool:
    """Whether a package or module lies where that of the task does, and is its maker's."""
    if top == own:
        return True
    first, other = source(own), source(top)
    if first is None or other is None or "site-packages" in first.parts:
        return False
    home = first.parent.parent if first.stem == "__init__" else first.parent
    return other.is_relative_to(home) and "site-packages" not in other.parts


def _hash(*parts: bytes) -> str:
    return framed_hash(parts, 8)
