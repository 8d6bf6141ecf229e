"""What every term of a budget, a contract and a year's books comes to: small sums worked by hand from docs/model.md, 2.5."""

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
    order = {"title": "Order", "channel": "domestic", "unit_cost_bn": 40.0,
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


def test_foreign_payments_of_later_years_take_room() -> None:
    usd = {"spot_rate": 100.0, "process": {"kind": "fixed"}, "plan_rate": 100.0, "budget_rate": {2025: 100.0}}
    burden = {"runoff_bn": {2025: 0.0, 2026: 32.0, 2027: 0.0}, "currency_shares": {"USD": 0.5}}

    assert contracted(run(plain(3, **ROOM, currencies={"USD": usd}, money__opening_burden=burden)))[0] == 9.0  # 68 bn


@pytest.mark.parametrize("abroad", [0.0, 1.0])
@pytest.mark.parametrize("year", [2025, 2026])
def test_payments_on_delivery_take_room_of_the_year_they_are_expected_in(abroad: float, year: int) -> None:
    # of a tank of 32 bn half is paid when it arrives in FY2027: that leaves 84 bn, signed before the ships or with them
    usd = {"spot_rate": 100.0, "process": {"kind": "fixed"}, "plan_rate": 100.0, "budget_rate": {2025: 100.0}}
    topline = {"money__topline_bn": {2025: 1000.0, 2027: 400.0}, "programs__ship__lots": [{"fy": 2026, "units": 20}]}
    tree = plain(4, **ROOM | topline, currencies={"USD": usd})
    stages = {"build": {"duration_months": 30.0 - 12.0 * (year - 2025), "milestone": "delivered"}}
    tree["channels"]["cash"] = {"payment": {"shares": [1.0], "on_delivery_share": 0.5}, "stages": stages}
    tree["programs"]["tank"] = {"title": "Tank", "bucket": "arms", "channel": "cash", "unit_cost_bn": 32.0, "priority": 1,
                                "currency_shares": {"USD": abroad}, "lots": [{"fy": year, "units": 1}]}  # fmt: skip
    result = run(tree)

    assert result.program_year("tank", "delivered_units").tolist() == [0.0, 0.0, 1.0, 1.0]
    assert contracted(result)[1] == 12.0


@pytest.mark.parametrize("abroad", [0.0, 1.0])
def test_who_comes_first_takes_the_room_of_later_years(abroad: float) -> None:
    usd = {"spot_rate": 100.0, "process": {"kind": "fixed"}, "plan_rate": 100.0, "budget_rate": {2025: 100.0}}
    tree = plain(4, **ROOM, currencies={"USD": usd})
    tree["channels"]["halves"] = tree["channels"]["domestic"] | {"payment": {"shares": [0.5, 0.5]}}
    tree["programs"]["tank"] = tree["programs"]["ship"] | {
        "channel": "halves", "unit_cost_bn": 32.0, "priority": 1, "currency_shares": {"USD": abroad},
        "lots": [{"fy": 2025, "units": 1}],
    }  # fmt: skip

    assert contracted(run(tree))[0] == 12.0  # 84 bn


def test_what_a_program_learns_lowers_what_it_pays_abroad() -> None:
    tree = imports(programs__ship__learning_slope_share=0.5, money__plan_window_years=1)

    paid = run(tree).program_year("ship", "contracted_bn").tolist()
    assert paid == pytest.approx([80.0, 80.0 / 3.0, 80.0 / 5.0, 0.0], abs=1e-4)  # at the middles of three lots


def test_foreign_payments_are_all_that_is_paid_abroad() -> None:
    payment = {"shares": [0.25, 0.25, 0.5], "on_delivery_share": 0.5}
    tree = imports(programs__ship__lots=[{"fy": 2025, "units": 10}], channels__domestic__payment=payment)

    assert run(tree).fiscal("foreign_payments_bn").tolist() == pytest.approx([10.0, 10.0 + 40.0, 20.0, 0.0], abs=1e-5)


def test_the_topline_is_read_against_the_gdp_of_the_plan() -> None:
    gdp = {"base_fy": 2024, "base_bn": 40000.0, "mean_share": 0.25}

    for reference, expected in ({}, 0.025), ({"reference_bn": 50000.0}, 0.02):
        result = run(plain(2, economy__gdp=gdp | reference))
        assert result.fiscal("topline_share_of_reference_gdp").tolist() == pytest.approx([expected] * 2)
        assert result.fiscal("topline_share_of_gdp").tolist() == pytest.approx([0.02, 0.016])


PRICES: Tree = {
    "gdp": {"base_fy": 2024, "base_bn": 1.0e5}, "plan_escalation_share": 0.5, "escalation": {"mean_share": 0.25},
    "foreign_escalation": {"mean_share": 1.0},
}  # fmt: skip
"""Prices at home grow by a quarter, abroad they double, and the plan expects half."""


@pytest.mark.parametrize(
    ("price_fy", "share", "planned", "paid"),
    [
        (2023, 0.0, 18.0 + 27.0 + 40.5, [18.0, 18.0 * 1.25, 18.0 * 1.25**2]),  # by the plan's prices up to FY2025
        (2025, 0.0, 8.0 + 12.0 + 18.0, [8.0, 10.0, 12.5]),
        (2026, 0.0, 8.0 / 1.5 + 8.0 + 12.0, [8.0 / 1.5, 8.0, 10.0]),
        (2027, 0.0, 8.0 / 1.5**2 + 8.0 / 1.5 + 8.0, [8.0 / 1.5**2, 8.0 / 1.5, 8.0]),
        (2023, 1.0, 18.0 + 27.0 + 40.5, [18.0, 36.0, 72.0]),
        (2025, 0.5, 8.0 + 12.0 + 18.0, [8.0, 5.0 + 8.0, 6.25 + 16.0]),
        (2026, 1.0, 8.0 / 1.5 + 8.0 + 12.0, [8.0 / 1.5, 8.0, 16.0]),
    ],
)
def test_prices_count_from_the_price_year_on(price_fy: int, share: float, planned: float, paid: list[float]) -> None:
    usd = {"spot_rate": 100.0, "process": {"kind": "fixed"}, "plan_rate": 100.0, "budget_rate": {2025: 100.0}}
    lots = [{"fy": 2025 + y, "units": 1} for y in range(3)]
    tree = plain(3, economy=PRICES, currencies={"USD": usd}, programs__ship__price_fy=price_fy, programs__ship__lots=lots,
                 programs__ship__currency_shares={"USD": share})  # fmt: skip
    result = run(tree)

    assert result.program_year("ship", "contracted_bn").tolist() == pytest.approx(paid, abs=1e-4)
    assert result.program("ship", "planned_cost_bn") == pytest.approx(planned, abs=1e-4)
    assert result.program("ship", "cost_escalation_bn") == pytest.approx(sum(paid) - planned, abs=1e-4)


@pytest.mark.parametrize(("lag", "factor"), [(0, 1.2), (11, 1.2), (13, 1.0), (60, 1.0)])
def test_pass_through_lags(lag: int, factor: float) -> None:
    # the currency falls by 44 percent in April 2026; half of that is passed through
    usd = {"spot_rate": 100.0, "process": {"kind": "fixed"}, "plan_rate": 100.0, "budget_rate": {2025: 100.0}}
    shock = {"currency": "USD", "size_share": 0.44, "onset": "2026-04"}
    tree = plain(4, currencies={"USD": usd}, shocks={"fall": shock}, economy__passthrough_lag_months=lag,
                 programs__ship__passthrough_share=0.5, programs__ship__lots=[{"fy": 2027, "units": 1}])  # fmt: skip

    result = run(tree)

    assert result.program("ship", "contracted_cost_bn") == pytest.approx(8.0 * factor, abs=1e-5)
    assert result.program("ship", "cost_exchange_bn") == pytest.approx(8.0 * factor - 8.0, abs=1e-5)
    assert result.program("ship", "cost_escalation_bn") == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("prior", [0.0, 7.0])
def test_what_was_contracted_before_the_horizon_has_been_learned_from(prior: float) -> None:
    # the middles of the lots of FY2025 and FY2026 are the 12th and 20th ship
    lots = [{"fy": 2024, "units": 8}, {"fy": 2025, "units": 8}, {"fy": 2026, "units": 8}]
    tree = plain(
        3, programs__ship__lots=lots, programs__ship__learning_slope_share=0.5, programs__ship__learning_prior_units=prior
    )

    paid = run(tree).program_year("ship", "contracted_bn").tolist()
    assert paid == pytest.approx([64.0, 64.0 * (12.0 + prior) / (20.0 + prior), 0.0], abs=1e-5)


def test_growth_is_revealed_by_halves_of_lots_and_at_once_where_nothing_is_counted() -> None:
    growth = {"median": 1.5625, "p90": 1.5625}
    tree = plain(2, money__buckets__arms__authority_bn=100.0, programs__ship__lots=[{"fy": 2026, "units": 1}],
                 programs__ship__cost_growth=growth)  # fmt: skip
    tree["programs"]["rest"] = {"title": "Rest", "bucket": "arms", "channel": "domestic", "quantity": "value", "residual": True,
                                "priority": 9, "cost_growth": growth}  # fmt: skip
    result = run(tree)

    assert result.program("ship", "contracted_cost_bn") == pytest.approx(8.0 * 1.25, abs=1e-5)
    assert result.program("ship", "cost_growth_bn") == pytest.approx(2.0, abs=1e-5)
    assert result.program("ship", "cost_exchange_bn") == 0.0
    assert contracted(result, "rest") == pytest.approx([64.0, 64.0 + 90.0 / 1.5625], abs=1e-4)


@pytest.mark.parametrize(("shares", "on_delivery", "units"), [([1.0], 0.875, 14.0), ([0.5, 0.5], 0.5, 16.0)])
def test_a_lot_has_room_for_its_payment_on_delivery(shares: list[float], on_delivery: float, units: float) -> None:
    # delivered in FY2027, with 100 bn left: 7 bn of a ship in the first case, 2 by profile and 4 on delivery in the second
    payment = {"shares": shares, "on_delivery_share": on_delivery}
    changes = {"money__topline_bn": {2025: 1000.0, 2027: 400.0}, "programs__ship__lots": [{"fy": 2026, "units": 20}]}

    assert contracted(run(plain(4, **ROOM | changes | {"channels__domestic__payment": payment})))[1] == units


def test_what_has_waited_longest_is_contracted_first() -> None:
    # one of 4 ships in FY2025; the 3 others and one of 4 new ones in FY2026; the last 3 have waited a year
    lots = [{"fy": 2025, "units": 4}, {"fy": 2026, "units": 4}]
    authority = {2025: 8.0, 2026: 40.0, 2027: 700.0}
    tree = plain(
        3, money__buckets__arms__authority_bn=authority, money__funding={"stretch_out_share": 0.25}, programs__ship__lots=lots
    )
    paid = run(tree).program_year("ship", "contracted_bn").tolist()

    assert paid == pytest.approx([8.0, 4.0 * 8.0 * 1.25 ** (3 / 7), 3.0 * 10.0], abs=1e-5)


@pytest.mark.parametrize(("price_fy", "paid"), [(2023, 16.0), (2025, 8.0), (2026, 12.8), (2027, 10.0)])
def test_a_price_is_put_into_home_money_at_the_rate_of_its_year(price_fy: int, paid: float) -> None:
    # the budget rate of FY2025 is 200; planned are 100, 125 and 160, and of a price from before the plan the first of them
    euro = {"spot_rate": 200.0, "process": {"kind": "fixed"}, "plan_rate": {2025: 100.0, 2026: 125.0, 2027: 160.0},
            "budget_rate": {2025: 200.0}}  # fmt: skip
    tree = plain(4, currencies={"AUD": DEARER, "EUR": euro}, programs__ship__currency_shares={"EUR": 1.0},
                 programs__ship__price_fy=price_fy, programs__ship__lots=[{"fy": 2027, "units": 1}])  # fmt: skip

    assert run(tree).program("ship", "contracted_cost_bn") == pytest.approx(paid, abs=1e-5)


def test_a_price_from_before_the_plan_knows_no_budget_rate() -> None:
    euro = {"spot_rate": 200.0, "process": {"kind": "fixed"}, "plan_rate": 100.0,
            "budget_rate": {2025: 200.0, 2026: 200.0, 2027: 200.0, 2028: 200.0}}  # fmt: skip
    tree = plain(4, currencies={"EUR": euro}, programs__ship__currency_shares={"EUR": 1.0}, programs__ship__price_fy=2023)

    assert run(tree).program("ship", "contracted_cost_bn") == pytest.approx(160.0, abs=1e-5)


def test_prices_abroad_have_a_growth_of_their_own() -> None:
    foreign = {"mean_share": 0.5, "persistence_share": 0.5}
    tree = imports(economy__foreign_escalation=foreign, programs__ship__price_fy=2025, money__topline_bn=4000.0,
                   money__buckets__arms__authority_bn=4000.0, currencies__USD__plan_rate=100.0)  # fmt: skip
    known = overlay(tree, {"economy.foreign_escalation.known_share": {2025: 0.1}, "horizon.as_of": "2025-06"})

    assert run(tree).program_year("ship", "contracted_bn").tolist() == pytest.approx([80.0, 120.0, 180.0, 0.0], abs=1e-4)
    later = [80.0, 80.0 * 1.3, 80.0 * 1.3 * 1.4, 0.0]  # 0.1, then half way back to 0.5, and again
    assert run(known).program_year("ship", "contracted_bn").tolist() == pytest.approx(later, abs=1e-4)


def test_years_of_the_record_draw_neither_growth_nor_recruits() -> None:
    crews = {"initial": 100.0, "required": 100.0, "cohort": 100.0, "recruiting_share": 0.25, "attrition_share": 0.0,
             "recruiting_sd_share": 0.5}  # fmt: skip
    gdp = {"base_fy": 2024, "base_bn": 1000.0, "mean_share": 0.25, "sd_share": 0.05}
    tree = plain(4, economy__gdp=gdp, workforce={"crews": crews}, horizon__as_of="2026-06")
    found, quiet = run(tree), run(overlay(tree, {"mechanisms.economy_noise": False}))

    grown = [1250.0, 1250.0 * 1.25, 1250.0 * 1.25**2, 1250.0 * 1.25**3]
    assert quiet.fiscal("gdp_bn").tolist() == pytest.approx(grown)
    assert quiet.workforce("crews", "stock_people").tolist() == [100.0, 125.0, 150.0, 175.0]
    assert found.fiscal("gdp_bn")[:2].tolist() == pytest.approx(grown[:2])
    assert found.workforce("crews", "stock_people")[:2].tolist() == [100.0, 125.0]
    assert abs(found.fiscal("gdp_bn")[2] - grown[2]) > 1.0
    assert abs(found.workforce("crews", "stock_people")[2] - 150.0) > 1.0
