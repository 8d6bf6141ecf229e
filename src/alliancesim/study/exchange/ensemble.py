"""Many futures of one currency: the process of a scenario with given numbers, month by month."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alliancesim.engine.futures import draw_futures
from alliancesim.plan.fields import CURRENCY, TURBULENT
from alliancesim.plan.layout import NONE, Floats
from alliancesim.rules.draws import address_key
from alliancesim.rules.exchange import PROCESSES

DRAWS = ("innovation", "event", "jump", "block")
"""What is drawn, each at an address of its own."""


def ensemble(
    process: str, values: Mapping[str, float], x: float, months: int, members: int, seed: int, name: str,
    change: Floats | None = None,
) -> Floats:  # fmt: skip
    """Log rates of each future, shape (member, month).

    Args:
        process: its kind.
        values: its numbers by key below `process`; what is left out is 0, and turbulent_probability that of the long run.
        x: log rate at the start.
        months: how many follow it.
        members: how many futures.
        seed, name: of the draws: with the same two, all processes share their innovations.
        change: (n,) of the log rate, resampled by `bootstrap`.
    """
    row = np.zeros(len(CURRENCY))
    row[TURBULENT] = NONE
    for key, value in values.items():
        row[CURRENCY.index(f"process.{key}")] = value
    keys = np.array([address_key(f"{name}/{draw}") for draw in DRAWS])
    out = np.empty((members, months + 1))
    draw_futures(PROCESSES.index(process), row, x, seed, keys, np.zeros(0) if change is None else change, out)
    return out[:, 1:]
