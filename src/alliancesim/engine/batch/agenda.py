"""What the batch engine knows at the start: the first budget, the linkage, other customers' orders, the decisions of bids."""

from __future__ import annotations

import numpy as np

from alliancesim.engine.batch.customers import open_orders
from alliancesim.engine.batch.diplomacy import candidate
from alliancesim.engine.batch.eventlist import event_at, put
from alliancesim.engine.batch.workspace import Workspace
from alliancesim.engine.entities import (
    FIRST_BID,
    FIRST_TAX,
    REGIME,
    REGIME_CLOCK,
    STATEMENT,
    STATEMENT_CLOCK,
    TARIFF,
)
from alliancesim.kernels import kernel
from alliancesim.plan.fields import W_BACKGROUND, W_EXPORTS, W_LINKAGE
from alliancesim.plan.layout import Plan, State, World
from alliancesim.plan.network import Network
from alliancesim.plan.order import ON_BUDGET, ON_REGIME, ON_ROUND


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
