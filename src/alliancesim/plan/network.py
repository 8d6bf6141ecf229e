"""The pipelines, resources and dated events of a plan as arrays: what a compiled scheduler reads.

The same facts as the tuples of `plan.layout.Compiled`, which the reference engine walks through, and what follows from them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from alliancesim.plan.arrays import floats, ints
from alliancesim.plan.columns import APPROVAL, ESTIMATE, QUEUEING, STAFFING
from alliancesim.plan.fields import DURATION
from alliancesim.plan.layout import NONE, Compiled, Floats, Ints
from alliancesim.scenario.pipelines import MOST_TRANCHES

STEP = ("resource", "is_line", "counts", "after_first", "after_count", "cause", "wait_cause", "system", "key", "failure_key",
        "rework_key", "rework_to", "rework_most", "delivers", "serves", "slow_first", "slow_count")  # fmt: skip
(STEP_RESOURCE, STEP_LINE, STEP_COUNTS, STEP_AFTER_FIRST, STEP_AFTER_COUNT, STEP_CAUSE, STEP_WAIT_CAUSE, STEP_SYSTEM, STEP_KEY,
 STEP_FAILURE_KEY, STEP_REWORK_KEY, STEP_REWORK_TO, STEP_REWORK_MOST, STEP_DELIVERS, STEP_SERVES, STEP_SLOW_FIRST,
 STEP_SLOW_COUNT) = range(len(STEP))  # fmt: skip
LOT = ("program", "year", "state_stage")
LOT_PROGRAM, LOT_YEAR, LOT_STATE = range(len(LOT))
ROUTE = ("first", "stages", "delivered", "priority")
ROUTE_FIRST, ROUTE_STAGES, ROUTE_DELIVERED, ROUTE_PRIORITY = range(len(ROUTE))
RESOURCE_FACTS = ("is_line", "background_kind", "background_priority", "background_key")
RESOURCE_LINE, RESOURCE_KIND, RESOURCE_PRIORITY, RESOURCE_KEY = range(len(RESOURCE_FACTS))
PROMISE = ("first", "known_slip", "first_contract", "first_path", "completion", "last_contract", "last_path")
(PROMISE_FIRST, PROMISE_KNOWN, PROMISE_CONTRACT, PROMISE_PATH, PROMISE_COMPLETION, PROMISE_LAST_CONTRACT,
 PROMISE_LAST_PATH) = range(len(PROMISE))  # fmt: skip


class Network(NamedTuple):
    """Read-only arrays. L lots (slots of program and year, then opening lots), S stages, P programs, Q resources."""

    step: Ints  # (S, step field)
    base_months: Floats  # (S,) duration parameter the plan was fitted with
    after: Ints  # (prerequisite, 2) program and milestone
    lot: Ints  # (L, lot field)
    lot_units: Floats  # (L,) of an opening lot
    lot_done: Floats  # (L,) share done of the stage it stood in
    lot_months: Floats  # (L, most stages) planned durations
    route: Ints  # (P, route field)
    tranche_units: Floats  # (P,)
    resource: Ints  # (Q, resource fact)
    background_size: Floats  # (Q, 3)
    statements: Floats  # (statement, 2) month and size
    regimes: Floats  # (change on record, 2) month and regime
    tariffs: Floats  # (change on record, 2) month and tariff
    round_months: Floats  # (meeting,)
    meetings: Ints  # (meeting, 3) round, index of its draws, result on record or NONE
    promise: Floats  # (P, promise field) months; first_contract nan = the first delivery is history, completion nan = no lots
    supplementary_month: int
    jobs: int  # places for jobs: one for each possible tranche of each lot
    first_opening: int  # the first opening lot


def network(compiled: Compiled) -> Network:
    """The arrays of a compiled scenario."""
    plan, programs = compiled.plan, len(compiled.stages)
    most_stages = max((len(stages.names) for stages in compiled.stages), default=1)
    after: list[tuple[int, int]] = []
    steps = [row for p in range(programs) for row in _steps(compiled, p, after)]
    months = np.zeros((len(compiled.lots), most_stages))
    lots, jobs = [], 0
    for i, job in enumerate(compiled.lots):
        months[i, : len(job.stage_months)] = job.stage_months
        lots.append((job.program, job.year, job.state_stage))
        jobs += MOST_TRANCHES if compiled.stages[job.program].tranche_units > 0.0 else 1
    routes = [
        (stages.first, len(stages.names), stages.delivered, priority)
        for stages, priority in zip(compiled.stages, compiled.program_priority, strict=True)
    ]
    resources = [
        (kind == "line", size[0], priority, key)
        for kind, size, priority, key in zip(
            compiled.resource_kind, compiled.background_size, compiled.background_priority, compiled.background_key, strict=True
        )
    ]
    return Network(
        step=ints(steps, -1, len(STEP)),
        base_months=compiled.base[plan.stage_at[:, DURATION]],
        after=ints(after, -1, 2),
        lot=ints(lots, -1, len(LOT)),
        lot_units=np.array([job.units for job in compiled.lots]),
        lot_done=np.array([job.state_done_share for job in compiled.lots]),
        lot_months=months,
        route=ints(routes, -1, len(ROUTE)),
        tranche_units=np.array([stages.tranche_units for stages in compiled.stages]),
        resource=ints(resources, -1, len(RESOURCE_FACTS)),
        background_size=floats([size[1:] for size in compiled.background_size], -1, 3),
        statements=floats(compiled.statements, -1, 2),
        regimes=floats(compiled.known_regimes, -1, 2),
        tariffs=floats(compiled.known_tariffs, -1, 2),
        round_months=np.array([meeting[0] for meeting in compiled.rounds]),
        meetings=ints([meeting[1:] for meeting in compiled.rounds], -1, 3),
        promise=floats([_promise(compiled, p) for p in range(programs)], -1, len(PROMISE)),
        supplementary_month=compiled.supplementary_month,
        jobs=jobs,
        first_opening=programs * plan.years,
    )


def _steps(compiled: Compiled, p: int, after: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    """One program's rows of the step table; its prerequisites are added to `after`."""
    stages = compiled.stages[p]
    slow = compiled.plan.power_first[stages.first : stages.first + len(stages.names) + 1].tolist()
    rows: list[tuple[int, ...]] = []
    for s, q in enumerate(stages.resource):
        rows.append(
            (
                q, stages.is_line[s], s <= stages.delivered, len(after), len(stages.after[s]),
                APPROVAL if stages.approval[s] else ESTIMATE,
                STAFFING if q != NONE and compiled.resource_staff[q] else QUEUEING,
                stages.system[s], stages.key[s], stages.failure_key[s], stages.rework_key[s], stages.rework_to[s],
                stages.rework_most[s], s == stages.delivered, s == stages.operational, slow[s],
                slow[s + 1] - slow[s],
            )
        )  # fmt: skip
        after += stages.after[s]
    return rows


def _promise(compiled: Compiled, p: int) -> tuple[float, ...]:
    """One program's row: what its deliveries are measured against, and the slip that is known already."""
    planned, baseline, lot = compiled.planned_first[p], compiled.baseline_months[p], compiled.planned_first_lot[p]
    known = 0.0 if math.isnan(baseline) or math.isnan(planned) else planned - baseline
    contract = path = math.nan
    if lot != NONE:
        contract = 12.0 * compiled.lots[lot].year + compiled.plan.program_begin_months[p]
        path = compiled.lots[lot].planned_path_months
    return (planned, known, contract, path, compiled.planned_completion[p], compiled.planned_last_contract[p],
            compiled.planned_last_path[p])  # fmt: skip
