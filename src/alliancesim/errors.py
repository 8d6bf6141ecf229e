"""Everything this package raises on purpose, and what a mistake may have meant.

::

    AllianceSimError
    |-- ScenarioError   a scenario cannot be read or does not hold together; carries every finding
    |-- PlanError       a valid scenario cannot be compiled into a plan
    |-- RequestError    what is asked for makes no sense: an argument, an option, a name that nothing has
    |-- RunError        a run broke off: no workers, or a replication failed, whose number and seed replay it
    |-- StoreError      a run folder cannot be read or written
    `-- CheckFailed     a run does not meet its expectation
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: where it stands, what was found, what is allowed, what may have been meant."""

    file: str
    line: int
    column: int
    path: str
    found: str
    allowed: str = ""
    suggestion: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        head = f"{place} {self.path}: {self.found}" if self.path else f"{place}: {self.found}"
        parts = [head]
        if self.allowed:
            parts.append(self.allowed)
        if self.suggestion is not None:
            parts.append(f"did you mean '{self.suggestion}'?")
        return "; ".join(parts)


def nearest(given: object, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """What may have been meant: the known text most like the one given, capitals aside; None where none is as like (0 to 1)."""
    lower = {word.lower(): word for word in reversed(list(known))}
    return lower.get(next(iter(get_close_matches(str(given).lower(), lower, 1, likeness)), ""))


class AllianceSimError(Exception):
    """Base of every error a user can cause or meet."""


class ScenarioError(AllianceSimError):
    """A scenario that cannot be used; every mistake found in it, in the order of its files and lines."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        unique = dict.fromkeys(findings)
        self.findings: list[Finding] = sorted(unique, key=lambda found: (found.file, found.line, found.column, found.path))
        super().__init__("\n".join(str(finding) for finding in self.findings))


class PlanError(AllianceSimError):
    """A valid scenario that cannot be compiled into a plan."""


class RequestError(AllianceSimError):
    """A request that makes no sense, whatever the scenario."""


class RunError(AllianceSimError):
    """A run that broke off: for want of workers, or because a replication failed (its number is known then)."""

    def __init__(self, message: str, *, seed: int | None = None, replication: int | None = None) -> None:
        self.seed = seed
        self.replication = replication
        super().__init__(message)


class StoreError(AllianceSimError):
    """A run folder that cannot be read or written."""


class CheckFailed(AllianceSimError):  # noqa: N818 -- a failed check is an answer, not an error of the program
    """A run that does not meet its expectation."""
