"""One replication told: its events in their order, and what each cause contributed to delays and costs."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alliancesim.engine.reference import Engine
from alliancesim.plan.columns import (
    CAUSES,
    COMPLETION,
    COMPLETION_CENSORED,
    COMPLETION_SLIP,
    CONTRACTED_COST,
    COST_BY_CAUSE,
    COST_CAUSES,
    FIRST_CENSORED,
    FIRST_DELIVERY,
    PLANNED_COST,
    SLIP,
)
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.layout import Outcomes
from alliancesim.plan.order import Rank
from alliancesim.scenario.load import LoadedScenario, as_loaded
from alliancesim.study.runs.batch import MOST_REPLICATIONS, check_request, not_whole
from alliancesim.study.runs.digest import replication_digest
from alliancesim.study.runs.layout import Floats, Layout
from alliancesim.study.sheet import Sheet
from alliancesim.units import date_of


@dataclass(frozen=True)
class Event:
    """One line of the trace."""

    months: float
    date: str
    rank: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.date}  {self.rank:<14}  {self.subject}: {self.text}"


@dataclass
class Story:
    """One replication with its trace."""

    scenario: str
    seed: int
    replication: int
    program: str | None
    """The program asked for; None for all."""
    settings: dict[str, str]
    """Values by dotted path that were laid over the file."""
    events: list[Event]
    outcomes: Outcomes
    layout: Layout
    fy_first_month: int

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs told."""
        return self.layout.programs if self.program is None else (self.program,)

    def __str__(self) -> str:
        return "\n".join([self.heading(), *self.lines(), "", "\n\n".join(map(str, self.sheets()))])

    def heading(self) -> str:
        """One line that says which replication this is."""
        digest = replication_digest(self.outcomes)
        return f"{self.scenario}: seed {self.seed}, replication {self.replication}, outcomes {digest}, {len(self.events)} events"

    def lines(self) -> list[str]:
        """The events."""
        return [str(event) for event in self.events]

    def sheets(self) -> list[Sheet]:
        """Delay ledgers of first delivery and completion, and the cost ledger."""
        return [
            self._delays("Delay of the first delivery, months", FIRST_DELIVERY, FIRST_CENSORED, SLIP),
            self._delays("Delay of the last planned unit, months", COMPLETION, COMPLETION_CENSORED, COMPLETION_SLIP),
            self._costs(),
        ]

    def plain(self) -> dict[str, Any]:
        """Everything, as plain data fit for JSON."""
        ledgers = {}
        for name in self.programs:
            row = self._row(name)
            ledgers[name] = {
                "first_delivery": self._date(row, FIRST_DELIVERY, FIRST_CENSORED),
                "slip_months": float(row[SLIP]),
                "delay_months": {cause: float(row[SLIP + 1 + i]) for i, cause in enumerate(CAUSES)},
                "completion": self._date(row, COMPLETION, COMPLETION_CENSORED),
                "completion_slip_months": float(row[COMPLETION_SLIP]),
                "completion_delay_months": {cause: float(row[COMPLETION_SLIP + 1 + i]) for i, cause in enumerate(CAUSES)},
                "planned_cost_bn": float(row[PLANNED_COST]),
                "cost_bn": {cause: float(row[COST_BY_CAUSE + i]) for i, cause in enumerate(COST_CAUSES)},
                "contracted_cost_bn": float(row[CONTRACTED_COST]),
            }
        events = [{"months": e.months, "date": e.date, "rank": e.rank, "subject": e.subject, "text": e.text} for e in self.events]
        asked = {"seed": self.seed, "replication": self.replication, "program": self.program, "settings": self.settings}
        told = {"digest": replication_digest(self.outcomes), "programs": ledgers, "events": events}
        return {"scenario": self.scenario, **asked, **told}

    def _row(self, program: str) -> Floats:
        row: Floats = self.outcomes.program[self.layout.programs.index(program)]
        return row

    def _delays(self, title: str, at: int, censored_at: int, slip_at: int) -> Sheet:
        columns = ["program", "delivered", *(cause.replace("_", " ") for cause in CAUSES), "sum", "slip"]
        sheet = Sheet(title, columns, text_columns=2)
        sheet.note = "Slip is against the baseline or the plan; where nothing is delivered, the delay run up by the horizon."
        for name in self.programs:
            row = self._row(name)
            parts = [float(part) for part in row[slip_at + 1 : slip_at + 1 + len(CAUSES)]]
            cells = [_months(part) for part in (*parts, math.fsum(parts), float(row[slip_at]))]
            sheet.rows.append([name, self._date(row, at, censored_at), *cells])
        return sheet

    def _costs(self) -> Sheet:
        columns = ["program", "planned", *(cause.replace("_", " ") for cause in COST_CAUSES), "sum", "contracted"]
        sheet = Sheet("Cost of what was contracted, bn", columns)
        sheet.note = "At plan prices and rate, what each cause added, and the value at signature."
        for name in self.programs:
            row = self._row(name)
            parts = [float(part) for part in (row[PLANNED_COST], *row[COST_BY_CAUSE : COST_BY_CAUSE + len(COST_CAUSES)])]
            sheet.rows.append([name, *(_money(part) for part in (*parts, math.fsum(parts), float(row[CONTRACTED_COST])))])
        return sheet

    def _date(self, row: Floats, at: int, censored_at: int) -> str:
        date = date_of(float(row[at]), self.layout.first_fy, self.fy_first_month)
        return f">= {date}" if row[censored_at] > 0.0 else date


def explain(
    scenario: str | os.PathLike[str] | LoadedScenario, replication: int, seed: int = 0, program: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> Story:  # fmt: skip
    """Simulate one replication with its trace.

    Args:
        scenario: a scenario file, or what `load_scenario` gave.
        replication: its index, from 0; the same one a run of this seed holds.
        seed: of all draws.
        program: keep only this program's events and ledgers.
        settings: values by dotted path laid over the file; only with a file.

    Raises:
        RequestError: there is no such program or replication.
    """
    check_request(1, seed, 1, not_whole("replication", replication, 0, MOST_REPLICATIONS - 1))
    loaded = as_loaded(scenario, settings)
    compiled = compile_plan(loaded)
    layout = Layout.of(compiled)
    layout.demand_program(program, loaded.scenario.name)
    month = loaded.scenario.horizon.fy_first_month
    events: list[Event] = []

    def tell(t: float, rank: Rank, subject: str, text: str, happened_to: str | None) -> None:
        if program is None or happened_to == program:
            events.append(Event(t, date_of(t, layout.first_fy, month), rank.name.lower(), subject, text))

    outcomes, _ = Engine(compiled).simulate(compiled.params, seed, replication, tell)
    events.sort(key=lambda event: event.months)  # what a budget decides for later is told when it is decided
    return Story(loaded.scenario.name, seed, replication, program, dict(settings or {}), events, outcomes, layout, month)


def _months(value: float) -> str:
    return "." if value == 0.0 else f"{value:.3f}"


def _money(value: float) -> str:
    return "." if value == 0.0 else f"{value:,.3f}"
