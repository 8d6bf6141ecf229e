"""Background orders in the reference engine: arrivals one after the other, and the backlog found at the as-of date."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from alliancesim.engine.entities import BACKGROUND_ENTITY, BACKLOG_ENTITY
from alliancesim.engine.orders import draw_orders, order_size
from alliancesim.engine.reference.context import Context
from alliancesim.plan.fields import ARRIVALS, BACKLOG
from alliancesim.plan.layout import NONE
from alliancesim.plan.order import COMPLETION_KEY, REQUEST_KEY, Rank

AT_ONCE = 32
"""Orders drawn in one go."""


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
        entity = BACKGROUND_ENTITY * (q + 1)
        months, sizes = np.full(AT_ONCE, context.as_of), np.zeros(AT_ONCE)
        drawn: list[tuple[float, float]] = []
        arrived = 0

        def schedule() -> None:
            nonlocal drawn
            if not drawn:
                draw_orders(
                    context.seed, context.replication, context.compiled.background_key[q], arrived, months[-1], rate_per_month,
                    *context.compiled.background_size[q], months, sizes,
                )  # fmt: skip
                drawn = list(zip(months.tolist(), sizes.tolist(), strict=True))[::-1]
            t = drawn[-1][0]
            if t < context.plan.horizon_months:
                env.plan(arrival, t, REQUEST_KEY | (entity + arrived))

        def arrive(_: Any) -> None:
            nonlocal arrived
            self.order(q, entity + arrived, drawn.pop()[1])
            arrived += 1
            schedule()

        arrival = env.milestone(arrive)
        schedule()

    def start_backlog(self, q: int) -> None:
        """What other customers already wait for at the as-of date: one order of units on a line, orders on slots."""
        context = self.context
        size = float(context.world.resource[q, BACKLOG])
        if size <= 0.0:
            return
        orders = [size]
        if not context.pools[q].line:
            key, law = context.compiled.background_key[q], context.compiled.background_size[q]
            orders = [order_size(context.seed, context.replication, key, BACKLOG_ENTITY + n, *law) for n in range(int(size))]
        first = BACKGROUND_ENTITY * (q + 1) + BACKLOG_ENTITY
        for n, amount in enumerate(orders):
            context.call(context.as_of, Rank.REQUEST, first + n, partial(self.order, q, first + n, amount))

    def order(self, q: int, entity: int, amount: float) -> None:
        """One background order: into the queue, to work, and out."""
        pool, env = self.context.pools[q], self.context.env

        def work(_: Any) -> None:
            now = env.now
            end = pool.finish(now, self.context.calls.snap_duration(amount / pool.rate(now) if pool.line else amount))
            env.at(end, COMPLETION_KEY | entity).callbacks.append(lambda _: pool.release(end))

        pool.request(self.context.compiled.background_priority[q], entity, env.milestone(work))
