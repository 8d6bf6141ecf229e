"""One world written in two ways gives the same outcomes, over random scenarios."""

from __future__ import annotations

import pytest
from harness import Tree
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from relations import (
    INERT,
    check_arrived,
    check_halves,
    check_months,
    check_resolved,
    check_same,
    check_years,
    has_days,
    turned_around,
    with_inert,
)
from strategies import scenarios, seeds


def on_record(tree: Tree) -> bool:
    """Whether a currency has a history, which stays where it is in the calendar."""
    return any("history" in currency for currency in tree["currencies"].values())


@settings(max_examples=60)
@given(scenarios(), seeds)
def test_the_order_of_a_file_is_nothing(tree: Tree, seed: int) -> None:
    check_same(tree, turned_around(tree), seed)


@pytest.mark.parametrize("name", INERT)
@settings(max_examples=12)
@given(scenarios(), seeds)
def test_what_takes_part_in_nothing_changes_nothing(name: str, tree: Tree, seed: int) -> None:
    path, block = INERT[name]
    last = tree["horizon"]["last_fy"]
    assume("2026" not in str(block) or last > 2025)
    check_same(tree, with_inert(tree, path, block), seed)


@settings(max_examples=40)
@given(scenarios(), seeds, st.integers(-20, 20))
def test_all_of_it_years_later_is_the_same(tree: Tree, seed: int, years: int) -> None:
    assume(not on_record(tree))
    leap = years % 4 if has_days(tree) else 0  # a day of February is another share of it in a leap year
    check_years(tree, seed, years - leap)


@settings(max_examples=40)
@given(scenarios(), seeds, st.integers(1, 12))
def test_the_month_in_which_years_begin_is_nothing(tree: Tree, seed: int, first: int) -> None:
    assume(not on_record(tree) and not has_days(tree))
    check_months(tree, seed, first)


@settings(max_examples=40)
@given(scenarios(residual=False, by_value=False), seeds)
def test_units_of_half_the_size_leave_money_and_dates(tree: Tree, seed: int) -> None:
    assume(not any(channel.get("initiative") for channel in tree["channels"].values()))
    check_halves(tree, seed)


@settings(max_examples=60)
@given(scenarios(most_years=6), seeds, st.integers(1, 4))
def test_what_has_arrived_stays_when_the_horizon_moves_on(tree: Tree, seed: int, more_years: int) -> None:
    check_arrived(tree, seed, more_years)


@settings(max_examples=40)
@given(scenarios(), seeds)
def test_the_resolved_file_is_the_scenario(tree: Tree, seed: int) -> None:
    check_resolved(tree, seed)
