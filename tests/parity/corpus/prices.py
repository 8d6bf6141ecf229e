"""Exchange rates, prices, cost growth, and numbers that are not known."""

from __future__ import annotations

from typing import Any

from harness import DOLLAR, ROOT, Tree, overlay

from corpus.money import buying
from corpus.register import adversary, build, line

OU: Tree = {"kind": "ou", "volatility_per_month": 0.05, "level_rate": 80.0, "half_life_months": 12.0}


def priced(**changes: Any) -> Tree:
    """Buying in three currencies, correlated, of every process."""
    tree = buying(
        currencies={"EUR": DOLLAR | {"process": OU, "cover_share": 0.4}, "NOK": DOLLAR | {"process": {"kind": "fixed"}},
                    "USD": DOLLAR | {"cover_share": 1.0, "plan_rate": {2025: 90.0, "then_growth_share": 0.05}}},
        correlation={"EUR": {"USD": 0.8, "NOK": -0.3}, "NOK": {"USD": -0.5}},
        money__topline_bn=600.0, money__buckets__arms__authority_bn=250.0,
    )  # fmt: skip
    tree = overlay(tree, {
        "programs.a.currency_shares": {"EUR": 0.5, "USD": 0.5},
        "programs.b.currency_shares": {"NOK": 0.2, "USD": 0.2, "EUR": 0.0},
        "programs.a.passthrough_share": 0.4, "programs.b.passthrough_share": -0.5,
    })  # fmt: skip
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


@adversary
def three_currencies() -> Tree:
    """Correlated currencies, full cover and none, foreign content of 0 and of all."""
    return priced()


@adversary
def currencies_moving_as_one() -> Tree:
    """Correlation next to 1: the second currency has hardly an innovation of its own."""
    tree = priced(correlation={"EUR": {"USD": 0.999999}})
    return overlay(tree, {"currencies.EUR.process": DOLLAR["process"] | {"drift_per_month": 0.01}})


JUMPS: Tree = {"kind": "jump_diffusion", "volatility_per_month": 0.03, "jumps_per_month": 0.4, "jump_mean_log": -0.02,
               "jump_sd_log": 0.08}  # fmt: skip
STATES: Tree = {"kind": "regime_switching", "turbulent_probability": 1.0,
                "calm": {"volatility_per_month": 0.02, "leave_probability": 0.1, "drift_per_month": 0.002},
                "turbulent": {"volatility_per_month": 0.08, "leave_probability": 0.3, "drift_per_month": -0.01}}  # fmt: skip
BLOCKS: Tree = {"kind": "bootstrap", "mean_block_months": 4.0, "drift_per_month": -0.001}


@adversary
def jumps_and_states() -> Tree:
    """Jumps and changes of state of correlated currencies, their numbers unknown, and none of either where chances are 0 or 1."""
    jumps = JUMPS | {"jumps_per_month": dist("exponential", mean=0.5), "jump_sd_log": dist("uniform", low=0.0, high=0.2)}
    tree = priced(currencies__AUD=DOLLAR | {"process": STATES | {"calm": STATES["turbulent"] | {"leave_probability": 0.0}}})
    return overlay(tree, {
        "currencies.EUR.process": jumps, "currencies.NOK.process": STATES, "currencies.USD.process": JUMPS,
        "programs.c.currency_shares": {"AUD": 0.3},
    })  # fmt: skip


@adversary
def jumps_without_noise() -> Tree:
    """The expected drift of each process where exchange noise is off."""
    tree = priced(mechanisms={"exchange_noise": False})
    return overlay(tree, {"currencies.EUR.process": JUMPS | {"drift_per_month": 0.01}, "currencies.NOK.process": STATES})


@adversary
def resampled_history() -> Tree:
    """Two currencies resampled in common blocks between two that are correlated with them, and one with blocks of its own."""
    record = {"history": str(ROOT / "scenarios" / "data" / "jpy_monthly.csv")}
    record |= {key: value for key, value in DOLLAR.items() if key != "spot_rate"}
    tree = priced(horizon__as_of="2025-08", currencies__AUD=record | {"process": BLOCKS | {"history_from": "2012-01"}})
    return overlay(tree, {
        "currencies.EUR": record | {"process": BLOCKS}, "currencies.NOK.process": JUMPS,
        "currencies.USD": record | {"process": BLOCKS | {"mean_block_months": 1.0}}, "correlation.AUD": {"NOK": 0.4},
        "programs.c.currency_shares": {"AUD": 0.3},
    })  # fmt: skip


@adversary
def shocks() -> Tree:
    """Dated, random and permanent shocks of one currency, at the same instant and before the horizon's end."""
    base = {"currency": "USD", "size_share": 0.3}
    return priced(shocks={
        "a": base | {"onset": "2026-04", "ramp_months": 3.0, "half_life_months": 6.0},
        "b": base | {"onset": "2026-04", "size_share": -0.2}, "c": base | {"hazard_per_year": 0.5, "half_life_months": 9.0},
        "d": base | {"hazard_per_year": {"dist": "uniform", "low": 0.0, "high": 0.2}},
        "e": base | {"onset": "2031-03", "currency": "EUR", "ramp_months": 60.0},
    })  # fmt: skip


