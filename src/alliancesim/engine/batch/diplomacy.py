"""The linkage as it happens in the batch engine: statements, regimes, tariffs, negotiating rounds, tax steps, and bids."""

from __future__ import annotations

import numpy as np

from alliancesim.engine.alliance import (
    REGIME_DRAWS,
    STATEMENT_DRAWS,
    jump,
    meet_regime,
    meet_round,
    meet_statement,
    next_candidate,
    support_now,
)
from alliancesim.engine.budget import meet_tax
from alliancesim.engine.entities import FIRST_BID, FIRST_TAX, REGIME, REGIME_CLOCK, STATEMENT, STATEMENT_CLOCK
from alliancesim.engine.exports import meet_bid
from alliancesim.kernels import kernel
from alliancesim.plan.fields import REGIME_CEILING, STATEMENTS_CEILING
from alliancesim.plan.layout import LINK_REGIME, LINK_TARIFF, NEVER, Plan, State, World
from alliancesim.plan.network import Network
from alliancesim.plan.order import ON_ROUND


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
        if entity < FIRST_TAX:
            meeting = net.meetings[entity]
            meet_round(plan, w, s, seed, replication, meeting[0], meeting[1], meeting[2], now)
            return NEVER
        if entity >= FIRST_BID:
            meet_bid(plan, w, s, seed, replication, entity - FIRST_BID, now)
            return NEVER
        hit = meet_tax(plan, w, s, entity - FIRST_TAX, support_now(w, s, now))
        if hit < 0.0:
            return s.tax_months[entity - FIRST_TAX]
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
