"""Unit cost and its payment over the years."""

from __future__ import annotations

from alliancesim.kernels import rule
from alliancesim.rules.draws import Z90
from alliancesim.rules.elementary import LOG_2, exp, log, log1p


@rule(unit="ratio", source="Wright 1936, Factors affecting the cost of airplanes")
def learning_mult(made_units: float, reference_units: float, slope_share: float) -> float:
    """Cost at the middle of a lot relative to the reference quantity; slope is the factor for each doubling."""
    if slope_share == 1.0 or made_units <= 0.0 or reference_units <= 0.0:
        return 1.0
    return exp(log(made_units / reference_units) * log(slope_share) / LOG_2)


@rule(unit="ratio", source="assumed: lognormal growth, revealed in proportion to what has been bought")
def growth_mult(log_growth: float, revealed_share: float) -> float:
    """Factor on unit cost once a share of the remaining units has been bought."""
    return exp(log_growth * min(1.0, max(0.0, revealed_share)))


@rule(unit="ratio", source="assumed: compound per year of deferral")
def stretch_mult(deferred_years: float, stretch_out_share: float) -> float:
    """Factor on the unit cost of units bought later than planned."""
    if deferred_years == 0.0:
        return 1.0
    return exp(deferred_years * log1p(stretch_out_share))


@rule(unit="log ratio", source="lognormal by median and 90th percentile")
def lognormal_sigma(median: float, p90: float) -> float:
    """Standard deviation of the logarithm."""
    return log(p90 / median) / Z90


@rule(unit="ratio", source="definition of the lognormal distribution")
def lognormal_factor(median: float, sigma: float, score: float) -> float:
    """The factor at a normal score."""
    return median * exp(sigma * score)


@rule(unit="share", source="Norden 1970; Rayleigh curve F(t) = 1 - exp(-a t^2), renormalized at its final year")
def norden_rayleigh_share(year: int, years: int, final_share: float) -> float:
    """Share of a contract paid in its year `year` (from 0) of `years`, when the curve reaches final_share at the end."""
    a = -log1p(-final_share) / float(years * years)
    return (exp(-a * float(year * year)) - exp(-a * float((year + 1) * (year + 1)))) / final_share


@rule(unit="bn", source="logarithmic mean divisia index, Ang 2004")
def log_mean(actual_bn: float, planned_bn: float) -> float:
    """The logarithmic mean of two positive amounts; times a factor's log it is that factor's part of their difference."""
    if actual_bn == planned_bn:
        return actual_bn
    return (actual_bn - planned_bn) / log(actual_bn / planned_bn)
