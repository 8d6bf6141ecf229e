"""The tables of a run as Arrow: schemas with units and meanings, outcomes as rows, and how Parquet encodes them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from alliancesim.study.layout import REPLICATION_COLUMNS, Floats, Table, key_dtype


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
    columns = [pa.array(np.repeat(np.arange(first, first + n), rows)), *_keys(table, n)]
    columns += [pa.array(np.ascontiguousarray(flat[:, i])) for i in range(len(table.columns))]
    return pa.table(columns, schema=table_schema(table))


@lru_cache(maxsize=16)
def _keys(table: Table, n: int) -> list[Any]:
    """The key columns of n replications."""
    columns: list[Any] = []
    grid = np.indices(table.shape).reshape(len(table.shape), -1)
    for (_, entries), at in zip(table.keys, grid, strict=True):
        position = np.tile(at.astype(np.int32), n)
        if key_dtype(entries) == "int32":
            columns.append(pa.array(np.array(entries, np.int32)[position]))
        else:
            columns.append(pa.DictionaryArray.from_arrays(pa.array(position), pa.array(entries, pa.string())))
    return columns


def replication_table(first: int, digests: list[str], events: list[int]) -> pa.Table:
    """The table of replications first and following."""
    index = np.arange(first, first + len(digests))
    columns = [pa.array(index), pa.array(digests, pa.string()), pa.array(events, pa.int64())]
    return pa.table(columns, schema=replication_schema())


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
