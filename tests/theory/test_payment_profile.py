"""Norden-Rayleigh from a scenario file: what a contract pays by year, exactly summed."""

from __future__ import annotations

import pytest
from harness import plain, run

SHARES = (0.134917, 0.307753, 0.296520, 0.182446, 0.078364)


def test_a_contract_is_paid_along_the_renormalized_rayleigh_curve() -> None:
    tree = plain(6, channels__domestic__payment={"norden_rayleigh_years": 5})
    tree["programs"]["ship"]["lots"] = [{"fy": 2025, "units": 100}]
    tree["programs"]["ship"]["unit_cost_bn"] = 1.0
    tree["money"]["topline_bn"] = 5000.0
    result = run(tree)
    paid = [result.fiscal("general_material_bn")[0], *result.fiscal("obligatory_bn")[1:5]]

    assert [float(x) / 100.0 for x in paid] == pytest.approx(SHARES, abs=1e-6)
    assert sum(paid) == 100.0
    assert result.fiscal("burden_bn")[4] == 0.0
