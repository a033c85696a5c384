"""Addresses, limits and the study folder, without a browser."""

from __future__ import annotations

import shlex
import socket
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desertion.app.pages.shell import links_of
from desertion.app.request.address import Address, parse
from desertion.app.request.choice import run_command, scenario_of, turns_dials, unchecked, understood
from desertion.app.request.limits import Limits, check_comparison, check_live, limits, set_limits
from desertion.app.request.mix import Mix
from desertion.app.request.query import parse as parse_mix
from desertion.app.server.server import Place, check, greeting
from desertion.cli import main
from desertion.errors import InputError
from tests.shortcuts import elsewhere

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True)


@given(
    st.builds(
        Address,
        scenario=NAMES,
        policies=st.lists(NAMES, max_size=3).map(tuple),
        settings=st.dictionaries(NAMES, st.from_regex(r"[a-z0-9.]{1,9}", fullmatch=True), max_size=3).map(
            lambda found: tuple(sorted(found.items()))
        ),
        scale=st.sampled_from([0.0, 0.001, 0.25, 1 / 3]),
        seed=st.integers(0, 2**63 - 1),
        arms=st.lists(NAMES.map(lambda name: f"{name}+b"), min_size=1, max_size=4).map(tuple),
        person=st.integers(-1, 10_000),
    )
)
def test_an_address_is_read_as_it_was_written(address: Address) -> None:
    """Writing and reading an address is the identity."""
    assert parse(address.query()) == (address, {})


@pytest.mark.parametrize("policies", [(), ("fast-track",)])
@pytest.mark.usefixtures("no_workers")
def test_the_command_of_a_run_with_a_dial_is_one_that_there_is(
    policies: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """A single run has no dials: a comparison of the same world with one run is what can be typed."""
    address = Address(scenario="toy", policies=policies, settings=(("contagion", "2"),), scale=0.1, days=3)
    assert turns_dials(address)
    command = run_command(address)
    assert "--set contagion=2" in command
    assert main([*shlex.split(command)[1:], "--quiet"]) == 0
    assert "1 paired replicate" in capsys.readouterr().out
    assert run_command(replace(address, settings=())).startswith("desertion run toy")


def test_a_dial_that_is_set_otherwise_is_not_named_to_who_looks_for_a_key() -> None:
    """The first screen has sliders for two of them; what it says of either, and of a key that there is not, leads on."""
    told = {key: parse_mix(f"set={key}=0.5")[1][key] for key in ("asylum", "contagion", "foo")}
    assert told == {
        "asylum": "asylum = 0.5 is a dial of the page Watch it happen, which moves many inputs at once; move the sliders of the doors, or set it there",
        "contagion": "contagion = 0.5 has a slider of its own; move that",
        "foo": "foo cannot be set here; what can be set is capacity, reproduction or starts with behaviour, forces, hosts, dial",
    }


def test_commands_round_no_scale() -> None:
    """Neither of a run nor of a mix: a third of the people are other people than 0.333333 of them."""
    assert f"--scale {1 / 3} " in run_command(Address(scenario="toy", scale=1 / 3))
    assert f"--scale {1 / 3}" in Mix(scenario="toy", scale=1 / 3).command()


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("x" * 5000, "address"),
        ("seed=one", "seed"),
        ("seed=1_0", "seed"),
        ("days=１０", "days"),
        ("scale=0.0_1", "scale"),
        ("scale=large", "scale"),
        ("set=noequals", "set"),
        ("colour=red", "colour"),
        ("seed=" + "9" * 3000, "seed"),
        ("scale=nan", "scale"),
        ("days=-3", "days"),
        ("days=0", "days"),
        ("person=-7", "person"),
        ("cell=-2", "cell"),
        ("scale=0", "scale"),
        ("scale=0.0000001", "scale"),
        ("scenario=nowhere", "scenario"),
        ("policies=fast-track,nonsense", "policies"),
        ("set=behaviour.contagion_squad=" + "[" * 1500, "behaviour.contagion_squad"),
        ("set=behaviour.contagion_squad=" + "9" * 400, "behaviour.contagion_squad"),
        ("set=behaviour.contagion_squad=" + "{a=" * 600, "behaviour.contagion_squad"),
        ("set=behaviour.contagion_squad=much", "behaviour.contagion_squad"),
        ("set=contagion=" + "9" * 400, "contagion"),
        ("set=contagion=inf", "contagion"),
        ("set=graph=/etc/passwd", "graph"),
        ("force=nobody", "force"),
        ("arms=fast-track,nonsense,none", "arms"),
        ("arms=fast-track%2Bnonsense", "arms"),
    ],
)
def test_what_is_wrong_in_an_address_is_told_by_part_and_the_rest_stays(query: str, part: str) -> None:
    """The part that is wrong has its sentence and stands at its default; what else the address says is taken over."""
    address, wrong = understood(f"{query}&runs=5&set=behaviour.form=additive")
    assert list(wrong) == [part]
    assert len(wrong[part]) < 400
    if part != "address":
        assert (address.runs, dict(address.settings)["behaviour.form"]) == (5, "additive")
    if part in ("seed", "scale", "days", "scenario", "force", "person", "cell"):
        assert getattr(address, part) == getattr(Address(), part)
    assert dict(address.settings).get(part) is None
    scenario_of(address)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_words_in_an_address_break_the_page(key: str, value: str) -> None:
    """Any setting and any part give an address that can be run, with or without a sentence."""
    address, _ = understood(urlencode([("set", f"{key}={value}"), (key, value)]))
    scenario_of(address)


