"""The back-test: forecasts from the past alone, scores against closed forms, intervals from blocks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from harness import BASELINE
from scipy.stats import norm

from alliancesim.cli import status
from alliancesim.errors import RequestError
from alliancesim.study.exchange.backtest import (
    COVER,
    HORIZONS,
    LEAST_MEMBERS,
    RESAMPLES,
    WALK,
    _crps,
    _score,
    backtest,
    blocks,
    forecasts,
)
from alliancesim.study.exchange.record import Record, read_record
from alliancesim.study.statistics.estimate import Value


@pytest.fixture(scope="module")
def record() -> Record:
    return read_record(BASELINE, "USD")


def test_scores_are_whole_and_the_reference_gains_nothing() -> None:
    found = backtest(BASELINE, "USD", every=120, members=100, seed=3)
    again = backtest(BASELINE, "USD", every=120, members=100, seed=3)

    assert found.scores == again.scores
    assert {score.months for score in found.scores} == set(HORIZONS)
    for score in found.scores:
        assert math.fsum(score.fifths) == pytest.approx(1.0)
        assert 0.0 <= score.coverage.low <= score.coverage.value <= score.coverage.high <= 1.0
        assert score.crps.low <= score.crps.value <= score.crps.high
        if score.process == WALK:
            assert score.gain == Value(0.0, 0.0, 0.0)
    assert "gain on random walk" in str(found)


def test_the_reference_is_the_normal_law_of_a_driftless_walk(record: Record) -> None:
    known = record.upto("2010-12")
    futures = dict(forecasts(known, 6.0, 4000, 1))[WALK]
    volatility = float(np.sqrt(np.mean(known.change**2)))
    for months in HORIZONS:
        sd = volatility * math.sqrt(months)
        sample = futures[:, months - 1] - known.level[-1]
        assert abs(float(sample.mean())) < 4.417 * sd / math.sqrt(4000)
        assert float(sample.std()) == pytest.approx(sd, rel=4.417 / math.sqrt(8000))


def test_the_score_is_that_of_the_normal_law() -> None:
    sample = norm.ppf((np.arange(4000) + 0.5) / 4000)
    expected = 1.2 * (2.0 * norm.cdf(1.2) - 1.0) + 2.0 * norm.pdf(1.2) - 1.0 / math.sqrt(math.pi)  # Gneiting & Raftery 2007

    assert _crps(1.2, sample) == pytest.approx(expected, abs=1e-3)


def test_all_processes_share_their_innovations(record: Record) -> None:
    found = dict(forecasts(record.upto("2010-12"), 6.0, 50, 1))
    walk, drifting = (np.diff(found[name], axis=1) for name in (WALK, "gbm"))

    assert np.corrcoef(walk.ravel(), drifting.ravel())[0, 1] == pytest.approx(1.0)


def test_blocks_go_round() -> None:
    at = blocks(10, 4, seed=1)

    assert at.shape == (RESAMPLES, 10)
    assert (np.diff(at[:, :4], axis=1) % 10 == 1).all()
    assert (np.diff(at[:, 4:8], axis=1) % 10 == 1).all()
    assert np.bincount(at.ravel()) == pytest.approx(np.full(10, RESAMPLES), rel=0.1)


def test_origins_of_fewer_than_two_blocks_give_no_interval() -> None:
    generator = np.random.default_rng(1)
    for origins, told in ((11, False), (12, True)):  # a block is 6 origins long
        values, reference, pit = (generator.uniform(size=origins) for _ in range(3))
        score = _score("gbm", 3, values, reference, pit, every=1, seed=1)
        for one in (score.crps, score.gain, score.coverage):
            assert (one.low is not None, one.high is not None) == (told, told)
        assert score.plain()["crps"] == {"value": score.crps.value, "low": score.crps.low, "high": score.crps.high}


@pytest.mark.parametrize(("horizon", "origins"), [(12, 236), (36, 212)])
def test_intervals_of_few_blocks_hold(horizon: int, origins: int) -> None:
    """Forecasts of a random walk by its own law: fewer than 163 of 200 intervals that hold 90 % have a chance below 1e-3.

    Not 95 %: the windows of neighboring blocks overlap, and at 36 months there are hardly three blocks.
    """
    draws, held = np.random.default_rng(5), 0
    for _ in range(200):
        path = np.append(0.0, np.cumsum(draws.standard_normal(origins + horizon)))
        pit = norm.cdf((path[horizon : horizon + origins] - path[:origins]) / math.sqrt(horizon))
        score = _score("gbm", horizon, np.ones(origins), np.ones(origins), pit, every=1, seed=0)
        held += score.coverage.low <= COVER <= score.coverage.high
    assert held >= 163


def test_a_forecast_of_the_fewest_members_has_a_band_of_its_name() -> None:
    for members in range(LEAST_MEMBERS, 2 * LEAST_MEMBERS):
        pit = (np.arange(members + 1) + 0.5) / (members + 1)  # where an outcome of the same law may lie, all alike
        assert np.mean(np.abs(pit - 0.5) <= 0.5 * COVER) == pytest.approx(COVER, abs=0.01)


def test_what_cannot_be_scored_is_told() -> None:
    with pytest.raises(RequestError, match="from 2025-07: no origin with 36 changes before it and 3 months after it"):
        backtest(BASELINE, "USD", first="2025-07")
    with pytest.raises(RequestError, match="every = 0; a whole number from 1"):
        backtest(BASELINE, "USD", every=0)
    with pytest.raises(RequestError, match="members = 99; a whole number from 100 to 100,000"):
        backtest(BASELINE, "USD", members=99)
    for first in ("05-2005", "abc", "2005-13"):
        with pytest.raises(RequestError, match=f"--from {first}: not a month; write YYYY-MM"):
            backtest(BASELINE, "USD", first=first)
    with pytest.raises(RequestError, match="seed = -1; a whole number from 0"):
        backtest(BASELINE, "USD", first="2025-05", members=100, seed=-1)


def test_the_command_prints_a_table_for_each_horizon(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["backtest", str(BASELINE), "USD", "--every", "120", "--members", "100"]) == 0
    out, _ = capsys.readouterr()
    assert [f"{months} months ahead" in out for months in HORIZONS] == [True, True, True]
    assert status(["backtest", str(BASELINE), "USD", "--from", "2025-04", "--members", "100"]) == 0
    out, _ = capsys.readouterr()
    assert "0.0 (? to ?)" in out
    assert "? where they are fewer than two blocks" in out
