"""What changes the plan: revisions, cost review, bids, initiatives, diversion, at chosen and drawn budgets."""

from __future__ import annotations

from typing import Any

from harness import Tree, overlay

from corpus.linkage import REGIMES, linked
from corpus.register import CORPUS, adversary, build, fleet, line

RESIDUAL: Tree = {"title": "The rest", "bucket": "arms", "channel": "domestic", "quantity": "value", "residual": True,
                  "minimum_units": 0.0, "priority": 9}  # fmt: skip


def revising(**changes: Any) -> Tree:
    """Tight money under pressure, with a residual program, one that is dormant, one to divert to, and an initiative."""
    tree = linked(money__buckets__arms__authority_bn=130.0, economy__escalation={"mean_share": 0.02, "sd_share": 0.02})
    tree["resources"] = {"plant": line({2025: 1.0, 2027: 2.0})}
    tree["channels"]["domestic"]["stages"] = build(
        ask={"duration_months": 3.0, "noise": {"p90": 1.6}, "pressure_elasticity": 0.5, "approval": True},
        make={"duration_months": 4.0, "resource": "plant", "noise": {"p90": 1.4}},
    )
    tree["channels"]["law"] = {"initiative": True, "stages": build(
        draft={"duration_months": 5.0, "noise": {"p90": 1.8}},
        vote={"duration_months": 2.0, "failure_probability": 0.2,
              "rework": {"probability": 0.4, "to": "draft", "most": 2}})}  # fmt: skip
    ship = tree["programs"]["a"]
    tree["programs"] |= {
        "late": ship | {"lots": [{"fy": fy, "units": 2} for fy in range(2027, 2031)]},
        "own": ship | {"lots": [], "currency_shares": {}, "tranche_units": 2, "priority": 1},
        "act": {"title": "An act", "channel": "law", "start": "2025-10-15"},
        "rest": RESIDUAL,
    }
    tree["programs"]["a"]["divert_to"] = "own"
    tree["programs"]["b"]["stages"] = {"make": {"after": ["act.completion"]}}
    revision = {"date": "2028-04", "topline_mult": 1.1, "authority_mult": {"arms": 1.2}, "adds": ["late"], "cancels": ["d"],
                "scales": {"a": 1.5}}  # fmt: skip
    tree["money"]["revisions"] = {"plan": revision}
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


def free_order(probability: float, **bid: Any) -> Tree:
    """An export order of a few units a year, decided on the day of a budget."""
    return {"title": "An order", "channel": "domestic", "unit_cost_bn": 6.0, "priority": 1,
            "lots": [{"fy": fy, "units": 2} for fy in range(2027, 2031)],
            "bid": {"decision": "2027-04", "probability": probability, **bid}}  # fmt: skip


@adversary
def revision_by_date() -> Tree:
    """A revision on the day of a budget: authority, topline, programs added, scaled and canceled."""
    return revising()


@adversary
def revision_between_budgets() -> Tree:
    """A revision dated a day after a budget waits for the next; another of the same day replaces its topline."""
    revisions = {"plan": {"date": "2026-04-02", "topline_mult": 0.8, "scales": {"b": 0.4, "c": 1.3}},
                 "more": {"date": "2026-04-02", "topline_share_of_gdp": {2025: 0.0006, 2029: 0.0008}}}  # fmt: skip
    return revising(money__revisions=revisions)


@adversary
def revisions_by_triggers() -> Tree:
    """One revision for each trigger, in regimes that change often, with demands that are accepted."""
    revisions = {
        "dear": {"triggers": {"purchasing_power_lost_share": 0.02}, "topline_add_bn": {2026: 30.0, "then_growth_share": 0.1}},
        "torn": {"date": "2030-04", "earliest": "2026-10", "triggers": {"regime": "ruptured"}, "adds": ["late"],
                 "authority_mult": {"arms": 0.5, "side": 2.0}},
        "asked": {"triggers": {"demand_accepted": True}, "topline_mult": 1.3, "adds": ["late"], "cancels": ["a"]},
    }  # fmt: skip
    outcome = {"demand_probability": 0.7, "demand_share_of_gdp": 0.0001}
    return revising(
        money__revisions=revisions, linkage__rounds={"talks": {"dates": [f"{fy}-08" for fy in range(2025, 2031)]}},
        linkage__outcomes={result: outcome for result in ("failure", "muddle", "favorable")},
        linkage__demand={"support": 1.0, "phase_years": 2},
    )  # fmt: skip


@adversary
def revisions_by_regime() -> Tree:
    """A revision for each regime, in regimes that change often: they come in the order of the regimes at budgets."""
    rates = {a: {b: 0.15 for b in REGIMES if a != b} for a in REGIMES}
    revisions = {regime: {"triggers": {"regime": regime}, "topline_add_bn": 7.0 * i, "scales": {"a": 0.5 + 0.5 * i}}
                 for i, regime in enumerate(REGIMES)}  # fmt: skip
    return revising(money__revisions=revisions, linkage__rates_per_month=rates)


