"""Parameters: every number a rule reads stands in one flat vector under its dotted path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from alliancesim.errors import PlanError
from alliancesim.plan.layout import NONE, Floats
from alliancesim.rules.draws import DISTRIBUTIONS, address_key
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.shape import Shape, bounds, step
from alliancesim.scenario.values import Block, Dated, Distribution


@dataclass(frozen=True)
class Number:
    """One number of a scenario: a value or a distribution, with the bounds its key has."""

    value: float | Distribution
    low: float = -np.inf
    high: float = np.inf

    def center(self) -> float:
        """The value where it is not drawn."""
        return self.value.center() if isinstance(self.value, Distribution) else self.value


def numbers(block: Any, path: str = "", shape: Shape = Scenario) -> Iterator[tuple[str, Number]]:
    """Every number below a block of this shape with its dotted path, as a user would write it."""
    if isinstance(block, float | Distribution):
        limits = bounds(shape)
        yield path, Number(block, limits.get("ge", limits.get("gt", -np.inf)), limits.get("le", limits.get("lt", np.inf)))
    elif isinstance(block, Dated):
        yield from numbers(block.constant, path, shape)
        yield from _below((*block.by_fy.items(), ("then_growth_share", block.then_growth_share)), path, shape)
    elif isinstance(block, Block):
        yield from _below(block, path, shape)
    elif isinstance(block, dict):
        yield from _below(block.items(), path, shape)
    elif isinstance(block, list):
        yield from _below(enumerate(block), path, shape)


def _below(parts: Iterable[tuple[Any, Any]], path: str, shape: Shape) -> Iterator[tuple[str, Number]]:
    for key, part in parts:
        yield from numbers(part, f"{path}.{key}" if path else key, step(shape, key))


@dataclass
class Vector:
    """The parameter vector as it grows: a number enters it when the plan first asks for its path."""

    known: dict[str, Number]
    position: dict[str, int] = field(default_factory=dict)

    def at(self, path: str, *, optional: bool = False) -> int:
        """Position of a path; NONE when it is optional and not there."""
        if path not in self.known:
            if optional:
                return NONE
            message = f"{path}: no such number in the scenario"
            raise PlanError(message)
        return self.position.setdefault(path, len(self.position))

    def table(self, prefixes: list[str], fields: tuple[str, ...], *, optional: bool = False) -> Any:
        """Positions of `prefix.field`, shape (prefix, field)."""
        rows = [[self.at(f"{prefix}.{name}", optional=optional) for name in fields] for prefix in prefixes]
        return np.array(rows, np.int64).reshape(len(prefixes), len(fields))

    def names(self) -> tuple[str, ...]:
        """Paths in the order of the vector."""
        return tuple(self.position)

    def base(self) -> Floats:
        """The vector with uncertain numbers at their centers."""
        return np.array([self.known[name].center() for name in self.position], np.float64)

    def uncertain(self) -> tuple[Any, ...]:
        """Positions, kinds, parameters (n, 3), bounds (n, 2) and keys of the numbers that are drawn."""
        rows = [
            (i, self.known[name], name) for name, i in self.position.items() if isinstance(self.known[name].value, Distribution)
        ]
        values = np.zeros((len(rows), 3))
        for row, (_, number, _) in zip(values, rows, strict=True):
            given = number.value.parameters()  # type: ignore[union-attr]
            row[: len(given)] = given
        return (
            np.array([i for i, _, _ in rows], np.int64),
            np.array([DISTRIBUTIONS.index(n.value.dist) for _, n, _ in rows], np.int64),  # type: ignore[union-attr]
            values,
            np.array([(n.low, n.high) for _, n, _ in rows], np.float64).reshape(len(rows), 2),
            np.array([address_key(f"parameter/{name}") for _, _, name in rows], np.int64),
        )
