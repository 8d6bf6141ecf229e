"""What changes the plan at a budget: revisions of the build-up plan, diversion to another channel, and the cost review."""

from __future__ import annotations

from alliancesim.engine.contract import backlog_years, cost_factors, drop_backlog
from alliancesim.engine.delivery import count_total
from alliancesim.kernels import kernel
from alliancesim.plan.columns import CANCELED, HELD, POWER_LOST
from alliancesim.plan.columns import REVISION as REVISION_COLUMN
from alliancesim.plan.fields import (
    CANCELLATION_PROBABILITY,
    CANCELLATION_SHARE,
    HOLD_PROBABILITY,
    REVIEW_SHARE,
    TOPLINE_ADD,
    TOPLINE_SHARE,
    W_COST_REVIEW,
    W_DIVERSION,
    W_REVISION,
)
from alliancesim.plan.layout import CANCELLATION_REVIEWED, LINK_REGIME, NONE, REVIEWED, UNREVIEWED, Outcomes, Plan, State, World
from alliancesim.rules.draws import uniform
from alliancesim.rules.grid import snap_bn
from alliancesim.rules.money import own_growth, scaled_units

HOLD_DRAW, CANCELLATION_DRAW = range(2)
"""Indices of a program's two review draws: each review happens once."""


@kernel
def revised_topline_bn(plan: Plan, w: World, v: int, k: int, topline: float, gdp: float) -> float:
    """The topline of year k, in bn, as revision v makes it of the one before."""
    topline *= w.values[plan.revision_mult_at[v]]
    if plan.revision_topline[v] == TOPLINE_SHARE:
        return w.series[plan.revision_series + v, k] * gdp
    if plan.revision_topline[v] == TOPLINE_ADD:
        return topline + w.series[plan.revision_series + v, k]
    return topline


@kernel
def change_plan(plan: Plan, w: World, s: State, out: Outcomes, seed: int, replication: int, y: int) -> bool:
    """Change what is due from year y on, before its budget; what was appropriated up to the as-of year is fact.

    Returns whether it has changed.
    """
    changed = False
    if y > plan.as_of_year:
        changed = follow_authority(plan, w, s, y)
        if plan.switch[W_REVISION] == 1:
            for v in range(len(s.revised)):
                if s.revised[v] == NONE and comes_into_force(plan, w, s, out, v, y):
                    revise(plan, w, s, v, y)
                    changed = True
        if plan.switch[W_DIVERSION] == 1:
            changed = divert(plan, s, y) or changed
        if plan.switch[W_COST_REVIEW] == 1 and plan.review_at[REVIEW_SHARE] != NONE:
            for p in range(len(plan.review_key)):
                changed = review_cost(plan, w, s, out, seed, replication, p, y) or changed
        if changed:
            count_total(plan, s)
    for v in range(len(s.revised)):
        if s.revised[v] != NONE:
            out.fiscal[y, REVISION_COLUMN] += 1.0
    return changed


@kernel
def follow_authority(plan: Plan, w: World, s: State, y: int) -> bool:
    """Have residual programs take what year y's authority, as drawn, has beyond its plan, or lacks. Returns whether any do."""
    changed = False
    for b in range(len(plan.bucket_residual)):
        r = plan.bucket_residual[b]
        beyond = snap_bn((w.series[plan.bucket_series + b, y] - plan.bucket_planned_bn[b, y]) * s.authority_mult[b])
        if r != NONE and beyond != 0.0:
            leave_residual(s, b, y, beyond)
            s.due[r, y] = max(0.0, s.residual[b, y])
            changed = True
    return changed


@kernel
def comes_into_force(plan: Plan, w: World, s: State, out: Outcomes, v: int, y: int) -> bool:
    """Whether revision v comes into force with the budget of year y: by its date, or early by a trigger."""
    t = 12.0 * y
    if t >= plan.revision_months[v]:
        return True
    if t < plan.revision_earliest[v]:
        return False
    lost_at = plan.revision_lost_at[v]
    if lost_at != NONE and y > 0 and out.fiscal[y - 1, POWER_LOST] >= w.values[lost_at]:
        return True
    if plan.revision_regime[v] != NONE and s.link[LINK_REGIME] == plan.revision_regime[v]:
        return True
    return plan.revision_demand[v] == 1 and s.demand[len(s.demand) - 1] > 0.0


