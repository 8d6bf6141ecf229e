"""The summary of a run: quantiles of money, alliance, programs and pillars with their Monte Carlo intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from alliancesim.errors import RequestError
from alliancesim.plan.columns import CAUSES, Column
from alliancesim.study.causes import causes
from alliancesim.study.ledgers import KINDS
from alliancesim.study.runs.layout import CENSORED_BY, Table, none_such, with_censor
from alliancesim.study.runs.run import Run, as_of_fy
from alliancesim.study.sheet import DOWN, Sheet, number, rounded, spread, with_interval
from alliancesim.study.statistics.estimate import QUANTILES, Estimate, Value, estimate, mean_with_interval, share_with_interval
from alliancesim.units import date_of

FISCAL_KEYS = (
    "topline_bn", "outlays_bn", "personnel_bn", "obligatory_bn", "general_material_bn", "authority_bn", "authority_used_bn",
    "burden_bn", "planning_loss_bn", "execution_loss_bn", "purchasing_power_lost_share", "unspent_bn", "arrears_bn",
    "support_share", "pressure", "tariff_share",
)  # fmt: skip
SHORT_KEYS = (
    "topline_bn", "outlays_bn", "obligatory_bn", "burden_bn", "planning_loss_bn", "execution_loss_bn",
    "purchasing_power_lost_share", "unspent_bn", "arrears_bn", "support_share",
)  # fmt: skip
MOST_SHORT_YEARS = 4
SMALL_DELAY_MONTHS = 0.05


@dataclass
class ByYear:
    """One outcome by fiscal year."""

    column: Column
    by_year: dict[int, Estimate]


@dataclass
class ProgramSummary:
    """One program: when it delivers first and last, how late, and why."""

    name: str
    described: dict[str, Any]
    first_delivery: Estimate
    slip: Estimate
    completion: Estimate
    completion_slip: Estimate | None
    """None in a short summary."""
    undelivered: Value
    """Probability that nothing is delivered within the horizon."""
    incomplete: Value
    delay_months: dict[str, Value]
    """Mean part of the slip by cause."""

    def promised_months(self) -> float | None:
        """What slip is counted from, see `promised_months`."""
        return promised_months(self.described)

    def biggest_cause(self) -> tuple[str, Value] | None:
        """The cause with the largest mean delay, None where nothing delays it."""
        cause = max(self.delay_months, key=lambda name: self.delay_months[name].value)
        return (cause, self.delay_months[cause]) if self.delay_months[cause].value >= SMALL_DELAY_MONTHS else None


@dataclass
class Summary:
    """What `show` prints of a run."""

    run: Run
    outcomes: list[ByYear]
    pillars: list[ByYear]
    programs: list[ProgramSummary] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n\n".join([heading(self.run), *map(str, self.sheets(short=True))])

    def sheets(self, *, short: bool = False) -> list[Sheet]:
        """The tables for people, those that have rows."""
        return [sheet for sheet in self._sheets(short=short) if sheet.rows]

    def _sheets(self, *, short: bool) -> list[Sheet]:
        if short:
            years = short_years(self.run)
            pillars = [ByYear(one.column, {year: one.by_year[year] for year in years}) for one in self.pillars]
            keys = [one for one in self.outcomes if one.column.name in SHORT_KEYS or one.column.name.endswith("_market_rate")]
            return [_grid("Money and alliance", keys, years), self.program_sheet(), _grid(PILLARS, pillars, years)]
        sheets = [_by_year(one) for one in self.outcomes]
        program = None if self.outcomes else self.programs[0].name
        sheets += [self.delivery_sheet(), causes(self.run, program, kinds=KINDS[:1]).sheet(KINDS[0])]
        return sheets + [_by_year(one, title=f"{PILLARS}: {one.column.name}") for one in self.pillars]

    def program_sheet(self) -> Sheet:
        """When programs deliver."""
        columns = ["program", "baseline", "estimate", "P(none)", "first P10", "median", "P90", "slip months", "last unit",
                   "main cause of delay"]  # fmt: skip
        sheet = Sheet("Programs: first delivery, its slip against the baseline, and the last planned unit", columns)
        for one in self.programs:
            if one.described["residual"]:
                continue
            dates = [self.date(one.first_delivery.quantile[p].value) for p in QUANTILES]
            sheet.rows.append([
                one.name, one.described["baseline_delivery"] or "-", one.described["current_estimate"] or "-",
                rounded(one.undelivered, 100) + " %", *dates, self.slip_text(one), self.date(one.completion.median.value),
                _cause_text(one),
            ])  # fmt: skip
        sheet.note = (
            f"Slip: median [P10, P90]. Dates after the horizon are written {self.date(math.inf)}. Last unit: median. "
            "No digit below the Monte Carlo error; `show` has the intervals."
        )
        return sheet

    def delivery_sheet(self) -> Sheet:
        """When programs deliver, with intervals."""
        columns = ["program", "baseline", "estimate", "P(none), %", "first delivery", "slip months", "last unit"]
        sheet = Sheet("Programs: medians of first delivery, its slip against the baseline, and the last planned unit", columns)
        for one in self.programs:
            if one.described["residual"]:
                continue
            slip = one.slip.median
            sheet.rows.append([
                one.name, one.described["baseline_delivery"] or "-", one.described["current_estimate"] or "-",
                with_interval(one.undelivered, 100), self.date_with_interval(one.first_delivery.median),
                self.slip_text(one) if math.isinf(slip.value) or one.promised_months() is None else with_interval(slip),
                self.date_with_interval(one.completion.median),
            ])  # fmt: skip
        sheet.note = f"95 % intervals. Dates after the horizon are written {self.date(math.inf)}. P10 and P90: --table programs."
        return sheet

    def date_with_interval(self, value: Value) -> str:
        """A model month and the ends of its interval as `YYYY-MM`; an end the sample does not bound is written `?`."""
        date, *ends = ("?" if months is None else self.date(months) for months in (value.value, value.low, value.high))
        return date if ends == [date, date] else f"{date} ({ends[0]} to {ends[1]})"

    def date(self, months: float) -> str:
        """A model month as `YYYY-MM`; infinite: `>=` the end of the horizon."""
        manifest, late = self.run.manifest, math.isinf(months)
        at = manifest["horizon_months"] if late else months
        text = date_of(at, self.run.layout.first_fy, manifest["fy_first_month"])[:7]
        return f">= {text}" if late else text

    def slip_text(self, one: ProgramSummary) -> str:
        """Slip as median [P10, P90]; a censored one by the least it can be."""
        known = one.promised_months()
        if known is None:
            return "-"
        return spread(one.slip, beyond=f">= {number(self.run.manifest['horizon_months'] - known, 0, DOWN)}")

    def plain(self) -> dict[str, Any]:
        """Everything, as plain data fit for JSON."""
        programs = {}
        for one in self.programs:
            least = bounds(self.run, one.name)
            first, last = (
                found.plain(least[name]) | {"dates": self._dates(found)}
                for name, found in (("first_delivery_months", one.first_delivery), ("completion_months", one.completion))
            )
            programs[one.name] = {
                **{key: one.described[key] for key in ("title", "bucket", "channel", "baseline_delivery", "current_estimate")},
                "first_delivery_months": first,
                "slip_months": one.slip.plain(least["slip_months"]),
                "completion_months": last,
                "completion_slip_months": None
                if one.completion_slip is None
                else one.completion_slip.plain(least["completion_slip_months"]),
                "undelivered_share": one.undelivered.plain(),
                "incomplete_share": one.incomplete.plain(),
                "delay_months": {cause: value.plain() for cause, value in one.delay_months.items()},
            }
        return {
            **self.run.plain(),
            "folder": str(self.run.folder),
            "fiscal_years": {one.column.name: _plain_outcome(one) for one in self.outcomes},
            "programs": programs,
            "pillars": {one.column.name: _plain_outcome(one) for one in self.pillars},
        }

    def _dates(self, estimate: Estimate) -> dict[str, str]:
        return {name: self.date(estimate.quantile[p].value) for p, name in ((0.1, "p10"), (0.5, "median"), (0.9, "p90"))}


PILLARS = "Operational capability by pillar (units at planned unit cost)"


def promised_months(described: dict[str, Any]) -> float | None:
    """What a program's slip is counted from: the baseline, else the plan; None where nothing is planned."""
    baseline: float | None = described["baseline_months"]
    return described["planned_first_months"] if baseline is None else baseline


