"""Pressure, support and negotiating rounds: closed forms between events."""

from __future__ import annotations

from alliancesim.kernels import rule
from alliancesim.rules.elementary import LOG_2, exp, expm1, log

FAILURE, MUDDLE, FAVORABLE = range(3)
RESULTS = ("failure", "muddle", "favorable")
REGIMES = ("firewalled", "contested", "linked", "ruptured")


@rule(unit="1 (pressure)", source="shot noise, Campbell 1909")
def pressure_at(pressure: float, half_life_months: float, elapsed_months: float) -> float:
    """Pressure after decaying for a while: p e^(-lambda t)."""
    return pressure * exp(-LOG_2 / half_life_months * elapsed_months)


@rule(unit="share, unbounded", source="variation of constants for x' = kappa (mean - x) - b p")
def support_at(
    x: float, pressure: float, mean_share: float, half_life_months: float, drag_per_month: float,
    pressure_half_life_months: float, elapsed_months: float,
) -> float:  # fmt: skip
    """Latent support after a while without an event, when pressure decays from `pressure` at the start."""
    kappa = LOG_2 / half_life_months
    decay = LOG_2 / pressure_half_life_months
    gap = abs(kappa - decay)
    slower = exp(-min(kappa, decay) * elapsed_months)
    response = slower * (elapsed_months if gap == 0.0 else -expm1(-gap * elapsed_months) / gap)
    return mean_share + (x - mean_share) * exp(-kappa * elapsed_months) - drag_per_month * pressure * response


@rule(unit="share", source="definition")
def read_share(x: float) -> float:
    """A latent value as a share: kept within 0 and 1."""
    return min(1.0, max(0.0, x))


@rule(unit="share", source="logistic distribution")
def logistic(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + exp(-x))
    return exp(x) / (1.0 + exp(x))


@rule(unit="share", source="logistic distribution: logit of the probability, shifted")
def shifted_probability(probability: float, shift: float) -> float:
    """A probability whose logit is shifted; 0 and 1 stay what they are."""
    if probability <= 0.0 or probability >= 1.0:
        return probability
    return logistic(log(probability / (1.0 - probability)) + shift)


@rule(unit="1 (score)", source="ordered logit, McKelvey & Zavoina 1975; weights are data")
def round_score(
    support: float, pressure: float, concessions: float, ties: float,
    support_weight: float, pressure_weight: float, concessions_weight: float, ties_weight: float,
) -> float:  # fmt: skip
    """How well a round stands: higher is more favorable."""
    return support_weight * support - pressure_weight * pressure + concessions_weight * concessions + ties_weight * ties


@rule(unit="code of the result", source="ordered logit, McKelvey & Zavoina 1975")
def round_result(u: float, score: float, cut_failure: float, cut_favorable: float) -> int:
    """FAILURE, MUDDLE or FAVORABLE from one uniform."""
    if u < logistic(cut_failure - score):
        return FAILURE
    if u < logistic(cut_favorable - score):
        return MUDDLE
    return FAVORABLE


@rule(unit="ratio", source="assumed: linear in pressure")
def pressure_mult(pressure: float, elasticity: float) -> float:
    """Factor by which pressure stretches an approval."""
    return 1.0 + elasticity * pressure


@rule(unit="1 (pressure)", source="assumed: ties take a linear part of pressure off")
def damped_pressure(pressure: float, damping_share: float, ties: float) -> float:
    """Pressure as stages feel it when partnerships beyond the ally stand beside them."""
    return pressure * max(0.0, 1.0 - damping_share * ties)
