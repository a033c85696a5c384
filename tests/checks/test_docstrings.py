import pytest

from tests.checks.docstrings import complaints

HEAD = 'def f(a: int, *rest: int, b: int = 0) -> {returns}:\n    """Say something.\n\n{body}    """\n'


def judge(body: str, returns: str = "int") -> list[str]:
    """Return the complaints about a function of `a`, `*rest` and `b` with that docstring."""
    return [text for _, text in complaints(HEAD.format(body=body, returns=returns))]


def test_docstring_that_names_every_argument_in_order_is_right() -> None:
    """Continuation lines and colons in them are not taken for names."""
    body = "    Args:\n        a: First,\n            note: still a.\n        *rest: More.\n        b: Last.\n"
    assert judge(body + "\n    Returns:\n        A number.\n") == []


def test_docstring_without_sections_is_right() -> None:
    """A sentence can be contract enough."""
    assert judge("    More prose: with a colon.\n") == []


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("    Args:\n        a: First.\n        b: Last.\n", "does not name rest"),
        ("    Args:\n        a: First.\n        rest: More.\n        b: Last.\n        c: Gone.\n", "names c, which"),
        ("    Args:\n        b: Last.\n        a: First.\n        rest: More.\n", "has the order b, a, rest"),
    ],
)
def test_docstring_that_disagrees_with_its_signature_is_found(body: str, part: str) -> None:
    """An argument missing, gone or out of order is named."""
    (found,) = judge(body)
    assert part in found


def test_promise_of_a_result_by_a_function_that_returns_none_is_found() -> None:
    """`Returns:` and `-> None` contradict each other."""
    assert judge("    Returns:\n        A number.\n", returns="None") == [
        "f: has a Returns section and returns nothing"
    ]


def test_class_docstring_is_held_against_its_constructor() -> None:
    """Arguments of `__init__` may be described on the class; `self` is none of them."""
    source = 'class C:\n    """Do.\n\n    Args:\n        x: One.\n    """\n\n    def __init__(self, y: int) -> None:\n        self.y = y\n'
    assert [text for _, text in complaints(source)] == [
        "C: Args does not name y",
        "C: Args names x, which the signature does not have",
    ]
