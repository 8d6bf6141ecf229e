"""One replication of the batch engine: the clock, the jobs and the resources over arrays."""

from __future__ import annotations

import numpy as np

from alliancesim.engine import heaps
from alliancesim.engine.agenda import counters, follow, open_calendar
from alliancesim.engine.alliance import felt_pressure, support_now
from alliancesim.engine.conditions import MOVED, apply_reached
from alliancesim.engine.delivery import cancel_units
from alliancesim.engine.ledger import CHARGED, PATH, SINCE
from alliancesim.engine.noise import months_at, noisy_months
from alliancesim.engine.orders import BACKGROUND_BITS, BACKGROUND_ENTITY, BACKLOG_ENTITY, next_order, order_amount
from alliancesim.engine.settlement import read_year, supplement
from alliancesim.engine.workspace import (
    ACTIVE,
    AHEAD,
    ARRIVED,
    AT_PREREQUISITE,
    BEGUN,
    DELIVERED,
    EFFECT,
    ENDED,
    ENTER,
    ENTERED,
    FAILED,
    FIRST_DRAW,
    FIRST_STAGE,
    GRANTED,
    GRANTED_SUM,
    IN_USE,
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
    SERVES,
    SHARE,
    SLOWED,
    STAGE,
    STAGES,
    START,
    TIME,
    TRANCHE,
    UNITS,
    WAITED_SUM,
    WORK,
    WORKED,
    Workspace,
    append,
    begin_opening,
    begin_year,
    clear,
    close_programs,
    deliver,
    enter,
    finish_at,
    fork_job,
    happens,
    look,
    look_everywhere,
    occupy,
    park,
    rate_at,
    reached,
    read_resources,
    slots,
    slow_down,
)
from alliancesim.handles import natural
from alliancesim.kernels import kernel
from alliancesim.plan.columns import DISRUPTION, PREREQUISITES, REWORK, TRADE_PRESSURE
from alliancesim.plan.layout import (
    COMPLETION_EVENT,
    DURATION,
    ELASTICITY,
    ENTITY_BITS,
    FAILURE_PROBABILITY,
    FIRST_DELIVERY_EVENT,
    FIRST_OPERATIONAL_EVENT,
    JOB_BITS,
    JOBS_PER_LOT,
    NOISE_MEDIAN,
    NOISE_P90,
    NOISE_PROGRAM,
    NOISE_SYSTEM,
    NONE,
    REWORK_PROBABILITY,
    REWORK_WORK,
    W_FAILURE,
    W_QUEUEING,
    W_REWORK,
    W_STAGE_NOISE,
    Outcomes,
    Plan,
    Rank,
    State,
    World,
)
from alliancesim.plan.network import (
    LOT_YEAR,
    RESOURCE_LINE,
    RESOURCE_PRIORITY,
    ROUTE_DELIVERED,
    ROUTE_PRIORITY,
    STEP_AFTER_COUNT,
    STEP_AFTER_FIRST,
    STEP_CAUSE,
    STEP_COUNTS,
    STEP_DELIVERS,
    STEP_FAILURE_KEY,
    STEP_KEY,
    STEP_LINE,
    STEP_RESOURCE,
    STEP_REWORK_KEY,
    STEP_REWORK_MOST,
    STEP_REWORK_TO,
    STEP_SERVES,
    STEP_SLOW_COUNT,
    STEP_SYSTEM,
    STEP_WAIT_CAUSE,
    Network,
)
from alliancesim.rules.grid import snap_duration
from alliancesim.rules.linkage import pressure_mult
from alliancesim.rules.stages import tranche_count, tranche_size
from alliancesim.scenario.pipelines import MOST_TRANCHES
from alliancesim.units import MONTH_TICKS

COMPLETION, YEAR_END, REGIME, ROUND, BUDGET, REQUEST = (
    int(Rank.COMPLETION), int(Rank.YEAR_END), int(Rank.REGIME), int(Rank.ROUND), int(Rank.BUDGET), int(Rank.REQUEST)
)  # fmt: skip
ENTITY_MASK = (1 << ENTITY_BITS) - 1
RANK_MASK = 0xF
NOTHING = -1


