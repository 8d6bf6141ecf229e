"""The outlook: the page is what the baseline gives now."""

from __future__ import annotations

import subprocess
import sys

import pytest
from harness import ROOT


@pytest.mark.slow
def test_the_page_is_what_the_baseline_gives() -> None:
    done = subprocess.run([sys.executable, ROOT / "docs" / "outlook.py", "--check"], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
