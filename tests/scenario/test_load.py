"""Reading scenarios: overlay, settings, wrappers, places, the resolved form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness import plain

from alliancesim.errors import AllianceSimError, Finding, ScenarioError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.facts import FactTables, check_facts, confidence_of, unsourced
from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.scenario.schema import json_schema
from alliancesim.scenario.yamlfile import dump, parse

BASE = Path(__file__).parent.parent / "bad_scenarios" / "base" / "base.yaml"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a scenario that extends the base, and returns its path."""

    def _write(text: str, name: str = "top.yaml", extends: Path | str | None = BASE) -> Path:
        path = tmp_path / name
        path.write_text((f"extends: {extends}\n" if extends else "") + text, encoding="utf-8")
        return path

    return _write


def findings_of(path: Path, settings: dict[str, Any] | None = None) -> list[Finding]:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, settings)
    return caught.value.findings


def test_every_default_is_filled() -> None:
    resolved = load_scenario(BASE).resolved()
    assert resolved["mechanisms"]["rework"] is True
    assert resolved["programs"]["radar"]["priority"] == 5


def test_the_resolved_form_is_json_and_loads_to_the_same_scenario(tmp_path: Path) -> None:
    loaded = load_scenario(BASE)
    resolved = loaded.resolved()
    json.dumps(resolved, allow_nan=False)
    for name in ("USD", "EUR"):
        resolved["currencies"][name]["history"] = str(BASE.parent / "rates.csv")
    resolved["facts"] = str(BASE.parent / "data")
    again = tmp_path / "resolved.yaml"
    again.write_text(dump(resolved), encoding="utf-8")
    assert load_scenario(again).resolved() == resolved


def test_dated_values_resolve_as_they_are_written() -> None:
    money = load_scenario(BASE).resolved()["money"]
    assert money["personnel_bn"] == 2300.0
    assert money["topline_bn"] == {2023: 6600.0, 2024: 7700.0, 2025: 8500.0, "then_growth_share": 0.02}


def test_histories_hold_the_record() -> None:
    histories = load_scenario(BASE).histories
    assert histories["USD"]["2022-08"] == (140.0, 140.1)
    assert max(histories["EUR"]) == "2025-08"


def test_mappings_merge_and_lists_and_scalars_replace(write: Write) -> None:
    path = write(
        "money: {reserve: {ceiling_bn: 5}, topline_bn: {2024: 7800}}\nprograms: {radar: {lots: [{fy: 2027, units: 1}]}}\n"
    )
    scenario = load_scenario(path).scenario
    assert scenario.money.reserve.ceiling_bn == 5.0
    assert scenario.money.topline_bn is not None
    assert scenario.money.topline_bn.by_fy == {2023: 6600.0, 2024: 7800.0, 2025: 8500.0}
    assert [lot.fy for lot in scenario.programs["radar"].lots] == [2027]
    assert scenario.programs["radar"].title == "A radar"


def test_a_distribution_replaces_a_distribution_whole(write: Write) -> None:
    middle = write("programs: {missile: {unit_cost_bn: {dist: uniform, low: 0.4, high: 0.6}}}\n", "middle.yaml")
    top = write("programs: {missile: {unit_cost_bn: {dist: lognormal, median: 0.5, p90: 0.6}}}\n", extends="middle.yaml")
    assert load_scenario(middle).resolved()["programs"]["missile"]["unit_cost_bn"] == {"dist": "uniform", "low": 0.4, "high": 0.6}
    assert load_scenario(top).resolved()["programs"]["missile"]["unit_cost_bn"] == {
        "dist": "lognormal",
        "median": 0.5,
        "p90": 0.6,
    }


def test_what_stands_below_a_misspelled_key_is_checked_as_what_it_means(write: Write) -> None:
    path = write("program:\n  radar: {buckt: standof}\npackges: {shield: {title: Shield, component: {}}}\nmony: {hns_bn: -1}\n")
    found = [(one.line, one.path, one.found, one.suggestion) for one in findings_of(path)]
    assert found == [
        (2, "program", "unknown key 'program'", "programs"),
        (3, "programs.radar.buckt", "unknown key 'buckt'", "bucket"),
        (3, "programs.radar.bucket", "'standof' is not a bucket", "standoff"),
        (4, "packges", "unknown key 'packges'", "packages"),
        (4, "packages.shield.component", "unknown key 'component'", "components"),
        (4, "packages.shield.components", "no components", None),
        (5, "mony", "unknown key 'mony'", "money"),
        (5, "money.hns_bn", "-1", None),
    ]


def test_a_key_only_somewhat_like_another_is_not_read_as_it(write: Write) -> None:
    found = findings_of(write("programs: {radar: {after: [missile.first_delivery], bucket: standof}}\n"))
    assert [(finding.path, finding.suggestion) for finding in found] == [
        ("programs.radar.after", "state"),
        ("programs.radar.bucket", "standoff"),
    ]


