from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats

from alliancesim.cli import status
from alliancesim.errors import RequestError
from alliancesim.study.joint import Point, confidence, frontier, joint
from alliancesim.study.runs.layout import Floats
from alliancesim.study.runs.run import Run
from alliancesim.study.statistics.estimate import quantile_with_interval

AT = float(stats.norm.ppf(0.7))


def normals(correlation: float, side: int = 1000) -> tuple[Floats, Floats]:
    """Two standard normals with a correlation, as a grid of side x side equally likely points."""
    points = stats.norm.ppf((np.arange(side) + 0.5) / side)
    first, other = (grid.ravel() for grid in np.meshgrid(points, points))
    return first, correlation * first + math.sqrt(1.0 - correlation**2) * other


def test_independent_normals_with_marginals_of_70_percent_give_49() -> None:
    found = confidence(*normals(0.0), AT, AT)
    assert (found.in_time.value, found.within.value, found.both.value) == (0.7, 0.7, 0.49)


def test_normals_with_correlation_one_half_give_5568() -> None:
    months, cost = normals(0.5)
    found = confidence(months, cost, AT, AT)
    exact = stats.multivariate_normal(cov=[[1.0, 0.5], [0.5, 1.0]]).cdf([AT, AT])
    assert exact == pytest.approx(0.5568, abs=5e-5)
    assert found.both.value == pytest.approx(exact, abs=1e-4)
    assert found.within.value == pytest.approx(0.7, abs=1e-4)


@pytest.mark.parametrize(("correlation", "level"), [(0.0, 0.49), (0.5, 0.5568)])
def test_the_frontier_of_normals_passes_through_its_marginals(correlation: float, level: float) -> None:
    (point,) = frontier(*normals(correlation), level, [AT])  # type: ignore[list-item]
    assert point.ceiling_bn.value == pytest.approx(AT, abs=2e-3)


def test_a_frontier_worked_by_hand() -> None:
    """Ten futures: ready in months 1 to 8 and never twice; the later, the cheaper."""
    months = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, math.inf, math.inf])
    cost = np.array([80.0, 70, 60, 50, 40, 30, 20, 10, 5, 5])
    found = frontier(months, cost, 0.6, range(1, 11))
    assert [(point.months, point.ceiling_bn.value) for point in found] == [(6, 80), (7, 70), (8, 60), (9, 60), (10, 60)]
    assert frontier(months, cost, 0.9, range(1, 11)) == ()
    assert isinstance(found[0], Point)


def test_never_ready_counts_as_late_and_never_within_the_horizon() -> None:
    found = confidence(np.array([3.0, math.inf]), np.array([1.0, 1.0]), 1e9, 2.0)
    assert (found.in_time.value, found.within.value, found.both.value) == (0.5, 1.0, 0.5)


def test_intervals_of_the_frontier_hold_what_they_promise() -> None:
    """The ceiling needed at level 0.49 by the date with marginal 0.7 is the cost with marginal 0.7: independent normals, n = 400.

    Of 1,000 distribution-free intervals of at least 95 % between 926 and 985 hold it; seed fixed.
    """
    rng, hits = np.random.default_rng(11), 0
    for _ in range(1000):
        months, cost = rng.normal(size=(2, 400))
        value = quantile_with_interval(np.where(months <= AT, cost, math.inf), 0.49)
        assert value.low is not None
        assert value.high is not None
        hits += value.low <= AT <= value.high
    assert 926 <= hits <= 985


def test_a_run_is_counted_as_its_outcomes_say(stored: Run) -> None:
    found = joint(stored, by="2029-03", ceiling_bn=1300.0, level=0.3)
    months = stored.values("programs", "first_operational_months")
    cost = stored.values("programs", "contracted_cost_bn").sum(axis=1)
    in_time = (months <= 48.0).all(axis=1)
    assert found.programs == ("missile", "ship")
    assert found.by_months == 48.0
    assert found.confidence.in_time.value == in_time.mean()
    assert found.confidence.both.value == (in_time & (cost <= 1300.0)).mean()
    assert 0.0 < found.confidence.both.value < found.confidence.in_time.value
    assert [value.value for value in found.each_in_time] == list((months <= 48.0).mean(axis=0))
    wanted = np.sort(np.where(in_time, cost, math.inf))[11]
    assert found.ceiling_needed_bn.value == wanted
    assert next(one.ceiling_bn.value for one in found.frontier if one.months == 48.0) == wanted
    assert joint(stored, pillars=["fleet"], by="2029-03-31").by_months == 48.0
    assert joint(stored, ["ship"], by="2029-03-30").by_months == pytest.approx(48.0 - 1 / 31, abs=1e-3)
    assert joint(stored, ["missile"], ready="complete").confidence.in_time.value == 1.0 - (
        stored.values("programs", "completion_censored")[:, stored.layout.programs.index("missile")].mean()
    )


def test_all_mistakes_are_told_at_once(stored: Run) -> None:
    with pytest.raises(RequestError) as raised:
        joint(stored, ["tank"], ["air"], "2029-13", -1.0, 1.0, "painted")
    said = str(raised.value)
    assert "no program 'tank' in tutorial; there are missile, ship" in said
    assert "no pillar 'air' with programs; there are fleet, strike" in said
    assert "by = '2029-13'; a date YYYY-MM or YYYY-MM-DD within the horizon, 2025-04 to 2035-03" in said
    assert "ceiling = -1.0" in said
    assert "level = 1.0" in said
    assert "ready = 'painted'; operational, delivered, complete" in said
    for by in ("1990-01", "2025-03-31", "2035-04", "9999-12", "9999-12-31", "soon", "2029-02-30"):
        with pytest.raises(RequestError, match="2025-04 to 2035-03"):
            joint(stored, by=by)


def test_nothing_is_ready_where_there_are_no_programs(bare: Run) -> None:
    with pytest.raises(RequestError, match=r"^bare has no named programs, so there is nothing to be ready$"):
        joint(bare)
    with pytest.raises(RequestError) as raised:
        joint(bare, ["ship"], ["fleet"])
    said = ["no program 'ship' in bare; there is none", "no pillar 'fleet' with programs; there is none"]
    assert str(raised.value).splitlines() == said


def test_a_date_is_meant_to_its_end(stored: Run) -> None:
    for day in ("2029-03-01", "2029-03-30", "2029-03-31", "2028-02-29", "2035-03-31"):
        assert joint(stored, by=day).plain()["by"] == day
    assert joint(stored, by="2028-02").plain()["by"] == "2028-02-29"
    assert joint(stored).plain()["by"] == "2035-03-31"


def test_the_command_prints_tables_and_json(stored: Run, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["joint", str(stored.folder), "--program", "ship", "--by", "2029-03", "--ceiling", "850", "--level", "0.5"]
    assert status(asked) == 0
    said = capsys.readouterr().out
    assert "1 programs" not in said
    assert "Frontier of joint confidence 0.5" in said
    assert status([*asked, "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["by"] == "2029-03-31"
    assert plain["probability"]["both"]["low"] <= plain["probability"]["both"]["value"]
    ceilings = [point["ceiling_bn"]["value"] for point in plain["frontier"]]
    assert ceilings == sorted(ceilings, reverse=True)
    assert status(["joint", str(stored.folder), "--by", "2026-03"]) == 0
    assert "no ceiling suffices" in capsys.readouterr().out
    assert status(["joint", "--help"]) == 0
    assert "Examples:\n    alliancesim joint" in capsys.readouterr().out
    assert status(["joint", str(stored.folder), "--program", "tank"]) == 2
