from __future__ import annotations

from pathlib import Path

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


@pytest.fixture
def bare(tmp_path: Path) -> Run:
    """A run without programs."""
    text = f"extends: {TUTORIAL}\nname: bare\nexpect: null\nprograms: {{missile: null, ship: null}}\n"
    (tmp_path / "bare.yaml").write_text(text)
    return run(tmp_path / "bare.yaml", n=2, out=tmp_path / "bare")