def test_a_row_cut_short_and_a_gap_of_a_history_are_told(write: Write, tmp_path: Path) -> None:
    rows = (BASE.parent / "rates.csv").read_text().splitlines()
    at = next(number for number, row in enumerate(rows) if row.startswith("2023-01,USD"))
    (tmp_path / "rates.csv").write_text("\n".join([*rows[:at], "2023-01,USD,1", "", *rows[at + 1 :]]) + "\n")
    path = write("currencies: {USD: {history: rates.csv}}\n")
    assert [str(finding).removeprefix(f"{tmp_path}/") for finding in findings_of(path)] == [
        f"rates.csv:{at + 1}:1 currencies.USD.history: a row of 3 cells; 4 cells, month, currency, per_unit_avg, per_unit_eom"
    ]
    (tmp_path / "rates.csv").write_text("\n".join([rows[0], "2020-01,USD,1,1", "2021-12,USD,1,1", *rows[1:]]) + "\n")
    found = findings_of(path)
    assert [(finding.found, finding.line) for finding in found] == [("no USD rate for 2020-02, 2020-03, 2020-04 and 22 more", 2)]


@pytest.mark.parametrize(
    "header", ["month,currency,per_unit_avg,per_unit_avg", "month,currency,per_unit_avg,jpy_per_unit_avg,per_unit_eom"]
)
def test_each_column_of_a_history_stands_once(write: Write, tmp_path: Path, header: str) -> None:
    rows = (BASE.parent / "rates.csv").read_text().splitlines()
    (tmp_path / "rates.csv").write_text("\n".join([header, *(f"{row},1" for row in rows[1:])]) + "\n")
    (found,) = findings_of(write("currencies: {USD: {history: rates.csv}}\n"))
    assert str(found) == (
        f"{tmp_path}/rates.csv:1:1 currencies.USD.history: columns {header.replace(',', ', ')}; "
        "columns month, currency, per_unit_avg, per_unit_eom, each once"
    )


def test_months_and_rates_of_a_history_are_of_the_digits_0_to_9(write: Write, tmp_path: Path) -> None:
    text = (BASE.parent / "rates.csv").read_text()
    at = text.splitlines().index("2022-04,USD,140.00,140.10") + 1
    (tmp_path / "rates.csv").write_text(text.replace("2022-04,USD,", "２０２２-04,USD,"))
    (found,) = findings_of(write("currencies: {USD: {history: rates.csv}}\n"))
    assert (found.line, found.found, found.allowed) == (at, "month '２０２２-04'", "YYYY-MM")
    (tmp_path / "rates.csv").write_text(text.replace("2022-04,USD,140.00", "2022-04,USD,１４０"))
    (found,) = findings_of(write("currencies: {USD: {history: rates.csv}}\n"))
    assert (found.line, found.found) == (at, "rates １４０, 140.10")


def test_names_of_sources_and_facts_have_suggestions(write: Write) -> None:
    (found,) = findings_of(write("source: bok\nmoney: {lapse_share: 0.1}\n"))
    assert (found.path, found.line, found.suggestion) == ("source", 2, "book")
    (found,) = check_facts(load_scenario(write("money: {personnel_bn: {value: 1, fact: budget/toplin/2024}}\n")))
    assert found.suggestion == "budget/topline/2024"


def test_every_source_that_is_named_is_known(write: Write) -> None:
    path = write(
        "money: {source: nosuch}\n"
        "programs: {source: nosuch2, missile: {title: {value: M, source: nosuch3}, payment: {source: boo, shares: [1]}}}\n"
        "set: {linkage.pressure: {source: nosuch4}}\n",
    )
    assert [(found.path, found.line, found.found) for found in findings_of(path, {"readiness": "{source: nosuch5}"})] == [
        ("readiness.source", 1, "no source 'nosuch5'"),
        ("money.source", 2, "no source 'nosuch'"),
        ("programs.source", 3, "no source 'nosuch2'"),
        ("programs.missile.title", 3, "no source 'nosuch3'"),
        ("programs.missile.payment.source", 3, "no source 'boo'"),
        ("linkage.pressure.source", 4, "no source 'nosuch4'"),
    ]


def test_a_broken_stage_of_a_channel_may_be_overridden(write: Write) -> None:
    override = "{integration: {rework: {probability: 0.1, to: request}}}"
    path = write(f"channels: {{fms: {{stages: {{integration: 5}}}}}}\nprograms: {{missile: {{stages: {override}}}}}\n")
    assert [one.path for one in findings_of(path)] == ["channels.fms.stages.integration"]


def test_null_deletes(write: Write) -> None:
    path = write("programs: {radar: null, missile: {baseline_delivery: null, current_estimate: ~}}\n")
    scenario = load_scenario(path).scenario
    assert "radar" not in scenario.programs
    assert scenario.programs["missile"].current_estimate is None


def test_ranges_of_the_file_below_may_be_deleted_though_none_are_inherited(write: Write) -> None:
    assert load_scenario(write("expect: null\n")).scenario.expect == {}


