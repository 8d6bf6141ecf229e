"""What a sensitivity analysis asks: outcomes as a function of inputs and a replication index.

A scenario answers by overriding parameters of its one compiled plan. The plan stays what it was, as with numbers drawn by the
scenario itself: a stage that takes longer than planned is late, it was not planned longer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from alliancesim.plan.layout import Compiled, Ints, Plan
from alliancesim.study.runs import stopping
from alliancesim.study.runs.layout import Floats, Layout
from alliancesim.study.runs.simulator import Simulator
from alliancesim.study.sensitivity.inputs import Input
from alliancesim.study.sensitivity.ties import Ties
from alliancesim.study.statistics.outcome import Outcome

MOST_AT_ONCE = 64
MOST_AT_ONCE_BYTES = 2**24


class Evaluator(Protocol):
    """A function under study. Two calls with the same row and replication give the same values."""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What is varied."""

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the values."""

    def evaluate(self, values: Floats, replications: Ints, progress: Callable[[int], None]) -> Floats:
        """Values of shape (evaluation, outcome). values: shape (evaluation, input); replications: shape (evaluation,).

        progress: told how many evaluations are done.
        """


class ScenarioEvaluator:
    """A compiled scenario as a function of some of its parameters."""

    def __init__(
        self, compiled: Compiled, inputs: Sequence[Input], wanted: Sequence[Outcome], seed: int, workers: int = 1,
        engine: str = "batch",
    ) -> None:  # fmt: skip
        """seed: of the replications' draws; workers: threads."""
        self.inputs = tuple(inputs)
        self.wanted = tuple(wanted)
        self.outcomes = tuple(one.name for one in wanted)
        self.layout = Layout.of(compiled)
        self.workers = workers
        self.at = np.array([compiled.labels.parameters.index(one.name) for one in inputs], np.int64)
        self.ties = Ties(compiled, {one.name for one in inputs})
        self.simulator = Simulator(compiled._replace(plan=undrawn(compiled.plan, self.at)), seed, engine)

    def evaluate(self, values: Floats, replications: Ints, progress: Callable[[int], None]) -> Floats:
        """See Evaluator. Raises RunError naming the evaluation that failed."""
        size = min(MOST_AT_ONCE, max(1, MOST_AT_ONCE_BYTES // max(1, self.layout.bytes())))
        found = np.zeros((len(values), len(self.wanted)))
        firsts = range(0, len(values), size)
        self.simulator.warm_up((0, 1))
        executor = ThreadPoolExecutor(self.workers, thread_name_prefix="alliancesim")
        try:
            parts = executor.map(lambda first: self._some(values, replications, first, size), firsts)
            for first, part in zip(firsts, parts, strict=True):
                found[first : first + size] = part
                progress(min(first + size, len(values)))
                stopping.check()
        finally:
            executor.shutdown(cancel_futures=True)
        return found

    def _some(self, values: Floats, replications: Ints, first: int, size: int) -> Floats:
        some = slice(first, first + size)
        rows = np.tile(self.simulator.compiled.params, (len(values[some]), 1))
        rows[:, self.at] = values[some]
        self.ties.mend(rows)
        tables = self.layout.rows(self.simulator.evaluations(rows, np.ascontiguousarray(replications[some])))
        return np.stack([one.of(tables) for one in self.wanted], axis=1)


def undrawn(plan: Plan, positions: Ints) -> Plan:
    """The plan with some parameters no longer drawn by the scenario."""
    kept = ~np.isin(plan.distribution_at, positions)
    return plan._replace(
        distribution_at=plan.distribution_at[kept],
        distribution_kind=plan.distribution_kind[kept],
        distribution_values=plan.distribution_values[kept],
        distribution_bounds=plan.distribution_bounds[kept],
        distribution_key=plan.distribution_key[kept],
    )
