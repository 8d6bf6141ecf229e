"""What the processes of one replication share: the clock, the arrays, the resources, and the trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alliancesim.engine.reference.calendar import Calendar
from alliancesim.engine.reference.calls import Calls
from alliancesim.engine.reference.resources import Pool
from alliancesim.plan.fields import SEVERITY
from alliancesim.plan.layout import Compiled, Outcomes, Plan, State, World
from alliancesim.plan.network import Network
from alliancesim.plan.order import Rank, order_key

Tracer = Callable[[float, Rank, str, str, str | None], None]
"""Receives (month, rank, subject, what happened, the program it happened to or None) in the order of events."""


class Context:
    """One random future under way. `handles` are (plan, world, state) as kernels take them, `out_handle` the outcomes."""

    def __init__(
        self, compiled: Compiled, network: Network, world: World, state: State, out: Outcomes,
        handles: tuple[Plan, World, State, Outcomes], calls: Calls, seed: int, replication: int, trace: Tracer | None,
    ) -> None:  # fmt: skip
        self.compiled, self.network, self.world, self.state, self.out = compiled, network, world, state, out
        self.handles = handles[:3]
        self.out_handle = handles[3]
        self.calls = calls
        self.plan = compiled.plan
        self.seed, self.replication, self.trace = seed, replication, trace
        self.env = Calendar()
        self.as_of = self.plan.as_of_months
        first = self.plan.resource_series
        self.pools = [
            Pool(
                self.env, q, kind, world.series[first + q, : self.plan.years].tolist(),
                world.disruption_begin[q], world.disruption_end[q], count, 1.0 - severity,
                calls,
            )
            for q, (kind, count, severity) in enumerate(
                zip(compiled.resource_kind, world.disruption_count.tolist(), world.resource[:, SEVERITY].tolist(), strict=True)
            )
        ]  # fmt: skip
        self.rescale()

    def rescale(self) -> None:
        """Have every resource take up the present values of conditions."""
        for pool, scale in zip(self.pools, self.state.scale.tolist(), strict=True):
            pool.rescale(scale)

    def on(self, switch: int) -> bool:
        """Whether a mechanism is on."""
        return bool(self.plan.switch[switch])

    def tell(self, t: float, rank: Rank, subject: str, text: str, program: int | None = None) -> None:
        """Hand an event to the trace, if there is one; program: the one it happened to."""
        if self.trace is not None:
            self.trace(t, rank, subject, text, None if program is None else self.compiled.labels.programs[program])

    def call(self, t: float, rank: Rank, entity: int, act: Callable[[], Any]) -> None:
        """Have something done at month t, within the horizon."""
        if t < self.plan.horizon_months:
            self.env.at(t, order_key(rank, entity)).callbacks.append(lambda _: act())
