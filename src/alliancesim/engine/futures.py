"""Futures of one exchange rate by itself, without a plan around it."""

from __future__ import annotations

import numpy as np

from alliancesim.engine.exchange import follow
from alliancesim.kernels import kernel
from alliancesim.plan.fields import MEAN_BLOCK
from alliancesim.plan.layout import NONE
from alliancesim.rules.draws import normal_quantile, uniform
from alliancesim.rules.exchange import resampled_position


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
                position = resampled_position(position, len(change), row[MEAN_BLOCK], u_block, u_start)
                resampled[m] = change[position]
        out[member, 0] = x
        follow(kind, row, x, 1, True, scores[0], scores[1], scores[2], resampled, out[member])
