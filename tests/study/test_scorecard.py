from __future__ import annotations

import json

import numpy as np
import pytest
from harness import Tree, load, plain

from alliancesim.cli import status
from alliancesim.errors import RequestError
from alliancesim.study.runs.run import Run, run
from alliancesim.study.scorecard import grade_of, scorecard, trend_of

CUTPOINTS = {"A": 80.0, "B+": 60.0, "B": 40.0, "C": 0.0}


def carded() -> Tree:
    """Three areas of points known in advance: 100 x the drawn share, 50 throughout, and 30 a year up to the bound."""
    years = {2025: 0, 2026: 30, 2027: 60, 2028: 90, 2029: 120}
    tree = plain(
        5,
        linkage__support={"initial_share": {"dist": "uniform", "low": 0.0, "high": 1.0}},
        mechanisms__linkage=False,
        money__supplementary={"total_bn": years},
    )
    outcomes = {
        "ties": ("Security ties", "fiscal_years.support_share", 0.0, 1.0),
        "budget": ("Budget", "fiscal_years.topline_bn", 500.0, 1500.0),
        "alliance": ("Alliance", "fiscal_years.supplementary_bn", 0.0, 100.0),
    }
    areas = {
        name: {"title": title, "indicators": {"one": {"outcome": outcome, "low": low, "high": high}}}
        for name, (title, outcome, low, high) in outcomes.items()
    }
    tree["scorecard"] = {"cutpoints": CUTPOINTS, "trend_years": 2, "trend_threshold_points": 5.0, "areas": areas}
    return tree


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(load(carded()), n=50, seed=3, out=tmp_path_factory.mktemp("runs") / "carded")


@pytest.mark.parametrize(("points", "grade"), [(100, "A"), (80, "A"), (79.999, "B+"), (60, "B+"), (40, "B"), (39, "C"), (0, "C")])
def test_a_grade_begins_at_its_cutpoint(points: float, grade: str) -> None:
    assert grade_of(points, CUTPOINTS) == grade
    assert grade_of(points, dict(reversed(CUTPOINTS.items()))) == grade


@pytest.mark.parametrize(
    ("change", "threshold", "trend"),
    [(3.0, 3.0, "up"), (2.9, 3.0, "flat"), (-2.9, 3.0, "flat"), (-3.0, 3.0, "down"), (0.0, 0.0, "flat"), (0.1, 0.0, "up")],
)
def test_a_trend_needs_the_threshold(change: float, threshold: float, trend: str) -> None:
    assert trend_of(change, threshold) == trend


def test_areas_come_in_the_order_of_the_scenario(graded: Run) -> None:
    assert [(one.name, one.title) for one in scorecard(graded).areas] == [
        ("ties", "Security ties"), ("budget", "Budget"), ("alliance", "Alliance"),
    ]  # fmt: skip


def test_grades_and_trends_of_known_points(graded: Run) -> None:
    ties, budget, alliance = scorecard(graded, 2026).areas
    points = np.sort(graded.values("areas", "score")[:, 0, 1])

    assert (budget.grade, budget.trend, budget.score.median.value) == ("B", "flat", 50.0)
    assert (alliance.grade, alliance.trend, alliance.score.median.value) == ("C", "up", 30.0)
    assert alliance.change is not None
    assert alliance.change.median.value == pytest.approx(60.0)
    assert ties.trend == "flat"
    assert ties.score.median.value == points[24]
    assert ties.grade == grade_of(points[24], CUTPOINTS)


def test_shares_by_grade_count_replications(graded: Run) -> None:
    ties, budget, _ = scorecard(graded, 2025).areas
    points = graded.values("areas", "score")[:, 0, 0]
    counted = {
        "A": np.mean(points >= 80), "B+": np.mean((points >= 60) & (points < 80)),
        "B": np.mean((points >= 40) & (points < 60)), "C": np.mean(points < 40),
    }  # fmt: skip

    assert {grade: share.value for grade, share in ties.grade_share.items()} == pytest.approx(counted)
    assert list(ties.grade_share) == ["A", "B+", "B", "C"]
    assert {grade: share.value for grade, share in budget.grade_share.items()} == {"A": 0, "B+": 0, "B": 1, "C": 0}


def test_points_end_at_their_bound(graded: Run) -> None:
    assert graded.values("areas", "score")[0, 2].tolist() == pytest.approx([0.0, 30.0, 60.0, 90.0, 100.0])


def test_no_trend_leads_beyond_the_horizon(graded: Run) -> None:
    card = scorecard(graded, 2028)

    assert [one.trend for one in card.areas] == [None, None, None]


def test_other_years_are_refused(graded: Run) -> None:
    with pytest.raises(RequestError, match="no FY2031 in plain; it has FY2025 to FY2029"):
        scorecard(graded, 2031)


def test_a_scenario_without_areas_has_no_scorecard(stored: Run) -> None:
    with pytest.raises(RequestError, match="tutorial has no scorecard"):
        scorecard(stored)


def test_the_command_prints_grades_in_order(graded: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["scorecard", str(graded.folder), "--fy", "2026"]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("Scorecard FY2026")

    assert lines[at + 1].split("  ")[0] == "area"
    assert [line.split()[0] for line in lines[at + 3 : at + 6]] == ["Security", "Budget", "Alliance"]
    assert lines[at + 4].split() == ["Budget", "B", "flat", "50", "50", "50", "0"]
    assert "not validated" in lines[at + 6]


def test_the_command_gives_json(graded: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["scorecard", str(graded.folder), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)

    assert said["fiscal_year"] == 2025
    assert [area["area"] for area in said["areas"]] == ["ties", "budget", "alliance"]
    assert said["areas"][2]["trend"] == "up"
    assert set(said["areas"][0]["score"]["median"]) == {"value", "low", "high"}
    assert said["areas"][1]["grade_share"]["B"]["value"] == 1.0


def test_the_tables_can_be_queried(graded: Run) -> None:
    found = graded.query("SELECT area, max(score) AS most FROM areas WHERE fiscal_year = 2029 GROUP BY area ORDER BY area")

    assert found.column("area").to_pylist() == ["alliance", "budget", "ties"]
    assert found.column("most").to_pylist()[:2] == [100.0, 50.0]


def test_a_run_without_packages_has_no_table_of_them(stored: Run) -> None:
    assert "packages" not in stored.tables
    with pytest.raises(RequestError, match="no table 'packages'"):
        stored.to_arrow("packages")
