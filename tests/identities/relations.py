"""Identities between two ways of writing one world: another order, calendar or unit, and what takes part in nothing."""

from __future__ import annotations

from typing import Any

from harness import AT, DATE, Simulation, Tree, load, overlay, shifted
from invariances import REPLICATIONS, UNITS, equal
from strategies import FIRST_MONTH

from alliancesim.plan.layout import Outcomes

ENTRIES = {"currency": "currencies", "bucket": "buckets", "program": "programs", "program_year": "programs",
           "resource_year": "resources", "condition": "conditions", "workforce": "workforces", "package_year": "packages",
           "area_year": "areas"}  # fmt: skip
"""Tables of outcomes with an entry for each of these labels; the fiscal years have none."""
ORDERED = ("stages", "currencies", "packages", "scorecard", "shares")
"""What is read in the order of the file: stages, the root of the correlation, sums of weights, payments by year."""
BY_YEAR = ("exchange_noise", "economy_noise", "stage_noise", "rework", "failure")
"""Mechanisms whose draws have the fiscal year in their addresses."""
LIGHT: Tree = {"spot_rate": 99.0, "process": {"kind": "gbm", "volatility_per_month": 0.03}, "plan_rate": 99.0,
               "budget_rate": {2025: 99.0}}  # fmt: skip
INERT: dict[str, tuple[str, Tree]] = {
    "a currency nobody pays in": ("currencies.ZZZ", LIGHT),
    "a bucket without authority": ("money.buckets.none", {"authority_bn": 0.0}),
    "a condition nobody reads": ("conditions.aaa", {"initial": 0.7}),
    "people nobody needs": ("workforce.aaa", {"initial": 70.0, "required": 90.0, "cohort": 10.0, "recruiting_share": 0.3,
                                              "attrition_share": 0.1, "recruiting_sd_share": 0.2}),
    "a plant of others": ("resources.aaa", {
        "kind": "line", "capacity": 3.0,
        "background": {"arrivals_per_month": 0.5, "size": {"dist": "exponential", "mean": 3.0}, "backlog": 3.0},
        "disruptions": {"mean_months_between": 9.0, "duration_median_months": 2.0, "duration_p90_months": 5.0,
                        "severity_share": 0.5}}),
    "a channel without programs": ("channels.aaa", {"payment": {"shares": [1.0]},
                                                    "stages": {"x": {"duration_months": 4.0, "milestone": "delivered"}}}),
    "a tax that brings nothing": ("money.taxes.aaa", {"date": "2026-07", "yield_bn": 0.0, "threshold_share": 0.7,
                                                      "postponed_months": 3, "shortfall_share": 1.0}),
    "a tax in its time": ("money.taxes.aaa", {"date": "2026-07", "yield_bn": 50.0, "shortfall_share": 1.0}),
    "a revision that never comes": ("money.revisions.aaa", {"triggers": {"purchasing_power_lost_share": 1.0},
                                                            "topline_mult": 3.0, "cancels": ["p0"]}),
    "a package nobody scores": ("packages.aaa", {"title": "A package", "components": {"c": {"programs": {"p0": 3.0}}}}),
    "a statement of nothing": ("linkage.statements", [{"date": "2025-06", "size": 0.0}]),
}  # fmt: skip
"""Blocks that take part in nothing, by dotted path; those of lists are put before what is there."""


def told(simulation: Simulation, outcomes: Outcomes) -> dict[tuple[str, ...], Any]:
    """Every table of one replication, taken apart by the names of its entries."""
    parts: dict[tuple[str, ...], Any] = {("fiscal",): outcomes.fiscal}
    for table, label in ENTRIES.items():
        for i, name in enumerate(getattr(simulation.labels, label)):
            parts[table, name] = getattr(outcomes, table)[i]
    return parts


def check_same(tree: Tree, other: Tree, seed: int) -> None:
    """Whatever the first of two scenarios has an outcome of, the second gives the same, bit for bit."""
    one, two = Simulation(tree), Simulation(other)
    for replication in range(REPLICATIONS):
        a, b = (told(each, each.run(seed, replication).outcomes) for each in (one, two))
        for name, values in a.items():
            equal(values, b[name])


def turned_around(node: Any, key: str = "") -> Any:
    """A scenario with its mappings and lists in the opposite order, but for what is ordered."""
    step = 1 if key in ORDERED else -1
    if isinstance(node, dict):
        return {name: part if name in ORDERED[1:] else turned_around(part, name) for name, part in list(node.items())[::step]}
    return [turned_around(part) for part in node[::step]] if isinstance(node, list) else node


def with_inert(tree: Tree, path: str, block: Any) -> Tree:
    """A scenario with one more block, whose dates are those of years that begin in April."""
    block = shifted(block, 0, tree["horizon"].get("fy_first_month", FIRST_MONTH) - FIRST_MONTH)
    if isinstance(block, list):
        section, name = path.split(".")
        return overlay(tree, {path: block + tree.get(section, {}).get(name, [])})
    return overlay(tree, {path: block})


