"""Evaluations: replications in any order, each with parameters of its own, are the same in both engines and to themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from corpus import CORPUS, SEED
from harness import Simulation, first_difference, plain, same
from pair import Pair

from alliancesim.plan.layout import Outcomes
from alliancesim.study.sensitivity.evaluator import undrawn

UNCERTAIN = {"dist": "uniform", "low": 10.0, "high": 30.0}


def rows_of(pair: Pair, count: int) -> Any:
    """Parameter vectors that all differ; what is divided by stays above 0."""
    return pair.compiled.params * np.linspace(0.9, 1.0, count)[:, None]


@pytest.mark.parametrize("name", ["busy", "everything_at_once"])
def test_engines_agree_on_evaluations(name: str) -> None:
    pair = Pair(Simulation(CORPUS[name]()).compiled)
    replications = np.array([4, 0, 0, 9, 2])
    one, _ = pair.reference.evaluations(rows_of(pair, 5), SEED, replications)
    other, _ = pair.batch.evaluations(rows_of(pair, 5), SEED, replications)

    assert first_difference(pair.compiled, one, other) == ""


def test_an_evaluation_is_the_replication_with_its_parameters() -> None:
    pair = Pair(Simulation(CORPUS["busy"]()).compiled)
    rows = rows_of(pair, 3)
    together, _ = pair.batch.evaluations(rows, SEED, np.array([7, 7, 1]))
    for i, replication in enumerate((7, 7, 1)):
        alone, _ = pair.reference.simulate(rows[i], SEED, replication)

        assert same(Outcomes(*(array[i] for array in together)), alone)
    assert not same(Outcomes(*(array[0] for array in together)), Outcomes(*(array[1] for array in together)))


def test_a_parameter_under_study_is_not_drawn_and_the_others_are() -> None:
    tree = plain(channels__domestic__stages__build__duration_months=UNCERTAIN, programs__ship__unit_cost_bn=UNCERTAIN)
    drawn = Simulation(tree).compiled
    names = drawn.labels.parameters
    duration, cost = names.index("channels.domestic.stages.build.duration_months"), names.index("programs.ship.unit_cost_bn")
    pair = Pair(drawn._replace(plan=undrawn(drawn.plan, np.array([duration]))))
    rows = np.tile(drawn.params, (3, 1))
    rows[:, duration] = (12.0, 12.0, 24.0)
    replications = np.array([0, 1, 0])
    for engine in (pair.reference, pair.batch):
        outcomes, _ = engine.evaluations(rows, SEED, replications)
        delivered, contracted = outcomes.program[:, 0, 0], outcomes.program_year[:, 0, 0, 7]

        assert delivered.tolist() == [12.0, 12.0, 24.0]
        assert contracted[0] == contracted[2] != contracted[1]
    assert names[drawn.plan.distribution_at[0]] != names[drawn.plan.distribution_at[1]]
    assert cost in drawn.plan.distribution_at
