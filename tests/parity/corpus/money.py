"""Money: none, too little, late, carried over, paid in advance."""

from __future__ import annotations

from typing import Any

from harness import DOLLAR, Tree, overlay, plain

from corpus.register import adversary, build, slots


def buying(years: int = 6, **changes: Any) -> Tree:
    """Four programs with foreign content and lots every year, in tight money."""
    tree = plain(
        years, currencies={"USD": DOLLAR}, money__topline_bn=400.0, money__personnel_bn=300.0,
        money__buckets={"arms": {"authority_bn": 100.0}, "side": {"authority_bn": 40.0, "base": "apart"}},
    )  # fmt: skip
    ship = tree["programs"].pop("ship") | {"lots": [{"fy": 2025 + y, "units": 3} for y in range(years)]}
    tree["programs"] = {
        "a": ship | {"currency_shares": {"USD": 0.6}},
        "b": ship | {"minimum_units": 3, "priority": 4},
        "c": ship | {"quantity": "value", "unit_cost_bn": ..., "currency_shares": {"USD": 0.3}},
        "d": ship | {"bucket": "side"},
    }  # fmt: skip
    del tree["programs"]["c"]["unit_cost_bn"]
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


@adversary
def no_money_at_all() -> Tree:
    """Topline, personnel and authority all 0."""
    return buying(money__topline_bn=0.0, money__personnel_bn=0.0, money__buckets__arms__authority_bn=0.0)


@adversary
def less_than_is_due() -> Tree:
    """Payments due exceed the topline every year: arrears upon arrears."""
    return buying(money__topline_bn=250.0, money__opening_burden={"runoff_bn": 80.0, "apart_bn": {2025: 9.0, 2028: 0.0}})


@adversary
def money_for_minimum_lots_only() -> Tree:
    """Whole lots or none, a little more every year; the program known by value takes what is left to the grid."""
    return buying(money__topline_bn={2025: 320.0, "then_growth_share": 0.03}, money__funding={"stretch_out_share": 0.05})


@adversary
def funding_by_equal_priority() -> Tree:
    """Who is funded is decided by name alone."""
    tree = buying(money__buckets__arms__authority_bn=50.0)
    return overlay(tree, {f"programs.{name}.priority": 5 for name in "abcd"})


@adversary
def later_years_full() -> Tree:
    """Contracts may fill nothing of later years; only what is paid at once is contracted."""
    tree = buying(money__funding={"later_years_share": 0.0}, money__opening_burden={"runoff_bn": {2025: 20.0, 2030: 0.0}})
    return overlay(tree, {"programs.b.payment": {"shares": [1.0]}})


@adversary
def limits_off() -> Tree:
    """Every lot is funded whole in its year, whatever it costs."""
    return buying(mechanisms__budget_limits=False, money__topline_bn=310.0)


@adversary
def free_of_charge() -> Tree:
    """Units without cost, beside dear ones."""
    return buying(programs__a__unit_cost_bn=0.0, programs__d__unit_cost_bn=0.0)


@adversary
def residuals() -> Tree:
    """Residual programs of two buckets, after host-nation support, in every year; authority drawn, below named lots too."""
    tree = buying(money__hns_bn=5.0, money__hns_bucket="arms", money__topline_bn=380.0)
    rest = {"title": "Rest", "channel": "domestic", "quantity": "value", "residual": True}
    tree["programs"] |= {"rest": rest | {"bucket": "arms"}, "r2": rest | {"bucket": "side", "priority": 9}}
    drawn = {"dist": "uniform", "low": 0.0, "high": 280.0}
    authority = {2025: 90.0, 2027: drawn, 2028: 140.0}
    return overlay(tree, {"money.buckets.arms.authority_bn": authority, "programs.a.currency_shares.USD": 0.2})


@adversary
def paid_on_delivery() -> Tree:
    """All, half and nothing is paid on delivery, which is late: carried over, more than once, or expected beyond all years."""
    stages = build(work={"duration_months": 9.0, "noise": {"p90": 3.0}, "resource": "yard", "failure_probability": 0.2})
    tree = buying(channels__domestic__stages=stages, resources__yard=slots(2), money__topline_bn=450.0)
    for name, share in (("a", 1.0), ("b", 0.5), ("c", 0.4)):
        tree["programs"][name]["payment"] = {"shares": [0.5, 0.5], "on_delivery_share": share}
    return overlay(tree, {"programs.c.stages.work.duration_months": 130.0})


@adversary
def paid_in_advance() -> Tree:
    """Advances settled late, or beyond all years, for tranches and for failures."""
    tree = buying(channels__domestic__advance=True, channels__domestic__settlement_lag_months=30.0)
    tree["channels"]["slow"] = overlay(tree["channels"]["domestic"], {"settlement_lag_months": 2000.0})
    return overlay(tree, {"programs.b.channel": "slow", "channels.domestic.stages.build.failure_probability": 0.3})


