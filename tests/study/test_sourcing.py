from __future__ import annotations

import json
from pathlib import Path

import pytest
from harness import TUTORIAL

from alliancesim.errors import CheckFailed
from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.study.sourcing import sources

FACTS = "id,amount,unit,confidence\ntopline,1000,bn,sourced\n"


def with_facts(folder: Path, amount: str) -> LoadedScenario:
    (folder / "facts").mkdir()
    (folder / "facts" / "budget.csv").write_text(FACTS)
    text = TUTORIAL.read_text().replace("horizon: {first_fy", "facts: facts\nhorizon: {first_fy", 1)
    text = text.replace("topline_bn: {2025: 1000.0,", f"topline_bn: {{2025: {{value: {amount}, fact: budget/topline/amount}},")
    (folder / "scenario.yaml").write_text(text)
    return load_scenario(folder / "scenario.yaml")


def test_every_number_is_counted_once(tutorial: LoadedScenario) -> None:
    report = sources(tutorial)
    assert sum(report.counts().values()) == len(report.leaves) == len(tutorial.provenance)
    assert report.counts()["assumed"] == len(report.leaves)
    assert report.sourced_share() == 0.0
    report.demand()


def test_money_is_counted_by_year_and_lot(tutorial: LoadedScenario) -> None:
    money = sources(tutorial).money()
    assert sum(money["topline"].values()) == pytest.approx(sum(1000 * 1.03**y for y in range(10)))
    assert sum(money["authority"].values()) == pytest.approx(10 * 950)
    assert sum(money["lots"].values()) == pytest.approx(500 + 800)


def test_lots_count_in_the_horizon_at_the_planned_prices_of_their_year() -> None:
    settings = {"horizon.first_fy": "2026", "horizon.last_fy": "2027", "economy.plan_escalation_share": "0.1",
                "economy.gdp.base_fy": "2025", "currencies.USD.budget_rate.2026": "150.0"}  # fmt: skip
    money = sources(load_scenario(TUTORIAL, settings)).money()
    assert sum(money["lots"].values()) == pytest.approx((200 + 200 * 1.1) + (200 + 200 * 1.1))


def test_a_fact_makes_money_sourced_in_its_own_year_only(tmp_path: Path) -> None:
    report = sources(with_facts(tmp_path, "1000.0"))
    assert report.mistakes == []
    assert report.cited() == 1
    assert report.money()["topline"]["sourced"] == 1000.0
    assert report.sourced_share("topline") == pytest.approx(1000 / sum(1000 * 1.03**y for y in range(10)))
    json.dumps(report.plain(listed=True), allow_nan=False)
    assert "budget/topline/amount" in str(report.sheets(listed=True)[0])


@pytest.mark.parametrize(("word", "mistakes"), [("", 0), ("sorced", 1)])
def test_a_fact_of_no_confidence_has_none(tmp_path: Path, word: str, mistakes: int) -> None:
    with_facts(tmp_path, "1000.0")
    (tmp_path / "facts" / "budget.csv").write_text(FACTS.replace("bn,sourced", f"bn,{word}"))
    report = sources(load_scenario(tmp_path / "scenario.yaml"))
    assert len(report.mistakes) == mistakes
    assert report.counts()[None] == 1


def test_a_wrong_citation_fails_the_check(tmp_path: Path) -> None:
    report = sources(with_facts(tmp_path, "1001.0"))
    with pytest.raises(CheckFailed, match=r"1001 is not the fact budget/topline/amount(.|\n)*1 citations do not hold"):
        report.demand()
