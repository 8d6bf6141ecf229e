"""One job of the batch engine on its way through its stages, ahead of the clock as far as nothing shared is touched."""

from __future__ import annotations

import numpy as np

from alliancesim.engine.alliance import felt_pressure
from alliancesim.engine.conditions import MOVED, apply_reached
from alliancesim.engine.delivery import cancel_units, deliver_units, settle_advance
from alliancesim.engine.durations import first_visit_months, own_months, slow_down
from alliancesim.engine.eventlist import event_at, next_month, put
from alliancesim.engine.ledger import CHARGED, PATH, PLANNED, SINCE
from alliancesim.engine.lots import fork_lot
from alliancesim.engine.waiting import begin_work, end_work, finish_at, look_everywhere, rate_at, request, slots
from alliancesim.engine.workspace import (
    ACTIVE,
    ADDED,
    AHEAD,
    AT_PREREQUISITE,
    BEGUN,
    CAUSE,
    DELIVERED,
    EFFECT,
    ENDED,
    ENTER,
    ENTERED,
    FAILED,
    FIRST,
    FIRST_DRAW,
    FIRST_STAGE,
    GRANTED,
    IN_USE,
    JUST_BEGUN,
    LAST,
    LOT,
    NEXT,
    OFFSET,
    OWN,
    PENDING,
    PHASE,
    PLAIN,
    PREREQUISITE,
    PROGRAM,
    QUEUED,
    REPEAT_UNTIL,
    REPLICATION,
    SEED,
    SERVES,
    SHARE,
    STAGE,
    STAGES,
    START,
    TIME,
    TRANCHE,
    UNITS,
    WOKEN,
    WORK,
    WORKED,
    Workspace,
    append,
    copy_ticket,
)
from alliancesim.kernels import kernel, part
from alliancesim.plan.columns import DISRUPTION, PREREQUISITES, REWORK, TRADE_PRESSURE
from alliancesim.plan.layout import (
    COMPLETION_EVENT,
    ELASTICITY,
    FAILURE_PROBABILITY,
    FIRST_DELIVERY_EVENT,
    FIRST_OPERATIONAL_EVENT,
    JOBS_PER_LOT,
    NONE,
    REWORK_PROBABILITY,
    REWORK_WORK,
    W_FAILURE,
    W_QUEUEING,
    W_REWORK,
    Plan,
    Rank,
    State,
    World,
)
from alliancesim.plan.network import (
    LOT_YEAR,
    ROUTE_ADVANCE,
    ROUTE_DELIVERED,
    ROUTE_PRIORITY,
    STEP_AFTER_COUNT,
    STEP_AFTER_FIRST,
    STEP_CAUSE,
    STEP_COUNTS,
    STEP_DELIVERS,
    STEP_FAILURE_KEY,
    STEP_LINE,
    STEP_RESOURCE,
    STEP_REWORK_KEY,
    STEP_REWORK_MOST,
    STEP_REWORK_TO,
    STEP_SERVES,
    STEP_SLOW_COUNT,
    STEP_WAIT_CAUSE,
    Network,
)
from alliancesim.rules.draws import uniform
from alliancesim.rules.grid import snap_duration
from alliancesim.rules.linkage import pressure_mult
from alliancesim.units import MONTH_TICKS

COMPLETION, REQUEST = int(Rank.COMPLETION), int(Rank.REQUEST)


