from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from alliancesim.errors import PlanError, RunError, StoreError
from alliancesim.plan.columns import FISCAL_YEAR, PROGRAM, PROGRAM_YEAR, RESOURCE_YEAR
from alliancesim.scenario.load import LoadedScenario
from alliancesim.study import store
from alliancesim.study.layout import Layout
from alliancesim.study.run import Run, open_run, run

TUTORIAL = Path(__file__).parents[2] / "scenarios" / "tutorial.yaml"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".parquet"}


def begin(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "alliancesim", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def wait_for_partial(folder: Path, process: subprocess.Popen[bytes]) -> Path:
    for _ in range(6000):
        found = [path for path in folder.iterdir() if path.name.endswith(".partial")]
        if found and any(found[0].iterdir()):
            return found[0]
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.02)
    message = "the run never began to write"
    raise AssertionError(message)


def test_a_run_repeats_bit_by_bit(tutorial: LoadedScenario, stored: Run, tmp_path: Path) -> None:
    again = run(tutorial, n=40, seed=7, out=tmp_path / "again")
    assert again.digest == stored.digest
    assert files(again.folder) == files(stored.folder)


def test_workers_change_nothing(tutorial: LoadedScenario, stored: Run, tmp_path: Path) -> None:
    parallel = run(tutorial, n=40, seed=7, workers=2, out=tmp_path / "parallel")
    assert parallel.digest == stored.digest
    assert files(parallel.folder) == files(stored.folder)


def test_the_first_rows_of_a_longer_run_are_the_shorter_run(tutorial: LoadedScenario, stored: Run, tmp_path: Path) -> None:
    longer = run(tutorial, n=60, seed=7, out=tmp_path / "longer")
    assert longer.digest != stored.digest
    assert longer.digest_of_first(40) == stored.digest
    for table in stored.tables:
        short = stored.to_arrow(table)
        assert longer.to_arrow(table).slice(0, short.num_rows).to_pylist() == short.to_pylist()


def test_another_seed_gives_other_outcomes(tutorial: LoadedScenario, stored: Run, tmp_path: Path) -> None:
    assert run(tutorial, n=1, seed=8, out=tmp_path / "other").digest != stored.digest_of_first(1)


