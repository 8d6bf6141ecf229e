"""What stands where: fields of the parameter tables, dated series and switches, by name and by position."""

from __future__ import annotations

from typing import get_args

from alliancesim.scenario.conditions import Milestone

SCALARS = (
    "linkage.pressure.initial", "linkage.pressure.half_life_months", "linkage.pressure.statements_ceiling_per_month",
    "linkage.pressure.statement_size", "linkage.support.initial_share", "linkage.support.mean_share",
    "linkage.support.half_life_months", "linkage.support.pressure_drag_per_month", "linkage.ceiling_per_month",
    "linkage.logit.support", "linkage.logit.pressure", "linkage.logit.concessions", "linkage.logit.ties",
    "linkage.logit.cut_failure", "linkage.logit.cut_favorable", "linkage.concessions", "linkage.partner_ties",
    "linkage.demand.intercept", "linkage.demand.support", "linkage.demand.pressure", "linkage.demand.refusal_pressure_add",
    "linkage.tariff.initial_share", "linkage.tariff.reference_share", "economy.gdp.tariff_elasticity",
    "economy.gdp.base_bn", "economy.gdp.reference_bn", "economy.plan_escalation_share",
    "money.supplementary.prepay_share", "money.reserve.initial_bn", "money.reserve.ceiling_bn", "money.reserve.fill_share",
    "money.cascade.supplementary_intercept_share", "money.cascade.supplementary_slope", "money.shortfall.threshold_share",
    "money.shortfall.slope", "money.provisional.probability_intercept_share", "money.provisional.probability_slope",
    "money.provisional.wait_months", "money.funding.stretch_out_share", "money.funding.later_years_share", "money.lapse_share",
    "readiness.elasticity", "linkage.support.floor_share", "linkage.pressure.ties_damping_share",
    "linkage.pressure.decay_elasticity",
)  # fmt: skip
(
    PRESSURE_INITIAL, PRESSURE_HALF_LIFE, STATEMENTS_CEILING, STATEMENT_SIZE, SUPPORT_INITIAL, SUPPORT_MEAN, SUPPORT_HALF_LIFE,
    SUPPORT_DRAG, REGIME_CEILING, LOGIT_SUPPORT, LOGIT_PRESSURE, LOGIT_CONCESSIONS, LOGIT_TIES, CUT_FAILURE, CUT_FAVORABLE,
    CONCESSIONS, TIES, DEMAND_INTERCEPT, DEMAND_SUPPORT, DEMAND_PRESSURE, REFUSAL_PRESSURE, TARIFF_INITIAL, TARIFF_REFERENCE,
    TARIFF_ELASTICITY, GDP_BASE, GDP_REFERENCE, PLAN_ESCALATION, PREPAY_SHARE, RESERVE_INITIAL, RESERVE_CEILING, RESERVE_FILL,
    CASCADE_INTERCEPT, CASCADE_SLOPE, SHORTFALL_THRESHOLD, SHORTFALL_SLOPE, PROVISIONAL_INTERCEPT, PROVISIONAL_SLOPE,
    PROVISIONAL_WAIT, STRETCH_OUT, LATER_YEARS, LAPSE, READINESS_ELASTICITY, SUPPORT_FLOOR, TIES_DAMPING, DECAY_ELASTICITY,
) = range(len(SCALARS))  # fmt: skip

CURRENCY = ("process.drift_per_month", "process.volatility_per_month", "process.level_rate", "process.half_life_months",
            "cover_share", "spot_rate", "process.jumps_per_month", "process.jump_mean_log", "process.jump_sd_log",
            "process.calm.drift_per_month", "process.calm.volatility_per_month", "process.calm.leave_probability",
            "process.turbulent.drift_per_month", "process.turbulent.volatility_per_month", "process.turbulent.leave_probability",
            "process.turbulent_probability", "process.mean_block_months")  # fmt: skip
(DRIFT, VOLATILITY, LEVEL, HALF_LIFE, COVER, SPOT, JUMPS, JUMP_MEAN, JUMP_SD, CALM_DRIFT, CALM_VOLATILITY, LEAVE_CALM,
 TURBULENT_DRIFT, TURBULENT_VOLATILITY, LEAVE_TURBULENT, TURBULENT, MEAN_BLOCK) = range(len(CURRENCY))  # fmt: skip
SHOCK = ("size_share", "hazard_per_year", "ramp_months", "half_life_months")
SHOCK_SIZE, SHOCK_HAZARD, SHOCK_RAMP, SHOCK_HALF_LIFE = range(len(SHOCK))
GROWTH = ("mean_share", "persistence_share", "sd_share")
GROWTH_MEAN, GROWTH_PERSISTENCE, GROWTH_SD = range(len(GROWTH))
PROGRAM_FIELDS = ("unit_cost_bn", "passthrough_share", "learning_slope_share", "learning_prior_units", "cost_growth.median",
                  "cost_growth.p90", "cost_growth.system_loading_share", "cost_growth.program_loading_share",
                  "minimum_units", "sustainment_bn_per_unit")  # fmt: skip
