from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from harness import TUTORIAL

from alliancesim.cli import status
from alliancesim.errors import CheckFailed, RequestError, StoreError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario
from alliancesim.study.gate.acceptance import accept, kept
from alliancesim.study.gate.check import check, demand
from alliancesim.study.gate.expectation import (
    Grid,
    grid_of,
    packed,
    packed_values,
    read_expectation,
    unpacked_tables,
    unpacked_values,
)
from alliancesim.study.gate.github import workflow_commands
from alliancesim.study.gate.judgment import CHANGED, EQUIVALENT, GONE, IDENTICAL, INCONCLUSIVE, Judged, judge, pairings
from alliancesim.study.runs.layout import Layout
from alliancesim.study.statistics.estimate import Value
from alliancesim.study.statistics.statistic import find_statistics


@pytest.fixture
def accepted(here: Path) -> Path:
    (here / "tutorial.yaml").write_text(TUTORIAL.read_text())
    return accept(None, "first", "tutorial.yaml", n=40, seed=7, judged_n=160)


def changed(here: Path, old: str, new: str, name: str = "tutorial.yaml") -> None:
    scenario = here / name
    text = scenario.read_text()
    assert old in text
    scenario.write_text(text.replace(old, new))


def test_what_was_accepted_is_met(accepted: Path) -> None:
    (result,) = check()
    assert result.met
    assert result.identical
    assert "met, identical, outcomes" in result.verdict()
    assert {one.verdict for one in result.judged} == {IDENTICAL}
    assert all(one.catches is not None for one in result.judged if one.name.endswith(".mean"))
    demand(check(exact=True))
    plain = json.loads(accepted.read_text())
    assert accepted.as_posix() == "results/reference/tutorial.json"
    assert plain["scenario"] == "../../tutorial.yaml"
    assert accepted.stat().st_size < 200_000


def test_workers_meet_it_too(accepted: Path) -> None:
    assert check(accepted, workers=2)[0].met


def test_a_small_change_is_equivalent_and_the_first_outcomes_that_moved_are_named(accepted: Path, here: Path) -> None:
    changed(here, "budget_rate: {2025: 150.0}", "budget_rate: {2025: 150.1}")
    (result,) = check(settle=True)
    assert result.met
    assert not result.identical
    assert {one.verdict for one in result.judged} == {IDENTICAL, EQUIVALENT}
    assert result.moved_replications == list(range(40))
    first = result.moved[0]
    assert (first.replication, first.table, first.fiscal_year) == ("0", "fiscal_years", "FY2025")
    assert first.old != first.new
    assert any("the scenario itself has changed" in note for note in result.notes)
    assert {one.replication for one in result.moved} == {"0", "mean"}
    assert len(result.sheets()[1].rows) == 20
    json.dumps(result.plain(), allow_nan=False)
    demand([result])
    with pytest.raises(CheckFailed, match="1 of 1 expectations are not met bit for bit"):
        demand(check(exact=True))
    assert workflow_commands([result])[0].startswith("::notice file=results/reference/tutorial.json")
    (result,) = check(exact=True)
    assert result.verdict().startswith("results/reference/tutorial.json: NOT met bit for bit, equivalent, outcomes ")
    assert (result.plain()["met"], result.plain()["exact"]) == (False, True)
    assert workflow_commands([result])[0].startswith("::error file=results/reference/tutorial.json")


def test_a_change_that_matters_is_called_so(accepted: Path, here: Path) -> None:
    changed(here, "current_estimate: 2028-10", "current_estimate: 2031-10")
    (result,) = check()
    assert not result.met
    verdicts = {one.name: one.verdict for one in result.judged}
    assert verdicts["programs.ship.slip_months.P80"] == CHANGED
    assert verdicts["fiscal_years.2034.operational_fleet_bn.mean"] == CHANGED
    assert "NOT met" in result.verdict()
    assert str(result.sheets()[0].rows[0][2]) == CHANGED
    lines = workflow_commands([result])
    assert all(line.startswith("::error ") for line in lines)
    assert any("::programs.ship.slip_months.P80: changed" in line for line in lines)
    with pytest.raises(CheckFailed, match="1 of 1 expectations are not met"):
        demand([result])


