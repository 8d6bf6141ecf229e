"""Differences of means and quantiles between runs on common draws, and any other weighted sum of them, with 95 % intervals.

The error of a mean or quantile of n values is, to first order, the mean of n influence values, one for each replication (Hampel
1974). A weighted sum of statistics of paired runs therefore has influence values of its own, replication by replication, and
their variance is all its interval needs; draws that the runs share cancel there. For means this is Student's interval of the
paired differences. For a p-quantile q the influence value is step x (p - [value <= q]), where step is one over the density at q,
estimated by a difference quotient with the bandwidth of Hall & Sheather (1988). Where two runs lie on the same side of their
quantiles in nearly all replications, the few others decide: half a replication is added to each kind of disagreement, as Bonett
& Price (2012) add a whole one for paired proportions. Where one of the runs has no density about its quantile (values recur), or
not about the same on both sides (a gap, a corner, the horizon), the difference of two quantiles has the interval of the least
evidence over all values of the other quantile (`profile.profile_difference`). docs/statistics.md says how often intervals hold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import special

from alliancesim.errors import RequestError
from alliancesim.study.runs.layout import Floats
from alliancesim.study.statistics.equivalence import Evidence, detectable
from alliancesim.study.statistics.estimate import CONFIDENCE, Value, interval_ranks, moments, order_statistic, student
from alliancesim.study.statistics.profile import profile_detectable, profile_difference, profile_evidence

STATISTIC = re.compile(r"mean|median|P[1-9]\d?")
"""How statistics are named."""


@dataclass(frozen=True)
class Functional:
    """A statistical functional: the mean (p is None) or the p-quantile."""

    name: str
    p: float | None

    @classmethod
    def named(cls, name: str) -> Functional:
        """`mean`, `median` or a percentile such as `P80`. Raises RequestError for another name."""
        if STATISTIC.fullmatch(name) is None:
            message = f"statistic '{name}'; mean, median, or a percentile from P1 to P99"
            raise RequestError(message)
        if name in ("mean", "median"):
            return cls(name, None if name == "mean" else 0.5)
        return cls(name, int(name[1:]) / 100)

    @classmethod
    def behind(cls, text: str) -> tuple[str, Functional]:
        """The name of an outcome and the statistic behind it, the mean where none is."""
        name, _, last = text.rpartition(".")
        return (name, cls.named(last)) if STATISTIC.fullmatch(last) else (text, cls.named("mean"))

    def of(self, values: Floats) -> Influence:
        """Its estimate from the values of one run, shape (replication,)."""
        return _mean(values) if self.p is None else _quantile(values, self.p)


FEWEST_FOR_VARIANCE = 30
"""Replications from which an interval is given of the variance saved."""
UNEVEN_RATE = 0.04
"""How often the runs of a sum seem to have no constant density, where they have one. So many get a wider interval, or none."""
FUNCTIONALS = tuple(Functional.named(name) for name in ("mean", "median", "P10", "P80"))


@dataclass(frozen=True)
class Influence:
    """A statistic of one run with what each replication contributes to its error."""

    value: float
    deviations: Floats
    """Influence values, shape (replication,), mean about zero."""
    step: float = 0.0
    """One over the density at a quantile; 0 for a mean."""
    bounded: bool = True
    """False where n is too small for an interval, or values recur so often that there is no density."""
    even: float = 1.0
    """Chance of values that rise as unevenly about a quantile, see `evenness`; 1 for a mean."""


def _mean(values: Floats) -> Influence:
    mean = moments(values)[0]
    return Influence(mean, values - mean, bounded=len(values) > 1)


def _quantile(values: Floats, p: float) -> Influence:
    n = len(values)
    value = order_statistic(values, p)
    step = _step(values, p)
    bounded = math.isfinite(step) and None not in interval_ranks(n, p) and not atoms(values, p)
    deviations = np.asarray(p - (values <= value), np.float64) * (step if bounded else 0.0)
    return Influence(value, deviations, step, bounded, evenness(values, p))


def atoms(values: Floats, p: float) -> list[float]:
    """Values that recur and may be the quantile: those within its own interval that jump over a standard error of its share."""
    n, ordered = len(values), np.sort(values)
    low, high = interval_ranks(n, p)
    near = np.unique(ordered[(low or 1) - 1 : high or n])
    ties = np.searchsorted(ordered, near, "right") - np.searchsorted(ordered, near, "left")
    return [float(one) for one in near[(ties > 1) & (ties > math.sqrt(n * p * (1.0 - p)))]]


def _step(values: Floats, p: float) -> float:
    """One over the density at the p-quantile; nan or infinite where values about it are."""
    reach = bandwidth(len(values), p)
    low, high = max(0.0, p - reach), min(1.0, p + reach)
    with np.errstate(invalid="ignore"):
        ends = np.quantile(values, (low, high), method="hazen")
        return float((ends[1] - ends[0]) / (high - low))


def evenness(values: Floats, p: float) -> float:
    """The chance that values rise so unevenly about their p-quantile if their density there is about constant.

    Looked at are the steps between neighbors where the density is estimated, values that recur taken as one. Where some are
    censored among others that are not, the chance is nothing.

    Args:
        values: of one run, shape (replication,), infinite where censored.
        p: which quantile.
    """
    n, reach, ordered = len(values), bandwidth(len(values), p), np.sort(values)
    near = np.unique(ordered[math.floor(n * max(0.0, p - reach)) : math.ceil(n * min(1.0, p + reach))])
    steps = np.diff(near)
    if not len(steps):
        return 1.0
    if not np.isfinite(steps).all():
        return 0.0
    low, high = interval_ranks(n, p)
    first, last = np.searchsorted(near, ordered[[(low or 1) - 1, (high or n) - 1]])
    return min(_no_gap(steps), _no_corner(steps, max(1, int(first)), min(len(steps) - 1, int(last))))


def _no_gap(steps: Floats) -> float:
    """The chance of so large a step: the largest of m exponential ones is x times their mean with m exp(-x) at most."""
    return min(1.0, len(steps) * math.exp(-float(np.max(steps) / np.mean(steps))))


def _no_corner(steps: Floats, first: int, last: int) -> float:
    """The chance of mean steps that differ so much before and after a corner, which may be where the quantile may be.

    Curved densities reach a factor of e; what is beyond is compared with the error of the logarithm, whose variance is one over
    the number of steps on either side. The least chance counts, as if the corner's place were known: no ordinary law comes near.

    Args:
        steps: shape (step,).
        first, last: the least and the greatest number of steps before the corner.
    """
    if first > last:
        return 1.0
    before, upto = np.arange(first, last + 1), np.cumsum(steps)
    after = len(steps) - before
    factor = np.abs(np.log((upto[-1] - upto[before - 1]) / after) - np.log(upto[before - 1] / before))
    return float(np.min(2.0 * special.ndtr((1.0 - factor) / np.sqrt(1.0 / before + 1.0 / after)), initial=1.0))


def bandwidth(n: int, p: float) -> float:
    """Half the width, in shares of the sample, over which the density at a p-quantile is estimated (Hall & Sheather 1988)."""
    z, x = float(special.ndtri(0.5 + CONFIDENCE / 2)), float(special.ndtri(p))
    density = math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    return float((z * z * 1.5 * density**2 / (2.0 * x * x + 1.0) / n) ** (1 / 3))


class WeightedSum:
    """A weighted sum of one statistic over paired runs, added up run by run."""

    def __init__(self) -> None:
        self.terms: list[float] = []
        self.deviations: Floats | float = 0.0
        self.step = 0.0
        self.bounded = True
        self.even = 1.0

    def add(self, weight: float, one: Influence) -> None:
        """One more run."""
        self.terms.append(weight * one.value)
        self.deviations = self.deviations + weight * one.deviations
        self.step += 0.5 * abs(weight) * one.step
        self.bounded = self.bounded and one.bounded
        self.even = min(self.even, one.even)

    def total(self) -> float:
        """The sum."""
        return math.fsum(self.terms)

    def uneven(self) -> bool:
        """Whether the density of a run is not constant about its quantile: by so small a chance among so many runs."""
        return len(self.terms) * self.even <= UNEVEN_RATE

    def error(self) -> float | None:
        """Its standard error. The weights are taken to be those of differences, adding up to nothing."""
        if not self.bounded or self.uneven() or not isinstance(self.deviations, np.ndarray):
            return None
        n = len(self.deviations)
        squares = float(np.sum((self.deviations - np.mean(self.deviations)) ** 2))
        return math.sqrt((squares + self.step**2) / (n - 1) / n)

    def value(self) -> Value:
        """The sum with its interval."""
        total, error = self.total(), self.error()
        if error is None or not isinstance(self.deviations, np.ndarray):
            return Value(total, None, None)
        return Value.around(total, student(len(self.deviations) - 1) * error)


def weighted_sum(parts: Iterable[tuple[float, Influence]]) -> WeightedSum:
    """A weighted sum of statistics of paired runs."""
    found = WeightedSum()
    for weight, one in parts:
        found.add(weight, one)
    return found


def paired_difference(a: Floats, b: Floats, statistic: Functional) -> Value:
    """The statistic of b less that of a, with its interval.

    Args:
        a, b: values of the same replications, shape (replication,) each; for a quantile infinite where censored.
        statistic: mean or quantile.
    """
    if np.array_equal(a, b):
        return Value(0.0, 0.0, 0.0)
    found = weighted_sum(((1.0, statistic.of(b)), (-1.0, statistic.of(a))))
    return found.value() if statistic.p is None or found.error() else profile_difference(a, b, statistic.p)


def quantile_evidence(accepted: Floats, now: Floats, statistic: Functional, margin: float) -> Evidence:
    """On which side of its margin a quantile lies, by the method that gives `paired_difference` its interval.

    Args:
        accepted, now: values of the same replications, shape (pair,) each; infinite where censored.
        statistic: a quantile.
        margin: in the outcome's unit.
    """
    assert statistic.p is not None
    found = weighted_sum(((1.0, statistic.of(now)), (-1.0, statistic.of(accepted))))
    error = found.error()
    if not error:
        return profile_evidence(accepted, now, statistic.p, margin)
    return Evidence(len(now), (abs(found.total()) - margin) / error)


def smallest_caught(accepted: Floats, share: float | None, margin: float, outcomes: int) -> float | None:
    """The smallest shift that one look calls changed in nine of ten cases, see `equivalence.detectable` for the arguments.

    Today's sample, of which nothing is known yet, is taken to have a density if the accepted one surely has.
    """
    if share is not None and weighted_sum([(1.0, _quantile(accepted, share))]).error() is None:
        return profile_detectable(accepted, share, margin, outcomes)
    return detectable(accepted, share, margin, outcomes)


def variance_saved(a: Floats, b: Floats) -> Value | None:
    """How much of the variance of a difference of means pairing takes away: 1 - var(b - a) / (var a + var b).

    The interval is that of a ratio of means (delta method), and there is none below 30 replications: variances of so few say too
    little of their own error. None where neither varies.
    """
    n, (mean_a, sd_a), (mean_b, sd_b) = len(a), moments(a), moments(b)
    if sd_a == 0.0 == sd_b:
        return None
    apart = (a - mean_a) ** 2 + (b - mean_b) ** 2
    paired = (b - a - (mean_b - mean_a)) ** 2
    whole = float(np.mean(apart))
    left = float(np.mean(paired)) / whole
    if n < FEWEST_FOR_VARIANCE:
        return Value.around(1.0 - left, None)
    half = student(n - 1) * float(np.std(paired - left * apart, ddof=1)) / whole / math.sqrt(n)
    return Value(1.0 - left, 1.0 - left - half, min(1.0, 1.0 - left + half))
