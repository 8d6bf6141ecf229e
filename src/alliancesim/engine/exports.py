"""Exports: bids that are decided at a date, and whose lots then take the same yards and plants as any other."""

from __future__ import annotations

import math

from alliancesim.engine.alliance import support_now
from alliancesim.engine.conditions import condition_now
from alliancesim.engine.delivery import count_total
from alliancesim.kernels import kernel
from alliancesim.plan.fields import BID_PROBABILITY, BID_SUPPORT, INITIAL, SUPPORT_MEAN
from alliancesim.plan.layout import NONE, Plan, State, World
from alliancesim.rules.draws import uniform
from alliancesim.rules.linkage import shifted_probability


@kernel
def bid_probability(plan: Plan, w: World, s: State, i: int, t: float) -> float:
    """Probability that bid i is won at month t."""
    shift = w.values[plan.bid_at[i, BID_SUPPORT]] * (support_now(w, s, t) - w.scalar[SUPPORT_MEAN])
    for c in range(plan.bid_condition_at.shape[1]):
        at = plan.bid_condition_at[i, c]
        if at != NONE:
            shift += w.values[at] * (condition_now(w, s, c, t) - w.condition[c, INITIAL])
    return shifted_probability(w.values[plan.bid_at[i, BID_PROBABILITY]], shift)


@kernel
def meet_bid(plan: Plan, w: World, s: State, seed: int, replication: int, i: int, t: float) -> bool:
    """Decide bid i at month t; if it is won, its lots become due from the next budget on. True if it is won."""
    won = uniform(seed, replication, plan.bid_key[i], 0) < bid_probability(plan, w, s, i, t)
    if won:
        p = plan.bid_program[i]
        for k in range(int(math.ceil(t / 12.0)), s.due.shape[1]):
            s.due[p, k] += plan.lot_units[p, k]
        count_total(plan, s)
    return won
