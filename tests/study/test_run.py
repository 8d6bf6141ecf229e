from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from harness import TUTORIAL

from alliancesim.errors import PlanError, RequestError, StoreError
from alliancesim.plan.columns import FISCAL_YEAR, PROGRAM, PROGRAM_YEAR, RESOURCE_YEAR
from alliancesim.scenario.load import LoadedScenario
from alliancesim.study.explain import explain
from alliancesim.study.runs import reading
from alliancesim.study.runs.batch import Fanout
from alliancesim.study.runs.layout import Layout
from alliancesim.study.runs.manifest import FORMAT_VERSION
from alliancesim.study.runs.run import Run, open_run, run
from alliancesim.study.sensitivity.evidence import evidence
from alliancesim.study.sensitivity.sensitivity import sensitivity
from alliancesim.study.sourcing import sources


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.parquet")}


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


@pytest.mark.parametrize("m", [-1, 0, 41, 1000, True, 1.5])
def test_there_is_no_digest_of_replications_that_are_not_there(stored: Run, m: Any) -> None:
    with pytest.raises(RequestError, match=rf"m = {m}; a whole number from 1 to 40"):
        stored.digest_of_first(m)


def test_another_seed_gives_other_outcomes(tutorial: LoadedScenario, stored: Run, tmp_path: Path) -> None:
    assert run(tutorial, n=1, seed=8, out=tmp_path / "other").digest != stored.digest_of_first(1)


def test_parts_of_another_size_hold_the_same_rows(tutorial: LoadedScenario, stored: Run, tmp_path: Path) -> None:
    small = run(tutorial, n=40, seed=7, out=tmp_path / "small", chunk=7)
    assert [part.name for part in small.parts] == [f"{first:08d}-n{7 if first < 35 else 5}" for first in range(0, 40, 7)]
    assert small.digest == stored.digest == small.recomputed_digest()
    for table in ("replications", *stored.tables):
        assert small.to_arrow(table).to_pylist() == stored.to_arrow(table).to_pylist()


def test_outcomes_come_key_by_key_within_a_bounded_memory(stored: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = ["delivered_units", "contracted_bn"]
    whole = [stored.values("program_years", column).reshape(stored.n, -1) for column in columns]
    for most in (1, 96 * 2**20):
        monkeypatch.setattr(reading, "MOST_BYTES", most)
        found = dict(stored.by_key("program_years", columns, [0, 3, 19]))
        assert list(found) == [0, 3, 19]
        assert all(np.array_equal(found[key][c], whole[c][:, key]) for key in found for c in range(2))


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
        schema = pq.read_schema(stored.parts[0].file(stored.folder, name))
        described = {column["name"]: column for column in stored.manifest["tables"][name]["columns"]}
        assert list(described) == schema.names
        for column in columns:
            assert schema.field(column.name).metadata == {b"unit": column.unit.encode(), b"meaning": column.meaning.encode()}
            assert described[column.name]["unit"] == column.unit
    assert {"usd_market_rate", "usd_budget_rate", "usd_payments_m", "operational_strike_bn"} <= set(
        pq.read_schema(stored.parts[0].file(stored.folder, "fiscal_years")).names
    )


def test_rows_and_outcomes_are_inverse(stored: Run) -> None:
    layout = Layout(2025, 3, ("USD", "EUR"), ("a", "b", "c"), ("p",), (), ("strike",), ("budget", "ties"))
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
    assert (manifest["scenario"], manifest["seed"], manifest["n"], manifest["engine"]) == ("tutorial", 7, 40, Fanout().engine)
    assert manifest["files"] == ["tutorial.yaml"]
    assert manifest["resolved"]["programs"]["ship"]["unit_cost_bn"] == 100.0
    assert str(TUTORIAL.parent) not in json.dumps(manifest)
    assert {"alliancesim", "numpy", "numba", "python", "git", "code"} <= manifest["versions"].keys()


def test_the_default_folder_is_named_for_the_run_and_opened_again(tutorial: LoadedScenario, here: Path) -> None:
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
        ({"chunk": 0}, "chunk = 0"),
        ({"engine": "steam"}, "engine = 'steam'"),
        ({"chunk": 1.5}, "chunk = 1.5; a whole number from 1 to 1,000,000"),
    ],
)
def test_senseless_requests_are_refused(arguments: dict[str, Any], said: str, here: Path) -> None:
    with pytest.raises(RequestError, match=said):
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


