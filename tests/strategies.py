"""The one home of hypothesis generators: random valid scenarios, written as a user would write them."""

from __future__ import annotations

from pathlib import Path

from harness import Tree, shifted
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from alliancesim.plan.fields import SWITCHES

FIRST_FY = 2025
FIRST_MONTH = 4
"""Month in which fiscal years begin while a scenario is made; `scenarios` may move all of it in the end."""
CURRENCIES = ("USD", "EUR", "NOK")
REGIMES = ("firewalled", "contested", "linked", "ruptured")
RESULTS = ("failure", "muddle", "favorable")
MILESTONES = ("first_delivery", "first_operational", "completion")
RECORD = str(Path(__file__).parents[1] / "scenarios" / "data" / "jpy_monthly.csv")
RECORD_MONTHS = 5
"""Months of it since the first fiscal year began."""

seeds = st.integers(0, 2**31 - 1)
shares = st.sampled_from((0.0, 0.1, 0.25, 0.5, 0.7, 1.0))
growths = st.sampled_from((-0.02, 0.0, 0.01, 0.03))


def rarely(chance: int) -> SearchStrategy[bool]:
    """True about once in `chance` times; shrinks to False."""
    return st.integers(1, chance).map(lambda n: n == chance)


def amounts(low: float, high: float) -> SearchStrategy[float]:
    """Plain decimals between two bounds, as people write them."""
    return st.integers(round(low * 10), round(high * 10)).map(lambda n: n / 10)


def months(first: int, last: int) -> SearchStrategy[str]:
    """Dates YYYY-MM by model month."""
    return st.integers(first, last).map(date)


def date(month: int) -> str:
    """The date YYYY-MM of a model month (0 = April of the first fiscal year)."""
    year, rest = divmod(FIRST_FY * 12 + FIRST_MONTH - 1 + month, 12)
    return f"{year:04d}-{rest + 1:02d}"


def month_of(text: str) -> int:
    """The model month of a date YYYY-MM."""
    return 12 * (int(text[:4]) - FIRST_FY) + int(text[5:]) - FIRST_MONTH


@st.composite
def processes(draw: DrawFn, rate: float, on_record: bool) -> Tree:
    """A process of any kind; resampling only where there is a record to resample."""
    kinds = ("gbm", "fixed", "ou", "jump_diffusion", "regime_switching", "bootstrap")
    kind = draw(st.sampled_from(kinds[: 6 if on_record else 5]))
    walk = {"volatility_per_month": 0.03, "drift_per_month": draw(st.sampled_from((0.0, 0.002)))}
    if kind == "fixed":
        return {"kind": kind}
    if kind == "gbm":
        return {"kind": kind} | walk
    if kind == "ou":
        return {"kind": kind, "volatility_per_month": 0.03, "level_rate": rate * 0.9, "half_life_months": 30.0}
    if kind == "jump_diffusion":
        jumps = {"jumps_per_month": draw(st.sampled_from((0.0, 0.1, 3.0))), "jump_mean_log": 0.01}
        return {"kind": kind, "jump_sd_log": draw(st.sampled_from((0.0, 0.05)))} | walk | jumps
    if kind == "regime_switching":
        turbulent = walk | {"volatility_per_month": 0.06, "leave_probability": draw(st.sampled_from((0.0, 0.3, 1.0)))}
        tree: Tree = {"kind": kind, "calm": walk | {"leave_probability": draw(shares)}, "turbulent": turbulent}
        return tree | ({"turbulent_probability": draw(shares)} if draw(st.booleans()) else {})
    return {"kind": kind, "mean_block_months": draw(st.sampled_from((1.0, 6.0))), "history_from": draw(months(-300, -13))}


@st.composite
def currencies(draw: DrawFn, years: int, fact: int) -> Tree:
    """No currency up to three; fact: months that are history."""
    blocks: Tree = {}
    for name in CURRENCIES[: draw(st.integers(0, 3))]:
        rate = draw(amounts(50, 200))
        on_record = fact <= RECORD_MONTHS and draw(rarely(3))
        known = draw(st.integers(0, min(2, years - 1)))
        blocks[name] = {
            "spot_rate": rate,
            "process": draw(processes(rate, on_record)),
            "plan_rate": draw(st.sampled_from((rate, {FIRST_FY: rate * 0.9, "then_growth_share": -0.01}))),
            "budget_rate": {FIRST_FY + y: rate * draw(st.sampled_from((1.0, 0.9, 1.1))) for y in range(known + 1)},
            "cover_share": draw(st.sampled_from((0.0, 0.3))),
        }
        if on_record:
            blocks[name]["history"] = RECORD
    return blocks


