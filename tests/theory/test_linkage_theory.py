"""Pressure, support and regimes, run through the engine, against shot noise, integration and the Markov chain's exponential."""

from __future__ import annotations

import math

import numpy as np
import pytest
from estimates import agree_mean, agree_share, agree_variance
from harness import Simulation, Tree, plain
from scipy.integrate import solve_ivp
from scipy.linalg import expm

REGIMES = ("firewalled", "contested", "linked", "ruptured")
N = 3000


def test_shot_noise_has_its_mean_and_variance() -> None:
    rate, size, half_life, initial = 0.3, 0.5, 9.0, 2.0
    linkage: Tree = {
        "initial_regime": "contested",
        "pressure": {
            "initial": initial,
            "half_life_months": half_life,
            "statements_per_month": {"contested": rate},
            "statement_size": size,
        },
    }
    simulation = Simulation(plain(4, linkage=linkage))
    pressure = np.array([simulation.run(5, r).fiscal("pressure") for r in range(N)])
    decay = math.log(2.0) / half_life

    for y in range(4):
        t = 12.0 * (y + 1)
        agree_mean(pressure[:, y], initial * math.exp(-decay * t) + rate * size / decay * -math.expm1(-decay * t))
        agree_variance(pressure[:, y], rate * 2.0 * size**2 / (2.0 * decay) * -math.expm1(-2.0 * decay * t))


@pytest.mark.parametrize(("half", "other"), [(18.0, 6.0), (12.0, 12.0)], ids=["apart", "kappa equals lambda"])
def test_support_between_dated_statements_is_its_differential_equation(half: float, other: float) -> None:
    statements = [{"date": "2025-07", "size": 1.5}, {"date": "2026-10-16", "size": 0.7}, {"date": "2028-02", "size": 2.0}]
    linkage: Tree = {
        "pressure": {"initial": 0.4, "half_life_months": other},
        "support": {"initial_share": 0.7, "mean_share": 0.8, "half_life_months": half, "pressure_drag_per_month": 0.03},
        "statements": statements,
    }
    run = Simulation(plain(4, linkage=linkage)).run()
    kappa, decay = math.log(2.0) / half, math.log(2.0) / other

    def slope(_: float, x: list[float]) -> list[float]:
        return [kappa * (0.8 - x[0]) - 0.03 * x[1], -decay * x[1]]

    jumps = [(3.0, 1.5), (18.0 + math.floor(15 / 31 * 1024 + 0.5) / 1024, 0.7), (34.0, 2.0), (48.0, 0.0)]
    state, now, read = [0.7, 0.4], 0.0, {}
    for t, size in jumps:
        ends = [12.0 * y for y in range(1, 5) if now < 12.0 * y <= t]
        at = sorted({*ends, t})
        law = solve_ivp(slope, (now, t), state, method="DOP853", rtol=1e-11, atol=1e-13, t_eval=at)
        read |= {end: law.y[:, i] for i, end in enumerate(ends)}
        state, now = [law.y[0, -1], law.y[1, -1] + size], t

    assert run.fiscal("support_share") == pytest.approx([read[12.0 * y][0] for y in range(1, 5)], rel=1e-8)
    assert run.fiscal("pressure") == pytest.approx([read[12.0 * y][1] for y in range(1, 5)], rel=1e-8)


def test_regimes_are_occupied_as_the_generator_says() -> None:
    rates = {
        "firewalled": {"contested": 0.03},
        "contested": {"firewalled": 0.02, "linked": 0.05},
        "linked": {"contested": 0.06, "ruptured": 0.02},
        "ruptured": {"linked": 0.01},
    }
    simulation = Simulation(plain(6, linkage={"initial_regime": "contested", "rates_per_month": rates}))
    regime = np.array([simulation.run(9, r).fiscal("regime") for r in range(N)]).astype(int)
    generator = np.array([[rates[a].get(b, 0.0) for b in REGIMES] for a in REGIMES])
    generator -= np.diag(generator.sum(axis=1))

    for y in range(6):
        expected = expm(generator * 12.0 * (y + 1))[1]
        for code in range(4):
            agree_share(int((regime[:, y] == code).sum()), N, expected[code])


def test_uniformization_with_another_ceiling_is_the_same_law() -> None:
    simulation = Simulation(
        plain(
            2,
            linkage={"initial_regime": "contested", "ceiling_per_month": 2.0, "rates_per_month": {"contested": {"linked": 0.05}}},
        )
    )
    stayed = sum(int(simulation.run(2, r).fiscal("regime")[1] == 1) for r in range(N))

    agree_share(stayed, N, math.exp(-0.05 * 24.0))


def test_rounds_end_as_the_ordered_logit_says() -> None:
    linkage: Tree = {
        "pressure": {"initial": 0.5, "half_life_months": 1000.0},
        "support": {"initial_share": 0.4, "mean_share": 0.4, "half_life_months": 1000.0},
        "logit": {"support": 2.0, "pressure": 1.0, "concessions": 0.5, "ties": 0.3, "cut_failure": -0.4, "cut_favorable": 0.9},
        "concessions": 0.6,
        "partner_ties": 1.0,
        "rounds": {"talks": {"dates": ["2025-04"]}},
        "outcomes": {"failure": {"regime": "ruptured"}, "muddle": {"regime": "linked"}, "favorable": {"regime": "firewalled"}},
    }
    simulation = Simulation(plain(1, linkage=linkage))
    regime = [int(simulation.run(4, r).fiscal("regime")[0]) for r in range(N)]
    score = 2.0 * 0.4 - 0.5 + 0.5 * 0.6 + 0.3
    failure, below = (1.0 / (1.0 + math.exp(-(cut - score))) for cut in (-0.4, 0.9))

    agree_share(regime.count(3), N, failure)
    agree_share(regime.count(2), N, below - failure)
    agree_share(regime.count(0), N, 1.0 - below)


def test_random_shocks_begin_at_their_hazard() -> None:
    hazard = 0.25
    usd = {"spot_rate": 100.0, "plan_rate": 100.0, "budget_rate": {2025: 100.0}}
    simulation = Simulation(
        plain(4, currencies={"USD": usd}, shocks={"fall": {"currency": "USD", "size_share": 1.0, "hazard_per_year": hazard}})
    )
    doubled = sum(int(simulation.run(6, r).currency("USD", "market_rate")[3] > 199.999) for r in range(N))
    # the whole fourth year at twice the rate: the onset lies in the first three years (36 months, read at the month's start)
    agree_share(doubled, N, -math.expm1(-hazard * 3.0))
