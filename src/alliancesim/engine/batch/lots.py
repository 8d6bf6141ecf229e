"""How the batch engine's lots begin: what is contracted becomes jobs with their first scores; and what became of each program."""

from __future__ import annotations

import numpy as np

from alliancesim.engine.alliance import support_now
from alliancesim.engine.batch.arrivals import complete_dropped
from alliancesim.engine.batch.workspace import (
    ACTIVE,
    CAUSE,
    DELIVERED,
    FIRST,
    FIRST_DRAW,
    FIRST_STAGE,
    GATE,
    JUST_BEGUN,
    LAST,
    LOT,
    NEXT,
    OFFSET,
    PHASE,
    PROGRAM,
    SERVES,
    SHARE,
    STAGE,
    STAGES,
    START,
    TIME,
    TIMES,
    TRANCHE,
    UNITS,
    Workspace,
    append,
    copy_ticket,
)
from alliancesim.engine.budget import open_year, provisional_wait
from alliancesim.engine.conditions import staff_year
from alliancesim.engine.contract import lot_wait
from alliancesim.engine.delivery import is_complete, units_due
from alliancesim.engine.ledger import CHARGED, CONTRACT, PATH, PLANNED, SINCE, charge_overrun, write_program
from alliancesim.engine.noise import first_draw
from alliancesim.engine.revision import change_plan
from alliancesim.kernels import kernel
from alliancesim.plan.columns import ESTIMATE
from alliancesim.plan.layout import NONE, Outcomes, Plan, State, World
from alliancesim.plan.network import (
    LOT_PROGRAM,
    LOT_STATE,
    LOT_YEAR,
    ROUTE_DELIVERED,
    ROUTE_FIRST,
    ROUTE_STAGES,
    STEP_KEY,
    Network,
)
from alliancesim.rules.draws import normals
from alliancesim.rules.grid import snap_duration, snap_months
from alliancesim.rules.stages import tranche_count, tranche_size
from alliancesim.scenario.pipelines import MOST_TRANCHES


@kernel
def start_job(plan: Plan, net: Network, space: Workspace, slot: int, lot: int, units: float, t: float, drawn: int):  # type: ignore[no-untyped-def]
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
    first, stages = net.route[p, ROUTE_FIRST], net.route[p, ROUTE_STAGES]
    for field in range(NEXT):
        job[field] = 0
    for field in range(TIMES):
        times[field] = 0.0
    job[LOT] = lot
    job[PROGRAM] = p
    job[FIRST_STAGE] = first
    job[STAGES] = stages
    index = first_draw(plan.first_fy + net.lot[lot, LOT_YEAR], 0)
    job[FIRST_DRAW] = index
    job[ACTIVE] = 1
    job[CAUSE] = ESTIMATE
    job[GATE] = NONE
    times[CONTRACT] = t
    times[TIME] = t
    times[UNITS] = units
    times[SHARE] = 1.0
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
    place = slot * space.scores.shape[1]
    for s in range(stages):
        if space.noisy[first + s] == 1:
            space.sheet_key[drawn] = net.step[first + s, STEP_KEY]
            space.sheet_index[drawn] = index
            space.sheet_place[drawn] = place + s
            drawn += 1
    return free, drawn


@kernel
def finish_start(space: Workspace, seed: int, replication: int, begun: int, free: int, drawn: int) -> None:
    """Clear the counters of the jobs from slot `begun` to `free`, draw the scores on the sheet, and put each where it belongs."""
    stages = space.scores.shape[1]
    visits, returns = space.visits.reshape(space.visits.size), space.returns.reshape(space.returns.size)
    visits[begun * stages : free * stages] = 0
    returns[begun * stages : free * stages] = 0
    normals(seed, replication, space.sheet_key[:drawn], space.sheet_index[:drawn], space.sheet_uniform, space.sheet_score[:drawn])
    scores = space.scores.reshape(space.scores.size)
    for n in range(drawn):
        scores[space.sheet_place[n]] = space.sheet_score[n]


@kernel
def begin_opening(plan: Plan, net: Network, space: Workspace, seed: int, replication: int) -> int:
    """Set up the lots contracted before the first year; returns the first free slot."""
    free = drawn = 0
    for lot in range(net.first_opening, len(net.lot)):
        append(space, space.ready[JUST_BEGUN], free)
        t = 12.0 * net.lot[lot, LOT_YEAR] + plan.program_begin_months[net.lot[lot, LOT_PROGRAM]]
        free, drawn = start_job(plan, net, space, free, lot, net.lot_units[lot], t, drawn)
    finish_start(space, seed, replication, 0, free, drawn)
    return free


