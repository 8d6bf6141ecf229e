"""Regimes, statements, rounds and tariffs of the linkage."""

from __future__ import annotations

import math

from alliancesim.scenario.checks.checker import Checker, exists
from alliancesim.scenario.linkage import Round
from alliancesim.scenario.planned import center, highest, lowest
from alliancesim.scenario.yamlfile import KeyPath

MOST_ROUND_DATES = 1000


def check_linkage(check: Checker) -> None:
    """The checks of `linkage`."""
    linkage = check.scenario.linkage
    path: KeyPath = ("linkage",)
    for regime, row in linkage.rates_per_month.items():
        below = (*path, "rates_per_month", regime)
        if regime in row:
            check.add_key((*below, regime), f"a rate from {regime} to itself", "rates to other regimes")
        total = sum(highest(rate) for rate in row.values())
        ceiling = lowest(linkage.ceiling_per_month, 0.0)
        if total > ceiling * (1.0 + 1e-9):
            found = f"rates out of {regime} sum to {total:g}" if math.isfinite(total) else f"rates out of {regime} without an end"
            check.add(below, found, f"at most ceiling_per_month {ceiling:g}")
    _statements(check)
    _facts(check)
    for name, round_ in linkage.rounds.items():
        _round(check, (*path, "rounds", name), round_)
    outcomes = [((*path, "outcomes", name), outcome) for name, outcome in linkage.outcomes.items()]
    for name, round_ in linkage.rounds.items():
        outcomes += [((*path, "rounds", name, "outcomes", result), outcome) for result, outcome in round_.outcomes.items()]
    for where, outcome in outcomes:
        if center(outcome.commitment_bn_per_year) > 0.0 and outcome.commitment_years == 0:
            check.add((*where, "commitment_bn_per_year"), "a commitment of no years", "commitment_years of at least 1")
    if center(linkage.logit.cut_failure) > center(linkage.logit.cut_favorable):
        found = f"{center(linkage.logit.cut_failure):g} is above cut_favorable {center(linkage.logit.cut_favorable):g}"
        check.add((*path, "logit", "cut_failure"), found, "cut_failure of at most cut_favorable")


def _statements(check: Checker) -> None:
    pressure = check.scenario.linkage.pressure
    path: KeyPath = ("linkage", "pressure")
    ceiling = lowest(pressure.statements_ceiling_per_month, 0.0)
    for regime, rate in pressure.statements_per_month.items():
        if highest(rate) > ceiling * (1.0 + 1e-9):
            said = f"at most statements_ceiling_per_month {ceiling:g}"
            found = f"{highest(rate):g}" if math.isfinite(highest(rate)) else "a rate without an upper end"
            check.add((*path, "statements_per_month", regime), found, said)
    for index, statement in enumerate(check.scenario.linkage.statements):
        if exists(statement.date) and not 0.0 <= check.months(statement.date) < check.end:
            said = "a date inside the horizon; pressure.initial holds what came before"
            check.add(("linkage", "statements", index, "date"), f"{statement.date} is outside the horizon", said)


def _facts(check: Checker) -> None:
    """Regimes and tariffs on record begin before the end of the as-of month, regimes in order."""
    linkage = check.scenario.linkage
    dated: list[tuple[KeyPath, str, bool]] = []
    dated += [
        (("linkage", "known_regimes", index, "date"), known.date, False) for index, known in enumerate(linkage.known_regimes)
    ]
    dated += [(("linkage", "tariff", "known", date), date, True) for date in linkage.tariff.known]
    why, said = "is not before the end of the as-of month", "what is on record; rounds and rates give the future"
    if check.scenario.horizon.as_of is None:
        why, said = "is no fact, horizon has no as_of", "an as_of, up to which all is on record"
    for path, date, is_key in dated:
        if exists(date) and check.months(date) >= check.fact_end:
            note = check.add_key if is_key else check.add
            note(path, f"{date} {why}", said)
    dates = [known.date for known in linkage.known_regimes]
    for index, (before, after) in enumerate(zip(dates, dates[1:], strict=False), start=1):
        if exists(before) and exists(after) and check.months(after) <= check.months(before):
            check.add(("linkage", "known_regimes", index, "date"), f"{after} is not after {before}", "dates in their order")


def _round(check: Checker, path: KeyPath, round_: Round) -> None:
    if not round_.dates:
        check.add((*path, "dates"), "no dates", "at least one date")
    if len(round_.dates) > MOST_ROUND_DATES:
        check.add((*path, "dates"), f"{len(round_.dates)} dates", f"at most {MOST_ROUND_DATES}")
        return
    seen: set[str] = set()
    for index, date in enumerate(round_.dates):
        here = (*path, "dates", index)
        month, again = date[:7], date[:7] in seen
        seen.add(month)
        if not exists(date):
            continue
        at = check.months(date)
        if again:
            check.add(here, f"a second date in {month}", "one date a month, by which the round's draws go")
        elif not 0.0 <= at < check.end:
            check.add(here, f"{date} is outside the horizon", f"dates of FY{check.first_fy} to FY{check.last_fy}")
        elif at < check.fact_end and date not in check.names(*path, "results"):
            said = f"results: {{{date}: favorable, muddle or failure}}"
            check.add(here, f"{date} is before the end of the as-of month and has no result", said)
    for date in round_.results:
        if date not in round_.dates:
            check.refer((*path, "results", date), date, round_.dates, "a date of the round", key=True)
        elif exists(date) and check.months(date) >= check.fact_end:
            check.add_key((*path, "results", date), f"{date} is not before the end of the as-of month", "results on record only")
