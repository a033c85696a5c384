"""Driving a study: failures, deaths, time limits and interruptions end up where they belong."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desertion.errors import InputError
from desertion.study.analysis.study import Study
from desertion.study.design.reading import spec_from
from desertion.study.design.spec import StudySpec
from desertion.study.failures import StudyFailedError, WorkersLostError
from desertion.study.run.runner import DriveOptions, Progress
from desertion.study.run.sweep import RunOptions, run_study, sweep
from desertion.study.store.reader import StudyFile
from tests.app.folder import Here
from tests.watching import finished_runs, until

pytestmark = pytest.mark.studies
ROOT = Path(__file__).parents[3]

type Make = Callable[..., StudySpec]
type Lasting = Callable[[Path], list[tuple[object, ...]]]


def _run(spec: StudySpec, path: Path, **more: Any) -> Study:
    return run_study(spec, path, RunOptions(quiet=True, workers=more.pop("workers", 2), **more))


def test_every_point_gets_its_replicates(tmp_path: Path, study: Make) -> None:
    """Three points times four runs, with parameters and measures side by side."""
    done = _run(study(), tmp_path / "s.sqlite")
    assert done.runs.shape[0] == 12
    assert done.counts == {"done": 12}
    assert done.runs.groupby("pull").size().tolist() == [4, 4, 4]
    assert done.runs["left_total"].notna().all()


def test_the_file_does_not_depend_on_who_did_the_runs(tmp_path: Path, study: Make, lasting: Lasting) -> None:
    """Processes, one process, or threads of any executor: the same rows."""
    spec = study(runs=20)
    _run(spec, tmp_path / "two.sqlite")
    _run(spec, tmp_path / "one.sqlite", workers=1)
    with ThreadPoolExecutor(3) as threads:
        _run(spec, tmp_path / "threads.sqlite", executor=threads, workers=3)
    rows = [lasting(tmp_path / f"{name}.sqlite") for name in ("two", "one", "threads")]
    assert rows[0] == rows[1] == rows[2]


def test_a_run_that_fails_keeps_its_traceback_and_stops_no_other(tmp_path: Path, study: Make) -> None:
    """Replicate 2 raises at every point; the others are done."""
    done = _run(study(settings={"fail_at": 2}), tmp_path / "s.sqlite")
    assert done.counts == {"done": 9, "failed": 3}
    assert set(done.failures["replicate"]) == {2}
    assert done.failures["error"].iloc[0] == "ValueError: replicate 2 cannot be run"
    assert "_misbehave" in done.failures["trace"].iloc[0]


def test_whoever_sets_up_logging_reads_along(
    tmp_path: Path, study: Make, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Start, end and each failed run, under the package's name; on the screen there is nothing of it."""
    with caplog.at_level("INFO", logger="desertion"):
        _run(study(settings={"fail_at": 2}), tmp_path / "s.sqlite")
    assert [record.levelname for record in caplog.records] == ["INFO", *["WARNING"] * 3, "INFO"]
    assert {record.name.partition(".")[0] for record in caplog.records} == {"desertion"}
    assert "12 runs to do with" in caplog.text
    assert "replicate 2 of design point 1 failed: ValueError: replicate 2 cannot be run" in caplog.text
    assert "replicate 2" not in capfd.readouterr().err


def test_raise_at_end_does_all_runs_and_then_raises(tmp_path: Path, study: Make) -> None:
    """The caller is told, and nothing is lost."""
    spec = study(settings={"fail_at": 0}, run={"on_error": "raise-at-end"})
    with pytest.raises(StudyFailedError, match="3 runs failed"):
        _run(spec, tmp_path / "s.sqlite")
    assert Study(tmp_path / "s.sqlite").counts == {"done": 9, "failed": 3}


def test_raise_stops_at_the_first_failure_and_keeps_what_was_done(tmp_path: Path, study: Make) -> None:
    """Most of a long study is left undone."""
    spec = study(settings={"fail_at": 0, "busy": 0.01}, runs=200, run={"on_error": "raise"})
    with pytest.raises(StudyFailedError, match=r"replicate 0 of design point \d failed: ValueError"):
        _run(spec, tmp_path / "s.sqlite")
    counts = Study(tmp_path / "s.sqlite").counts
    assert counts["failed"] >= 1
    assert sum(counts.values()) < 100


def test_failed_runs_stay_failed_until_one_asks_to_retry_them(tmp_path: Path, study: Make) -> None:
    """Resuming does not repeat them; --retry-failed does, and counts how often each was started in all."""
    path = tmp_path / "s.sqlite"
    first = _run(study(settings={"fail_at": 1}), path)
    finished = first.runs["seconds"].tolist()
    assert _run(study(settings={"fail_at": 1}), path).runs["seconds"].tolist() == finished
    retrying = RunOptions(quiet=True, workers=2, retry_failed=True, accept_changes=True)
    run_study(study(settings={"fail_at": 1}), path, retrying)
    again = run_study(study(settings={"fail_at": -9}), path, retrying)
    assert again.counts == {"done": 12}
    with StudyFile(path) as file:
        assert {(row.replicate, row.attempts) for row in file.rows()} == {(0, 1), (1, 3), (2, 1), (3, 1)}


