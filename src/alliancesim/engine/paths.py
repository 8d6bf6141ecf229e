"""Before the clock starts: one replication's parameters and exogenous paths."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from alliancesim.engine.exchange import draw_exchange
from alliancesim.kernels import kernel
from alliancesim.plan.fields import (
    BETWEEN,
    CONDITION,
    CURRENCY,
    DISRUPTION_MEDIAN,
    DISRUPTION_P90,
    GDP_BASE,
    GDP_REFERENCE,
    GROWTH,
    GROWTH_MEAN,
    GROWTH_MEDIAN,
    GROWTH_P90,
    GROWTH_PERSISTENCE,
    GROWTH_PROGRAM,
    GROWTH_SD,
    GROWTH_SYSTEM,
    HNS_MULT,
    NEW_TARIFF,
    NOISE_MEDIAN,
    NOISE_P90,
    NOISE_PROGRAM,
    NOISE_SYSTEM,
    NORDEN_FINAL,
    ON_DELIVERY,
    PAYMENT_FIELDS,
    PLAN_ESCALATION,
    PRESSURE_HALF_LIFE,
    PRESSURE_MULT,
    PROGRAM_FIELDS,
    RESOURCE,
    ROUND_OUTCOME,
    SHOCK,
    STAGE,
    SUPPORT_DRAG,
    SUPPORT_HALF_LIFE,
    TAX,
    TURBULENT,
    UNIT_COST,
    W_COST_GROWTH,
    W_DISRUPTIONS,
    W_ECONOMY,
    W_LINKAGE,
    W_STAGE_NOISE,
    WORKFORCE,
)
from alliancesim.plan.layout import BEFORE_MONTHS, MOST_DISRUPTIONS, NONE, PAY_YEARS, Compiled, Plan, World
from alliancesim.rules.cost import lognormal_factor, lognormal_sigma, norden_rayleigh_share
from alliancesim.rules.draws import exponential, normal_quantile, normals, quantile, uniform
from alliancesim.rules.economy import compound, next_growth
from alliancesim.rules.elementary import log
from alliancesim.rules.grid import snap_months
from alliancesim.rules.stages import common_score, own_loading


def new_world(compiled: Compiled) -> World:
    """Arrays for one replication, to be filled by `draw_world` again and again."""
    plan = compiled.plan
    programs, currencies = plan.program_share_at.shape
    span = plan.series_at.shape[1]
    resources = len(plan.resource_at)
    shapes: dict[str, tuple[int, ...]] = {
        "values": (len(compiled.params),),
        "series": plan.series_at.shape,
        "scalar": plan.scalar_at.shape,
        "currency": (currencies, len(CURRENCY)),
        "shock": (len(plan.shock_at), len(SHOCK)),
        "growth": (3, len(GROWTH)),
        "round_outcome": (len(plan.round_outcome_at), len(ROUND_OUTCOME)),
        "tax": (len(plan.tax_at), len(TAX)),
        "program": (programs, len(PROGRAM_FIELDS)),
        "share": (programs, currencies),
        "payment": (programs, len(PAYMENT_FIELDS)),
        "pay": (programs, PAY_YEARS),
        "unit_bn": (programs, span),
        "price_rate": (programs, currencies),
        "stage": (len(plan.stage_at), len(STAGE)),
        "resource": (resources, len(RESOURCE)),
        "regime_rate": (4, 4),
        "statement_rate": (4,),
        "rate": (currencies, BEFORE_MONTHS + 12 * plan.years),
        "market": (currencies, plan.years),
        "budget": (currencies, plan.years),
        "price": (2, span),
        "plan_growth": (plan.plan_growth_years,),
        "stage_sigma": (len(plan.stage_at),),
        "stage_own": (len(plan.stage_at),),
        "growth_log": (programs,),
        "disruption_begin": (resources, MOST_DISRUPTIONS),
        "disruption_end": (resources, MOST_DISRUPTIONS),
        "component_weight": plan.component_at.shape,
        "condition": (len(plan.condition_at), len(CONDITION)),
        "workforce": (len(plan.workforce_at), len(WORKFORCE)),
        "crew": plan.crew_at.shape,
        "effect": plan.effect_at.shape,
        "power": plan.power_at.shape,
    }
    arrays: dict[str, Any] = {name: np.zeros(shape) for name, shape in shapes.items()}
    return World(
        **arrays, **scores(plan), disruption_count=np.zeros(resources, np.int64), last_payment=np.zeros(programs, np.int64)
    )


def scores(plan: Plan) -> dict[str, Any]:
    """The addresses of a replication's scores in one array, the scores in another, and views of it by what they are for."""
    programs, currencies = plan.program_share_at.shape
    months = BEFORE_MONTHS + 12 * plan.years
    fiscal_years = plan.first_fy + np.arange(plan.series_at.shape[1])
    exchange_months = 12 * plan.first_fy - BEFORE_MONTHS + np.arange(months)
    blocks: dict[str, Any] = {
        "exchange_z": (plan.currency_key[:, None], exchange_months),
        "event_z": (plan.event_key[:, None], exchange_months),
        "jump_z": (plan.jump_key[:, None], exchange_months),
        "growth_z": (plan.growth_key[:, None], fiscal_years),
        "system_z": (plan.system_key[:, None], fiscal_years[: plan.years]),
        "program_z": (plan.program_noise_key, 0),
        "recruiting_z": (plan.workforce_key[:, None], fiscal_years[: plan.years]),
        "cost_z": (np.array([plan.system_key[plan.program_system], plan.program_growth_key]), 0),
    }
    pairs: dict[str, Any] = {name: np.broadcast_arrays(*block) for name, block in blocks.items()}
    keys, indices = (np.concatenate([pair[i].ravel() for pair in pairs.values()]).astype(np.int64) for i in (0, 1))
    score = np.zeros(len(keys))
    views, first = {}, 0
    for name, (key, _) in pairs.items():
        views[name] = score[first : first + key.size].reshape(key.shape)
        first += key.size
    return {"score_key": keys, "score_index": indices, "score_uniform": np.zeros(len(keys)), "score": score, **views}


