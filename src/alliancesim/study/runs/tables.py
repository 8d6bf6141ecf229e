"""The tables of a run as Arrow: schemas with units and meanings, outcomes as rows, and how Parquet encodes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from alliancesim.study.runs.layout import REPLICATION_COLUMNS, Floats, Table, key_dtype


@lru_cache(maxsize=16)
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
    flat = values.reshape(n * rows, len(table.columns))
    columns = [_numbers(np.repeat(np.arange(first, first + n), rows), pa.int64()), *_keys(table, n)]
    columns += [_numbers(flat[:, i], pa.float64()) for i in range(len(table.columns))]
    return pa.table(columns, schema=table_schema(table))


@lru_cache(maxsize=16)
def _keys(table: Table, n: int) -> list[Any]:
    """The key columns of n replications."""
    columns: list[Any] = []
    grid = np.indices(table.shape).reshape(len(table.shape), -1)
    for (_, entries), at in zip(table.keys, grid, strict=True):
        position = np.tile(at.astype(np.int32), n)
        if key_dtype(entries) == "int32":
            columns.append(_numbers(np.array(entries, np.int32)[position], pa.int32()))
        else:
            columns.append(pa.DictionaryArray.from_arrays(_numbers(position, pa.int32()), _texts([str(e) for e in entries])))
    return columns


def replication_table(first: int, digests: list[str], events: list[int]) -> pa.Table:
    """The table of replications first and following."""
    index = np.arange(first, first + len(digests))
    columns = [_numbers(index, pa.int64()), _texts(digests), _numbers(np.array(events, np.int64), pa.int64())]
    return pa.table(columns, schema=replication_schema())


def _numbers(values: npt.NDArray[Any], kind: pa.DataType) -> pa.Array:
    """An Arrow array over the values; `pa.array` would import pandas first, where it is installed."""
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def _texts(values: Sequence[str]) -> pa.Array:
    """Texts as an Arrow array, without pandas too."""
    coded = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, coded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(coded), pa.py_buffer(ends), pa.py_buffer(b"".join(coded)))


def encoded(table: pa.Table) -> pa.Buffer:
    """A table as the bytes of a Parquet file.

    LZ4 and split bytes were the fastest of what halves the size; a dictionary of numbers costs twice the time.
    """
    numbers = [field.name for field in table.schema if pa.types.is_float64(field.type)]
    whole = [field.name for field in table.schema if pa.types.is_integer(field.type)]
    names = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    encoding = dict.fromkeys(numbers, "BYTE_STREAM_SPLIT") | dict.fromkeys(whole, "DELTA_BINARY_PACKED")
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink, table.schema, compression="lz4", use_dictionary=names, column_encoding=encoding,
        write_statistics=["replication"], write_page_checksum=True,
    ) as writer:  # fmt: skip
        writer.write_table(table, row_group_size=2**31 - 1)
    return sink.getvalue()
