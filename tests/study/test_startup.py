"""What a run does not load: libraries it has no use for, which would make every start slower."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from harness import ROOT

CODE = """
import sys
from pathlib import Path
import alliancesim
from alliancesim.study.summary import summarize
done = alliancesim.run(Path(sys.argv[1]), n=2, seed=7, out=Path(sys.argv[2]))
summarize(done, short=True)
print(*sorted({"pandas", "duckdb", "distributed"} & set(sys.modules)))
"""


def test_a_run_loads_no_library_it_does_not_need(tmp_path: Path) -> None:
    scenario = ROOT / "scenarios" / "tutorial.yaml"
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(scenario), str(tmp_path / "run")], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