@kernel
def gather_row(values, at, out):  # type: ignore[no-untyped-def]
    """out[i] = values[at[i]], 0 where there is no such number."""
    for i in range(len(at)):
        out[i] = values[at[i]] if at[i] >= 0 else 0.0


@kernel
def gather(values, at, out):  # type: ignore[no-untyped-def]
    """As `gather_row`, for each row of a table."""
    for i in range(len(at)):
        gather_row(values, at[i], out[i])


@kernel
def draw_world(plan: Plan, params, seed: int, replication: int, w: World) -> None:  # type: ignore[no-untyped-def]
    """Fill `w` for one replication. params: shape (parameter,), before its uncertain entries are drawn."""
    gather_parameters(plan, params, seed, replication, w)
    draw_paths(plan, seed, replication, w)


@kernel
def draw_paths(plan: Plan, seed: int, replication: int, w: World) -> None:
    """Draw a replication's exogenous paths, its parameters being gathered."""
    normals(seed, replication, w.score_key, w.score_index, w.score_uniform, w.score)
    draw_prices(plan, w)
    draw_exchange(plan, seed, replication, w)
    draw_common_causes(plan, w)
    draw_disruptions(plan, seed, replication, w)


@kernel
def gather_parameters(plan: Plan, params, seed: int, replication: int, w: World) -> None:  # type: ignore[no-untyped-def]
    """Draw uncertain parameters and spread the vector into tables."""
    v = w.values
    v[:] = params
    for i in range(len(plan.distribution_at)):
        a = plan.distribution_values[i]
        x = quantile(plan.distribution_kind[i], a[0], a[1], a[2], uniform(seed, replication, plan.distribution_key[i], 0))
        v[plan.distribution_at[i]] = min(max(x, plan.distribution_bounds[i, 0]), plan.distribution_bounds[i, 1])
    gather_row(v, plan.scalar_at, w.scalar)
    gather(v, plan.currency_at, w.currency)
    gather(v, plan.shock_at, w.shock)
    gather(v, plan.growth_at, w.growth)
    gather(v, plan.round_outcome_at, w.round_outcome)
    gather(v, plan.tax_at, w.tax)
    gather(v, plan.program_at, w.program)
    gather(v, plan.program_share_at, w.share)
    gather(v, plan.payment_at, w.payment)
    gather(v, plan.stage_at, w.stage)
    gather(v, plan.resource_at, w.resource)
    gather(v, plan.regime_at, w.regime_rate)
    gather_row(v, plan.statements_at, w.statement_rate)
    gather_row(v, plan.component_at, w.component_weight)
    gather(v, plan.condition_at, w.condition)
    gather(v, plan.workforce_at, w.workforce)
    gather(v, plan.crew_at, w.crew)
    gather_row(v, plan.effect_at, w.effect)
    gather_row(v, plan.power_at, w.power)
    if plan.switch[W_LINKAGE] == 0:
        w.scalar[PRESSURE_HALF_LIFE] = math.inf
        w.scalar[SUPPORT_HALF_LIFE] = math.inf
        w.scalar[SUPPORT_DRAG] = 0.0
    fill_absent(plan, w)
    spread_series(plan, w)
    spread_payments(plan, w)
    spread_prices(plan, w)
    for i in range(len(w.stage_sigma)):
        median = w.stage[i, NOISE_MEDIAN]
        w.stage_sigma[i] = lognormal_sigma(median, w.stage[i, NOISE_P90]) if median > 0.0 else 0.0
        w.stage_own[i] = own_loading(w.stage[i, NOISE_SYSTEM], w.stage[i, NOISE_PROGRAM])


