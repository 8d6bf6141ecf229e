"""Every mechanism moves what it has to move, the way it has to; at strength zero it is bit for bit nothing."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from harness import load, overlay
from pairs import PAIRS, WORLD, Pair

from alliancesim.engine.batch import Engine
from alliancesim.plan.compile import compile_plan
from alliancesim.study.runs.layout import Floats, Layout
from alliancesim.study.statistics.outcome import find_outcomes

REPLICATIONS, SEED = 60, 7


@cache
def simulate(pair: str, side: str) -> tuple[Layout, dict[str, Floats]]:
    """The rows of one side of a pair."""
    given = next(one for one in PAIRS if one.name == pair)
    compiled = compile_plan(load(overlay(overlay(WORLD, given.both), getattr(given, side))))
    layout = Layout.of(compiled)
    outcomes, _ = Engine(compiled).replications(compiled.params, SEED, 0, REPLICATIONS)
    return layout, layout.rows(outcomes)


def read(pair: Pair, side: str) -> Floats:
    """The outcome of a pair, shape (replication,)."""
    layout, rows = simulate(pair.name, side)
    return find_outcomes([pair.outcome], layout)[0].of(rows)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_it_moves_its_outcome_the_right_way_in_the_median(pair: Pair) -> None:
    difference = read(pair, "on") - read(pair, "zero")

    assert np.median(difference) * pair.sign > 0.0


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.zero != pair.absent], ids=lambda pair: pair.name)
def test_at_strength_zero_it_is_bit_for_bit_nothing(pair: Pair) -> None:
    layout, zero = simulate(pair.name, "zero")
    _, absent = simulate(pair.name, "absent")

    for name in layout.tables():
        assert np.array_equal(zero[name], absent[name], equal_nan=True), name
