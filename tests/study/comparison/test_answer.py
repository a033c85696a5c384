"""The answer of a comparison on real runs: what it says goes once the mechanism that it names is switched off."""

from __future__ import annotations

import re
from pathlib import Path

from desertion import Scenario, compare
from desertion.app.request.mix import parse
from desertion.app.simulator.screen import setting_of
from desertion.study.comparison.report.answer import answer
from desertion.study.comparison.report.reasons import asks_no_visa, stay_open
from desertion.study.run.sweep import RunOptions
from tests.app.folder import Here


def test_why_closed_doors_change_nothing_is_told_while_neighbours_stay_open(tmp_path: Path) -> None:
    """In the answer of a comparison as on the first screen; once neighbours without visas are shut as well the sentence goes."""
    told: list[str] = []
    for name, shut in (("open", {}), ("shut", {"hosts.@visa-free.border": 0.0, "hosts.@visa-free.leak": 0.0})):
        compared = compare(
            "russia-2022", ["none", "closed-borders"], runs=8, scale=0.0004, days=60, settings=shut, quiet=True,
            out=tmp_path / f"{name}.sqlite", options=RunOptions(executor=Here(), workers=1, quiet=True),
        )  # fmt: skip
        told.append(" ".join(answer(compared)))
    assert "Closing these doors changes little because others stay open" in told[0]
    assert re.search(r"states that ask no visa \(.*(Kazakhstan|Georgia)", told[0])
    assert "others stay open" not in told[1]


def test_among_several_forces_it_is_said_whose_people_are_counted(tmp_path: Path) -> None:
    """Hosts do not tell forces apart: where one force's sentence counts the people of all, it says so."""
    compared = compare(
        "three-armies-2022", ["none", "closed-borders"], runs=8, scale=0.0006, days=60, quiet=True,
        out=tmp_path / "s.sqlite", options=RunOptions(executor=Here(), workers=1, quiet=True),
    )  # fmt: skip
    told = [line for line in answer(compared) if "others stay open" in line]
    assert told
    assert all("% of those of all forces who are abroad on the last day" in line for line in told)


def test_doors_are_said_to_stay_open_where_most_people_are_and_only_those() -> None:
    """Half of those abroad must be where no visa is asked, and no state that asks one is named."""
    names = ["Near", "Far", "Wide"]
    (told,) = stay_open([60.0, 30.0, 10.0], names, [True, False, True])
    assert "70 % of those" in told
    assert "(Near, Wide)" in told
    assert stay_open([60.0, 30.0, 10.0], names, [False, True, True]) == []
    assert stay_open([0.0, 0.0, 0.0], names, [True, True, True]) == []


def test_doors_that_stay_open_are_those_of_the_policy_on_the_first_screen_as_in_reports() -> None:
    """A state opened by the policy counts; one that it closes does not, whatever it asked before or still asks on paper."""
    for query, policies in (
        ("scenario=russia-2022", []),
        ("scenario=russia-2022&border=open&asylum=none", ["visa-free-neighbours", "lever-admission-closed"]),
        ("scenario=russia-2022&set=hosts.@visa-free.border=0", ["lever-neighbours-closed"]),
    ):
        mix, wrong = parse(query)
        assert not wrong
        hosts = Scenario.load("russia-2022", policies=policies).course.hosts
        own = {host.name for host, free in zip(hosts, setting_of(mix).visa_free, strict=True) if free}
        assert own == {host.name for host in hosts if asks_no_visa(host)}
        found = {"georgia" in own, "kazakhstan" in own}, "finland" in own
        assert found == ({"neighbours-closed" not in str(policies)}, "visa-free-neighbours" in policies)


def test_pairs_without_a_difference_agree_with_no_sign(tmp_path: Path) -> None:
    """Fewer prisoners in nine pairs of ten; in the tenth nothing changed, which speaks for neither side."""
    options = RunOptions(executor=Here(), workers=1, quiet=True)
    found = compare(
        "toy", ["none", "no-quarter"], runs=10, days=120, seed=2, quiet=True, out=tmp_path / "t.sqlite", options=options
    )
    left = found.outcomes[(found.outcomes["measure"] == "left")].pivot(
        index="replicate", columns="policy", values="value"
    )
    assert sorted(left["no-quarter"] - left["none"])[-2:] == [-2.0, 0.0]
    assert "in 9 of 10 pairs of runs" in " ".join(answer(found))
