"""Exchange rates on record: the CSV files that currencies name."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from alliancesim.errors import Finding
from alliancesim.scenario.checks.horizon import MOST_YEARS
from alliancesim.scenario.economy import BudgetRateRule
from alliancesim.scenario.model import Horizon
from alliancesim.scenario.yamlfile import Naming, Node, Place, finding, read_text
from alliancesim.units import is_month, month_name, month_number

COLUMNS = ("month", "currency", "per_unit_avg", "per_unit_eom")
BEFORE_MONTHS = 18
"""Months of exchange rates kept before the first fiscal year, for its budget rate and for lagged rates."""
LEAST_BEFORE_MONTHS = 12
"""Months before the first fiscal year that a record must have, and more where the budget rate rests on them."""

History = dict[str, tuple[float, float]]
"""By month ``YYYY-MM``: home-currency units per unit, mean of the month and at its end."""


def months_needed(horizon: Horizon, rule: BudgetRateRule) -> tuple[str, str]:
    """First and last month a record must have: from before the first fiscal year up to the as-of date."""
    start = horizon.first_fy * 12 + horizon.fy_first_month - 1
    last = start - 1 if horizon.as_of is None else month_number(horizon.as_of)
    return month_name(start - max(LEAST_BEFORE_MONTHS, rule.first_month_before)), month_name(min(last, start + 12 * MOST_YEARS))


def load_history(path: Path, shown: str, currency: str, named_by: Node, needed: tuple[str, str]) -> tuple[History, list[Finding]]:
    """One currency's months of a history file.

    Args:
        path: the CSV file.
        shown: its name in findings.
        currency: the rows to take.
        named_by: the scenario's value that names the file.
        needed: first and last month that must be there.
    """
    where = ("currencies", currency, "history")
    text, findings = read_text(path, shown, Naming(named_by, where, "a CSV file relative to the file that names it"))
    if text is None:
        return {}, findings
    rows = csv.reader(text.splitlines())
    months: History = {}
    try:
        header = [column.strip() for column in next(rows, [])]
        columns = _columns(header)
        if columns is None:
            said = f"columns {', '.join(COLUMNS)}, each once"
            return {}, [finding(Place(shown, 1, 1), where, f"columns {', '.join(header)}"[:200], said)]
        for row in rows:
            if not any(cell.strip() for cell in row) or _other(row, columns[1], currency):
                continue
            place = Place(shown, rows.line_num, 1)
            if len(row) <= max(columns):
                findings.append(finding(place, where, f"a row of {len(row)} cells", f"{len(header)} cells, {', '.join(header)}"))
                continue
            month = row[columns[0]].strip()
            if month in months:
                findings.append(finding(place, where, f"{currency} {month} a second time", "each month once"))
            rate = (_number(row[columns[2]]), _number(row[columns[3]]))
            if not is_month(month):
                findings.append(finding(place, where, f"month '{month[:20]}'", "YYYY-MM"))
            elif rate[0] is None or rate[1] is None:
                findings.append(
                    finding(place, where, f"rates {row[columns[2]][:20]}, {row[columns[3]][:20]}", "two numbers above 0")
                )
            else:
                months[month] = (rate[0], rate[1])
    except csv.Error as error:
        return {}, [finding(Place(shown, 1, 1), where, f"not CSV: {error}", "comma-separated text")]
    if not findings:
        first, last = min([needed[0], *months]), max([needed[1], *months])
        missing = [month for month in months_between(first, last) if month not in months]
        if missing:
            listed = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
            said = f"every month from {first} to {last}"
            findings.append(finding(named_by.at, where, f"no {currency} rate for {listed}", said))
    return months, findings


def months_between(first: str, last: str) -> list[str]:
    """The months from first to last, both included, as ``YYYY-MM``."""
    start, end = month_number(first), month_number(last)
    return [month_name(number) for number in range(start, end + 1)]


def _other(row: list[str], column: int, currency: str) -> bool:
    """Whether a row is of another currency; a row too short to say so may be of this one."""
    return len(row) > column and row[column].strip() != currency


def _columns(header: list[str]) -> tuple[int, int, int, int] | None:
    """Where the columns stand; a home currency may lead the last two (``jpy_per_unit_avg``)."""
    hits = [[at for at, name in enumerate(header) if name == column or name.endswith("_" + column)] for column in COLUMNS]
    month, currency, mean, end = (found[0] if len(found) == 1 else None for found in hits)
    return None if month is None or currency is None or mean is None or end is None else (month, currency, mean, end)


def _number(text: str) -> float | None:
    try:
        value = float(text) if text.isascii() else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None
