"""Conditions and workforces as they move: effects of milestones, a year's recruiting, and what reads them."""

from __future__ import annotations

from alliancesim.engine.alliance import rebase, support_now
from alliancesim.engine.occupancy import count_room
from alliancesim.kernels import kernel
from alliancesim.plan.columns import APPROVAL, ESTIMATE, REQUIRED, STAFFED, STAFFING, STOCK, VALUE
from alliancesim.plan.fields import (
    ATTRITION,
    CEILING,
    COMPLETION_EVENT,
    DECAY_ELASTICITY,
    FLOOR,
    INITIAL,
    MILESTONES,
    PLANNED_STAFFING,
    PRESSURE_HALF_LIFE,
    RECRUITING,
    RECRUITING_SD,
    SUPPORT_FLOOR,
    SUPPORT_INITIAL,
    W_EFFECTS,
    W_LINKAGE,
    W_WORKFORCE,
)
from alliancesim.plan.layout import LINK_HALF_LIFE, Outcomes, Plan, State, World
from alliancesim.rules.conditions import kept_within, next_stock, power_mult, staffing_share


@kernel
def condition_now(w: World, s: State, i: int, t: float) -> float:
    """Value of condition i at month t; the number after the last is domestic support over its start. Reading changes nothing."""
    if i == len(s.condition):
        floor = w.scalar[SUPPORT_FLOOR]
        return max(floor, support_now(w, s, t)) / max(floor, w.scalar[SUPPORT_INITIAL])
    return s.condition[i]


@kernel
def begin_conditions(plan: Plan, w: World, s: State) -> None:
    """Conditions, workforces and what they scale as they stand at the start of the first fiscal year."""
    for i in range(len(s.condition)):
        s.condition[i] = 1.0
        if i < plan.workforce_first:
            s.condition[i] = kept_within(w.condition[i, INITIAL], w.condition[i, FLOOR], w.condition[i, CEILING])
    for h in range(len(s.stock)):
        at = plan.workforce_known_at[h, 0]
        s.stock[h] = w.values[at] if at >= 0 else w.condition[plan.workforce_first + h, INITIAL]
        read_staffing(plan, w, s, h, 0, 0.0)
    s.link[LINK_HALF_LIFE] = w.scalar[PRESSURE_HALF_LIFE]
    if plan.decay_condition >= 0:
        s.link[LINK_HALF_LIFE] /= power_mult(s.condition[plan.decay_condition], w.scalar[DECAY_ELASTICITY])
    s.room[:] = 0.0
    s.scale[:] = 1.0
    rescale(plan, w, s, 0.0)


@kernel
def rescale(plan: Plan, w: World, s: State, t: float) -> None:
    """Bring the factors on resources' capacity to the values of conditions at month t."""
    first = len(plan.stage_at)
    for q in range(len(s.scale)):
        scale = product(plan, w, s, first + q, t)
        if scale != s.scale[q]:
            count_room(plan, w, s, q, t)
            s.scale[q] = scale


@kernel
def product(plan: Plan, w: World, s: State, owner: int, t: float) -> float:
    """Product of value^elasticity over the conditions that an owner of factors reads, 1 where it reads none."""
    total = 1.0
    for n in range(plan.power_first[owner], plan.power_first[owner + 1]):
        total *= power_mult(condition_now(w, s, plan.power_condition[n], t), w.power[n])
    return total


@kernel
def slow_mult(plan: Plan, w: World, s: State, n: int, t: float) -> float:
    """Factor value^-elasticity of one condition on a stage that begins at month t."""
    return power_mult(condition_now(w, s, plan.power_condition[n], t), -w.power[n])


@kernel
def slow_cause(plan: Plan, n: int) -> int:
    """Cause of delay to which such a factor is charged: staffing, approval for domestic support, else estimate."""
    i = plan.power_condition[n]
    if i < plan.workforce_first:
        return ESTIMATE
    return STAFFING if i < len(plan.condition_at) else APPROVAL


