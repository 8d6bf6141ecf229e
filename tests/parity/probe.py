"""Run by `mutate.py` in a process whose package is a mutant: the first scenario in which the batch engine parts from what
the sound reference engine gave, or nothing. The plans are the sound compiler's, so that one engine only is changed.

Usage: ``python tests/parity/probe.py EXPECTED``; EXPECTED holds (name, plan, seed, outcomes) by scenario, as a pickle.
"""

from __future__ import annotations

import pickle
import sys
import warnings
from pathlib import Path

import numpy as np

from alliancesim.engine.batch import Engine


def first_parting(path: Path) -> str:
    """The first scenario that differs, or in which the mutant stumbles."""
    for name, compiled, seed, expected in pickle.loads(path.read_bytes()):
        try:
            outcomes, _ = Engine(compiled).replications(compiled.params, seed, 0, len(expected[0]))
        except Exception as error:  # whatever a mutant does
            return f"{name} ({type(error).__name__})"
        if not all(np.array_equal(one, other, equal_nan=True) for one, other in zip(expected, outcomes, strict=True)):
            return str(name)
    return ""


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(first_parting(Path(sys.argv[1])))  # noqa: T201
