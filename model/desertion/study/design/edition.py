"""Edition: the state of all documents as one study reads them, by which what processes keep of documents is told apart."""

import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps

_EDITION: ContextVar[str] = ContextVar("edition", default="")


def edition() -> str:
    """The mark of the present edition; empty outside of all studies."""
    return _EDITION.get()


@contextmanager
def reading(mark: str | None = None) -> Generator[None]:
    """Let what is called in the body read documents in one edition.

    Args:
        mark: The edition that a study sends to its workers; a new one if there is none, in which every document is read anew.
    """
    before = _EDITION.set(uuid.uuid4().hex if mark is None else mark)
    try:
        yield
    finally:
        _EDITION.reset(before)


def kept[**P, T](maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A decorator: the function's results are kept for equal arguments and the same edition, at most `maxsize` of them."""

    def decorated(function: Callable[P, T]) -> Callable[P, T]:
        @lru_cache(maxsize)
        def of_edition(_mark: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
            return function(*args, **kwargs)

        @wraps(function)
        def looked_up(*args: P.args, **kwargs: P.kwargs) -> T:
            return of_edition(edition(), *args, **kwargs)

        return looked_up

    return decorated
