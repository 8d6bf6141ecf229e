"""Mixtures of two runs: scenarios that have some groups of changed inputs from B and all else from A, on the draws of both."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import numpy as np

from alliancesim.errors import PlanError, RequestError, ScenarioError
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.layout import Compiled
from alliancesim.study.differences.changes import inputs, mixed
from alliancesim.study.differences.compared import (
    Observed,
    check_same_horizon,
    check_same_money,
    find_compared,
    observations,
    open_years,
)
from alliancesim.study.differences.grouping import ChangeGroup
from alliancesim.study.runs.batch import Fanout, chunks
from alliancesim.study.runs.layout import Layout
from alliancesim.study.runs.parts import missing
from alliancesim.study.runs.run import Progress, Run, part_size


class Mixtures:
    """Outcomes of all mixtures of two runs. A mixture is a number whose bit i says that group i comes from B."""

    def __init__(self, a: Run, b: Run, n: int, groups: Sequence[ChangeGroup], names: Sequence[str], fanout: Fanout) -> None:
        """Raises RequestError when an outcome is unknown in either run, or their horizons cut it at different dates."""
        self.a, self.b, self.n, self.groups, self.names, self.fanout = a, b, n, groups, names, fanout
        self.years = open_years(a, b)
        self.outcomes = find_compared(names, a.layout, self.years)
        check_same_horizon(a, b, self.outcomes)
        check_same_money(a, b, self.outcomes)
        self.in_a, self.in_b = (list(observations(run, find_compared(names, run.layout, self.years), n)) for run in (a, b))
        self.tree = inputs(a)

    def values(self, mixture: int, progress: Progress | None = None) -> list[Observed]:
        """The outcomes of a mixture.

        Raises RequestError where the mixture is no scenario, or where a run is not what its inputs give today.
        """
        compiled = self._compiled(mixture)
        layout = Layout.of(compiled)
        outcomes = find_compared(self.names, layout, self.years)
        spans = missing([], self.n, part_size(layout, self.n, self.fanout.engine))
        found = [Observed(outcome, np.empty(self.n), np.empty(self.n, np.bool_)) for outcome in outcomes]
        ready = 0
        with contextlib.closing(chunks(compiled, spans, self.a.seed, self.fanout)) as stream:
            for chunk in stream:
                rows, count = layout.rows(chunk.outcomes), len(chunk.digests)
                for one in found:
                    one.values[chunk.first : chunk.first + count] = one.outcome.of(rows)
                    one.late[chunk.first : chunk.first + count] = one.outcome.late(rows, layout)
                ready += count
                if progress is not None:
                    progress(ready, self.n)
        self._check(mixture, found)
        return found

    def _check(self, mixture: int, found: list[Observed]) -> None:
        """None of B is run A, all of it is run B."""
        for whole, run, stored in ((0, self.a, self.in_a), ((1 << len(self.groups)) - 1, self.b, self.in_b)):
            same = (np.array_equal(one.ranked, other.ranked) for one, other in zip(found, stored, strict=True))
            if mixture == whole and not all(same):
                message = (
                    f"{run.folder}: its inputs give other outcomes today. Another version of alliancesim made it (run it again), "
                    "or its file lists currencies or buckets in another order than the reference (use one order)"
                )
                raise RequestError(message)

    def _compiled(self, mixture: int) -> Compiled:
        taken = [group for i, group in enumerate(self.groups) if mixture >> i & 1]
        names = ", ".join(group.name for group in taken)
        try:
            said = f"{self.a.scenario} with {names} of {self.b.scenario}"
            return compile_plan(mixed(self.tree, [change for group in taken for change in group.changes], said))
        except (ScenarioError, PlanError) as error:
            message = (
                f"{self.a.scenario} with no more than {names} of {self.b.scenario} is no scenario; put into one group what "
                f"belongs together (--group 'PATTERN,PATTERN'):\n{error}"
            )
            raise RequestError(message) from error
