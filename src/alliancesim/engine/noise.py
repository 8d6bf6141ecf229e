"""How long a stage lasts, from its planned duration: common causes, and conditioning on the work done by the as-of date."""

from __future__ import annotations

import math

from alliancesim.kernels import kernel
from alliancesim.rules.cost import lognormal_factor, lognormal_sigma
from alliancesim.rules.draws import normal_quantile, uniform
from alliancesim.rules.grid import TICK_MONTHS, snap_months
from alliancesim.rules.stages import at_least_tick, own_loading, score_after


@kernel
def noisy_months(
    planned: float, elapsed: float, median: float, p90: float, system_loading: float, program_loading: float,
    system_z: float, program_z: float, seed: int, replication: int, key: int, index: int,
) -> float:  # fmt: skip
    """Duration of a stage on the month grid, at least one tick; above `elapsed` if it has already lasted that long."""
    u = uniform(seed, replication, key, index)
    common = system_loading * system_z + program_loading * program_z
    own = own_loading(system_loading, program_loading)
    if elapsed <= 0.0:
        score = common + own * normal_quantile(u)
        return at_least_tick(snap_months(planned * lognormal_factor(median, p90, score)))
    sigma = lognormal_sigma(median, p90)
    if sigma <= 0.0:
        return max(snap_months(planned * median), elapsed + TICK_MONTHS)
    score = score_after(u, common, own, math.log(elapsed / (planned * median)) / sigma)
    return max(snap_months(planned * lognormal_factor(median, p90, score)), elapsed + TICK_MONTHS)
