"""What may change the plan: revisions, cost review, initiatives, exports and diversion."""

from __future__ import annotations

from collections.abc import Iterable

from alliancesim.scenario.checks.checker import Checker, exists
from alliancesim.scenario.money import Revision
from alliancesim.scenario.pipelines import Bid, Program
from alliancesim.scenario.planned import center, is_free, is_initiative, lots_of
from alliancesim.scenario.yamlfile import KeyPath

OF_PURCHASES = (
    "bucket", "payment", "currency_shares", "passthrough_share", "cost_growth", "learning_slope_share", "learning_prior_units",
    "minimum_units",
)  # fmt: skip
"""Keys that say how home money buys."""
NOT_OF_INITIATIVES = (
    *OF_PURCHASES, "lots", "unit_cost_bn", "price_fy", "residual", "bid", "divert_to", "tranche_units", "delivered_before_units",
)  # fmt: skip
NOT_OF_EXPORTS = (*OF_PURCHASES, "crew", "sustainment_bn_per_unit")
"""What is sold is bought, crewed and kept ready by others."""


def check_changes(check: Checker) -> None:
    """The checks of `money.revisions`, `money.cost_review`, and of programs that are no plain purchases."""
    for name, revision in check.scenario.money.revisions.items():
        _revision(check, ("money", "revisions", name), revision)
    review = check.scenario.money.cost_review
    if review is not None and center(review.cancellation_share) < center(review.review_share):
        found = f"{center(review.cancellation_share):g} is below review_share"
        check.add(("money", "cost_review", "cancellation_share"), found, f"at least {center(review.review_share):g}")
    for name, program in check.scenario.programs.items():
        check_kind(check, ("programs", name), program)


def check_kind(check: Checker, path: KeyPath, program: Program) -> None:
    """What holds of an initiative, an export, a program that is diverted; the second part of its path is its name."""
    _initiative(check, path, program)
    if program.bid is not None:
        _bid(check, path, program, program.bid)
    if program.divert_to is not None:
        _diversion(check, path, program, program.divert_to)


def _revision(check: Checker, path: KeyPath, revision: Revision) -> None:
    ways = [
        *(["topline_mult"] if center(revision.topline_mult) != 1.0 else []),
        *(key for key in ("topline_share_of_gdp", "topline_add_bn") if getattr(revision, key) is not None),
    ]
    if len(ways) > 1:
        check.add((*path, ways[1]), f"{' and '.join(ways)}", "at most one of topline_mult, topline_share_of_gdp, topline_add_bn")
    _revision_dates(check, path, revision)
    for bucket in revision.authority_mult:
        check.refer((*path, "authority_mult", bucket), bucket, check.names("money", "buckets"), "a bucket", key=True)
    named = [
        *(((*path, "adds", index), name, False) for index, name in enumerate(revision.adds)),
        *(((*path, "cancels", index), name, False) for index, name in enumerate(revision.cancels)),
        *(((*path, "scales", name), name, True) for name in revision.scales),
    ]
    for here, name, is_key in named:
        if not check.refer(here, name, check.names("programs"), "a program", key=is_key):
            continue
        program = check.scenario.programs.get(name)
        note = check.add_key if is_key else check.add
        if program is not None and program.residual:
            note(here, f"'{name}' is a residual program", "named programs; a residual takes what they leave")
        elif program is not None and program.bid is not None:
            note(here, f"'{name}' is an export", "programs of the home plan; a bid decides about an export")
    for index, name in enumerate(revision.adds):
        if name in revision.cancels:
            check.add((*path, "adds", index), f"'{name}' is added and canceled", "one of the two")
        program = check.scenario.programs.get(name)
        if program is not None:
            _dormant(check, (*path, "adds", index), name, program)
    for name in revision.scales:
        program = check.scenario.programs.get(name)
        if program is not None and is_initiative(check.scenario, program):
            check.add_key((*path, "scales", name), f"'{name}' is an initiative", "programs with lots")


def _revision_dates(check: Checker, path: KeyPath, revision: Revision) -> None:
    triggers = revision.triggers
    if triggers is None and revision.date is None:
        check.add(path, "neither date nor triggers", "a date, or triggers that bring it early, or both")
    if triggers is None and revision.earliest is not None:
        check.add((*path, "earliest"), "earliest without triggers", "triggers that may bring it early from then on")
    if triggers is not None and triggers.purchasing_power_lost_share is None and triggers.regime is None:
        if not triggers.demand_accepted:
            check.add((*path, "triggers"), "no trigger", "purchasing_power_lost_share, regime or demand_accepted: true")
    for key in ("date", "earliest"):
        date = getattr(revision, key)
        if date is None or not exists(date):
            continue
        if key == "date" and check.months(date) < check.fact_end:
            said = "a later date; budgets on record hold the revisions on record"
            check.add((*path, key), f"{date} is before the end of the as-of month (or the horizon's start)", said)
        else:
            check.before_end((*path, key), date)
    if revision.date is not None and revision.earliest is not None and exists(revision.date) and exists(revision.earliest):
        if check.months(revision.earliest) >= check.months(revision.date):
            check.add((*path, "earliest"), f"{revision.earliest} is not before date {revision.date}", "an earlier date")


