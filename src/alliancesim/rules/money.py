"""Budget rules: what is appropriated, how much can be contracted, who bears a loss."""

from __future__ import annotations

import numpy as np

from alliancesim.kernels import rule
from alliancesim.rules.grid import snap_bn
from alliancesim.units import MONEY_TICKS

ROUNDED_BN = 16.0 / MONEY_TICKS
"""What rounding to the money grid may take from the room for a lot, whose parts are rounded one by one."""


@rule(unit="ratio", source="assumed: linear below a threshold of support")
def shortfall_mult(support: float, threshold_share: float, slope: float) -> float:
    """Factor on the topline when support is low."""
    gap = threshold_share - support
    if gap <= 0.0:
        return 1.0
    return max(0.0, 1.0 - slope * gap)


@rule(unit="share", source="assumed: linear in support, kept within 0 and 1")
def linear_probability(intercept: float, slope: float, support: float) -> float:
    """A probability linear in support: intercept + slope * support."""
    return min(1.0, max(0.0, intercept + slope * support))


@rule(unit="units", source="assumed: whole units down to the economic minimum, else none")
def funded_units(asked: float, affordable: float, unit_bn: float, minimum: float, divisible: bool) -> float:
    """Units at `unit_bn` each contracted of those asked when `affordable` is the most that authority and cash allow.

    A unit that only the rounding of money would deny is contracted.
    """
    if affordable >= asked:
        return asked
    if affordable <= 0.0:
        return 0.0
    rounded = affordable + ROUNDED_BN / unit_bn
    if rounded >= asked:
        return asked
    units = float(np.floor(affordable * MONEY_TICKS) / MONEY_TICKS if divisible else np.floor(rounded))
    return units if units >= min(minimum, asked) else 0.0


@rule(unit="units", source="definition; halves up, on the money grid where divisible")
def scaled_units(units: float, mult: float, divisible: bool) -> float:
    """Units of a lot that a revision scales, whole where they are indivisible."""
    ticks = MONEY_TICKS if divisible else 1.0
    return float(np.floor(units * mult * ticks + 0.5) / ticks)


@rule(unit="as the amount", source="definition: shares added up and rounded to the money grid; the last part is the rest")
def paid_until(amount: float, reached_share: float, on_delivery: float, last: bool) -> float:
    """What of a contract's amount is paid up to a year by the shares so far, what is paid on delivery excluded."""
    return amount - on_delivery if last else snap_bn(amount * reached_share)


@rule(unit="ratio", source="definition; in constant prices, as unit-cost growth is by 10 U.S.C. 4371 (Nunn-McCurdy)")
def own_growth(learning: float, growth: float, stretch_out: float) -> float:
    """Growth of unit cost that is of a program's own making: what prices and exchange rates add is not."""
    return learning * growth * stretch_out - 1.0


@rule(unit="bn", source="definition of the loss cascade: the reserve first")
def reserve_draw(loss_bn: float, reserve_bn: float) -> float:
    """What the reserve pays of an execution loss."""
    return min(max(loss_bn, 0.0), reserve_bn)


@rule(unit="bn", source="definition: gains fill the reserve up to its ceiling, the rest lapses")
def reserve_fill(gain_bn: float, fill_share: float, reserve_bn: float, ceiling_bn: float) -> float:
    """What an execution gain adds to the reserve."""
    return min(max(gain_bn, 0.0) * fill_share, max(0.0, ceiling_bn - reserve_bn))


@rule(unit="share", source="definition: 1 - plan's cost of the remaining purchases / today's cost of them")
def purchasing_power_lost(plan_cost_bn: float, current_cost_bn: float) -> float:
    """Share of the plan's purchases that its nominal envelope no longer buys."""
    return 1.0 - plan_cost_bn / current_cost_bn if current_cost_bn > 0.0 else 0.0
