"""A batch: replications of one plan in chunks, on one thread or many, on one machine or many.

A replication is a function of (plan, seed, replication) alone, so neither chunks nor workers can change an outcome.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from alliancesim.errors import RequestError
from alliancesim.plan.layout import Compiled
from alliancesim.study.runs import stopping
from alliancesim.study.runs.pool import Pool, threads
from alliancesim.study.runs.simulator import Chunk, Simulator, Span

ENGINE = "batch"
MOST_REPLICATIONS = 10**7
MOST_SEED = 2**63 - 1
MOST_WORKERS = 256


@dataclass(frozen=True)
class Fanout:
    """What simulates a batch, and where. None of it can change an outcome.

    Attributes:
        engine: `batch` or `reference`.
        workers: threads of the batch engine; processes of the reference engine, which cannot use threads.
        processes: processes on this machine instead of threads.
        cluster: address of a running dask scheduler whose workers simulate, such as tcp://host:8786.
    """

    engine: str = ENGINE
    workers: int = 1
    processes: bool = False
    cluster: str | None = None


def check_request(n: int, seed: int, workers: int = 1, *others: str | None) -> None:
    """Refuse what cannot be run. others: what else is wrong with the request, None for nothing. Raises RequestError with all."""
    mistakes = (
        not_whole("n", n, 1, MOST_REPLICATIONS),
        not_whole("seed", seed, 0, MOST_SEED),
        not_whole("workers", workers, 1, MOST_WORKERS),
        *others,
    )
    if any(mistakes):
        raise RequestError("\n".join(filter(None, mistakes)))


def not_whole(name: str, value: int, low: int, high: int) -> str | None:
    """What is wrong with the value of an option that takes whole numbers between bounds; None where it is one."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        return f"{name} = {value!r}; a whole number from {low:,} to {high:,}"
    return None


def chunks(compiled: Compiled, spans: list[Span], seed: int, fanout: Fanout) -> Generator[Chunk]:
    """A chunk for each span, in the order in which they are finished.

    What is under way or waits to be taken is bounded: a chunk more than there are threads, or two for each process. To stop
    before the end, close the generator: nothing goes on behind it.

    Raises:
        RunError: a replication failed, or workers cannot be had or were lost.
    """
    simulator = Simulator(compiled, seed, fanout.engine)
    if not spans:
        return
    with stopping.remembered(), _pool(simulator, spans, fanout) as opened:
        yield from map(simulator.chunk, spans) if opened is None else opened.chunks(spans)


def _pool(simulator: Simulator, spans: list[Span], fanout: Fanout) -> AbstractContextManager[Pool | None]:
    """What simulates the spans, with all kernels compiled where it simulates on this machine; None: this very thread."""
    if fanout.cluster is not None:
        from alliancesim.study.runs.cluster import running_cluster

        return running_cluster(simulator, fanout.cluster)
    simulator.warm_up(spans[0])
    if fanout.processes or (fanout.engine == "reference" and fanout.workers > 1):
        from alliancesim.study.runs.cluster import local_cluster

        return local_cluster(simulator, min(fanout.workers, len(spans)))
    if fanout.workers > 1:
        return threads(simulator, min(fanout.workers, len(spans)))
    return nullcontext(None)