def test_a_worker_that_is_killed_is_replaced_and_its_runs_are_done_again(
    tmp_path: Path, study: Make, lasting: Lasting
) -> None:
    """Every fifth replicate kills its process the first time; the file is the same as without any death."""
    marks = tmp_path / "marks"
    marks.mkdir()
    settings = {"kill_once": str(marks)}
    _run(study(settings=settings, runs=10), tmp_path / "killed.sqlite")
    assert len(list(marks.iterdir())) == 10
    _run(study(settings=settings, runs=10), tmp_path / "calm.sqlite")
    assert lasting(tmp_path / "killed.sqlite") == lasting(tmp_path / "calm.sqlite")


def test_a_run_that_kills_its_worker_three_times_is_quarantined_and_no_other(tmp_path: Path, study: Make) -> None:
    """Runs that shared a chunk or a queue with it are not blamed."""
    done = _run(study(settings={"kill_at": 5, "busy": 0.002}, runs=40), tmp_path / "s.sqlite")
    assert done.counts == {"done": 117, "quarantined": 3}
    assert done.failures["replicate"].tolist() == [5, 5, 5]
    assert set(done.failures["attempts"]) == {3}
    assert done.failures["error"].iloc[0] == "its worker process died 3 times"


@pytest.mark.parametrize("how", ["sleep_at", "freeze_at"])
def test_a_run_that_takes_too_long_is_ended_alone(tmp_path: Path, study: Make, how: str) -> None:
    """By an alarm in the worker, or by killing the process when nothing in it listens: not before it has had time to start, which the last run need not wait for."""
    spec = study(settings={how: 3}, run={"time_limit": 0.3}, pull=[0.1, 0.3])
    driving = DriveOptions(grace=1.0, start=10.0)
    done = _run(spec, tmp_path / "s.sqlite", driving=driving)
    assert done.counts == {"done": 6, "timeout": 2}
    assert set(done.failures["error"]) == {"took longer than run.time_limit = 0.3 s"}


def test_a_precision_rule_gives_noisy_points_more_replicates(tmp_path: Path, study: Make, lasting: Lasting) -> None:
    """And the same ones in one process as in two."""
    rule = {"measure": "left_total", "half_width": 0.15, "minimum": 5, "step": 5, "maximum": 200, "look_ahead": 0}
    done = _run(study(runs=rule), tmp_path / "two.sqlite")
    sizes = done.runs.groupby("pull").size()
    assert sizes.min() < sizes.max()
    assert (sizes % 5 == 0).all()
    _run(study(runs=rule), tmp_path / "one.sqlite", workers=1)
    assert lasting(tmp_path / "two.sqlite") == lasting(tmp_path / "one.sqlite")


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path: Path, lasting: Lasting) -> None:
    """SIGINT to a driver at work: exit by Interrupted, no orphan, and resuming gives the uninterrupted file."""
    path = tmp_path / "s.sqlite"
    code = (
        "from tests.study.run.driving import drive\n"
        "from desertion.study.failures import Interrupted\n"
        "try:\n"
        f"    drive({str(path)!r}, 10, 20, 0.02)\n"
        "except Interrupted as told:\n"
        "    print(told)\n"
    )
    driver = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "model"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert until(lambda: finished_runs(path) >= 20), "the driver wrote nothing"
    driver.send_signal(signal.SIGINT)
    told, _ = driver.communicate(timeout=30)
    assert "of 200 runs finished, all kept" in told
    assert "to go on: start the same command again" in told
    kept = sum(Study(path).counts.values())
    assert 20 <= kept < 200
    from tests.study.run.driving import drive

    drive(str(path), 10, 20, 0.02)
    drive(str(tmp_path / "whole.sqlite"), 10, 20, executor=Here())  # rows do not say how long they took
    assert lasting(path) == lasting(tmp_path / "whole.sqlite")


def test_a_point_that_cannot_be_run_is_refused_before_anything_runs(tmp_path: Path) -> None:
    """A misspelt key costs a second, not a night."""
    with pytest.raises(InputError, match="did you mean pull"):
        sweep(vary={"pul": [0, 1]}, task="tests.study.run.fake.run", out=tmp_path / "s.sqlite", quiet=True)
    assert not (tmp_path / "s.sqlite").exists()


class _Dead(Executor):
    """An executor whose workers are gone for good."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_workers_that_are_gone_for_good_end_the_study_and_blame_no_run(tmp_path: Path, study: Make) -> None:
    """A cluster that went away is not the runs' fault: nothing is quarantined."""
    with pytest.raises(WorkersLostError, match="0 of 12 runs are kept"):
        _run(study(), tmp_path / "s.sqlite", executor=_Dead())
    assert Study(tmp_path / "s.sqlite").counts == {}


