"""What becomes of a job's units: delivered and settled, or canceled. Clock-free steps for every scheduler."""

from __future__ import annotations

import math

from alliancesim.kernels import kernel
from alliancesim.plan.fields import ON_DELIVERY
from alliancesim.plan.layout import Plan, State, World

UNITS_APART = 1e-9
"""Quantities closer than this are the same: what sums of fractions may leave over."""


@kernel
def leave_pipeline(plan: Plan, w: World, s: State, p: int, year: int, units: float, t: float) -> None:
    """Take units of a lot out of the pipeline at month t. year: index of its fiscal year, below 0 for an opening lot.

    What was paid in advance for them is settled when its lag is over, a year's last instant in it.
    """
    s.pipeline[p] -= units
    if year < 0:
        return
    s.undelivered[p, year] -= units
    if plan.program_advance[p] == 0:
        return
    years = (t + w.values[plan.program_settlement_at[p]]) / 12.0
    if years <= s.settle.shape[1]:
        settled = max(0, int(math.ceil(years)) - 1)
        advanced = s.lot_cost[p, year] * (1.0 - w.payment[p, ON_DELIVERY])
        s.settle[p, settled] += advanced * units / s.funded[p, year]


@kernel
def deliver_units(plan: Plan, w: World, s: State, p: int, year: int, units: float, t: float) -> float:
    """Deliver units of a lot at month t; returns the program's units delivered so far."""
    leave_pipeline(plan, w, s, p, year, units, t)
    s.delivered[p] += units
    return s.delivered[p]


@kernel
def cancel_units(plan: Plan, w: World, s: State, p: int, year: int, units: float, t: float) -> None:
    """Cancel units of a lot that will not be delivered, at month t."""
    leave_pipeline(plan, w, s, p, year, units, t)
    s.canceled[p] += units


@kernel
def count_total(plan: Plan, s: State) -> None:
    """Have every program complete with the last unit due within the horizon, as now planned."""
    for p in range(len(s.total)):
        total = plan.delivered_before[p] + plan.opening_units[p] - s.dropped[p] - UNITS_APART
        for y in range(plan.years):
            total += s.due[p, y]
        s.total[p] = total


@kernel
def is_complete(s: State, p: int, latest: float) -> bool:
    """Whether a program that delivered last at month `latest` (infinity: nothing yet) has delivered all that is due."""
    return latest < math.inf and s.delivered[p] >= s.total[p]


@kernel
def units_due(plan: Plan, s: State, p: int) -> float:
    """Units of a program due for contract up to the year read last, contracts from before the first year included."""
    return plan.opening_units[p] + s.planned[p]
