"""A real Dask scheduler and two worker processes, one of them killed while it works."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desertion.errors import InputError
from desertion.study.design.spec import StudySpec
from desertion.study.run.cluster import Certificates, _Threads, not_of_dask
from desertion.study.run.sweep import RunOptions, run_study
from tests.app.folder import Here
from tests.watching import finished_runs, free_port, until

pytestmark = [pytest.mark.studies, pytest.mark.filterwarnings("ignore")]
ROOT = Path(__file__).parents[3]
pytest.importorskip("distributed")


def _start(*words: str, folder: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'model'}{os.pathsep}{ROOT}",
        "OMP_NUM_THREADS": "1",
        "DASK_TEMPORARY_DIRECTORY": str(folder),
    }
    with (folder / "dask.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words], env=environment, stdout=log, stderr=log, cwd=folder
        )


@pytest.fixture(params=["tcp", "tls"])
def cluster(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[str, Certificates | None, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers of one thread each, plain or with certificates."""
    kind = str(request.param)
    certificates = _certificates(tmp_path) if kind == "tls" else None
    tls: list[str] = []
    if certificates:
        tls = [
            "--tls-ca-file", str(certificates.authority), "--tls-cert", str(certificates.certificate),
            "--tls-key", str(certificates.key),
        ]  # fmt: skip
    address = f"{kind}://127.0.0.1:{free_port()}"
    processes = [_start("scheduler", "--host", address, "--no-dashboard", *tls, folder=tmp_path)]
    worker = ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", *tls]
    processes += [_start(*worker, folder=tmp_path) for _ in range(2)]
    yield address, certificates, processes
    for process in processes:
        process.kill()
        process.wait()


def _certificates(folder: Path) -> Certificates:
    """A certificate that signs itself, as a cluster's administrator would hand out."""
    from distributed.security import Security

    made = Security.temporary()
    files = Certificates(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    files.authority.write_text(str(made.tls_ca_file))
    files.certificate.write_text(str(made.tls_client_cert))
    files.key.write_text(str(made.tls_client_key))
    return files


def test_a_study_on_a_cluster_survives_the_death_of_a_worker_and_gives_the_same_rows(
    tmp_path: Path,
    study: Callable[..., StudySpec],
    lasting: Callable[[Path], list[tuple[object, ...]]],
    cluster: tuple[str, Certificates | None, list[subprocess.Popen[bytes]]],
) -> None:
    """One of two worker processes is killed mid-study; no run is lost, none is blamed, replicates stay apart."""
    address, certificates, processes = cluster
    spec = study(settings={"busy": 0.02}, runs=60)
    path = tmp_path / "cluster.sqlite"

    def assassin() -> None:
        until(lambda: finished_runs(path) >= 30)
        processes[-1].send_signal(signal.SIGKILL)

    thread = threading.Thread(target=assassin)
    thread.start()
    done = run_study(spec, path, RunOptions(quiet=True, scheduler=address, certificates=certificates))
    thread.join()
    assert processes[-1].wait(10) == -signal.SIGKILL
    assert done.counts == {"done": 180}
    run_study(study(runs=60), tmp_path / "local.sqlite", RunOptions(quiet=True, executor=Here()))
    assert lasting(path) == lasting(tmp_path / "local.sqlite")


def test_a_scheduler_that_needs_certificates_says_so(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """And a certificate that is not there is named."""
    with pytest.raises(InputError, match="needs certificates: give --tls-ca"):
        run_study(study(), tmp_path / "s.sqlite", RunOptions(quiet=True, scheduler="tls://127.0.0.1:1"))
    absent = Certificates(tmp_path / "ca.pem", tmp_path / "cert.pem", tmp_path / "key.pem")
    with pytest.raises(InputError, match=r"authority file .* does not exist"):
        run_study(
            study(), tmp_path / "s.sqlite", RunOptions(quiet=True, scheduler="tls://127.0.0.1:1", certificates=absent)
        )


@pytest.mark.parametrize("address", ["nonsense", "tcp://host", "tcp://host:abc", "pigeon://host:1"])
def test_an_address_that_none_can_be_is_refused_at_once(
    tmp_path: Path, study: Callable[..., StudySpec], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """No client is begun, whose closing took a minute and ended in a traceback."""

    def begun(*_words: object, **_named: object) -> None:
        raise AssertionError("a client was begun")

    monkeypatch.setattr("distributed.Client", begun)
    with pytest.raises(InputError, match=r"does not answer \(.+\): start one"):
        run_study(study(), tmp_path / "s.sqlite", RunOptions(quiet=True, scheduler=address))


def test_a_scheduler_that_does_not_answer_is_a_sentence(
    tmp_path: Path, study: Callable[..., StudySpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the way to start one."""
    monkeypatch.setattr("desertion.study.run.cluster._WAIT", 0.5)
    with pytest.raises(InputError, match=r"does not answer .*dask scheduler"):
        run_study(study(), tmp_path / "s.sqlite", RunOptions(quiet=True, scheduler=f"tcp://127.0.0.1:{free_port()}"))


def test_a_cluster_is_asked_anew_how_many_threads_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few seconds; where it does not answer, what it said last holds."""
    clock, said = [0.0], [{"a": 1}]

    class Client:
        def wait_for_workers(self, _number: int, timeout: float) -> None:
            pass

        def nthreads(self, callback_timeout: float = 0.0) -> dict[str, int]:
            if not said[-1]:
                raise TimeoutError
            return said[-1]

    monkeypatch.setattr("desertion.study.run.cluster.time.monotonic", lambda: clock[-1])
    threads = _Threads(Client(), "tcp://a:1")
    numbers: list[int] = []
    for now, answer in ((1.0, {"a": 1, "b": 2}), (6.0, {"a": 1, "b": 2}), (12.0, {}), (18.0, {"b": 2})):
        clock.append(now)
        said.append(answer)
        numbers.append(threads())
    assert numbers == [1, 3, 3, 2]


def test_what_nobody_waited_for_of_a_lost_scheduler_is_not_shown_and_others_errors_are() -> None:
    """Asyncio logs it when the object is collected, with a traceback, after the sentence that says what was lost."""
    from distributed.comm.core import CommClosedError

    def record(error: Exception | None) -> logging.LogRecord:
        shown = None if error is None else (type(error), error, None)
        return logging.LogRecord("asyncio", logging.ERROR, "", 0, "Future exception was never retrieved", None, shown)

    assert [not_of_dask(record(error)) for error in (CommClosedError("lost"), ValueError("own"), None)] == [
        False,
        True,
        True,
    ]