@kernel
def play(plan: Plan, w: World, s: State, out: Outcomes, net: Network, space: Workspace, seed: int, replication: int) -> int:
    """Let time pass to the horizon and close the programs' ledgers; returns the number of events.

    One loop: a job that is ready goes on; else waiting lines of the present instant are looked at; else the next event happens.
    """
    clear(space)
    slot_of, jobs, times, visits, returns = space.slots, space.jobs, space.times, space.visits, space.returns
    steps, routes, lots, lot_months, resources = net.step, net.route, net.lot, net.lot_months, net.resource
    scores = space.scores
    heap, line_first, line_second = space.heap, space.line_first, space.line_second
    pool, use, awaited = space.pool, space.use, space.awaited
    stage, sigma, system_z, program_z = w.stage, w.stage_sigma, w.system_z, w.program_z
    capacity, scale_of = w.series[plan.resource_series :, : plan.years], s.scale
    as_of, horizon, last_year = plan.as_of_months, plan.horizon_months, plan.years - 1
    noisy, queues = plan.switch[W_STAGE_NOISE] == 1, plan.switch[W_QUEUEING] == 1
    fails, reworks = plan.switch[W_FAILURE] == 1, plan.switch[W_REWORK] == 1
    events = 0
    happened = counters(net)
    heap, count = open_calendar(plan, w, s, net, seed, replication, heap)
    y = 0
    initial = True  # whether the next budget is an initial one, not a supplementary one
    now = 0.0
    pending = soonest = 0  # waiting lines to be looked at in this instant, and where the first may stand
    # jobs that go on in this instant: those just begun, then those just woken
    woken_first = woken_last = NONE
    hole = False  # whether the first place of the event list is that of the event which happens now
    free, begun_first, begun_last = begin_opening(plan, w, net, space, seed, replication)  # free: first slot without a job
    while True:
        # --- who goes on -----------------------------------------------------------------------------------------------
        if begun_first != NONE:
            slot = begun_first
            begun_first = jobs[slot, NEXT]
        elif woken_first != NONE:
            slot = woken_first
            woken_first = jobs[slot, NEXT]
        else:
            if hole:
                count = heaps.close_hole(heap, count)
                hole = False
            if pending > 0 and (count == 0 or heaps.month_of(heap[0]) > now):
                while use[soonest, PENDING] == 0:
                    soonest += 1
                q = soonest
                use[q, PENDING] = 0
                pending -= 1
                room = slots(net, capacity, scale_of, q, y)
                while use[q, QUEUED] > 0 and use[q, IN_USE] < room:
                    entity = line_second[q, 0]
                    waited = now - heaps.asked_at(line_first[q, 0])
                    heaps.leave(line_first[q], line_second[q], use[q, QUEUED])
                    use[q, QUEUED] -= 1
                    occupy(pool, use, q, now, 1)
                    pool[q, GRANTED_SUM] += 1.0
                    pool[q, WAITED_SUM] += waited
                    if entity < BACKGROUND_ENTITY:
                        slot = slot_of[entity >> JOB_BITS] + (entity & (JOBS_PER_LOT - 1))
                        woken_first, woken_last = append(jobs, woken_first, woken_last, slot)
                        continue
                    amount = order_amount(w, net, seed, replication, q, entity - BACKGROUND_ENTITY * (q + 1))
                    if resources[q, RESOURCE_LINE] == 1:
                        amount /= rate_at(capacity, scale_of, q, now)
                    t = finish_at(w, q, now, snap_duration(amount))
                    if t <= horizon:
                        if count == len(heap):
                            heap = heaps.grown(heap)
                        count, hole = heaps.put(heap, count, hole, heaps.event_at(t, COMPLETION, entity)), False
                continue
            event = heap[0]
            hole = True
            events += 1
            now = heaps.month_of(event)
            rank, entity = (event >> ENTITY_BITS) & RANK_MASK, event & ENTITY_MASK
            if rank == REGIME or rank == ROUND:
                t = follow(plan, w, s, net, seed, replication, rank, entity, now, happened)
                if t < horizon:
                    count, hole = heaps.put(heap, count, hole, heaps.event_at(t, rank, entity)), False
                continue
            if rank == BUDGET:
                if initial:
                    free, begun_first, begun_last = begin_year(plan, w, s, out, net, space, seed, replication, y, now, free)
                    pending, soonest = look_everywhere(use, pending, soonest)
                    t = 12.0 * y + net.supplementary_month
                    count, hole = heaps.put(heap, count, hole, heaps.event_at(t, BUDGET, 0)), False
                else:
                    supplement(plan, w, s, out, seed, replication, y, support_now(w, s, now))
                    count, hole = heaps.put(heap, count, hole, heaps.event_at(12.0 * (y + 1), YEAR_END, 0)), False
                initial = not initial
                continue
            if rank == YEAR_END:
                read_year(plan, w, s, out, y, now)
                read_resources(w, s, out, net, space, capacity, y)
                if y == last_year:
                    break
                y += 1
                count, hole = heaps.put(heap, count, hole, heaps.event_at(now, BUDGET, 0)), False
                continue
            if entity >= BACKGROUND_ENTITY:
                q = natural((entity >> BACKGROUND_BITS) - 1)
                if rank == COMPLETION:
                    occupy(pool, use, q, now, -1)
                    if use[q, QUEUED] == 0:
                        continue
                else:
                    if use[q, QUEUED] == line_first.shape[1]:
                        line_first, line_second = heaps.grown(line_first), heaps.grown(line_second)
                    first = heaps.place(resources[q, RESOURCE_PRIORITY], event >> heaps.TICK_BITS)
                    heaps.join(line_first[q], line_second[q], use[q, QUEUED], first, entity)
                    use[q, QUEUED] += 1
                    if entity - BACKGROUND_ENTITY * (q + 1) < BACKLOG_ENTITY:
                        use[q, ARRIVED] += 1
                        t = next_order(w, net, seed, replication, q, use[q, ARRIVED], now)
                        if t < horizon:
                            count, hole = heaps.put(heap, count, hole, heaps.event_at(t, REQUEST, entity + 1)), False
                pending, soonest = look(use, q, pending, soonest)
                continue
            slot = slot_of[entity >> JOB_BITS] + (entity & (JOBS_PER_LOT - 1))

        # --- the job goes on from where it stands, ahead of the clock as far as nothing shared is touched --------------
        slot = natural(slot)
        job, mine, seen, sent = jobs[slot], times[slot], visits[slot], returns[slot]
        lot, phase, k, t = natural(job[LOT]), job[PHASE], natural(job[STAGE]), mine[TIME]
        p, first_stage, stages = natural(job[PROGRAM]), natural(job[FIRST_STAGE]), job[STAGES]
        entity = lot * JOBS_PER_LOT + natural(job[TRANCHE])
        index = natural(job[FIRST_DRAW])
        rank = REQUEST if phase == START else COMPLETION
        if phase == GRANTED:
            t = now
        reached_bits = 0
        due = NOTHING
        while True:
            if k == stages:
                job[ACTIVE] = 0
                break
            i = natural(first_stage + k)
            step, numbers = steps[i], stage[i]
            if phase == START:
                if t > now and t >= horizon:
                    break
                late = k > routes[p, ROUTE_DELIVERED] and job[DELIVERED] == 0
                if late and t > now:
                    park(job, mine, START, k, t)
                    due = heaps.event_at(t, rank, entity)
                    break
                if late:
                    reached_bits |= apply_reached(plan, w, s, p, deliver(plan, w, s, net, space, slot, p, mine[SINCE]), now)
                phase = ENTER
            if phase == ENTER:
                q = step[STEP_RESOURCE]
                elastic = numbers[ELASTICITY] > 0.0 or step[STEP_SLOW_COUNT] > 0
                if t > now and (q >= 0 or (t >= as_of and (elastic or step[STEP_AFTER_COUNT] > 0))):
                    park(job, mine, ENTER, k, t)
                    due = heaps.event_at(t, rank, entity)
                    break
                repeated = k <= job[REPEAT_UNTIL]
                mine[ENTERED] = t
                ahead = 0.0
                if step[STEP_LINE] == 1:
                    rate = rate_at(capacity, scale_of, q, t)
                    if seen[k] == 0 and job[TRANCHE] == 0:
                        job[STAGE] = k
                        units = mine[UNITS]
                        size = tranche_size(units, net.tranche_units[p], MOST_TRANCHES)
                        parts = tranche_count(units, size, MOST_TRANCHES)
                        if parts > 1:
                            mine[UNITS] = size
                            done = snap_duration(size / rate)
                            for part in range(1, parts):
                                own = size if part < parts - 1 else units - size * (parts - 1)
                                sibling = fork_job(plan, net, space, slot, part, own, t, done)
                                begun_first, begun_last = append(jobs, begun_first, begun_last, sibling)
                                done += snap_duration(own / rate)
                    if not repeated:
                        ahead = mine[OFFSET]
                    plain = ahead + snap_duration(mine[UNITS] / rate)
                else:
                    plain = lot_months[lot, k]
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
                    blocked = False
                    while job[AT_PREREQUISITE] < step[STEP_AFTER_COUNT] and not blocked:
                        needed = step[STEP_AFTER_FIRST] + job[AT_PREREQUISITE]
                        other, milestone = net.after[needed, 0], net.after[needed, 1]
                        job[AT_PREREQUISITE] += 1
                        if not reached(s, space, other, milestone):
                            awaited[other, milestone, 0], awaited[other, milestone, 1] = append(
                                jobs, awaited[other, milestone, 0], awaited[other, milestone, 1], slot
                            )
                            blocked = True
                    if blocked:
                        park(job, mine, PREREQUISITE, k, t)
                        break
                    t = max(t, now)
                    if not repeated:
                        mine[CHARGED + PREREQUISITES] += t - mine[ENTERED]
                scale = mine[SHARE] if repeated else 1.0
                if step[STEP_LINE] == 1:
                    own = plain - ahead
                else:
                    stretch = 1.0
                    base = net.base_months[i]
                    if base > 0.0 and numbers[DURATION] != base:
                        stretch = numbers[DURATION] / base
                    own = plain if stretch == 1.0 and scale == 1.0 else plain * stretch * scale
                    elapsed = as_of - t
                    median = numbers[NOISE_MEDIAN]
                    if noisy and own > 0.0 and elapsed < own and not (median == 1.0 and numbers[NOISE_P90] == 1.0):
                        year = natural(min(int(t / 12.0), last_year)) if t > 0.0 else 0
                        common_z = system_z[natural(step[STEP_SYSTEM]), natural(year)]
                        if elapsed <= 0.0 and seen[k] == 0 and job[TRANCHE] == 0:
                            own = months_at(own, median, sigma[i], numbers[NOISE_SYSTEM], numbers[NOISE_PROGRAM], common_z,
                                            program_z[p], scores[slot, k])  # fmt: skip
                        else:
                            own = noisy_months(own, max(elapsed, 0.0), median, sigma[i], numbers[NOISE_SYSTEM],
                                               numbers[NOISE_PROGRAM], common_z, program_z[p], seed, replication,
                                               step[STEP_KEY], index + natural(seen[k]))  # fmt: skip
                    elif own != plain and own > 0.0:
                        own = snap_duration(own)
                work = own
                elasticity = numbers[ELASTICITY]
                if elasticity > 0.0 and own > 0.0 and t >= as_of:
                    work = snap_duration(own * pressure_mult(felt_pressure(plan, w, s, t), elasticity))
                    if not repeated:
                        mine[CHARGED + TRADE_PRESSURE] += work - own
                mine[SLOWED] = 0.0
                if step[STEP_SLOW_COUNT] > 0 and own > 0.0 and t >= as_of:
                    work = slow_down(plan, w, s, step, mine, repeated, t, work)
                mine[OWN] = own
                mine[WORK] = work
                if q < 0:
                    enter(job, mine, REWORK if repeated else step[STEP_CAUSE], t, 0.0 if repeated else plain + mine[SLOWED])
                    t += work
                    if t > horizon:
                        break
                    if work > 0.0:
                        rank = COMPLETION
                    phase = ENDED
                else:
                    mine[BEGUN] = t
                    queued = queues and t >= as_of
                    alone = pending == 0 and reached_bits == 0 and begun_first == NONE and woken_first == NONE
                    alone = alone and heaps.next_month(heap, count, hole) > now  # nothing else happens in this instant
                    free_place = use[q, QUEUED] == 0 and use[q, IN_USE] < slots(net, capacity, scale_of, q, y)
                    if queued and not (alone and free_place):
                        enter(job, mine, REWORK if repeated else step[STEP_WAIT_CAUSE], t, 0.0 if repeated else ahead)
                        if use[q, QUEUED] == line_first.shape[1]:
                            line_first, line_second = heaps.grown(line_first), heaps.grown(line_second)
                        first = heaps.place(routes[p, ROUTE_PRIORITY], int(t * MONTH_TICKS))
                        heaps.join(line_first[q], line_second[q], use[q, QUEUED], first, entity)
                        use[q, QUEUED] += 1
                        pending, soonest = look(use, q, pending, soonest)
                        park(job, mine, GRANTED, k, t)
                        break
                    occupy(pool, use, q, now, 1)
                    pool[q, GRANTED_SUM] += 1.0
                    if not queued:
                        t += ahead
                    phase = GRANTED
            if phase == GRANTED:
                q = step[STEP_RESOURCE]
                repeated = k <= job[REPEAT_UNTIL]
                if not repeated:
                    mine[CHARGED + natural(step[STEP_WAIT_CAUSE])] += t - mine[BEGUN] - mine[AHEAD]
                if step[STEP_LINE] == 1:
                    scale = mine[SHARE] if repeated else 1.0
                    mine[WORK] = snap_duration(scale * mine[UNITS] / rate_at(capacity, scale_of, q, t))
                planned = mine[PLAIN] - mine[AHEAD] + mine[SLOWED]
                enter(job, mine, REWORK if repeated else step[STEP_CAUSE], t, 0.0 if repeated else planned)
                mine[BEGUN] = t
                t = finish_at(w, q, t, mine[WORK])
                phase = WORKED
                if t > mine[BEGUN] and t > 0.0:
                    if t <= horizon:
                        park(job, mine, WORKED, k, t)
                        due = heaps.event_at(t, COMPLETION, entity)
                    break
            if phase == WORKED:
                q = step[STEP_RESOURCE]
                occupy(pool, use, q, now, -1)
                if use[q, QUEUED] > 0:
                    pending, soonest = look(use, q, pending, soonest)
                if k > job[REPEAT_UNTIL]:
                    mine[CHARGED + DISRUPTION] += t - mine[BEGUN] - mine[WORK]
                    if step[STEP_LINE] == 1:
                        mine[CHARGED + natural(step[STEP_WAIT_CAUSE])] += mine[WORK] - mine[OWN]
                phase = ENDED
            if phase == ENDED:
                if k > job[REPEAT_UNTIL]:
                    mine[CHARGED + natural(step[STEP_CAUSE])] += mine[OWN] + mine[AHEAD] - mine[PLAIN]
                else:
                    mine[CHARGED + REWORK] += t - mine[ENTERED]
                seen[k] += 1
                phase = EFFECT
                if t > as_of:
                    chance = numbers[FAILURE_PROBABILITY]
                    draw = index + natural(seen[k])
                    if fails and chance > 0.0 and happens(seed, replication, step[STEP_FAILURE_KEY], draw, chance):
                        phase = FAILED
                    elif reworks and step[STEP_REWORK_TO] != NONE and sent[k] < step[STEP_REWORK_MOST]:
                        chance = numbers[REWORK_PROBABILITY]
                        draw = index + natural(sent[k])
                        if chance > 0.0 and happens(seed, replication, step[STEP_REWORK_KEY], draw, chance):
                            sent[k] += 1
                            job[REPEAT_UNTIL], mine[SHARE], k = k, numbers[REWORK_WORK], step[STEP_REWORK_TO]
                            phase = ENTER
                            continue
                effective = (step[STEP_DELIVERS] == 1 and job[DELIVERED] == 0) or (step[STEP_SERVES] == 1 and job[SERVES] == 0)
                if t > now and (phase == FAILED or effective):
                    park(job, mine, phase, k, t)
                    due = heaps.event_at(t, rank, entity)
                    break
            if phase == FAILED:
                if job[DELIVERED] == 0:
                    cancel_units(s, p, lots[lot, LOT_YEAR], mine[UNITS])
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
        if due != NOTHING:
            if count == len(heap):
                heap = heaps.grown(heap)
            count, hole = heaps.put(heap, count, hole, due), False
        if reached_bits >= MOVED:
            pending, soonest = look_everywhere(use, pending, soonest)
        if reached_bits != 0:
            for milestone in (FIRST_DELIVERY_EVENT, COMPLETION_EVENT, FIRST_OPERATIONAL_EVENT):
                first = awaited[p, milestone, 0]
                if (reached_bits >> milestone) & 1 == 1 and first != NONE:
                    if woken_first == NONE:
                        woken_first = first
                    else:
                        jobs[woken_last, NEXT] = first
                    woken_last = awaited[p, milestone, 1]
                    awaited[p, milestone, 0] = NONE
    close_programs(plan, s, out, net, space, free)
    return events
