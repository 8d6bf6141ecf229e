"""Annual growth of the economy and of prices."""

from __future__ import annotations

from alliancesim.kernels import rule
from alliancesim.rules.elementary import power_of


@rule(unit="ratio", source="definition of compound growth")
def compound(growth_share: float, years: float) -> float:
    """Growth over a number of years at a constant annual rate: (1 + growth)^years."""
    return power_of(1.0 + growth_share, years)


@rule(unit="share per year", source="AR(1), Box & Jenkins 1970")
def next_growth(growth: float, mean: float, persistence: float, sd: float, z: float) -> float:
    """Next year's growth: mean + persistence (growth - mean) + sd z."""
    return mean + persistence * (growth - mean) + sd * z


@rule(unit="share per year", source="assumed: linear in the tariff above its reference")
def tariff_drag(tariff_share: float, reference_share: float, elasticity: float) -> float:
    """Growth lost to a tariff above the reference."""
    excess = tariff_share - reference_share
    return elasticity * excess if excess > 0.0 else 0.0
