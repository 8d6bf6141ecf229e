"""Writes docs/outlook.md: what the Japan baseline forecasts, in figures of one run.

    python docs/outlook.py            write the page
    python docs/outlook.py --check    exit 1 if the page shows anything else

Replications and seed are those of calibration_record.py. Every figure is read off the run; the words hold whatever it says.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from calibration_record import AS_OF_MONTHS, REPLICATIONS, SEED, Simulated, Values
from generate import Cells, table
from pages import settle

from alliancesim.study.sheet import rounded, spread
from alliancesim.study.statistics.estimate import QUANTILES, estimate, mean_with_interval, share_with_interval
from alliancesim.study.summary import Summary, summarize

PAGE = Path(__file__).parent / "outlook.md"
YEARS = (2025, 2026, 2027, 2028, 2030, 2035)
OPEN_YEARS = range(2026, 2036)
MONEY = (
    "topline_bn", "topline_share_of_gdp", "authority_bn", "authority_used_bn", "obligatory_bn", "outlays_bn", "supplementary_bn",
    "burden_bn", "burden_existing_bn", "unspent_bn", "purchasing_power_lost_share", "usd_market_rate",
    "usd_budget_rate", "support_share", "pressure", "tariff_share",
)  # fmt: skip
CHANNELS = ("fms", "dcs", "licensed_production", "domestic", "codevelopment")
BUSIEST = 6
YEN_ONLY = {
    "money.revisions.next_plan.triggers.regime": "null",
    "money.revisions.next_plan.triggers.demand_accepted": "false",
}
DELIVERY_YEARS = YEARS[:-1]
HEAD = """# Outlook

