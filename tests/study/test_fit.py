"""Fits: closed forms, what the search is kept from, the block to paste, and requests that cannot be met."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from harness import BASELINE, Tree, plain
from scipy.optimize import brentq
from scipy.stats import chi2

from alliancesim.cli import status
from alliancesim.errors import RequestError
from alliancesim.scenario.load import load_scenario
from alliancesim.scenario.yamlfile import dump
from alliancesim.study.exchange import laws, likelihood
from alliancesim.study.exchange.ensemble import ensemble
from alliancesim.study.exchange.fit import Fit, fit, fit_record, point_values
from alliancesim.study.exchange.record import Record, read_record

SWITCHING = {
    "calm.drift_per_month": 0.001, "calm.volatility_per_month": 0.015, "calm.leave_probability": 0.05,
    "turbulent.volatility_per_month": 0.05, "turbulent.leave_probability": 0.1,
}  # fmt: skip


def simulated(process: str, values: dict[str, float], months: int = 400) -> Record:
    """One path of a process."""
    level = ensemble(process, values, math.log(140.0), months + 1, 1, 5, "test")[0]
    return Record("USD", "simulated", "1980-01", "2013-05", level)


def values(found: Fit) -> dict[str, tuple[float, float, float]]:
    """Estimate and interval by parameter."""
    return {one.name: (one.value, one.low, one.high) for one in found.estimates}


@pytest.fixture(scope="module")
def walk() -> Record:
    return simulated("gbm", {"drift_per_month": 0.001, "volatility_per_month": 0.03})


def test_a_random_walk_has_the_closed_form(walk: Record) -> None:
    found = values(fit_record(walk, "gbm"))
    change = walk.change
    n, variance = len(change), float(change.var())

    def fall(ratio: float) -> float:
        return n * (math.log(ratio) + 1.0 / ratio - 1.0) - float(chi2.ppf(0.95, 1))

    ends = [math.sqrt(variance * brentq(fall, *bracket)) for bracket in ((0.3, 1.0), (1.0, 3.0))]
    drift, low, high = found["drift_per_month"]

    assert found["volatility_per_month"] == pytest.approx((math.sqrt(variance), *ends), rel=2e-3)
    assert drift == pytest.approx(float(change.mean()) + variance / 2, abs=1e-6)
    assert high - drift == pytest.approx(drift - low, rel=0.03)
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt(variance / n), rel=0.03)


def test_criteria_count_what_was_estimated(walk: Record) -> None:
    found = fit_record(walk, "gbm")
    change = walk.change
    largest = -0.5 * len(change) * (math.log(2.0 * math.pi * float(change.var())) + 1.0)

    assert found.log_likelihood == pytest.approx(largest, abs=1e-4)
    assert found.aic == pytest.approx(4.0 - 2.0 * largest, abs=1e-3)
    assert found.bic == pytest.approx(2.0 * math.log(len(change)) - 2.0 * largest, abs=1e-3)


def test_the_interval_of_a_half_life_holds_the_truth() -> None:
    record = simulated("ou", {"level_rate": 120.0, "half_life_months": 12.0, "volatility_per_month": 0.03})
    half_life, low, high = values(fit_record(record, "ou"))["half_life_months"]

    assert low < half_life < high
    assert low < 12.0 < high


def test_the_half_life_is_that_of_what_a_month_keeps() -> None:
    for half_life in (0.05, 1.0, 24.0, laws.LONGEST_HALF_LIFE):
        keep, sd, stationary = likelihood.reversion(half_life, 0.03)

        assert likelihood.half_life(keep) == pytest.approx(half_life)
        assert sd == pytest.approx(stationary * math.sqrt(1.0 - keep * keep))


def test_a_random_walk_sets_no_limit_to_the_half_life(walk: Record) -> None:
    found = fit_record(walk, "ou")

    assert values(found)["half_life_months"][2] == math.inf
    assert found.plain()["estimates"][1]["high"] is None


def test_states_are_ordered_and_their_fit_finds_them() -> None:
    found = fit_record(simulated("regime_switching", SWITCHING), "regime_switching")
    calm, turbulent = (values(found)[f"{state}.volatility_per_month"] for state in ("calm", "turbulent"))

    assert calm[0] < turbulent[0]
    assert calm[1] < 0.015 < calm[2]
    assert turbulent[1] < 0.05 < turbulent[2]
    assert found.turbulent_probability is not None
    assert 0.0 <= found.turbulent_probability <= 1.0


def test_no_variance_of_jumps_runs_to_zero_around_one_month(walk: Record) -> None:
    level = np.concatenate([[0.0], np.cumsum(np.where(np.arange(399) % 2, 0.02, -0.02))])  # half of the months are all alike
    found = point_values(level, "jump_diffusion")
    sd = float(np.diff(level).std())

    assert laws.VOLATILITY_BOUNDS[0] * sd <= found["volatility_per_month"] <= laws.VOLATILITY_BOUNDS[1] * sd
    assert laws.JUMP_SD_BOUNDS[0] * sd * 0.999 <= found["jump_sd_log"] <= laws.JUMP_SD_BOUNDS[1] * sd


def test_drift_can_be_held_at_zero(walk: Record) -> None:
    found = point_values(walk.level, "regime_switching", driftless=True)

    assert found["calm.drift_per_month"] == found["turbulent.drift_per_month"] == 0.0


@pytest.mark.parametrize("process", ["gbm", "regime_switching"])
def test_the_block_can_be_pasted(process: str, tmp_path: Path) -> None:
    block = fit(BASELINE, "USD", process).fits[0].block()
    assert block is not None
    path = tmp_path / "pasted.yaml"
    path.write_text(f"extends: {BASELINE}\n{dump(block)}", encoding="utf-8")
    loaded = load_scenario(path)
    process_block = loaded.scenario.currencies["USD"].process
    cited = [leaf for leaf in loaded.provenance.values() if leaf.source == "fit_USD"]

    assert process_block.kind == process
    assert {leaf.confidence for leaf in cited} == {"sourced"}
    assert len(cited) == (2 if process == "gbm" else 7)


def test_the_record_ends_with_the_as_of_month_and_starts_where_told() -> None:
    record = read_record(BASELINE, "USD", "2012-01", "2021-12")

    assert (record.first, record.last, len(record.change)) == ("2012-01", "2021-12", 119)
    assert read_record(BASELINE, "USD").last == "2025-08"
    assert np.array_equal(record.upto("2015-12").level, record.level[:48])


@pytest.mark.parametrize(("arguments", "said"), [
    (("USD", "bootstrap"), "process = 'bootstrap': no likelihood to fit; allowed: gbm, ou, jump_diffusion, regime_switching"),
    (("USD", "fixed"), "no likelihood to fit"),
    (("USDD",), "'USDD' is not a currency of"),
    (("USD", "gbm", "1990-01"), "--from 1990-01: no record without a gap up to 2025-08; it begins in 1999-01"),
    (("USD", "gbm", None, "2026-01"), "--to 2026-01: no record; the last month of fact is 2025-08"),
    (("USD", "gbm", "2024-01"), "fewer than 36 monthly changes"),
    (("USD", "gbm", "2012"), "--from 2012: not a month; write YYYY-MM"),
])  # fmt: skip
def test_requests_that_cannot_be_met_are_told(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(RequestError) as caught:
        fit(BASELINE, *arguments)

    assert said in str(caught.value)


def test_a_currency_without_history_is_told_at_its_place(tmp_path: Path) -> None:
    tree: Tree = plain(2, currencies={"USD": {"spot_rate": 100.0, "plan_rate": 100.0, "budget_rate": {2025: 100.0}}})
    path = tmp_path / "scenario.yaml"
    path.write_text(dump(tree), encoding="utf-8")
    with pytest.raises(RequestError) as caught:
        fit(path, "USD")

    assert str(caught.value).startswith(f"{path}:")
    assert "currencies.USD: no history" in str(caught.value)


def test_the_command_prints_tables_and_the_block(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["fit", str(BASELINE), "USD", "--process", "gbm"]) == 0
    out, _ = capsys.readouterr()
    assert "volatility_per_month" in out
    assert "kind: gbm" in out
    assert status(["fit", str(BASELINE), "USD", "--process", "gbm", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["changes"] == 319
    assert [one["parameter"] for one in told["fits"][0]["estimates"]] == ["drift_per_month", "volatility_per_month"]
    assert status(["fit", str(BASELINE), "USD", "--process", "fixed"]) == 2


def test_a_fit_without_a_block_is_told_and_not_an_empty_file(capsys: pytest.CaptureFixture[str]) -> None:
    request = ["fit", str(BASELINE), "USD", "--from", "2012-01", "--yaml"]
    assert status([*request, "--process", "ou"]) == 2
    out, err = capsys.readouterr()
    assert (out, "ou: no block to paste. The record shows no mean reversion" in err) == ("", True)
    assert status(request) == 0
    out, err = capsys.readouterr()
    assert [f"kind: {process}" in out for process in laws.FITTED] == [True, False, True, True]
    assert err.startswith("ou: no block to paste.")