@kernel
def move(plan: Plan, w: World, s: State, i: int, value: float, t: float) -> None:
    """A condition takes a value, or the bound it passes. Pressure that decays by it goes on from where it stands at month t."""
    s.condition[i] = kept_within(value, w.condition[i, FLOOR], w.condition[i, CEILING])
    if i == plan.decay_condition and plan.switch[W_LINKAGE] == 1:
        half_life = w.scalar[PRESSURE_HALF_LIFE] / power_mult(s.condition[i], w.scalar[DECAY_ELASTICITY])
        if half_life != s.link[LINK_HALF_LIFE]:
            rebase(w, s, t)
            s.link[LINK_HALF_LIFE] = half_life


@kernel
def apply_effects(plan: Plan, w: World, s: State, p: int, milestone: int, t: float) -> bool:
    """A program reaches a milestone at month t of the clock. Returns whether this moves conditions.

    What was reached before the first fiscal year is part of its start: by its end at month 0, or with units delivered before.
    """
    at = p * len(MILESTONES) + milestone
    first, last = plan.effect_first[at], plan.effect_first[at + 1]
    if first == last or t <= 0.0 or plan.switch[W_EFFECTS] == 0:
        return False
    if milestone != COMPLETION_EVENT and plan.delivered_before[p] > 0.0:
        return False
    for n in range(first, last):
        i = plan.effect_condition[n]
        value = s.condition[i] * w.effect[n] if plan.effect_is_mult[n] == 1 else s.condition[i] + w.effect[n]
        move(plan, w, s, i, value, t)
    rescale(plan, w, s, t)
    return True


@kernel
def read_staffing(plan: Plan, w: World, s: State, h: int, y: int, t: float) -> None:
    """What a workforce must be in fiscal year y, which begins at month t, and the staffing share that others read of it."""
    required = w.series[plan.workforce_series + 2 * h, y]
    for p in range(len(s.operational)):
        required += w.crew[p, h] * (s.operational[p] - plan.delivered_before[p])
    s.required[h] = required
    if plan.switch[W_WORKFORCE] == 1:
        staffed = staffing_share(s.stock[h], required) / w.workforce[h, PLANNED_STAFFING]
        move(plan, w, s, plan.workforce_first + h, staffed, t)


@kernel
def staff_year(plan: Plan, w: World, s: State, y: int, t: float) -> None:
    """The start of fiscal year y at month t, before its budget: who has left, who was recruited, how many are needed."""
    if y == 0 or len(s.stock) == 0 or plan.switch[W_WORKFORCE] == 0:
        return
    first = len(plan.stage_at) + len(plan.resource_at)
    for h in range(len(s.stock)):
        at = plan.workforce_known_at[h, y]
        if at >= 0:
            s.stock[h] = w.values[at]
            continue
        cohort = w.series[plan.workforce_series + 2 * h + 1, y]
        row = w.workforce[h]
        s.stock[h] = next_stock(s.stock[h], row[ATTRITION], cohort, row[RECRUITING], row[RECRUITING_SD], w.recruiting_z[h, y],
                                product(plan, w, s, first + h, t))  # fmt: skip
    for h in range(len(s.stock)):
        read_staffing(plan, w, s, h, y, t)
    rescale(plan, w, s, t)


@kernel
def read_conditions(plan: Plan, w: World, s: State, out: Outcomes, y: int) -> None:
    """The year-end reading of conditions and workforces."""
    for i in range(plan.workforce_first):
        out.condition[i, y, VALUE] = s.condition[i]
    for h in range(len(s.stock)):
        cell = out.workforce[h, y]
        cell[STOCK] = s.stock[h]
        cell[REQUIRED] = s.required[h]
        cell[STAFFED] = s.condition[plan.workforce_first + h] * w.workforce[h, PLANNED_STAFFING]
