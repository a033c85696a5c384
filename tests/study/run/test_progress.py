"""What a study's line of progress says."""

import nbformat
import pytest
from nbclient import NotebookClient

from desertion.study.run.progress import shown_progress, state
from desertion.study.run.runner import Progress


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (
            Progress(0, 160, 0, 0.0, float("inf")),
            "starting workers, which compile the model where that has not been done",
        ),
        (Progress(18, 160, 0, 0.2, 710.0), "12.0 a minute, 12 min left"),
        (Progress(18, 160, 2, 4.0, 35.5), "4.0 a second, 36 s left, 2 failed"),
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
