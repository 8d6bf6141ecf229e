"""Stages with one replication's numbers, gathered once for all jobs of a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alliancesim.engine.context import Context
from alliancesim.plan.columns import APPROVAL, ESTIMATE, QUEUEING, STAFFING
from alliancesim.plan.layout import (
    DURATION,
    ELASTICITY,
    FAILURE_PROBABILITY,
    NOISE_MEDIAN,
    NOISE_P90,
    NOISE_PROGRAM,
    NOISE_SYSTEM,
    NONE,
    REWORK_PROBABILITY,
    REWORK_WORK,
    W_STAGE_NOISE,
)


@dataclass(slots=True)
class Step:
    """One stage of one program in one replication: structure and numbers, gathered once for all its jobs."""

    name: str
    pool: Any  # Pool or None
    is_line: bool
    counts: bool  # part of the path to delivery
    after: tuple[tuple[int, int], ...]
    cause: int  # what its noise is charged to
    wait_cause: int
    priority: int
    noisy: bool
    stretch: float  # duration parameter of this replication over the one the plan was fitted with
    median: float
    p90: float
    system_loading: float
    program_loading: float
    system_z: list[float]
    program_z: float
    elasticity: float
    key: int
    risky: bool
    failure_probability: float
    failure_key: int
    rework_probability: float
    rework_work: float
    rework_to: int
    rework_most: int
    rework_key: int
    delivers: bool
    serves: bool


def gather_steps(context: Context) -> list[list[Step]]:
    """Every program's stages with this replication's numbers."""
    noisy = context.on(W_STAGE_NOISE)
    compiled, world, pools = context.compiled, context.world, context.pools
    rows = world.stage.tolist()
    system_z = world.system_z.tolist()
    program_z = world.program_z.tolist()
    at = context.plan.stage_at[:, DURATION]
    now, base = world.values[at].tolist(), compiled.base[at].tolist()
    steps = []
    for p, stages in enumerate(compiled.stages):
        mine = []
        for s, name in enumerate(stages.names):
            i = stages.first + s
            row = rows[i]
            q = stages.resource[s]
            fails, reworks = row[FAILURE_PROBABILITY], row[REWORK_PROBABILITY] if stages.rework_to[s] != NONE else 0.0
            mine.append(
                Step(
                    name, pools[q] if q != NONE else None, stages.is_line[s], s <= stages.delivered, stages.after[s],
                    APPROVAL if stages.approval[s] else ESTIMATE,
                    STAFFING if q != NONE and compiled.resource_staff[q] else QUEUEING, compiled.program_priority[p],
                    noisy and not row[NOISE_MEDIAN] == row[NOISE_P90] == 1.0,
                    now[i] / base[i] if base[i] > 0.0 and not stages.is_line[s] else 1.0, row[NOISE_MEDIAN], row[NOISE_P90],
                    row[NOISE_SYSTEM], row[NOISE_PROGRAM], system_z[stages.system[s]], program_z[p], row[ELASTICITY],
                    stages.key[s], fails > 0.0 or reworks > 0.0, fails, stages.failure_key[s], reworks, row[REWORK_WORK],
                    stages.rework_to[s], stages.rework_most[s], stages.rework_key[s],
                    s == stages.delivered, s == stages.operational,
                )
            )  # fmt: skip
        steps.append(mine)
    return steps
