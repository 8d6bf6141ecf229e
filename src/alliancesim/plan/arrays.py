"""Rows of the compiler as arrays of the types that kernels take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def ints(values: Any, *shape: int) -> Any:
    """An int64 array, reshaped where a shape is given (empty lists keep their dimensions)."""
    return _array(values, np.int64, shape)


def floats(values: Any, *shape: int) -> Any:
    """A float64 array, reshaped where a shape is given."""
    return _array(values, np.float64, shape)


def firsts(counts: Iterable[int]) -> Any:
    """Where each group begins in a flat list of groups of these sizes, and where the last one ends."""
    return ints(np.cumsum([0, *counts]))


def _array(values: Any, dtype: Any, shape: tuple[int, ...]) -> Any:
    array = np.array(values, dtype)
    return array.reshape(shape) if shape else array
