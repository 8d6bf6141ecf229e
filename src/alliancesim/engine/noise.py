"""How long a stage lasts, from its planned duration: common causes, and conditioning on the work done by the as-of date."""

from __future__ import annotations

from alliancesim.kernels import kernel
from alliancesim.plan.order import JOBS_PER_LOT
from alliancesim.rules.cost import lognormal_factor
from alliancesim.rules.draws import normal_quantile, uniform
from alliancesim.rules.elementary import log
from alliancesim.rules.grid import TICK_MONTHS, snap_duration, snap_months
from alliancesim.rules.stages import common_score, score_after
from alliancesim.scenario.pipelines import MOST_VISITS


@kernel
def first_draw(fiscal_year: int, tranche: int) -> int:
    """Index of a job's first draw within a stage's address, by its lot's fiscal year and tranche; visits count on from it."""
    return (fiscal_year * JOBS_PER_LOT + tranche) * MOST_VISITS


@kernel
def months_at(
    planned: float, median: float, sigma: float, system_loading: float, program_loading: float, own_loading: float,
    system_z: float, program_z: float, own_z: float,
) -> float:  # fmt: skip
    """Duration of a stage that begins now, by the scores of its causes, on the month grid. own_loading: see `rules.stages`."""
    score = common_score(system_loading, system_z, program_loading, program_z) + own_loading * own_z
    return snap_duration(planned * lognormal_factor(median, sigma, score))


@kernel
def noisy_months(
    planned: float, elapsed: float, median: float, sigma: float, system_loading: float, program_loading: float,
    own_loading: float, system_z: float, program_z: float, seed: int, replication: int, key: int, index: int,
) -> float:  # fmt: skip
    """Duration of a stage on the month grid, at least one tick; above `elapsed` if it has already lasted that long.

    median and sigma: of its lognormal noise (see `rules.cost.lognormal_sigma`).
    """
    u = uniform(seed, replication, key, index)
    if elapsed <= 0.0:
        own_z = normal_quantile(u)
        return months_at(planned, median, sigma, system_loading, program_loading, own_loading, system_z, program_z, own_z)
    common = common_score(system_loading, system_z, program_loading, program_z)
    if sigma <= 0.0:
        return max(snap_months(planned * median), elapsed + TICK_MONTHS)
    score = score_after(u, common, own_loading, log(elapsed / (planned * median)) / sigma)
    return max(snap_months(planned * lognormal_factor(median, sigma, score)), elapsed + TICK_MONTHS)
