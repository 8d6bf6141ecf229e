"""How many orders a resource has room for, and its year-end reading. Clock-free steps for every scheduler."""

from __future__ import annotations

from alliancesim.kernels import kernel, part
from alliancesim.plan.columns import AVAILABLE, GRANTED, USED, WAITED, WAITING
from alliancesim.plan.fields import SEVERITY
from alliancesim.plan.layout import ROOM_COUNTED, ROOM_MONTHS, Outcomes, Plan, State, World
from alliancesim.rules.conditions import scaled_slots


@part
def year_of(t: float, years: int) -> int:
    """The fiscal year whose rates and common causes hold at month t: the first before the horizon, the last after it."""
    if t >= 12.0 * years:
        return years - 1
    return int(t / 12.0) if t > 0.0 else 0


@part
def slots(plan: Plan, w: World, s: State, q: int, year: int) -> float:
    """How many orders a resource may have in work at once, at the present scale."""
    if plan.resource_line[q] == 1:
        return 1.0
    return scaled_slots(w.series[plan.resource_series + q, min(year, plan.years - 1)], s.scale[q])


@part
def count_room(plan: Plan, w: World, s: State, q: int, t: float) -> None:
    """Count the slot-months of a resource up to month t, before its scale changes or the fiscal year ends."""
    counted = s.room[q, ROOM_COUNTED]
    s.room[q, ROOM_MONTHS] += slots(plan, w, s, q, int(counted / 12.0)) * (t - counted)
    s.room[q, ROOM_COUNTED] = t


@kernel
def read_resource(  # type: ignore[no-untyped-def]
    plan: Plan, w: World, s: State, row, q: int, year: int, busy: float, in_use: float, since: float, granted: float,
    waited: float, waiting: float,
) -> None:  # fmt: skip
    """Fill one row of resource years; the count of its room begins anew.

    busy: order-months of the year up to month `since`, from when in_use orders are in work; waited: months waited by the
    orders granted.
    """
    begin, end = 12.0 * year, 12.0 * (year + 1)
    count_room(plan, w, s, q, end)
    room_months = s.room[q, ROOM_MONTHS]
    s.room[q, ROOM_MONTHS] = 0.0
    row[USED] = (busy + in_use * (end - since)) / room_months if room_months > 0.0 else 0.0
    row[GRANTED] = granted
    row[WAITED] = waited
    lost = 0.0
    for i in range(w.disruption_count[q]):
        lost += max(0.0, min(w.disruption_end[q, i], end) - max(w.disruption_begin[q, i], begin))
    row[AVAILABLE] = 1.0 - lost * w.resource[q, SEVERITY] / 12.0
    row[WAITING] = waiting


@kernel
def read_resources(plan: Plan, w: World, s: State, out: Outcomes, year: int, readings) -> None:  # type: ignore[no-untyped-def]
    """Fill the resource years of one year. readings: shape (resource, 6), what `read_resource` takes from busy to waiting."""
    for q in range(len(readings)):
        r = readings[q]
        read_resource(plan, w, s, out.resource_year[q, year], q, year, r[0], r[1], r[2], r[3], r[4], r[5])
