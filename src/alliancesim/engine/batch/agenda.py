"""What the batch engine knows at the start: the first budget, the linkage, other customers' orders, the decisions of bids."""

from __future__ import annotations

import numpy as np

from alliancesim.engine.batch.diplomacy import candidate
from alliancesim.engine.batch.eventlist import event_at, put
from alliancesim.engine.batch.workspace import Workspace
from alliancesim.engine.entities import (
    BACKGROUND_ENTITY,
    BACKLOG_ENTITY,
    FIRST_BID,
    FIRST_TAX,
    REGIME,
    REGIME_CLOCK,
    STATEMENT,
    STATEMENT_CLOCK,
    TARIFF,
)
from alliancesim.engine.orders import next_order
from alliancesim.kernels import kernel
from alliancesim.plan.fields import BACKLOG, W_BACKGROUND, W_EXPORTS, W_LINKAGE
from alliancesim.plan.layout import NONE, Plan, State, World
from alliancesim.plan.network import RESOURCE_KIND, RESOURCE_LINE, Network
from alliancesim.plan.order import ON_BUDGET, ON_REGIME, ON_REQUEST, ON_ROUND


@kernel
def open_agenda(plan: Plan, w: World, s: State, net: Network, seed: int, replication: int):  # type: ignore[no-untyped-def]
    """All events of the linkage known at the start, shape (event,); what lies before the first fiscal year is part of it."""
    events = np.empty(len(net.statements) + len(net.regimes) + len(net.tariffs) + len(net.round_months) + len(s.tax_months) + 2,
                      np.int64)  # fmt: skip
    count = 0
    horizon = plan.horizon_months
    for i in range(len(net.statements)):
        if 0.0 <= net.statements[i, 0] < horizon:
            events[count] = event_at(net.statements[i, 0], ON_REGIME, STATEMENT)
            count += 1
    for i in range(len(net.regimes)):
        if net.regimes[i, 0] < horizon:
            events[count] = event_at(max(net.regimes[i, 0], 0.0), ON_REGIME, REGIME)
            count += 1
    for i in range(len(net.tariffs)):
        if net.tariffs[i, 0] < horizon:
            events[count] = event_at(max(net.tariffs[i, 0], 0.0), ON_REGIME, TARIFF)
            count += 1
    for i in range(len(net.round_months)):
        if 0.0 <= net.round_months[i] < horizon:
            events[count] = event_at(net.round_months[i], ON_ROUND, i)
            count += 1
    for i in range(len(plan.tax_months)):
        if 0.0 <= s.tax_months[i] < horizon:
            events[count] = event_at(s.tax_months[i], ON_ROUND, FIRST_TAX | i)
            count += 1
    for clock in (STATEMENT_CLOCK, REGIME_CLOCK):
        t = candidate(plan, w, seed, replication, clock, 0, plan.as_of_months)
        if t < horizon:
            events[count] = event_at(t, ON_REGIME, clock)
            count += 1
    return events[:count]


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


@kernel
def open_bids(plan: Plan):  # type: ignore[no-untyped-def]
    """The decisions of bids as events, shape (event,)."""
    events = np.empty(len(plan.bid_months), np.int64)
    count = 0
    for i in range(len(plan.bid_months)):
        if plan.bid_months[i] < plan.horizon_months:
            events[count] = event_at(plan.bid_months[i], ON_ROUND, FIRST_BID | i)
            count += 1
    return events[:count]


@kernel
def open_calendar(plan: Plan, w: World, s: State, net: Network, space: Workspace, seed: int, replication: int) -> None:
    """Put what is known at the start into an empty event list: the first budget, the linkage, other customers' orders, bids."""
    put(space, event_at(0.0, ON_BUDGET, 0))
    for switch in (W_LINKAGE, W_BACKGROUND, W_EXPORTS):
        if plan.switch[switch] == 0:
            continue
        if switch == W_LINKAGE:
            known = open_agenda(plan, w, s, net, seed, replication)
        elif switch == W_BACKGROUND:
            known = open_orders(plan, w, net, seed, replication)
        else:
            known = open_bids(plan)
        for event in known:
            put(space, event)
