"""The batch engine's resources: orders in work, waiting lines, and who is given a place once an instant's requests are all in."""

from __future__ import annotations

from alliancesim.engine.batch.eventlist import FULL
from alliancesim.engine.batch.workspace import (
    BUSY,
    GRANTED_SUM,
    IN_USE,
    MARKED,
    PENDING,
    QUEUED,
    SINCE_READ,
    SOONEST,
    WAITED_SUM,
    Workspace,
)
from alliancesim.engine.occupancy import read_resource, year_of
from alliancesim.kernels import kernel, part
from alliancesim.plan.fields import SEVERITY
from alliancesim.plan.layout import Outcomes, Plan, State, World
from alliancesim.rules.grid import snap_months
from alliancesim.rules.stages import finish_time
from alliancesim.units import MONTH_TICKS

PRIORITY_SHIFT = 27


@part
def rate_at(plan: Plan, w: World, s: State, q: int, t: float) -> float:
    """Units a month of a line in the fiscal year of month t, at the present scale."""
    return w.series[plan.resource_series + q, year_of(t, plan.years)] * s.scale[q]


@part
def finish_at(w: World, q: int, start: float, work: float) -> float:
    """When work begun at `start` on a resource ends, its disruptions considered, on the month grid."""
    count = w.disruption_count[q]
    if count == 0:
        return start + work
    rate = 1.0 - w.resource[q, SEVERITY]
    return snap_months(finish_time(start, work, w.disruption_begin[q], w.disruption_end[q], count, rate))


@part
def occupy(space: Workspace, q: int, now: float, orders: int) -> None:
    """Count orders into work on a resource at month now, or out of it (negative)."""
    pool, use = space.pool[q], space.use[q]
    pool[BUSY] += use[IN_USE] * (now - pool[SINCE_READ])
    pool[SINCE_READ] = now
    use[IN_USE] += orders


@part
def begin_work(space: Workspace, q: int, now: float, waited: float) -> None:
    """An order begins its work on a resource at month now, after `waited` months in its line."""
    occupy(space, q, now, 1)
    space.pool[q, GRANTED_SUM] += 1.0
    space.pool[q, WAITED_SUM] += waited


@part
def end_work(space: Workspace, q: int, now: float) -> None:
    """An order ends its work on a resource at month now; if others wait, their line is looked at."""
    occupy(space, q, now, -1)
    if space.use[q, QUEUED] > 0:
        look(space, q)


@part
def request(space: Workspace, q: int, priority: int, tick: int, entity: int) -> None:
    """An entity asks for a resource at a tick of the month grid."""
    use = space.use[q]
    if use[QUEUED] == space.line_first.shape[1]:
        space.kept[FULL] = 1
        return
    join(space.line_first[q], space.line_second[q], use[QUEUED], place(priority, tick), entity)
    use[QUEUED] += 1
    look(space, q)


@part
def first_in_line(space: Workspace, q: int, now: float) -> int:
    """Give the first of a resource's line its place at month now; returns the entity."""
    entity = space.line_second[q, 0]
    waited = now - asked_at(space.line_first[q, 0])
    leave(space.line_first[q], space.line_second[q], space.use[q, QUEUED])
    space.use[q, QUEUED] -= 1
    begin_work(space, q, now, waited)
    return entity


@part
def place(priority: int, tick: int) -> int:
    """Where an order that asked at a tick stands in a waiting line: by priority, then by time."""
    return (priority << PRIORITY_SHIFT) | tick


@part
def asked_at(place: int) -> float:
    """The month at which an order at this place asked."""
    return float(place & ((1 << PRIORITY_SHIFT) - 1)) / MONTH_TICKS


@part
def join(first, second, count: int, one: int, two: int) -> None:  # type: ignore[no-untyped-def]
    """Add (one, two) to a waiting line of `count` that is ordered by first, then second."""
    i = count
    while i > 0:
        parent = (i - 1) >> 1
        if first[parent] < one or (first[parent] == one and second[parent] < two):
            break
        first[i], second[i] = first[parent], second[parent]
        i = parent
    first[i], second[i] = one, two


@part
def leave(first, second, count: int) -> None:  # type: ignore[no-untyped-def]
    """Take the head off a waiting line of `count`."""
    last = count - 1
    one, two = first[last], second[last]
    i = 0
    child = 1
    while child < last:
        if child + 1 < last and (
            first[child + 1] < first[child] or (first[child + 1] == first[child] and second[child + 1] < second[child])
        ):
            child += 1
        if one < first[child] or (one == first[child] and two < second[child]):
            break
        first[i], second[i] = first[child], second[child]
        i = child
        child = 2 * i + 1
    first[i], second[i] = one, two


@part
def look(space: Workspace, q: int) -> None:
    """Have a waiting line looked at when all of this instant has happened."""
    if space.use[q, MARKED] == 0:
        space.use[q, MARKED] = 1
        space.lines[PENDING] += 1
        space.lines[SOONEST] = min(space.lines[SOONEST], q)


@part
def look_everywhere(space: Workspace) -> None:
    """Have every waiting line looked at when all of this instant has happened."""
    for q in range(len(space.use)):
        if space.use[q, QUEUED] > 0:
            look(space, q)


@part
def next_line(space: Workspace) -> int:
    """The first of the waiting lines to be looked at, which is so no more."""
    use, lines = space.use, space.lines
    while use[lines[SOONEST], MARKED] == 0:
        lines[SOONEST] += 1
    q = lines[SOONEST]
    use[q, MARKED] = 0
    lines[PENDING] -= 1
    return q


@kernel
def read_resources(plan: Plan, w: World, s: State, out: Outcomes, space: Workspace, y: int) -> None:
    """Year-end reading of all resources."""
    for q in range(len(space.use)):
        pool, use = space.pool[q], space.use[q]
        read_resource(
            plan, w, s, out.resource_year[q, y], q, y, pool[BUSY], float(use[IN_USE]), pool[SINCE_READ], pool[GRANTED_SUM],
            pool[WAITED_SUM], float(use[QUEUED]),
        )  # fmt: skip
        pool[:] = 0.0
        pool[SINCE_READ] = 12.0 * (y + 1)
