"""The batch engine: the same model as the reference engine's, a chunk of replications in one compiled call.

It answers the same question, "what happens next, and who is woken?", over arrays: an event list (`eventlist`), a table of
jobs, and waiting lines. What a value is, rules and steps say. A stage that touches nothing shared has no event of its own:
a job runs ahead of the clock to the next point where it asks for a resource, needs the present pressure or a milestone,
delivers, or fails.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from alliancesim.engine import paths, state
from alliancesim.engine.batch.play import NO_ROOM, play
from alliancesim.engine.batch.workspace import Workspace, new_workspace, read_stages, roomier
from alliancesim.handles import nth, pack, pack_each
from alliancesim.kernels import kernel
from alliancesim.plan.layout import Compiled, Floats, Ints, Outcomes, Plan, State, World
from alliancesim.plan.network import Network, network


@kernel
def simulate(  # type: ignore[no-untyped-def]
    plan: Plan, w: World, s: State, net: Network, space: Workspace, rows, seed: int, replications, out: Outcomes, events,
    first: int,
) -> int:  # fmt: skip
    """Fill outcomes (a row of handles) and events (shape (evaluation,)) from evaluation `first` on.

    rows: parameter vectors, one for all evaluations or one for each; replications: shape (evaluation,). Returns how many
    evaluations are done: all, or those before the one that found no room in the workspace.
    """
    for i in range(first, len(events)):
        if i == first or len(rows) > 1 or len(plan.distribution_at) > 0:
            paths.gather_parameters(plan, rows[i if len(rows) > 1 else 0], seed, replications[i], w)
            read_stages(plan, w, net, space)
        paths.draw_paths(plan, seed, replications[i], w)
        state.begin(plan, w, s)
        events[i] = play(plan, w, s, nth(out, i), net, space, seed, replications[i])
        if events[i] == NO_ROOM:
            return i
    return len(events)


class Engine:
    """Reusable arrays for replications of one compiled scenario; one for each thread."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.network = network(compiled)
        self.space = new_workspace(self.network, compiled.plan.horizon_months)
        arrays = (compiled.plan, paths.new_world(compiled), state.new_state(compiled), self.network)
        self.handles: Any = tuple(pack(fields) for fields in arrays)

    def replications(self, params: Floats, seed: int, first: int, count: int) -> tuple[Outcomes, Ints]:
        """Replications first to first + count - 1: outcomes with a leading replication axis, and the events of each."""
        return self.evaluations(params[None, :], seed, np.arange(first, first + count))

    def evaluations(self, rows: Floats, seed: int, replications: Ints) -> tuple[Outcomes, Ints]:
        """Replications in any order, each with its own parameters: outcomes with a leading axis, and the events of each.

        rows: parameter vectors, shape (evaluation, parameter), or (1, parameter) for all; replications: shape (evaluation,).
        """
        out = state.new_outcomes(self.compiled, len(replications))
        events = np.zeros(len(replications), np.int64)
        each = pack_each(out)
        plan, w, s, net = self.handles
        done = 0
        while (done := simulate(plan, w, s, net, pack(self.space), rows, seed, replications, each, events, done)) < len(events):
            self.space = roomier(self.space, self.network, self.compiled.plan.horizon_months)
            for array in out:
                array[done] = 0.0
        return out, events
