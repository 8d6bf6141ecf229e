"""Jumps, changes of state and resampled history have their closed-form moments, alone and beside correlated currencies."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from estimates import BOUND_Z, agree_mean, agree_variance
from harness import DOLLAR, ROOT, Simulation, Tree, plain
from scipy.stats import norm, rankdata

from alliancesim.engine.paths import draw_world
from alliancesim.plan.layout import BEFORE_MONTHS

N = 4000
KNOWN = 5
"""Months since the horizon's start that are fact: April to August 2025."""
DRIFT, VOLATILITY, JUMPS, JUMP_MEAN, JUMP_SD = 0.002, 0.02, 0.3, -0.02, 0.05
MEAN_BLOCK = 5.0
CHANCE = 0.9
CALM, TURBULENT = (0.001, 0.015, 0.1), (-0.004, 0.06, 0.25)
RECORD: Tree = {"history": str(ROOT / "scenarios" / "data" / "jpy_monthly.csv"), "plan_rate": 100.0}
PROCESSES: Tree = {
    "jumps": {"kind": "jump_diffusion", "drift_per_month": DRIFT, "volatility_per_month": VOLATILITY, "jumps_per_month": JUMPS,
              "jump_mean_log": JUMP_MEAN, "jump_sd_log": JUMP_SD},
    "states": {"kind": "regime_switching", "turbulent_probability": CHANCE}
    | {state: dict(zip(("drift_per_month", "volatility_per_month", "leave_probability"), numbers, strict=True))
       for state, numbers in (("calm", CALM), ("turbulent", TURBULENT))},
    "walk": {"kind": "gbm", "volatility_per_month": 0.03},
    "blocks": {"kind": "bootstrap", "mean_block_months": MEAN_BLOCK},
}  # fmt: skip
CORRELATION = 0.6


@pytest.fixture(scope="module")
def logs() -> dict[str, np.ndarray]:
    """Log rates less that at the as-of month's end, by currency, shape (replication, month)."""
    currencies = {name: DOLLAR | {"process": PROCESSES[name]} for name in ("jumps", "states", "walk")}
    currencies |= {name: RECORD | {"process": PROCESSES["blocks"]} for name in ("USD", "EUR")}
    simulation = Simulation(
        plain(6, horizon__as_of="2025-08", currencies=currencies, correlation={"walk": {"USD": CORRELATION, "jumps": 0.5}})
    )
    engine, plan = simulation.engine, simulation.compiled.plan
    start = np.array([math.log(100.0)] * 3 + [float(x) for x in plan.last_log_rate[3:]])
    sample = np.empty((N, 5, 72 - KNOWN))
    for replication in range(N):
        draw_world(engine.handles[0], simulation.compiled.params, 3, replication, engine.handles[1])
        sample[replication] = np.log(engine.world.rate[:, BEFORE_MONTHS + KNOWN :]) - start[:, None]
    return {name: sample[:, c] for c, name in enumerate(simulation.labels.currencies)}


def record(currency: str) -> np.ndarray:
    """Monthly changes of the log rate on record."""
    with (ROOT / "scenarios" / "data" / "jpy_monthly.csv").open(encoding="utf-8") as file:
        rates = [float(row["per_unit_eom"]) for row in csv.DictReader(file) if row["currency"] == currency]
    return np.diff(np.log(rates))


@pytest.mark.parametrize("months", [1, 12, 60])
def test_jumps_add_to_mean_and_variance(logs: dict[str, np.ndarray], months: int) -> None:
    drift = DRIFT - VOLATILITY**2 / 2 - JUMPS * math.expm1(JUMP_MEAN + JUMP_SD**2 / 2) + JUMPS * JUMP_MEAN
    sample = logs["jumps"][:, months - 1]

    agree_mean(sample, drift * months)
    agree_variance(sample, (VOLATILITY**2 + JUMPS * (JUMP_MEAN**2 + JUMP_SD**2)) * months)
    agree_mean(np.exp(sample), math.exp(DRIFT * months))