@adversary
def revision_after_the_as_of_date() -> Tree:
    """A trigger that has held for years brings a revision at the first budget after the as-of date only."""
    early = {"triggers": {"purchasing_power_lost_share": 0.0}, "scales": {"a": 2.0}, "cancels": ["b"]}
    return revising(money__revisions={"early": early}, horizon__as_of="2026-06", programs__late=...)


@adversary
def bids_by_a_coin() -> Tree:
    """Orders of other nations for the same line, won by a coin that support weighs; a home program learns from them."""
    tree = revising(programs__a__learning_slope_share=0.8)
    tree["programs"]["order"] = free_order(0.8, support_slope=3.0, learning_of="a")
    tree["programs"]["gift"] = free_order(0.5) | {"tranche_units": 1, "lots": [{"fy": 2028, "units": 9}]}
    return tree


@adversary
def bids_that_are_sure() -> Tree:
    """A bid won for certain, and one lost for certain, on the day of a round and of a budget."""
    tree = revising(linkage__rounds={"talks": {"dates": ["2027-04"]}}, linkage__outcomes={"muddle": {"pressure_add": 0.3}})
    tree["programs"]["aaa"] = free_order(1.0, support_slope=-5.0)
    tree["programs"]["zzz"] = free_order(0.0, learning_of="c")
    return tree


@adversary
def bids_upon_conditions() -> Tree:
    """A bid that an act makes likely, decided at the instant at which the act is done."""
    act = {"effects": {"ease": {"on": "completion", "condition": "export_rules", "add": 1.0}}}
    tree = revising(conditions={"export_rules": {"title": "Export rules", "initial": 0.2}})
    tree["programs"]["act"] |= act
    tree["programs"]["order"] = free_order(0.2, conditions={"export_rules": 3.0})
    tree["programs"]["gift"] = free_order(0.2, conditions={"export_rules": 3.0})
    tree["programs"]["gift"]["bid"]["decision"] = "2026-04"
    tree["channels"]["law"]["stages"] = build(draft={"duration_months": 6.0}, vote={"duration_months": 6.0})
    tree["programs"]["act"]["start"] = "2025-04"
    return tree


@adversary
def bids_on_record() -> Tree:
    """Bids decided before the start, before the as-of date, and after it."""
    tree = revising(horizon__as_of="2026-06")
    order = free_order(0.5)
    tree["programs"]["won"] = order | {
        "lots": [{"fy": 2024, "units": 3}, {"fy": 2026, "units": 4}],
        "bid": {"decision": "2023-10", "probability": 0.5, "result": "won", "learning_of": "a"},
    }
    tree["programs"]["lost"] = order | {"bid": {"decision": "2026-05", "probability": 0.5, "result": "lost"}}
    tree["programs"]["open"] = order | {"bid": {"decision": "2026-08-17", "probability": 0.6}}
    return tree


@adversary
def initiatives_upon_one_another() -> Tree:
    """Initiatives that began before the start, begin in the last month of a year and at its first instant, and wait in a row."""
    tree = revising(money__revisions__plan__adds=["late", "fourth"], horizon__as_of="2025-12")
    act = {"title": "An act", "channel": "law", "priority": 1}
    waits = {"stages": {"draft": {"after": ["act.first_delivery"]}}}
    tree["programs"] |= {
        "first": act | {"start": "2024-11"}, "second": act | {"start": "2026-03"},
        "third": act | {"start": "2026-04", "stages": {"vote": {"failure_probability": 1.0}}},
        "fourth": act | {"start": "2029-01-20", **waits}, "fifth": act | {"start": "2026-03-31", **waits},
    }  # fmt: skip
    return tree


@adversary
def diversion_in_turmoil() -> Tree:
    """Units of two programs go to a third whenever the regime calls for it, which it does often."""
    rates = {a: {b: 0.2 for b in REGIMES if a != b} for a in REGIMES}
    return revising(linkage__rates_per_month=rates, linkage__ceiling_per_month=0.6, 
                    programs__a__divert_regimes=["ruptured", "firewalled"],
                    programs__b__divert_to="own", programs__b__divert_regimes=["linked", "contested"])  # fmt: skip


