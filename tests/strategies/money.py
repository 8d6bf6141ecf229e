"""Budgets and payments."""

from __future__ import annotations

from harness import Tree
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from strategies.values import FIRST_FY, amounts, growths, months, rarely, shares


@st.composite
def money(draw: DrawFn, years: int, fact: int, names: list[str]) -> Tree:
    """Budgets from loose to tight, and everything that may happen to them; fact: months that are history."""
    topline = draw(amounts(100, 1500))
    tree: Tree = {
        "personnel_bn": round(topline * draw(st.sampled_from((0.3, 0.6))), 1),
        "buckets": {
            "arms": {"authority_bn": draw(st.sampled_from((5000.0, 200.0, 60.0)))},
            "fleet": {"authority_bn": {FIRST_FY: draw(amounts(30, 300)), "then_growth_share": 0.02}, "pillar": False},
            "bases": {"authority_bn": 100.0, "base": "apart"},
        },
        "funding": {
            "stretch_out_share": draw(st.sampled_from((0.0, 0.05))),
            "later_years_share": draw(st.sampled_from((1.0, 0.6))),
        },
        "plan_window_years": draw(st.sampled_from((5, 1, 10))),
    }
    if draw(rarely(3)):
        tree["topline_share_of_gdp"] = round(topline / 600000.0, 6)
    else:
        tree["topline_bn"] = {FIRST_FY: topline, "then_growth_share": draw(growths)}
    if draw(st.booleans()):
        tree |= {"hns_bn": draw(amounts(0, 30)), "hns_bucket": "fleet", "lapse_share": draw(st.sampled_from((0.0, 0.013)))}
    if draw(st.booleans()):
        runoff: Tree = {FIRST_FY: draw(amounts(0, 300)), FIRST_FY + 1: draw(amounts(0, 100)), FIRST_FY + 3: 0.0}
        tree["opening_burden"] = {"runoff_bn": runoff, "apart_bn": {FIRST_FY: 12.3, FIRST_FY + 2: 0.0}}
        if names:
            tree["opening_burden"]["currency_shares"] = {names[0]: draw(st.sampled_from((0.0, 0.3)))}
    if draw(st.booleans()):
        tree["deobligation_bn"] = {FIRST_FY: draw(amounts(0, 20)), FIRST_FY + 2: draw(amounts(0, 60))}
    if draw(st.booleans()):
        tree["supplementary"] = {
            "month": draw(st.integers(1, 11)),
            "total_bn": (total := draw(amounts(0, 80))),
            "prepay_share": draw(shares),
            "authority_bn": min(total, draw(amounts(0, 10))),
        }
    if draw(st.booleans()):
        tree["reserve"] = {"initial_bn": draw(amounts(0, 10)), "ceiling_bn": draw(amounts(10, 30)), "fill_share": draw(shares)}
    if draw(st.booleans()):
        tree["cascade"] = {"supplementary_intercept_share": draw(shares), "supplementary_slope": 0.3}
        if fact > 0:
            tree["cascade"]["known"] = {FIRST_FY + draw(st.integers(0, (fact - 1) // 12)): draw(st.booleans())}
    if draw(st.booleans()):
        tree["shortfall"] = {"threshold_share": 0.6, "slope": draw(shares)}
    if draw(st.booleans()):
        tree["provisional"] = {
            "probability_intercept_share": draw(shares),
            "probability_slope": 0.5,
            "wait_months": draw(amounts(0, 3)),
        }
    if draw(st.booleans()):
        tree["taxes"] = {
            "surtax": {
                "date": draw(months(-6, 12 * years - 1)),
                "yield_bn": draw(amounts(0, 80)),
                "threshold_share": draw(shares),
                "postponed_months": draw(st.integers(1, 18)),
                "support_hit_share": 0.1,
                "shortfall_share": draw(shares),
            }
        }
    return tree


@st.composite
def payments(draw: DrawFn) -> Tree:
    """How a contract is paid."""
    profile = draw(st.sampled_from(([1.0], [0.2, 0.3, 0.5], [0.0, 1.0], None)))
    tree: Tree = {"on_delivery_share": draw(st.sampled_from((0.0, 0.2, 1.0)))}
    if profile is not None:
        return tree | {"shares": profile}
    return tree | {
        "norden_rayleigh_years": draw(st.integers(1, 6)),
        "norden_rayleigh_final_share": draw(st.sampled_from((0.97, 0.6))),
    }
