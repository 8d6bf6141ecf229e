"""A batch: replications 0 to n - 1 of one plan in chunks, in their order, on one or many processes.

A replication is a function of (plan, seed, replication) alone, so neither chunks nor workers can change an outcome.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliancesim.engine.reference import Engine
from alliancesim.errors import RunError
from alliancesim.plan.layout import Compiled, Outcomes
from alliancesim.study import stopping
from alliancesim.study.digest import canonical, replication_digest

ENGINE = "reference"
MOST_REPLICATIONS = 10**7
MOST_SEED = 2**63 - 1
MOST_WORKERS = 256
MOST_IN_CHUNK = 32
CHUNKS_PER_WORKER = 8


@dataclass(frozen=True)
class Chunk:
    """Consecutive replications: canonical outcomes with a leading replication axis, their digests, their events."""

    first: int
    outcomes: Outcomes
    digests: list[str]
    events: list[int]


def check_request(n: int, seed: int, workers: int = 1) -> None:
    """Refuse what cannot be run. Raises RunError."""
    bounds = (("n", n, 1, MOST_REPLICATIONS), ("seed", seed, 0, MOST_SEED), ("workers", workers, 1, MOST_WORKERS))
    for name, value, low, high in bounds:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            message = f"{name} = {value!r}; a whole number from {low:,} to {high:,}"
            raise RunError(message)


def chunks(compiled: Compiled, n: int, seed: int, workers: int = 1) -> Generator[Chunk]:
    """All chunks of a batch in order of their replications; at most a few per worker are held at a time."""
    check_request(n, seed, workers)
    size = max(1, min(MOST_IN_CHUNK, n // (workers * CHUNKS_PER_WORKER)))
    spans = [(first, min(size, n - first)) for first in range(0, n, size)]
    if workers == 1 or len(spans) == 1:
        engine = Engine(compiled)
        for first, count in spans:
            yield simulate(engine, seed, first, count)
        return
    yield from _pooled(compiled, seed, spans, workers)


def simulate(engine: Engine, seed: int, first: int, count: int) -> Chunk:
    """Replications first to first + count - 1. Raises RunError naming the one that failed."""
    rows: list[Outcomes] = []
    events: list[int] = []
    for replication in range(first, first + count):
        stopping.check()
        try:
            outcomes, taken = engine.simulate(engine.compiled.params, seed, replication)
        except Exception as error:
            message = (
                f"replication {replication} of seed {seed} failed with {type(error).__name__}: {error}; "
                f"replay it with: alliancesim --debug explain SCENARIO --seed {seed} --replication {replication}"
            )
            raise RunError(message, seed=seed, replication=replication) from error
        rows.append(Outcomes(*(canonical(array) for array in outcomes)))
        events.append(taken)
    stacked = Outcomes(*(np.stack(arrays) for arrays in zip(*rows, strict=True)))
    return Chunk(first, stacked, [replication_digest(row) for row in rows], events)


def _pooled(compiled: Compiled, seed: int, spans: list[tuple[int, int]], workers: int) -> Iterator[Chunk]:
    simulate(Engine(compiled), seed, 0, 1)  # fills the cache of compiled kernels, so that no worker compiles them again
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin_worker, initargs=(compiled, seed)
    )
    waiting: deque[Future[Chunk]] = deque()
    left = iter(spans)
    try:
        for span in left:
            waiting.append(pool.submit(_work, span))
            if len(waiting) >= 2 * workers + 2:
                break
        while waiting:
            stopping.check()
            yield waiting.popleft().result()
            for span in left:
                waiting.append(pool.submit(_work, span))
                break
        pool.shutdown()
    except BrokenProcessPool as error:
        message = (
            "a worker process ended unexpectedly: out of memory, or killed, or a script started workers without "
            "`if __name__ == '__main__':`"
        )
        raise RunError(message) from error
    finally:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


_worker: dict[str, Any] = {}


def _begin_worker(compiled: Compiled, seed: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)  # a killed parent leaves no orphans

    threading.Thread(target=follow, daemon=True).start()
    _worker.update(engine=Engine(compiled), seed=seed)


def _work(span: tuple[int, int]) -> Chunk:
    return simulate(_worker["engine"], _worker["seed"], *span)
