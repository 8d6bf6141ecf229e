"""Resources, channels, and programs that pass them."""

from __future__ import annotations

from harness import Tree
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from strategies.money import payments
from strategies.values import FIRST_FY, MILESTONES, amounts, date, rarely, shares


@st.composite
def resources(draw: DrawFn) -> Tree:
    """A production line, and slots."""
    line: Tree = {
        "kind": "line",
        "capacity": draw(st.sampled_from((2.0, {FIRST_FY: 1.0, FIRST_FY + 2: 5.0}, {FIRST_FY: 4.0, FIRST_FY + 1: 0.5}))),
    }
    slots: Tree = {
        "kind": "slots",
        "capacity": draw(st.sampled_from((1, 3, {FIRST_FY: 2, FIRST_FY + 1: 1, FIRST_FY + 3: 4}))),
        "staff": draw(st.booleans()),
    }
    if draw(st.booleans()):
        line["background"] = {
            "arrivals_per_month": 0.2,
            "size": {"dist": "exponential", "mean": 4.0},
            "priority": draw(st.sampled_from((0, 5))),
            "backlog": draw(amounts(0, 9)),
        }
    if draw(st.booleans()):
        slots["background"] = {
            "arrivals_per_month": 0.3,
            "size": {"dist": "uniform", "low": 0.0, "high": 4.0},
            "backlog": draw(st.integers(0, 3)),
        }
    for block in (line, slots):
        if draw(st.booleans()):
            block["disruptions"] = {
                "mean_months_between": 15.0,
                "duration_median_months": 2.0,
                "duration_p90_months": 5.0,
                "severity_share": draw(st.sampled_from((1.0, 0.4, 0.0))),
            }
    return {"plant": line, "team": slots}


@st.composite
def noises(draw: DrawFn) -> Tree:
    """A noise factor with common causes."""
    return {
        "p90": draw(st.sampled_from((1.0, 1.3, 2.0))),
        "median": draw(st.sampled_from((1.0, 0.9))),
        "system_loading_share": draw(st.sampled_from((0.0, 0.6))),
        "program_loading_share": draw(st.sampled_from((0.0, 0.5, 0.8))),
    }


@st.composite
def channels(draw: DrawFn) -> Tree:
    """A pipeline of one to four stages, at most one of them on the line."""
    names = [f"stage{i}" for i in range(draw(st.integers(1, 4)))]
    delivered = draw(st.integers(0, len(names) - 1))
    line = draw(st.one_of(st.none(), st.integers(0, len(names) - 1)))
    stages: Tree = {}
    for i, name in enumerate(names):
        stage: Tree = {"duration_months": draw(amounts(1 if i == delivered else 0, 20))}
        if draw(st.booleans()):
            stage["noise"] = draw(noises())
        if i == line:
            stage["resource"] = "plant"
        elif draw(rarely(3)):
            stage["resource"] = "team"
        if draw(rarely(3)):
            stage |= {"approval": True, "pressure_elasticity": draw(amounts(0, 1))}
        if draw(rarely(3)):
            stage["rework"] = {
                "probability": draw(shares),
                "to": names[draw(st.integers(0, i))],
                "most": draw(st.integers(1, 2)),
                "work_share": draw(st.sampled_from((1.0, 0.5))),
            }
        if draw(rarely(5)):
            stage["failure_probability"] = draw(st.sampled_from((0.2, 1.0)))
        stages[name] = stage
    stages[names[delivered]]["milestone"] = "delivered"
    if delivered < len(names) - 1:
        stages[names[-1]]["milestone"] = "operational"
    return {
        "stages": stages,
        "payment": draw(payments()),
        "advance": draw(st.booleans()),
        "settlement_lag_months": draw(st.sampled_from((0.0, 7.0))),
    }


@st.composite
def overrides(draw: DrawFn, stages: Tree) -> Tree:
    """What a program changes of the stages of its channel: shorter durations, and anything else of one of them."""
    names = list(stages)
    changed: Tree = {}
    for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
        block: Tree = {}
        if draw(st.booleans()):
            block["duration_months"] = stages[name]["duration_months"] / draw(st.sampled_from((2.0, 1.0)))
        if draw(st.booleans()):
            block["noise"] = draw(noises())
        if draw(st.booleans()):
            block |= {"approval": draw(st.booleans()), "pressure_elasticity": draw(amounts(0, 2))}
        if draw(st.booleans()):
            others = [changed.get(key, {}).get("resource", stages[key].get("resource")) for key in names if key != name]
            block["resource"] = "team" if "plant" in others else "plant"
        if draw(st.booleans()):
            to = names[draw(st.integers(0, names.index(name)))]
            work = draw(st.sampled_from((1.0, 0.5)))
            block["rework"] = {"probability": draw(shares), "to": to, "most": draw(st.integers(1, 3)), "work_share": work}
        if draw(rarely(3)):
            block["failure_probability"] = draw(st.sampled_from((0.0, 0.3)))
        changed[name] = block
    return changed