def bounds(run: Run, program: str) -> dict[str, float | None]:
    """What a program's columns exceed where they are censored; None where slip is counted from nothing."""
    described, horizon = run.manifest["programs"][program], run.manifest["horizon_months"]
    since = dict.fromkeys(CENSORED_BY, 0.0) | {
        "slip_months": promised_months(described), "completion_slip_months": described["planned_completion_months"],
    }  # fmt: skip
    return {column: None if months is None else horizon - months for column, months in since.items()}


def heading(run: Run) -> str:
    """One line that says which run this is."""
    years = run.layout.fiscal_years()
    as_of = f", as of {run.manifest['as_of']}" if run.manifest["as_of"] else ""
    count = f"{run.n:,} replication{'' if run.n == 1 else 's'}"
    return f"{run.scenario}: FY{years[0]}-{years[-1]}{as_of}, {count}, seed {run.seed}, outcomes {run.digest}"


def summarize(run: Run, program: str | None = None, *, short: bool = False) -> Summary:
    """The summary of a run, of one program where it is named; with `short` only what the short tables show of it.

    Raises RequestError for a program there is not.
    """
    layout, manifest = run.layout, run.manifest
    layout.demand_program(program, run.scenario)
    pillars = [f"operational_{name}_bn" for name in layout.buckets if manifest["buckets"][name]["pillar"]]
    rates = [f"{currency.lower()}_market_rate" for currency in layout.currencies]
    wanted = [] if program is not None else [*(SHORT_KEYS if short else FISCAL_KEYS), *rates, *pillars]
    outcomes = by_year(run, "fiscal_years", wanted, short_years(run) if short else run.layout.fiscal_years())
    return Summary(
        run,
        [one for one in outcomes if one.column.name not in pillars],
        [one for one in outcomes if one.column.name in pillars],
        _programs(run, layout.programs if program is None else (program,), short=short),
    )


