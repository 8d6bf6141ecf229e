"""The outcomes: every column of every table with its unit and meaning, and its position in the arrays.

This table is what the run folder, the docs and the engines share.
"""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """One outcome."""

    name: str
    unit: str
    meaning: str

    @property
    def scale(self) -> tuple[float, str]:
        """Factor and unit in which it is shown: shares as percent."""
        return (100.0, "%") if self.unit == "share" else (1.0, self.unit)


CAUSES = (
    "funding",
    "approval",
    "trade_pressure",
    "queueing",
    "supply_disruption",
    "staffing",
    "estimate",
    "rework",
    "prerequisites",
)
"""Causes of delay, in the order in which they are charged."""
FUNDING, APPROVAL, TRADE_PRESSURE, QUEUEING, DISRUPTION, STAFFING, ESTIMATE, REWORK, PREREQUISITES = range(len(CAUSES))

COST_CAUSES = ("exchange", "escalation", "growth", "learning", "stretch_out")
"""Causes of cost growth; what the money grid leaves over goes to growth."""
COST_EXCHANGE, COST_ESCALATION, COST_GROWTH, COST_LEARNING, COST_STRETCH_OUT = range(len(COST_CAUSES))

FISCAL_YEAR = (
    Column("topline_bn", "bn", "appropriated by the initial budget, base `topline`"),
    Column("topline_share_of_gdp", "share", "topline over the year's GDP"),
    Column("topline_share_of_reference_gdp", "share", "topline over the plan's fixed GDP"),
    Column("gdp_bn", "bn", "nominal GDP"),
    Column("personnel_bn", "bn", "personnel appropriated"),
    Column("obligatory_bn", "bn", "payments due on earlier years' contracts, at the budget rate, net of prepayment"),
    Column("general_material_bn", "bn", "payments of the contract year, host-nation support and commitments among them"),
    Column("hns_bn", "bn", "host-nation support"),
    Column("commitment_bn", "bn", "purchases promised in negotiating rounds"),
    Column("authority_bn", "bn", "contract authority of the initial budget, base `topline`"),
    Column("authority_used_bn", "bn", "contracts signed against it, host-nation support and commitments included"),
    Column("planning_loss_bn", "bn", "planned foreign purchases at budget rate less at plan rate"),
    Column(
        "purchasing_power_lost_share", "share", "1 - plan cost of the remaining purchases / their cost at current rate and prices"
    ),
    Column("burden_bn", "bn", "unpaid part of all contracts after the initial budget, base `apart` included"),
    Column("burden_existing_bn", "bn", "of it: contracts of earlier years"),
    Column("burden_new_bn", "bn", "of it: contracts of this year"),
    Column("burden_revaluation_bn", "bn", "change of the earlier burden by the change of the budget rate"),
    Column("deobligated_bn", "bn", "earlier burden released without payment"),
    Column("foreign_payments_bn", "bn", "payments in foreign currency budgeted, at the budget rate"),
    Column("apart_outlay_bn", "bn", "payments of base `apart`, beside the topline"),
    Column("apart_obligatory_bn", "bn", "of it: on contracts of earlier years"),
    Column("supplementary_bn", "bn", "supplementary budget, loss compensation not included"),
    Column("prepaid_bn", "bn", "of it: burden paid early"),
    Column("supplementary_authority_bn", "bn", "contracts added by the supplementary budget and paid within it"),
    Column("execution_loss_bn", "bn", "foreign payments at settlement less at budget rate; a gain is negative"),
    Column("reserve_used_bn", "bn", "execution loss paid by the reserve"),
    Column("reserve_filled_bn", "bn", "execution gain kept in the reserve"),
    Column("compensation_bn", "bn", "execution loss paid by the supplementary budget"),
    Column("arrears_paid_bn", "bn", "arrears and first charges of the year before, paid"),
    Column("carry_in_bn", "bn", "appropriation carried in for payments on delivery"),
    Column("outlays_bn", "bn", "cash paid, base `topline`, supplementary included"),
    Column("carry_out_bn", "bn", "payments on delivery carried to the next year because delivery is late"),
    Column("unspent_bn", "bn", "lapsed"),
    Column("arrears_bn", "bn", "due and not paid at year's end"),
    Column(
        "fms_unsettled_bn",
        "bn",
        "paid in advance by payment profiles and not settled at year's end, at the contracts' budget rates",
    ),
    Column("pressure", "1", "pressure at year's end"),
    Column("support_share", "share", "domestic support at year's end"),
    Column("regime", "code", "regime at year's end: 0 firewalled, 1 contested, 2 linked, 3 ruptured"),
    Column("tariff_share", "share", "tariff at year's end"),
    Column("revision", "count", "revisions of the build-up plan in force"),
    Column("exports_bn", "bn", "value contracted by exports, at planned and escalated unit cost; no money of the budget"),
    Column("sustainment_needed_bn", "bn", "sustainment that the operational force needs in the year"),
    Column("sustainment_paid_bn", "bn", "sustainment contracted for it in the year"),
    Column("availability_share", "share", "share of the force kept ready by what is paid; 1 where nothing is needed"),
)
PROGRAM = (
    Column(
        "first_delivery_months", "months", "first delivery since the start of the first fiscal year; the horizon where censored"
    ),
    Column("first_delivery_censored", "0/1", "1 when nothing is delivered within the horizon"),
    Column("slip_months", "months", "first delivery less baseline delivery; if censored, the delay run up so far"),
    *(Column(f"delay_{cause}_months", "months", f"part of slip_months charged to {cause.replace('_', ' ')}") for cause in CAUSES),
    Column("completion_months", "months", "delivery of the last planned unit; the horizon where censored"),
    Column("completion_censored", "0/1", "1 when the last planned unit is not delivered within the horizon"),
    Column("completion_slip_months", "months", "completion less planned completion; if censored, the delay run up so far"),
    *(
        Column(
            f"completion_delay_{cause}_months", "months", f"part of completion_slip_months charged to {cause.replace('_', ' ')}"
        )
        for cause in CAUSES
    ),
    Column("first_operational_months", "months", "first unit operational; the horizon where censored"),
    Column("first_operational_censored", "0/1", "1 when nothing is operational within the horizon"),
    Column("planned_cost_bn", "bn", "planned cost, at plan prices and price-year rate, of what was contracted in the horizon"),
    Column("contracted_cost_bn", "bn", "its cost at signature"),
    *(Column(f"cost_{cause}_bn", "bn", f"part of the difference charged to {cause.replace('_', ' ')}") for cause in COST_CAUSES),
    Column("held_by_review", "0/1", "1 when the cost review made its lots wait a budget"),
    Column("canceled_by_review", "0/1", "1 when the cost review dropped what was not contracted"),
)
PROGRAM_YEAR = (
    Column("planned_units", "units", "units due for contract up to this year's budget, by the plan as revised by then"),
    Column("contracted_units", "units", "units contracted up to year's end, earlier contracts included"),
    Column("in_pipeline_units", "units", "contracted and not yet delivered"),
    Column("delivered_units", "units", "delivered up to year's end"),
    Column("operational_units", "units", "operational up to year's end"),
    Column("backlog_units", "units", "due for contract and not funded"),
    Column("canceled_units", "units", "contracted and failed, or due and dropped before they were contracted"),
    Column("contracted_bn", "bn", "value contracted in the year"),
    Column("contracted_foreign_bn", "bn", "of it in foreign currency, at the budget rate"),
)
RESOURCE_YEAR = (
    Column("utilization_share", "share", "order-months in work over the room for them; above 1 after a cut or without queueing"),
    Column("grants", "count", "requests granted in the year"),
    Column("wait_months", "months", "waiting of the requests granted in the year, summed"),
    Column("effective_rate_share", "share", "mean rate left by disruptions"),
    Column("waiting", "count", "requests waiting at year's end"),
)
CURRENCY_YEAR = (
    Column("market_rate", "home per unit", "mean market rate of the year"),
    Column("budget_rate", "home per unit", "budget rate"),
    Column("payments_m", "m", "payments in the currency"),
)
PACKAGE_YEAR = (
    Column("components_share", "share", "components of the package together, by their elasticity of substitution"),
    Column("capability_share", "share", "of it what the enablers leave"),
)
AREA_YEAR = (Column("score", "points", "weighted mean of the area's indicators, 0 to 100"),)
CONDITION_YEAR = (Column("value", "1", "value at year's end"),)
WORKFORCE_YEAR = (
    Column("stock_people", "people", "people of this kind, since the start of the fiscal year"),
    Column("required_people", "people", "people required, crews of units that were operational then included"),
    Column("staffing_share", "share", "stock over required, within the bounds of what is read"),
)
TABLES = {
    "fiscal_years": FISCAL_YEAR,
    "programs": PROGRAM,
    "program_years": PROGRAM_YEAR,
    "resource_years": RESOURCE_YEAR,
    "packages": PACKAGE_YEAR,
    "areas": AREA_YEAR,
    "conditions": CONDITION_YEAR,
    "workforce": WORKFORCE_YEAR,
}
COLUMNS = {
    "fiscal": FISCAL_YEAR,
    "currency": CURRENCY_YEAR,
    "program": PROGRAM,
    "program_year": PROGRAM_YEAR,
    "resource_year": RESOURCE_YEAR,
    "package_year": PACKAGE_YEAR,
    "area_year": AREA_YEAR,
    "condition": CONDITION_YEAR,
    "workforce": WORKFORCE_YEAR,
}
"""The last axis of each array of `plan.layout.Outcomes`; `bucket` has no columns."""


