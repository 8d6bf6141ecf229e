"""Grids: what they snap to, and that sums on them are exact."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from alliancesim.rules import grid

amounts = st.floats(-1e6, 1e6)


@given(amounts)
def test_the_nearest_point_is_taken(x: float) -> None:
    for snap, ticks in ((grid.snap_months, grid.MONTH_TICKS), (grid.snap_bn, grid.MONEY_TICKS)):
        y = snap(x)

        assert (y * ticks).is_integer()
        assert abs(y - x) <= 0.5 / ticks + 1e-9 * abs(x)
        assert snap(y) == y


@given(amounts | st.floats(-0.01, 0.01))
def test_a_duration_lasts_at_least_a_tick(x: float) -> None:
    assert grid.snap_duration(x) == sorted((grid.snap_months(x), 1 / 1024))[1]


@given(st.lists(amounts, max_size=50), st.randoms())
def test_sums_on_the_money_grid_do_not_depend_on_their_order(values: list[float], random: object) -> None:
    snapped = [grid.snap_bn(x) for x in values]
    shuffled = list(snapped)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert sum(snapped) == sum(shuffled) == math.fsum(snapped)


def test_halves_go_up() -> None:
    assert grid.snap_months(0.5 / 1024) == 1 / 1024
    assert grid.snap_months(-0.5 / 1024) == 0.0


def test_what_is_beyond_the_grid_stays_beyond_it() -> None:
    for snap in (grid.snap_months, grid.snap_bn):
        assert snap(math.inf) == math.inf
        assert snap(-math.inf) == -math.inf
        assert math.isnan(snap(math.nan))
        assert snap(1e300) == 1e300
    assert grid.snap_duration(math.inf) == grid.snap_duration(1e17) == grid.MOST_MONTHS
    assert math.isnan(grid.snap_duration(math.nan))