def test_what_is_inconclusive_says_what_would_settle_it(accepted: Path, here: Path) -> None:
    margins = {"programs.missile.slip_months.P80": 1.5}
    accept(accepted, "a month and a half is nothing", margins=margins)
    changed(here, "background: {arrivals_per_month: 0.5", "background: {arrivals_per_month: 0.52")
    (first,), (second,) = check(), check(settle=True)
    by_name = [{one.name: one for one in result.judged} for result in (first, second)]
    slip = by_name[0]["programs.missile.slip_months.P80"]
    assert slip.verdict == INCONCLUSIVE
    assert slip.needed is not None
    assert slip.needed > slip.pairs == 40
    assert "more would settle it" in slip.sentence()
    assert any("--settle runs" in note for note in first.notes)
    assert not first.met
    assert by_name[1]["programs.missile.slip_months.P80"].pairs > 40
    for name, one in by_name[0].items():
        assert one.verdict == INCONCLUSIVE or by_name[1][name] == one


def test_what_falls_beyond_the_horizon_is_changed(accepted: Path, here: Path) -> None:
    changed(here, "lots: [{fy: 2025, units: 2}, {fy: 2026, units: 2}, {fy: 2027, units: 2}, {fy: 2028", "lots: [{fy: 2034")
    changed(here, "    baseline_delivery: 2028-10\n    current_estimate: 2028-10\n", "")
    (result,) = check(settle=True)
    slip = next(one for one in result.judged if one.name == "programs.ship.slip_months.P80")
    assert slip.verdict == CHANGED
    assert slip.cells()[1:3] == ["beyond the horizon", "beyond the horizon now"]
    assert "changed, beyond the horizon now, margin" in slip.sentence()
    json.dumps(result.plain(), allow_nan=False)
    accept(accepted, "the ship is put off")
    changed(here, "lots: [{fy: 2034", "lots: [{fy: 2025")
    (back,) = check()
    assert next(one for one in back.judged if one.name == slip.name).cells()[2] == "within the horizon now"
    assert "P80" in str(back.sheets()[0])


@pytest.mark.parametrize("now", [-np.inf, np.inf])
def test_a_move_over_the_horizon_of_which_one_end_is_known_is_told(now: float) -> None:
    difference = Value(now, None, 0.0) if now < 0.0 else Value(now, 0.0, None)
    ends = Value(np.inf, 31.0, None), Value(31.0, 30.0, 34.0)
    accepted, today = ends if now < 0.0 else ends[::-1]
    judged = Judged("programs.ship.slip_months.P80", "months", 0.5, INCONCLUSIVE, 200, accepted, today, difference)
    assert "within the horizon now" in judged.cells() or "beyond the horizon now" in judged.cells()
    assert "horizon now, margin 0.5, 200 paired" in judged.sentence()
    json.dumps(judged.plain(), allow_nan=False)


def test_margins_are_data(accepted: Path, here: Path) -> None:
    margins = {"programs.ship.slip_months.mean": 0.0, "programs.ship.slip_months.P80": 99.0}
    accept(accepted, "ships may be late", margins=margins)
    accept(accepted, "again")
    assert {name: read_expectation(accepted).margins()[name] for name in margins} == margins
    changed(here, "current_estimate: 2028-10", "current_estimate: 2029-03")
    verdicts = {one.name: one.verdict for one in check()[0].judged}
    assert verdicts["programs.ship.slip_months.mean"] == CHANGED
    assert verdicts["programs.ship.slip_months.P80"] == EQUIVALENT
    with pytest.raises(RequestError, match="did you mean 'ship'"):
        accept(accepted, "why", margins={"programs.shipp.slip_months.P80": 1.0})


