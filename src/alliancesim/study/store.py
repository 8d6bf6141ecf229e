"""The run folder: written beside its place under another name, and renamed when it is complete.

A folder `.<name>.<hex>.partial` is what a killed run leaves; nothing reads it, and it may be deleted.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from alliancesim.errors import StoreError
from alliancesim.plan.layout import Outcomes
from alliancesim.study.batch import Chunk
from alliancesim.study.layout import Floats, Layout, Table
from alliancesim.study.manifest import FORMAT, REPLICATION_COLUMNS, key_dtype

RUNS = Path("results") / "runs"
MANIFEST = "manifest.json"
ROW_GROUP_BYTES = 16 * 2**20
MOST_IN_ROW_GROUP = 2**16


def default_folder(scenario: str, seed: int, n: int, scenario_hash: str) -> Path:
    """Where a run is stored unless told otherwise: the same run has the same folder."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", scenario).strip("-.")[:80] or "scenario"
    return RUNS / f"{name}-seed{seed}-n{n}-{scenario_hash[:8]}"


def table_files(layout: Layout) -> dict[str, str]:
    """File name by table."""
    return {name: f"{name}.parquet" for name in ("replications", *layout.tables())}


def is_run_folder(path: Path) -> bool:
    """Whether a folder holds a manifest of a run."""
    try:
        plain = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(plain, dict) and plain.get("format") == FORMAT


def check_place(path: Path) -> None:
    """Refuse a place that holds what is not a run. Raises StoreError."""
    if not path.exists() and not path.is_symlink():
        return
    if not path.is_dir():
        message = f"{path}: is a file; name a new folder"
        raise StoreError(message)
    held = sorted(entry.name for entry in path.iterdir())
    if not held:
        return
    if not is_run_folder(path):
        message = f"{path}: exists and is not a run folder; it is left as it is. Name a new folder, or one that holds a run"
        raise StoreError(message)
    others = [name for name in held if name != MANIFEST and not name.endswith(".parquet")]
    if others:
        message = f"{path}: holds files that are not the run's ({', '.join(others[:3])}); move them away first"
        raise StoreError(message)


