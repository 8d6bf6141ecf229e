"""Digests of outcomes: two runs with the same digest have the same outcomes, bit by bit.

- Every replication has a digest of its own: XXH3 with 128 bits over its outcome arrays in the order of `Outcomes`, as
  little-endian float64 in C order, with -0.0 written as 0.0 and every NaN as one NaN.
- The digest of a run is BLAKE2b with 128 bits over the names of everything (fiscal years, currencies, buckets, programs,
  resources, packages, areas, columns; as canonical JSON), then the digests of its replications in their order.

So it does not depend on workers, chunks, files or engine, and the digest of the first m replications follows from theirs.
XXH3 finds every accident; it is no proof against someone who forges outcomes, which anyone who can write the run could.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import xxhash

from alliancesim.plan.columns import COLUMNS
from alliancesim.plan.layout import Outcomes
from alliancesim.study.runs.layout import OPTIONAL, Floats, Layout

BYTES = 16


def canonical(array: Floats) -> Floats:
    """The array as it is digested and stored: little-endian, C order, one zero and one NaN.

    An array that has this order already is taken over and changed in place.
    """
    values = np.ascontiguousarray(array, dtype="<f8")
    values += 0.0
    if values.size and np.isnan(values.min()):
        values[np.isnan(values)] = np.nan
    return values


def replication_digests(outcomes: Outcomes) -> list[str]:
    """The digest of each replication. outcomes: canonical arrays with a leading replication axis."""
    return [_digest(row) for row in zip(*outcomes, strict=True)]


def replication_digest(outcomes: Outcomes) -> str:
    """The digest of one replication."""
    return _digest(canonical(array) for array in outcomes)


def _digest(arrays: Iterable[Floats]) -> str:
    digest = xxhash.xxh3_128()
    for array in arrays:
        digest.update(array.data)
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


def plain_of(text: str) -> Any:
    """The plain data of JSON text. Raises ValueError where it is none, or holds a number that is infinite or none at all."""
    return json.loads(text, parse_float=_finite, parse_constant=_finite)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        message = f"a number is {text}"
        raise ValueError(message)
    return value


def _names(layout: Layout) -> dict[str, Any]:
    plain = layout.plain()
    absent = {optional.array for register, optional in OPTIONAL.items() if register not in plain}
    columns = {array: [column.name for column in columns] for array, columns in COLUMNS.items() if array not in absent}
    return plain | {"columns": columns}
