from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import TUTORIAL

from alliancesim.cli import status
from alliancesim.errors import RequestError, StoreError
from alliancesim.scenario.load import LoadedScenario
from alliancesim.study.runs.query import MOST_SHOWN, query
from alliancesim.study.runs.run import Run, open_run, run

SLIPS = "SELECT program, avg(slip_months) AS slip FROM programs GROUP BY program ORDER BY program"


def test_tables_are_known_by_their_names(stored: Run) -> None:
    for table in ("replications", *stored.tables):
        assert stored.query(f"SELECT * FROM {table}").to_pylist() == stored.to_arrow(table).to_pylist()
    slips = dict(zip(stored.layout.programs, stored.values("programs", "slip_months").mean(axis=0), strict=True))
    assert {row["program"]: row["slip"] for row in stored.query(SLIPS).to_pylist()} == pytest.approx(slips)


def test_files_that_are_not_of_the_run_are_not_read(tutorial: LoadedScenario, tmp_path: Path) -> None:
    done = run(tutorial, n=4, out=tmp_path / "run", chunk=2)
    (done.folder / "programs" / "00000004-n2.parquet").write_bytes(done.parts[0].file(done.folder, "programs").read_bytes())
    assert done.query("SELECT count(DISTINCT replication) AS n, count(*) AS rows FROM programs").to_pylist() == [
        {"n": 4, "rows": 8}
    ]


@pytest.mark.parametrize("how", [[], ["--json"], ["--csv"]])
def test_an_answer_is_printed(stored: Run, capsys: pytest.CaptureFixture[str], how: list[str]) -> None:
    assert status(["query", str(stored.folder), SLIPS, *how]) == 0
    out = capsys.readouterr().out
    rows = {"--json": json.loads, "--csv": lambda text: list(csv.DictReader(io.StringIO(text)))}
    if how:
        assert [row["program"] for row in rows[how[0]](out)] == ["missile", "ship"]
    else:
        assert out.splitlines()[0].split() == ["program", "slip"]


