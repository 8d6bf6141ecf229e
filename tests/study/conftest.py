from __future__ import annotations

from pathlib import Path

import pytest

from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.study.run import Run, run

SCENARIOS = Path(__file__).parents[2] / "scenarios"
TUTORIAL = SCENARIOS / "tutorial.yaml"


@pytest.fixture(scope="session")
def tutorial() -> LoadedScenario:
    return load_scenario(TUTORIAL)


@pytest.fixture(scope="session")
def stored(tutorial: LoadedScenario, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tutorial, n=40, seed=7, out=tmp_path_factory.mktemp("runs") / "stored")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path