def test_a_new_program_is_named(accepted: Path, here: Path) -> None:
    scenario = here / "tutorial.yaml"
    text = scenario.read_text().partition("expect:")[0]
    scenario.write_text(text.replace("  ship:\n", "  boat:\n").replace("title: Frigate", "title: Boat"))
    (result,) = check()
    assert not result.met
    assert "programs: gone ship; new boat" in result.notes
    assert {one.name for one in result.judged if one.verdict == GONE} == {"programs.ship.slip_months.P80"}


def test_accepting_again_keeps_the_history(accepted: Path) -> None:
    accept(accepted, "again")
    history = read_expectation(accepted).history
    assert [entry["reason"] for entry in history] == ["first", "again"]
    assert len({entry["outcomes_digest"] for entry in history}) == 1


def test_an_expectation_of_an_older_version_is_accepted_anew_with_its_history(accepted: Path) -> None:
    plain = json.loads(accepted.read_text())
    accepted.write_text(json.dumps(plain | {"format_version": 1}))
    with pytest.raises(StoreError, match="accept it anew with: alliancesim check"):
        check()
    accept(accepted, "new format")
    assert [entry["reason"] for entry in read_expectation(accepted).history] == ["first", "new format"]
    assert (read_expectation(accepted).n, read_expectation(accepted).most) == (40, 160)


def test_a_damaged_expectation_is_made_anew_as_it_says(accepted: Path) -> None:
    accepted.write_text(f"<<<<<<< ours\n{accepted.read_text()}")
    advice = "restore it from version control, or delete it and make it with: .* --accept REASON --scenario FILE"
    for scenario in (None, "tutorial.yaml"):
        with pytest.raises(StoreError, match=advice):
            accept(accepted, "again", scenario)
    with pytest.raises(StoreError, match=advice):
        check(accepted)
    accepted.unlink()
    accept(accepted, "again", "tutorial.yaml", n=2, judged_n=2)
    assert read_expectation(accepted).n == 2


def test_what_can_still_be_accepted_anew_says_so(accepted: Path) -> None:
    plain = json.loads(accepted.read_text())
    accepted.write_text(json.dumps(plain | {"columns": None}))
    with pytest.raises(StoreError, match="accept it anew with: alliancesim check"):
        check(accepted)
    accept(accepted, "columns are back", n=2, judged_n=2)
    assert check(accepted)[0].identical


@pytest.mark.parametrize(
    "damage",
    [{"outcomes": None}, {"outcomes": {"programs.ship.slip_months": {}}}, {"n": "many"}, {"seed": []}, {"judged_n": {}},
     {"history": None}, {"history": ["first"]}, {"scenario": None}, {"seed": -1}, {"seed": 2**63}, {"n": 0}, {"judged_n": 0},
     {"outcomes": {"programs.ship.slip_months": {"margins": {"P80": "0.1"}}}},
     {"outcomes": {"programs.ship.slip_months": {"margins": {"P80": -0.1}}}},
     {"outcomes": {"programs.ship.slip_months": {"margins": {"P80": float("nan")}}}},
     {"outcomes": {"programs.ship.slip_months": {"margins": {"P80": True}}}}],
    ids=lambda damage: json.dumps(damage),
)  # fmt: skip
def test_what_accepting_anew_goes_by_must_be_whole(accepted: Path, damage: dict[str, object]) -> None:
    plain = json.loads(accepted.read_text())
    accepted.write_text(json.dumps(plain | damage))
    for act in (lambda: accept(accepted, "again", n=2, judged_n=2), lambda: check(accepted)):
        with pytest.raises(StoreError, match=rf"{next(iter(damage))}.*restore it from version control"):
            act()


