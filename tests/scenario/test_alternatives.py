"""The choice between alternatives: what is laid over a program, where its values come from, where its mistakes stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness import Simulation, Tree, plain, same

from alliancesim.errors import ScenarioError
from alliancesim.scenario.load import load_scenario
from alliancesim.scenario.yamlfile import dump

BASE = Path(__file__).parent.parent / "bad_scenarios" / "base" / "base.yaml"
GUN = """
programs:
  gun:
    title: A gun
    bucket: standoff
    lots: [{fy: 2026, units: 10}]
    stages: {production: {noise: {p90: 1.1}}}
    currency_shares: {EUR: 0.1}
    choice: imported
    alternatives:
      imported:
        source: book
        channel: fms
        unit_cost_bn: 0.3
        currency_shares: {USD: 0.5}
        stages: {integration: {duration_months: 3}}
      indigenous:
        channel: domestic
        unit_cost_bn: 0.4
        currency_shares: null
"""


@pytest.fixture
def gun(tmp_path: Path) -> Path:
    """A scenario with a gun that may be imported or made at home."""
    path = tmp_path / "gun.yaml"
    path.write_text(f"extends: {BASE}\n{GUN}", encoding="utf-8")
    return path


def test_the_chosen_alternative_is_laid_over_the_program(gun: Path) -> None:
    program = load_scenario(gun).scenario.programs["gun"]

    assert (program.channel, program.unit_cost_bn) == ("fms", 0.3)
    assert program.currency_shares == {"EUR": 0.1, "USD": 0.5}
    assert list(program.stages) == ["production", "integration"]
    assert list(program.alternatives) == ["indigenous"]


def test_another_choice_by_setting(gun: Path) -> None:
    settings = {"programs.gun.choice": "indigenous", "programs.gun.alternatives.indigenous.unit_cost_bn": 0.5}
    program = load_scenario(gun, settings).scenario.programs["gun"]

    assert (program.channel, program.unit_cost_bn, program.currency_shares) == ("domestic", 0.5, {})


def test_a_choice_by_a_file_that_extends(gun: Path, tmp_path: Path) -> None:
    top = tmp_path / "top.yaml"
    top.write_text("extends: gun.yaml\nprograms: {gun: {choice: indigenous}}\n", encoding="utf-8")

    assert load_scenario(top).scenario.programs["gun"].channel == "domestic"


def test_a_value_laid_over_the_program_does_not_vanish_behind_the_choice(gun: Path, tmp_path: Path) -> None:
    settings = {"programs.gun.unit_cost_bn": 0.5, "programs.gun.stages.integration.duration_months": 4}
    with pytest.raises(ScenarioError) as caught:
        load_scenario(gun, settings)
    assert [str(finding) for finding in caught.value.findings] == [
        "--set:1:1 programs.gun.unit_cost_bn: the choice 'imported' gives it; "
        "set programs.gun.alternatives.imported.unit_cost_bn",
        "--set:2:1 programs.gun.stages.integration.duration_months: the choice 'imported' gives it; "
        "set programs.gun.alternatives.imported.stages.integration.duration_months",
    ]
    top = tmp_path / "top.yaml"
    top.write_text("extends: gun.yaml\nprograms: {gun: {channel: domestic}}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="2:27 programs.gun.channel: the choice 'imported' gives it"):
        load_scenario(top)
    assert load_scenario(gun, {"programs.gun.unit_cost_bn": 0.3, "programs.gun.title": "Gun"})
    assert load_scenario(top, {"programs.gun.choice": "indigenous"})


def test_a_set_of_the_file_with_the_choice_does_not_vanish_behind_it(gun: Path) -> None:
    gun.write_text(f"{gun.read_text()}set: {{programs.gun.unit_cost_bn: 0.5, programs.gun.title: Gun}}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(gun)
    (told,) = caught.value.findings
    assert str(told).endswith(
        ":22:34 programs.gun.unit_cost_bn: the choice 'imported' gives it; set programs.gun.alternatives.imported.unit_cost_bn"
    )
    gun.write_text(
        gun.read_text().replace("set: {programs.gun.unit", "set: {programs.gun.alternatives.imported.unit"), encoding="utf-8"
    )
    assert load_scenario(gun).scenario.programs["gun"].unit_cost_bn == 0.5


def test_provenance_follows_the_choice(gun: Path) -> None:
    loaded = load_scenario(gun)
    leaf = loaded.provenance["programs", "gun", "unit_cost_bn"]

    assert (leaf.value, leaf.source, leaf.confidence) == (0.3, "book", "sourced")
    assert leaf.at.line == 15
    assert ("programs", "gun", "alternatives", "imported", "unit_cost_bn") not in loaded.provenance


def test_the_resolved_form_is_the_choice(gun: Path, tmp_path: Path) -> None:
    resolved = load_scenario(gun).resolved()
    path = tmp_path / "resolved.yaml"
    path.write_text(dump(resolved), encoding="utf-8")
    for name in ("rates.csv", "data/budget.csv", "data/programs.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((BASE.parent / name).read_bytes())

    assert load_scenario(path).resolved() == resolved


def test_a_choice_is_the_program_written_out() -> None:
    def told(**program: Any) -> Tree:
        tree = plain()
        del tree["programs"]["ship"]["unit_cost_bn"]
        tree["programs"]["ship"] |= program
        return tree

    chosen = Simulation(told(choice="b", alternatives={"a": {"unit_cost_bn": 1.0}, "b": {"unit_cost_bn": 9.0}}))

    assert same(chosen.run().outcomes, Simulation(told(unit_cost_bn=9.0)).run().outcomes)


@pytest.mark.parametrize("chosen", ["imported", None])
def test_what_is_not_chosen_is_checked_as_the_program_it_would_be(gun: Path, chosen: str | None) -> None:
    other = "{channel: nosuch, bucket: nope, currency_shares: {GBP: 0.5}, lots: [{fy: 1990, units: 1.5}], crew: {pilots: 1}}"
    settings = {
        "programs.gun.channel": "fms",
        "programs.gun.unit_cost_bn": "0.3",
        "programs.gun.choice": chosen,
        "programs.gun.alternatives.imported": "{}",
        "programs.gun.alternatives.indigenous": other,
    }
    with pytest.raises(ScenarioError) as caught:
        load_scenario(gun, settings)

    path = "programs.gun.alternatives.indigenous"
    assert [found.path for found in caught.value.findings] == [
        f"{path}.channel", f"{path}.bucket", f"{path}.currency_shares.GBP", f"{path}.lots.0.fy", f"{path}.lots.0.units",
        f"{path}.crew.pilots"]  # fmt: skip


def test_an_alternative_is_checked_as_a_whole_and_not_for_its_program(gun: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(gun, {"programs.gun.alternatives.indigenous.unit_cost_bn": None})
    (found,) = caught.value.findings
    assert str(found).startswith(f"{gun}:18:7 programs.gun.alternatives.indigenous: no unit_cost_bn")

    with pytest.raises(ScenarioError) as caught:
        load_scenario(gun, {"programs.gun.bucket": "nope"})
    assert [one.path for one in caught.value.findings] == ["programs.gun.bucket"]


def test_mistakes_of_what_is_not_chosen_are_told_too(gun: Path) -> None:
    settings = {"programs.gun.alternatives.indigenous.unit_cost_bn": -1, "programs.gun.alternatives.imported.priority": 100}
    with pytest.raises(ScenarioError) as caught:
        load_scenario(gun, settings)

    assert [(found.path, found.line) for found in caught.value.findings] == [
        ("programs.gun.alternatives.indigenous.unit_cost_bn", 1), ("programs.gun.priority", 2)]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "residual: true",
            [
                ".lots: lots of a residual program",
                ".quantity: a residual program in units",
                ".residual: chosen, a second residual",
            ],
        ),
        (
            "bid: {decision: 2030-09, probability: 0.5}",
            [
                ".lots.0.fy: FY2026 begins before the decision 2030-09",
                ".bucket: bucket of an export",
                ".cost_growth: cost_growth of an",
            ],
        ),
        ("title: null", [".title: missing; text"]),
        ("sustainment_bn_per_unit: 1", [".sustainment_bn_per_unit: chosen, sustainment needed, but nothing pays for it"]),
        ("stages: {production: {noise: {median: 2}}}", [".stages.production.noise.p90: 1 is below the median"]),
        ("cost_growth: {p90: 1.1}", [".cost_growth.p90: chosen, 1.1 is below the median"]),
        ("lots: [{fy: 2026, units: 4000}]", [": chosen, programs.standoff_rest: bucket 'standoff' does not add up"]),
    ],
)
@pytest.mark.parametrize("chosen", ["imported", None])
def test_what_would_be_refused_once_it_is_chosen_is_told_before(
    gun: Path, given: str, said: list[str], chosen: str | None
) -> None:
    text = gun.read_text().replace("      indigenous:\n", f"      indigenous:\n        {given}\n")
    gun.write_text(text.replace("    choice:", "    cost_growth: {median: 1.2, p90: 1.3}\n    choice:"), encoding="utf-8")
    settings = {"programs.gun.choice": chosen}
    if chosen is None:
        settings |= {"programs.gun.channel": "fms", "programs.gun.unit_cost_bn": "0.3"}
    with pytest.raises(ScenarioError) as caught:
        load_scenario(gun, settings)
    found = [str(one) for one in caught.value.findings]
    for words in said:
        assert any(f"programs.gun.alternatives.indigenous{words}" in one for one in found), found
    assert len(found) == len(said), found


def test_an_alternative_that_is_no_mapping_is_refused(gun: Path) -> None:
    with pytest.raises(ScenarioError, match=r"programs\.gun\.alternatives\.indigenous"):
        load_scenario(gun, {"programs.gun.alternatives.indigenous": 3})
