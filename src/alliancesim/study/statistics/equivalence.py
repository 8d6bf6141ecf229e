"""Whether a statistic has moved by more than a margin: tests on replications paired by their draws.

Both samples are indexed by replication; the pair of replication r faces the same draws wherever the model asks for the same
ones. Pairs are independent of each other, so a test on paired differences holds however much the two sides have in common,
and gains the more they have. `docs/gate.md` explains the choice.

Sources: two one-sided tests, Schuirmann (1987); step-down correction, Holm (1979).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from alliancesim.study.runs.layout import Floats
from alliancesim.study.statistics.estimate import Value, mean_with_interval, moments, order_statistic

POWER = 0.9
BOUND = 0.95
"""Confidence with which a stated smallest effect allows for the error of the estimated spread."""
FAMILY_RATE = 0.01
"""Chance that any outcome is called changed though none has moved beyond its margin, all looks together."""
EQUIVALENCE_RATE = 0.05
"""Chance that an outcome at or beyond its margin is called equivalent, all looks together."""
LOOKS = 2
"""How often the same outcomes may be judged: first, and once more with more replications. Each has its part."""
CHANGED_RATE = FAMILY_RATE / LOOKS
"""Family rate of one look."""
EQUIVALENT_RATE = EQUIVALENCE_RATE / LOOKS
"""Rate of each one-sided test of equivalence in one look."""


@dataclass(frozen=True)
class Evidence:
    """On which side of its margin a statistic lies: Student's t of the nearer end, positive where it is outside."""

    pairs: int
    t: float

    def changed(self) -> float:
        """p-value of "within the margin", two-sided: small where it has moved beyond."""
        return min(1.0, 2.0 * _tail(self.pairs, self.t))

    def equivalent(self) -> float:
        """p-value of "at or beyond the margin", the larger of two one-sided tests: small where it lies within."""
        return _tail(self.pairs, -self.t)

    def needed(self, outcomes: int) -> int:
        """Pairs with which a verdict could be expected in nine of ten cases if all goes on like this."""
        if self.t > 0.0:
            return needed(self.pairs, self.t, CHANGED_RATE / (2 * outcomes))
        return needed(self.pairs, self.t, EQUIVALENT_RATE)


def needed(n: int, t: float, rate: float) -> int:
    """Replications that make a t of today significant at a one-sided rate in nine of ten cases.

    Below one standard error nothing is known of the true distance; then that error stands for it, and it may take more.
    """
    wanted = float(special.ndtri(1.0 - rate) + special.ndtri(POWER))
    return max(n + 1, math.ceil(n * (wanted / max(1.0, abs(t))) ** 2))


def mean_evidence(accepted: Floats, now: Floats, margin: float) -> Evidence:
    """Evidence on a mean. accepted, now: values by replication, shape (pair,), finite where the mean exists.

    There is no mean of values of which some are censored, none of the accepted ones are. How many there are decides, by the sign
    test: with one more censored each time, chance halves.
    """
    late = int(np.isinf(now).sum())
    if late:
        return Evidence(len(now), -float(special.stdtrit(len(now) - 1, 0.5**late)) if len(now) > 1 else 0.0)
    difference = now - accepted
    return Evidence(len(now), max(_t(difference - margin), _t(-difference - margin)))


def mean_difference(accepted: Floats, now: Floats) -> Value:
    """Difference of the means with Student's interval of paired differences."""
    if np.isinf(now).any():
        return Value(math.inf, None, None)
    return mean_with_interval(now - accepted)


def holm(p_values: Sequence[float], rate: float) -> list[bool]:
    """Which hypotheses are rejected so that the chance of any false rejection is at most `rate` (Holm 1979)."""
    rejected = [False] * len(p_values)
    for step, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[i] > rate / (len(p_values) - step):
            break
        rejected[i] = True
    return rejected


def detectable(values: Floats, share: float | None, margin: float, outcomes: int) -> float | None:
    """The smallest shift of the whole distribution that one look calls changed in nine of ten cases.

    Stated for the worst case: the two versions share no draws, and all other outcomes stand still (no help from Holm's later
    steps). The estimated spread counts with the upper end of its 95 % interval.

    Args:
        values: the accepted sample, as many as a look has pairs, shape (pair,).
        share: which quantile, about which there is a density; None for the mean.
        margin: in the outcome's unit.
        outcomes: how many are judged together.

    Returns:
        In the outcome's unit; None where so few replications cannot catch it at all.
    """
    pairs = len(values)
    if pairs < 2:
        return None
    freedom = pairs - 1
    wanted = float(special.stdtrit(freedom, 1.0 - CHANGED_RATE / (2 * outcomes)) + special.stdtrit(freedom, POWER))
    if share is None:
        return margin + wanted * _largest_sd(values) * math.sqrt(2.0 / pairs)
    at, ends = order_statistic(values, share), []
    for end in (0.0, 1.0):
        moved = _caught_share(share, end, wanted, pairs)
        if moved is None:
            return None
        bound = float(special.ndtri(BOUND)) * math.sqrt(moved * (1.0 - moved) / pairs) * (1.0 if end else -1.0)
        if not 0.0 < moved + bound < 1.0:
            return None
        ends.append(abs(order_statistic(values, moved + bound) - at))
    size = margin + max(ends)
    return size if math.isfinite(size) else None


def _largest_sd(values: Floats) -> float:
    """The upper end of the standard deviation's interval; heavy tails make it wide: Var s^2 = sd^4 (kurtosis - 1) / n."""
    mean, sd = moments(values)
    if sd == 0.0:
        return 0.0
    squares = (values - mean) ** 2
    kurtosis = float(np.mean(squares**2)) / float(np.mean(squares)) ** 2
    bound: float = special.ndtri(BOUND)
    return sd * math.sqrt(1.0 + bound * math.sqrt((kurtosis - 1.0) / len(values)))


def _caught_share(share: float, end: float, wanted: float, pairs: int) -> float | None:
    """The nearest share on the way to `end` that so many unrelated pairs tell from `share`; None where not even the end."""

    def short(other: float) -> float:
        variance = share * (1.0 - share) + other * (1.0 - other)
        return abs(other - share) - wanted * math.sqrt(variance / pairs)

    return None if short(end) <= 0.0 else float(optimize.brentq(short, share, end))


def _t(values: Floats) -> float:
    """Student's t of "the mean is above zero"; infinite where all values are the same and not zero."""
    if len(values) < 2:
        return 0.0
    mean, sd = moments(values)
    if sd <= 1e-12 * abs(mean) or sd == 0.0:  # what rounding leaves of equal differences is no spread
        return math.copysign(math.inf, mean) if mean else 0.0
    return mean / sd * math.sqrt(len(values))


def _tail(pairs: int, t: float) -> float:
    return 1.0 if pairs < 2 else float(special.stdtr(pairs - 1, -t))
