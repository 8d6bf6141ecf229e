"""Rework: over resources, over lines, nested, after a fork into tranches."""

from __future__ import annotations

from typing import Any

from harness import Tree, overlay

from corpus.register import adversary, build, fleet, line, slots


def back(to: str, **more: Any) -> Tree:
    """A return that always happens, three times at most."""
    return {"probability": 1.0, "to": to, "most": 3, **more}


@adversary
def rework_of_itself() -> Tree:
    """A stage on one slot is sent back to itself: it gives the slot back and asks again, beside others that wait."""
    stages = build(work={"duration_months": 3.0, "resource": "yard", "rework": back("work")})
    return fleet(4, "abc", stages, resources__yard=slots(1))


@adversary
def rework_of_a_quick_stage() -> Tree:
    """Work that takes no time is sent back at the same instant, again and again."""
    stages = build(work={"resource": "yard", "rework": back("work")}, fit={"duration_months": 1.0})
    return fleet(3, "abc", stages, resources__yard=slots(1))


@adversary
def rework_in_rework() -> Tree:
    """Two stages send back, the later one over the earlier one, with other shares of work."""
    stages = build(
        plan={"duration_months": 2.0, "noise": {"p90": 1.3}},
        work={"duration_months": 3.0, "rework": back("plan", work_share=0.5), "resource": "yard"},
        test={"duration_months": 1.0, "rework": back("plan", work_share=2.0, probability=0.6), "approval": True},
    )
    return fleet(8, "abc", stages, resources__yard=slots(2))


@adversary
def rework_in_rework_of_rework() -> Tree:
    """Four gates, each of which sends back over all before it, so that three may be open at once; other shares of work."""
    shares = (0.25, 0.5, 0.75, 1.5)
    stages = {f"s{i}": {"duration_months": 1.0, "noise": {"p90": 1.3}, "rework": back("s0", most=3, work_share=share)}
              for i, share in enumerate(shares)}  # fmt: skip
    return fleet(8, "ab", build(**stages))


@adversary
def rework_of_many_stages() -> Tree:
    """Five returns from each of six stages: the first one is visited 31 times."""
    stages = {f"s{i}": {"duration_months": 0.5, "noise": {"p90": 1.5}, "rework": back("s0", most=5, work_share=0.9)}
              for i in range(6)}  # fmt: skip
    return fleet(8, "ab", build(**stages))


def forked(**stages: Tree) -> Tree:
    """Two programs that share a line, in tranches; others wait at the slots."""
    tree = fleet(6, "ab", build(**stages), resources={"plant": line({2025: 2.0, 2027: 0.5}), "yard": slots(1)})
    for name in "ab":
        tree["programs"][name] |= {
            "lots": [{"fy": 2025, "units": 7}, {"fy": 2026, "units": 6}], "tranche_units": 2,
        }  # fmt: skip
    return tree


@adversary
def rework_on_the_line() -> Tree:
    """Tranches are sent back to the line's lead time and wait for the line again."""
    return forked(make={"duration_months": 2.0, "resource": "plant", "rework": back("make", work_share=0.5)})


@adversary
def rework_over_the_fork() -> Tree:
    """Tranches go back to before the fork: they fork no more, and are alone with their units."""
    return forked(
        plan={"duration_months": 3.0, "resource": "yard"},
        make={"duration_months": 1.0, "resource": "plant"},
        test={"duration_months": 1.0, "rework": back("plan", most=2)},
    )


@adversary
def rework_before_the_fork() -> Tree:
    """The lot is sent back before it comes to the line, where it forks at last."""
    return forked(
        plan={"duration_months": 3.0, "rework": back("plan", probability=0.5)},
        make={"duration_months": 1.0, "resource": "plant"},
    )


@adversary
def rework_after_delivery_over_the_line() -> Tree:
    """Delivered tranches come back to the line; they are not delivered a second time."""
    stages: Tree = {
        "make": {"duration_months": 1.0, "resource": "plant", "milestone": "delivered"},
        "fit": {"duration_months": 1.0, "resource": "yard", "milestone": "operational", "rework": back("make", probability=0.7)},
    }
    return forked(**stages)


@adversary
def rework_below_one_tick() -> Tree:
    """A repeated stage of so small a share that it lasts one tick."""
    stages = build(work={"duration_months": 1.0, "resource": "yard"}, test={"rework": back("work", work_share=1e-6)})
    return fleet(3, "ab", stages, resources__yard=slots(1))


@adversary
def rework_under_pressure_and_disruption() -> Tree:
    """Repeated stages read pressure anew, meet disruptions and wait: all of it is rework."""
    tree = forked(
        ask={"duration_months": 2.0, "pressure_elasticity": 1.0, "noise": {"p90": 1.6}},
        work={"duration_months": 3.0, "resource": "yard"},
        make={"duration_months": 1.0, "resource": "plant", "rework": back("ask", probability=0.8)},
    )
    block = {"mean_months_between": 6.0, "duration_median_months": 2.0, "duration_p90_months": 4.0, "severity_share": 0.7}
    return overlay(tree, {
        "resources.yard.disruptions": block, "resources.plant.disruptions": block, "resources.yard.staff": True,
        "linkage": {"pressure": {"initial": 0.5, "statements_per_month": {"firewalled": 0.3}, "statement_size": 0.4}},
    })  # fmt: skip


@adversary
def rework_before_the_as_of_date() -> Tree:
    """Nothing is sent back before the as-of date or at it, everything after it."""
    stages = build(work={"duration_months": 6.0, "rework": back("work"), "resource": "yard", "failure_probability": 0.2})
    return fleet(4, "abc", stages, resources__yard=slots(2), horizon__as_of="2026-03")


@adversary
def rework_of_stages_a_lot_was_found_beyond() -> Tree:
    """Lots found in their test are sent back to stages that they have not passed within the horizon."""
    stages = build(
        plan={"duration_months": 3.0, "noise": {"p90": 1.5}},
        work={"duration_months": 4.0, "noise": {"p90": 1.5}},
        test={"duration_months": 2.0, "rework": back("plan", work_share=0.5)},
    )
    return overlay(fleet(4, "ab", stages, horizon__as_of="2025-10"), {
        "programs.a.lots": [{"fy": 2024, "units": 2}, {"fy": 2026, "units": 1}],
        "programs.a.state": [{"fy": 2024, "stage": "test", "done_share": 0.5}],
    })  # fmt: skip
