"""The reference engine: one replication as SimPy processes.

It answers only "what happens next, and who is woken?"; what a value is, rules and steps say.
"""

from __future__ import annotations

import gc

import numpy as np

from alliancesim.engine import paths, state
from alliancesim.engine.reference.calls import Calls
from alliancesim.engine.reference.context import Context, Tracer
from alliancesim.engine.reference.customers import Customers
from alliancesim.engine.reference.diplomacy import Diplomacy
from alliancesim.engine.reference.exports import Exports
from alliancesim.engine.reference.government import Government
from alliancesim.engine.reference.jobs import Jobs
from alliancesim.engine.reference.steps import Step, StepTable
from alliancesim.handles import pack
from alliancesim.plan.fields import W_BACKGROUND, W_EXPORTS, W_LINKAGE
from alliancesim.plan.layout import Compiled, Floats, Ints, Outcomes
from alliancesim.plan.network import network


class Engine:
    """Reusable arrays for replications of one compiled scenario."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.world = paths.new_world(compiled)
        self.state = state.new_state(compiled)
        self.network = network(compiled)
        self.steps = StepTable(compiled, self.network)
        self.out = state.new_outcomes(compiled)
        self.handles = (pack(compiled.plan), pack(self.world), pack(self.state), pack(self.out))
        self.calls = Calls(*self.handles[:3])

    def replications(self, params: Floats, seed: int, first: int, count: int) -> tuple[Outcomes, Ints]:
        """Replications first to first + count - 1: outcomes with a leading replication axis, and the events of each."""
        return self.evaluations(params[None, :], seed, np.arange(first, first + count))

    def evaluations(self, rows: Floats, seed: int, replications: Ints) -> tuple[Outcomes, Ints]:
        """Replications in any order, each with its own parameters: outcomes with a leading axis, and the events of each.

        rows: parameter vectors, shape (evaluation, parameter), or (1, parameter) for all; replications: shape (evaluation,).
        """
        each_row = np.broadcast_to(rows, (len(replications), rows.shape[1]))
        each = [self.simulate(params, seed, int(r)) for params, r in zip(each_row, replications, strict=True)]
        stacked = Outcomes(*(np.stack(arrays) for arrays in zip(*(outcomes for outcomes, _ in each), strict=True)))
        return stacked, np.array([events for _, events in each], np.int64)

    def simulate(self, params: Floats, seed: int, replication: int, trace: Tracer | None = None) -> tuple[Outcomes, int]:
        """One replication. params: shape (parameter,). Returns its outcomes and the number of events it took."""
        plan, world, s, _ = self.handles
        paths.draw_world(plan, params, seed, replication, world)
        state.begin(plan, world, s)
        for array in self.out:
            array[:] = 0.0
        collecting = gc.isenabled()
        gc.disable()  # thousands of live events make each collection dear, and a replication leaves little garbage
        try:
            context = Context(self.compiled, self.network, self.world, self.state, self.out, self.handles, self.calls, seed,
                              replication, trace)  # fmt: skip
            events = play(context, self.steps.of(self.world))
        finally:
            if collecting:
                gc.enable()
        return Outcomes(*(array.copy() for array in self.out)), events


def play(context: Context, steps: list[list[Step]]) -> int:
    """Let time pass to the horizon and close the programs' ledgers; returns the number of events."""
    jobs = Jobs(context, steps)
    jobs.start_opening()
    government = context.env.process(Government(context, jobs).run())
    if context.on(W_LINKAGE):
        Diplomacy(context).start()
    if context.on(W_BACKGROUND):
        Customers(context).start()
    if context.on(W_EXPORTS):
        Exports(context).start()
    context.env.run(until=government)
    jobs.close()
    events = context.env.count_events()
    context.env.close()
    return events
