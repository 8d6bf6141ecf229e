"""What changes the plan: revisions, reviews, bids, diversion."""

from __future__ import annotations

from harness import Tree
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from strategies.pipelines import channels
from strategies.values import FIRST_FY, REGIMES, amounts, date, month_of, months, rarely, shares


@st.composite
def changes(draw: DrawFn, tree: Tree, years: int, fact: int, templates: Tree) -> None:
    """What may change the plan, added to a scenario: an initiative, an export, a diversion, revisions, a cost review."""
    programs = tree["programs"]
    units = [name for name, block in programs.items() if block.get("quantity") != "value"]
    tree["channels"] = templates | {"law": {"initiative": True, "stages": draw(channels())["stages"]}}
    programs["act"] = {
        "title": "An act",
        "channel": "law",
        "start": draw(months(-6, 12 * years - 1)) + draw(st.sampled_from(("", "-16"))),
    }
    first = max(0, -(-fact // 12))  # the first year that is not history
    later = [{"fy": FIRST_FY + y, "units": draw(st.integers(1, 6))} for y in range(first, years) if draw(rarely(2))]
    added = {"title": "Another", "channel": draw(st.sampled_from(sorted(templates))), "unit_cost_bn": draw(amounts(0, 9))}
    if later:
        decided = draw(st.integers(fact, 12 * (later[0]["fy"] - FIRST_FY)))
        if decided < 12 * years:
            bid: Tree = {"decision": date(decided), "probability": draw(shares)}
            bid["support_slope"] = draw(st.sampled_from((0.0, 4.0)))
            if units and draw(st.booleans()):
                bid["learning_of"] = draw(st.sampled_from(units))
            programs["order"] = added | {"lots": later, "bid": bid}
        programs["dormant"] = added | {"lots": later, "bucket": "arms"}
    if fact > 0:
        result = draw(st.sampled_from(("won", "lost")))
        old: Tree = {"decision": date(draw(st.integers(-12, -1))), "probability": draw(shares), "result": result}
        programs["old"] = added | {
            "lots": [{"fy": FIRST_FY + y, "units": draw(st.integers(1, 6))} for y in range(years)],
            "bid": old,
        }
    if units and draw(st.booleans()):
        programs["other"] = added | {"lots": [], "bucket": draw(st.sampled_from(("arms", "fleet")))}
        regimes = draw(st.sets(st.sampled_from(REGIMES), min_size=1))
        programs[units[0]] |= {"divert_to": "other", "divert_regimes": sorted(regimes)}
    tree["money"]["revisions"] = {}
    for i in range(draw(st.integers(0, 2))):
        block: Tree = {"authority_mult": {"arms": draw(shares) * 2.0}, "scales": {"p0": draw(st.sampled_from((0.5, 1.3)))}}
        block |= draw(st.sampled_from(({"topline_mult": 1.2}, {"topline_add_bn": 50.0}, {"topline_share_of_gdp": 0.001})))
        if fact < 12 * years and draw(st.booleans()):
            block["date"] = draw(months(fact, 12 * years - 1))
        if "date" not in block or draw(st.booleans()):
            trigger: Tree = {"purchasing_power_lost_share": draw(st.sampled_from((0.0, 0.05)))}
            block["triggers"] = draw(
                st.sampled_from((trigger, {"regime": draw(st.sampled_from(REGIMES))}, {"demand_accepted": True}))
            )
            end = 12 * years if "date" not in block else month_of(block["date"])
            if draw(st.booleans()):
                block["earliest"] = draw(months(-1, end - 1))
        if draw(st.booleans()):
            block["cancels"] = [draw(st.sampled_from([name for name in programs if name not in ("dormant", "order", "old")]))]
        if "dormant" in programs:
            block["adds"] = ["dormant"]
        tree["money"]["revisions"][f"revision{i}"] = block
    if "dormant" in programs and not tree["money"]["revisions"]:
        del programs["dormant"]
    if draw(st.booleans()):
        tree["money"]["cost_review"] = {
            "review_share": 0.02,
            "hold_probability": draw(shares),
            "cancellation_share": 0.1,
            "cancellation_probability": draw(shares),
        }