def test_chains_of_files_are_read_nearest_first(write: Write, tmp_path: Path) -> None:
    write("name: middle\nset: {money.personnel_bn: 2400}\n", "middle.yaml")
    top = write("set: {money.personnel_bn: 2500}\n", extends="middle.yaml")
    loaded = load_scenario(top)
    assert loaded.scenario.name == "middle"
    assert loaded.scenario.money.personnel_bn.constant == 2500.0
    assert [path.name for path in loaded.files] == ["top.yaml", "middle.yaml", "base.yaml"]
    assert loaded.files[0].parent == tmp_path


def test_a_circle_of_files_is_named(write: Write) -> None:
    write("", "a.yaml", extends="b.yaml")
    path = write("", "b.yaml", extends="a.yaml")
    (finding,) = findings_of(path)
    assert finding.found == "circular: b.yaml -> a.yaml -> b.yaml"


def test_set_reaches_years_indices_and_keys_left_out(write: Write) -> None:
    path = write(
        "set:\n  money.topline_bn.2026: 9000\n  programs.missile.lots.1.units: 7\n"
        "  mechanisms.linkage: false\n  money.lapse_share: 0.01\n"
    )
    scenario = load_scenario(path).scenario
    assert scenario.money.topline_bn is not None
    assert scenario.money.topline_bn.by_fy[2026] == 9000.0
    assert scenario.programs["missile"].lots[1].units == 7.0
    assert scenario.mechanisms.linkage is False
    assert scenario.money.lapse_share == 0.01


def test_a_stage_of_the_channel_is_overridden_by_a_setting(write: Write) -> None:
    settings = {"programs.missile.stages.production.duration_months": "24"}
    stages = load_scenario(write("name: top\n"), settings).scenario.programs["missile"].stages
    assert stages["production"].duration_months == 24
    (found,) = findings_of(write("name: top\n"), {"programs.missile.stages.produktion.duration_months": "24"})
    assert found.suggestion == "programs.missile.stages.production.duration_months"
    (found,) = findings_of(write("name: top\n"), {"packages.strike.title": "Strike"})
    assert "it is empty: give a whole entry, packages={strike: ...}" in str(found)


def test_settings_of_the_command_line_come_last_and_are_assumptions(write: Write) -> None:
    settings = {"money.personnel_bn": "{2023: 1, 2024: 2}", "mechanisms.linkage": False, "programs.radar": "null"}
    loaded = load_scenario(write("set: {money.personnel_bn: 2400}\n"), settings)
    assert loaded.scenario.money.personnel_bn.by_fy == {2023: 1.0, 2024: 2.0}
    assert loaded.scenario.mechanisms.linkage is False
    assert "radar" not in loaded.scenario.programs
    leaf = loaded.provenance["money", "personnel_bn", 2024]
    assert (leaf.confidence, leaf.at.file) == ("assumed", "--set")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"programs.rader.priority": "1"}, "--set:1:1 programs.rader.priority: 'programs' has no 'rader'"),
        ({"money.lapse_share": "2"}, "--set:1:1 money.lapse_share: 2; a number from 0 to 1"),
        ({"money.lapse_share": ".nan"}, "is not a finite number"),
        ({"money.lapse_share": float("nan")}, "cannot stand in a scenario"),
        ({"money.lapse_share": object()}, "cannot stand in a scenario"),
        ({"money.lapse_share": "[1"}, "not YAML"),
        ({"": "1"}, "no ''"),
        ({"money..": "1"}, "'money' has no ''"),
        ({"programs.missile.lots.9.units": "1"}, "'programs.missile.lots' has no '9'"),
        ({"money.lapse_share": "&a 1"}, "anchor"),
        ({"programs.missile.crew": "null"}, "--set:1:1 programs.missile.crew: nothing, and nothing to delete"),
        ({"programs.missile.crew": None}, "--set:1:1 programs.missile.crew: nothing, and nothing to delete"),
    ],
)
def test_bad_settings_are_findings(settings: dict[str, Any], said: str) -> None:
    assert said in str(findings_of(BASE, settings)[0])


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("set: {currencies.USD.plan_rate: {value: 150, unit: JPY per USD}}\n", {}),
        ("", {"currencies.USD.plan_rate": "{value: 150, unit: JPY per USD}"}),
        ("home_currency: EUR\ncurrencies: {USD: {plan_rate: {value: 0.9, unit: EUR per USD}}}\n", {}),
        ("set: {currencies.USD.plan_rate: {value: 0.9, unit: EUR per USD}}\n", {"home_currency": "EUR"}),
    ],
)
def test_units_are_those_of_the_whole_path_and_the_home_currency(write: Write, text: str, settings: dict[str, str]) -> None:
    middle = write(text, "middle.yaml")
    assert load_scenario(write("currencies: {USD: {cover_share: 0.1}}\n", extends=middle), settings)