def _dormant(check: Checker, path: KeyPath, name: str, program: Program) -> None:
    """A program that a revision adds has nothing before the first budget that a revision can change."""
    first = check.first_fy if check.as_of_fy is None else max(check.first_fy, check.as_of_fy + 1)
    early = [lot.fy for lot in lots_of(check.scenario, program) if lot.fy < first]
    if early and not program.residual and program.bid is None:
        check.add(path, f"'{name}' has a lot of FY{min(early)}", f"programs whose lots are of FY{first} or later")


def _initiative(check: Checker, path: KeyPath, program: Program) -> None:
    if program.channel not in check.scenario.channels:
        return
    if not is_initiative(check.scenario, program):
        if program.start is not None:
            check.add((*path, "start"), f"a start, and channel '{program.channel}' is not of initiatives", "lots by fiscal year")
        return
    for key in _given(program, NOT_OF_INITIATIVES):
        check.add((*path, key), f"{key} of an initiative", "title, channel, start, priority and stages; it is one unit")
    if program.quantity != "units":
        check.add((*path, "quantity"), "an initiative known by value", "quantity: units; it is one unit")
    if program.start is None:
        check.add(path, "no start", f"start: YYYY-MM, for channel '{program.channel}' is of initiatives")
    else:
        check.before_end((*path, "start"), program.start)


def _given(program: Program, keys: Iterable[str]) -> list[str]:
    """The keys that are not as where nothing is said: a resolved scenario says all."""
    return [key for key in keys if getattr(program, key) != Program.model_fields[key].default]


def _bid(check: Checker, path: KeyPath, program: Program, bid: Bid) -> None:
    here = (*path, "bid")
    for key in _given(program, NOT_OF_EXPORTS):
        check.add((*path, key), f"{key} of an export", "what other nations order takes no home money and no crew")
    if program.residual:
        check.add((*path, "residual"), "a residual program with a bid", "lots of an export")
    if bid.learning_of is not None and check.refer((*here, "learning_of"), bid.learning_of, check.names("programs"), "a program"):
        other = check.scenario.programs.get(bid.learning_of)
        if other is not None and is_free(check.scenario, other):
            said = "a program that home money pays, whose unit cost can learn"
            check.add((*here, "learning_of"), f"'{bid.learning_of}' is an export or an initiative", said)
    for name in bid.conditions:
        check.refer((*here, "conditions", name), name, check.names("conditions"), "a condition", key=True)
    if not exists(bid.decision):
        return
    decided = check.months(bid.decision)
    if check.before_end((*here, "decision"), bid.decision):
        if decided < check.fact_end and bid.result is None:
            said = "result: won or lost"
            check.add((*here, "decision"), f"{bid.decision} is before the end of the as-of month and has no result", said)
        elif decided >= check.fact_end and bid.result is not None:
            check.add((*here, "result"), f"{bid.decision} is not before the end of the as-of month", "results on record only")
    for index, lot in enumerate(program.lots):
        if check.start_of(lot.fy) < decided:
            check.add((*path, "lots", index, "fy"), f"FY{lot.fy} begins before the decision {bid.decision}", "later fiscal years")
            return


def _diversion(check: Checker, path: KeyPath, program: Program, name: str) -> None:
    here = (*path, "divert_to")
    if not check.refer(here, name, check.names("programs"), "a program"):
        return
    other = check.scenario.programs.get(name)
    if other is None:
        return
    if name == path[1]:
        check.add(here, f"'{name}' is diverted to itself", "another program")
    elif program.residual or is_free(check.scenario, program):
        check.add(here, f"'{path[1]}' is an export, an initiative or a residual program", "divert_to of plain programs only")
    elif other.residual or is_free(check.scenario, other):
        check.add(here, f"'{name}' is an export, an initiative or a residual program", "a plain program")
    elif other.quantity != program.quantity:
        check.add(here, f"'{name}' is in {other.quantity}, '{path[1]}' in {program.quantity}", "the same quantity in both")
    elif other.divert_to is not None:
        check.add(here, f"'{name}' is itself diverted, to '{other.divert_to}'", "a program that is not diverted")
    elif other.quantity == "units" and other.unit_cost_bn is None:
        check.add(here, f"'{name}' has no unit_cost_bn", "a program with unit_cost_bn, for diverted lots have no cost on record")
    if not program.divert_regimes:
        check.add((*path, "divert_regimes"), "no regimes", "at least one regime, or no divert_to")
