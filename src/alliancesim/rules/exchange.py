"""Exchange rates: one-month steps of the log rate, shocks on top, and the three rates of a payment."""

from __future__ import annotations

import math

from alliancesim.kernels import rule

FIXED, GBM, OU = range(3)
MILLIONS_PER_BN = 1000.0
PROCESSES = ("fixed", "gbm", "ou")


@rule(unit="log rate", source="Black & Scholes 1973, exact discretization")
def gbm_step(x: float, drift_per_month: float, volatility_per_month: float, z: float) -> float:
    """Geometric Brownian motion: x + drift - volatility^2 / 2 + volatility z, so that drift is that of the mean rate."""
    return x + drift_per_month - 0.5 * volatility_per_month * volatility_per_month + volatility_per_month * z


@rule(unit="log rate", source="Uhlenbeck & Ornstein 1930, exact discretization")
def ou_step(x: float, level_rate: float, half_life_months: float, volatility_per_month: float, z: float) -> float:
    """Mean reversion of the log rate to log(level): the conditional mean and sd over one month."""
    mean = math.log(level_rate)
    kappa = math.log(2.0) / half_life_months
    keep = math.exp(-kappa)
    sd = volatility_per_month * math.sqrt(-math.expm1(-2.0 * kappa) / (2.0 * kappa))
    return mean + (x - mean) * keep + sd * z


@rule(unit="log rate", source="assumed: linear ramp, exponential decay after it")
def shock_log(size_share: float, elapsed_months: float, ramp_months: float, half_life_months: float) -> float:
    """Log rate a shock adds when it began `elapsed_months` ago; half-life 0 is permanent, elapsed below 0 is nothing."""
    if elapsed_months < 0.0:
        return 0.0
    if elapsed_months < ramp_months:
        return math.log1p(size_share) * elapsed_months / ramp_months
    if half_life_months <= 0.0:
        return math.log1p(size_share)
    return math.log1p(size_share) * math.exp(-math.log(2.0) * (elapsed_months - ramp_months) / half_life_months)


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
    return math.exp(passthrough_share * math.log(rate / reference_rate))
