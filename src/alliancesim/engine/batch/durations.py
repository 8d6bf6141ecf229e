"""How long the stages of a job of the batch engine last: its noise, and what conditions add."""

from __future__ import annotations

from alliancesim.engine.batch.workspace import (
    FIRST_DRAW,
    GATE,
    PLAIN,
    PROGRAM,
    REPLICATION,
    SEED,
    SHARE,
    TRANCHE,
    Workspace,
)
from alliancesim.engine.conditions import slow_cause, slow_mult
from alliancesim.engine.ledger import CHARGED
from alliancesim.engine.noise import months_at, noisy_months
from alliancesim.engine.occupancy import year_of
from alliancesim.kernels import kernel, part
from alliancesim.plan.fields import NOISE_MEDIAN, NOISE_PROGRAM, NOISE_SYSTEM
from alliancesim.plan.layout import NONE, Plan, State, World
from alliancesim.plan.network import STEP_KEY, STEP_SLOW_COUNT, STEP_SLOW_FIRST, STEP_SYSTEM, Network
from alliancesim.rules.grid import snap_duration
from alliancesim.rules.stages import drawn_months


@part
def first_visit_months(
    plan: Plan, w: World, net: Network, space: Workspace, slot: int, k: int, i: int, planned: float, t: float
) -> float:
    """Duration of stage k of a job, row i of the stage table, when the first tranche of its lot begins it for the first time."""
    if space.noisy[i] == 0 or planned <= 0.0:
        return planned
    numbers, program_z = w.stage[i], w.program_z[space.jobs[slot, PROGRAM]]
    # a stage without a common cause need not wait for the month it begins
    common_z = w.system_z[net.step[i, STEP_SYSTEM], year_of(t, plan.years)] if numbers[NOISE_SYSTEM] != 0.0 else 0.0
    return months_at(planned, numbers[NOISE_MEDIAN], w.stage_sigma[i], numbers[NOISE_SYSTEM], numbers[NOISE_PROGRAM],
                     w.stage_own[i], common_z, program_z, space.scores[slot, k])  # fmt: skip


@part
def own_months(plan: Plan, w: World, net: Network, space: Workspace, slot: int, k: int, i: int, t: float) -> float:
    """Duration of stage k of a job, row i of the stage table, begun at month t, before pressure and conditions."""
    job, mine = space.jobs[slot], space.times[slot]
    plain, stretch = mine[PLAIN], space.stretch[i]
    scale = mine[SHARE] if job[GATE] != NONE else 1.0
    elapsed = plan.as_of_months - t
    own = drawn_months(plain, stretch * scale, elapsed)
    if space.noisy[i] == 1 and own > 0.0 and elapsed < own:
        if elapsed <= 0.0 and space.visits[slot, k] == 0 and job[TRANCHE] == 0:
            return first_visit_months(plan, w, net, space, slot, k, i, own, t)
        return other_visit_months(plan, w, net, space, slot, k, i, own, t)
    return snap_duration(own) if own != plain and own > 0.0 else own


@kernel
def other_visit_months(
    plan: Plan, w: World, net: Network, space: Workspace, slot: int, k: int, i: int, planned: float, t: float
) -> float:
    """As `first_visit_months`, of a stage that had begun by the as-of date, is visited again, or is another tranche's."""
    job, numbers = space.jobs[slot], w.stage[i]
    common_z = w.system_z[net.step[i, STEP_SYSTEM], year_of(t, plan.years)]
    return noisy_months(planned, max(plan.as_of_months - t, 0.0), numbers[NOISE_MEDIAN], w.stage_sigma[i], numbers[NOISE_SYSTEM],
                        numbers[NOISE_PROGRAM], w.stage_own[i], common_z, w.program_z[job[PROGRAM]], space.address[SEED],
                        space.address[REPLICATION], net.step[i, STEP_KEY],
                        int(job[FIRST_DRAW]) + int(space.visits[slot, k]))  # fmt: skip


@kernel
def slow_down(plan: Plan, w: World, s: State, step, times, repeated: bool, t: float, months: float) -> float:  # type: ignore[no-untyped-def]
    """Months of a job's stage that begins at month t, as conditions are; what they add is charged unless it is repeated."""
    work = months
    for n in range(step[STEP_SLOW_FIRST], step[STEP_SLOW_FIRST] + step[STEP_SLOW_COUNT]):
        mult = slow_mult(plan, w, s, n, t)
        longer = work if mult == 1.0 else snap_duration(work * mult)
        if not repeated:
            times[CHARGED + slow_cause(plan, n)] += longer - work
        work = longer
    return work
