"""Randomly mutated scenario files load or are refused; nothing else ever happens."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from harness import BASELINE, ROOT

from alliancesim.errors import PlanError, ScenarioError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario
from alliancesim.scenario.yamlfile import dump, parse

BASE = ROOT / "tests" / "bad_scenarios" / "base" / "base.yaml"

VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2,
        5e-324,
        1e308,
        -1e308,
        2**53,
        2**63,
        10**30,
        float("nan"),
        float("inf"),
        0.5,
        1e-9,
        2025,
        1900,
        2200,
    ),
    *(
        "",
        "no",
        "2025-08",
        "2025-02-30",
        "0000-01",
        "9999-12",
        "fms",
        "missile.completion",
        "a.b.c",
        "\u00e9",
        "../x",
        "1e5",
        "*",
        "&a",
    ),
    *([], {}, [[]], [1], {"dist": "uniform", "low": 0, "high": 1}, {"dist": "normal", "mean": 0, "sd": 1}, {"value": 1}),
    *(
        {"value": {"value": 2}},
        {2025: 1},
        {"source": "x"},
        {"fact": "a/b/c"},
        {"2025-08": 1},
        {"then_growth_share": 2},
        {1: {2: {3: 4}}},
    ),
)
LINES = (
    "<<: *x",
    "? [a]: b",
    "---",
    "%YAML 1.1",
    "- x",
    "key: [",
    "\tx: 1",
    "extends: base.yaml",
    "set: {a.b: 1}",
    "x: !!binary aGk=",
    "}",
)


def spots(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a tree."""
    pairs = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)) if isinstance(tree, list) else []
    for key, child in pairs:
        yield tree, key
        yield from spots(child)


def mutated_tree(rng: random.Random, original: Any) -> str:
    """Text of a tree with one to three parts deleted, retyped, renamed, swapped or moved."""
    tree = pickle.loads(pickle.dumps(original))
    for _ in range(rng.randint(1, 3)):
        places = list(spots(tree))
        if not places:
            break
        (one, key), (other, key_2) = rng.choice(places), rng.choice(places)
        action = rng.randrange(6)
        if action == 0:
            del one[key]
        elif action == 1:
            one[key] = deepcopy(rng.choice(VALUES))
        elif action == 2 and isinstance(one, dict):
            one[rng.choice((f"{key}x", 7, 2031, str(key)[1:], "value", "source", "dist", "by_fy", "constant"))] = one.pop(key)
        elif action == 3:
            one[key], other[key_2] = other[key_2], one[key]
        elif action == 4 and isinstance(one[key], int | float):
            one[key] = one[key] * rng.choice((-1, 10, 0.1, 1e6, 1e300, 0))
        elif isinstance(one, list):
            one.append(deepcopy(one[key]))
        else:
            one[rng.choice(("a", "A_", 2024, "9", "note"))] = deepcopy(one[key])
    try:
        return dump(tree)
    except RecursionError:  # a swap may put a part inside itself
        return "extends: [itself]\n"


def mutated_bytes(rng: random.Random, raw: bytes) -> bytes:
    """The bytes with one to four cut, repeated, overwritten or inserted."""
    data = bytearray(raw)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        action = rng.randrange(6)
        if action == 0:
            del data[at : at + rng.choice((1, 2, 5, 40))]
        elif action == 1:
            data[at : at + 1] = bytes([rng.randrange(256)])
        elif action == 2:
            data[at:at] = rng.choice(
                (b" ", b"\t", b"\n", b":", b"- ", b"{", b"]", b"'", b'"', b"#", b"&a ", b"*a", b"!", b"\x00", b"9" * 30)
            )
        elif action == 3:
            end = data.find(b"\n", at) + 1 or len(data)
            data[at:at] = data[at:end]
        elif action == 4:
            end = data.find(b"\n", at) + 1 or len(data)
            data[end:end] = rng.choice(LINES).encode() + b"\n"
        else:
            lines = bytes(data).splitlines(keepends=True)
            one, other = rng.randrange(len(lines) or 1), rng.randrange(len(lines) or 1)
            if lines:
                lines[one], lines[other] = lines[other], lines[one]
            data = bytearray(b"".join(lines))
    return bytes(data)


def survive(source: Path, folder: Path, count: int, first: int = 0) -> tuple[int, int]:
    """Loads mutated copies written beside links to what the source needs; how many loaded, how many were refused."""
    raw = source.read_bytes()
    node, _ = parse(raw.decode(), source.name)
    assert node is not None
    tree = node.plain()
    for entry in source.parent.iterdir():
        if entry != source and not (folder / entry.name).exists():
            (folder / entry.name).symlink_to(entry)
    path = folder / "mutated.yaml"
    loaded = refused = 0
    for number in range(first, first + count):
        rng = random.Random(f"{source.name}/{number}")
        path.write_bytes(mutated_bytes(rng, raw) if number % 2 else mutated_tree(rng, tree).encode())
        try:
            scenario = load_scenario(path)
            scenario.resolved()
            compile_plan(scenario)
            loaded += 1
        except ScenarioError as error:
            refused += bool(error.findings)
        except PlanError as error:
            refused += bool(str(error))
        except Exception as error:
            pytest.fail(f"mutation {number} of {source.name}: {error!r}")
    return loaded, refused


def test_mutated_copies_of_a_small_scenario_load_or_are_refused(tmp_path: Path) -> None:
    loaded, refused = survive(BASE, tmp_path, 300)
    assert loaded > 0
    assert refused > 100


@pytest.mark.slow
@pytest.mark.parametrize("thousand", range(5))
def test_mutated_copies_of_the_baseline_load_or_are_refused(thousand: int, tmp_path: Path) -> None:
    loaded, refused = survive(BASELINE, tmp_path, 1000, first=1000 * thousand)
    assert loaded > 0
    assert refused > 200
