"""The C kernel of the plain pipeline workload: compiled on the spot, called by ctypes, compared with the engine."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import workload

from alliancesim.plan import columns
from alliancesim.plan.fields import NOISE_MEDIAN, NOISE_P90
from alliancesim.plan.layout import Compiled, Outcomes
from alliancesim.rules import elementary
from alliancesim.rules.cost import lognormal_sigma

SOURCE = Path(__file__).with_name("pipeline.c")
FLAGS = ("-O3", "-ffp-contract=off")
"""No fused multiply-add: it would change the last bit, and the product does without."""
PROGRAM_COLUMNS = (
    columns.FIRST_DELIVERY, columns.FIRST_CENSORED, columns.SLIP, columns.COMPLETION, columns.COMPLETION_CENSORED,
    columns.COMPLETION_SLIP, columns.FIRST_OPERATIONAL, columns.OPERATIONAL_CENSORED,
)  # fmt: skip
YEAR_COLUMNS = (
    columns.PLANNED_UNITS, columns.CONTRACTED_UNITS, columns.PIPELINE_UNITS, columns.DELIVERED_UNITS, columns.OPERATIONAL_UNITS,
)  # fmt: skip
COUNTS = ("programs", "years", "lot_years", "stages", "pools", "first_fy", "program_columns", "year_columns")
TABLES = ("resource", "capacity", "priority", "planned", "sigma", "key", "program_at", "year_at")
CONSTANTS = ("STEPS", "STEP_LEADING", "STEP_REST", "LOG_2_LEADING", "LOG_2_REST")
ELEMENTARY_TABLES = ("ROOT", "CENTER")


class Elementary(ctypes.Structure):
    """`Elementary` of pipeline.c."""

    _fields_ = [(name, ctypes.c_double) for name in CONSTANTS] + [(name, ctypes.c_void_p) for name in ELEMENTARY_TABLES]


class Workload(ctypes.Structure):
    """`Workload` of pipeline.c."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in COUNTS),
        *((name, ctypes.c_void_p) for name in TABLES),
        ("elementary", Elementary),
    ]


def compiler() -> str | None:
    """The C compiler of the machine, None where there is none."""
    return shutil.which("gcc") or shutil.which("cc")


class Kernel:
    """The workload in C."""

    def __init__(self, compiled: Compiled, flags: tuple[str, ...] = FLAGS) -> None:
        """Raises CalledProcessError where the compiler fails; needs one, see `compiler`."""
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder) / "pipeline.so"
            subprocess.run([str(compiler()), *flags, "-shared", "-fPIC", str(SOURCE), "-o", str(library), "-lm"], check=True)
            self.simulate = ctypes.CDLL(str(library)).simulate
        programs = len(compiled.stages)
        rows = compiled.params[compiled.plan.stage_at[:, (NOISE_MEDIAN, NOISE_P90)]]
        self.tables: dict[str, Any] = {
            "resource": np.array(workload.RESOURCE_OF_STAGE, np.int64),
            "capacity": np.full(len(workload.RESOURCES), workload.SLOTS, np.int64),
            "priority": np.array(compiled.program_priority, np.int64),
            "planned": np.array([compiled.lots[p * workload.YEARS].stage_months for p in range(programs)]),
            "sigma": np.array([lognormal_sigma(median, p90) for median, p90 in rows]),
            "key": np.array([stages.key for stages in compiled.stages], np.int64),
            "program_at": np.array(PROGRAM_COLUMNS, np.int64),
            "year_at": np.array(YEAR_COLUMNS, np.int64),
        }
        counts = (
            programs, workload.YEARS, workload.LOT_YEARS, len(workload.STAGES), len(workload.RESOURCES), workload.FIRST_FY,
            len(columns.PROGRAM), len(columns.PROGRAM_YEAR),
        )  # fmt: skip
        functions = Elementary(
            *(getattr(elementary, name) for name in CONSTANTS),
            *(getattr(elementary, name).ctypes.data for name in ELEMENTARY_TABLES),
        )
        self.workload = Workload(*counts, *(table.ctypes.data for table in self.tables.values()), functions)

    def replications(self, seed: int, first: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Program, program-year and resource-year outcomes, each with a leading replication axis."""
        w = self.workload
        program = np.zeros((count, w.programs, w.program_columns))
        program_year = np.zeros((count, w.programs, w.years, w.year_columns))
        resource_year = np.zeros((count, w.pools, w.years, len(columns.RESOURCE_YEAR)))
        arrays = [ctypes.c_void_p(array.ctypes.data) for array in (program, program_year, resource_year)]
        if self.simulate(ctypes.byref(w), *(ctypes.c_int64(number) for number in (seed, first, count)), *arrays) != 0:
            raise MemoryError
        return program, program_year, resource_year

    def differences(self, outcomes: Outcomes, seed: int, first: int) -> int:
        """How many numbers differ from the engine's, of what C computes: deliveries, delays by cause, units, resources."""
        count = len(outcomes.program)
        program, program_year, resource_year = self.replications(seed, first, count)
        causes = len(columns.CAUSES)
        at = [*range(columns.COMPLETION_SLIP + causes + 1), columns.FIRST_OPERATIONAL, columns.OPERATIONAL_CENSORED]
        pairs = (
            (program[..., at], outcomes.program[..., at]),
            (program_year[..., YEAR_COLUMNS], outcomes.program_year[..., YEAR_COLUMNS]),
            (resource_year, outcomes.resource_year),
        )
        return sum(int(np.count_nonzero(own != theirs)) for own, theirs in pairs)
