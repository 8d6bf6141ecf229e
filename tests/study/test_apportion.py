from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from alliancesim.study.apportion import apportioned, at_decimals, on_grid

FRACTIONS = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6)


def test_the_largest_remainders_are_rounded_up() -> None:
    assert apportioned([Fraction(7, 2), Fraction(9, 4), Fraction(5, 4)]) == [4, 2, 1]
    assert apportioned([Fraction(-1, 4), Fraction(3, 4)]) == [0, 1]
    assert apportioned([Fraction(1, 3)] * 3) == [1, 0, 0]
    assert at_decimals([12.34, 0.06, -1.2], 1) == [12.3, 0.1, -1.2]
    assert at_decimals([1_449.0, 52.0], -2) == [1_400.0, 100.0]


@given(st.lists(FRACTIONS, max_size=12))
def test_parts_add_up_to_the_rounded_sum_and_move_by_less_than_one(parts: list[Fraction]) -> None:
    whole = apportioned(parts)

    assert sum(whole) == floor(sum(parts) + Fraction(1, 2))
    assert all(abs(one - part) < 1 for one, part in zip(whole, parts, strict=True))
    assert all(one == part for one, part in zip(whole, parts, strict=True) if part.denominator == 1)


@given(st.lists(FRACTIONS, min_size=1, max_size=4))
def test_floats_on_the_grid_add_up_in_any_order(parts: list[Fraction]) -> None:
    sums = {sum(order) for order in permutations(on_grid(parts, 1024))}

    assert sums == {floor(sum(parts) * 1024 + Fraction(1, 2)) / 1024}