@kernel
def walk(plan: Plan, w: World, s: State, net: Network, space: Workspace, slot: int, now: float, y: int) -> None:
    """Have a job go on from where it stands to where it must wait, in line or for its next event, or to its end.

    now: the month of the clock; y: its fiscal year.
    """
    job, mine, seen, sent = space.jobs[slot], space.times[slot], space.visits[slot], space.returns[slot]
    lot, phase, k, t = int(job[LOT]), job[PHASE], int(job[STAGE]), mine[TIME]
    p, first_stage, stages = job[PROGRAM], job[FIRST_STAGE], job[STAGES]
    entity = lot * JOBS_PER_LOT + int(job[TRANCHE])
    index = int(job[FIRST_DRAW])
    as_of, horizon = plan.as_of_months, plan.horizon_months
    rank = REQUEST if phase == START else COMPLETION
    if phase == GRANTED:
        t = now
    reached_bits = 0
    waits = False  # for its event
    while True:
        if k == stages:
            job[ACTIVE] = 0
            break
        i = first_stage + k
        step, numbers = net.step[i], w.stage[i]
        if phase == START:
            if t > now and t >= horizon:
                break
            late = k > net.route[p, ROUTE_DELIVERED] and job[DELIVERED] == 0
            if late and t > now:
                waits = True
                break
            if late:
                reached_bits |= apply_reached(plan, w, s, p, deliver(plan, w, s, net, space, slot, p, mine[SINCE]), now)
            phase = ENTER
        if phase == ENTER:
            if space.walkable[i] == 1 and t >= as_of and job[TRANCHE] == 0:
                passed, then = pass_walkable(plan, w, net, space, slot, k, t)
                if passed > k:
                    rank = COMPLETION if then > t else rank
                    k, t = passed, then
                    continue
            q = step[STEP_RESOURCE]
            elastic = numbers[ELASTICITY] > 0.0 or step[STEP_SLOW_COUNT] > 0
            if t > now and (q >= 0 or (t >= as_of and (elastic or step[STEP_AFTER_COUNT] > 0))):
                waits = True
                break
            repeated = k <= job[REPEAT_UNTIL]
            mine[ENTERED] = t
            ahead = 0.0
            if step[STEP_LINE] == 1:
                rate = rate_at(plan, w, s, q, t)
                if seen[k] == 0 and job[TRANCHE] == 0:
                    job[STAGE] = k
                    fork_lot(plan, net, space, slot, t, rate)
                if not repeated:
                    ahead = mine[OFFSET]
                plain = ahead + snap_duration(mine[UNITS] / rate)
            else:
                plain = net.lot_months[lot, k]
            mine[AHEAD] = ahead
            mine[PLAIN] = plain
            if not repeated and step[STEP_COUNTS] == 1:
                mine[PATH] += plain
            job[AT_PREREQUISITE] = 0
            phase = PREREQUISITE
        if phase == PREREQUISITE:
            q = step[STEP_RESOURCE]
            repeated = k <= job[REPEAT_UNTIL]
            ahead, plain = mine[AHEAD], mine[PLAIN]
            if step[STEP_AFTER_COUNT] > 0 and t >= as_of:
                if job[AT_PREREQUISITE] == 0:
                    enter(job, mine, REWORK if repeated else PREREQUISITES, t, 0.0)
                if blocked(s, net, space, step, slot):
                    park(job, mine, PREREQUISITE, k, t)
                    break
                t = max(t, now)
                if not repeated:
                    mine[CHARGED + PREREQUISITES] += t - mine[ENTERED]
            own = plain - ahead if step[STEP_LINE] == 1 else own_months(plan, w, net, space, slot, k, i, t)
            work = own
            elasticity = numbers[ELASTICITY]
            if elasticity > 0.0 and own > 0.0 and t >= as_of:
                work = snap_duration(own * pressure_mult(felt_pressure(plan, w, s, t), elasticity))
                if not repeated:
                    mine[CHARGED + TRADE_PRESSURE] += work - own
            if step[STEP_SLOW_COUNT] > 0 and own > 0.0 and t >= as_of:
                work = slow_down(plan, w, s, step, mine, repeated, t, work)
            mine[OWN] = own
            mine[WORK] = work
            mine[ADDED] = work - own
            if q < 0:
                enter(job, mine, REWORK if repeated else step[STEP_CAUSE], t, 0.0 if repeated else plain + mine[ADDED])
                t += work
                if t > horizon:
                    break
                if work > 0.0:
                    rank = COMPLETION
                phase = ENDED
            else:
                mine[BEGUN] = t
                queued = plan.switch[W_QUEUEING] == 1 and t >= as_of
                if queued and not (reached_bits == 0 and given_at_once(plan, w, s, net, space, q, now, y)):
                    enter(job, mine, REWORK if repeated else step[STEP_WAIT_CAUSE], t, 0.0 if repeated else ahead)
                    request(space, q, net.route[p, ROUTE_PRIORITY], int(t * MONTH_TICKS), entity)
                    park(job, mine, GRANTED, k, t)
                    break
                begin_work(space, q, now, 0.0)
                if not queued:
                    t += ahead
                phase = GRANTED
        if phase == GRANTED:
            q = step[STEP_RESOURCE]
            repeated = k <= job[REPEAT_UNTIL]
            if not repeated:
                mine[CHARGED + step[STEP_WAIT_CAUSE]] += t - mine[BEGUN] - mine[AHEAD]
            if step[STEP_LINE] == 1:
                scale = mine[SHARE] if repeated else 1.0
                mine[WORK] = snap_duration(scale * mine[UNITS] / rate_at(plan, w, s, q, t))
            planned = mine[PLAIN] - mine[AHEAD] + mine[ADDED]
            enter(job, mine, REWORK if repeated else step[STEP_CAUSE], t, 0.0 if repeated else planned)
            mine[BEGUN] = t
            t = finish_at(w, q, t, mine[WORK])
            phase = WORKED
            if t > mine[BEGUN] and t > 0.0:
                if t <= horizon:
                    rank, waits = COMPLETION, True
                break
        if phase == WORKED:
            end_work(space, step[STEP_RESOURCE], now)
            if k > job[REPEAT_UNTIL]:
                mine[CHARGED + DISRUPTION] += t - mine[BEGUN] - mine[WORK]
                if step[STEP_LINE] == 1:
                    mine[CHARGED + step[STEP_WAIT_CAUSE]] += mine[WORK] - mine[OWN]
            phase = ENDED
        if phase == ENDED:
            if k > job[REPEAT_UNTIL]:
                mine[CHARGED + step[STEP_CAUSE]] += mine[OWN] + mine[AHEAD] - mine[PLAIN]
            else:
                mine[CHARGED + REWORK] += t - mine[ENTERED]
            seen[k] += 1
            phase = EFFECT
            if t > as_of:
                chance = numbers[FAILURE_PROBABILITY] if plan.switch[W_FAILURE] == 1 else 0.0
                draw = index + int(seen[k])
                if chance > 0.0 and happens(space, step[STEP_FAILURE_KEY], draw, chance):
                    phase = FAILED
                elif plan.switch[W_REWORK] == 1 and step[STEP_REWORK_TO] != NONE and sent[k] < step[STEP_REWORK_MOST]:
                    chance = numbers[REWORK_PROBABILITY]
                    draw = index + int(sent[k])
                    if chance > 0.0 and happens(space, step[STEP_REWORK_KEY], draw, chance):
                        sent[k] += 1
                        job[REPEAT_UNTIL], mine[SHARE], k = k, numbers[REWORK_WORK], step[STEP_REWORK_TO]
                        phase = ENTER
                        continue
            effective = (step[STEP_DELIVERS] == 1 and job[DELIVERED] == 0) or (step[STEP_SERVES] == 1 and job[SERVES] == 0)
            if t > now and (phase == FAILED or effective):
                waits = True
                break
        if phase == FAILED:
            if job[DELIVERED] == 0:
                cancel_units(s, p, net.lot[lot, LOT_YEAR], mine[UNITS])
            job[ACTIVE] = 0
            break
        if phase == EFFECT:
            if step[STEP_DELIVERS] == 1 and job[DELIVERED] == 0:
                reached_bits |= apply_reached(plan, w, s, p, deliver(plan, w, s, net, space, slot, p, t), now)
            if step[STEP_SERVES] == 1 and job[SERVES] == 0:
                job[SERVES] = 1
                s.operational[p] += mine[UNITS]
                if space.operational_months[p] == np.inf:
                    space.operational_months[p] = t
                    reached_bits |= apply_reached(plan, w, s, p, 1 << FIRST_OPERATIONAL_EVENT, now)
            k += 1
            phase = ENTER
    if waits:
        park(job, mine, phase, k, t)
        put(space, event_at(t, rank, entity))
    if reached_bits != 0:
        announce(space, p, reached_bits)


