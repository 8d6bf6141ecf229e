"""What the batch engine's calendar holds beside jobs and orders: the linkage's dated events, its two clocks, tax steps."""

from __future__ import annotations

import numpy as np

from alliancesim.engine.alliance import jump, meet_regime, meet_round, meet_statement, next_candidate, support_now
from alliancesim.engine.budget import meet_tax
from alliancesim.engine.eventlist import event_at, put
from alliancesim.engine.exports import BID, meet_bid, open_bids
from alliancesim.engine.orders import open_orders
from alliancesim.engine.workspace import Workspace
from alliancesim.kernels import kernel
from alliancesim.plan.layout import (
    LINK_REGIME,
    LINK_TARIFF,
    NEVER,
    REGIME_CEILING,
    STATEMENTS_CEILING,
    W_BACKGROUND,
    W_EXPORTS,
    W_LINKAGE,
    Plan,
    Rank,
    State,
    World,
)
from alliancesim.plan.network import Network

ON_REGIME, ON_ROUND, ON_BUDGET = int(Rank.REGIME), int(Rank.ROUND), int(Rank.BUDGET)
STATEMENT, REGIME, TARIFF, STATEMENT_CLOCK, REGIME_CLOCK = range(5)
"""Entities of rank REGIME."""
TAX = 1 << 24
"""Entities of rank ROUND from here on are tax steps, from BID on bids; below, meetings."""
STATEMENT_DRAWS, REGIME_DRAWS = 3, 2
"""Draws each candidate of a clock has to itself."""


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
            events[count] = event_at(s.tax_months[i], ON_ROUND, TAX | i)
            count += 1
    for clock in (STATEMENT_CLOCK, REGIME_CLOCK):
        t = candidate(plan, w, seed, replication, clock, 0, plan.as_of_months)
        if t < horizon:
            events[count] = event_at(t, ON_REGIME, clock)
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


@kernel
def candidate(plan: Plan, w: World, seed: int, replication: int, clock: int, number: int, t: float) -> float:
    """Month of a clock's candidate `number`, the one before it at month t; NEVER if the clock stands still."""
    statements = clock == STATEMENT_CLOCK
    ceiling = w.scalar[STATEMENTS_CEILING if statements else REGIME_CEILING]
    if ceiling <= 0.0:
        return NEVER
    key = plan.statement_key if statements else plan.regime_key
    return t + next_candidate(seed, replication, key, (STATEMENT_DRAWS if statements else REGIME_DRAWS) * number, ceiling)


@kernel
def follow(  # type: ignore[no-untyped-def]
    plan: Plan, w: World, s: State, net: Network, seed: int, replication: int, rank: int, entity: int, now: float, done
) -> float:
    """Have an event of rank REGIME or ROUND happen. done: shape (5,), how often each entity of rank REGIME has happened.

    Returns the month at which it happens next, NEVER if it does not.
    """
    if rank == ON_ROUND:
        if entity < TAX:
            meeting = net.meetings[entity]
            meet_round(plan, w, s, seed, replication, meeting[0], meeting[1], meeting[2], now)
            return NEVER
        if entity >= BID:
            meet_bid(plan, w, s, seed, replication, entity - BID, now)
            return NEVER
        hit = meet_tax(plan, w, s, entity - TAX, support_now(w, s, now))
        if hit < 0.0:
            return s.tax_months[entity - TAX]
        jump(w, s, now, 1.0, 0.0, -hit)
        return NEVER
    number = done[entity]
    done[entity] += 1
    if entity == STATEMENT_CLOCK:
        meet_statement(plan, w, s, seed, replication, STATEMENT_DRAWS * number, now)
        return candidate(plan, w, seed, replication, entity, number + 1, now)
    if entity == REGIME_CLOCK:
        meet_regime(plan, w, s, seed, replication, REGIME_DRAWS * number)
        return candidate(plan, w, seed, replication, entity, number + 1, now)
    if entity == STATEMENT:
        jump(w, s, now, 1.0, net.statements[number, 1], 0.0)
    elif entity == REGIME:
        s.link[LINK_REGIME] = net.regimes[number, 1]
    else:
        s.link[LINK_TARIFF] = net.tariffs[number, 1]
    return NEVER


@kernel
def counters(net: Network):  # type: ignore[no-untyped-def]
    """How often each entity of rank REGIME has happened before the start: shape (5,)."""
    done = np.zeros(5, np.int64)
    while done[STATEMENT] < len(net.statements) and net.statements[done[STATEMENT], 0] < 0.0:
        done[STATEMENT] += 1
    return done