def test_a_file_measures_in_the_home_currency_of_the_file_it_extends(write: Write) -> None:
    middle = write("home_currency: EUR\n", "middle.yaml")
    assert load_scenario(write("currencies: {USD: {plan_rate: {value: 0.9, unit: EUR per USD}}}\n", extends=middle))
    (finding,) = findings_of(write("currencies: {USD: {plan_rate: {value: 0.9, unit: JPY per USD}}}\n", extends=middle))
    assert (finding.line, finding.allowed) == (2, "'plan_rate' is in EUR per USD")


def test_a_unit_stays_with_values_that_have_sources_of_their_own(write: Write) -> None:
    path = write("money: {personnel_bn: {2023: {value: 2300, source: book}, unit: tn}}\n")
    assert [finding.found for finding in findings_of(path)] == ["unit 'tn'"]


def test_wrappers_come_off_and_leave_their_provenance() -> None:
    loaded = load_scenario(BASE)
    leaf = loaded.provenance["currencies", "USD", "cover_share"]
    assert loaded.scenario.currencies["USD"].cover_share == 0.2
    assert (leaf.value, leaf.source, leaf.confidence) == (0.2, "book", "sourced")


def test_a_block_hands_its_source_down_until_a_nearer_one(write: Write) -> None:
    path = write("money: {reserve: {source: recalled, initial_bn: 1, ceiling_bn: {value: 2, source: book, note: why}}}\n")
    loaded = load_scenario(path)
    reserve = ("money", "reserve")
    assert loaded.provenance[*reserve, "initial_bn"].confidence == "recalled"
    assert loaded.provenance[*reserve, "ceiling_bn"].confidence == "sourced"
    assert loaded.provenance[*reserve, "ceiling_bn"].note == "why"


def test_a_source_of_the_file_below_does_not_vouch_for_values_laid_over_it(write: Write) -> None:
    loaded = load_scenario(write("money: {personnel_bn: 2400}\n"))
    assert [finding.path for finding in unsourced(loaded)] == ["money.personnel_bn"]


def test_a_distribution_carries_source_and_unit(write: Write) -> None:
    path = write("programs: {missile: {unit_cost_bn: {dist: uniform, low: 0.4, high: 0.6, unit: bn, source: book}}}\n")
    assert load_scenario(path).provenance["programs", "missile", "unit_cost_bn", "high"].confidence == "sourced"


def test_facts_are_compared_with_the_values_that_cite_them(write: Write) -> None:
    loaded = load_scenario(BASE)
    assert check_facts(loaded) == []
    assert loaded.provenance["money", "topline_bn", 2023].confidence == "sourced"
    fine = "money: {topline_bn: {2024: {value: 7700, fact: budget/topline/2024}}}\n"
    assert check_facts(load_scenario(write(fine))) == []
    fine = "money: {lapse_share: {value: 0.6, fact: budget/share/2024}}\n"
    assert check_facts(load_scenario(write(fine))) == []
    series = "money: {topline_bn: {2023: 6600, 2024: 7700, 2025: null, then_growth_share: 0.01, fact: budget/topline}}\n"
    assert check_facts(load_scenario(write(series))) == []
    block = "programs: {missile: {fact: programs/missile/unit_cost, unit_cost_bn: 0.5, priority: 3}}\n"
    assert check_facts(load_scenario(write(block))) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "money: {personnel_bn: {value: 1, fact: budget/topline/2023}}",
            "1 is not the fact budget/topline/2023; the row says 6600 JPY_bn",
        ),
        ("money: {personnel_bn: {value: 1, fact: budget/topline/2031}}", "no fact 'budget/topline/2031'"),
        ("money: {personnel_bn: {value: 1, fact: ../base/topline/2031}}", "no fact '../base/topline/2031'"),
        ("programs: {missile: {unit_cost_bn: {value: 0.5, fact: programs/missile}}}", "no fact 'programs/missile'"),
        ("money: {reserve: {fact: budget/topline, fill_share: 0.1}}", "no fact 'budget/topline'"),
        ("programs: {missile: {fact: programs/missile/unit_cost, unit_cost_bn: 0.6}}", "is not the fact"),
        ("money: {topline_bn: {2023: 6601, 2024: 7700, fact: budget/topline}}", "6601 is not the fact budget/topline/2023"),
    ],
)
def test_a_fact_that_does_not_agree_is_found(write: Write, text: str, said: str) -> None:
    found = check_facts(load_scenario(write(text + "\n")))
    assert len(found) == 1
    assert said in str(found[0])


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("5,percent", "channels: {fms: {stages: {production: {failure_probability: {value: 0.05, fact: own/row/rate}}}}}"),
        ("5,per cent", "channels: {fms: {stages: {integration: {rework: {probability: {value: 0.05, fact: own/row/rate}}}}}}"),
        ("25,Percent", "linkage: {tariff: {known: {2025-05: {value: 0.25, fact: own/row/rate}}}}"),
        ("2,percent_gdp", "money: {topline_bn: null, topline_share_of_gdp: {value: 0.02, fact: own/row/rate}}"),
        ("2,% of GDP", "money: {topline_bn: null, topline_share_of_gdp: {2025: {value: 0.02, fact: own/row/rate}}}"),
        ("3,pct", "money: {lapse_share: {dist: uniform, low: {value: 0.03, fact: own/row/rate}, high: 0.1}}"),
        *(
            (f"1.5,{unit}", "money: {personnel_bn: {2025: {value: 1500, fact: own/row/rate}}}")
            for unit in ("JPY_tn", "JPY tn", "tn JPY", "tn", "trn", "trillion", "Trillions", "Trillion JPY", "jpy_trn")
        ),
    ],
)
def test_percent_stands_as_a_share_and_trillions_as_bn(write: Write, tmp_path: Path, row: str, text: str) -> None:
    assert [finding for finding in own_facts(write, tmp_path, row, text) if "own/" in finding.found] == []


