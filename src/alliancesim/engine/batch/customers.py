"""Other customers in the batch engine: their orders, one after the other, and what they wait for at the as-of date."""

from __future__ import annotations

import numpy as np

from alliancesim.engine.alliance import next_candidate
from alliancesim.engine.batch.eventlist import ENTITY_MASK, TICK_BITS, event_at, put
from alliancesim.engine.batch.waiting import request
from alliancesim.engine.batch.workspace import ARRIVED, Workspace
from alliancesim.engine.entities import BACKGROUND_BITS, BACKGROUND_ENTITY, BACKLOG_ENTITY
from alliancesim.engine.orders import order_size
from alliancesim.kernels import kernel, part
from alliancesim.plan.fields import ARRIVALS, BACKLOG
from alliancesim.plan.layout import NEVER, NONE, Plan, World
from alliancesim.plan.network import RESOURCE_KEY, RESOURCE_KIND, RESOURCE_LINE, RESOURCE_PRIORITY, Network
from alliancesim.plan.order import ON_REQUEST


@kernel
def next_order(w: World, net: Network, seed: int, replication: int, q: int, number: int, t: float) -> float:
    """Month in which a resource's order `number` arrives, the one before it at month t; NEVER if none arrive."""
    rate = w.resource[q, ARRIVALS]
    if net.resource[q, RESOURCE_KIND] == NONE or rate <= 0.0:
        return NEVER
    return t + next_candidate(seed, replication, net.resource[q, RESOURCE_KEY], 2 * number, rate)


@kernel
def order_amount(w: World, net: Network, seed: int, replication: int, q: int, number: int) -> float:
    """Units (line) or months (slots) of a resource's order; what a line's customers already wait for is one order."""
    if number >= BACKLOG_ENTITY and net.resource[q, RESOURCE_LINE] == 1:
        return w.resource[q, BACKLOG]
    size = net.background_size[q]
    key, kind = net.resource[q, RESOURCE_KEY], net.resource[q, RESOURCE_KIND]
    return order_size(seed, replication, key, number, kind, size[0], size[1], size[2])


@kernel
def open_orders(plan: Plan, w: World, net: Network, seed: int, replication: int):  # type: ignore[no-untyped-def]
    """The requests that can be foreseen at the start: each resource's first arrival, and its backlog. Shape (event,)."""
    total = 0
    for q in range(len(net.resource)):
        total += 2 + max(0, int(w.resource[q, BACKLOG]))
    events = np.empty(total, np.int64)
    count = 0
    for q in range(len(net.resource)):
        t = next_order(w, net, seed, replication, q, 0, plan.as_of_months)
        if t < plan.horizon_months:
            events[count] = event_at(t, ON_REQUEST, BACKGROUND_ENTITY * (q + 1))
            count += 1
        waiting = w.resource[q, BACKLOG]
        if net.resource[q, RESOURCE_KIND] == NONE or waiting <= 0.0 or plan.as_of_months >= plan.horizon_months:
            continue
        for n in range(1 if net.resource[q, RESOURCE_LINE] == 1 else int(waiting)):
            events[count] = event_at(plan.as_of_months, ON_REQUEST, BACKGROUND_ENTITY * (q + 1) + BACKLOG_ENTITY + n)
            count += 1
    return events[:count]


@part
def arrive(plan: Plan, w: World, net: Network, space: Workspace, seed: int, replication: int, event: int, now: float) -> None:
    """A background order asks for its resource, and the next one is planned."""
    entity = event & ENTITY_MASK
    q = (entity >> BACKGROUND_BITS) - 1
    if entity - BACKGROUND_ENTITY * (q + 1) < BACKLOG_ENTITY:
        space.use[q, ARRIVED] += 1
        t = next_order(w, net, seed, replication, q, space.use[q, ARRIVED], now)
        if t < plan.horizon_months:
            put(space, event_at(t, ON_REQUEST, entity + 1))
    request(space, q, net.resource[q, RESOURCE_PRIORITY], event >> TICK_BITS, entity)