@part
def pass_walkable(plan: Plan, w: World, net: Network, space: Workspace, slot: int, k: int, t: float):  # type: ignore[no-untyped-def]
    """Have the first tranche of a lot pass walkable stages from stage k on, entered for the first time after the as-of date.

    It stops before a stage that would not end within the horizon. Returns where it stands, and the month at which it does.
    """
    job, mine, seen = space.jobs[slot], space.times[slot], space.visits[slot]
    first_stage, stages, repeat_until = job[FIRST_STAGE], job[STAGES], job[REPEAT_UNTIL]
    months = net.lot_months[job[LOT]]
    while k < stages and space.walkable[first_stage + k] == 1 and seen[k] == 0 and k > repeat_until:
        i = first_stage + k
        step, plain = net.step[i], months[k]
        own = first_visit_months(plan, w, net, space, slot, k, i, plain, t)
        if t + own > plan.horizon_months:
            break
        if step[STEP_COUNTS] == 1:
            mine[PATH] += plain
        mine[CHARGED + step[STEP_CAUSE]] += own - plain
        enter(job, mine, step[STEP_CAUSE], t, plain)
        seen[k] = 1
        t += own
        k += 1
    return k, t


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
    return space.last_months[p] < np.inf


@part
def given_at_once(plan: Plan, w: World, s: State, net: Network, space: Workspace, q: int, now: float, y: int) -> bool:
    """Whether who asks for a resource may have it without a look at its line: a place is free, and nothing else happens now."""
    use, ready = space.use[q], space.ready
    if use[QUEUED] > 0 or space.lines[PENDING] > 0 or ready[JUST_BEGUN, FIRST] != NONE or ready[WOKEN, FIRST] != NONE:
        return False
    return use[IN_USE] < slots(plan, w, s, net, q, y) and next_month(space) > now


