"""Exchange processes in a run: what they share bit for bit, what a switch or another currency leaves alone, what is resampled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from harness import DOLLAR, Simulation, Tree, overlay, plain
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from alliancesim.plan.layout import BEFORE_MONTHS
from alliancesim.rules.draws import address_key, normal_quantile, uniform

WALK: Tree = {"kind": "gbm", "volatility_per_month": 0.03, "drift_per_month": 0.002}
STATE: Tree = {"volatility_per_month": 0.03, "drift_per_month": 0.002}
RECORD: Tree = {"history": "rates.csv", "plan_rate": 100.0}
ENDS = [100.0, 104.0, 98.0, 101.0, 110.0, 107.0, 111.0, 118.0, 115.0, 109.0, 112.0, 120.0, 119.0]
"""Month ends from 2024-04 to 2025-04."""
RATES = "month,currency,per_unit_avg,per_unit_eom\n" + "".join(
    f"{2024 + (m + 3) // 12}-{(m + 3) % 12 + 1:02d},{name},{rate},{rate}\n"
    for name, rates in (("USD", ENDS), ("EUR", [rate**0.5 for rate in ENDS]))
    for m, rate in enumerate(rates)
)


def rates(process: Tree, **changes: Any) -> np.ndarray:
    """Monthly market rates of USD beside a correlated EUR in some replications, shape (replication, month)."""
    tree = plain(
        4, currencies={"USD": DOLLAR | {"process": process}, "EUR": DOLLAR | {"process": WALK}}, correlation={"EUR": {"USD": 0.6}}
    )
    return months(Simulation(overlay(tree, changes)))


def months(simulation: Simulation, currency: str = "USD", count: int = 5) -> np.ndarray:
    """Monthly market rates of a currency, shape (replication, month)."""
    c = simulation.labels.currencies.index(currency)
    found = []
    for replication in range(count):
        simulation.run(3, replication)
        found.append(simulation.engine.world.rate[c, BEFORE_MONTHS:].copy())
    return np.array(found)


def test_no_jumps_are_a_random_walk_bit_for_bit() -> None:
    jumps = WALK | {"kind": "jump_diffusion", "jumps_per_month": 0.0, "jump_mean_log": -0.1, "jump_sd_log": 0.3}

    assert np.array_equal(rates(jumps), rates(WALK))
    assert not np.array_equal(rates(jumps | {"jumps_per_month": 0.1}), rates(WALK))


def test_jumps_of_no_size_are_a_random_walk_bit_for_bit() -> None:
    assert np.array_equal(rates(WALK | {"kind": "jump_diffusion", "jumps_per_month": 3.0}), rates(WALK))


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=8)
def test_identical_states_are_a_random_walk_bit_for_bit(leave: float, back: float, chance: float) -> None:
    states = {"calm": STATE | {"leave_probability": leave}, "turbulent": STATE | {"leave_probability": back}}

    assert np.array_equal(rates({"kind": "regime_switching", **states, "turbulent_probability": chance}), rates(WALK))


def test_a_state_that_is_never_left_is_a_random_walk_by_its_numbers() -> None:
    calm, turbulent = STATE | {"leave_probability": 0.0}, {"volatility_per_month": 0.08, "leave_probability": 0.0}
    process = {"kind": "regime_switching", "calm": calm, "turbulent": turbulent}

    assert np.array_equal(rates(process | {"turbulent_probability": 0.0}), rates(WALK))
    assert rates(process | {"turbulent_probability": 1.0}) == pytest.approx(rates({"kind": "gbm", "volatility_per_month": 0.08}))


def test_the_state_of_the_as_of_month_is_that_of_the_long_run_unless_given() -> None:
    states = {"calm": STATE | {"leave_probability": 0.1}, "turbulent": {"volatility_per_month": 0.1, "leave_probability": 0.3}}
    process = {"kind": "regime_switching", **states}

    assert np.array_equal(rates(process), rates(process | {"turbulent_probability": 0.25}))


@pytest.mark.parametrize("process", [
    WALK | {"kind": "jump_diffusion", "jumps_per_month": 1.0, "jump_mean_log": 0.05, "jump_sd_log": 0.1},
    {"kind": "regime_switching", "calm": STATE | {"leave_probability": 0.5}, "turbulent": STATE | {"leave_probability": 0.5}},
])  # fmt: skip
def test_without_noise_the_mean_rate_grows_at_the_drift(process: Tree) -> None:
    quiet = rates(process, **{"mechanisms.exchange_noise": False})

    assert quiet[0] == pytest.approx(100.0 * np.exp(0.002 * np.arange(1, 49)))


def test_a_process_of_one_currency_leaves_the_draws_of_another_alone() -> None:
    jumps = WALK | {"kind": "jump_diffusion", "jumps_per_month": 0.4, "jump_sd_log": 0.1}

    def eur(process: Tree) -> np.ndarray:
        currencies = {"EUR": DOLLAR | {"process": WALK}, "USD": DOLLAR | {"process": process}}
        return months(Simulation(plain(4, currencies=currencies, correlation={"EUR": {"USD": 0.6}})), "EUR")

    assert np.array_equal(eur(jumps), eur(WALK))


def resampled(**process: Any) -> Simulation:
    """Two resampled currencies and a walk correlated with the first."""
    blocks = RECORD | {"process": {"kind": "bootstrap", **process}}
    currencies = {"AUD": DOLLAR | {"process": WALK}, "USD": blocks, "EUR": blocks}
    tree = plain(4, horizon__as_of="2025-04", currencies=currencies, correlation={"AUD": {"USD": 0.999999}})
    return Simulation.with_files(tree, {"rates.csv": RATES})


def test_every_month_repeats_one_on_record_in_all_resampled_currencies() -> None:
    simulation = resampled(mean_block_months=3.0)
    usd, eur = (np.log(months(simulation, name)[:, 1:]) for name in ("USD", "EUR"))
    changes = np.diff(np.log(ENDS))
    drawn = np.diff(np.column_stack([np.full(len(usd), math.log(ENDS[-1])), usd]), axis=1)

    assert np.abs(drawn[:, :, None] - changes).min(axis=2).max() < 1e-12
    assert eur == pytest.approx(0.5 * usd), "the same months, of a currency that moved half as much"


def test_blocks_without_end_go_round_the_record() -> None:
    usd = np.log(months(resampled(mean_block_months=1e9), "USD")[:, 1:])
    drawn = np.diff(np.column_stack([np.full(len(usd), math.log(ENDS[-1])), usd]), axis=1)

    assert drawn[:, 12:] == pytest.approx(drawn[:, :-12]), "twelve changes, again and again"


def test_a_walk_correlated_with_a_resampled_currency_follows_its_ranks() -> None:
    simulation = resampled(mean_block_months=2.0)
    usd, aud = (np.log(months(simulation, name)[:, 1:]) for name in ("USD", "AUD"))
    changes = np.diff(np.log(ENDS))
    rank = np.abs(np.diff(usd, axis=1)[:, :, None] - np.sort(changes)).argmin(axis=2)
    scores = np.array([normal_quantile((i + 0.5) / len(changes)) for i in range(len(changes))])
    innovation = (np.diff(aud, axis=1) - 0.002 + 0.03**2 / 2) / 0.03

    assert innovation == pytest.approx(scores[rank], abs=0.02)


def test_the_record_is_resampled_from_the_month_given_and_drift_is_added() -> None:
    tree = resampled().tree
    late = overlay(tree, {"horizon.as_of": "2025-04", "currencies.USD.process": {"kind": "bootstrap", "history_from": "2024-04"}})
    same = months(Simulation.with_files(late, {"rates.csv": RATES}))
    moved = overlay(late, {"currencies.USD.process.drift_per_month": 0.01})
    ratio = months(Simulation.with_files(moved, {"rates.csv": RATES}))[:, 1:] / same[:, 1:]

    assert np.array_equal(same, months(resampled()))
    assert np.log(ratio) == pytest.approx(np.tile(0.01 * np.arange(1, 48), (5, 1)))


def test_a_resampled_history_without_noise_grows_at_its_mean() -> None:
    tree = overlay(resampled().tree, {"mechanisms.exchange_noise": False})
    usd = months(Simulation.with_files(tree, {"rates.csv": RATES}))

    assert np.log(usd[0, 1:] / ENDS[-1]) == pytest.approx(np.arange(1, 48) * math.log(ENDS[-1] / ENDS[0]) / 12)


def drawn(address: str, index: int, replication: int = 0) -> float:
    """The uniform at an address in a replication of `months`."""
    return float(uniform(3, replication, address_key(address), index))


def test_jumps_stand_at_their_addresses() -> None:
    process = WALK | {"kind": "jump_diffusion", "jumps_per_month": 0.4, "jump_mean_log": -0.05, "jump_sd_log": 0.1}
    found = months(Simulation(plain(2, currencies={"USD": DOLLAR | {"process": process}})), count=1)[0]
    x, drift = math.log(100.0), 0.002 - 0.4 * math.expm1(-0.05 + 0.1**2 / 2.0) - 0.03**2 / 2.0
    for m in range(24):
        z, size = (stats.norm.ppf(drawn(f"currency/USD/{name}", 12 * 2025 + m)) for name in ("innovation", "jump"))
        n = stats.poisson.ppf(drawn("currency/USD/event", 12 * 2025 + m), 0.4)
        x += drift + 0.03 * z + n * -0.05 + math.sqrt(n) * 0.1 * size

        assert found[m] == pytest.approx(math.exp(x))


def test_states_stand_at_their_addresses() -> None:
    calm, turbulent = STATE | {"leave_probability": 0.2}, {"volatility_per_month": 0.1, "leave_probability": 0.4}
    for chance in (0.0, 0.5, 1.0):
        process = {"kind": "regime_switching", "calm": calm, "turbulent": turbulent, "turbulent_probability": chance}
        found = months(Simulation(plain(1, currencies={"USD": DOLLAR | {"process": process}})), count=12)
        for r in range(12):
            x, state = math.log(100.0), 1.0 - drawn("currency/USD/event", 12 * 2025 - 1, r) < chance
            for m in range(12):
                state = 1.0 - drawn("currency/USD/event", 12 * 2025 + m, r) < (0.6 if state else 0.2)
                volatility = 0.1 if state else 0.03
                z = stats.norm.ppf(drawn("currency/USD/innovation", 12 * 2025 + m, r))
                x += (0.0 if state else 0.002) - volatility**2 / 2.0 + volatility * z

                assert found[r, m] == pytest.approx(math.exp(x))


def test_blocks_stand_at_their_address() -> None:
    changes, position, x = np.diff(np.log(ENDS)), -1, math.log(ENDS[-1])
    found = months(resampled(mean_block_months=3.0), count=1)[0]
    for m in range(1, 48):
        index = 2 * (12 * 2025 + m)
        new = m == 1 or drawn("currency/block", index) < 1.0 / 3.0
        position = int(drawn("currency/block", index + 1) * 12) if new else (position + 1) % 12
        x += changes[position]

        assert found[m] == pytest.approx(math.exp(x))


def test_resampled_scores_are_taken_apart_for_what_is_correlated_with_them() -> None:
    """Two records that are resampled with a correlation given, and a walk that goes with their sum."""
    blocks = RECORD | {"process": {"kind": "bootstrap", "mean_block_months": 2.0}}
    order = [3, 11, 0, 7, 5, 9, 1, 12, 4, 10, 2, 8, 6]
    texts = RATES.splitlines()[:14] + [
        f"{line[:7]},EUR,{ENDS[k]},{ENDS[k]}" for line, k in zip(RATES.splitlines()[1:14], order, strict=True)
    ]
    currencies = {"AUD": DOLLAR | {"process": WALK}, "USD": blocks, "EUR": blocks}
    correlation = {"AUD": {"USD": 0.6, "EUR": 0.7}, "USD": {"EUR": 0.1}}
    tree = plain(4, horizon__as_of="2025-04", currencies=currencies, correlation=correlation)
    simulation = Simulation.with_files(tree, {"rates.csv": "\n".join(texts) + "\n"})
    scores = {}
    for name, ends in (("USD", ENDS), ("EUR", [ENDS[k] for k in order])):
        record = np.diff(np.log(ends))
        moved = np.diff(np.log(months(simulation, name, 1)[0, 1:]))
        ranks = np.abs(moved[:, None] - np.sort(record)).argmin(axis=1)
        scores[name] = stats.norm.ppf((ranks + 0.5) / len(record))
    own = stats.norm.ppf([drawn("currency/AUD/innovation", 12 * 2025 + m) for m in range(2, 48)])
    weights = np.linalg.solve([[1.0, 0.1], [0.1, 1.0]], [0.6, 0.7])
    rest = math.sqrt(1.0 - weights @ [0.6, 0.7])
    innovation = (np.diff(np.log(months(simulation, "AUD", 1)[0, 1:])) - 0.002 + 0.03**2 / 2) / 0.03

    assert innovation == pytest.approx(weights @ [scores["USD"], scores["EUR"]] + rest * own)


def test_a_shock_of_no_date_stands_at_its_address_after_the_as_of_date() -> None:
    shock = {"currency": "USD", "size_share": 0.5, "hazard_per_year": 0.5, "ramp_months": 4.0, "half_life_months": 6.0}
    usd = DOLLAR | {"process": {"kind": "fixed"}}
    for as_of, start in ((None, 0.0), ("2025-12", 9.0)):
        dated = {} if as_of is None else {"horizon__as_of": as_of}
        found = months(Simulation(plain(8, currencies={"USD": usd}, shocks={"fall": shock}, **dated)), count=1)[0]
        onset = start - 12.0 * math.log1p(-drawn("shock/fall/onset", 0)) / 0.5
        for m in range(96):
            elapsed = max(0.0, m - onset)
            share = elapsed / 4.0 if elapsed < 4.0 else 2.0 ** (-(elapsed - 4.0) / 6.0)

            assert found[m] == pytest.approx(100.0 * 1.5**share)
