"""What moved since an expectation was accepted: the first outcomes that differ, and what only one side has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alliancesim.study.gate.expectation import Expectation
from alliancesim.study.gate.sample import Sample
from alliancesim.study.runs.layout import Floats, Layout, Table

MEAN_TOLERANCE = 1e-6
"""Relative; accepted means are kept in single precision."""


@dataclass(frozen=True)
class Moved:
    """One outcome that is not what was accepted."""

    replication: str
    """Its index, or `mean` over all replications."""
    table: str
    entity: str
    fiscal_year: str
    column: str
    old: float
    new: float

    def cells(self) -> list[str]:
        """As cells of a table; numbers in full."""
        at = [self.replication, self.table, self.entity, self.fiscal_year, self.column]
        return [*at, f"{self.old!r}", f"{self.new!r}", f"{self.new - self.old:+.6g}"]


def moved(old: Expectation, sample: Sample) -> list[Moved]:
    """Outcomes of the first replications, then means, that are not what was accepted."""
    found: list[Moved] = []
    for r, tables in enumerate(old.whole):
        found += _moved(str(r), old, tables, sample.layout, sample.whole[r], 0.0)
    return found + _moved("mean", old, old.means, sample.layout, sample.means(), MEAN_TOLERANCE)


def renamed(old: Expectation, layout: Layout) -> Iterator[str]:
    """What only one side has."""
    today = columns_of(layout)
    pairs = [("columns of " + name, tuple(columns), tuple(today.get(name, ()))) for name, columns in old.columns.items()]
    names = layout.plain()
    for kind, was in old.layout.plain().items():
        if isinstance(was, list):
            pairs.append((kind, tuple(was), tuple(names.get(kind, ()))))
    pairs.append(("fiscal years", tuple(map(str, old.layout.fiscal_years())), tuple(map(str, layout.fiscal_years()))))
    for kind, was, now in pairs:
        gone, new = [name for name in was if name not in now], [name for name in now if name not in was]
        if gone or new:
            yield f"{kind}: " + "; ".join([f"gone {', '.join(gone)}"] * bool(gone) + [f"new {', '.join(new)}"] * bool(new))
        elif was != now:
            yield f"{kind} are in another order"


def columns_of(layout: Layout) -> dict[str, list[str]]:
    """Names of the columns by table."""
    return {name: [column.name for column in table.columns] for name, table in layout.tables().items()}


def _moved(
    replication: str, old: Expectation, was: dict[str, Floats], layout: Layout, now: dict[str, Floats], tolerance: float
) -> list[Moved]:
    """Outcomes that differ, in order of fiscal year; those without one last."""
    found: list[tuple[tuple[int, int, int, int], Moved]] = []
    tables, before_tables = layout.tables(), old.layout.tables()
    for t, name in enumerate(old.columns):
        if name not in tables:
            continue
        before, today = before_tables[name], tables[name]
        mine, theirs = _common(before, today)
        names = [column for column in old.columns[name] if column in {item.name for item in today.columns}]
        left = was[name][np.ix_(*mine, [old.columns[name].index(column) for column in names])]
        right = now[name][np.ix_(*theirs, [today.position(column) for column in names])]
        size = np.maximum(np.abs(left), np.abs(right))
        for place in np.argwhere(~((np.abs(left - right) <= tolerance * size) | (np.isnan(left) & np.isnan(right)))):
            *at, c = (int(i) for i in place)
            entries = {key: values[mine[k][at[k]]] for k, (key, values) in enumerate(before.keys)}
            fy = int(entries.get("fiscal_year", 0))
            entity = next((str(value) for key, value in entries.items() if key != "fiscal_year"), "-")
            values = float(left[tuple(place)]), float(right[tuple(place)])
            one = Moved(replication, name, entity, f"FY{fy}" if fy else "-", names[c], *values)
            found.append(((fy or 9999, t, c, at[0]), one))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _common(before: Table, today: Table) -> tuple[list[list[int]], list[list[int]]]:
    """Positions of the entries both tables have, by key."""
    mine, theirs = [], []
    for (_, old), (_, new) in zip(before.keys, today.keys, strict=True):
        both = [entry for entry in old if entry in new]
        mine.append([old.index(entry) for entry in both])
        theirs.append([new.index(entry) for entry in both])
    return mine, theirs
