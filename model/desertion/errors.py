"""What the user is told when an input is wrong: one sentence that says what, where, the rule and the way out."""

from collections.abc import Iterable
from difflib import get_close_matches

_MOST_NAMES = 12


class InputError(ValueError):
    """The user's input is wrong; the text is one clear sentence for that user.

    The command line prints the sentence and exits with 2. The fields repeat its parts for programs (the browser
    app marks the field named by `key`); all but `message` may be empty.
    """

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        key: str = "",
        value: object = None,
        rule: str = "",
        way_out: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.key = key
        self.value = value
        self.rule = rule
        self.way_out = way_out

    def __reduce__(self) -> tuple[type["InputError"], tuple[str], dict[str, object]]:
        """Travel between processes with all fields."""
        return type(self), (self.message,), dict(self.__dict__)


def input_error(key: str, value: object, rule: str, *, where: str = "", way_out: str = "") -> InputError:
    """Return the error whose sentence reads `where: key = value rule; way_out`.

    Args:
        key: What is wrong, as the user wrote it: a dotted key, an option, an argument.
        value: What was given.
        rule: What it breaks, as the end of a sentence: "must be a whole number of days >= 0".
        where: The file or command it stands in, if any.
        way_out: What to do instead, if the rule does not say so already.
    """
    place = f"{where}: " if where else ""
    advice = f"; {way_out}" if way_out else ""
    return InputError(
        f"{place}{key} = {value!r} {rule}{advice}", where=where, key=key, value=value, rule=rule, way_out=way_out
    )


def unknown_name(kind: str, name: str, known: Iterable[str], *, where: str = "") -> InputError:
    """Return the error for a name that is none of the known ones, with the nearest of them.

    Args:
        kind: What was asked for: "policy", "scenario", "key".
        name: The name as given.
        known: All names that would have been right.
        where: The file or command it stands in, if any.
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        way_out = f"did you mean {near[0]!r}?"
    elif names:
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        way_out = f"known are: {', '.join(names[:_MOST_NAMES])}{more}"
    else:
        way_out = "none is known here"
    place = f"{where}: " if where else ""
    return InputError(
        f"{place}there is no {kind} {name!r}; {way_out}",
        where=where,
        key=kind,
        value=name,
        rule=f"must be a known {kind}",
        way_out=way_out,
    )
