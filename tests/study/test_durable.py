"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from alliancesim.study.runs.durable import UNFINISHED_SUFFIX, unfinished, write_durably


def test_a_file_is_replaced_and_nothing_else_stays(tmp_path: Path) -> None:
    for content in (b"first", b""):
        write_durably(tmp_path / "one.json", content)
        assert [path.name for path in tmp_path.iterdir()] == ["one.json"]
        assert (tmp_path / "one.json").read_bytes() == content


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_what_breaks_off_leaves_the_file_as_it_was(error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_durably(tmp_path / "one.json", b"first")

    def broken(_descriptor: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(type(error)):
        write_durably(tmp_path / "one.json", b"second")
    with pytest.raises(type(error)):
        write_durably(tmp_path / "two.json", b"second")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("one.json", b"first")]


def test_an_unfinished_file_has_no_suffix_that_anyone_reads() -> None:
    assert unfinished(Path("runs/manifest.json")) == Path(f"runs/manifest.json{UNFINISHED_SUFFIX}")
