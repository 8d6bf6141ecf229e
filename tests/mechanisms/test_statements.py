"""docs/statements.md names keys, pairs and tests that there are, and every pair."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from harness import ROOT
from pairs import PAIRS

PAGE = ROOT / "docs" / "statements.md"
COLUMNS = 5


def named(column: int) -> Iterator[str]:
    """What stands in backquotes in a column of the tables of represented statements."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == COLUMNS:
            yield from re.findall(r"`([^`]+)`", cells[column])


def stands(path: list[str], node: Any) -> bool:
    """Whether a mapping has a path."""
    return not path or (isinstance(node, dict) and path[0] in node and stands(path[1:], node[path[0]]))


def test_every_key_named_is_one_of_the_baseline_or_of_the_language() -> None:
    baseline = yaml.safe_load((ROOT / "scenarios" / "japan-2025-08.yaml").read_text(encoding="utf-8"))
    guide = (ROOT / "docs" / "writing-scenarios.md").read_text(encoding="utf-8")
    language = set(re.findall(r"^\| `([^`]+)` \|", guide, re.MULTILINE))
    found = list(named(3))

    assert found
    assert [key for key in found if key not in language and not stands(key.split("."), baseline)] == []


def test_every_pair_and_test_named_exists_and_no_pair_is_missing() -> None:
    found = set(named(4))
    pairs = {pair.name for pair in PAIRS}

    assert [name for name in found - pairs if not (name.endswith(".py") and (ROOT / "tests" / name).is_file())] == []
    assert pairs - found == set()