@st.composite
def growth(draw: DrawFn) -> Tree:
    """An AR(1) of prices or of GDP."""
    block: Tree = {"mean_share": draw(growths)}
    if draw(st.booleans()):
        block |= {"sd_share": 0.015, "persistence_share": draw(st.sampled_from((0.0, 0.5)))}
    if draw(rarely(3)):
        block["known_share"] = {FIRST_FY + 1: draw(growths)}
    return block


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
        tree["supplementary"] = {
            "month": draw(st.integers(1, 11)),
            "total_bn": draw(amounts(0, 80)),
            "prepay_share": draw(shares),
            "authority_bn": draw(amounts(0, 10)),
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


@st.composite
def capabilities(draw: DrawFn, programs: list[str]) -> Tree:
    """A package or two, readiness and a scorecard over any of the programs."""

    def units() -> Tree:
        names = draw(st.lists(st.sampled_from(programs), min_size=1, max_size=2, unique=True))
        return {name: draw(amounts(1, 30)) for name in names}

    packages: Tree = {}
    for name in ("strike", "shield")[: draw(st.integers(1, 2))]:
        count = draw(st.integers(1, 3))
        enablers: Tree = {}
        if draw(st.booleans()):
            enablers["eyes"] = {"ally_by_regime": {regime: draw(shares) for regime in REGIMES[: draw(st.integers(1, 4))]}}
        if draw(st.booleans()):
            enablers.setdefault("eyes", {})["programs"] = units()
        packages[name] = {
            "title": "A package",
            "elasticity": draw(st.sampled_from((0.0, 0.5, 1.0, 2.0, 0.999999))),
            "components": {f"c{i}": {"weight": draw(amounts(0.1, 2)), "programs": units()} for i in range(count)},
            "enablers": enablers,
        }
    outcomes = ("fiscal_years.availability_share", "fiscal_years.support_share", "packages.strike.capability_share",
                f"program_years.{programs[0]}.delivered_units", "fiscal_years.operational_arms_bn")  # fmt: skip
    indicators = {
        f"i{i}": {"outcome": outcome, "low": draw(amounts(0, 1)), "high": draw(amounts(2, 9)), "weight": draw(amounts(0.1, 2))}
        for i, outcome in enumerate(draw(st.lists(st.sampled_from(outcomes), min_size=1, max_size=4)))
    }
    return {
        "packages": packages,
        "readiness": {
            "need_bn": draw(amounts(0, 200)),
            "paid_bucket": draw(st.sampled_from(("arms", "fleet", "bases"))),
            "elasticity": draw(st.sampled_from((0.0, 0.5, 1.0))),
        },
        "scorecard": {
            "cutpoints": {"A": 70.0, "B": 0.0},
            "trend_years": 1,
            "areas": {"force": {"title": "The force", "indicators": indicators}},
        },
    }


@st.composite
def scenarios(
    draw: DrawFn, *, most_years: int = 8, fact: bool = True, known: bool = False, residual: bool = True, by_value: bool = True
) -> Tree:
    """A valid scenario with everything in it sooner or later.

    fact: may have an as-of month; known: has one. residual, by_value: may have residual programs, programs known by value.
    """
    years = draw(st.integers(1, most_years))
    fact_months = draw(st.integers(1, 12 * years)) if known or (fact and draw(rarely(3))) else 0
    blocks = draw(currencies(years, fact_months))
    names = list(blocks)
    templates = {f"channel{i}": draw(channels()) for i in range(draw(st.integers(1, 3)))}
    tree: Tree = {
        "name": "random",
        "source": "assumed",
        "horizon": {"first_fy": FIRST_FY, "last_fy": FIRST_FY + years - 1},
        "currencies": blocks,
        "economy": {
            "gdp": {
                "base_fy": draw(st.sampled_from((FIRST_FY - 1, FIRST_FY))),
                "base_bn": 600000.0,
                "tariff_elasticity": draw(shares),
            }
            | draw(st.sampled_from(({}, {"reference_bn": 500000.0})))
            | draw(growth()),
            "escalation": draw(growth()),
            "foreign_escalation": draw(growth()),
            "plan_escalation_share": draw(st.sampled_from((0.0, 0.02))),
            "passthrough_lag_months": draw(st.sampled_from((12, 0, 30))),
            "budget_rate_rule": draw(
                st.sampled_from(({}, {"first_month_before": 18, "last_month_before": 1}, {"first_month_before": 9}))
            ),
        },
        "money": draw(money(years, fact_months, names)),
        "resources": draw(resources()),
        "channels": templates,
        "programs": {},
    }
    if fact_months:
        tree["horizon"]["as_of"] = date(fact_months - 1)
    if len(names) > 1:
        tree["correlation"] = {names[0]: {name: 0.5 for name in names[1:]}}
    if names and fact_months < 12 * years and draw(rarely(3)):
        when: Tree = {"onset": draw(months(fact_months, 12 * years - 1))} if draw(st.booleans()) else {"hazard_per_year": 0.3}
        tree["shocks"] = {
            "quake": {
                "currency": names[0],
                "size_share": 0.2,
                "ramp_months": 2.0,
                "half_life_months": draw(st.sampled_from((0.0, 12.0))),
            }
            | when
        }
    if draw(st.booleans()):
        tree["linkage"] = draw(linkages(years, fact_months))
    for i in range(draw(st.integers(1, 4))):
        tree["programs"][f"p{i}"] = draw(programs(years, fact_months, names, templates, list(tree["programs"]), by_value))
    if draw(st.booleans()):
        draw(changes(tree, years, fact_months, templates))
    if residual and draw(rarely(3)):
        tree["money"]["buckets"]["arms"]["authority_bn"] = 5000.0
        tree["programs"]["rest"] = {
            "title": "The rest",
            "bucket": "arms",
            "channel": draw(st.sampled_from(sorted(templates))),
            "quantity": "value",
            "residual": True,
        }
    if years > 1 and draw(rarely(2)):
        tree |= draw(capabilities(list(tree["programs"])))
        for program in tree["programs"].values():
            program["sustainment_bn_per_unit"] = draw(st.sampled_from((0.0, 0.5)))
    apart = [name for name in templates if name != tree["programs"]["p0"]["channel"]]
    if apart and draw(rarely(3)):
        stage = draw(st.sampled_from(list(templates[apart[0]]["stages"].values())))
        stage["after"] = [f"p0.{draw(st.sampled_from(MILESTONES))}"]
    if draw(rarely(4)):
        tree["mechanisms"] = dict.fromkeys(draw(st.lists(st.sampled_from(SWITCHES), min_size=1, max_size=4)), False)
    if draw(rarely(3)):
        draw(conditioned(tree, fact_months))
    if not any("history" in block for block in blocks.values()) and draw(rarely(4)):
        first = draw(st.integers(1, 12))
        tree = shifted(tree, 0, first - FIRST_MONTH)
        tree["horizon"]["fy_first_month"] = first
    return tree


@st.composite
def elasticities(draw: DrawFn, names: tuple[str, ...]) -> Tree:
    """By which conditions something is slowed or scaled."""
    return {name: draw(st.sampled_from((0.5, 1.0, -0.5, 0.0))) for name in draw(st.sets(st.sampled_from(names), max_size=2))}


@st.composite
def conditioned(draw: DrawFn, tree: Tree, fact: int) -> None:
    """Conditions and workforces added to a scenario, moved and read by what is there; fact: months of history."""
    names, kinds = ("skill", "trust"), ("crews",)
    floors = st.sampled_from((0.05, 0.5))
    skill, trust = {"initial": draw(amounts(0.5, 2)), "floor": draw(floors)}, {"ceiling": draw(amounts(1, 3))}
    tree["conditions"] = {"skill": skill, "trust": trust}
    tree["workforce"] = {
        "crews": {
            "initial": draw(amounts(50, 150)),
            "required": {FIRST_FY: 100.0, "then_growth_share": draw(growths)},
            "cohort": {FIRST_FY: 50.0, "then_growth_share": draw(growths)},
            "recruiting_share": draw(st.sampled_from((0.0, 0.2))),
            "attrition_share": draw(st.sampled_from((0.0, 0.1, 1.0))),
            "recruiting_sd_share": draw(st.sampled_from((0.0, 0.3))),
            "scaled_by": draw(elasticities((*names, "support"))),
            "planned_share": draw(st.sampled_from((1.0, 0.8))),
            "floor": draw(st.sampled_from((0.05, 0.7))),
            "ceiling": draw(st.sampled_from((1.5, 0.9))),
        }
    }
    if draw(st.booleans()):
        tree["workforce"]["crews"]["known"] = {FIRST_FY + draw(st.integers(0, max(0, fact - 1) // 12)): draw(amounts(50, 150))}
    for resource in tree["resources"].values():
        resource["scaled_by"] = draw(elasticities((*names, *kinds)))
    for channel in tree["channels"].values():
        for stage in channel["stages"].values():
            if draw(st.booleans()):
                stage["slowed_by"] = draw(elasticities((*names, *kinds, "support")))
    for package in tree.get("packages", {}).values():
        package["enablers"]["will"] = {"condition": draw(st.sampled_from((*names, *kinds, "support")))}
    for program in tree["programs"].values():
        for stage in program.get("stages", {}).values():
            stage["slowed_by"] = draw(elasticities((*names, *kinds, "support")))
        if "bid" in program:
            program["bid"]["conditions"] = draw(elasticities(names))
        program["crew"] = {"crews": draw(st.sampled_from((0.0, 2.5)))}
        program["effects"] = {
            f"effect{i}": {
                "on": draw(st.sampled_from(MILESTONES)),
                "condition": draw(st.sampled_from(names)),
                draw(st.sampled_from(("add", "mult"))): draw(amounts(0, 2)),
            }
            for i in range(draw(st.integers(0, 2)))
        }
    if draw(st.booleans()):
        linkage = tree.setdefault("linkage", {})
        linkage["ties_condition"] = "trust"
        decay = {"ties_damping_share": draw(shares), "decay_condition": "skill", "decay_elasticity": draw(amounts(-1, 1))}
        linkage["pressure"] = linkage.get("pressure", {}) | decay


@st.composite
def tied(draw: DrawFn) -> Tree:
    """A scenario full of ties: durations in quarters of a year, nothing drawn about them, few priorities, whole rates."""
    tree = draw(scenarios())
    for channel in tree["channels"].values():
        for stage in channel["stages"].values():
            stage["duration_months"] = float(3 * round(stage["duration_months"] / 3)) or float(stage["duration_months"] > 0.0)
            stage.pop("noise", None)
    for program in tree["programs"].values():
        program["priority"] = draw(st.integers(1, 2))
    for resource in tree["resources"].values():
        if "background" in resource:
            resource["background"] |= {"size": {"dist": "uniform", "low": 3.0, "high": 3.0}, "priority": 1}
        if draw(st.booleans()):
            resource.pop("disruptions", None)
    return tree


@st.composite
def bystanders(draw: DrawFn, tree: Tree) -> tuple[str, Tree]:
    """A program without cost that shares no resource with any other, for a scenario: its name and block."""
    fy = tree["horizon"]["first_fy"]
    last = tree["horizon"]["last_fy"]
    lots = [
        {"fy": year, "units": draw(st.integers(1, 5))}
        for year in sorted(draw(st.sets(st.integers(fy - 1, last), min_size=1, max_size=3)))
    ]
    name = draw(st.sampled_from(("aaa", "p0a", "q", "zz")))
    block: Tree = {
        "title": "A bystander",
        "bucket": draw(st.sampled_from(sorted(tree["money"]["buckets"]))),
        "channel": "own",
        "priority": draw(st.integers(0, 9)),
        "unit_cost_bn": 0.0,
        "lots": lots,
        "cost_growth": {"p90": 1.4},
    }
    return name, block


BYSTANDER_CHANNEL: Tree = {
    "payment": {"shares": [0.5, 0.5]},
    "stages": {
        "request": {"duration_months": 5.0, "noise": {"p90": 1.7}, "rework": {"probability": 0.5, "to": "request"}},
        "work": {"duration_months": 9.0, "noise": {"p90": 1.3, "system_loading_share": 0.5}, "milestone": "delivered"},
    },
}
