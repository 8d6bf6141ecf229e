"""What every term of a budget, a contract and a year's books comes to: small sums worked by hand from section 2.5 of docs/model.md."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Run, Tree, overlay, plain, run


def contracted(result: Run, name: str = "ship") -> list[float]:
    """Units contracted by the end of each year."""
    return result.program_year(name, "contracted_units").tolist()


def test_an_expected_topline_given_as_a_share_grows_with_mean_growth() -> None:
    # topline 1000 in FY2025, expected 1250 and 1562.5; a ship takes 1, 1 and 6 bn of 100, 150 and 24
    tree = plain(
        3, economy__gdp={"base_fy": 2024, "base_bn": 800000.0, "mean_share": 0.25}, money__topline_bn=...,
        money__topline_share_of_gdp=0.001, money__personnel_bn={2025: 900.0, 2026: 1100.0, 2027: 1538.5},
        channels__domestic__payment={"shares": [0.125, 0.125, 0.75]}, programs__ship__lots=[{"fy": 2025, "units": 20}],
    )  # fmt: skip

    assert contracted(run(tree))[0] == 4.0


ROOM: Tree = {
    "money__topline_bn": {2025: 1000.0, 2026: 400.0}, "money__personnel_bn": 300.0,
    "channels__domestic__payment": {"shares": [0.125, 0.875]}, "programs__ship__lots": [{"fy": 2025, "units": 20}],
}  # fmt: skip
"""Ships that take 1 bn of their first year and 7 of their second, in which 100 bn are left: 14 ships."""


@pytest.mark.parametrize(
    ("changes", "units"),
    [
        ({}, 14.0),
        ({"money__funding": {"later_years_share": 0.5}}, 7.0),  # 50
        ({"money__hns_bn": 16.0, "money__hns_bucket": "arms"}, 12.0),  # 84
        ({"money__opening_burden": {"runoff_bn": {2025: 5.0, 2026: 30.0, 2027: 0.0}}}, 10.0),  # 70
        ({"money__personnel_bn": {2025: 300.0, 2026: 370.0}}, 4.0),  # 30
    ],
)
def test_room_of_a_later_year_is_what_its_topline_leaves(changes: dict[str, Any], units: float) -> None:
    assert contracted(run(plain(3, **ROOM | changes)))[0] == units


def test_support_paid_to_hosts_takes_room_of_later_years_as_it_stands_now() -> None:
    talks = {"dates": ["2025-10"], "hns": True}
    linkage = {"rounds": {"talks": talks}, "outcomes": {name: {"hns_mult": 2.0} for name in ("failure", "muddle", "favorable")}}
    tree = plain(4, **ROOM | {"money__hns_bn": 8.0, "money__hns_bucket": "arms", "money__topline_bn": {2025: 400.0, 2026: 1000.0,
                 2027: 400.0}, "programs__ship__lots": [{"fy": 2026, "units": 20}]}, linkage=linkage)  # fmt: skip

    assert contracted(run(tree))[1] == 12.0  # 100 - 2 x 8 = 84 bn in FY2027


def test_promised_purchases_take_room_of_later_years() -> None:
    outcome = {"commitment_bn_per_year": 16.0, "commitment_years": 3}
    linkage = {
        "rounds": {"talks": {"dates": ["2025-10"]}},
        "outcomes": dict.fromkeys(("failure", "muddle", "favorable"), outcome),
    }
    tree = plain(4, **ROOM | {"money__topline_bn": {2025: 400.0, 2026: 1000.0, 2027: 400.0},
                              "programs__ship__lots": [{"fy": 2026, "units": 20}]}, linkage=linkage)  # fmt: skip

    assert contracted(run(tree))[1] == 12.0


def test_growth_of_gdp_goes_back_to_its_mean_from_what_is_known() -> None:
    gdp = {"base_fy": 2024, "base_bn": 1000.0, "mean_share": 0.02, "persistence_share": 0.5}
    known = run(plain(4, economy__gdp=gdp | {"known_share": {2025: 0.1}}, horizon__as_of="2025-06")).fiscal("gdp_bn")
    unknown = run(plain(4, economy__gdp=gdp)).fiscal("gdp_bn")

    assert (known / [1000.0, *known[:-1]]).tolist() == pytest.approx([1.1, 1.06, 1.04, 1.03])
    assert (unknown / [1000.0, *unknown[:-1]]).tolist() == pytest.approx([1.02] * 4)


def test_provisional_budgets_of_the_past_are_in_the_record() -> None:
    lots = [{"fy": 2025 + y, "units": 1} for y in range(3)]
    block = {"probability_intercept_share": 1.0, "wait_months": 2.0}
    tree = plain(6, money__provisional=block, programs__ship__lots=lots, channels__domestic__stages__build__duration_months=5.0)
    later = overlay(tree, {"horizon.as_of": "2026-06"})

    assert run(tree).program("ship", "first_delivery_months") == 7.0
    assert run(later).program("ship", "first_delivery_months") == 5.0
    assert run(later).program("ship", "completion_months") == 24.0 + 7.0
    assert run(overlay(tree, {"money.provisional.wait_months": 0.0})).program("ship", "first_delivery_months") == 5.0


def test_a_tax_after_the_as_of_date_is_missed_by_no_budget_of_the_record() -> None:
    # due in October 2026, passed in November when support is back: FY2027 has it whole, and FY2026 is fact
    linkage = {"support": {"initial_share": 0.0, "mean_share": 1.0, "half_life_months": 18.5}}
    block = {"date": "2026-10", "yield_bn": 100.0, "threshold_share": 0.5, "postponed_months": 1, "shortfall_share": 1.0}
    result = run(plain(4, horizon__as_of="2026-06", linkage=linkage, money__taxes={"surtax": block}))

    assert result.fiscal("support_share")[1] > 0.5
    assert result.fiscal("topline_bn").tolist() == [1000.0] * 4


def test_a_missing_tax_takes_no_more_than_there_is() -> None:
    linkage = {"support": {"initial_share": 0.0, "mean_share": 0.0}}
    block = {"date": "2025-10", "yield_bn": 5000.0, "threshold_share": 0.5, "shortfall_share": 1.0}

    assert run(plain(3, linkage=linkage, money__taxes={"surtax": block})).fiscal("topline_bn").tolist() == [1000.0, 0.0, 0.0]


DEARER: Tree = {
    "spot_rate": 100.0, "process": {"kind": "fixed"}, "plan_rate": {2025: 100.0, 2026: 80.0, 2027: 60.0},
    "budget_rate": {2025: 100.0},
}  # fmt: skip
"""A currency at 100 that the plan saw fall."""


def imports(**changes: Any) -> Tree:
    """Ten ships a year for 80 bn, all of it foreign; at plan rates 80, 64 and 48 bn."""
    lots = [{"fy": 2025 + y, "units": 10} for y in range(3)]
    tree = plain(4, currencies__USD=DEARER, programs__ship__lots=lots, programs__ship__currency_shares={"USD": 1.0})
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


def lost(result: Run) -> list[float]:
    """Purchasing power lost by year."""
    return result.fiscal("purchasing_power_lost_share").tolist()


@pytest.mark.parametrize(
    ("window", "expected"), [(1, [0.0, 0.2, 0.4, 0.0]), (2, [0.1, 0.3, 0.4, 0.0]), (3, [0.2, 0.3, 0.4, 0.0])]
)
def test_purchasing_power_is_that_of_what_is_due_in_the_window(window: int, expected: list[float]) -> None:
    result = run(imports(money__plan_window_years=window))

    assert lost(result) == pytest.approx(expected, abs=1e-9)
    assert result.fiscal("planning_loss_bn").tolist() == pytest.approx([0.0, 16.0, 32.0, 0.0], abs=1e-5)


def test_prices_at_home_and_abroad_take_purchasing_power_by_what_is_bought_there() -> None:
    # in FY2026 prices at home are up by a quarter, abroad by half: 64 / (0.25 x 1.5 x 64 + 0.75 x 1.25 x 64)
    economy = {"gdp": {"base_fy": 2024, "base_bn": 1.0e5}, "escalation": {"mean_share": 0.25},
               "foreign_escalation": {"mean_share": 0.5}}  # fmt: skip
    tree = imports(economy=economy, money__plan_window_years=1, programs__ship__currency_shares={"USD": 0.25},
                   currencies__USD__plan_rate=100.0, programs__ship__price_fy=2025)  # fmt: skip

    assert lost(run(tree))[:2] == pytest.approx([0.0, 1.0 - 1.0 / (0.25 * 1.5 + 0.75 * 1.25)], abs=1e-9)


def test_exports_are_no_purchases_of_the_plan() -> None:
    order = {"title": "Order", "channel": "domestic", "unit_cost_bn": 40.0, "currency_shares": {"USD": 0.5},
             "lots": [{"fy": 2026, "units": 3}], "bid": {"decision": "2025-06", "probability": 1.0}}  # fmt: skip
    bare, won = run(imports()), run(imports(programs__zorder=order))

    assert won.fiscal("exports_bn")[1] == 120.0
    assert lost(won) == lost(bare)
    assert won.fiscal("planning_loss_bn").tolist() == bare.fiscal("planning_loss_bn").tolist()


def test_what_is_deferred_grows_dearer_by_the_years_it_has_waited() -> None:
    # 5 ships of 8 bn in FY2025; 5 a year late at 10 bn, of which 4; then one of 2 years and 2 new ones: 8 x 1.25^(2/3) each
    lots = [{"fy": 2025, "units": 10}, {"fy": 2027, "units": 2}]
    tree = plain(
        4, money__buckets__arms__authority_bn=40.0, money__funding={"stretch_out_share": 0.25}, programs__ship__lots=lots
    )

    assert run(tree).program_year("ship", "contracted_bn").tolist() == pytest.approx([40.0, 40.0, 24.0 * 1.25 ** (2 / 3), 0.0])


def test_a_backlog_given_up_has_waited_for_nothing() -> None:
    # tanks wait for money in FY2025 and are canceled in FY2026; what is diverted to them in FY2027 is new
    tree = plain(
        4, money__buckets__arms__authority_bn={2025: 16.0, 2026: 700.0}, money__funding={"stretch_out_share": 0.25},
        money__revisions={"less": {"date": "2026-04", "cancels": ["tank"]}},
    )  # fmt: skip
    tree["linkage"] = {"initial_regime": "contested", "rounds": {"talks": {"dates": ["2027-02"]}},
                       "outcomes": dict.fromkeys(("failure", "muddle", "favorable"), {"regime": "ruptured"})}  # fmt: skip
    tree["programs"]["tank"] = tree["programs"]["ship"] | {"priority": 9, "lots": [{"fy": 2025, "units": 4}]}
    tree["programs"]["ship"] |= {"lots": [{"fy": 2025, "units": 2}, {"fy": 2027, "units": 2}], "divert_to": "tank"}
    result = run(tree)

    assert result.program_year("tank", "backlog_units").tolist() == [4.0, 0.0, 0.0, 0.0]
    assert result.program_year("tank", "contracted_bn").tolist() == [0.0, 0.0, 16.0, 0.0]


def test_exports_sell_at_prices_of_their_year_and_those_of_the_past_at_planned_ones() -> None:
    order = {"title": "Order", "channel": "domestic", "unit_cost_bn": 4.0, "price_fy": 2025,
             "lots": [{"fy": 2026, "units": 3}], "bid": {"decision": "2025-06", "probability": 1.0, "result": "won"}}  # fmt: skip
    tree = plain(3, programs__order=order, economy__escalation={"mean_share": 0.25}, horizon__as_of="2025-07")

    assert run(tree).fiscal("exports_bn").tolist() == [0.0, 15.0, 0.0]
    assert run(overlay(tree, {"horizon.as_of": "2026-07"})).fiscal("exports_bn").tolist() == [0.0, 12.0, 0.0]