def completing(first_fy: int, last_fy: int) -> Tree:
    """Ships a year for twelve years; `own`, one ship of 2025, gets those of `b` from first_fy to last_fy. Completions show."""
    tree = fleet(12, "ab", build(make={"duration_months": 7.0}), conditions={"fit": {}}, linkage={"initial_regime": "ruptured"})
    tree["horizon"]["as_of"] = f"{first_fy - 1}-06"
    tree["programs"]["own"] = tree["programs"]["a"] | {"lots": [{"fy": 2025, "units": 1}]}
    tree["programs"]["b"] |= {"lots": [{"fy": fy, "units": 1} for fy in range(first_fy, last_fy + 1)], "divert_to": "own"}
    for name, program in tree["programs"].items():
        program["effects"] = {name: {"on": "completion", "condition": "fit", "mult": 1.5}}
    return tree


@adversary
def units_for_a_program_that_had_been_complete() -> Tree:
    """Lots go to a program whose last unit has long been there: it is complete by the last of them, its effect came before."""
    return completing(2029, 2030)


@adversary
def units_under_way_for_a_program_that_had_been_complete() -> Tree:
    """The last lot that goes to a program which had been complete is under way at the horizon: it is complete no more."""
    tree = completing(2029, 2036)
    tree["channels"]["domestic"]["stages"]["make"]["duration_months"] = 13.0
    return tree


@adversary
def complete_by_what_is_dropped() -> Tree:
    """A revision cancels what a program that delivered before still lacks: its completion moves a condition, and others wait."""
    tree = fleet(8, "abc", build(make={"duration_months": 7.0}), conditions={"fit": {}})
    tree["programs"]["a"]["effects"] = {"fit": {"on": "completion", "condition": "fit", "mult": 1.5}}
    tree["programs"]["c"]["stages"] = {"make": {"after": ["a.completion"]}}
    tree["money"]["revisions"] = {"plan": {"date": "2029-04", "cancels": ["a"]}}
    return tree


@adversary
def reviews_of_dear_programs() -> Tree:
    """Unit costs grow fast: lots are held, programs canceled, some both, one after the other."""
    review = {"review_share": 0.05, "hold_probability": 0.6, "cancellation_share": 0.15, "cancellation_probability": 0.3}
    tree = revising(money__cost_review=review, money__funding={"stretch_out_share": 0.08})
    for name in ("a", "b", "c", "d", "late"):
        tree["programs"][name]["cost_growth"] = {"median": 1.2, "p90": 1.6}
    return tree


@adversary
def held_and_canceled_for_certain() -> Tree:
    """Every program is held at its first growth, and dropped at more."""
    review = {"review_share": 0.001, "hold_probability": 1.0, "cancellation_share": 0.1, "cancellation_probability": 1.0}
    tree = revising(money__cost_review=review, horizon__as_of="2025-12")
    for name in ("a", "b", "c"):
        tree["programs"][name]["cost_growth"] = {"median": 1.3, "p90": 1.3}
    return tree


def everything(*off: str) -> Tree:
    """Revision, review, bids, an act and a diversion in one plan, with some mechanisms off."""
    review = {"review_share": 0.05, "hold_probability": 0.5, "cancellation_share": 0.2, "cancellation_probability": 0.5}
    tree = revising(money__cost_review=review, linkage__initial_regime="ruptured", horizon__as_of="2026-01")
    tree["programs"]["order"] = free_order(0.9, learning_of="b")
    for name in ("a", "b", "c", "own"):
        tree["programs"][name]["cost_growth"] = {"median": 1.2, "p90": 1.5}
    return overlay(tree, {f"mechanisms.{switch}": False for switch in off})


CORPUS["everything_changes"] = everything
for _switch in ("revision", "cost_review", "exports", "diversification"):
    CORPUS[f"everything_changes_without_{_switch}"] = lambda switch=_switch: everything(switch)  # type: ignore[misc]


@adversary
def completed_by_a_cut() -> Tree:
    """What is not contracted is dropped after all else has arrived: who waits for it goes on, and a condition opens slots."""
    tree = revising(money__revisions={"less": {"date": "2028-04", "cancels": ["b", "c"]}}, money__cost_review=...)
    tree["conditions"] = {"trust": {"initial": 0.5}}
    tree["resources"]["plant"] |= {"scaled_by": {"trust": 1.0}}
    for name in "bc":
        tree["programs"][name] |= {"lots": [{"fy": 2025, "units": 1}, {"fy": 2030, "units": 4}],
                                   "stages": {"ask": {"duration_months": 1.0}, "make": {"after": []}}}  # fmt: skip
    tree["programs"]["b"]["effects"] = {"trust": {"condition": "trust", "on": "completion", "mult": 2.0}}
    tree["programs"]["d"]["stages"] = {"make": {"after": ["b.completion", "c.completion"]}}
    return tree


@adversary
def residual_overdrawn_and_back() -> Tree:
    """One revision takes more than the residual has, another gives some of it back."""
    revisions = {"more": {"date": "2026-04", "scales": {"a": 5.0, "b": 5.0}}, "less": {"date": "2027-04", "scales": {"a": 0.3}}}
    return revising(money__revisions=revisions)
