"""The identities of docs/model.md hold in every replication of randomly generated scenarios."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from harness import FOLDER, Run, Simulation, Tree
from hypothesis import given, settings
from ledgers import CHECKS, check_clock, check_order
from strategies import scenarios, seeds

from alliancesim.engine.reference import Engine
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
REPLICATIONS = 3


@settings(max_examples=250)
@given(scenarios(), seeds)
def test_every_identity_holds_in_random_scenarios(tree: Tree, seed: int) -> None:
    simulation = Simulation(tree)
    for replication in range(REPLICATIONS):
        run = simulation.traced(seed, replication)
        for check in CHECKS:
            check(run)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_identity_holds_in_the_shipped_scenarios(path: Path, check: Callable[[Run], None]) -> None:
    simulation = shipped(path)
    for replication in range(REPLICATIONS):
        check(simulation.traced(7, replication) if check in (check_order, check_clock) else simulation.run(7, replication))


def shipped(path: Path, known: dict[Path, Simulation] = {}) -> Simulation:  # noqa: B006 -- compiled once for all tests
    """A scenario of the repository, compiled once."""
    if path not in known:
        assert Path(FOLDER.name).exists()
        loaded = load_scenario(path)
        simulation = Simulation.__new__(Simulation)
        simulation.tree = loaded.resolved()
        simulation.compiled = compile_plan(loaded)
        simulation.engine = Engine(simulation.compiled)
        simulation.labels = simulation.compiled.labels
        simulation.years = simulation.compiled.plan.years
        known[path] = simulation
    return known[path]
