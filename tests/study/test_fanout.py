from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from harness import TUTORIAL

from alliancesim.errors import RequestError, RunError
from alliancesim.plan.columns import PROGRAM_YEAR
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.layout import Compiled
from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.study.runs import pool, stopping
from alliancesim.study.runs.batch import Fanout, chunks
from alliancesim.study.runs.pool import Pool, threads
from alliancesim.study.runs.simulator import ENGINES, Chunk, Simulator, Span

N, SEED = 130, 7


def spans(size: int, n: int = N) -> list[Span]:
    return [(first, min(size, n - first)) for first in range(0, n, size)]


def digests(found: Iterator[Chunk]) -> list[str]:
    """Digests by replication, from chunks in any order."""
    by_first = {chunk.first: chunk for chunk in found}
    return [digest for first in sorted(by_first) for digest in by_first[first].digests]


@pytest.fixture(scope="module")
def compiled(tutorial: LoadedScenario) -> Compiled:
    return compile_plan(tutorial)


@pytest.fixture(scope="module")
def expected(compiled: Compiled) -> list[str]:
    """One replication after the other, by the reference engine."""
    return digests(chunks(compiled, spans(1), SEED, Fanout("reference")))


@pytest.mark.parametrize("workers", [1, 2, 7])
@pytest.mark.parametrize("size", [1, 64, 1000])
def test_neither_threads_nor_chunks_change_an_outcome(compiled: Compiled, expected: list[str], workers: int, size: int) -> None:
    assert digests(chunks(compiled, spans(size), SEED, Fanout("batch", workers))) == expected


def test_threads_do_not_mix_up_the_reference_engine(compiled: Compiled, expected: list[str]) -> None:
    with threads(Simulator(compiled, SEED, "reference"), 2) as workers:
        assert digests(workers.chunks(spans(10))) == expected


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("size", [64, 1000])
def test_one_worker_needs_no_pool(compiled: Compiled, expected: list[str], engine: str, size: int) -> None:
    before = threading.active_count()
    with closing(chunks(compiled, spans(size), SEED, Fanout(engine))) as stream:
        first = next(stream)
        assert threading.active_count() == before
        assert [first.first, *(chunk.first for chunk in stream)] == [first for first, _ in spans(size)]
    assert digests(chunks(compiled, spans(size), SEED, Fanout(engine))) == expected


def test_the_batch_engine_uses_threads(compiled: Compiled, expected: list[str]) -> None:
    with closing(chunks(compiled, spans(10), SEED, Fanout("batch", workers=2))) as stream:
        first = next(stream)
        assert len(workers_alive()) == 2
        assert digests(iter([first, *stream])) == expected
    assert workers_alive() == []


def test_spans_may_be_what_is_left_of_a_run(compiled: Compiled, expected: list[str]) -> None:
    left = [(100, 7), (3, 1), (40, 20)]
    found = {chunk.first: chunk for chunk in chunks(compiled, left, SEED, Fanout("reference"))}
    assert {first: found[first].digests for first, _ in left} == {first: expected[first : first + n] for first, n in left}
    assert [len(found[first].events) for first, _ in left] == [n for _, n in left]
    assert list(chunks(compiled, [], SEED, Fanout("reference"))) == []


def test_an_unknown_engine_is_refused(compiled: Compiled) -> None:
    with pytest.raises(RequestError, match="engine = 'fast'; batch or reference"):
        list(chunks(compiled, spans(64), SEED, Fanout("fast")))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("workers", [1, 2])
