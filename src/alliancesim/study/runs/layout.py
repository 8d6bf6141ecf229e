"""The tables of a run: their keys and columns, and the way from outcome arrays to table rows and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancesim.errors import PlanError, RequestError, nearest
from alliancesim.plan.columns import COLUMNS, CURRENCY_YEAR, FISCAL_YEAR, PROGRAM, PROGRAM_YEAR, RESOURCE_YEAR, Column
from alliancesim.plan.layout import Floats as Floats
from alliancesim.plan.layout import Outcomes

if TYPE_CHECKING:
    from alliancesim.plan.layout import Compiled

REPLICATIONS = "replications"
"""The table that lists the replications, beside those of `Layout.tables`."""
REPLICATION_COLUMNS = (
    ("replication", "index", "index of the replication, from 0", "int64"),
    ("digest", "hex", "digest of the replication's outcomes", "string"),
    ("events", "count", "events the engine processed", "int64"),
)
REGISTERS = ("currencies", "buckets", "programs", "resources", "conditions", "workforces", "packages", "areas")
"""The names a layout has, by register, in the order of its fields."""


class OptionalTable(NamedTuple):
    """The table of a register that only some scenarios have."""

    name: str
    key: str
    array: str
    """Where its values stand in `Outcomes`."""


OPTIONAL = {
    "conditions": OptionalTable("conditions", "condition", "condition"),
    "workforces": OptionalTable("workforce", "workforce", "workforce"),
    "packages": OptionalTable("packages", "package", "package_year"),
    "areas": OptionalTable("areas", "area", "area_year"),
}
"""By register; where one is empty there is no such table, and digests do not know of it."""

CENSORED_BY = {
    "first_delivery_months": "first_delivery_censored", "slip_months": "first_delivery_censored",
    "completion_months": "completion_censored", "completion_slip_months": "completion_censored",
    "first_operational_months": "first_operational_censored",
}  # fmt: skip
"""Columns of table `programs` that may be censored, with the column that says where."""


def key_dtype(entries: tuple[str | int, ...]) -> str:
    """How a key is stored: numbers as they are, names by dictionary."""
    return "int32" if all(isinstance(entry, int) for entry in entries) and entries else "dictionary of string"


def censor_of(table: str, column: str) -> str | None:
    """The column that is 1 where this one is only a lower bound; None where it never is."""
    return CENSORED_BY.get(column) if table == "programs" else None


def with_censor(table: str, column: str) -> tuple[str, ...]:
    """A column, with the one that says where it is censored."""
    censor = censor_of(table, column)
    return (column,) if censor is None else (column, censor)


def none_such(kind: str, name: str, names: Sequence[str], where: str = "") -> str:
    """That there is no such name, and what may have been meant. where: what the names are of, as ` in tutorial`."""
    meant = nearest(name, names) or next((one for one in names if name and one.startswith(name)), None)
    if not names:
        return f"no {kind} '{name}'{where}; there is none"
    listed = ", ".join(names) if len(names) <= 12 else f"{', '.join(names[:12])}, ... ({len(names)} in all)"
    return f"no {kind} '{name}'{where}; " + (f"did you mean '{meant}'?" if meant else f"there are {listed}")


@dataclass(frozen=True)
class Table:
    """One table of a run: a row per replication and per entry of every key."""

    name: str
    keys: tuple[tuple[str, tuple[str | int, ...]], ...]
    """Names of the keys after `replication`, slowest first, with their entries: fiscal years, program or resource names."""
    columns: tuple[Column, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Entries by key."""
        return tuple(len(entries) for _, entries in self.keys)

    @property
    def rows(self) -> int:
        """Rows of one replication."""
        return int(np.prod(self.shape, dtype=np.int64))

    def position(self, column: str) -> int:
        """Position of a column. Raises RequestError with the name that may have been meant."""
        names = [item.name for item in self.columns]
        if column not in names:
            message = f"table {self.name}: {none_such('column', column, names)}"
            raise RequestError(message)
        return names.index(column)


