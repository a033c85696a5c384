"""What a study's line of progress says."""

import pytest

from desertion.study.run.progress import state
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
