"""The engines agree on every outcome, bit for bit. The full counts are those of `full.py`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import full
import numpy as np
import pytest
from corpus import CORPUS, SEED
from harness import SHIPPED, Simulation, Tree, first_difference
from hypothesis import given, settings
from hypothesis import strategies as st
from pair import Pair
from strategies import scenarios, seeds, tied

from alliancesim.engine.batch import Engine
from alliancesim.engine.batch.workspace import new_workspace
from alliancesim.plan.layout import MOST_DISRUPTIONS, Outcomes

KEPT = ("rate", "half_life", "median", "p90", "base_bn", "capacity", "slope", "floor", "ceiling")
"""Parts of the names of parameters by which the model divides."""


@cache
def pair(name: str) -> Pair:
    """Both engines of a scenario of the corpus."""
    return Pair(Simulation(CORPUS[name]()).compiled)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_engines_agree_on_shipped_scenarios(path: Path) -> None:
    assert Pair(Simulation.of(path).compiled).difference(7, 0, 10) == ""


@pytest.mark.parametrize("name", CORPUS)
def test_engines_agree_on_adversarial_scenarios(name: str) -> None:
    assert pair(name).difference(SEED, 0, 4) == ""


@given(scenarios(), seeds)
def test_engines_agree_on_random_scenarios(tree: Tree, seed: int) -> None:
    assert Pair(Simulation(tree).compiled).difference(seed, 0, 4) == ""


@given(tied(), seeds)
def test_engines_agree_on_random_scenarios_full_of_ties(tree: Tree, seed: int) -> None:
    assert Pair(Simulation(tree).compiled).difference(seed, 0, 4) == ""


@given(st.sampled_from(sorted(CORPUS)), seeds, st.integers(0, 2**31))
def test_engines_agree_at_any_seed_and_replication(name: str, seed: int, first: int) -> None:
    assert pair(name).difference(seed, first, 2) == ""


@given(st.data(), st.sampled_from(sorted(CORPUS)))
def test_engines_agree_on_changed_parameters(data: st.DataObject, name: str) -> None:
    both = pair(name)
    params = both.compiled.params.copy()
    for _ in range(data.draw(st.integers(1, 12))):
        params[data.draw(st.integers(0, len(params) - 1))] *= data.draw(st.sampled_from((0.0, 0.5, 0.9)))
    keeps_dividing(both, params)

    assert both.difference(SEED, 0, 2, params) == ""
    assert both.difference(SEED, 0, 2) == "", "an engine remembers the parameters it had before"


def keeps_dividing(both: Pair, params: Any) -> None:
    """Rates, half-lives, medians and years by which the model divides stay as they are."""
    for i, name in enumerate(both.compiled.labels.parameters):
        last = name.rsplit(".", 1)[-1]
        if last.isdigit() or any(part in last for part in KEPT):
            params[i] = both.compiled.params[i]
        if "then_growth" in last or "norden" in last:
            params[i] = both.compiled.params[i]


def test_engines_agree_when_there_is_no_room_for_more_disruptions() -> None:
    both = pair("disruptions_without_end")
    names = both.compiled.labels.parameters
    params = both.compiled.params.copy()
    params[names.index("resources.yard.disruptions.mean_months_between")] = 0.01
    params[names.index("resources.yard.disruptions.duration_median_months")] = 0.01
    params[names.index("resources.yard.disruptions.duration_p90_months")] = 0.02

    assert both.difference(SEED, 0, 3, params) == ""
    assert int(both.reference.world.disruption_count[0]) == MOST_DISRUPTIONS


@settings(max_examples=30)
@given(st.sampled_from(("busy", "busy_known", "everything_at_once")), st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_chunks_of_any_size_give_the_same(name: str, sizes: list[int]) -> None:
    both = pair(name)
    for engine in (both.reference, both.batch):
        whole, events = engine.replications(both.compiled.params, SEED, 3, sum(sizes))
        firsts = np.cumsum([3, *sizes])[:-1].tolist()
        parts = [engine.replications(both.compiled.params, SEED, first, size) for first, size in zip(firsts, sizes, strict=True)]
        joined = Outcomes(*(np.concatenate(arrays) for arrays in zip(*(outcomes for outcomes, _ in parts), strict=True)))

        assert first_difference(both.compiled, whole, joined) == ""
        assert np.array_equal(events, np.concatenate([taken for _, taken in parts]))


def test_outcomes_stay_when_the_engine_goes_on() -> None:
    both = pair("busy")
    for engine in (both.reference, both.batch):
        outcomes, _ = engine.replications(both.compiled.params, SEED, 0, 2)
        kept = Outcomes(*(array.copy() for array in outcomes))
        engine.replications(both.compiled.params, SEED, 5, 2)

        assert first_difference(both.compiled, kept, outcomes) == ""


@pytest.mark.parametrize(("table", "at", "where"), [
    ("fiscal", (1, 2, 0), "replication 6, fiscal FY2027 topline_bn"),
    ("program_year", (0, 1, 3, 0), "replication 5, program_year b FY2028 planned_units"),
    ("bucket", (0, 0, 0), "replication 5, bucket arms FY2025"),
])  # fmt: skip
def test_a_difference_is_named(table: str, at: tuple[int, ...], where: str) -> None:
    both = pair("busy")
    one, _ = both.reference.replications(both.compiled.params, SEED, 5, 2)
    other = Outcomes(*(array.copy() for array in one))
    getattr(other, table)[at] += 1e-9

    assert first_difference(both.compiled, one, other, 5).startswith(f"{where}: ")
    assert first_difference(both.compiled, one, other, 5).endswith("; 1 values differ")


@pytest.mark.slow
def test_no_difference_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert full.main() == 0, capsys.readouterr().out


def test_a_workspace_without_room_is_replaced_by_a_roomier_one() -> None:
    compiled = Simulation.of(SHIPPED[0]).compiled
    wide, narrow = Engine(compiled), Engine(compiled)
    narrow.space = new_workspace(narrow.network, compiled.plan.horizon_months, events=4, orders=1)
    expected, _ = wide.replications(compiled.params, SEED, 0, 5)
    outcomes, _ = narrow.replications(compiled.params, SEED, 0, 5)
    assert first_difference(compiled, outcomes, expected) == ""
    assert len(narrow.space.events) > 4
