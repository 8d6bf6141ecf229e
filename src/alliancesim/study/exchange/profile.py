"""Largest likelihoods by numerical search, and intervals by profile likelihood."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, minimize
from scipy.special import expit, logit
from scipy.stats import chi2
from threadpoolctl import threadpool_limits

from alliancesim.plan.layout import Floats
from alliancesim.study.statistics.estimate import CONFIDENCE

GOAL = math.sqrt(float(chi2.ppf(CONFIDENCE, 1)))
"""Root of twice the fall of the profile log likelihood at the ends of the interval."""
NEVER_MIND = 1e10
"""What a search takes for the negative log likelihood where that is infinite."""
PENALTY = 1e4
"""Of an ordered pair out of order, for each unit squared."""
ACCURACY = 0.01
"""Of that root: an interval's end is found to half a percent of the way from the estimate."""
MOST_STEPS = 30
MOST_GROWTH = 3.0
"""Of the distance from one step to the next."""


@dataclass(frozen=True)
class Parameter:
    """One number of a process that is estimated: its key, and the scale on which it is searched for."""

    name: str
    low: float
    high: float
    scale: str = "linear"
    """linear, log or logit."""
    unit: float = 1.0
    """Natural units in one of a linear scale's."""
    reach: tuple[float, float] = (-math.inf, math.inf)
    """What an end of the interval is where the likelihood does not fall far enough up to a bound."""

    def free(self, value: float) -> float:
        """On the scale of the search."""
        if self.scale == "linear":
            return value / self.unit
        return math.log(value) if self.scale == "log" else float(logit(value))

    def natural(self, value: float) -> float:
        """Back from the scale of the search."""
        if self.scale == "linear":
            return value * self.unit
        return math.exp(value) if self.scale == "log" else float(expit(value))


@dataclass(frozen=True)
class Law:
    """A log likelihood of some parameters, and where to look for its maximum."""

    parameters: tuple[Parameter, ...]
    log_likelihood: Callable[..., float]
    """Of the parameters' natural values in their order."""
    starts: tuple[tuple[float, ...], ...]
    ordered: tuple[int, int] | None = None
    """Two parameters of which the first is at most the second."""


@dataclass(frozen=True)
class Peak:
    """A maximum of a likelihood: values on the scale of the search, in the order of the parameters."""

    free: Floats
    log_likelihood: float

    def natural(self, law: Law) -> list[float]:
        """The values as a scenario has them."""
        return [parameter.natural(float(value)) for parameter, value in zip(law.parameters, self.free, strict=True)]


def one_thread() -> AbstractContextManager[Any]:
    """A context in which linear algebra keeps to one thread: a search has no use for more, and would wait for them every time."""
    return threadpool_limits(1)


def maximize(law: Law, fixed: Mapping[int, float] | None = None, starts: Sequence[Floats] | None = None) -> Peak:
    """The largest likelihood, some parameters being fixed.

    Args:
        law: what is maximized.
        fixed: free values by position.
        starts: free values to start from; default: the law's own.
    """
    held = dict(fixed or {})
    open_at = [i for i in range(len(law.parameters)) if i not in held]
    points = starts or [np.array([p.free(x) for p, x in zip(law.parameters, start, strict=True)]) for start in law.starts]
    bounds = [(parameter.free(parameter.low), parameter.free(parameter.high)) for parameter in law.parameters]
    whole = np.array([held.get(i, 0.0) for i in range(len(law.parameters))])

    def disorder(free: Floats) -> float:
        gap = 0.0 if law.ordered is None else max(0.0, float(free[law.ordered[0]] - free[law.ordered[1]]))
        return PENALTY * gap * gap

    def value(free: Floats) -> float:
        log_likelihood = law.log_likelihood(*(p.natural(float(x)) for p, x in zip(law.parameters, free, strict=True)))
        return disorder(free) - log_likelihood if math.isfinite(log_likelihood) else NEVER_MIND

    def objective(part: Floats) -> float:
        whole[open_at] = part
        return value(whole)

    if not open_at:
        return Peak(whole, -value(whole))
    limits = Bounds([bounds[i][0] for i in open_at], [bounds[i][1] for i in open_at])
    best: Peak | None = None
    for point in points:
        start = np.clip(point[open_at], limits.lb, limits.ub)
        found = minimize(objective, start, method="L-BFGS-B", bounds=limits, options={"ftol": 1e-9, "gtol": 1e-3})
        if best is None or -found.fun > best.log_likelihood:
            free = whole.copy()
            free[open_at] = found.x
            best = Peak(free, -float(found.fun))
    assert best is not None
    return best


def interval(law: Law, at: int, peak: Peak) -> tuple[float, float]:
    """The ends of a parameter's profile likelihood interval, natural.

    Venzon & Moolgavkar 1988, A method for computing profile-likelihood-based confidence intervals. Where the likelihood does
    not fall far enough up to a bound of the search, the end is the parameter's `reach`.
    """
    return _end(law, at, peak, -1), _end(law, at, peak, 1)


def _end(law: Law, at: int, peak: Peak, side: int) -> float:
    """One end, by steps in which the root of twice the fall, nearly linear in the distance, is taken for linear."""
    parameter = law.parameters[at]
    bound = abs(parameter.free(parameter.low if side < 0 else parameter.high) - float(peak.free[at]))
    inside, outside = 0.0, math.inf
    distance, free = min(_spread(law, at, peak), bound), peak.free
    for _ in range(MOST_STEPS):
        value = float(peak.free[at]) + side * distance
        found = maximize(law, {at: value}, [free])
        root = math.sqrt(max(0.0, 2.0 * (peak.log_likelihood - found.log_likelihood)))
        if abs(root - GOAL) < ACCURACY:
            break
        if root > GOAL:
            outside = distance
        elif distance == bound:
            return parameter.reach[0 if side < 0 else 1]
        else:
            inside = distance
        step = min(distance * GOAL / max(root, GOAL / MOST_GROWTH), bound)
        if not inside < step < outside:
            step = 0.5 * (inside + outside)
        free = peak.free + (found.free - peak.free) * (step / distance if distance > 0.0 else 0.0)
        distance = step
    return parameter.natural(float(peak.free[at]) + side * distance)


def _spread(law: Law, at: int, peak: Peak) -> float:
    """A first guess of the distance to the interval's end: from the curvature with the others held."""
    free = peak.free.copy()
    step = 1e-3
    values = []
    for move in (-step, step):
        free[at] = peak.free[at] + move
        values.append(law.log_likelihood(*(p.natural(float(x)) for p, x in zip(law.parameters, free, strict=True))))
    curvature = (2.0 * peak.log_likelihood - sum(values)) / step**2
    return min(1.0, 2.2 / math.sqrt(curvature)) if curvature > 0.0 and math.isfinite(curvature) else 0.5
