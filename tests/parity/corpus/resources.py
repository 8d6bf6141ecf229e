"""Resources: capacities that move, lines and tranches, disruptions, other customers."""

from __future__ import annotations

from typing import Any

from harness import Simulation, Tree, overlay

from alliancesim.engine.alliance import next_candidate
from alliancesim.plan.fields import ARRIVALS
from corpus.register import SEED, adversary, build, first_disruption, fleet, lasting, line, slots


def yard(capacity: Any, months: float = 14.0, years: int = 6, **more: Any) -> Tree:
    """Four programs before one yard."""
    stages = build(work={"duration_months": months, "resource": "yard"})
    return fleet(years, "abcd", stages, resources__yard=slots(capacity, **more))


@adversary
def capacity_cut_under_work() -> Tree:
    """Three are in work when one slot is left; nobody is granted until two have gone."""
    return yard({2025: 3, 2026: 1})


@adversary
def capacity_grows_while_a_queue_waits() -> Tree:
    """New slots on the budget day, before this year's requests are in."""
    return yard({2025: 1, 2026: 2, 2027: 6})


@adversary
def capacity_up_and_down() -> Tree:
    """Slots come and go every year, at the instants at which work ends."""
    return yard({2025: 2, 2026: 1, 2027: 3, 2028: 1, 2029: 2, 2030: 5}, months=12.0)


@adversary
def years_without_slots() -> Tree:
    """No slot at all in the first year and in a later one: the queue lasts, work in hand ends."""
    return yard({2025: 0, 2026: 2, 2028: 0, 2029: 1})


@adversary
def priorities_overtake() -> Tree:
    """Later requests of higher priority overtake those that wait, background orders among them."""
    tree = yard(1, months=5.0, background={
        "arrivals_per_month": 0.2, "size": {"dist": "uniform", "low": 1.0, "high": 3.0}, "priority": 3,
    })  # fmt: skip
    return overlay(tree, {f"programs.{name}.priority": n for name, n in zip("abcd", (5, 3, 3, 0), strict=True)})


@adversary
def a_resource_nobody_uses() -> Tree:
    """A resource without programs or customers, one with customers only, and one that is used."""
    tree = yard(2)
    tree["resources"] |= {
        "a_idle": line(3.0, disruptions=BREAKS), "z_idle": slots({2025: 0, 2026: 4}),
        "others": slots(1, background={"arrivals_per_month": 1.0, "size": {"dist": "exponential", "mean": 1.0}}),
    }  # fmt: skip
    return tree


def plant(capacity: Any, units: int, tranche: int, years: int = 6, **more: Any) -> Tree:
    """Three programs whose lots share one line in tranches."""
    stages = {
        "make": {"duration_months": 4.0, "resource": "plant", "milestone": "delivered"},
        "fit": {"duration_months": 2.0, "milestone": "operational"},
    }
    tree = fleet(years, "abc", stages, resources__plant=line(capacity, **more))
    for name in "abc":
        tree["programs"][name] |= {
            "lots": [{"fy": 2025 + y, "units": units} for y in range(0, years, 2)], "tranche_units": tranche,
        }  # fmt: skip
    return tree


@adversary
def sixteen_tranches() -> Tree:
    """Lots of three programs in as many tranches as there may be, on one line."""
    return plant(8.0, 32, 2)


@adversary
def tranches_of_a_lot_grown_by_backlog() -> Tree:
    """Unfunded lots come together in one, whole or by value: more tranches than there may be, hence larger ones."""
    tree = overlay(plant(8.0, 14, 1), {"money.buckets.arms.authority_bn": {2025: 2.5, 2028: 200.0}})
    tree["programs"]["v"] = valued(14.7, 14.1)
    return tree


def valued(*bn: float) -> Tree:
    """A program known by value, delivered in fractions of a bn."""
    lots = [{"fy": 2025 + y, "units": units} for y, units in enumerate(bn)]
    return {"title": "V", "bucket": "arms", "channel": "domestic", "quantity": "value", "lots": lots, "tranche_units": 0.95}


@adversary
def a_line_slows_down() -> Tree:
    """A line's rate falls and rises while lots wait: the rate of the year in which work begins holds for it."""
    return plant({2025: 4.0, 2026: 1.0, 2028: 9.0}, 12, 5)