@pytest.mark.parametrize(
    ("row", "text", "said"),
    [
        ("25,percent", "money: {personnel_bn: {value: 0.25, fact: own/row/rate}}", "25 percent; converted are percent"),
        ("25,days", "money: {lapse_share: {value: 0.25, fact: own/row/rate}}", "25 days; converted are percent"),
        ("1.5,USD_tn", "money: {personnel_bn: {value: 1500, fact: own/row/rate}}", "trillions of JPY where it is in bn"),
        ("1.5,percent", "money: {lapse_share: {value: 0.15, fact: own/row/rate}}", "the row says 1.5 percent"),
    ],
)
def test_another_unit_of_a_fact_is_not_converted(write: Write, tmp_path: Path, row: str, text: str, said: str) -> None:
    (found,) = (finding for finding in own_facts(write, tmp_path, row, text) if "own/" in finding.found)
    assert said in found.allowed


def own_facts(write: Write, folder: Path, row: str, text: str) -> list[Finding]:
    (folder / "own").mkdir()
    (folder / "own" / "own.csv").write_text(f"name,rate,rate_unit\nrow,{row}\n")
    return check_facts(load_scenario(write(f"facts: own\n{text}\n")))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("row,2025\npersonnel,2300\nother,1\npersonnel,300\n", ["own.csv:4:1 facts: personnel a second time; each row once"]),
        (
            "series,fiscal_year,value\npersonnel,2025,2300\npersonnel,2025,300\n",
            ["own.csv:3:1 facts: personnel/2025 a second time; each row once"],
        ),
        ("row;2025\npersonnel;2300\n", ["own.csv:1:1 facts: one column, 'row;2025'; columns separated by commas", "no fact"]),
        ("row,2025,2025\npersonnel,300,2300\n", ["own.csv:1:1 facts: column '2025' a second time; each column once"]),
        ("row,2025,,\npersonnel,2300,,\n", []),
        (
            "row,2025,note\nother,1,yen\npersonnel,2300,yen, current\n",
            ["own.csv:3:1 facts: a row of 4 cells; 3 cells, with quotes around text that holds a comma"],
        ),
        (
            "row,2025,confidence\npersonnel,2300,sorced\nother,1,\na,1,Sourced\nb,1,seed\nc,1,sourced \n",
            [
                "own.csv:2:1 facts: confidence 'sorced'; one of seed, sourced, recalled, assumed, or nothing; "
                "did you mean 'sourced'?",
                "own.csv:4:1 facts: confidence 'Sourced'; one of seed, sourced, recalled, assumed, or nothing; "
                "did you mean 'sourced'?",
                "own.csv:6:1 facts: confidence 'sourced '",
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_fact_table_is_told(write: Write, tmp_path: Path, table: str, said: list[str]) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own.csv").write_text(table)
    path = write("facts: own\nmoney: {topline_bn: 8000, personnel_bn: {value: 2300, fact: own/personnel/2025}}\n")
    found = [str(one) for one in check_facts(load_scenario(path)) if "missile" not in one.path]
    assert len(found) == len(said)
    for one, words in zip(found, sorted(said, key=lambda words: "own.csv" in words), strict=True):
        assert words in one


def test_a_fact_table_that_is_not_utf_8_is_told(write: Write, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own.csv").write_bytes(b"row,2025\npersonn\xe9l,2300\n")
    path = write("facts: own\nmoney: {topline_bn: 8000, personnel_bn: {value: 2300, fact: own/personnel/2025}}\n")
    found = [str(one) for one in check_facts(load_scenario(path))]
    assert f"{tmp_path}/own/own.csv:2:8: byte 0xe9 is not UTF-8; files are UTF-8 text" in found
    assert sum("own" in one and "no fact" not in one for one in found) == 1


@pytest.mark.parametrize("word", ["", "sorced", "Sourced", "sourced "])
def test_a_row_without_a_confidence_that_there_is_has_none(write: Write, tmp_path: Path, word: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own.csv").write_text(f"row,2025,confidence\npersonnel,2300,{word}\n")
    path = write("facts: own\nmoney: {personnel_bn: {value: 2300, fact: own/personnel/2025}}\n")
    assert load_scenario(path).provenance["money", "personnel_bn"].confidence is None


def test_every_mistake_is_reported_at_once(write: Write) -> None:
    path = write(
        "money: {lapse_share: 2, hns_bn: {value: 211, unit: tn}, reserve: {fill_share: .nan}}\n"
        "programs:\n"
        "  radar: {channel: fsm}\n"
        "  missile: {prioriti: 3}\n"
        "  other_rest: {bucket: {value: othr, source: bok}}\n"
        "linkage: {rounds: {bases: {dates: [2025-04]}}}\n"
    )
    places = [(finding.line, finding.column, finding.path) for finding in findings_of(path)]
    assert places == [
        (2, 22, "money.lapse_share"),
        (2, 52, "money.hns_bn"),
        (2, 79, "money.reserve.fill_share"),
        (4, 20, "programs.radar.channel"),
        (5, 13, "programs.missile.prioriti"),
        (6, 32, "programs.other_rest.bucket"),
        (6, 46, "programs.other_rest.bucket"),
        (7, 36, "linkage.rounds.bases.dates.0"),
    ]


def test_a_key_like_none_that_is_known_hides_nothing(write: Write) -> None:
    path = write(
        "notes: hello\nmoney: {hns_bucket: none}\nprograms: {radar: {channel: fsm, zzz: 1}, missile: {bucket: standof}}\n"
    )
    assert [finding.path for finding in findings_of(path)] == [
        "notes",
        "money.hns_bucket",
        "programs.radar.channel",
        "programs.radar.zzz",
        "programs.missile.bucket",
    ]


def test_a_broken_value_hides_only_what_follows_from_it(write: Write) -> None:
    path = write("money: {lapse_share: 2, hns_bucket: none, reserve: {initial_bn: 3, ceiling_bn: x}, buckets: {other: 7}}\n")
    assert [finding.path for finding in findings_of(path)] == [
        "money.lapse_share",
        "money.hns_bucket",
        "money.reserve.ceiling_bn",
        "money.buckets.other",
    ]
    path = write("money: {hns_bn: x, topline_bn: {2023: x}}\n")
    assert [finding.path for finding in findings_of(path)] == ["money.hns_bn", "money.topline_bn.2023"]


def test_a_broken_entry_hides_nothing_of_its_siblings(write: Write) -> None:
    path = write(
        "packages:\n"
        "  one: {title: 1, components: {}}\n"
        "  two: {title: Two, components: {arms: {programs: {nobody: 1}}}}\n"
        "money: {buckets: {standoff: 7, 'a b': {authority_bn: 1}}}\n"
        "resources: {plant: {kind: lin, background: {backlog: 1e6}}}\n"
    )
    assert [finding.path for finding in findings_of(path)] == [
        "packages.one.title",
        "packages.two.components.arms.programs.nobody",
        "money.buckets.standoff",
        "money.buckets.a b",
        "resources.plant.kind",
    ]


@pytest.mark.parametrize("broken", ["zz", "missile", "program", "a"])
def test_a_broken_entry_hides_nothing_of_its_siblings_whatever_its_name(write: Write, broken: str) -> None:
    sound = "{title: B, components: {arms: {programs: {nobody: 1}}}}"
    path = write(f"packages: {{{broken}: {{title: 3, components: {{}}}}, b: {sound}}}\n")
    assert "packages.b.components.arms.programs.nobody" in [finding.path for finding in findings_of(path)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("money: {revisions: {triggers: {date: 3}, next: {topline_mult: 2}}}", "money.revisions.next"),
        ("channels: {fms: {stages: {team: 5, request: {resource: plnt}}}}", "channels.fms.stages.request.resource"),
    ],
)
def test_a_broken_entry_of_a_block_hides_nothing_of_its_siblings(write: Write, text: str, told: str) -> None:
    assert told in [finding.path for finding in findings_of(write(text + "\n"))]


@pytest.mark.parametrize(
    "stages",
    [
        "{plan: 5, make: {milestone: delivered, rework: {probability: 0.1, to: plan}}}",
        "{make: {milestone: delivered}, move: {}, test: 5}",
    ],
)
def test_a_broken_stage_is_a_stage_to_the_others(write: Write, stages: str) -> None:
    assert len(findings_of(write(f"channels: {{own: {{payment: {{shares: [1]}}, stages: {stages}}}}}\n"))) == 1


def test_a_broken_optional_value_hides_nothing_of_its_entry(write: Write) -> None:
    path = write(
        "programs: {radar: {priority: high, bucket: standof, cost_growth: 3}, missile: {state: 7, channel: fsm}}\n"
        "channels: {fms: {stages: {production: {noise: 5, resource: plnt, milestone: deliverd}}}}\n"
    )
    assert [finding.path for finding in findings_of(path)] == [
        "programs.radar.priority",
        "programs.radar.bucket",
        "programs.radar.cost_growth",
        "programs.missile.state",
        "programs.missile.channel",
        "channels.fms.stages.production.noise",
        "channels.fms.stages.production.resource",
        "channels.fms.stages.production.milestone",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "money: {topline_bn: .inf}",
        "programs: {missile: {unit_cost_bn: .nan}}",
        "horizon: {as_of: .inf}",
        "resources: {plant: {background: {size: {mean: .inf}}}}",
        "linkage: {rounds: {tariff: {results: {2025-07-22: middle}}}}",
        "channels: {fms: {stages: {production: 5}}}",
    ],
)
def test_nothing_follows_from_a_value_that_is_refused(write: Write, text: str) -> None:
    assert len(findings_of(write(text + "\n"))) == 1


@pytest.mark.parametrize(
    "program",
    [
        "missile: {delivered_before_units: 5, state: [], lots: [{fy: 2025, units: 100}],",
        "radar: {",
    ],
)
def test_a_first_delivery_by_the_start_of_the_horizon_is_history(write: Write, program: str) -> None:
    path = write(f"programs: {{{program} baseline_delivery: 2022-06, current_estimate: 2023-04}}}}\n")
    compiled = compile_plan(load_scenario(path))
    name = program.partition(":")[0]
    assert compiled.planned_first[compiled.labels.programs.index(name)] == 0.0


def test_dates_that_no_lot_can_meet_are_told_together(write: Write) -> None:
    path = write(
        "channels: {fast: {payment: {shares: [1]}, stages: {make: {milestone: delivered}}}}\n"
        "programs:\n"
        "  missile: {current_estimate: 2025-05, state: [],\n"
        "    lots: [{fy: 2025, units: 100, delivery: 2025-05}, {fy: 2026, units: 100, delivery: 2026-06}]}\n"
        "  radar: {channel: fast, current_estimate: 2027-06, baseline_delivery: 2026-01}\n"
    )
    loaded = load_scenario(path)
    with pytest.raises(ScenarioError) as caught:
        compile_plan(loaded)
    assert [str(finding).removeprefix(f"{path}:") for finding in caught.value.findings] == [
        "5:45 programs.missile.lots.0.delivery: 2025-05-01 is too early for the lot begun on 2025-04-01 with 25 months of work "
        "on a line; a later date, or a lot of an earlier fiscal year",
        "5:88 programs.missile.lots.1.delivery: 2026-06-01 is too early for the lot begun on 2026-04-01 with 25 months of work "
        "on a line; a later date, or a lot of an earlier fiscal year",
        "6:44 programs.radar.current_estimate: 2027-06-01 is too late for the lot begun on 2025-04-01, whose stages up to "
        "delivery take no time to stretch; duration_months of such a stage, or an earlier date",
    ]


def test_a_lot_may_be_delivered_when_it_is_contracted(write: Write) -> None:
    path = write(
        "channels: {fast: {payment: {shares: [1]}, stages: {make: {milestone: delivered}}}}\n"
        "programs: {radar: {channel: fast, lots: [{fy: 2026, units: 30, delivery: 2026-04}]}}\n"
    )
    assert compile_plan(load_scenario(path))


def test_sound_entries_are_cross_checked_beside_broken_ones(write: Write) -> None:
    path = write("programs:\n  radar: {channel: fsm}\n  missile: {prioriti: 3}\nresources: {plant: {capacity: no}}\n")
    assert [finding.path for finding in findings_of(path)] == [
        "programs.radar.channel",
        "programs.missile.prioriti",
        "resources.plant.capacity",
    ]


def test_a_value_knows_its_place_through_overlays(write: Write) -> None:
    loaded = load_scenario(write("\nmoney:\n  personnel_bn: 2400\n"))
    assert loaded.where(("money", "personnel_bn"))[1:] == (4, 17)
    assert Path(loaded.where(("money", "hns_bn")).file) == BASE
    assert loaded.where(("money", "supplementary", "month")).line > 1


def test_types_are_those_of_yaml_1_2() -> None:
    node, findings = parse(
        "{a: no, b: 0o17, c: 2025-08-31, d: 1e3, e: 1:30, f: '5', g: 0x1F, h: ~, i: 1_000, j: 2025-08, k: -.5}", "t"
    )
    assert not findings
    assert node is not None
    assert node.plain() == {
        **{"a": "no", "b": 15, "c": "2025-08-31", "d": 1000.0, "e": "1:30", "f": "5", "g": 31, "h": None},
        **{"i": "1_000", "j": "2025-08", "k": -0.5},
    }


def test_files_that_cannot_be_read_are_findings(tmp_path: Path) -> None:
    big = tmp_path / "big.yaml"
    big.write_bytes(b"# " + b"x" * (5 * 1024 * 1024))
    for path, said in (
        (tmp_path, "is a folder"),
        (tmp_path / "none.yaml", "no such file"),
        (big, "more than"),
        (Path("a\0b"), "cannot be read"),
    ):
        with pytest.raises(AllianceSimError, match=said):
            load_scenario(path)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("extends: LONG\n", "1:10 extends"),
        (f"extends: {BASE}\ncurrencies: {{USD: {{history: LONG}}}}\n", "2:29 currencies.USD.history"),
    ],
)
def test_paths_of_no_use_are_told_where_they_are_written(write: Write, text: str, place: str) -> None:
    path = write(text.replace("LONG", "x" * 300), extends=None)
    (finding,) = findings_of(path)
    assert str(finding).startswith(f"{path}:{place}: 'xxx")
    assert "cannot be read (File name too long)" in finding.found