@kernel
def fill_absent(plan: Plan, w: World) -> None:
    """Numbers that a scenario leaves out and that are not 0 then."""
    if plan.scalar_at[GDP_REFERENCE] == NONE:
        w.scalar[GDP_REFERENCE] = w.scalar[GDP_BASE]
    for c in range(len(plan.currency_at)):
        if plan.currency_at[c, TURBULENT] == NONE:
            w.currency[c, TURBULENT] = -1.0  # that of the long run
    for i in range(len(plan.round_outcome_at)):
        if plan.round_outcome_at[i, PRESSURE_MULT] == NONE:
            w.round_outcome[i, PRESSURE_MULT] = 1.0
        if plan.round_outcome_at[i, HNS_MULT] == NONE:
            w.round_outcome[i, HNS_MULT] = 1.0
        if plan.round_outcome_at[i, NEW_TARIFF] == NONE:
            w.round_outcome[i, NEW_TARIFF] = -1.0  # as it was
    for p in range(len(plan.program_at)):
        if plan.program_at[p, UNIT_COST] == NONE:
            w.program[p, UNIT_COST] = plan.fallback_unit_bn[p]


@kernel
def spread_series(plan: Plan, w: World) -> None:
    """Dated series by fiscal year; a year without a number of its own has the last one before it, grown."""
    v = w.values
    for d in range(plan.series_at.shape[0]):
        growth = v[plan.series_growth_at[d]] if plan.series_growth_at[d] >= 0 else 0.0
        for y in range(plan.series_at.shape[1]):
            if plan.series_at[d, y] >= 0:
                grown = compound(growth, float(plan.series_power[d, y])) if growth != 0.0 else 1.0
                w.series[d, y] = v[plan.series_at[d, y]] * grown
            else:
                w.series[d, y] = 0.0


@kernel
def spread_payments(plan: Plan, w: World) -> None:
    """Each program's shares of payment by year since contract, and the last year that has one."""
    gather(w.values, plan.payment_share_at, w.pay)
    for p in range(len(plan.payment_years)):
        years = plan.payment_years[p]
        for k in range(PAY_YEARS):
            if years > 0:
                w.pay[p, k] = norden_rayleigh_share(k, years, w.payment[p, NORDEN_FINAL]) if k < years else 0.0
            w.pay[p, k] *= 1.0 - w.payment[p, ON_DELIVERY]
            if k == 0 or w.pay[p, k] > 0.0:
                w.last_payment[p] = k if w.pay[p, k] > 0.0 else NONE


@kernel
def spread_prices(plan: Plan, w: World) -> None:
    """Planned growth of prices, and each program's planned unit costs and the rates behind them."""
    for i in range(len(w.plan_growth)):
        w.plan_growth[i] = compound(w.scalar[PLAN_ESCALATION], float(plan.plan_growth_first + i))
    for p in range(len(plan.program_at)):
        for y in range(w.unit_bn.shape[1]):
            w.unit_bn[p, y] = planned_unit(plan, w, p, y)
        for c in range(len(plan.process)):
            w.price_rate[p, c] = price_rate(plan, w, p, c)


