"""How likely a record of monthly changes of the log rate is under processes whose months are mixtures of normal laws."""

from __future__ import annotations

import math

from alliancesim.kernels import rule
from alliancesim.rules.elementary import exp, log
from alliancesim.rules.exchange import HAMILTON, MERTON, MOST_JUMPS, jump_drift, long_run_turbulent, next_turbulent

NEGLIGIBLE = 1e-12
"""Probability below which a number of jumps no longer counts."""


@rule(unit="per log rate", source="normal distribution")
def normal_density(x: float, mean: float, sd: float) -> float:
    """Density of a normal distribution."""
    score = (x - mean) / sd
    return exp(-0.5 * score * score) / (sd * math.sqrt(2.0 * math.pi))


@rule(unit="share", source=HAMILTON)
def turbulent_given(chance: float, calm_density: float, turbulent_density: float) -> float:
    """Probability that a month was turbulent given its change, from that before it was seen."""
    density = chance * turbulent_density + (1.0 - chance) * calm_density
    return chance * turbulent_density / density if density > 0.0 else chance


@rule(unit="log likelihood", source=MERTON)
def jump_diffusion_likelihood(change, density, drift, volatility, jumps, jump_mean, jump_sd):  # type: ignore[no-untyped-def]
    """Each month is a mixture of normal laws over its number of jumps. change, density (scratch): shape (month,)."""
    density[:] = 0.0
    chance = exp(-jumps)
    for count in range(MOST_JUMPS):
        mean = drift - jump_drift(jumps, jump_mean, jump_sd) - 0.5 * volatility * volatility + count * jump_mean
        sd = math.sqrt(volatility * volatility + count * jump_sd * jump_sd)
        for i in range(len(change)):
            density[i] += chance * normal_density(change[i], mean, sd)
        chance *= jumps / (count + 1)
        if chance < NEGLIGIBLE and count > jumps:
            break
    total = 0.0
    for one in density:
        total += log(one) if one > 0.0 else -math.inf
    return total


@rule(unit="log likelihood", source=HAMILTON)
def regime_switching_likelihood(change, calm_drift, calm_volatility, leave_calm, drift, volatility, leave_turbulent):  # type: ignore[no-untyped-def]
    """Hamilton's filter: the log likelihood, and the filtered probability of the turbulent state in the last month.

    change: shape (month,); drift, volatility: of the turbulent state. The state before the first month has the long-run law.
    """
    chance = long_run_turbulent(leave_calm, leave_turbulent)
    total = 0.0
    for x in change:
        chance = next_turbulent(chance, leave_calm, leave_turbulent)
        turbulent = normal_density(x, drift - 0.5 * volatility * volatility, volatility)
        calm = normal_density(x, calm_drift - 0.5 * calm_volatility * calm_volatility, calm_volatility)
        density = chance * turbulent + (1.0 - chance) * calm
        total += log(density) if density > 0.0 else -math.inf
        chance = turbulent_given(chance, calm, turbulent)
    return total, chance
