"""Monte Carlo simulation of a defense build-up: budgets, exchange rates, pipelines and trade disputes in one model.

The verbs of the command line, from Python::

    import alliancesim

    run = alliancesim.run("scenarios/tutorial.yaml", n=200, seed=7)
    print(alliancesim.summarize(run))
    frame = run.to_pandas("programs")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alliancesim.errors import AllianceSimError, CheckFailed, PlanError, RequestError, RunError, ScenarioError, StoreError
    from alliancesim.plan.compile import compile_plan
    from alliancesim.scenario.load import LoadedScenario, load_scenario
    from alliancesim.scenario.schema import json_schema as schema
    from alliancesim.study.differences.compare import compare
    from alliancesim.study.exchange.backtest import backtest
    from alliancesim.study.exchange.fit import fit
    from alliancesim.study.explain import explain
    from alliancesim.study.gate.acceptance import accept
    from alliancesim.study.gate.check import check
    from alliancesim.study.precision import run_to_precision
    from alliancesim.study.runs.run import Run, open_run, run
    from alliancesim.study.scorecard import scorecard
    from alliancesim.study.sourcing import sources
    from alliancesim.study.summary import Summary, summarize
    from alliancesim.study.validity import validate

_HOMES = {
    "errors": ("AllianceSimError", "CheckFailed", "PlanError", "RequestError", "RunError", "ScenarioError", "StoreError"),
    "plan.compile": ("compile_plan",),
    "scenario.load": ("LoadedScenario", "load_scenario"),
    "study.gate.acceptance": ("accept",),
    "study.gate.check": ("check",),
    "study.differences.compare": ("compare",),
    "study.exchange.backtest": ("backtest",),
    "study.exchange.fit": ("fit",),
    "study.explain": ("explain",),
    "study.precision": ("run_to_precision",),
    "study.runs.run": ("Run", "open_run", "run"),
    "study.scorecard": ("scorecard",),
    "study.sourcing": ("sources",),
    "study.summary": ("Summary", "summarize"),
    "study.validity": ("validate",),
}

__all__ = [
    "AllianceSimError", "CheckFailed", "LoadedScenario", "PlanError", "RequestError", "Run", "RunError", "ScenarioError",
    "StoreError", "Summary", "__version__", "accept", "backtest", "check", "compare", "compile_plan", "explain", "fit",
    "load_scenario", "open_run", "run", "run_to_precision", "schema", "scorecard", "sources", "summarize", "validate",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: importing the package alone stays fast."""
    if name == "__version__":
        from importlib.metadata import version

        return version("alliancesim")
    if name == "schema":
        return importlib.import_module("alliancesim.scenario.schema").json_schema
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"alliancesim.{home}"), name)
    message = f"module 'alliancesim' has no attribute '{name}'"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
