"""The grids, and calendar arithmetic: dates of the scenario language in model months, fiscal years as indices."""

from __future__ import annotations

import calendar
import re

import numpy as np

MONTH_TICKS = 1024.0
"""Ticks of the month grid in a month: one is about 43 minutes."""
MONEY_TICKS = 1048576.0
"""Ticks of the money grid in one bn of home currency (2^20)."""
_MONTH = re.compile("[0-9]{4}-(0[1-9]|1[0-2])")


def snap_months(months: float) -> float:
    """The nearest point of the month grid (halves up); infinity, and what is no number, as they are."""
    return float(np.floor(months * MONTH_TICKS + 0.5) / MONTH_TICKS)


def months_since(date: str, first_fy: int, fy_first_month: int) -> float:
    """Model months from the start of the first fiscal year to a date `YYYY-MM` or `YYYY-MM-DD`, on the month grid."""
    year, month = int(date[:4]), int(date[5:7])
    whole = (year - first_fy) * 12 + month - fy_first_month
    if len(date) == 7:
        return float(whole)
    day = int(date[8:10])
    return snap_months(whole + (day - 1) / calendar.monthrange(year, month)[1])


def fiscal_year(date: str, fy_first_month: int) -> int:
    """The fiscal year a date lies in."""
    year, month = int(date[:4]), int(date[5:7])
    return year if month >= fy_first_month else year - 1


def date_of(months: float, first_fy: int, fy_first_month: int) -> str:
    """The calendar date `YYYY-MM-DD` of a model month; the tick at which `months_since` has a day begin is that day's."""
    whole = int(months // 1)
    year, month = divmod(first_fy * 12 + fy_first_month - 1 + whole, 12)
    days = calendar.monthrange(year, month + 1)[1]
    day = min(days, int((months - whole + 0.5 / MONTH_TICKS) * days) + 1)
    return f"{year:04d}-{month + 1:02d}-{day:02d}"


def is_month(text: str) -> bool:
    """Whether a text is a month `YYYY-MM`."""
    return _MONTH.fullmatch(text) is not None


def month_number(date: str) -> int:
    """Months since year 0, for comparing and stepping `YYYY-MM` dates."""
    return int(date[:4]) * 12 + int(date[5:7]) - 1


def month_name(number: int) -> str:
    """The inverse of `month_number`."""
    year, month = divmod(number, 12)
    return f"{year:04d}-{month + 1:02d}"