SLIP, BOAT = "programs.ship.slip_months", "programs.boat.slip_months"
LATE = np.append(np.zeros(159), np.inf)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["versions"], None, "versions: Input should be a valid dictionary"),
        (["layout"], None, "layout: "),
        (["layout", "programs"], [1, 2], "layout: programs: "),
        (["layout", "years"], 3, "first_replications: fiscal_years: cannot reshape"),
        (["layout", "years"], 10**30, "layout: years: "),
        (["layout", "first_fy"], "2025", "layout: first_fy"),
        (["layout", "currencies"], ["USD", "usd"], "two columns of table fiscal_years"),
        (["replication_digests"], [1] * 40, "replication_digests: 0: "),
        (["outcomes_digest"], None, "outcomes_digest: "),
        (["outcomes", SLIP, "unit"], 3, f"outcomes: {SLIP}: unit: "),
        (["outcomes", SLIP, "digest"], None, f"outcomes: {SLIP}: digest: "),
        (["columns", "boats"], ["slip_months"], "columns: boats: "),
        (["first_replications"], [{}, {}], "first_replications: List should have at most 1 item"),
        (["first_replications"], [{}], "first_replications: fiscal_years: no 'fiscal_years'"),
        (["means", "programs"], "!", "means: programs: "),
        (["values", SLIP], None, f"values: {SLIP}: "),
        (["values", SLIP], {"from": 0.0, "step": 1.0}, f"values: {SLIP}: "),
        (["values", SLIP, "step"], "1", f"values: {SLIP}: "),
        (["values", SLIP, "step"], -1.0, f"values: {SLIP}: "),
        (["values", SLIP, "steps"], "~~~~~~", f"values: {SLIP}: "),
        (["values", SLIP], packed_values(np.zeros(30), Grid(0.0, 0.0)), f"values: {SLIP}: 30 of them, but judged_n = 160"),
        (["values", BOAT], packed_values(np.zeros(160), Grid(0.0, 0.0)), f"values: {BOAT}: there is only one of"),
        (["outcomes", BOAT], {"unit": "months", "margins": {}, "digest": ""}, f"values: {BOAT}: there is only one of"),
        (["judged_n"], 30, "judged_n = 30, but n = 40"),
    ],
    ids=str,
)  # fmt: skip
def test_what_was_edited_or_merged_badly_is_said(accepted: Path, path: list[str], value: object, said: str) -> None:
    plain = json.loads(accepted.read_text())
    *parts, last = path
    part = plain
    for name in parts:
        part = part[name]
    part[last] = value
    (accepted.parent / "sound.json").write_bytes(accepted.read_bytes())
    accepted.write_text(json.dumps(plain))
    sound, broken = check()
    assert sound.met
    assert broken.broken is not None
    assert said in broken.broken
    assert broken.broken.endswith("; accept it anew with: alliancesim check results/reference/tutorial.json --accept REASON")
    with pytest.raises(StoreError, match="not a readable expectation"):
        check(accepted)
    with pytest.raises(StoreError, match="2 expectations are not met"):
        demand([sound, broken])


def test_a_margin_by_hand_of_a_mean_that_is_none_is_said(accepted: Path) -> None:
    plain = json.loads(accepted.read_text())
    plain["outcomes"][SLIP]["margins"]["mean"] = 1.0
    accepted.write_text(json.dumps(plain))
    assert read_expectation(accepted).margins()[f"{SLIP}.mean"] == 1.0
    plain["values"][SLIP] = packed_values(LATE, Grid(0.0, 0.0))
    accepted.write_text(json.dumps(plain))
    with pytest.raises(StoreError, match=r"mean: there is none, 1 of 160 are censored\); restore it from version control"):
        read_expectation(accepted)


def test_replications_that_are_not_as_many_as_digests_are_said(accepted: Path) -> None:
    plain = json.loads(accepted.read_text())
    assert plain["n"] == 40
    accepted.write_text(json.dumps(plain | {"n": 30}))
    with pytest.raises(StoreError, match="n = 30, but there are 40 digests of replications"):
        check(accepted)


def test_a_scenario_is_accepted_where_an_expectation_would_stand(here: Path) -> None:
    (here / "tutorial.yaml").write_text(TUTORIAL.read_text())
    path = accept("tutorial.yaml", "first", n=2, judged_n=2)
    assert path.as_posix() == "results/reference/tutorial.json"
    assert check(path)[0].identical
    with pytest.raises(RequestError, match=r"new\.yaml is the name of a scenario"):
        accept("new.yaml", "first", "tutorial.yaml")
    assert not (here / "new.yaml").exists()


