"""The identities of docs/model.md hold in every replication of randomly generated scenarios."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from harness import SHIPPED, Run, Simulation, Tree
from hypothesis import given, settings
from ledgers import CHECKS, check_grants, watched
from strategies import scenarios, seeds

REPLICATIONS = 3


@settings(max_examples=250)
@given(scenarios(), seeds)
def test_every_identity_holds_in_random_scenarios(tree: Tree, seed: int) -> None:
    check_all(tree, seed)


@pytest.mark.slow
@settings(max_examples=3000)
@given(scenarios(most_years=10), seeds)
def test_every_identity_holds_in_thousands_of_scenarios(tree: Tree, seed: int) -> None:
    check_all(tree, seed)


def check_all(tree: Tree, seed: int) -> None:
    """Every identity of one run, in a few replications."""
    simulation = Simulation(tree)
    for replication in range(REPLICATIONS):
        run = simulation.traced(seed, replication)
        for check in CHECKS:
            check(run)


@settings(max_examples=100)
@given(scenarios(), seeds)
def test_nothing_is_granted_beyond_capacity_in_random_scenarios(tree: Tree, seed: int) -> None:
    simulation = Simulation(tree)
    with watched() as grants:
        simulation.run(seed)
    check_grants(simulation, grants)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_identity_holds_in_the_shipped_scenarios(path: Path, check: Callable[[Run], None]) -> None:
    for replication in range(REPLICATIONS):
        check(Simulation.of(path).traced(7, replication))
