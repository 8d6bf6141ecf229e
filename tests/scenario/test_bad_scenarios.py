"""Every file of tests/bad_scenarios has one mistake, told at its place with what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliancesim.errors import ScenarioError
from alliancesim.scenario.load import load_scenario

FOLDER = Path(__file__).parent.parent / "bad_scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))


def test_there_are_at_least_fifty() -> None:
    assert len(FILES) >= 50


def test_their_base_is_sound() -> None:
    assert load_scenario(FOLDER / "base" / "base.yaml").scenario.name == "base"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_mistake_is_told_at_its_place(path: Path) -> None:
    first = path.read_bytes().partition(b"\n")[0].decode()
    assert first.startswith("# expect: ")
    place, *words = (part.strip() for part in first.removeprefix("# expect: ").split(" | "))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    findings = caught.value.findings
    assert len(findings) == 1, str(caught.value)
    assert str(findings[0]).startswith(f"{path}:{place}"), str(findings[0])
    for word in words:
        assert word in str(findings[0])
