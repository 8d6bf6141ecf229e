"""What is there is not simulated again: after a kill, a full disk, with a larger n; and no two runs write to one place."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import TUTORIAL

from alliancesim.errors import RunError, StoreError
from alliancesim.scenario.load import LoadedScenario
from alliancesim.study.precision import run_to_precision
from alliancesim.study.runs import batch, parts
from alliancesim.study.runs.place import working_folder
from alliancesim.study.runs.run import Run, open_run, run
from alliancesim.study.runs.simulator import Chunk


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The spans asked of the engine."""
    spans: list[tuple[int, int]] = []
    whole = batch.chunks

    def noted(compiled: Any, some: list[tuple[int, int]], *rest: Any) -> Iterator[Chunk]:
        spans.extend(some)
        return whole(compiled, some, *rest)

    monkeypatch.setattr(batch, "chunks", noted)
    return spans


def stop_after(monkeypatch: pytest.MonkeyPatch, count: int, error: BaseException) -> None:
    """Have the writing of the part after `count` fail."""
    whole = parts.write_part
    written = []

    def failing(*arguments: Any) -> parts.Part:
        if len(written) == count:
            raise error
        written.append(whole(*arguments))
        return written[-1]

    monkeypatch.setattr("alliancesim.study.runs.store.WRITERS", 1)
    monkeypatch.setattr("alliancesim.study.runs.store.write_part", failing)


