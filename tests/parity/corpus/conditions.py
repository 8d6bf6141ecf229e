"""Conditions: effects at the instants at which others read, slots that open, workforces, ties and the decay of pressure."""

from __future__ import annotations

from typing import Any

from harness import Tree, overlay

from corpus.linkage import talks
from corpus.register import adversary, build, fleet, line, slots

KIND: Tree = {"initial": 90.0, "required": 100.0, "cohort": 10.0, "recruiting_share": 1.0, "attrition_share": 0.1,
              "recruiting_sd_share": 0.3}  # fmt: skip
"""A workforce that stays about as large as it is."""


def moved(names: str = "abcde", years: int = 6, stages: Tree | None = None, **changes: Any) -> Tree:
    """Programs that all lift one condition with their first delivery, and all read it."""
    own = stages or {
        "plan": {"duration_months": 3.0, "slowed_by": {"skill": 1.0}},
        "work": {"duration_months": 5.0, "slowed_by": {"skill": 0.5, "support": 0.3}, "milestone": "delivered"},
        "fit": {"duration_months": 4.0, "slowed_by": {"skill": -0.5}, "milestone": "operational"},
    }
    tree = fleet(years, names, own, conditions={"skill": {"initial": 0.8}, "doubt": {}})
    for name in names:
        tree["programs"][name]["effects"] = {"more": {"on": "first_delivery", "condition": "skill", "mult": 1.3}}
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


@adversary
def effects_at_the_instant_of_reading() -> Tree:
    """All programs deliver at one instant at which each begins its next stage: earlier names do not see later effects."""
    return moved()


@adversary
def effects_as_others_begin() -> Tree:
    """A delivery falls on the instant at which stages of earlier and later names begin, after 3 months and after 8."""
    stages = {"plan": {"duration_months": 3.0}, "work": {"duration_months": 5.0, "slowed_by": {"skill": 1.0}}}
    tree = moved(stages=build(**stages), conditions__skill__initial=1.0)
    quick = {"plan": {"duration_months": 1.0}, "work": {"duration_months": 2.0, "slowed_by": {}}}
    slow = {"plan": {"duration_months": 8.0}}
    return overlay(tree, {"programs.b.stages": quick, "programs.d.stages": quick, "programs.e.stages": slow})


@adversary
def effects_of_every_milestone() -> Tree:
    """First delivery, first operation and completion move two conditions up and down to their bounds, some at one instant."""
    effects = {
        "a": {"on": "first_delivery", "condition": "skill", "add": 0.4},
        "b": {"on": "completion", "condition": "skill", "mult": 0.5},
        "c": {"on": "completion", "condition": "doubt", "add": -0.7},
        "d": {"on": "first_operational", "condition": "doubt", "mult": 9.0},
        "e": {"on": "first_operational", "condition": "skill", "add": 5.0},
    }
    tree = moved(conditions__skill__ceiling=3.0, conditions__doubt__ceiling=2.0)
    for name in "abcde":
        tree["programs"][name] |= {"effects": effects, "lots": [{"fy": 2025, "units": 1}, {"fy": 2026, "units": 1}]}
    return overlay(tree, {"channels.domestic.stages.fit.slowed_by": {"doubt": 1.0, "skill": 2.0}})


@adversary
def effects_of_history() -> Tree:
    """Lots delivered before the first year, units delivered before, and milestones before a mid-year date of knowledge."""
    tree = moved(horizon__as_of="2026-06", programs__b__delivered_before_units=2)
    tree["programs"]["a"]["lots"] = [{"fy": 2022, "units": 1}, {"fy": 2026, "units": 1}]
    tree["programs"]["c"]["lots"] = [{"fy": 2024, "units": 1}, {"fy": 2027, "units": 1}]
    tree["programs"]["d"] |= {"lots": [{"fy": 2024, "units": 1}], "state": [{"fy": 2024, "stage": "fit", "done_share": 0.5}]}
    return tree


@adversary
def effects_after_a_wait_for_the_budget() -> Tree:
    """Contracts wait for the budget, and the first stage reads what a delivery moves at that instant."""
    return moved(money__provisional={"probability_intercept_share": 1.0, "wait_months": 2.0})


@adversary
def slots_that_open() -> Tree:
    """Deliveries open slots for which others wait, in the middle of a year and at its end, and an effect closes them again."""
    stages = {
        "plan": {"duration_months": 4.0},
        "work": {"duration_months": 8.0, "resource": "yard", "milestone": "delivered"},
        "fit": {"duration_months": 3.0, "resource": "yard", "milestone": "operational"},
    }
    tree = moved(names="abcdefg", stages=stages, resources__yard=slots({2025: 1, 2027: 2}, scaled_by={"skill": 2.0}),
                 conditions__skill__initial=1.0)  # fmt: skip
    tree["programs"]["c"]["effects"] = {"less": {"on": "first_delivery", "condition": "skill", "mult": 0.1}}
    tree["programs"]["f"]["effects"] = {"more": {"on": "first_delivery", "condition": "skill", "add": 2.0}}
    return tree


