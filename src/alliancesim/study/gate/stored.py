"""What must stand in the file of an expectation, which people merge and edit: everything that a check goes by."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from alliancesim.study.gate.sample import WHOLE_REPLICATIONS
from alliancesim.study.runs.batch import MOST_REPLICATIONS, MOST_SEED

FORMAT = "alliancesim expectation"
MOST_YEAR = 9999
DEFAULT_N, DEFAULT_SEED, DEFAULT_JUDGED = 200, 7, 1000

Count = Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)]
NotNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]


class Part(BaseModel):
    """A part of the file; a number as text is none."""

    model_config = ConfigDict(strict=True)


class KeptMargins(Part):
    """Of one judged outcome, what accepting anew takes over."""

    margins: dict[str, NotNegative]


class Accepted(Part):
    """What accepting anew goes by: of an expectation of any version, or the defaults of a new one."""

    scenario: str
    n: Count = DEFAULT_N
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = DEFAULT_SEED
    judged_n: Count = DEFAULT_JUDGED
    history: list[dict[str, str]] = []
    outcomes: dict[str, KeptMargins] = {}


class AcceptedFile(Accepted):
    """The same as it stands in a file."""

    format: str = Field(pattern=f"^{FORMAT}$")
    format_version: int


class KeptOutcome(Part):
    """Of one judged outcome, what a check goes by besides."""

    unit: str
    digest: str


class OnGrid(Part):
    """Values as compressed whole steps from the least one."""

    least: float = Field(alias="from", allow_inf_nan=False)
    step: NotNegative
    steps: str


class InFull(Part):
    """Values as they are, compressed."""

    exact: str


class Horizon(Part):
    """Fiscal years of a layout; besides, names by register."""

    model_config = ConfigDict(strict=True, extra="allow")
    __pydantic_extra__: dict[str, list[str]] = Field(init=False)

    first_fy: Annotated[int, Field(ge=1, le=MOST_YEAR)]
    years: Annotated[int, Field(ge=1, le=MOST_YEAR)]


class Compared(Part):
    """What a check compares with, besides what accepting anew goes by."""

    scenario_hash: str
    outcomes_digest: str
    replication_digests: list[str]
    layout: Horizon
    columns: dict[str, list[str]]
    first_replications: list[dict[str, str]] = Field(max_length=WHOLE_REPLICATIONS)
    means: dict[str, str]
    versions: dict[str, str | None]
    outcomes: dict[str, KeptOutcome]
    values: dict[str, OnGrid | InFull]

    def demand_whole(self, accepted: Accepted) -> None:
        """Raise ValueError where parts do not belong together."""
        if accepted.n != len(self.replication_digests):
            message = f"n = {accepted.n}, but there are {len(self.replication_digests)} digests of replications"
            raise ValueError(message)
        if accepted.judged_n < accepted.n:
            message = f"judged_n = {accepted.judged_n}, but n = {accepted.n}; there are at least as many to judge by"
            raise ValueError(message)
        for name in sorted(self.outcomes.keys() ^ self.values.keys()):
            message = f"values: {name}: there is only one of this outcome and its values"
            raise ValueError(message)
