from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from alliancesim.cli import status
from alliancesim.errors import RequestError
from alliancesim.study.joint import Point, confidence, frontier, joint
from alliancesim.study.runs.layout import Floats
from alliancesim.study.runs.run import Run, run
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
    """Ten futures: ready as the months 1 to 8 end, which is in the next, and never twice; the later, the cheaper."""
    months = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, math.inf, math.inf])
    cost = np.array([80.0, 70, 60, 50, 40, 30, 20, 10, 5, 5])
    found = frontier(months, cost, 0.6, range(1, 11))
    assert [(point.months, point.ceiling_bn.value) for point in found] == [(7, 80), (8, 70), (9, 60), (10, 60)]
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
    in_time = (months < 48.0).all(axis=1)
    assert found.programs == ("missile", "ship")
    assert found.by_months == 48.0
    assert found.confidence.in_time.value == in_time.mean()
    assert found.confidence.both.value == (in_time & (cost <= 1300.0)).mean()
    assert 0.0 < found.confidence.both.value < found.confidence.in_time.value
    assert [value.value for value in found.each_in_time] == list((months < 48.0).mean(axis=0))
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


DATED = """
name: dated
source: assumed
horizon: {first_fy: 2025, last_fy: 2026}
economy: {gdp: {base_fy: 2024, base_bn: 600000.0}}
money: {topline_bn: 1000.0, personnel_bn: 300.0, buckets: {fleet: {authority_bn: 250.0}}}
channels:
  half: {payment: {shares: [1.0]}, stages: {build: {duration_months: 6.0, milestone: delivered}}}
  two: {payment: {shares: [1.0]}, stages: {build: {duration_months: 24.0, milestone: delivered}}}
programs:
  early: {title: Early, bucket: fleet, channel: half, unit_cost_bn: 10.0, lots: [{fy: 2025, units: 1}]}
  last: {title: Last, bucket: fleet, channel: two, unit_cost_bn: 10.0, lots: [{fy: 2025, units: 1}]}
"""


@pytest.fixture
def dated(tmp_path: Path) -> Run:
    """A run with one program operational on 2025-10-01 and one at the horizon itself, 2027-04-01."""
    (tmp_path / "dated.yaml").write_text(DATED)
    return run(tmp_path / "dated.yaml", n=2, out=tmp_path / "dated")


@pytest.mark.parametrize(
    ("by", "share"), [("2025-09", 0.0), ("2025-09-30", 0.0), ("2025-10-01", 1.0), ("2025-10", 1.0), (None, 1.0)]
)
def test_the_first_instant_of_a_month_is_not_the_month_before(dated: Run, by: str | None, share: float) -> None:
    found = joint(dated, ["early"], by=by, ceiling_bn=100.0)
    assert found.confidence.in_time.value == found.confidence.both.value == found.each_in_time[0].value == share
    assert math.isfinite(found.ceiling_needed_bn.value) == bool(share)
    plain = found.plain()
    assert plain["date_needed"]["value"] == "2025-10-01"
    assert plain["frontier"][0]["by"] == "2025-10-31"
    assert "2025-10" in str(found.sheets()[1])


def test_what_comes_at_the_horizon_itself_counts(dated: Run) -> None:
    assert list(dated.values("programs", "first_operational_months")[0]) == [6.0, 24.0]
    found = joint(dated, ["last"])
    assert found.confidence.in_time.value == 1.0 - dated.values("programs", "first_operational_censored")[:, 1].mean() == 1.0
    assert found.plain()["by"] == found.plain()["frontier"][0]["by"] == found.plain()["date_needed"]["value"] == "2027-03-31"
    assert joint(dated, ["last"], by="2027-03").confidence.in_time.value == 1.0
    assert joint(dated, ["last"], by="2027-03-30").confidence.in_time.value == 0.0


def test_programs_without_a_bucket_are_of_no_pillar(stored: Run) -> None:
    programs = stored.manifest["programs"]
    told = Run(stored.folder, stored.manifest | {"programs": programs | {"missile": programs["missile"] | {"bucket": None}}})
    with pytest.raises(RequestError, match=r"^no pillar 'air' with programs; there are fleet$"):
        joint(told, pillars=["air"])
    assert joint(told, pillars=["fleet"]).programs == ("ship",)


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