@adversary
def norden_rayleigh_payments() -> Tree:
    """Bell-shaped payments of one year and of ten."""
    tree = buying(channels__domestic__payment={"norden_rayleigh_years": 10, "norden_rayleigh_final_share": 0.8,
                                                "on_delivery_share": 0.1})  # fmt: skip
    return overlay(tree, {"programs.b.payment": {"norden_rayleigh_years": 1}, "programs.c.payment": {
        "norden_rayleigh_years": 4, "norden_rayleigh_final_share": 0.5}})  # fmt: skip


@adversary
def supplementary_and_reserve() -> Tree:
    """Prepayment of more than is due, a reserve that fills and empties, losses covered or not by a coin."""
    return buying(
        money__supplementary={"month": 11, "total_bn": 90.0, "prepay_share": 1.0, "authority_bn": 3.0},
        money__reserve={"initial_bn": 1.0, "ceiling_bn": 2.0, "fill_share": 0.5},
        money__cascade={"supplementary_intercept_share": 0.2, "supplementary_slope": 0.5},
        money__lapse_share=0.013, currencies__USD__process__volatility_per_month=0.1,
    )  # fmt: skip


@adversary
def losses_on_record() -> Tree:
    """Compensation on record up to the as-of date, drawn after it."""
    return buying(
        horizon__as_of="2027-01", money__supplementary={"month": 1, "total_bn": 9.0},
        money__cascade={"supplementary_intercept_share": 0.5, "known": {2025: True}},
        currencies__USD__process__volatility_per_month=0.1,
    )  # fmt: skip


@adversary
def contracts_wait() -> Tree:
    """A provisional budget every year, for as long as the year: contracts start as the next budget does."""
    return buying(money__provisional={"probability_intercept_share": 1.0, "wait_months": 12.0})


@adversary
def contracts_wait_for_the_next_year() -> Tree:
    """Contracts signed on the next budget day, after that day's statements: they ask for a place when the year has been read."""
    stages = build(work={"duration_months": 4.0, "resource": "yard", "pressure_elasticity": 1.0})
    return buying(
        money__provisional={"probability_intercept_share": 1.0, "wait_months": 12.0}, channels__domestic__stages=stages,
        resources__yard=slots(1), linkage={"statements": [{"date": f"{fy}-04", "size": 0.5} for fy in range(2025, 2031)]},
    )  # fmt: skip


@adversary
def contracts_wait_by_a_coin() -> Tree:
    """A provisional budget now and then, by support, with a queue behind it."""
    stages = build(work={"duration_months": 4.0, "resource": "yard"})
    return buying(
        money__provisional={"probability_intercept_share": 1.0, "probability_slope": 1.0, "wait_months": 2.5},
        channels__domestic__stages=stages, resources__yard=slots(1), horizon__as_of="2026-03",
    )  # fmt: skip


@adversary
def taxes_put_off() -> Tree:
    """Taxes put off again and again, one a month at a time, one beyond the horizon, one never; one began before the start."""

    def tax(date: str, **more: Any) -> Tree:
        return {"date": date, "yield_bn": 30.0, "shortfall_share": 0.8, "support_hit_share": 0.2} | more

    return buying(
        money__taxes={
            "old": tax("2024-10"), "first": tax("2025-04", threshold_share=0.5, postponed_months=1),
            "later": tax("2026-07-10", threshold_share=0.62, postponed_months=7), "never": tax("2026-10", threshold_share=1.0),
            "late": tax("2030-12", threshold_share=1.0, postponed_months=120), "with_first": tax("2025-04"),
        },
        linkage={"support": {"initial_share": 0.4, "mean_share": 0.65, "half_life_months": 5.0}},
        money__shortfall={"threshold_share": 0.6, "slope": 0.5},
    )  # fmt: skip


@adversary
def topline_as_a_share() -> Tree:
    """A topline by GDP that shrinks, with growth on record, a base year in the horizon and a tariff."""
    tree = buying(
        economy__gdp={"base_fy": 2025, "base_bn": 20000.0, "mean_share": -0.05, "sd_share": 0.03, "persistence_share": 0.5,
                      "known_share": {2027: 0.02}, "tariff_elasticity": 0.3, "reference_bn": 30000.0},
        linkage={"tariff": {"initial_share": 0.3, "reference_share": 0.1}},
        money__topline_share_of_gdp={2025: 0.02, 2027: 0.018},
    )  # fmt: skip
    return overlay(tree, {"money.topline_bn": ...})


@adversary
def support_runs_out() -> Tree:
    """Support at 0 cuts the topline to nothing; support at 1 leaves it whole."""
    return buying(
        linkage={"support": {"initial_share": 1.0, "mean_share": 0.0, "half_life_months": 4.0, "pressure_drag_per_month": 1.0},
                 "statements": [{"date": "2027-04", "size": 9.0}]},
        money__shortfall={"threshold_share": 1.0, "slope": 3.0},
    )  # fmt: skip
