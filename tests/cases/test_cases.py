"""Cases worked by hand: each YAML file here shows its arithmetic and says what the engine must find, variant by variant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness import Run, Simulation, overlay

from alliancesim.scenario.yamlfile import parse

FOLDER = Path(__file__).parent


def read(path: Path) -> Any:
    """A case as plain data."""
    node, findings = parse(path.read_text(encoding="utf-8"), path.name)
    assert not findings, findings
    assert node is not None
    return node.plain()


CASES = [(path, variant) for path in sorted(FOLDER.glob("*.yaml")) for variant in read(path)["variants"]]


@pytest.mark.parametrize(("path", "variant"), CASES, ids=[f"{path.stem}-{variant}" for path, variant in CASES])
def test_the_engine_finds_what_was_worked_out_by_hand(path: Path, variant: str) -> None:
    case = read(path)
    run = Simulation(overlay(case["scenario"], case["variants"][variant])).run()
    tolerance = case.get("tolerance_bn", 0.0)

    compare(run, case["expect"], tolerance)
    compare(run, case["expect"].get(variant, {}), tolerance)


def compare(run: Run, expected: dict[str, Any], tolerance: float) -> None:
    """Every expected column against the run's."""
    for column, values in expected.get("fiscal_years", {}).items():
        assert run.fiscal(column)[: len(values)].tolist() == pytest.approx(values, abs=tolerance, rel=0.0), column
    for name, columns in expected.get("packages", {}).items():
        for column, values in columns.items():
            found = run.package(name, column)[: len(values)].tolist()
            assert found == pytest.approx(values, abs=tolerance, rel=0.0), (name, column)
    for area, values in expected.get("scores", {}).items():
        assert run.score(area)[: len(values)].tolist() == pytest.approx(values, abs=tolerance, rel=0.0), area
    for name, columns in expected.get("program_years", {}).items():
        for column, values in columns.items():
            assert run.program_year(name, column)[: len(values)].tolist() == pytest.approx(values, abs=tolerance, rel=0.0), (
                name,
                column,
            )
