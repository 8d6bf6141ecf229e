"""The linkage: regimes, statements, rounds, demands, all at chosen or drawn instants."""

from __future__ import annotations

from typing import Any

from harness import Tree, overlay

from corpus.money import buying
from corpus.register import adversary, build, first_month, lasting

REGIMES = ("firewalled", "contested", "linked", "ruptured")


def linked(**changes: Any) -> Tree:
    """Buying under pressure, with regimes that change often."""
    rates = {a: {b: 0.1 for b in REGIMES if a != b} for a in REGIMES}
    linkage = {
        "initial_regime": "contested", "rates_per_month": rates,
        "pressure": {"initial": 0.3, "statements_per_month": {"contested": 0.4, "linked": 1.0}, "statement_size": 0.5},
        "support": {"pressure_drag_per_month": 0.05}, "logit": {"support": 1.0, "pressure": 1.0, "concessions": 0.5, "ties": 0.5},
        "concessions": 1.0, "partner_ties": 0.5,
    }  # fmt: skip
    stages = build(ask={"duration_months": 4.0, "pressure_elasticity": 1.0, "approval": True}, work={"duration_months": 7.0})
    tree = buying(linkage=linkage, channels__domestic__stages=stages, money__hns_bn=5.0, money__hns_bucket="arms",
                  money__shortfall={"threshold_share": 0.6, "slope": 0.5})  # fmt: skip
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


@adversary
def regimes_in_turmoil() -> Tree:
    """Regimes change at nearly every candidate, statements at every one."""
    rates = {a: {b: 0.6 for b in REGIMES if a != b} for a in REGIMES}
    return linked(linkage__rates_per_month=rates, linkage__ceiling_per_month=1.8,
                  linkage__pressure__statements_per_month={regime: 1.0 for regime in REGIMES})  # fmt: skip


@adversary
def regimes_that_stay() -> Tree:
    """Ceilings of 0: neither clock runs."""
    return linked(linkage__rates_per_month={}, linkage__ceiling_per_month=0.0,
                  linkage__pressure={"initial": 1.0, "statements_ceiling_per_month": 0.0})  # fmt: skip


@adversary
def equal_half_lives() -> Tree:
    """Pressure and support decay alike: the closed form's special case."""
    return linked(linkage__pressure__half_life_months=8.0, linkage__support__half_life_months=8.0)


def talks(**outcome: Any) -> Tree:
    """Rounds often, two of them on the same days, each result with this outcome."""
    dates = [f"{fy}-{month:02d}" for fy in (2025, 2026, 2027) for month in (4, 8, 10, 12)] + ["2028-03-31", "2028-07-09"]
    return linked(
        linkage__rounds={
            "b": {"dates": dates, "hns": True}, "a": {"dates": dates[::2]},
            "c": {"dates": dates[1::3], "outcomes": {"muddle": {"regime": "ruptured", "pressure_add": 0.1}}},
        },
        linkage__outcomes={result: outcome for result in ("failure", "muddle", "favorable")},
    )  # fmt: skip


@adversary
def rounds_upon_rounds() -> Tree:
    """Rounds on the same days under other names: regime, pressure, tariff, support and commitments of each."""
    return talks(pressure_add=0.2, pressure_mult=0.7, hns_mult=1.1, tariff_share=0.15, regime="contested",
                 commitment_bn_per_year=2.0, commitment_years=30)  # fmt: skip


@adversary
def rounds_with_outcomes_of_their_own() -> Tree:
    """Three rounds on the same days, each with an outcome for each result: which of them is in force is told by the order."""
    outcome = {"pressure_add": 0.1, "pressure_mult": 0.8, "hns_mult": 1.1, "commitment_bn_per_year": 1.5, "commitment_years": 2,
               "demand_probability": 0.6, "demand_share_of_gdp": 0.0001}  # fmt: skip
    tree = talks(regime="ruptured", tariff_share=0.3)
    for i, name in enumerate("abc"):
        tree["linkage"]["rounds"][name] |= {"hns": True, "dates": tree["linkage"]["rounds"][name]["dates"][1:]}
        tree["linkage"]["rounds"][name]["outcomes"] = {
            result: outcome | {"regime": REGIMES[(i + j) % 4], "tariff_share": 0.1 * (i + j)}
            for j, result in enumerate(("failure", "muddle", "favorable"))
        }
    return overlay(tree, {
        "linkage.initial_regime": "linked", "linkage.outcomes.muddle": {"regime": "firewalled"},
        "linkage.rounds.d": {"dates": ["2027-06", "2027-07"]}, "economy.gdp.tariff_elasticity": 0.3,
    })  # fmt: skip


@adversary
def demands_accepted() -> Tree:
    """Every round ends with a demand, every demand is accepted, and grows for longer than the horizon."""
    tree = talks(demand_probability=1.0, demand_share_of_gdp=0.0001)
    return overlay(tree, {"linkage.demand": {"intercept": 60.0, "phase_years": 30}})


@adversary
def demands_refused() -> Tree:
    """Every demand is refused, which adds to pressure."""
    tree = talks(demand_probability=1.0, demand_share_of_gdp=0.0001)
    return overlay(tree, {"linkage.demand": {"intercept": -60.0, "refusal_pressure_add": 0.5}})


@adversary
def demands_by_a_coin() -> Tree:
    """Demands are made and answered by support and pressure."""
    tree = talks(demand_probability=0.5, demand_share_of_gdp=0.0001, hns_mult=0.9)
    return overlay(tree, {"linkage.demand": {"support": 2.0, "pressure": 2.0, "phase_years": 1, "refusal_pressure_add": 0.5},
                          "linkage.logit.cut_failure": 0.0, "linkage.logit.cut_favorable": 0.0})  # fmt: skip


@adversary
def rounds_on_record() -> Tree:
    """Results, regimes and tariffs on record up to a mid-year date, drawn after it."""
    tree = overlay(talks(tariff_share=0.2, demand_probability=1.0, demand_share_of_gdp=0.0001),
                   {"horizon.as_of": "2026-08"})  # fmt: skip
    for r in tree["linkage"]["rounds"].values():
        r["results"] = {d: result for d, result in zip(
            [d for d in r["dates"] if d <= "2026-08"], ("failure", "muddle", "favorable") * 3, strict=False)}  # fmt: skip
    return overlay(tree, {
        "linkage.known_regimes": [{"date": "2024-04", "regime": "linked"}, {"date": "2025-04", "regime": "ruptured"},
                                  {"date": "2026-08-31", "regime": "contested"}],
        "linkage.tariff.known": {"2024-12": 0.05, "2025-04": 0.1, "2026-08-01": 0.3},
        "linkage.statements": [{"date": d, "size": 0.4} for d in ("2025-04", "2025-08", "2026-08", "2026-09", "2030-03-31")],
    })  # fmt: skip


@adversary
def approval_as_the_regime_changes() -> Tree:
    """A stage under pressure begins at the instant at which the regime changes."""
    tree = linked()
    tree = overlay(tree, {"channels.domestic.stages": build(
        plan={"duration_months": 1.0}, ask={"duration_months": 4.0, "pressure_elasticity": 1.0})})  # fmt: skip
    return lasting(tree, "plan", first_month(tree, "regime"))
