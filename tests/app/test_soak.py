"""Fifty visitors at once, for some seconds: the short form of `python -m tests.app.soak`."""

from __future__ import annotations

import pytest

from tests.app.soak import soak


@pytest.mark.walks
def test_fifty_visitors_at_once_are_answered_alike_and_leave_the_server_sound() -> None:
    """No fault of the server, one answer to one mix, memory within its bound; each kind of request has been made."""
    record = soak(50, 20.0)
    assert record.faults == []
    assert record.replies[200] > 20
    assert record.replies[400] > 0
    assert record.replies[403] > 0
    assert len(record.answers) == 1
