"""What the batch engine works in: the table of jobs, waiting lines and resources, and what is done to one of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alliancesim.engine.alliance import support_now
from alliancesim.engine.budget import open_year, provisional_wait
from alliancesim.engine.conditions import slow_cause, slow_mult, staff_year
from alliancesim.engine.contract import lot_wait
from alliancesim.engine.delivery import deliver_units, settle_advance, units_due
from alliancesim.engine.ledger import CHARGED, CONTRACT, PATH, PLANNED, SINCE, TICKET, charge_overrun, write_program
from alliancesim.engine.noise import first_draw
from alliancesim.engine.occupancy import read_resource
from alliancesim.engine.revision import change_plan
from alliancesim.kernels import kernel
from alliancesim.plan.columns import ESTIMATE
from alliancesim.plan.layout import (
    COMPLETION_EVENT,
    FIRST_DELIVERY_EVENT,
    FIRST_OPERATIONAL_EVENT,
    MILESTONES,
    NOISE_MEDIAN,
    NOISE_P90,
    NONE,
    PAY_YEARS,
    SEVERITY,
    Floats,
    Ints,
    Outcomes,
    Plan,
    State,
    World,
)
from alliancesim.plan.network import (
    LOT_PROGRAM,
    LOT_STATE,
    LOT_YEAR,
    RESOURCE_LINE,
    ROUTE_ADVANCE,
    ROUTE_DELIVERED,
    ROUTE_FIRST,
    ROUTE_STAGES,
    STEP_KEY,
    STEP_LINE,
    STEP_SLOW_COUNT,
    STEP_SLOW_FIRST,
    Network,
)
from alliancesim.rules.conditions import scaled_slots
from alliancesim.rules.draws import normals, uniform
from alliancesim.rules.grid import snap_duration, snap_months
from alliancesim.rules.stages import finish_time, tranche_count, tranche_size
from alliancesim.scenario.pipelines import MOST_TRANCHES

START, ENTER, PREREQUISITE, GRANTED, WORKED, ENDED, FAILED, EFFECT = range(8)
"""Where a job goes on: begin; enter its stage; look at its stage's next prerequisite; its request is granted; its work on a
resource is done; its stage has ended; it fails; its stage takes effect."""
JOB = ("phase", "lot", "tranche", "stage", "program", "first_stage", "stages", "first_draw", "active", "delivered", "serves",
       "cause", "repeat_until", "prerequisite", "next")  # fmt: skip
(PHASE, LOT, TRANCHE, STAGE, PROGRAM, FIRST_STAGE, STAGES, FIRST_DRAW, ACTIVE, DELIVERED, SERVES, CAUSE, REPEAT_UNTIL,
 AT_PREREQUISITE, NEXT) = range(len(JOB))  # fmt: skip
TIME, UNITS, OFFSET, SHARE, ENTERED, AHEAD, PLAIN, OWN, WORK, BEGUN, SLOWED = range(len(TICKET), len(TICKET) + 11)
TIMES = len(TICKET) + 11
"""A job's numbers: its ticket, then: month it goes on at, units, months of line work of its lot's earlier tranches, share of a
repeated stage's work, month it entered the stage, line work ahead of it, planned duration, own duration, work, when it asked
or began, what conditions add to the stage."""
IN_USE, PENDING, QUEUED, ARRIVED = range(4)
BUSY, SINCE_READ, GRANTED_SUM, WAITED_SUM = range(4)


class Workspace(NamedTuple):
    """Arrays that `play` works in; their contents mean nothing between replications."""

    heap: Ints  # (event,) grows within a replication where it must
    line_first: Ints  # (Q, order) waiting lines: priority and month asked
    line_second: Ints  # (Q, order) entity
    slots: Ints  # (L,) place of each lot's first tranche among the jobs, NONE = not begun
    jobs: npt.NDArray[np.int32]  # (job, job field) in the order in which lots begin
    times: Floats  # (job, TIMES)
    visits: npt.NDArray[np.int8]  # (job, stage) how often a stage has been passed
    returns: npt.NDArray[np.int8]  # (job, stage) how often work was sent back from it
    scores: Floats  # (job, stage) own scores of the first visits of first tranches
    sheet_key: Ints  # (draw,) addresses of the scores of lots that begin together
    sheet_index: Ints  # (draw,)
    sheet_place: Ints  # (draw,) where each belongs among `scores`
    sheet_uniform: Floats  # (draw,)
    sheet_score: Floats  # (draw,)
    pool: Floats  # (Q, 4) this year's busy time, month it was last counted, grants, months waited
    use: Ints  # (Q, 4) orders in work, whether the waiting line is to be looked at, orders waiting, background orders arrived
    awaited: Ints  # (P, milestone, 2) first and last job waiting for a milestone
    first_months: Floats  # (P,)
    last_months: Floats  # (P,)
    operational_months: Floats  # (P,)
    first_ticket: Floats  # (P, ticket)
    last_ticket: Floats  # (P, ticket)
    headroom: Floats  # (PAY_YEARS,)


def new_workspace(net: Network) -> Workspace:
    """A workspace for replications of one network."""
    programs, resources, stages = len(net.route), len(net.resource), net.lot_months.shape[1]
    draws = max(programs, len(net.lot) - net.first_opening) * stages
    return Workspace(
        heap=np.zeros(1024, np.int64),
        line_first=np.zeros((resources, 64), np.int64),
        line_second=np.zeros((resources, 64), np.int64),
        slots=np.zeros(len(net.lot), np.int64),
        jobs=np.zeros((net.jobs, len(JOB)), np.int32),
        times=np.zeros((net.jobs, TIMES)),
        visits=np.zeros((net.jobs, stages), np.int8),
        returns=np.zeros((net.jobs, stages), np.int8),
        scores=np.zeros((net.jobs, stages)),
        sheet_key=np.zeros(draws, np.int64),
        sheet_index=np.zeros(draws, np.int64),
        sheet_place=np.zeros(draws, np.int64),
        sheet_uniform=np.zeros(draws),
        sheet_score=np.zeros(draws),
        pool=np.zeros((resources, 4)),
        use=np.zeros((resources, 4), np.int64),
        awaited=np.zeros((programs, len(MILESTONES), 2), np.int64),
        first_months=np.zeros(programs),
        last_months=np.zeros(programs),
        operational_months=np.zeros(programs),
        first_ticket=np.zeros((programs, len(TICKET))),
        last_ticket=np.zeros((programs, len(TICKET))),
        headroom=np.zeros(PAY_YEARS),
    )


@kernel
def clear(space: Workspace) -> None:
    """Make a workspace ready for a replication."""
    space.slots[:] = NONE
    space.pool[:] = 0.0
    space.use[:] = 0
    space.awaited[:] = NONE
    space.first_months[:] = np.inf
    space.last_months[:] = np.inf
    space.operational_months[:] = np.inf
    space.first_ticket[:, CONTRACT] = np.nan
    space.last_ticket[:, CONTRACT] = np.nan


@kernel
def start_job(  # type: ignore[no-untyped-def]
    plan: Plan, w: World, net: Network, space: Workspace, slot: int, lot: int, units: float, t: float, drawn: int
):
    """Set up the first tranche of a lot contracted at month t, from `slot` on; its scores go on the sheet after `drawn` others.

    Returns the next free slot, and how many scores the sheet has now.
    """
    p = net.lot[lot, LOT_PROGRAM]
    size = tranche_size(units, net.tranche_units[p], MOST_TRANCHES)
    free = slot + tranche_count(units, size, MOST_TRANCHES)
    space.slots[lot] = slot
    for other in range(slot, free):
        space.jobs[other, ACTIVE] = 0
        space.jobs[other, LOT] = lot
    job, times = space.jobs[slot], space.times[slot]
    job[:NEXT] = 0
    job[LOT] = lot
    job[PROGRAM] = p
    job[FIRST_STAGE] = net.route[p, ROUTE_FIRST]
    job[STAGES] = net.route[p, ROUTE_STAGES]
    job[FIRST_DRAW] = first_draw(plan.first_fy + net.lot[lot, LOT_YEAR], 0)
    job[ACTIVE] = 1
    job[CAUSE] = ESTIMATE
    job[REPEAT_UNTIL] = NONE
    times[:] = 0.0
    times[CONTRACT] = t
    times[TIME] = t
    times[UNITS] = units
    times[SHARE] = 1.0
    space.visits[slot, :] = 0
    space.returns[slot, :] = 0
    stage = net.lot[lot, LOT_STATE]
    if stage != NONE:
        months = net.lot_months[lot]
        job[STAGE] = stage
        begin = max(t, plan.as_of_months - snap_months(net.lot_done[lot] * months[stage]))
        passed = min(stage, net.route[p, ROUTE_DELIVERED] + 1)
        since = begin
        for s in range(stage):
            if s < passed:
                times[PATH] += months[s]
            else:
                since -= months[s]
        times[TIME] = begin
        times[SINCE] = since
        times[CHARGED + ESTIMATE] += since - t - times[PATH]
    for s in range(job[STAGES]):
        i = job[FIRST_STAGE] + s
        if net.step[i, STEP_LINE] == 0 and not (w.stage[i, NOISE_MEDIAN] == 1.0 and w.stage[i, NOISE_P90] == 1.0):
            space.sheet_key[drawn] = net.step[i, STEP_KEY]
            space.sheet_index[drawn] = job[FIRST_DRAW]
            space.sheet_place[drawn] = slot * space.scores.shape[1] + s
            drawn += 1
    return free, drawn


@kernel
def draw_sheet(space: Workspace, seed: int, replication: int, drawn: int) -> None:
    """Draw the scores on the sheet, and put each where it belongs."""
    normals(seed, replication, space.sheet_key[:drawn], space.sheet_index[:drawn], space.sheet_uniform, space.sheet_score[:drawn])
    scores = space.scores.reshape(space.scores.size)
    for n in range(drawn):
        scores[space.sheet_place[n]] = space.sheet_score[n]


@kernel
def begin_opening(plan: Plan, w: World, net: Network, space: Workspace, seed: int, replication: int):  # type: ignore[no-untyped-def]
    """Set up the lots contracted before the first year; returns the first free slot, and the list of their jobs."""
    free = drawn = 0
    first = last = NONE
    for lot in range(net.first_opening, len(net.lot)):
        first, last = append(space.jobs, first, last, free)
        t = 12.0 * net.lot[lot, LOT_YEAR] + plan.program_begin_months[net.lot[lot, LOT_PROGRAM]]
        free, drawn = start_job(plan, w, net, space, free, lot, net.lot_units[lot], t, drawn)
    draw_sheet(space, seed, replication, drawn)
    return free, first, last


@kernel
def begin_year(  # type: ignore[no-untyped-def]
    plan: Plan, w: World, s: State, out: Outcomes, net: Network, space: Workspace, seed: int, replication: int, y: int,
    now: float, free: int,
):  # fmt: skip
    """Hold year y's budget round and set up the lots it funds; returns the first free slot, and the list of their jobs."""
    staff_year(plan, w, s, y, now)
    support = support_now(w, s, now)
    change_plan(plan, w, s, out, seed, replication, y)
    open_year(plan, w, s, out, y, support, space.headroom)
    wait = provisional_wait(plan, w, seed, replication, y, support)
    drawn = 0
    first = last = NONE
    for p in range(len(net.route)):
        if s.funded[p, y] > 0.0:
            first, last = append(space.jobs, first, last, free)
            t = now + lot_wait(plan, p, wait)
            free, drawn = start_job(plan, w, net, space, free, p * plan.years + y, s.funded[p, y], t, drawn)
    draw_sheet(space, seed, replication, drawn)
    return free, first, last