@st.composite
def programs(
    draw: DrawFn, years: int, fact: int, currency_names: list[str], templates: Tree, earlier: list[str], value: bool
) -> Tree:
    """A program known by units or by value, with lots before and in the horizon."""
    channel = draw(st.sampled_from(sorted(templates)))
    stages = templates[channel]["stages"]
    by_value = value and draw(rarely(3))
    fys = sorted(draw(st.sets(st.integers(FIRST_FY - 2, FIRST_FY + years - 1), min_size=1, max_size=4)))
    facts = FIRST_FY + (fact - 1) // 12 if fact > 0 else FIRST_FY - 1
    lots = []
    for fy in fys:
        lot: Tree = {"fy": fy, "units": draw(amounts(1, 40)) if by_value else draw(st.integers(1, 12))}
        if FIRST_FY <= fy <= facts and draw(st.booleans()):
            lot["cost_bn"] = draw(amounts(1, 60))
        if draw(rarely(4)):
            lot["delivery"] = date(12 * (fy - FIRST_FY) + 80 + draw(st.integers(0, 20)))
        lots.append(lot)
    tree: Tree = {
        "title": "A program",
        "bucket": draw(st.sampled_from(("arms", "fleet", "bases"))),
        "channel": channel,
        "priority": draw(st.integers(1, 3)),
        "lots": lots,
        "learning_slope_share": draw(st.sampled_from((1.0, 0.9))),
    }
    if by_value:
        tree["quantity"] = "value"
    else:
        tree |= {"unit_cost_bn": draw(amounts(0.1, 12)), "minimum_units": draw(st.integers(0, 3))}
        if draw(st.booleans()):
            tree["tranche_units"] = draw(st.integers(1, 5))
        if draw(rarely(3)):
            tree["delivered_before_units"] = draw(st.integers(0, 5))
    if tree["bucket"] != "bases" and currency_names and draw(st.booleans()):
        tree["currency_shares"] = {name: draw(st.sampled_from((0.2, 0.5, 0.0))) for name in currency_names[:2]}
        tree["passthrough_share"] = draw(st.sampled_from((0.0, 0.3)))
    if draw(st.booleans()):
        tree["cost_growth"] = draw(noises())
    if draw(rarely(3)):
        tree |= {"price_fy": draw(st.integers(FIRST_FY - 3, FIRST_FY + years - 1)), "learning_prior_units": draw(amounts(0, 9))}
    if draw(rarely(4)):
        tree["payment"] = draw(payments())
    changed = draw(overrides(stages)) if draw(rarely(3)) else {}
    if "delivery" not in lots[0] and draw(st.booleans()):
        line = any(stage.get("resource") == "plant" for stage in (*stages.values(), *changed.values()))
        upto = list(stages)[: 1 + next(i for i, stage in enumerate(stages.values()) if stage.get("milestone") == "delivered")]
        path = sum(stages[name]["duration_months"] for name in upto) + (80 if line else 0)
        estimate = 12 * (fys[0] - FIRST_FY) + int(path) + 2 + draw(st.integers(0, 12))
        tree |= {"baseline_delivery": date(estimate - draw(st.integers(0, 20))), "current_estimate": date(estimate)}
    if fact > 0 and draw(rarely(3)):
        begun = [fy for fy in fys if fy <= facts]
        if begun:
            tree["state"] = [{"fy": begun[-1], "stage": draw(st.sampled_from(sorted(stages))), "done_share": draw(shares)}]
    if earlier and draw(rarely(3)):
        milestone = draw(st.sampled_from(MILESTONES))
        name = draw(st.sampled_from(sorted(stages)))
        changed[name] = changed.get(name, {}) | {"after": [f"{draw(st.sampled_from(earlier))}.{milestone}"]}
    if changed:
        tree["stages"] = changed
    if draw(rarely(5)):
        tree |= {"alternatives": {"other": {"learning_slope_share": 0.8, "priority": 0}}, "choice": "other"}
    return tree
