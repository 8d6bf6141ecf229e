"""What a change of a scenario must leave alone, over random scenarios."""

from __future__ import annotations

from harness import Tree, plain
from hypothesis import given, settings
from hypothesis import strategies as st
from invariances import (
    check_bystander,
    check_calm,
    check_capacity,
    check_longer,
    check_order_of_programs,
    check_scale,
    check_yen,
)
from strategies import bystanders, rarely, scenarios, seeds


@settings(max_examples=120)
@given(st.data(), scenarios(), seeds, st.integers(0, 4))
def test_an_unrelated_program_changes_no_other(data: st.DataObject, tree: Tree, seed: int, position: int) -> None:
    name, block = data.draw(bystanders(tree))
    check_bystander(tree, name, block, seed, position)


@given(scenarios(), seeds)
def test_the_order_of_programs_in_the_file_is_nothing(tree: Tree, seed: int) -> None:
    check_order_of_programs(tree, seed)


@given(scenarios(), seeds)
def test_a_yen_shock_without_foreign_content_moves_only_rates(tree: Tree, seed: int) -> None:
    check_yen(tree, seed)


@given(scenarios(residual=False, by_value=False), seeds)
def test_scaling_money_by_a_power_of_two_leaves_dates_and_quantities(tree: Tree, seed: int) -> None:
    check_scale(tree, seed)


@given(scenarios(residual=False, most_years=6), seeds, st.integers(1, 4))
def test_a_longer_horizon_leaves_earlier_years(tree: Tree, seed: int, more_years: int) -> None:
    check_longer(tree, seed, more_years)


@settings(max_examples=120)
@given(scenarios(), seeds)
def test_without_noise_queues_and_limits_every_program_meets_its_estimate(tree: Tree, seed: int) -> None:
    check_calm(tree, seed)


@given(st.integers(1, 3), st.integers(1, 3), st.lists(st.integers(1, 9), min_size=1, max_size=5), rarely(2), seeds)
def test_more_capacity_makes_nobody_wait_longer(slots: int, more: int, units: list[int], noisy: bool, seed: int) -> None:
    check_capacity(one_queue(slots, units, noisy), one_queue(slots + more, units, noisy), seed)


def one_queue(slots: int, units: list[int], noisy: bool) -> Tree:
    """Lots of several years and other customers before one first-come-first-served queue."""
    tree = plain(
        20,
        resources__yard={
            "kind": "slots",
            "capacity": slots,
            "background": {"arrivals_per_month": 0.15, "size": {"dist": "exponential", "mean": 9.0}, "priority": 5},
        },
        channels__domestic__stages={
            "design": {"duration_months": 3.3},
            "build": {
                "duration_months": 11.7,
                "resource": "yard",
                "noise": {"p90": 1.5 if noisy else 1.0},
                "milestone": "delivered",
            },
        },
    )
    ship = tree["programs"].pop("ship")
    for i, count in enumerate(units):
        tree["programs"][f"ship{i}"] = ship | {"lots": [{"fy": 2025 + y, "units": 1} for y in range(count)]}
    return tree
