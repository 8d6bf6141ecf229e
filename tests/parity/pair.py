"""The two engines side by side."""

from __future__ import annotations

from harness import differences, first_difference

from alliancesim.engine import batch, reference
from alliancesim.plan.layout import Compiled, Floats


class Pair:
    """Both engines of one compiled scenario, run on the same replications."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.reference = reference.Engine(compiled)
        self.batch = batch.Engine(compiled)

    def compare(self, seed: int, first: int, count: int, params: Floats | None = None) -> tuple[int, str]:
        """How many outcomes differ over some replications, and where the first does. params: shape (parameter,)."""
        values = self.compiled.params if params is None else params
        one, _ = self.reference.replications(values, seed, first, count)
        other, _ = self.batch.replications(values, seed, first, count)
        return differences(one, other), first_difference(self.compiled, one, other, first)

    def difference(self, seed: int, first: int, count: int, params: Floats | None = None) -> str:
        """Where the engines part, the reference engine's value first; nothing where they agree."""
        return self.compare(seed, first, count, params)[1]
