"""Conditions, effects and workforces: worked by hand, on and off, and nothing at strength zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from harness import Run, Simulation, Tree, overlay, plain, run, same

from alliancesim.rules.grid import snap_duration

N = 40


def shipyard(**changes: Any) -> Tree:
    """A tool that is delivered after 6 months, and a ship that takes 20 months from its contract in the second year."""
    tree = plain(12, conditions={"skill": {}}, programs__ship__lots=[{"fy": 2026, "units": 1}])
    tree["programs"]["tool"] = tree["programs"]["ship"] | {"lots": [{"fy": 2025, "units": 1}],
                                                           "stages": {"build": {"duration_months": 6.0}}}  # fmt: skip
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


def with_skill(**effect: Any) -> Tree:
    """The same, where the tool moves a condition that slows the ship."""
    effects = {"skill": {"condition": "skill", "on": "first_delivery"} | effect}
    return shipyard(programs__tool__effects=effects, programs__ship__stages={"build": {"slowed_by": {"skill": 0.5}}})


def months(result: Run, cause: str = "slip_months") -> float:
    """Slip of the ship, or another outcome of it."""
    return result.program("ship", cause)


@pytest.mark.parametrize(("effect", "value"), [({"add": 3.0}, 4.0), ({"mult": 0.25}, 0.25), ({"mult": 0.0}, 0.05)])
def test_an_effect_moves_a_condition_and_the_stage_that_reads_it(effect: dict[str, float], value: float) -> None:
    result = run(with_skill(**effect))

    assert result.condition("skill").tolist() == [value] * 12
    longer = float(snap_duration(20.0 * value**-0.5)) - 20.0
    assert months(result) == longer
    assert months(result, "delay_estimate_months") == longer


def test_an_effect_is_felt_from_its_instant_on() -> None:
    tree = with_skill(add=3.0)
    tree["programs"]["ship"]["lots"] = [{"fy": 2025, "units": 1}, {"fy": 2026, "units": 1}]
    result = run(tree)

    assert months(result, "first_delivery_months") == 20.0  # begun before the tool was there
    assert months(result, "completion_months") == 12.0 + 10.0


@pytest.mark.parametrize("on", ["first_delivery", "first_operational", "completion"])
def test_each_milestone_has_its_effects(on: str) -> None:
    stages = {"build": {"duration_months": 14.0, "milestone": "delivered"},
              "fit": {"duration_months": 12.0, "milestone": "operational"}}  # fmt: skip
    tree = plain(8, conditions={"skill": {}}, channels__domestic__stages=stages)
    tree["programs"]["ship"] |= {"lots": [{"fy": 2025, "units": 1}, {"fy": 2028, "units": 1}],
                                 "effects": {"x": {"on": on, "condition": "skill", "add": 1.0}}}  # fmt: skip
    reached = {"first_delivery": 1, "first_operational": 2, "completion": 4}[on]  # years that end before months 14, 26 and 50

    assert run(tree).condition("skill").tolist() == [1.0] * reached + [2.0] * (8 - reached)


def test_what_was_reached_before_the_start_is_part_of_the_start() -> None:
    before = overlay(with_skill(add=3.0), {"programs.tool.lots": [{"fy": 2024, "units": 1}, {"fy": 2027, "units": 1}]})
    known = overlay(with_skill(add=3.0), {"programs.tool.delivered_before_units": 1})

    assert run(before).condition("skill").tolist() == [1.0] * 12
    assert run(known).condition("skill").tolist() == [1.0] * 12


def test_effects_are_nothing_when_off_or_without_strength() -> None:
    tree = with_skill(add=3.0)
    off = run(overlay(tree, {"mechanisms.effects": False}))
    plainly = run(overlay(tree, {"programs.tool.effects": {}}))
    neutral = run(overlay(tree, {"programs.tool.effects.skill": {"condition": "skill", "mult": 1.0}}))
    unread = run(overlay(tree, {"programs.ship.stages.build.slowed_by": {}}))
    weak = run(overlay(tree, {"programs.ship.stages.build.slowed_by": {"skill": 0.0}}))

    assert months(run(tree)) < 0.0 == months(off)
    assert same(off.outcomes, plainly.outcomes)
    assert same(off.outcomes, neutral.outcomes)
    assert same(weak.outcomes, unread.outcomes)
    assert months(weak) == 0.0


@pytest.mark.parametrize(("name", "cause"), [("support", "approval"), ("crews", "staffing"), ("skill", "estimate")])
def test_what_a_condition_adds_is_charged_to_its_cause(name: str, cause: str) -> None:
    fading = {"support": {"initial_share": 1.0, "mean_share": 0.64, "half_life_months": 0.01}}
    tree = shipyard(conditions__skill__initial=0.64, linkage=fading, programs__ship__lots=[{"fy": 2026, "units": 1}])
    tree["workforce"] = {"crews": {"initial": 64.0, "required": 100.0, "cohort": 0.0, "recruiting_share": 0.0,
                                   "attrition_share": 0.0}}  # fmt: skip
    result = run(overlay(tree, {"programs.ship.stages": {"build": {"slowed_by": {name: 0.5}}}}))

    assert months(result) == months(result, f"delay_{cause}_months") == 5.0


@pytest.mark.parametrize("changes", [{"linkage__pressure__decay_elasticity": 0.0}, {"programs__tool__effects__skill__mult": 1.0}])
def test_pressure_that_decays_as_before_is_the_same_to_the_bit(changes: Tree) -> None:
    tree = shipyard(linkage={"pressure": {"initial": 0.7, "half_life_months": 7.0}},
                    programs__tool__effects={"skill": {"condition": "skill", "on": "first_delivery", "mult": 1.2}})  # fmt: skip
    read = {"linkage.pressure.decay_condition": "skill", "linkage.pressure.decay_elasticity": 2.0}
    settings = {key.replace("__", "."): value for key, value in changes.items()}

    assert np.array_equal(run(tree).fiscal("pressure"), run(overlay(tree, read | settings)).fiscal("pressure"))


def test_support_has_a_floor() -> None:
    fading = {"support": {"initial_share": 1.0, "mean_share": 0.0, "half_life_months": 0.01, "floor_share": 0.25}}
    tree = shipyard(linkage=fading, programs__ship__lots=[{"fy": 2026, "units": 1}],
                    programs__ship__stages={"build": {"slowed_by": {"support": 0.5}}})  # fmt: skip

    assert months(run(tree)) == 20.0


def test_a_condition_opens_slots_in_the_middle_of_a_year() -> None:
    tree = shipyard(resources={"yard": {"kind": "slots", "capacity": 1, "scaled_by": {"skill": 1.0}}},
                    channels__domestic__stages__build__resource="yard")  # fmt: skip
    tree["programs"]["ship"]["lots"] = [{"fy": 2025, "units": 1}]
    tree["programs"]["boat"] = tree["programs"]["ship"] | {"priority": 6}
    tree["programs"]["tool"]["stages"]["build"]["resource"] = None
    tree["channels"]["tools"] = {"payment": {"shares": [1.0]},
                                 "stages": {"build": {"duration_months": 6.0, "milestone": "delivered"}}}  # fmt: skip
    tree["programs"]["tool"] = tree["programs"]["tool"] | {"channel": "tools", "stages": {}}
    tree["programs"]["tool"]["effects"] = {"more": {"on": "completion", "condition": "skill", "add": 0.99}}
    almost = run(tree)
    result = run(overlay(tree, {"programs.tool.effects.more.add": 1.0}))

    assert almost.program("boat", "first_delivery_months") == 40.0
    assert result.program("boat", "first_delivery_months") == 26.0
    assert result.program("boat", "delay_queueing_months") == 6.0
    assert result.resource_year("yard", "utilization_share")[0] == (6.0 + 2.0 * 6.0) / (1.0 * 6.0 + 2.0 * 6.0)


def test_a_condition_speeds_up_a_line() -> None:
    tree = with_skill(add=1.0)
    tree = overlay(tree, {"resources": {"plant": {"kind": "line", "capacity": 0.1, "scaled_by": {"skill": 1.0}}},
                          "programs.ship.stages.build": {"resource": "plant", "duration_months": 2.0}})  # fmt: skip

    assert months(run(tree), "first_delivery_months") == 12.0 + 2.0 + 5.0
    assert months(run(overlay(tree, {"mechanisms.effects": False})), "first_delivery_months") == 12.0 + 2.0 + 10.0


def barracks(**changes: Any) -> Tree:
    """A workforce under a shrinking cohort, and a ship that needs it."""
    tree = plain(6, workforce={"crews": {
        "initial": 100.0, "required": 100.0, "cohort": {2025: 50.0, 2026: 40.0, 2027: 30.0}, "recruiting_share": 0.25,
        "attrition_share": 0.125,
    }})  # fmt: skip
    tree["programs"]["ship"]["stages"] = {"build": {"slowed_by": {"crews": 1.0}}}
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


def test_a_workforce_is_stock_and_flow() -> None:
    result = run(barracks())

    stock = [100.0]
    for cohort in (40.0, 30.0, 30.0, 30.0, 30.0):
        stock.append(stock[-1] * 0.875 + 0.25 * cohort)
    assert result.workforce("crews", "stock_people").tolist() == stock
    assert result.workforce("crews", "required_people").tolist() == [100.0] * 6
    assert result.workforce("crews", "staffing_share").tolist() == [people / 100.0 for people in stock]


def test_crews_are_required_from_the_year_after() -> None:
    result = run(barracks(programs__ship__crew={"crews": 10.0}))  # ten ships operational in month 20

    assert result.workforce("crews", "required_people").tolist() == [100.0, 100.0, 200.0, 200.0, 200.0, 200.0]
    unmanned = run(barracks(programs__ship__crew={"crews": 0.0}))
    assert (unmanned.workforce("crews", "staffing_share")[2:] > result.workforce("crews", "staffing_share")[2:]).all()


def test_recruiting_is_scaled_by_conditions() -> None:
    tree = barracks(conditions={"pay": {"initial": 4.0}}, workforce__crews__scaled_by={"pay": 0.5})

    assert run(tree).workforce("crews", "stock_people")[1] == 87.5 + 2.0 * 10.0


def test_a_stock_on_record_is_fact_and_the_years_after_it_are_drawn() -> None:
    tree = barracks(horizon__as_of="2026-06", workforce__crews__recruiting_sd_share=0.5,
                    workforce__crews__known={2025: 90.0, 2026: 70.0})  # fmt: skip
    runs = Simulation(tree).runs(N)
    stocks = np.array([r.workforce("crews", "stock_people") for r in runs])

    assert stocks[:, :2].tolist() == [[90.0, 70.0]] * N
    logs = np.log((stocks[:, 2] - 70.0 * 0.875) / 7.5) / 0.5
    assert len(set(logs)) == N
    assert abs(logs.mean()) < 4.42 / math.sqrt(N)  # false alarm 1e-5


def test_few_people_slow_what_needs_them_and_nothing_when_off() -> None:
    tree = barracks(programs__ship__lots=[{"fy": 2028, "units": 1}], workforce__crews__ceiling=1.0)
    on, off = run(tree), run(overlay(tree, {"mechanisms.workforce": False}))
    plenty = run(overlay(tree, {"workforce.crews.cohort": 1000.0}))

    assert months(on) == months(on, "delay_staffing_months") > 0.0 == months(off) == months(plenty)
    assert off.workforce("crews", "staffing_share").tolist() == [1.0] * 6
    assert off.workforce("crews", "stock_people").tolist() == [100.0] * 6


def pressed(**changes: Any) -> Tree:
    """A ship whose approval feels pressure, and a partnership in force after 6 months."""
    tree = shipyard(conditions={"ties": {"initial": 0.5, "floor": 0.0}, "trust": {}}, linkage={
        "pressure": {"initial": 1.0, "half_life_months": 12.0}, "partner_ties": 0.25, "ties_condition": "ties"})  # fmt: skip
    tree["programs"]["ship"]["stages"] = {"build": {"pressure_elasticity": 1.0}}
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


def test_ties_damp_the_pressure_that_stages_feel() -> None:
    half = 20.0 * 0.5  # pressure of 1, a half-life after the start

    assert months(run(pressed())) == half
    assert months(run(pressed(linkage__pressure__ties_damping_share=0.5))) == half * (1.0 - 0.5 * 0.75)
    tied = pressed(linkage__pressure__ties_damping_share=0.5,
                   programs__tool__effects={"x": {"condition": "ties", "add": 0.25}})  # fmt: skip
    assert months(run(tied)) == half * 0.5
    assert months(run(overlay(tied, {"linkage.pressure.ties_damping_share": 4.0}))) == 0.0


def test_ties_move_rounds() -> None:
    tree = pressed(linkage__logit={"ties": 40.0, "cut_failure": 50.0, "cut_favorable": 50.0},
                   linkage__rounds={"talks": {"dates": ["2026-03"]}},
                   linkage__outcomes={"favorable": {"regime": "linked"}, "failure": {"regime": "ruptured"}})  # fmt: skip
    better = overlay(tree, {"programs.tool.effects": {"x": {"condition": "ties", "add": 1.0}}})

    assert {Simulation(tree).run(replication=r).fiscal("regime")[0] for r in range(N)} == {3.0}  # score 30 against 50
    assert {Simulation(better).run(replication=r).fiscal("regime")[0] for r in range(N)} == {2.0}  # 70


def test_pressure_decays_faster_from_the_instant_a_condition_moves() -> None:
    tree = pressed(linkage__pressure__decay_condition="trust", linkage__pressure__decay_elasticity=0.5)
    tree = overlay(tree, {"programs.tool.effects": {"x": {"condition": "trust", "mult": 4.0}}})
    result = run(tree)

    assert result.fiscal("pressure")[0] == pytest.approx(0.5**0.5 * 0.5)  # half a half-life, then a whole one
    off = run(overlay(tree, {"linkage.pressure.decay_elasticity": 0.0}))
    assert off.fiscal("pressure")[0] == pytest.approx(0.5)
    assert result.fiscal("support_share").tolist() == off.fiscal("support_share").tolist()


def test_a_condition_at_the_start_sets_the_half_life() -> None:
    tree = pressed(linkage__pressure__decay_condition="trust", linkage__pressure__decay_elasticity=1.0,
                   conditions__trust__initial=2.0)  # fmt: skip

    assert run(tree).fiscal("pressure")[0] == pytest.approx(0.25)


def test_a_condition_that_moves_without_a_pull_leaves_pressure_alone() -> None:
    drag = {"pressure_drag_per_month": 0.01, "half_life_months": 9.0}
    tree = pressed(linkage__support=drag, linkage__pressure__decay_condition="trust", linkage__pressure__decay_elasticity=0.0)
    moved = run(overlay(tree, {"programs.tool.effects": {"x": {"condition": "trust", "mult": 4.0}}}))

    assert moved.fiscal("pressure") == pytest.approx(run(tree).fiscal("pressure"), rel=1e-12)
    assert moved.fiscal("support_share") == pytest.approx(run(tree).fiscal("support_share"), rel=1e-12)


def test_an_innovation_fund_shortens_the_gates_of_research() -> None:
    gate = {"duration_months": 8.0, "slowed_by": {"fund": 0.5}, "failure_probability": 0.2,
            "rework": {"probability": 0.3, "to": "study", "most": 2, "work_share": 0.5}}  # fmt: skip
    tree = plain(10, conditions={"fund": {"initial": 1.0}})
    tree["channels"]["research"] = {"payment": {"shares": [1.0]}, "stages": {
        "study": {"duration_months": 10.0}, "demonstrate": gate, "prove": gate | {"milestone": "delivered"}}}  # fmt: skip
    tree["programs"]["laser"] = tree["programs"]["ship"] | {"channel": "research", "lots": [{"fy": 2025, "units": 1}]}
    tree["programs"]["ship"]["stages"] = {"build": {"after": ["laser.completion"]}}
    poor, rich = Simulation(tree), Simulation(overlay(tree, {"conditions.fund.initial": 4.0}))
    pairs = [(poor.run(replication=r), rich.run(replication=r)) for r in range(N)]
    ready = [one.program("laser", "completion_censored") == 0.0 for one, _ in pairs]

    assert 0 < sum(ready) < N, "some are given up"
    assert all(
        one.program("laser", "completion_censored") == other.program("laser", "completion_censored") for one, other in pairs
    )
    for (one, other), proven in zip(pairs, ready, strict=True):
        assert months(one, "first_delivery_censored") == (0.0 if proven else 1.0)
        assert other.program("laser", "completion_censored") == (0.0 if proven else 1.0)
        if proven:
            gained = one.program("laser", "first_delivery_months") - other.program("laser", "first_delivery_months")
            assert gained >= 8.0  # each gate takes half as long, whatever is repeated
            assert months(one, "first_delivery_months") - months(other, "first_delivery_months") == gained


def crews(**numbers: Any) -> Tree:
    """A workforce that nobody joins or leaves."""
    return {"initial": 100.0, "required": 100.0, "cohort": 0.0, "recruiting_share": 0.0, "attrition_share": 0.0} | numbers


def test_workforces_stand_beside_one_another() -> None:
    workforce = {
        "army": crews(initial=80.0, cohort=20.0, recruiting_share=0.5, scaled_by={"pay": 1.0}),
        "navy": crews(
            initial=60.0, required=90.0, cohort=40.0, recruiting_share=0.5, attrition_share=0.5, scaled_by={"pay": 2.0}
        ),
    }
    tree = plain(3, workforce=workforce, conditions={"pay": {"initial": 2.0}, "trust": {"initial": 3.0}},
                 resources={"yard": {"kind": "slots", "capacity": 1, "scaled_by": {"trust": 1.0}}})  # fmt: skip
    found = run(tree)

    assert found.workforce("army", "stock_people").tolist() == [80.0, 100.0, 120.0]
    assert found.workforce("army", "required_people").tolist() == [100.0] * 3
    assert found.workforce("army", "staffing_share").tolist() == [0.8, 1.0, 1.2]
    assert found.workforce("navy", "stock_people").tolist() == [60.0, 110.0, 135.0]
    assert found.workforce("navy", "required_people").tolist() == [90.0] * 3
    assert found.workforce("navy", "staffing_share").tolist() == pytest.approx([60.0 / 90.0, 110.0 / 90.0, 1.5])


def test_a_planned_share_is_as_good_as_whole_and_is_read_so() -> None:
    tree = plain(4, workforce={"crews": crews(initial=75.0, planned_share=0.75)},
                 programs__ship__stages={"build": {"slowed_by": {"crews": 1.0}}})  # fmt: skip
    found, half = run(tree), run(overlay(tree, {"workforce.crews.planned_share": 0.9375}))

    assert found.program("ship", "slip_months") == 0.0
    assert half.program("ship", "slip_months") == pytest.approx(5.0, abs=0.002)  # 1 / 0.8 of 20 months
    assert found.workforce("crews", "staffing_share").tolist() == [0.75] * 4
    assert half.workforce("crews", "staffing_share").tolist() == pytest.approx([0.75] * 4)


def test_crews_of_what_was_there_before_are_in_the_data() -> None:
    tree = plain(4, workforce={"crews": crews()}, programs__ship__delivered_before_units=7, programs__ship__crew={"crews": 2.0})

    assert run(tree).workforce("crews", "required_people").tolist() == [100.0, 100.0, 120.0, 120.0]


def test_a_completion_has_its_effect_where_some_were_delivered_before() -> None:
    effects = {name: {"on": name, "condition": name, "add": 1.0} for name in ("first_delivery", "completion")}
    tree = plain(4, conditions={"first_delivery": {}, "completion": {}}, programs__ship__effects=effects,
                 programs__ship__delivered_before_units=3)  # fmt: skip
    found = run(tree)

    assert found.condition("first_delivery").tolist() == [1.0] * 4
    assert found.condition("completion").tolist() == [1.0, 2.0, 2.0, 2.0]


def test_capacity_follows_its_own_conditions_from_the_start() -> None:
    tree = plain(6, conditions={"trust": {"initial": 2.0}, "skill": {"initial": 0.5}}, resources={
        "dock": {"kind": "slots", "capacity": 2, "scaled_by": {"skill": 1.0}},
        "yard": {"kind": "slots", "capacity": 1, "scaled_by": {"trust": 1.0}},
    }, channels__domestic__stages__build__resource="yard")  # fmt: skip
    tree["channels"]["docked"] = overlay(tree["channels"]["domestic"], {"stages.build.resource": "dock"})
    for name, channel in (("boat", "domestic"), ("tug", "docked"), ("tow", "docked")):
        tree["programs"][name] = tree["programs"]["ship"] | {"channel": channel}
    simulation = Simulation(tree)
    found = simulation.run()

    assert [found.program(name, "first_delivery_months") for name in ("boat", "ship", "tow", "tug")] == [20.0, 20.0, 20.0, 40.0]
    assert found.resource_year("yard", "utilization_share")[:2].tolist() == [1.0, 8.0 / 12.0]
    assert found.resource_year("dock", "utilization_share")[:4].tolist() == [1.0, 1.0, 1.0, 4.0 / 12.0]
    assert same(simulation.run().outcomes, found.outcomes)


def test_capacity_follows_a_workforce_as_it_is_counted() -> None:
    tree = plain(4, workforce={"crews": crews(initial=50.0, cohort={2025: 0.0, 2026: 100.0}, recruiting_share=0.5)},
                 resources={"yard": {"kind": "slots", "capacity": 2, "scaled_by": {"crews": 1.0}}},
                 channels__domestic__stages__build__resource="yard")  # fmt: skip
    tree["programs"]["tug"] = tree["programs"]["ship"] | {"priority": 9}
    found = run(tree)

    assert found.program("ship", "first_delivery_months") == 20.0
    assert found.program("tug", "first_delivery_months") == 32.0
