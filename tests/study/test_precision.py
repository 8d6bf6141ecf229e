from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from harness import TUTORIAL

from alliancesim.errors import CheckFailed, RequestError
from alliancesim.scenario.load import LoadedScenario
from alliancesim.study.precision import half_width, next_n, run_to_precision
from alliancesim.study.runs.run import open_run, run
from alliancesim.study.statistics.estimate import share_with_interval
from alliancesim.study.statistics.statistic import find_statistics

SLIP = "programs.missile.slip_months.P80"


def test_a_run_grows_until_it_is_precise_and_has_the_bits_of_that_size(here: Path, tutorial: LoadedScenario) -> None:
    said: list[str] = []
    done = run_to_precision(TUTORIAL, {SLIP: 3.0, "fiscal_years.2030.burden_bn.mean": 50.0}, n=20, seed=7, say=said.append)
    assert done.unmet == []
    done.demand()
    assert done.run.n > 20
    assert done.run.digest == run(tutorial, n=done.run.n, seed=7, out="plain").digest
    (statistic,) = find_statistics([SLIP], done.run.layout)
    assert half_width(statistic.of(done.run.values("programs", "slip_months")[:, 0])) <= 3.0
    assert "asked for +- 3" in said[0]
    assert said[-1] == f"{done.run.n:,} replications: as precise as asked for"
    assert [path.name for path in Path("results/runs").iterdir()] == [done.run.folder.name]


def test_the_same_command_simulates_nothing_twice(here: Path) -> None:
    done: list[int] = []
    for out in (None, "mine"):
        first = run_to_precision(TUTORIAL, {SLIP: 3.0}, n=20, seed=7, out=out)
        again = run_to_precision(TUTORIAL, {SLIP: 3.0}, n=20, seed=7, out=out, progress=lambda now, _: done.append(now))
        assert again.run.n == first.run.n
    assert done == []
    larger = run_to_precision(TUTORIAL, {SLIP: 1000.0}, n=20, seed=7, out="mine")
    assert larger.run.n == first.run.n


def test_a_named_run_is_never_made_smaller(here: Path, tutorial: LoadedScenario) -> None:
    before = run(tutorial, n=60, seed=7, out="mine")
    done = run_to_precision(TUTORIAL, {SLIP: 0.001}, n=20, most=50, seed=7, out="mine")
    assert done.run.n == 60
    assert done.run.digest == before.digest


def test_growing_ends_at_the_bound(here: Path) -> None:
    done = run_to_precision(TUTORIAL, {SLIP: 0.001}, n=20, most=50, seed=7)
    assert done.run.n == 50
    with pytest.raises(CheckFailed, match=r"precision not reached with 50 replications: programs\.missile\.slip_months\.P80"):
        done.demand()


def test_a_quantile_beyond_the_horizon_is_not_run_after(here: Path) -> None:
    settings = {"programs.ship.lots": "[{fy: 2034, units: 1}]", "programs.ship.baseline_delivery": "null"}
    settings |= {"programs.ship.current_estimate": "null"}
    done = run_to_precision(TUTORIAL, {"programs.ship.slip_months.median": 1.0}, n=20, seed=7, settings=settings)
    assert done.run.n == 20
    assert "beyond the horizon" in done.unmet[0]


def test_the_mean_of_an_indicator_that_is_always_0_is_not_known_exactly(here: Path) -> None:
    done = run_to_precision(TUTORIAL, {"programs.ship.held_by_review.mean": 0.04}, n=20, seed=7)
    width = half_width(share_with_interval(0, done.run.n))
    assert done.unmet == []
    assert done.run.n > 20
    assert width <= 0.04


def test_where_there_is_no_mean_the_run_is_named(here: Path) -> None:
    settings = {"programs.ship.lots": "[{fy: 2034, units: 1}]", "programs.ship.baseline_delivery": "null"}
    settings |= {"programs.ship.current_estimate": "null"}
    with pytest.raises(RequestError, match=r"there is no mean, .*; the run of 20 replications is in mine"):
        run_to_precision(TUTORIAL, {"programs.ship.completion_months.mean": 1.0}, n=20, seed=7, settings=settings, out="mine")
    assert open_run("mine").n == 20


@pytest.mark.parametrize(
    ("wanted", "most", "words"),
    [
        ({"programs.missle.slip_months.P80": 1.0}, 50, "did you mean 'missile'"),
        ({"programs.missile.slip_months": 1.0}, 50, "of which statistic"),
        ({"programs.missile.slip_months.P05": 1.0}, 50, r"slip_months\.P05': write .* \.P1 to \.P99"),
        ({"programs.missle.slip_months.P80": 1.0, "programs.ship.slip_months": 1.0}, 50, "(?s)'missile'.*of which statistic"),
        ({SLIP: 1.0}, 10, "most = 10 is below the 20"),
        *(
            ({SLIP: width}, 50, r"slip_months\.P80 = .*; a number above 0")
            for width in (math.nan, math.inf, 0.0, -1.0, True, "1")
        ),
        ({SLIP: math.nan, "fiscal_years.2030.burden_bn.mean": 0.0}, 10, "(?s)P80 = nan.*mean = 0.0.*most = 10"),
    ],
)
def test_wrong_requests_are_told(here: Path, wanted: dict[str, Any], most: int, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        run_to_precision(TUTORIAL, wanted, n=20, most=most, seed=7)
    assert list(here.iterdir()) == []  # told before anything is simulated


def test_steps_follow_the_square_root_and_are_round() -> None:
    assert next_n(1000, 1.0, 0.5) == 4200
    assert next_n(1000, 0.5001, 0.5) == 1100
    assert next_n(1000, 9.0, 0.5) == 8000
    assert next_n(1000, float("inf"), 0.5) == 2000
    assert next_n(1000, 1.0, 1e-300) == 8000
