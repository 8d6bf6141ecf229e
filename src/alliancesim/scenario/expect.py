"""What the author of a scenario expects of its outcomes; it changes no draw and no outcome."""

from __future__ import annotations

from pydantic import field_validator

from alliancesim.scenario.values import Block


class ExpectedRange(Block):
    """A range in which a statistic of an outcome must lie; `alliancesim check` holds the scenario to it."""

    outcome: str
    """An outcome and its statistic: `programs.missile.slip_months.P80`, `fiscal_years.2030.burden_bn.mean`."""
    between: list[float]
    """Lowest and highest value that is right, in the outcome's unit."""
    why: str = ""
    """Why it must lie there; shown when it does not."""

    @field_validator("between")
    @classmethod
    def _is_a_range(cls, between: list[float]) -> list[float]:
        if len(between) != 2 or between[0] > between[1]:
            given = ", ".join(f"{number:g}" for number in between)
            message = f"[{given}] is no range; two numbers, the lowest and the highest that is right"
            raise ValueError(message)
        return between
