"""The year-end reading of a resource. A clock-free step for every scheduler."""

from __future__ import annotations

from alliancesim.kernels import kernel
from alliancesim.plan.columns import AVAILABLE, GRANTED, USED, WAITED, WAITING
from alliancesim.plan.layout import SEVERITY, Outcomes, World


@kernel
def read_resource(  # type: ignore[no-untyped-def]
    row, year: int, room: float, busy: float, in_use: float, since: float, granted: float, waited: float, waiting: float,
    begins, ends, count: int, rate_share: float,
) -> None:  # fmt: skip
    """Fill one row of resource years.

    busy: order-months of the year up to month `since`, from when in_use orders are in work; waited: months waited by the
    orders granted; begins, ends: shape (interval,) disruptions of which `count` are set, with the rate that is left in them.
    """
    begin, end = 12.0 * year, 12.0 * (year + 1)
    row[USED] = (busy + in_use * (end - since)) / (12.0 * room) if room > 0.0 else 0.0
    row[GRANTED] = granted
    row[WAITED] = waited
    lost = 0.0
    for i in range(count):
        lost += max(0.0, min(ends[i], end) - max(begins[i], begin))
    row[AVAILABLE] = 1.0 - lost * (1.0 - rate_share) / 12.0
    row[WAITING] = waiting


@kernel
def read_resources(w: World, out: Outcomes, year: int, readings) -> None:  # type: ignore[no-untyped-def]
    """Fill the resource years of one year. readings: shape (resource, 7), what `read_resource` takes from room to waiting."""
    for q in range(len(readings)):
        r = readings[q]
        read_resource(
            out.resource_year[q, year], year, r[0], r[1], r[2], r[3], r[4], r[5], r[6], w.disruption_begin[q],
            w.disruption_end[q], w.disruption_count[q], 1.0 - w.resource[q, SEVERITY],
        )  # fmt: skip