@kernel
def fork_job(plan: Plan, net: Network, space: Workspace, slot: int, tranche: int, units: float, t: float, offset: float) -> int:
    """Set up another tranche of a job's lot, with the same history, at the line stage it enters at month t; returns its slot."""
    sibling = slot + tranche
    job, times, origin = space.jobs[sibling], space.times[sibling], space.times[slot]
    job[:] = space.jobs[slot]
    job[PHASE] = START
    job[TRANCHE] = tranche
    job[FIRST_DRAW] = first_draw(plan.first_fy + net.lot[job[LOT], LOT_YEAR], tranche)
    job[SERVES] = 0
    job[CAUSE] = ESTIMATE
    job[REPEAT_UNTIL] = NONE
    times[:] = 0.0
    times[: len(TICKET)] = origin[: len(TICKET)]
    times[PLANNED] = 0.0
    times[TIME] = t
    times[UNITS] = units
    times[OFFSET] = offset
    times[SHARE] = 1.0
    space.visits[sibling, :] = 0
    space.returns[sibling, :] = 0
    return sibling


@kernel
def reached(s: State, space: Workspace, p: int, milestone: int) -> bool:
    """Whether a program's milestone lies behind."""
    if milestone == FIRST_DELIVERY_EVENT:
        return s.delivered[p] > 0.0
    if milestone == FIRST_OPERATIONAL_EVENT:
        return s.operational[p] > 0.0
    return space.last_months[p] < np.inf


