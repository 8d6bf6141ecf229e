"""Background orders: what other customers want of the same resources."""

from __future__ import annotations

from functools import partial
from typing import Any

from alliancesim.engine import alliance
from alliancesim.engine.context import Context
from alliancesim.plan.layout import ARRIVALS, BACKLOG, NONE, Rank, order_key
from alliancesim.rules.draws import quantile, uniform
from alliancesim.rules.grid import snap_duration

BACKGROUND_ENTITY = 1 << 24
"""Entities of background orders start here for the first resource, twice here for the second, and so on."""
FIRST_BACKLOG_DRAW = 1 << 30
"""Index, within a resource's background address, of the first order found waiting."""


class Customers:
    """Poisson arrivals at every resource from the as-of date on, and the backlog found there."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def start(self) -> None:
        """Schedule the backlog and the first arrival of every resource."""
        for q, (kind, *_) in enumerate(self.context.compiled.background_size):
            if kind != NONE:
                rate = float(self.context.world.resource[q, ARRIVALS])
                if rate > 0.0:
                    self.arrivals(q, rate)
                self.start_backlog(q)

    def arrivals(self, q: int, rate_per_month: float) -> None:
        """One order after the other, each scheduling the next."""
        context, env = self.context, self.context.env
        seed, replication, key = context.seed, context.replication, context.compiled.background_key[q]
        entity = BACKGROUND_ENTITY * (q + 1)
        arrived = 0
        t = context.as_of

        def schedule() -> None:
            nonlocal t
            t += alliance.next_candidate(seed, replication, key, 2 * arrived, rate_per_month)
            if t < context.plan.horizon_months:
                env.at(t, order_key(Rank.REQUEST, entity + arrived)).callbacks.append(arrive)

        def arrive(_: Any) -> None:
            nonlocal arrived
            self.order(q, entity + arrived, self.order_size(q, uniform(seed, replication, key, 2 * arrived + 1)))
            arrived += 1
            schedule()

        schedule()

    def order_size(self, q: int, u: float) -> float:
        """Units (line) or months (slots) of a background order."""
        return max(0.0, quantile(*self.context.compiled.background_size[q], u))

    def start_backlog(self, q: int) -> None:
        """What other customers already wait for at the as-of date: one order of units on a line, orders on slots."""
        context = self.context
        size = float(context.world.resource[q, BACKLOG])
        if size <= 0.0:
            return
        orders = [size]
        if not context.pools[q].line:
            key = context.compiled.background_key[q]
            draws = [uniform(context.seed, context.replication, key, FIRST_BACKLOG_DRAW + n) for n in range(int(size))]
            orders = [self.order_size(q, u) for u in draws]
        first = BACKGROUND_ENTITY * (q + 1) + BACKGROUND_ENTITY // 2
        for n, amount in enumerate(orders):
            context.call(context.as_of, Rank.REQUEST, first + n, partial(self.order, q, first + n, amount))

    def order(self, q: int, entity: int, amount: float) -> None:
        """One background order: into the queue, to work, and out."""
        pool, env = self.context.pools[q], self.context.env

        def work(_: Any) -> None:
            months = snap_duration(amount / pool.rate(env.now) if pool.line else amount)
            end = pool.finish(env.now, months)
            env.at(end, order_key(Rank.COMPLETION, entity)).callbacks.append(lambda _: pool.release(end))

        pool.request(self.context.compiled.background_priority[q], entity).callbacks.append(work)