@kernel
def revise(plan: Plan, w: World, s: State, v: int, y: int) -> None:
    """Put revision v in force with year y: authority, then programs added, scaled and canceled, then residuals."""
    for b in range(len(s.authority_mult)):
        at = plan.revision_authority_at[v, b]
        if at != NONE:
            mult = s.authority_mult[b] * w.values[at]
            for k in range(y, s.due.shape[1]):
                authority = w.series[plan.bucket_series + b, k] if k == y else plan.bucket_planned_bn[b, k]
                leave_residual(s, b, k, authority * (mult - s.authority_mult[b]))
            s.authority_mult[b] = mult
    for p in range(s.due.shape[0]):
        adds = plan.revision_adds[v, p] == 1 and not added_before(plan, s, v, p)
        scale_at = plan.revision_scale_at[v, p]
        for k in range(y, s.due.shape[1]):
            units = plan.lot_units[p, k] if adds else s.due[p, k]
            if scale_at != NONE:
                units = scaled_units(units, w.values[scale_at], plan.program_divisible[p] == 1)
            if plan.revision_cancels[v, p] == 1:
                units = 0.0
            if units != s.due[p, k]:
                if plan.program_free[p] == 0:
                    leave_residual(s, plan.program_bucket[p], k, (s.due[p, k] - units) * w.unit_bn[p, k])
                s.due[p, k] = units
        if plan.revision_cancels[v, p] == 1:
            drop_backlog(s, p)
    for b in range(len(plan.bucket_residual)):
        r = plan.bucket_residual[b]
        if r != NONE:
            for k in range(y, s.due.shape[1]):
                s.due[r, k] = max(0.0, s.residual[b, k])
    s.revised[v] = y


@kernel
def added_before(plan: Plan, s: State, v: int, p: int) -> bool:
    """Whether a revision other than v has added program p."""
    for other in range(len(s.revised)):
        if other != v and s.revised[other] != NONE and plan.revision_adds[other, p] == 1:
            return True
    return False


@kernel
def leave_residual(s: State, b: int, k: int, bn: float) -> None:
    """Have a bucket's residual program take what others leave of year k's authority (below 0: what they take)."""
    s.residual[b, k] += snap_bn(bn)


@kernel
def divert(plan: Plan, s: State, y: int) -> bool:
    """In a regime that calls for it, units newly due of a program become due of the one it is diverted to. True if any do."""
    changed = False
    for p in range(len(plan.divert_to)):
        other = plan.divert_to[p]
        if other != NONE and plan.divert_regimes[p, int(s.link[LINK_REGIME])] == 1:
            s.due[other, y] += s.due[p, y]
            s.due[p, y] = 0.0
            changed = True
    return changed


@kernel
def review_cost(plan: Plan, w: World, s: State, out: Outcomes, seed: int, replication: int, p: int, y: int) -> bool:
    """Review a program whose units due in year y have grown dear by its own making; each of the two reviews happens once.

    Returns whether what is not contracted is dropped.
    """
    asked = s.wanted[p] + s.due[p, y]
    if asked <= 0.0 or s.review[p] == CANCELLATION_REVIEWED:
        return False
    if plan.program_free[p] == 1 or plan.bucket_residual[plan.program_bucket[p]] == p:
        return False
    _, _, _, learning, growth, stretch = cost_factors(plan, w, s, p, y, asked, backlog_years(s, p, y) / asked)
    grown = own_growth(learning, growth, stretch)
    key = plan.review_key[p]
    first = s.review[p] == UNREVIEWED and grown >= w.values[plan.review_at[REVIEW_SHARE]]
    if first:
        s.review[p] = REVIEWED
    if s.review[p] == REVIEWED and grown >= w.values[plan.review_at[CANCELLATION_SHARE]]:
        s.review[p] = CANCELLATION_REVIEWED
        if uniform(seed, replication, key, CANCELLATION_DRAW) < w.values[plan.review_at[CANCELLATION_PROBABILITY]]:
            drop_backlog(s, p)
            s.due[p, y:] = 0.0
            out.program[p, CANCELED] = 1.0
            return True
    if first and uniform(seed, replication, key, HOLD_DRAW) < w.values[plan.review_at[HOLD_PROBABILITY]]:
        s.held[p] = y
        out.program[p, HELD] = 1.0
    return False
