"""Common causes of noise: the share of a line's lots that are late in one year varies between years as the loading says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from estimates import agree_mean, agree_variance
from harness import Simulation, Tree, plain
from scipy.stats import multivariate_normal

from alliancesim.rules.draws import Z90

LOTS = 10
N = 1500
P90 = 1.5
LATE = 1.2
"""A lot is late when its production takes this factor on its plan."""


def late_shares(loading: float) -> np.ndarray:
    """Share of LOTS equal lots of one line-year that are late, by replication."""
    tree = plain(6, resources__plant={"kind": "slots", "capacity": 100})
    ship = tree["programs"].pop("ship")
    tree["channels"]["domestic"]["stages"] = {
        "build": {
            "duration_months": 20.0,
            "resource": "plant",
            "noise": {"p90": P90, "system_loading_share": loading},
            "milestone": "delivered",
        }
    }
    for i in range(LOTS):
        tree["programs"][f"ship{i}"] = ship | {"lots": [{"fy": 2025, "units": 1}], "unit_cost_bn": 0.1}
    simulation = Simulation(tree)
    first = [
        [run.program(name, "first_delivery_months") for name in simulation.labels.programs] for run in simulation.runs(N, seed=21)
    ]
    return (np.array(first) > 20.0 * LATE).mean(axis=1)


@pytest.mark.parametrize("loading", [0.0, 0.6, 0.9, 1.0])
def test_late_shares_have_the_moments_of_the_one_factor_model(loading: float) -> None:
    floor = math.log(LATE) / (math.log(P90) / Z90)
    both = multivariate_normal([0.0, 0.0], [[1.0, loading**2], [loading**2, 1.0]], allow_singular=True)
    late = float(both.cdf([-floor, 1e9])) if loading < 1.0 else 0.5 * math.erfc(floor / math.sqrt(2.0))
    joint = float(both.cdf([-floor, -floor])) if loading < 1.0 else late
    shares = late_shares(loading)

    agree_mean(shares, late)
    agree_variance(shares, late * (1.0 - late) / LOTS + (1.0 - 1.0 / LOTS) * (joint - late**2))


def test_lots_of_different_years_have_different_common_causes() -> None:
    years: Tree = {f"y{y}": {"lots": [{"fy": 2025 + y, "units": 1}]} for y in range(2)}
    tree = plain(6, resources__plant={"kind": "slots", "capacity": 100})
    ship = tree["programs"].pop("ship")
    stage = {
        "duration_months": 8.0,
        "resource": "plant",
        "noise": {"p90": P90, "system_loading_share": 1.0},
        "milestone": "delivered",
    }
    tree["channels"]["domestic"]["stages"] = {"build": stage}
    tree["programs"] = {name: ship | block | {"unit_cost_bn": 0.1} for name, block in years.items()}
    tree["programs"]["twin"] = ship | years["y0"] | {"unit_cost_bn": 0.1}
    runs = Simulation(tree).runs(600, seed=2)
    first, second, twin = (
        np.log([run.program(n, "first_delivery_months") - at for run in runs])
        for n, at in (("y0", 0.0), ("y1", 12.0), ("twin", 0.0))
    )

    assert np.array_equal(first, twin)
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.417 / math.sqrt(600)