def test_fact_tables_in_a_folder_of_no_use_hold_no_facts(write: Write) -> None:
    assert FactTables(Path("x" * 300)).look_up("budget/topline/2023") is None


def test_the_schema_knows_every_section_and_the_wrappers() -> None:
    schema = json_schema()
    assert {"extends", "set", "programs", "money"} <= schema["properties"].keys()
    assert "source" in schema["$defs"]["Program"]["properties"]
    wrapper = schema["$defs"]["Program"]["properties"]["priority"]["anyOf"][-1]
    assert wrapper["required"] == ["value"]
    json.dumps(schema)


def test_the_schema_knows_provenance_in_mappings_of_known_words() -> None:
    linkage = json_schema()["$defs"]["Linkage"]["properties"]
    for mapping in (linkage["outcomes"], linkage["rates_per_month"], linkage["rates_per_month"]["additionalProperties"]):
        assert {"source", "fact", "note"} <= mapping["properties"].keys() & set(mapping["propertyNames"]["enum"])


def allows_null(schema: dict[str, Any]) -> bool:
    return "null" in schema.get("type", ()) or any(allows_null(part) for part in schema.get("anyOf", ()))


def test_the_schema_allows_null_wherever_it_deletes() -> None:
    schema = json_schema()
    root, money, program = schema["properties"], *(schema["$defs"][name]["properties"] for name in ("Money", "Program"))
    assert all(allows_null(part) for part in (root["programs"], root["programs"]["additionalProperties"], root["expect"]))
    assert all(allows_null(money[key]) for key in ("provisional", "taxes", "personnel_bn", "lapse_share"))
    assert all(allows_null(program[key]) for key in ("lots", "effects", "cost_growth", "current_estimate", "title"))
    assert not allows_null(program["lots"]["items"])