@adversary
def tranches_larger_than_the_lot() -> Tree:
    """One tranche, and a lot of one unit."""
    return overlay(plant(1.0, 3, 5), {"programs.b.lots": [{"fy": 2025, "units": 1}]})


@adversary
def fractions_on_a_line() -> Tree:
    """A program known by value in fractional tranches, beside whole ones."""
    tree = plant(3.0, 9, 4)
    tree["programs"]["v"] = valued(13.3, 0.7)
    return tree


@adversary
def a_line_after_delivery() -> Tree:
    """Delivered before the line forks it: tranches come into service one by one."""
    tree = plant(2.0, 9, 2)
    stages = {
        "buy": {"duration_months": 3.0, "milestone": "delivered"},
        "refit": {"duration_months": 1.0, "resource": "plant", "milestone": "operational"},
    }
    return overlay(tree, {"channels.domestic.stages": stages})


@adversary
def tranches_that_share_nothing_after_the_line() -> Tree:
    """Behind the line each tranche takes its own time, stage after stage, before it is delivered."""
    stages = build(
        make={"duration_months": 1.0, "resource": "plant"},
        pack={"duration_months": 2.0, "noise": {"p90": 1.8}},
        ship={"duration_months": 1.0, "noise": {"p90": 1.8}},
    )
    return overlay(plant(2.0, 9, 2), {"channels.domestic.stages": stages})


@adversary
def a_line_known_in_part() -> Tree:
    """The as-of date falls into the line's work: some tranches are fact, others wait; states on the line and after it."""
    tree = overlay(plant(2.0, 9, 2), {"horizon.as_of": "2026-06"})
    return overlay(tree, {
        "programs.a.lots": [{"fy": fy, "units": 9} for fy in (2023, 2024, 2025, 2026)],
        "programs.a.state": [
            {"fy": 2023, "stage": "fit", "done_share": 1.0}, {"fy": 2024, "stage": "make", "done_share": 1.0},
            {"fy": 2025, "stage": "make", "done_share": 0.0},
        ],
    })  # fmt: skip


BREAKS: Tree = {
    "mean_months_between": 8.0, "duration_median_months": 3.0, "duration_p90_months": 6.0, "severity_share": 0.5,
}  # fmt: skip


@adversary
def disruptions_that_stop_the_work() -> Tree:
    """Severity 1: work ends with the disruption or after it."""
    return yard(2, disruptions=BREAKS | {"severity_share": 1.0})


@adversary
def disruptions_that_do_nothing() -> Tree:
    """Severity 0: work is cut at the disruptions' borders and lasts as long as without them."""
    return yard(2, disruptions=BREAKS | {"severity_share": 0.0})


@adversary
def disruptions_without_end() -> Tree:
    """As many disruptions as there may be, each outlasting the time between; the last ones reach beyond the horizon."""
    often = {"mean_months_between": 1.2, "duration_median_months": 0.5, "duration_p90_months": 40.0, "severity_share": 0.9}
    return yard({2025: 2, 2027: 1}, disruptions=often)


@adversary
def disruptions_on_a_line() -> Tree:
    """A line slowed now and then, shared by tranches and other customers."""
    tree = plant(2.0, 9, 2, disruptions=BREAKS)
    return overlay(tree, {"resources.plant.background": {"arrivals_per_month": 0.3, "size": {"dist": "exponential", "mean": 2.0},
                                                         "backlog": 4.0}})  # fmt: skip


def broken() -> Tree:
    """A yard after a stage of planning, disrupted for exactly two months at half its rate now and then."""
    stages = build(plan={"duration_months": 0.0}, work={"duration_months": 1.0, "resource": "yard"})
    block = {"mean_months_between": 9.0, "duration_median_months": 2.0, "duration_p90_months": 2.0, "severity_share": 0.5}
    return fleet(5, "ab", stages, resources__yard=slots(1, disruptions=block))


@adversary
def disruption_begins_at_a_completion() -> Tree:
    """Work ends at the instant at which a disruption begins."""
    tree = broken()
    return lasting(tree, "work", first_disruption(tree, "yard")[0])


@adversary
def disruption_ends_at_a_completion() -> Tree:
    """Work slowed by a disruption ends at its end."""
    tree = broken()
    begin, end = first_disruption(tree, "yard")
    return lasting(tree, "work", begin + 0.5 * (end - begin))


