"""Expectations: what a scenario gave when its outcomes were last accepted, small enough to be committed.

A file holds the digest of every replication, all outcomes of the first ones and the means of all outcomes over all
replications (as compressed little-endian float64), a few numbers for people, and why each change was accepted.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancesim.errors import CheckFailed, StoreError
from alliancesim.study.layout import Floats, Layout

if TYPE_CHECKING:
    from alliancesim.study.simulator import Chunk

FORMAT = "alliancesim expectation"
FORMAT_VERSION = 1
REFERENCE = Path("results") / "reference"
WHOLE_REPLICATIONS = 2
KEYS = ("topline_bn", "outlays_bn", "obligatory_bn", "burden_bn", "execution_loss_bn", "support_share")


@dataclass
class Expectation:
    """One expectation file."""

    path: Path
    scenario: str
    """The scenario file, relative to the expectation."""
    seed: int
    n: int
    scenario_hash: str
    outcomes_digest: str
    replication_digests: list[str]
    layout: Layout
    columns: dict[str, list[str]]
    whole: list[dict[str, Floats]]
    """All tables of the first replications, shape (*keys, column)."""
    means: dict[str, Floats]
    key_means: dict[str, list[float]]
    versions: dict[str, Any]
    history: list[dict[str, str]]

    def scenario_path(self) -> Path:
        """Where the scenario file is."""
        return self.path.parent / self.scenario

    def write(self) -> None:
        """Write the file, whole or not at all. Raises StoreError."""
        plain = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "scenario": self.scenario,
            "seed": self.seed,
            "n": self.n,
            "scenario_hash": self.scenario_hash,
            "outcomes_digest": self.outcomes_digest,
            "history": self.history,
            "versions": self.versions,
            "layout": self.layout.plain(),
            "key_means": self.key_means,
            "columns": self.columns,
            "replication_digests": self.replication_digests,
            "first_replications": [{name: packed(array) for name, array in tables.items()} for tables in self.whole],
            "means": {name: packed(array) for name, array in self.means.items()},
        }
        partial = self.path.with_name(f".{self.path.name}.partial")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("w", encoding="utf-8") as file:
                json.dump(plain, file, indent=1, ensure_ascii=False, allow_nan=False)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            message = f"{self.path}: cannot be written: {error.strerror}"
            raise StoreError(message) from error


def read_expectation(path: Path) -> Expectation:
    """Read an expectation. Raises CheckFailed where there is none, StoreError where it cannot be read."""
    if not path.is_file():
        message = f"{path}: no such expectation; make it with: alliancesim check {path} --accept REASON --scenario SCENARIO"
        raise CheckFailed(message)
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain["format"] != FORMAT or plain["format_version"] != FORMAT_VERSION:
            message = f"{path}: not an expectation this version reads (format {plain['format']} {plain['format_version']})"
            raise StoreError(message)
        layout = Layout.from_plain(plain["layout"])
        columns: dict[str, list[str]] = plain["columns"]
        shapes = {name: (*table.shape, len(columns[name])) for name, table in layout.tables().items()}
        same = ("scenario", "seed", "n", "scenario_hash", "outcomes_digest", "replication_digests", "key_means", "versions",
                "history")  # fmt: skip
        return Expectation(
            path=path,
            layout=layout,
            columns=columns,
            whole=[unpacked_tables(tables, shapes) for tables in plain["first_replications"]],
            means=unpacked_tables(plain["means"], shapes),
            **{name: plain[name] for name in same},
        )
    except (OSError, ValueError, KeyError, TypeError, zlib.error, binascii.Error) as error:
        message = f"{path}: not a readable expectation ({type(error).__name__}: {error})"
        raise StoreError(message) from error


@dataclass
class Sample:
    """What a batch leaves for an expectation, gathered as its chunks come, in any order."""

    layout: Layout
    digests_from: dict[int, list[str]] = field(default_factory=dict)
    """Digests of each chunk, by its first replication; so are the others."""
    sums_from: dict[int, dict[str, Floats]] = field(default_factory=dict)
    whole_from: dict[int, dict[str, Floats]] = field(default_factory=dict)

    def add(self, chunk: Chunk) -> None:
        """Add a chunk."""
        tables = self.layout.rows(chunk.outcomes)
        self.digests_from[chunk.first] = chunk.digests
        self.sums_from[chunk.first] = {name: rows.sum(axis=0) for name, rows in tables.items()}
        for r in range(chunk.first, min(WHOLE_REPLICATIONS, chunk.first + len(chunk.digests))):
            self.whole_from[r] = {name: rows[r - chunk.first].copy() for name, rows in tables.items()}

    @property
    def digests(self) -> list[str]:
        """The digest of every replication in their order."""
        return [digest for first in sorted(self.digests_from) for digest in self.digests_from[first]]

    @property
    def whole(self) -> list[dict[str, Floats]]:
        """All tables of the first replications."""
        return [self.whole_from[r] for r in sorted(self.whole_from)]

    def means(self) -> dict[str, Floats]:
        """Mean of every outcome over the replications so far."""
        sums = [self.sums_from[first] for first in sorted(self.sums_from)]
        return {name: np.sum([one[name] for one in sums], axis=0) / len(self.digests) for name in self.layout.tables()}

    def key_means(self) -> dict[str, list[float]]:
        """Means of a few outcomes by fiscal year, for people who read the file."""
        table, means = self.layout.tables()["fiscal_years"], self.means()["fiscal_years"]
        return {name: [float(f"{value:.6g}") for value in means[:, table.position(name)]] for name in KEYS}


def accepted(reason: str, digest: str) -> dict[str, str]:
    """An entry of the history."""
    return {"accepted": datetime.now(UTC).strftime("%Y-%m-%d"), "reason": reason, "outcomes_digest": digest}


def packed(array: Floats) -> str:
    """An array as compressed text, exact. Bytes of equal weight stand together, as they compress better so."""
    raw = np.ascontiguousarray(array, "<f8").view(np.uint8).reshape(-1, 8)
    return base64.b85encode(zlib.compress(np.ascontiguousarray(raw.T).tobytes(), 9)).decode()


def unpacked_tables(texts: dict[str, str], shapes: dict[str, tuple[int, ...]]) -> dict[str, Floats]:
    """The inverse of `packed`, for every table."""
    tables = {}
    for name, shape in shapes.items():
        raw = np.frombuffer(zlib.decompress(base64.b85decode(texts[name])), np.uint8).reshape(8, -1)
        tables[name] = np.ascontiguousarray(raw.T).reshape(-1).view("<f8").reshape(shape)
    return tables
