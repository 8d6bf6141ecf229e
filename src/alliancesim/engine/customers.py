"""Background orders: what other customers want of the same resources."""

from __future__ import annotations

from typing import Any

from alliancesim.engine import alliance
from alliancesim.engine.context import Context
from alliancesim.plan.layout import ARRIVALS, BACKLOG, NONE, Rank, order_key
from alliancesim.rules.draws import quantile, uniform
from alliancesim.rules.grid import snap_duration

BACKGROUND_ENTITY = 1 << 24
"""Entities of background orders start here for the first resource, twice here for the second, and so on."""


class Customers:
    """Poisson arrivals at every resource from the as-of date on, and the backlog found there."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def start(self) -> None:
        """Schedule the backlog and the first arrival of every resource."""
        for q in range(len(self.context.pools)):
            if self.context.compiled.background_size[q][0] == NONE:
                continue
            if self.context.world.resource[q, ARRIVALS] > 0.0:
                self.next_order(q, 0, self.context.as_of)
            self.start_backlog(q)

    def next_order(self, q: int, n: int, t: float) -> None:
        """Schedule the next background order of a resource, a Poisson arrival after month t."""
        key = self.context.compiled.background_key[q]
        t += alliance.next_candidate(
            self.context.seed, self.context.replication, key, 2 * n, float(self.context.world.resource[q, ARRIVALS])
        )
        if t >= self.context.plan.horizon_months:
            return
        entity = BACKGROUND_ENTITY * (q + 1) + n

        def arrive(_: Any) -> None:
            self.order(q, entity, self.order_size(q, uniform(self.context.seed, self.context.replication, key, 2 * n + 1)))
            self.next_order(q, n + 1, t)

        self.context.env.at(t, order_key(Rank.REQUEST, entity)).callbacks.append(arrive)

    def order_size(self, q: int, u: float) -> float:
        """Units (line) or months (slots) of a background order."""
        kind, a, b, c = self.context.compiled.background_size[q]
        return max(0.0, quantile(kind, a, b, c, u))

    def start_backlog(self, q: int) -> None:
        """What other customers already wait for at the as-of date: one order of units on a line, orders on slots."""
        size = float(self.context.world.resource[q, BACKLOG])
        if size <= 0.0:
            return
        first = BACKGROUND_ENTITY * (q + 1) + BACKGROUND_ENTITY // 2
        orders = [size]
        if not self.context.pools[q].line:
            key = self.context.compiled.background_key[q]
            draws = [uniform(self.context.seed, self.context.replication, key, (1 << 30) + n) for n in range(int(size))]
            orders = [self.order_size(q, u) for u in draws]
        for n, amount in enumerate(orders):
            event = self.context.env.at(self.context.as_of, order_key(Rank.REQUEST, first + n))
            event.callbacks.append(lambda _, n=n, amount=amount: self.order(q, first + n, amount))

    def order(self, q: int, entity: int, amount: float) -> None:
        """One background order: into the queue, to work, and out."""
        pool, env = self.context.pools[q], self.context.env

        def work(_: Any) -> None:
            months = snap_duration(amount / pool.rate(env.now) if pool.line else amount)
            end = pool.finish(env.now, months)
            env.at(end, order_key(Rank.COMPLETION, entity)).callbacks.append(lambda _: pool.release(end))

        pool.request(self.context.compiled.background_priority[q], entity).callbacks.append(work)
