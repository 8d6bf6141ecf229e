"""Names of outcomes: one number of a replication, as `table.entry.column`, and a statistic of it over many.

`fiscal_years.2030.burden_bn`, `programs.tomahawk.slip_months`, `program_years.tomahawk.2030.delivered_units`; behind it
`.mean`, `.median`, or a percentile such as `.P80`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alliancesim.errors import RequestError
from alliancesim.plan.columns import Column
from alliancesim.study.runs.layout import Floats, Layout, Table, censor_of, none_such
from alliancesim.study.statistics.paired import STATISTIC


@dataclass(frozen=True)
class Outcome:
    """One outcome by name."""

    name: str
    """Without the statistic."""
    table: str
    column: Column
    at: tuple[int, ...]
    """Positions of the entries of the table's keys, then of the column."""
    statistic: str | None = None
    """`mean`, `median`, `P80`; None where none is named."""

    @property
    def censor(self) -> str | None:
        """The column that is 1 where a value is only a lower bound."""
        return censor_of(self.table, self.column.name)

    @property
    def flag(self) -> str | None:
        """The outcome of that column, by name."""
        return None if self.censor is None else f"{self.name.removesuffix(self.column.name)}{self.censor}"

    def of(self, rows: Mapping[str, Floats]) -> Floats:
        """Its values. rows: as `Layout.rows` gives them; returns shape (replication,)."""
        at: Any = (slice(None), *self.at)
        return rows[self.table][at]


def find_outcomes(names: Iterable[str], layout: Layout) -> list[Outcome]:
    """The outcomes of these names. Raises RequestError with every name that is none, and what it may have meant."""
    tables = layout.tables()
    found: list[Outcome] = []
    mistakes: list[str] = []
    for name in names:
        try:
            found.append(_find(name, tables))
        except ValueError as error:
            mistakes.append(f"outcome '{name}': {error}")
    if mistakes:
        raise RequestError("\n".join(mistakes))
    return found


def _find(name: str, tables: Mapping[str, Table]) -> Outcome:
    parts = name.split(".")
    statistic = parts.pop() if len(parts) > 1 and STATISTIC.fullmatch(parts[-1]) else None
    table = tables[_known("table", parts[0], list(tables))]
    keys = [key for key, _ in table.keys]
    if len(parts) != len(keys) + 2:
        form = ".".join([table.name, *(key.upper() for key in keys), "COLUMN"])
        message = f"write {form}, and behind it .mean, .median or .P1 to .P99"
        raise ValueError(message)
    at = []
    for part, (key, entries) in zip(parts[1:], table.keys, strict=False):
        texts = [str(entry) for entry in entries]
        at.append(texts.index(_known(key.replace("_", " "), part, texts)))
    column = _known("column", parts[-1], [column.name for column in table.columns])
    position = table.position(column)
    return Outcome(".".join(parts), table.name, table.columns[position], (*at, position), statistic)


def _known(kind: str, name: str, names: list[str]) -> str:
    """The name if it is one of them; raises ValueError with what it may have meant."""
    if name in names:
        return name
    raise ValueError(none_such(kind, name, names))
