"""Currencies with their processes, records and budget rates, and shocks: the part of compilation that knows exchange rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from alliancesim.plan.arrays import floats, ints
from alliancesim.plan.fields import CURRENCY, SHOCK
from alliancesim.plan.layout import BEFORE_MONTHS, NEVER, NONE
from alliancesim.plan.params import Vector
from alliancesim.plan.resampling import resampling
from alliancesim.rules.elementary import log
from alliancesim.rules.exchange import PROCESSES
from alliancesim.scenario.history import History
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.planned import center
from alliancesim.units import month_name, month_number


def compile_exchange(
    scenario: Scenario, histories: dict[str, History], vector: Vector, years: int, as_of: float, key: Callable[[str], int]
) -> dict[str, Any]:
    """The fields of the plan that hold currencies, their history and their shocks; `key` hashes addresses.

    as_of: months of fact since the start of the first year.
    """
    horizon, names, shock_names = scenario.horizon, list(scenario.currencies), sorted(scenario.shocks)
    count = len(names)
    blocks = [scenario.currencies[name] for name in names]
    start = month_number(f"{horizon.first_fy}-{horizon.fy_first_month:02d}")
    months = BEFORE_MONTHS + int(as_of)
    history = np.zeros((count, months))
    last = np.full(count, np.nan)
    for c, name in enumerate(names):
        rows = histories.get(name)
        if rows is None:
            history[c] = center(scenario.currencies[name].spot_rate or 0.0)
            continue
        on_record = [rows.get(month_name(start - BEFORE_MONTHS + m)) for m in range(months)]
        earliest = next(rates for rates in on_record if rates is not None)
        history[c] = [(rates or earliest)[0] for rates in on_record]
        last[c] = log(rows[month_name(start + int(as_of) - 1)][1])
    correlation = np.full((count, count), NONE, np.int64)
    for one, others in scenario.correlation.items():
        for other in others:
            i, j = names.index(one), names.index(other)
            correlation[i, j] = correlation[j, i] = vector.at(f"correlation.{one}.{other}")
    fiscal_years = range(horizon.first_fy, horizon.first_fy + years)
    kinds = {block.process.kind for block in blocks}
    jumping, eventful = "jump_diffusion" in kinds, bool(kinds & {"jump_diffusion", "regime_switching"})
    shocks = [scenario.shocks[name] for name in shock_names]
    return {
        "currency_at": vector.table([f"currencies.{name}" for name in names], CURRENCY, optional=True),
        "process": ints([PROCESSES.index(block.process.kind) for block in blocks]),
        "correlation_at": correlation,
        "history_rate": history,
        "last_log_rate": last,
        "budget_at": ints(
            [[vector.at(f"currencies.{n}.budget_rate.{fy}", optional=True) for fy in fiscal_years] for n in names],
            count, years,
        ),
        "currency_key": ints([key(f"currency/{name}/innovation") for name in names]),
        "event_key": ints([key(f"currency/{name}/event") for name in names if eventful]),
        "jump_key": ints([key(f"currency/{name}/jump") for name in names if jumping]),
        "block_key": key("currency/block"),
        **resampling(scenario.currencies, histories, month_name(start + int(as_of) - 1)),
        "shock_at": vector.table([f"shocks.{name}" for name in shock_names], SHOCK),
        "shock_currency": ints([names.index(shock.currency) for shock in shocks]),
        "shock_onset": floats([NEVER if s.onset is None else horizon.months(s.onset) for s in shocks]),
        "shock_key": ints([key(f"shock/{name}/onset") for name in shock_names]),
    }  # fmt: skip
