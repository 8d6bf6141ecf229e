"""The plain pipeline workload that all engines of `bench_peers.py` run: its numbers, and the scenario made from them.

40 programs contract a lot in each of 6 fiscal years. A lot passes 6 stages with lognormal noise; the third needs one of 3
reviewers, the sixth one of 3 ranges, both given by the program's priority. Nothing else happens: no limit of money binds, and
there are no currencies, linkage, background orders, disruptions, rework or failures. A seventh year lets the last lots arrive.
"""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path

from alliancesim.plan.compile import compile_plan
from alliancesim.plan.layout import Compiled
from alliancesim.rules.draws import Z90
from alliancesim.scenario.load import load_scenario

PROGRAMS = 40
LOT_YEARS = 6
FIRST_FY = 2025
YEARS = 7
HORIZON_MONTHS = 12.0 * YEARS
SLOTS = 3
"""Of each resource, for PROGRAMS programs; more programs have more in proportion."""
STAGES = ("design", "approval", "review", "build", "assembly", "trial")
MONTHS = (2.0, 1.5, 0.5, 4.0, 1.0, 0.5)
"""Planned duration of each stage of a program of average speed."""
SIGMA = (0.5, 0.4, 0.4, 0.35, 0.3, 0.4)
"""Standard deviation of the logarithm of each stage's duration; its median is the plan."""
RESOURCES = ("range", "reviewers")
RESOURCE_OF_STAGE = (-1, -1, 1, -1, -1, 0)
"""Position in RESOURCES of what a stage needs, -1 = nothing."""


def name_of(p: int) -> str:
    """A program's name; names sort like numbers."""
    return f"program_{p:04d}"


def priority(p: int) -> int:
    """A program's priority, lower is served first."""
    return p % 5


def planned_months(p: int, programs: int = PROGRAMS) -> tuple[float, ...]:
    """Planned durations of a program's stages: 0.7 to 1.3 times the average where nothing is shared."""
    factor = 0.7 + 0.6 * p / max(1, programs - 1)
    return tuple(m if r >= 0 else m * factor for m, r in zip(MONTHS, RESOURCE_OF_STAGE, strict=True))


def scenario(programs: int = PROGRAMS) -> dict[str, object]:
    """The workload as a scenario file's content."""
    off = ("exchange_noise", "economy_noise", "cost_growth", "rework", "failure", "disruptions", "background", "budget_limits",
           "linkage")  # fmt: skip
    stages: dict[str, dict[str, object]] = {}
    for name, months, sigma, used in zip(STAGES, MONTHS, SIGMA, RESOURCE_OF_STAGE, strict=True):
        stages[name] = {"duration_months": months, "noise": {"p90": math.exp(Z90 * sigma)}}
        if used >= 0:
            stages[name]["resource"] = RESOURCES[used]
    stages[STAGES[-1]]["milestone"] = "delivered"
    lots = [{"fy": FIRST_FY + y, "units": 1} for y in range(LOT_YEARS)]
    return {
        "name": "plain-pipeline",
        "sources": {"benchmark": {"citation": "made up for a benchmark", "confidence": "assumed"}},
        "source": "benchmark",
        "horizon": {"first_fy": FIRST_FY, "last_fy": FIRST_FY + YEARS - 1},
        "mechanisms": {name: False for name in off},
        "economy": {"gdp": {"base_fy": FIRST_FY - 1, "base_bn": 100000.0}},
        "money": {
            "topline_bn": 10.0 * programs,
            "personnel_bn": 0.0,
            "buckets": {"all": {"authority_bn": 10.0 * programs}},
        },
        "resources": {name: {"kind": "slots", "capacity": max(1, SLOTS * programs // PROGRAMS)} for name in RESOURCES},
        "channels": {"plain": {"payment": {"shares": [1.0]}, "stages": stages}},
        "programs": {
            name_of(p): {
                "title": f"Program {p}",
                "bucket": "all",
                "channel": "plain",
                "priority": priority(p),
                "unit_cost_bn": 1.0,
                "stages": {
                    stage: {"duration_months": months}
                    for stage, months, used in zip(STAGES, planned_months(p, programs), RESOURCE_OF_STAGE, strict=True)
                    if used < 0
                },
                "lots": lots,
            }
            for p in range(programs)
        },
    }


def compiled(programs: int = PROGRAMS) -> Compiled:
    """The workload as the engines take it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plain-pipeline.yaml"
        file.write_text(json.dumps(scenario(programs)))
        return compile_plan(load_scenario(file))
