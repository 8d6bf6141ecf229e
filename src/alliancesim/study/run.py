"""A run: simulated and stored, or opened from its folder; its tables as arrays, Arrow or pandas."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancesim.errors import StoreError
from alliancesim.plan.columns import Column
from alliancesim.study.digest import replication_digest, run_digest
from alliancesim.study.layout import Floats, Layout, Table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from alliancesim.scenario.load import LoadedScenario

Progress = Callable[[int, int], None]
"""Told after every chunk: replications done, and in all."""


class Run:
    """One execution of one scenario, stored in one folder."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.layout = Layout.from_plain(manifest["layout"])
        self.tables: dict[str, Table] = self.layout.tables()

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
        """Digest of all outcomes, see `study.digest`."""
        return str(self.manifest["outcomes_digest"])

    def digest_of_first(self, m: int) -> str:
        """The digest a run of the first m replications has."""
        return run_digest(self.layout, self.replication_digests()[:m])

    def replication_digests(self) -> list[str]:
        """Digest of each replication."""
        digests: list[str] = self.to_arrow("replications").column("digest").to_pylist()
        return digests

    def recomputed_digest(self) -> str:
        """The digest of the stored tables; equal to `digest` unless the folder is damaged."""
        rows = {
            table.name: np.stack([self.values(table.name, column.name) for column in table.columns], axis=-1)
            for table in self.tables.values()
        }
        outcomes = self.layout.outcomes(rows)
        each = (type(outcomes)(*(array[r] for array in outcomes)) for r in range(self.n))
        return run_digest(self.layout, (replication_digest(one) for one in each))

    def values(self, table: str, column: str) -> Floats:
        """One column as an array of shape (replication, *keys of the table)."""
        described = self.tables[table]
        described.position(column)
        read = self.to_arrow(table, [column]).column(column).to_numpy()
        return np.asarray(read, np.float64).reshape(self.n, *described.shape)

    def column(self, table: str, column: str) -> Column:
        """Name, unit and meaning of a column."""
        described = self.tables[table]
        return described.columns[described.position(column)]

    def to_arrow(self, table: str, columns: list[str] | None = None) -> pa.Table:
        """A table, or some columns of it, as Arrow. Raises StoreError when it is damaged."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        known = ("replications", *self.tables)
        if table not in known:
            message = f"no table '{table}'; a run has {', '.join(known)}"
            raise StoreError(message)
        path = self.folder / f"{table}.parquet"
        rows = self.n * (self.tables[table].rows if table in self.tables else 1)
        try:
            read = pq.read_table(path, columns=columns)
        except (OSError, pa.ArrowException) as error:
            message = f"{path}: cannot be read ({error}); run the scenario again"
            raise StoreError(message) from error
        if read.num_rows != rows:
            message = f"{path}: {read.num_rows} rows, the manifest says {rows}; run the scenario again"
            raise StoreError(message)
        return read

    def to_pandas(self, table: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A table, or some columns of it, as pandas (which must be installed)."""
        frame: pd.DataFrame = self.to_arrow(table, columns).to_pandas()
        return frame


def as_of_fy(run: Run) -> int:
    """The last fiscal year that has begun by the as-of date; the year before the first one where nothing is fact."""
    as_of = run.manifest["as_of"]
    if as_of is None:
        return run.layout.first_fy - 1
    year, month = int(as_of[:4]), int(as_of[5:7])
    return year if month >= int(run.manifest["fy_first_month"]) else year - 1


def open_run(folder: str | os.PathLike[str]) -> Run:
    """Open a run folder. Raises StoreError when it is none, or not complete."""
    from alliancesim.study.manifest import FORMAT, FORMAT_VERSION

    path = Path(folder)
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = "no such folder" if not path.is_dir() else "no readable manifest.json in it"
        message = f"{path}: not a run folder ({why}); make one with: alliancesim run SCENARIO"
        raise StoreError(message) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        message = f"{path}: its manifest.json is not of a run"
        raise StoreError(message)
    if manifest.get("format_version") != FORMAT_VERSION:
        message = f"{path}: format version {manifest.get('format_version')}, this version reads {FORMAT_VERSION}; run it again"
        raise StoreError(message)
    run = Run(path, manifest)
    missing = [name for name in ("replications", *run.tables) if not (path / f"{name}.parquet").is_file()]
    if missing:
        message = f"{path}: not complete, {missing[0]}.parquet is missing; run the scenario again"
        raise StoreError(message)
    return run


def run(
    scenario: str | os.PathLike[str] | LoadedScenario, n: int = 1000, seed: int = 0, workers: int = 1,
    out: str | os.PathLike[str] | None = None, settings: Mapping[str, str] | None = None, progress: Progress | None = None,
) -> Run:  # fmt: skip
    """Simulate n replications and store them in a run folder.

    Args:
        scenario: a scenario file, or what `load_scenario` gave.
        n: number of replications, 1 to 10^7; the first ones are the same for every n.
        seed: of all draws, 0 to 2^63 - 1.
        workers: processes; they never change an outcome.
        out: the run folder; default `results/runs/<scenario>-seed<seed>-n<n>-<hash>`. An older run in it is replaced.
        settings: values by dotted path laid over the file; only with a file.
        progress: told after every chunk.

    Raises:
        ScenarioError, PlanError: the scenario cannot be used.
        RunError: the request makes no sense, or a replication failed.
        StoreError: the folder cannot be written.
    """
    from alliancesim.kernels import source_hash
    from alliancesim.plan.compile import compile_plan
    from alliancesim.scenario.load import LoadedScenario, load_scenario
    from alliancesim.study.batch import ENGINE, check_request, chunks
    from alliancesim.study.manifest import manifest as begin_manifest
    from alliancesim.study.store import RunWriter, default_folder

    began = time.perf_counter()
    check_request(n, seed, workers)
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, settings)
    compiled = compile_plan(loaded)
    manifest = begin_manifest(loaded, compiled, dict(settings or {}), n, seed, ENGINE, source_hash())
    place = Path(out) if out is not None else default_folder(loaded.scenario.name, seed, n, manifest["scenario_hash"])
    layout = Layout.of(compiled)
    with RunWriter(place, layout, n) as writer, contextlib.closing(chunks(compiled, n, seed, workers)) as stream:
        for chunk in stream:
            writer.append(chunk)
            if progress is not None:
                progress(len(writer.digests), n)
        manifest |= {
            "outcomes_digest": run_digest(layout, writer.digests),
            "events": writer.events,
            "workers": workers,
            "wall_seconds": round(time.perf_counter() - began, 3),
        }
        writer.finish(manifest)
    return Run(place, manifest)
