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
import numpy.typing as npt
from scipy import optimize, special

from alliancesim.plan.layout import Ints
from alliancesim.study.runs.layout import Floats
from alliancesim.study.statistics.estimate import Value, finite, interval_ranks, mean_with_interval, order_statistic, student

Truths = npt.NDArray[np.bool_]
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
    most: float | None = None
    """The largest such t, where that end or the accepted statistic may be another one; None: the same."""

    def changed(self) -> float:
        """p-value of "within the margin", two-sided: small where it has moved beyond."""
        return min(1.0, 2.0 * _tail(self.pairs, self.t))

    def equivalent(self) -> float:
        """p-value of "at or beyond the margin", the larger of two one-sided tests: small where it lies within."""
        return _tail(self.pairs, -self._most())

    def needed(self, outcomes: int) -> int:
        """Pairs with which a verdict could be expected in nine of ten cases if all goes on like this."""
        if self.t > 0.0:
            return needed(self.pairs, self.t, CHANGED_RATE / (2 * outcomes))
        return needed(self.pairs, min(0.0, self._most()), EQUIVALENT_RATE)

    def _most(self) -> float:
        return self.t if self.most is None else self.most


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


def shares_evidence(accepted: Floats, now: Floats, share: float, margin: float) -> Evidence:
    """Evidence on a quantile where there is no density: values recur, or are censored.

    The quantile lies above c exactly if fewer than `share` of all outcomes are at most c; so the margin is tested where it
    stands, in the outcome's own unit, by a share. The same share of the accepted sample is its control: that counts its noise
    rightly where both samples rise alike about their quantiles, and for values that recur.

    Args:
        accepted, now: values by replication, shape (pair,); infinite where censored.
        share: which quantile.
        margin: in the outcome's unit.
    """
    found = [
        max(_above(accepted, now, share, at, at + margin), _below(accepted, now, share, at, at - margin))
        for at in _candidates(accepted, share)
    ]
    return Evidence(len(now), min(found), max(found))


def shares_difference(accepted: Floats, now: Floats, share: float) -> Value:
    """Difference of the quantiles, with the interval of all differences that the tests of `shares_evidence` do not refuse.

    Where accepted values recur so often that the accepted quantile may be another one of them, the interval holds what the tests
    do not refuse of any.

    Args:
        accepted, now: values by replication, shape (pair,); infinite where censored.
        share: which quantile.

    Returns:
        In the outcome's unit. An end is None where the sample is too small to bound it, or where it lies beyond the horizon.
    """
    at, then = order_statistic(accepted, share), order_statistic(now, share)
    difference = 0.0 if at == then else then - at
    if len(now) < 2:
        return Value(difference, None, None)
    ends = [_unrefused(accepted, now, share, one) for one in _candidates(accepted, share)]
    return Value(difference, finite(min(low for low, _ in ends)), finite(max(high for _, high in ends)))


def _candidates(accepted: Floats, share: float) -> set[float]:
    """What the accepted quantile may be: the one seen, and values that recur about it."""
    return {order_statistic(accepted, share), *atoms(accepted, share)}


def atoms(values: Floats, share: float) -> list[float]:
    """Values that recur and may be the quantile: those within its own interval that jump over a standard error of its share."""
    n, ordered = len(values), np.sort(values)
    low, high = interval_ranks(n, share)
    near = np.unique(ordered[(low or 1) - 1 : high or n])
    ties = np.searchsorted(ordered, near, "right") - np.searchsorted(ordered, near, "left")
    return [float(one) for one in near[(ties > 1) & (ties > math.sqrt(n * share * (1.0 - share)))]]


