"""Capability rules: how much of a package is there, how much of the force is kept ready, how an outcome is scored."""

from __future__ import annotations

import math

from alliancesim.kernels import rule
from alliancesim.rules.elementary import exp, expm1, log, log1p, power_of

BEST_SCORE = 100.0
LEAST_ELASTICITY = 1e-9
"""Below it components do not stand in for one another at all: the limit at elasticity 0 is taken."""
LEAST_POWER = 1e-12
"""Powers nearer to 0 are taken as 0: the limit at elasticity 1."""
LEAST_MEAN = -1.0 + 2.0**-53
"""The number after -1, where a weighted mean of powers less 1 has been rounded to -1."""


@rule(unit="share", source="definition: units of each kind over those that suffice alone, added up and capped at 1")
def filled_share(parts: float) -> float:
    """How much of a set of units is there; parts: sum of operational units over the units that suffice alone."""
    return min(1.0, parts)


@rule(unit="share", source="Arrow, Chenery, Minhas & Solow 1961, constant elasticity of substitution; limits by definition")
def ces(shares, weights, elasticity: float) -> float:  # type: ignore[no-untyped-def]
    """Constant-elasticity mean of component shares; shares, weights: shape (component,), weights as fractions of their sum.

    With power r = (elasticity - 1) / elasticity it is (sum w x^r)^(1/r): the least share at elasticity 0, the weighted geometric
    mean at 1. Up to there a component that is missing leaves nothing.
    """
    total = 0.0
    least, most = math.inf, 0.0
    for i in range(len(shares)):
        if weights[i] > 0.0:
            total += weights[i]
            least, most = min(least, shares[i]), max(most, shares[i])
    if total == 0.0 or most == 0.0 or (least == 0.0 and elasticity <= 1.0):
        return 0.0
    if elasticity < LEAST_ELASTICITY or least == most:
        return least
    power = (elasticity - 1.0) / elasticity
    scale = least if power < 0.0 else most
    mean = 0.0
    for i in range(len(shares)):
        if weights[i] > 0.0:
            log_share = log(shares[i] / scale) if shares[i] > 0.0 else -math.inf
            mean += weights[i] / total * (log_share if abs(power) < LEAST_POWER else expm1(power * log_share))
    if abs(power) >= LEAST_POWER:
        mean = log1p(max(mean, LEAST_MEAN)) / power
    return scale * exp(min(mean, log(most / scale)))


@rule(unit="share", source="assumed: constant elasticity of availability to the share of sustainment that is paid, capped at 1")
def availability(paid_bn: float, needed_bn: float, elasticity: float) -> float:
    """Share of the force that is kept ready when so much of what it needs in a year is paid."""
    if paid_bn >= needed_bn:
        return 1.0
    return power_of(max(0.0, paid_bn) / needed_bn, elasticity)


@rule(unit="points", source="definition: linear between two anchors, kept within 0 and 100")
def anchored_score(value: float, low: float, high: float) -> float:
    """Points of an outcome: 0 at the anchor low, 100 at the anchor high, which may lie below it."""
    if high == low:
        return BEST_SCORE if value >= high else 0.0
    return min(BEST_SCORE, max(0.0, BEST_SCORE * ((value - low) / (high - low))))


@rule(unit="points", source="definition: weighted mean")
def area_points(weighted_points: float, weights: float) -> float:
    """Points of an area: the sum of weight times points of its indicators over the sum of their weights, 0 without a weight."""
    return min(BEST_SCORE, weighted_points / weights) if weights > 0.0 else 0.0
