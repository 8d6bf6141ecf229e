"""Pages made from runs: each is what the scenarios give now."""

from __future__ import annotations

import subprocess
import sys

import pytest
from harness import ROOT


@pytest.mark.slow
@pytest.mark.parametrize("page", ["calibration", "library", "outlook"])
def test_a_page_is_what_the_scenarios_give(page: str) -> None:
    done = subprocess.run([sys.executable, ROOT / "docs" / f"{page}.py", "--check"], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