def test_an_expectation_of_another_scenario_of_that_name_is_not_taken_over(here: Path) -> None:
    for folder in ("a", "b"):
        (here / folder).mkdir()
        (here / folder / "base.yaml").write_text(TUTORIAL.read_text())
    path = accept(None, "first", "a/base.yaml", n=2, judged_n=2)
    before = path.read_bytes()
    for arguments in ((None, "second", "b/base.yaml"), ("b/base.yaml", "second")):
        with pytest.raises(RequestError) as refused:
            accept(*arguments, n=2, judged_n=2)
        said = str(refused.value)
        assert said.startswith("results/reference/base.json is the expectation of a/base.yaml, not of b/base.yaml; ")
        assert "a new one: alliancesim check results/reference/NAME.json --accept REASON --scenario b/base.yaml" in said
        assert "take it over: alliancesim check results/reference/base.json --accept REASON --scenario b/base.yaml" in said
    assert path.read_bytes() == before
    accept(None, "again", here / "a" / ".." / "a" / "base.yaml", n=2, judged_n=2)
    accept(path, "it moved", "b/base.yaml", n=2, judged_n=2)
    assert json.loads(path.read_text())["scenario"] == "../../b/base.yaml"


def test_expectations_in_a_linked_folder_find_their_scenario(here: Path) -> None:
    """The link stands at another depth than what it leads to."""
    (here / "work" / "results").mkdir(parents=True)
    (here / "ref").mkdir()
    (here / "work" / "results" / "reference").symlink_to(here / "ref")
    (here / "tutorial.yaml").write_text(TUTORIAL.read_text())
    path = accept("work/results/reference/tutorial.json", "first", "tutorial.yaml", n=2, judged_n=2)
    assert json.loads(path.read_text())["scenario"] == "../tutorial.yaml"
    for one in (path, path.resolve(), Path("ref") / "tutorial.json"):
        assert read_expectation(one).scenario_path() == Path("tutorial.yaml")
        assert check(one)[0].identical
        accept(one, "again", n=2, judged_n=2)


def test_a_linked_scenario_stays_where_its_link_is(here: Path) -> None:
    (here / "store").mkdir()
    (here / "store" / "v1").write_text(f"name: mine\nextends: {TUTORIAL}\nset: {{programs.ship.unit_cost_bn: 90.0}}\n")
    (here / "mine.yaml").symlink_to(here / "store" / "v1")
    path = accept(None, "first", "mine.yaml", n=2, judged_n=2)
    assert json.loads(path.read_text())["scenario"] == "../../mine.yaml"
    assert check(path)[0].identical


