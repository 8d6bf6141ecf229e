"""One replication of the batch engine: the clock, and what happens next."""

from __future__ import annotations

from alliancesim.engine.alliance import support_now
from alliancesim.engine.batch.agenda import open_calendar
from alliancesim.engine.batch.customers import arrive, order_amount
from alliancesim.engine.batch.diplomacy import counters, follow
from alliancesim.engine.batch.eventlist import (
    ENTITY_MASK,
    FULL,
    RANK_MASK,
    clear_events,
    event_at,
    month_of,
    next_month,
    put,
    take,
)
from alliancesim.engine.batch.lots import begin_opening, begin_year, close_programs
from alliancesim.engine.batch.waiting import (
    end_work,
    finish_at,
    first_in_line,
    look_everywhere,
    next_line,
    rate_at,
    read_resources,
)
from alliancesim.engine.batch.walk import walk
from alliancesim.engine.batch.workspace import (
    IN_USE,
    PENDING,
    QUEUED,
    WOKEN,
    Workspace,
    append,
    clear,
    take_ready,
)
from alliancesim.engine.entities import BACKGROUND_BITS, BACKGROUND_ENTITY
from alliancesim.engine.occupancy import slots
from alliancesim.engine.settlement import read_year, supplement
from alliancesim.kernels import kernel, part
from alliancesim.plan.layout import NONE, Outcomes, Plan, State, World
from alliancesim.plan.network import RESOURCE_LINE, Network
from alliancesim.plan.order import (
    ENTITY_BITS,
    JOB_BITS,
    JOBS_PER_LOT,
    ON_BUDGET,
    ON_COMPLETION,
    ON_REGIME,
    ON_ROUND,
    ON_YEAR_END,
)
from alliancesim.rules.grid import snap_duration

NO_ROOM = -1
"""What `play` returns when the event list or a waiting line was too short: begin again with more room."""


@kernel
def play(plan: Plan, w: World, s: State, out: Outcomes, net: Network, space: Workspace, seed: int, replication: int) -> int:
    """Let time pass to the horizon and close the programs' ledgers; returns the number of events, or NO_ROOM.

    One loop: the job of an event that has happened, or one that is ready, goes on; else waiting lines of the present instant are
    looked at; else the next event happens.
    """
    clear(space, seed, replication)
    clear_events(space)
    happened = counters(net)
    open_calendar(plan, w, s, net, space, seed, replication)
    free = begin_opening(plan, net, space, seed, replication)  # the first slot without a job
    events = y = 0
    initial = True  # whether the next budget is an initial one, not a supplementary one
    now = 0.0
    slot = NONE  # the job that goes on
    while True:
        if slot == NONE:
            slot = take_ready(space)
        if slot != NONE:
            walk(plan, w, s, net, space, slot, now, y)
            slot = NONE
            continue
        if space.kept[FULL] == 1:
            return NO_ROOM
        if space.lines[PENDING] > 0 and next_month(space) > now:
            grant(plan, w, s, net, space, seed, replication, next_line(space), now, y)
            continue
        event = take(space)
        events += 1
        now = month_of(event)
        rank, entity = (event >> ENTITY_BITS) & RANK_MASK, event & ENTITY_MASK
        if rank == ON_REGIME or rank == ON_ROUND:
            t = follow(plan, w, s, net, seed, replication, rank, entity, now, happened)
            if t < plan.horizon_months:
                put(space, event_at(t, rank, entity))
        elif rank == ON_BUDGET:
            if initial:
                free = begin_year(plan, w, s, out, net, space, seed, replication, y, now, free)
                look_everywhere(space)
                put(space, event_at(12.0 * y + net.supplementary_month, ON_BUDGET, 0))
            else:
                supplement(plan, w, s, out, seed, replication, y, support_now(w, s, now))
                put(space, event_at(12.0 * (y + 1), ON_YEAR_END, 0))
            initial = not initial
        elif rank == ON_YEAR_END:
            read_year(plan, w, s, out, y, now)
            read_resources(plan, w, s, out, space, y)
            y += 1
            if y == plan.years:
                break
            put(space, event_at(now, ON_BUDGET, 0))
        elif entity < BACKGROUND_ENTITY:
            slot = slot_of(space, entity)
        elif rank == ON_COMPLETION:
            end_work(space, (entity >> BACKGROUND_BITS) - 1, now)
        else:
            arrive(plan, w, net, space, seed, replication, event, now)
    close_programs(plan, s, out, net, space, free)
    return events


@part
def slot_of(space: Workspace, entity: int) -> int:
    """Where a job stands in the table."""
    return space.slots[entity >> JOB_BITS] + (entity & (JOBS_PER_LOT - 1))


@part
def grant(
    plan: Plan, w: World, s: State, net: Network, space: Workspace, seed: int, replication: int, q: int, now: float, y: int
) -> None:
    """Give who waits for a resource the places that are free: jobs are woken, background orders begin their work."""
    use = space.use[q]
    room = slots(plan, w, s, q, y)
    while use[QUEUED] > 0 and use[IN_USE] < room:
        entity = first_in_line(space, q, now)
        if entity < BACKGROUND_ENTITY:
            append(space, space.ready[WOKEN], slot_of(space, entity))
            continue
        amount = order_amount(w, net, seed, replication, q, entity - BACKGROUND_ENTITY * (q + 1))
        if net.resource[q, RESOURCE_LINE] == 1:
            amount /= rate_at(plan, w, s, q, now)
        t = finish_at(w, q, now, snap_duration(amount))
        if t <= plan.horizon_months:
            put(space, event_at(t, ON_COMPLETION, entity))
