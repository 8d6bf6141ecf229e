"""Worker processes, here or on other machines, through dask.distributed.

A worker that is lost loses nothing but time: the scheduler gives its chunks to others.
"""

from __future__ import annotations

import logging
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import Any

from alliancesim.errors import RunError
from alliancesim.study.runs import stopping
from alliancesim.study.runs.pool import Pool
from alliancesim.study.runs.simulator import Chunk, Simulator, Span
from alliancesim.study.runs.sources import SOURCES

try:
    import dask
    from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, get_worker
    from distributed.utils import silence_logging_cmgr
except ImportError as error:
    message = f"worker processes need dask.distributed ({error}); install it with: pip install 'alliancesim[cluster]'"
    raise RunError(message) from error

FROM_A_SCRIPT = "a script must ask for worker processes below `if __name__ == '__main__':`"
CONNECT_SECONDS = 10
NO_WORKER_SECONDS = 60.0
SETTINGS = {
    "distributed.worker.multiprocessing-method": "spawn",
    "distributed.comm.timeouts.connect": f"{CONNECT_SECONDS}s",
    "distributed.diagnostics.nvml": False,
}


class Simulating(WorkerPlugin):
    """What a worker holds of a batch; the scheduler gives it to workers that join later, too."""

    def __init__(self, simulator: Simulator, *, ours: bool) -> None:
        self.simulator = simulator
        self.ours = ours

    def setup(self, worker: Any) -> None:
        """Begin on a worker."""
        if self.ours and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer


def loaded_sources() -> str:
    """Hash of the package's sources where this is called."""
    return SOURCES


def work(name: str, sources: str, span: Span) -> Chunk:
    """One chunk, on a worker."""
    if sources != SOURCES:
        raise RunError(_other_version(get_worker().address))
    held: Any = get_worker().plugins[name]
    chunk: Chunk = held.simulator.chunk(span)
    return chunk


@contextmanager
def local_cluster(simulator: Simulator, workers: int) -> Iterator[Pool]:
    """Processes on this machine, which end with this one, whatever ends it. Raises RunError when they cannot be started."""
    import multiprocessing

    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise RunError(FROM_A_SCRIPT)
    with dask.config.set(SETTINGS):
        try:
            cluster = LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False}, memory_limit=0, silence_logs=logging.CRITICAL, security=True,
            )  # fmt: skip
        except (OSError, RuntimeError, ImportError) as error:
            message = f"worker processes cannot be started ({error}); {FROM_A_SCRIPT}"
            raise RunError(message) from error
        with cluster, Client(cluster) as client, _plugged(client, simulator, ours=True) as pool:
            yield pool


@contextmanager
def running_cluster(simulator: Simulator, address: str) -> Iterator[Pool]:
    """The workers of a running scheduler. Raises RunError when it cannot be reached, has none, or they have other sources."""
    with dask.config.set(SETTINGS), silence_logging_cmgr(logging.CRITICAL):
        try:
            client = Client(address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError, TypeError) as error:
            message = f"{address}: no dask scheduler answers ({error}); start one with: dask scheduler"
            raise RunError(message) from error
        with client:
            try:
                client.wait_for_workers(1, timeout=CONNECT_SECONDS)
            except TimeoutError as error:
                message = f"{address}: the scheduler has no workers; start some with: dask worker {address}"
                raise RunError(message) from error
            for worker, sources in client.run(loaded_sources, on_error="return").items():
                if sources != SOURCES:
                    raise RunError(_other_version(worker))
            with _plugged(client, simulator, ours=False) as pool:
                yield pool


@contextmanager
def _plugged(client: Client, simulator: Simulator, *, ours: bool) -> Iterator[Pool]:
    """Workers that hold the simulator."""
    name = f"alliancesim-{secrets.token_hex(8)}"
    client.register_plugin(Simulating(simulator, ours=ours), name)
    executor = client.get_executor(pure=False)
    seen = time.monotonic()

    def look() -> None:
        nonlocal seen
        stopping.check()
        if client.scheduler_info()["workers"]:
            seen = time.monotonic()
        elif time.monotonic() > seen + NO_WORKER_SECONDS:
            message = f"no worker is left; start some with: dask worker {client.scheduler_info()['address']}"
            raise RunError(message)

    try:
        yield Pool(lambda span: executor.submit(work, name, SOURCES, span), 2 * sum(client.nthreads().values()), look)
    except KilledWorker as error:
        message = "worker processes end unexpectedly again and again: out of memory, or killed"
        raise RunError(message) from error
    except (CancelledError, OSError) as error:
        message = "the connection to the workers was lost"
        raise RunError(message) from error
    finally:
        executor.shutdown(wait=False)
        if not ours:
            with suppress(Exception):  # a cluster that is gone has nothing to forget
                client.unregister_worker_plugin(name)


def _other_version(worker: str) -> str:
    return f"{worker}: the worker has no alliancesim, or another version of it; install the same version there and restart it"
