"""The government's year: budget, supplementary budget, year-end reading."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from alliancesim.engine import alliance, budget, conditions, revision, settlement
from alliancesim.engine.occupancy import read_resources
from alliancesim.engine.reference.context import Context
from alliancesim.engine.reference.jobs import Jobs
from alliancesim.plan.columns import OUTLAYS, TOPLINE
from alliancesim.plan.layout import PAY_YEARS
from alliancesim.plan.order import Rank, order_key


class Government:
    """Holds every fiscal year's budget round and has the funded lots started."""

    def __init__(self, context: Context, jobs: Jobs) -> None:
        self.context = context
        self.jobs = jobs

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Budget, supplementary budget and year-end reading of every fiscal year."""
        plan, w, s = self.context.handles
        out, env = self.context.out_handle, self.context.env
        headroom = np.zeros(PAY_YEARS)
        for y in range(self.context.plan.years):
            yield env.at(12.0 * y, order_key(Rank.BUDGET, 0))
            conditions.staff_year(plan, w, s, y, env.now)
            self.context.rescale()
            support = alliance.support_now(w, s, env.now)
            changed = revision.change_plan(plan, w, s, out, self.context.seed, self.context.replication, y)
            if self.context.trace is not None:
                self.tell_changes(y)
            if changed:
                self.jobs.complete_dropped()
            budget.open_year(plan, w, s, out, y, support, headroom)
            wait = budget.provisional_wait(plan, w, self.context.seed, self.context.replication, y, support)
            self.context.tell(
                env.now, Rank.BUDGET, "budget", f"topline {self.context.out.fiscal[y, TOPLINE]:,.1f} bn, wait {wait:g} months"
            )
            for p, units in enumerate(self.context.state.funded[:, y].tolist()):
                if units > 0.0:
                    own_wait = self.context.calls.lot_wait(p, wait)
                    self.jobs.start(p * self.context.plan.years + y, units, env.now + own_wait, own_wait)
            for pool in self.context.pools:
                if pool.queue and not pool.pending:
                    pool.look()
            yield env.at(12.0 * y + self.context.compiled.supplementary_month, order_key(Rank.BUDGET, 0))
            settlement.supplement(
                plan, w, s, out, self.context.seed, self.context.replication, y, alliance.support_now(w, s, env.now)
            )
            yield env.at(12.0 * (y + 1), order_key(Rank.YEAR_END, 0))
            settlement.read_year(plan, w, s, out, y, env.now)
            if self.context.pools:
                read_resources(plan, w, s, out, y, np.array([pool.read(y) for pool in self.context.pools]))
            self.context.tell(env.now, Rank.YEAR_END, "year end", f"outlays {self.context.out.fiscal[y, OUTLAYS]:,.1f} bn")

    def tell_changes(self, y: int) -> None:
        """Tell the trace what changed the plan at the budget of year y."""
        state, labels, now = self.context.state, self.context.compiled.labels, self.context.env.now
        for v, name in enumerate(labels.revisions):
            if state.revised[v] == y:
                self.context.tell(now, Rank.BUDGET, f"revision {name}", "in force")
        for p, name in enumerate(labels.programs):
            if state.held[p] == y:
                self.context.tell(now, Rank.BUDGET, name, "held by the cost review", p)
