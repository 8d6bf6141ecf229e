"""Reading the tables of a run from their parts: whole as Arrow, or outcome by outcome within a bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from alliancesim.errors import RequestError, StoreError
from alliancesim.study.runs.layout import Floats, Table, none_such
from alliancesim.study.runs.parts import Identity, Part, damaged

MOST_BYTES = 96 * 2**20
"""What is held of outcomes at a time, where one outcome alone is not larger."""


def read_table(folder: Path, name: str, parts: Sequence[Part], rows: int, columns: list[str] | None = None) -> pa.Table:
    """A table, or some columns of it; `rows` are those of one replication.

    Raises StoreError when it is damaged, RequestError when it has no such column.
    """
    read = [_read(folder, name, part, rows, columns) for part in parts]
    return pa.concat_tables(one.replace_schema_metadata() for one in read).unify_dictionaries()


def numbers(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """A column of numbers as one array; Arrow's own conversion would import pandas first, where it is installed."""
    return np.concatenate([np.from_dlpack(chunk) for chunk in column.chunks])


def by_key(
    folder: Path, table: Table, parts: Sequence[Part], n: int, columns: Sequence[str], keys: Sequence[int] | None = None
) -> Iterator[tuple[int, list[Floats]]]:
    """Columns of a table, key by key: the position of the key in the flattened shape of the table, and for each column
    the values of all n replications. Every few keys the files are read again, so memory does not grow with the keys.

    Args:
        folder, parts: where the run is.
        table: which table.
        n: replications of the run.
        columns: names of columns.
        keys: positions wanted; default: all.

    Raises:
        StoreError: a file is damaged.
    """
    wanted = list(range(table.rows) if keys is None else keys)
    step = max(1, MOST_BYTES // max(1, 8 * n * len(columns)))
    for start in range(0, len(wanted), step):
        block = np.array(wanted[start : start + step])
        held = np.empty((len(columns), len(block), n))
        for part in parts:
            read = _read(folder, table.name, part, table.rows, list(columns))
            for c, column in enumerate(columns):
                values = numbers(read.column(column)).reshape(part.count, table.rows)
                held[c, :, part.first : part.end] = values[:, block].T
        for i, key in enumerate(block):
            yield int(key), list(held[:, i])


def grouped(wanted: Sequence[tuple[str, ...]], keys: int, n: int) -> Iterator[list[tuple[str, ...]]]:
    """Tuples of columns that are needed together, in groups of as many columns as fit into memory, at least one tuple."""
    most = MOST_BYTES // max(1, 8 * n * keys)
    group: list[tuple[str, ...]] = []
    for columns in wanted:
        if group and len({*columns, *(name for one in group for name in one)}) > most:
            yield group
            group = []
        group.append(columns)
    if group:
        yield group


def demand_sealed(folder: Path, rows: Mapping[str, int], parts: Sequence[Part], identity: Identity) -> None:
    """Have the files of some tables be what their parts were sealed with, for a reader that does not check them itself.

    Args:
        folder, parts: where the run is.
        rows: those of one replication, by table.
        identity: of the run.

    Raises:
        StoreError: a file is damaged, of another run, or in the place of another.
    """
    for part in parts:
        path = damaged(folder, rows, identity, part)
        if path is not None:
            message = f"{path}: damaged, or of another run; run the scenario again, it replaces what is damaged"
            raise StoreError(message)
        for name, count in rows.items():
            with _opened(folder, name, part, count):
                pass


def _read(folder: Path, name: str, part: Part, rows: int, columns: list[str] | None) -> Any:
    with _opened(folder, name, part, rows) as file:
        known = file.schema_arrow.names
        unknown = next((column for column in columns or () if column not in known), None)
        if unknown is not None:
            message = f"table {name}: {none_such('column', unknown, known)}"
            raise RequestError(message)
        return file.read(columns, use_threads=False)  # threads cost more than such small files take


@contextmanager
def _opened(folder: Path, name: str, part: Part, rows: int) -> Iterator[pq.ParquetFile]:
    """A file that holds what its name says. Raises StoreError where it does not, or cannot be read."""
    path = part.file(folder, name)
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            found = file.metadata.num_rows
            if found != part.count * rows:
                message = f"{path}: {found} rows, {part.count * rows} by its name; run the scenario again"
                raise StoreError(message)
            first, last = _span(file)
            if (first, last) != (part.first, part.end - 1):
                by_name = f"{part.first} to {part.end - 1} by its name"
                message = f"{path}: replications {first} to {last}, {by_name}; run the scenario again"
                raise StoreError(message)
            yield file
    except (OSError, pa.ArrowException) as error:
        message = f"{path}: cannot be read ({error}); run the scenario again, it replaces what is damaged"
        raise StoreError(message) from error


def _span(file: pq.ParquetFile) -> tuple[int, int]:
    """The first and the last replication of a file, by what it says of itself; they are the first column of every table."""
    groups = [file.metadata.row_group(i).column(0).statistics for i in range(file.num_row_groups)]
    return min(one.min for one in groups), max(one.max for one in groups)