(UNIT_COST, PASSTHROUGH, LEARNING_SLOPE, LEARNING_PRIOR, GROWTH_MEDIAN, GROWTH_P90, GROWTH_SYSTEM, GROWTH_PROGRAM,
 MINIMUM, SUSTAINMENT) = range(len(PROGRAM_FIELDS))  # fmt: skip
PAYMENT_FIELDS = ("norden_rayleigh_final_share", "on_delivery_share")
NORDEN_FINAL, ON_DELIVERY = range(len(PAYMENT_FIELDS))
STAGE = ("duration_months", "noise.median", "noise.p90", "noise.system_loading_share", "noise.program_loading_share",
         "pressure_elasticity", "rework.probability", "rework.work_share", "failure_probability")  # fmt: skip
(DURATION, NOISE_MEDIAN, NOISE_P90, NOISE_SYSTEM, NOISE_PROGRAM, ELASTICITY, REWORK_PROBABILITY, REWORK_WORK,
 FAILURE_PROBABILITY) = range(len(STAGE))  # fmt: skip
RESOURCE = ("background.arrivals_per_month", "background.backlog", "disruptions.mean_months_between",
            "disruptions.duration_median_months", "disruptions.duration_p90_months", "disruptions.severity_share")  # fmt: skip
(ARRIVALS, BACKLOG, BETWEEN, DISRUPTION_MEDIAN, DISRUPTION_P90, SEVERITY) = range(len(RESOURCE))
ROUND_OUTCOME = ("pressure_add", "pressure_mult", "hns_mult", "tariff_share", "commitment_bn_per_year", "demand_probability",
                 "demand_share_of_gdp")  # fmt: skip
(PRESSURE_ADD, PRESSURE_MULT, HNS_MULT, NEW_TARIFF, COMMITMENT_BN, DEMAND_PROBABILITY,
 DEMAND_SHARE) = range(len(ROUND_OUTCOME))  # fmt: skip
TAX = ("yield_bn", "threshold_share", "support_hit_share", "shortfall_share")
TAX_YIELD, TAX_THRESHOLD, TAX_HIT, TAX_SHORTFALL = range(len(TAX))
INDICATOR = ("low", "high", "weight")
INDICATOR_LOW, INDICATOR_HIGH, INDICATOR_WEIGHT = range(len(INDICATOR))
FISCAL_ARRAY, CURRENCY_ARRAY, BUCKET_ARRAY, PROGRAM_ARRAY, CONDITION_ARRAY, WORKFORCE_ARRAY, PACKAGE_ARRAY = range(7)
"""Arrays of outcomes by fiscal year that an indicator may read."""
CONDITION = ("initial", "floor", "ceiling")
INITIAL, FLOOR, CEILING = range(len(CONDITION))
WORKFORCE = ("attrition_share", "recruiting_share", "recruiting_sd_share", "planned_share")
ATTRITION, RECRUITING, RECRUITING_SD, PLANNED_STAFFING = range(len(WORKFORCE))

COST_REVIEW = ("review_share", "hold_probability", "cancellation_share", "cancellation_probability")
REVIEW_SHARE, HOLD_PROBABILITY, CANCELLATION_SHARE, CANCELLATION_PROBABILITY = range(len(COST_REVIEW))
BID = ("probability", "support_slope")
BID_PROBABILITY, BID_SUPPORT = range(len(BID))
TOPLINE_AS_IS, TOPLINE_SHARE, TOPLINE_ADD = range(3)
"""What a revision's series does to the topline: nothing, replaces it by a share of GDP, adds to it."""

SERIES = ("topline", "personnel", "hns", "runoff", "runoff_apart", "supplementary", "supplementary_authority",
          "deobligation", "readiness_need")  # fmt: skip
"""The dated series that come first; then one per bucket (authority), currency (plan rate) and resource (capacity), two per
workforce (people required, cohort), and one per revision (topline)."""
(S_TOPLINE, S_PERSONNEL, S_HNS, S_RUNOFF, S_RUNOFF_APART, S_SUPPLEMENTARY, S_SUPPLEMENTARY_AUTHORITY,
 S_DEOBLIGATION, S_READINESS_NEED) = range(len(SERIES))  # fmt: skip

SWITCHES = ("exchange_noise", "economy_noise", "stage_noise", "cost_growth", "rework", "failure", "disruptions", "background",
            "queueing", "budget_limits", "linkage", "effects", "workforce", "revision", "cost_review", "exports",
            "diversification")  # fmt: skip
(W_EXCHANGE, W_ECONOMY, W_STAGE_NOISE, W_COST_GROWTH, W_REWORK, W_FAILURE, W_DISRUPTIONS, W_BACKGROUND, W_QUEUEING,
 W_BUDGET_LIMITS, W_LINKAGE, W_EFFECTS, W_WORKFORCE, W_REVISION, W_COST_REVIEW, W_EXPORTS,
 W_DIVERSION) = range(len(SWITCHES))  # fmt: skip

MILESTONES: tuple[str, ...] = get_args(Milestone)
FIRST_DELIVERY_EVENT, FIRST_OPERATIONAL_EVENT, COMPLETION_EVENT = range(len(MILESTONES))
