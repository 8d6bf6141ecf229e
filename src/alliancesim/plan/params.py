"""Parameters: every number a rule reads stands in one flat vector under its dotted path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from alliancesim.errors import PlanError
from alliancesim.plan.layout import NONE, Floats
from alliancesim.rules.draws import DISTRIBUTIONS, address_key
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


def numbers(block: Any, path: str = "", low: float = -np.inf, high: float = np.inf) -> Iterator[tuple[str, Number]]:
    """Every number below a block with its dotted path, as a user would write it."""
    if isinstance(block, bool | int | str) or block is None:
        return
    if isinstance(block, float | Distribution):
        yield path, Number(block, low, high)
    elif isinstance(block, Dated):
        if block.constant is not None:
            yield path, Number(block.constant)
        for fy, value in block.by_fy.items():
            yield f"{path}.{fy}", Number(value)
        yield f"{path}.then_growth_share", Number(block.then_growth_share)
    elif isinstance(block, Block):
        for name, info in type(block).model_fields.items():
            extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
            bounds = [extra.get("x-ge", extra.get("x-gt", -np.inf)), extra.get("x-le", np.inf)]
            below, above = (float(bound) for bound in bounds)  # type: ignore[arg-type]
            yield from numbers(getattr(block, name), f"{path}.{name}" if path else name, below, above)
    elif isinstance(block, dict):
        for key, value in block.items():
            yield from numbers(value, f"{path}.{key}")
    elif isinstance(block, list):
        for i, value in enumerate(block):
            yield from numbers(value, f"{path}.{i}")


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
