"""The baseline's scorecard: anchored to the report it stands beside, and moved by what feeds it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import BASELINE

from alliancesim.engine.batch import Engine
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario
from alliancesim.study.runs.run import run
from alliancesim.study.scorecard import scorecard

REPORT = [  # The Asia Group, Japan's Defense Report Card, August 2025: areas in its order
    ("budget", "A", "up"),
    ("procurement", "B+", "flat"),
    ("rnd", "B+", "up"),
    ("cyber", "B+", "up"),
    ("exports", "A-", "up"),
    ("alliance", "B", "flat"),
    ("ties", "A", "up"),
]
FY2025 = 2
WORSE = {
    "budget": ("money.topline_bn.2025", "8000"),
    "procurement": ("currencies.USD.budget_rate.2025", "180"),
    "rnd": ("conditions.innovation_fund.initial", "0.95"),
    "cyber": ("workforce.cyber.known.2025", "1500"),
    "exports": ("programs.export_rules_gcap.effects.rules.add", "0.1"),
    "alliance": ("programs.joint_operations_command.effects.command.add", "0.3"),
    "ties": ("programs.raa_uk.effects.ties.add", "0.0"),
}
"""An input that feeds each area, and a value at which the area does worse."""


@cache
def points(path: str | None = None, value: str = "") -> Any:
    """Median points of FY2025 by area, over 20 replications on common draws."""
    compiled = compile_plan(load_scenario(BASELINE, {} if path is None else {path: value}))
    outcomes, _ = Engine(compiled).replications(compiled.params, 7, 0, 20)
    return dict(zip(compiled.labels.areas, np.median(outcomes.area_year[:, :, FY2025, 0], axis=0).tolist(), strict=True))


def test_median_grades_and_trends_of_fy2025_are_those_of_the_report(tmp_path: Path) -> None:
    card = scorecard(run(BASELINE, n=200, seed=7, out=tmp_path / "run"), 2025)

    assert [(area.name, area.grade, area.trend) for area in card.areas] == REPORT


@pytest.mark.parametrize("area", WORSE)
def test_an_input_that_feeds_an_area_moves_its_score(area: str) -> None:
    assert points(*WORSE[area])[area] < points()[area]
