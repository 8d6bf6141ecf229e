"""Fact tables: the CSV rows that values cite, and the check that value and row agree."""

from __future__ import annotations

import csv
import math
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliancesim.errors import Finding, nearest
from alliancesim.scenario.model import Source
from alliancesim.scenario.provenance import Citation, completed, units
from alliancesim.scenario.shape import bounds, fields, shape_at, words
from alliancesim.scenario.yamlfile import KeyPath, Place, finding, read_text

if TYPE_CHECKING:
    from alliancesim.scenario.load import LoadedScenario

PERCENT = ("percent", "per cent", "%", "pct")
OF_GDP = ("of", "gdp")
TRILLION = ("tn", "trn", "trillion", "trillions")
CONFIDENCES = words(fields(Source)["confidence"])


@dataclass(frozen=True, slots=True)
class Fact:
    """One cited cell."""

    text: str
    unit: str | None
    confidence: str | None
    source: str | None

    @property
    def number(self) -> float | None:
        """The cell as a number, None where it is text."""
        try:
            value = float(self.text.replace(",", ""))
        except ValueError:
            return None
        return value if math.isfinite(value) else None


def confidence_of(cells: dict[str, str], column: str) -> str | None:
    """A cell's confidence: its row's, but recalled where `recalled_or_estimated_fields` names the column (or all of them).

    None where the row gives none of the words that there are.
    """
    weaker = {name.strip() for name in (cells.get("recalled_or_estimated_fields") or "").split(";")}
    said = "recalled" if weaker & {column, "all_not_named_in_source"} else cells.get("confidence")
    return said if said in CONFIDENCES else None


@dataclass(slots=True)
class FactTables:
    """The tables of one folder, each read when it is first cited."""

    folder: Path | None
    findings: list[Finding] = field(default_factory=list)
    """What is wrong with the tables read so far."""
    _tables: dict[str, dict[str, dict[str, str]] | None] = field(default_factory=dict)

    def row(self, table: str, row: str, last: str) -> tuple[dict[str, str], str] | None:
        """The cited row and the name of its column.

        A table with columns series and fiscal_year is cited as ``table/series/year``, any other as ``table/id/column``.
        """
        rows = self._table(table)
        if rows is None:
            return None
        if f"{row}/{last}" in rows:
            return rows[f"{row}/{last}"], "value"
        found = rows.get(row)
        return (found, last) if found is not None and last in found else None

    def look_up(self, citation: str) -> Fact | None:
        """The cell of ``table/row/column-or-year``, None where there is none."""
        parts = citation.split("/")
        if len(parts) != 3:
            return None
        found = self.row(*parts)
        if found is None:
            return None
        cells, column = found
        unit = cells.get(f"{column}_unit") or cells.get("unit")
        return Fact((cells.get(column) or "").strip(), unit, confidence_of(cells, column), cells.get("source"))

    def nearest(self, citation: str) -> str | None:
        """The citation of a fact there is that may have been meant."""
        if self.folder is None:
            return None
        table, _, rest = citation.partition("/")
        meant = nearest(table, sorted(path.stem for path in self.folder.glob("*.csv")))
        rows = (self._table(meant) if meant else None) or {}
        known = [
            name for row, cells in rows.items() for name in ([row] if "/" in row else [f"{row}/{column}" for column in cells])
        ]
        row = nearest(rest, known)
        return f"{meant}/{row}" if row else None

    def _table(self, name: str) -> dict[str, dict[str, str]] | None:
        if name not in self._tables:
            self._tables[name] = self._read(name)
        return self._tables[name]

    def _read(self, name: str) -> dict[str, dict[str, str]] | None:
        if self.folder is None or not name.replace("_", "").replace("-", "").isalnum():
            return None
        path = self.folder / f"{name}.csv"
        if not os.path.isfile(path):  # noqa: PTH113  (Path.is_file raises where a name is too long)
            return None
        text, findings = read_text(path, str(path))
        self.findings += findings
        if text is None:
            return None
        rows: dict[str, dict[str, str]] = {}
        reader = csv.DictReader(text.splitlines())
        try:
            if len(reader.fieldnames or ()) == 1:
                self._tell(path, 1, f"one column, '{text.splitlines()[0][:60]}'", "columns separated by commas")
                return None
            self._check_header(path, list(reader.fieldnames or ()))
            for cells in reader:
                self._check_row(path, reader.line_num, cells, list(reader.fieldnames or ()))
                key = next(iter(cells.values()), None)
                if {"series", "fiscal_year"} <= cells.keys():
                    key = f"{cells['series']}/{cells['fiscal_year']}"
                if key in rows:
                    self._tell(path, reader.line_num, f"{key} a second time", "each row once")
                elif key is not None:
                    rows[key] = {column: value for column, value in cells.items() if isinstance(value, str)}
        except csv.Error as error:
            self._tell(path, 1, f"not CSV: {error}", "comma-separated text")
            return None
        return rows

    def _check_header(self, path: Path, columns: list[str]) -> None:
        """A column that is named is named once; those without a name cannot be cited."""
        for column, times in Counter(columns).items():
            if column and times > 1:
                self._tell(path, 1, f"column '{column[:60]}' a second time", "each column once")

    def _check_row(self, path: Path, line: int, cells: dict[str | Any, str | Any], columns: list[str]) -> None:
        """A row has no more cells than the header, and a confidence that there is, or none."""
        beyond, confidence = cells.get(None), cells.get("confidence")
        if beyond is not None:
            found = f"a row of {len(columns) + len(beyond)} cells"
            self._tell(path, line, found, f"{len(columns)} cells, with quotes around text that holds a comma")
        if confidence and confidence not in CONFIDENCES:
            said = f"one of {', '.join(CONFIDENCES)}, or nothing"
            self._tell(path, line, f"confidence '{confidence[:60]}'", said, nearest(confidence, CONFIDENCES))

    def _tell(self, path: Path, line: int, found: str, allowed: str, suggestion: str | None = None) -> None:
        self.findings.append(finding(Place(str(path), line, 1), ("facts",), found, allowed, suggestion))