@kernel
def price_rate(plan: Plan, w: World, p: int, c: int) -> float:
    """The rate at which a program's planned price was put into home currency: its price year's budget rate, else the plan's."""
    year = plan.program_price_year[p]
    if 0 <= year < plan.years and plan.budget_at[c, year] >= 0:
        return w.values[plan.budget_at[c, year]]
    return w.series[plan.currency_series + c, max(0, year)]


@kernel
def planned_unit(plan: Plan, w: World, p: int, y: int) -> float:
    """Planned cost of a unit in year y, bn: on record, else at that year's planned prices (a unit of value keeps its bn)."""
    if not math.isnan(plan.recorded_unit_bn[p, y]):
        return plan.recorded_unit_bn[p, y]
    if plan.program_divisible[p] == 1:
        return w.program[p, UNIT_COST]
    return w.program[p, UNIT_COST] * w.plan_growth[y - plan.program_price_year[p] - plan.plan_growth_first]


@kernel
def draw_prices(plan: Plan, w: World) -> None:
    """Innovations of growth and recruiting, none while the past is fact; two price indices, 1 in the first fiscal year."""
    w.growth_z[:, : plan.as_of_year + 1] = 0.0
    w.recruiting_z[:, : plan.as_of_year + 1] = 0.0
    if plan.switch[W_ECONOMY] == 0:
        w.growth_z[:] = 0.0
        w.recruiting_z[:] = 0.0
    for i in range(2):
        growth = w.growth[1 + i, GROWTH_MEAN]
        index = 1.0
        for y in range(w.price.shape[1]):
            at = plan.growth_known_at[1 + i, y]
            if at >= 0:
                growth = w.values[at]
            else:
                z = w.growth_z[1 + i, y]
                row = w.growth[1 + i]
                growth = next_growth(growth, row[GROWTH_MEAN], row[GROWTH_PERSISTENCE], row[GROWTH_SD], z)
            if y > 0:
                index *= 1.0 + growth
            w.price[i, y] = index


@kernel
def draw_common_causes(plan: Plan, w: World) -> None:
    """Cost growth still to come; scores shared by the stages of a system in a year and by those of a program, if stages vary."""
    for p in range(len(w.program_z)):
        w.growth_log[p] = 0.0
        if plan.switch[W_COST_GROWTH] == 1:
            row = w.program[p]
            c = own_loading(row[GROWTH_SYSTEM], row[GROWTH_PROGRAM])
            common = common_score(row[GROWTH_SYSTEM], w.cost_z[0, p], row[GROWTH_PROGRAM], w.program_z[p])
            score = common + c * w.cost_z[1, p]
            sigma = lognormal_sigma(row[GROWTH_MEDIAN], row[GROWTH_P90])
            w.growth_log[p] = log(lognormal_factor(row[GROWTH_MEDIAN], sigma, score))
    if plan.switch[W_STAGE_NOISE] == 0:
        w.system_z[:] = 0.0
        w.program_z[:] = 0.0


@kernel
def draw_disruptions(plan: Plan, seed: int, replication: int, w: World) -> None:
    """Alternating renewal of every resource after the as-of date."""
    for q in range(len(plan.disruption_key)):
        w.disruption_count[q] = 0
        row = w.resource[q]
        if plan.switch[W_DISRUPTIONS] == 0 or row[BETWEEN] <= 0.0:
            continue
        now = plan.as_of_months
        sigma = lognormal_sigma(row[DISRUPTION_MEDIAN], row[DISRUPTION_P90])
        for i in range(MOST_DISRUPTIONS):
            gap = exponential(uniform(seed, replication, plan.disruption_key[q], 2 * i)) * row[BETWEEN]
            score = normal_quantile(uniform(seed, replication, plan.disruption_key[q], 2 * i + 1))
            begin = snap_months(now + gap)
            if begin >= plan.horizon_months:
                break
            now = snap_months(begin + lognormal_factor(row[DISRUPTION_MEDIAN], sigma, score))
            w.disruption_begin[q, i] = begin
            w.disruption_end[q, i] = now
            w.disruption_count[q] = i + 1
