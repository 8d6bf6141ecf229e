"""What the author of a scenario expects of its outcomes; it changes no draw and no outcome."""

from __future__ import annotations

from pydantic import model_validator

from alliancesim.scenario.values import Block


class ExpectedRange(Block):
    """A range in which a statistic of an outcome must lie; `alliancesim check` holds the scenario to it."""

    outcome: str
    """An outcome and its statistic: `programs.missile.slip_months.P80`, `fiscal_years.2030.burden_bn.mean`."""
    between: list[float]
    """Lowest and highest value that is right, in the outcome's unit."""
    why: str = ""
    """Why it must lie there; shown when it does not."""

    @model_validator(mode="after")
    def _is_a_range(self) -> ExpectedRange:
        if len(self.between) != 2 or self.between[0] > self.between[1]:
            given = ", ".join(f"{number:g}" for number in self.between)
            message = f"between: [{given}]; two numbers, the lowest and the highest that is right"
            raise ValueError(message)
        return self
