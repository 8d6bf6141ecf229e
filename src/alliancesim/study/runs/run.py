"""A run: simulated and stored, or opened from its folder; its tables as arrays, Arrow, pandas or answers to SQL."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancesim.errors import RequestError, StoreError
from alliancesim.plan.columns import Column
from alliancesim.study.runs.digest import plain_of, replication_digests, run_digest
from alliancesim.study.runs.layout import REPLICATIONS, Floats, Layout, Table, none_such
from alliancesim.study.runs.parts import Part, table_names
from alliancesim.study.runs.sources import SOURCES
from alliancesim.units import fiscal_year

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from alliancesim.scenario.load import LoadedScenario
    from alliancesim.study.runs.batch import Fanout

Progress = Callable[[int, int], None]
"""Told after every chunk: replications done, and in all."""
Say = Callable[[str], None]
"""Told in a sentence what is not simulated because it is there already."""


class Run:
    """One execution of one scenario, stored in one folder."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.layout = Layout.from_plain(manifest["layout"])
        self.tables: dict[str, Table] = self.layout.tables()
        self.parts: list[Part] = [part for name in manifest["parts"] if (part := Part.named(name)) is not None]

    def __repr__(self) -> str:
        return f"Run({self.scenario!r}, seed={self.seed}, n={self.n}, digest={self.digest[:8]}, folder={str(self.folder)!r})"

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return str(self.manifest["scenario"])

    @property
    def n(self) -> int:
        """Number of replications."""
        return int(self.manifest["n"])

    @property
    def seed(self) -> int:
        """Seed of all draws."""
        return int(self.manifest["seed"])

    @property
    def digest(self) -> str:
        """Digest of all outcomes, see `study.runs.digest`."""
        return str(self.manifest["outcomes_digest"])

    def plain(self) -> dict[str, Any]:
        """What identifies it, as plain data: what every analysis of it says first."""
        return {key: self.manifest[key] for key in ("scenario", "scenario_hash", "seed", "n", "as_of", "outcomes_digest")}

    def digest_of_first(self, m: int) -> str:
        """The digest a run of the first m replications has. Raises RequestError where there are not so many."""
        from alliancesim.study.runs.batch import not_whole

        if wrong := not_whole("m", m, 1, self.n):
            raise RequestError(wrong)
        return run_digest(self.layout, self.replication_digests()[:m])

    def replication_digests(self) -> list[str]:
        """Digest of each replication."""
        digests: list[str] = self.to_arrow(REPLICATIONS, ["digest"]).column("digest").to_pylist()
        return digests

    def recomputed_digest(self) -> str:
        """The digest of the stored tables; equal to `digest` unless the folder is damaged."""
        return run_digest(self.layout, (digest for part in self.parts for digest in self._digests(part)))

    def values(self, table: str, column: str) -> Floats:
        """One column as an array of shape (replication, *keys of the table)."""
        described = self.table(table)
        described.position(column)
        from alliancesim.study.runs.reading import numbers

        read = numbers(self.to_arrow(table, [column]).column(column))
        return np.asarray(read, np.float64).reshape(self.n, *described.shape)

    def by_key(self, table: str, columns: Sequence[str], keys: Sequence[int] | None = None) -> Iterator[tuple[int, list[Floats]]]:
        """Columns key by key in bounded memory, see `study.runs.reading.by_key`: (position, values of shape (n,) by column)."""
        from alliancesim.study.runs.reading import by_key

        described = self.table(table)
        for column in columns:
            described.position(column)
        return by_key(self.folder, described, self.parts, self.n, columns, keys)

    def each(
        self, table: str, wanted: Sequence[tuple[str, ...]], keys: Sequence[int]
    ) -> Iterator[tuple[tuple[str, ...], int, list[Floats]]]:
        """Tuples of columns key by key in bounded memory, reading as many at a time as fit: (columns, position, values)."""
        from alliancesim.study.runs.reading import grouped

        for group in grouped(wanted, len(keys), self.n):
            names = sorted({name for columns in group for name in columns})
            for key, values in self.by_key(table, names, keys):
                for columns in group:
                    yield columns, key, [values[names.index(name)] for name in columns]

    def table(self, name: str) -> Table:
        """Keys and columns of a table of outcomes. Raises RequestError with the name that may have been meant."""
        if name not in self.tables:
            raise RequestError(none_such("table", name, list(self.tables)))
        return self.tables[name]

    def column(self, table: str, column: str) -> Column:
        """Name, unit and meaning of a column."""
        described = self.table(table)
        return described.columns[described.position(column)]

    def to_arrow(self, table: str, columns: list[str] | None = None) -> pa.Table:
        """A table, or some columns of it, as Arrow. Raises RequestError where there is none, StoreError where it is damaged."""
        return self._read(table, self.parts, columns)

    def to_pandas(self, table: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A table, or some columns of it, as pandas (which must be installed)."""
        frame: pd.DataFrame = self.to_arrow(table, columns).to_pandas()
        return frame

    def query(self, sql: str) -> pa.Table:
        """The answer to one SQL SELECT, in which every table is known by its name, as Arrow.

        Raises RequestError with what DuckDB says against it, StoreError where the run cannot be read.
        """
        from alliancesim.study.runs.query import query

        return query(self, sql).arrow()

    def _read(self, table: str, parts: Sequence[Part], columns: list[str] | None = None) -> pa.Table:
        from alliancesim.study.runs.reading import read_table

        rows = 1 if table == REPLICATIONS else self.table(table).rows
        return read_table(self.folder, table, parts, rows, columns)

    def _digests(self, part: Part) -> list[str]:
        from alliancesim.study.runs.reading import numbers

        rows = {}
        for table in self.tables.values():
            read = self._read(table.name, [part])
            columns = [numbers(read.column(column.name)).reshape(part.count, *table.shape) for column in table.columns]
            rows[table.name] = np.stack(columns, axis=-1)
        outcomes = self.layout.outcomes(rows)
        return replication_digests(type(outcomes)(*map(np.ascontiguousarray, outcomes)))


def as_of_fy(run: Run) -> int:
    """The last fiscal year that has begun by the as-of date; the year before the first one where nothing is fact."""
    as_of = run.manifest["as_of"]
    return run.layout.first_fy - 1 if as_of is None else fiscal_year(as_of, int(run.manifest["fy_first_month"]))


def at_home(folder: str | os.PathLike[str]) -> Path:
    """The path of a folder; `~`, which no shell expands after `--out=`, is the home folder. Raises StoreError: it is no UTF-8."""
    path = Path(os.path.expanduser(folder))  # noqa: PTH111  (Path.expanduser raises where there is no such user)
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        message = f"{path}: its name is not UTF-8, in which the tables of a run are looked up; rename the folder, or name another"
        raise StoreError(message) from error
    return path


def open_run(folder: str | os.PathLike[str]) -> Run:
    """Open a run folder. Raises StoreError when it is none, or not complete."""
    from alliancesim.study.runs.manifest import FORMAT, FORMAT_VERSION, column_names, described_tables
    from alliancesim.study.runs.place import MANIFEST, UNFINISHED

    path = at_home(folder)
    try:
        manifest = plain_of((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = "no such folder" if not path.is_dir() else f"no readable {MANIFEST} in it"
        message = f"{path}: not a run folder ({why}); make one with: alliancesim run SCENARIO"
        if (path / UNFINISHED).is_file():
            message = f"{path}: not a run folder, but what an unfinished run left; the same run again continues it"
        raise StoreError(message) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        message = f"{path}: its {MANIFEST} is not of a run"
        raise StoreError(message)
    if manifest.get("format_version") != FORMAT_VERSION:
        message = f"{path}: format version {manifest.get('format_version')}, this version reads {FORMAT_VERSION}; run it again"
        raise StoreError(message)
    try:
        run = Run(path, manifest)
        numbers = (manifest["n"], manifest["seed"], manifest["fy_first_month"])
        told = column_names(manifest["tables"])
        sound = all(isinstance(number, int) for number in numbers) and sum(part.count for part in run.parts) == run.n
    except (KeyError, TypeError, ValueError, AttributeError):
        sound = False
    if not sound:
        message = f"{path}: its {MANIFEST} is damaged; run it again"
        raise StoreError(message)
    if told != column_names(described_tables(run.layout)):
        message = f"{path}: its tables have the columns of another version of alliancesim; run it again"
        raise StoreError(message)
    files = (part.file(path, name) for part in run.parts for name in table_names(run.layout))
    gone = next((file for file in files if not file.is_file()), None)
    if gone is not None:
        message = f"{path}: not complete, {gone.relative_to(path)} is missing; the same run again makes what is missing"
        raise StoreError(message)
    if run_digest(run.layout, run.replication_digests()) != run.digest:
        message = f"{path}: its replications are not those that its {MANIFEST} tells of; the same run again makes them anew"
        raise StoreError(message)
    return run


def run(
    scenario: str | os.PathLike[str] | LoadedScenario, n: int = 1000, seed: int = 0, workers: int = 1,
    out: str | os.PathLike[str] | None = None, settings: Mapping[str, str] | None = None, progress: Progress | None = None,
    *, engine: str | None = None, processes: bool = False, cluster: str | None = None, chunk: int | None = None,
    say: Say | None = None,
) -> Run:  # fmt: skip
    """Simulate n replications and store them in a run folder.

    What is there already is not simulated again: an unfinished run is continued, a smaller one extended, a complete one
    opened, as long as scenario, seed and the package's sources are the same. What the scenario says of its numbers (what they
    rest on, the ranges it expects) stands in the manifest as it is now.

    Args:
        scenario: a scenario file, or what `load_scenario` gave.
        n: number of replications, 1 to 10^7; the first ones are the same for every n.
        seed: of all draws, 0 to 2^63 - 1.
        workers: threads (processes of the reference engine); they never change an outcome.
        out: the run folder; default `results/runs/<scenario>-seed<seed>-n<n>-<hash>`. Another run in it is replaced.
        settings: values by dotted path laid over the file; only with a file.
        progress: told after every chunk.
        engine: `batch` or `reference`, which give the same outcomes.
        processes: processes on this machine instead of threads.
        cluster: address of a dask scheduler whose workers simulate.
        chunk: replications simulated and stored together; default: by their size.
        say: told what is not simulated because it is there.

    Raises:
        ScenarioError, PlanError: the scenario cannot be used.
        RequestError, RunError: the request makes no sense; a replication failed.
        StoreError: the folder cannot be written. What was written stays, for the same run to continue with.
    """
    from alliancesim.plan.compile import compile_plan
    from alliancesim.scenario.load import as_loaded
    from alliancesim.study.runs import place as places
    from alliancesim.study.runs.batch import check_request, chunks, not_whole
    from alliancesim.study.runs.manifest import manifest as begin_manifest
    from alliancesim.study.runs.store import WorkingFolder, is_complete

    began = time.perf_counter()
    check_request(n, seed, workers, None if chunk is None else not_whole("chunk", chunk, 1, MOST_CHUNK))
    fanout = make_fanout(engine, workers, processes, cluster)
    loaded = as_loaded(scenario, settings)
    compiled = compile_plan(loaded)
    manifest = begin_manifest(loaded, compiled, dict(settings or {}), n, seed, fanout.engine, SOURCES)
    identity, layout = places.identity(manifest), Layout.of(compiled)
    folder = places.default_folder(loaded.scenario.name, seed, n, manifest["scenario_hash"])
    place = at_home(out) if out is not None else folder
    tell = say or (lambda text: None)
    opened = _opened(place) if is_complete(place, layout, n, identity) else None
    if opened is not None:
        tell(f"{place}: has all {n:,} replications already; nothing is simulated")
        return _retold(opened, manifest)
    lost = places.replaced(place, n, identity)
    with WorkingFolder(place, layout, n, identity) as space:
        if lost is not None:
            tell(f"{place}: replaces {lost}")
        continued = space.replications()
        taken = space.take_over(places.relatives(place, loaded.scenario.name, seed, manifest["scenario_hash"]))
        if continued + taken:
            tell(f"{place}: {continued + taken:,} of {n:,} replications are there already; the others are simulated")
        done = continued + taken
        spans = space.missing(chunk or part_size(layout, n, fanout.engine))
        with contextlib.closing(chunks(compiled, spans, seed, fanout)) as stream:
            for piece in stream:
                space.append(piece)
                done += len(piece.digests)
                if progress is not None:
                    progress(done, n)
        space.settle()
        parts, digest, events = space.contents()
        manifest |= {
            "parts": parts,
            "outcomes_digest": digest,
            "events": events,
            "workers": workers,
            "replications_taken_over": continued + taken,
            "wall_seconds": round(time.perf_counter() - began, 3),
        }
        space.finish(manifest)
    return Run(place, manifest)


TOLD_ANEW = ("files", "settings", "resolved", "provenance")
"""What a manifest tells beside the outcomes: the scenario may say it otherwise without another hash."""


def _opened(place: Path) -> Run | None:
    """The run in a place; None where its manifest is damaged, so that it has to be put together again."""
    with contextlib.suppress(StoreError):
        return open_run(place)
    return None


def _retold(opened: Run, manifest: dict[str, Any]) -> Run:
    """A complete run whose manifest tells what the scenario says now. Raises StoreError where that cannot be written."""
    from alliancesim.study.runs.store import retell

    now = opened.manifest | {key: manifest[key] for key in TOLD_ANEW}
    if now == opened.manifest:
        return opened
    retell(opened.folder, now)
    return Run(opened.folder, now)


MOST_CHUNK_BYTES = 24 * 2**20
MOST_IN_CHUNK = {"batch": 4096, "reference": 32}
"""Of the slow engine fewer are lost with an interrupted chunk."""
LEAST_IN_CHUNK = {"batch": 16, "reference": 4}
LEAST_CHUNKS = 8
MOST_CHUNK = 10**6


def part_size(layout: Layout, n: int, engine: str) -> int:
    """Replications simulated and stored together: a power of two, by their size and number. Workers do not change it."""
    most = min(MOST_IN_CHUNK[engine], max(1, MOST_CHUNK_BYTES // max(1, layout.bytes())))
    wanted = max(LEAST_IN_CHUNK[engine], -(-n // LEAST_CHUNKS))
    return min(1 << (most.bit_length() - 1), 1 << (wanted - 1).bit_length())


def make_fanout(engine: str | None, workers: int, processes: bool = False, cluster: str | None = None) -> Fanout:
    """What simulates; the default engine where none is named. Raises RequestError for an unknown one."""
    from alliancesim.study.runs.batch import ENGINE, Fanout
    from alliancesim.study.runs.simulator import check_engine

    wanted = ENGINE if engine is None else engine
    check_engine(wanted)
    return Fanout(wanted, workers, processes, cluster)
