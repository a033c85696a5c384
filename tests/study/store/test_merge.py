"""Shards: parts of a study made apart and put together."""

import re
import shlex
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from desertion.cli import main
from desertion.errors import InputError
from desertion.study.analysis.answers import Answers
from desertion.study.analysis.export import export
from desertion.study.claims.plan import ClaimsPlan, spec_of
from desertion.study.design.spec import StudySpec
from desertion.study.run.origin import header
from desertion.study.run.sweep import RunOptions, run_study, sweep
from desertion.study.store.lock import DriverLock
from desertion.study.store.merge import merge
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import QUARANTINED, TIMEOUT, Row
from desertion.study.store.writer import StudyWriter

type Make = Callable[..., StudySpec]

_BAN = 'title = "Ban"\n[[change]]\nset = { "forces.@first.exit_ban" = 1, "forces.@first.ban_control" = 0.4 }\n'


def _run(spec: StudySpec, path: Path, shard: tuple[int, int] = (1, 1), **more: Any) -> Path:
    with ThreadPoolExecutor(1) as threads:
        run_study(spec, path, RunOptions(quiet=True, executor=threads, workers=1, shard=shard, **more))
    return path


@pytest.mark.parametrize("runs", [7, {"measure": "left_total", "half_width": 0.2, "minimum": 4, "step": 3}])
def test_merged_shards_are_the_study_that_one_driver_makes(
    tmp_path: Path, study: Make, lasting: Callable[[Path], list[tuple[object, ...]]], runs: object
) -> None:
    """With a fixed number of replicates and under a precision rule; resuming the merged file does nothing."""
    spec = study(runs=runs)
    parts = [_run(spec, tmp_path / f"part-{part}.sqlite", (part, 3)) for part in (1, 2, 3)]
    whole = _run(spec, tmp_path / "whole.sqlite")
    count = merge(parts, tmp_path / "merged.sqlite")
    assert count == len(lasting(whole))
    assert lasting(tmp_path / "merged.sqlite") == lasting(whole)
    _run(spec, tmp_path / "merged.sqlite")
    assert lasting(tmp_path / "merged.sqlite") == lasting(whole)


def test_a_shard_is_not_resumed_as_another(tmp_path: Path, study: Make) -> None:
    """Its file says which part it is."""
    path = _run(study(), tmp_path / "s.sqlite", (1, 2))
    with pytest.raises(InputError, match=r'shard: "1/2" -> "2/2"'):
        _run(study(), path, (2, 2))


def test_files_of_different_studies_do_not_merge(tmp_path: Path, study: Make) -> None:
    """The difference is shown and nothing is left behind."""
    one = _run(study(), tmp_path / "one.sqlite", (1, 2))
    other = _run(study(settings={"busy": 0.0}), tmp_path / "other.sqlite", (2, 2))
    with pytest.raises(InputError, match="no shards of one study"):
        merge([one, other], tmp_path / "merged.sqlite")
    with pytest.raises(InputError, match="exists already"):
        merge([one], other)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.sqlite", "other.sqlite"]


