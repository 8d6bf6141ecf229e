"""The plain pipeline workload as a Cimba model: one process for each lot, spawned when it is contracted.

Its outputs are the first delivery and the completion of every program, and what the measures need besides.
"""

from __future__ import annotations

import math

import cimba as cb
import numpy as np
from peers import MEASURES, Measures
from workload import HORIZON_MONTHS, LOT_YEARS, MONTHS, PROGRAMS, SIGMA, SLOTS, planned_months, priority

DESIGN, APPROVAL, REVIEW, BUILD, ASSEMBLY, TRIAL = (math.log(months) for months in MONTHS)
DESIGN_SD, APPROVAL_SD, REVIEW_SD, BUILD_SD, ASSEMBLY_SD, TRIAL_SD = SIGMA


class Program(cb.Model):  # type: ignore[misc]
    """A program's numbers and what it has reached. Cimba serves the higher rank first."""

    rank: cb.Param[int]
    factor: cb.Param[float]
    arrived: int = 0
    first: cb.Output[float] = HORIZON_MONTHS
    completion: cb.Output[float] = HORIZON_MONTHS

    def __init__(self, p: int) -> None:
        self.rank = -priority(p)
        self.factor = planned_months(p)[0] / MONTHS[0]


class Lot(cb.Model):  # type: ignore[misc]
    """A lot on its way through the stages."""

    program: cb.Ref[Program]
    ministry: cb.Ref[Ministry]

    @cb.process  # type: ignore[untyped-decorator]
    def flow(self) -> None:
        """One lot's stages."""
        program, ministry = self.program, self.ministry
        cb.hold(program.factor * cb.random.lognormal(DESIGN, DESIGN_SD))
        cb.hold(program.factor * cb.random.lognormal(APPROVAL, APPROVAL_SD))
        asked = cb.now()
        ministry.reviewers.acquire(1, program.rank)
        ministry.waited_reviewers += cb.now() - asked
        cb.hold(cb.random.lognormal(REVIEW, REVIEW_SD))
        ministry.reviewers.release(1)
        cb.hold(program.factor * cb.random.lognormal(BUILD, BUILD_SD))
        cb.hold(program.factor * cb.random.lognormal(ASSEMBLY, ASSEMBLY_SD))
        asked = cb.now()
        ministry.sites.acquire(1, program.rank)
        ministry.waited_range += cb.now() - asked
        cb.hold(cb.random.lognormal(TRIAL, TRIAL_SD))
        ministry.sites.release(1)
        ministry.units += 1.0
        program.arrived += 1
        if program.arrived == 1:
            program.first = cb.now()
        if program.arrived == LOT_YEARS:
            program.completion = cb.now()
        cb.release(self)


class Ministry(cb.Model):  # type: ignore[misc]
    """Contracts a lot of every program at the start of each year."""

    reviewers: cb.Resource = cb.Resource(capacity=SLOTS)
    sites: cb.Resource = cb.Resource(capacity=SLOTS)
    programs: list[Program]
    units: cb.Output[float] = 0.0
    waited_range: cb.Output[float] = 0.0
    waited_reviewers: cb.Output[float] = 0.0

    def __init__(self) -> None:
        self.programs = [Program(p) for p in range(PROGRAMS)]

    @cb.process  # type: ignore[untyped-decorator]
    def contract(self) -> None:
        """Yearly contracts."""
        for _ in range(LOT_YEARS):
            for p in range(PROGRAMS):
                cb.spawn(Lot, program=self.programs[p], ministry=self)
            cb.hold(12.0)


def run_cimba(seed: int, count: int) -> Measures:
    """Cimba's compiled model on one thread, with its own generator."""
    model = Ministry()
    window = cb.Window(duration=HORIZON_MONTHS)
    results = cb.Experiment(model, replications=count, window=window, seed=seed).run(workers=1, on_failure="raise")
    whole = results[model]
    first, completion = (
        np.mean([np.asarray(getattr(results[program], name))[0] for program in model.programs], axis=0)
        for name in ("first", "completion")
    )
    units, *waited = (np.asarray(samples)[0] for samples in (whole.units, whole.waited_range, whole.waited_reviewers))
    columns = [units, first, completion, *waited]
    assert len(columns) == len(MEASURES)
    return np.column_stack(columns)
