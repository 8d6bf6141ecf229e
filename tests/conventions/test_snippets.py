"""Every YAML block of the documentation loads, compiles and runs; a block marked `bad` fails with the text that follows it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from harness import ROOT

from alliancesim.engine.reference import Engine
from alliancesim.errors import ScenarioError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario

BLOCK = re.compile(r"^```(yaml|yaml bad)\n(.*?)^```(?:\n\n```text\n(.*?)^```)?", re.MULTILINE | re.DOTALL)


class Snippet(NamedTuple):
    """One block, where it stands, and the error it must give."""

    place: str
    text: str
    expected: str | None


def snippets() -> list[Snippet]:
    """All blocks of the pages that show the scenario language."""
    found = []
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for match in BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            expected = match[3].strip() if match[1] == "yaml bad" else None
            found.append(Snippet(f"{path.name}:{line}", match[2], expected))
    return found


SNIPPETS = snippets()


def write(snippet: Snippet, folder: Path) -> Path:
    """The block as a file, over the tutorial unless it stands alone or says what it extends."""
    shutil.copy(ROOT / "scenarios" / "tutorial.yaml", folder)
    alone = re.search(r"^(horizon|extends):", snippet.text, re.MULTILINE)
    path = folder / "snippet.yaml"
    path.write_text(snippet.text if alone else f"extends: tutorial.yaml\n{snippet.text}", encoding="utf-8")
    return path


@pytest.mark.parametrize("snippet", [s for s in SNIPPETS if s.expected is None], ids=lambda snippet: snippet.place)
def test_shown_scenarios_run(snippet: Snippet, tmp_path: Path) -> None:
    compiled = compile_plan(load_scenario(write(snippet, tmp_path)))
    _, events = Engine(compiled).simulate(compiled.params, 1, 0)

    assert events > 0


@pytest.mark.parametrize("snippet", [s for s in SNIPPETS if s.expected is not None], ids=lambda snippet: snippet.place)
def test_shown_mistakes_are_reported_as_shown(snippet: Snippet, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as raised:
        load_scenario(write(snippet, tmp_path))

    assert snippet.expected is not None
    assert snippet.expected in str(raised.value)
