"""Many futures of one currency: the process of a scenario with given numbers, month by month."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alliancesim.engine.exchange import follow
from alliancesim.kernels import kernel
from alliancesim.plan.layout import CURRENCY, MEAN_BLOCK, NONE, TURBULENT, Floats
from alliancesim.rules.draws import address_key, normal_quantile, uniform
from alliancesim.rules.exchange import PROCESSES, next_month

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


@kernel
def draw_futures(kind: int, row, x: float, seed: int, keys, change, out) -> None:  # type: ignore[no-untyped-def]
    """Fill `out` (member, month + 1); month 0 is the start. keys: of the draws in their order."""
    months = out.shape[1]
    scores = np.zeros((3, months))
    resampled = np.zeros(months)
    for member in range(len(out)):
        position = NONE
        for m in range(months):
            for i in range(len(scores)):
                scores[i, m] = normal_quantile(uniform(seed, member, keys[i], m))
            if len(change) > 0 and m > 0:
                u_block, u_start = uniform(seed, member, keys[3], 2 * m), uniform(seed, member, keys[3], 2 * m + 1)
                position = next_month(position, len(change), row[MEAN_BLOCK], u_block, u_start)
                resampled[m] = change[position]
        out[member, 0] = x
        follow(kind, row, x, 1, True, scores[0], scores[1], scores[2], resampled, out[member])
