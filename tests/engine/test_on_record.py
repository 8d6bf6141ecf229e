"""What a replication has drawn up to a month, put on record, leads to the same rates and growth after it."""

from __future__ import annotations

import numpy as np
import pytest
from harness import Simulation, Tree, overlay, plain
from strategies.values import date

from alliancesim.engine.paths import BEFORE_MONTHS

SEED = 5
WALK = {"kind": "gbm", "volatility_per_month": 0.03, "drift_per_month": 0.002}
PROCESSES: tuple[Tree, ...] = (
    WALK,
    {"kind": "ou", "volatility_per_month": 0.03, "level_rate": 90.0, "half_life_months": 20.0},
    WALK | {"kind": "jump_diffusion", "jumps_per_month": 0.5, "jump_mean_log": 0.01, "jump_sd_log": 0.04},
)
PAID = {"plan_rate": 100.0, "budget_rate": {2025: 100.0}}


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process["kind"])
@pytest.mark.parametrize("known", [5, 12, 29])
def test_what_was_drawn_may_be_put_on_record(process: Tree, known: int) -> None:
    currencies = {"USD": PAID | {"spot_rate": 100.0, "process": process}, "EUR": PAID | {"spot_rate": 50.0, "process": WALK}}
    gdp = {"base_fy": 2024, "base_bn": 6e5, "mean_share": 0.02, "sd_share": 0.01, "persistence_share": 0.5}
    tree = plain(6, currencies=currencies, correlation={"USD": {"EUR": 0.6}}, economy__gdp=gdp,
                 shocks={"slide": {"currency": "USD", "size_share": 0.3, "onset": "2029-07", "ramp_months": 5.0}})  # fmt: skip
    drawn = Simulation(tree)
    for replication in range(3):
        before = drawn.run(SEED, replication)
        rates, gdp = drawn.engine.world.rate[0].copy(), before.fiscal("gdp_bn")
        rows = [
            f"{date(i - BEFORE_MONTHS)},USD,{float(rate)!r},{float(rate)!r}"
            for i, rate in enumerate(rates[: BEFORE_MONTHS + known])
        ]
        growth = gdp / np.array([6e5, *gdp[:-1]]) - 1.0
        fact = overlay(tree, {
            "horizon.as_of": date(known - 1), "currencies.USD": PAID | {"process": process, "history": "rates.csv"},
            "economy.gdp.known_share": {2025 + y: float(growth[y]) for y in range((known - 1) // 12 + 1)},
        })  # fmt: skip
        told = Simulation.with_files(fact, {"rates.csv": "\n".join(["month,currency,per_unit_avg,per_unit_eom", *rows])})
        after = told.run(SEED, replication)

        assert np.allclose(told.engine.world.rate[0], rates, rtol=1e-12)
        assert np.allclose(after.currency("USD", "budget_rate"), before.currency("USD", "budget_rate"), rtol=1e-12)
        assert np.allclose(after.fiscal("gdp_bn"), gdp, rtol=1e-12)
