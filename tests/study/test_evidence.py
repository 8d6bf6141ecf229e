from __future__ import annotations

import csv
import json
import re
from dataclasses import replace

import pytest
from harness import TUTORIAL, load, plain

from alliancesim.cli import status
from alliancesim.errors import RequestError
from alliancesim.study.sensitivity.evidence import EvidenceMap, evidence

OF = "fiscal_years.2025.gdp_bn"
WEAK = {"value": 600000.0, "source": "recalled"}
TREE = plain(2, source=..., sources={"yearbook": {"citation": "A yearbook", "confidence": "sourced"}},
             economy={"source": "yearbook",
                      "gdp": {"base_fy": 2024, "base_bn": WEAK, "mean_share": 0.05, "sd_share": 0.001}})  # fmt: skip


@pytest.fixture(scope="module")
def found() -> EvidenceMap:
    return evidence(load(TREE), OF, seed=3, n=64, trajectories=4)


def test_the_number_that_carries_the_answer_comes_first(found: EvidenceMap) -> None:
    ((group, index, strongest),) = found.ranking()

    assert (group.name, group.confidence) == ("economy.gdp [recalled]", "recalled")
    assert [one.group for one in strongest] == ["economy.gdp.base_bn"]
    assert index.size.value == pytest.approx(1.0, abs=0.02), "all but the noise of growth, whose sd is 0.1 % against 11.5 %"
    chance = found.shares.attributions[0].chance()
    assert chance is not None
    assert 0.0 < chance.size.value < 0.001


def test_a_sourced_number_is_not_in_question(found: EvidenceMap) -> None:
    named = {name for group in found.groups.values() for name in group.places}

    assert "economy.gdp.base_bn" in named
    assert "economy.gdp.mean_share" not in named
    assert "channels.domestic.stages.build.duration_months" in named, "a number without a source is weak"


def test_the_plan_itself_is_counted_and_not_varied(found: EvidenceMap) -> None:
    assert found.fixed["are part of the plan itself (lots, opening state)"] == 1
    assert "1 are part of the plan itself" in str(found)


def test_tables_json_and_csv_tell_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    request = ["evidence", str(TUTORIAL), "--of", "programs.missile.slip_months", "-n", "16", "--trajectories", "3"]
    printed = []
    for more in ([], ["--all"], ["--json"], ["--csv"]):
        assert status([*request, *more]) == 0
        printed.append(capsys.readouterr().out)
    table, every, data, rows = printed
    ranked = [one["group"] for one in json.loads(data)["ranking"]]

    assert ranked == [one["group"] for one in csv.DictReader(rows.splitlines())]
    assert all(name in table for name in [*ranked, "chance", "all other groups"])
    assert table.splitlines()[0] in every
    assert len(every.splitlines()) > len(table.splitlines())
    strongest = json.loads(data)["ranking"][0]["strongest"][0]["group"]
    line = next(line.split() for line in table.splitlines() if f" {strongest} " in line)
    assert any(re.fullmatch(r"tutorial\.yaml:\d+", part) for part in line)


def test_a_request_is_checked_before_anything_is_evaluated() -> None:
    def progress(done: int, total: int) -> None:
        pytest.fail(f"{done} of {total} evaluations")

    with pytest.raises(RequestError) as caught:
        evidence(load(TREE), OF, n=500, trajectories=1, top=0, seed=-1, progress=progress)

    assert str(caught.value).splitlines() == [
        "seed = -1; a whole number from 0 to 9,223,372,036,854,775,807",
        "trajectories = 1; at least 2",
        "n = 500; Sobol's sequence is balanced at powers of 2: 256 or 512",
        "top = 0; at least 1 group",
    ]


def test_a_group_whose_numbers_seem_to_do_nothing_names_none(found: EvidenceMap) -> None:
    same = replace(found.inside.attributions[0], indices=[])
    ((group, _, strongest),) = replace(found, inside=replace(found.inside, attributions=[same])).ranking()

    assert (group.name, strongest) == ("economy.gdp [recalled]", [])


def test_an_outcome_no_weak_number_touches_is_refused() -> None:
    with pytest.raises(RequestError, match="support_share: no weak number has an effect on it"):
        evidence(load(TREE), "fiscal_years.2025.support_share", n=4, trajectories=2)
    with pytest.raises(RequestError, match="no parameter is recalled, assumed or without a source"):
        evidence(load(plain(source="yearbook", sources={"yearbook": {"citation": "A", "confidence": "sourced"}})), OF)
