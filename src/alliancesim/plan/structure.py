"""What schedulers know of lots and stages beside the arrays, and the names of everything that kernels know by number."""

from __future__ import annotations

from typing import NamedTuple


class LotSlot(NamedTuple):
    """What is planned of a lot, for the schedulers: one row for each program and year, and for each opening lot."""

    program: int
    year: int  # index of its fiscal year; below 0 for an opening lot
    units: float  # of an opening lot, else 0
    stage_months: tuple[float, ...]  # planned durations, on the month grid
    planned_path_months: float  # from contract to first delivered tranche by plan
    planned_last_months: float  # to the last
    state_stage: int  # stage it stood in at the as-of date, NONE = by plan dates
    state_done_share: float


class Stages(NamedTuple):
    """Structure of one program's stages, for the schedulers.

    A stage on a line is two here: its lead time, and its work on the line (named `<stage> on line`).
    """

    first: int  # row of its first stage in the stage tables
    names: tuple[str, ...]
    resource: tuple[int, ...]
    approval: tuple[bool, ...]
    after: tuple[tuple[tuple[int, int], ...], ...]  # (program, milestone) pairs
    rework_to: tuple[int, ...]
    rework_most: tuple[int, ...]
    delivered: int
    operational: int
    key: tuple[int, ...]
    rework_key: tuple[int, ...]
    failure_key: tuple[int, ...]
    system: tuple[int, ...]
    is_line: tuple[bool, ...]  # work on a line, by units and rate; such a stage has no duration or noise of its own
    tranche_units: float  # 0 = the whole lot
    line: int  # the stage that is line work and forks the lot into tranches, NONE


class Labels(NamedTuple):
    """Names of everything that kernels know by number."""

    parameters: tuple[str, ...]
    currencies: tuple[str, ...]
    buckets: tuple[str, ...]
    pillars: tuple[str, ...]
    programs: tuple[str, ...]
    resources: tuple[str, ...]
    rounds: tuple[str, ...]
    taxes: tuple[str, ...]
    conditions: tuple[str, ...]  # by name; workforces are in their own list, which follows
    workforces: tuple[str, ...]
    revisions: tuple[str, ...]
    packages: tuple[str, ...]
    areas: tuple[str, ...]
