"""What a study's line of progress says."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from desertion.study.design.spec import StudySpec
from desertion.study.failures import Interrupted
from desertion.study.run.progress import shown_progress, state
from desertion.study.run.runner import Progress
from desertion.study.run.sweep import RunOptions, run_study
from tests.app.folder import Here


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (
            Progress(0, 160, 0, 0.0, float("inf")),
            "starting workers, which compile the model where that has not been done",
        ),
        (Progress(18, 160, 0, 0.2, 710.0), "12.0 a minute, 12 min left"),
        (Progress(18, 160, 2, 4.0, 35.5), "4.0 a second, 36 s left, 2 failed"),
        (Progress(18, 20, 0, 4.0, 0.5, may_grow=True), "4.0 a second, at least 0.5 s left"),
    ],
)
def test_the_line_says_rate_time_left_and_failures_and_before_the_first_run_what_is_waited_for(
    progress: Progress, words: str
) -> None:
    """No rate of nought and no unknown time is shown."""
    assert state(progress) == words


@pytest.mark.walks
def test_a_notebook_shows_one_line_that_is_written_anew() -> None:
    """Below the cell, in place of a terminal's bar; `quiet` shows nothing."""
    told = 'import desertion; desertion.sweep(scenario="quiet", days=5, runs=3, workers=1, vary={"asylum": [0.2, 0.8]}QUIET);'
    cells = [nbformat.v4.new_code_cell(told.replace("QUIET", quiet)) for quiet in ("", ", quiet=True")]
    done = NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=300).execute()
    shown = [[one["data"]["text/plain"] for one in cell.outputs if "data" in one] for cell in done.cells]
    assert len(shown[0]) == 1
    assert shown[0][0].startswith("sweep of quiet: 6 of 6 runs, ")
    assert shown[1] == []


def test_a_study_under_a_precision_rule_says_that_more_may_come(
    tmp_path: Path, study: Callable[..., StudySpec], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As long as the precision of some point is still to be asked for, also where the study is interrupted."""
    monkeypatch.setattr("desertion.study.run.progress._PLAIN_EVERY", 0.0)
    rule = {"measure": "left_total", "half_width": 0.1, "minimum": 3, "step": 3, "maximum": 12, "look_ahead": 0}
    here = RunOptions(executor=Here(), workers=1)
    run_study(study(runs=rule), tmp_path / "s.sqlite", here)
    lines = capsys.readouterr().err.splitlines()
    assert " of at least 9 runs, " in lines[0]
    assert ", at least " in lines[0]
    assert "at least" not in lines[-1]

    class Asked(Here):
        numbers = iter([signal.SIGINT])

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            for number in self.numbers:
                os.kill(os.getpid(), number)
            return super().submit(fn, *args, **kwargs)

    with pytest.raises(Interrupted, match=r"stopped with \d of at least 9 runs finished"):
        run_study(study(runs=rule), tmp_path / "again.sqlite", replace(here, executor=Asked()))


def test_a_log_has_one_line_in_half_a_minute(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the runs done, their rate, the time left and how many failed; none of a study that ends sooner."""
    clock = [1000.0]
    monkeypatch.setattr("desertion.study.run.progress.time.monotonic", lambda: clock[-1])
    with shown_progress("mine") as report:
        for now, done in ((1010.0, 20), (1031.0, 60), (1040.0, 80), (1062.0, 99)):
            clock.append(now)
            report(Progress(done, 100, done // 60, 2.0, (100 - done) / 2.0))
    assert capsys.readouterr().err == (
        "mine: 60 of 100 runs, 2.0 a second, 20 s left, 1 failed\n"
        "mine: 99 of 100 runs, 2.0 a second, 0.5 s left, 1 failed\n"
    )