def by_year(run: Run, table: str, columns: Sequence[str], years: Sequence[int], entity: str | None = None) -> list[ByYear]:
    """Columns by fiscal year, of one program or resource where the table has them."""
    described, at = run.tables[table], run.layout.fiscal_years()
    above = 0 if entity is None else described.keys[0][1].index(entity) * len(at)
    found: list[ByYear] = [ByYear(run.column(table, column), {}) for column in columns]
    for key, values in run.by_key(table, columns, [above + at.index(year) for year in years]):
        for one, own in zip(found, values, strict=True):
            one.by_year[at[key - above]] = estimate(own, unit=one.column.unit)
    return found


def table_sheets(run: Run, table: str, program: str | None = None) -> list[Sheet]:
    """Every column of one table: mean and quantiles by fiscal year, or by program. Raises RequestError for an unknown name."""
    described = _table(run, table, program)
    names = [column.name for column in described.columns]
    years = run.layout.fiscal_years()
    if table == "fiscal_years":
        return [_by_year(one) for one in by_year(run, table, names, years)]
    chosen = [str(name) for name in described.keys[0][1]] if program is None else [program]
    if table == "programs":
        return [_by_program(run, name, chosen) for name in names]
    each = [(entity, one) for entity in chosen for one in by_year(run, table, names, years, entity)]
    return [_by_year(one, title=f"{entity}: {one.column.name}") for entity, one in each]


def _table(run: Run, table: str, entity: str | None) -> Table:
    described = run.table(table)
    key, entries = described.keys[0]
    if entity is not None and key == "fiscal_year":
        others = ", ".join(name for name, other in run.tables.items() if other.keys[0][0] != key)
        message = f"table {table}: its rows are fiscal years and of no program; --program {entity} goes with {others}"
        raise RequestError(message)
    if entity is not None and entity not in entries:
        message = f"table {table}: {none_such(key.replace('_', ' '), entity, list(map(str, entries)))}"
        raise RequestError(message)
    return described


def table_plain(run: Run, table: str, program: str | None = None) -> dict[str, Any]:
    """Every column of one table as plain data: estimates by entries of its keys."""
    described = _table(run, table, program)
    keys = [key for key, name in enumerate(_names(described, 0)) if program in (None, name)]
    found: dict[str, Any] = {}
    for column in described.columns:
        columns = with_censor(table, column.name)
        cells: dict[str, Any] = {}
        for key, values in run.by_key(table, columns, keys):
            *above, last = (_names(described, k)[key] for k in range(len(described.keys)))
            below = cells
            for name in above:
                below = below.setdefault(name, {})
            bound = bounds(run, last).get(column.name) if table == "programs" else None
            below[last] = estimate(*values, unit=column.unit).plain(bound)
        found[column.name] = {"unit": column.unit, "meaning": column.meaning, "values": cells}
    return {"table": table, "columns": found}


