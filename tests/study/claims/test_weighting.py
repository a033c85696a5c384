"""Claims about weighting: shares under other weights by hand, and verdicts that hang on worlds weighing alike."""

import numpy as np
import pytest

from desertion.study.blocks import markdown
from desertion.study.claims.document import Claims
from desertion.study.claims.judging import gathered, judge_all
from desertion.study.claims.report import blocks, coin_tosses, in_words, unheard, weighed_otherwise
from desertion.study.claims.weighting import Weighting, furthest, weightings
from desertion.study.claims.worlds import rare
from tests.study.claims.test_report import RUN

TIMES = 5
FOUR = {"x": [1.0, 2.0, 3.0, 4.0] * TIMES, "form": ["a", "a", "b", "b"] * TIMES, "same": [7, 7, 7, 7] * TIMES}
SHOWN = [False, True, True, True] * TIMES
"""Ten worlds of each form, as many as a word must have."""


def test_shares_under_other_weights_are_those_of_the_ranks() -> None:
    """Mean ranks 1/8, 3/8, 5/8, 7/8 and the other way round; each word alone; what is the same everywhere weighs nothing."""
    found = {each.what: each.share for each in weightings(FOUR, SHOWN)}
    assert found == {
        "worlds with high x weigh more": pytest.approx(15 / 16),
        "worlds with low x weigh more": pytest.approx(9 / 16),
        "only worlds with form = a count": 0.5,
        "only worlds with form = b count": 1.0,
    }


def test_worlds_without_a_number_do_not_count_where_it_weighs() -> None:
    """The other four as if alone; one form that all worlds have is no other weighting, nor is an input of which one number is known."""
    told = {"x": [1.0, 2.0, float("nan"), 3.0, 4.0], "form": ["a"] * 5, "same": [7.0, *[float("nan")] * 4]}
    found = weightings(told, [False, True, False, True, True])
    assert [(each.what.split()[2], each.share, each.worlds) for each in found] == [
        ("high", pytest.approx(15 / 16), 4),
        ("low", pytest.approx(9 / 16), 4),
    ]
    assert weightings({"form": ["a"] * 20}, [True] * 20) == []


def test_the_weighting_most_against_a_verdict_is_found_on_its_side() -> None:
    """The lowest share for one that holds, the highest for one that fails; without anything that differs there is none."""
    found = weightings(FOUR, SHOWN)
    assert furthest(found, "holds") == Weighting(what="only worlds with form = a count", share=0.5, worlds=10)
    assert furthest(found, "fails") == Weighting(what="only worlds with form = b count", share=1.0, worlds=10)
    assert furthest(weightings({"same": [7, 7]}, [True, True]), "holds") is None


def _claims(effect: str = "arm.left") -> Claims:
    about = {
        "claim": "C",
        "source": "N",
        "contrast": "c",
        "unit": "u",
        "sign": 1,
        "smallest": 0.5,
        "could_reverse": "n",
    }
    return Claims.model_validate(
        {
            "world": {"vary": {"form": {"choices": ["additive", "none"]}, "R": {"range": [0, 1]}}},
            "arms": {"arm": {"scenario": "toy"}},
            "claims": [{"id": "c", "effect": effect, **about}],
        }
    )


def _judged(lefts: list[float], forms: list[str], beside: dict[str, list[float]] | None = None):
    points = tuple({"form": form, "R": world / len(forms)} for world, form in enumerate(forms))
    runs = [(world, "arm", number, {"left": left}) for world, left in enumerate(lefts) for number in range(2)]
    return judge_all(_claims(), points, gathered(runs), beside)[0][0]


def test_what_all_worlds_alike_would_decide_depends_where_a_form_disagrees() -> None:
    """400 of 410 worlds show it, of the ten with no contagion none: weighed alike that holds."""
    found = _judged([1.0] * 400 + [0.0] * 10, ["additive"] * 400 + ["none"] * 10)
    assert (found.main.word, found.main.shown, found.agreed) == ("depends", 400, 0)
    assert found.against == Weighting(what="only worlds with form = none count", share=0.0, worlds=10)
    assert in_words(found).endswith(
        "; all worlds alike would decide it, but 0 % of 10 worlds show it where only worlds with form = none count, and so it *depends*."
    )


def test_a_range_is_held_against_the_half_in_which_it_was_counted() -> None:
    """120 worlds, shown where R is 0.6 or more: the half that did not find the range has its own share, of which the sentence speaks."""
    lefts = [float(world >= 72) for world in range(120)]
    found = _judged(lefts, ["additive"] * 120)
    counted = np.array(lefts)[np.random.default_rng(0).permutation(120) % 2 == 1]
    assert found.main.share == 0.4
    assert round(100 * counted.mean()) != 40
    assert f"100 % show it, against {100 * counted.mean():.0f} % of all (counted in the half" in in_words(found)


def test_fewer_than_ten_worlds_of_a_form_neither_turn_nor_confirm_a_verdict() -> None:
    """A single one of nine would be more than a tenth; that nothing is said of them is said."""
    found = _judged([1.0] * 400 + [0.0] * 9, ["additive"] * 400 + ["none"] * 9)
    assert (found.main.word, found.rare) == ("holds", {"form = none": 9})
    assert "none" not in weighed_otherwise(found)
    assert unheard([found])[0].startswith("Of the worlds judged, 9 have form = none (1 of 1 claims): too few")


