"""What a year's books and what changes the plan come to: small sums worked by hand from docs/model.md, 2.5 and 2.10."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Tree, overlay, plain, run

FALLEN: Tree = {"spot_rate": 160.0, "process": {"kind": "fixed"}, "plan_rate": 100.0,
                "budget_rate": {2025: 100.0, 2026: 100.0, 2027: 100.0}}  # fmt: skip
"""A currency budgeted at 100 that costs 160."""


def bought_abroad(**changes: Any) -> Tree:
    """A ship for 100 bn, wholly foreign and paid at once: a loss of 60 bn in FY2025."""
    tree = plain(3, currencies={"USD": FALLEN}, programs__ship__currency_shares={"USD": 1.0}, programs__ship__unit_cost_bn=100.0,
                 programs__ship__lots=[{"fy": 2025, "units": 1}], channels__domestic__payment={"shares": [1.0]})  # fmt: skip
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


def test_what_was_prepaid_lowers_dues_until_it_is_used_up_and_is_not_prepaid_again() -> None:
    tree = plain(4, money__supplementary={"total_bn": {2025: 50.0, 2026: 50.0, 2027: 0.0}, "prepay_share": 1.0})
    result = run(tree)

    assert result.fiscal("prepaid_bn").tolist() == [50.0, 10.0, 0.0, 0.0]
    assert result.fiscal("supplementary_bn").tolist() == [50.0, 10.0, 0.0, 0.0]
    assert result.fiscal("obligatory_bn").tolist() == [0.0] * 4
    assert result.fiscal("burden_bn").tolist() == [60.0, 10.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("asked", "prepaid", "released", "obligatory", "burden"),
    [
        ({2025: 0.0, 2026: 15.0, 2027: 0.0}, 0.0, [0.0, 15.0, 0.0, 0.0], [0.0, 40.0, 5.0, 0.0], [60.0, 5.0, 0.0, 0.0]),
        ({2025: 0.0, 2026: 50.0, 2027: 0.0}, 0.0, [0.0, 20.0, 0.0, 0.0], [0.0, 40.0, 0.0, 0.0], [60.0, 0.0, 0.0, 0.0]),
        ({2025: 0.0, 2026: 50.0, 2027: 0.0}, 50.0, [0.0, 10.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [60.0, 0.0, 0.0, 0.0]),
    ],
)
def test_what_is_deobligated_is_taken_from_the_last_payments_that_are_not_prepaid(
    asked: dict[int, float], prepaid: float, released: list[float], obligatory: list[float], burden: list[float]
) -> None:
    block = {"total_bn": {2025: prepaid, 2026: 0.0}, "prepay_share": 1.0}
    result = run(plain(4, money__supplementary=block, money__deobligation_bn=asked))

    assert result.fiscal("deobligated_bn").tolist() == released
    assert result.fiscal("obligatory_bn").tolist() == obligatory
    assert result.fiscal("burden_bn").tolist() == burden


def test_what_is_deobligated_leaves_the_next_payments_alone() -> None:
    runoff = {"runoff_bn": {2025: 10.0, 2026: 20.0, 2027: 30.0, 2028: 0.0}}
    tree = plain(
        4,
        money__opening_burden=runoff,
        money__deobligation_bn={2025: 35.0, 2026: 0.0},
        programs__ship__lots=[{"fy": 2030, "units": 1}],
    )
    result = run(tree)

    assert result.fiscal("obligatory_bn").tolist() == [10.0, 15.0, 0.0, 0.0]
    assert result.fiscal("burden_existing_bn").tolist() == [15.0, 0.0, 0.0, 0.0]


def test_a_loss_falls_on_the_reserve_then_on_the_supplementary_budget_or_the_next_year() -> None:
    reserve = {"initial_bn": 20.0, "ceiling_bn": 20.0}
    for covered in (0.0, 1.0):
        result = run(bought_abroad(money__reserve=reserve, money__cascade={"supplementary_intercept_share": covered}))

        assert result.fiscal("execution_loss_bn").tolist() == pytest.approx([60.0, 0.0, 0.0])
        assert result.fiscal("reserve_used_bn").tolist() == [20.0, 0.0, 0.0]
        assert result.fiscal("compensation_bn").tolist() == pytest.approx([40.0 * covered, 0.0, 0.0])
        assert result.fiscal("arrears_bn").tolist() == pytest.approx([40.0 * (1.0 - covered), 0.0, 0.0])
        assert result.fiscal("arrears_paid_bn").tolist() == pytest.approx([0.0, 40.0 * (1.0 - covered), 0.0])


def test_support_makes_compensation_likelier_and_the_record_decides_it() -> None:
    linkage = {"support": {"initial_share": 0.5, "mean_share": 0.5}}
    likely = {"supplementary_intercept_share": -1.0, "supplementary_slope": 4.0}
    on_record = {"supplementary_intercept_share": 0.0, "known": {2025: True}}
    tree = bought_abroad(linkage=linkage, money__cascade=likely)
    known = bought_abroad(money__cascade=on_record, horizon__as_of="2026-02")

    assert run(tree).fiscal("compensation_bn")[0] == pytest.approx(60.0)
    assert run(overlay(tree, {"money.cascade.supplementary_slope": 1.0})).fiscal("compensation_bn")[0] == 0.0
    assert run(known).fiscal("compensation_bn")[0] == pytest.approx(60.0)


def test_supplementary_contracts_are_reported_only() -> None:
    block = {"total_bn": 10.0, "authority_bn": {2025: 6.0, 2026: 7.0}}
    bare, result = run(plain(3, money__supplementary={"total_bn": 10.0})), run(plain(3, money__supplementary=block))

    assert result.fiscal("supplementary_authority_bn").tolist() == [6.0, 7.0, 7.0]
    for column in ("outlays_bn", "authority_bn", "supplementary_bn", "burden_bn"):
        assert result.fiscal(column).tolist() == bare.fiscal(column).tolist()


def test_a_share_of_personnel_and_host_nation_support_lapses() -> None:
    result = run(plain(2, money__lapse_share=0.125, money__hns_bn=16.0, money__hns_bucket="arms"))
    bare = run(plain(2, money__hns_bn=16.0, money__hns_bucket="arms"))

    assert (bare.fiscal("outlays_bn") - result.fiscal("outlays_bn")).tolist() == [0.125 * 316.0] * 2
    assert (result.fiscal("unspent_bn") - bare.fiscal("unspent_bn")).tolist() == [0.125 * 316.0] * 2


def test_a_foreign_payment_on_delivery_loses_in_the_year_it_is_paid_and_is_carried_until_then() -> None:
    payment = {"shares": [1.0], "on_delivery_share": 0.5}
    late = {"duration_months": 20.0, "noise": {"median": 1.5, "p90": 1.5}, "milestone": "delivered"}
    tree = bought_abroad(channels__domestic__payment=payment, channels__domestic__stages={"build": late}, horizon__last_fy=2028)
    result = run(tree)

    assert result.fiscal("carry_out_bn")[:2].tolist() == pytest.approx([0.0, 50.0])
    assert result.fiscal("execution_loss_bn").tolist() == pytest.approx([30.0, 0.0, 30.0, 0.0])
    assert result.currency("USD", "payments_m").tolist() == pytest.approx([500.0, 0.0, 500.0, 0.0])


def test_paid_in_advance_is_what_the_profile_has_paid_and_settles_by_lots() -> None:
    # half of 80 bn is paid by profile, 20 and 20; settled 14 months after delivery in month 20, and on record below 0 never
    channel = {"advance": True, "settlement_lag_months": 14.0, "payment": {"shares": [0.5, 0.5], "on_delivery_share": 0.5},
               "stages": {"build": {"duration_months": 20.0, "milestone": "delivered"}}}  # fmt: skip

    lots = [{"fy": 2025, "units": 10}, {"fy": 2028, "units": 10}]
    result = run(plain(6, channels__domestic=channel, programs__ship__lots=lots))

    assert result.fiscal("fms_unsettled_bn").tolist() == [20.0, 40.0, 0.0, 20.0, 40.0, 0.0]


def test_what_was_paid_in_advance_for_a_lot_that_fails_is_settled_like_a_delivery() -> None:
    # 80 bn in advance; the lot fails in month 20, in FY2026, and its case is closed 14 months later, in FY2027
    stages = {"build": {"duration_months": 20.0, "failure_probability": 1.0, "milestone": "delivered"}}
    channel = {"advance": True, "settlement_lag_months": 14.0, "payment": {"shares": [1.0]}, "stages": stages}
    result = run(plain(4, channels__domestic=channel))

    assert result.fiscal("fms_unsettled_bn").tolist() == [80.0, 80.0, 0.0, 0.0]
    assert result.program_year("ship", "canceled_units").tolist() == [0.0, 10.0, 10.0, 10.0]


@pytest.mark.parametrize(("lag", "unsettled"), [(0.0, 0.0), (2000.0, 80.0)])
def test_what_is_paid_in_advance_may_be_settled_at_once_or_never(lag: float, unsettled: float) -> None:
    stages = {"build": {"duration_months": 0.0, "milestone": "delivered"}}
    channel = {"advance": True, "settlement_lag_months": lag, "payment": {"shares": [1.0]}, "stages": stages}

    assert run(plain(3, channels__domestic=channel)).fiscal("fms_unsettled_bn").tolist() == [unsettled] * 3


def test_what_settles_before_it_is_paid_is_no_balance() -> None:
    channel = {"advance": True, "payment": {"shares": [0.25, 0.25, 0.5]},
               "stages": {"build": {"duration_months": 6.0, "milestone": "delivered"}}}  # fmt: skip
    tree = plain(4, channels__domestic=channel)
    tree["channels"]["slow"] = channel | {"stages": {"build": {"duration_months": 40.0, "milestone": "delivered"}}}
    tree["programs"]["tank"] = tree["programs"]["ship"] | {"channel": "slow"}

    assert run(tree).fiscal("fms_unsettled_bn").tolist() == [20.0, 40.0, 80.0, 0.0]


def test_units_stand_where_they_have_come_to() -> None:
    lots = [{"fy": 2024, "units": 3}, {"fy": 2025, "units": 10}, {"fy": 2026, "units": 4}]
    result = run(plain(3, programs__ship__lots=lots, programs__ship__delivered_before_units=2,
                       money__buckets__arms__authority_bn={2025: 48.0, 2026: 16.0}))  # fmt: skip

    assert result.program_year("ship", "planned_units").tolist() == [15.0, 19.0, 19.0]
    assert result.program_year("ship", "contracted_units").tolist() == [11.0, 13.0, 15.0]
    assert result.program_year("ship", "delivered_units").tolist() == [5.0, 11.0, 13.0]
    assert result.program_year("ship", "backlog_units").tolist() == [4.0, 6.0, 4.0]
    assert result.program_year("ship", "in_pipeline_units").tolist() == [6.0, 2.0, 2.0]
    assert result.outcomes.bucket[0].tolist() == [40.0, 88.0, 104.0]


def test_what_a_gain_leaves_after_a_shortfall_fills_the_reserve() -> None:
    # 32 bn are saved, 24 of them lack; half of the other 8 goes to the reserve, as far as it holds
    usd = {"spot_rate": 64.0, "process": {"kind": "fixed"}, "plan_rate": 128.0, "budget_rate": {2025: 128.0}}
    burden = {"runoff_bn": {2025: 100.0, 2026: 0.0}, "currency_shares": {"USD": 0.64}}
    tree = plain(1, currencies={"USD": usd}, money__opening_burden=burden, money__topline_bn=376.0)
    for initial, filled in ((0.0, 4.0), (7.0, 3.0)):
        reserve = {"initial_bn": initial, "ceiling_bn": 10.0, "fill_share": 0.5}
        result = run(overlay(tree, {"money.reserve": reserve}))

        assert result.fiscal("execution_loss_bn")[0] == pytest.approx(-32.0)
        assert result.fiscal("reserve_filled_bn")[0] == pytest.approx(filled)
        assert result.fiscal("unspent_bn")[0] == pytest.approx(8.0 - filled)
        assert result.fiscal("arrears_bn")[0] == 0.0


@pytest.mark.parametrize(
    ("key", "toplines"),
    [("topline_add_bn", [1000.0, 1100.0, 1350.0, 1450.0]), ("topline_share_of_gdp", [1000.0, 600.0, 1200.0, 1800.0])],
)
def test_each_revision_has_numbers_of_its_own(key: str, toplines: list[float]) -> None:
    first, second = (
        ({2026: 100.0}, {2027: 250.0, 2028: 350.0}) if key == "topline_add_bn" else ({2026: 0.001}, {2027: 0.002, 2028: 0.003})
    )
    revisions = {"one": {"date": "2026-04", key: first}, "two": {"date": "2027-04", key: second}}

    assert run(plain(4, money__revisions=revisions)).fiscal("topline_bn").tolist() == pytest.approx(toplines)
