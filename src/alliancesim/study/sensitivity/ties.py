"""What a scenario's numbers owe each other: sampled one by one they may part, and are brought back together.

The checks of a scenario hold a 90th percentile at or above its median, shares of a payment to a sum of 1, shares of currencies to
at most 1, and slots to whole numbers. A sampled row is mended in this order.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from alliancesim.plan.layout import Compiled
from alliancesim.study.runs.layout import Floats

MEDIAN_OF = {"p90": "median", "duration_p90_months": "duration_median_months"}
"""The key beside a 90th percentile that holds its median."""
MENDED = (*MEDIAN_OF, "shares", "currency_shares")
"""Keys at which findings about sampled numbers are mended."""


class Ties:
    """The ties that numbers under study have."""

    def __init__(self, compiled: Compiled, varied: Collection[str]) -> None:
        """varied: paths of the numbers that are sampled; ties no such number has are left alone."""
        names = compiled.labels.parameters
        at = {name: i for i, name in enumerate(names)}
        slots = {name for name, kind in zip(compiled.labels.resources, compiled.resource_kind, strict=True) if kind == "slots"}
        self.above: list[tuple[int, int]] = []
        self.whole: list[int] = []
        self.sums: list[tuple[Any, float | None]] = []
        for name in names:
            parent, _, last = name.rpartition(".")
            median = f"{parent}.{MEDIAN_OF.get(last)}"
            if median in at and (name in varied or median in varied):
                self.above.append((at[name], at[median]))
            parts = name.split(".")
            if name in varied and parts[0] == "resources" and parts[1] in slots and parts[2] == "capacity":
                self.whole.append(at[name])
        for parent in dict.fromkeys(name.rpartition(".")[0] for name in varied):
            if parent.endswith((".payment.shares", ".currency_shares")):
                members = np.array([i for name, i in at.items() if name.rpartition(".")[0] == parent])
                total = float(compiled.params[members].sum()) if parent.endswith(".shares") else None
                self.sums.append((members, total))

    def mend(self, rows: Floats) -> None:
        """Change parameter vectors in place. rows: shape (evaluation, parameter)."""
        for high, low in self.above:
            np.maximum(rows[:, high], rows[:, low], out=rows[:, high])
        rows[:, self.whole] = np.round(rows[:, self.whole])
        for members, total in self.sums:
            sums = rows[:, members].sum(axis=1, keepdims=True)
            wanted = np.minimum(sums, 1.0) if total is None else total
            rows[:, members] *= np.divide(wanted, sums, out=np.ones_like(sums), where=sums > 0.0)
