"""The kernels that the reference engine calls at nearly every event."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from alliancesim.engine import alliance, conditions, contract, delivery, noise, occupancy
from alliancesim.kernels import direct
from alliancesim.plan.layout import Plan, State, World
from alliancesim.rules import draws, grid, linkage, stages


class Calls:
    """These kernels as compiled for one engine's handles, which they need not be given any more.

    Arguments must be of the types they are compiled for here (see `kernels.direct`).
    """

    def __init__(self, plan: Plan, w: World, s: State) -> None:
        def bound(function: Callable[..., Any], handles: tuple[Any, ...], *arguments: Any) -> Any:
            return partial(direct(function, *handles, *arguments), *handles)

        shared = (plan, w, s)
        self.noisy_months = direct(noise.noisy_months, *[0.0] * 9, *[0] * 4)
        self.year_of = direct(occupancy.year_of, 0.0, 0)
        self.first_draw = direct(noise.first_draw, 0, 0)
        self.uniform = direct(draws.uniform, 0, 0, 0, 0)
        self.snap_duration = direct(grid.snap_duration, 0.0)
        self.snap_months = direct(grid.snap_months, 0.0)
        self.finish_time = direct(stages.finish_time, 0.0, 0.0, np.zeros(1), np.zeros(1), 0, 0.0)
        self.drawn_months = direct(stages.drawn_months, 0.0, 0.0, 0.0)
        self.pressure_mult = direct(linkage.pressure_mult, 0.0, 0.0)
        self.next_candidate = direct(alliance.next_candidate, 0, 0, 0, 0, 0.0)
        self.meet_statement = bound(alliance.meet_statement, shared, 0, 0, 0, 0.0)
        self.meet_regime = bound(alliance.meet_regime, shared, 0, 0, 0)
        self.felt_pressure = bound(alliance.felt_pressure, shared, 0.0)
        self.slow_mult = bound(conditions.slow_mult, shared, 0, 0.0)
        self.apply_effects = bound(conditions.apply_effects, shared, 0, 0, 0.0)
        self.lot_wait = bound(contract.lot_wait, (plan,), 0, 0.0)
        self.units_due = bound(delivery.units_due, (plan, s), 0)
        self.is_complete = bound(delivery.is_complete, (s,), 0, 0.0)
        self.deliver_units = bound(delivery.deliver_units, shared, 0, 0, 0.0, 0.0)
        self.cancel_units = bound(delivery.cancel_units, shared, 0, 0, 0.0, 0.0)