@kernel
def begin_year(
    plan: Plan, w: World, s: State, out: Outcomes, net: Network, space: Workspace, seed: int, replication: int, y: int,
    now: float, begun: int,
) -> int:  # fmt: skip
    """Hold year y's budget round and set up the lots it funds, from slot `begun` on; returns the first free slot."""
    staff_year(plan, w, s, y, now)
    support = support_now(w, s, now)
    if change_plan(plan, w, s, out, seed, replication, y):
        complete_dropped(plan, w, s, space, now)
    open_year(plan, w, s, out, y, support, space.headroom)
    wait = provisional_wait(plan, w, seed, replication, y, support)
    free, drawn = begun, 0
    for p in range(len(net.route)):
        if s.funded[p, y] > 0.0:
            append(space, space.ready[JUST_BEGUN], free)
            t = now + lot_wait(plan, p, wait)
            free, drawn = start_job(plan, net, space, free, p * plan.years + y, s.funded[p, y], t, drawn)
    finish_start(space, seed, replication, begun, free, drawn)
    return free


@kernel
def fork_lot(plan: Plan, net: Network, space: Workspace, slot: int, t: float, rate: float) -> None:
    """Split a lot at the line stage it enters at month t, which makes `rate` units a month: its job is the first tranche's."""
    times = space.times[slot]
    units, tranche_units = times[UNITS], net.tranche_units[space.jobs[slot, PROGRAM]]
    size = tranche_size(units, tranche_units, MOST_TRANCHES)
    parts = tranche_count(units, size, MOST_TRANCHES)
    if parts == 1:
        return
    times[UNITS] = size
    done = snap_duration(size / rate)
    for part in range(1, parts):
        own = size if part < parts - 1 else units - size * (parts - 1)
        append(space, space.ready[JUST_BEGUN], fork_job(plan, net, space, slot, part, own, t, done))
        done += snap_duration(own / rate)


@kernel
def fork_job(plan: Plan, net: Network, space: Workspace, slot: int, tranche: int, units: float, t: float, offset: float) -> int:
    """Set up another tranche of a job's lot, with the same history, at the line stage it enters at month t; returns its slot."""
    sibling = slot + tranche
    job, times = space.jobs[sibling], space.times[sibling]
    for field in range(NEXT):
        job[field] = space.jobs[slot, field]
    job[PHASE] = START
    job[TRANCHE] = tranche
    job[FIRST_DRAW] = first_draw(plan.first_fy + net.lot[job[LOT], LOT_YEAR], tranche)
    job[SERVES] = 0
    job[CAUSE] = ESTIMATE
    job[GATE] = NONE
    for field in range(TIMES):
        times[field] = 0.0
    copy_ticket(space.times[slot], times)
    times[PLANNED] = 0.0
    times[TIME] = t
    times[UNITS] = units
    times[OFFSET] = offset
    times[SHARE] = 1.0
    return sibling


@kernel
def close_programs(plan: Plan, s: State, out: Outcomes, net: Network, space: Workspace, free: int) -> None:
    """Write the programs' outcomes at the horizon. free: the first slot without a job."""
    horizon = plan.horizon_months
    under_way = space.under_way
    for lot in range(len(net.lot)):
        slot, p = space.slots[lot], net.lot[lot, LOT_PROGRAM]
        while slot != NONE and slot < free and space.jobs[slot, LOT] == lot:
            if space.jobs[slot, ACTIVE] == 1 and space.jobs[slot, DELIVERED] == 0:
                under_way[p, LAST] = slot
                if under_way[p, FIRST] == NONE:
                    under_way[p, FIRST] = slot
            slot += 1
    for p in range(len(net.route)):
        first, last = under_way[p, FIRST], under_way[p, LAST]
        if first != NONE and space.first_months[p] == np.inf:
            copy_ticket(space.times[first], space.first_ticket[p])
            charge_overrun(space.first_ticket[p], space.jobs[first, CAUSE], horizon)
        latest = space.latest_months[p]
        if not is_complete(s, p, latest):
            latest = np.inf
            space.last_ticket[p, CONTRACT] = np.nan
            if last != NONE:
                copy_ticket(space.times[last], space.last_ticket[p])
                charge_overrun(space.last_ticket[p], space.jobs[last, CAUSE], horizon)
        write_program(out.program[p], net.promise[p], horizon, space.first_months[p], space.first_ticket[p], latest,
                      space.last_ticket[p], space.operational_months[p], units_due(plan, s, p), s.bought[p],
                      s.wanted[p])  # fmt: skip
