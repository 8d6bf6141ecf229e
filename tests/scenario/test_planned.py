"""What a scenario says before anything is drawn."""

from __future__ import annotations

import pytest

from alliancesim.rules.economy import compound
from alliancesim.scenario.planned import dated_value, grown
from alliancesim.scenario.values import Dated


@pytest.mark.parametrize("share", [0.02, -0.1, 0.0, 1.0, -0.9])
def test_growth_compounds_to_either_side_as_the_rule_has_it(share: float) -> None:
    for years in range(-40, 71):
        assert grown(share, years) == pytest.approx(compound(share, float(years)), rel=1e-13)
    assert grown(share, 2) == (1.0 + share) * (1.0 + share)
    assert grown(share, 0) == 1.0


def test_a_dated_value_grows_from_its_last_year() -> None:
    dated = Dated.model_validate({2025: 100.0, 2027: 200.0, "then_growth_share": 0.5})
    assert [dated_value(dated, fy) for fy in range(2024, 2030)] == [100.0, 100.0, 100.0, 200.0, 300.0, 450.0]
