"""Deliveries and other milestones in the batch engine: who reaches them, and who has waited for them."""

from __future__ import annotations

import numpy as np

from alliancesim.engine.batch.waiting import look_everywhere
from alliancesim.engine.batch.workspace import (
    AT_PREREQUISITE,
    DELIVERED,
    FIRST,
    LAST,
    LOT,
    NEXT,
    UNITS,
    WOKEN,
    Workspace,
    append,
    copy_ticket,
)
from alliancesim.engine.conditions import apply_effects
from alliancesim.engine.delivery import deliver_units, is_complete
from alliancesim.kernels import kernel
from alliancesim.plan.fields import COMPLETION_EVENT, FIRST_DELIVERY_EVENT, FIRST_OPERATIONAL_EVENT, MILESTONES
from alliancesim.plan.layout import NONE, Plan, State, World
from alliancesim.plan.network import LOT_YEAR, STEP_AFTER_COUNT, STEP_AFTER_FIRST, Network

MOVED = 1 << len(MILESTONES)
"""Beside the bits of milestones: a condition has moved."""


@kernel
def deliver(plan: Plan, w: World, s: State, net: Network, space: Workspace, slot: int, p: int, t: float) -> int:
    """A tranche is delivered at month t; returns which of the program's milestones this reaches, as bits."""
    job, mine = space.jobs[slot], space.times[slot]
    job[DELIVERED] = 1
    units = mine[UNITS]
    year = net.lot[job[LOT], LOT_YEAR]
    delivered = deliver_units(plan, w, s, p, year, units, t)
    bits = 0
    if space.first_months[p] == np.inf:
        space.first_months[p] = t
        copy_ticket(mine, space.first_ticket[p])
        bits |= 1 << FIRST_DELIVERY_EVENT
    space.latest_months[p] = t
    copy_ticket(mine, space.last_ticket[p])
    if space.completed[p] == 0 and delivered >= s.total[p]:
        space.completed[p] = 1
        bits |= 1 << COMPLETION_EVENT
    return bits


@kernel
def complete_dropped(plan: Plan, w: World, s: State, space: Workspace, now: float) -> None:
    """Programs that lack nothing, since what was not contracted has been dropped, are complete by their last delivery."""
    for p in range(len(s.total)):
        if space.completed[p] == 0 and is_complete(s, p, space.latest_months[p]):
            space.completed[p] = 1
            announce(space, p, apply_reached(plan, w, s, p, 1 << COMPLETION_EVENT, now))


@kernel
def apply_reached(plan: Plan, w: World, s: State, p: int, bits: int, t: float) -> int:
    """Apply the effects of the milestones that `bits` name; returns them, with MOVED if a condition has moved."""
    if bits == 0:
        return 0
    moved = False
    for milestone in (FIRST_DELIVERY_EVENT, COMPLETION_EVENT, FIRST_OPERATIONAL_EVENT):
        if (bits >> milestone) & 1 == 1 and apply_effects(plan, w, s, p, milestone, t):
            moved = True
    return bits | MOVED if moved else bits


@kernel
def announce(space: Workspace, p: int, reached_bits: int) -> None:
    """Wake who waits for the milestones that a program has reached, and have every line looked at if a condition has moved."""
    if reached_bits >= MOVED:
        look_everywhere(space)
    woken = space.ready[WOKEN]
    for milestone in (FIRST_DELIVERY_EVENT, COMPLETION_EVENT, FIRST_OPERATIONAL_EVENT):
        waiting = space.awaited[p, milestone]
        if (reached_bits >> milestone) & 1 == 1 and waiting[FIRST] != NONE:
            if woken[FIRST] == NONE:
                woken[FIRST] = waiting[FIRST]
            else:
                space.jobs[woken[LAST], NEXT] = waiting[FIRST]
            woken[LAST] = waiting[LAST]
            waiting[FIRST] = NONE


@kernel
def blocked(s: State, net: Network, space: Workspace, step, slot: int) -> bool:  # type: ignore[no-untyped-def]
    """Look at the milestones that a job's stage needs, from where it looked last; at the first not reached it waits for that."""
    job = space.jobs[slot]
    while job[AT_PREREQUISITE] < step[STEP_AFTER_COUNT]:
        needed = step[STEP_AFTER_FIRST] + job[AT_PREREQUISITE]
        p, milestone = net.after[needed, 0], net.after[needed, 1]
        job[AT_PREREQUISITE] += 1
        if not reached(s, space, p, milestone):
            append(space, space.awaited[p, milestone], slot)
            return True
    return False


@kernel
def reached(s: State, space: Workspace, p: int, milestone: int) -> bool:
    """Whether a program's milestone lies behind."""
    if milestone == FIRST_DELIVERY_EVENT:
        return s.delivered[p] > 0.0
    if milestone == FIRST_OPERATIONAL_EVENT:
        return s.operational[p] > 0.0
    return space.completed[p] == 1
