"""What the force adds up to at a year's end: readiness, packages, and the points of the scorecard's areas."""

from __future__ import annotations

from alliancesim.engine.conditions import condition_now
from alliancesim.kernels import kernel
from alliancesim.plan.columns import (
    AVAILABILITY,
    CAPABILITY,
    COMPONENTS,
    CONTRACTED_BN,
    SCORE,
    SUSTAINMENT_NEEDED,
    SUSTAINMENT_PAID,
)
from alliancesim.plan.fields import (
    BUCKET_ARRAY,
    CONDITION_ARRAY,
    CURRENCY_ARRAY,
    FISCAL_ARRAY,
    INDICATOR_HIGH,
    INDICATOR_LOW,
    INDICATOR_WEIGHT,
    PROGRAM_ARRAY,
    READINESS_ELASTICITY,
    S_READINESS_NEED,
    SUSTAINMENT,
    WORKFORCE_ARRAY,
)
from alliancesim.plan.layout import LINK_REGIME, Outcomes, Plan, State, World
from alliancesim.rules.capability import anchored_score, area_points, availability, ces, filled_share


@kernel
def read_capability(plan: Plan, w: World, s: State, out: Outcomes, y: int, t: float) -> None:
    """Fill readiness, packages and areas of year y, whose other outcomes are read already. t: month of the year's end."""
    read_readiness(plan, w, s, out, y)
    for m in range(len(plan.package_elasticity_at)):
        read_package(plan, w, s, out, m, y, t)
    for a in range(len(plan.indicator_first) - 1):
        out.area_year[a, y, SCORE] = area_score(plan, w, out, a, y)


@kernel
def read_readiness(plan: Plan, w: World, s: State, out: Outcomes, y: int) -> None:
    """Sustainment needed and paid in year y, and the availability that results."""
    row = out.fiscal[y]
    need = w.series[S_READINESS_NEED, y]
    paid = 0.0
    for p in range(len(s.operational)):
        need += s.operational[p] * w.program[p, SUSTAINMENT]
        if plan.readiness_bucket >= 0 and plan.program_bucket[p] == plan.readiness_bucket:
            paid += out.program_year[p, y, CONTRACTED_BN]
    row[SUSTAINMENT_NEEDED] = need * w.price[0, y]
    row[SUSTAINMENT_PAID] = paid
    row[AVAILABILITY] = availability(paid, row[SUSTAINMENT_NEEDED], w.scalar[READINESS_ELASTICITY])


@kernel
def read_package(plan: Plan, w: World, s: State, out: Outcomes, m: int, y: int, t: float) -> None:
    """Components and capability of package m."""
    first, end = plan.component_first[m], plan.component_first[m + 1]
    for i in range(first, end):
        s.component[i] = filled(plan, w, s, i)
    capability = ces(s.component[first:end], w.component_weight[first:end], w.values[plan.package_elasticity_at[m]])
    out.package_year[m, y, COMPONENTS] = capability
    for e in range(plan.enabler_first[m], plan.enabler_first[m + 1]):
        capability *= enabler_share(plan, w, s, e, t)
    out.package_year[m, y, CAPABILITY] = capability


@kernel
def filled(plan: Plan, w: World, s: State, i: int) -> float:
    """How much of a component is operational, or of an enabler (numbered after all components)."""
    parts = 0.0
    for k in range(plan.target_first[i], plan.target_first[i + 1]):
        units = w.values[plan.target_at[k]]
        parts += s.operational[plan.target_program[k]] / units if units > 0.0 else 1.0
    return filled_share(parts)


@kernel
def enabler_share(plan: Plan, w: World, s: State, e: int, t: float) -> float:
    """The factor of an enabler: the largest of what is owned, what the ally lends, and its condition."""
    share = filled(plan, w, s, len(s.component) + e)
    ally = plan.enabler_ally_at[e, int(s.link[LINK_REGIME])]
    if ally >= 0:
        share = max(share, w.values[ally])
    if plan.enabler_condition[e] >= 0:
        share = max(share, min(1.0, condition_now(w, s, plan.enabler_condition[e], t)))
    return share


@kernel
def area_score(plan: Plan, w: World, out: Outcomes, a: int, y: int) -> float:
    """Points of an area of the scorecard in year y."""
    points = weights = 0.0
    for i in range(plan.indicator_first[a], plan.indicator_first[a + 1]):
        at = plan.indicator_at[i]
        weight = w.values[at[INDICATOR_WEIGHT]]
        weights += weight
        points += weight * anchored_score(outcome_at(plan, out, i, y), w.values[at[INDICATOR_LOW]], w.values[at[INDICATOR_HIGH]])
    return area_points(points, weights)


@kernel
def outcome_at(plan: Plan, out: Outcomes, i: int, y: int) -> float:
    """The outcome of year y that indicator i reads."""
    array, row, column = plan.indicator_place[i, 0], plan.indicator_place[i, 1], plan.indicator_place[i, 2]
    if array == FISCAL_ARRAY:
        return out.fiscal[y, column]
    if array == CURRENCY_ARRAY:
        return out.currency[row, y, column]
    if array == BUCKET_ARRAY:
        return out.bucket[row, y]
    if array == PROGRAM_ARRAY:
        return out.program_year[row, y, column]
    if array == CONDITION_ARRAY:
        return out.condition[row, y, column]
    if array == WORKFORCE_ARRAY:
        return out.workforce[row, y, column]
    return out.package_year[row, y, column]
