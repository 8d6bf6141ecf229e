"""SQL over a run: DuckDB reads its Parquet files, each table a view by its name, and can reach nothing else."""

from __future__ import annotations

import contextlib
import glob
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from alliancesim.errors import AllianceSimError, RequestError, StoreError
from alliancesim.study.runs.layout import REPLICATIONS
from alliancesim.study.runs.parts import table_names
from alliancesim.study.runs.place import identity
from alliancesim.study.runs.reading import demand_sealed
from alliancesim.study.sheet import Sheet

if TYPE_CHECKING:
    import pyarrow as pa

    from alliancesim.study.runs.run import Run

MOST_SHOWN = 1000
ROWS_AT_ONCE = 10_000
MISSING_PYTZ = "module 'pytz' failed"
NO_ZONES = "times with a time zone are read by pytz, which is not installed; cast them to text: now()::TEXT"


@dataclass
class Answer:
    """The rows that answer a query. They are worked out when they are asked for."""

    connection: duckdb.DuckDBPyConnection
    sql: str
    columns: list[str]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows, some at a time. Raises RequestError where a value cannot be worked out."""
        with _reported():
            self.connection.execute(self.sql)
            while some := self.connection.fetchmany(ROWS_AT_ONCE):
                yield from some

    def plain(self) -> Iterator[dict[str, Any]]:
        """The rows as plain data fit for JSON. Raises RequestError where two columns share a name."""
        twice = next((name for name in self.columns if self.columns.count(name) > 1), None)
        if twice is not None:
            message = f"SQL: two columns are named '{twice}'; name them apart with AS"
            raise RequestError(message)
        return (dict(zip(self.columns, map(_plain, row), strict=True)) for row in self.rows())

    def sheet(self) -> Sheet:
        """The first rows as a table for people."""
        sheet = Sheet("", self.columns, text_columns=0)
        for row in self.rows():
            if len(sheet.rows) == MOST_SHOWN:
                sheet.note = f"More rows are not shown; --csv and --json give all, LIMIT gives fewer than {MOST_SHOWN:,}."
                break
            if not sheet.rows:
                sheet.text_columns = next((i for i, value in enumerate(row) if not isinstance(value, str)), len(row))
            sheet.rows.append([_cell(value) for value in row])
        return sheet

    def arrow(self) -> pa.Table:
        """All rows as Arrow. Raises RequestError where a value cannot be worked out."""
        with _reported():
            return self.connection.sql(self.sql).to_arrow_table()


def query(run: Run, sql: str) -> Answer:
    """Answer one SELECT over the tables of a run.

    Raises RequestError with what DuckDB says against it, StoreError where the run cannot be read, or a table that it names is
    damaged: DuckDB looks at no checksum.
    """
    _demand_utf8(sql)
    named = [name for name in table_names(run.layout) if name in sql.lower()]
    rows = {name: 1 if name == REPLICATIONS else run.tables[name].rows for name in named}
    demand_sealed(run.folder, rows, run.parts, identity(run.manifest))
    with _reported(StoreError):
        connection = _connected(run)
    with _reported():
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            message = f"not one SELECT: {' '.join(sql.split())[:200]!r}; a run is read, never changed"
            raise RequestError(message)
        return Answer(connection, sql, list(connection.sql(sql).columns))


def _connected(run: Run) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    folder = run.folder.resolve()
    _demand_utf8(str(folder), StoreError)
    allowed = ", ".join(_quoted(name) for name in (str(folder), glob.escape(str(folder))))  # one is looked up, one is asked for
    for setting, value in (("allowed_directories", f"[{allowed}]"), ("enable_external_access", "false")):
        connection.execute(f"SET {setting} = {value}")
    for name in table_names(run.layout):
        files = ", ".join(_quoted(glob.escape(str(part.file(folder, name)))) for part in run.parts)
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{files}], hive_partitioning = false)")
    connection.execute("SET lock_configuration = true")
    return connection


@contextlib.contextmanager
def _reported(kind: type[AllianceSimError] = RequestError) -> Iterator[None]:
    """What DuckDB says against a query, on one line, without its drawing of where; of files it cannot read a StoreError."""
    try:
        yield
    except duckdb.Error as error:
        said = " ".join(str(error).partition("LINE ")[0].split())
        message = f"SQL: {NO_ZONES if MISSING_PYTZ in said else said}"
        of_files = isinstance(error, duckdb.OperationalError) or not isinstance(error, duckdb.DatabaseError)
        raise (StoreError if of_files else kind)(message) from error


def _demand_utf8(text: str, kind: type[AllianceSimError] = RequestError) -> None:
    """Refuse what DuckDB cannot be told."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = f"SQL: {' '.join(text.split())[:200]!a} is not UTF-8"
        raise kind(message) from error


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