@kernel
def deliver(plan: Plan, w: World, s: State, net: Network, space: Workspace, slot: int, p: int, t: float) -> int:
    """A tranche is delivered at month t; returns which of the program's milestones this reaches, as bits."""
    job, mine = space.jobs[slot], space.times[slot]
    job[DELIVERED] = 1
    units = mine[UNITS]
    year = net.lot[job[LOT], LOT_YEAR]
    delivered = deliver_units(s, p, year, units)
    if year >= 0 and net.route[p, ROUTE_ADVANCE] == 1:
        settle_advance(plan, w, s, p, year, units, t)
    bits = 0
    if space.first_months[p] == np.inf:
        space.first_months[p] = t
        copy_ticket(mine, space.first_ticket[p])
        bits |= 1 << FIRST_DELIVERY_EVENT
    if space.last_months[p] == np.inf and delivered >= s.total[p]:
        space.last_months[p] = t
        copy_ticket(mine, space.last_ticket[p])
        bits |= 1 << COMPLETION_EVENT
    return bits


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
def happens(space: Workspace, key: int, index: int, probability: float) -> bool:
    """Whether what has this probability happens."""
    return uniform(space.address[SEED], space.address[REPLICATION], key, index) < probability


@part
def enter(job, times, cause: int, t: float, planned_months: float) -> None:  # type: ignore[no-untyped-def]
    """A new part of a job's way begins at month t: a wait, or work of planned length; an overrun is charged to cause."""
    job[CAUSE] = cause
    times[SINCE] = t
    times[PLANNED] = planned_months


@part
def park(job, times, phase: int, stage: int, t: float) -> None:  # type: ignore[no-untyped-def]
    """Leave a job where it stands; it goes on at a phase of a stage, at month t unless it is granted or woken later."""
    job[PHASE] = phase
    job[STAGE] = stage
    times[TIME] = t