@pytest.mark.parametrize(
    "name", ["mine.parquet", "mine.unfinished", "programs/mine.parquet", "programs/mine.unfinished", "parts/notes.json"]
)
def test_no_file_of_a_user_is_taken_for_one_of_the_run(tutorial: LoadedScenario, tmp_path: Path, name: str) -> None:
    done = run(tutorial, n=1, out=tmp_path / "run")
    (done.folder / name).write_text("years of work")
    with pytest.raises(StoreError, match=re.escape(f"holds files that are not the run's ({name})")):
        run(tutorial, n=2, out=done.folder)
    assert (done.folder / name).read_text() == "years of work"


@pytest.mark.parametrize("out", [".", "..", "below/.."])
def test_a_place_without_a_name_of_its_own_is_refused_at_once(tutorial: LoadedScenario, here: Path, out: str) -> None:
    told: list[tuple[int, int]] = []
    with pytest.raises(StoreError, match=r"name one, for example .*run$"):
        run(tutorial, n=1, out=out, progress=lambda done, total: told.append((done, total)))
    assert (told, list(here.iterdir())) == ([], [])


@pytest.mark.parametrize("kept", [True, False])
def test_a_link_is_refused_at_once_and_left(tutorial: LoadedScenario, tmp_path: Path, kept: bool) -> None:
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "link"
    link.symlink_to(elsewhere)
    if kept:
        run(tutorial, n=1, out=elsewhere)
    with pytest.raises(StoreError, match=r"link: is a link to .*elsewhere; name the folder itself"):
        run(tutorial, n=2, out=link)
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == (["elsewhere", "link"] if kept else ["link"])