def begin(place: Path, n: int, *options: str) -> subprocess.Popen[str]:
    arguments = ["run", str(TUTORIAL), "-n", str(n), "--seed", "7", "--out", str(place), *options]
    return subprocess.Popen(
        [sys.executable, "-m", "alliancesim", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def wait_for_parts(place: Path, process: subprocess.Popen[str], count: int) -> None:
    """Until the unfinished run holds so many parts, or is complete; a minute at most."""
    for _ in range(3000):
        if len(parts.found(working_folder(place))) >= count:
            return
        if process.poll() == 0:
            return
        if process.returncode is not None:
            raise AssertionError(process.communicate()[1])
        time.sleep(0.02)
    process.kill()
    message = "the run never began to write"
    raise AssertionError(message)


def test_a_complete_run_is_opened(tutorial: LoadedScenario, stored: Run, simulated: list[tuple[int, int]]) -> None:
    said: list[str] = []
    before = (stored.folder / "manifest.json").stat()  # reading it may move the time of access, which says nothing
    again = run(tutorial, n=40, seed=7, out=stored.folder, say=said.append)
    assert again.digest == stored.digest
    assert simulated == []
    after = (stored.folder / "manifest.json").stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_size) == (before.st_ino, before.st_mtime_ns, before.st_size)
    assert said == [f"{stored.folder}: has all 40 replications already; nothing is simulated"]


@pytest.mark.parametrize("chunk", [3, 64])
def test_a_stopped_run_is_continued(
    tutorial: LoadedScenario, stored: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    simulated: list[tuple[int, int]], chunk: int,
) -> None:  # fmt: skip
    place = tmp_path / "run"
    with monkeypatch.context() as patch:
        stop_after(patch, 3, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt, match=r"interrupted; 15 of 40 replications are kept in .*\.run\.unfinished"):
            run(tutorial, n=40, seed=7, out=place, chunk=5)
    assert not place.exists()
    with pytest.raises(StoreError, match="what an unfinished run left"):
        open_run(working_folder(place))
    simulated.clear()
    done = run(tutorial, n=40, seed=7, out=place, chunk=chunk, workers=2)
    assert done.digest == stored.digest == done.recomputed_digest()
    assert sum(count for _, count in simulated) == 25
    assert done.manifest["replications_taken_over"] == 15
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_complete_run_tells_what_its_scenario_says_now(here: Path, simulated: list[tuple[int, int]]) -> None:
    """What a number rests on, and what is expected, is no part of the hash."""
    file = here / "rate.yaml"

    def told(source: str, expected: str = "null") -> Run:
        rate = f"currencies: {{USD: {{spot_rate: {{value: 150, source: {source}}}}}}}"
        file.write_text(f"extends: {TUTORIAL}\nname: rate\n{rate}\nexpect: {expected}\n")
        return run(file, n=4, seed=7)

    before = told("assumed")
    kept = (before.folder / "manifest.json").read_bytes()
    assert told("assumed").manifest == open_run(before.folder).manifest
    assert (before.folder / "manifest.json").read_bytes() == kept
    ranges = "{slip: {outcome: programs.missile.slip_months.mean, between: [0, 100]}}"
    after = told("recalled", ranges)
    assert (after.folder, after.digest, sum(count for _, count in simulated)) == (before.folder, before.digest, 4)
    assert open_run(after.folder).manifest == after.manifest
    assert [one.manifest["provenance"]["currencies.USD.spot_rate"]["confidence"] for one in (before, after)] == [
        "assumed", "recalled",
    ]  # fmt: skip
    assert "slip" in after.manifest["resolved"]["expect"]
    differs = {key for key in before.manifest if before.manifest[key] != after.manifest[key]}
    assert differs == {"provenance", "resolved"}
    file.rename(here / "rates.yaml")
    assert run("rates.yaml", n=4, seed=7).manifest["files"] == ["rates.yaml", "tutorial.yaml"]
    assert open_run(before.folder).manifest["files"] == ["rates.yaml", "tutorial.yaml"]
    assert [path.name for path in before.folder.parent.iterdir()] == [before.folder.name]


def test_a_larger_run_takes_over_the_smaller_one(
    tutorial: LoadedScenario, stored: Run, here: Path, simulated: list[tuple[int, int]]
) -> None:
    said: list[str] = []
    small = run(tutorial, n=16, seed=7, chunk=8)
    large = run(tutorial, n=40, seed=7, say=said.append)
    assert large.digest == stored.digest
    assert sum(count for _, count in simulated) == 40
    assert said == [f"{large.folder}: 16 of 40 replications are there already; the others are simulated"]
    part = small.parts[0]
    assert part.file(large.folder, "programs").samefile(part.file(small.folder, "programs"))
    assert open_run(small.folder).recomputed_digest() == small.digest
    assert run(tutorial, n=8, seed=7).digest == small.digest_of_first(8)
    assert sum(count for _, count in simulated) == 40


def test_parts_are_copied_where_there_are_no_links(
    tutorial: LoadedScenario, stored: Run, here: Path, monkeypatch: pytest.MonkeyPatch, simulated: list[tuple[int, int]]
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    run(tutorial, n=16, seed=7)
    monkeypatch.setattr(Path, "hardlink_to", refused)
    assert run(tutorial, n=40, seed=7).digest == stored.digest
    assert sum(count for _, count in simulated) == 40


def test_a_named_folder_is_extended_and_cut(
    tutorial: LoadedScenario, stored: Run, tmp_path: Path, simulated: list[tuple[int, int]]
) -> None:
    place = tmp_path / "run"
    run(tutorial, n=30, seed=7, out=place)
    done = run(tutorial, n=40, seed=7, out=place)
    assert done.digest == stored.digest
    assert sum(count for _, count in simulated) == 40
    cut = run(tutorial, n=20, seed=7, out=place, chunk=4)
    assert cut.digest == stored.digest_of_first(20) == cut.recomputed_digest()
    assert len(parts.found(place)) == len(cut.parts)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_run_is_extended_without_being_lost_when_that_fails(
    tutorial: LoadedScenario, stored: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "run"
    small = run(tutorial, n=20, seed=7, out=place)
    with monkeypatch.context() as patch:
        stop_after(patch, 1, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(StoreError, match=r"the disk is full.*; 25 of 40 replications are kept in"):
            run(tutorial, n=40, seed=7, out=place, chunk=5)
    assert open_run(place).recomputed_digest() == small.digest
    assert run(tutorial, n=40, seed=7, out=place).digest == stored.digest


@pytest.mark.parametrize("change", [{"seed": 8}, {"code": "another"}])
def test_what_another_seed_or_another_code_made_is_not_reused(
    tutorial: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, simulated: list[tuple[int, int]],
    change: dict[str, Any],
) -> None:  # fmt: skip
    place = tmp_path / "run"
    run(tutorial, n=6, seed=7, out=place)
    with monkeypatch.context() as patch:
        stop_after(patch, 1, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            run(tutorial, n=9, seed=7, out=place, chunk=2)
    simulated.clear()
    if "code" in change:
        monkeypatch.setattr("alliancesim.study.runs.run.SOURCES", change["code"])
    run(tutorial, n=9, seed=change.get("seed", 7), out=place)
    assert sum(count for _, count in simulated) == 9


def test_a_run_is_of_the_code_that_is_loaded_whatever_becomes_of_its_files(
    tutorial: LoadedScenario, here: Path, monkeypatch: pytest.MonkeyPatch, simulated: list[tuple[int, int]]
) -> None:
    before = run(tutorial, n=6, seed=7, out="mine")
    monkeypatch.setattr("alliancesim.kernelcache.source_hash", lambda *_: "edited")
    wanted = {"programs.missile.slip_months.mean": 1000.0}
    assert run(tutorial, n=9, seed=7, out="mine").manifest["versions"]["code"] == before.manifest["versions"]["code"]
    assert run_to_precision(TUTORIAL, wanted, n=2, seed=7, out="mine").run.n == 9
    assert sum(count for _, count in simulated) == 9


def test_no_table_of_another_scenario_is_left_in_a_run(
    tutorial: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, other = tmp_path / "run", tmp_path / "other.yaml"
    other.write_text(f"extends: {TUTORIAL}\nname: other\nconditions: {{skill: {{}}}}\n")
    with monkeypatch.context() as patch:
        stop_after(patch, 1, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            run(other, n=4, seed=7, out=place, chunk=2)
    assert list(working_folder(place).glob("conditions/*"))
    done = run(tutorial, n=4, seed=7, out=place)
    assert {path.name for path in done.folder.iterdir() if path.is_dir()} == {"parts", "replications", *done.tables}


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def turned(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0x10
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("table", ["program_years", "replications", "seal"])
@pytest.mark.parametrize("damage", [cut_short, turned, Path.unlink])
def test_a_damaged_part_is_made_again(
    tutorial: LoadedScenario, stored: Run, tmp_path: Path, simulated: list[tuple[int, int]], damage: Any, table: str
) -> None:
    place = tmp_path / "run"
    done = run(tutorial, n=40, seed=7, out=place)
    victim = done.parts[2]
    damage(victim.seal(place) if table == "seal" else victim.file(place, table))
    simulated.clear()
    again = run(tutorial, n=40, seed=7, out=place)
    assert simulated == [(victim.first, victim.count)]
    assert again.digest == stored.digest == again.recomputed_digest()


def test_parts_of_another_run_are_noticed(tutorial: LoadedScenario, stored: Run, tmp_path: Path) -> None:
    place = tmp_path / "run"
    for folder, seed in ((place, 7), (tmp_path / "other", 8)):
        run(tutorial, n=stored.n, seed=seed, out=folder)
    manifest = (place / "manifest.json").read_bytes()
    shutil.copytree(tmp_path / "other", place, dirs_exist_ok=True)
    (place / "manifest.json").write_bytes(manifest)

    with pytest.raises(StoreError, match=r"not those that its manifest\.json tells of; the same run again"):
        open_run(place)
    assert run(tutorial, n=stored.n, seed=7, out=place).digest == stored.digest == open_run(place).recomputed_digest()


def test_two_runs_do_not_write_to_one_place(tutorial: LoadedScenario, tmp_path: Path) -> None:
    place = tmp_path / "run"
    process = begin(place, 100_000, "--engine", "reference")
    try:
        wait_for_parts(place, process, 1)
        with pytest.raises(StoreError, match="another run is being written there"):
            run(tutorial, n=2, out=place)
    finally:
        process.kill()
        process.communicate()
    assert run(tutorial, n=2, out=place).n == 2


def test_a_full_disk_keeps_what_is_written(
    tutorial: LoadedScenario, stored: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "run"
    with monkeypatch.context() as patch:
        stop_after(patch, 2, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(StoreError, match="the disk is full.*; 10 of 40 replications are kept in .*; the same command"):
            run(tutorial, n=40, seed=7, out=place, chunk=5)
    done = run(tutorial, n=40, seed=7, out=place)
    assert (done.digest, done.manifest["replications_taken_over"]) == (stored.digest, 10)


def test_a_disk_full_from_the_start_leaves_nothing(
    tutorial: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_after(monkeypatch, 0, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(StoreError, match="the disk is full.*; nothing was kept of it"):
        run(tutorial, n=2, out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_file_size_limit_of_the_system_is_said(tmp_path: Path) -> None:
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000));"
        "from alliancesim.cli import status; sys.exit(status(sys.argv[1:]))"
    )
    arguments = ["run", str(TUTORIAL), "-n", "40", "--engine", "reference", "--chunk", "40", "--out", str(tmp_path / "run")]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}  # the cache of compiled kernels would meet the limit first
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 2, done.stderr
    assert "cannot write the run" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_place_is_said(tutorial: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(StoreError, match="the file system is read-only; name another place with --out"):
        run(tutorial, n=2, out=tmp_path / "run")


def test_a_failed_replication_is_named(tutorial: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alliancesim.engine.reference import Engine

    whole = Engine.simulate

    def broken(self: Engine, parameters: object, seed: int, replication: int, trace: None = None) -> object:
        if replication == 3:
            message = "no such stage"
            raise LookupError(message)
        return whole(self, parameters, seed, replication, trace)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "simulate", broken)
    with pytest.raises(RunError, match="replication 3 of seed 5.*; 2 of 9 replications are kept") as caught:
        run(tutorial, n=9, seed=5, out=tmp_path / "run", engine="reference", chunk=2)
    assert (caught.value.seed, caught.value.replication) == (5, 3)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_what_it_keeps(tmp_path: Path, how: signal.Signals) -> None:
    place = tmp_path / "run"
    process = begin(place, 100_000, "--engine", "reference", "--chunk", "2")
    wait_for_parts(place, process, 2)
    process.send_signal(how)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted;" in talk
    assert "replications are kept in" in talk
    assert "Traceback" not in talk
    assert not place.exists()


def kill_and_resume(place: Path, kills: int, n: int, chunk: int, expected: str, moments: random.Random) -> None:
    """Kill -9 at random moments of a run, each followed by the same run, until one is complete; none may read as a run before."""
    step = n // chunk // kills
    for _ in range(kills):
        process = begin(place, n, "--chunk", str(chunk), "--engine", "reference")  # slow enough to be met anywhere
        wait_for_parts(place, process, min(n // chunk - 2, len(parts.found(working_folder(place))) + moments.randrange(step)))
        time.sleep(moments.uniform(0.0, 0.05))
        process.kill()
        process.communicate()
        if place.exists():
            break
    for path in place.parent.rglob("*.parquet"):
        assert path.read_bytes()[-4:] == b"PAR1"
    process = begin(place, n, "--chunk", str(chunk))
    _, talk = process.communicate(timeout=120)
    assert process.returncode == 0, talk
    done = open_run(place)
    assert done.digest == expected == done.recomputed_digest()
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_a_run_killed_again_and_again_ends_with_the_same_digest(stored: Run, tmp_path: Path) -> None:
    kill_and_resume(tmp_path / "run", 4, 40, 2, stored.digest, random.Random(7))


@pytest.mark.slow
def test_fifty_kills_of_a_run_of_twenty_chunks(stored: Run, tmp_path: Path) -> None:
    moments = random.Random(7)
    for round_ in range(50):
        (tmp_path / str(round_)).mkdir()
        kill_and_resume(tmp_path / str(round_) / "run", 1, 40, 2, stored.digest, moments)


def test_an_exchange_of_folders_cut_in_the_middle_is_made_good(tutorial: LoadedScenario, tmp_path: Path) -> None:
    place = tmp_path / "run"
    done = run(tutorial, n=3, seed=7, out=place)
    place.rename(tmp_path / ".run.old")
    assert run(tutorial, n=3, seed=8, out=place).digest != done.digest
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_the_manifest_lists_the_parts(stored: Run) -> None:
    manifest = json.loads((stored.folder / "manifest.json").read_text())
    assert manifest["parts"] == [part.name for part in parts.found(stored.folder)]
    assert sum(part.count for part in stored.parts) == stored.n