What [the Japan baseline](japan-baseline.md) forecasts, as known on 2025-08-31: {replications:,} replications, seed {seed},
outcomes `{digest}`. Written by `python docs/outlook.py`. Figures are medians with tenth and ninetieth percentile in brackets
where nothing else is said; no digit stands below its Monte Carlo error. [calibration.md](calibration.md) holds the model's output
against the record, [outcomes.md](outcomes.md) tells what each column counts.
"""


def by_year(s: Simulated) -> str:
    """Columns of fiscal years as medians and bands."""
    rows: list[Cells] = []
    for column in MONEY:
        share = s.run.column("fiscal_years", column).unit == "share"
        scale = 100.0 if share else 1.0
        values = s.fiscal(column)
        cells = [spread(estimate(values[:, s.at(fy)]), scale) for fy in YEARS]
        rows.append((f"`{column}`" + (", %" if share else ""), *cells))
    return table(("at the end of", *years(YEARS)), rows)


def years(fys: Iterable[int]) -> Iterator[str]:
    """Fiscal years as heads of columns."""
    return (f"FY{fy}" for fy in fys)


def to_come(s: Simulated, summary: Summary) -> str:
    """First deliveries after the as-of date, in the order of their announced dates."""
    first = s.run.values("programs", "first_delivery_months")
    rows = []
    for one in summary.programs:
        described = one.described
        expected = described["planned_first_months"]
        if described["residual"] or described["current_estimate"] is None or expected < AS_OF_MONTHS:
            continue
        by_then = share_with_interval(int((first[:, s.names.index(one.name)] <= expected).sum()), s.run.n)
        dates = [summary.date(one.first_delivery.quantile[p].value) for p in QUANTILES]
        cells = (f"`{one.name}`", described["title"], described["current_estimate"], rounded(by_then, 100) + " %", *dates,
                 rounded(one.undelivered, 100) + " %")  # fmt: skip
        rows.append((expected, cells))
    head = ("name", "program", "announced", "by then", "P10", "median", "P90", "not by the horizon")
    return table(head, [cells for _, cells in sorted(rows)])


def delivered(s: Simulated) -> str:
    """Units delivered by the end of fiscal years, of named programs that deliver within them."""
    rows: list[Cells] = []
    for name, described in s.run.manifest["programs"].items():
        if described["residual"] or described["bucket"] is None:
            continue
        units = s.by_year("delivered_units", [name])[:, 0]
        if units[:, s.at(DELIVERY_YEARS[-1])].max() > 0.0:
            counted = "bn" if described["quantity"] == "value" else "units"
            cells = (spread(estimate(units[:, s.at(fy)])) for fy in DELIVERY_YEARS)
            rows.append((f"`{name}`", str(described["title"]), counted, *cells))
    return table(("name", "program", "in", *years(DELIVERY_YEARS)), rows)


def in_all(s: Simulated) -> Iterator[Cells]:
    """What is told in one line each: a quantity and its figure."""
    plan = s.plan.values("programs", "slip_months")[0]
    for channel in CHANNELS:
        names = s.of_channel(channel)
        known = plan[[s.names.index(name) for name in names]].mean()
        slip = mean_with_interval(s.programs("slip_months", names).mean(axis=1))
        yield (f"mean slip of first deliveries, {channel.replace('_', ' ')}, {len(names)} programs, months",
               f"{rounded(slip)}, of which {known:.1f} were announced by the as-of date")  # fmt: skip
    open_years = slice(s.at(OPEN_YEARS[0]), s.at(OPEN_YEARS[-1]) + 1)
    arrears = s.fiscal("arrears_bn")[:, open_years]
    yield ("years of FY2026-35 that end in arrears", percent((arrears > 0.0).mean(axis=1)))
    yield ("arrears, mean of FY2026-35, bn a year", rounded(mean_with_interval(arrears.mean(axis=1))))
    for name, run in (
        ("the plan is revised before FY2028", s),
        ("the same with the yen as the only trigger", Simulated(YEN_ONLY)),
    ):
        yield (name, percent((run.fiscal("revision")[:, s.at(2027)] > 0.0).astype(float), indicator=True))
    developments = s.growing(development=True)
    yield (
        "developments that wait a budget for a review of their cost",
        percent(s.programs("held_by_review", developments).mean(axis=1)),
    )
    yield ("developments canceled by one", percent(s.programs("canceled_by_review", developments).mean(axis=1)))
    put_off = s.run.values("program_years", "backlog_units")
    residuals = [i for i, name in enumerate(s.names) if s.run.manifest["programs"][name]["residual"]]
    upkeep = s.names.index("rest_sustainability")
    for fy in (2030, 2035):
        all_of_it = rounded(mean_with_interval(put_off[:, residuals, s.at(fy)].sum(axis=1)))
        of_upkeep = rounded(mean_with_interval(put_off[:, upkeep, s.at(fy)]))
        yield (f"residual purchases put off by the end of FY{fy}, mean, bn", f"{all_of_it}, of which {of_upkeep} of upkeep")
    yield ("resources that are busiest, mean use of a year", ", ".join(busiest(s)))


def percent(values: Values, *, indicator: bool = False) -> str:
    """The mean of shares by replication, in percent."""
    return rounded(mean_with_interval(values, unit="0/1" if indicator else ""), 100) + " %"


def busiest(s: Simulated) -> Iterator[str]:
    """The resources used most in any year from the as-of year on, with that year."""
    used = s.run.values("resource_years", "utilization_share").mean(axis=0)[:, s.at(YEARS[0]) :]
    for q in np.argsort(-used.max(axis=1), kind="stable")[:BUSIEST]:
        yield f"`{s.run.layout.resources[q]}` {100.0 * used[q].max():.0f} % in FY{YEARS[0] + int(used[q].argmax())}"


def grades(s: Simulated) -> str:
    """Scores of the areas of the scorecard by year."""
    names, titles = s.run.layout.areas, scorecard_titles(s)
    values = s.run.values("areas", "score")
    rows = [(titles[name], *(spread(estimate(values[:, a, s.at(fy)])) for fy in YEARS)) for a, name in enumerate(names)]
    return table(("area", *years(YEARS)), rows)


def scorecard_titles(s: Simulated) -> dict[str, str]:
    """What the areas are called."""
    board = s.loaded.scenario.scorecard
    assert board is not None
    return {name: area.title for name, area in board.areas.items()}


def page() -> str:
    """The whole page."""
    s = Simulated()
    summary = summarize(s.run)
    parts = [
        HEAD.format(replications=REPLICATIONS, seed=SEED, digest=s.run.digest),
        "## Money and alliance\n", by_year(s) + "\n",
        "## First deliveries to come\n",
        "Announced: the current estimate of the scenario; *by then*: the probability of it.\n", to_come(s, summary) + "\n",
        "## Delivered by the end of the fiscal year\n",
        "All units of the program so far. What is known by its value counts planned bn.\n", delivered(s) + "\n",
        "## Scores\n", grades(s) + "\n",
        "## In all\n", table(("quantity", "figure"), in_all(s)) + "\n",
    ]  # fmt: skip
    return "\n".join(parts)


if __name__ == "__main__":
    raise SystemExit(settle(PAGE, page(), sys.argv[1:]))
