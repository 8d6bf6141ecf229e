"""Exports in the reference engine: bids as they are decided."""

from __future__ import annotations

from functools import partial

from alliancesim.engine.entities import FIRST_BID
from alliancesim.engine.exports import meet_bid
from alliancesim.engine.reference.context import Context
from alliancesim.plan.order import Rank


class Exports:
    """The bids of one replication of the reference engine."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def start(self) -> None:
        """Have every bid decided at its date."""
        for i, t in enumerate(self.context.plan.bid_months.tolist()):
            self.context.call(t, Rank.ROUND, FIRST_BID | i, partial(self.decide, i))

    def decide(self, i: int) -> None:
        """A bid is decided."""
        context = self.context
        won = meet_bid(*context.handles, context.seed, context.replication, i, context.env.now)
        p = int(context.plan.bid_program[i])
        context.tell(context.env.now, Rank.ROUND, context.compiled.labels.programs[p], "bid won" if won else "bid lost", p)
