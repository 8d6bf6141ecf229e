"""Conditions and workforces: what a value is a factor of, how it moves, how a stock of people changes in a year."""

from __future__ import annotations

import numpy as np

from alliancesim.kernels import rule
from alliancesim.rules.elementary import exp, power_of

ROUNDING_SLOTS = 2.0**-20


@rule(unit="ratio", source="definition of a constant elasticity")
def power_mult(value: float, elasticity: float) -> float:
    """Factor value^elasticity by which a condition scales what reads it; exactly 1 without an elasticity."""
    return power_of(max(0.0, value), elasticity)


@rule(unit="slots", source="definition: whole slots, rounded down")
def scaled_slots(slots: float, scale: float) -> float:
    """Slots of a resource when conditions scale its capacity; what falls short of a whole one by rounding is whole."""
    return slots if scale == 1.0 else float(np.floor(slots * scale + ROUNDING_SLOTS))


@rule(unit="as the condition", source="definition: kept from floor to ceiling")
def kept_within(value: float, floor: float, ceiling: float) -> float:
    """A value, or the bound that it has passed."""
    return min(max(value, floor), ceiling)


@rule(unit="people", source="stock and flow, Bartholomew 1967; recruiting is lognormal around its median")
def next_stock(
    stock: float, attrition_share: float, cohort: float, recruiting_share: float, sd_share: float, z: float, scale: float
) -> float:
    """People of a workforce a year later: those who stay, and recruits from the cohort, scaled by conditions."""
    return stock * (1.0 - attrition_share) + recruiting_share * cohort * scale * exp(sd_share * z)


@rule(unit="share", source="definition: stock over required, all that is needed where nobody is required")
def staffing_share(stock: float, required: float) -> float:
    """Part of the people required that there are."""
    return stock / required if required > 0.0 else 1.0
