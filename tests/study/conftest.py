from __future__ import annotations

import pytest
from harness import TUTORIAL

from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.study.runs.run import Run, run


@pytest.fixture(scope="session")
def tutorial() -> LoadedScenario:
    return load_scenario(TUTORIAL)


@pytest.fixture(scope="session")
def stored(tutorial: LoadedScenario, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tutorial, n=40, seed=7, out=tmp_path_factory.mktemp("runs") / "stored")