def test_of_arms_in_an_address_those_that_are_policies_stay() -> None:
    """A shared comparison with one misspelt policy opens with the others, and is told of it before anything is run."""
    address, wrong = understood("arms=fast-track,nonsense,none")
    assert address.arms == ("fast-track", "none")
    assert "nonsense" in wrong["arms"]
    assert understood("arms=nonsense")[0].arms == Address().arms
    assert understood("arms=fast-track%2Bexit-ban,none")[1] == {}


def test_what_the_app_guessed_to_compare_follows_the_policies_and_what_a_visitor_chose_stays() -> None:
    """On the way from Compare to other pages and back, with other policies chosen there."""

    def followed(address: Address, path: str) -> Address:
        return understood(links_of(address)[path].partition("?")[2])[0]

    there = followed(Address(scenario="toy", policies=("fast-track",)), "compare")
    assert there.arms == ("none", "fast-track")
    back = followed(there, "watch")
    assert followed(replace(back, policies=("exit-ban",)), "compare").arms == ("none", "exit-ban")
    assert followed(replace(back, policies=()), "compare").arms == Address().arms
    chosen = replace(there, arms=("none", "coalition"))
    assert followed(replace(followed(chosen, "watch"), policies=("exit-ban",)), "compare").arms == chosen.arms


def test_the_scale_that_a_refusal_advises_does_fit() -> None:
    """The advice can be followed: a run of the advised scale is let through."""
    with pytest.raises(InputError, match=r"a scale of ([\d.]+) fits") as refusal:
        scenario_of(Address(scenario="russia-2022", scale=1.0))
    advised = float(str(refusal.value).split("a scale of ")[1].split()[0])
    assert scenario_of(Address(scenario="russia-2022", scale=advised)).scale == advised


def test_a_comparison_may_be_as_large_as_stated_and_no_larger() -> None:
    """The limit is on all runs together."""
    most = limits().people_compared
    check_comparison(most // 100, 1.0, 100, 2, 50)
    with pytest.raises(InputError):
        check_comparison(most // 100 + 1, 1.0, 100, 2, 50)
    with pytest.raises(InputError, match="days"):
        check_live(10, 1.0, 10**6)


@pytest.mark.parametrize("key", ["graph", "series.forces.toy.police", "policies", "changes", "name", "stop"])
def test_an_address_cannot_set_files_or_policies(key: str) -> None:
    """What leads to files or is no input of forces, hosts or behaviour is refused."""
    with pytest.raises(InputError):
        unchecked(Address(scenario="toy", settings=((key, "x"),)), ())


def test_a_server_that_others_can_reach_says_so_with_the_recipe() -> None:
    """On loopback nothing is said; elsewhere a warning with a reverse proxy's settings."""
    assert "WARNING" not in greeting(Place())
    told = greeting(Place(host="0.0.0.0", port=9000))
    assert "WARNING" in told
    assert "proxy_pass http://127.0.0.1:9000" in told


def test_a_study_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """The sentence names the option."""
    with pytest.raises(InputError, match="--studies"):
        check(Place(limits=Limits(studies=tmp_path / "missing")))


@pytest.mark.parametrize("host", ["", "a b", "name.invalid", "192.0.2.1", "x" * 70, "a\0b"])
def test_a_place_where_nothing_can_listen_is_refused(host: str) -> None:
    """The server's own library logs it and exits with 3; an empty address would stand for all of this machine's."""
    with pytest.raises(InputError, match=r"^--host = .*, --port = 0: no server can listen there \(.+\); name"):
        elsewhere(check, Place(host=host, port=0))


def test_a_port_that_is_taken_is_told_before_any_greeting(capsys: pytest.CaptureFixture[str]) -> None:
    """With exit 2 and one sentence, like any wrong option."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert elsewhere(main, ["app", "--no-open", "--port", str(port)]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert f"--port = {port}: no server can listen there (address already in use)" in told.err


def test_limits_hold_for_the_whole_server() -> None:
    """What is set is what is read."""
    before = limits()
    try:
        set_limits(Limits(people=5))
        with pytest.raises(InputError):
            check_live(6, 1.0, 10)
    finally:
        set_limits(before)
