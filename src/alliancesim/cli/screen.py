"""What the commands print: data on standard output, talk and progress on standard error."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

from alliancesim.errors import StoreError

if TYPE_CHECKING:
    from alliancesim.study.runs.run import Progress
    from alliancesim.study.sheet import Sheet


def say(text: str) -> None:
    """A line of talk."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def put(text: str) -> None:
    """A line of data."""
    print(text)  # noqa: T201


class NobodyReads(Exception):  # noqa: N818 -- no mistake of anyone's: a reader, such as head, has what it wants
    """Whoever read the output has gone; there is nobody to print for."""


@contextmanager
def output() -> Iterator[None]:
    """Standard output whose failure is told, whoever writes; what is buffered is handed on, whatever the way out.

    Raises NobodyReads where the reader has gone, StoreError where the output cannot be written; what follows goes nowhere.
    """
    guarded = _Stream(sys.stdout or io.StringIO(), _tell)  # closed before the start: nobody takes the data
    with redirect_stdout(cast("TextIO", guarded)):
        try:
            yield
        finally:
            with suppress(NobodyReads):
                guarded.flush()


def talk() -> AbstractContextManager[Any]:
    """Standard error that never fails: what nobody takes is lost, and changes no exit status."""
    return redirect_stderr(cast("TextIO", _Stream(sys.stderr or io.StringIO(), lambda error: None)))


def before_a_verdict() -> AbstractContextManager[None]:
    """Printing that a verdict follows: it is worked out, and its exit status holds, though nobody reads to the end."""
    return suppress(NobodyReads)


class _Stream:
    """A stream that tells its first failure, and then goes nowhere."""

    def __init__(self, stream: TextIO, failed: Callable[[OSError], None]) -> None:
        self.stream = stream
        self.failed = failed

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        if text == "":  # so the parser finds out what it may write; it would swallow the error
            return 0
        try:
            return self._write(text)
        except OSError as error:
            self._end(error)
            return len(text)

    def flush(self) -> None:
        try:
            self.stream.flush()
        except OSError as error:
            self._end(error)

    def _write(self, text: str) -> int:
        try:
            return self.stream.write(text)
        except UnicodeEncodeError:
            return self.stream.write(_escaped(text, self.stream.encoding))

    def _end(self, error: OSError) -> None:
        with suppress(OSError, ValueError):  # the stream keeps what it could not hand on, and tries again when it is closed
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)
        self.failed(error)


def _tell(error: OSError) -> None:
    if isinstance(error, BrokenPipeError):
        raise NobodyReads from error
    message = f"standard output: cannot write: {error.strerror}"
    raise StoreError(message) from error


def _escaped(text: str, encoding: str) -> str:
    """A text with Python's escapes for what the encoding lacks."""
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _lacking(text: str) -> str:
    """The first character that the encoding of standard output lacks, or nothing."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError as error:
        return text[error.start]
    return ""


def put_exactly(text: str) -> None:
    """Data that is read back, in a form that has no escapes. Raises StoreError where the encoding of the output lacks a part."""
    if lacking := _lacking(text):
        message = f"standard output: its encoding, {sys.stdout.encoding}, has no {lacking!a}; set PYTHONIOENCODING=utf-8"
        raise StoreError(message)
    put(text)


def put_json(value: Any) -> None:
    """Data as JSON."""
    put(_json(value, indent=2))


def _json(value: Any, **how: Any) -> str:
    """JSON in which what the encoding of the output lacks is escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, **how)
    return json.dumps(value, allow_nan=False, **how) if _lacking(text) else text


def put_json_rows(rows: Iterable[dict[str, Any]]) -> None:
    """Data as one JSON list, row by row, so that its length does not matter."""
    before = "["
    for row in rows:
        put(before + _json(row))
        before = ", "
    put("[]" if before == "[" else "]")


def put_csv(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Data as CSV."""
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def put_sheets(sheets: Iterable[Sheet]) -> None:
    """Tables for people: plain text where nobody watches, drawn on a terminal."""
    if not sys.stdout.isatty():
        for sheet in sheets:
            put(f"{sheet}\n")
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    window = console.width
    for sheet in sheets:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        console.width = max(window, sheet.width() + len(sheet.columns))  # a narrow window wraps lines, it does not cut cells
        for i, name in enumerate(sheet.columns):
            table.add_column(Text(name), justify="left" if i < sheet.text_columns else "right")
        for row in sheet.rows:
            table.add_row(*map(Text, row))
        console.print(Text(sheet.title, style="bold"))
        console.print(table)
        if sheet.note:
            console.print(Text(sheet.note, style="dim"))


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar on standard error where that is a terminal; silence elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
