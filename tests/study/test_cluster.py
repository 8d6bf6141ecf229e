from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import LocalCluster
from harness import TUTORIAL

from alliancesim.errors import RunError
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.layout import Compiled
from alliancesim.scenario.load import LoadedScenario
from alliancesim.study.runs import cluster
from alliancesim.study.runs.batch import Fanout, chunks
from alliancesim.study.runs.simulator import Chunk, Span

SEED = 7
SPANS: list[Span] = [(first, 10) for first in range(0, 600, 10)]
SCRIPT = f"""
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it starts in the background ignore it
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario
from alliancesim.study.runs.batch import Fanout, chunks
spans = [(first, 10) for first in range(0, 100_000, 10)]
GUARD:
    for chunk in chunks(compile_plan(load_scenario({str(TUTORIAL)!r})), spans, 7, Fanout("reference", workers=2)):
        print(chunk.first, flush=True)
"""


@pytest.fixture(scope="module")
def compiled(tutorial: LoadedScenario) -> Compiled:
    return compile_plan(tutorial)


@pytest.fixture(scope="module")
def expected(compiled: Compiled) -> dict[int, list[str]]:
    return digests(chunks(compiled, SPANS, SEED, Fanout("reference")))


def digests(found: Iterator[Chunk]) -> dict[int, list[str]]:
    return {chunk.first: chunk.digests for chunk in found}


def workers() -> list[psutil.Process]:
    """Worker processes of this one."""
    return [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


@contextmanager
def scheduler(count: int) -> Iterator[LocalCluster]:
    """A running scheduler whose workers are threads of this process."""
    with LocalCluster(
        n_workers=count, threads_per_worker=1, processes=False, protocol="tcp", host="127.0.0.1",
        dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL,
    ) as running:  # fmt: skip
        yield running


def test_a_worker_lost_loses_nothing(compiled: Compiled, expected: dict[int, list[str]]) -> None:
    found: dict[int, list[str]] = {}
    for chunk in chunks(compiled, SPANS, SEED, Fanout("reference", workers=2)):
        found[chunk.first] = chunk.digests
        if len(found) == 20:
            first, _ = workers()
            first.kill()
    assert found == expected
    assert workers() == []


@pytest.mark.slow
def test_the_batch_engine_works_in_processes(compiled: Compiled, expected: dict[int, list[str]]) -> None:
    assert digests(chunks(compiled, SPANS, SEED, Fanout("batch", processes=True))) == expected


@pytest.mark.slow
def test_processes_listen_on_loopback_only_and_end_with_the_generator(compiled: Compiled) -> None:
    stream = chunks(compiled, SPANS, SEED, Fanout("reference", workers=2))
    next(stream)
    family = [psutil.Process(), *workers()]
    open_ports = {port.laddr.ip for process in family for port in process.net_connections() if port.status == "LISTEN"}
    assert len(family) == 3
    assert open_ports == {"127.0.0.1"}
    stream.close()
    assert workers() == []


@pytest.mark.slow
def test_a_failed_replication_is_named(compiled: Compiled) -> None:
    broken = compiled._replace(params=compiled.params[:0])
    with pytest.raises(RunError, match="replication 0 of seed 7 failed") as caught:
        list(chunks(broken, SPANS, SEED, Fanout("reference", workers=2)))
    assert caught.value.replication == 0


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_parent(how: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.replace("GUARD", "if __name__ == '__main__'"))
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) >= 2
        os.kill(process.pid, how) if how == signal.SIGKILL else os.killpg(process.pid, how)
        _, talk = process.communicate(timeout=60)
    assert psutil.wait_procs(children, timeout=30)[1] == []
    if how == signal.SIGINT:
        assert talk.count("Traceback") == 1
        assert talk.rstrip().endswith("KeyboardInterrupt")


@pytest.mark.slow
def test_a_script_without_a_guard_is_told(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.replace("GUARD", "if True"))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "below `if __name__ == '__main__':`" in done.stderr.splitlines()[-1]


def test_a_running_cluster_gives_the_same_digests_again_and_again(compiled: Compiled, expected: dict[int, list[str]]) -> None:
    with scheduler(2) as running:
        fanout = Fanout("reference", cluster=running.scheduler_address)
        assert digests(chunks(compiled, SPANS[:10], SEED, fanout)) == {first: expected[first] for first, _ in SPANS[:10]}
        assert digests(chunks(compiled, SPANS[10:], SEED, fanout)) == {first: expected[first] for first, _ in SPANS[10:]}
        held = [name for worker in running.workers.values() for name in worker.plugins if name.startswith("alliancesim")]
        assert held == []


def test_a_worker_that_joins_late_takes_part(compiled: Compiled, expected: dict[int, list[str]]) -> None:
    with scheduler(1) as running:
        found: dict[int, list[str]] = {}
        for chunk in chunks(compiled, SPANS, SEED, Fanout("reference", cluster=running.scheduler_address)):
            found[chunk.first] = chunk.digests
            if len(found) == 10:
                running.scale(2)
                running.wait_for_workers(2)
    assert found == expected


def test_workers_of_another_version_are_refused(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in (lambda: "0123456789", lambda: __import__("no_such_package")):
        monkeypatch.setattr(cluster, "loaded_sources", answer)
        with scheduler(1) as running, pytest.raises(RunError, match="the worker has no alliancesim, or another version"):
            list(chunks(compiled, SPANS, SEED, Fanout("reference", cluster=running.scheduler_address)))


def test_a_worker_of_another_version_that_joins_late_is_refused(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    with scheduler(1) as running:
        stream = chunks(compiled, SPANS, SEED, Fanout("reference", cluster=running.scheduler_address))
        next(stream)
        monkeypatch.setattr(cluster, "work", _on_other_sources(cluster.work))
        with pytest.raises(RunError, match="another version"):
            list(stream)


def test_a_scheduler_that_cannot_be_used_is_told(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    for address in ("tcp://127.0.0.1:1", "nonsense", "tcp://127.0.0.1", "foo://127.0.0.1:1", ""):
        with pytest.raises(RunError, match="no dask scheduler answers"):
            list(chunks(compiled, SPANS, SEED, Fanout("reference", cluster=address)))
    with scheduler(0) as running, pytest.raises(RunError, match="the scheduler has no workers; start some with: dask worker tcp"):
        list(chunks(compiled, SPANS, SEED, Fanout("reference", cluster=running.scheduler_address)))


def test_waiting_in_vain_for_workers_ends(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "NO_WORKER_SECONDS", 0.5)
    with scheduler(1) as running:
        stream = chunks(compiled, SPANS, SEED, Fanout("reference", cluster=running.scheduler_address))
        next(stream)
        running.scale(0)
        with pytest.raises(RunError, match="no worker is left; start some with: dask worker tcp"):
            list(stream)


def test_a_scheduler_that_goes_away_is_told(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with scheduler(1) as running:
        stream = chunks(compiled, SPANS, SEED, Fanout("reference", cluster=running.scheduler_address))
        next(stream)
        running.close()
        with pytest.raises(RunError, match="the connection to the workers was lost"):
            list(stream)


def test_without_dask_it_is_said_what_to_install(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "alliancesim.study.runs.cluster")
    with pytest.raises(RunError, match=r"pip install 'alliancesim\[cluster\]'"):
        list(chunks(compiled, SPANS, SEED, Fanout("reference", workers=2)))


def _on_other_sources(work: Any) -> Any:
    return lambda name, _, span: work(name, "0123456789", span)
