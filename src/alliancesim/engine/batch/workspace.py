"""What the batch engine works in: the table of jobs, the event list, waiting lines and resources."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alliancesim.engine.ledger import CONTRACT, TICKET
from alliancesim.kernels import kernel, part
from alliancesim.plan.fields import (
    DURATION,
    ELASTICITY,
    FAILURE_PROBABILITY,
    MILESTONES,
    NOISE_MEDIAN,
    NOISE_P90,
    REWORK_PROBABILITY,
    W_FAILURE,
    W_REWORK,
    W_STAGE_NOISE,
)
from alliancesim.plan.layout import NONE, PAY_YEARS, Floats, Ints, Plan, World
from alliancesim.plan.network import (
    STEP_AFTER_COUNT,
    STEP_DELIVERS,
    STEP_LINE,
    STEP_RESOURCE,
    STEP_REWORK_TO,
    STEP_SERVES,
    STEP_SLOW_COUNT,
    Network,
)
from alliancesim.units import MONTH_TICKS

START, ENTER, PREREQUISITE, ASK, GRANTED, WORKED, ENDED, FAILED, EFFECT = range(9)
"""Where a job goes on: begin; enter its stage; look at its stage's next prerequisite; ask for its resource; its request is
granted; its work on a resource is done; its stage has ended; it fails; its stage takes effect."""
JOB = ("phase", "lot", "tranche", "stage", "program", "first_stage", "stages", "first_draw", "active", "delivered", "serves",
       "cause", "gate", "prerequisite", "next")  # fmt: skip
(PHASE, LOT, TRANCHE, STAGE, PROGRAM, FIRST_STAGE, STAGES, FIRST_DRAW, ACTIVE, DELIVERED, SERVES, CAUSE, GATE,
 AT_PREREQUISITE, NEXT) = range(len(JOB))  # fmt: skip
TIME, UNITS, OFFSET, SHARE, ENTERED, AHEAD, PLAIN, OWN, WORK, BEGUN, ADDED = range(len(TICKET), len(TICKET) + 11)
TIMES = len(TICKET) + 11
"""A job's numbers: its ticket, then: month it goes on at, units, months of line work of its lot's earlier tranches, share of a
repeated stage's work, month it entered the stage, line work ahead of it, planned duration, own duration, work, when it asked
or began, what pressure and conditions add to the stage."""
IN_USE, MARKED, QUEUED, ARRIVED = range(4)
BUSY, SINCE_READ, GRANTED_SUM, WAITED_SUM = range(4)
PENDING, SOONEST = range(2)
SEED, REPLICATION = range(2)
JUST_BEGUN, WOKEN = range(2)
FIRST, LAST = range(2)
"""The ends of a list of jobs, which are linked by `NEXT`; NONE: it is empty."""


class Workspace(NamedTuple):
    """Arrays that `play` works in; their contents mean nothing between replications."""

    address: Ints  # (2,) seed and replication: where its draws are
    bucket_bits: int  # of the event list, see `eventlist`: a bucket is 2 ** bucket_bits ticks of the month grid
    bucket_first: npt.NDArray[np.int32]  # (bucket,) entry of the first event in each, NONE = none
    bucket_last: npt.NDArray[np.int32]  # (bucket,) of the last
    events: Ints  # (entry,)
    following: npt.NDArray[np.int32]  # (entry,) the entry after each in its bucket, or among the free ones
    kept: Ints  # (4,)
    line_first: Ints  # (Q, order) waiting lines: priority and month asked
    line_second: Ints  # (Q, order) entity
    lines: Ints  # (2,) how many waiting lines are to be looked at in this instant, and where the first may stand
    noisy: Ints  # (S,) 1 = a stage whose duration is drawn
    stretch: Floats  # (S,) duration parameter of this replication over the one the plan was fitted with
    walkable: Ints  # (S,) 1 = a stage that shares nothing and changes nothing: it only takes its time
    slots: Ints  # (L,) place of each lot's first tranche among the jobs, NONE = not begun
    jobs: npt.NDArray[np.int32]  # (job, job field) in the order in which lots begin
    times: Floats  # (job, TIMES)
    visits: npt.NDArray[np.int8]  # (job, stage) how often a stage has been passed
    returns: npt.NDArray[np.int8]  # (job, stage) how often work was sent back from it
    outer: npt.NDArray[np.int8]  # (job, stage) the gate that was still to be passed when it last sent work back, NONE
    scores: Floats  # (job, stage) own scores of the first visits of first tranches
    sheet_key: Ints  # (draw,) addresses of the scores of lots that begin together
    sheet_index: Ints  # (draw,)
    sheet_place: Ints  # (draw,) where each belongs among `scores`
    sheet_uniform: Floats  # (draw,)
    sheet_score: Floats  # (draw,)
    ready: Ints  # (2, 2) ends of the lists of jobs that go on in this instant: those just begun, those woken
    awaited: Ints  # (P, milestone, 2) ends of the list of jobs waiting for a milestone
    pool: Floats  # (Q, 4) this year's busy time, month it was last counted, grants, months waited
    use: Ints  # (Q, 4) orders in work, whether the waiting line is to be looked at, orders waiting, background orders arrived
    first_months: Floats  # (P,)
    latest_months: Floats  # (P,) of the last delivery so far
    completed: Ints  # (P,) 1 = the milestone of completion has been reached, though more may have become due since
    operational_months: Floats  # (P,)
    first_ticket: Floats  # (P, ticket)
    last_ticket: Floats  # (P, ticket) of the last delivery so far
    under_way: Ints  # (P, 2) at the horizon: first and last job not delivered, NONE = none
    headroom: Floats  # (PAY_YEARS,)


EVENTS_PER_BUCKET = 16
"""Buckets are so narrow that about so many events would stand in each, if every stage of every lot were one."""


def new_workspace(net: Network, horizon_months: float, events: int = 1024, orders: int = 64) -> Workspace:
    """A workspace for replications of one network, with room for so many events and orders of each waiting line."""
    programs, resources, stages = len(net.route), len(net.resource), net.lot_months.shape[1]
    ticks = int(horizon_months * MONTH_TICKS)
    bucket_bits = max(1, ticks * EVENTS_PER_BUCKET // max(1, net.lot_months.size)).bit_length() - 1
    buckets = (ticks >> bucket_bits) + 2
    draws = max(programs, len(net.lot) - net.first_opening) * stages
    return Workspace(
        address=np.zeros(2, np.int64),
        bucket_bits=bucket_bits,
        bucket_first=np.zeros(buckets, np.int32),
        bucket_last=np.zeros(buckets, np.int32),
        events=np.zeros(events, np.int64),
        following=np.zeros(events, np.int32),
        kept=np.zeros(4, np.int64),
        line_first=np.zeros((resources, orders), np.int64),
        line_second=np.zeros((resources, orders), np.int64),
        lines=np.zeros(2, np.int64),
        noisy=np.zeros(len(net.step), np.int64),
        stretch=np.ones(len(net.step)),
        walkable=np.zeros(len(net.step), np.int64),
        slots=np.zeros(len(net.lot), np.int64),
        jobs=np.zeros((net.jobs, len(JOB)), np.int32),
        times=np.zeros((net.jobs, TIMES)),
        visits=np.zeros((net.jobs, stages), np.int8),
        returns=np.zeros((net.jobs, stages), np.int8),
        outer=np.zeros((net.jobs, stages), np.int8),
        scores=np.zeros((net.jobs, stages)),
        sheet_key=np.zeros(draws, np.int64),
        sheet_index=np.zeros(draws, np.int64),
        sheet_place=np.zeros(draws, np.int64),
        sheet_uniform=np.zeros(draws),
        sheet_score=np.zeros(draws),
        ready=np.zeros((2, 2), np.int64),
        awaited=np.zeros((programs, len(MILESTONES), 2), np.int64),
        pool=np.zeros((resources, 4)),
        use=np.zeros((resources, 4), np.int64),
        first_months=np.zeros(programs),
        latest_months=np.zeros(programs),
        completed=np.zeros(programs, np.int64),
        operational_months=np.zeros(programs),
        first_ticket=np.zeros((programs, len(TICKET))),
        last_ticket=np.zeros((programs, len(TICKET))),
        under_way=np.zeros((programs, 2), np.int64),
        headroom=np.zeros(PAY_YEARS),
    )


def roomier(space: Workspace, net: Network, horizon_months: float) -> Workspace:
    """A workspace with room for twice as many events and orders."""
    return new_workspace(net, horizon_months, 2 * len(space.events), 2 * space.line_first.shape[1])


@kernel
def clear(space: Workspace, seed: int, replication: int) -> None:
    """Make a workspace ready for a replication."""
    space.address[SEED] = seed
    space.address[REPLICATION] = replication
    space.lines[:] = 0
    space.ready[:] = NONE
    space.slots[:] = NONE
    space.pool[:] = 0.0
    space.use[:] = 0
    space.awaited[:] = NONE
    space.under_way[:] = NONE
    space.first_months[:] = np.inf
    space.latest_months[:] = np.inf
    space.completed[:] = 0
    space.operational_months[:] = np.inf
    space.first_ticket[:, CONTRACT] = np.nan
    space.last_ticket[:, CONTRACT] = np.nan


@kernel
def read_stages(plan: Plan, w: World, net: Network, space: Workspace) -> None:
    """What the parameters of a replication, once gathered, make of each stage."""
    for i in range(len(net.step)):
        step, numbers, base = net.step[i], w.stage[i], net.base_months[i]
        varies = not (numbers[NOISE_MEDIAN] == 1.0 and numbers[NOISE_P90] == 1.0)
        noisy = plan.switch[W_STAGE_NOISE] == 1 and step[STEP_LINE] == 0 and varies
        space.noisy[i] = 1 if noisy else 0
        space.stretch[i] = numbers[DURATION] / base if base > 0.0 and step[STEP_LINE] == 0 else 1.0
        shares = step[STEP_RESOURCE] != NONE or step[STEP_AFTER_COUNT] > 0
        reads = step[STEP_SLOW_COUNT] > 0 or numbers[ELASTICITY] > 0.0
        fails = plan.switch[W_FAILURE] == 1 and numbers[FAILURE_PROBABILITY] > 0.0
        returns = plan.switch[W_REWORK] == 1 and step[STEP_REWORK_TO] != NONE and numbers[REWORK_PROBABILITY] > 0.0
        takes_effect = step[STEP_DELIVERS] == 1 or step[STEP_SERVES] == 1
        plain = space.stretch[i] == 1.0 and not (shares or reads or fails or returns or takes_effect)
        space.walkable[i] = 1 if plain else 0


@part
def append(space: Workspace, ends, slot: int) -> None:  # type: ignore[no-untyped-def]
    """Add a job to a list. ends: shape (2,)."""
    space.jobs[slot, NEXT] = NONE
    if ends[FIRST] == NONE:
        ends[FIRST] = slot
    else:
        space.jobs[ends[LAST], NEXT] = slot
    ends[LAST] = slot


@part
def take_ready(space: Workspace) -> int:
    """Take the next job that goes on in this instant off its list: one just begun, else one woken, else NONE."""
    ends = space.ready[JUST_BEGUN if space.ready[JUST_BEGUN, FIRST] != NONE else WOKEN]
    slot = ends[FIRST]
    if slot != NONE:
        ends[FIRST] = space.jobs[slot, NEXT]
    return slot


@part
def copy_ticket(source, target) -> None:  # type: ignore[no-untyped-def]
    """Copy a job's ticket (the first of its numbers)."""
    for field in range(len(TICKET)):
        target[field] = source[field]
