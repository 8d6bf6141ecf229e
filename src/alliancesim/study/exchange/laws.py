"""The processes as laws to be fitted: parameters with the bounds of the search, and where it starts."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from alliancesim.plan.layout import Floats
from alliancesim.rules.likelihood import jump_diffusion_likelihood, regime_switching_likelihood
from alliancesim.study.exchange import likelihood
from alliancesim.study.exchange.profile import Law, Parameter

FITTED = ("gbm", "ou", "jump_diffusion", "regime_switching")
"""The processes that have a likelihood."""
LONGEST_HALF_LIFE = 1e5
"""Months; longer ones are told from a random walk by no record."""
VOLATILITY_BOUNDS = (0.05, 4.0)
JUMP_SD_BOUNDS = (0.1, 10.0)
JUMP_MEAN_BOUNDS = (-10.0, 10.0)
"""In standard deviations of the record's changes. Without a bound from below, the likelihood of a mixture grows for ever as one
of its variances goes to 0 around one observation: Honore 1998, Pitfalls in estimating jump-diffusion models."""
JUMPS_BOUNDS = (1e-4, 2.0)
LEAVE_BOUNDS = (1e-4, 1.0 - 1e-4)
POSITIVE = (0.0, math.inf)
ANY_SHARE = (0.0, 1.0)


def gbm(level: Floats) -> Law:
    """Geometric Brownian motion. level: (n + 1,) log rates at month ends."""
    change, sd, drift = _changes(level)
    return Law(
        (_drift("drift_per_month", sd), _volatility("volatility_per_month", sd)),
        lambda *values: likelihood.gbm(change, *values),
        ((drift, sd),),
    )


def jump_diffusion(level: Floats) -> Law:
    """Merton's jump diffusion. level: (n + 1,) log rates at month ends."""
    change, sd, drift = _changes(level)
    low, high = JUMP_SD_BOUNDS
    parameters = (
        _drift("drift_per_month", sd),
        _volatility("volatility_per_month", sd),
        Parameter("jumps_per_month", *JUMPS_BOUNDS, scale="log", reach=POSITIVE),
        Parameter("jump_mean_log", JUMP_MEAN_BOUNDS[0] * sd, JUMP_MEAN_BOUNDS[1] * sd, unit=sd),
        Parameter("jump_sd_log", low * sd, high * sd, scale="log", reach=POSITIVE),
    )
    guesses = ((0.8, 0.1, 0.0, 2.0), (0.9, 0.02, 1.0, 3.0), (0.9, 0.02, -1.0, 3.0), (0.6, 0.5, 0.0, 1.0))
    starts = tuple((drift, share * sd, jumps, mean * sd, size * sd) for share, jumps, mean, size in guesses)
    density = np.empty(len(change))
    return Law(parameters, lambda *values: jump_diffusion_likelihood(change, density, *values), starts)


def regime_switching(level: Floats) -> Law:
    """Two states of a random walk, the calmer one first. level: (n + 1,) log rates at month ends."""
    change, sd, drift = _changes(level)
    parameters = tuple(
        parameter
        for state in ("calm", "turbulent")
        for parameter in (
            _drift(f"{state}.drift_per_month", sd),
            _volatility(f"{state}.volatility_per_month", sd),
            Parameter(f"{state}.leave_probability", *LEAVE_BOUNDS, scale="logit", reach=ANY_SHARE),
        )
    )
    guesses = ((0.75, 0.05, 1.5, 0.1), (0.8, 0.02, 1.3, 0.02), (0.9, 0.05, 2.0, 0.4))
    starts = tuple((drift, calm * sd, leave, drift, turbulent * sd, back) for calm, leave, turbulent, back in guesses)
    return Law(parameters, lambda *values: regime_switching_likelihood(change, *values)[0], starts, ordered=(1, 4))


def ou(level: Floats) -> Law:
    """Mean reversion, all three parameters. level: (n + 1,) log rates at month ends."""
    _, sd, _ = _changes(level)
    spread, middle = float(level.std()), math.exp(float(level.mean()))
    parameters = (
        Parameter("level_rate", middle * math.exp(-50.0 * spread), middle * math.exp(50.0 * spread), scale="log", reach=POSITIVE),
        *_reversion(sd),
    )
    return Law(parameters, lambda *values: likelihood.ou(level, *values), _ou_starts(level, middle))


def ou_restricted(level: Floats) -> Law:
    """Mean reversion with the level integrated out. level: (n + 1,) log rates at month ends."""
    _, sd, _ = _changes(level)
    starts = tuple(start[1:] for start in _ou_starts(level, 1.0))
    return Law(_reversion(sd), lambda *values: likelihood.ou_restricted(level, *values), starts)


def _reversion(sd: float) -> tuple[Parameter, Parameter]:
    half_life = Parameter("half_life_months", 0.05, LONGEST_HALF_LIFE, scale="log", reach=POSITIVE)
    return half_life, _volatility("volatility_per_month", sd)


def _ou_starts(level: Floats, middle: float) -> tuple[tuple[float, ...], ...]:
    _, sd, _ = _changes(level)
    kept = float(np.corrcoef(level[:-1], level[1:])[0, 1])
    half_life = likelihood.half_life(min(max(kept, 0.05), 0.999))
    return ((middle, half_life, sd), (middle, 10.0 * half_life, sd))


def _changes(level: Floats) -> tuple[Floats, float, float]:
    """The monthly changes, their sd, and the drift of the mean rate that goes with them."""
    change = np.diff(level)
    sd = float(change.std())
    return change, sd, float(change.mean()) + 0.5 * sd * sd


def _drift(name: str, sd: float) -> Parameter:
    return Parameter(name, -5.0 * sd, 5.0 * sd, unit=sd)


def _volatility(name: str, sd: float) -> Parameter:
    low, high = VOLATILITY_BOUNDS
    return Parameter(name, low * sd, high * sd, scale="log", reach=POSITIVE)


LAWS: dict[str, Callable[[Floats], Law]] = {
    "gbm": gbm, "ou": ou, "jump_diffusion": jump_diffusion, "regime_switching": regime_switching,
}  # fmt: skip
