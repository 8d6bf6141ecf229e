from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numba
import pytest

import alliancesim
from alliancesim import kernelcache
from alliancesim.kernelcache import KEPT_FOLDERS, NEVER_COMPILED, cache_folder, compiling_alone, forget_old, source_hash
from alliancesim.kernels import direct

PACKAGE = Path(alliancesim.__file__).parent
CODE = "from alliancesim.engine.alliance import next_candidate; print(next_candidate(1, 2, 3, 4, 0.5))"
"""A kernel that calls rules of other files, and compiles in a second."""


Answer = Callable[..., tuple[float, str]]


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """Calls the kernel in a process of its own: what it gives, and what is said. Its sources are a copy, which nobody edits."""
    own = tmp_path_factory.mktemp("sources")
    shutil.copytree(PACKAGE, own / "alliancesim", ignore=shutil.ignore_patterns("__pycache__"))

    def call(cache: Path, source: Path = own, code: str = CODE) -> tuple[float, str]:
        environment = os.environ | {"XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("NUMBA_CACHE_DIR", None)
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return float(done.stdout), done.stderr

    return call


@pytest.fixture(scope="module")
def warm(answer: Answer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that holds the kernel."""
    folder = tmp_path_factory.mktemp("warm")
    answer(folder)
    return folder


def files(cache: Path, suffix: str) -> list[Path]:
    return sorted(cache.rglob(f"*{suffix}"))


def test_compiling_is_announced_once_and_a_warm_cache_is_silent(answer: Answer, tmp_path: Path) -> None:
    first, said = answer(tmp_path)
    assert said.count("compiling the model's kernels") == 1
    assert "once for this version" in said
    assert len(said.splitlines()) == 1

    assert answer(tmp_path) == (first, "")


@pytest.mark.parametrize(("suffix", "left"), [(".nbi", 40), (".nbc", 0)])
def test_damaged_cache_files_are_made_again(answer: Answer, tmp_path: Path, warm: Path, suffix: str, left: int) -> None:
    shutil.copytree(warm, tmp_path / "cache")
    damaged = files(tmp_path / "cache", suffix)
    for path in damaged:
        path.write_bytes(path.read_bytes()[:left])
    assert damaged

    again, said = answer(tmp_path / "cache")
    assert "compiling" in said
    assert again == answer(warm)[0]
    assert answer(tmp_path / "cache") == (again, "")


def test_an_edited_rule_is_never_answered_by_a_stale_kernel(answer: Answer, tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "alliancesim", ignore=shutil.ignore_patterns("__pycache__"))
    before, _ = answer(tmp_path / "cache", tmp_path)
    rule = tmp_path / "alliancesim" / "rules" / "grid.py"
    text = rule.read_text()
    edited = text.replace("max(snap_months(months)", "max(2.0 * snap_months(months)")
    assert edited != text
    rule.write_text(edited)

    after, said = answer(tmp_path / "cache", tmp_path)
    assert after == 2.0 * before
    assert "compiling" in said
    rule.write_text(text)
    assert answer(tmp_path / "cache", tmp_path) == (before, "")


def test_without_a_writable_place_nothing_is_kept_and_all_works(answer: Answer, tmp_path: Path, warm: Path) -> None:
    (tmp_path / "file").write_text("")
    given, said = answer(tmp_path / "file" / "cache")
    assert given == answer(warm)[0]
    assert "at every start: no cache folder can be written" in said
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_cache_that_cannot_be_written_any_more_is_no_error(answer: Answer, tmp_path: Path, warm: Path) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); " + CODE
    assert answer(tmp_path, code=limited)[0] == answer(warm)[0]
    assert files(tmp_path, ".nbc") == []


def test_only_the_folders_used_last_are_kept(tmp_path: Path) -> None:
    folders = [tmp_path / f"{number:020x}" for number in range(KEPT_FOLDERS + 3)]
    for age, folder in enumerate(reversed(folders)):
        (folder / "engine").mkdir(parents=True)
        (folder / "engine" / "rule.nbi").write_text("x")
        os.utime(folder, (1e9 - age, 1e9 - age))
    (tmp_path / "not-ours").mkdir()

    forget_old(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*(path.name for path in folders[3:]), "not-ours"])


def test_a_new_folder_makes_room_and_a_known_one_is_marked_as_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for number in range(KEPT_FOLDERS):
        (tmp_path / "alliancesim" / f"{number:020x}").mkdir(parents=True)
        os.utime(tmp_path / "alliancesim" / f"{number:020x}", (number, number))
    made = cache_folder()
    assert made is not None
    assert made.name == source_hash(NEVER_COMPILED)
    assert not (tmp_path / "alliancesim" / f"{0:020x}").exists()
    assert len(list(made.parent.iterdir())) == KEPT_FOLDERS

    os.utime(made, (0, 0))
    assert cache_folder() == made
    assert made.stat().st_mtime > 1e9


def test_no_home_means_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        message = "no home"
        raise RuntimeError(message)

    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert cache_folder() is None


def together(folder: Path, count: int, compile_here: Callable[[], None]) -> None:
    """Several threads compile, each with a lock of its own."""
    begin = threading.Barrier(count)

    def one() -> None:
        begin.wait()
        with compiling_alone(folder, "engine"):
            compile_here()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_one_compiles_while_the_others_wait(tmp_path: Path) -> None:
    alone = threading.Lock()
    order: list[bool] = []

    def compile_here() -> None:
        first = not order
        order.append(first)
        if first:
            with alone:
                threading.Event().wait(0.2)
        else:
            assert not alone.locked()

    together(tmp_path, 3, compile_here)
    assert order == [True, False, False]


def test_once_compiled_nobody_waits(tmp_path: Path) -> None:
    with compiling_alone(tmp_path, "engine"):
        pass
    all_inside = threading.Barrier(3)
    together(tmp_path, 3, lambda: all_inside.wait(30) and None)
    assert not all_inside.broken


def test_who_waits_long_is_told_why_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(kernelcache, "SILENT_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(kernelcache, "LONGEST_WAIT_SECONDS", 0.01)
    with compiling_alone(tmp_path, "engine"):
        assert caplog.messages == []
        with compiling_alone(tmp_path, "engine"):
            assert caplog.messages == ["alliancesim: waiting for another process, which compiles the model's kernels"]


def test_after_a_failure_the_next_one_compiles_alone_again(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="mine"), compiling_alone(tmp_path, "engine"):
        raise OSError("mine")  # noqa: EM101
    assert not list(tmp_path.glob("*.compiled"))


def test_where_no_lock_can_be_had_all_go_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (None, tmp_path / "file"):
        with compiling_alone(folder, "engine"):
            pass


def test_no_kernel_stands_where_the_hash_of_the_cache_does_not_look() -> None:
    compiled: set[Path] = set()
    for module in pkgutil.walk_packages([str(PACKAGE)], "alliancesim."):
        if module.name != "alliancesim.__main__":
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, numba.core.dispatcher.Dispatcher) and value.__module__.startswith("alliancesim."):
                    compiled.add(Path(value.py_func.__code__.co_filename))
    assert compiled
    assert {path.relative_to(PACKAGE).parts[0] for path in compiled} & set(NEVER_COMPILED) == set()


def test_a_direct_kernel_gives_the_bits_of_its_dispatcher() -> None:
    from alliancesim.engine.alliance import next_candidate

    arguments = (1, 2, 3, 4, 0.5)
    assert direct(next_candidate, *arguments)(*arguments) == next_candidate(*arguments)
    assert direct(next_candidate, 0, 0, 0, 0, 0.0)(*arguments) == next_candidate(*arguments)


def test_without_the_compiler_a_direct_kernel_is_the_function() -> None:
    def plain(x: float) -> float:
        return x

    assert direct(plain, 0.0) is plain
