"""Log likelihoods of the processes of a log rate, given its record at month ends."""

from __future__ import annotations

import math

import numpy as np

from alliancesim.kernels import kernel
from alliancesim.plan.layout import Floats
from alliancesim.rules.exchange import MOST_JUMPS, jump_drift, long_run_turbulent, next_turbulent

LOG_2PI = math.log(2.0 * math.pi)
NEGLIGIBLE = 1e-12
"""Probability below which a number of jumps no longer counts."""


@kernel
def normal_density(x: float, mean: float, sd: float) -> float:
    """Density of a normal distribution."""
    score = (x - mean) / sd
    return math.exp(-0.5 * score * score) / (sd * math.sqrt(2.0 * math.pi))


@kernel
def jump_diffusion(change, drift, volatility, jumps, jump_mean, jump_sd):  # type: ignore[no-untyped-def]
    """Merton 1976: a normal mixture over the number of jumps of a month. change: (n,) of the log rate."""
    density = np.zeros(len(change))
    chance = math.exp(-jumps)
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
        total += math.log(one) if one > 0.0 else -math.inf
    return total


@kernel
def regime_switching(change, calm_drift, calm_volatility, leave_calm, drift, volatility, leave_turbulent):  # type: ignore[no-untyped-def]
    """Hamilton 1989: the log likelihood, and the filtered probability of the turbulent state in the last month.

    change: (n,) of the log rate; drift, volatility: of the turbulent state. The first month's state has the long-run law.
    """
    calm = calm_drift - 0.5 * calm_volatility * calm_volatility
    turbulent = drift - 0.5 * volatility * volatility
    chance = long_run_turbulent(leave_calm, leave_turbulent)
    total = 0.0
    for x in change:
        chance = next_turbulent(chance, leave_calm, leave_turbulent)
        in_turbulent = chance * normal_density(x, turbulent, volatility)
        density = in_turbulent + (1.0 - chance) * normal_density(x, calm, calm_volatility)
        if density <= 0.0:
            return -math.inf, chance
        chance = in_turbulent / density
        total += math.log(density)
    return total, chance


def gbm(change: Floats, drift: float, volatility: float) -> float:
    """Independent normal changes."""
    gap = (change - drift + 0.5 * volatility * volatility) / volatility
    return float(-0.5 * (gap @ gap) - len(change) * (math.log(volatility) + 0.5 * LOG_2PI))


def ou(level: Floats, level_rate: float, half_life_months: float, volatility: float) -> float:
    """Mean reversion that has gone on for ever: the first value has the stationary law. level: (n,) log rates."""
    keep, sd, stationary = reversion(half_life_months, volatility)
    gap = level - math.log(level_rate)
    surprise = (gap[1:] - keep * gap[:-1]) / sd
    first = gap[0] / stationary
    logs = math.log(stationary) + len(surprise) * math.log(sd)
    return float(-0.5 * (first * first + surprise @ surprise) - logs - 0.5 * len(level) * LOG_2PI)


def ou_restricted(level: Floats, half_life_months: float, volatility: float) -> float:
    """The restricted likelihood, in which the level has been integrated out: Chen & Deo 2009, Econometric Theory 25(5)."""
    keep, sd, stationary = reversion(half_life_months, volatility)
    mean = generalized_mean(level, keep)
    information = 1.0 / stationary**2 + (len(level) - 1) * ((1.0 - keep) / sd) ** 2
    return ou(level, math.exp(mean), half_life_months, volatility) - 0.5 * math.log(information) + 0.5 * LOG_2PI


def ou_conditional(level: Floats) -> float:
    """The largest log likelihood of mean reversion given the first value, as those of the other processes are given it."""
    design = np.column_stack([np.ones(len(level) - 1), level[:-1]])
    rest = level[1:] - design @ np.linalg.lstsq(design, level[1:], rcond=None)[0]
    return gbm(rest, 0.5 * float(rest.var()), float(rest.std()))


def reversion(half_life_months: float, volatility: float) -> tuple[float, float, float]:
    """Share of a gap kept after a month, sd of a month's surprise, and sd in the long run."""
    kappa = math.log(2.0) / half_life_months
    stationary = volatility / math.sqrt(2.0 * kappa)
    return math.exp(-kappa), stationary * math.sqrt(-math.expm1(-2.0 * kappa)), stationary


def generalized_mean(level: Floats, keep: float) -> float:
    """The level's generalized least squares estimate, as a log rate."""
    inner = (1.0 - keep) * level[1:-1].sum()
    return float((level[0] + level[-1] + inner) / (2.0 + (len(level) - 2) * (1.0 - keep)))
