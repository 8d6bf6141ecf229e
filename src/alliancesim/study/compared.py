"""Which outcomes two runs are compared by, how a sentence names them, and in which direction they are better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from alliancesim.errors import RunError
from alliancesim.plan.columns import Column
from alliancesim.study.layout import Floats, Layout
from alliancesim.study.outcome import find_outcomes
from alliancesim.study.run import Run, as_of_fy
from alliancesim.study.summary import censoring
from alliancesim.units import month_name

OPEN = "open"
SUMMED = f"fiscal_years.{OPEN}."
OPEN_SUMS = {
    "outlays_bn": "cash paid out", "authority_used_bn": "contract authority used", "planning_loss_bn": "planning loss",
    "execution_loss_bn": "execution loss", "unspent_bn": "money that lapses", "commitment_bn": "commitment made in rounds",
    "hns_bn": "host-nation support",
}  # fmt: skip
"""Columns of fiscal years that are summed, with their names in a sentence."""
ENDS = {
    "burden_bn": "burden", "arrears_bn": "money in arrears", "purchasing_power_lost_share": "purchasing power lost",
    "support_share": "domestic support", "pressure": "pressure on the alliance", "availability_share": "availability",
}  # fmt: skip
"""Columns of fiscal years that are read at the end of the last one."""
OF_PROGRAMS = {
    "first_delivery_months": "first delivery", "completion_months": "last planned unit", "contracted_cost_bn": "contracted cost",
    "operational_units": "operational quantity",
}  # fmt: skip
"""Columns of programs; units are read at the end of the last fiscal year."""
DATES = ("first_delivery_months", "completion_months", "first_operational_months")
"""Columns of programs that count from the start of the horizon."""
OF_CAPABILITY = {
    "packages": ("capability_share", "capability"), "areas": ("score", "score"), "conditions": ("value", "value"),
    "workforce": ("staffing_share", "staffing"),
}  # fmt: skip
"""Tables that not every scenario has, with the column read at the end of the last fiscal year and its name in a sentence."""
NAMES = OPEN_SUMS | ENDS | OF_PROGRAMS | dict(OF_CAPABILITY.values())

BETTER = {
    "lower": (
        "planning_loss_bn", "execution_loss_bn", "purchasing_power_lost_share", "unspent_bn", "arrears_bn", "burden_bn",
        "fms_unsettled_bn", "pressure", "tariff_share", "first_delivery_months", "slip_months", "completion_months",
        "completion_slip_months", "first_operational_months", "backlog_units", "cancelled_units", "wait_months", "waiting",
    ),
    "higher": (
        "support_share", "contracted_units", "delivered_units", "operational_units", "effective_rate_share", "availability_share",
        "components_share", "capability_share", "score", "staffing_share",
    ),
}  # fmt: skip
"""The direction in which a column is better for the buyer. Columns in neither are not judged: more money spent on a program
may be more bought, or the same dearer. Operational capability of a bucket is better when higher."""


@dataclass(frozen=True)
class Compared:
    """One number of a replication: an outcome, or the sum of a column over fiscal years."""

    name: str
    """As `study.outcome` has it; `open` in the place of a fiscal year is the sum over those still open at the as-of date."""
    table: str
    column: Column
    keys: tuple[int, ...]
    """Positions in the flattened table; their values are added up."""
    position: int
    """Of the column."""

    @property
    def better(self) -> str | None:
        """`lower`, `higher`, or None where it is not judged."""
        name = self.column.name
        if name.startswith("operational_") and name.endswith("_bn"):
            return "higher"
        return next((direction for direction, names in BETTER.items() if name in names), None)

    @property
    def censor(self) -> str | None:
        """The column that is 1 where a value is only a lower bound."""
        return censoring(self.column.name) if self.table == "programs" else None

    @property
    def is_cut(self) -> bool:
        """Whether it counts months of a program up to the end of the horizon."""
        return self.table == "programs" and self.column.unit == "months"

    def of(self, rows: Mapping[str, Floats]) -> Floats:
        """Its values. rows: as `Layout.rows` gives them; returns shape (replication,)."""
        table = rows[self.table]
        flat = table.reshape(len(table), -1, table.shape[-1])
        return sum((flat[:, key, self.position] for key in self.keys), np.zeros(len(table)))


@dataclass(frozen=True)
class Calendar:
    """How the dates of a run are read beside those of a run with another horizon."""

    shift_months: float
    """From the reference's start to the run's own."""
    end_months: float
    """Since the reference's start; what comes later is not seen in both runs."""


@dataclass(frozen=True)
class Observed:
    """An outcome of one run: values of shape (n,), and how many of them are censored."""

    outcome: Compared
    values: Floats
    censored: int


def horizon(run: Run) -> tuple[int, int]:
    """The first month of a run's horizon and the first one after it, in months since year 0."""
    start = run.layout.first_fy * 12 + int(run.manifest["fy_first_month"]) - 1
    return start, start + 12 * len(run.layout.fiscal_years())


def calendars(a: Run, b: Run) -> tuple[Calendar | None, Calendar | None]:
    """How dates of two runs are compared: on the calendar of a, up to the earlier end; None where both have one horizon."""
    own, other = horizon(a), horizon(b)
    if own == other:
        return None, None
    end = float(min(own[1], other[1]) - own[0])
    return Calendar(0.0, end), Calendar(float(other[0] - own[0]), end)


