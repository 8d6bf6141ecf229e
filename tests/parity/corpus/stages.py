"""Stages: without duration, with wild noise, failing, under pressure."""

from __future__ import annotations

from typing import Any

from harness import Tree, overlay, plain

from corpus.register import adversary, build, fleet, line, slots


@adversary
def no_time_at_all() -> Tree:
    """Every stage without duration, with and without resources: a lot contracted is a lot in service."""
    stages: Tree = {
        "plan": {}, "ask": {"resource": "yard"}, "make": {"resource": "plant"}, "ship": {"milestone": "delivered"},
        "fit": {"resource": "yard"}, "serve": {"milestone": "operational"},
    }  # fmt: skip
    return fleet(3, "abc", stages, resources={"yard": slots(1), "plant": line(2.0)})


@adversary
def no_time_on_slots() -> Tree:
    """Stages without duration ask for the one slot that others work on for months."""
    tree = fleet(3, "abcd", build(ask={"resource": "yard"}, work={"duration_months": 5.0, "resource": "yard"}),
                 resources__yard=slots(1))  # fmt: skip
    return overlay(tree, {"programs.b.stages.work.duration_months": 0.0, "programs.c.stages.ask.duration_months": 5.0})


@adversary
def no_time_after_delivery() -> Tree:
    """Service begins at the instant of delivery, by stages that take no time and one that is sent back."""
    stages = {
        "work": {"duration_months": 7.0, "milestone": "delivered"},
        "test": {"rework": {"probability": 0.5, "to": "test", "most": 3}},
        "fit": {"milestone": "operational"},
    }
    return fleet(3, "ab", stages)


def noisy(**noise: Any) -> Tree:
    """Three programs of two noisy stages, one of them on slots, with half of it fact."""
    stages = build(
        plan={"duration_months": 6.0, "noise": noise, "approval": True},
        work={"duration_months": 10.0, "noise": noise, "resource": "yard"},
    )
    return fleet(5, "abc", stages, resources__yard=slots(1), horizon__as_of="2026-06")


@adversary
def noise_without_spread() -> Tree:
    """Median and 90th percentile both 1.2: longer than planned, and the same each time; work begun has no spread to draw."""
    return noisy(median=1.2, p90=1.2)


@adversary
def noise_without_spread_below_one() -> Tree:
    """Median and 90th percentile both 0.5: what is under way at the as-of date is overdue."""
    return noisy(median=0.5, p90=0.5)


@adversary
def noise_that_hardly_lets_it_last() -> Tree:
    """Work under way at the as-of date has lasted as long as 1 in 10^50, 10^100 and 10^1000000 does."""
    tree = noisy(median=0.5, p90=0.53)
    for name, p90 in (("b", 0.52), ("c", 0.5001)):
        noise = {"median": 0.5, "p90": p90}
        tree = overlay(tree, {f"programs.{name}.stages": {"plan": {"noise": noise}, "work": {"noise": noise}}})
    states = [{"fy": 2025, "stage": "work", "done_share": 0.98}, {"fy": 2026, "stage": "plan", "done_share": 0.9}]
    return overlay(tree, {f"programs.{name}.state": states for name in "abc"})


@adversary
def noise_huge() -> Tree:
    """Stages of minutes and of millennia."""
    return noisy(median=1.0, p90=1e4)


@adversary
def noise_of_the_system_only() -> Tree:
    """All noise is the resource's or the channel's year: nothing of their own is left to draw."""
    return noisy(p90=2.0, system_loading_share=1.0)


@adversary
def noise_of_the_program_only() -> Tree:
    """All noise is the program's."""
    return noisy(p90=2.0, program_loading_share=1.0)


@adversary
def noise_shared_by_both() -> Tree:
    """Noise of the system, of the program and of the stage."""
    return noisy(p90=1.5, median=0.9, system_loading_share=0.6, program_loading_share=0.6)


def failing(stage: str, probability: float) -> Tree:
    """Three programs through a resource, a line and a stage after delivery, one stage of which fails."""
    stages: Tree = {
        "plan": {"duration_months": 2.0, "resource": "yard"},
        "make": {"duration_months": 3.0, "resource": "plant", "milestone": "delivered"},
        "fit": {"duration_months": 2.0, "milestone": "operational"},
    }
    stages[stage]["failure_probability"] = probability
    tree = fleet(4, "abc", stages, resources={"yard": slots(1), "plant": line(1.0)})
    for name in "abc":
        tree["programs"][name] |= {"lots": [{"fy": fy, "units": 5} for fy in (2024, 2025, 2026)],
                                                           "tranche_units": 2}  # fmt: skip
    return tree


@adversary
def failure_years_after_the_contract() -> Tree:
    """Units are in the pipeline up to the day on which they fail, by work that nobody shares."""
    plan = {"duration_months": 20.0, "failure_probability": 0.6}
    return fleet(6, "ab", build(plan=plan, work={"duration_months": 5.0}))


@adversary
def failure_on_slots() -> Tree:
    """All fail on the resource, which is given back."""
    return failing("plan", 1.0)


@adversary
def failure_on_the_line() -> Tree:
    """All tranches fail when the line is done with them."""
    return failing("make", 1.0)


@adversary
def failure_after_delivery() -> Tree:
    """All fail after delivery: delivered, never in service."""
    return failing("fit", 1.0)


@adversary
def failure_now_and_then() -> Tree:
    """Half of the tranches fail on the line; payments on delivery and advances of the others are settled in part."""
    tree = failing("make", 0.5)
    return overlay(tree, {
        "channels.domestic.payment.on_delivery_share": 0.4, "channels.domestic.advance": True,
        "channels.domestic.settlement_lag_months": 5.0,
    })  # fmt: skip


@adversary
def failure_and_rework_at_one_stage() -> Tree:
    """A stage may fail and may be sent back: failure is asked first, at every visit."""
    tree = failing("fit", 0.3)
    return overlay(tree, {"channels.domestic.stages.fit.rework": {"probability": 0.8, "to": "plan", "most": 3}})


@adversary
def pressure_on_every_stage() -> Tree:
    """Elasticities on stages with and without resource and duration, under pressure that jumps."""
    stages = build(
        ask={"duration_months": 3.0, "pressure_elasticity": 2.0, "approval": True, "noise": {"p90": 2.0}},
        none={"pressure_elasticity": 2.0},
        work={"duration_months": 5.0, "pressure_elasticity": 0.5, "resource": "yard"},
        make={"duration_months": 2.0, "pressure_elasticity": 1.0, "resource": "plant"},
    )
    linkage = {"pressure": {"initial": 1.0, "statements_per_month": {"firewalled": 0.8}, "statement_size": 0.5}}
    return fleet(5, "abc", stages, resources={"yard": slots(1), "plant": line(3.0)}, linkage=linkage, horizon__as_of="2025-08")


@adversary
def override_everything() -> Tree:
    """A program's own duration, noise, resource, approval, failure and rework of a stage."""
    tree = plain(6, resources__yard=slots(1), programs__ship__stages__build={
        "duration_months": 7.0, "noise": {"p90": 1.3}, "resource": "yard", "approval": True, "pressure_elasticity": 0.2,
        "failure_probability": 0.2, "rework": {"probability": 0.5, "to": "build"},
    })  # fmt: skip
    tree["programs"]["other"] = tree["programs"]["ship"] | {"stages": {}}
    return tree
