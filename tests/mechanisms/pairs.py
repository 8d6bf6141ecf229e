"""Every mechanism as a pair: a small world with it at strength zero and at work, and the outcome that has to move, and where to.

`docs/statements.md` names these pairs as the tests of what the source documents say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harness import Tree

UP, DOWN = 1, -1
YEARS = range(2025, 2035)


@dataclass(frozen=True)
class Pair:
    """One mechanism. Changes are dotted paths as `harness.overlay` takes them, laid over `WORLD`."""

    name: str
    outcome: str
    """As `study.statistics.outcome` names it."""
    sign: int
    """UP where the median of the paired difference, on less zero, has to lie above 0."""
    on: dict[str, Any]
    zero: dict[str, Any] = field(default_factory=dict)
    """The same at strength zero: has to be bit for bit what `absent` is."""
    absent: dict[str, Any] = field(default_factory=dict)
    """The world without it; WORLD itself where nothing is said."""
    both: dict[str, Any] = field(default_factory=dict)
    """What the mechanism needs to have something to act on, in all three."""


def stage(duration_months: float, **keys: Any) -> Tree:
    """A stage."""
    return {"duration_months": duration_months, **keys}


WORLD: Tree = {
    "name": "world",
    "source": "assumed",
    "horizon": {"first_fy": 2025, "last_fy": 2034},
    "currencies": {
        "USD": {
            "spot_rate": 150.0,
            "process": {"kind": "gbm", "volatility_per_month": 0.02},
            "plan_rate": 150.0,
            "budget_rate": {2025: 150.0},
        }
    },
    "economy": {
        "gdp": {"base_fy": 2024, "base_bn": 60000.0, "mean_share": 0.02, "sd_share": 0.01},
        "escalation": {"mean_share": 0.0},
    },
    "linkage": {
        "initial_regime": "contested",
        "pressure": {"initial": 0.5, "half_life_months": 24.0, "statements_per_month": {"contested": 0.3}, "statement_size": 0.3},
        "support": {"initial_share": 0.6, "mean_share": 0.6, "half_life_months": 18.0},
        "rounds": {"talks": {"dates": ["2026-01", "2028-01", "2030-01"]}},
        "logit": {"cut_failure": -1.0, "cut_favorable": 1.0},
    },
    "money": {
        "topline_bn": 1000.0,
        "personnel_bn": 200.0,
        "buckets": {"strike": {"authority_bn": 500.0}, "fleet": {"authority_bn": 300.0}},
    },
    "resources": {
        "plant": {"kind": "line", "capacity": 8.0},
        "yard": {"kind": "slots", "capacity": 2},
    },
    "channels": {
        "fms": {
            "payment": {"shares": [0.2, 0.4, 0.4]},
            "advance": True,
            "stages": {
                "approval": stage(8.0, approval=True, noise={"p90": 1.5}),
                "production": stage(12.0, noise={"p90": 1.3}, resource="plant"),
                "delivery": stage(2.0, milestone="delivered"),
                "integration": stage(6.0, noise={"p90": 1.4}, milestone="operational"),
            },
        },
        "domestic": {
            "payment": {"shares": [0.3, 0.4, 0.3]},
            "stages": {
                "design": stage(6.0, noise={"p90": 1.3}),
                "build": stage(18.0, noise={"p90": 1.3}, resource="yard", milestone="delivered"),
                "trials": stage(6.0, noise={"p90": 1.4}, milestone="operational"),
            },
        },
        "law": {
            "initiative": True,
            "stages": {"draft": stage(10.0, noise={"p90": 1.5}), "vote": stage(4.0, milestone="delivered")},
        },
    },
    "programs": {
        "missile": {
            "title": "Missile",
            "bucket": "strike",
            "channel": "fms",
            "priority": 1,
            "unit_cost_bn": 3.0,
            "currency_shares": {"USD": 0.9},
            "lots": [{"fy": fy, "units": 40} for fy in range(2025, 2031)],
        },
        "ship": {
            "title": "Ship",
            "bucket": "fleet",
            "channel": "domestic",
            "priority": 2,
            "unit_cost_bn": 60.0,
            "lots": [{"fy": fy, "units": 2} for fy in range(2025, 2031)],
        },
        "upkeep": {
            "title": "Upkeep",
            "bucket": "fleet",
            "channel": "domestic",
            "priority": 9,
            "residual": True,
            "quantity": "value",
        },
    },
}
WEAK_YEN = {"shocks.slide": {"currency": "USD", "size_share": 0.3, "onset": "2026-01"}}
LAW = {"programs.law": {"title": "Law", "channel": "law", "start": "2025-04"}}
FUND = {"conditions.fund": {"initial": 1.0}}
EXPORT = {
    "programs.abroad": {
        "title": "Ships for a partner",
        "channel": "domestic",
        "priority": 1,
        "unit_cost_bn": 60.0,
        "lots": [{"fy": 2026, "units": 2}, {"fy": 2027, "units": 2}, {"fy": 2028, "units": 2}],
        "bid": {"decision": "2025-10", "probability": 0.0},
    }
}
PEOPLE = {
    "workforce.crews": {
        "initial": 1000.0,
        "required": 1000.0,
        "cohort": 10.0,
        "recruiting_share": 10.0,
        "attrition_share": 0.1,
    }
}
RUPTURE = {"linkage.initial_regime": "ruptured"}
SUCCESSOR = {
    "programs.own_missile": {
        "title": "Own missile",
        "bucket": "strike",
        "channel": "domestic",
        "priority": 1,
        "unit_cost_bn": 4.0,
        "lots": [],
    }
}
PLAN = {"money.revisions.early": {"date": "2027-04"}}
DEMAND = {"demand_probability": 1.0, "demand_share_of_gdp": 0.01}

PAIRS = (
    # --- the yen -------------------------------------------------------------------------------------------------------------
    Pair(
        "planning_loss",
        "fiscal_years.2028.planning_loss_bn",
        UP,
        WEAK_YEN,
        {"shocks.slide": {"currency": "USD", "size_share": 0.0, "onset": "2026-01"}},
    ),
    Pair(
        "execution_loss",
        "fiscal_years.2026.execution_loss_bn",
        UP,
        {"shocks.slide": {"currency": "USD", "size_share": 0.3, "onset": "2026-05"}},
        {"shocks.slide": {"currency": "USD", "size_share": 0.0, "onset": "2026-05"}},
    ),
    Pair(
        "random_run",
        "fiscal_years.2031.purchasing_power_lost_share",
        UP,
        {"shocks.run": {"currency": "USD", "size_share": 0.5, "hazard_per_year": 2.0}},
        {"shocks.run": {"currency": "USD", "size_share": 0.0, "hazard_per_year": 2.0}},
        both={"programs.missile.lots": [{"fy": fy, "units": 40} for fy in YEARS]},
    ),
    Pair(
        "forward_cover",
        "fiscal_years.2026.execution_loss_bn",
        DOWN,
        {"currencies.USD.cover_share": 0.8},
        {"currencies.USD.cover_share": 0.0},
        both={"shocks.slide": {"currency": "USD", "size_share": 0.3, "onset": "2026-05"}},
    ),
    Pair(
        "imported_content",
        "program_years.ship.2029.contracted_bn",
        UP,
        {"programs.ship.passthrough_share": 0.3},
        {"programs.ship.passthrough_share": 0.0},
        both={**WEAK_YEN, "programs.ship.currency_shares": {"USD": 0.1}},
    ),
    Pair(
        "escalation",
        "program_years.ship.2029.contracted_bn",
        UP,
        {"economy.escalation.mean_share": 0.04},
        {"economy.escalation.mean_share": 0.0},
    ),
    Pair(
        "loss_reserve",
        "fiscal_years.2026.arrears_bn",
        DOWN,
        {"money.reserve": {"initial_bn": 20.0, "ceiling_bn": 20.0}},
        {"money.reserve": {"initial_bn": 0.0, "ceiling_bn": 20.0}},
        both={"shocks.slide": {"currency": "USD", "size_share": 0.5, "onset": "2026-05"}},
    ),
    Pair(
        "loss_compensation",
        "fiscal_years.2026.arrears_bn",
        DOWN,
        {"money.cascade.supplementary_intercept_share": 1.0},
        {"money.cascade.supplementary_intercept_share": 0.0},
        both={"shocks.slide": {"currency": "USD", "size_share": 0.5, "onset": "2026-05"}},
    ),
    # --- trade and defense ---------------------------------------------------------------------------------------------------
    Pair(
        "approvals_under_pressure",
        "programs.missile.first_delivery_months",
        UP,
        {"channels.fms.stages.approval.pressure_elasticity": 0.5},
        {"channels.fms.stages.approval.pressure_elasticity": 0.0},
    ),
    Pair(
        "backlash",
        "fiscal_years.2028.support_share",
        DOWN,
        {"linkage.support.pressure_drag_per_month": 0.02},
        {"linkage.support.pressure_drag_per_month": 0.0},
    ),
    Pair(
        "linking_statements",
        "fiscal_years.2028.pressure",
        UP,
        {"linkage.pressure.statement_size": 0.6},
        {"linkage.pressure.statement_size": 0.0},
        absent={"linkage.pressure.statements_per_month": {}},
    ),
    Pair(
        "tariff_on_growth",
        "fiscal_years.2030.gdp_bn",
        DOWN,
        {"economy.gdp.tariff_elasticity": 0.05},
        {"economy.gdp.tariff_elasticity": 0.0},
        both={"linkage.tariff": {"initial_share": 0.15}},
    ),
    Pair(
        "low_support_cuts_the_topline",
        "fiscal_years.2030.topline_bn",
        DOWN,
        {"money.shortfall": {"threshold_share": 0.9, "slope": 0.5}},
        {"money.shortfall": {"threshold_share": 0.9, "slope": 0.0}},
    ),
    Pair(
        "late_taxes",
        "fiscal_years.2027.topline_bn",
        DOWN,
        {"money.taxes.levy.shortfall_share": 0.5},
        both={"money.taxes.levy": {"date": "2026-04", "yield_bn": 100.0, "threshold_share": 0.9, "shortfall_share": 0.0}},
    ),
    Pair(
        "provisional_budget",
        "programs.missile.first_delivery_months",
        UP,
        {"money.provisional": {"probability_intercept_share": 1.0, "wait_months": 2.0}},
        {"money.provisional": {"probability_intercept_share": 1.0, "wait_months": 0.0}},
    ),
    Pair(
        "demand_accepted",
        "fiscal_years.2032.topline_bn",
        UP,
        {"linkage.outcomes": {k: DEMAND for k in ("favorable", "muddle", "failure")}},
        {"linkage.outcomes": {k: DEMAND | {"demand_share_of_gdp": 0.0} for k in ("favorable", "muddle", "failure")}},
        both={"linkage.demand": {"intercept": 20.0}},
    ),
    Pair(
        "demand_refused",
        "fiscal_years.2026.pressure",
        UP,
        {"linkage.demand.refusal_pressure_add": 1.0},
        {"linkage.demand.refusal_pressure_add": 0.0},
        both={
            "linkage.demand": {"intercept": -20.0},
            "linkage.outcomes": {k: DEMAND for k in ("favorable", "muddle", "failure")},
        },
    ),
    Pair(
        "host_nation_support",
        "fiscal_years.2027.hns_bn",
        UP,
        {"linkage.outcomes": {k: {"hns_mult": 4.0} for k in ("favorable", "muddle", "failure")}},
        {"linkage.outcomes": {k: {"hns_mult": 1.0} for k in ("favorable", "muddle", "failure")}},
        both={"money.hns_bn": 20.0, "money.hns_bucket": "fleet", "linkage.rounds.talks.hns": True},
    ),
    Pair(
        "purchase_commitments",
        "fiscal_years.2027.commitment_bn",
        UP,
        {
            "linkage.outcomes": {
                k: {"commitment_bn_per_year": 10.0, "commitment_years": 3} for k in ("favorable", "muddle", "failure")
            }
        },
        {
            "linkage.outcomes": {
                k: {"commitment_bn_per_year": 0.0, "commitment_years": 3} for k in ("favorable", "muddle", "failure")
            }
        },
    ),
    Pair(
        "favorable_deal",
        "fiscal_years.2030.pressure",
        DOWN,
        {"linkage.concessions": 6.0},
        {"linkage.concessions": 0.0},
        both={"linkage.logit.concessions": 1.0, "linkage.outcomes": {"favorable": {"pressure_mult": 0.3}}},
    ),
    Pair(
        "restored_firewall",
        "fiscal_years.2029.regime",
        DOWN,
        {"linkage.outcomes": {"favorable": {"regime": "firewalled"}}},
        both={"linkage.concessions": 6.0, "linkage.logit.concessions": 1.0},
    ),
    Pair(
        "partner_ties_in_talks",
        "fiscal_years.2030.pressure",
        DOWN,
        {"linkage.partner_ties": 6.0},
        {"linkage.partner_ties": 0.0},
        both={"linkage.logit.ties": 1.0, "linkage.outcomes": {"favorable": {"pressure_mult": 0.3}}},
    ),
    Pair(
        "partner_ties_damp_pressure",
        "programs.missile.first_delivery_months",
        DOWN,
        {"linkage.pressure.ties_damping_share": 0.5},
        {"linkage.pressure.ties_damping_share": 0.0},
        both={"linkage.partner_ties": 1.0, "channels.fms.stages.approval.pressure_elasticity": 0.5},
    ),
    Pair(
        "diversification",
        "program_years.own_missile.2030.contracted_units",
        UP,
        {"programs.missile.divert_regimes": ["ruptured"]},
        {"programs.missile.divert_regimes": ["linked"]},
        absent={"mechanisms.diversification": False},
        both={**RUPTURE, **SUCCESSOR, "programs.missile.divert_to": "own_missile"},
    ),
    Pair(
        "faster_decay",
        "fiscal_years.2030.pressure",
        DOWN,
        {"linkage.pressure.decay_elasticity": 1.0},
        {"linkage.pressure.decay_elasticity": 0.0},
        both={
            **FUND,
            **LAW,
            "linkage.pressure.decay_condition": "fund",
            "programs.law.effects": {"calm": {"condition": "fund", "mult": 3.0}},
        },
    ),
    # --- pipelines -----------------------------------------------------------------------------------------------------------
    Pair(
        "other_customers",
        "programs.missile.completion_months",
        UP,
        {"resources.plant.background.arrivals_per_month": 1.0},
        both={"resources.plant.background": {"arrivals_per_month": 0.0, "size": {"dist": "uniform", "low": 4.0, "high": 8.0}}},
    ),
    Pair(
        "line_priority",
        "programs.missile.completion_months",
        UP,
        {"resources.plant.background.priority": 0},
        both={
            "resources.plant.background": {
                "arrivals_per_month": 0.8,
                "size": {"dist": "uniform", "low": 6.0, "high": 10.0},
                "priority": 5,
            }
        },
    ),
    Pair(
        "supply_disruptions",
        "programs.missile.completion_months",
        UP,
        {"resources.plant.disruptions.severity_share": 1.0},
        {"resources.plant.disruptions.severity_share": 0.0},
        both={
            "resources.plant.disruptions": {
                "mean_months_between": 8.0,
                "duration_median_months": 6.0,
                "duration_p90_months": 12.0,
                "severity_share": 0.0,
            }
        },
    ),
    Pair(
        "integration_rework",
        "programs.missile.first_operational_months",
        UP,
        {"channels.fms.stages.integration.rework.probability": 0.9},
        both={"channels.fms.stages.integration.rework": {"probability": 0.0, "to": "integration", "most": 2}},
    ),
    Pair(
        "failure",
        "program_years.ship.2034.canceled_units",
        UP,
        {"channels.domestic.stages.build.failure_probability": 0.5},
        {"channels.domestic.stages.build.failure_probability": 0.0},
    ),
    Pair("queue_for_docks", "programs.ship.completion_months", UP, {"resources.yard.capacity": 1}),
    Pair(
        "prerequisites",
        "programs.ship.first_delivery_months",
        UP,
        {"channels.domestic.stages.build.after": ["missile.first_delivery"]},
    ),
    # --- cost ----------------------------------------------------------------------------------------------------------------
    Pair(
        "cost_growth",
        "program_years.ship.2030.contracted_bn",
        UP,
        {"programs.ship.cost_growth.median": 1.3},
        {"programs.ship.cost_growth.median": 1.0},
        both={"programs.ship.cost_growth.p90": 1.3},
        absent={"programs.ship.cost_growth.median": ...},
    ),
    Pair(
        "learning",
        "program_years.ship.2030.contracted_bn",
        DOWN,
        {"programs.ship.learning_slope_share": 0.8},
        {"programs.ship.learning_slope_share": 1.0},
    ),
    Pair(
        "stretch_out",
        "programs.ship.cost_stretch_out_bn",
        UP,
        {"money.funding.stretch_out_share": 0.05},
        {"money.funding.stretch_out_share": 0.0},
        both={"money.buckets.fleet.authority_bn": 90.0, "money.buckets.strike.authority_bn": 150.0, "programs.upkeep": ...},
    ),
    Pair(
        "cost_review",
        "programs.ship.held_by_review",
        UP,
        {
            "money.cost_review": {
                "review_share": 0.1,
                "hold_probability": 1.0,
                "cancellation_share": 1.0,
                "cancellation_probability": 0.0,
            }
        },
        {
            "money.cost_review": {
                "review_share": 0.1,
                "hold_probability": 0.0,
                "cancellation_share": 1.0,
                "cancellation_probability": 0.0,
            }
        },
        both={"programs.ship.cost_growth": {"median": 1.5, "p90": 1.6}},
    ),
    Pair(
        "cancellation_review",
        "programs.ship.canceled_by_review",
        UP,
        {
            "money.cost_review": {
                "review_share": 0.15,
                "hold_probability": 0.0,
                "cancellation_share": 0.2,
                "cancellation_probability": 1.0,
            }
        },
        {
            "money.cost_review": {
                "review_share": 0.15,
                "hold_probability": 0.0,
                "cancellation_share": 0.2,
                "cancellation_probability": 0.0,
            }
        },
        both={"programs.ship.cost_growth": {"median": 1.5, "p90": 1.6}},
    ),
    # --- revision ------------------------------------------------------------------------------------------------------------
    Pair(
        "revised_topline",
        "fiscal_years.2030.topline_bn",
        UP,
        {"money.revisions.early.topline_mult": 1.2},
        {"money.revisions.early.topline_mult": 1.0},
        both=PLAN,
    ),
    Pair(
        "revised_shares",
        "program_years.upkeep.2030.contracted_units",
        UP,
        {"money.revisions.early.authority_mult": {"fleet": 1.3}},
        {"money.revisions.early.authority_mult": {"fleet": 1.0}},
        both=PLAN,
    ),
    Pair(
        "revision_for_the_yen",
        "fiscal_years.2030.revision",
        UP,
        {"money.revisions.early.triggers": {"purchasing_power_lost_share": 0.05}},
        both={
            **WEAK_YEN,
            "money.revisions.early": {"date": "2034-04", "earliest": "2026-04", "triggers": {"purchasing_power_lost_share": 1.0}},
            "programs.missile.lots": [{"fy": fy, "units": 40} for fy in YEARS],
        },
    ),
    Pair(
        "revision_on_rupture",
        "fiscal_years.2030.revision",
        UP,
        {"money.revisions.early.triggers": {"regime": "ruptured"}},
        both={
            **RUPTURE,
            "money.revisions.early": {"date": "2034-04", "earliest": "2026-04", "triggers": {"purchasing_power_lost_share": 1.0}},
        },
    ),
    Pair(
        "programs_added",
        "program_years.drone.2034.contracted_units",
        UP,
        {"money.revisions.early.date": "2027-04"},
        both={
            "money.revisions.early": {"date": "2034-04", "adds": ["drone"]},
            "programs.drone": {
                "title": "Drone",
                "bucket": "strike",
                "channel": "domestic",
                "priority": 1,
                "unit_cost_bn": 0.5,
                "lots": [{"fy": 2028, "units": 20}],
            },
        },
    ),
    # --- research, initiatives, people ---------------------------------------------------------------------------------------
    Pair(
        "readiness_gates",
        "programs.ship.first_delivery_months",
        UP,
        {"channels.domestic.stages.design.rework.probability": 0.9},
        both={"channels.domestic.stages.design.rework": {"probability": 0.0, "to": "design", "most": 2}},
    ),
    Pair(
        "innovation_fund",
        "programs.ship.completion_months",
        DOWN,
        {"programs.law.effects": {"fund": {"condition": "fund", "mult": 1.5}}},
        {"programs.law.effects": {"fund": {"condition": "fund", "mult": 1.0}}},
        both={**FUND, **LAW, "channels.domestic.stages.design.slowed_by": {"fund": 1.0}, "resources.yard.capacity": 6},
    ),
    Pair(
        "interoperability",
        "programs.missile.first_operational_months",
        UP,
        {"channels.fms.stages.integration.slowed_by": {"fit": 1.0}},
        {"channels.fms.stages.integration.slowed_by": {"fit": 0.0}},
        both={"conditions.fit": {"initial": 0.7}},
    ),
    Pair(
        "initiative_effect",
        "conditions.fund.2030.value",
        UP,
        {"programs.law.effects": {"fund": {"condition": "fund", "add": 0.5}}},
        {"programs.law.effects": {"fund": {"condition": "fund", "add": 0.0}}},
        both={**FUND, **LAW},
    ),
    Pair(
        "local_consent",
        "programs.law.first_delivery_months",
        UP,
        {"channels.law.stages.draft.slowed_by": {"support": 0.5}},
        {"channels.law.stages.draft.slowed_by": {"support": 0.0}},
        both={
            **LAW,
            "linkage.support": {"initial_share": 0.6, "mean_share": 0.3, "half_life_months": 3.0},
            "programs.law.start": "2026-04",
        },
    ),
    Pair(
        "new_capacity",
        "programs.missile.completion_months",
        DOWN,
        {"resources.plant.scaled_by": {"fund": 1.0}},
        {"resources.plant.scaled_by": {"fund": 0.0}},
        both={**FUND, **LAW, "programs.law.effects": {"fund": {"condition": "fund", "mult": 3.0}}},
    ),
    Pair(
        "staffing",
        "programs.ship.first_operational_months",
        UP,
        {"channels.domestic.stages.trials.slowed_by": {"crews": 1.0}},
        {"channels.domestic.stages.trials.slowed_by": {"crews": 0.0}},
        both={**PEOPLE, "workforce.crews.recruiting_share": 2.0},
    ),
    Pair(
        "shrinking_cohort",
        "workforce.crews.2033.staffing_share",
        DOWN,
        {"workforce.crews.cohort": {2025: 10.0, "then_growth_share": -0.03}},
        {"workforce.crews.cohort": {2025: 10.0, "then_growth_share": 0.0}},
        both=PEOPLE,
    ),
    Pair(
        "crews",
        "workforce.crews.2033.staffing_share",
        DOWN,
        {"programs.ship.crew": {"crews": 60.0}},
        {"programs.ship.crew": {"crews": 0.0}},
        both=PEOPLE,
    ),
    # --- exports -------------------------------------------------------------------------------------------------------------
    Pair("export_takes_the_yard", "programs.ship.completion_months", UP, {"programs.abroad.bid.probability": 1.0}, both=EXPORT),
    Pair(
        "export_learning",
        "program_years.ship.2030.contracted_bn",
        DOWN,
        {"programs.abroad.bid.learning_of": "ship"},
        both={
            **EXPORT,
            "programs.abroad.bid": {"decision": "2025-10", "probability": 1.0},
            "programs.ship.learning_slope_share": 0.85,
        },
    ),
    Pair(
        "export_rules",
        "program_years.abroad.2030.contracted_units",
        UP,
        {"programs.abroad.bid.conditions": {"rules": 20.0}},
        {"programs.abroad.bid.conditions": {"rules": 0.0}},
        both={
            **EXPORT,
            **LAW,
            "conditions.rules": {"initial": 0.2},
            "programs.law.stages": {"draft": {"duration_months": 1.0}, "vote": {"duration_months": 1.0}},
            "programs.law.effects": {"rules": {"condition": "rules", "add": 0.6}},
            "programs.abroad.bid": {"decision": "2025-10", "probability": 0.1},
        },
    ),
    Pair(
        "export_politics",
        "program_years.abroad.2030.contracted_units",
        UP,
        {"programs.abroad.bid.support_slope": 60.0},
        {"programs.abroad.bid.support_slope": 0.0},
        both={
            **EXPORT,
            "programs.abroad.bid": {"decision": "2025-10", "probability": 0.3},
            "linkage.support": {"initial_share": 0.8, "mean_share": 0.6, "half_life_months": 36.0},
        },
    ),
    # --- what it adds up to --------------------------------------------------------------------------------------------------
    Pair(
        "targeting_of_the_ally",
        "packages.strike.2032.capability_share",
        DOWN,
        {"packages.strike.enablers": {"targeting": {"ally_by_regime": {"contested": 0.4}}}},
        {"packages.strike.enablers": {"targeting": {"ally_by_regime": {"contested": 1.0}}}},
        absent={"packages.strike.enablers": {}},
        both={"packages.strike": {"title": "Strike", "components": {"missiles": {"programs": {"missile": 240.0}}}}},
    ),
    Pair(
        "readiness",
        "fiscal_years.2033.availability_share",
        DOWN,
        {"programs.ship.sustainment_bn_per_unit": 40.0},
        {"programs.ship.sustainment_bn_per_unit": 0.0},
        both={"readiness": {"need_bn": 10.0, "paid_bucket": "fleet", "elasticity": 1.0}},
    ),
    Pair(
        "score",
        "areas.strike.2030.score",
        UP,
        {"programs.missile.unit_cost_bn": 3.5},
        {"programs.missile.unit_cost_bn": 3.0},
        both={
            "scorecard": {
                "cutpoints": {"A": 80.0, "C": 0.0},
                "areas": {
                    "strike": {
                        "title": "Strike",
                        "indicators": {"cost": {"outcome": "program_years.missile.contracted_bn", "low": 50.0, "high": 500.0}},
                    }
                },
            }
        },
    ),
)