def test_the_replication_that_failed_is_named(
    compiled: Compiled, engine: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = import_module(f"alliancesim.engine.{engine}").Engine
    whole = broken.replications

    def replications(self: Any, params: Any, seed: int, first: int, count: int) -> Any:
        if first <= 43 < first + count:
            message = "no such stage"
            raise LookupError(message)
        return whole(self, params, seed, first, count)

    monkeypatch.setattr(broken, "replications", replications)
    with (
        pytest.raises(RunError, match=r"replication 43 of seed 7 failed with LookupError: no such stage; replay it") as caught,
        threads(Simulator(compiled, SEED, engine), workers) as opened,
    ):
        list(opened.chunks(spans(16)))
    assert (caught.value.seed, caught.value.replication) == (SEED, 43)
    assert workers_alive() == []


def test_what_is_under_way_or_not_taken_is_bounded() -> None:
    submitted: list[Span] = []

    def submit(span: Span) -> Future[Chunk]:
        submitted.append(span)
        done: Future[Chunk] = Future()
        done.set_result(Chunk(span[0], (), [], []))  # type: ignore[arg-type]
        return done

    for taken, chunk in enumerate(Pool(submit, most=3).chunks(spans(1, n=20))):
        assert len(submitted) <= taken + 1 + 3
        assert chunk.first in {first for first, _ in submitted}
    assert submitted == spans(1, n=20)


def test_chunks_come_as_they_are_finished() -> None:
    slow = threading.Event()

    def make(span: Span) -> Chunk:
        if span[0] == 0:
            assert slow.wait(30)
        return Chunk(span[0], (), [], [])  # type: ignore[arg-type]

    order = []
    with ThreadPoolExecutor(2) as executor:
        for chunk in Pool(lambda span: executor.submit(make, span), most=3).chunks(spans(1, n=6)):
            order.append(chunk.first)
            if len(order) == 5:
                slow.set()
    assert order == [1, 2, 3, 4, 5, 0]


def test_closing_early_leaves_nothing_running(compiled: Compiled) -> None:
    with closing(chunks(compiled, spans(1, n=10**5), SEED, Fanout("batch", workers=2))) as stream:
        next(stream)
    assert workers_alive() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_request_to_stop_is_answered_between_chunks(compiled: Compiled, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = chunks(compiled, spans(1, n=10**5), SEED, Fanout("batch", workers=workers))
    next(stream)
    monkeypatch.setattr(stopping, "_requested", True)
    with pytest.raises(KeyboardInterrupt):
        next(stream)
    assert workers_alive() == []


def test_a_request_to_stop_is_seen_while_nothing_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    never: Future[Chunk] = Future()
    monkeypatch.setattr(stopping, "_requested", True)
    monkeypatch.setattr(pool, "LOOK_SECONDS", 0.01)
    with pytest.raises(KeyboardInterrupt):
        next(Pool(lambda _: never, most=1).chunks([(0, 1)]))


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Python's own answer to an interrupt; a shell has what it starts in the background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_that_was_swallowed_ends_the_batch_and_no_other(
    compiled: Compiled, expected: list[str], workers: int
) -> None:
    fanout = Fanout("batch", workers=workers)
    stream = chunks(compiled, spans(1, n=10**5), SEED, fanout)
    next(stream)
    with suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        next(stream)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert digests(chunks(compiled, spans(64), SEED, fanout)) == expected


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_that_the_compiler_swallowed_ends_the_batch(
    compiled: Compiled, expected: list[str], workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Simulator.warm_up

    def swallowing(simulator: Simulator, span: Span) -> None:
        whole(simulator, span)
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    fanout = Fanout("batch", workers=workers)
    with monkeypatch.context() as patched:
        patched.setattr(Simulator, "warm_up", swallowing)
        with pytest.raises(KeyboardInterrupt):
            list(chunks(compiled, spans(64), SEED, fanout))
    assert workers_alive() == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert digests(chunks(compiled, spans(64), SEED, fanout)) == expected


def workers_alive() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("alliancesim")]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_outcome_that_is_no_number_is_told_by_its_name(value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = compile_plan(load_scenario(TUTORIAL))
    simulator = Simulator(compiled, 7, "batch")
    made = simulator.chunk((0, 3)).outcomes
    made.program_year[2, 0, 1, 3] = value
    monkeypatch.setattr("alliancesim.engine.batch.Engine.replications", lambda *_: (made, np.zeros(3, np.int64)))
    with pytest.raises(RunError) as caught:
        simulator.chunk((0, 3))
    assert f"replication 2 of seed 7: {PROGRAM_YEAR[3].name} of missile, 2026 is {value:g}" in str(caught.value)
    assert caught.value.replication == 2
