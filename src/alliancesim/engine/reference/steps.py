"""Stages with their numbers, gathered once for all jobs of a program."""

from __future__ import annotations

from dataclasses import dataclass

from alliancesim.engine.conditions import slow_cause
from alliancesim.plan.fields import (
    DURATION,
    ELASTICITY,
    FAILURE_PROBABILITY,
    NOISE_MEDIAN,
    NOISE_P90,
    NOISE_PROGRAM,
    NOISE_SYSTEM,
    REWORK_PROBABILITY,
    REWORK_WORK,
    W_STAGE_NOISE,
)
from alliancesim.plan.layout import NONE, Compiled, World
from alliancesim.plan.network import STEP_CAUSE, STEP_COUNTS, STEP_DELIVERS, STEP_SERVES, STEP_WAIT_CAUSE, Network


@dataclass(slots=True)
class Step:
    """One stage of one program: structure and numbers, gathered once for all its jobs."""

    name: str
    resource: int  # NONE = none
    is_line: bool
    counts: bool  # part of the path to delivery
    after: tuple[tuple[int, int], ...]
    cause: int  # what its noise is charged to
    wait_cause: int
    priority: int
    noisy: bool
    stretch: float  # duration parameter of this replication over the one the plan was fitted with
    median: float
    sigma: float
    system_loading: float
    program_loading: float
    own_loading: float
    system_z: list[float]
    elasticity: float
    slow: tuple[tuple[int, int], ...]  # factors of conditions, and what each is charged to
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


class StepTable:
    """Every program's stages with a replication's numbers; gathered anew only when a number of a stage has changed."""

    def __init__(self, compiled: Compiled, network: Network) -> None:
        self.compiled = compiled
        self.facts: list[list[int]] = network.step.tolist()
        self.base: list[float] = network.base_months.tolist()
        self.numbers: bytes | None = None
        self.steps: list[list[Step]] = []
        self.system_z: list[list[float]] = []

    def of(self, world: World) -> list[list[Step]]:
        """The stages with the numbers of `world`, by program and stage."""
        durations = world.values[self.compiled.plan.stage_at[:, DURATION]]
        numbers = world.stage.tobytes() + durations.tobytes()
        if numbers != self.numbers:
            self.numbers = numbers
            self.system_z = world.system_z.tolist()
            rows = world.stage.tolist()
            sigmas, own = world.stage_sigma.tolist(), world.stage_own.tolist()
            stretches = [now / fitted if fitted > 0.0 else 1.0 for now, fitted in zip(durations.tolist(), self.base, strict=True)]
            self.steps = [self.gather(p, rows, stretches, sigmas, own) for p in range(len(self.compiled.stages))]
        else:
            for scores, fresh in zip(self.system_z, world.system_z.tolist(), strict=True):
                scores[:] = fresh
        return self.steps

    def gather(
        self, p: int, rows: list[list[float]], stretches: list[float], sigmas: list[float], own: list[float]
    ) -> list[Step]:
        """One program's stages."""
        compiled = self.compiled
        noisy = bool(compiled.plan.switch[W_STAGE_NOISE])
        stages = compiled.stages[p]
        steps = []
        for s, name in enumerate(stages.names):
            i = stages.first + s
            row, facts = rows[i], self.facts[i]
            fails, reworks = row[FAILURE_PROBABILITY], row[REWORK_PROBABILITY] if stages.rework_to[s] != NONE else 0.0
            steps.append(
                Step(
                    name, stages.resource[s], stages.is_line[s], bool(facts[STEP_COUNTS]), stages.after[s], facts[STEP_CAUSE],
                    facts[STEP_WAIT_CAUSE], compiled.program_priority[p],
                    noisy and not row[NOISE_MEDIAN] == row[NOISE_P90] == 1.0,
                    1.0 if stages.is_line[s] else stretches[i], row[NOISE_MEDIAN],
                    sigmas[i], row[NOISE_SYSTEM], row[NOISE_PROGRAM], own[i], self.system_z[stages.system[s]], row[ELASTICITY],
                    tuple((n, slow_cause(compiled.plan, n)) for n in range(*compiled.plan.power_first[i : i + 2].tolist())),
                    stages.key[s], fails > 0.0 or reworks > 0.0, fails, stages.failure_key[s], reworks, row[REWORK_WORK],
                    stages.rework_to[s], stages.rework_most[s], stages.rework_key[s],
                    bool(facts[STEP_DELIVERS]), bool(facts[STEP_SERVES]),
                )
            )  # fmt: skip
        return steps
