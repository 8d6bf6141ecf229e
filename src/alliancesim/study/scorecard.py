"""The scorecard of a run: a grade for each area in a fiscal year, and where it is heading."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliancesim.errors import RequestError
from alliancesim.study.runs.layout import Floats
from alliancesim.study.runs.run import Run, as_of_fy
from alliancesim.study.sheet import Sheet, with_interval
from alliancesim.study.statistics.estimate import CONFIDENCE, Estimate, Value, estimate, share_with_interval

UP, FLAT, DOWN = "up", "flat", "down"


@dataclass(frozen=True)
class AreaGrade:
    """One area in one fiscal year."""

    name: str
    title: str
    grade: str
    """The grade of the median score, which is the median grade."""
    score: Estimate
    """Points, 0 to 100."""
    grade_share: dict[str, Value]
    """Share of replications with each grade, best first."""
    change: Estimate | None
    """Change of the score, replication by replication, over the years of the trend; None beyond the horizon."""
    trend: str | None
    """Whether the median change reaches the threshold: up, flat or down."""


@dataclass(frozen=True)
class Scorecard:
    """All areas of a run in one fiscal year, in the scenario's order."""

    run: Run
    fy: int
    trend_years: int
    trend_threshold_points: float
    areas: list[AreaGrade]

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def sheets(self) -> list[Sheet]:
        """The tables for people."""
        ahead = f"to FY{self.fy + self.trend_years}"
        scores = Sheet(
            f"Scorecard FY{self.fy}", ["area", "grade", "trend", "median score", "P10", "P90", f"change {ahead}"], text_columns=3
        )
        grades = Sheet("Share of replications by grade, %", ["area", *next((one.grade_share for one in self.areas), {})])
        for one in self.areas:
            change = "-" if one.change is None else with_interval(one.change.median)
            band = [with_interval(one.score.quantile[p]) for p in (0.5, 0.1, 0.9)]
            scores.rows.append([one.title, one.grade, one.trend or "-", *band, change])
            grades.rows.append([one.title, *(with_interval(share, 100.0) for share in one.grade_share.values())])
        scores.note = (
            f"Scores 0 to 100 with 95 % intervals; the grade is the median's. Trend: median change over {self.trend_years} years "
            f"against {self.trend_threshold_points:g} points. Anchored to its source, not validated by it."
        )
        return [scores, grades]

    def plain(self) -> dict[str, Any]:
        """Everything, as plain data fit for JSON."""
        return {
            **self.run.plain(),
            "fiscal_year": self.fy,
            "trend_years": self.trend_years,
            "trend_threshold_points": self.trend_threshold_points,
            "confidence": CONFIDENCE,
            "areas": [
                {
                    "area": one.name,
                    "title": one.title,
                    "grade": one.grade,
                    "trend": one.trend,
                    "score": one.score.plain(),
                    "change": None if one.change is None else one.change.plain(),
                    "grade_share": {grade: share.plain() for grade, share in one.grade_share.items()},
                }
                for one in self.areas
            ],
        }


def grade_of(points: float, cutpoints: dict[str, float]) -> str:
    """The best grade whose cutpoint is reached, else the lowest one. cutpoints: fewest points by grade, at least one."""
    reached = [grade for grade, cutpoint in cutpoints.items() if points >= cutpoint]
    return max(reached, key=cutpoints.__getitem__) if reached else min(cutpoints, key=cutpoints.__getitem__)


def trend_of(change: float, threshold: float) -> str:
    """Up or down where a change of points is not 0 and reaches the threshold, else flat."""
    if change == 0.0 or abs(change) < threshold:
        return FLAT
    return UP if change > 0.0 else DOWN


def scorecard(run: Run, fy: int | None = None) -> Scorecard:
    """Grades of a run in a fiscal year; default: the year of its as-of date, else its first one.

    Raises RequestError when the scenario has no scorecard, or the run not this year.
    """
    card, years = run.manifest["resolved"]["scorecard"], run.layout.fiscal_years()
    if not run.layout.areas:
        message = f"{run.scenario} has no scorecard; docs/writing-scenarios.md says how to write one"
        raise RequestError(message)
    year = max(as_of_fy(run), years[0]) if fy is None else fy
    if year not in years:
        message = f"no FY{year} in {run.scenario}; it has FY{years[0]} to FY{years[-1]}"
        raise RequestError(message)
    cutpoints = dict(sorted(card["cutpoints"].items(), key=lambda item: -item[1]))
    threshold = card["trend_threshold_points"]
    ahead = year + card["trend_years"]
    wanted = [year, ahead] if ahead in years else [year]
    graded = []
    for a, name in enumerate(run.layout.areas):
        keys = [a * len(years) + years.index(one) for one in wanted]
        scores = [values for _, (values,) in run.by_key("areas", ["score"], keys)]
        title = card["areas"][name]["title"]
        graded.append(_graded(name, title, cutpoints, threshold, scores))
    return Scorecard(run, year, card["trend_years"], threshold, graded)


def _graded(name: str, title: str, cutpoints: dict[str, float], threshold: float, scores: list[Floats]) -> AreaGrade:
    """One area. scores: of the year, and of the year to which the trend leads where there is one; each of shape (n,)."""
    score = estimate(scores[0])
    change = estimate(scores[1] - scores[0]) if len(scores) > 1 else None
    points, counts = np.unique(scores[0], return_counts=True)
    tally: Counter[str] = Counter()
    for point, count in zip(points.tolist(), counts.tolist(), strict=True):
        tally[grade_of(point, cutpoints)] += count
    return AreaGrade(
        name=name,
        title=title,
        grade=grade_of(score.median.value, cutpoints),
        score=score,
        grade_share={grade: share_with_interval(tally[grade], score.n) for grade in cutpoints},
        change=change,
        trend=None if change is None else trend_of(change.median.value, threshold),
    )