@adversary
def disruption_begins_at_a_grant() -> Tree:
    """A slot is granted at the instant at which a disruption begins."""
    tree = broken()
    return lasting(tree, "plan", first_disruption(tree, "yard")[0])


@adversary
def disruption_ends_at_a_grant() -> Tree:
    """A slot is granted at the instant at which a disruption ends."""
    tree = broken()
    return lasting(tree, "plan", first_disruption(tree, "yard")[1])


def customers(**background: Any) -> Tree:
    """Four programs before a yard that others use, too."""
    block = {"arrivals_per_month": 0.5, "size": {"dist": "exponential", "mean": 2.0}} | background
    return yard(2, months=6.0, background=block)


@adversary
def customers_without_end() -> Tree:
    """A queue that only grows, ahead of programs and behind them."""
    tree = customers(arrivals_per_month=5.0, priority=5)
    return overlay(tree, {"programs.a.priority": 1, "programs.d.priority": 9})


@adversary
def customers_who_want_nothing() -> Tree:
    """Orders of size 0 last one tick; no order at all arrives after the backlog."""
    return customers(arrivals_per_month=0.0, backlog=7, size={"dist": "uniform", "low": 0.0, "high": 1e-9})


@adversary
def customers_found_waiting() -> Tree:
    """A backlog of many orders at the as-of date, in the middle of a year."""
    return overlay(customers(backlog=30, priority=-9), {"horizon.as_of": "2026-08"})


@adversary
def customers_of_every_kind() -> Tree:
    """Orders drawn from every distribution, on slots."""
    tree = customers()
    sizes: list[Tree] = [
        {"dist": "uniform", "low": 0.0, "high": 4.0}, {"dist": "triangular", "low": 0.0, "mode": 1.0, "high": 4.0},
        {"dist": "triangular", "low": 2.0, "mode": 2.0, "high": 2.0}, {"dist": "lognormal", "median": 2.0, "p90": 9.0},
        {"dist": "exponential", "mean": 2.0},
    ]  # fmt: skip
    for n, size in enumerate(sizes):
        tree["resources"][f"r{n}"] = slots(1, background={"arrivals_per_month": 0.4, "size": size, "backlog": n})
    return tree


@adversary
def customers_on_a_line() -> Tree:
    """Orders and a backlog on a line with tranches, from a mid-year date on, some before and some behind."""
    tree = plant({2025: 3.0, 2027: 1.0}, 12, 5)
    block = {"arrivals_per_month": 0.4, "size": {"dist": "exponential", "mean": 3.0}, "priority": 2, "backlog": 25.5}
    return overlay(tree, {"resources.plant.background": block, "programs.a.priority": 1, "horizon.as_of": "2025-07"})


@adversary
def three_hundred_resources() -> Tree:
    """Customers at so many resources that their numbers leave no room in 32 bits, beside programs that ask for the last ones."""
    tree = customers(arrivals_per_month=0.3, size={"dist": "uniform", "low": 1.0, "high": 1.0})
    yard = tree["resources"].pop("yard")
    tree["resources"] = {f"y{n:03d}": yard for n in range(300)}
    tree["channels"]["domestic"]["stages"]["work"]["resource"] = "y299"
    return tree


@adversary
def customer_at_a_request() -> Tree:
    """Another customer's order arrives at the instant at which programs ask, and has the same priority."""
    stages = build(plan={"duration_months": 1.0}, work={"duration_months": 6.0, "resource": "yard"})
    block = {"arrivals_per_month": 0.5, "size": {"dist": "exponential", "mean": 6.0}, "priority": 5}
    tree = fleet(4, "ab", stages, resources__yard=slots(1, background=block))
    simulation = Simulation(tree)
    simulation.run(SEED, 0)
    rate = float(simulation.engine.world.resource[0, ARRIVALS])
    return lasting(tree, "plan", next_candidate(SEED, 0, simulation.compiled.background_key[0], 0, rate))


@adversary
def staff_before_a_line() -> Tree:
    """Waiting for staff and for a line in one pipeline, each charged to its cause."""
    tree = plant(2.0, 6, 2)
    tree["resources"]["team"] = slots({2025: 1, 2028: 3}, staff=True)
    return overlay(tree, {
        "channels.domestic.stages.fit.resource": "team",
        "channels.domestic.stages.make.noise": {"p90": 1.4, "system_loading_share": 0.7},
    })  # fmt: skip