def test_a_run_below_the_home_folder_is_written_and_opened_there(
    tutorial: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(tutorial, n=2, out="~/mine").folder == tmp_path / "mine"
    assert open_run("~/mine").n == 2


def test_what_is_replaced_is_said_once(tutorial: LoadedScenario, tmp_path: Path) -> None:
    said: list[str] = []
    for n, seed in ((4, 7), (4, 8), (6, 8), (2, 8)):
        run(tutorial, n=n, seed=seed, out=tmp_path / "one", say=said.append)
    assert [text for text in said if "replaces" in text] == [
        f"{tmp_path / 'one'}: replaces tutorial, seed 7, 4 replications",
        f"{tmp_path / 'one'}: replaces tutorial, seed 8, 6 replications",
    ]


def test_an_empty_folder_may_become_a_run(tutorial: LoadedScenario, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert open_run(run(tutorial, n=1, out=tmp_path / "empty").folder).n == 1


def test_a_place_that_cannot_be_written_is_said_and_left(tutorial: LoadedScenario, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot write the run"):
        run(tutorial, n=1, out=tmp_path / "file" / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("damage", [{"layout": {}}, {"n": "abc"}, {"n": 2}, {"parts": 3}])
def test_a_damaged_manifest_is_refused_and_made_again(tutorial: LoadedScenario, tmp_path: Path, damage: dict[str, Any]) -> None:
    done = run(tutorial, n=1, out=tmp_path / "run")
    (done.folder / "manifest.json").write_text(json.dumps(done.manifest | damage))
    with pytest.raises(StoreError, match=r"manifest\.json is damaged"):
        open_run(done.folder)
    assert run(tutorial, n=1, out=tmp_path / "run").digest == open_run(done.folder).digest == done.digest


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "NaN", "1e999"])
@pytest.mark.parametrize("key", ["n", "first_fy", "horizon_months", "as_of"])
def test_a_manifest_with_a_number_that_is_none_is_refused_and_made_again(
    tutorial: LoadedScenario, tmp_path: Path, number: str, key: str
) -> None:
    done = run(tutorial, n=1, out=tmp_path / "run")
    manifest = done.folder / "manifest.json"
    told, count = re.subn(rf'"{key}": [^,]+', f'"{key}": {number}', manifest.read_text(), count=1)
    assert count == 1
    manifest.write_text(told)
    with pytest.raises(StoreError, match=r"no readable manifest\.json"):
        open_run(done.folder)
    assert run(tutorial, n=1, out=tmp_path / "run").digest == open_run(done.folder).digest == done.digest


def test_damaged_folders_are_refused(tutorial: LoadedScenario, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such folder"):
        open_run(tmp_path / "nowhere")
    with pytest.raises(StoreError, match=r"no readable manifest\.json"):
        open_run(tmp_path)
    done = run(tutorial, n=2, out=tmp_path / "run")
    (part,) = done.parts
    part.file(done.folder, "programs").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="cannot be read"):
        open_run(done.folder).values("programs", "slip_months")
    part.file(done.folder, "programs").unlink()
    with pytest.raises(StoreError, match="not complete"):
        open_run(done.folder)
    manifest = done.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"burden_new_bn"', '"new_burden_bn"'))
    with pytest.raises(StoreError, match="the columns of another version of alliancesim; run it again"):
        open_run(done.folder)
    manifest.write_text(manifest.read_text().replace(f'"format_version": {FORMAT_VERSION}', '"format_version": 99'))
    with pytest.raises(StoreError, match="format version 99"):
        open_run(done.folder)


def test_a_part_in_the_place_of_another_is_refused(tutorial: LoadedScenario, tmp_path: Path) -> None:
    done = run(tutorial, n=4, out=tmp_path / "run", chunk=2)
    one, other = done.parts
    other.file(done.folder, "programs").write_bytes(one.file(done.folder, "programs").read_bytes())
    with pytest.raises(StoreError, match=r"replications 0 to 1, 2 to 3 by its name; run the scenario again"):
        done.values("programs", "slip_months")


def test_unknown_tables_and_columns_are_named(stored: Run) -> None:
    ships = r"no table 'ships'; there are fiscal_years, programs"
    slip = r"table programs: no column 'slip_month'; did you mean 'slip_months'\?"
    readers: list[Callable[[str, str], object]] = [
        stored.values, stored.column, lambda table, column: stored.by_key(table, [column]),
        lambda table, column: stored.to_arrow(table, ["program", column]),
        lambda table, column: stored.to_pandas(table, [column]),
    ]  # fmt: skip
    for read in readers:
        with pytest.raises(RequestError, match=ships):
            read("ships", "slip_months")
        with pytest.raises(RequestError, match=slip):
            read("programs", "slip_month")
    with pytest.raises(RequestError, match=r"table replications: no column 'digests'; did you mean 'digest'\?"):
        stored.to_arrow("replications", ["digests"])


def test_settings_beside_a_loaded_scenario_are_refused(tutorial: LoadedScenario, here: Path) -> None:
    settings = {"currencies.USD.spot_rate": "180"}
    of = "programs.ship.slip_months"
    verbs: list[Callable[[], object]] = [
        lambda: run(tutorial, n=1, settings=settings),
        lambda: explain(tutorial, 0, settings=settings),
        lambda: sources(tutorial, settings),
        lambda: evidence(tutorial, of, settings=settings),
        lambda: sensitivity(tutorial, [of], settings=settings),
    ]
    for verb in verbs:
        with pytest.raises(RequestError, match=r"settings \(currencies\.USD\.spot_rate\) beside a loaded scenario"):
            verb()
    assert list(here.iterdir()) == []
