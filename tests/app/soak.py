"""Fifty visitors at once for as long as is asked: `python -m tests.app.soak --minutes 30`; memory bounded, answers the same from first to last.

Each visitor opens the first screen, drags sliders (streams that are given up after their first event), waits for whole answers, and now and then sends
what no page sends: malformed headers, nonsense in addresses, sockets without a cookie. What must hold: no answer of 500 or above but 503, the
answer to one mix never changes whatever the others ask, and the server's memory stays within a bound once it is warm.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.app.conftest import started, stopped
from tests.watching import free_port

SMALL = "days=30&scale=0.0004"
MOVES = (
    "asylum=fast",
    "border=shut",
    "border=transit",
    "ban=30",
    "campaign=half",
    "capacity=ten",
    "prisoners=humane",
    "screening=strict",
    "contagion=none",
)
MOST_GROWTH = 300.0
"""MB by which the server's memory may grow after all visitors have been there once: what it remembers of runs and scenarios."""


@dataclass
class Record:
    """What happened, counted.

    Attributes:
        replies: Replies by status; -1 for a connection that the server closed without one.
        answers: Different answers to the one mix that every visitor asks for.
        faults: What went wrong, in words.
        memory: Server's memory in MB, now and then.
    """

    replies: Counter[int] = field(default_factory=Counter)
    answers: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def memory_of(pid: int) -> float:
    """Memory of a process in MB; nan where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return float("nan")
    return next(float(line.split()[1]) / 1024.0 for line in status.read_text().splitlines() if line.startswith("VmRSS"))


def soak(visitors: int, seconds: float, seed: int = 1) -> Record:
    """Let visitors come and go.

    Args:
        visitors: How many at a time.
        seconds: For how long.
        seed: Who does what when.
    """
    port = free_port()
    server = started(port, "--sessions", str(visitors))
    record = Record()
    try:
        _get(record, port, f"/simulator/answer?{SMALL}", patience=600.0)
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=_visitor, args=(record, port, until, np.random.default_rng([seed, number])))
            for number in range(visitors)
        ]
        for thread in threads:
            thread.start()
        while time.monotonic() < until:
            time.sleep(min(5.0, seconds / 10.0))
            record.memory.append(memory_of(server.pid))
        for thread in threads:
            thread.join()
        if server.poll() is not None:
            record.faults.append(f"the server ended with {server.returncode}")
    finally:
        stopped(server)
    record.faults += [
        f"{count} replies with status {status}"
        for status, count in record.replies.items()
        if status >= 500 and status != 503
    ]
    if len(record.answers) > 1:
        record.faults.append(f"{len(record.answers)} different answers to the same mix")
    warm = record.memory[len(record.memory) // 3 :]
    if warm and max(warm) - warm[0] > MOST_GROWTH:
        record.faults.append(f"memory grew by {max(warm) - warm[0]:.0f} MB")
    return record


def _visitor(record: Record, port: int, until: float, rng: np.random.Generator) -> None:
    while time.monotonic() < until:
        act = int(rng.integers(6))
        query = "&".join(
            [SMALL, *rng.choice(MOVES, size=int(rng.integers(1, 4)), replace=False), f"seed={int(rng.integers(4))}"]
        )
        if act == 0:
            _get(record, port, f"/?{query}")
        elif act == 1:
            _get(record, port, f"/simulator/events?{query}", most=2_000)
        elif act == 2:
            body = _get(record, port, f"/simulator/answer?{SMALL}&asylum=fast&seed=9", patience=200.0)
            if body.startswith(b"{") and b"outcomes" in body:
                with record.lock:
                    record.answers.add(json.dumps(json.loads(body)["outcomes"]))
        elif act == 3:
            _get(record, port, f"/?{query}&set={'[' * 900}&border=%00", host="[::1")
        elif act == 4:
            _get(record, port, "/?set=asylum=" + "9" * 400)
        else:
            upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
                       "Origin": f"http://127.0.0.1:{port}"}  # fmt: skip
            _get(record, port, "/jupyter/api/kernels/none/channels?session_id=x", headers=upgrade)


def _get(
    record: Record,
    port: int,
    path: str,
    *,
    host: str = "",
    headers: dict[str, str] | None = None,
    most: int = 10_000_000,
    patience: float = 60.0,
) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("GET", path, headers={**({"Host": host} if host else {}), **(headers or {})})
        reply = connection.getresponse()
        body = reply.read(most)
        status = reply.status
    except (OSError, http.client.HTTPException):
        body, status = b"", -1
    finally:
        connection.close()
    with record.lock:
        record.replies[status] += 1
    return body


def main(words: list[str] | None = None) -> int:
    """Soak and print what happened; 1 if something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.app.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(words)
    record = soak(asked.visitors, 60.0 * asked.minutes, asked.seed)
    replies = ", ".join(f"{count:,} of {status}" for status, count in sorted(record.replies.items()))
    print(
        f"{asked.visitors} visitors, {asked.minutes:g} minutes: replies {replies}; memory {record.memory[0]:.0f} MB at the start, {record.memory[-1]:.0f} at the end, at most {max(record.memory):.0f}"
    )
    for fault in record.faults:
        print(f"FAULT: {fault}")
    return 1 if record.faults else 0


if __name__ == "__main__":
    sys.exit(main())
