"""The linkage as it happens: statements, regimes, tariffs, negotiating rounds, tax steps."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from itertools import count
from typing import Any

import simpy

from alliancesim.engine import alliance, budget
from alliancesim.engine.alliance import REGIME_DRAWS, STATEMENT_DRAWS
from alliancesim.engine.entities import FIRST_TAX, REGIME, REGIME_CLOCK, STATEMENT, STATEMENT_CLOCK, TARIFF
from alliancesim.engine.reference.context import Context
from alliancesim.plan.fields import REGIME_CEILING, STATEMENTS_CEILING
from alliancesim.plan.layout import LINK_REGIME, LINK_TARIFF
from alliancesim.plan.order import Rank, order_key
from alliancesim.rules.linkage import REGIMES, RESULTS


class Diplomacy:
    """Dated events, two Poisson clocks, and the tax steps that support may put off."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def start(self) -> None:
        """Dated events of the linkage and its two Poisson clocks; what lies before the first fiscal year is part of the start."""
        compiled, env, plan = self.context.compiled, self.context.env, self.context.plan
        a = self.context.world.scalar
        for t, size in compiled.statements:
            if t >= 0.0:
                self.context.call(t, Rank.REGIME, STATEMENT, partial(self.statement, t, size))
        for t, regime in compiled.known_regimes:
            self.context.call(max(t, 0.0), Rank.REGIME, REGIME, partial(self.enter, regime))
        for t, tariff in compiled.known_tariffs:
            self.context.call(max(t, 0.0), Rank.REGIME, TARIFF, partial(self.levy, tariff))
        for i, (t, number, index, known) in enumerate(compiled.rounds):
            if t >= 0.0:
                self.context.call(t, Rank.ROUND, i, partial(self.meet, number, index, known))
        for i in range(len(compiled.labels.taxes)):
            env.process(self.tax(i))
        for key, draws, ceiling, entity, act in (
            (
                plan.statement_key,
                STATEMENT_DRAWS,
                float(a[STATEMENTS_CEILING]),
                STATEMENT_CLOCK,
                self.candidate_statement,
            ),
            (plan.regime_key, REGIME_DRAWS, float(a[REGIME_CEILING]), REGIME_CLOCK, self.candidate_regime),
        ):
            if ceiling > 0.0:
                env.process(self.candidates(key, draws, ceiling, entity, act))

    def statement(self, t: float, size: float) -> None:
        """A dated linking statement."""
        alliance.jump(*self.context.handles[1:], t, 1.0, size, 0.0)
        self.context.tell(t, Rank.REGIME, "statement", f"pressure +{size:g}")

    def enter(self, regime: int) -> None:
        """A regime on record."""
        self.context.state.link[LINK_REGIME] = float(regime)
        self.context.tell(self.context.env.now, Rank.REGIME, "regime", REGIMES[regime])

    def levy(self, tariff: float) -> None:
        """A tariff on record."""
        self.context.state.link[LINK_TARIFF] = tariff
        self.context.tell(self.context.env.now, Rank.REGIME, "tariff", f"{tariff:.1%}")

    def meet(self, number: int, index: int, known: int) -> None:
        """A negotiating round."""
        result = alliance.meet_round(
            *self.context.handles, self.context.seed, self.context.replication, number, index, known, self.context.env.now
        )
        self.context.tell(
            self.context.env.now, Rank.ROUND, f"round {self.context.compiled.labels.rounds[number]}", RESULTS[result]
        )

    def candidates(
        self, key: int, draws: int, ceiling: float, entity: int, act: Callable[[int], None]
    ) -> Generator[simpy.Event, Any, None]:
        """A Poisson clock from the as-of date on; `draws`: those each candidate has to itself."""
        t = self.context.as_of
        for k in count():
            t += self.context.calls.next_candidate(self.context.seed, self.context.replication, key, draws * k, ceiling)
            if t >= self.context.plan.horizon_months:
                return
            yield self.context.env.at(t, order_key(Rank.REGIME, entity))
            act(draws * k)

    def candidate_statement(self, index: int) -> None:
        """A candidate linking statement, thinned."""
        now = self.context.env.now
        stands = self.context.calls.meet_statement(self.context.seed, self.context.replication, index, now)
        if stands and self.context.trace is not None:
            pressure = alliance.pressure_now(self.context.handles[2], now)
            self.context.tell(now, Rank.REGIME, "statement", f"pressure now {pressure:.3f}")

    def candidate_regime(self, index: int) -> None:
        """A candidate change of regime."""
        if self.context.calls.meet_regime(self.context.seed, self.context.replication, index):
            self.context.tell(self.context.env.now, Rank.REGIME, "regime", REGIMES[int(self.context.state.link[LINK_REGIME])])

    def tax(self, i: int) -> Generator[simpy.Event, Any, None]:
        """A tax measure: in force, or put off until support allows it. What began before the start is part of the start."""
        if self.context.state.tax_months[i] < 0.0:
            return
        while True:
            t = float(self.context.state.tax_months[i])
            if t >= self.context.plan.horizon_months:
                return
            yield self.context.env.at(t, order_key(Rank.ROUND, FIRST_TAX | i))
            now = self.context.env.now
            hit = budget.meet_tax(*self.context.handles, i, alliance.support_now(*self.context.handles[1:], now))
            if hit >= 0.0:
                alliance.jump(*self.context.handles[1:], now, 1.0, 0.0, -hit)
                self.context.tell(now, Rank.ROUND, f"tax {self.context.compiled.labels.taxes[i]}", "takes effect")
                return
            self.context.tell(now, Rank.ROUND, f"tax {self.context.compiled.labels.taxes[i]}", "put off")
