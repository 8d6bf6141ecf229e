"""Whole scenarios, and what may be added to one."""

from __future__ import annotations

from harness import Tree, shifted
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from alliancesim.plan.fields import SWITCHES
from strategies.capability import capabilities
from strategies.changes import changes
from strategies.conditions import conditioned
from strategies.economy import currencies, growth
from strategies.linkage import linkages
from strategies.money import money
from strategies.pipelines import channels, programs, resources
from strategies.values import FIRST_FY, FIRST_MONTH, MILESTONES, date, months, rarely, shares


@st.composite
def scenarios(
    draw: DrawFn, *, most_years: int = 8, fact: bool = True, known: bool = False, residual: bool = True, by_value: bool = True
) -> Tree:
    """A valid scenario with everything in it sooner or later.

    fact: may have an as-of month; known: has one. residual, by_value: may have residual programs, programs known by value.
    """
    years = draw(st.integers(1, most_years))
    fact_months = draw(st.integers(1, 12 * years)) if known or (fact and draw(rarely(3))) else 0
    blocks = draw(currencies(years, fact_months))
    names = list(blocks)
    templates = {f"channel{i}": draw(channels()) for i in range(draw(st.integers(1, 3)))}
    tree: Tree = {
        "name": "random",
        "source": "assumed",
        "horizon": {"first_fy": FIRST_FY, "last_fy": FIRST_FY + years - 1},
        "currencies": blocks,
        "economy": {
            "gdp": {
                "base_fy": draw(st.sampled_from((FIRST_FY - 1, FIRST_FY))),
                "base_bn": 600000.0,
                "tariff_elasticity": draw(shares),
            }
            | draw(st.sampled_from(({}, {"reference_bn": 500000.0})))
            | draw(growth()),
            "escalation": draw(growth()),
            "foreign_escalation": draw(growth()),
            "plan_escalation_share": draw(st.sampled_from((0.0, 0.02))),
            "passthrough_lag_months": draw(st.sampled_from((12, 0, 30))),
            "budget_rate_rule": draw(
                st.sampled_from(({}, {"first_month_before": 18, "last_month_before": 1}, {"first_month_before": 9}))
            ),
        },
        "money": draw(money(years, fact_months, names)),
        "resources": draw(resources()),
        "channels": templates,
        "programs": {},
    }
    if fact_months:
        tree["horizon"]["as_of"] = date(fact_months - 1)
    if len(names) > 1:
        tree["correlation"] = {names[0]: {name: 0.5 for name in names[1:]}}
    if names and fact_months < 12 * years and draw(rarely(3)):
        when: Tree = {"onset": draw(months(fact_months, 12 * years - 1))} if draw(st.booleans()) else {"hazard_per_year": 0.3}
        tree["shocks"] = {
            "quake": {
                "currency": names[0],
                "size_share": 0.2,
                "ramp_months": 2.0,
                "half_life_months": draw(st.sampled_from((0.0, 12.0))),
            }
            | when
        }
    if draw(st.booleans()):
        tree["linkage"] = draw(linkages(years, fact_months))
    for i in range(draw(st.integers(1, 4))):
        tree["programs"][f"p{i}"] = draw(programs(years, fact_months, names, templates, list(tree["programs"]), by_value))
    if draw(st.booleans()):
        draw(changes(tree, years, fact_months, templates))
    if residual and draw(rarely(3)):
        tree["money"]["buckets"]["arms"]["authority_bn"] = 5000.0
        tree["programs"]["rest"] = {
            "title": "The rest",
            "bucket": "arms",
            "channel": draw(st.sampled_from(sorted(templates))),
            "quantity": "value",
            "residual": True,
        }
    if years > 1 and draw(rarely(2)):
        own = {name: program for name, program in tree["programs"].items() if "bid" not in program}
        tree |= draw(capabilities(list(own)))
        for program in own.values():
            program["sustainment_bn_per_unit"] = draw(st.sampled_from((0.0, 0.5)))
    apart = [name for name in templates if name != tree["programs"]["p0"]["channel"]]
    if apart and draw(rarely(3)):
        stage = draw(st.sampled_from(list(templates[apart[0]]["stages"].values())))
        stage["after"] = [f"p0.{draw(st.sampled_from(MILESTONES))}"]
    if draw(rarely(4)):
        tree["mechanisms"] = dict.fromkeys(draw(st.lists(st.sampled_from(SWITCHES), min_size=1, max_size=4)), False)
    if draw(rarely(3)):
        draw(conditioned(tree, fact_months))
    if not any("history" in block for block in blocks.values()) and draw(rarely(4)):
        first = draw(st.integers(1, 12))
        tree = shifted(tree, 0, first - FIRST_MONTH)
        tree["horizon"]["fy_first_month"] = first
    return tree


@st.composite
def tied(draw: DrawFn) -> Tree:
    """A scenario full of ties: durations in quarters of a year, nothing drawn about them, few priorities, whole rates."""
    tree = draw(scenarios())
    for channel in tree["channels"].values():
        for stage in channel["stages"].values():
            stage["duration_months"] = float(3 * round(stage["duration_months"] / 3)) or float(stage["duration_months"] > 0.0)
            stage.pop("noise", None)
    for program in tree["programs"].values():
        program["priority"] = draw(st.integers(1, 2))
    for resource in tree["resources"].values():
        if "background" in resource:
            resource["background"] |= {"size": {"dist": "uniform", "low": 3.0, "high": 3.0}, "priority": 1}
        if draw(st.booleans()):
            resource.pop("disruptions", None)
    return tree


@st.composite
def bystanders(draw: DrawFn, tree: Tree) -> tuple[str, Tree]:
    """A program without cost that shares no resource with any other, for a scenario: its name and block."""
    fy = tree["horizon"]["first_fy"]
    last = tree["horizon"]["last_fy"]
    lots = [
        {"fy": year, "units": draw(st.integers(1, 5))}
        for year in sorted(draw(st.sets(st.integers(fy - 1, last), min_size=1, max_size=3)))
    ]
    name = draw(st.sampled_from(("aaa", "p0a", "q", "zz")))
    block: Tree = {
        "title": "A bystander",
        "bucket": draw(st.sampled_from(sorted(tree["money"]["buckets"]))),
        "channel": "own",
        "priority": draw(st.integers(0, 9)),
        "unit_cost_bn": 0.0,
        "lots": lots,
        "cost_growth": {"p90": 1.4},
    }
    return name, block


BYSTANDER_CHANNEL: Tree = {
    "payment": {"shares": [0.5, 0.5]},
    "stages": {
        "request": {"duration_months": 5.0, "noise": {"p90": 1.7}, "rework": {"probability": 0.5, "to": "request"}},
        "work": {"duration_months": 9.0, "noise": {"p90": 1.3, "system_loading_share": 0.5}, "milestone": "delivered"},
    },
}