def test_row_groups_do_not_change_rows(
    tutorial: LoadedScenario, stored: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_IN_ROW_GROUP", 7)
    small = run(tutorial, n=40, seed=7, out=tmp_path / "small")
    assert pq.ParquetFile(small.folder / "programs.parquet").num_row_groups == 6
    assert small.digest == stored.digest == small.recomputed_digest()
    assert small.to_arrow("program_years").to_pylist() == stored.to_arrow("program_years").to_pylist()


def test_the_digest_covers_what_is_stored(stored: Run) -> None:
    assert stored.recomputed_digest() == stored.digest
    assert len(set(stored.replication_digests())) == stored.n


def test_tables_have_one_row_per_replication_and_key(stored: Run) -> None:
    years, programs, resources = stored.layout.years, len(stored.layout.programs), len(stored.layout.resources)
    rows = {"fiscal_years": years, "programs": programs, "program_years": programs * years, "resource_years": resources * years}
    for table, count in rows.items():
        assert stored.to_arrow(table).num_rows == stored.n * count
    frame = stored.to_pandas("program_years")
    assert list(frame.columns[:3]) == ["replication", "program", "fiscal_year"]
    one = frame[(frame.replication == 3) & (frame.program == "ship") & (frame.fiscal_year == 2030)]
    at = (3, stored.layout.programs.index("ship"), 2030 - stored.layout.first_fy)
    assert one["delivered_units"].item() == stored.values("program_years", "delivered_units")[at]


def test_columns_and_units_stand_in_the_files_and_the_manifest(stored: Run) -> None:
    tables = {"fiscal_years": FISCAL_YEAR, "programs": PROGRAM, "program_years": PROGRAM_YEAR, "resource_years": RESOURCE_YEAR}
    for name, columns in tables.items():
        schema = pq.read_schema(stored.folder / f"{name}.parquet")
        described = {column["name"]: column for column in stored.manifest["tables"][name]["columns"]}
        assert list(described) == schema.names
        for column in columns:
            assert schema.field(column.name).metadata == {b"unit": column.unit.encode(), b"meaning": column.meaning.encode()}
            assert described[column.name]["unit"] == column.unit
    assert {"usd_market_rate", "usd_budget_rate", "usd_payments_m", "operational_strike_bn"} <= set(
        pq.read_schema(stored.folder / "fiscal_years.parquet").names
    )


def test_rows_and_outcomes_are_inverse(stored: Run) -> None:
    layout = Layout(2025, 3, ("USD", "EUR"), ("a", "b", "c"), ("p",), ())
    rng = np.random.default_rng(1)
    shapes = {name: (5, *table.shape, len(table.columns)) for name, table in layout.tables().items()}
    rows = {name: rng.random(shape) for name, shape in shapes.items()}
    back = layout.rows(layout.outcomes(rows))
    assert all(np.array_equal(rows[name], back[name]) for name in rows)


def test_two_currencies_that_differ_in_case_only_are_refused() -> None:
    with pytest.raises(PlanError, match="two columns of table fiscal_years would be named usd_"):
        Layout(2025, 3, ("USD", "usd"), (), (), ()).tables()


def test_the_manifest_names_what_was_run(stored: Run) -> None:
    manifest = stored.manifest
    assert (manifest["scenario"], manifest["seed"], manifest["n"], manifest["engine"]) == ("tutorial", 7, 40, "reference")
    assert manifest["files"] == ["tutorial.yaml"]
    assert manifest["resolved"]["programs"]["ship"]["unit_cost_bn"] == 100.0
    assert str(TUTORIAL.parent) not in json.dumps(manifest)
    assert {"alliancesim", "numpy", "numba", "python", "git", "code"} <= manifest["versions"].keys()


def test_the_default_folder_is_named_for_the_run_and_replaced(tutorial: LoadedScenario, here: Path) -> None:
    first = run(tutorial, n=1, seed=3)
    assert first.folder.as_posix() == f"results/runs/tutorial-seed3-n1-{first.manifest['scenario_hash'][:8]}"
    second = run(tutorial, n=1, seed=3)
    assert second.folder == first.folder
    assert [path.name for path in first.folder.parent.iterdir()] == [first.folder.name]
    assert open_run(first.folder).digest == second.digest


def test_settings_change_the_scenario_hash(here: Path) -> None:
    plain = run(TUTORIAL, n=1)
    changed = run(TUTORIAL, n=1, settings={"currencies.USD.spot_rate": "180"})
    assert changed.manifest["settings"] == {"currencies.USD.spot_rate": "180"}
    assert changed.folder != plain.folder
    assert changed.digest != plain.digest


def test_progress_is_told_in_order(tutorial: LoadedScenario, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    run(tutorial, n=20, out=tmp_path / "run", progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (20, 20)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n": 0}, "n = 0"),
        ({"n": -3}, "n = -3"),
        ({"n": 10**7 + 1}, "from 1 to 10,000,000"),
        ({"n": 2.5}, "n = 2.5"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": 2**63}, "seed"),
        ({"workers": 0}, "workers = 0"),
    ],
)
def test_senseless_requests_are_refused(arguments: dict[str, int], said: str, here: Path) -> None:
    with pytest.raises(RunError, match=said):
        run(TUTORIAL, **{"n": 2, **arguments})
    assert list(here.iterdir()) == []


def test_a_folder_that_is_not_a_run_is_left_alone(tutorial: LoadedScenario, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(StoreError, match="not a run folder"):
        run(tutorial, n=1, out=mine)
    with pytest.raises(StoreError, match="is a file"):
        run(tutorial, n=1, out=mine / "thesis.txt")
    done = run(tutorial, n=1, out=tmp_path / "run")
    (done.folder / "notes.txt").write_text("mine too")
    with pytest.raises(StoreError, match=r"notes\.txt"):
        run(tutorial, n=2, out=done.folder)
    assert open_run(done.folder).n == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "run"]


def test_an_empty_folder_may_become_a_run(tutorial: LoadedScenario, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert open_run(run(tutorial, n=1, out=tmp_path / "empty").folder).n == 1


def test_a_place_that_cannot_be_written_is_said_and_left(tutorial: LoadedScenario, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot write the run"):
        run(tutorial, n=1, out=tmp_path / "file" / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_is_said_and_leaves_nothing(
    tutorial: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(StoreError, match="the disk is full"):
        run(tutorial, n=2, out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_file_size_limit_of_the_system_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000));"
        "from alliancesim.cli import status; sys.exit(status(sys.argv[1:]))"
    )
    arguments = ["run", str(TUTORIAL), "-n", "40", "--out", str(tmp_path / "run")]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}  # the cache of compiled kernels would meet the limit first
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 2, done.stderr
    assert "cannot write the run" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_failed_replication_is_named_and_leaves_nothing(
    tutorial: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alliancesim.engine.reference import Engine

    whole = Engine.simulate

    def broken(self: Engine, params: object, seed: int, replication: int, trace: None = None) -> object:
        if replication == 3:
            message = "no such stage"
            raise LookupError(message)
        return whole(self, params, seed, replication, trace)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "simulate", broken)
    with pytest.raises(RunError, match="replication 3 of seed 5") as caught:
        run(tutorial, n=9, seed=5, out=tmp_path / "run")
    assert (caught.value.seed, caught.value.replication) == (5, 3)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_run_leaves_nothing_that_reads_as_one(tmp_path: Path) -> None:
    process = begin("run", str(TUTORIAL), "-n", "1000000", "--out", str(tmp_path / "run"))
    partial = wait_for_partial(tmp_path, process)
    process.kill()
    process.wait()
    assert not (tmp_path / "run").exists()
    with pytest.raises(StoreError, match="not a run folder"):
        open_run(partial)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_cleans_up(tmp_path: Path, how: signal.Signals) -> None:
    process = begin("run", str(TUTORIAL), "-n", "1000000", "--workers", "2", "--out", str(tmp_path / "run"))
    wait_for_partial(tmp_path, process)
    process.send_signal(how)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"interrupted" in talk
    assert b"Traceback" not in talk
    assert list(tmp_path.iterdir()) == []


def test_damaged_folders_are_refused(tutorial: LoadedScenario, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such folder"):
        open_run(tmp_path / "nowhere")
    with pytest.raises(StoreError, match=r"no readable manifest\.json"):
        open_run(tmp_path)
    done = run(tutorial, n=2, out=tmp_path / "run")
    (done.folder / "programs.parquet").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="cannot be read"):
        open_run(done.folder).values("programs", "slip_months")
    (done.folder / "programs.parquet").unlink()
    with pytest.raises(StoreError, match="not complete"):
        open_run(done.folder)
    manifest = done.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format_version": 1', '"format_version": 99'))
    with pytest.raises(StoreError, match="format version 99"):
        open_run(done.folder)


def test_unknown_tables_and_columns_are_named(stored: Run) -> None:
    with pytest.raises(StoreError, match="no table 'ships'"):
        stored.to_arrow("ships")
    with pytest.raises(KeyError, match="no column 'slip'"):
        stored.values("programs", "slip")
