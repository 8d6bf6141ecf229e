"""The contract between compiler and engines: what the plan, a replication's world, its state and its outcomes hold.

Letters in shapes: P program, L lot, S stage (flat over programs), C currency, Q resource, Y fiscal year of the horizon,
X = Y + TAIL_YEARS, D dated series, B bucket, K noise system, R round, V revision (in the order of their dates), H workforce,
N condition (those of the scenario, then the staffing shares of workforces), M package, A area of the scorecard, U parameter
that is drawn. ``*_at`` arrays hold positions in the parameter vector (-1 = none, read as 0).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alliancesim.plan.structure import Labels, LotSlot, Stages
from alliancesim.scenario.history import BEFORE_MONTHS as BEFORE_MONTHS
from alliancesim.scenario.pipelines import MOST_DISRUPTIONS as MOST_DISRUPTIONS
from alliancesim.scenario.pipelines import PAY_YEARS as PAY_YEARS
from alliancesim.scenario.values import TAIL_YEARS as TAIL_YEARS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NONE = -1
NEVER = float("inf")


class Plan(NamedTuple):
    """A compiled scenario: read-only structure. Numbers that are parameters stand in the vector beside it."""

    years: int  # Y
    first_fy: int
    as_of_months: float  # model time up to which everything is fact
    as_of_year: int  # index of the last fiscal year whose budget is fact, NONE if none
    horizon_months: float
    switch: Ints  # (switch,) 0/1
    topline_is_share: int  # 0/1
    plan_window_years: int
    passthrough_lag_months: int
    budget_first_before: int
    budget_last_before: int
    # parameters ------------------------------------------------------------------------------------------------
    distribution_at: Ints  # (U,)
    distribution_kind: Ints  # (U,)
    distribution_values: Floats  # (U, 3)
    distribution_bounds: Floats  # (U, 2)
    distribution_key: Ints  # (U,)
    scalar_at: Ints  # (scalar,)
    series_at: Ints  # (D, X)
    series_growth_at: Ints  # (D,)
    series_power: Ints  # (D, X)
    # exchange and economy --------------------------------------------------------------------------------------
    currency_at: Ints  # (C, field)
    process: Ints  # (C,) code of rules.exchange
    correlation_at: Ints  # (C, C), NONE = 0 off the diagonal
    history_rate: Floats  # (C, BEFORE_MONTHS + months of fact)  unit: home per unit
    last_log_rate: Floats  # (C,) log of the last month-end of fact; nan = from spot_rate
    budget_at: Ints  # (C, Y) budget rates already set
    currency_key: Ints  # (C,)
    event_key: Ints  # (C,) of jumps and changes of state; none where no currency has them
    jump_key: Ints  # (C,) of sizes of jumps; none where no currency jumps
    block_key: int  # of the blocks that all resampled currencies have in common
    exchange_order: Ints  # (C,) currencies in the order of the correlation's root: the resampled ones first
    resampled: int  # how many of them are resampled
    change_count: Ints  # (C,) monthly changes on record that are resampled
    change_log: Floats  # (C, most) of the log of the month-end rate
    change_score: Floats  # (C, most) their ranks as normal scores
    change_mean: Floats  # (C,)
    shock_at: Ints  # (shock, field)
    shock_currency: Ints
    shock_onset: Floats  # months; NEVER = random
    shock_key: Ints
    growth_at: Ints  # (3, field): GDP, escalation, foreign escalation
    growth_known_at: Ints  # (3, X)
    growth_key: Ints  # (3,)
    gdp_base_year: int  # index of base_fy relative to first_fy (-1 = the year before)
    # linkage ---------------------------------------------------------------------------------------------------
    regime_at: Ints  # (4, 4) rates
    statements_at: Ints  # (4,)
    initial_regime: int
    round_outcome_at: Ints  # (R * 3, field)
    round_outcome_regime: Ints  # (R * 3,) code or NONE
    round_outcome_commitment_years: Ints  # (R * 3,)
    round_hns: Ints  # (R,)
    demand_phase_years: int
    tax_at: Ints  # (tax, field)
    tax_months: Floats
    tax_postponed_months: Floats
    regime_key: int
    statement_key: int
    round_key: Ints  # (R,)
    demand_key: Ints  # (R,)
    cascade_key: int
    provisional_key: int
    # money -----------------------------------------------------------------------------------------------------
    bucket_apart: Ints  # (B,)
    compensated: Ints  # (Y,) 1/0 on record, NONE = drawn
    bucket_planned_bn: Floats  # (B, X) authority as planned, with nothing drawn
    bucket_series: int  # row of the first bucket in the dated series
    currency_series: int
    resource_series: int
    revision_series: int
    opening_share_at: Ints  # (C,) share of the opening run-off in each currency
    bucket_residual: Ints  # (B,) residual program, NONE = none
    # revisions, cost review, bids ------------------------------------------------------------------------------
    revision_months: Floats  # (V,) NEVER = only early
    revision_earliest: Floats  # (V,) from when on it may come early; NEVER = not early
    revision_lost_at: Ints  # (V,) share of purchasing power lost that triggers it
    revision_regime: Ints  # (V,) code of the regime that triggers it, NONE
    revision_demand: Ints  # (V,) whether an accepted demand triggers it
    revision_mult_at: Ints  # (V,)
    revision_topline: Ints  # (V,) TOPLINE_AS_IS, TOPLINE_SHARE or TOPLINE_ADD
    revision_authority_at: Ints  # (V, B) factor on a bucket's authority
    revision_scale_at: Ints  # (V, P) factor on a program's units
    revision_adds: Ints  # (V, P) 0/1
    revision_cancels: Ints  # (V, P) 0/1
    review_at: Ints  # (cost review field,)
    review_key: Ints  # (P,)
    bid_at: Ints  # (bid, field)
    bid_condition_at: Ints  # (bid, N - H) slope of the logit
    bid_program: Ints  # (bid,)
    bid_months: Floats  # (bid,) when it is decided
    bid_key: Ints  # (bid,)
    # programs --------------------------------------------------------------------------------------------------
    program_at: Ints  # (P, field)
    program_share_at: Ints  # (P, C)
    payment_at: Ints  # (P, field)
    payment_share_at: Ints  # (P, PAY_YEARS)
    payment_years: Ints  # (P,) length of a Norden-Rayleigh profile, 0 = explicit shares
    program_bucket: Ints
    program_order: Ints  # (P,) programs in order of funding
    program_price_year: Ints  # (P,) index of price_fy
    plan_growth_first: int  # fewest years of planned price growth any program needs (below 0: its prices are of later years)
    plan_growth_years: int  # how many from there on
    program_divisible: Ints
    program_advance: Ints
    program_settlement_at: Ints  # (P,)
    program_passthrough_currency: Ints  # (P,) main currency, NONE = none
    program_growth_key: Ints
    program_noise_key: Ints
    program_system: Ints  # (P,) noise system of its cost growth
    program_free: Ints  # (P,) 1 = takes no home money: an initiative or an export
    program_export: Ints  # (P,)
    program_begin_months: Floats  # (P,) months after the start of its fiscal year at which an initiative begins
    learning_of: Ints  # (P,) program that learns from the units of this one, NONE
    divert_to: Ints  # (P,) program of which units are bought instead, NONE
    divert_regimes: Ints  # (P, 4) 0/1
    lot_units: Floats  # (P, X) units of the lots as written
    planned_units: Floats  # (P, X) of them those due from the start: neither of an open bid nor of a dormant program
    recorded_unit_bn: Floats  # (P, X) unit cost of lots whose value is on record, nan = by unit_cost_bn
    fallback_unit_bn: Floats  # (P,) planned unit cost of programs without unit_cost_bn
    opening_units: Floats  # (P,) units contracted before the horizon, still to be delivered
    remaining_units: Floats  # (P,) units planned after the as-of year, horizon or not; 0 for a residual program
    delivered_before: Floats  # (P,)
    system_key: Ints  # (K,) noise systems: resources, then channels
    # stages ----------------------------------------------------------------------------------------------------
    stage_at: Ints  # (S, field)
    # resources -------------------------------------------------------------------------------------------------
    resource_at: Ints  # (Q, field)
    resource_line: Ints  # (Q,) 1 = a line, 0 = slots
    disruption_key: Ints  # (Q,)
    # capability ------------------------------------------------------------------------------------------------
    package_elasticity_at: Ints  # (M,)
    component_first: Ints  # (M + 1,) the components of each package, one after another
    component_at: Ints  # (component,) weights
    enabler_first: Ints  # (M + 1,)
    enabler_ally_at: Ints  # (enabler, 4) what the ally lends by regime
    enabler_condition: Ints  # (enabler,) NONE = none
    target_first: Ints  # (component + enabler + 1,) the programs of each component, then of each enabler
    target_program: Ints  # (target,)
    target_at: Ints  # (target,) operational units that suffice alone
    readiness_bucket: int  # NONE = none
    indicator_first: Ints  # (A + 1,)
    indicator_place: Ints  # (indicator, 3) outcome array, row, column
    indicator_at: Ints  # (indicator, field)
    # conditions ------------------------------------------------------------------------------------------------
    condition_at: Ints  # (N, field) of workforces the initial is their stock
    workforce_first: int  # the first condition that is a workforce's staffing share
    workforce_at: Ints  # (H, field)
    workforce_series: int  # row of the first workforce in the dated series
    workforce_known_at: Ints  # (H, Y) stock on record at the start of the year
    workforce_key: Ints  # (H,)
    crew_at: Ints  # (P, H)
    ties_condition: int  # condition added to partner ties, NONE
    decay_condition: int  # condition that makes pressure decay faster, NONE
    effect_first: Ints  # (P * milestone + 1,) effects of each program's milestones
    effect_at: Ints  # (effect,)
    effect_condition: Ints  # (effect,)
    effect_is_mult: Ints  # (effect,)
    power_first: Ints  # (S + Q + H + 1,) factors of stages, resources and workforces: elasticities of conditions
    power_at: Ints  # (power,)
    power_condition: Ints  # (power,) N = domestic support


class World(NamedTuple):
    """One replication before the clock starts: its parameters gathered into tables, and its exogenous paths."""

    values: Floats  # (parameter,) the parameter vector with its uncertain entries drawn
    series: Floats  # (D, X)
    scalar: Floats
    currency: Floats  # (C, field)
    shock: Floats
    growth: Floats  # (3, field)
    round_outcome: Floats  # (R * 3, field)
    tax: Floats
    program: Floats  # (P, field)
    share: Floats  # (P, C)
    payment: Floats  # (P, field)
    unit_bn: Floats  # (P, X) planned cost of a unit
    price_rate: Floats  # (P, C) rate at which planned prices were put into home currency
    last_payment: Ints  # (P,) last payment year, NONE if all is paid on delivery
    pay: Floats  # (P, PAY_YEARS) shares of value by year since contract, payment on delivery excluded
    stage: Floats  # (S, field)
    resource: Floats  # (Q, field)
    regime_rate: Floats  # (4, 4)
    statement_rate: Floats  # (4,)
    rate: Floats  # (C, BEFORE_MONTHS + months) market rate
    market: Floats  # (C, Y) mean of the fiscal year
    budget: Floats  # (C, Y)
    score_key: Ints  # (score,) addresses of the standard normal scores below, which are views of one array
    score_index: Ints  # (score,)
    score_uniform: Floats  # (score,)
    score: Floats  # (score,)
    exchange_z: Floats  # (C, BEFORE_MONTHS + months)
    event_z: Floats  # (C or 0, BEFORE_MONTHS + months)
    jump_z: Floats  # (C or 0, BEFORE_MONTHS + months)
    growth_z: Floats  # (3, X) of GDP, domestic and foreign prices
    system_z: Floats  # (K, Y)
    program_z: Floats  # (P,)
    cost_z: Floats  # (2, P) of each program's system and its own in cost growth
    price: Floats  # (2, X) price index of domestic and foreign goods, 1 in the first year
    plan_growth: Floats  # (plan_growth_years,) planned growth of prices over plan_growth_first, ... years
    stage_sigma: Floats  # (S,) sd of the log of each stage's noise
    stage_own: Floats  # (S,) weight of each stage's own score
    growth_log: Floats  # (P,) log of the cost growth still to come
    disruption_begin: Floats  # (Q, most)
    disruption_end: Floats
    disruption_count: Ints  # (Q,)
    component_weight: Floats  # (component,)
    condition: Floats  # (N, field)
    workforce: Floats  # (H, field)
    crew: Floats  # (P, H) people a unit needs
    effect: Floats  # (effect,)
    power: Floats  # (power,) elasticities
    recruiting_z: Floats  # (H, Y)


class State(NamedTuple):
    """One replication's mutable state outside the pipelines."""

    link: Floats  # see LINK below
    cash: Floats  # see CASH below
    hns_from: Floats  # (Y,) factor on host-nation support by year
    commitment: Floats  # (X,) bn promised by year
    demand: Floats  # (X,) share of GDP added to the topline by year
    tax_months: Floats  # (tax,) when each measure takes effect, as now known
    tax_counted: Floats  # (tax,) share of its year in which the last budget took it to be in force
    due: Floats  # (P, X) units due for contract by year, as now planned
    total: Floats  # (P,) units delivered that complete the program, as now planned
    dropped: Floats  # (P,) units due and not contracted that were dropped
    learned: Floats  # (P,) units of exports that a program has learned from
    authority_mult: Floats  # (B,) factor that revisions put on authority
    residual: Floats  # (B, X) bn that named programs leave to a bucket's residual program by year, below 0 where they take more
    revised: Ints  # (V,) year from which a revision is in force, NONE = not yet
    review: Ints  # (P,) what the cost review has come to: UNREVIEWED, REVIEWED or CANCELLATION_REVIEWED
    held: Ints  # (P,) year in which a program's lots wait for its review, NONE
    backlog: Floats  # (P, Y) units by the year they were planned for
    bought: Floats  # (P,) units contracted, opening lots excluded
    bought_after: Floats  # (P,) of it after the as-of year
    funded: Floats  # (P, Y) units contracted by year
    lot_cost: Floats  # (P, Y) value at signature
    due_home: Floats  # (X,) payments due by year on contracts of earlier years
    due_foreign: Floats  # (C, X)
    due_apart: Floats  # (X,)
    now_foreign: Floats  # (C,) payments of this year's contracts in this year
    delivery_home: Floats  # (P, Y) payment on delivery of each lot, home part
    delivery_foreign: Floats  # (P, Y, C)
    delivery_year: Ints  # (P, Y) year in which it is budgeted next (the last of X: later still), NONE = nothing left to pay
    delivery_due_home: Floats  # (X,) sum of delivery_home by delivery_year
    delivery_due_foreign: Floats  # (C, X)
    undelivered: Floats  # (P, Y) units of the lot not yet delivered nor canceled
    pipeline: Floats  # (P,) units contracted, neither delivered nor canceled; opening lots included
    delivered: Floats  # (P,)
    operational: Floats  # (P,)
    canceled: Floats  # (P,)
    advance: Floats  # (P, X) payments in advance by year
    settle: Floats  # (P, X) value settled by year
    advanced: Floats  # (P,) payments in advance up to the year read last
    settled: Floats  # (P,) value settled up to then
    wanted: Floats  # (P,) units of the backlog, all years
    planned: Floats  # (P,) units planned for contract up to the year read last
    lot_delivery_year: Ints  # (P, Y) fiscal year in which the last of each lot slot is delivered by plan
    component: Floats  # (component,) share of each component of a package at the year read last
    condition: Floats  # (N,) present values, of workforces the staffing share as it is read
    stock: Floats  # (H,) people
    required: Floats  # (H,)
    scale: Floats  # (Q,) factor of conditions on each resource's capacity
    room: Floats  # (Q, 2) slot-months of this fiscal year up to a month, and that month


