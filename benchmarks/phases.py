"""Where a replication's time goes: the steps of both engines timed apart, over and over on one engine's arrays.

Apart from the events between them, the steps do the same work as in a replication (contracts are signed, nothing is delivered),
so what is left of a replication's time is that of its events: jobs, resources, draws of durations, ledgers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from alliancesim.engine import budget, paths, settlement, state
from alliancesim.handles import pack
from alliancesim.kernels import kernel
from alliancesim.plan.layout import PAY_YEARS, Compiled

SUPPORT = 0.6
"""Domestic support at every budget; what it is hardly moves the time."""
draw_world, begin, open_year = paths.draw_world, state.begin, budget.open_year
supplement, read_year = settlement.supplement, settlement.read_year


@kernel
def worlds(plan, w, s, out, params, seed, count):  # type: ignore[no-untyped-def]
    """Parameters and exogenous paths."""
    for replication in range(count):
        draw_world(plan, params, seed, replication, w)


@kernel
def states(plan, w, s, out, params, seed, count):  # type: ignore[no-untyped-def]
    """The state at the start."""
    for _ in range(count):
        begin(plan, w, s)


@kernel
def budgets(plan, w, s, out, params, seed, count):  # type: ignore[no-untyped-def]
    """States and budget rounds."""
    headroom = np.zeros(PAY_YEARS)
    for _ in range(count):
        begin(plan, w, s)
        for y in range(plan.years):
            open_year(plan, w, s, out, y, SUPPORT, headroom)


@kernel
def books(plan, w, s, out, params, seed, count):  # type: ignore[no-untyped-def]
    """States, budget rounds, supplementary budgets and year-end readings."""
    headroom = np.zeros(PAY_YEARS)
    for replication in range(count):
        begin(plan, w, s)
        for y in range(plan.years):
            open_year(plan, w, s, out, y, SUPPORT, headroom)
            supplement(plan, w, s, out, seed, replication, y, SUPPORT)
            read_year(plan, w, s, out, y, 12.0 * (y + 1))


def phases(compiled: Compiled, seed: int, count: int) -> dict[str, tuple[Callable[[], object], int]]:
    """The steps as `rounds.rounds` takes them: world, state, state and budgets, the whole of the books."""
    handles: tuple[Any, ...] = (pack(compiled.plan), pack(paths.new_world(compiled)), pack(state.new_state(compiled)))
    out = pack(state.new_outcomes(compiled))
    draw_world(handles[0], compiled.params, seed, 0, handles[1])
    steps = {"worlds": worlds, "states": states, "budgets": budgets, "books": books}
    return {name: (partial(step, *handles, out, compiled.params, seed, count), count) for name, step in steps.items()}
