"""Differences of quantiles without a density: the least evidence over all values that the other run's quantile may have.

The p-quantile of B lies at most d above that of A exactly if there is a value a, the quantile of A, with P(A < a) <= p and
P(B <= a + d) >= p. A value a speaks against that as far as the two shares, counted in the same replications, lie from such
probabilities; the a that does so least decides. No density enters: lumps, gaps and what is censored (infinite, later than all
else) need no rule of their own, and A and B may rise as differently as they like. docs/adr/0023-*.md says why.

Both shares have variance p (1 - p) / n where the claim only just holds, and the variance of their difference is that of the
replications in which they disagree (McNemar 1947), so the distance is a quadratic form. It is that from a quadrant, with the
weights of a chi-bar-squared distribution (Kudo 1963).
"""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize, special

from alliancesim.plan.layout import Ints
from alliancesim.study.runs.layout import Floats
from alliancesim.study.statistics.equivalence import BOUND, CHANGED_RATE, POWER, Evidence
from alliancesim.study.statistics.estimate import CONFIDENCE, Value, finite, order_statistic, quantile_rank

REACH = 2.8
"""Standard errors of a share beyond which no interval of 95 % reaches, whatever the correlation."""
MOST_CUTS = 500
"""Values of a run that are looked at between the ends of its quantile's interval; of more, these are evenly spread."""
FEWEST_UNMOVED = 183
"""Replications from which a move that none of them shows is left out of account: one in 50 would show with 97.5 %."""
ANGLES = 33
"""Directions in which two shares are taken to be off together."""


def profile_difference(a: Floats, b: Floats, p: float) -> Value:
    """The p-quantile of b less that of a, with the interval of all differences that are not refused.

    Args:
        a, b: values of the same replications, shape (replication,) each; infinite where censored.
        p: which quantile.

    Returns:
        In the outcome's unit. An end is None where the sample is too small to bound it, or where it lies beyond the horizon.
        Swapping the runs turns the sign and nothing else.
    """
    at, then = order_statistic(a, p), order_statistic(b, p)
    least, most = _moves(a, b)
    low, high = max(least, _lowest(a, b, p)), min(most, -_lowest(-a, -b, 1.0 - p))
    return Value(0.0 if at == then else then - at, finite(low), finite(high))


def profile_evidence(accepted: Floats, now: Floats, p: float, margin: float) -> Evidence:
    """On which side of its margin the difference of two quantiles lies.

    Args:
        accepted, now: values of the same replications, shape (pair,) each; infinite where censored.
        p: which quantile.
        margin: in the outcome's unit; a move of just the margin is within it.
    """
    n, turned = len(now), (-accepted, -now, 1.0 - p)
    within = min(_chance(accepted, now, p, margin), _chance(*turned, margin))
    if within < 0.5:
        return Evidence(n, _student(n, within))
    beyond = max(_chance(accepted, now, p, -margin, strictly=True), _chance(*turned, -margin, strictly=True))
    least, most = _moves(accepted, now)
    if -margin <= least and most <= margin:
        beyond = 0.0
    return Evidence(n, -_student(n, beyond) if beyond < 0.5 else 0.0)


def profile_detectable(values: Floats, p: float, margin: float, outcomes: int) -> float | None:
    """The smallest shift of the whole distribution that one look calls changed in nine of ten cases, if no draws are shared.

    Both shares may be off, together by the radius of a circle: so the shift must exceed every step from p - y to p + x on it.

    Args:
        values: the accepted sample, as many as a look has pairs, shape (pair,).
        p: which quantile.
        margin: in the outcome's unit.
        outcomes: how many are judged together.

    Returns:
        In the outcome's unit; None where so few replications cannot catch it at all.
    """
    n, alone, ordered = len(values), p * (1.0 - p), np.sort(values)
    wanted = float(optimize.brentq(lambda z: _beyond(z, 0.0) - CHANGED_RATE / (2 * outcomes), 0.0, 40.0))
    power, bound = float(special.ndtri(POWER)), float(special.ndtri(BOUND))
    first = (wanted + power) * math.sqrt(alone / n)
    largest = max(alone, *((p + off) * (1.0 - p - off) for off in (-first, first)))
    # the error of the order statistics themselves, shared out between both ends
    radius = wanted * math.sqrt(alone / n) + (power + bound / math.sqrt(2.0)) * math.sqrt(largest / n)
    if not 0.0 < p - radius < p + radius < 1.0:
        return None
    angles = np.linspace(0.0, 0.5 * math.pi, ANGLES)
    with np.errstate(invalid="ignore"):
        steps = _at(ordered, p + radius * np.cos(angles)) - _at(ordered, p - radius * np.sin(angles))
    size = margin + float(np.max(steps))
    return size if math.isfinite(size) else None


def _at(ordered: Floats, shares: Floats) -> Floats:
    """Order statistics at shares, as `order_statistic` takes them."""
    return np.asarray(ordered[[quantile_rank(len(ordered), float(share)) - 1 for share in shares]])