def switching_moments(months: int) -> tuple[float, float, float]:
    """Mean and variance of the log rate, and mean of the rate, by recursion over the state of the last month."""
    move = np.array([[1.0 - CALM[2], CALM[2]], [TURBULENT[2], 1.0 - TURBULENT[2]]])
    drift, sd = np.array([CALM[0], TURBULENT[0]]), np.array([CALM[1], TURBULENT[1]])
    mean = drift - sd**2 / 2
    chance, first, second, rate = np.array([1.0 - CHANCE, CHANCE]), np.zeros(2), np.zeros(2), np.array([1.0 - CHANCE, CHANCE])
    for _ in range(months):
        chance, first, second, rate = chance @ move, first @ move, second @ move, (rate @ move) * np.exp(drift)
        second = second + 2.0 * first * mean + chance * (mean**2 + sd**2)
        first = first + chance * mean
    return float(first.sum()), float(second.sum() - first.sum() ** 2), float(rate.sum())


@pytest.mark.parametrize("months", [1, 12, 60])
def test_states_mix_as_the_markov_chain_says(logs: dict[str, np.ndarray], months: int) -> None:
    mean, variance, rate = switching_moments(months)
    sample = logs["states"][:, months - 1]

    agree_mean(sample, mean)
    agree_variance(sample, variance)
    agree_mean(np.exp(sample), rate)


@pytest.mark.parametrize("months", [1, 12, 60])
@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_resampled_history_has_the_moments_of_the_record(logs: dict[str, np.ndarray], currency: str, months: int) -> None:
    changes = record(currency)
    gap = changes - changes.mean()
    variance = sum(
        (months - abs(k)) * (1.0 - 1.0 / MEAN_BLOCK) ** abs(k) * float(np.mean(gap * np.roll(gap, k)))
        for k in range(-months + 1, months)
    )  # Politis & Romano 1994, lemma 1: circular autocovariances, fading with the blocks
    sample = logs[currency][:, months - 1]

    agree_mean(sample, float(changes.mean()) * months)
    agree_variance(sample, variance)


def test_resampled_currencies_repeat_the_same_months(logs: dict[str, np.ndarray]) -> None:
    pairs = {(round(float(a), 9), round(float(b), 9)) for a, b in zip(record("USD"), record("EUR"), strict=True)}
    usd, eur = (np.diff(logs[name][:50], axis=1).ravel() for name in ("USD", "EUR"))

    assert {(round(float(a), 9), round(float(b), 9)) for a, b in zip(usd, eur, strict=True)} <= pairs


def test_a_walk_is_correlated_with_the_changes_resampled(logs: dict[str, np.ndarray]) -> None:
    walk = np.diff(logs["walk"], axis=1)
    ranks = rankdata(np.diff(logs["USD"], axis=1), axis=None).reshape(walk.shape)
    by_replication = [float(np.corrcoef(a, b)[0, 1]) for a, b in zip(norm.ppf(ranks / (ranks.size + 1)), walk, strict=True)]
    error = float(np.std(by_replication, ddof=1)) / math.sqrt(N)
    few_months = 0.005  # bias of a correlation over 66 months, and normal scores of a record that is not endless

    assert abs(float(np.mean(by_replication)) - CORRELATION) < BOUND_Z * error + few_months


def test_a_walk_is_correlated_with_the_innovations_of_jumps(logs: dict[str, np.ndarray]) -> None:
    jumps, walk = (np.diff(logs[name], axis=1).ravel() for name in ("jumps", "walk"))
    expected = 0.5 * VOLATILITY / math.sqrt(VOLATILITY**2 + JUMPS * (JUMP_MEAN**2 + JUMP_SD**2))
    error = 1.0 / math.sqrt(len(walk))

    assert abs(float(np.corrcoef(jumps, walk)[0, 1]) - expected) < BOUND_Z * error
