"""The local pool: a dead process costs one call, and is replaced."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

import pytest

from desertion.errors import InputError
from desertion.study.run import pool as pools
from desertion.study.run.pool import LocalPool, OverdueError
from tests.watching import is_alive, until

pytestmark = pytest.mark.studies
ROOT = Path(__file__).parents[3]


def test_only_the_call_that_ran_in_a_killed_process_is_lost(tmp_path: Path) -> None:
    """Two processes, one is killed while both work and twenty calls wait: one failure, everything else comes back."""
    pool = LocalPool(2)
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    # Nobody gets through before the gate is opened for writing, however slowly processes start.
    calls = [pool.submit(os.open, gate, os.O_RDONLY) for _ in range(2)]
    waiting = [pool.submit(pow, 2, index) for index in range(20)]
    assert until(lambda: len(pool.processes()) == 2 and all(call.running() for call in calls))
    os.kill(pool.processes()[0], signal.SIGKILL)
    os.close(os.open(gate, os.O_WRONLY))
    wait(calls)
    broken = [call for call in calls if isinstance(call.exception(), BrokenProcessPool)]
    assert len(broken) == 1
    assert [call.result() for call in waiting] == [2**index for index in range(20)]
    pool.shutdown()


def test_an_overdue_call_is_cut_off_and_its_process_replaced() -> None:
    """Even where nothing in the process listens any more."""
    pool = LocalPool(1)
    stuck = pool.submit_within(0.3, partial(time.sleep, 60))
    after = pool.submit(pow, 2, 5)
    assert isinstance(stuck.exception(timeout=20), OverdueError)
    assert after.result(timeout=20) == 32
    pool.shutdown()


def test_the_first_call_of_a_process_has_time_to_load_everything_and_no_other_has() -> None:
    """Nine tenths of a second where a third is allowed: not cut off in a new process, which may take twenty more; the second call is, without these."""
    pool = LocalPool(1)
    first = pool.submit_within(0.3, partial(time.sleep, 0.9), start=20.0)
    second = pool.submit_within(0.3, partial(time.sleep, 60), start=20.0)
    assert first.exception(timeout=20) is None
    assert isinstance(second.exception(timeout=15), OverdueError)
    pool.shutdown()


def test_workers_run_one_thread_each() -> None:
    """Several threads in each of several processes only get in each other's way."""
    pool = LocalPool(1)
    assert pool.submit(os.getenv, "OMP_NUM_THREADS").result(timeout=20) == "1"
    assert pool.submit(os.getenv, "NUMBA_NUM_THREADS").result(timeout=20) == "1"
    pool.shutdown()


LOADED = "('desertion.simulation.model' in __import__('sys').modules, __import__('os').getppid())"


def test_workers_are_copies_of_one_process_that_has_loaded_the_model() -> None:
    """So that neither the second worker nor the second study of a session waits for libraries; what that process started with is not what a study starts with: the environment is that of now."""
    first = LocalPool(1)
    loaded, copied = first.submit(eval, LOADED).result(timeout=60)
    first.shutdown()
    assert loaded
    assert copied != os.getpid()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SET_SINCE", "so")
        second = LocalPool(1)
        assert second.submit(eval, LOADED).result(timeout=60) == (True, copied)
        assert second.submit(os.getenv, "SET_SINCE").result(timeout=60) == "so"
        assert second.submit(os.getenv, "DESERTION_DEAF").result(timeout=60) is None
        second.shutdown()


def test_what_one_pool_starts_with_is_not_what_workers_of_another_have() -> None:
    """Two studies in threads of one process, as in the app: while a process starts, the driver's environment says what only that one is told."""
    with ThreadPoolExecutor(1) as thread:
        with pools._spawning():
            other = thread.submit(pools._executor)
            time.sleep(0.2)
        (environment,) = other.result(timeout=20)._initargs  # type: ignore[attr-defined]
    assert "DESERTION_DEAF" not in environment
    assert environment.get("PYTHONSAFEPATH") == os.environ.get("PYTHONSAFEPATH")