def _student(n: int, chance: float) -> float:
    """Student's t with so much beyond it, at least what its inverse can take."""
    return -float(special.stdtrit(n - 1, max(chance, 1e-100))) if n > 1 else 0.0


def _moves(a: Floats, b: Floats) -> tuple[float, float]:
    """The least and the greatest move of a replication, infinite for few: no quantile moves by less or by more than all do."""
    if len(a) < FEWEST_UNMOVED:
        return -math.inf, math.inf
    with np.errstate(invalid="ignore"):
        apart = np.where(a == b, 0.0, b - a)
    return float(np.min(apart)), float(np.max(apart))


def _chance(a: Floats, b: Floats, p: float, d: float, *, strictly: bool = False) -> float:
    """p-value of "the quantile of b lies at most d above that of a", strictly: less than d above it."""
    ordered = np.unique(a)
    cuts = np.append(ordered, np.inf)
    past_a = np.searchsorted(cuts, a, "right")  # the first cut above a
    past_b = np.searchsorted(cuts + d, b, "right" if strictly else "left")
    size = len(cuts) + 1
    below_a, below_b, both = (
        np.cumsum(np.bincount(np.minimum(past, size - 1), minlength=size))[:-1]
        for past in (past_a, past_b, np.maximum(past_a, past_b))
    )
    return float(np.max(_chances(len(a), p, below_a, below_b, both)))


def _lowest(a: Floats, b: Floats, p: float) -> float:
    """The least d of which "the quantile of b lies at most d above that of a" is not refused; -inf where there is none."""
    n = len(a)
    cuts_a, cuts_b = _cuts(a, p), -_cuts(-b, 1.0 - p)[::-1]
    rows, columns = len(cuts_a) + 1, len(cuts_b) + 1
    cells = np.searchsorted(cuts_a, a, "right") * columns + np.searchsorted(cuts_b, b, "left")
    counts = np.bincount(cells, minlength=rows * columns).reshape(rows, columns).cumsum(0).cumsum(1)
    chances = _chances(n, p, counts[:-1, -1:], counts[-1:, :-1], counts[:-1, :-1])
    open_a, open_b = np.nonzero(chances > (1.0 - CONFIDENCE) / 2)
    with np.errstate(invalid="ignore"):
        found = cuts_b[open_b] - cuts_a[open_a]
    return float(np.min(np.where(np.isnan(found), -np.inf, found), initial=np.inf))


def _cuts(values: Floats, p: float) -> Floats:
    """Values that may be the p-quantile in that not too many lie below, and the greatest of those with too few, ascending."""
    ordered, first = np.unique(np.sort(values), return_index=True)
    below = np.append(first, len(values))
    cuts, reach = np.append(ordered, np.inf), REACH * math.sqrt(len(values) * p * (1.0 - p))
    low = max(0, int(np.searchsorted(below, len(values) * p - reach)) - 1)
    near = cuts[low : int(np.searchsorted(below, len(values) * p + reach, "right"))]
    return near if len(near) <= MOST_CUTS else near[np.linspace(0, len(near) - 1, MOST_CUTS).astype(np.int64)]


def _chances(n: int, p: float, below_a: Ints, below_b: Ints, both: Ints) -> Floats:
    """p-values of "at most p of all a lie below, and at least p of all b", from counts of pairs, shapes that broadcast.

    Args:
        n: pairs.
        p: which quantile.
        below_a, below_b: pairs whose value of a, of b lies below a threshold.
        both: pairs that do both.
    """
    alone = p * (1.0 - p)
    apart = (below_a - below_b) / n
    # that one more pair could have differed is always allowed for
    spread = np.clip((below_a + below_b - 2 * both) / n - apart**2, 1.0 / n, max(1.0 / n, 4.0 * alone - 1.0 / n))
    r = np.clip(1.0 - spread / (2.0 * alone), -1.0 + 1e-9, 1.0 - 1e-9)
    scale = math.sqrt(alone / n)
    high, low = (below_a / n - p) / scale, (p - below_b / n) / scale
    corner = (high > -r * low) & (low > -r * high)
    nearest = np.maximum(np.maximum(high, low), 0.0)
    square = np.where(corner, (high**2 + 2.0 * r * high * low + low**2) / (1.0 - r**2), nearest**2)
    return np.where(square == 0.0, 1.0, _beyond(np.sqrt(square), r))


def _beyond(z: Floats | float, r: Floats | float) -> Floats:
    """Chance of a distance of z or more from a quadrant, at its corner, the two shares correlated by r (Kudo 1963).

    Made round, the quadrant is a wedge whose angle has the cosine r: its two sides take one tail of a normal law, its corner
    (pi - angle) / 2 pi of the tail of chi-squared with two degrees of freedom.
    """
    return np.asarray(special.ndtr(-np.asarray(z)) + (0.5 - np.arccos(r) / (2.0 * math.pi)) * np.exp(-0.5 * np.square(z)))
