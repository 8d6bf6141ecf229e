"""Pressure, support, regimes and rounds."""

from __future__ import annotations

from harness import Tree
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from strategies.values import REGIMES, RESULTS, amounts, date, months, rarely, shares


@st.composite
def outcomes(draw: DrawFn) -> Tree:
    """What the results of negotiating rounds do."""
    blocks: Tree = {}
    for result in RESULTS:
        block: Tree = {}
        if draw(st.booleans()):
            block["regime"] = draw(st.sampled_from(REGIMES))
        if draw(st.booleans()):
            block |= {"pressure_add": draw(amounts(0, 1)), "pressure_mult": draw(st.sampled_from((1.0, 0.5)))}
        if draw(st.booleans()):
            block |= {"hns_mult": draw(st.sampled_from((1.0, 1.3))), "tariff_share": draw(shares)}
        if draw(st.booleans()):
            block |= {"commitment_bn_per_year": draw(amounts(0, 20)), "commitment_years": draw(st.integers(1, 4))}
        if draw(st.booleans()):
            block |= {"demand_probability": draw(shares), "demand_share_of_gdp": 0.0002}
        if block:
            blocks[result] = block
    return blocks


@st.composite
def linkages(draw: DrawFn, years: int, fact: int) -> Tree:
    """Trade pressure in all its parts; fact: months that are history."""
    end = 12 * years - 1
    dates = sorted(draw(st.sets(st.integers(0, end), min_size=1, max_size=3)))
    tree: Tree = {
        "initial_regime": draw(st.sampled_from(REGIMES)),
        "rates_per_month": {"contested": {"linked": 0.05, "firewalled": 0.03}, "linked": {"contested": 0.1, "ruptured": 0.02}},
        "ceiling_per_month": draw(st.sampled_from((0.5, 0.12, 2.0))),
        "pressure": {
            "initial": draw(amounts(0, 1)),
            "half_life_months": draw(st.sampled_from((6.0, 12.0))),
            "statements_per_month": {"contested": 0.2, "linked": 0.5},
            "statements_ceiling_per_month": draw(st.sampled_from((1.0, 0.5, 3.0))),
            "statement_size": draw(amounts(0, 1)),
        },
        "support": {
            "initial_share": draw(shares),
            "mean_share": draw(shares),
            "half_life_months": draw(st.sampled_from((12.0, 6.0))),
            "pressure_drag_per_month": 0.03,
            "floor_share": draw(st.sampled_from((0.05, 0.5))),
        },
        "statements": [{"date": draw(months(0, end)), "size": draw(amounts(0, 2))}],
        "logit": {"support": 1.0, "pressure": 0.5, "concessions": 0.7, "ties": draw(st.sampled_from((0.0, 0.7)))}
        | draw(st.sampled_from(({}, {"cut_failure": 0.5, "cut_favorable": 0.5}))),
        "concessions": draw(st.sampled_from((0.0, 1.0))),
        "partner_ties": draw(st.sampled_from((0.0, 0.5))),
        "outcomes": draw(outcomes()),
        "demand": {
            "intercept": draw(st.sampled_from((0.0, -3.0, 3.0))),
            "support": draw(st.sampled_from((0.0, 2.0))),
            "pressure": draw(st.sampled_from((0.0, 1.0))),
            "phase_years": draw(st.integers(1, 3)),
            "refusal_pressure_add": 0.3,
        },
        "tariff": {"initial_share": draw(shares), "reference_share": 0.1},
        "rounds": {
            "talks": {
                "dates": [date(m) for m in dates],
                "results": {date(m): draw(st.sampled_from(RESULTS)) for m in dates if m < fact},
                "hns": draw(st.booleans()),
                "outcomes": draw(outcomes()) if draw(rarely(3)) else {},
            }
        },
    }
    if fact > 0:
        tree["known_regimes"] = [{"date": draw(months(0, fact - 1)), "regime": draw(st.sampled_from(REGIMES))}]
        tree["tariff"]["known"] = {draw(months(0, fact - 1)): draw(shares)}
    return tree