UNREVIEWED, REVIEWED, CANCELLATION_REVIEWED = range(3)
ROOM_MONTHS, ROOM_COUNTED = range(2)
LINK = ("time", "pressure", "support", "regime", "tariff", "hns", "half_life")
LINK_TIME, LINK_PRESSURE, LINK_SUPPORT, LINK_REGIME, LINK_TARIFF, LINK_HNS, LINK_HALF_LIFE = range(len(LINK))
CASH = ("reserve", "arrears", "carry_in", "prepaid_credit", "gdp", "gdp_growth", "authority_left", "left", "compensates",
        "now_home")  # fmt: skip
(CASH_RESERVE, CASH_ARREARS, CASH_CARRY_IN, CASH_CREDIT, CASH_GDP, CASH_GDP_GROWTH, CASH_AUTHORITY_LEFT, CASH_LEFT,
 CASH_COMPENSATES, CASH_NOW_HOME) = range(len(CASH))  # fmt: skip


class Outcomes(NamedTuple):
    """One replication's outcomes, in the columns of `plan.columns`."""

    fiscal: Floats  # (Y, fiscal-year column)
    currency: Floats  # (C, Y, currency column)
    bucket: Floats  # (B, Y) operational units at planned unit cost, bn
    program: Floats  # (P, program column)
    program_year: Floats  # (P, Y, program-year column)
    resource_year: Floats  # (Q, Y, resource-year column)
    package_year: Floats  # (M, Y, package column)
    area_year: Floats  # (A, Y, area column)
    condition: Floats  # (N - H, Y, condition column)
    workforce: Floats  # (H, Y, workforce column)


