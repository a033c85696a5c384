"""Options that would change nothing beside others, or without one: each is refused before anything is read or run."""

from pathlib import Path

import pytest

from desertion.cli import main

IDLE = [
    ("show x.sqlite --json --verify", "--json changes nothing beside --verify"),
    ("show x.sqlite --json --plot a.png", "--plot changes nothing beside --json"),
    ("show x.sqlite --json --table a.csv", "--table changes nothing beside --json"),
    ("show x.sqlite --json --discover 1", "--discover changes nothing beside --json"),
    ("show x.sqlite --json --failures", "--json changes nothing beside --failures"),
    ("show x.sqlite --verify --failures", "--failures changes nothing beside --verify"),
    ("show x.sqlite --verify -m left", "--measure changes nothing beside --verify"),
    ("show x.sqlite --failures --simulated", "--simulated changes nothing beside --failures"),
    ("show x.sqlite --discover 1 --plot a.png", "--plot changes nothing beside --discover"),
    ("show x.sqlite --kind nonsense", "--kind changes nothing without --plot or --table"),
    ("show x.sqlite --plot a.png --simulated", "--simulated changes nothing beside --plot, whose persons are at real"),
    ("compare toy --paper", "--paper changes nothing without --out"),
    ("compare toy --accept-changes", "--accept-changes changes nothing without --out"),
    ("compare toy --scheduler tcp://a:1 --workers 2", "--workers changes nothing beside --scheduler"),
    ("compare toy --tls-ca a --tls-cert b --tls-key c", "--tls-ca changes nothing without a --scheduler at tls://"),
    ("sweep tipping --tls-ca a --tls-cert b --tls-key c --scheduler tcp://a:1", "without a --scheduler at tls://"),
    ("sweep tipping --scheduler tcp://a:1 --dry-run", "--scheduler changes nothing beside --dry-run"),
    ("sweep tipping --dry-run --retry-failed", "--retry-failed changes nothing beside --dry-run, which runs nothing"),
    ("sweep tipping --dry-run --on-error raise", "--on-error changes nothing beside --dry-run, which runs nothing"),
    ("sweep tipping --dry-run --accept-changes", "--accept-changes changes nothing beside --dry-run"),
    ("claims --pilot --worlds 4", "--worlds changes nothing beside --pilot, which counts in 32 worlds of its own"),
    ("claims --pilot --quick", "--quick changes nothing beside --pilot"),
    ("claims --report --workers 2", "--workers changes nothing beside --report"),
    ("claims --report --runs 2", "--runs changes nothing beside --report"),
    ("claims --report --only-allowed", "--only-allowed changes nothing beside --report"),
    ("claims --quick --runs 3", "--runs changes nothing beside --quick"),
    ("claims --quick --worlds 17", "--worlds changes nothing beside --quick, which runs each arm once in 16 worlds at"),
    ("claims --shard 1/2 --most-runs 4", "--most-runs changes nothing beside --shard"),
    ("claims --tls-ca a --tls-cert b --tls-key c", "--tls-ca changes nothing without a --scheduler at tls://"),
    ("contagion a.csv --battles --window 4", "--window changes nothing beside --battles"),
    ("export . --format rocrate --no-curves", "--curves/--no-curves changes nothing beside a folder"),
    ("export . --format rocrate --out a", "--out changes nothing beside a folder"),
    ("export x.sqlite --simulated --real-size", "--real-size changes nothing beside --simulated"),
    ("history --patterns ukraine-awol", "NAMES changes nothing beside --patterns"),
    ("history --patterns --unit cases", "--unit changes nothing beside --patterns"),
    ("history ukraine-awol --kind level", "--kind changes nothing without a CSV file"),
    ("history ukraine-awol --grade C", "--grade changes nothing without a CSV file"),
    ("history --with-model --column new_flee", "--column changes nothing without --scenario"),
    ("history ukraine-awol --runs 3", "--runs changes nothing without --with-model, --scenario or --patterns"),
    ("list --json --levers", "--levers changes nothing beside --json"),
    ("list studies --levers", "--levers changes nothing beside studies"),
    ("match russia-2022 --report --runs 3", "--runs changes nothing beside --report"),
    ("match russia-2022 --report --worlds 3", "--worlds changes nothing beside --report"),
    ("plot toy --kind decision --force toy", "--force changes nothing beside --kind decision"),
    ("plot x.sqlite --who soldier", "--who changes nothing beside the file of a study"),
    ("plot x --who soldier", "--who changes nothing without --kind decision"),
    ("run toy --simulated", "--simulated changes nothing without --out or --json"),
    ("theory toy --no-points", "--points/--no-points changes nothing without --out"),
    ("theory toy --seed 1", "--seed changes nothing without --measure, or --out with its points"),
    ("theory toy --asylum 0.9 --set asylum=0.2", "asylum is given twice, as 0.9 and among the settings"),
    ("theory toy --measure -3", "measure = -3 must be a whole number in [0, 10**6]"),
    ("thesis ukraine-awol --door 2030-04-01", "--door changes nothing without a CSV file"),
    ("thesis mine.csv --at-risk 1,2,3", "--at-risk = '1,2,3' must be a whole number, or the fewest and the most"),
    ("calibrate gdr-1989 --kind cumulative", "is for a CSV file: gdr-emigration-points has its own"),
    ("calibrate toy --series ukraine-awol --measure left --kind flow", "is for a CSV file: ukraine-awol has its own"),
    ("run toy --set days=3 --set days=4", "--set days is given 2 times: give it once"),
    ("search levers --limit cost_eur=1 --limit cost_eur=2", "--limit cost_eur is given 2 times: give it once"),
]


@pytest.mark.parametrize(("words", "says"), IDLE, ids=[words for words, _ in IDLE])
def test_what_would_change_nothing_is_refused(
    words: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one sentence with exit code 2; a value that was typed counts though it is the one that holds anyway."""
    monkeypatch.chdir(tmp_path)
    assert main(words.split()) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert says in told[-1]
    assert all(line.startswith("desertion: ") for line in told)