def _unrefused(accepted: Floats, now: Floats, share: float, at: float) -> tuple[float, float]:
    """Ends of the differences from `at`, taken for the accepted quantile, that the tests do not refuse; infinite where none."""
    n, least, order = len(now), student(len(now) - 1), np.argsort(now)
    steps, first = np.unique(now[order], return_index=True)
    upto = np.append(first[1:], n)
    up_to_at, below_at = ((accepted <= at)[order], (accepted < at)[order])
    above = _t_of_shares(n, share, upto, np.cumsum(up_to_at)[upto - 1], int(up_to_at.sum())) >= least
    below = _t_of_shares(n, share, upto, np.cumsum(below_at)[upto - 1], int(below_at.sum())) <= -least
    low = math.inf if above.all() else float(steps[np.argmin(above)])
    high = float(steps[np.argmax(below)]) if below.any() else math.inf
    return (low - at if math.isfinite(low) else -math.inf), high - at if math.isfinite(high) else math.inf


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
        share: which quantile; None for the mean.
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
    reach = max(abs(one - at) if one != at else 0.0 for one in _candidates(values, share))
    for end in (0.0, 1.0):
        moved = _caught_share(share, end, wanted, pairs)
        if moved is None:
            return None
        bound = float(special.ndtri(BOUND)) * math.sqrt(moved * (1.0 - moved) / pairs) * (1.0 if end else -1.0)
        if not 0.0 < moved + bound < 1.0:
            return None
        ends.append(abs(order_statistic(values, moved + bound) - at))
    size = margin + reach + max(ends)
    return size if math.isfinite(size) else None


def _largest_sd(values: Floats) -> float:
    """The upper end of the standard deviation's interval; heavy tails make it wide: Var s^2 = sd^4 (kurtosis - 1) / n."""
    squares = (values - float(np.mean(values))) ** 2
    variance = float(np.sum(squares)) / (len(values) - 1)
    kurtosis = float(np.mean(squares**2)) / float(np.mean(squares)) ** 2 if variance else 1.0
    bound: float = special.ndtri(BOUND)
    return math.sqrt(variance * (1.0 + bound * math.sqrt((kurtosis - 1.0) / len(values))))


def _caught_share(share: float, end: float, wanted: float, pairs: int) -> float | None:
    """The nearest share on the way to `end` that so many unrelated pairs tell from `share`; None where not even the end."""

    def short(other: float) -> float:
        variance = share * (1.0 - share) + other * (1.0 - other)
        return abs(other - share) - wanted * math.sqrt(variance / pairs)

    return None if short(end) <= 0.0 else float(optimize.brentq(short, share, end))


def _above(accepted: Floats, now: Floats, share: float, at: float, c: float) -> float:
    """Student's t of "the quantile is above c"; `at`: the accepted quantile."""
    lower, control = now <= c, accepted <= at
    return float(_t_of_shares(len(now), share, *_counts(lower, control)))


def _below(accepted: Floats, now: Floats, share: float, at: float, c: float) -> float:
    """Student's t of "the quantile is below c"; `at`: the accepted quantile."""
    lower, control = now < c, accepted < at
    return -float(_t_of_shares(len(now), share, *_counts(lower, control)))


def _counts(lower: Truths, control: Truths) -> tuple[Ints, Ints, int]:
    """Pairs that are lower, those of them in the control, and those in the control."""
    return np.array(lower.sum()), np.array((lower & control).sum()), int(control.sum())


def _t_of_shares(n: int, share: float, lower: Ints, both: Ints, control: int) -> Floats:
    """Student's t of "fewer than `share` are lower", for as many thresholds as there are counts.

    Args:
        n: pairs.
        share: which quantile.
        lower: pairs of which today's value is at most the threshold.
        both: those of them whose accepted value is at most the accepted quantile.
        control: all pairs of which it is; how far their number is off moves both sides alike.
    """
    if n < 2:
        return np.zeros(lower.shape)
    apart = lower - control
    variance = (lower + control - 2 * both - apart * apart / n) / (n - 1)
    # that one more pair could have differed is always allowed for
    found: Floats = (share - lower / n) / np.sqrt(np.maximum(variance, 1.0 / n) / n)
    return found


def _t(values: Floats) -> float:
    """Student's t of "the mean is above zero"; infinite where all values are the same and not zero."""
    if len(values) < 2:
        return 0.0
    mean, sd = float(np.mean(values)), float(np.std(values, ddof=1))
    if sd <= 1e-12 * abs(mean) or sd == 0.0:  # what rounding leaves of equal differences is no spread
        return math.copysign(math.inf, mean) if mean else 0.0
    return mean / sd * math.sqrt(len(values))


def _tail(pairs: int, t: float) -> float:
    return 1.0 if pairs < 2 else float(special.stdtr(pairs - 1, -t))
