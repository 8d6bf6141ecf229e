"""Which outcomes two runs are compared by, how a sentence names them, and in which direction they are better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from alliancesim.errors import RequestError
from alliancesim.plan.columns import Column
from alliancesim.study.differences.horizons import Calendar, horizon
from alliancesim.study.runs.layout import Floats, Layout, censor_of
from alliancesim.study.runs.run import Run, as_of_fy
from alliancesim.study.statistics.estimate import quantile_rank
from alliancesim.study.statistics.outcome import find_outcomes

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
        "completion_slip_months", "first_operational_months", "backlog_units", "canceled_units", "wait_months", "waiting",
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
    """As `study.statistics.outcome` has it; `open` in place of a fiscal year is the sum over those open at the as-of date."""
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
        return censor_of(self.table, self.column.name)

    @property
    def is_money(self) -> bool:
        """Whether it counts home currency."""
        return self.column.unit == "bn" or self.column.unit.startswith("home per ")

    @property
    def is_cut(self) -> bool:
        """Whether it counts months of a program up to the end of the horizon."""
        return self.table == "programs" and self.column.unit == "months"

    @property
    def is_of_own_horizon(self) -> bool:
        """Whether it counts over the whole horizon of its run, which no calendar cuts."""
        return self.table == "programs" and self.column.name not in DATES

    def of(self, rows: Mapping[str, Floats]) -> Floats:
        """Its values. rows: as `Layout.rows` gives them; returns shape (replication,)."""
        table = rows[self.table]
        flat = table.reshape(len(table), -1, table.shape[-1])
        return sum((flat[:, key, self.position] for key in self.keys), np.zeros(len(table)))

    def late(self, rows: Mapping[str, Floats], layout: Layout) -> npt.NDArray[np.bool_]:
        """Where it is censored. rows: as `layout.rows` gives them; returns shape (replication,)."""
        table = rows[self.table]
        if self.censor is None:
            return np.zeros(len(table), np.bool_)
        flat = table[..., layout.tables()[self.table].position(self.censor)].reshape(len(table), -1)
        return np.any(flat[:, self.keys] > 0.0, axis=1)


@dataclass(frozen=True)
class Observed:
    """An outcome of one run."""

    outcome: Compared
    values: Floats
    """Shape (n,); of what is censored, the bound it lies beyond."""
    late: npt.NDArray[np.bool_]
    """Where it is censored, shape (n,)."""

    @property
    def ranked(self) -> Floats:
        """Its values as quantiles rank them, infinite where censored."""
        return np.where(self.late, np.inf, self.values)

    def beyond(self, p: float) -> bool:
        """Whether the p-quantile lies beyond the horizon: fewer replications than its rank are observed."""
        return int(np.sum(self.late)) > len(self.late) - quantile_rank(len(self.late), p)

    def known(self, p: float | None) -> Floats:
        """Values that the p-quantile is taken from: as ranked, or their bounds where it lies beyond the horizon.

        Of a mean (None) the bounds, too.
        """
        return self.values if p is None or self.beyond(p) else self.ranked


def check_same_horizon(a: Run, b: Run, wanted: Iterable[Compared]) -> None:
    """Refuse months of programs, which end with the horizon, where it is not the same. Raises RequestError."""
    cut = [one.name for one in wanted if one.is_cut]
    if cut and horizon(a) != horizon(b):
        message = f"{', '.join(cut)}: counted up to the end of a horizon, and those of the runs differ; give both one horizon"
        raise RequestError(message)


def home_currencies(a: Run, b: Run) -> str | None:
    """The home currencies of both runs in words; None where it is one."""
    own, other = (run.manifest["home_currency"] for run in (a, b))
    return None if own == other else f"{own} of A and {other} of B"


def check_same_money(a: Run, b: Run, wanted: Iterable[Compared]) -> None:
    """Refuse money where both runs do not count it in one currency. Raises RequestError."""
    money, homes = [one.name for one in wanted if one.is_money], home_currencies(a, b)
    if money and homes is not None:
        message = f"{', '.join(money)}: counted in home currency, {homes}; ask for shares, months or units"
        raise RequestError(message)


def open_years(a: Run, b: Run) -> tuple[int, ...]:
    """The fiscal years both runs have that are not over in both at their as-of dates; all they share where all are over."""
    shared = [fy for fy in a.layout.fiscal_years() if fy in b.layout.fiscal_years()]
    fact = max(as_of_fy(a), as_of_fy(b))
    return tuple([fy for fy in shared if fy >= fact] or shared)


def default_names(a: Run, b: Run) -> list[str]:
    """The outcomes that two runs are compared by: all of this page that both have, in one order from either side.

    Money is left out where it is of two home currencies.
    """
    years = open_years(a, b)
    if not years:
        return []
    buckets = sorted(_pillars(a) & _pillars(b))
    programs = sorted(_programs(a) & _programs(b))
    end = years[-1]
    names = [
        *(f"{SUMMED}{column}" for column in OPEN_SUMS),
        *(f"fiscal_years.{end}.{column}" for column in (*ENDS, *(f"operational_{bucket}_bn" for bucket in buckets))),
        *(f"programs.{name}.{column}" for column in OF_PROGRAMS if column != "operational_units" for name in programs),
        *(f"program_years.{name}.{end}.operational_units" for name in programs),
        *(f"{table}.{name}.{end}.{column}" for table, (column, _) in OF_CAPABILITY.items() for name in _entries(a, b, table)),
    ]
    if home_currencies(a, b) is None:
        return names
    return [one.name for one in find_compared(names, a.layout, years) if not one.is_money]


def find_compared(names: Iterable[str], layout: Layout, years: Sequence[int]) -> list[Compared]:
    """The outcomes of these names in one layout. years: the open ones. Raises RequestError with every name that is none."""
    wanted = list(names)
    if not years and any(name.startswith(SUMMED) for name in wanted):
        message = "the runs have no fiscal year in common, so nothing can be summed over open ones"
        raise RequestError(message)
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
            late = np.zeros(n, np.bool_)
            if censor is not None:
                late = np.any([part[1][:n] > 0.0 for part in read], axis=0)
            if calendar is not None and column in DATES:
                values, late = calendar.seen(values, late)
            yield Observed(one, values, late)


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
