"""Workers that make chunks side by side, never more of them than memory should hold."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from alliancesim.study.runs import stopping
from alliancesim.study.runs.simulator import Chunk, Simulator, Span

LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Pool:
    """Workers of one kind."""

    submit: Callable[[Span], Future[Chunk]]
    most: int
    """Chunks under way or not yet taken."""
    look: Callable[[], None] = stopping.check
    """Called while nothing is finished; raises where waiting is in vain."""

    def chunks(self, spans: list[Span]) -> Generator[Chunk]:
        """A chunk for each span, as they are finished."""
        finished: SimpleQueue[Future[Chunk]] = SimpleQueue()
        left = iter(spans)

        def begin(count: int) -> None:
            for span in itertools.islice(left, count):
                self.submit(span).add_done_callback(finished.put)

        begin(self.most)
        for _ in spans:
            chunk = self._next(finished).result()
            begin(1)
            yield chunk
            stopping.check()

    def _next(self, finished: SimpleQueue[Future[Chunk]]) -> Future[Chunk]:
        while True:
            try:
                return finished.get(timeout=LOOK_SECONDS)
            except Empty:
                self.look()


@contextmanager
def threads(simulator: Simulator, workers: int) -> Iterator[Pool]:
    """Threads of this process, for an engine that lets others run while it works."""
    executor = ThreadPoolExecutor(workers, thread_name_prefix="alliancesim")
    try:
        yield Pool(lambda span: executor.submit(simulator.chunk, span), workers + 1)
    finally:
        executor.shutdown(cancel_futures=True)
