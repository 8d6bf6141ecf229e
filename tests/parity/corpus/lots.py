"""Lots: none, very many, opening ones, promised ones."""

from __future__ import annotations

from harness import Tree, overlay, plain

from corpus.register import adversary, build, fleet, line, slots


@adversary
def no_programs() -> Tree:
    """A budget, an economy and customers, and nothing to buy."""
    tree = plain(3, linkage={"pressure": {"initial": 1.0, "statements_per_month": {"firewalled": 0.5}, "statement_size": 1.0}})
    block = {"arrivals_per_month": 1.0, "size": {"dist": "exponential", "mean": 1.0}, "backlog": 3}
    return tree | {"programs": {}, "resources": {"yard": slots(1, background=block)}}


@adversary
def no_resources_no_channels() -> Tree:
    """Money alone."""
    return plain(3) | {"programs": {}, "channels": {}}


@adversary
def three_hundred_programs() -> Tree:
    """Many programs alike before few slots and one line."""
    stages = build(work={"duration_months": 3.0, "resource": "yard"}, make={"duration_months": 1.0, "resource": "plant"})
    tree = fleet(3, "a", stages, resources={"yard": slots(40), "plant": line(9.0)}, money__topline_bn=5000.0,
                 money__buckets__arms__authority_bn=4000.0)  # fmt: skip
    one = tree["programs"].pop("a")
    tree["programs"] = {f"p{n}": one | {"priority": n % 4, "lots": [{"fy": 2025 + n % 3, "units": 1}]} for n in range(300)}
    return tree


@adversary
def programs_never_funded() -> Tree:
    """No authority: nothing is contracted, and what is late is late for want of funding."""
    return overlay(fleet(4, "abc", build(work={"duration_months": 8.0, "resource": "yard"}), resources__yard=slots(1)),
                   {"money.buckets.arms.authority_bn": 0.0})  # fmt: skip


@adversary
def opening_lots_only() -> Tree:
    """Contracts of the thirty years before: long delivered, at the start, under way."""
    tree = plain(3, channels__domestic__stages__build__duration_months=36.0)
    return overlay(tree, {"programs.ship.lots": [{"fy": fy, "units": 2} for fy in (1996, 2010, 2021, 2022, 2023, 2024)]})


@adversary
def opening_lots_everywhere() -> Tree:
    """Lots under way at the start in every stage: on slots, on a line, after delivery; two programs, equal dates."""
    stages: Tree = {
        "plan": {"duration_months": 12.0, "noise": {"p90": 1.4}},
        "work": {"duration_months": 12.0, "noise": {"p90": 1.4}, "resource": "yard"},
        "make": {"duration_months": 6.0, "resource": "plant", "milestone": "delivered"},
        "fit": {"duration_months": 12.0, "noise": {"p90": 1.4}, "milestone": "operational"},
    }
    tree = fleet(5, "ab", stages, resources={"yard": slots(1), "plant": line(0.5)})
    for name in "ab":
        tree["programs"][name] |= {"lots": [{"fy": fy, "units": 4} for fy in range(2019, 2029)],
                                                           "tranche_units": 2}  # fmt: skip
    return tree


@adversary
def opening_states() -> Tree:
    """States of opening lots in every stage, nothing done and all done."""
    tree = overlay(opening_lots_everywhere(), {"horizon.as_of": "2025-04"})
    states = [("plan", 0.0), ("plan", 1.0), ("work", 0.5), ("work", 1.0), ("make", 0.0), ("fit", 1.0)]
    return overlay(tree, {
        f"programs.{name}.state": [{"fy": 2019 + n, "stage": stage, "done_share": done}
                                   for n, (stage, done) in enumerate(order)]
        for name, order in (("a", states), ("b", states[::-1]))
    })  # fmt: skip


@adversary
def promises_kept_and_broken() -> Tree:
    """Baselines before and after estimates, estimates in the past, planned deliveries of single lots, deliveries on record."""
    tree = fleet(6, "abcd", build(plan={"duration_months": 5.0}, work={"duration_months": 9.0, "resource": "yard"}),
                 resources__yard=slots(2))  # fmt: skip
    return overlay(tree, {
        "programs.a": tree["programs"]["a"] | {"baseline_delivery": "2026-01", "current_estimate": "2027-06"},
        "programs.b": tree["programs"]["b"] | {"baseline_delivery": "2028-01", "current_estimate": "2026-10-15"},
        "programs.c": tree["programs"]["c"] | {
            "baseline_delivery": "2023-01", "current_estimate": "2024-02", "delivered_before_units": 2},
        "programs.d.lots": [{"fy": 2025, "units": 1, "delivery": "2026-09"}, {"fy": 2027, "units": 2, "delivery": "2031-04"},
                            {"fy": 2033, "units": 4}],
    })  # fmt: skip


@adversary
def a_first_delivery_out_of_order() -> Tree:
    """The second lot is planned to arrive before the first, and overtakes it."""
    tree = plain(6)
    return overlay(tree, {"programs.ship.lots": [
        {"fy": 2025, "units": 1, "delivery": "2030-04"}, {"fy": 2026, "units": 1, "delivery": "2027-04"},
    ]})  # fmt: skip


@adversary
def lots_beyond_the_horizon() -> Tree:
    """A program all of whose lots come after the horizon, beside one with a last lot there."""
    tree = plain(2)
    tree["programs"]["later"] = tree["programs"]["ship"] | {"lots": [{"fy": 2030, "units": 3}]}
    return overlay(tree, {"programs.ship.lots": [{"fy": 2025, "units": 3}, {"fy": 2027, "units": 3}]})
