import pickle

import pytest

from desertion.errors import InputError, input_error, refuse_unknown, unknown_name


def test_sentence_names_file_key_value_rule_and_way_out() -> None:
    """The parts stand in the order in which a reader needs them."""
    error = input_error("pardon.window", -3, "must be >= 0 days", where="seeds/policies/pardon.toml", way_out="use 0")
    assert str(error) == "seeds/policies/pardon.toml: pardon.window = -3 must be >= 0 days; use 0"


def test_sentence_does_without_file_and_way_out() -> None:
    """No empty brackets, colons or semicolons stay behind."""
    assert str(input_error("--seed", "x", "must be a whole number")) == "--seed = 'x' must be a whole number"


@pytest.mark.parametrize(
    ("known", "way_out"),
    [
        (["fast-track", "closed-borders"], "did you mean 'fast-track'?"),
        (["toy"], "known are: toy"),
        (["toy", "toy"], "known are: toy"),
        ([], "none is known here"),
    ],
)
def test_unknown_name_offers_the_nearest_or_the_list(known: list[str], way_out: str) -> None:
    """A slip of the pen is named; else all names are."""
    assert unknown_name("policy", "fast-trak", known).way_out == way_out


@pytest.mark.parametrize("name", [None, 3, ["fast-track"], b"fast-track"])
def test_what_is_no_text_is_the_name_of_nothing(name: object) -> None:
    """A slip in Python is answered as a slip of the pen is."""
    with pytest.raises(InputError, match=r"there is no policy .*; known are: fast-track"):
        refuse_unknown("policy", name, {"fast-track": 1})


def test_unknown_name_lists_no_more_names_than_a_reader_takes_in() -> None:
    """Thirty dotted keys in one sentence would hide the point."""
    error = unknown_name("key", "q", [f"part.{i:02}" for i in range(30)])
    assert str(error).endswith("part.11 and 18 more")


def test_error_keeps_its_fields_on_the_way_between_processes() -> None:
    """A worker's complaint reaches the driver whole."""
    error = input_error("scale", 2, "must be in (0, 1]", where="toy.toml", way_out="use 1")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is InputError
    assert (str(back), back.__dict__) == (str(error), error.__dict__)


def test_input_error_is_a_value_error() -> None:
    """Callers that know nothing of the project can catch it."""
    assert issubclass(InputError, ValueError)


def test_a_known_name_passes_and_any_other_is_refused_where_it_stands() -> None:
    """One check for all names that users write: the way out comes with it."""
    refuse_unknown("policy", "fast-track", ["fast-track", "coalition"])
    with pytest.raises(InputError, match=r"mine.toml: there is no policy 'fast-trak'; did you mean 'fast-track'\?"):
        refuse_unknown("policy", "fast-trak", ["fast-track", "coalition"], where="mine.toml")
