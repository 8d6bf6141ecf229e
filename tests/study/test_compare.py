from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from alliancesim.errors import RunError
from alliancesim.study.compare import compare
from alliancesim.study.run import Run, run

TUTORIAL = Path(__file__).parents[2] / "scenarios" / "tutorial.yaml"
WEAK = {"currencies.USD.spot_rate": "180.0"}


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(TUTORIAL, n=40, seed=7, out=tmp_path_factory.mktemp("runs") / "weak", settings=WEAK)


def test_a_run_does_not_differ_from_itself(stored: Run) -> None:
    assert all(one.difference.value == 0.0 and one.share_equal == 1.0 for one in compare(stored, stored).differences)


def test_differences_are_paired_and_sorted_by_materiality(stored: Run, weak: Run) -> None:
    found = compare(stored.folder, weak.folder)
    outlays = next(one for one in found.differences if one.name == "outlays_bn")
    change = (weak.values("fiscal_years", "outlays_bn") - stored.values("fiscal_years", "outlays_bn")).sum(axis=1)
    assert outlays.difference.value == pytest.approx(change.mean())
    assert outlays.share_above == np.mean(change > 0)
    assert outlays.clear()
    sizes = [one.materiality for one in found.differences if one.clear()]
    assert sizes == sorted(sizes, reverse=True)
    assert [one.clear() for one in found.differences] == sorted((one.clear() for one in found.differences), reverse=True)
    assert "outlays_bn" in str(found)
    json.dumps(found.plain(), allow_nan=False)


def test_swapping_sides_turns_the_sign(stored: Run, weak: Run) -> None:
    forth, back = compare(stored, weak), compare(weak, stored)
    there = {one.name: one.difference.value for one in forth.differences}
    assert {one.name: -one.difference.value for one in back.differences} == pytest.approx(there)


def test_a_missing_run_is_simulated_on_the_draws_of_the_other(stored: Run, here: Path) -> None:
    found = compare(stored, TUTORIAL)
    assert found.b.seed == stored.seed
    assert found.b.digest == stored.digest
    before = found.b.folder.stat().st_ino
    assert compare(TUTORIAL, stored).a.folder.stat().st_ino == before  # found, not simulated again


def test_runs_of_other_seeds_are_not_paired(stored: Run, here: Path) -> None:
    other = run(TUTORIAL, n=2, seed=8)
    with pytest.raises(RunError, match="seeds 7, 8 differ"):
        compare(stored, other)
    with pytest.raises(RunError, match="seeds 7, 9 differ"):
        compare(stored, TUTORIAL, seed=9)
    with pytest.raises(RunError, match="has 40 replications, 50 are asked for"):
        compare(stored, TUTORIAL, n=50)
