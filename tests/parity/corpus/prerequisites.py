"""Stages that wait for what other programs reach."""

from __future__ import annotations

from typing import Any

from harness import Tree, overlay

from corpus.register import adversary, build, first_month, fleet, line, slots


def chain(*milestones: str, before: str = "abcde", **changes: Any) -> Tree:
    """Programs of which each waits for a milestone of the one before, in its second stage."""
    stages = {
        "plan": {"duration_months": 2.0},
        "work": {"duration_months": 5.0, "milestone": "delivered"},
        "fit": {"duration_months": 1.0, "milestone": "operational"},
    }
    tree = fleet(6, before, stages, **changes)
    for n, milestone in enumerate(milestones):
        tree = overlay(tree, {f"programs.{before[n + 1]}.stages.work.after": [f"{before[n]}.{milestone}"]})
    for name in before:
        tree["programs"][name] |= {"lots": [{"fy": 2025, "units": 1}, {"fy": 2026, "units": 1}]}
    return tree


@adversary
def prerequisites_in_a_chain() -> Tree:
    """Each program waits for another milestone of the one before it."""
    return chain("first_delivery", "first_operational", "completion", "first_delivery")


@adversary
def prerequisites_against_the_names() -> Tree:
    """The same chain from the last name to the first: those woken come before those who wake."""
    return chain("first_delivery", "first_operational", "completion", "first_delivery", before="edcba")


@adversary
def prerequisite_at_the_same_instant() -> Tree:
    """A milestone is reached at the instant at which the stage that needs it begins, by a name before and one after."""
    stages = {"plan": {"duration_months": 7.0}, "work": {"duration_months": 7.0, "milestone": "delivered"}}
    tree = fleet(3, "abc", stages)
    quick = {"plan": {"duration_months": 3.0}, "work": {"duration_months": 4.0}}
    late = {"work": {"after": ["b.first_delivery"]}}
    return overlay(tree, {"programs.a.stages": late, "programs.b.stages": quick, "programs.c.stages": late})


@adversary
def prerequisites_before_a_resource() -> Tree:
    """Many wait for one milestone and then ask for one slot at the same instant, in the order of their names."""
    stages = build(plan={"duration_months": 3.0}, work={"duration_months": 4.0, "resource": "yard"})
    tree = fleet(5, "abcdef", stages, resources__yard=slots(1))
    wait = {"work": {"after": ["d.completion", "c.first_operational"]}}
    return overlay(tree, {f"programs.{name}.stages": wait for name in "abef"} | {
        "programs.d.lots": [{"fy": 2026, "units": 1}]})  # fmt: skip


@adversary
def prerequisites_met_in_turn() -> Tree:
    """A stage needs three milestones that are reached in another order than they are named."""
    tree = chain("first_delivery")
    return overlay(tree, {"programs.e.stages.work.after": ["c.completion", "a.first_delivery", "d.first_operational"]})


@adversary
def prerequisite_never_reached() -> Tree:
    """The one waited for fails; those who wait, wait at the horizon, and are charged for it."""
    tree = chain("first_delivery", "completion")
    return overlay(tree, {"programs.a.stages.work.failure_probability": 1.0})


@adversary
def prerequisite_long_reached() -> Tree:
    """Units of earlier contracts, and lots under way at the start, are milestones reached."""
    tree = chain("first_delivery", "first_operational", "completion")
    return overlay(tree, {
        "programs.a.delivered_before_units": 3, "programs.b.lots": [{"fy": 2022, "units": 2}],
        "programs.c.lots": [{"fy": 2024, "units": 2}],
    })  # fmt: skip


@adversary
def prerequisite_in_the_past() -> Tree:
    """Stages that began before the as-of date did not wait; those after it do."""
    return chain("completion", "completion", "completion", horizon__as_of="2026-06")


