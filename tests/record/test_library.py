"""The library of scenarios: each file is in the table, asks its question, and moves against the baseline what it says."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from harness import ROOT, SHIPPED, docs_module

from alliancesim.study.runs.run import Run
from alliancesim.study.validity import validate

LIBRARY = [path for path in SHIPPED if path.stem not in ("japan-2025-08", "tutorial")]
REPLICATIONS, SEED = 200, 11
by_name = pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)


def text_of(scenario: str) -> dict[str, Any]:
    """A scenario's own file, what it extends left out."""
    return yaml.safe_load((ROOT / "scenarios" / f"{scenario}.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def library() -> ModuleType:
    return docs_module("library")


@pytest.fixture(scope="module")
def runs(library: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """Where runs are kept, and the baseline's."""
    folder = tmp_path_factory.mktemp("library")
    return folder, library.simulated(library.BASELINE, folder, REPLICATIONS, SEED)


def test_the_table_has_every_scenario_and_no_other(library: ModuleType) -> None:
    assert sorted(library.claims()) == [path.stem for path in LIBRARY]


@by_name
def test_a_description_ends_in_a_question_that_names_its_outcomes(library: ModuleType, path: Path) -> None:
    given = text_of(path.stem)
    outcomes = ", ".join(claim.outcome for claim in library.claims()[path.stem])

    assert given["name"] == path.stem
    assert given["description"].endswith(f" ({outcomes})?")
    assert (path.parent / given["extends"]).stem in library.claims().keys() | {library.BASELINE}


def test_multiples_of_the_baseline_are_that() -> None:
    baseline, drought, disrupted = map(text_of, ("japan-2025-08", "staffing-drought", "supply-chain-disruption"))

    for kind, people in baseline["workforce"].items():
        assert drought["workforce"][kind]["recruiting_share"]["value"] == people["recruiting_share"] / 2
    before = {name: one["disruptions"] for name, one in baseline["resources"].items() if "disruptions" in one}
    assert disrupted["resources"].keys() == before.keys() - {"base_builders"}
    for name, resource in disrupted["resources"].items():
        after = resource["disruptions"]
        assert after["mean_months_between"] == pytest.approx(before[name]["mean_months_between"] / 3, abs=0.05)
        assert all(after[key] == 2 * before[name][key] for key in ("duration_median_months", "duration_p90_months"))


def test_combined_stress_is_its_parts() -> None:
    combined, yen, rupture, drought = map(text_of, ("combined-stress", "yen-180", "trade-rupture", "staffing-drought"))

    assert combined["extends"] == "supply-chain-disruption.yaml"
    assert combined["shocks"] == yen["shocks"]
    assert combined["linkage"] == rupture["linkage"]
    assert combined["workforce"] == drought["workforce"]


@pytest.mark.slow
@by_name
def test_it_moves_what_its_description_names(library: ModuleType, runs: tuple[Path, Run], path: Path) -> None:
    """The seed is fixed. An outcome that a scenario does not move at all would pass by chance once in 40 cases."""
    validate(path, strict=True)
    folder, baseline = runs
    other = library.simulated(path.stem, folder, REPLICATIONS, SEED)

    for answer in library.answers(baseline, other, library.claims()[path.stem]):
        assert answer.holds(), answer.words()
