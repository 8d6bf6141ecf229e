"""A currency's record: its log rates at month ends, with the name of what they were read from."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliancesim.errors import RequestError, nearest
from alliancesim.plan.layout import Floats
from alliancesim.scenario.history import History, months_between
from alliancesim.scenario.load import load_scenario
from alliancesim.units import is_month, month_name, month_number

FEWEST_CHANGES = 36
"""Monthly changes without which nothing is fitted."""


@dataclass(frozen=True)
class Record:
    """Month-end rates without a gap."""

    currency: str
    file: str
    """The history file as the scenario names it."""
    first: str
    last: str
    level: Floats
    """(n + 1,) log rates at month ends."""

    @property
    def change(self) -> Floats:
        """(n,) monthly changes of the log rate."""
        return np.diff(self.level)

    def title(self) -> str:
        """The record in words."""
        return f"{self.currency} in {self.file}, month ends {self.first} to {self.last}"

    def upto(self, month: str) -> Record:
        """The record as it stood at the end of a month of it."""
        count = month_number(month) - month_number(self.first) + 1
        return Record(self.currency, self.file, self.first, month, self.level[:count])

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "currency": self.currency, "history": self.file, "first": self.first, "last": self.last,
            "changes": len(self.change),
        }  # fmt: skip


def read_record(
    scenario: str | os.PathLike[str], currency: str, first: str | None = None, last: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Record:  # fmt: skip
    """The record of a scenario's currency up to its as-of month, or a part of it.

    Raises:
        ScenarioError: the scenario is wrong.
        RequestError: no such currency, no history, or no record of a month that is asked for.
    """
    check_month(first, "--from")
    check_month(last, "--to")
    loaded = load_scenario(scenario, settings)
    currencies = loaded.scenario.currencies
    if currency not in currencies:
        meant = nearest(currency, currencies)
        said = f"; did you mean '{meant}'?" if meant else ""
        message = f"'{currency}' is not a currency of {scenario}; known: {', '.join(currencies) or 'none'}{said}"
        raise RequestError(message)
    history = loaded.histories.get(currency)
    if history is None:
        place = loaded.where(("currencies", currency))
        message = f"{place.file}:{place.line}:{place.column} currencies.{currency}: no history; name one to fit a process to"
        raise RequestError(message)
    as_of = loaded.scenario.horizon.as_of
    newest = max(history) if as_of is None else as_of[:7]
    last = last or newest
    oldest = month_number(last)
    while month_name(oldest - 1) in history:
        oldest -= 1
    first = first or month_name(oldest)
    if last > newest or last not in history:
        message = f"--to {last}: no record; the last month of fact is {newest}"
        raise RequestError(message)
    if first not in history or month_number(first) < oldest:
        message = f"--from {first}: no record without a gap up to {last}; it begins in {month_name(oldest)}"
        raise RequestError(message)
    if month_number(last) - month_number(first) < FEWEST_CHANGES:
        message = f"{currency} from {first} to {last}: fewer than {FEWEST_CHANGES} monthly changes"
        raise RequestError(message)
    return Record(currency, str(currencies[currency].history), first, last, _levels(history, first, last))


def _levels(history: History, first: str, last: str) -> Floats:
    return np.array([math.log(history[month][1]) for month in months_between(first, last)])


def check_month(given: str | None, option: str) -> None:
    """Refuse what is given and not a month. Raises RequestError."""
    if given is not None and not is_month(given):
        message = f"{option} {given}: not a month; write YYYY-MM"
        raise RequestError(message)
