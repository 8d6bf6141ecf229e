"""Exchange rates: one-month steps of the log rate, shocks on top, and the three rates of a payment."""

from __future__ import annotations

import math

from alliancesim.kernels import rule
from alliancesim.rules.elementary import LOG_2, exp, expm1, log, log1p

FIXED, GBM, OU, JUMP_DIFFUSION, REGIME_SWITCHING, BOOTSTRAP = range(6)
PROCESSES = ("fixed", "gbm", "ou", "jump_diffusion", "regime_switching", "bootstrap")
"""Kinds of `scenario.economy.ExchangeProcess` in the order of their codes."""
MILLIONS_PER_BN = 1000.0
MOST_JUMPS = 100
"""Jumps of one month beyond which none is counted; at the 10 a month that the language allows it has probability 1e-61."""
HAMILTON = "Hamilton 1989, A new approach to the economic analysis of nonstationary time series"
MERTON = "Merton 1976, Option pricing when underlying stock returns are discontinuous"
ORNSTEIN = "Uhlenbeck & Ornstein 1930, exact discretization"
POLITIS = "Politis & Romano 1994, The stationary bootstrap"


@rule(unit="log rate", source="Black & Scholes 1973, exact discretization")
def gbm_step(x: float, drift_per_month: float, volatility_per_month: float, z: float) -> float:
    """Geometric Brownian motion: x + drift - volatility^2 / 2 + volatility z, so that drift is that of the mean rate."""
    return x + drift_per_month - 0.5 * volatility_per_month * volatility_per_month + volatility_per_month * z


@rule(unit="share", source=ORNSTEIN)
def ou_keep(half_life_months: float) -> float:
    """Share of its gap to the level that a log rate keeps over a month of mean reversion."""
    return exp(-LOG_2 / half_life_months)


@rule(unit="log rate", source=ORNSTEIN)
def ou_sd(half_life_months: float, volatility_per_month: float) -> float:
    """Sd of what chance adds to the log rate over a month of mean reversion."""
    kappa = LOG_2 / half_life_months
    return volatility_per_month * math.sqrt(-expm1(-2.0 * kappa) / (2.0 * kappa))


@rule(unit="log rate", source=ORNSTEIN)
def ou_step(x: float, level_rate: float, half_life_months: float, volatility_per_month: float, z: float) -> float:
    """Mean reversion of the log rate to log(level): the conditional mean and sd over one month."""
    mean = log(level_rate)
    return mean + (x - mean) * ou_keep(half_life_months) + ou_sd(half_life_months, volatility_per_month) * z


@rule(unit="count", source="inversion of the Poisson distribution")
def jump_count(jumps_per_month: float, u: float) -> int:
    """The u-quantile of the number of jumps in a month."""
    count = 0
    probability = exp(-jumps_per_month)
    total = probability
    while total < u and count < MOST_JUMPS:
        count += 1
        probability *= jumps_per_month / count
        total += probability
    return count


@rule(unit="log rate", source=MERTON)
def jump_log(count: int, jump_mean_log: float, jump_sd_log: float, z: float) -> float:
    """What the jumps of a month add: the sum of count normal sizes."""
    return count * jump_mean_log + math.sqrt(float(count)) * jump_sd_log * z


@rule(unit="per month", source=MERTON)
def jump_drift(jumps_per_month: float, jump_mean_log: float, jump_sd_log: float) -> float:
    """Growth of the mean rate that comes from jumps: their number times the mean of e^size - 1."""
    return jumps_per_month * expm1(jump_mean_log + 0.5 * jump_sd_log * jump_sd_log)


@rule(unit="share", source="stationary distribution of a two-state Markov chain")
def long_run_turbulent(leave_calm: float, leave_turbulent: float) -> float:
    """Share of months in the turbulent state in the long run; 0 where neither state is ever left."""
    both = leave_calm + leave_turbulent
    return leave_calm / both if both > 0.0 else 0.0


@rule(unit="share", source=HAMILTON)
def next_turbulent(turbulent_probability: float, leave_calm: float, leave_turbulent: float) -> float:
    """Probability that the next month is turbulent, from that of this month."""
    return turbulent_probability * (1.0 - leave_turbulent) + (1.0 - turbulent_probability) * leave_calm


@rule(unit="position", source=POLITIS)
def resampled_position(position: int, count: int, mean_block_months: float, u_block: float, u_start: float) -> int:
    """Position of the month resampled next: a new block begins anywhere, else the history goes on, and from its end to its start.

    position: of the month before, below 0 where there is none; count: months of the history.
    """
    if position < 0 or u_block * mean_block_months < 1.0:
        return min(int(u_start * count), count - 1)
    return (position + 1) % count


@rule(unit="log rate", source="assumed: linear ramp, exponential decay after it")
def shock_log(size_share: float, elapsed_months: float, ramp_months: float, half_life_months: float) -> float:
    """Log rate a shock adds when it began `elapsed_months` ago; half-life 0 is permanent, elapsed below 0 is nothing."""
    if elapsed_months < 0.0:
        return 0.0
    if elapsed_months < ramp_months:
        return log1p(size_share) * elapsed_months / ramp_months
    if half_life_months <= 0.0:
        return log1p(size_share)
    return log1p(size_share) * exp(-LOG_2 * (elapsed_months - ramp_months) / half_life_months)


@rule(unit="home per foreign unit", source="definition of forward cover")
def settlement_rate(market_rate: float, budget_rate: float, cover_share: float) -> float:
    """The rate at which a year's foreign payments are made: the covered part at the budget rate, the rest at the market's."""
    return cover_share * budget_rate + (1.0 - cover_share) * market_rate


@rule(unit="bn", source="definition: millions of foreign currency to bn of home currency")
def home_bn(foreign_m: float, rate: float) -> float:
    """Millions of a foreign currency in bn of home currency at a rate (home units per foreign unit)."""
    return foreign_m * rate / MILLIONS_PER_BN


@rule(unit="ratio", source="assumed: constant elasticity of domestic prices to the lagged rate")
def passthrough_mult(rate: float, reference_rate: float, passthrough_share: float) -> float:
    """Factor on domestic content when the lagged rate stands at `rate` instead of the reference."""
    if passthrough_share == 0.0:
        return 1.0
    return exp(passthrough_share * log(rate / reference_rate))
