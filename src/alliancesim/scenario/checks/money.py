"""Toplines, buckets, the opening burden, taxes and residual programs."""

from __future__ import annotations

from alliancesim.scenario.checks.checker import Checker
from alliancesim.scenario.money import Supplementary
from alliancesim.scenario.planned import (
    center,
    dated_value,
    dated_year,
    highest,
    hns_in_bucket_bn,
    is_free,
    planned_lot_bn,
    waiting_programs,
)
from alliancesim.scenario.values import Dated, Distribution, Quantity
from alliancesim.scenario.yamlfile import KeyPath

ROUNDING_BN = 1e-6


def check_money(check: Checker) -> None:
    """The checks of `money`."""
    money = check.scenario.money
    path: KeyPath = ("money",)
    if (money.topline_bn is None) == (money.topline_share_of_gdp is None):
        found = "neither" if money.topline_bn is None else "both"
        check.add(path, f"{found} of topline_bn, topline_share_of_gdp", "exactly one of the two")
    if money.hns_bucket is not None:
        check.refer((*path, "hns_bucket"), money.hns_bucket, check.names("money", "buckets"), "a bucket")
        bucket = money.buckets.get(money.hns_bucket)
        if bucket is not None and bucket.base == "apart":
            said = "a bucket of base topline, from which host-nation support is paid"
            check.add((*path, "hns_bucket"), f"'{money.hns_bucket}' is of base apart", said)
    if (money.hns_bn is None) != (money.hns_bucket is None):
        given, other = ("hns_bn", "hns_bucket") if money.hns_bucket is None else ("hns_bucket", "hns_bn")
        check.add(
            (*path, given), f"{given} without {other}", "host-nation support takes authority from a bucket: give both or none"
        )
    if not money.buckets:
        check.add((*path, "buckets"), "no buckets", "at least one bucket")
    if money.opening_burden is not None:
        check_shares(check, (*path, "opening_burden", "currency_shares"), money.opening_burden.currency_shares)
    if center(money.reserve.initial_bn) > center(money.reserve.ceiling_bn):
        said = f"at most ceiling_bn {center(money.reserve.ceiling_bn):g}"
        check.add((*path, "reserve", "initial_bn"), f"{center(money.reserve.initial_bn):g}", said)
    _supplementary(check, (*path, "supplementary"), money.supplementary)
    for fy in money.cascade.known:
        if check.as_of_fy is None:
            found, said = f"FY{fy} is no fact, horizon has no as_of", "an as_of, up to which all is on record"
            check.add_key((*path, "cascade", "known", fy), found, said)
        elif fy > check.as_of_fy:
            said = f"fiscal years up to FY{check.as_of_fy}, that of the as-of month"
            check.add_key((*path, "cascade", "known", fy), f"FY{fy} is not on record", said)
    for name, tax in money.taxes.items():
        check.before_end((*path, "taxes", name, "date"), tax.date)


def _supplementary(check: Checker, path: KeyPath, block: Supplementary) -> None:
    """The contracts of a supplementary budget are within its total, where neither is drawn."""
    if block.authority_bn is None:
        return
    for fy in range(check.first_fy, check.last_fy + 1):
        authority, total = _certain_bn(block.authority_bn, fy), _certain_bn(block.total_bn, fy)
        if authority is not None and total is not None and authority > total + ROUNDING_BN:
            taken, _ = dated_year(block.authority_bn, fy)
            found = f"contracts of {authority:.10g} in FY{fy}, and a total of {total:.10g}"
            here = (*path, "authority_bn", *([] if taken is None else [taken]))
            check.add(here, found, "contracts within total_bn, which pays them")
            return


def _certain_bn(dated: Dated | None, fy: int) -> float | None:
    """A dated value of a fiscal year, 0 where there is none; None where it is drawn."""
    if dated is None:
        return 0.0
    taken, years = dated_year(dated, fy)
    parts = [dated.constant if taken is None else dated.by_fy[taken], *([dated.then_growth_share] if years else [])]
    return None if any(isinstance(part, Distribution) for part in parts) else dated_value(dated, fy)


def check_shares(check: Checker, path: KeyPath, shares: dict[str, Quantity]) -> None:
    """Currency shares name currencies and sum to at most 1."""
    for name in shares:
        check.refer((*path, name), name, check.names("currencies"), "a currency", key=True)
    total = sum(highest(share, 1.0) for share in shares.values())
    if total > 1.0 + 1e-9:
        found = f"shares sum to {total:g}" if total == sum(map(center, shares.values())) else f"shares can sum to {total:g}"
        check.add(path, found, "at most 1; the rest is home currency")


def check_residuals(check: Checker) -> None:
    """One residual program per bucket at most, and what it is left with is never negative."""
    scenario = check.scenario
    money = scenario.money
    first: dict[str, str] = {}
    waiting = waiting_programs(scenario)
    for name, program in scenario.programs.items():
        if not program.residual or program.bucket is None:
            continue
        if program.bucket in first:
            found = f"a second residual program of bucket '{program.bucket}', beside '{first[program.bucket]}'"
            check.add(("programs", name, "residual"), found, "one per bucket")
            continue
        first[program.bucket] = name
        bucket = money.buckets.get(program.bucket)
        if bucket is None or not check.complete:
            continue
        short = []
        for fy in range(check.first_fy, check.last_fy + 1):
            named = sum(
                planned_bn(check, other, fy)
                for other, one in scenario.programs.items()
                if one.bucket == program.bucket and other not in waiting and not is_free(scenario, one)
            )
            support = hns_in_bucket_bn(money, program.bucket, fy)
            authority = dated_value(bucket.authority_bn, fy)
            if authority >= 0.0 and named + support > authority + ROUNDING_BN:
                plus = f" + host-nation support {support:g}" if support else ""
                short.append(f"FY{fy} named lots {named:.10g}{plus} > authority {authority:.10g}")
        if short:
            more = f" and {len(short) - 3} more years" if len(short) > 3 else ""
            found = f"bucket '{program.bucket}' does not add up: {'; '.join(short[:3])}{more}".replace("; ", ", ")
            check.add(("programs", name), found, "named lots within the bucket's authority, so that a residual remains")


def planned_bn(check: Checker, name: str, fy: int) -> float:
    """Planned cost of a program's lots of one fiscal year."""
    program = check.scenario.programs[name]
    return sum(planned_lot_bn(check.scenario, program, fy, lot.units, lot.cost_bn) for lot in program.lots if lot.fy == fy)
