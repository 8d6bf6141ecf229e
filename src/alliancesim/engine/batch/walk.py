"""One job of the batch engine on its way through its stages, ahead of the clock as far as nothing shared is touched."""

from __future__ import annotations

import numpy as np

from alliancesim.engine.alliance import felt_pressure
from alliancesim.engine.batch.arrivals import announce, apply_reached, blocked, deliver
from alliancesim.engine.batch.durations import first_visit_months, own_months, slow_down
from alliancesim.engine.batch.eventlist import event_at, next_month, put
from alliancesim.engine.batch.lots import fork_lot
from alliancesim.engine.batch.waiting import begin_work, end_work, finish_at, rate_at, request
from alliancesim.engine.batch.workspace import (
    ACTIVE,
    ADDED,
    AHEAD,
    ASK,
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
    GATE,
    GRANTED,
    IN_USE,
    JUST_BEGUN,
    LOT,
    OFFSET,
    OWN,
    PENDING,
    PHASE,
    PLAIN,
    PREREQUISITE,
    PROGRAM,
    QUEUED,
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
)
from alliancesim.engine.delivery import cancel_units
from alliancesim.engine.ledger import CHARGED, PATH, PLANNED, SINCE
from alliancesim.engine.occupancy import slots
from alliancesim.kernels import kernel, part
from alliancesim.plan.columns import DISRUPTION, PREREQUISITES, REWORK, TRADE_PRESSURE
from alliancesim.plan.fields import (
    ELASTICITY,
    FAILURE_PROBABILITY,
    FIRST_OPERATIONAL_EVENT,
    REWORK_PROBABILITY,
    REWORK_WORK,
    W_FAILURE,
    W_QUEUEING,
    W_REWORK,
)
from alliancesim.plan.layout import NONE, Plan, State, World
from alliancesim.plan.network import (
    LOT_YEAR,
    ROUTE_DELIVERED,
    ROUTE_PRIORITY,
    STEP_AFTER_COUNT,
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
from alliancesim.plan.order import JOBS_PER_LOT, ON_COMPLETION, ON_REQUEST
from alliancesim.rules.draws import uniform
from alliancesim.rules.grid import snap_duration
from alliancesim.rules.linkage import pressure_mult
from alliancesim.units import MONTH_TICKS


@part
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
    rank = ON_REQUEST if phase == START else ON_COMPLETION
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
                    rank = ON_COMPLETION if then > t else rank
                    k, t = passed, then
                    continue
            q = step[STEP_RESOURCE]
            elastic = numbers[ELASTICITY] > 0.0 or step[STEP_SLOW_COUNT] > 0
            if t > now and (q >= 0 or (t >= as_of and (elastic or step[STEP_AFTER_COUNT] > 0))):
                waits = True
                break
            repeated = job[GATE] != NONE
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
            repeated = job[GATE] != NONE
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
                    rank = ON_COMPLETION
                phase = ENDED
            else:
                mine[BEGUN] = t
                phase = ASK
        if phase == ASK:
            q = step[STEP_RESOURCE]
            ahead, asked = mine[AHEAD], mine[BEGUN]
            in_line = plan.switch[W_QUEUEING] == 1 and asked + ahead >= as_of
            t = max(asked, as_of) if in_line else asked + ahead
            if t > now or (in_line and not (reached_bits == 0 and given_at_once(plan, w, s, space, q, now, y))):
                repeated = job[GATE] != NONE
                enter(job, mine, REWORK if repeated else step[STEP_WAIT_CAUSE], asked, 0.0 if repeated else ahead)
                if t > now:
                    phase, rank, waits = ASK, ON_REQUEST, t < horizon
                else:
                    request(space, q, net.route[p, ROUTE_PRIORITY], int(t * MONTH_TICKS), entity)
                    park(job, mine, GRANTED, k, t)
                break
            begin_work(space, q, now, 0.0)
            phase = GRANTED
        if phase == GRANTED:
            q = step[STEP_RESOURCE]
            repeated = job[GATE] != NONE
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
                    rank, waits = ON_COMPLETION, True
                break
        if phase == WORKED:
            end_work(space, step[STEP_RESOURCE], now)
            if job[GATE] == NONE:
                mine[CHARGED + DISRUPTION] += t - mine[BEGUN] - mine[WORK]
                if step[STEP_LINE] == 1:
                    mine[CHARGED + step[STEP_WAIT_CAUSE]] += mine[WORK] - mine[OWN]
            phase = ENDED
        if phase == ENDED:
            if job[GATE] == NONE:
                mine[CHARGED + step[STEP_CAUSE]] += mine[OWN] + mine[AHEAD] - mine[PLAIN]
            else:
                mine[CHARGED + REWORK] += t - mine[ENTERED]
                if job[GATE] == k:
                    pass_gate(w, space, slot, k)
            seen[k] += 1
            phase = EFFECT
            if t > as_of:
                chance = numbers[FAILURE_PROBABILITY] if plan.switch[W_FAILURE] == 1 else 0.0
                draw = index + int(seen[k])
                if chance > 0.0 and happens(space, step[STEP_FAILURE_KEY], draw, chance):
                    phase = FAILED
                elif plan.switch[W_REWORK] == 1 and step[STEP_REWORK_TO] != NONE and sent[k] < step[STEP_REWORK_MOST]:
                    chance = numbers[REWORK_PROBABILITY]
                    draw = index + int(seen[k]) - 1
                    if chance > 0.0 and happens(space, step[STEP_REWORK_KEY], draw, chance):
                        sent[k] += 1
                        space.outer[slot, k] = job[GATE]
                        job[GATE], mine[SHARE], k = k, numbers[REWORK_WORK], step[STEP_REWORK_TO]
                        phase = ENTER
                        continue
            effective = (step[STEP_DELIVERS] == 1 and job[DELIVERED] == 0) or (step[STEP_SERVES] == 1 and job[SERVES] == 0)
            if t > now and (phase == FAILED or effective):
                waits = True
                break
        if phase == FAILED:
            if job[DELIVERED] == 0:
                cancel_units(plan, w, s, p, net.lot[lot, LOT_YEAR], mine[UNITS], t)
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
def pass_gate(w: World, space: Workspace, slot: int, k: int) -> None:
    """A job passes stage k, which had sent it back; what an outer gate sent back before that is still to be repeated."""
    job = space.jobs[slot]
    job[GATE] = space.outer[slot, k]
    if job[GATE] != NONE:
        space.times[slot, SHARE] = w.stage[job[FIRST_STAGE] + job[GATE], REWORK_WORK]


@part
def pass_walkable(plan: Plan, w: World, net: Network, space: Workspace, slot: int, k: int, t: float):  # type: ignore[no-untyped-def]
    """Have the first tranche of a lot pass walkable stages from stage k on, entered for the first time after the as-of date.

    It stops before a stage that would not end within the horizon. Returns where it stands, and the month at which it does.
    """
    job, mine, seen = space.jobs[slot], space.times[slot], space.visits[slot]
    first_stage, stages, gate = job[FIRST_STAGE], job[STAGES], job[GATE]
    months = net.lot_months[job[LOT]]
    while k < stages and space.walkable[first_stage + k] == 1 and seen[k] == 0 and gate == NONE:
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


@part
def given_at_once(plan: Plan, w: World, s: State, space: Workspace, q: int, now: float, y: int) -> bool:
    """Whether who asks for a resource may have it without a look at its line: a place is free, and nothing else happens now."""
    use, ready = space.use[q], space.ready
    if use[QUEUED] > 0 or space.lines[PENDING] > 0 or ready[JUST_BEGUN, FIRST] != NONE or ready[WOKEN, FIRST] != NONE:
        return False
    return use[IN_USE] < slots(plan, w, s, q, y) and next_month(space) > now


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