@lru_cache(maxsize=8)
def _names(table: Table, k: int) -> list[str]:
    """The entry of key k at each position of the flattened table."""
    entries = table.keys[k][1]
    return [str(entries[place[k]]) for place in np.ndindex(*table.shape)]


def short_years(run: Run) -> list[int]:
    """A few fiscal years that tell most: the first that is forecast, the last, and those between."""
    years = run.layout.fiscal_years()
    ahead = years[min(max(0, as_of_fy(run) - years[0]), len(years) - 1) :]
    count = min(MOST_SHORT_YEARS, len(ahead))
    places = [round(i * (len(ahead) - 1) / max(1, count - 1)) for i in range(count)]
    return [ahead[place] for place in places]


def _programs(run: Run, names: tuple[str, ...], *, short: bool) -> list[ProgramSummary]:
    keys = [run.layout.programs.index(name) for name in names]
    dates = ("first_delivery_months", "slip_months", "completion_months", *(() if short else ("completion_slip_months",)))
    parts = {(f"delay_{cause}_months",): cause for cause in CAUSES}
    estimates: dict[str, dict[int, Estimate]] = {column: {} for column in dates}
    delays: dict[str, dict[int, Value]] = {cause: {} for cause in CAUSES}
    for columns, p, values in run.each("programs", [*(with_censor("programs", date) for date in dates), *parts], keys):
        if columns in parts:
            delays[parts[columns]][p] = mean_with_interval(*values)
        else:
            estimates[columns[0]][p] = estimate(*values)
    found = []
    for name, p in zip(names, keys, strict=True):
        first, last = estimates["first_delivery_months"][p], estimates["completion_months"][p]
        found.append(
            ProgramSummary(
                name=name,
                described=run.manifest["programs"][name],
                first_delivery=first,
                slip=estimates["slip_months"][p],
                completion=last,
                completion_slip=None if short else estimates["completion_slip_months"][p],
                undelivered=share_with_interval(first.censored, run.n),
                incomplete=share_with_interval(last.censored, run.n),
                delay_months={cause: values[p] for cause, values in delays.items()},
            )
        )
    return found


def _cause_text(one: ProgramSummary) -> str:
    biggest = one.biggest_cause()
    return "-" if biggest is None else f"{biggest[0].replace('_', ' ')} {rounded(biggest[1])}"


def _grid(title: str, outcomes: list[ByYear], years: list[int]) -> Sheet:
    sheet = Sheet(title, ["median [P10, P90]", *(f"FY{year}" for year in years)])
    for one in outcomes:
        scale, unit = one.column.scale
        sheet.rows.append([f"{_title(one.column)} ({unit})", *(spread(one.by_year[year], scale) for year in years)])
    return sheet


def _by_year(one: ByYear, title: str | None = None) -> Sheet:
    scale, unit = one.column.scale
    sheet = Sheet(f"{title or one.column.name} ({unit}): {one.column.meaning}", ["fiscal year", "mean", "P10", "median", "P90"])
    for year, found in one.by_year.items():
        mean = "-" if found.mean is None else with_interval(found.mean, scale)
        sheet.rows.append([f"FY{year}", mean, *(with_interval(found.quantile[p], scale) for p in QUANTILES)])
    return sheet


def _by_program(run: Run, column: str, names: list[str]) -> Sheet:
    described = run.column("programs", column)
    sheet = Sheet(f"{column} ({described.unit}): {described.meaning}", ["program", "mean", "P10", "median", "P90"])
    for p, values in run.by_key("programs", with_censor("programs", column), [run.layout.programs.index(name) for name in names]):
        found = estimate(*values, unit=described.unit)
        mean = "-" if found.mean is None else with_interval(found.mean)
        quantiles = [found.quantile[q] for q in QUANTILES]
        texts = ["censored" if math.isinf(value.value) else with_interval(value) for value in quantiles]
        sheet.rows.append([run.layout.programs[p], mean, *texts])
    return sheet


def _title(column: Column) -> str:
    name = column.name
    for suffix in ("_bn", "_share", "_months"):
        name = name.removesuffix(suffix)
    return name.replace("_", " ")


def _plain_outcome(one: ByYear) -> dict[str, Any]:
    years = {str(year): found.plain() for year, found in one.by_year.items()}
    return {"unit": one.column.unit, "meaning": one.column.meaning, "by_fiscal_year": years}
