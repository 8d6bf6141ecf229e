"""What a sample of replications tells of one outcome: mean and quantiles, each with its 95 % Monte Carlo interval.

Quantiles are order statistics (the inverse of the empirical distribution), so every one of them is an outcome that occurred,
and a censored outcome counts as later than every observed one. Their intervals are the distribution-free ones between two
order statistics (binomial); intervals of means are Student's, those of means of an indicator Wilson's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import special

from alliancesim.study.runs.layout import Floats

CONFIDENCE = 0.95
QUANTILES = (0.1, 0.5, 0.9)
NAMES = {0.1: "p10", 0.5: "median", 0.9: "p90"}
INDICATOR = "0/1"
"""Unit of a column whose mean is a probability. The unit decides, not the values: money may be 0 or 1 throughout, too."""


@dataclass(frozen=True)
class Value:
    """A number with its interval; an end is None where the sample is too small to bound it. Infinite: censored."""

    value: float
    low: float | None
    high: float | None

    @classmethod
    def around(cls, value: float, half: float | None) -> Value:
        """A number with an interval that reaches as far to either side; without one where nothing is known of it."""
        return cls(value, None, None) if half is None else cls(value, value - half, value + half)

    def turned(self) -> Value:
        """The same with the other sign."""
        low, high = (None if end is None else -end for end in (self.high, self.low))
        return Value(-self.value, low, high)

    def plain(self) -> dict[str, float | None]:
        """As plain data fit for JSON; what is infinite or not known is None."""
        return {"value": finite(self.value), "low": finite(self.low), "high": finite(self.high)}

    def error(self) -> float | None:
        """Half the width of the interval, or the distance to its one finite end; None where there is no such distance."""
        low, high = (None if end is None or math.isinf(end) else end for end in (self.low, self.high))
        if math.isinf(self.value) or (low is None and high is None):
            return None
        if low is None or high is None:
            return abs(self.value - (high if low is None else low))  # type: ignore[operator]
        return 0.5 * (high - low)


@dataclass(frozen=True)
class Estimate:
    """One outcome over n replications."""

    n: int
    censored: int
    mean: Value | None
    """None where a replication is censored: its value is not known."""
    sd: float | None
    quantile: dict[float, Value]

    @property
    def median(self) -> Value:
        """The median."""
        return self.quantile[0.5]

    def plain(self, bound: float | None = None) -> dict[str, Any]:
        """As plain data; an infinite value is None, with the bound it lies beyond as `at_least`."""
        said: dict[str, Any] = {"n": self.n, "censored": self.censored, "sd": self.sd}
        said["mean"] = None if self.mean is None else _plain(self.mean, None)
        return said | {NAMES[p]: _plain(value, bound) for p, value in self.quantile.items()}


def estimate(values: Floats, censored: Floats | None = None, *, unit: str = "") -> Estimate:
    """The estimate of one outcome.

    Args:
        values: one per replication.
        censored: above 0 where the value is a lower bound.
        unit: of the outcome.
    """
    n = len(values)
    late = np.zeros(n, np.bool_) if censored is None else np.asarray(censored) > 0.0
    ranks = sorted({rank - 1 for p in QUANTILES for rank in _ranks(n, p) if rank is not None})
    ordered = np.partition(np.where(late, np.inf, values) if late.any() else values, ranks)  # in order at these ranks only
    quantile = {p: _quantile(ordered, p) for p in QUANTILES}
    if late.any():
        return Estimate(n, int(late.sum()), None, None, quantile)
    return Estimate(n, 0, mean_with_interval(values, unit=unit), moments(values)[1] if n > 1 else None, quantile)


def mean_with_interval(values: Floats, *, unit: str = "") -> Value:
    """Mean and Student's interval, no interval for one value; of an indicator, by its unit, a share with Wilson's."""
    if unit == INDICATOR:
        return share_with_interval(int(np.count_nonzero(values)), len(values))
    n, (mean, sd) = len(values), moments(values)
    return Value.around(mean, student(n - 1) * sd / math.sqrt(n) if n > 1 else None)


def moments(values: Floats) -> tuple[float, float]:
    """Mean and standard deviation of a sample; of values that are all the same just that value and 0, which rounding may miss."""
    if (values == values[0]).all():
        return float(values[0]), 0.0
    return float(np.mean(values)), float(np.std(values, ddof=1))


def share_with_interval(count: int, n: int) -> Value:
    """A probability from counts, with Wilson's interval."""
    z = float(special.ndtri(0.5 + CONFIDENCE / 2))
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Value(share, 0.0 if count == 0 else middle - half, 1.0 if count == n else middle + half)


def quantile_with_interval(values: Floats, p: float) -> Value:
    """The p-quantile alone, an order statistic, with its distribution-free interval. Values may be infinite."""
    ranks = sorted({rank - 1 for rank in _ranks(len(values), p) if rank is not None})
    return _quantile(np.partition(values, ranks), p)


def _quantile(ordered: Floats, p: float) -> Value:
    at, low, high = _ranks(len(ordered), p)
    return Value(
        float(ordered[at - 1]),
        None if low is None else float(ordered[low - 1]),
        None if high is None else float(ordered[high - 1]),
    )


def _ranks(n: int, p: float) -> tuple[int, int | None, int | None]:
    """Ranks (from 1) of the p-quantile and of the ends of its interval."""
    return quantile_rank(n, p), *interval_ranks(n, p)


def quantile_rank(n: int, p: float) -> int:
    """Rank (from 1) of the order statistic that is the p-quantile of n values."""
    return max(1, math.ceil(n * p - 1e-9))


def order_statistic(values: Floats, p: float) -> float:
    """The p-quantile alone, of values in any order, which may be infinite."""
    at = quantile_rank(len(values), p) - 1
    return float(np.partition(values, at)[at])


@lru_cache(maxsize=256)
def interval_ranks(n: int, p: float) -> tuple[int | None, int | None]:
    """Ranks (from 1) of the order statistics that hold the p-quantile between them; None where n is too small."""
    spread = int(6.0 * math.sqrt(n * p * (1 - p))) + 2
    counts = np.arange(max(0, int(n * p) - spread), min(n, int(n * p) + spread) + 1)
    below = special.bdtr(counts.astype(np.float64), n, p)  # P(at most so many of n lie at or below the quantile)
    tail = (1 - CONFIDENCE) / 2
    lows = counts[below <= tail] + 1
    highs = counts[below >= 1 - tail] + 1
    low = int(lows[-1]) if len(lows) else None
    high = int(highs[0]) if len(highs) and highs[0] <= n else None
    return low, high


@lru_cache(maxsize=256)
def student(freedom: float) -> float:
    """Student's quantile at the upper end of an interval."""
    return float(special.stdtrit(freedom, 0.5 + CONFIDENCE / 2))


def _plain(value: Value, bound: float | None) -> dict[str, Any]:
    said: dict[str, Any] = dict(value.plain())
    if math.isinf(value.value):
        said["at_least"] = bound
    return said


def finite(value: float | None) -> float | None:
    """The number, None where it is infinite or not known."""
    return None if value is None or not math.isfinite(value) else value