@adversary
def prerequisite_of_a_repeated_stage() -> Tree:
    """The stage that waits is repeated: it waits but once, and on its way back it may wait for another one."""
    tree = chain("first_delivery", "completion")
    return overlay(tree, {
        "channels.domestic.stages.fit.rework": {"probability": 1.0, "to": "plan", "most": 2, "work_share": 0.3},
        "programs.c.stages.plan.after": ["a.completion"],
        "programs.c.stages.fit.after": ["b.first_operational"],
    })  # fmt: skip


@adversary
def prerequisite_first_met_on_the_way_back() -> Tree:
    """A stage begun before the as-of date, without waiting, waits when it is repeated after it."""
    stages = {
        "work": {"duration_months": 6.0, "after": ["z.completion"]},
        "test": {"duration_months": 12.0, "rework": {"probability": 1.0, "to": "work"}, "milestone": "delivered"},
    }
    tree = fleet(6, "ab", stages, horizon__as_of="2026-03")
    own = {"duration_months": 40.0, "milestone": "delivered"}
    tree["channels"]["slow"] = tree["channels"]["domestic"] | {"stages": {"make": own}}
    tree["programs"]["z"] = tree["programs"]["a"] | {"channel": "slow", "lots": [{"fy": 2025, "units": 1}]}
    return tree


@adversary
def woken_and_begun_at_one_instant() -> Tree:
    """A lot that begins and one that is woken on the same day both deliver at once: which comes first is on record."""
    tree = fleet(3, "ac", build(work={}))
    return overlay(tree, {
        "programs.a.lots": [{"fy": 2026, "units": 1}], "programs.c.lots": [{"fy": 2025, "units": 1}, {"fy": 2026, "units": 1}],
        "programs.c.stages.work.after": ["a.first_delivery"],
    })  # fmt: skip


@adversary
def woken_in_the_order_of_arrival() -> Tree:
    """Two lots wait for one milestone, the later one since an earlier day; both deliver at the instant at which it is reached."""
    tree = fleet(5, "cz", build(plan={"duration_months": 9.0}, ship={}))
    return overlay(tree, {
        "programs.c.lots": [{"fy": 2025, "units": 1, "delivery": "2027-10"}, {"fy": 2026, "units": 1, "delivery": "2026-12"}],
        "programs.c.stages.ship.after": ["z.completion"], "programs.z.lots": [{"fy": 2027, "units": 1, "delivery": "2028-08"}],
    })  # fmt: skip


@adversary
def prerequisite_of_a_tranche() -> Tree:
    """A milestone reached by a tranche from the line wakes another program's tranches at their later stage."""
    stages = {
        "make": {"duration_months": 2.0, "resource": "plant", "milestone": "delivered"},
        "fit": {"duration_months": 1.0, "milestone": "operational"},
    }
    tree = fleet(4, "ab", stages, resources__plant=line(1.0))
    for name in "ab":
        tree["programs"][name] |= {"lots": [{"fy": 2025, "units": 6}], "tranche_units": 2}
    return overlay(tree, {"programs.a.stages.fit.after": ["b.completion"], "programs.b.stages.fit.after": ["a.first_delivery"]})


@adversary
def milestones_at_a_drawn_instant() -> Tree:
    """A stage is ready at the instant at which another program's noisy work reaches its prerequisite."""
    stages = build(plan={"duration_months": 4.0}, work={"duration_months": 5.0})
    tree = fleet(5, "ab", stages)
    tree["channels"]["other"] = tree["channels"]["domestic"] | {
        "stages": {"make": {"duration_months": 8.0, "noise": {"p90": 2.0}, "milestone": "delivered"}}
    }
    tree["programs"]["m"] = tree["programs"]["a"] | {"channel": "other", "lots": [{"fy": 2025, "units": 1}]}
    ready = first_month(tree, "m FY2025", "done")
    override = {"plan": {"duration_months": ready}, "work": {"after": ["m.first_delivery"]}}
    return overlay(tree, {"programs.a.stages": override, "programs.b.stages": override})
