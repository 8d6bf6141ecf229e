"""How often the 95 % intervals of `compare` hold: many simulated comparisons whose true difference is known.

    python tests/statistics/intervals.py                  # 1,000 comparisons of each kind, about a minute
    python tests/statistics/intervals.py --comparisons 200
    python tests/statistics/intervals.py --only "once more"     # kinds with these words in their names

Runs A and B of a comparison are samples of skewed or lumpy, paired values; `study.statistics.paired.paired_difference`, which
`compare` calls, gives its intervals. Of 1,000 nominal 95 % intervals a sound method has at least 926 hold with probability
0.999, and of means at most 971. Those of quantiles may hold more often: at lumps one step is the least that can be told. The
exit status is 1 where fewer hold, or more of the main kind's means.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from alliancesim.study.statistics.paired import FUNCTIONALS, Functional, paired_difference

Floats = npt.NDArray[np.float64]
SEED = 20251122
LEAST, MOST = 926, 971
"""Of 1,000: the 99.9 % range of a binomial count at 0.95, rounded inwards by less than one."""


@dataclass(frozen=True)
class Kind:
    """A law of pairs with known differences."""

    name: str
    draw: Callable[[np.random.Generator, int], tuple[Floats, Floats]]
    true: Callable[[Functional], float]
    means: bool = True
    """False where values are censored: those have no mean."""


def lognormal(name: str, correlation: float, a_sd: float, b_sd: float, shift: float) -> Kind:
    """A and B lognormal, their logarithms correlated; B shifted."""

    def draw(generator: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        first, second = generator.standard_normal((2, n))
        mixed = correlation * first + math.sqrt(1.0 - correlation**2) * second
        return np.exp(a_sd * first), shift + np.exp(b_sd * mixed)

    def true(statistic: Functional) -> float:
        if statistic.p is None:
            return shift + math.exp(0.5 * b_sd**2) - math.exp(0.5 * a_sd**2)
        z = float(stats.norm.ppf(statistic.p))
        return shift + math.exp(b_sd * z) - math.exp(a_sd * z)

    return Kind(name, draw, true)


def gamma(name: str) -> Kind:
    """B is A and a delay more: gamma of shape 2, and of shape 3."""

    def draw(generator: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        a = generator.gamma(2.0, 1.0, n)
        return a, a + generator.gamma(1.0, 1.0, n)

    def true(statistic: Functional) -> float:
        if statistic.p is None:
            return 1.0
        return float(stats.gamma.ppf(statistic.p, 3.0) - stats.gamma.ppf(statistic.p, 2.0))

    return Kind(name, draw, true)


def units(name: str, correlation: float, a_share: float, b_share: float) -> Kind:
    """How many of eight are delivered in time, their number correlated."""

    def draw(generator: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        first, second = generator.standard_normal((2, n))
        mixed = correlation * first + math.sqrt(1.0 - correlation**2) * second
        return stats.binom.ppf(stats.norm.cdf(first), 8, a_share), stats.binom.ppf(stats.norm.cdf(mixed), 8, b_share)

    def true(statistic: Functional) -> float:
        if statistic.p is None:
            return 8.0 * (b_share - a_share)
        return float(stats.binom.ppf(statistic.p, 8, b_share) - stats.binom.ppf(statistic.p, 8, a_share))

    return Kind(name, draw, true)


def again(name: str, a_share: float, b_share: float, *, common: bool, spread: float = 12.0, sd: float = 1.2) -> Kind:
    """Months, some of which come once more: a gap before the last `share`, as a delivery has that may be reworked.

    Args:
        name: of the kind.
        a_share, b_share: chance of rework in A, in B.
        common: whether both have the same draws.
        spread: what rework takes: always as much, so that there is a gap.
        sd: of the months without.
    """

    def draw(generator: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        noise, chance = generator.standard_normal((2, n)), generator.random((2, n))
        other = 0 if common else 1
        return sd * noise[0] + spread * (chance[0] < a_share), sd * noise[other] + spread * (chance[other] < b_share)

    def quantile(p: float, share: float) -> float:
        def over(x: float) -> float:
            return float((1.0 - share) * stats.norm.cdf(x / sd) + share * stats.norm.cdf((x - spread) / sd)) - p

        return float(optimize.brentq(over, -6.0 * sd, spread + 6.0 * sd))

    def true(statistic: Functional) -> float:
        if statistic.p is None:
            return spread * (b_share - a_share)
        return quantile(statistic.p, b_share) - quantile(statistic.p, a_share)

    return Kind(name, draw, true)


def late(name: str, share: float) -> Kind:
    """Nearly all in time, the others late by exponential delays: a corner at their share. A and B of one law."""

    def draw(generator: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        in_time, delay, chance = generator.normal(0.0, 0.1, (2, n)), generator.exponential(10.0, (2, n)), generator.random((2, n))
        a, b = np.where(chance < share, delay, in_time)
        return a, b

    return Kind(name, draw, lambda _: 0.0)


def recurring(name: str, lump: Callable[[Floats], Floats], *, turned: bool = False) -> Kind:
    """Months with a density, and what makes many of them the same, by the same draws. turned: the other way round."""

    def months(z: Floats) -> Floats:
        return 26.0 * np.exp(0.3 * z)

    def draw(generator: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        values = months(generator.standard_normal(n))
        return (lump(values), values) if turned else (values, lump(values))

    def true(statistic: Functional) -> float:
        def moved(z: Floats) -> Floats:
            return lump(months(z)) - months(z)

        if statistic.p is None:
            grid = np.linspace(-8.0, 8.0, 200_001)
            apart = float(np.trapezoid(moved(grid) * stats.norm.pdf(grid), grid))
        else:
            apart = float(moved(np.array([stats.norm.ppf(statistic.p)]))[0])
        return -apart if turned else apart

    return Kind(name, draw, true)


def censored(kind: Kind, name: str, share: float) -> Kind:
    """The same, B censored beyond its (1 - share)-quantile, and A at the same horizon."""
    horizon = float(np.quantile(kind.draw(np.random.default_rng(0), 1_000_000)[1], 1.0 - share))

    def draw(generator: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        a, b = (np.where(values > horizon, np.inf, values) for values in kind.draw(generator, n))
        return a, b

    return Kind(name, draw, kind.true, means=False)


MAIN = lognormal("lognormal, correlation 0.95", 0.95, 0.5, 0.8, 1.0)
WIDER = lognormal("A four times as wide", 0.95, 0.8, 0.2, 1.0)
LUMPY = units("units of eight, correlation 0.95", 0.95, 0.8, 0.84)
HORIZON = censored(MAIN, "the first, 19 % beyond horizon", 0.19)
GAP = again("22 % once more, independent", 0.22, 0.22, common=False)
CROSSED = again("22 to 18 % once more", 0.22, 0.18, common=True)
GAPS = (
    GAP,
    again("20 % once more, independent", 0.2, 0.2, common=False),
    CROSSED,
    again("22 to 18 % once more, independ.", 0.22, 0.18, common=False),
    censored(again("", 0.22, 0.18, common=True), "22 to 18 % once more, 9 % beyond", 0.09),
    late("20 % late, independent", 0.2),
)
LUMPS: dict[str, Callable[[Floats], Floats]] = {
    "always 25": lambda values: np.full_like(values, 25.0),
    "at most 25": lambda values: np.minimum(values, 25.0),
    "at least 25": lambda values: np.maximum(values, 25.0),
    "what is above 27": lambda values: np.maximum(values - 27.0, 0.0),
    "at year ends": lambda values: 12.0 * np.ceil(values / 12.0),
}
RECURRING = tuple(
    recurring(f"months, then {name}" if not turned else f"{name}, then months", lump, turned=turned)
    for name, lump in LUMPS.items()
    for turned in (False, True)
)
KINDS = (
    MAIN,
    gamma("B is A and an exponential more"),
    lognormal("lognormal, independent", 0.0, 0.5, 0.8, 1.0),
    WIDER,
    lognormal("A the wider, independent", 0.0, 0.8, 0.5, 1.0),
    lognormal("lognormal, correlation 0.999", 0.999, 0.8, 0.8, 1.0),
    LUMPY,
    units("units of eight, independent", 0.0, 0.83, 0.85),
    HORIZON,
    *GAPS,
    *RECURRING,
)


def held(kind: Kind, n: int, comparisons: int, seed: int) -> dict[str, int]:
    """How many intervals of each statistic hold the true difference.

    Args:
        kind: the law.
        n: replications of a comparison.
        comparisons: how many.
        seed: of the samples.
    """
    generator = np.random.default_rng([seed, n])
    asked = [statistic for statistic in FUNCTIONALS if kind.means or statistic.p is not None]
    truths = [kind.true(statistic) for statistic in asked]
    counts = dict.fromkeys((statistic.name for statistic in asked), 0)
    for _ in range(comparisons):
        a, b = kind.draw(generator, n)
        for statistic, true in zip(asked, truths, strict=True):
            found = paired_difference(a, b, statistic)
            above = found.low is None or found.low <= true
            counts[statistic.name] += above and (found.high is None or found.high >= true)
    return counts


def main() -> int:
    """Print the counts of every kind and size."""
    parser = argparse.ArgumentParser(description="How often the intervals of compare hold.")
    parser.add_argument("--comparisons", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="", help="kinds with these words in their names")
    given = parser.parse_args()
    say = partial(print, sep="", flush=True)
    names = [statistic.name for statistic in FUNCTIONALS]
    say(f"seed {given.seed}, {given.comparisons:,} comparisons of each kind: nominal 95 % intervals that hold")
    say(f"{'law':<32}{'n':>6}", *(f"{name:>7}" for name in names))
    failed = False
    for kind in (one for one in KINDS if given.only in one.name):
        for n in (100, 300, 1000):
            counts = held(kind, n, given.comparisons, given.seed)
            say(f"{kind.name:<32}{n:>6}", *(f"{counts.get(name, '-'):>7}" for name in names))
            if given.comparisons == 1000 and n == 1000:
                failed |= min(counts.values()) < LEAST or (kind is MAIN and counts["mean"] > MOST)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