def _positions(columns: tuple[Column, ...]) -> dict[str, int]:
    return {column.name: i for i, column in enumerate(columns)}


(
    TOPLINE, TOPLINE_GDP, TOPLINE_REFERENCE, GDP, PERSONNEL, OBLIGATORY, GENERAL, HNS, COMMITMENT, AUTHORITY, AUTHORITY_USED,
    PLANNING_LOSS, POWER_LOST, BURDEN, BURDEN_EXISTING, BURDEN_NEW, REVALUATION, DEOBLIGATED, FOREIGN_PAYMENTS,
    APART_OUTLAY, APART_OBLIGATORY,
    SUPPLEMENTARY, PREPAID, SUPPLEMENTARY_AUTHORITY, EXECUTION_LOSS, RESERVE_USED, RESERVE_FILLED, COMPENSATION, ARREARS_PAID,
    CARRY_IN, OUTLAYS, CARRY_OUT, UNSPENT, ARREARS, UNSETTLED, PRESSURE, SUPPORT, REGIME, TARIFF,
    REVISION, EXPORTS,
    SUSTAINMENT_NEEDED, SUSTAINMENT_PAID, AVAILABILITY,
) = range(len(FISCAL_YEAR))  # fmt: skip

_P = _positions(PROGRAM)
FIRST_DELIVERY = _P["first_delivery_months"]
FIRST_CENSORED = _P["first_delivery_censored"]
SLIP = _P["slip_months"]
COMPLETION = _P["completion_months"]
COMPLETION_CENSORED = _P["completion_censored"]
COMPLETION_SLIP = _P["completion_slip_months"]
FIRST_OPERATIONAL = _P["first_operational_months"]
OPERATIONAL_CENSORED = _P["first_operational_censored"]
PLANNED_COST = _P["planned_cost_bn"]
CONTRACTED_COST = _P["contracted_cost_bn"]
COST_BY_CAUSE = CONTRACTED_COST + 1
HELD = _P["held_by_review"]
CANCELED = _P["canceled_by_review"]

(PLANNED_UNITS, CONTRACTED_UNITS, PIPELINE_UNITS, DELIVERED_UNITS, OPERATIONAL_UNITS, BACKLOG_UNITS, CANCELED_UNITS,
 CONTRACTED_BN, FOREIGN_BN) = range(len(PROGRAM_YEAR))  # fmt: skip
USED, GRANTED, WAITED, AVAILABLE, WAITING = range(len(RESOURCE_YEAR))
(VALUE,) = range(len(CONDITION_YEAR))
STOCK, REQUIRED, STAFFED = range(len(WORKFORCE_YEAR))
MARKET_RATE, BUDGET_RATE, PAYMENTS = range(len(CURRENCY_YEAR))
COMPONENTS, CAPABILITY = range(len(PACKAGE_YEAR))
(SCORE,) = range(len(AREA_YEAR))