class RunWriter:
    """Writes one run: open, append chunks in order, finish. Leaving it unfinished removes what was written."""

    def __init__(self, place: Path, layout: Layout, n: int) -> None:
        self.place = place
        self.layout = layout
        self.n = n
        self.partial = place.parent / f".{place.name}.{secrets.token_hex(4)}.partial"
        self.files = table_files(layout)
        self.writers: dict[str, pq.ParquetWriter] = {}
        self.digests: list[str] = []
        self.events = 0
        self.held: Held | None = None

    def __enter__(self) -> RunWriter:
        with _reported(self.place):
            check_place(self.place)
            self.place.parent.mkdir(parents=True, exist_ok=True)
            self.partial.mkdir()
        try:
            with _reported(self.place):
                for table in self.layout.tables().values():
                    self._open(table.name, table_schema(table), [column.name for column in table.columns])
                self._open("replications", replication_schema(), [])
        except BaseException:
            self._abandon()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.partial.exists():
            self._abandon()

    def append(self, chunk: Chunk) -> None:
        """The next replications. They are written when a row group is full."""
        if self.held is None:
            self.held = Held(chunk.outcomes, self.n)
        taken = 0
        while taken < len(chunk.digests):
            taken += self.held.take(chunk, taken)
            if self.held.full():
                self._flush()
        self.digests += chunk.digests
        self.events += sum(chunk.events)

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, make everything durable, and put the folder in its place."""
        with _reported(self.place):
            self._flush()
            for writer in self.writers.values():
                writer.close()
            for name in self.files.values():
                _sync(self.partial / name)
            text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
            with (self.partial / MANIFEST).open("w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            _sync(self.partial)
            self._replace()
            _sync(self.place.parent)

    def _open(self, name: str, schema: pa.Schema, numbers: list[str]) -> None:
        self.writers[name] = pq.ParquetWriter(
            self.partial / self.files[name], schema, compression="zstd",
            use_dictionary=[field.name for field in schema if field.name not in numbers and field.name != "digest"],
            column_encoding=dict.fromkeys(numbers, "BYTE_STREAM_SPLIT"), write_statistics=[],
        )  # fmt: skip

    def _flush(self) -> None:
        held = self.held
        if held is None or held.count == 0:
            return
        with _reported(self.place):
            rows = self.layout.rows(held.outcomes())
            for table in self.layout.tables().values():
                self.writers[table.name].write_table(arrow_table(table, held.first, rows[table.name]), row_group_size=2**31 - 1)
            index = np.arange(held.first, held.first + held.count)
            columns = [pa.array(index), pa.array(held.digests), pa.array(held.events, pa.int64())]
            self.writers["replications"].write_table(pa.table(columns, schema=replication_schema()))
        held.clear()

    def _replace(self) -> None:
        check_place(self.place)
        if not self.place.exists():
            self.partial.rename(self.place)
            return
        old = self.partial.with_suffix(".old")
        self.place.rename(old)
        try:
            self.partial.rename(self.place)
        except OSError:
            old.rename(self.place)
            raise
        _remove(old)

    def _abandon(self) -> None:
        for writer in self.writers.values():
            with contextlib.suppress(Exception):
                writer.close()
        with contextlib.suppress(OSError):
            _remove(self.partial)


class Held:
    """Replications on their way into the next row group; its size depends on the scenario alone, never on chunks."""

    def __init__(self, like: Outcomes, n: int) -> None:
        size = sum(array[0].nbytes for array in like)
        most = 1 << (max(1, ROW_GROUP_BYTES // max(1, size)).bit_length() - 1)
        self.size = min(n, most, MOST_IN_ROW_GROUP)
        self.arrays = Outcomes(*(np.empty((self.size, *array.shape[1:])) for array in like))
        self.first = 0
        self.count = 0
        self.digests: list[str] = []
        self.events: list[int] = []

    def take(self, chunk: Chunk, start: int) -> int:
        """Take what fits of a chunk from position start; returns how many."""
        count: int = min(self.size - self.count, len(chunk.digests) - start)
        for mine, theirs in zip(self.arrays, chunk.outcomes, strict=True):
            mine[self.count : self.count + count] = theirs[start : start + count]
        self.digests += chunk.digests[start : start + count]
        self.events += chunk.events[start : start + count]
        self.count += count
        return count

    def full(self) -> bool:
        """Whether the row group is complete."""
        return bool(self.count == self.size)

    def outcomes(self) -> Outcomes:
        """What is held."""
        return Outcomes(*(array[: self.count] for array in self.arrays))

    def clear(self) -> None:
        """Begin the next row group."""
        self.first += self.count
        self.count = 0
        self.digests, self.events = [], []


def table_schema(table: Table) -> pa.Schema:
    """Arrow schema of a table; units and meanings stand in the metadata of its fields."""
    keys = [
        pa.field(name, pa.int32() if key_dtype(entries) == "int32" else pa.dictionary(pa.int32(), pa.string()), nullable=False)
        for name, entries in table.keys
    ]
    numbers = [
        pa.field(column.name, pa.float64(), nullable=False, metadata={"unit": column.unit, "meaning": column.meaning})
        for column in table.columns
    ]
    return pa.schema([pa.field("replication", pa.int64(), nullable=False), *keys, *numbers])


def replication_schema() -> pa.Schema:
    """Arrow schema of the table of replications."""
    kinds = {"int64": pa.int64(), "string": pa.string()}
    return pa.schema(
        [
            pa.field(name, kinds[dtype], nullable=False, metadata={"unit": unit, "meaning": meaning})
            for name, unit, meaning, dtype in REPLICATION_COLUMNS
        ]
    )


def arrow_table(table: Table, first: int, values: Floats) -> pa.Table:
    """Values of shape (replication, *keys, column) as rows; `first` is the index of the first replication."""
    n, rows = len(values), table.rows
    columns: list[Any] = [pa.array(np.repeat(np.arange(first, first + n), rows))]
    grid = np.indices(table.shape).reshape(len(table.shape), -1)
    for (_, entries), at in zip(table.keys, grid, strict=True):
        position = np.tile(at.astype(np.int32), n)
        if key_dtype(entries) == "int32":
            columns.append(pa.array(np.array(entries, np.int32)[position]))
        else:
            columns.append(pa.DictionaryArray.from_arrays(pa.array(position), pa.array(entries, pa.string())))
    flat = values.reshape(n * rows, len(table.columns))
    columns += [pa.array(np.ascontiguousarray(flat[:, i])) for i in range(len(table.columns))]
    return pa.table(columns, schema=table_schema(table))


@contextlib.contextmanager
def _reported(place: Path) -> Iterator[None]:
    """System errors as StoreError with what to do about them."""
    try:
        yield
    except OSError as error:
        said = {
            errno.ENOSPC: "the disk is full; free some space, or name another place with --out",
            errno.EDQUOT: "the disk quota is used up; free some space, or name another place with --out",
            errno.EFBIG: "the file would be larger than the system allows here",
            errno.EACCES: "no permission to write there; name another place with --out",
            errno.EPERM: "no permission to write there; name another place with --out",
            errno.EROFS: "the file system is read-only; name another place with --out",
        }.get(error.errno or 0, error.strerror or str(error))
        message = f"{place}: cannot write the run: {said}. Nothing was kept of it"
        raise StoreError(message) from error
    except pa.ArrowException as error:
        message = f"{place}: cannot write the run: {error}. Nothing was kept of it"
        raise StoreError(message) from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    """Remove a folder of ours: its files, then itself; anything else in it stops the removal."""
    for entry in folder.iterdir():
        if entry.name == MANIFEST or entry.suffix == ".parquet":
            entry.unlink()
    folder.rmdir()