@kernel
def deliver(plan: Plan, w: World, s: State, net: Network, space: Workspace, slot: int, p: int, t: float) -> int:
    """A tranche is delivered at month t; returns which of the program's milestones this reaches, as bits."""
    space.jobs[slot, DELIVERED] = 1
    units = space.times[slot, UNITS]
    year = net.lot[space.jobs[slot, LOT], LOT_YEAR]
    delivered = deliver_units(s, p, year, units)
    if year >= 0 and net.route[p, ROUTE_ADVANCE] == 1:
        settle_advance(plan, w, s, p, year, units, t)
    bits = 0
    if space.first_months[p] == np.inf:
        space.first_months[p] = t
        space.first_ticket[p] = space.times[slot, : len(TICKET)]
        bits |= 1 << FIRST_DELIVERY_EVENT
    if space.last_months[p] == np.inf and delivered >= s.total[p]:
        space.last_months[p] = t
        space.last_ticket[p] = space.times[slot, : len(TICKET)]
        bits |= 1 << COMPLETION_EVENT
    return bits


@kernel
def read_resources(w: World, s: State, out: Outcomes, net: Network, space: Workspace, capacity, y: int) -> None:  # type: ignore[no-untyped-def]
    """Year-end reading of all resources."""
    for q in range(len(net.resource)):
        pool, use = space.pool[q], space.use[q]
        read_resource(
            out.resource_year[q, y], y, slots(net, capacity, s.scale, q, y), pool[BUSY], float(use[IN_USE]), pool[SINCE_READ],
            pool[GRANTED_SUM], pool[WAITED_SUM], float(use[QUEUED]), w.disruption_begin[q], w.disruption_end[q],
            w.disruption_count[q], 1.0 - w.resource[q, SEVERITY],
        )  # fmt: skip
        pool[:] = 0.0
        pool[SINCE_READ] = 12.0 * (y + 1)


