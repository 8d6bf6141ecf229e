"""Makes chunks of one batch: consecutive replications simulated, brought to canonical form and digested."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from alliancesim.errors import RequestError, RunError
from alliancesim.kernelcache import compiling_alone
from alliancesim.kernels import CACHE_FOLDER
from alliancesim.plan.layout import Compiled, Floats, Ints, Outcomes
from alliancesim.study.runs import stopping
from alliancesim.study.runs.digest import canonical, replication_digests
from alliancesim.study.runs.layout import Layout

ENGINES = ("batch", "reference")
Span = tuple[int, int]
"""First replication and number of replications."""


@dataclass(frozen=True)
class Chunk:
    """Consecutive replications: canonical outcomes with a leading replication axis, their digests, their events."""

    first: int
    outcomes: Outcomes
    digests: list[str]
    events: list[int]


class Engine(Protocol):
    """What simulates replications; not to be used by two threads at once."""

    def replications(self, params: Floats, seed: int, first: int, count: int) -> tuple[Outcomes, Ints]:
        """Outcomes with a leading replication axis, and the events of each."""

    def evaluations(self, rows: Floats, seed: int, replications: Ints) -> tuple[Outcomes, Ints]:
        """The same with parameters of shape (evaluation, parameter) and a replication for each."""


def check_engine(engine: str) -> None:
    """Refuse what is none of ENGINES. Raises RequestError."""
    if engine not in ENGINES:
        message = f"engine = '{engine}'; {' or '.join(ENGINES)}"
        raise RequestError(message)


class Simulator:
    """One compiled scenario, one seed and one kind of engine; may be pickled, and used by several threads at once."""

    def __init__(self, compiled: Compiled, seed: int, engine: str) -> None:
        """engine: one of ENGINES. Raises RequestError when it is none."""
        check_engine(engine)
        self.compiled = compiled
        self.seed = seed
        self.engine = engine
        self.own = threading.local()

    def __reduce__(self) -> tuple[Any, ...]:
        return Simulator, (self.compiled, self.seed, self.engine)

    def warm_up(self, span: Span) -> None:
        """Have all kernels compiled here and now. Raises RunError when the first replication of the span fails."""
        self._replications(span[0], 1)

    def chunk(self, span: Span) -> Chunk:
        """The replications of a span. Raises RunError naming the one that failed."""
        first, count = span
        size = 1 if self.engine == "reference" else count  # slow replications are interrupted one by one
        parts = [self._replications(start, size) for start in range(first, first + count, size)]
        joined = parts[0][0] if len(parts) == 1 else Outcomes(*map(np.concatenate, zip(*(out for out, _ in parts), strict=True)))
        outcomes = Outcomes(*map(canonical, joined))
        return Chunk(first, outcomes, replication_digests(outcomes), [int(taken) for _, events in parts for taken in events])

    def evaluations(self, rows: Floats, replications: Ints) -> Outcomes:
        """Outcomes of replications in any order, each with its own parameters.

        rows: parameter vectors, shape (evaluation, parameter); replications: shape (evaluation,).
        Raises RunError naming the first replication of those that failed together.
        """
        stopping.check()
        try:
            outcomes = self._own_engine(int(replications[0])).evaluations(rows, self.seed, replications)[0]
        except Exception as error:
            failed = int(replications[0])
            message = f"an evaluation near replication {failed} of seed {self.seed} failed with {type(error).__name__}: {error}"
            raise RunError(message, seed=self.seed, replication=failed) from error
        self._demand_numbers(outcomes, replications)
        return outcomes

    def _replications(self, first: int, count: int) -> tuple[Outcomes, Ints]:
        stopping.check()
        try:
            outcomes, events = self._own_engine(first).replications(self.compiled.params, self.seed, first, count)
        except Exception as error:
            if count > 1:
                for replication in range(first, first + count):
                    self._replications(replication, 1)
            message = (
                f"replication {first} of seed {self.seed} failed with {type(error).__name__}: {error}; "
                f"replay it with: alliancesim --debug explain SCENARIO --seed {self.seed} --replication {first}"
            )
            raise RunError(message, seed=self.seed, replication=first) from error
        self._demand_numbers(outcomes, np.arange(first, first + count))
        return outcomes, events

    def _demand_numbers(self, outcomes: Outcomes, replications: Ints) -> None:
        """Raise RunError where an outcome is infinite or no number. replications: shape (evaluation,)."""
        if all(np.isfinite(array.sum()) for array in outcomes):
            return
        layout = Layout.of(self.compiled)
        for name, values in layout.rows(outcomes).items():
            table = layout.tables()[name]
            for i, *place, column in np.argwhere(~np.isfinite(values)).tolist():
                entry = ", ".join(str(entries[n]) for (_, entries), n in zip(table.keys, place, strict=True))
                failed = int(replications[i])
                message = (
                    f"replication {failed} of seed {self.seed}: {table.columns[column].name} of {entry} is "
                    f"{values[(i, *place, column)]:g}; numbers of the scenario do not go together, or one is beyond all measure; "
                    f"follow it with: alliancesim explain SCENARIO --seed {self.seed} --replication {failed}"
                )
                raise RunError(message, seed=self.seed, replication=failed)

    def _own_engine(self, first: int) -> Engine:
        """The engine of this thread. A new one simulates a replication before it is given out: then all is compiled."""
        if not hasattr(self.own, "engine"):
            with compiling_alone(CACHE_FOLDER, self.engine):
                made = import_module(f"alliancesim.engine.{self.engine}").Engine(self.compiled)
                made.replications(self.compiled.params, self.seed, first, 1)
            self.own.engine = made
        engine: Engine = self.own.engine
        return engine
