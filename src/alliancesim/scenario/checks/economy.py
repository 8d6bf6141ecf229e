"""Currencies, shocks, correlation and gross domestic product."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

from alliancesim.scenario.checks.checker import Checker, exists
from alliancesim.scenario.checks.general import REACH_YEARS
from alliancesim.scenario.history import BEFORE_MONTHS, LEAST_BEFORE_MONTHS
from alliancesim.scenario.planned import center, highest, lowest
from alliancesim.scenario.values import TAIL_YEARS
from alliancesim.scenario.yamlfile import KeyPath

LEAST_CHANGES = 12
"""Monthly changes that a bootstrap draws from, at least."""
MOST_DRAWN = 10
"""Correlations that may be distributions: each corner of what they can be is looked at, and between corners that fit all fit."""


def check_economy(check: Checker) -> None:
    """The checks of `economy`, `currencies`, `shocks` and `correlation`."""
    _gdp(check)
    _rule(check)
    for name, currency in check.scenario.currencies.items():
        path: KeyPath = ("currencies", name)
        if currency.history is None and currency.spot_rate is None:
            check.add(path, "neither history nor spot_rate", "one of the two tells the rate at the start")
        elif currency.history is not None and currency.spot_rate is not None:
            said = "one of the two tells the rate at the start, null takes the other off"
            check.add((*path, "spot_rate"), "spot_rate beside history", said)
        if currency.history is None and check.first_fy not in currency.budget_rate:
            said = f"budget_rate for {check.first_fy}, or a history that reaches {LEAST_BEFORE_MONTHS} months before it"
            check.add(path, f"no budget rate for FY{check.first_fy}", said)
        _process(check, name)
    _unread_years(check)
    _shocks(check)
    _correlation(check)


def _unread_years(check: Checker) -> None:
    """Rates and growth by year lie where years are planned, or not long before; a horizon cut short leaves some unread."""
    low, high = check.first_fy - REACH_YEARS, check.last_fy + TAIL_YEARS
    economy = check.scenario.economy
    by_year: list[tuple[KeyPath, Iterable[int]]] = [
        (("currencies", name, "budget_rate"), currency.budget_rate) for name, currency in check.scenario.currencies.items()
    ]
    by_year += [
        (("economy", name, "known_share"), getattr(economy, name).known_share)
        for name in ("gdp", "escalation", "foreign_escalation")
    ]
    for path, years in by_year:
        for fy in years:
            if not low <= fy <= high:
                check.add_key((*path, fy), f"FY{fy} is far from the horizon, nothing reads it", f"fiscal years {low} to {high}")


def _process(check: Checker, name: str) -> None:
    """Keys that a kind of process cannot do without, and numbers that it cannot work with."""
    currency = check.scenario.currencies[name]
    process = currency.process
    path: KeyPath = ("currencies", name, "process")
    if process.kind == "regime_switching":
        missing = [state for state in ("calm", "turbulent") if getattr(process, state) is None]
        if missing:
            check.add((*path, "kind"), f"regime_switching without {' and '.join(missing)}", "both states, calm and turbulent")
    if process.kind == "ou" and process.level_rate is None:
        check.add((*path, "kind"), "ou without level_rate", "level_rate, the rate it returns to")
    if process.kind != "bootstrap":
        return
    if currency.history is None:
        check.add((*path, "kind"), "bootstrap without a history", "a currency with history, whose changes are resampled")
    elif process.history_from is not None and exists(process.history_from):
        if check.months(process.history_from[:7]) > check.fact_end - 1.0 - LEAST_CHANGES:
            said = f"a month at least {LEAST_CHANGES} months before the end of the history"
            check.add((*path, "history_from"), f"{process.history_from}", said)


def _gdp(check: Checker) -> None:
    gdp = check.scenario.economy.gdp
    path: KeyPath = ("economy", "gdp")
    if gdp.base_fy > check.first_fy:
        check.add((*path, "base_fy"), f"FY{gdp.base_fy} is after the first year FY{check.first_fy}", "first_fy or earlier")
    elif gdp.base_fy < check.first_fy - 1:
        check.add((*path, "base_fy"), f"FY{gdp.base_fy}", f"FY{check.first_fy - 1} or FY{check.first_fy}")
    for fy in gdp.known_share:
        if fy <= gdp.base_fy:
            check.add_key((*path, "known_share", fy), f"growth of FY{fy}", f"growth starts the year after base_fy {gdp.base_fy}")


def _rule(check: Checker) -> None:
    rule = check.scenario.economy.budget_rate_rule
    path: KeyPath = ("economy", "budget_rate_rule")
    if not 1 <= rule.last_month_before <= rule.first_month_before <= BEFORE_MONTHS:
        found = f"months {rule.first_month_before} to {rule.last_month_before} before the year"
        check.add(path, found, f"{BEFORE_MONTHS} >= first_month_before >= last_month_before >= 1")


def _shocks(check: Checker) -> None:
    for name, shock in check.scenario.shocks.items():
        path: KeyPath = ("shocks", name)
        check.refer((*path, "currency"), shock.currency, check.names("currencies"), "a currency")
        random = center(shock.hazard_per_year) > 0.0
        if (shock.onset is not None) == random:
            found = "both onset and hazard_per_year" if random else "neither onset nor hazard_per_year"
            check.add(path, found, "exactly one of the two")
        elif shock.onset is not None and exists(shock.onset):
            if check.months(shock.onset) < check.fact_end:
                said = "a later date; what came before is fact"
                check.add((*path, "onset"), f"{shock.onset} is before the end of the as-of month (or the horizon's start)", said)
            else:
                check.before_end((*path, "onset"), shock.onset)


def _correlation(check: Checker) -> None:
    known = check.names("currencies")
    pairs: dict[tuple[str, str], tuple[float, ...]] = {}
    sound = True
    for one, row in check.scenario.correlation.items():
        path: KeyPath = ("correlation", one)
        sound &= check.refer(path, one, known, "a currency", key=True)
        for other, number in row.items():
            below = (*path, other)
            sound &= check.refer(below, other, known, "a currency", key=True)
            if one == other:
                check.add_key(below, f"{one} with itself", "pairs of two currencies")
                sound = False
            elif (other, one) in pairs:
                check.add_key(below, f"{one} with {other} a second time", "each pair once")
                sound = False
            pairs[one, other] = tuple(dict.fromkeys((lowest(number, -1.0), highest(number, 1.0))))
    if not sound:
        return
    drawn = [pair for pair, values in pairs.items() if len(values) > 1]
    if len(drawn) > MOST_DRAWN:
        said = f"at most {MOST_DRAWN} correlations that are distributions"
        check.add(("correlation",), f"{len(drawn)} distributions", said)
        return
    for values in itertools.product(*pairs.values()):
        corner = dict(zip(pairs, values, strict=True))
        if not _positive_definite(known, corner):
            where = ", ".join(f"{'.'.join(pair)} is {corner[pair]:g}" for pair in drawn)
            found = f"not positive definite where {where}" if drawn else "not positive definite"
            check.add(("correlation",), found, "correlations that fit together")
            return


def _positive_definite(names: list[str], pairs: dict[tuple[str, str], float]) -> bool:
    """Whether the Cholesky factor of the matrix exists."""
    factor: list[list[float]] = []
    for i, one in enumerate(names):
        row: list[float] = []
        for j, other in enumerate(names[: i + 1]):
            value = 1.0 if i == j else pairs.get((one, other), pairs.get((other, one), 0.0))
            rest = value - sum(row[k] * (row[k] if i == j else factor[j][k]) for k in range(j))
            if i == j and rest <= 1e-12:
                return False
            row.append(math.sqrt(rest) if i == j else rest / factor[j][j])
        factor.append(row)
    return True