@kernel
def close_programs(plan: Plan, s: State, out: Outcomes, net: Network, space: Workspace, free: int) -> None:
    """Write the programs' outcomes at the horizon. free: the first slot without a job."""
    horizon = plan.horizon_months
    first = np.full(len(net.route), NONE)
    last = np.full(len(net.route), NONE)
    for lot in range(len(net.lot)):
        slot, p = space.slots[lot], net.lot[lot, LOT_PROGRAM]
        while slot != NONE and slot < free and space.jobs[slot, LOT] == lot:
            if space.jobs[slot, ACTIVE] == 1 and space.jobs[slot, DELIVERED] == 0:
                last[p] = slot
                if first[p] == NONE:
                    first[p] = slot
            slot += 1
    for p in range(len(net.route)):
        if first[p] != NONE and space.first_months[p] == np.inf:
            space.first_ticket[p] = space.times[first[p], : len(TICKET)]
            charge_overrun(space.first_ticket[p], space.jobs[first[p], CAUSE], horizon)
        if last[p] != NONE and space.last_months[p] == np.inf:
            space.last_ticket[p] = space.times[last[p], : len(TICKET)]
            charge_overrun(space.last_ticket[p], space.jobs[last[p], CAUSE], horizon)
        write_program(out.program[p], net.promise[p], horizon, space.first_months[p], space.first_ticket[p], space.last_months[p],
                      space.last_ticket[p], space.operational_months[p], units_due(plan, s, p), s.bought[p])  # fmt: skip


