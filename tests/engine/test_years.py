"""The fiscal year whose numbers hold at a month."""

from __future__ import annotations

import pytest

from alliancesim.engine.occupancy import year_of


@pytest.mark.parametrize(
    ("months", "year"), [(-30.0, 0), (0.0, 0), (11.9990234375, 0), (12.0, 1), (35.0, 2), (36.0, 2), (90.0, 2)]
)
def test_beyond_the_horizon_its_first_or_last_year_holds(months: float, year: int) -> None:
    assert year_of(months, 3) == year