class Compiled(NamedTuple):
    """All a scheduler needs: structure, parameters, and names."""

    plan: Plan
    params: Floats
    base: Floats  # the parameters the plan was fitted with; an override shows as a difference
    labels: Labels
    stages: tuple[Stages, ...]
    lots: tuple[LotSlot, ...]  # (P * Y) lot slots, program-major, then opening lots
    baseline_months: tuple[float, ...]  # per program, nan = none
    planned_first: tuple[float, ...]  # planned first delivery (noise off), nan = no lot
    planned_first_lot: tuple[int, ...]
    planned_completion: tuple[float, ...]
    planned_last_contract: tuple[float, ...]
    planned_last_path: tuple[float, ...]
    planned_total: tuple[float, ...]
    statements: tuple[tuple[float, float], ...]  # dated (months, size)
    known_regimes: tuple[tuple[float, int], ...]
    known_tariffs: tuple[tuple[float, float], ...]
    rounds: tuple[tuple[float, int, int, int], ...]  # (months, round, occurrence's address index, result or NONE)
    supplementary_month: int
    resource_kind: tuple[str, ...]
    resource_staff: tuple[bool, ...]
    background_priority: tuple[int, ...]
    background_size: tuple[tuple[int, float, float, float], ...]  # kind and parameters, kind NONE = none
    background_key: tuple[int, ...]
    program_priority: tuple[int, ...]