@kernel
def slots(net: Network, capacity, scale, q: int, year: int) -> float:  # type: ignore[no-untyped-def]
    """How many orders a resource may have in work at once. capacity: shape (resource, year), scale: (resource,)."""
    if net.resource[q, RESOURCE_LINE] == 1:
        return 1.0
    return scaled_slots(capacity[q, min(year, capacity.shape[1] - 1)], scale[q])


@kernel
def rate_at(capacity, scale, q: int, t: float) -> float:  # type: ignore[no-untyped-def]
    """Units a month of a line in the fiscal year of month t, at the present scale."""
    return capacity[q, min(int(t / 12.0), capacity.shape[1] - 1) if t > 0.0 else 0] * scale[q]


@kernel
def occupy(pool, use, q: int, now: float, orders: int) -> None:  # type: ignore[no-untyped-def]
    """Count orders into work on a resource at month now, or out of it (negative)."""
    pool[q, BUSY] += use[q, IN_USE] * (now - pool[q, SINCE_READ])
    pool[q, SINCE_READ] = now
    use[q, IN_USE] += orders


@kernel
def finish_at(w: World, q: int, start: float, work: float) -> float:
    """When work begun at `start` on a resource ends, its disruptions considered, on the month grid."""
    count = w.disruption_count[q]
    if count == 0:
        return start + work
    rate = 1.0 - w.resource[q, SEVERITY]
    return snap_months(finish_time(start, work, w.disruption_begin[q], w.disruption_end[q], count, rate))


@kernel
def append(jobs, first: int, last: int, slot: int):  # type: ignore[no-untyped-def]
    """Add a job to a list of jobs; returns the list's first and last (NONE: empty)."""
    jobs[slot, NEXT] = NONE
    if first == NONE:
        return slot, slot
    jobs[last, NEXT] = slot
    return first, slot


@kernel
def enter(job, times, cause: int, t: float, planned_months: float) -> None:  # type: ignore[no-untyped-def]
    """A new part of a job's way begins at month t: a wait, or work of planned length; an overrun is charged to cause."""
    job[CAUSE] = cause
    times[SINCE] = t
    times[PLANNED] = planned_months


@kernel
def look(use, q: int, pending: int, soonest: int):  # type: ignore[no-untyped-def]
    """Have a waiting line looked at in this instant; returns how many there are to look at, and where the first may stand."""
    if use[q, PENDING] == 1:
        return pending, soonest
    use[q, PENDING] = 1
    return pending + 1, min(soonest, q)


@kernel
def look_everywhere(use, pending: int, soonest: int):  # type: ignore[no-untyped-def]
    """Have every waiting line looked at in this instant; returns as `look` does."""
    for q in range(len(use)):
        if use[q, QUEUED] > 0:
            pending, soonest = look(use, q, pending, soonest)
    return pending, soonest


@kernel
def slow_down(plan: Plan, w: World, s: State, step, times, repeated: bool, t: float, months: float) -> float:  # type: ignore[no-untyped-def]
    """Months of a job's stage that begins at month t, as conditions are; what they add is charged unless it is repeated."""
    work = months
    for n in range(step[STEP_SLOW_FIRST], step[STEP_SLOW_FIRST] + step[STEP_SLOW_COUNT]):
        mult = slow_mult(plan, w, s, n, t)
        longer = work if mult == 1.0 else snap_duration(work * mult)
        if not repeated:
            times[CHARGED + slow_cause(plan, n)] += longer - work
        work = longer
    times[SLOWED] = work - months
    return work


@kernel
def happens(seed: int, replication: int, key: int, index: int, probability: float) -> bool:
    """Whether what has this probability happens."""
    return uniform(seed, replication, key, index) < probability


@kernel
def park(job, times, phase: int, stage: int, t: float) -> None:  # type: ignore[no-untyped-def]
    """Leave a job where it stands; it goes on at a phase of a stage, at month t unless it is granted or woken later."""
    job[PHASE] = phase
    job[STAGE] = stage
    times[TIME] = t
