"""Digests of outcomes: two runs with the same digest have the same outcomes, bit by bit.

- Every replication has a digest of its own: BLAKE2b with 128 bits over its outcome arrays in the order of `Outcomes`, as
  little-endian float64 in C order, with -0.0 written as 0.0 and every NaN as one NaN.
- The digest of a run is BLAKE2b with 128 bits over the names of everything (fiscal years, currencies, buckets, programs,
  resources, columns; as canonical JSON), then the digests of its replications in their order.

So it does not depend on workers, chunks or files, and the digest of the first m replications follows from theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from alliancesim.plan.columns import CURRENCY_YEAR, FISCAL_YEAR, PROGRAM, PROGRAM_YEAR, RESOURCE_YEAR
from alliancesim.plan.layout import Outcomes
from alliancesim.study.layout import Floats, Layout

BYTES = 16


def canonical(array: Floats) -> Floats:
    """The array as it is digested and stored: little-endian, C order, one zero and one NaN."""
    values = np.ascontiguousarray(array + 0.0, dtype="<f8")
    missing = np.isnan(values)
    if missing.any():
        values[missing] = np.nan
    return values


def replication_digest(outcomes: Outcomes) -> str:
    """The digest of one replication's canonical arrays."""
    digest = hashlib.blake2b(digest_size=BYTES)
    for array in outcomes:
        digest.update(canonical(array).tobytes())
    return digest.hexdigest()


def run_digest(layout: Layout, replications: Iterable[str]) -> str:
    """The digest of replications in their order."""
    digest = hashlib.blake2b(plain_bytes(_names(layout)), digest_size=BYTES)
    for replication in replications:
        digest.update(bytes.fromhex(replication))
    return digest.hexdigest()


def plain_hash(value: Any) -> str:
    """Hash of plain data by its canonical JSON."""
    return hashlib.blake2b(plain_bytes(value), digest_size=BYTES).hexdigest()


def plain_bytes(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no blanks, shortest exact floats, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _names(layout: Layout) -> dict[str, Any]:
    tables = {"fiscal": FISCAL_YEAR, "currency": CURRENCY_YEAR, "program": PROGRAM, "program_year": PROGRAM_YEAR,
              "resource_year": RESOURCE_YEAR}  # fmt: skip
    return layout.plain() | {"columns": {name: [column.name for column in columns] for name, columns in tables.items()}}
