"""Memory does not grow with the replications: a run and its closing summary hold a few chunks, however many there are."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from alliancesim.plan.compile import compile_plan
from alliancesim.plan.layout import Outcomes
from alliancesim.scenario.load import LoadedScenario
from alliancesim.study.runs import batch, reading
from alliancesim.study.runs.run import run
from alliancesim.study.runs.simulator import Chunk
from alliancesim.study.summary import summarize

SIZE = 500


def peak_bytes(tutorial: LoadedScenario, n: int, place: Path) -> int:
    """Most bytes held at a time, of Python and NumPy, and of Arrow."""
    tracemalloc.start()
    try:
        arrow_before = pa.default_memory_pool().max_memory()
        summarize(run(tutorial, n=n, seed=7, out=place, chunk=SIZE), short=True).sheets(short=True)
        return tracemalloc.get_traced_memory()[1] + pa.default_memory_pool().max_memory() - arrow_before
    finally:
        tracemalloc.stop()


def test_ten_times_the_replications_take_no_more_memory(
    tutorial: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (like,) = batch.chunks(compile_plan(tutorial), [(0, 5)], 7, batch.Fanout())

    def repeated(_compiled: Any, spans: list[tuple[int, int]], *_: Any) -> Iterator[Chunk]:
        for first, count in spans:
            outcomes = Outcomes(*(array.repeat(count // 5, axis=0) for array in like.outcomes))
            yield Chunk(first, outcomes, like.digests * (count // 5), like.events * (count // 5))

    monkeypatch.setattr(batch, "chunks", repeated)
    monkeypatch.setattr(reading, "MOST_BYTES", 2**20)
    peak_bytes(tutorial, SIZE, tmp_path / "first")
    few, many = (peak_bytes(tutorial, n, tmp_path / str(n)) for n in (4 * SIZE, 40 * SIZE))
    assert many < 1.5 * few, (few, many)
