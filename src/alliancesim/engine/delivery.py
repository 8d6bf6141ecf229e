"""What becomes of a job's units: delivered and settled, or canceled. Clock-free steps for every scheduler."""

from __future__ import annotations

import math

from alliancesim.kernels import kernel
from alliancesim.plan.fields import ON_DELIVERY
from alliancesim.plan.layout import Plan, State, World

UNITS_APART = 1e-9
"""Quantities closer than this are the same: what sums of fractions may leave over."""


@kernel
def leave_pipeline(s: State, p: int, year: int, units: float) -> None:
    """Take units of a lot out of the pipeline. year: index of the lot's fiscal year, below 0 for an opening lot."""
    s.pipeline[p] -= units
    if year >= 0:
        s.undelivered[p, year] -= units


@kernel
def deliver_units(s: State, p: int, year: int, units: float) -> float:
    """Deliver units of a lot; returns the program's units delivered so far."""
    leave_pipeline(s, p, year, units)
    s.delivered[p] += units
    return s.delivered[p]


@kernel
def settle_advance(plan: Plan, w: World, s: State, p: int, year: int, units: float, t: float) -> None:
    """Have what was paid in advance for units delivered at month t settled when its lag is over, a year's last instant in it."""
    settled = max(0, int(math.ceil((t + w.values[plan.program_settlement_at[p]]) / 12.0)) - 1)
    if settled < s.settle.shape[1]:
        advanced = s.lot_cost[p, year] * (1.0 - w.payment[p, ON_DELIVERY])
        s.settle[p, settled] += advanced * units / s.funded[p, year]


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


@kernel
def cancel_units(s: State, p: int, year: int, units: float) -> None:
    """Cancel units that will not be delivered."""
    leave_pipeline(s, p, year, units)
    s.canceled[p] += units