def test_a_merge_that_cannot_be_written_names_no_option(
    tmp_path: Path, study: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has none: a folder that cannot be, and a file that another program is writing."""
    part = _run(study(), tmp_path / "part.sqlite", (1, 2))
    out = tmp_path / "merged.sqlite"
    for place, told in (
        (tmp_path / "part.sqlite" / "m.sqlite", "this folder cannot be used"),
        (out, "is being written by"),
    ):
        with DriverLock(out):
            assert main(["merge", str(place), str(part)]) == 2
        said = capsys.readouterr().err
        assert told in said
        assert "--" not in said
    assert [one.name for one in tmp_path.iterdir()] == ["part.sqlite"]


@pytest.mark.parametrize("first", [1, 2])
def test_changes_that_a_part_accepted_stand_in_the_merged_file(tmp_path: Path, study: Make, first: int) -> None:
    """Its rows may be of before them, whichever part is named first; a file without any has no such entry."""
    spec, points = study(), study().points()
    parts = [_run(spec, tmp_path / f"part-{part}.sqlite", (part, 2)) for part in (1, 2)]
    merge(parts, tmp_path / "plain.sqlite")
    for number, old in ((1, "1.0"), (2, "2.0"), (2, "3.0")):
        about = header(spec, points, (number, 2))
        for versions in (about["versions"] | {"numpy": old}, about["versions"]):
            StudyWriter.open(parts[number - 1], about | {"versions": versions}, points, accept_changes=True).close()
    merge(parts[:: 1 if first == 1 else -1], tmp_path / "merged.sqlite")
    with StudyFile(tmp_path / "merged.sqlite") as file, StudyFile(tmp_path / "plain.sqlite") as plain:
        changes = [change["changes"][0] for change in file.header()["accepted_changes"]]
        assert "accepted_changes" not in plain.header()
        assert plain.header()["command"] == shlex.join(
            ["desertion", "merge", *map(str, (tmp_path / "plain.sqlite", *parts))]
        )
    assert [change.count("versions.numpy") for change in changes] == [1] * 6
    assert all(any(f'"{old}" ->' in change for change in changes) for old in ("1.0", "2.0", "3.0"))


def test_shards_that_disagree_about_a_run_do_not_merge(tmp_path: Path, study: Make) -> None:
    """Overlapping files are fine when they agree."""
    one, other = _run(study(), tmp_path / "one.sqlite"), _run(study(), tmp_path / "other.sqlite")
    assert merge([one, other], tmp_path / "agreed.sqlite") == 12
    spec = study()
    points = spec.points()
    writer = StudyWriter.open(other, header(spec, points, (1, 1)), points)
    row = writer.run_of(0, 0)
    assert row is not None
    row.scalars = {"left_total": 1.0}
    writer.put([row])
    writer.close()
    with pytest.raises(InputError, match="disagree about replicate 0 of design point 0"):
        merge([one, other], tmp_path / "merged.sqlite")


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("status", [TIMEOUT, QUARANTINED])
def test_a_run_that_was_cut_off_gives_way_to_the_same_run_that_ended(
    tmp_path: Path, study: Make, caplog: pytest.LogCaptureFixture, status: str, first: int
) -> None:
    """A time limit and a machine's memory say nothing about a run, whichever file is named first; two cut off stay cut off."""
    files = [_run(study(), tmp_path / f"{name}.sqlite") for name in ("sole", "one", "other")]
    spec = study()
    for file, error in zip(files[1:], ("more than 1 s", "more than 2 s"), strict=True):
        writer = StudyWriter.open(file, header(spec, spec.points(), (1, 1)), spec.points())
        writer.put([Row(0, 1, status, 1, error=error)])
        writer.close()
    sole, cut, _ = files
    assert merge([sole, cut][:: 1 if first == 0 else -1], tmp_path / "whole.sqlite") == 12
    assert Answers(tmp_path / "whole.sqlite").counts == {"done": 12}
    assert ("1 run is taken from it that a file before it has cut off" in caplog.text) == (first == 1)
    assert merge(files[1:], tmp_path / "cut.sqlite") == 12
    assert Answers(tmp_path / "cut.sqlite").counts == {"done": 11, status: 1}


def test_runs_that_an_earlier_file_has_are_remarked(
    tmp_path: Path, study: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """A part given twice, or beside the merged file, adds nothing; shards that share no run are put together without a word."""
    parts = [_run(study(), tmp_path / f"part-{part}.sqlite", (part, 2)) for part in (1, 2)]
    whole = merge(parts, tmp_path / "whole.sqlite")
    assert not caplog.records
    half = merge(parts[:1], tmp_path / "half.sqlite")
    assert merge([parts[0], tmp_path / "half.sqlite", parts[1]], tmp_path / "again.sqlite") == whole
    said = f"half.sqlite: {half} runs are in a file before it already, and counted once; it adds nothing"
    assert [said in record.message for record in caplog.records] == [True]


def test_a_study_may_be_resumed_and_merged_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasting: Callable[[Path], list[tuple[object, ...]]]
) -> None:
    """From which folder its documents are named is no part of it: only what they hold is, which may be accepted."""
    own = tmp_path / "own"
    own.mkdir()
    # Remarks on the scenario name its file and that of its ties.
    (own / "ties.csv").write_text("0,1\n1,2\n")
    (own / "mine.toml").write_text('extends = "toy"\nname = "mine"\ngraph = "ties.csv"\n')
    (own / "ban.toml").write_text(_BAN)
    (own / "points.csv").write_text("policies,asylum\nban.toml,0.2\nfast-track+ban.toml,0.4\n")

    def go(points: str, scenario: str, out: str, **more: Any) -> None:
        options = RunOptions(
            workers=1, quiet=True, accept_changes=more.pop("accept", False), shard=more.pop("shard", (1, 1))
        )
        sweep(scenario=scenario, points=points, runs=2, days=3, out=tmp_path / out, options=options, **more)

    monkeypatch.chdir(own)
    go("points.csv", "mine.toml", "s.sqlite")
    go("points.csv", "mine.toml", "one.sqlite", shard=(1, 2))
    before = lasting(tmp_path / "s.sqlite")
    monkeypatch.chdir(tmp_path)
    go("own/points.csv", "own/mine.toml", "s.sqlite")
    go("own/points.csv", "own/mine.toml", "two.sqlite", shard=(2, 2))
    merge([tmp_path / "one.sqlite", tmp_path / "two.sqlite"], tmp_path / "merged.sqlite")
    assert lasting(tmp_path / "merged.sqlite") == lasting(tmp_path / "s.sqlite") == before
    (own / "ban.toml").write_text(_BAN.replace("0.4", "0.6"))
    with pytest.raises(InputError, match=r'\(fingerprint.policy ban.toml: "\w+" -> "\w+"\)'):
        go("own/points.csv", "own/mine.toml", "s.sqlite")
    go("own/points.csv", "own/mine.toml", "s.sqlite", accept=True)
    study = Answers(tmp_path / "s.sqlite")
    assert study.points["policies"].to_list() == ["ban.toml", "fast-track+ban.toml"]
    assert set(study.spec["policies"]) == set(study.points["policies"])
    assert study.scenario(study.points.iloc[1].drop("design").to_dict()).overlays[-1].name == "ban"


def test_a_merged_file_knows_which_runs_are_missing(
    tmp_path: Path, study: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    """A shard that failed is told when the others are put together, and wherever the file is shown; resuming makes its runs."""
    spec = study(runs=7)
    parts = [_run(spec, tmp_path / f"part-{part}.sqlite", (part, 3)) for part in (1, 3)]
    out, lost = tmp_path / "m.sqlite", len(spec.points()) * 7
    for part in parts:
        with StudyFile(part) as file:
            lost -= sum(file.counts().values())
    assert lost > 0
    assert main(["merge", str(out), *map(str, parts)]) == 0
    assert f"{lost} runs are missing" in capsys.readouterr().out
    assert main(["show", str(out)]) == 0
    assert f" done; {lost} not made\n" in capsys.readouterr().out
    _run(spec, out)
    assert main(["show", str(out)]) == 0
    assert "not made" not in capsys.readouterr().out


def test_a_study_under_a_precision_rule_is_whole_once_its_precision_is_reached(
    tmp_path: Path, study: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    """One cut short after the first replicates that it asks for lacks the others and, as its driver knows, maybe more; a whole one lacks none."""
    rule = {"measure": "left_total", "half_width": 0.1, "minimum": 3, "step": 3, "maximum": 12, "look_ahead": 0}
    spec = study(runs=rule)
    path = _run(spec, tmp_path / "s.sqlite")
    with StudyFile(path) as file:
        assert file.balance() == (0, 0)
        rows = [row for row in file.rows(curves=True) if row.replicate < 3]
        assert len(rows) < sum(file.counts().values())
    writer = StudyWriter.open(tmp_path / "cut.sqlite", header(spec, spec.points(), (1, 1)), spec.points())
    writer.put(rows)
    writer.close()
    assert main(["merge", str(tmp_path / "m.sqlite"), str(tmp_path / "cut.sqlite")]) == 0
    assert re.search(r"\nat least \d+ runs are missing", capsys.readouterr().out)
    assert main(["show", str(tmp_path / "cut.sqlite")]) == 0
    assert re.search(r"; at least \d+ not made\n", capsys.readouterr().out)


@pytest.mark.parametrize("name", ["claims.sqlite", "merged.sqlite"])
def test_shards_of_claims_are_gone_on_with_by_their_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """The command takes no file; where the merged one has another name than it looks for, that is said."""
    spec = spec_of(ClaimsPlan(ids=("contagion",), count=2, scale=0.2))
    part, out = tmp_path / "part.sqlite", tmp_path / "merged" / name
    StudyWriter.open(part, header(spec, spec.points(), (1, 2)), spec.points()).close()
    assert main(["merge", str(out), str(part)]) == 0
    told = "" if name == "claims.sqlite" else ", where the file has to be called claims.sqlite"
    assert f"the study's command with --out {out.parent}{told}, without --shard, makes them" in capsys.readouterr().out


@pytest.mark.parametrize("precise", [False, True])
def test_runs_beyond_what_the_study_asks_for_are_kept_and_left_out(
    tmp_path: Path, study: Make, capsys: pytest.CaptureFixture[str], *, precise: bool
) -> None:
    """A study that went on with fewer answers as one that was never run with more, says so once and keeps the rest for later."""
    rule = {"measure": "left_total", "half_width": 1e9, "relative": False, "minimum": 2, "step": 1, "look_ahead": 0}
    few: Any = rule if precise else 2
    sole = Answers(_run(study(runs=few), tmp_path / "sole.sqlite"))
    path = _run(study(runs=4), tmp_path / "s.sqlite")
    _run(study(runs=few), path, accept_changes=True)
    both = Answers(path)
    timed = ["seconds"]
    assert both.runs.drop(columns=timed).equals(sole.runs.drop(columns=timed))
    assert both.curves.equals(sole.curves)
    assert both.summary(["left_total"]).equals(sole.summary(["left_total"]))
    assert (both.counts, both.surplus, both.lacking) == ({"done": 6}, 6, 0)
    export(path, tmp_path / "csv", curves=True)
    assert len((tmp_path / "csv" / "runs.csv").read_text(encoding="utf-8").splitlines()) == 1 + 6
    assert main(["show", str(path)]) == 0
    assert "6 done; 6 more, beyond what the study asks for, left out\n" in capsys.readouterr().out
    merge([path], tmp_path / "merged.sqlite")
    again = Answers(_run(study(runs=4), tmp_path / "merged.sqlite", accept_changes=True))
    assert (again.counts, again.surplus) == ({"done": 12}, 0)
    with StudyFile(path) as file:
        assert [row.seconds for row in file.rows(surplus=True)] == again.runs["seconds"].to_list()


@pytest.mark.parametrize("what", ["goal", "points"])
def test_searches_for_other_things_or_of_another_length_do_not_merge(tmp_path: Path, study: Make, what: str) -> None:
    """Their candidates grow while they run, so that the same spec says nothing of them."""
    spec, points = study(), study().points()
    about = header(spec, points, (1, 1)) | {"search": {"want": "more"}}
    StudyWriter.open(tmp_path / "one.sqlite", about, points).close()
    other = about | {"search": {"want": "less"}} if what == "goal" else about
    StudyWriter.open(tmp_path / "other.sqlite", other, points if what == "goal" else points[:-1]).close()
    for parts in (["one", "other"], ["other", "one"]):
        with pytest.raises(InputError, match="no shards of one study"):
            merge([tmp_path / f"{name}.sqlite" for name in parts], tmp_path / "merged.sqlite")


def test_an_accepted_change_renews_all_that_the_file_says_of_its_study(tmp_path: Path, study: Make) -> None:
    """The hash of the spec is that of the spec, and the command the one that was given last."""
    path = _run(study(), tmp_path / "s.sqlite")
    spec = study(seed=9)
    about = header(spec, spec.points(), (1, 1), "desertion sweep other.toml")
    StudyWriter.open(path, about, spec.points(), accept_changes=True).close()
    with StudyFile(path) as file:
        said = file.header()
    assert said["spec"]["seed"] == 9
    assert said["spec_sha256"] == spec.sha256()
    assert said["command"] == "desertion sweep other.toml"
    assert len(said["accepted_changes"]) == 1
