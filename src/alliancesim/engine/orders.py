"""Background orders, what other customers want of the same resources: when they arrive and how large they are."""

from __future__ import annotations

from alliancesim.engine.alliance import next_candidate
from alliancesim.engine.entities import BACKLOG_ENTITY
from alliancesim.kernels import kernel
from alliancesim.rules.draws import quantile, uniform

FIRST_BACKLOG_DRAW = 1 << 30
"""Index, within a resource's background address, of the first order found waiting."""


@kernel
def order_size(seed: int, replication: int, key: int, number: int, kind: int, a: float, b: float, c: float) -> float:
    """Units (line) or months (slots) of a background order. number: among those of its resource."""
    index = 2 * number + 1 if number < BACKLOG_ENTITY else FIRST_BACKLOG_DRAW + number - BACKLOG_ENTITY
    return max(0.0, quantile(kind, a, b, c, uniform(seed, replication, key, index)))


@kernel
def draw_orders(  # type: ignore[no-untyped-def]
    seed: int, replication: int, key: int, first: int, start: float, per_month: float, kind: int, a: float, b: float, c: float,
    months, sizes,
) -> None:  # fmt: skip
    """Arrival months and sizes of a resource's orders from number `first` on; start: month of the one before. Shape (order,)."""
    t = start
    for i in range(len(months)):
        t += next_candidate(seed, replication, key, 2 * (first + i), per_month)
        months[i] = t
        sizes[i] = order_size(seed, replication, key, first + i, kind, a, b, c)
