"""Kernels see the arrays of a named tuple, and the rows of a row of handles, as Python does."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from alliancesim.handles import nth, pack, pack_each
from alliancesim.kernels import kernel
from alliancesim.plan.layout import Floats


class Pair(NamedTuple):
    """Two arrays."""

    table: Floats
    column: Floats


@kernel
def fill(row: Any, number: float) -> float:
    """Write a number where there is a place for it; returns what stood in the last row before."""
    before = row.table[len(row.table) - 1, 1]
    row.table[0, 0] = number
    row.table[1][1] = -number
    row.column[:] = number
    return float(before)


@kernel
def fill_each(rows: Any, count: int) -> None:
    """Fill each of a row of handles with its number."""
    for i in range(count):
        fill(nth(rows, i), float(i))


def test_what_a_kernel_writes_python_sees() -> None:
    pair = Pair(np.zeros((3, 2)), np.zeros(4))
    pair.table[2, 1] = 7.0
    assert fill(pack(pair), 5.0) == 7.0
    assert pair.table.tolist() == [[5.0, 0.0], [0.0, -5.0], [0.0, 7.0]]
    assert pair.column.tolist() == [5.0] * 4


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_each_of_a_row_of_handles_has_its_own_row(count: int) -> None:
    pair = Pair(np.zeros((count, 3, 2)), np.zeros((count, 4)))
    fill_each(pack_each(pair), count)
    assert pair.table[:, 0, 0].tolist() == list(range(count))
    assert (pair.table[:, 1, 1] == -pair.table[:, 0, 0]).all()
    assert (pair.column == np.arange(count)[:, None]).all()
