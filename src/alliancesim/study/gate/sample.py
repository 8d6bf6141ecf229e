"""A sample: what a batch leaves for the check, gathered as its chunks come, in any order."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from alliancesim.plan.layout import Compiled
from alliancesim.study.runs.batch import chunks
from alliancesim.study.runs.digest import run_digest
from alliancesim.study.runs.layout import Floats, Layout
from alliancesim.study.runs.parts import missing
from alliancesim.study.runs.run import Progress, make_fanout, part_size
from alliancesim.study.statistics.outcome import Outcome
from alliancesim.study.statistics.statistic import observed

if TYPE_CHECKING:
    from alliancesim.study.runs.simulator import Chunk

WHOLE_REPLICATIONS = 1


@dataclass
class Sample:
    """Replications of one scenario and seed, counted from 0, with the outcomes asked for.

    Attributes:
        layout: of the scenario.
        outcomes: those kept of every replication.
        exact: how many replications, from the first, count in the digests and means.
    """

    layout: Layout
    outcomes: list[Outcome]
    exact: int
    digests_from: dict[int, list[str]] = field(default_factory=dict)
    """Digests of each chunk, by its first replication; so are the others."""
    sums_from: dict[int, dict[str, Floats]] = field(default_factory=dict)
    whole_from: dict[int, dict[str, Floats]] = field(default_factory=dict)
    observed_from: dict[int, dict[str, Floats]] = field(default_factory=dict)

    def add(self, chunk: Chunk) -> None:
        """Add a chunk."""
        first, count = chunk.first, len(chunk.digests)
        rows = self.layout.rows(chunk.outcomes)
        self.digests_from[first] = chunk.digests
        exact = max(0, min(count, self.exact - first))
        self.sums_from[first] = {name: values[:exact].sum(axis=0) for name, values in rows.items()}
        for r in range(first, min(WHOLE_REPLICATIONS, first + count)):
            self.whole_from[r] = {name: values[r - first].copy() for name, values in rows.items()}
        self.observed_from[first] = {one.name: observed(one, self.layout, rows) for one in self.outcomes}

    @property
    def n(self) -> int:
        """Replications so far."""
        return sum(map(len, self.digests_from.values()))

    @property
    def digests(self) -> list[str]:
        """The digest of every exact replication in their order."""
        return [digest for first in sorted(self.digests_from) for digest in self.digests_from[first]][: self.exact]

    def digest(self) -> str:
        """The digest of a run of the exact replications."""
        return run_digest(self.layout, self.digests)

    @property
    def whole(self) -> list[dict[str, Floats]]:
        """All tables of the first replications."""
        return [self.whole_from[r] for r in sorted(self.whole_from)]

    def means(self) -> dict[str, Floats]:
        """Mean of every outcome over the exact replications."""
        sums = [self.sums_from[first] for first in sorted(self.sums_from)]
        return {name: np.sum([one[name] for one in sums], axis=0) / len(self.digests) for name in self.layout.tables()}

    def values(self, name: str) -> Floats:
        """One outcome in every replication, infinite where censored. Shape (replication,)."""
        return np.concatenate([self.observed_from[first][name] for first in sorted(self.observed_from)])


def extend(
    sample: Sample, compiled: Compiled, n: int, seed: int, workers: int, progress: Progress | None, engine: str | None = None
) -> Sample:
    """The sample with all its replications up to n.

    Args:
        sample: what is there already; grown in place.
        compiled: its scenario.
        n: replications it shall have.
        seed: of all draws.
        workers: threads (processes of the reference engine).
        progress: told after every chunk.
        engine: `batch` or `reference`.
    """
    fanout, done = make_fanout(engine, workers), sample.n
    spans = [(done + first, count) for first, count in missing([], n - done, part_size(sample.layout, n - done, fanout.engine))]
    with contextlib.closing(chunks(compiled, spans, seed, fanout)) as stream:
        for chunk in stream:
            sample.add(chunk)
            if progress is not None:
                progress(sample.n, n)
    return sample