def horizon_notes(a: Run, b: Run) -> list[str]:
    """What a reader should know where two runs have not the same horizon."""
    own, other = horizon(a), horizon(b)
    if own == other:
        return []
    spans = " and ".join(f"{month_name(first)} to {month_name(end - 1)}" for first, end in (own, other))
    end = month_name(min(own[1], other[1]) - 1)
    said = (
        f"The horizons are {spans}: dates of both are months since {month_name(own[0])}, and count up to the end of {end} only."
    )
    months = [int(run.manifest["fy_first_month"]) for run in (a, b)]
    if months[0] == months[1]:
        return [said]
    return [said, f"Fiscal years begin in month {months[0]} of A and month {months[1]} of B, and are compared by number."]


def check_same_horizon(a: Run, b: Run, wanted: Iterable[Compared]) -> None:
    """Refuse months of programs, which end with the horizon, where it is not the same. Raises RunError."""
    cut = [one.name for one in wanted if one.is_cut]
    if cut and horizon(a) != horizon(b):
        message = f"{', '.join(cut)}: counted up to the end of a horizon, and those of the runs differ; give both one horizon"
        raise RunError(message)


def open_years(a: Run, b: Run) -> tuple[int, ...]:
    """The fiscal years both runs have that are open in both at their as-of dates; all they share where none is open."""
    shared = [fy for fy in a.layout.fiscal_years() if fy in b.layout.fiscal_years()]
    fact = max(as_of_fy(a), as_of_fy(b))
    return tuple([fy for fy in shared if fy > fact] or shared)


def default_names(a: Run, b: Run) -> list[str]:
    """The outcomes that two runs are compared by: all of this page that both have, in one order from either side."""
    years = open_years(a, b)
    if not years:
        return []
    buckets = sorted(_pillars(a) & _pillars(b))
    programs = sorted(_programs(a) & _programs(b))
    end = years[-1]
    return [
        *(f"{SUMMED}{column}" for column in OPEN_SUMS),
        *(f"fiscal_years.{end}.{column}" for column in (*ENDS, *(f"operational_{bucket}_bn" for bucket in buckets))),
        *(f"programs.{name}.{column}" for column in OF_PROGRAMS if column != "operational_units" for name in programs),
        *(f"program_years.{name}.{end}.operational_units" for name in programs),
        *(f"{table}.{name}.{end}.{column}" for table, (column, _) in OF_CAPABILITY.items() for name in _entries(a, b, table)),
    ]


def find_compared(names: Iterable[str], layout: Layout, years: Sequence[int]) -> list[Compared]:
    """The outcomes of these names in one layout. years: the open ones. Raises RunError with every name that is none."""
    wanted = list(names)
    if not years and any(name.startswith(SUMMED) for name in wanted):
        message = "the runs have no fiscal year in common, so nothing can be summed over open ones"
        raise RunError(message)
    one_year = [name.replace(SUMMED, f"fiscal_years.{years[0]}.", 1) if name.startswith(SUMMED) else name for name in wanted]
    tables = layout.tables()
    found = []
    for name, outcome in zip(wanted, find_outcomes(one_year, layout), strict=True):
        *at, position = outcome.at
        if name.startswith(SUMMED):
            keys = tuple(layout.fiscal_years().index(fy) for fy in years)
        else:
            keys = (int(np.ravel_multi_index(at, tables[outcome.table].shape)),)
        found.append(Compared(name, outcome.table, outcome.column, keys, position))
    return found


def observations(run: Run, wanted: Sequence[Compared], n: int, calendar: Calendar | None = None) -> Iterator[Observed]:
    """Outcomes of the first n replications of a run, one after another in bounded memory; dates on a calendar if given."""
    for (table, column, censor), group in groupby(wanted, key=lambda one: (one.table, one.column.name, one.censor)):
        members = list(group)
        columns = [column] if censor is None else [column, censor]
        stream = run.by_key(table, columns, [key for one in members for key in one.keys])
        for one in members:
            read = [next(stream)[1] for _ in one.keys]
            values = sum((part[0][:n] for part in read), np.zeros(n))
            censored = np.zeros(n) if censor is None else read[0][1][:n]
            if calendar is not None and column in DATES:
                values = values + calendar.shift_months
                censored = np.where(values >= calendar.end_months, 1.0, censored)
                values = np.minimum(values, calendar.end_months)
            yield Observed(one, values, int(censored.sum()))


def subject(outcome: Compared, run: Run) -> str:
    """How a sentence about an outcome begins, such as `KC-46A: first delivery` or `Burden in FY2035`."""
    table, *entries, column = outcome.name.split(".")
    said = NAMES.get(column)
    if column.startswith("operational_") and column.endswith("_bn"):
        said = f"operational capability of {column.removeprefix('operational_').removesuffix('_bn')}"
    if said is None:
        return outcome.name
    if table in ("programs", "program_years"):
        title = str(run.manifest["programs"][entries[0]]["title"])
        return f"{title}: {said}" + (f" at the end of FY{entries[1]}" if table == "program_years" else "")
    if table in OF_CAPABILITY:
        return f"{entries[0].replace('_', ' ').capitalize()}: {said} at the end of FY{entries[1]}"
    said = said[0].upper() + said[1:]
    if entries == [OPEN]:
        return f"{said} over the open fiscal years"
    return f"{said} in FY{entries[0]}"


def _pillars(run: Run) -> set[str]:
    return {name for name in run.layout.buckets if run.manifest["buckets"][name]["pillar"]}


def _entries(a: Run, b: Run, table: str) -> list[str]:
    """What both runs have of a table that not every scenario has."""
    both = [run.layout.tables().get(table) for run in (a, b)]
    names = [{str(name) for name in one.keys[0][1]} if one is not None else set() for one in both]
    return sorted(names[0] & names[1])


def _programs(run: Run) -> set[str]:
    """All programs but the residual ones."""
    return {name for name in run.layout.programs if not run.manifest["programs"][name]["residual"]}