def test_all_worlds_are_not_said_to_show_what_a_few_that_are_not_weighed_do_not() -> None:
    """Where worlds differ in a word alone, the nine without contagion are in no other weighting."""
    points = tuple({"form": form} for form in ["additive"] * 400 + ["none"] * 9)
    runs = [(world, "arm", number, {"left": float(world < 400)}) for world in range(409) for number in range(2)]
    found = judge_all(_claims(), points, gathered(runs))[0][0]
    assert (found.main.word, found.main.shown) == ("holds", 400)
    assert weighed_otherwise(found).startswith("100 % of 400 worlds show it where only worlds with form = additive")


@pytest.mark.parametrize(("left", "word", "agreed"), [(1.0, "holds", 1), (-1.0, "fails", -1), (0.0, "fails", 0)])
def test_the_direction_in_which_worlds_agree_need_not_be_the_claimed_one(left: float, word: str, agreed: int) -> None:
    """A claim whose opposite is seen everywhere fails with a direction; one of which nothing is seen fails without."""
    found = _judged([left] * 60, ["additive"] * 30 + ["none"] * 30)
    assert (found.main.word, found.agreed) == (word, agreed)
    assert f"In {abs(agreed) or 'none'} nearly all worlds agree" in coin_tosses([found])
    assert coin_tosses([found]).startswith(f"Of 1 claim {'1' if word == 'holds' else 'none'} holds. In")


def test_one_that_fails_is_held_against_other_weights_too() -> None:
    """Of 195 of 205 worlds without the effect the ten with it lie at the top of R: 9.5 % where high R weighs more, and still it fails; all in one form, and it does not."""
    stands = _judged([0.0] * 195 + [1.0] * 10, ["additive"] * 205)
    assert (stands.main.word, stands.main.shown) == ("fails", 10)
    assert stands.against is not None
    assert stands.against.share == pytest.approx(np.arange(195.5, 205).sum() / np.arange(0.5, 205).sum())
    assert weighed_otherwise(stands).endswith("which is the weakest case: it stands.")
    assert _judged([0.0] * 195 + [1.0] * 10, ["additive"] * 195 + ["none"] * 10).main.word == "depends"


def test_what_is_known_beside_the_inputs_weighs_too() -> None:
    """Of 256 worlds fifteen do not show it, spread over R: they lie nearest to the targets, and so 89 % show it where near ones weigh more."""
    fail = set(range(8, 256, 17))
    lefts = [0.0 if world in fail else 1.0 for world in range(256)]
    assert _judged(lefts, ["additive"] * 256).main.word == "holds"
    told = {"distance from the targets": [1.0 if world in fail else 2.0 + world / 256 for world in range(256)]}
    found = _judged(lefts, ["additive"] * 256, told)
    assert found.main.word == "depends"
    assert found.against is not None
    assert found.against.what == "worlds with low distance from the targets weigh more"
    assert 0.88 < found.against.share < 0.9


def test_words_that_hardly_a_world_has_are_said() -> None:
    """Of a list of words; numbers are spread over their range by themselves."""
    claims = _claims()
    here, there = {"form": "additive", "R": 0.5}, {"form": "none", "R": 0.1}
    assert rare(claims.factors, [here] * 12) == {"form = none": 0}
    assert rare(claims.factors, [here] * 12 + [there] * 10) == {}
    told = markdown(blocks([_judged([1.0] * 40, ["additive"] * 40)], [], claims.factors, RUN))
    assert "0 have form = none (1 of 1 claims): too few" in told
    assert "too few to be held" not in markdown(blocks([], [], claims.factors, RUN))


def test_what_every_world_shows_holds_however_they_are_weighed() -> None:
    """And its weakest weighting is all of them."""
    found = _judged([1.0] * 60, ["additive"] * 30 + ["none"] * 30)
    assert found.main.word == "holds"
    assert found.against is not None
    assert found.against.share == pytest.approx(1.0)


def _open(worlds: list[tuple[list[float], str]]):
    """A claim judged in worlds of two runs each and a form."""
    points = tuple({"form": form, "R": number / len(worlds)} for number, (_, form) in enumerate(worlds))
    runs = [(world, "arm", n, {"left": left}) for world, (each, _) in enumerate(worlds) for n, left in enumerate(each)]
    return judge_all(_claims(), points, gathered(runs))[0][0]


@pytest.mark.parametrize(("far", "word", "share"), [(50.0, "holds", 0.0), (-50.0, "fails", 1.0)])
def test_unclear_worlds_are_held_against_a_word_under_other_weights(far: float, word: str, share: float) -> None:
    """Of 410 worlds the ten without contagion agree with the others by runs that leave it open: few of all, and all of their kind."""
    unclear = [0.4, 0.8] if far > 0.0 else [0.2, 0.6]
    found = _open([([far, far], "additive")] * 400 + [(unclear, "none")] * 10)
    assert (found.main.word, found.main.possible - found.main.sure) == ("depends", 10)
    assert found.main.shown == (410 if far > 0.0 else 0)
    assert found.against is not None
    assert (found.against.what, found.against.share) == ("only worlds with form = none count", share)
    assert f"form = none count and unclear ones count as {'not ' if word == 'holds' else ''}showing it" in in_words(
        found
    )


def test_a_word_that_unclear_worlds_take_back_is_said_to_be_one_of_the_means() -> None:
    """All of 96 worlds show it by their means, sixteen of them by runs that leave it open."""
    found = _open([([50.0, 50.0], "additive")] * 80 + [([0.4, 0.8], "additive")] * 16)
    assert in_words(found) == (
        "“C” is shown by 96 of 96 worlds (100 %; by 80 to 96 as unclear ones are counted), the median one having 50 u; "
        "the means of their runs would decide it, but 16 worlds are unclear."
    )