class _Stranger(Here):
    """Does chunks as a process would that has other code, versions or documents under one name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        (chunk,) = args
        begun = {**chunk.begun, self.name: "another"}
        return super().submit(fn, replace(chunk, begun=begun, edition=self.name), **kwargs)


@pytest.mark.parametrize("name", ["code engine", "code tests.study.run.fake", "versions.numpy", "world"])
def test_a_worker_that_has_not_what_the_study_was_begun_with_is_refused(tmp_path: Path, study: Make, name: str) -> None:
    """Its host and what differs are named, and no row of it is kept; the study goes on with workers that have it."""
    where = re.escape(f"worker {socket.gethostname()}:{os.getpid()} has not what the study was begun with ({name}: ")
    with pytest.raises(InputError, match=where + r'"another" -> "[\w.]+"\): give it the same code'):
        _run(study(), tmp_path / "s.sqlite", executor=_Stranger(name), workers=1)
    assert Study(tmp_path / "s.sqlite").counts == {}
    assert _run(study(), tmp_path / "s.sqlite", executor=Here(), workers=1).counts == {"done": 12}


def test_a_process_that_lives_on_is_held_to_the_code_that_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that is edited between two studies is read by new workers; this one still runs the old, and says so."""
    monkeypatch.syspath_prepend(tmp_path)
    text = (
        "import numpy as np\nfrom desertion.study.run.task import Outcome\n"
        'def run(spec, replicate, seed):\n    return Outcome({"left_total": 1.0}, np.empty((0, 0), np.float32), ())\n'
    )
    (tmp_path / "lasting_task.py").write_text(text)
    spec = spec_from({"task": "lasting_task.run"}, "s", "s.toml")
    _run(spec, tmp_path / "one.sqlite", executor=Here(), workers=1)
    (tmp_path / "lasting_task.py").write_text(text.replace("1.0", "2.0"))
    with pytest.raises(InputError, match=r"worker .* has not .*code lasting_task"):
        _run(spec, tmp_path / "two.sqlite", executor=Here(), workers=1)
    sys.modules.pop("lasting_task", None)


def test_a_stock_pool_that_breaks_is_reported_and_the_file_resumes(tmp_path: Path, study: Make) -> None:
    """A stock pool cannot be repaired from outside; what was finished stays."""
    marks = tmp_path / "marks"
    marks.mkdir()
    spec = study(settings={"kill_once": str(marks)}, runs=3)
    import multiprocessing

    stock = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
    with pytest.raises(WorkersLostError, match="to go on"):
        _run(spec, tmp_path / "s.sqlite", executor=stock, workers=1)
    stock.shutdown()
    assert _run(spec, tmp_path / "s.sqlite").counts == {"done": 9}


def test_progress_counts_up_to_all_runs(tmp_path: Path, study: Make) -> None:
    """The last report says that everything is finished; failures are counted."""
    from desertion.study.design.schedule import Schedule
    from desertion.study.run.origin import header
    from desertion.study.run.runner import Runner
    from desertion.study.store.writer import StudyWriter

    spec = study(settings={"fail_at": 1})
    points = spec.points()
    seen: list[Progress] = []
    writer = StudyWriter.open(tmp_path / "s.sqlite", header(spec, points, (1, 1)), points)
    with ThreadPoolExecutor(1) as threads:
        Runner(
            spec, points, writer, Schedule(spec.replicates, 3), threads, lambda: 1, DriveOptions(report=seen.append)
        ).run()
    writer.close()
    last = seen[-1]
    assert (last.finished, last.known, last.failed) == (12, 12, 3)
    assert [one.finished for one in seen] == sorted(one.finished for one in seen)


def test_workers_that_join_later_get_runs(tmp_path: Path, study: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as many chunks are under way as there are workers by then, and not as there were at the start."""
    from desertion.study.run import options

    flying: list[Future[Any]] = []
    most: list[int] = []

    class Watched(ThreadPoolExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            flying.append(super().submit(fn, *args, **kwargs))
            most.append(sum(not future.done() for future in flying))
            return flying[-1]

    @contextmanager
    def joined(address: str, _certificates: object) -> Iterator[tuple[Executor, Callable[[], int]]]:
        with Watched(8) as threads:
            yield threads, lambda: 1 if len(flying) < 4 else 8

    monkeypatch.setattr(options, "dask_executor", joined)
    run_study(
        study(settings={"busy": 0.02}, runs=20), tmp_path / "s.sqlite", RunOptions(quiet=True, scheduler="tcp://a:1")
    )
    assert max(most[:4]) <= 2
    assert max(most) > 8


def test_a_study_may_be_driven_outside_the_main_thread(tmp_path: Path, study: Make) -> None:
    """A browser app or a notebook does that; signals can only be taken in the main thread."""
    found: list[Study] = []
    thread = threading.Thread(target=lambda: found.append(_run(study(), tmp_path / "s.sqlite")))
    thread.start()
    thread.join(60)
    assert found[0].counts == {"done": 12}
