"""Functions whose sensitivity indices are known exactly, as evaluators: the analysis cannot tell them from a scenario."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliancesim.rules.draws import address_key, normals
from alliancesim.study.sensitivity.design import CHANCE
from alliancesim.study.sensitivity.inputs import Input

Exact = dict[str, tuple[float, float]]
"""First-order and total index by name."""


@dataclass(frozen=True)
class Function:
    """A function of inputs, and of a replication by its noise."""

    name: str
    inputs: tuple[Input, ...]
    formula: Callable[[Any], Any]
    """Of values with shape (evaluation, input)."""
    variance: float
    exact: Exact
    noise_sd: float = 0.0
    seed: int = 0

    @property
    def outcomes(self) -> tuple[str, ...]:
        return (self.name,)

    def evaluate(self, values: Any, replications: Any, progress: Callable[[int], None]) -> Any:
        noise, scratch = np.zeros(len(values)), np.zeros(len(values))
        keys = np.full(len(values), address_key(f"noise/{self.name}"))
        normals(self.seed, 0, keys, replications, scratch, noise)
        progress(len(values))
        return (self.formula(values) + self.noise_sd * noise)[:, None]


def ishigami(a: float = 7.0, b: float = 0.1) -> Function:
    """sin x1 + a sin^2 x2 + b x3^4 sin x1 on (-pi, pi)^3 (Ishigami & Homma 1990)."""
    inputs = tuple(Input(f"x{i}", "uniform", (-math.pi, math.pi)) for i in (1, 2, 3))
    one = 0.5 * (1.0 + b * math.pi**4 / 5.0) ** 2
    two = a * a / 8.0
    both = b * b * math.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    variance = one + two + both
    first = np.array([one, two, 0.0]) / variance
    total = np.array([one + both, two, both]) / variance

    def formula(x: Any) -> Any:
        return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])

    return Function("ishigami", inputs, formula, variance, exact_indices(inputs, first, total))


def sobol_g(weights: Sequence[float] = (0.0, 0.5, 3.0, 9.0, 99.0, 99.0)) -> Function:
    """Product of (|4 x - 2| + a) / (1 + a) on the unit cube (Saltelli & Sobol' 1995)."""
    a = np.array(weights)
    inputs = tuple(Input(f"x{i + 1}", "uniform", (0.0, 1.0)) for i in range(len(a)))
    part = 1.0 / (3.0 * (1.0 + a) ** 2)
    variance = float(np.prod(1.0 + part) - 1.0)
    total = part * np.prod(1.0 + part) / (1.0 + part) / variance

    def formula(x: Any) -> Any:
        return np.prod((np.abs(4.0 * x - 2.0) + a) / (1.0 + a), axis=1)

    return Function("sobol_g", inputs, formula, variance, exact_indices(inputs, part / variance, total))


def with_noise(function: Function, noise_variance: float) -> Function:
    """The function plus a normal that the replication draws: all indices shrink, chance takes the rest."""
    share = noise_variance / (function.variance + noise_variance)
    exact = {name: (first * (1.0 - share), total * (1.0 - share)) for name, (first, total) in function.exact.items()}
    return Function(
        f"{function.name} plus noise", function.inputs, function.formula, function.variance + noise_variance,
        exact | {CHANCE: (share, share)}, math.sqrt(noise_variance),
    )  # fmt: skip


def exact_indices(inputs: Sequence[Input], first: Any, total: Any) -> Exact:
    return {one.name: (float(s), float(t)) for one, s, t in zip(inputs, first, total, strict=True)} | {CHANCE: (0.0, 0.0)}


FUNCTIONS = (ishigami(), sobol_g(), with_noise(ishigami(), ishigami().variance))
