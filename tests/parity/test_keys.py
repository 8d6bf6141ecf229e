"""Every key of the scenario language, and every word that may stand at one, is in a random scenario or in the corpus.

What is in neither is seen by no comparison of the engines and by no identity.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, NamedTuple

import yaml
from corpus import CORPUS
from harness import Tree, docs_module
from hypothesis import HealthCheck, Phase, given, settings
from strategies import scenarios

RANDOM_SCENARIOS = 120
UNSIMULATED = {
    "description": "words about the scenario",
    "home_currency": "a label of money",
    "sources.<id>": "where numbers come from",
    "facts": "a folder from which values are read before there is a scenario",
    "expect.<name>": "looked up in the summary of a run",
    "scorecard.trend_years": "trends are read from the outcomes of a run",
    "scorecard.trend_threshold_points": "trends are read from the outcomes of a run",
    "conditions.<condition>.title": "a label",
    "workforce.<kind>.title": "a label",
}
"""Keys that no engine sees and that a scenario may do without, with all below them, and why."""


class Place(NamedTuple):
    """A place of the scenario language, as the guide lists it: its path, the words it takes, its default, what is below it."""

    path: str
    words: list[str]
    default: Any
    below: dict[str, Place]


@cache
def language() -> Place:
    """All places of the scenario language, from the tables of the guide."""
    root = Place("", [], None, {})
    for _, (key, kind, default, *_) in docs_module("generate").listed():
        *above, last = key.strip("`").split(".")
        place = root
        for name in above:
            place = place.below.setdefault(name, Place("", [], None, {}))
        words = kind.partition("one of ")[2].split(", ") if "one of " in kind else []
        place.below[last] = Place(key.strip("`"), words, yaml.safe_load(default.strip("`")), {})
    return root


def wanted(place: Place, left_out: Collection[str] = ()) -> Iterator[str]:
    """A place, what is below it, and the words other than the default that it takes."""
    if place.path in left_out:
        return
    if place.path:
        yield place.path
        yield from (f"{place.path}: {word}" for word in place.words if word != place.default)
    for part in place.below.values():
        yield from wanted(part, left_out)


def present(node: Any, place: Place) -> Iterator[str]:
    """The same of a part of a scenario, but for what has the value it would have without being there."""
    if place.path and node not in (place.default, {}, []):
        yield place.path
        yield from (f"{place.path}: {word}" for word in (node if isinstance(node, list) else [node]) if word in place.words)
    for name, part in node.items() if isinstance(node, dict) else ():
        for item in part if f"{name}[]" in place.below else [part]:
            below = next((place.below[one] for one in (str(name), f"{name}[]", *free(place)) if one in place.below), None)
            yield from present(item, below) if below else ()


def free(place: Place) -> list[str]:
    """What stands for names that the user gives."""
    return [name for name in place.below if name.startswith("<")]


def random_scenarios() -> list[Tree]:
    """Random scenarios, the same ones every time."""
    trees: list[Tree] = []

    @settings(
        max_examples=RANDOM_SCENARIOS,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(scenarios())
    def collect(tree: Tree) -> None:
        trees.append(tree)

    collect()
    return trees


def test_every_key_is_in_a_random_scenario_or_in_the_corpus() -> None:
    trees = [*random_scenarios(), *(make() for make in CORPUS.values())]
    found = {key for tree in trees for key in present(tree, language())}

    assert sorted(set(wanted(language(), UNSIMULATED)) - found) == []


def test_what_no_engine_sees_is_in_the_language() -> None:
    assert sorted(UNSIMULATED.keys() - set(wanted(language()))) == []