def check_facts(loaded: LoadedScenario) -> list[Finding]:
    """Findings on values that differ from the fact they cite, or cite none that exists, and on the tables they cite.

    A fact cited by a value itself must equal it; a fact cited by a block must equal at least one number of the block.
    """
    findings: list[Finding] = []
    seen: set[int] = set()
    for leaf in loaded.provenance.values():
        citation = leaf.citation
        if leaf.fact is None or citation is None:
            continue
        if citation.own or leaf.fact != citation.fact:
            findings += _compare(loaded, leaf.fact, leaf.at, [(leaf.path, leaf.value)])
        elif id(citation) not in seen and (citation.fact.count("/") == 2 or not _completes(citation)):
            findings += _compare(loaded, citation.fact, citation.at, citation.numbers)
        seen.add(id(citation))
    return findings + loaded.facts.findings


def unsourced(loaded: LoadedScenario) -> list[Finding]:
    """Findings on numbers whose confidence the file does not tell (an error under ``--strict``)."""
    said = "give source: an id of the register, or seed, recalled, assumed"
    return [
        finding(leaf.at, leaf.path, f"{leaf.value:g} has no source", said)
        for leaf in loaded.provenance.values()
        if leaf.confidence is None
    ]


def agrees(path: KeyPath, value: float, fact: Fact, home_currency: str) -> bool:
    """Whether a value equals a cited number: itself, percent as a share, or trillions of home currency as bn."""
    written = (fact.unit or "").lower().replace("_", " ").split()
    factors = [1.0]
    if " ".join(word for word in written if word not in OF_GDP) in PERCENT and _is_share(path, home_currency):
        factors.append(0.01)
    size = " ".join(word for word in written if word != home_currency.lower())
    if size in TRILLION and units(path, home_currency)[:1] == ("bn",):
        factors.append(1000.0)
    return _equals(value, fact, factors)


def _equals(value: float, fact: Fact, factors: Iterable[float]) -> bool:
    number = fact.number
    return number is not None and any(math.isclose(value, number * by, rel_tol=1e-12, abs_tol=1e-15) for by in factors)


def _is_share(path: KeyPath, home_currency: str) -> bool:
    """Whether a key's unit is a share; of one that names no unit (a tariff by date), whether it is bounded like a share."""
    named = units(path, home_currency)[:1]
    return named in (("share",), ("share of GDP",)) or (not named and bounds(shape_at(path)) == {"ge": 0.0, "le": 1.0})


def _completes(citation: Citation) -> bool:
    """Whether some number below a cited series stands under a fiscal year; the others (a growth) are not of the series."""
    return any(completed(citation.fact, path) != citation.fact for path, _ in citation.numbers)


def _compare(loaded: LoadedScenario, citation: str, place: Place, numbers: list[tuple[KeyPath, float]]) -> list[Finding]:
    path, value = numbers[0]
    tables, home_currency = loaded.facts, loaded.scenario.home_currency
    fact = tables.look_up(citation)
    if fact is None:
        said = "table/row/column-or-year of a table in `facts`"
        return [finding(place, path, f"no fact '{citation}'", said, tables.nearest(citation))]
    if any(agrees(below, number, fact, home_currency) for below, number in numbers):
        return []
    row = f"the row says {fact.text} {fact.unit or ''}".rstrip()
    if any(_equals(number, fact, (0.01, 1000.0)) for _, number in numbers):
        row += f"; converted are percent where the value is a share, trillions of {home_currency} where it is in bn"
    return [finding(place, path, f"{value:.10g} is not the fact {citation}", row)]
