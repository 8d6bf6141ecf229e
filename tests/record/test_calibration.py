"""The calibration page: what it reads from the record and says of the distributions is what stands there."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import yaml
from harness import ROOT, docs_module

from alliancesim.scenario.load import load_scenario

WORDS = yaml.safe_load((ROOT / "docs" / "calibration.yaml").read_text(encoding="utf-8"))["comparisons"]


@pytest.fixture(scope="module")
def calibration() -> ModuleType:
    return docs_module("calibration")


def test_a_note_cites_the_rows_there_are(calibration: ModuleType) -> None:
    cited = calibration.distributions.__globals__["cited"]
    assert cited("delays.csv D001-D004: 1.44 to 1.58") == ("D001", "D002", "D003", "D004")
    assert cited("D043, D046; D999") == ("D043", "D046")
    assert cited("D015-D020") == ("D015", "D020")
    assert cited(None) == ()


def test_every_cost_growth_rests_on_the_rows_its_note_names(calibration: ModuleType) -> None:
    loaded = load_scenario(ROOT / "scenarios" / "japan-2025-08.yaml")
    found = list(calibration.distributions(loaded))
    growth = [one for one in found if one.group == "Cost growth to completion"]
    programs = [name for one in growth for name in one.name.split(", ")]
    drawn = {str(path[1]) for path in loaded.provenance if path[0] == "programs" and path[2] == "cost_growth"}
    assert sorted(programs) == sorted(drawn)
    assert all(one.evidence and one.tail > 1.0 for one in growth)
    stages = [one for one in found if one.group.startswith("Stage")]
    assert len(stages) == len({path[: path.index("noise")] for path in loaded.provenance if "noise" in path})


def test_each_comparison_has_a_quantity_a_record_and_words(calibration: ModuleType) -> None:
    assert list(WORDS) == list(calibration.QUANTITIES)
    simulated = calibration.estimated(np.random.default_rng(1).random(50))
    for key, said in WORDS.items():
        rows = calibration.on_record(said["record"])
        one = calibration.Comparison(key, said, rows, calibration.recorded(key, said, rows), simulated)
        for which in ("evidence", "inside", "outside"):
            assert "{" not in one.words(which, named=0.4, unspent_2022=0.02)


def test_what_is_on_record_is_what_the_tables_say(calibration: ModuleType) -> None:
    values = {key: calibration.recorded(key, WORDS[key], calibration.on_record(WORDS[key]["record"])) for key in WORDS}
    assert values["slip_fms"] == 13.0
    assert values["late_share"] == pytest.approx((0.418 + 0.127 + 0.417 + 0.155 + 0.504 + 0.908) / 6)
    assert values["lapsed_share"] == pytest.approx(0.019)
    assert values["price_production"] == pytest.approx(1.475)
    assert values["contract_year_share"] == pytest.approx(0.216)
    assert values["past_due"] == pytest.approx(34.9 / 388.2)
    assert values["burden"] == 16163.2


def test_a_record_is_inside_as_far_as_its_rounding_allows(calibration: ModuleType) -> None:
    simulated = calibration.estimated(np.arange(1.0, 101.0))
    assert (simulated.quantile[0.1].value, simulated.quantile[0.9].value) == (10.0, 90.0)
    cases = ((10.0, 0.0, True), (9.9, 0.0, False), (9.9, 0.2, True), (90.1, 0.0, False), (91.0, 4.0, True))
    for record, rounding, expected in cases:
        one = calibration.Comparison("x", {"rounded_to": rounding}, [record], record, simulated)
        assert one.inside() is expected


def test_programs_of_one_replication_are_not_taken_for_independent(calibration: ModuleType) -> None:
    """Ten equal copies of each replication tell no more than one."""
    values = np.random.default_rng(2).normal(size=400)
    alone, copied = (calibration.estimated(v).median for v in (values, np.repeat(values[:, None], 10, axis=1)))
    assert copied.error() == pytest.approx(alone.error(), rel=0.1)
