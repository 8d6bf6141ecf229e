"""One busy scenario with each mechanism switched off in turn, and with all of them off."""

from __future__ import annotations

from harness import Tree, overlay

from alliancesim.plan.fields import SWITCHES
from corpus.linkage import talks
from corpus.register import CORPUS, adversary, line, slots

BREAKS: Tree = {"mean_months_between": 9.0, "duration_median_months": 2.0, "duration_p90_months": 5.0, "severity_share": 0.6}


def busy() -> Tree:
    """A bit of everything, in a horizon of six years of which one is fact."""
    tree = talks(pressure_add=0.2, hns_mult=1.1, tariff_share=0.15, demand_probability=0.5, demand_share_of_gdp=0.0001)
    tree["resources"] = {
        "plant": line({2025: 1.0, 2027: 3.0}, disruptions=BREAKS, background={
            "arrivals_per_month": 0.2, "size": {"dist": "exponential", "mean": 3.0}, "priority": 5, "backlog": 4.0}),
        "team": slots({2025: 2, 2028: 1}, staff=True, disruptions=BREAKS, background={
            "arrivals_per_month": 0.2, "size": {"dist": "uniform", "low": 0.0, "high": 3.0}, "backlog": 2}),
    }  # fmt: skip
    tree["channels"]["domestic"] |= {
        "advance": True, "settlement_lag_months": 8.0,
        "payment": {"shares": [0.3, 0.3, 0.4], "on_delivery_share": 0.2},
        "stages": {
            "ask": {"duration_months": 3.0, "noise": {"p90": 1.6}, "pressure_elasticity": 0.5, "approval": True},
            "plan": {"duration_months": 4.0, "noise": {"p90": 1.4, "program_loading_share": 0.5}, "resource": "team"},
            "make": {"duration_months": 6.0, "noise": {"p90": 1.4, "system_loading_share": 0.5}, "resource": "plant",
                     "rework": {"probability": 0.3, "to": "plan", "work_share": 0.5}, "milestone": "delivered"},
            "fit": {"duration_months": 2.0, "failure_probability": 0.1, "resource": "team", "milestone": "operational"},
        },
    }  # fmt: skip
    for name in "ab":
        tree["programs"][name] |= {"tranche_units": 2, "cost_growth": {"p90": 1.5, "system_loading_share": 0.5}}
    return overlay(tree, {
        "programs.a.lots": [{"fy": fy, "units": 4} for fy in range(2023, 2031)],
        "programs.b.stages.make.after": ["a.first_operational"],
        "economy.escalation": {"mean_share": 0.02, "sd_share": 0.02}, "economy.gdp.sd_share": 0.02,
        "money.taxes": {"x": {"date": "2026-04", "yield_bn": 20.0, "threshold_share": 0.5, "shortfall_share": 1.0}},
        "conditions": {"skill": {"initial": 0.8}},
        "workforce": {"crews": {"initial": 80.0, "required": 100.0, "cohort": 9.0, "recruiting_share": 1.0,
                                "attrition_share": 0.1, "recruiting_sd_share": 0.2}},
        "programs.b.effects": {"skill": {"on": "first_delivery", "condition": "skill", "mult": 1.5}},
        "programs.c.effects": {"skill": {"on": "first_operational", "condition": "skill", "add": -0.1}},
        "programs.a.crew": {"crews": 2.0},
        "channels.domestic.stages.ask.slowed_by": {"support": 0.5, "crews": 0.5},
        "channels.domestic.stages.fit.slowed_by": {"skill": 1.0},
        "resources.plant.scaled_by": {"skill": 0.5}, "resources.team.scaled_by": {"crews": 1.0},
        "linkage.pressure.ties_damping_share": 0.3, "linkage.pressure.decay_condition": "skill",
        "linkage.pressure.decay_elasticity": 0.5, "linkage.ties_condition": "skill",
        "money.reserve": {"initial_bn": 1.0, "ceiling_bn": 4.0, "fill_share": 0.5}, "money.topline_bn": 420.0,
        "money.provisional": {"probability_intercept_share": 0.5, "wait_months": 1.5},
    })  # fmt: skip


def without(*switches: str) -> Tree:
    """The busy scenario with some mechanisms off."""
    return overlay(busy(), {f"mechanisms.{switch}": False for switch in switches})


def known(*switches: str) -> Tree:
    """The same with its rounds left out and a mid-year as-of date."""
    return overlay(without(*switches), {"linkage.rounds": {}, "horizon.as_of": "2026-06"})


@adversary
def stages_of_their_own() -> Tree:
    """A program of which every stage has another noise, rework and slowness than its channel's."""
    rework = {"probability": 0.7, "to": "ask", "most": 3, "work_share": 0.25}
    noise = {"p90": 1.7, "system_loading_share": 0.6, "program_loading_share": 0.6}
    return overlay(busy(), {
        "programs.a.stages": {"plan": {"noise": noise, "slowed_by": {"skill": 2.0, "support": -0.5}},
                              "make": {"noise": noise, "rework": rework, "slowed_by": {"crews": -1.0}}},
    })  # fmt: skip


@adversary
def floors_and_ceilings_that_are_met() -> Tree:
    """What is read of a condition, of people and of support lies at its floor or ceiling for years, and leaves it."""
    return overlay(busy(), {
        "conditions.skill.floor": 0.75, "workforce.crews.planned_share": 0.9, "workforce.crews.floor": 0.85,
        "workforce.crews.ceiling": 0.87, "workforce.crews.scaled_by": {"support": 0.5}, "linkage.support.floor_share": 0.5,
        "linkage.support.pressure_drag_per_month": 0.2, "channels.domestic.stages.fit.slowed_by": {"crews": 1.0, "skill": 1.0},
        "programs.d.effects": {"less": {"on": "first_delivery", "condition": "skill", "add": -0.6}},
    })  # fmt: skip


CORPUS["busy"] = busy
CORPUS["busy_known"] = known
for _switch in SWITCHES:
    CORPUS[f"busy_without_{_switch}"] = lambda switch=_switch: without(switch)  # type: ignore[misc]
    CORPUS[f"busy_known_without_{_switch}"] = lambda switch=_switch: known(switch)  # type: ignore[misc]
CORPUS["busy_without_anything"] = lambda: without(*SWITCHES)