def test_a_scenario_outside_of_the_current_folder_is_named_in_full(
    accepted: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(accepted.parent)
    assert read_expectation(Path("tutorial.json")).scenario_path() == here.resolve() / "tutorial.yaml"


@pytest.mark.parametrize("margin", [np.nan, np.inf, -1.0, "0.1", None, True])
def test_margins_that_are_none_are_refused_before_anything_is_simulated(accepted: Path, margin: float) -> None:
    def never(done: int, n: int) -> None:
        pytest.fail("it was simulated")

    before = accepted.read_bytes()
    with pytest.raises(RequestError, match=r"margin of programs\.ship\.slip_months\.P80 = .*; a number of at least 0"):
        accept(accepted, "why", progress=never, margins={"programs.ship.slip_months.P80": margin})
    assert accepted.read_bytes() == before


def test_margins_may_be_numbers_of_any_kind(accepted: Path) -> None:
    accept(accepted, "why", n=2, judged_n=2, margins={"programs.ship.slip_months.P80": np.int64(2)})
    assert read_expectation(accepted).margins()["programs.ship.slip_months.P80"] == 2.0


def test_commands_that_are_suggested_are_quoted(here: Path) -> None:
    (here / "my scen.yaml").write_text(TUTORIAL.read_text())
    path = accept(None, "first", "my scen.yaml", n=2, judged_n=2)
    changed(here, "spot_rate: 147.0", "spot_rate: 147.1", "my scen.yaml")
    notes = "\n".join(check(path)[0].notes)
    assert "alliancesim explain 'my scen.yaml' --seed 7 --replication 0" in notes
    assert "alliancesim check --trace old.json --scenario 'my scen.yaml'" in notes
    assert "alliancesim check 'results/reference/my scen.json' --accept REASON" in notes
    path.write_text(json.dumps(json.loads(path.read_text()) | {"columns": None}))
    with pytest.raises(StoreError, match="alliancesim check 'results/reference/my scen.json' --accept REASON"):
        check(path)
    with pytest.raises(CheckFailed, match="alliancesim check 'no one.json' --accept REASON --scenario FILE"):
        check("no one.json")
    (here / "my scen.yaml").write_text(TUTORIAL.read_text().partition("expect:")[0])
    with pytest.raises(CheckFailed, match="alliancesim check --accept REASON --scenario 'my scen.yaml'"):
        check("my scen.yaml")


def test_replications_to_judge_by_are_named_as_they_were_given(here: Path) -> None:
    with pytest.raises(RequestError, match=r"judged = 20000000; a whole number from 1 to 10,000,000"):
        accept(None, "why", TUTORIAL, judged_n=20_000_000)
    with pytest.raises(RequestError, match=r"judged = -1; a whole number"):
        accept(None, "why", TUTORIAL, judged_n=-1)


def test_a_missing_expectation_fails_and_is_not_made(here: Path) -> None:
    with pytest.raises(CheckFailed, match="alliancesim check --accept"):
        check()
    with pytest.raises(CheckFailed, match="--accept REASON --scenario FILE"):
        check("none.json")
    with pytest.raises(CheckFailed):
        accept("none.json", "why")
    with pytest.raises(RequestError, match="needs a reason"):
        accept("none.json", "  ", TUTORIAL)
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("text", ["", "[]", '{"format": "x", "format_version": 1}', '{"format": "alliancesim expectation"}'])
def test_a_broken_expectation_is_said(here: Path, text: str) -> None:
    (here / "broken.json").write_text(text)
    with pytest.raises(StoreError, match=r"broken\.json: not "):
        check("broken.json")


@pytest.mark.parametrize("there", [True, False])
def test_programs_that_read_a_check_are_told_of_the_only_one_that_is_broken(
    here: Path, capsys: pytest.CaptureFixture[str], there: bool
) -> None:
    if there:
        (here / "results" / "reference").mkdir(parents=True)
        (here / "results" / "reference" / "broken.json").write_text("[]")
    expected = 2 if there else 1
    assert status(["check", "--json"]) == expected
    out, err = capsys.readouterr()
    (plain,) = json.loads(out)
    assert plain["met"] is False
    assert plain["broken"] in err
    assert status(["check", "--format", "github"]) == expected
    assert capsys.readouterr().out.startswith("::error file=results/reference")
    assert status(["check"]) == expected
    assert capsys.readouterr().out == ""


def test_one_broken_expectation_of_several_leaves_the_others_judged(accepted: Path) -> None:
    (accepted.parent / "broken.json").write_text("[]")
    broken, sound = check()
    assert (broken.met, sound.met) == (False, True)
    assert broken.verdict().startswith("results/reference/broken.json: NOT judged: ")
    assert broken.plain()["broken"] in broken.verdict()
    assert broken.sheets() == []
    first, second = workflow_commands([broken, sound])
    assert first.startswith("::error file=results/reference/broken.json,")
    assert second.startswith("::notice file=results/reference/tutorial.json,")
    with pytest.raises(StoreError, match="1 of 2 expectations are not met: results/reference/broken.json"):
        demand([broken, sound])


def test_a_folder_of_expectations_names_them(accepted: Path) -> None:
    with pytest.raises(StoreError, match="is a folder; name an expectation: results/reference/tutorial.json"):
        check(accepted.parent)


def test_packing_is_exact() -> None:
    array = np.array([[0.1, -0.0, np.nan], [1e-300, np.pi, 1e300]])
    back = unpacked_tables({"t": packed(array)}, {"t": (2, 3)})["t"]
    assert back.tobytes() == array.tobytes()


def test_judged_values_are_kept_to_a_two_hundredth_of_their_spread() -> None:
    values = np.append(np.random.default_rng(1).lognormal(3.0, 1.0, 300), np.inf)
    back, grid = unpacked_values(packed_values(values, grid_of(values, [99.0])))
    assert back.tobytes() == grid_of(values, [99.0]).rounded(values).tobytes()
    assert grid.rounded(back).tobytes() == back.tobytes()
    assert np.isinf(back[-1])
    assert grid.step <= np.std(values[:-1]) / 200 < 2 * grid.step
    assert np.abs(back[:-1] - values[:-1]).max() <= grid.step / 2


@pytest.mark.parametrize("margin", [5.0, 0.1, 1e-4])
def test_judged_values_are_kept_to_a_fiftieth_of_the_smallest_margin(margin: float) -> None:
    values = np.where(np.arange(300) % 3, 525.0, 604.0)
    back, grid = unpacked_values(packed_values(values, grid_of(values, [99.0, margin])))
    assert grid.step <= margin / 50 < 2 * grid.step
    assert np.abs(back - values).max() <= grid.step / 2


@pytest.mark.parametrize(
    ("values", "margin"),
    [([525.0, 604.1, np.inf], 0.0), ([0.1, 0.1, 0.1], 1.0), ([0.1, 0.1, np.inf], 1.0), ([np.inf, np.inf], 1.0),
     ([1.1, 1e6], 1e-9), ([0.1, 0.3], 1e-323)],
    ids=str,
)  # fmt: skip
def test_what_has_no_steps_is_kept_as_it_is(values: list[float], margin: float) -> None:
    array = np.array(values)
    back, grid = unpacked_values(packed_values(array, grid_of(array, [99.0, margin])))
    assert back.tobytes() == array.tobytes()
    assert grid.rounded(array + 0.001).tobytes() == (array + 0.001).tobytes()


def test_values_of_version_2_are_read() -> None:
    text = packed_values(np.array([5.0, 5.5, np.inf]), Grid(5.0, 0.25))["steps"]
    assert unpacked_values({"from": 5.0, "step": 0.25, "steps": text})[0].tolist() == [5.0, 5.5, np.inf]
    assert unpacked_values({"from": 5, "step": 10**30, "steps": text})[0][1] == 2e30
    constant, grid = unpacked_values({"from": 5.0, "step": 0.0, "steps": text})
    assert (constant.tolist(), grid.step) == ([5.0, 5.0, np.inf], 0.0)


LUMPY = "programs.missile.contracted_cost_bn"


def judged(margins: dict[str, float], values: np.ndarray, now: np.ndarray, step: float | None = None) -> dict[str, Judged]:
    """Verdicts by statistic. step: to which an older version rounded the accepted values; None: as they are kept today."""
    layout = Layout.of(compile_plan(load_scenario(TUTORIAL)))
    statistics = find_statistics([f"{LUMPY}.{name}" for name in margins], layout)
    held = kept(zip(statistics, margins.values(), strict=True), lambda _: values, len(values))
    if step is not None:
        grid = Grid(float(values.min()), step)
        held = {name: replace(one, values=grid.rounded(values), grid=grid) for name, one in held.items()}
    found = judge(pairings(held, len(values), statistics, lambda _: now), len(values))
    return {one.name.rpartition(".")[2]: one for one in found}


FLEET = np.where(np.arange(200) % 3, 525.3, 604.1)


@pytest.mark.parametrize(
    ("margins", "move", "verdict"),
    [({"mean": 0.01, "median": 0.0}, 0.0788, CHANGED), ({"mean": 0.01}, 0.0788, CHANGED), ({"mean": 0.1}, 0.0788, EQUIVALENT),
     ({"mean": 0.245}, 0.236, EQUIVALENT), ({"P80": 0.245}, 0.236, EQUIVALENT), ({"mean": 0.245}, -0.236, EQUIVALENT),
     ({"mean": 0.245}, 0.255, CHANGED), ({"P80": 0.245}, -0.255, CHANGED)],
)  # fmt: skip
def test_a_move_of_all_replications_is_no_matter_of_rounding(margins: dict[str, float], move: float, verdict: str) -> None:
    assert {one.verdict for one in judged(margins, FLEET, FLEET + move).values()} == {verdict}


@pytest.mark.parametrize("statistic", ["mean", "P80"])
@pytest.mark.parametrize(
    ("margin", "move", "verdict"),
    [(0.0, 0.1, INCONCLUSIVE), (0.2, 0.01, INCONCLUSIVE), (0.2, 0.23, INCONCLUSIVE), (0.2, 1.0, CHANGED), (0.6, 0.1, EQUIVALENT)],
)
def test_what_an_older_version_rounded_coarsely_is_not_decided_by_that(
    statistic: str, margin: float, move: float, verdict: str
) -> None:
    """To a quarter: what is seen of a move is none, or a quarter."""
    (one,) = judged({statistic: margin}, FLEET, FLEET + move, step=0.25).values()
    assert one.verdict == verdict
    assert one.needed is None
    assert one.catches is not None
    assert one.catches >= margin + 0.25


@pytest.mark.parametrize("move", [0.5, 0.99, 1.0, 1.01, 1.5])
def test_what_noise_leaves_open_says_how_many_more_would_settle_it(move: float) -> None:
    accepted, now = np.random.default_rng(3).normal(0.0, 5.0, (2, 200))
    one = judged({"mean": 1.0}, accepted, now - np.mean(now - accepted) + move)["mean"]
    assert one.verdict == INCONCLUSIVE
    assert one.needed is not None
    assert one.needed > 200


def test_a_move_that_rounding_hides_says_so(accepted: Path, here: Path) -> None:
    """The fleet's units recur; they are kept to a quarter by version 2, which knew no margin."""
    name = "fiscal_years.2034.operational_fleet_bn"
    accept(accepted, "a hundredth matters", n=200, judged_n=200, margins={f"{name}.mean": 0.01, f"{name}.median": 0.0})
    plain = json.loads(accepted.read_text())
    values, _ = unpacked_values(plain["values"][name])
    changed(here, "unit_cost_bn: 100.0", "unit_cost_bn: 100.01")
    verdicts = {one.name: one.verdict for one in check(accepted)[0].judged}
    assert (verdicts[f"{name}.mean"], verdicts[f"{name}.median"]) == (CHANGED, CHANGED)
    plain["values"][name] = packed_values(values, Grid(float(values.min()), 0.25))
    accepted.write_text(json.dumps(plain | {"format_version": 2}))
    (result,) = check(accepted)
    verdicts = {one.name: one.verdict for one in result.judged}
    assert (verdicts[f"{name}.mean"], verdicts[f"{name}.median"]) == (INCONCLUSIVE, INCONCLUSIVE)
    notes = [note for note in result.notes if "rounded" in note]
    assert notes[0].startswith(f"{name}.mean lies as near its margin as accepted values are rounded, 0.25 bn; ")
    assert notes[1].startswith(f"{name}.median lies as near ")
    assert notes[0].endswith("with the accepted version: alliancesim check results/reference/tutorial.json --accept REASON")


def test_a_value_that_recurs_is_no_change_by_the_rounding_of_the_accepted_ones() -> None:
    """Margin 0, values 47.3 and 53.1 and a spread that rounds both; one replication of 200 has moved."""
    layout, draws = Layout.of(compile_plan(load_scenario(TUTORIAL))), np.random.default_rng(2)
    values = np.where(draws.random(200) < 0.1, draws.normal(40.0, 5.0, 200), np.where(draws.random(200) < 0.1, 53.1, 47.3))
    statistics = find_statistics(["programs.missile.slip_months.median", "programs.missile.contracted_cost_bn.mean"], layout)
    held = kept([(statistic, 0.0) for statistic in statistics], lambda _: values, 200)
    now = np.append(values[:-1], 53.1)
    for one in judge(pairings(held, 200, statistics, lambda _: now), 200):
        assert one.difference is not None
        assert one.difference.low is not None
        assert one.difference.low <= 0.0
        assert one.verdict != CHANGED
