"""Documents that a study holds in itself: a name stands for one text alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desertion import Policy
from desertion.errors import InputError
from desertion.scenario.loading import policies
from desertion.study.comparison.compare import spec_of
from desertion.study.design.documents import policies_at
from desertion.study.run.described import described


def own(name: str, police: float) -> Policy:
    """A policy of the caller's own that sets the police alone."""
    return Policy.model_validate({"name": name, "change": [{"from": "start", "set": {"forces.*.police": police}}]})


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("mine", lambda: described("toy", {"low": [own("mine", 0.0)], "high": [own("mine", 50.0)]}, None, {})),
        ("mine", lambda: described("toy", [own("mine", 0.0), ["exit-ban", own("mine", 50.0)]], None, {})),
        ("mine", lambda: spec_of("toy", [[own("mine", 0.0), "exit-ban"], own("mine", 50.0)], runs=1)),
        ("fast-track", lambda: spec_of("toy", ["fast-track+exit-ban", own("fast-track", 50.0)], runs=1)),
        ("fast-track", lambda: described("toy", [own("fast-track", 50.0), "fast-track"], None, {})),
    ],
)
def test_two_policies_of_one_name_that_differ_are_refused(name: str, ask: Callable[[], object]) -> None:
    """Whether both are given or one is named: the last would be run in the place of the other."""
    with pytest.raises(
        InputError, match=f"policies = '{name}' is the name of two policies that differ; give one another name"
    ):
        ask()


def test_one_policy_may_stand_in_several_mixes() -> None:
    """Given twice, or given where it is also named, it is one and the same."""
    mine = own("mine", 50.0)
    shipped = policies(["fast-track"])[0][0]
    spec = spec_of("toy", [mine, [own("mine", 50.0), "exit-ban"], ["fast-track", mine], shipped], runs=1)
    held = dict(spec.documents)
    assert policies_at(dict(spec.policies)["mine+exit-ban"], held) == [mine, "exit-ban"]
    assert policies_at(dict(spec.policies)["fast-track"], held) == [shipped]
