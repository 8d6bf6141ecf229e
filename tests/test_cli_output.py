"""Output that nobody takes, or that cannot be written: what the exit status is then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, closing, contextmanager
from pathlib import Path

import pytest
from harness import TUTORIAL

from alliancesim.cli import status
from alliancesim.study.runs.run import open_run

WRONG_FACT = ["sources", str(TUTORIAL), "--set", "money.personnel_bn.2025={value: 1.0, fact: budget/none/amount}"]
"""A check that fails after its tables are printed."""


@contextmanager
def closed_pipe() -> Iterator[int]:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def call(arguments: list[str], stdout: int, stderr: int = subprocess.PIPE, unbuffered: str = "") -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "alliancesim", *arguments], stdout=stdout, stderr=stderr, text=True, check=False,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
    )  # fmt: skip
    return done.returncode, done.stderr or ""


@pytest.fixture
def unread(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Path]:
    """A folder with the tutorial, and a standard output whose reader is gone before the first line."""
    assert capsys.readouterr().out == ""  # it captures first, so that only standard error stays captured
    (here / "tutorial.yaml").write_text(TUTORIAL.read_text())
    reading, writing = os.pipe()
    os.close(reading)
    with closing(os.fdopen(writing, "w", buffering=1)) as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        yield here


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_closed_pipe_is_no_error(unbuffered: str) -> None:
    with closed_pipe() as pipe:
        assert call(["schema"], pipe, unbuffered=unbuffered) == (0, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_failed_check_fails_without_a_reader_too(unbuffered: str) -> None:
    with closed_pipe() as pipe:
        code, said = call(WRONG_FACT, pipe, unbuffered=unbuffered)
        assert code == 1
        assert said.splitlines()[-1] == "1 citations do not hold"
        assert "Traceback" not in said
        assert call(WRONG_FACT, pipe, pipe, unbuffered) == (1, "")
        assert call(["validate", "none.yaml"], pipe, pipe, unbuffered) == (2, "")
        assert call(["validate", "--none"], pipe, pipe, unbuffered) == (2, "")


def test_talk_that_nobody_takes_changes_nothing() -> None:
    with Path("/dev/full").open("w") as full:
        assert call(["validate", str(TUTORIAL)], subprocess.DEVNULL, full.fileno()) == (0, "")
        assert call(WRONG_FACT, subprocess.DEVNULL, full.fileno()) == (1, "")


@pytest.mark.parametrize("form", [[], ["--json"], ["--format", "github"]])
def test_a_check_is_judged_without_a_reader(form: list[str], unread: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert unread == Path.cwd()
    assert status(["check", "tutorial.yaml", "-n", "20", *form]) == 1
    assert "1 of 1 expectations are not met" in capsys.readouterr().err
    assert status(["check", "none.json", *form]) == 1
    assert "no such expectation" in capsys.readouterr().err


def test_a_precision_is_judged_without_a_reader(unread: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = ["run", "tutorial.yaml", "-n", "20", "--precision", "programs.missile.slip_months.P80=0.001", "--most", "25"]
    for form in ([], ["--json"]):
        assert status([*wanted, *form]) == 1
        assert "precision not reached" in capsys.readouterr().err
    assert list((unread / "results/runs").iterdir())


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_trace_is_judged_without_a_reader(form: list[str], unread: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched, (unread / "old.json").open("w") as told:
        patched.setattr(sys, "stdout", told)
        assert status(["explain", "tutorial.yaml", "--replication", "3", "--json"]) == 0
    assert json.loads((unread / "old.json").read_text())
    trace = ["check", "--trace", "old.json", "--scenario", "tutorial.yaml", *form]
    assert status(trace) == 0
    text = TUTORIAL.read_text().replace("design: {duration_months: 6.0", "design: {duration_months: 7.0")
    (unread / "tutorial.yaml").write_text(text)
    assert status(trace) == 1


def test_only_the_output_s_own_pipe_ends_a_command_quietly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A pipe of something else that breaks, as of a worker, is a bug like any other."""
    from alliancesim.scenario import schema

    def broken() -> None:
        raise BrokenPipeError

    monkeypatch.setattr(schema, "json_schema", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert status(["schema"]) == 3


PLUS_MINUS = "\u00b1"
NOT_UTF8 = os.fsdecode(b"caf\xe9")


def test_what_the_encoding_of_the_output_lacks_is_escaped(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "nation.yaml").write_text(f"extends: {TUTORIAL}\nname: nation\ndescription: {PLUS_MINUS} 5\n", encoding="utf-8")
    assert status(["run", "nation.yaml", "-n", "20", "--out", "mine"]) == 0
    capsys.readouterr()
    answer = ["query", "mine", f"SELECT '{PLUS_MINUS}' AS a"]
    for arguments in (["show", "mine", "--causes"], answer, [*answer, "--csv"]):
        done = ascii_call(arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert status(arguments) == 0
        whole = capsys.readouterr().out
        assert PLUS_MINUS in whole
        assert done.stdout == whole.replace(PLUS_MINUS, "\\xb1")
    assert json.loads(ascii_call([*answer, "--json"]).stdout) == [{"a": PLUS_MINUS}]
    resolved = ascii_call(["validate", "nation.yaml", "--resolved", "--json"])
    assert json.loads(resolved.stdout)["resolved"]["description"] == f"{PLUS_MINUS} 5"


def test_what_has_no_escapes_is_refused_by_an_output_that_lacks_its_letters(here: Path) -> None:
    (here / "nation.yaml").write_text(f"extends: {TUTORIAL}\nname: nation\ndescription: {PLUS_MINUS} 5\n", encoding="utf-8")
    done = ascii_call(["validate", "nation.yaml", "--resolved"])
    said = "alliancesim: standard output: its encoding, ascii, has no '\\xb1'; set PYTHONIOENCODING=utf-8\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_is_escaped_needs_no_reader_either(here: Path, monkeypatch: pytest.MonkeyPatch, unbuffered: str) -> None:
    assert status(["run", str(TUTORIAL), "-n", "2", "--out", "mine"]) == 0
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    long = ["query", "mine", f"SELECT '{PLUS_MINUS}' AS a FROM range(100000)", "--csv"]
    with closed_pipe() as pipe:
        assert call(long, pipe, unbuffered=unbuffered) == (0, "")
    with Path("/dev/full").open("w") as full:
        said = (2, "alliancesim: standard output: cannot write: No space left on device\n")
        assert call(long, full.fileno(), unbuffered=unbuffered) == said


def ascii_call(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alliancesim", *arguments], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip


def test_a_scenario_whose_name_is_not_utf_8_is_run_like_any(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / f"{NOT_UTF8}.yaml").write_text(f"extends: {TUTORIAL}\nname: nation\n")
    assert status(["run", f"{NOT_UTF8}.yaml", "-n", "2", "--out", "mine"]) == 0
    assert status(["run", f"{NOT_UTF8}.yaml", "-n", "2", "--out", "mine"]) == 0
    assert "has all 2 replications already" in capsys.readouterr().err
    assert open_run("mine").manifest["files"] == [f"{NOT_UTF8}.yaml", "tutorial.yaml"]
    assert sorted(path.name for path in here.iterdir()) == [f"{NOT_UTF8}.yaml", "mine"]
    for command in (["show", "mine", "--json"], ["explain", f"{NOT_UTF8}.yaml", "--replication", "0"]):
        assert status(command) == 0
    capsys.readouterr()
    assert status(["validate", f"{NOT_UTF8}x.yaml"]) == 2
    assert "caf\\udce9x.yaml:1:1: no such file" in capsys.readouterr().err


def test_a_run_folder_whose_name_is_not_utf_8_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "alliancesim: caf\\udce9: its name is not UTF-8, in which the tables of a run are looked up; "
    assert status(["run", str(TUTORIAL), "-n", "2", "--out", NOT_UTF8]) == 2
    assert capsys.readouterr().err.startswith(said)
    assert list(here.iterdir()) == []
    assert status(["run", str(TUTORIAL), "-n", "2", "--out", "mine"]) == 0
    capsys.readouterr()
    assert status(["query", "mine", f"SELECT '{NOT_UTF8}'"]) == 2
    assert capsys.readouterr().err == "alliancesim: SQL: \"SELECT 'caf\\udce9'\" is not UTF-8\n"
    (here / NOT_UTF8).mkdir()
    Path("mine").rename(Path(NOT_UTF8, "mine"))
    with chdir(NOT_UTF8):
        assert status(["show", "mine", "--short"]) == 0
        assert status(["query", "mine", "SELECT count(*) FROM programs"]) == 2
        assert "caf\\udce9/mine' is not UTF-8\n" in capsys.readouterr().err
    Path(NOT_UTF8, "mine").rename("mine")
    Path(NOT_UTF8).rmdir()
    Path("mine").rename(NOT_UTF8)
    for command in ("show", "query", "joint", "compare"):
        assert (
            status([command, NOT_UTF8, *(["SELECT 1"] if command == "query" else [NOT_UTF8] if command == "compare" else [])])
            == 2
        )
        assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize("arguments", [["schema"], ["--version"], ["run", "--help"], WRONG_FACT])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_output_is_said(arguments: list[str], unbuffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        said = call(arguments, full.fileno(), unbuffered=unbuffered)
    assert said == (2, "alliancesim: standard output: cannot write: No space left on device\n")