@dataclass(frozen=True)
class Layout:
    """What names the outcomes of a run: fiscal years, and every register."""

    first_fy: int
    years: int
    currencies: tuple[str, ...]
    buckets: tuple[str, ...]
    programs: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    workforces: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()

    @classmethod
    def of(cls, compiled: Compiled) -> Layout:
        """The layout of a compiled scenario."""
        labels, plan = compiled.labels, compiled.plan
        return cls(plan.first_fy, plan.years, *(getattr(labels, name) for name in REGISTERS))

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Layout:
        """The layout a manifest holds."""
        names = {key: tuple(plain.get(key, ())) for key in REGISTERS}
        return cls(int(plain["first_fy"]), int(plain["years"]), **names)

    def plain(self) -> dict[str, Any]:
        """The layout as plain data; what only some scenarios have is left out where there is none."""
        names = {key: list(getattr(self, key)) for key in REGISTERS if key not in OPTIONAL or getattr(self, key)}
        return {"first_fy": self.first_fy, "years": self.years, **names}

    def fiscal_years(self) -> tuple[int, ...]:
        """Fiscal years of the horizon."""
        return tuple(range(self.first_fy, self.first_fy + self.years))

    def tables(self) -> dict[str, Table]:
        """All tables by name. Raises PlanError when two columns would have one name."""
        years = ("fiscal_year", self.fiscal_years())
        programs, resources = ("program", self.programs), ("resource", self.resources)
        tables = [
            Table("fiscal_years", (years,), (*FISCAL_YEAR, *self._currency_columns(), *self._bucket_columns())),
            Table("programs", (programs,), PROGRAM),
            Table("program_years", (programs, years), PROGRAM_YEAR),
            Table("resource_years", (resources, years), RESOURCE_YEAR),
        ]
        tables += [Table(one.name, ((one.key, names), years), COLUMNS[one.array]) for one, names in self._optional()]
        for table in tables:
            names = [column.name for column in table.columns]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                message = f"two columns of table {table.name} would be named {twice[0]}; rename the currency or bucket"
                raise PlanError(message)
        return {table.name: table for table in tables}

    def unknown_programs(self, names: Iterable[str], scenario: str) -> list[str]:
        """A sentence for each name that is no program. scenario: the name of the scenario."""
        unknown = [name for name in names if name not in self.programs]
        return [none_such("program", name, self.programs, f" in {scenario}") for name in unknown]

    def demand_program(self, name: str | None, scenario: str) -> None:
        """Raise RequestError where this is no program; None is all of them."""
        if wrong := self.unknown_programs([] if name is None else [name], scenario):
            raise RequestError(wrong[0])

    def bytes(self) -> int:
        """Size of one replication's outcomes as float64."""
        return sum(8 * table.rows * len(table.columns) for table in self.tables().values())

    def rows(self, outcomes: Outcomes) -> dict[str, Floats]:
        """Outcome arrays with a leading replication axis as table values, shape (replication, *keys, column)."""
        n = len(outcomes.fiscal)
        currency = outcomes.currency.transpose(0, 2, 1, 3).reshape(n, self.years, -1)
        bucket = outcomes.bucket.transpose(0, 2, 1)
        rows = {
            "fiscal_years": np.concatenate([outcomes.fiscal, currency, bucket], axis=2),
            "programs": outcomes.program,
            "program_years": outcomes.program_year,
            "resource_years": outcomes.resource_year,
        }
        return rows | {one.name: getattr(outcomes, one.array) for one, _ in self._optional()}

    def outcomes(self, rows: Mapping[str, Floats]) -> Outcomes:
        """The inverse of `rows`."""
        fiscal = rows["fiscal_years"]
        n, own = len(fiscal), len(FISCAL_YEAR)
        split = own + len(self.currencies) * len(CURRENCY_YEAR)
        currency = fiscal[:, :, own:split].reshape(n, self.years, len(self.currencies), len(CURRENCY_YEAR))
        absent = {one.array: np.zeros((n, 0, self.years, len(COLUMNS[one.array]))) for one in OPTIONAL.values()}
        return Outcomes(
            fiscal=fiscal[:, :, :own],
            currency=currency.transpose(0, 2, 1, 3),
            bucket=fiscal[:, :, split:].transpose(0, 2, 1),
            program=rows["programs"],
            program_year=rows["program_years"],
            resource_year=rows["resource_years"],
            **{one.array: rows.get(one.name, absent[one.array]) for one in OPTIONAL.values()},
        )

    def _optional(self) -> Iterator[tuple[OptionalTable, tuple[str, ...]]]:
        """Registers that not every scenario has and this one does, with their names."""
        for register, one in OPTIONAL.items():
            if names := getattr(self, register):
                yield one, names

    def _currency_columns(self) -> Iterator[Column]:
        for currency in self.currencies:
            for column in CURRENCY_YEAR:
                unit = {"m": f"{currency} m", "home per unit": f"home per {currency}"}.get(column.unit, column.unit)
                yield Column(f"{currency.lower()}_{column.name}", unit, f"{currency}: {column.meaning}")

    def _bucket_columns(self) -> Iterator[Column]:
        for bucket in self.buckets:
            yield Column(f"operational_{bucket}_bn", "bn", f"{bucket}: operational units at planned unit cost")