def test_where_no_process_can_be_copied_each_loads_the_model_anew(tmp_path: Path) -> None:
    """Its socket lies in the folder for temporary files, and no socket's name is longer than 107 letters."""
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    code = (
        "from desertion.study.run.pool import LocalPool; import os; pool = LocalPool(1)\n"
        "print(pool.submit(os.getppid).result() == os.getpid()); pool.shutdown()"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "model"), "TMPDIR": str(deep)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (told.stdout, told.stderr) == ("True\n", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_what_workers_are_copied_from_leaves_signals_to_the_driver(number: int) -> None:
    """Ctrl-C and a closed terminal reach every process of a command; only the driver is to answer."""
    pool = LocalPool(1)
    _, copied = pool.submit(eval, LOADED).result(timeout=60)
    os.kill(copied, number)
    os.kill(pool.processes()[0], number)
    assert pool.submit(eval, LOADED).result(timeout=60) == (True, copied)
    pool.shutdown()


def test_a_killed_process_to_copy_is_started_again() -> None:
    """Its end is taken for that of the workers that are its copies: their calls fail, others go on in new ones, which load the model themselves where its end has not been noticed yet."""
    pool = LocalPool(1)
    _, copied = pool.submit(eval, LOADED).result(timeout=60)
    running = pool.submit(time.sleep, 60)
    assert until(running.running)
    os.kill(copied, signal.SIGKILL)
    assert isinstance(running.exception(timeout=60), BrokenProcessPool)
    _, other = pool.submit(eval, LOADED).result(timeout=60)
    assert other != copied
    pool.shutdown()


def test_cancelling_ends_the_pool_at_once() -> None:
    """Queued calls are cancelled, running ones killed, no process stays."""
    pool = LocalPool(1)
    running, queued = pool.submit(time.sleep, 60), pool.submit(time.sleep, 60)
    assert until(running.running)
    processes = pool.processes()
    began = time.monotonic()
    pool.shutdown(cancel_futures=True)
    assert time.monotonic() - began < 10
    assert queued.cancelled()
    assert not any(is_alive(process) for process in processes)
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(pow, 2, 2)


def test_workers_die_with_a_driver_that_is_killed() -> None:
    """Kill -9 of the driver leaves no orphan computing for nobody."""
    code = (
        "import time\n"
        "from desertion.study.run.pool import LocalPool\n"
        "pool = LocalPool(2)\n"
        "calls = [pool.submit(time.sleep, 60) for _ in range(2)]\n"
        "while len(pool.processes()) < 2: time.sleep(0.05)\n"
        "print(*pool.processes(), flush=True)\n"
        "time.sleep(60)\n"
    )
    driver = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "model"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert driver.stdout is not None
    processes = [int(one) for one in driver.stdout.readline().split()]
    assert len(processes) == 2
    assert all(is_alive(process) for process in processes)
    driver.kill()
    driver.wait()
    driver.stdout.close()
    assert until(lambda: not any(is_alive(process) for process in processes))


def test_a_script_without_a_main_guard_may_start_a_pool(tmp_path: Path) -> None:
    """Workers do not import the script that started them, so it is not run again in each."""
    script = tmp_path / "mine.py"
    script.write_text(
        "print('once', flush=True)\n"
        "from desertion.study.run.pool import LocalPool\n"
        "pool = LocalPool(2)\n"
        "print([one.result() for one in [pool.submit(pow, 2, k) for k in range(4)]])\n"
        "pool.shutdown()\n"
    )
    told = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "model")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "once\n[1, 2, 4, 8]\n"


@pytest.mark.parametrize("workers", [-1, 1025, 10**25])
def test_no_machine_is_filled_with_processes(workers: int) -> None:
    """A number of workers that was mistyped is refused before the first process."""
    with pytest.raises(InputError, match=r"workers = .* must be a whole number in \[0, 1024\]"):
        LocalPool(workers)
