"""The package stands on one floor a folder: what import contracts do not hold is counted here."""

from collections import Counter

from tests.checks.documents import ROOT
from tests.checks.shape import circles, imports, modules

PACKAGE = ROOT / "model" / "desertion"


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports within functions and for the type checker alone count: who reads one module of a circle has to read all."""
    assert circles(imports(PACKAGE)) == []


def test_circles_are_found() -> None:
    """Three modules in a round and one that only looks at them."""
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def test_a_newcomer_sees_ten_folders_and_six_modules() -> None:
    """No folder holds more than 20 files, but for one of a file a command."""
    folders = Counter(str(path.parent.relative_to(PACKAGE)) for path in modules(PACKAGE).values())
    assert folders.pop(".") <= 6
    assert len({name.partition("/")[0] for name in folders}) <= 10
    assert {name: number for name, number in folders.items() if number > 20 and name != "commands"} == {}