def has_days(node: Any) -> bool:
    """Whether a scenario has dates within months, which are no whole shares of every month."""
    if isinstance(node, dict):
        return any(has_days(part) for part in node.values())
    if isinstance(node, list):
        return any(has_days(part) for part in node)
    return isinstance(node, str) and (match := DATE.fullmatch(node)) is not None and match[3] is not None


def without_rounds(tree: Tree) -> Tree:
    """The same scenario without negotiating rounds, whose draws are addressed by their dates."""
    return overlay(tree, {"linkage.rounds": {}}) if "linkage" in tree else tree


def check_years(tree: Tree, seed: int, years: int) -> None:
    """Where no draw has a year in its address, all may happen years later."""
    bare = overlay(without_rounds(tree), {"mechanisms": dict.fromkeys(BY_YEAR, False)})
    for key in ("cascade", "provisional"):
        bare["money"].pop(key, None)
    check_same(bare, shifted(bare, years, 0), seed)


def check_months(tree: Tree, seed: int, first: int) -> None:
    """Fiscal years may begin in another month of the calendar."""
    bare = without_rounds(tree)
    months = first - bare["horizon"].get("fy_first_month", FIRST_MONTH)
    check_same(bare, overlay(shifted(bare, 0, months), {"horizon.fy_first_month": first}), seed)


def in_halves(tree: Tree) -> Tree:
    """The same scenario with every unit written as two of half its cost."""
    more = overlay(tree, {})
    for program in more["programs"].values():
        program["lots"] = [lot | {"units": 2.0 * lot["units"]} for lot in program.get("lots", [])]
        program["minimum_units"] = 2.0 * program.get("minimum_units", 1.0)
        rescale(program, 2.0, "tranche_units", "delivered_before_units", "learning_prior_units")
        rescale(program, 0.5, "unit_cost_bn", "sustainment_bn_per_unit")
        rescale(program.get("crew", {}), 0.5, "crews")
    for resource in more["resources"].values():
        if resource["kind"] == "line":
            rates, background = resource["capacity"], resource.get("background", {})
            resource["capacity"] = {fy: 2.0 * rate for fy, rate in rates.items()} if isinstance(rates, dict) else 2.0 * rates
            rescale(background, 2.0, "backlog")
            rescale(background.get("size", {}), 2.0, "mean", "low", "high")
    for package in more.get("packages", {}).values():
        for part in (*package["components"].values(), *package.get("enablers", {}).values()):
            rescale(part.get("programs", {}), 2.0, *part.get("programs", {}))
    return more


def rescale(block: Tree, factor: float, *keys: str) -> None:
    """Multiply what a block has of these keys."""
    block.update({key: block[key] * factor for key in keys if key in block})


def check_halves(tree: Tree, seed: int) -> None:
    """Units of half the size leave money and dates alone, where nothing is rounded to whole units."""
    bare = overlay(tree, {"mechanisms.budget_limits": False, "scorecard": ..., "money.revisions": ...})
    bare["programs"].pop("dormant", None)
    one, two = Simulation(bare), Simulation(in_halves(bare))
    columns = [AT["program_year"][column] for column in UNITS]
    for replication in range(REPLICATIONS):
        a, b = one.run(seed, replication).outcomes, two.run(seed, replication).outcomes
        b.program_year[:, :, columns] /= 2.0
        for x, y in zip(a, b, strict=True):
            equal(x, y)


def check_arrived(tree: Tree, seed: int, more_years: int) -> None:
    """A longer horizon leaves dates and delays of what has arrived alone, and brings nothing else before its old end."""
    horizon = 12.0 * (tree["horizon"]["last_fy"] - tree["horizon"]["first_fy"] + 1)
    one, two = Simulation(tree), Simulation(overlay(tree, {"horizon.last_fy": tree["horizon"]["last_fy"] + more_years}))
    at = AT["program"]
    for replication in range(REPLICATIONS):
        a, b = one.run(seed, replication).outcomes.program, two.run(seed, replication).outcomes.program
        for milestone, delay in (("first_delivery", "delay_"), ("first_operational", "")):
            arrived = a[:, at[f"{milestone}_censored"]] == 0.0
            columns = [at[f"{milestone}_months"], *(i for name, i in at.items() if delay and name.startswith(delay))]
            equal(a[arrived][:, columns], b[arrived][:, columns])
            assert (b[~arrived, at[f"{milestone}_months"]] >= horizon).all(), milestone


def check_resolved(tree: Tree, seed: int) -> None:
    """The file that `validate --resolved` prints is the scenario."""
    check_same(tree, load(tree).resolved(), seed)