@adversary
def prices_and_cost_growth() -> Tree:
    """Inflation at home and abroad, learning, cost growth by system and program, stretch-out, in other price years."""
    return priced(
        economy__escalation={"mean_share": 0.03, "sd_share": 0.05, "persistence_share": 0.9, "known_share": {2026: -0.01}},
        economy__foreign_escalation={"mean_share": 0.05, "sd_share": 0.05}, economy__plan_escalation_share=0.02,
        economy__passthrough_lag_months=40, money__topline_bn=370.0, money__funding={"stretch_out_share": 0.1},
        programs__a__cost_growth={"median": 1.1, "p90": 1.8, "system_loading_share": 0.5, "program_loading_share": 0.5},
        programs__a__learning_slope_share=0.8, programs__a__price_fy=2022, programs__b__price_fy=2028,
        programs__b__learning_slope_share=1.1, programs__b__learning_prior_units=10.0, programs__b__cost_growth={"p90": 50.0},
        programs__c__cost_growth={"median": 0.9, "p90": 1.2, "system_loading_share": 1.0},
    )  # fmt: skip


@adversary
def prices_known_in_part() -> Tree:
    """Half of it is fact: costs on record, budget rates set, growth known."""
    tree = priced(
        horizon__as_of="2027-06", currencies__USD__budget_rate={2025: 100.0, 2026: 120.0, 2027: 90.0},
        programs__a__lots=[{"fy": 2024, "units": 2}, {"fy": 2025, "units": 2, "cost_bn": 31.0},
                           {"fy": 2026, "units": 2, "cost_bn": 0.0}, {"fy": 2028, "units": 2, "cost_bn": 5.0}],
        economy__escalation={"mean_share": 0.03, "sd_share": 0.05}, programs__a__cost_growth={"p90": 1.5},
    )  # fmt: skip
    return overlay(tree, {"economy.budget_rate_rule": {"first_month_before": 12, "last_month_before": 1}})


def dist(kind: str, **values: float) -> Tree:
    """A distribution."""
    return {"dist": kind, **values}


@adversary
def nothing_is_known() -> Tree:
    """Distributions of every kind as values, some of them clipped to what is allowed."""
    tree = priced(
        money__topline_bn=dist("normal", mean=420.0, sd=200.0), money__personnel_bn=dist("uniform", low=250.0, high=300.0),
        money__lapse_share=dist("normal", mean=0.01, sd=0.1), money__reserve={"ceiling_bn": dist("exponential", mean=5.0)},
        money__buckets__arms__authority_bn={2025: dist("lognormal", median=100.0, p90=200.0), 2027: 80.0},
        money__funding={"later_years_share": dist("triangular", low=0.0, mode=0.9, high=1.0)},
        channels__domestic__stages=build(
            plan={"duration_months": dist("triangular", low=2.0, mode=2.0, high=9.0)},
            make={"duration_months": dist("lognormal", median=5.0, p90=8.0), "resource": "plant",
                  "noise": {"p90": dist("uniform", low=1.1, high=1.5)},
                  "rework": {"probability": dist("uniform", low=0.0, high=1.0), "to": "plan", "work_share": 0.5}},
        ),
        resources={"plant": line(dist("uniform", low=0.5, high=3.0), background={
            "arrivals_per_month": dist("exponential", mean=0.3), "size": dist("exponential", mean=2.0),
            "backlog": dist("uniform", low=0.0, high=9.0)})},
        programs__a__unit_cost_bn=dist("lognormal", median=8.0, p90=12.0), programs__a__tranche_units=2,
        programs__a__currency_shares={"USD": dist("uniform", low=0.1, high=0.9)},
        currencies__EUR__cover_share=dist("normal", mean=0.5, sd=1.0),
        linkage={"support": {"initial_share": dist("normal", mean=0.5, sd=0.5)},
                 "pressure": {"statement_size": dist("exponential", mean=0.4), "statements_per_month": {"firewalled": 0.4}}},
    )  # fmt: skip
    return tree


@adversary
def durations_are_not_known() -> Tree:
    """Planned durations drawn once a replication, with lots fitted to their dates, on a resource, with part of it fact."""
    stages = build(
        plan={"duration_months": dist("uniform", low=0.0, high=9.0), "noise": {"p90": 1.4}},
        work={"duration_months": dist("triangular", low=1.0, mode=3.0, high=30.0), "pressure_elasticity": 0.5},
    )
    tree = priced(channels__domestic__stages=stages, horizon__as_of="2025-09", linkage={"pressure": {"initial": 0.6}})
    return overlay(tree, {"programs.a.current_estimate": "2027-06", "programs.a.baseline_delivery": "2026-06"})