def test_the_schema_knows_the_bounds_of_values_by_year() -> None:
    number, by_year = json_schema()["$defs"]["Dated"]["anyOf"]
    (year,) = by_year["patternProperties"].values()
    assert number["anyOf"][0] == year["anyOf"][0] == {"minimum": 0, "type": "number"}
    assert by_year["properties"]["then_growth_share"]["anyOf"][0] == {"maximum": 1, "minimum": -0.9, "type": "number"}


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("linkage.statements.0.size", "a number of at least 0"),
        ("linkage.tariff.known.2025-08-07", "a number from 0 to 1"),
        ("programs.missile.lots.0.cost_bn", "a number of at least 0"),
        ("programs.missile.tranche_units", "a number above 0"),
        ("programs.missile.delivered_before_units", "a number of at least 0"),
        ("programs.missile.state.0.done_share", "a number from 0 to 1"),
    ],
)
def test_what_is_never_drawn_takes_no_distribution(path: str, allowed: str) -> None:
    (finding,) = findings_of(BASE, {path: "{dist: uniform, low: 0.2, high: 0.8}"})
    assert (finding.path, finding.allowed) == (path, allowed)


def test_loading_is_fast_enough_for_thousands_of_lines(write: Write) -> None:
    program = "    title: T\n    bucket: other\n    channel: domestic\n    quantity: value\n    lots:\n"
    lots = "".join(f"      - {{fy: {fy}, units: 0.01}}\n" for fy in range(2023, 2031))
    path = write("programs:\n" + "".join(f"  p{n}:\n{program}{lots}" for n in range(180)))
    loaded: LoadedScenario = load_scenario(path)
    assert len(loaded.scenario.programs) == 184


def test_a_cell_recalled_in_a_sourced_row_is_recalled() -> None:
    row = {"confidence": "sourced", "recalled_or_estimated_fields": "contract_profile;unit_cost"}

    assert confidence_of(row, "unit_cost") == "recalled"
    assert confidence_of(row, "program_total") == "sourced"
    assert confidence_of({**row, "recalled_or_estimated_fields": "all_not_named_in_source"}, "program_total") == "recalled"
    assert confidence_of({"confidence": "seed"}, "value") == "seed"


def test_an_entry_called_dist_is_no_distribution(here: Path) -> None:
    tree = plain()
    (here / "base.yaml").write_text(json.dumps(tree))
    added = {"extends": "base.yaml", "programs": {"dist": tree["programs"]["ship"]}}
    (here / "top.yaml").write_text(json.dumps(added))

    assert list(load_scenario(here / "top.yaml").scenario.programs) == ["ship", "dist"]