def test_no_rows_and_odd_values_are_fit_for_json(stored: Run, capsys: pytest.CaptureFixture[str]) -> None:
    odd = "SELECT 'nan'::DOUBLE AS a, NULL AS b, DATE '2025-04-01' AS c, [1.5, 2] AS d, {'x': 1} AS e, 1.25::DECIMAL(9, 2) AS f"
    assert status(["query", str(stored.folder), odd, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row == {"a": None, "b": None, "c": "2025-04-01", "d": [1.5, 2], "e": {"x": 1}, "f": 1.25}
    assert status(["query", str(stored.folder), "SELECT * FROM programs WHERE false", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("kept", [slice(100), slice(0)])
def test_a_damaged_file_is_no_mistake_of_the_query(stored: Run, tmp_path: Path, kept: slice) -> None:
    damaged = Run(tmp_path / "run", stored.manifest)
    shutil.copytree(stored.folder, damaged.folder)
    file = damaged.parts[0].file(damaged.folder, "programs")
    file.write_bytes(file.read_bytes()[kept])
    with pytest.raises(StoreError, match=file.name):
        damaged.query(SLIPS)


def another_part(done: Run) -> None:
    """The second part's programs are those of the first."""
    one, other = (part.file(done.folder, "programs") for part in done.parts)
    other.write_bytes(one.read_bytes())


def another_part_with_its_seal(done: Run) -> None:
    another_part(done)
    one, other = (part.seal(done.folder) for part in done.parts)
    other.write_bytes(one.read_bytes())


def a_flipped_bit(done: Run) -> None:
    file = done.parts[1].file(done.folder, "programs")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def no_seal(done: Run) -> None:
    done.parts[1].seal(done.folder).unlink()


def another_run(done: Run) -> None:
    """A part of another seed, seal and all but the table of replications, in the place of this one's."""
    other = run(TUTORIAL, n=4, seed=8, out=done.folder.with_name("other"), chunk=2)
    for file in (part := other.parts[1]).file(other.folder, "programs"), part.seal(other.folder):
        shutil.copy(file, done.folder / file.relative_to(other.folder))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (another_part, r"programs.00000002-n2\.parquet: damaged, or of another run; run the scenario again"),
        (another_part_with_its_seal, r"replications 0 to 1, 2 to 3 by its name; run the scenario again"),
        (a_flipped_bit, r"programs.00000002-n2\.parquet: damaged"),
        (no_seal, r"parts.00000002-n2\.json: damaged"),
        (another_run, r"parts.00000002-n2\.json: damaged, or of another run"),
    ],
)
def test_nothing_is_computed_of_a_damaged_part(
    tutorial: LoadedScenario, tmp_path: Path, damage: Callable[[Run], None], said: str
) -> None:
    done = run(tutorial, n=4, seed=7, out=tmp_path / "run", chunk=2)
    damage(done)
    for sql in (SLIPS, "SELECT avg(slip_months) FROM Programs", 'WITH x AS (FROM "PROGRAMS") SELECT count(*) FROM x'):
        with pytest.raises(StoreError, match=said):
            open_run(done.folder).query(sql)


def test_a_query_is_not_held_up_by_tables_it_does_not_name(tutorial: LoadedScenario, tmp_path: Path) -> None:
    done = run(tutorial, n=4, seed=7, out=tmp_path / "run", chunk=2)
    a_flipped_bit(done)
    assert done.query("SELECT count(*) AS n FROM program_years").to_pylist() == [{"n": 4 * done.table("program_years").rows}]


def test_a_time_with_a_zone_is_told_how_to_be_read(
    stored: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pytz", None)
    assert status(["query", str(stored.folder), "SELECT TIMESTAMPTZ '2025-04-01 00:00:00+00' AS t"]) == 2
    said = "alliancesim: SQL: times with a time zone are read by pytz, which is not installed; cast them to text: now()::TEXT\n"
    assert capsys.readouterr().err == said
    assert status(["query", str(stored.folder), "SELECT TIMESTAMPTZ '2025-04-01 00:00:00+00'::TEXT AS t", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["t"].startswith("2025-0")


def test_columns_of_one_name_are_no_json(stored: Run, capsys: pytest.CaptureFixture[str]) -> None:
    both = "SELECT program, avg(slip_months) AS months, max(slip_months) AS months FROM programs GROUP BY program"
    with pytest.raises(RequestError, match="two columns"):
        query(stored, both).plain()
    assert status(["query", str(stored.folder), both, "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "alliancesim: SQL: two columns are named 'months'; name them apart with AS\n"
    assert status(["query", str(stored.folder), both, "--csv"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "program,months,months"


def test_a_long_answer_is_cut_for_people_only(stored: Run) -> None:
    sql = f"SELECT * FROM range({MOST_SHOWN + 1})"
    sheet = query(stored, sql).sheet()
    assert len(sheet.rows) == MOST_SHOWN
    assert "--csv and --json give all" in sheet.note
    assert stored.query(sql).num_rows == MOST_SHOWN + 1


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT nothing FROM programs", "nothing"),
        ("SELECT * FROM ships", "ships"),
        ("SELECT 1; SELECT 2", "not one SELECT"),
        ("", "not one SELECT"),
        ("DROP VIEW programs", "not one SELECT"),
        ("COPY programs TO 'mine.csv'", "not one SELECT"),
        ("CREATE TABLE mine AS SELECT 1", "not one SELECT"),
        ("SELECT 'a'::INTEGER", "Could not convert"),
        ("SELECT error('late') FROM programs", "late"),
        ("SELECT * FROM read_csv('/etc/hostname')", "disabled"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(
    stored: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RequestError, match=said):
        stored.query(sql)
    assert status(["query", str(stored.folder), sql, "--csv"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_odd_names_of_folders_are_no_patterns(stored: Run, tmp_path: Path) -> None:
    odd = tmp_path / "it's [a] *"
    shutil.copytree(stored.folder, odd)
    assert Run(odd, stored.manifest).query("SELECT count(*) AS n FROM replications").to_pylist() == [{"n": stored.n}]
