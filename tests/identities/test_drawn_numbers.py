"""A number that is drawn is the number: written as drawn, or as a distribution without width, it gives the same replication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from harness import Simulation, Tree, load, overlay
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from invariances import equal
from relations import told
from strategies import scenarios, seeds

from alliancesim.errors import ScenarioError
from alliancesim.plan.params import numbers
from alliancesim.rules.draws import address_key, uniform
from alliancesim.scenario.values import Distribution

PLAN = re.compile(r"duration_months|capacity\.|alternatives|background\.size|units|priority|lots|authority_bn|unit_cost_bn"
                  r"|plan_escalation|currency_shares|correlation|loading|horizon|mechanisms|fy$|\.\d\.")  # fmt: skip
"""What the plan is fitted to or computed from, what is no number of the vector, numbers bound to each other, parts of lists."""


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a scenario by dotted path."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, part in parts:
        yield from leaves(part, f"{path}.{key}" if path else str(key))
    if isinstance(node, int | float) and not isinstance(node, bool):
        yield path, float(node)


def spread(value: float, width: float) -> Tree:
    """A uniform distribution that ends at the value."""
    low, high = sorted((value * (1.0 - width), value))
    return {"dist": "uniform", "low": low, "high": high}


def drawn(tree: Tree, paths: list[str], width: float) -> Tree | None:
    """The scenario with those numbers drawn, as many as the language takes for it; nothing where that is none."""
    values = dict(leaves(tree))
    taken = [path for path in paths if is_taken(overlay(tree, {path: spread(values[path], width)}))]
    return overlay(tree, {path: spread(values[path], width) for path in taken}) if taken else None


def is_taken(tree: Tree) -> bool:
    """Whether the loader takes a scenario."""
    try:
        load(tree)
    except ScenarioError:
        return False
    return True


@pytest.mark.parametrize("width", [0.0, 0.2])
@settings(max_examples=25)
@given(tree=scenarios(), seed=seeds, data=st.data())
def test_a_number_drawn_is_the_number(width: float, tree: Tree, seed: int, data: st.DataObject) -> None:
    paths = [path for path, value in leaves(tree) if value != 0.0 and not PLAN.search(path)]
    some = data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=6, unique=True))
    other = drawn(tree, some, width)
    assume(other is not None)
    one = Simulation(other)
    found = {}
    for path, number in numbers(load(other).scenario):
        if isinstance(number.value, Distribution) and path in some:
            low, high = number.value.low, number.value.high
            found[path] = low + (high - low) * float(uniform(seed, 0, address_key(f"parameter/{path}"), 0))
    assume(is_taken(overlay(tree, found)))  # numbers that owe one another something may part
    written = Simulation(overlay(tree, found))
    a, b = (told(each, each.run(seed).outcomes) for each in (one, written))
    for name, values in a.items():
        equal(values, b[name])
