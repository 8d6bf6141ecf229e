"""Log likelihoods of the processes whose months are normal, given the record of a log rate at month ends."""

from __future__ import annotations

import math

import numpy as np

from alliancesim.plan.layout import Floats
from alliancesim.rules.exchange import ou_keep, ou_sd

LOG_2PI = math.log(2.0 * math.pi)


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
    stationary = volatility * math.sqrt(half_life_months / (2.0 * math.log(2.0)))
    return ou_keep(half_life_months), ou_sd(half_life_months, volatility), stationary


def half_life(keep: float) -> float:
    """Months in which half of a gap is left where a share is kept each month: the inverse of `ou_keep`."""
    return math.log(2.0) / -math.log(keep)


def generalized_mean(level: Floats, keep: float) -> float:
    """The level's generalized least squares estimate, as a log rate."""
    inner = (1.0 - keep) * level[1:-1].sum()
    return float((level[0] + level[-1] + inner) / (2.0 + (len(level) - 2) * (1.0 - keep)))