@adversary
def slots_opened_by_others() -> Tree:
    """Slots open by deliveries of programs that use none of them, while many wait; one opens them as another asks."""
    tree = moved(names="abcdefg", stages={"plan": {"duration_months": 3.0}, "work": {
        "duration_months": 9.0, "resource": "yard", "milestone": "delivered"}},
        resources__yard=slots(1, scaled_by={"skill": 1.0}), conditions__skill__initial=1.0)  # fmt: skip
    tree["channels"]["tools"] = {"payment": {"shares": [1.0]}, "stages": {"make": {"milestone": "delivered"}}}
    for name, months in (("a", 3.0), ("d", 5.0), ("g", 12.0)):
        tree["programs"][name] |= {"channel": "tools", "stages": {"make": {"duration_months": months}}}
        tree["programs"][name]["effects"]["more"]["mult"] = 2.0
    return tree


@adversary
def lines_that_speed_up() -> Tree:
    """Each delivery speeds up the line on which the next lot is made, and the customers' orders with it."""
    stages = build(plan={"duration_months": 2.0}, make={"duration_months": 3.0, "resource": "plant"})
    background = {"arrivals_per_month": 0.2, "size": {"dist": "exponential", "mean": 2.0}, "backlog": 3.0}
    tree = moved(stages=stages, resources__plant=line({2025: 0.5, 2028: 1.0}, scaled_by={"skill": 1.0}, background=background))
    for name in "abcde":
        tree["programs"][name] |= {"tranche_units": 1, "lots": [{"fy": 2025 + y, "units": 3} for y in range(6)]}
    return tree


@adversary
def nobody_to_do_it() -> Tree:
    """A workforce that shrinks to its floor, with crews for units in service; its staffing scales slots and slows stages."""
    tree = moved(
        workforce={
            "cyber": KIND | {"cohort": {2025: 10.0, "then_growth_share": -0.4}, "scaled_by": {"skill": 0.5, "support": 1.0}},
            "yard_hands": KIND | {"known": {2025: 70.0, 2026: 120.0}, "initial": 10.0, "ceiling": 1.1},
        },
        resources__yard=slots(3, scaled_by={"yard_hands": 1.0}, staff=True), horizon__as_of="2026-06",
        channels__domestic__stages__work__resource="yard",
    )  # fmt: skip
    for name in "abcde":
        tree["programs"][name]["crew"] = {"cyber": 3.0, "yard_hands": 1.0}
    return overlay(tree, {"channels.domestic.stages.work.slowed_by": {"cyber": 1.5, "skill": 0.5, "yard_hands": 0.5}})


@adversary
def ties_that_damp() -> Tree:
    """Deliveries tie partners: rounds go better, stages feel less pressure, and pressure decays faster, with taxes between."""
    tree = talks(pressure_add=0.4, pressure_mult=1.2, regime="linked")
    tree["conditions"] = {"ties": {"initial": 0.3, "floor": 0.05}, "trust": {"initial": 1.0}}
    for name in "abcd":
        tree["programs"][name]["effects"] = {
            "ties": {"on": "first_delivery", "condition": "ties", "add": 0.2},
            "trust": {"on": "first_operational", "condition": "trust", "mult": 1.5},
            "more": {"on": "first_operational", "condition": "ties", "mult": 1.1},
        }
    return overlay(tree, {
        "linkage.ties_condition": "ties", "linkage.pressure.ties_damping_share": 0.8,
        "linkage.pressure.decay_condition": "trust", "linkage.pressure.decay_elasticity": 1.5,
        "channels.domestic.stages.ask.slowed_by": {"support": 1.0, "trust": 0.2},
        "money.taxes": {"x": {"date": "2026-04", "yield_bn": 5.0, "threshold_share": 0.5, "support_hit_share": 0.1}},
    })  # fmt: skip


@adversary
def repeated_under_other_conditions() -> Tree:
    """Stages are sent back and repeated while conditions move; what is repeated is rework, whatever slows it."""
    tree = moved()
    return overlay(tree, {
        "channels.domestic.stages.work.rework": {"probability": 0.6, "to": "plan", "most": 3, "work_share": 0.5},
        "channels.domestic.stages.fit.rework": {"probability": 0.6, "to": "plan", "most": 2},
        "channels.domestic.stages.plan.noise": {"p90": 1.5}, "channels.domestic.stages.work.failure_probability": 0.1,
    })  # fmt: skip


@adversary
def gates_of_research() -> Tree:
    """Readiness gates that may be failed or given up, shortened by a fund that deliveries feed; a product waits for the last."""
    gate = {"duration_months": 4.0, "noise": {"p90": 1.6}, "slowed_by": {"skill": 0.5}, "failure_probability": 0.1,
            "rework": {"probability": 0.3, "to": "study", "most": 2, "work_share": 0.5}}  # fmt: skip
    tree = moved(names="xyz")
    tree["channels"]["research"] = {"payment": {"shares": [1.0]}, "stages": {
        "study": gate | {"rework": {"probability": 0.2, "to": "study"}}, "show": gate, "prove": gate | {"milestone": "delivered"},
    }}  # fmt: skip
    for name in "abc":
        tree["programs"][name] = tree["programs"]["x"] | {"channel": "research", "lots": [{"fy": 2025, "units": 1}]}
    return overlay(tree, {"programs.x.stages.plan.after": ["a.first_delivery"], "programs.y.stages.work.after": ["b.completion"]})
